"""What all pictures share: a sheet to draw on, axes in declared units, notes, limits, and who made it."""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import fill, shorten, wrap
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mipo_sim.analysis.wording import MEASURES, plain
from mipo_sim.figures.style import INK, SOFT, STYLE, as_bytes
from mipo_sim.outcomes.measures import SERIES, Measure

MOST_LINES = 7  # curves that can be told apart in one picture
MOST_ROWS = 24  # rows that can be read in one picture
SMALL = 8.5  # points: size of notes
IN_KEY = 24  # letters of a form's name in a key
LINE = 13  # points: height of a line of them
LETTERS = 14.5  # of them in an inch
BOLD = 0.7  # letters of a title that have the room of one of them
Style = dict[str, Any]
MONTHLY = {measure.name: measure for measure in SERIES}

house_style = mpl.rc_context(STYLE)  # decorates what draws


class Picture(Figure):
    """A figure that shows itself in a notebook, whether or not pyplot is about."""

    def _repr_png_(self) -> bytes:
        return as_bytes(self, "png", dpi=80)


def sheet(width: float, height: float) -> Picture:
    """Lay out an empty figure, in inches, whose parts make room for each other."""
    return Picture(figsize=(width, height), layout="constrained")


def axes_or_new(axes: Axes | None, width: float, height: float) -> Axes:
    """Take the axes given, or lay out a sheet with one."""
    return sheet(width, height).subplots() if axes is None else axes


def sign(drawn: Axes | Figure | SubFigure, source: str, title: str = "", caveat: str = "") -> Figure:
    """Write the title above a figure and, below it, how to take it and what made it.

    Parameters
    ----------
    drawn : Axes, Figure or SubFigure
        What a function of this package has drawn, on a sheet of its own.
    source : str
        Version, digest of the configuration, seed, number of worlds; see `Results.source`.
    title, caveat : str
        What it is about, and what to keep in mind.
    """
    figure = drawn.figure.figure if isinstance(drawn, Axes) else drawn.figure
    with mpl.rc_context(STYLE):
        wide = int(figure.get_figwidth() * LETTERS)
        if title:
            words = fill(title, int(figure.get_figwidth() * 9))
            figure.suptitle(words, x=0.01, ha="left", fontsize=14, fontweight="bold")
        below = "\n".join(fill(line, wide) for line in (caveat, source) if line)
        figure.supxlabel(below, x=0.01, ha="left", fontsize=SMALL, color=SOFT, linespacing=1.4)
    return figure


def head(axes: Axes, title: str, *notes: str, key: int = 0) -> float:
    """Write what axes show and, in smaller letters, how to read them and which colour is what.

    Parameters
    ----------
    axes : Axes
        The first of its row; notes may run on over its neighbours. Names of rows stand already.
    title : str
        What they show, wrapped where it is too long.
    *notes : str
        Lines that are wrapped where they are too long; empty ones are left out.
    key : int
        In how many columns to name what is labelled, between the notes and the axes; 0 for not at all.

    Returns
    -------
    float
        How far above the axes the title stands, in points.
    """
    names = [line for label in axes.get_yticklabels() for line in label.get_text().split("\n")]
    beside = max(map(len, names), default=0)
    width = int(axes.figure.bbox.width / axes.figure.dpi * LETTERS) - 8 - beside
    said = [line for words in notes if words for line in wrap(words, width)]
    handles, labels = axes.get_legend_handles_labels() if key else ([], [])
    tall = max((label.count("\n") + 1 for label in labels), default=0)
    below = 7 + LINE * tall * (-(-len(handles) // key) if handles else 0)
    height = below + 4 + LINE * len(said)
    lines = [line for part in title.split("\n") for line in wrap(part, int(BOLD * width))]
    axes.set_title("\n".join(lines), pad=height)
    written = axes.annotate(
        "\n".join(said),
        (0, 1),
        (0, below),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=SMALL,
        color=SOFT,
        va="bottom",
        linespacing=1.3,
    )
    written.set_in_layout(False)  # the title stands above it and keeps its room
    if handles:
        named = axes.legend(
            loc="lower left",
            bbox_to_anchor=(-0.005, 1),
            borderaxespad=0.3,
            ncols=key,
            frameon=False,
            fontsize=SMALL,
            handlelength=2.6 if isinstance(handles[0], Line2D) else 1.6,  # so that dashes are seen
            columnspacing=1.4,
        )
        named.set_in_layout(False)
    return height


def heads(row: Sequence[Axes], titles: Sequence[str], *notes: str, key: int = 0) -> None:
    """Write a title over each of the axes in a row, level with each other, and notes once for all."""
    height = head(row[0], titles[0], *notes, key=key)
    for axes, title in zip(row[1:], titles[1:], strict=True):
        axes.set_title(title, pad=height)


def say_nothing(axes: Axes, words: str) -> None:
    """Say in empty axes why they are empty."""
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color=SOFT)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)


def first_of(names: Iterable[Any], most: int, what: str = "forms") -> tuple[list[Any], str]:
    """Keep as many names as can be drawn, each once, and say how many are left out."""
    known = list(dict.fromkeys(names))
    left_out = f"the first {most} of {len(known):,} {what}; the table has all" if len(known) > most else ""
    return known[:most], left_out


def measure_of(outcome: str) -> Measure:
    """Look up the declaration of an outcome, or make one for a column of somebody's own."""
    return MEASURES.get(outcome) or Measure(outcome, "", "neither", plain(outcome))


def name_of(measure: Measure) -> str:
    """Name a measure where it stands alone: "- in coordination" is one of the parts of overhead."""
    return measure.label.replace("- ", "Staff time ", 1) if measure.label.startswith("- ") else measure.label


def place_name(situation: Any, titles: Mapping[str, str] | None = None) -> str:
    """Name a situation by its title, or else by its name in plain words."""
    return (titles or {}).get(str(situation)) or plain(str(situation))


def told_apart(names: Iterable[str], letters: int) -> dict[str, str]:
    """Shorten names in plain words to so many letters, but none if two would then read alike."""
    whole = {name: plain(name) for name in names}
    short = {name: shorten(words, letters) for name, words in whole.items()}
    return short if len(set(short.values())) == len(set(whole.values())) else whole


def in_columns(forms: Iterable[str]) -> dict[str, str]:
    """Name forms in lines so short that a key has room for columns of them."""
    return {form: fill(plain(form), IN_KEY) for form in forms}


def room_for(names: Mapping[str, str]) -> float:
    """How much taller a sheet must be for names of more than a line, in inches."""
    return 0.1 * sum(name.count("\n") for name in names.values())


def columns_of(names: Mapping[str, str]) -> int:
    """How many columns a key of names has room for; none where there is nothing to tell apart."""
    return 0 if len(names) < 2 else 3 if any("\n" in name for name in names.values()) else 4


def number_of(count: int, what: str) -> str:
    """Write a number of things."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def better(measure: Measure) -> str:
    """Say which way is better, if one is."""
    return "" if measure.better == "neither" else f"{measure.better} is better"


def measure_axis(axis: Axis, measure: Measure, *words: str) -> None:
    """Give an axis the unit of a measure, and say it: per cent for shares."""
    said = [word for word in words if word]
    if measure.in_per_cent:
        percentages(axis)
    else:
        said += [measure.unit] * bool(measure.unit)
        axis.set_major_locator(MaxNLocator(6))
    axis.set_label_text(", ".join(said))


def percentages(axis: Axis) -> None:
    """Write shares as per cent."""
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.4g} %"))


def rows_of(axes: Axes, names: Sequence[str], colours: Sequence[str] | None = None) -> None:
    """Lay names out as rows, from the top."""
    axes.set_yticks(range(len(names)), list(names))
    axes.tick_params(axis="y", labelcolor=INK, length=0)
    for label, colour in zip(axes.get_yticklabels(), colours or [], strict=False):
        label.set_color(colour)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)


def whisker(axes: Axes, low: float, high: float, at: float, colour: str, upright: bool = False) -> None:
    """Draw an interval, unless it is not known."""
    ends, place = [low, high], [at, at]
    if np.isfinite(ends).all():
        across, along = (place, ends) if upright else (ends, place)
        axes.plot(across, along, color=colour, lw=2, ls="-", solid_capstyle="round", zorder=2)


def apart(heights: dict[str, float], gap: float, top: float) -> dict[str, float]:
    """Move labels apart that would cover each other, keeping their order, none above the top."""
    order = sorted(heights, key=lambda name: heights[name])
    placed: dict[str, float] = {}
    floor = -np.inf
    for name in order:
        placed[name] = floor = max(heights[name], floor)
        floor += gap
    ceiling = top
    for name in reversed(order):
        placed[name] = ceiling = min(placed[name], ceiling)
        ceiling -= gap
    return placed


def panels(figure: Figure | SubFigure, count: int, across: int, **shared: Any) -> list[Axes]:
    """Lay out panels row by row, as many as there are to be."""
    rows = -(-count // across)
    grid = figure.subplots(rows, across, squeeze=False, **shared)
    for spare in grid.flat[count:]:
        spare.set_visible(False)
    return list(grid.flat[:count])
