"""The findings of an experiment as a table to read, in plain words."""

import re
from collections.abc import Mapping, Sequence
from textwrap import fill
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mipo_sim.analysis.findings import levels, paired_differences
from mipo_sim.outcomes.measures import OUTCOMES, Measure

if TYPE_CHECKING:
    from mipo_sim.sweeps.experiment import Experiment, Situation

MEASURES = {measure.name: measure for measure in OUTCOMES} | {
    "peace": Measure("peace", "0 or 1", "more", "Peace came at all"),
}
LABELS = {  # where the field's own word should stand beside the plain ones
    "overhead": "Overhead: staff time not left for work",
    "duplication": "Duplication: outside work beyond need",
    "need_met": "Need met, up to year six",
    "local_capacity": "Ownership: local capacity at the end",
    "cost": "Money spent",
}
SHOWN = (
    "peace",
    "relapse_2_years",
    "relapse_5_years",
    "relapse_10_years",
    "war_share",
    "overhead",
    "overhead_coordination",
    "overhead_reporting",
    "overhead_waiting",
    "overhead_rivalry",
    "duplication",
    "need_met",
    "trust",
    "local_capacity",
    "cost",
)
FIRST, WIDE = 40, 96  # width of the first column, and of running text
MOST_DIGITS = 3  # behind the point


def plain(form: str) -> str:
    """Say a form's name as people do: `full-hats_3` is "full + hats 3", `bias_-1` is "bias -1"."""
    return re.sub(r"(?<!_)-", " + ", form).replace("_", " ")


def is_stylised(situation: "Situation") -> bool:
    """Whether a situation is modelled on a case, and so must be called stylised wherever it shows."""
    return "stylised" in f"{situation.title} {situation.story}".lower()


def records(table: pd.DataFrame) -> list[SimpleNamespace]:
    """List the rows of a table, with its columns as attributes."""
    return [
        SimpleNamespace(**{str(key): value for key, value in row.items()}) for row in table.to_dict("records")
    ]


def readable_table(experiment: "Experiment", outcomes: pd.DataFrame, manifest: Mapping[str, Any]) -> str:
    """Odds and means of every form, what the chosen form changes, and how to read it.

    Parameters
    ----------
    experiment : Experiment
        What was run; its first form is compared with the others.
    outcomes : DataFrame
        One row a world.
    manifest : mapping
        Version, digest of the configuration and seed, for the line under the table.
    """
    outcomes = outcomes.assign(peace=outcomes["peace_month"].notna().astype(float))
    shown = [name for name in SHOWN if outcomes[name].notna().any()]
    if outcomes["peace"].all():
        shown.remove("peace")
    chosen, *others = experiment.forms
    heading = f"{experiment.situation.title}: {plain(chosen)}"
    parts = [heading, _levels(outcomes, shown, list(experiment.forms))]
    if others:
        parts.append(_changes(outcomes, shown, chosen, others))
    parts.append(_footing(experiment, manifest))
    return "\n\n".join(parts)


def _levels(outcomes: pd.DataFrame, shown: Sequence[str], forms: Sequence[str]) -> str:
    found = {(row.form, row.outcome): row for row in records(levels(outcomes, shown))}
    worlds = outcomes["replicate"].nunique()
    heads = [f"In {worlds:,} world{'s' * (worlds > 1)} of each", *(plain(form) for form in forms)]
    rows = [[_label(n), *(level(MEASURES[n], found[form, n]) for form in forms)] for n in shown]
    return _lay_out([heads, *rows])


def _changes(outcomes: pd.DataFrame, shown: Sequence[str], chosen: str, others: Sequence[str]) -> str:
    tables = [records(paired_differences(outcomes, chosen, other, shown)) for other in others]
    heads = [f"What {plain(chosen)} changes, same luck", *(f"against {plain(other)}" for other in others)]
    rows = [
        [_label(n), *(change(MEASURES[n], row) for row in each)]
        for n, each in zip(shown, zip(*tables, strict=True), strict=True)
    ]
    return _lay_out([heads, *rows])


def _footing(experiment: "Experiment", manifest: Mapping[str, Any]) -> str:
    made = (
        f"{experiment.worlds:,} worlds of each form, {experiment.situation.months} months, "
        f"{'parameters drawn from the posterior, ' * (experiment.parameters == 'posterior')}"
        f"mipo_sim {manifest['mipo_sim']}, config {manifest['config']}, seed {experiment.seed}"
    )
    reading = (
        "How to read it: these are odds over many worlds, not a forecast; in brackets stands the range that, "
        "with 95 % confidence, holds the figure of endlessly many worlds, differences of shares are in "
        "percentage points, and where a difference is 'not clear' its range takes in zero."
    )
    if is_stylised(experiment.situation):
        reading += " The situation is stylised: it follows the published outline of a case, not its history."
    return f"{fill(reading, WIDE)}\n{made}"


def _label(name: str) -> str:
    measure = MEASURES[name]
    unit = "" if measure.in_per_cent else f", {measure.unit}"
    return LABELS.get(name, measure.label).replace("- ", "  ", 1) + unit


def level(measure: Measure, row: Any) -> str:
    """Say a share or a mean with its interval, from a row with `mean`, `low`, `high`, `worlds`."""
    if row.worlds == 0:
        return "-"
    scale, unit, digits = _scale(measure, row.mean)
    bounds = np.clip((row.low, row.high), 0, 1) if scale > 1 else (row.low, row.high)
    mean, low, high = (f"{scale * value:,.{digits}f}" for value in (row.mean, *bounds))
    return f"{mean}{unit}" if np.isnan(row.low) else f"{mean}{unit} ({low}-{high})"


def change(measure: Measure, row: Any) -> str:
    """Say a difference with its interval and verdict, from a row of `paired_differences`."""
    if row.pairs == 0:
        return "-"
    scale, _, digits = _scale(measure, row.difference)
    digits = digits or int(scale > 1)
    known = [scale * value for value in (row.difference, row.low, row.high)]
    if np.isnan(row.low):
        return f"{signed(known[0], digits)} not clear"
    if all(rounds_to_nothing(value, digits) for value in known):
        return f"{signed(0, digits)} the same"
    return f"{ranged(known, digits, row.clear)} {verdict(measure, row.difference, row.clear)}"


def ranged(known: Sequence[float], digits: int, clear: bool) -> str:
    """Write a difference, its low and its high; a clear one with the digits that show it is not zero."""
    while clear and digits < MOST_DIGITS and any(rounds_to_nothing(value, digits) for value in known):
        digits += 1
    difference, low, high = (signed(value, digits) for value in known)
    return f"{difference} ({low} to {high})"


def rounds_to_nothing(value: float, digits: int) -> bool:
    """Whether a number is written as nothing with so many digits."""
    return float(f"{value:.{digits}f}") == 0


def verdict(measure: Measure, difference: float, clear: bool) -> str:
    """Say in a word or two what a difference means."""
    if not clear:
        return "not clear"
    if measure.better == "neither":
        return "more" if difference > 0 else "less"
    return "better" if (difference > 0) == (measure.better == "more") else "worse"


def _scale(measure: Measure, value: float) -> tuple[float, str, int]:
    """Factor, unit sign and digits: shares as per cent, everything else as it is."""
    if measure.in_per_cent:
        return 100, " %", 0 if measure.counted else 1
    return 1, "", 0 if abs(value) >= 20 else 1


def signed(value: float, digits: int) -> str:
    """Write a number with its sign, but nothing as plain 0."""
    text = f"{value:+,.{digits}f}"
    return text[1:] if float(text.replace(",", "")) == 0 else text


def _lay_out(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need to be, with a line under the heads."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    widths[0] = max(widths[0], FIRST)
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    lines = ["  ".join(cells).rstrip() for cells in padded]
    return "\n".join([lines[0], "-" * len(max(lines, key=len)), *lines[1:]])
