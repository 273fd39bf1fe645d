"""Scenario discovery: the parts of the space in which something happens more often than elsewhere."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from mipo_sim.analysis.wording import records
from mipo_sim.figures.page import (
    SMALL,
    first_of,
    head,
    house_style,
    measure_of,
    name_of,
    rows_of,
    say_nothing,
    sheet,
)
from mipo_sim.figures.style import FAINT, INK, OTHERS, SOFT
from mipo_sim.parameters import declared

MOST_BOXES = 4
Ranges = Mapping[str, tuple[float, float]]


@house_style
def box_limits(
    boxes: pd.DataFrame, event: str, *, ranges: Ranges | None = None, figure: Figure | SubFigure | None = None
) -> Figure | SubFigure:
    """Draw the limits of each box on the axes that bound it, and how often the event happens there.

    Parameters
    ----------
    boxes : DataFrame
        As from `mipo_sim.analysis.scenario_boxes`.
    event : str
        What happens there.
    ranges : mapping of str to (float, float), optional
        From where to where the design varied an axis; the declared bounds of the parameter if not given.
    figure : Figure or SubFigure, optional
        Where to draw; a sheet of its own if not given.

    Returns
    -------
    Figure or SubFigure
        A panel a box. Of more than 4 boxes the densest are drawn, and a note counts the rest.
    """
    shown, left_out = first_of(boxes["box"], MOST_BOXES, "boxes")
    by_box = [records(boxes[boxes["box"] == number]) for number in shown]
    figure = figure or sheet(10, 1.1 + sum(0.95 + 0.36 * len(rows) for rows in by_box) if by_box else 2.5)
    if not by_box:
        axes = figure.subplots()
        head(axes, name_of(measure_of(event)))
        say_nothing(axes, "no part of the space stands out")
        return figure
    heights = [len(rows) + 1.2 for rows in by_box]
    grid = figure.subplots(len(by_box), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, rows in zip(grid, by_box, strict=True):
        first = rows[0]
        doubt = "" if first.clear else "not clearer than chance"
        head(
            axes, f"Box {first.box}: {name_of(measure_of(event))} {_density(first)}", doubt, _coverage(first)
        )
        _limits(axes, rows, ranges or {})
    grid[-1].set_xlabel(" · ".join(filter(None, ("range of each axis", left_out))))
    return figure


def _density(row) -> str:
    there = f"{100 * row.density:.0f} % ({100 * row.density_low:.0f}–{100 * row.density_high:.0f})"
    return f"in {there} of worlds there, {100 * row.everywhere:.0f} % everywhere"


def _coverage(row) -> str:
    known = f"{100 * row.coverage:.0f} % ({100 * row.coverage_low:.0f}–{100 * row.coverage_high:.0f})"
    return (
        f"it holds {known} of all cases, in {row.points:,} points and {row.worlds:,} worlds; "
        "in brackets: 95 % range over halves not used to find it"
    )


def _limits(axes: Axes, rows: list, ranges: Ranges) -> None:
    for place, row in enumerate(rows):
        axes.barh(place, 1, height=0.34, color=FAINT)
        if row.options:
            said = f"only {row.options}"
            axes.barh(place, 1, height=0.34, fc="none", ec=OTHERS[0], hatch="////", lw=0)
        else:
            said = _limit(row)
            low, high = _range(row, ranges)
            start, end = (np.clip((bound - low) / (high - low), 0, 1) for bound in (row.low, row.high))
            axes.barh(place, max(end - start, 0.004), left=start, height=0.34, color=OTHERS[0])
            axes.text(0, place + 0.2, f"{low:.3g}", fontsize=7.5, color=SOFT, va="top")
            axes.text(1, place + 0.2, f"{high:.3g}", fontsize=7.5, color=SOFT, va="top", ha="right")
        axes.annotate(
            f"{said}\nbounded so in {100 * row.reproduced:.0f} % of halves",
            (1.015, place),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=SMALL,
            color=INK,
            annotation_clip=False,
        )
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.grid(False)
    rows_of(axes, [str(row.axis) for row in rows])
    axes.spines["bottom"].set_visible(False)


def _limit(row) -> str:
    if np.isinf(row.low):
        return f"up to {row.high:.3g}"
    return f"above {row.low:.3g}" + ("" if np.isinf(row.high) else f", up to {row.high:.3g}")


def _range(row, ranges: Ranges) -> tuple[float, float]:
    """From where to where an axis goes: as given, as declared, or else a little beyond its limits."""
    if row.axis in ranges:
        return ranges[row.axis]
    if row.axis in declared():
        return declared()[row.axis].low, declared()[row.axis].high
    finite = [bound for bound in (row.low, row.high) if np.isfinite(bound)]
    room = max(max(finite) - min(finite), abs(max(finite)), 1e-9)
    return min(finite) - room, max(finite) + room
