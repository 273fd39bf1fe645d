"""What one form changes against others, world by world of the same luck."""

from collections.abc import Sequence
from itertools import groupby
from textwrap import shorten

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mipo_sim.analysis.wording import change, plain, records
from mipo_sim.figures.page import (
    MOST_ROWS,
    SMALL,
    head,
    house_style,
    measure_of,
    name_of,
    number_of,
    rows_of,
    say_nothing,
    sheet,
    whisker,
)
from mipo_sim.figures.style import INK, SOFT, look_of, only_grid

POINTS = "percentage points"
READING = "filled: clearer than chance · hollow: not clear · whisker: 95 % interval over {pairs}"
ROW = 0.34  # inches


@house_style
def forest(
    differences: pd.DataFrame, *, forms: Sequence[str] = (), figure: Figure | SubFigure | None = None
) -> Figure | SubFigure:
    """Draw paired differences, a row for each outcome and reference, a panel for each unit.

    Parameters
    ----------
    differences : DataFrame
        As from `mipo_sim.analysis.paired_differences`, of one form or several against one reference or
        several.
    forms : sequence of str
        All forms of the experiment, which decide colours; those of the table if not given.
    figure : Figure or SubFigure, optional
        Where to draw; a sheet of its own if not given.

    Returns
    -------
    Figure or SubFigure
        Marks are filled where a difference is clearer than chance, and the words beside say so too. Of
        more than 24 rows the first are drawn, and a note counts the rest.
    """
    rows = [row for row in records(differences) if row.pairs]
    outcomes = list(dict.fromkeys(row.outcome for row in rows))
    order = list(dict.fromkeys([POINTS, *map(_unit_of, outcomes)]))
    rows.sort(key=lambda row: (order.index(_unit_of(row.outcome)), outcomes.index(row.outcome)))
    kept = rows[:MOST_ROWS]
    units = [list(same) for _, same in groupby(kept, key=lambda row: _unit_of(row.outcome))]
    figure = figure or sheet(10, 1.5 + 0.5 * max(len(units), 1) + ROW * max(len(kept), 2))
    if not kept:
        say_nothing(figure.subplots(), "there is no other form to compare with")
        return figure
    heights = [len(same) + 0.6 for same in units]
    grid = figure.subplots(len(units), 1, squeeze=False, height_ratios=heights)[:, 0]
    known = list(forms) or list(dict.fromkeys([*differences["form"], *differences["reference"]]))
    for axes, same in zip(grid, units, strict=True):
        _panel(axes, same, known, several=_several(kept))
    pairs = sorted({row.pairs for row in kept})
    said = number_of(pairs[0], "pair") if len(pairs) == 1 else f"{pairs[0]:,} to {pairs[-1]:,} pairs"
    rest = f"the first {MOST_ROWS} of {len(rows)} differences; the table has all"
    head(grid[0], _title(kept), READING.format(pairs=said), rest if len(rows) > len(kept) else "")
    return figure


def _several(rows: list) -> bool:
    """Whether a row must say what it compares."""
    return len({(row.form, row.reference, *_place(row)) for row in rows}) > 1


def _of_one_form(rows: list) -> bool:
    """Whether rows tell the references apart; else they tell forms apart."""
    return len({row.form for row in rows}) == 1


def _place(row) -> tuple[str, ...]:
    """In which situation, where there are several."""
    return (plain(str(row.situation)),) if hasattr(row, "situation") else ()


def _title(rows: list) -> str:
    forms, references = ({getattr(row, side) for row in rows} for side in ("form", "reference"))
    first = plain(rows[0].form) if len(forms) == 1 else "each form"
    other = f"against {plain(rows[0].reference)}" if len(references) == 1 else "against others"
    return f"What {shorten(first, 40)} changes {shorten(other, 48)}, same luck"


def _unit_of(outcome: str) -> str:
    measure = measure_of(outcome)
    return POINTS if measure.in_per_cent else measure.unit


def _panel(axes: Axes, rows: list, forms: Sequence[str], several: bool) -> None:
    unit = _unit_of(rows[0].outcome)
    scale = 100 if unit == POINTS else 1
    axes.axvline(0, color=INK, lw=1)
    names = []
    for place, row in enumerate(rows):
        measure = measure_of(row.outcome)
        look = look_of(row.reference if _of_one_form(rows) else row.form, forms)
        whisker(axes, scale * row.low, scale * row.high, place, look.colour)
        face = look.colour if row.clear else "white"
        axes.plot(
            scale * row.difference, place, look.mark, color=look.colour, mfc=face, ms=6.5, mew=1.6, zorder=3
        )
        _say(axes, place, change(measure, row), row.clear)
        whose = f", {_against(row, rows)}" if several else ""
        names.append(f"{shorten(name_of(measure), 46)}{whose}")
    edge = max(np.abs(axes.get_xlim()).max(), 1e-9)
    axes.set_xlim(-edge, edge)
    axes.xaxis.set_major_locator(MaxNLocator(7))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:+g}".replace("-", "−") if x else "0"))
    axes.set_xlabel(unit)
    rows_of(axes, names)
    only_grid(axes, "x")


def _against(row, rows: list) -> str:
    whose = f"against {plain(row.reference)}" if _of_one_form(rows) else plain(row.form)
    return shorten(", ".join((whose, *_place(row))), 44)


def _say(axes: Axes, place: float, words: str, clear: bool) -> None:
    axes.annotate(
        words,
        (1.01, place),
        xycoords=("axes fraction", "data"),
        va="center",
        fontsize=SMALL,
        color=INK if clear else SOFT,
        fontweight="bold" if clear else "normal",
        annotation_clip=False,
    )
