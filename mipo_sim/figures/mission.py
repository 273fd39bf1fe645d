"""The main picture: what the chosen form of mission does to the odds, and what it costs in time."""

from textwrap import fill
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator, PercentFormatter

from mipo_sim.analysis import CAUSES, means, overhead_by_cause
from mipo_sim.analysis.wording import MEASURES, plain
from mipo_sim.figures.style import CAUSE_COLOURS, FAINT, INK, SOFT, STYLE, colour_of, only_grid

if TYPE_CHECKING:
    from mipo_sim.sweeps.results import Results

PAD = 22  # room for a line of words under a title
CAUSE_WORDS = {
    "coordination": "coordination",
    "reporting": "reports",
    "waiting": "clearance",
    "rivalry": "rivalry",
}
COMPARED = {
    "relapse_2_years": "Relapse within 2 years",
    "relapse_5_years": "Relapse within 5 years",
    "relapse_10_years": "Relapse within 10 years",
    "war_share": "Months at war",
    "need_met": "Need met",
    "trust": "Trust",
    "ownership": "Local capacity",
    "overhead": "Time left for the work",
    "duplication": "Work beyond need",
}


def mission_figure(results: "Results") -> Figure:
    """Draw the whole story of an experiment in one picture.

    Parameters
    ----------
    results : Results
        What was run and what came of it; the first form is the one in question.

    Returns
    -------
    matplotlib.figure.Figure
        How long peace lasts, what the form changes, where staff time goes, need met and trust.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(13, 9))
        _peace(figure.add_axes((0.055, 0.475, 0.345, 0.315)), results)
        _differences(figure.add_axes((0.635, 0.475, 0.34, 0.315)), results)
        _overhead(figure.add_axes((0.03, 0.125, 0.27, 0.225)), results)
        _months(figure.add_axes((0.375, 0.125, 0.265, 0.225)), results, "need_met", "How much need is met")
        _months(
            figure.add_axes((0.71, 0.125, 0.265, 0.225)), results, "trust", "How far people trust the help"
        )
        _head(figure, results)
        _foot(figure, results)
    return figure


def _head(figure: Figure, results: "Results") -> None:
    where, forms = results.experiment.situation, list(results.experiment.forms)
    figure.text(0.03, 0.965, where.title, fontsize=19, fontweight="bold", va="center")
    figure.text(0.03, 0.935, fill(where.story, 150), fontsize=10.5, color=SOFT, va="top")
    across = 0.03
    for form in forms:
        text = figure.text(across, 0.873, f"● {plain(form)}", color=colour_of(form, forms), fontsize=12)
        text.set_fontweight("bold")
        box = text.get_window_extent()
        across += box.width / figure.bbox.width + 0.02


def _foot(figure: Figure, results: "Results") -> None:
    run, made = results.experiment, results.manifest
    stylised = "stylised" in f"{run.situation.title} {run.situation.story}".lower()
    reading = (
        "Odds over many worlds, not a forecast. Bands of the peace curves: 95 % confidence; bands over months: the "
        "middle 90 % of worlds; dots: 95 % intervals of differences between worlds of the same luck."
    )
    source = (
        f"{'Stylised: outline of a case, not its history. ' if stylised else ''}{run.situation.title} · "
        f"{run.worlds:,} worlds of each form · {run.situation.months} months · mipo_sim {made['mipo_sim']} · "
        f"config {made['config']} · seed {run.seed}"
    )
    figure.text(0.03, 0.038, reading, fontsize=8.5, color=SOFT)
    figure.text(0.03, 0.015, source, fontsize=8.5, color=SOFT)


def _peace(axes: Axes, results: "Results") -> None:
    forms, curves = list(results.experiment.forms), results.survival()
    for form in reversed(forms):
        curve, colour = curves[curves["form"] == form], colour_of(form, forms)
        years = curve["month"] / 12
        axes.fill_between(years, curve["low"], curve["high"], step="post", color=colour, alpha=0.16, lw=0)
        axes.step(years, curve["at_peace"], where="post", color=colour, lw=2.4 if form == forms[0] else 1.8)
    last = {form: _last(curves[curves["form"] == form]["at_peace"]) for form in forms}
    for form, height in _apart(last, 0.062).items():
        words = f"{plain(form)}  {100 * last[form]:.0f} %"
        axes.annotate(
            words,
            (results.experiment.situation.months / 12, height),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=colour_of(form, forms),
            fontweight="bold" if form == forms[0] else "normal",
            annotation_clip=False,
        )
    came = results.outcomes.groupby("form", sort=False)["peace_month"].agg(
        lambda months: months.notna().mean()
    )
    waiting = came.min() < 1
    axes.set_title("Share of worlds still at peace", pad=PAD)
    axes.set_xlabel("years since peace began" if waiting else "years")
    if waiting:
        words = (
            "Peace came in " + ", ".join(f"{100 * came[f]:.0f} % ({plain(f)})" for f in forms) + " of worlds"
        )
        _under_title(axes, words)
    axes.set_ylim(0, 1.0)
    axes.set_xlim(0, results.experiment.situation.months / 12)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    only_grid(axes, "y")


def _differences(axes: Axes, results: "Results") -> None:
    """Draw differences so that right is always better, whatever the measure."""
    forms = list(results.experiment.forms)
    found = results.differences(columns=list(COMPARED))
    axes.set_title(f"What {plain(forms[0])} changes, in worlds of the same luck", pad=PAD)
    axes.axvline(0, color=INK, lw=1)
    if found.empty:
        axes.text(
            0.5, 0.5, "no other form to compare with", transform=axes.transAxes, ha="center", color=SOFT
        )
    shown = (
        [name for name in COMPARED if (found["pairs"][found["outcome"] == name] > 0).any()]
        if len(found)
        else []
    )
    others = forms[1:]
    for row in found.itertuples():
        if row.outcome not in shown:
            continue
        sign = 100 if MEASURES[row.outcome].better == "more" else -100
        colour = colour_of(row.reference, forms)
        place = shown.index(row.outcome) + 0.26 * (others.index(row.reference) - (len(others) - 1) / 2)
        axes.plot(
            [sign * row.low, sign * row.high], [place, place], color=colour, lw=2.2, solid_capstyle="round"
        )
        face = colour if row.clear else "white"
        axes.plot(sign * row.difference, place, "o", color=colour, markerfacecolor=face, ms=6.5, mew=1.6)
    axes.set_yticks(range(len(shown)), [COMPARED[name] for name in shown])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    edge = max(np.abs(axes.get_xlim()).max(), 5)
    axes.set_xlim(-edge, edge)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:+.0f}" if x else "0"))
    axes.set_xlabel("← worse      percentage points      better →")
    axes.spines["left"].set_visible(False)
    words = ", ".join(f"against {plain(form)}" for form in others)
    _under_title(axes, f"{words}; hollow: not clear")
    only_grid(axes, "x")


def _overhead(axes: Axes, results: "Results") -> None:
    forms = list(results.experiment.forms)
    shares = (
        overhead_by_cause(results.outcomes).pivot(index="form", columns="cause", values="mean").loc[forms]
    )
    cost = means(results.outcomes, ["cost"]).set_index("form")["mean"]
    start = np.zeros(len(forms))
    for cause in CAUSES:
        part = shares[cause].to_numpy()
        axes.barh(
            range(len(forms)),
            part,
            left=start,
            height=0.5,
            color=CAUSE_COLOURS[cause],
            label=CAUSE_WORDS[cause],
        )
        start += part
    for place, (form, whole) in enumerate(zip(forms, start, strict=True)):
        axes.text(
            whole, place, f"  {100 * whole:.0f} %", va="center", fontweight="bold" if not place else "normal"
        )
        words = f"{plain(form)}, ${cost[form]:,.0f} m a year"
        axes.text(0, place - 0.33, words, va="bottom", color=colour_of(form, forms), fontsize=9)
    axes.set_ylim(len(forms) - 0.55, -0.75)
    axes.set_xlim(0, max(start.max() * 1.18, 0.05))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.set_title("Staff time not left for the work", pad=PAD)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.03, 0.975),
        ncols=4,
        frameon=False,
        fontsize=8.5,
        handlelength=0.9,
        handletextpad=0.4,
        columnspacing=0.9,
        labelcolor=SOFT,
    )
    only_grid(axes, "x")


def _months(axes: Axes, results: "Results", measure: str, title: str) -> None:
    forms = list(results.experiment.forms)
    table = results.monthly[results.monthly["measure"] == measure]
    for form in reversed(forms):
        series, colour = table[table["form"] == form], colour_of(form, forms)
        years = series["month"] / 12
        axes.fill_between(years, series["low"], series["high"], color=colour, alpha=0.12, lw=0)
        axes.plot(years, series["mean"], color=colour, lw=2.4 if form == forms[0] else 1.8)
    axes.set_title(title, pad=PAD)
    axes.set_xlabel("years")
    axes.set_ylim(0, 1)
    axes.set_xlim(0, results.experiment.situation.months / 12)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    only_grid(axes, "y")


def _under_title(axes: Axes, words: str) -> None:
    axes.text(0, 1.02, words, transform=axes.transAxes, fontsize=8.5, color=SOFT, va="bottom")


def _last(values: pd.Series) -> float:
    known = values.dropna()
    return float(known.iloc[-1]) if len(known) else 0.0


def _apart(heights: dict[str, float], gap: float) -> dict[str, float]:
    """Move labels apart that would cover each other, keeping their order."""
    placed: dict[str, float] = {}
    for form in sorted(heights, key=lambda name: heights[name]):
        floor = max(placed.values()) + gap if placed else 0.02
        placed[form] = max(heights[form], floor)
    return placed
