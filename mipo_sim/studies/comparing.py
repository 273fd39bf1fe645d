"""Forms beside forms: levels, differences on matched luck, best by situation, robust, together."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis import (
    CAUSES,
    agresti_min,
    best_by_situation,
    levels,
    overhead_by_cause,
    paired_differences,
    robustness,
    student,
    trade_off_front,
)
from mipo_sim.analysis.tables import cube
from mipo_sim.analysis.wording import change, level, plain, records
from mipo_sim.figures.choosing import best_heatmap, robustness_dots, trade_off
from mipo_sim.figures.differences import forest
from mipo_sim.figures.effort import overhead_bars
from mipo_sim.figures.page import MOST_ROWS, measure_of
from mipo_sim.studies.method import (
    Drawn,
    Lines,
    Method,
    Worlds,
    capital,
    listed,
    no_picture,
    outcome_name,
    percent,
    say_nothing,
)

ALL = "all situations"
POINTS = "points"
VERDICTS = {  # what ends the words for a difference, and what a sentence makes of it
    "better": "better",
    "worse": "worse",
    "more": "more",
    "less": "less",
    "the same": "the same",
    "not clear": "too close to call",
    "-": "not defined",
}


def _levels(worlds: Worlds) -> pd.DataFrame:
    """Share or mean of each outcome for each form in each situation."""
    found = [(place, levels(rows, worlds.outcomes)) for place, rows in worlds.by_situation()]
    tables = [table.assign(situation=place) for place, table in found]
    table = pd.concat(tables, ignore_index=True)
    order = {name: number for number, name in enumerate(worlds.outcomes)}
    return table.sort_values("outcome", key=lambda names: names.map(order), kind="stable")


def _lay_out_levels(table: pd.DataFrame) -> Lines:
    return _crossed(table, lambda row: level(measure_of(row.outcome), row))


def _crossed(table: pd.DataFrame, say: Any) -> Lines:
    """Rows for forms in situations, a column an outcome; with one outcome a column a situation."""
    rows = records(table)
    outcomes, places = (list(dict.fromkeys(table[name])) for name in ("outcome", "situation"))
    forms = list(dict.fromkeys(table["form"]))
    said = {(row.situation, row.form, row.outcome): say(row) for row in rows}
    if len(outcomes) == 1:
        heads = ("form", *(plain(place) for place in places))
        return [heads, *((plain(f), *(said.get((p, f, outcomes[0]), "-") for p in places)) for f in forms)]
    heads = ("situation", "form", *(_headed(name) for name in outcomes))
    lines = [
        (plain(p), plain(f), *(said.get((p, f, o), "-") for o in outcomes)) for p in places for f in forms
    ]
    return [heads, *lines] if len(places) > 1 else [line[1:] for line in [heads, *lines]]


def _headed(outcome: str) -> str:
    return outcome_name(outcome) + (f", {_unit(outcome)}" if _unit(outcome) != POINTS else "")


def _unit(outcome: str) -> str:
    """The unit of a difference."""
    measure = measure_of(outcome)
    return POINTS if measure.in_per_cent else measure.unit


def _differences(worlds: Worlds) -> pd.DataFrame:
    """Differences of each form from the reference in each situation, and in the mean over all."""
    forms = [form for form in pd.unique(worlds.rows["form"]) if form != worlds.reference]
    places = worlds.by_situation()
    over_all = worlds.overall and len(places) > 1
    tables = [_overall(worlds, outcome, forms) for outcome in worlds.outcomes] if over_all else []
    tables += [
        paired_differences(rows, form, worlds.reference, worlds.outcomes).assign(situation=place)
        for place, rows in places
        for form in forms
    ]
    return pd.concat(tables, ignore_index=True)


def _overall(worlds: Worlds, outcome: str, forms: Sequence[str]) -> pd.DataFrame:
    """Differences of the mean over situations, each as likely as the others, on matched luck."""
    values, (known, _, _) = cube(worlds.rows, outcome, ["form", "situation", "replicate"])
    over_all = dict(zip(known, values.mean(axis=1), strict=True))  # not a number where one is not
    found = []
    for form in forms:
        changes = over_all[form] - over_all[worlds.reference]
        changes = changes[np.isfinite(changes)]
        rare = measure_of(outcome).counted and not changes.any()  # no spread to go by
        low, high = agresti_min(0, 0, len(changes)) if rare else student(changes)
        mean = changes.mean() if len(changes) else np.nan
        clear = bool(low > 0 or high < 0)
        found.append((form, worlds.reference, outcome, mean, low, high, len(changes), clear))
    names = ["form", "reference", "outcome", "difference", "low", "high", "pairs", "clear"]
    return pd.DataFrame(found, columns=names).assign(situation=ALL)


def _lay_out_differences(table: pd.DataFrame) -> Lines:
    heads, *lines = _crossed(table, lambda row: change(measure_of(row.outcome), row))
    return [(f"{heads[0]}, against {plain(table['reference'].iloc[0])}", *heads[1:]), *lines]


def _say_differences(table: pd.DataFrame) -> list[str]:
    """One sentence an outcome on the mean over situations, or where there is none, also a situation."""
    several = table["situation"].nunique() > 1
    overall = f"mean over {table['situation'].nunique() - 1} situations"
    said = []
    for (outcome, place), rows in _told(table).groupby(["outcome", "situation"], sort=False):
        what = f"{outcome_name(str(outcome))} ({_unit(str(outcome))})"
        head = [what, f"against {plain(rows['reference'].iloc[0])}"]
        head += [overall if place == ALL else plain(str(place))] * several
        said.append(f"{', '.join(head)}. {_verdicts(rows)}")
    return said


def _told(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the mean; of an outcome that has none, those of situations in which it is defined."""
    defined = table[table.groupby(["outcome", "situation"])["pairs"].transform("max") > 0]
    mean = set(defined.loc[defined["situation"] == ALL, "outcome"])
    return defined[defined["outcome"].isin(mean) == (defined["situation"] == ALL)]


def _verdicts(rows: pd.DataFrame) -> str:
    """Forms by what is said of their difference."""
    forms: dict[str, list[str]] = {}
    for row in records(rows):
        told = change(measure_of(row.outcome), row)
        word = next((word for word in VERDICTS if told.endswith(word)), "not defined")
        number = told.removesuffix(word).strip() if row.clear and word != "the same" else ""
        forms.setdefault(VERDICTS.get(word, word), []).append(f"{plain(row.form)} {number}".strip())
    known = [word for word in VERDICTS.values() if word in forms]
    return " ".join(f"{capital(word)}: {', '.join(forms[word])}." for word in known)


def _draw_differences(table: pd.DataFrame) -> Drawn:
    mean = table[(table["situation"] == ALL) & (table["pairs"] > 0)]
    averaged = table["situation"].nunique() - 1 if len(mean) else 1
    table = mean if len(mean) else table[table["situation"] != ALL]
    outcomes = list(dict.fromkeys(table["outcome"]))  # whole ones, the first as many as there is room for
    room = max(1, MOST_ROWS * len(outcomes) // len(table))
    table = table[table["outcome"].isin(outcomes[:room])]
    return forest(table, averaged=averaged)


def _best(worlds: Worlds) -> pd.DataFrame:
    (outcome,) = worlds.outcomes
    table = best_by_situation(worlds.rows, outcome, "situation")
    return table.assign(outcome=outcome)


def _lay_out_best(table: pd.DataFrame) -> Lines:
    def said(row: Any) -> str:
        row.low, row.high = row.mean_low, row.mean_high
        mark = " **best**" if row.clear else " (may be best)" if row.possible else ""
        return level(measure_of(row.outcome), row) + mark

    return _crossed(table, said)


def _say_best(table: pd.DataFrame) -> list[str]:
    """One sentence: where which form is best, and where that cannot be told."""
    clear: dict[str, list[str]] = {}
    close = []
    for place, rows in table.groupby("situation", sort=False):
        possible = list(rows.loc[rows["possible"], "form"])
        if len(possible) == 1:
            clear.setdefault(possible[0], []).append(plain(str(place)))
        else:
            forms = "all forms" if len(possible) == len(rows) else listed(possible)
            close.append(f"{plain(str(place))} (between {forms})")
    best = "; ".join(f"{plain(form)} for {', '.join(places)}" for form, places in clear.items())
    said = [f"Clearly best: {best}."] * bool(clear)
    said += [f"Too close to call: {', '.join(close)}."] if close else []
    return [f"{outcome_name(table['outcome'].iloc[0])}. {' '.join(said)}"]


def _draw_best(table: pd.DataFrame) -> Drawn:
    outcome = table["outcome"].iloc[0]
    return best_heatmap(table.drop(columns="outcome"), outcome)


def _overhead(worlds: Worlds) -> pd.DataFrame:
    tables = [overhead_by_cause(rows).assign(situation=place) for place, rows in worlds.by_situation()]
    return pd.concat(tables, ignore_index=True)


def _lay_out_overhead(table: pd.DataFrame) -> Lines:
    rows = {(row.situation, row.form, row.cause): row for row in records(table)}
    lines: Lines = [("situation", "form", *CAUSES)]
    for place, form in dict.fromkeys((place, form) for place, form, _ in rows):
        cells = [rows[place, form, cause] for cause in CAUSES]
        lines.append((plain(place), plain(form), *(_tenths(c.mean, c.low, c.high) for c in cells)))
    return lines


def _tenths(value: float, low: float, high: float) -> str:
    return f"{100 * value:.1f} % ({100 * low:.1f}-{100 * high:.1f})" if np.isfinite(value) else "-"


def _draw_overhead(table: pd.DataFrame) -> Drawn:
    if table["situation"].nunique() > 1:
        table = table.assign(form=table["form"] + "-" + table["situation"])
    return overhead_bars(table)


def _robust(worlds: Worlds) -> pd.DataFrame:
    (outcome,) = worlds.outcomes
    return robustness(
        worlds.rows, outcome, "situation", thresholds=worlds.thresholds, situations_sampled=False
    ).assign(outcome=outcome)


def _lay_out_robust(table: pd.DataFrame) -> Lines:
    measure = measure_of(table["outcome"].iloc[0])
    shown = [name for name in ("mean", "maximum_regret", "satisficing") if name in set(table["measure"])]
    rows = {(row.form, row.measure): row for row in records(table)}
    heads = {"mean": f"mean {outcome_name(measure.name).lower()}", "maximum_regret": "maximum regret"}
    lines: Lines = [("form", *(heads.get(name, "acceptable in") for name in shown))]
    for form in dict.fromkeys(table["form"]):
        cells = []
        for name in shown:
            row = rows[form, name]
            if name == "satisficing":
                cells.append(percent(row.value, row.low, row.high))
            else:
                row.mean, row.low, row.high = row.value + 0.0, row.low + 0.0, row.high + 0.0  # no minus zero
                cells.append(level(measure, row))
        lines.append((plain(form), *cells))
    return lines


def _say_robust(table: pd.DataFrame) -> list[str]:
    regret = table[table["measure"] == "maximum_regret"].sort_values("value", kind="stable")
    least = regret.iloc[0]
    close = regret[regret["low"] <= least["high"]]["form"].tolist()
    name = outcome_name(least["outcome"])
    where = f"over {least['situations']} situations"
    if len(close) == 1:
        return [f"{name}: {plain(close[0])} clearly has the least regret {where}."]
    return [f"{name}: which has the least regret {where} is too close to call between {listed(close)}."]


def _draw_robust(table: pd.DataFrame) -> Drawn:
    return robustness_dots(table.drop(columns="outcome"), table["outcome"].iloc[0])


def _front(worlds: Worlds) -> pd.DataFrame:
    """The front of the means over situations, each as likely as the others."""
    rows = worlds.rows.groupby(["form", "replicate"], sort=False)[list(worlds.outcomes)]
    return trade_off_front(rows.mean().reset_index(), worlds.outcomes)


def _lay_out_front(table: pd.DataFrame) -> Lines:
    outcomes = list(dict.fromkeys(table["outcome"]))
    said = {(row.form, row.outcome): level(measure_of(row.outcome), row) for row in records(table)}
    lines: Lines = [("form", *(_headed(name) for name in outcomes), "on the front")]
    for row in records(table.drop_duplicates("form")):
        front = f"{'yes' if row.on_front else 'no'}, {100 * row.probability:.0f} %"
        lines.append((plain(row.form), *(said[row.form, name] for name in outcomes), front))
    return lines


def _say_front(table: pd.DataFrame) -> list[str]:
    each = table.drop_duplicates("form")
    likely = each[each["on_front"] & (each["probability"] >= 0.5)]
    names = " and ".join(outcome_name(name).lower() for name in dict.fromkeys(table["outcome"]))
    forms = listed(list(likely["form"])) if len(likely) else "no form is likely to be"
    return [f"Beaten by no other form in {names} together: {forms}."]


def _draw_front(table: pd.DataFrame) -> Drawn:
    return trade_off(table)


LEVELS = Method(_levels, _lay_out_levels, say_nothing, no_picture)
DIFFERENCES = Method(
    _differences, _lay_out_differences, _say_differences, _draw_differences, ("outcomes", "reference")
)
BEST = Method(_best, _lay_out_best, _say_best, _draw_best)
OVERHEAD = Method(_overhead, _lay_out_overhead, say_nothing, _draw_overhead, needs=())
ROBUSTNESS = Method(_robust, _lay_out_robust, _say_robust, _draw_robust, may=("thresholds",))
FRONT = Method(_front, _lay_out_front, _say_front, _draw_front)
