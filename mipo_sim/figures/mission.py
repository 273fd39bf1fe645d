"""The main picture: what the chosen form of mission does to the odds, and what it costs in time."""

from textwrap import fill
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator, PercentFormatter

from mipo_sim.analysis import CAUSES, means, overhead_by_cause
from mipo_sim.analysis.wording import MEASURES, plain, records
from mipo_sim.figures.effort import name_causes, stack
from mipo_sim.figures.months import lines_over_months
from mipo_sim.figures.page import Picture, head
from mipo_sim.figures.peace import BAND, survival_curves
from mipo_sim.figures.style import INK, SOFT, STYLE, colour_of, look_of, only_grid

if TYPE_CHECKING:
    from mipo_sim.sweeps.results import Results

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
        figure = Picture(figsize=(13, 9))
        _head(figure, results)
        _peace(figure.add_axes((0.055, 0.475, 0.345, 0.305)), results)
        _differences(figure.add_axes((0.655, 0.475, 0.32, 0.305)), results)
        _overhead(figure.add_axes((0.03, 0.115, 0.27, 0.235)), results)
        for left, measure in ((0.375, "need_met"), (0.71, "trust")):
            axes = figure.add_axes((left, 0.115, 0.265, 0.235))
            lines_over_months(
                results.monthly, measure, forms=list(results.experiment.forms), named=False, axes=axes
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
    below = f"{results.caveat}\n{results.source}"
    figure.text(0.03, 0.011, below, fontsize=8.5, color=SOFT, va="bottom", linespacing=1.45)


def _peace(axes: Axes, results: "Results") -> None:
    forms = list(results.experiment.forms)
    came = results.outcomes.groupby("form", sort=False)["peace_month"].agg(lambda month: month.notna().mean())
    note = BAND
    if came.min() < 1:
        note = f"peace came in {', '.join(f'{100 * came[f]:.0f} % ({plain(f)})' for f in forms)} of worlds"
    survival_curves(results.survival().table, forms=forms, note=note, at_risk=False, axes=axes)
    if results.outcomes["peace_month"].fillna(1).max() == 0:
        axes.set_xlabel("years")


def _differences(axes: Axes, results: "Results") -> None:
    """Draw differences so that right is always better, whatever the measure."""
    forms = list(results.experiment.forms)
    others = forms[1:]
    found = [row for row in records(results.differences(columns=list(COMPARED)).table) if row.pairs]
    shown = [name for name in COMPARED if any(row.outcome == name for row in found)]
    axes.axvline(0, color=INK, lw=1)
    for row in found:
        sign = 100 if MEASURES[row.outcome].better == "more" else -100
        look = look_of(row.reference, forms)
        place = shown.index(row.outcome) + 0.28 * (others.index(row.reference) - (len(others) - 1) / 2)
        ends = [sign * row.low, sign * row.high]
        axes.plot(ends, [place, place], color=look.colour, lw=2.2, ls="-", solid_capstyle="round")
        face = look.colour if row.clear else "white"
        axes.plot(sign * row.difference, place, look.mark, color=look.colour, mfc=face, ms=6, mew=1.6)
    axes.set_yticks(range(len(shown)), [COMPARED[name] for name in shown])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    edge = max(np.abs(axes.get_xlim()).max(), 5)
    axes.set_xlim(-edge, edge)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{abs(x):.0f}"))
    axes.set_xlabel("← worse      percentage points      better →")
    axes.spines["left"].set_visible(False)
    note = "against twins of the same luck in another form; hollow: not clear"
    alone = "there is no other form to compare with"
    head(axes, f"What {plain(forms[0])} changes", note if others else alone)
    only_grid(axes, "x")


def _overhead(axes: Axes, results: "Results") -> None:
    forms = list(results.experiment.forms)
    table = overhead_by_cause(results.outcomes)
    cost = means(results.outcomes, ["cost"]).set_index("form")["mean"]
    parts = table.set_index(["form", "cause"])["mean"]
    ends = [stack(axes, place, parts[form].to_dict(), 0.46) for place, form in enumerate(forms)]
    wholes = [max(of_form.values(), default=0) for of_form in ends]
    for place, (form, whole) in enumerate(zip(forms, wholes, strict=True)):
        strong = "normal" if place else "bold"
        axes.text(whole, place, f"  {100 * whole:.0f} %", va="center", fontweight=strong)
        words = f"{plain(form)}, ${cost[form]:,.0f} m a year"
        axes.text(0, place - 0.28, words, va="bottom", color=colour_of(form, forms), fontsize=9)
    axes.set_ylim(len(forms) - 0.6, -0.75)
    axes.set_xlim(0, max(1.18 * max(wholes), 0.05))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MultipleLocator(0.05 if max(wholes) < 0.3 else 0.1))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    name_causes(axes)
    head(axes, "Staff time not left for the work", key=len(CAUSES))
    axes.grid(False)
    axes.tick_params(length=0)
