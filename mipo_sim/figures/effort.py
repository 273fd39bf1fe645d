"""Where the staff time goes that is not left for the work."""

from collections.abc import Mapping
from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes

from mipo_sim.analysis.wording import plain
from mipo_sim.figures.page import (
    MOST_ROWS,
    Style,
    axes_or_new,
    first_of,
    head,
    house_style,
    number_of,
    percentages,
    rows_of,
    whisker,
)
from mipo_sim.figures.style import CAUSE_COLOURS, CAUSE_HATCHES, INK, only_grid
from mipo_sim.outcomes.measures import CAUSES

CAUSE_WORDS = {
    "coordination": "coordination",
    "reporting": "reports",
    "waiting": "clearance",
    "rivalry": "rivalry",
}


@house_style
def overhead_bars(overhead: pd.DataFrame, *, axes: Axes | None = None) -> Axes:
    """Draw overhead by cause as stacked bars, a bar a form.

    Parameters
    ----------
    overhead : DataFrame
        As from `mipo_sim.analysis.overhead_by_cause`.
    axes : Axes, optional
        Where to draw; on a sheet of its own if not given.

    Returns
    -------
    matplotlib.axes.Axes
        A whisker at the end of a part is the interval of that part. Of more than 24 forms the first
        are drawn, and a note counts the rest.
    """
    shown, left_out = first_of(overhead["form"], MOST_ROWS)
    axes = axes_or_new(axes, 8.5, 1.7 + 0.42 * len(shown))
    table = overhead.set_index(["form", "cause"])[["mean", "low", "high"]]
    widest = 0.0
    for place, form in enumerate(shown):
        causes = table.loc[form]
        ends = stack(axes, place, causes["mean"].to_dict())
        for cause, end in ends.items():
            start = end - causes["mean"][cause]
            whisker(axes, start + causes["low"][cause], start + causes["high"][cause], place + 0.12, INK)
        whole = max(ends.values(), default=0)
        widest = max(widest, whole, *(causes["high"] - causes["mean"] + whole).dropna())
        words = f"  {100 * whole:.1f} %" if ends else "  no staff"
        axes.annotate(words, (1, place), xycoords=("axes fraction", "data"), va="center", fontweight="bold")
    note = "share of staff time by what takes it; whisker: 95 % interval of the part that ends there"
    worlds = overhead["worlds"].max()
    rows_of(axes, [fill(plain(form), 40) for form in shown])
    name_causes(axes)
    counted = f"{number_of(worlds, 'world')} of each form"
    head(axes, "Staff time not left for the work", note, counted, left_out, key=len(CAUSES))
    axes.set_xlim(0, 1.02 * widest or 0.05)
    percentages(axes.xaxis)
    only_grid(axes, "x")
    return axes


def stack(axes: Axes, place: float, means: Mapping[str, float], height: float = 0.56) -> dict[str, float]:
    """Stack the causes of overhead into a bar, and tell where each ends; causes not known are left out."""
    start, ends = 0.0, {}
    for cause in CAUSES:
        if means[cause] == means[cause]:
            style: Style = {
                "color": CAUSE_COLOURS[cause],
                "hatch": CAUSE_HATCHES[cause],
                "ec": "white",
                "lw": 0,
            }
            axes.barh(place, means[cause], left=start, height=height, **style)
            start = ends[cause] = start + means[cause]
    return ends


def name_causes(axes: Axes) -> None:
    """Label a colour for each cause, for `head` to name."""
    for cause in CAUSES:
        style: Style = {"color": CAUSE_COLOURS[cause], "hatch": CAUSE_HATCHES[cause], "ec": "white", "lw": 0}
        axes.barh(0, 0, label=CAUSE_WORDS[cause], **style)
