"""Which form to choose: best by situation, robust over situations, and what can be had together."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure, SubFigure

from mipo_sim.analysis.wording import level, plain, records
from mipo_sim.figures.dependence import spread_strip
from mipo_sim.figures.page import (
    MOST_ROWS,
    SMALL,
    Style,
    axes_or_new,
    better,
    first_of,
    head,
    heads,
    house_style,
    measure_axis,
    measure_of,
    name_of,
    number_of,
    place_name,
    rows_of,
    say_nothing,
    sheet,
    whisker,
)
from mipo_sim.figures.style import INK, SOFT, Look, look_of, only_grid
from mipo_sim.outcomes.measures import Measure

MOST_SITUATIONS = 10
COLOURS = "cividis"  # one that grey and every kind of eye can order
JUDGED = {
    "mean": ("Mean over situations", ""),
    "maximum_regret": ("Maximum regret", "less is better"),
    "satisficing": ("Acceptable situations", "more is better"),
}
SATISFIED = Measure("satisficing", "share", "more", "Acceptable situations")
BEST, POSSIBLE = "★ best", "○ may be best"


@house_style
def best_heatmap(
    best: pd.DataFrame,
    outcome: str,
    *,
    titles: Mapping[str, str] | None = None,
    shares: pd.DataFrame | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw an outcome of each form in each situation, and mark what is best only where that is clear.

    Parameters
    ----------
    best : DataFrame
        As from `mipo_sim.analysis.best_by_situation`; its first column names the situation.
    outcome : str
        By what forms are judged.
    titles : mapping of str to str, optional
        What situations are called; their names in plain words if not given.
    shares : DataFrame, optional
        As from `mipo_sim.analysis.variance_shares`, of the same outcome; drawn as a strip below the
        heatmap where that has a sheet of its own.
    axes : Axes, optional
        Where to draw; on a sheet of its own if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Mean and interval stand in each cell. Of more than 24 forms or 10 situations the first are
        drawn, and a note counts the rest.
    """
    place = best.columns[0]
    forms, forms_out = first_of(best["form"], MOST_ROWS)
    situations, situations_out = first_of(best[place], MOST_SITUATIONS, "situations")
    if axes is None:
        tall = 0.58 * len(forms)
        figure = sheet(max(2.6 + 1.45 * len(situations), 6.5), 2.2 + tall + (shares is not None))
        if shares is None:
            axes = figure.subplots()
        else:
            axes, strip = figure.subplots(2, 1, height_ratios=(tall, 0.36))
            spread_strip(strip, shares)
    cells = best[best["form"].isin(forms) & best[place].isin(situations)]
    measure = measure_of(outcome)
    least, most = cells["mean"].min(), cells["mean"].max()
    room = 0.0 if most > least else 0.5
    scale = Normalize(least - room, most + room)
    for cell in records(cells.rename(columns={place: "situation"})):
        across, down = situations.index(cell.situation), forms.index(cell.form)
        _cell(axes, across, down, cell, measure, mpl.colormaps[COLOURS](scale(cell.mean)))
    clear = cells[cells["clear"]][place].unique()
    names = [_situation(place_name(name, titles), name in clear) for name in situations]
    axes.set_xticks(range(len(situations)), names)
    axes.set_xlim(-0.5, len(situations) - 0.5)
    rows_of(axes, [fill(plain(str(form)), 30) for form in forms])
    axes.set_ylim(len(forms) - 0.5, -0.5)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0, labelcolor=INK)
    axes.grid(False)
    note = f"mean and 95 % interval over {_count(cells['worlds'])} of each cell, same luck in a column"
    marks = f"{BEST}: clearly better than every other form there · {POSSIBLE}: not ruled out"
    head(axes, _titled(measure), note, marks, forms_out, situations_out)
    return axes


def _cell(axes: Axes, across: int, down: int, cell: SimpleNamespace, measure: Measure, colour: Any) -> None:
    light = np.dot(colour[:3], (0.299, 0.587, 0.114)) > 0.5
    ink = INK if light else "white"
    bounds: Style = {"fc": colour, "ec": "white", "lw": 2}
    axes.add_patch(mpl.patches.Rectangle((across - 0.5, down - 0.5), 1, 1, **bounds))
    row = SimpleNamespace(mean=cell.mean, low=cell.mean_low, high=cell.mean_high, worlds=cell.worlds)
    said = level(measure, row).replace(" (", "\n(", 1)
    mark = BEST if cell.clear else POSSIBLE if cell.possible else ""
    if cell.clear:
        inner: Style = {"fill": False, "ec": ink, "lw": 1.8}
        axes.add_patch(mpl.patches.Rectangle((across - 0.45, down - 0.44), 0.9, 0.88, **inner))
    axes.text(across, down, f"{said}\n{mark}".rstrip(), ha="center", va="center", color=ink, fontsize=8)


def _situation(name: str, clear: bool) -> str:
    said = "\n+ ".join(fill(part, 24) for part in name.split(" + "))  # whole: ends tell apart
    return said if clear else f"{said}\ntoo close to call"


def _count(worlds: "pd.Series[int]") -> str:
    least, most = worlds.min(), worlds.max()
    return number_of(most, "world") if least == most else f"{least:,} to {most:,} worlds"


def _titled(measure: Measure) -> str:
    unit = "" if measure.in_per_cent or not measure.unit else f", {measure.unit}"
    way = f" ({better(measure)})" if better(measure) else ""
    return f"{name_of(measure)}{unit}{way}"


@house_style
def robustness_dots(
    robust: pd.DataFrame, outcome: str, *, forms: Sequence[str] = (), figure: Figure | SubFigure | None = None
) -> Figure | SubFigure:
    """Draw mean, maximum regret and, where there is one, the satisficing share of each form.

    Parameters
    ----------
    robust : DataFrame
        As from `mipo_sim.analysis.robustness`.
    outcome : str
        By what forms are judged.
    forms : sequence of str
        All forms of the experiment, which decide colours; those of the table if not given.
    figure : Figure or SubFigure, optional
        Where to draw; a sheet of its own if not given.

    Returns
    -------
    Figure or SubFigure
        The form with the least regret stands first. Of more than 24 forms the first are drawn, and a
        note counts the rest.
    """
    regret = robust[robust["measure"] == "maximum_regret"].sort_values("value", kind="stable")
    shown, left_out = first_of(regret["form"], MOST_ROWS, "forms, by regret")
    known = list(forms) or list(dict.fromkeys(robust["form"]))
    kept = [measure for measure in JUDGED if measure in set(robust["measure"])]
    figure = figure or sheet(2.2 + 3 * len(kept), 2.3 + 0.34 * max(len(shown), 2))
    grid = figure.subplots(1, len(kept), sharey=True, squeeze=False)[0]
    first, measure = robust.iloc[0], measure_of(outcome)
    counted = (
        f"{number_of(first['situations'], 'situation')}, {number_of(first['worlds'], 'world')} of a form"
    )
    note = f"{name_of(measure).lower()}: mark and 95 % interval over {counted}"
    meant = "regret: how much worse than the best form of the situation, where that is most"
    for axes, judged in zip(grid, kept, strict=True):
        way = JUDGED[judged][1]
        _dots(axes, robust[robust["measure"] == judged].set_index("form"), shown, known)
        measure_axis(axes.xaxis, SATISFIED if judged == "satisficing" else measure, way or better(measure))
    rows_of(grid[0], [fill(plain(str(form)), 36) for form in shown])
    heads(grid, [JUDGED[judged][0] for judged in kept], note, meant, left_out)
    return figure


def _dots(axes: Axes, table: pd.DataFrame, shown: Sequence[str], forms: Sequence[str]) -> None:
    for place, row in enumerate(records(table.loc[list(shown)])):
        look = look_of(shown[place], forms)
        whisker(axes, row.low, row.high, place, look.colour)
        axes.plot(row.value, place, look.mark, color=look.colour, ms=7, zorder=3)
    axes.margins(x=0.1)
    only_grid(axes, "x")
    axes.spines["left"].set_visible(False)


@house_style
def trade_off(
    front: pd.DataFrame, *, forms: Sequence[str] = (), axes: Axes | None = None, pair: Sequence[str] = ()
) -> Axes:
    """Draw two outcomes of each form against each other, with the front of those that none beats.

    Parameters
    ----------
    front : DataFrame
        As from `mipo_sim.analysis.trade_off_front`.
    forms : sequence of str
        All forms of the experiment, which decide colours; those of the table if not given.
    axes : Axes, optional
        Where to draw; on a sheet of its own if not given.
    pair : two str
        Which outcomes; the first two if not given. The front is that of all.

    Returns
    -------
    matplotlib.axes.Axes
        Forms on the front are filled; their number is explained beside, with the probability of being
        on the front. Of more than 24 forms those likeliest to be on the front are drawn.
    """
    axes = axes_or_new(axes, 9.5, 5)
    first, second = pair or list(dict.fromkeys(front["outcome"]))[:2]
    table = front.pivot(index="form", columns="outcome", values=["mean", "low", "high"])
    chance = front.drop_duplicates("form").set_index("form")[["probability", "on_front", "worlds"]]
    chance = chance.sort_values(["on_front", "probability"], ascending=False, kind="stable")
    shown, left_out = first_of(chance.index, MOST_ROWS, "forms, by how likely they are on the front")
    known = list(forms) or list(dict.fromkeys(front["form"]))
    for number, form in enumerate(shown, start=1):
        spot = {edge: (table.loc[form, (edge, first)], table.loc[form, (edge, second)]) for edge in EDGES}
        probability, on_front = chance.loc[form, ["probability", "on_front"]]
        label = f"{number}  {fill(plain(str(form)), 30)}: {100 * probability:.0f} %"
        _spot(axes, spot, look_of(form, known), bool(on_front), number, label)
    _front_line(axes, table.loc[chance.index[chance["on_front"]], "mean"][[first, second]])
    count = front["outcome"].nunique()
    of_all = f"the front is that of all {count} outcomes" if count > 2 else ""
    note = f"mean and 95 % interval over {_count(chance['worlds'])}; filled, dashed line: the front"
    none = "on the front: no other form is as good in all outcomes and better in one"
    head(axes, "What can be had together", note, none, of_all, left_out)
    for axis, outcome in ((axes.xaxis, first), (axes.yaxis, second)):
        measure = measure_of(outcome)
        measure_axis(axis, measure, name_of(measure), better(measure))
    axes.margins(0.12)
    _within_shares(axes, first, second)
    axes.legend(
        loc="center left",
        bbox_to_anchor=(1.01, 0.5),
        frameon=False,
        fontsize=SMALL,
        title="how likely on the front",
        title_fontsize=SMALL,
        alignment="left",
    )
    if (table["mean", first].isna() | table["mean", second].isna()).all():
        say_nothing(axes, "never defined together")
    return axes


EDGES = ("mean", "low", "high")


def _spot(
    axes: Axes, spot: dict[str, tuple[float, float]], look: Look, filled: bool, number: int, label: str
) -> None:
    (x, y), lows, highs = (spot[edge] for edge in EDGES)
    whisker(axes, lows[0], highs[0], y, look.colour)
    whisker(axes, lows[1], highs[1], x, look.colour, upright=True)
    face = look.colour if filled else "white"
    axes.plot(x, y, look.mark, color=look.colour, mfc=face, ms=9, mew=1.6, ls="none", zorder=3, label=label)
    if np.isfinite([x, y]).all():
        near: Style = {"textcoords": "offset points", "fontsize": SMALL, "color": look.colour, "zorder": 4}
        axes.annotate(str(number), (x, y), (7, 6 if number % 2 else -13), **near)


def _within_shares(axes: Axes, first: str, second: str) -> None:
    """Show no more of an axis of shares than there can be, whatever the intervals."""
    low, high = axes.get_xlim()
    if measure_of(first).in_per_cent:
        axes.set_xlim(max(low, -0.03), min(high, 1.03))
    low, high = axes.get_ylim()
    if measure_of(second).in_per_cent:
        axes.set_ylim(max(low, -0.03), min(high, 1.03))


def _front_line(axes: Axes, means: pd.DataFrame) -> None:
    ordered = means.dropna().sort_values(means.columns[0])
    axes.plot(ordered.iloc[:, 0], ordered.iloc[:, 1], color=SOFT, lw=1, ls=(0, (4, 3)), zorder=1)
