"""The main picture: what the chosen form of mission does to the odds, and what it costs in time."""

from textwrap import fill, shorten
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator, PercentFormatter

from mipo_sim.analysis import CAUSES, means, overhead_by_cause
from mipo_sim.analysis.wording import MEASURES, is_stylised, plain, records
from mipo_sim.figures.style import CAUSE_COLOURS, INK, SOFT, STYLE, colour_of, only_grid

if TYPE_CHECKING:
    from mipo_sim.sweeps.results import Results

PAD = 22  # room for a line of words under a title
GAP = 0.07  # between the labels of two curves that end together
WATCHED = 0.3  # share of worlds at peace that must still be watched for their curve to go on
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
    "local_capacity": "Local capacity at the end",
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
        _head(figure, results)
        _peace(figure.add_axes((0.055, 0.475, 0.345, 0.305)), results)
        _differences(figure.add_axes((0.655, 0.475, 0.32, 0.305)), results)
        _overhead(figure.add_axes((0.03, 0.115, 0.27, 0.235)), results)
        _months(figure.add_axes((0.375, 0.115, 0.265, 0.235)), results, "need_met", "How much need is met")
        _months(
            figure.add_axes((0.71, 0.115, 0.265, 0.235)), results, "trust", "How far people trust the help"
        )
        _foot(figure, results)
    return figure


def _head(figure: Figure, results: "Results") -> None:
    where, forms = results.experiment.situation, list(results.experiment.forms)
    figure.text(0.03, 0.97, where.title, fontsize=19, fontweight="bold", va="center")
    figure.text(0.03, 0.943, fill(where.story, 165), fontsize=10, color=SOFT, va="top", linespacing=1.35)
    across = 0.03
    for form in forms:
        words, colour = f"● {plain(form)}", colour_of(form, forms)
        text = figure.text(across, 0.86, words, color=colour, fontsize=12, fontweight="bold")
        across += text.get_window_extent().width / figure.bbox.width + 0.02


def _foot(figure: Figure, results: "Results") -> None:
    run, made = results.experiment, results.manifest
    stylised = "Stylised: the outline of a case, not its history. " if is_stylised(run.situation) else ""
    reading = f"{stylised}These are odds over many simulated worlds, not a forecast of any country."
    source = (
        f"{run.situation.title} · {run.worlds:,} worlds of each form · {run.situation.months} months · "
        f"mipo_sim {made['mipo_sim']} · config {made['config']} · seed {run.seed}"
    )
    figure.text(0.03, 0.034, reading, fontsize=8.5, color=SOFT)
    figure.text(0.03, 0.013, source, fontsize=8.5, color=SOFT)


def _peace(axes: Axes, results: "Results") -> None:
    forms, curves = list(results.experiment.forms), results.survival()
    ends: dict[str, float] = {}
    years = 0.0
    for form in reversed(forms):
        curve, colour = _well_watched(curves[curves["form"] == form]), colour_of(form, forms)
        time = curve["month"] / 12
        axes.fill_between(time, curve["low"], curve["high"], step="post", color=colour, alpha=0.16, lw=0)
        axes.step(time, curve["at_peace"], where="post", color=colour, lw=_weight(form, forms))
        ends[form] = _last(curve["at_peace"])
        years = max(years, time.max())
    for form, height in _apart(ends).items():
        words, strong = f"{shorten(plain(form), 22)}  {100 * ends[form]:.0f} %", form == forms[0]
        axes.annotate(
            words,
            (years, height),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=colour_of(form, forms),
            fontweight="bold" if strong else "normal",
            annotation_clip=False,
        )
    came = results.outcomes.groupby("form", sort=False)["peace_month"].agg(lambda month: month.notna().mean())
    note = "band: where the share of endlessly many worlds lies, with 95 % confidence"
    if came.min() < 1:
        note = f"peace came in {', '.join(f'{100 * came[f]:.0f} % ({plain(f)})' for f in forms)} of worlds"
    axes.set_title("Share of worlds still at peace", pad=PAD)
    _under_title(axes, note)
    waited = results.outcomes["peace_month"].fillna(1).max() > 0
    axes.set_xlabel("years since peace began" if waited else "years")
    axes.set_xlim(0, max(years, 1 / 12))
    _share_axis(axes)


def _differences(axes: Axes, results: "Results") -> None:
    """Draw differences so that right is always better, whatever the measure."""
    forms = list(results.experiment.forms)
    others = forms[1:]
    found = [row for row in records(results.differences(columns=list(COMPARED))) if row.pairs]
    shown = [name for name in COMPARED if any(row.outcome == name for row in found)]
    axes.axvline(0, color=INK, lw=1)
    for row in found:
        sign = 100 if MEASURES[row.outcome].better == "more" else -100
        colour = colour_of(row.reference, forms)
        place = shown.index(row.outcome) + 0.28 * (others.index(row.reference) - (len(others) - 1) / 2)
        ends = [sign * row.low, sign * row.high]
        axes.plot(ends, [place, place], color=colour, lw=2.2, solid_capstyle="round")
        face = colour if row.clear else "white"
        axes.plot(sign * row.difference, place, "o", color=colour, markerfacecolor=face, ms=6, mew=1.6)
    axes.set_yticks(range(len(shown)), [COMPARED[name] for name in shown])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    edge = max(np.abs(axes.get_xlim()).max(), 5)
    axes.set_xlim(-edge, edge)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{abs(x):.0f}"))
    axes.set_xlabel("← worse      percentage points      better →")
    axes.spines["left"].set_visible(False)
    axes.set_title(f"What {plain(forms[0])} changes", x=-0.44, pad=PAD)
    note = "each world against its twin of the same luck in another form; hollow: not clear"
    _under_title(axes, note if others else "there is no other form to compare with", x=-0.44)
    only_grid(axes, "x")


def _overhead(axes: Axes, results: "Results") -> None:
    forms = list(results.experiment.forms)
    table = overhead_by_cause(results.outcomes)
    shares = table.pivot(index="form", columns="cause", values="mean").loc[forms]
    cost = means(results.outcomes, ["cost"]).set_index("form")["mean"]
    start = np.zeros(len(forms))
    for cause in CAUSES:
        part, colour = shares[cause].to_numpy(), CAUSE_COLOURS[cause]
        axes.barh(range(len(forms)), part, left=start, height=0.46, color=colour, label=CAUSE_WORDS[cause])
        start = start + part
    for place, (form, whole) in enumerate(zip(forms, start, strict=True)):
        strong = "normal" if place else "bold"
        axes.text(whole, place, f"  {100 * whole:.0f} %", va="center", fontweight=strong)
        words = f"{plain(form)}, ${cost[form]:,.0f} m a year"
        axes.text(0, place - 0.28, words, va="bottom", color=colour_of(form, forms), fontsize=9)
    axes.set_ylim(len(forms) - 0.6, -0.75)
    axes.set_xlim(0, max(start.max() * 1.18, 0.05))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MultipleLocator(0.05 if start.max() < 0.3 else 0.1))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.set_title("Staff time not left for the work", pad=PAD)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.03, 0.975),
        ncols=len(CAUSES),
        frameon=False,
        fontsize=8.5,
        handlelength=0.9,
        handletextpad=0.4,
        columnspacing=0.9,
        labelcolor=SOFT,
    )
    axes.grid(False)
    axes.tick_params(length=0)


def _months(axes: Axes, results: "Results", measure: str, title: str) -> None:
    forms = list(results.experiment.forms)
    table = results.monthly[results.monthly["measure"] == measure]
    for form in reversed(forms):
        series, colour = table[table["form"] == form], colour_of(form, forms)
        years = series["month"] / 12
        axes.fill_between(years, series["low"], series["high"], color=colour, alpha=0.13, lw=0)
        axes.plot(years, series["mean"], color=colour, lw=_weight(form, forms))
    axes.set_title(title, pad=PAD)
    _under_title(axes, "mean, and the middle 90 % of worlds")
    axes.set_xlabel("years")
    axes.set_xlim(0, results.experiment.situation.months / 12)
    _share_axis(axes)


def _share_axis(axes: Axes) -> None:
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    only_grid(axes, "y")


def _under_title(axes: Axes, words: str, x: float = 0) -> None:
    axes.text(x, 1.03, words, transform=axes.transAxes, fontsize=8.5, color=SOFT, va="bottom")


def _weight(form: str, forms: list[str]) -> float:
    return 2.4 if form == forms[0] else 1.8


def _well_watched(curve: pd.DataFrame) -> pd.DataFrame:
    """Cut a curve of peace where most worlds at peace have run out of months to be watched."""
    still_watched = curve["at_risk"] / (curve["at_peace"] * curve["at_risk"].iloc[0])
    return curve[(still_watched >= WATCHED) | (curve["at_peace"] == 0)]


def _last(values: "pd.Series[float]") -> float:
    known = values.dropna()
    return float(known.iloc[-1]) if len(known) else 0.0


def _apart(heights: dict[str, float]) -> dict[str, float]:
    """Move labels apart that would cover each other, keeping their order."""
    placed: dict[str, float] = {}
    for form in sorted(heights, key=lambda name: heights[name]):
        floor = max(placed.values()) + GAP if placed else 0.0
        placed[form] = max(heights[form], floor)
    return placed
