"""The picture of a case: what the model makes of the real decisions, beside what was and might have been."""

from collections.abc import Sequence
from textwrap import shorten, wrap

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from mipo_sim.analysis.spread import split
from mipo_sim.analysis.wording import plain
from mipo_sim.evidence.histories import AS_DECIDED, MEASURES, UNIFORMED, WAR, Fact
from mipo_sim.evidence.retelling import DRAWN, Retelling
from mipo_sim.figures.style import INK, SOFT, STYLE, colour_of, only_grid
from mipo_sim.parameters import declared

# As shares of the figure: where panels begin and how wide they are, where the key is, bottoms and heights.
LEFT, WIDTH, KEY = 0.055, 0.535, 0.63
HEIGHTS = {"violence": (0.585, 0.215), UNIFORMED: (0.335, 0.19), "need_met": (0.095, 0.18)}
STRIP = (0.82, 0.028)
LINE = 0.0155  # of the figure: one line of the key
CLOSE = 0.015  # of the run: the least room between two letters
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def history_figure(retelling: Retelling) -> Figure:
    """Draw violence, troops and need met over the months of a case.

    Parameters
    ----------
    retelling : Retelling
        The case and what came of it.

    Returns
    -------
    matplotlib.figure.Figure
        Three panels over the calendar: mean and middle 90 % of worlds as decided, means of the two
        counterfactuals, and what was; decisions as numbered lines, events as letters, with a key.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(13, 9))
        _head(figure, retelling)
        _strip(figure.add_axes((LEFT, STRIP[0], WIDTH, STRIP[1])), retelling)
        for measure in DRAWN:
            bottom, height = HEIGHTS[measure]
            _months(figure.add_axes((LEFT, bottom, WIDTH, height)), retelling, measure)
        _key(figure, retelling)
        _foot(figure, retelling)
    return figure


def _head(figure: Figure, retelling: Retelling) -> None:
    history = retelling.history
    words = f"{history.scene.title}, {history.span}"
    figure.text(0.03, 0.97, words, fontsize=19, fontweight="bold", va="center")
    across = 0.03
    for form in _forms(retelling):
        said, strong = f"● {plain(form)}", "bold" if form == AS_DECIDED else "normal"
        text = figure.text(
            across, 0.925, said, color=colour_of(form, _forms(retelling)), fontsize=12, fontweight=strong
        )
        across += text.get_window_extent().width / figure.bbox.width + 0.02
    figure.text(0.03, 0.9, "line: mean; band: the middle 90 % of worlds as decided", fontsize=8.5, color=SOFT)


def _foot(figure: Figure, retelling: Retelling) -> None:
    made = retelling.made
    reading = (
        "Stylised: the outline of a case. Odds over many simulated worlds, not an account of any one mission."
    )
    source = (
        f"{retelling.history.scene.title} · {made['worlds']} worlds of each form · {made['months']} months · "
        f"mipo_sim {made['mipo_sim']} · config {made['config']} · seed {made['seed']} · "
        f"{made['parameters']} parameters"
    )
    below = "\n".join((reading, split(), source))
    figure.text(0.03, 0.011, below, fontsize=8.5, color=SOFT, va="bottom", linespacing=1.45)


def _strip(axes: Axes, retelling: Retelling) -> None:
    """Show when there was war, and when there was none, in the record."""
    for fact in retelling.history.happened:
        if fact.measure == WAR:
            start, end = _year(retelling, fact.months[0]), _year(retelling, fact.months[1] + 1)
            share = (fact.low + fact.high) / 2
            shade = str(0.93 - 0.55 * share)
            axes.barh(0, end - start, left=start, height=1, color=shade, ec="white", lw=1.5)
            word, ink = ("war" if fact.low > 0.1 else "calm"), ("white" if share > 0.5 else INK)
            axes.text((start + end) / 2, 0, word, ha="center", va="center", fontsize=8, color=ink)
    _calendar(axes, retelling)
    axes.set_ylim(-0.5, 0.5)
    axes.set_yticks([])
    axes.grid(False)
    axes.tick_params(length=0, labelbottom=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_title("What happened", fontsize=9.5, pad=4)


def _months(axes: Axes, retelling: Retelling, measure: str) -> None:
    forms, history = _forms(retelling), retelling.history
    for form in reversed(forms):
        table, colour, first = retelling.months(form, measure), colour_of(form, forms), form == AS_DECIDED
        years = [_year(retelling, month) for month in table["month"]]
        if first:
            axes.fill_between(years, table["low"], table["high"], color=colour, alpha=0.15, lw=0)
        axes.plot(years, table["mean"], color=colour, lw=2.4 if first else 1.5)
    label, unit = MEASURES[measure]
    if measure == "violence":
        threshold = declared()["conflict.war_threshold"].default
        axes.axhline(threshold, color=SOFT, lw=0.9, ls=(0, (4, 3)))
        place = (_year(retelling, -1), threshold)
        axes.text(*place, "war above this ", fontsize=8, color=SOFT, ha="right", va="bottom")
    for fact in history.happened:
        if fact.measure == measure and not (fact.per or fact.against):
            _mark(axes, retelling, fact)
    axes.set_ylim(bottom=0)
    if unit == "share":
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.set_title(label if unit == "share" else f"{label}, {unit}", fontsize=9.5, pad=4)
    only_grid(axes, "y")
    _calendar(axes, retelling)
    _when(axes, retelling, named=measure == DRAWN[0])


def _when(axes: Axes, retelling: Retelling, named: bool) -> None:
    """Mark decisions as lines and events as triangles, with numbers and letters where they are named."""
    history, before = retelling.history, -1.0
    for number, decision in enumerate(history.decisions, 1):
        year = _year(retelling, decision.month)
        axes.axvline(year, color=INK, lw=0.7, alpha=0.45)
        if named:
            box = {"fc": "white", "ec": "none", "pad": 0.8}
            top = axes.get_ylim()[1]
            axes.text(year, top, str(number), ha="center", va="top", fontsize=8, fontweight="bold", bbox=box)
    for letter, event in zip(LETTERS, history.scene.history, strict=False):
        year = _year(retelling, event["month"])
        axes.plot(year, 0, marker="^", ms=4, color=SOFT, clip_on=False, zorder=5)
        if named:
            year = before = max(year, before + CLOSE * history.scene.months / 12)
            axes.annotate(
                letter, (year, 0), (0, 5), textcoords="offset points", ha="center", fontsize=7.5, color=SOFT
            )


def _mark(axes: Axes, retelling: Retelling, fact: Fact) -> None:
    """Mark what was, as a dot or as a bar from the low to the high of a range."""
    year = _year(retelling, (fact.months[0] + fact.months[1] + 1) / 2)
    axes.plot([year, year], [fact.low, fact.high], color=INK, lw=3, solid_capstyle="round", zorder=4)
    axes.plot(year, (fact.low + fact.high) / 2, "o", color=INK, ms=5, zorder=5)


def _key(figure: Figure, retelling: Retelling) -> None:
    history = retelling.history
    decided = [(str(i), f"{d.date}: {d.what}") for i, d in enumerate(history.decisions, 1)]
    events = [
        (letter, f"{history.date_of(event['month'])}: {event['event']}")
        for letter, event in zip(LETTERS, history.scene.history, strict=False)
    ]
    height = 0.925
    for head, rows in (("Decisions", decided), ("Events, for orientation", events)):
        figure.text(KEY, height, head, fontsize=9.5, fontweight="bold")
        height -= 1.5 * LINE
        for sign, words in rows:
            lines = wrap(shorten(words, 125, placeholder=" ..."), 66)
            figure.text(KEY, height, sign, fontsize=8, fontweight="bold", va="top")
            figure.text(
                KEY + 0.015, height, "\n".join(lines), fontsize=8, color=SOFT, va="top", linespacing=1.2
            )
            height -= LINE * (len(lines) + 0.25)
        height -= 2 * LINE
    reading = "Black marks are what was; the darker the bar above, the more months at war."
    figure.text(KEY, height, reading, fontsize=8, color=INK)


def _calendar(axes: Axes, retelling: Retelling) -> None:
    axes.set_xlim(_year(retelling, 0), _year(retelling, -1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))


def _year(retelling: Retelling, month: float) -> float:
    """Place a month of the run on the calendar; -1 is the end of the run."""
    year, first = (int(part) for part in retelling.history.begins.split("-"))
    lived = retelling.history.scene.months if month == -1 else month
    return year + (first - 1 + lived) / 12


def _forms(retelling: Retelling) -> Sequence[str]:
    return [AS_DECIDED, *(other.name for other in retelling.history.counterfactuals)]
