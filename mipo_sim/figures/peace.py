"""How long peace lasts, when it ends, and by what: pictures of survival."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from mipo_sim.analysis.wording import plain, records
from mipo_sim.figures.page import (
    IN_KEY,
    LINE,
    MOST_LINES,
    SMALL,
    Style,
    apart,
    axes_or_new,
    columns_of,
    first_of,
    head,
    heads,
    house_style,
    in_columns,
    number_of,
    panels,
    percentages,
    room_for,
    say_nothing,
    sheet,
    told_apart,
    whisker,
)
from mipo_sim.figures.style import INK, SOFT, look_of, only_grid

WATCHED = 0.3  # share of worlds at peace that must still be watched for their curve to go on
LETTER = 0.15  # inches: a letter of a name that stands at both ends of a curve
GAP = 0.07  # of the axis of shares: between the labels of two curves that end together
BAND = "band: where the share of endlessly many worlds lies, with 95 % confidence at each month"
END_WORDS = {"relapse": "relapse first", "neither": "neither yet", "exit": "planned exit first"}
END_COLOURS = {"relapse": "#d55e00", "neither": "#f1f3f4", "exit": "#56b4e9"}


@house_style
def survival_curves(
    curves: pd.DataFrame,
    *,
    forms: Sequence[str] = (),
    note: str = BAND,
    at_risk: bool = True,
    axes: Axes | None = None,
) -> Axes:
    """Draw the share of worlds still at peace, with bands and, below, the worlds that are still watched.

    Parameters
    ----------
    curves : DataFrame
        As from `mipo_sim.analysis.survival`. A curve is cut where few worlds are watched for so long.
    forms : sequence of str
        All forms of the experiment, which decide colours; those of the table if not given.
    note : str
        What to say under the title.
    at_risk : bool
        Whether to write the numbers at risk.
    axes : Axes, optional
        Where to draw; on a sheet of its own if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Of more than 7 forms the first are drawn, and a note counts the rest.
    """
    shown, left_out = first_of(curves["form"], MOST_LINES)
    names = told_apart(shown, IN_KEY)
    further = max((len(name) - IN_KEY for name in names.values()), default=0)
    axes = axes_or_new(axes, 8 + LETTER * max(further, 0), 4.1 + 0.18 * len(shown))
    forms = list(forms) or shown
    ends: dict[str, float] = {}
    years = 0.0
    for form in reversed(shown):
        curve, look = _well_watched(curves[curves["form"] == form]), look_of(form, forms)
        time = curve["month"] / 12
        axes.fill_between(time, curve["low"], curve["high"], step="post", color=look.colour, alpha=0.16, lw=0)
        axes.step(time, curve["at_peace"], where="post", color=look.colour, ls=look.dash)
        ends[form] = _last(curve["at_peace"])
        years = max(years, time.max()) if len(time) else years
    years = max(years, 1 / 12)
    for form, height in apart({form: np.nan_to_num(end) for form, end in ends.items()}, GAP, top=1).items():
        _name_curve(axes, names[form], ends[form], (years, height), look_of(form, forms).colour)
    head(axes, "Share of worlds still at peace", note, left_out)
    axes.set_xlabel("years since peace began")
    axes.set_xlim(0, years)
    axes.set_ylim(-0.01, 1.015)  # so that a curve at the edge is seen
    percentages(axes.yaxis)
    only_grid(axes, "y")
    if at_risk:
        _numbers_at_risk(axes, curves, names, years)
    return axes


def _well_watched(curve: pd.DataFrame) -> pd.DataFrame:
    """Cut a curve of peace where most worlds at peace have run out of months to be watched."""
    began = max(curve["at_risk"].iloc[0], 1)
    still_watched = curve["at_risk"] >= WATCHED * curve["at_peace"] * began
    return curve[curve["at_peace"].notna() & (still_watched | (curve["at_peace"] == 0))]


def _last(values: "pd.Series[float]") -> float:
    known = values.dropna()
    return float(known.iloc[-1]) if len(known) else np.nan


def _name_curve(axes: Axes, name: str, share: float, place: tuple[float, float], colour: str) -> None:
    known = np.isfinite(share)
    said = f"{100 * share:.0f} %" if known else "never at peace"
    axes.annotate(
        f"{name}  {said}",
        place,
        (6, 0),
        textcoords="offset points",
        va="center",
        color=colour,
        annotation_clip=False,
    )


def _numbers_at_risk(axes: Axes, curves: pd.DataFrame, names: Mapping[str, str], years: float) -> None:
    """Write how many worlds are at peace and watched when a year begins, below the axis."""
    step = max(1, int(np.ceil(years / 6)))
    marks = range(0, int(years) + 1, step)
    axes.set_xticks(marks)

    def write(words: str, year: float, row: float, aside: float = 0, **style: Any) -> None:
        axes.annotate(
            words,
            (year, 0),
            (aside, -42 - LINE * row),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=SMALL,
            annotation_clip=False,
            **style,
        )

    write("worlds at peace and watched", 0, 0, color=SOFT, ha="left")
    for row, (form, name) in enumerate(names.items(), start=1):
        colour = look_of(form, list(names)).colour
        counts = curves[curves["form"] == form].set_index("month")["at_risk"]
        for year in marks:
            write(f"{counts.get(12 * year, 0):,}", year, row, color=colour, ha="center")
        write(name, 0, row, color=colour, ha="right", aside=-16)


@house_style
def ends_over_time(ends: pd.DataFrame, *, figure: Figure | SubFigure | None = None) -> Figure | SubFigure:
    """Draw which end comes first, a panel a form: relapse from below, planned exit from above.

    Parameters
    ----------
    ends : DataFrame
        As from `mipo_sim.analysis.competing_ends`.
    figure : Figure or SubFigure, optional
        Where to draw; a sheet of its own if not given.

    Returns
    -------
    Figure or SubFigure
        The two lines are the cumulative incidences, with bands; between them lie worlds that have seen
        neither. Of more than 6 forms the first are drawn, and a note counts the rest.
    """
    shown, left_out = first_of(ends["form"], 6)
    across = 2 if len(shown) == 4 else min(len(shown), 3)
    figure = figure or sheet(1.5 + 3.3 * across, 1.1 + 2.7 * (-(-len(shown) // across)))
    grid = panels(figure, len(shown), across, sharey=True)
    for axes, form in zip(grid, shown, strict=True):
        _ends_of(axes, ends[ends["form"] == form])
        axes.set_title(fill(plain(form), 34))
    heads(grid[:across], [axes.get_title(loc="left") for axes in grid[:across]], left_out, key=4)
    return figure


def _ends_of(axes: Axes, ends: pd.DataFrame) -> None:
    by_end = {end: table[table["share"].notna()] for end, table in ends.groupby("end")}
    relapse, left = by_end["relapse"], by_end["exit"]
    years = relapse["month"].to_numpy() / 12
    axes.set_ylim(0, 1)
    percentages(axes.yaxis)
    if not len(years):
        say_nothing(axes, "no world came to peace")
        return
    below, above = relapse["share"].to_numpy(), 1 - left["share"].to_numpy()
    step: Style = {"step": "post", "lw": 0}
    axes.fill_between(
        years, 0, below, color=END_COLOURS["relapse"], alpha=0.75, label=END_WORDS["relapse"], **step
    )
    axes.fill_between(years, below, above, color=END_COLOURS["neither"], label=END_WORDS["neither"], **step)
    hatched: Style = {
        "fc": END_COLOURS["exit"],
        "ec": "white",
        "hatch": "///",
        "label": END_WORDS["exit"],
        **step,
    }
    axes.fill_between(years, above, 1, **hatched)
    bands = ((relapse["low"], relapse["high"], below), (1 - left["high"], 1 - left["low"], above))
    for number, (low, high, line) in enumerate(bands):
        label = None if number else "95 % band"
        axes.fill_between(years, low, high, color=INK, alpha=0.22, label=label, **step)
        axes.step(years, line, where="post", color=INK, lw=1.2)
    axes.set_xlim(0, max(years.max(), 1 / 12))
    axes.set_xlabel(f"years since peace began · {number_of(relapse['at_risk'].iloc[0], 'world')}")
    axes.tick_params(length=0)
    axes.grid(False)


@house_style
def hazards(table: pd.DataFrame, *, forms: Sequence[str] = (), axes: Axes | None = None) -> Axes:
    """Draw how often peace relapses in each period since it began, with exact intervals.

    Parameters
    ----------
    table : DataFrame
        As from `mipo_sim.analysis.hazard_by_period`.
    forms : sequence of str
        All forms of the experiment, which decide colours; those of the table if not given.
    axes : Axes, optional
        Where to draw; on a sheet of its own if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Of more than 7 forms the first are drawn, and a note counts the rest.
    """
    shown, left_out = first_of(table["form"], MOST_LINES)
    names = in_columns(shown)
    axes = axes_or_new(axes, 8, 4.2 + room_for(names))
    known = table[table["form"].isin(shown) & table["hazard"].notna()]
    for number, (form, name) in enumerate(names.items()):
        look = look_of(form, list(forms) or shown)
        rows = records(known[known["form"] == form])
        shift = 0.7 * ((number + 0.5) / len(shown) - 0.5)
        places = [
            (row.first_month + row.last_month) / 24 + shift * (row.last_month - row.first_month + 1) / 12
            for row in rows
        ]
        for row, place in zip(rows, places, strict=True):
            whisker(axes, row.low, row.high, place, look.colour, upright=True)
        axes.plot(places, [row.hazard for row in rows], look.mark, color=look.colour, ms=6.5, label=name)
    note = "mark: relapses in a year of peace at risk; whisker: exact 95 % interval, wide where few are left"
    head(axes, "How often peace fails, by time since it began", note, left_out, key=columns_of(names))
    axes.set_xlabel("years since peace began")
    axes.set_ylabel("relapses a year at risk")
    top = _room(known)
    axes.set_ylim(-0.02 * top, top)
    axes.set_xlim(0, max(known["last_month"].max() / 12, 1 / 12) if len(known) else 1)
    axes.set_xticks(sorted({0, *(known["last_month"] / 12)}), minor=True)
    axes.grid(True, axis="x", which="minor")
    axes.grid(False, axis="x", which="major")
    axes.tick_params(length=0, which="both")
    if known.empty:
        say_nothing(axes, "no world came to peace")
    return axes


def _room(known: pd.DataFrame) -> float:
    """How far up the axis must reach: a period with next to nobody in it may not press the others flat."""
    if known.empty:
        return 1.0
    typical = known.loc[known["years"] >= known["years"].max() / 20, "high"]
    return float(1.08 * max(typical.max(), known["hazard"].max(), 0.01))
