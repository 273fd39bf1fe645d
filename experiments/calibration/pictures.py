"""Pictures of the study: targets against bands, parameters before and after, pairs that go together."""

from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from experiments.calibration.free import Prior
from mipo_sim.evidence import declared_targets
from mipo_sim.figures.style import FAINT, INK, OTHERS, SOFT, STYLE, as_bytes

BEFORE, AFTER, CHOSEN = "#9aa0a6", OTHERS[0], "#d55e00"
ACROSS = 5  # small pictures in a line
PAIRS = 9  # of parameters
COLOURS = 64  # in a picture file


def draw_all(
    folder: Path,
    predicted: pd.DataFrame,
    free: list[Prior],
    draws: np.ndarray,
    chosen: dict[str, float],
    made: str,
) -> None:
    """Draw the three pictures into a folder; `made` says in a line what the numbers come from."""
    with mpl.rc_context(STYLE):
        pictures = {
            "targets": targets_figure(predicted, made),
            "parameters": parameters_figure(free, draws, chosen),
            "pairs": pairs_figure(free, draws, chosen),
        }
    for name, figure in pictures.items():
        picture = Image.open(BytesIO(as_bytes(figure, "png"))).convert("RGB")
        picture.quantize(COLOURS).save(folder / f"{name}.png", optimize=True)  # a third of the bytes


def targets_figure(predicted: pd.DataFrame, made: str) -> Figure:
    """Every target on a scale of its own, on which its band goes from 0 to 1."""
    rows = predicted.to_dict("records")
    figure = Figure(figsize=(9, 0.27 * len(rows) + 1.6), layout="constrained")
    axes = figure.add_subplot()
    axes.axvspan(0, 1, color=FAINT, alpha=0.7, lw=0)
    for line, row in enumerate(reversed(rows)):

        def scaled(*names: str, of: dict = row) -> np.ndarray:
            ends = np.array([of[name] for name in names], np.float64)
            return np.clip((ends - of["band_low"]) / (of["band_high"] - of["band_low"]), -1.5, 2.5)

        axes.plot(scaled("prior_low", "prior_high"), [line + 0.2] * 2, color=BEFORE, lw=3)
        axes.plot(scaled("posterior_low", "posterior_high"), [line] * 2, color=AFTER, lw=3)
        axes.plot(scaled("chosen_from", "chosen_to"), [line - 0.2] * 2, color=CHOSEN, lw=1.2)
        axes.plot(scaled("chosen"), [line - 0.2], "o", color=CHOSEN, ms=3.5)
        axes.plot(scaled("point"), [line], "|", color=INK, ms=11, mew=1.4)
    marks = {"yes": "", "no": " *"}
    labels = [f"{declared_targets()[r['row']].what} ({r['row']}){marks[r['fitted']]}" for r in reversed(rows)]
    axes.set_yticks(range(len(rows)), labels, fontsize=7)
    axes.set_xticks([0, 1], ["low end\nof the band", "high end"])
    axes.set_xlim(-1.6, 2.6)
    axes.set_ylim(-1, len(rows) + 2.2)
    axes.grid(False)
    axes.set_title("Targets: band (shaded) and published figure (stroke)")
    for colour, text, height in (
        (BEFORE, "prior, 5-95 % of sets", 1),
        (AFTER, "posterior, 5-95 % of sets", 0.975),
        (CHOSEN, "chosen point, 95 % interval", 0.95),
    ):
        axes.text(1.0, height, text, color=colour, transform=axes.transAxes, ha="right", va="top", fontsize=8)
    note = f"* not fitted. What runs off the scale is cut. {made}"
    axes.text(-0.95, -0.055, note, transform=axes.transAxes, fontsize=7.5)
    return figure


def parameters_figure(free: list[Prior], draws: np.ndarray, chosen: dict[str, float]) -> Figure:
    """The posterior of every parameter over its prior range, which is even."""
    down = -(-len(free) // ACROSS)
    figure = Figure(figsize=(11, 1.45 * down + 0.4), layout="constrained")
    for place, prior in enumerate(free):
        axes = figure.add_subplot(down, ACROSS, place + 1)
        axes.hist(draws[:, place], bins=12, range=(0, 1), color=AFTER, alpha=0.8)
        axes.axhline(len(draws) / 12, color=BEFORE, lw=1.5)
        axes.axvline(float(prior.place(chosen[prior.name])), color=CHOSEN, lw=1.8)
        ends = [f"{prior.low:g}", f"{prior.high:g}" + (" (log)" if prior.scale == "log" else "")]
        axes.set_xticks([0, 1], ends, fontsize=6.5)
        for label, side in zip(axes.get_xticklabels(), ("left", "right"), strict=True):
            label.set_horizontalalignment(side)
        axes.set_yticks([])
        axes.grid(False)
        axes.set_title(prior.name, fontsize=7.5, fontweight="normal", pad=3, color=SOFT)
    return figure


def pairs_figure(free: list[Prior], draws: np.ndarray, chosen: dict[str, float]) -> Figure:
    """The pairs of parameters that go together most: one can make up for the other."""
    tied = np.triu(np.abs(np.corrcoef(draws.T)), 1)
    closest = np.argsort(-tied, axis=None)[:PAIRS]
    figure = Figure(figsize=(9, 8.4), layout="constrained")
    for number, (one, other) in enumerate(zip(*np.unravel_index(closest, tied.shape), strict=True)):
        axes = figure.add_subplot(3, 3, number + 1)
        axes.plot(free[one].at(draws[:, one]), free[other].at(draws[:, other]), ".", color=AFTER, ms=3)
        axes.plot(chosen[free[one].name], chosen[free[other].name], "o", color=CHOSEN, ms=5)
        axes.set_xlabel(free[one].name, fontsize=7.5)
        axes.set_ylabel(free[other].name, fontsize=7.5)
        axes.tick_params(labelsize=6.5)
    return figure
