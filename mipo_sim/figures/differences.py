"""What one form changes against others, world by world of the same luck."""

from collections.abc import Mapping, Sequence
from itertools import compress, groupby
from textwrap import fill

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
    place_name,
    rows_of,
    say_nothing,
    sheet,
    whisker,
)
from mipo_sim.figures.style import INK, SOFT, look_of, only_grid

POINTS = "percentage points"
READING = "filled: clearer than chance · hollow: not clear · whisker: 95 % interval"
ROW, FURTHER = 0.34, 0.14  # inches: a row, and each line of its name after the first
NAME = 58  # letters of a line


@house_style
def forest(
    differences: pd.DataFrame,
    *,
    forms: Sequence[str] = (),
    titles: Mapping[str, str] | None = None,
    averaged: int = 1,
    figure: Figure | SubFigure | None = None,
) -> Figure | SubFigure:
    """Draw paired differences, a row for each outcome, pair of forms and situation, a panel for each unit.

    Rows are named by what tells them apart; the title says what they share.

    Parameters
    ----------
    differences : DataFrame
        As from `mipo_sim.analysis.paired_differences`, of one form or several against one reference or
        several; with `situation` where there are several.
    forms : sequence of str
        All forms of the experiment, which decide colours; those of the table if not given.
    titles : mapping of str to str, optional
        What situations are called; their names in plain words if not given.
    averaged : int
        Over how many situations each difference is the mean.
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
    if not kept:
        figure = figure or sheet(10, 2.7)
        say_nothing(figure.subplots(), "there is no other form to compare with")
        return figure
    known = list(forms) or list(dict.fromkeys([*differences["form"], *differences["reference"]]))
    _dress(kept, known, titles)
    units = [list(same) for _, same in groupby(kept, key=lambda row: _unit_of(row.outcome))]
    tall = ROW + FURTHER * max(row.name.count("\n") for row in kept)
    figure = figure or sheet(10, 1.5 + 0.5 * len(units) + tall * max(len(kept), 2))
    heights = [len(same) + 0.6 for same in units]
    grid = figure.subplots(len(units), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, same in zip(grid, units, strict=True):
        _panel(axes, same)
    rest = f"the first {MOST_ROWS} of {len(rows)} differences; the table has all"
    head(grid[0], _title(kept), *_reading(kept, averaged), rest if len(rows) > len(kept) else "")
    return figure


def _dress(rows: list, forms: Sequence[str], titles: Mapping[str, str] | None) -> None:
    """Give each row its look, and as its name what is not the same in all: if nothing is, its outcome."""
    told = [
        (
            name_of(measure_of(row.outcome)),
            plain(row.form),
            f"against {plain(row.reference)}",
            place_name(getattr(row, "situation", ""), titles),
        )
        for row in rows
    ]
    apart = [len(set(words)) > 1 for words in zip(*told, strict=True)]
    names = [list(compress(words, apart if any(apart) else (True,))) for words in told]
    broken = any(len(", ".join(words)) > NAME for words in names)
    of_one_form = len({row.form for row in rows}) == 1
    for row, words in zip(rows, names, strict=True):
        row.look = look_of(row.reference if of_one_form else row.form, forms)
        row.name = _written(words, broken)


def _written(words: list[str], broken: bool) -> str:
    """Write the name of a row whole, however long; if broken, what comes first has a line of its own."""
    first, *others = words
    lines = [f"{first},", ", ".join(others)] if broken and others else [", ".join(words)]
    return "\n".join(fill(line, NAME) for line in lines)


def _title(rows: list) -> str:
    """Say what all rows share."""
    outcomes, forms, references = (
        list({getattr(row, side): None for row in rows}) for side in ("outcome", "form", "reference")
    )
    alone = len(outcomes) == 1 and len(rows) > 1
    what = f"{name_of(measure_of(outcomes[0]))}: what" if alone else "What"
    first = plain(forms[0]) if len(forms) == 1 else "each form"
    other = plain(references[0]) if len(references) == 1 else "others"
    return f"{what} {first} changes against {other}, same luck"


def _reading(rows: list, averaged: int) -> tuple[str, ...]:
    """Say how to read rows, and over how many worlds they are."""
    least, most = min(row.pairs for row in rows), max(row.pairs for row in rows)
    pairs = number_of(most, "pair") if least == most else f"{least:,} to {most:,} pairs"
    if averaged > 1:
        return f"mean over {averaged} situations, {pairs} in each", READING
    return (f"{READING} over {pairs}",)


def _unit_of(outcome: str) -> str:
    measure = measure_of(outcome)
    return POINTS if measure.in_per_cent else measure.unit


def _panel(axes: Axes, rows: list) -> None:
    unit = _unit_of(rows[0].outcome)
    scale = 100 if unit == POINTS else 1
    axes.axvline(0, color=INK, lw=1)
    for place, row in enumerate(rows):
        look = row.look
        whisker(axes, scale * row.low, scale * row.high, place, look.colour)
        face = look.colour if row.clear else "white"
        axes.plot(
            scale * row.difference, place, look.mark, color=look.colour, mfc=face, ms=6.5, mew=1.6, zorder=3
        )
        _say(axes, place, change(measure_of(row.outcome), row), row.clear)
    edge = max(np.abs(axes.get_xlim()).max(), 1e-9)
    axes.set_xlim(-edge, edge)
    axes.xaxis.set_major_locator(MaxNLocator(7))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:+g}".replace("-", "−") if x else "0"))
    axes.set_xlabel(unit)
    rows_of(axes, [row.name for row in rows])
    only_grid(axes, "x")


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
