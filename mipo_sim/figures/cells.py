"""The cells of a grid side by side: a panel for each headline outcome, a row for each cell."""

from collections.abc import Sequence
from textwrap import shorten

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mipo_sim.analysis.cells import HEADS, cell_name, situation_name
from mipo_sim.analysis.wording import MEASURES, records
from mipo_sim.figures.style import INK, OTHERS, SOFT, STYLE, colour_of, only_grid

MOST_ROWS = 24  # cells that can be told apart in one picture
WIDTH, ROW = 13.0, 0.3  # inches: of the picture, and for each row
ABOVE, BELOW = 1.55, 1.15  # inches over and under the panels
LABEL = 46  # characters of a cell's name at most
NOTE = (
    "mark and whisker: mean or share over worlds, and its 95 % interval · "
    "overhead: staff time not left for the work"
)
AGAINST = (
    "diamond, dashed line: the first cell{there}, which the others are set against, world by world of the "
    "same luck · filled: that difference is clearer than chance · hollow: too close to call"
)


def comparison_figure(
    table: pd.DataFrame, axes: Sequence[str], within: Sequence[str], title: str, caveat: str, source: str
) -> Figure:
    """Draw a comparison of cells, situation by situation.

    Parameters
    ----------
    table : DataFrame
        As from `mipo_sim.analysis.cells.compare_cells`.
    axes, within : sequence of str
        All axes of the grid, and those that make up the situation.
    title, caveat, source : str
        What stands above; how to take it, and what made it, below.

    Returns
    -------
    matplotlib.figure.Figure
        One panel an outcome. Of more than 24 cells the first are drawn, and the title counts the rest.
    """
    outcomes = list(dict.fromkeys(table["outcome"]))
    points = list(dict.fromkeys(table["point"]))
    shown = table[table["point"].isin(points[:MOST_ROWS])]
    rows = _Rows(shown, [axis for axis in axes if axis not in within], within)
    with mpl.rc_context(STYLE):
        height = ROW * rows.count + ABOVE + BELOW
        figure = Figure(figsize=(WIDTH, height))
        left = 0.04 + 0.0062 * max(map(len, [*rows.names.values(), *rows.situations.values()]))
        grid = {
            "left": left,
            "right": 0.98,
            "wspace": 0.12,
            "top": 1 - ABOVE / height,
            "bottom": BELOW / height,
        }
        panels = figure.subplots(1, len(outcomes), sharey=True, squeeze=False, gridspec_kw=grid)[0]
        for panel, outcome in zip(panels, outcomes, strict=True):
            _panel(panel, shown[shown["outcome"] == outcome], outcome, rows)
        _label_rows(panels[0], rows)
        left_out = f" · the first {MOST_ROWS} of {len(points):,} cells" if len(points) > MOST_ROWS else ""
        note = [NOTE]
        if (table["point"] != table["reference"]).any():
            note.append(AGAINST.format(there=" of a situation" if within else ""))
        _write(
            figure,
            height,
            shorten(title, 95, placeholder=" ...") + left_out,
            "\n".join(note),
            caveat,
            source,
        )
    return figure


class _Rows:
    """Where each cell stands, what it is called and coloured, and where a situation begins."""

    def __init__(self, table: pd.DataFrame, own: Sequence[str], within: Sequence[str]) -> None:
        self.place: dict[int, float] = {}
        self.names: dict[int, str] = {}
        self.situations: dict[float, str] = {}
        self.colours: dict[int, str] = {}
        cells = table.drop_duplicates("point")
        axes = own or list(within)
        kinds = list(dict.fromkeys(cells[axes[0]].astype(str))) if axes else []
        height, before = 0.0, ""
        for _, cell in cells.iterrows():
            situation = situation_name(cell, within if own else ())
            if situation != before:
                height += 0.6 if before else 0.0
                self.situations[height] = situation
                height, before = height + 1, situation
            point = int(cell["point"])
            self.place[point] = height
            self.names[point] = shorten(cell_name([cell[axis] for axis in axes], axes), LABEL)
            told_apart = 1 < len(kinds) <= len(OTHERS)
            self.colours[point] = colour_of(str(cell[axes[0]]), kinds) if told_apart else OTHERS[0]
            height += 1
        self.count = height


def _panel(axes: Axes, table: pd.DataFrame, outcome: str, rows: _Rows) -> None:
    measure = MEASURES[outcome]
    for row in records(table):
        if np.isnan(row.mean):
            continue
        place, colour, is_first = rows.place[row.point], rows.colours[row.point], row.point == row.reference
        axes.plot([row.low, row.high], [place, place], color=colour, lw=2, solid_capstyle="round")
        face = colour if row.clear or is_first else "white"
        axes.plot(
            row.mean, place, "D" if is_first else "o", color=colour, markerfacecolor=face, ms=6, mew=1.6
        )
    for first in sorted(set(table["reference"]) & set(rows.place)):
        mine = [rows.place[point] for point in table.loc[table["reference"] == first, "point"]]
        mean = table.loc[table["point"] == first, "mean"].iloc[0]
        if len(mine) > 1 and not np.isnan(mean):
            axes.plot(
                [mean, mean], [min(mine) - 0.4, max(mine) + 0.4], color=SOFT, lw=0.9, ls=(0, (4, 3)), zorder=1
            )
    axes.xaxis.set_major_locator(MaxNLocator(4))
    if table["mean"].isna().all():
        axes.text(0.5, 0.5, "not watched for so long", transform=axes.transAxes, ha="center", color=SOFT)
        axes.set_xticks([])
    title, said = HEADS.get(outcome, measure.label), []
    if measure.in_per_cent:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g} %"))
    else:
        said.append(measure.unit)
    said += [f"{measure.better} is better"] * (measure.better != "neither")
    axes.margins(x=0.1)
    axes.set_title(title)
    axes.set_xlabel(", ".join(said))
    axes.spines["left"].set_visible(False)
    only_grid(axes, "x")


def _label_rows(axes: Axes, rows: _Rows) -> None:
    axes.set_ylim(rows.count - 0.4, -0.6)
    axes.set_yticks(list(rows.place.values()), list(rows.names.values()))
    axes.tick_params(axis="y", labelcolor=INK)
    for height, name in rows.situations.items():
        if name:
            axes.annotate(
                name,
                (0, height),
                (-7, 0),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                ha="right",
                va="center",
                fontweight="bold",
            )


def _write(figure: Figure, height: float, title: str, note: str, caveat: str, source: str) -> None:
    """Write the title and the note above the panels, the caveat and the source below, in inches."""
    figure.text(0.02, 1 - 0.35 / height, title, fontsize=17, fontweight="bold", va="center")
    figure.text(0.02, 1 - 0.65 / height, note, fontsize=8.5, color=SOFT, va="top", linespacing=1.35)
    below = f"{caveat}\n{source}"
    figure.text(0.02, 0.13 / height, below, fontsize=8.5, color=SOFT, va="bottom", linespacing=1.45)
