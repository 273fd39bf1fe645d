"""How long peace lasts under each form, and what ends it."""

import numpy as np
import pandas as pd

from mipo_sim.analysis import competing_ends, restricted_mean, restricted_mean_differences, survival
from mipo_sim.analysis.wording import plain, ranged, records, signed
from mipo_sim.figures.page import panels, sheet
from mipo_sim.figures.peace import ends_over_time, survival_curves
from mipo_sim.studies.method import Drawn, Lines, Method, Worlds, capital, no_picture, percent, say_nothing

YEARS = (1, 2, 5, 10)
WORDS = ("longer", "shorter", "the same", "too close to call")


def _survival(worlds: Worlds) -> pd.DataFrame:
    tables = [survival(rows, worlds.months).assign(situation=place) for place, rows in worlds.by_situation()]
    return pd.concat(tables, ignore_index=True)


def _lay_out_survival(table: pd.DataFrame) -> Lines:
    rows = {(row.situation, row.form, row.month): row for row in records(table)}
    after = (f"still after {year} year{'s' * (year > 1)}" for year in YEARS)
    lines: Lines = [("situation", "form", "worlds at peace", *after)]
    for place, form in dict.fromkeys((place, form) for place, form, _ in rows):
        began = rows[place, form, 0].at_risk
        cells = [rows.get((place, form, 12 * year)) for year in YEARS]
        said = [percent(cell.at_peace, cell.low, cell.high) if cell else "-" for cell in cells]
        lines.append((plain(place), plain(form), f"{began:,}", *said))
    return lines


def _draw_survival(table: pd.DataFrame) -> Drawn:
    places = list(dict.fromkeys(table["situation"]))
    if len(places) == 1:
        return survival_curves(table)
    figure = sheet(7 * min(len(places), 2), 4 * -(-len(places) // 2))
    for axes, place in zip(panels(figure, len(places), 2), places, strict=True):
        survival_curves(table[table["situation"] == place], at_risk=False, axes=axes)
        axes.set_title(plain(place), pad=26)
    return figure


def _yearly(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["month"] % 12 == 0]


def _months(worlds: Worlds) -> pd.DataFrame:
    """Months of peace within the run, and their paired differences from the reference."""
    tables = []
    for place, rows in worlds.by_situation():
        found = restricted_mean(rows, worlds.months)
        against = restricted_mean_differences(rows, worlds.months, worlds.reference)
        names = {"low": "difference_low", "high": "difference_high"}
        against = against.rename(columns=names).drop(columns=["horizon", "reference"])
        tables.append(found.merge(against, on="form", how="left").assign(situation=place))
    table = pd.concat(tables, ignore_index=True).assign(reference=worlds.reference)
    return table.assign(clear=table["clear"].eq(True), pairs=table["pairs"].fillna(0).astype(int))


def _lay_out_months(table: pd.DataFrame) -> Lines:
    reference = plain(table["reference"].iloc[0])
    lines: Lines = [("situation", "form", "months of peace", f"against {reference}", "verdict")]
    for row in records(table):
        told = f"{row.mean:.0f} of {row.horizon} ({row.low:.0f}-{row.high:.0f})" if row.worlds else "-"
        lines.append((plain(row.situation), plain(row.form), told, *_against(row)))
    return lines


def _against(row) -> tuple[str, str]:
    if not row.pairs or not np.isfinite(row.difference):
        return "-", ""
    known = (row.difference, row.difference_low, row.difference_high)
    if not any(known):
        return signed(0, 1), "the same"
    word = ("longer" if row.difference > 0 else "shorter") if row.clear else "too close to call"
    return ranged(known, 1, row.clear), word


def _say_months(table: pd.DataFrame) -> list[str]:
    said = []
    for place, rows in table[table["pairs"] > 0].groupby("situation", sort=False):
        forms: dict[str, list[str]] = {}
        for row in records(rows):
            number, word = _against(row)
            forms.setdefault(word, []).append(f"{plain(row.form)} {number}" if row.clear else plain(row.form))
        parts = [f"{word}: {', '.join(forms[word])}" for word in WORDS if word in forms]
        reference = plain(rows["reference"].iloc[0])
        head = f"Months of peace, {plain(str(place))}, against {reference}"
        said.append(f"{'. '.join((head, *map(capital, parts)))}.")
    return said


def _ends(worlds: Worlds) -> pd.DataFrame:
    tables = [
        competing_ends(rows, worlds.months).assign(situation=place) for place, rows in worlds.by_situation()
    ]
    return pd.concat(tables, ignore_index=True)


def _lay_out_ends(table: pd.DataFrame) -> Lines:
    """Shares at the last year that is known of each form."""
    lines: Lines = [("situation", "form", "years", "relapse first", "planned exit first", "neither")]
    known = _yearly(table[table["share"].notna()])
    for (place, form), rows in known.groupby(["situation", "form"], sort=False):
        last = rows[rows["month"] == rows["month"].max()].set_index("end")
        cells = [percent(*last.loc[end, ["share", "low", "high"]]) for end in ("relapse", "exit", "neither")]
        lines.append((plain(str(place)), plain(str(form)), f"{last['month'].iloc[0] // 12}", *cells))
    return lines


def _draw_ends(table: pd.DataFrame) -> Drawn:
    if table["situation"].nunique() > 1:
        table = table.assign(form=table["form"] + "-" + table["situation"])
    return ends_over_time(table)


SURVIVAL = Method(
    _survival, _lay_out_survival, say_nothing, _draw_survival, needs=(), timed=True, keep=_yearly
)
MONTHS = Method(_months, _lay_out_months, _say_months, no_picture, needs=("reference",), timed=True)
ENDS = Method(_ends, _lay_out_ends, say_nothing, _draw_ends, needs=(), timed=True, keep=_yearly)
