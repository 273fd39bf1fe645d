"""Sign tests: whether effects without a published magnitude have the right sign, on matched luck.

The rows stand in `signs.csv`. Each is a contrast of forms, world by world: `full -coexistence` is the
measure under full integration less that under co-existence, and four forms make a difference of
differences. What is expected is a band for the effect: above nothing, below nothing, or between bounds.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from mipo_sim.analysis.intervals import agresti_min, student, wilson
from mipo_sim.evidence.forms import Form, Record, forms
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import OUTCOMES, outcomes_of

WINDOW = re.compile(r"(?P<name>\w+)\[(?P<start>\d+):(?P<end>\d+)\]")
EVENTS = {measure.name for measure in OUTCOMES if measure.counted}
PARTS = re.compile(r"(?P<first>[^-/]+)(?:(?P<sign>[-/])(?P<second>[^-/]+))?")


@dataclass(frozen=True)
class SignTest:
    """One expectation about the direction of an effect.

    Attributes
    ----------
    row, test : str
        Name of the row, and the sign test it belongs to (W: judgements of the design).
    what : str
        What is expected, in plain words.
    measure : str
        An outcome of the run; or the mean of a monthly series over months, `trust[0:72]`, from the
        first month up to, not with, the second; or two of these with `-` or `/` between.
    forms : mapping of str to int
        +1 or -1 for each form of the contrast.
    low, high : float
        Band in which the effect is expected; infinite where there is no bound.
    unit : str
        Unit of the effect.
    source : str
        Rows of `docs/figures.md` behind the expectation.
    """

    row: str
    test: str
    what: str
    measure: str
    forms: Mapping[str, int]
    low: float
    high: float
    unit: str
    source: str


@cache
def declared_tests() -> MappingProxyType[str, SignTest]:
    """All sign tests by row, in the order of the table."""
    found = {}
    with (Path(__file__).parent / "signs.csv").open(newline="", encoding="utf-8") as lines:
        for text in csv.DictReader(lines):
            contrast = {form.lstrip("-"): -1 if form[0] == "-" else 1 for form in text.pop("forms").split()}
            low, high = float(text.pop("low") or "-inf"), float(text.pop("high") or "inf")
            found[text["row"]] = SignTest(**text, forms=contrast, low=low, high=high)
    return MappingProxyType(found)


def needed_forms(tests: Iterable[SignTest]) -> list[Form]:
    """The forms that some tests compare, each once."""
    return [forms()[name] for name in dict.fromkeys(name for test in tests for name in test.forms)]


def keep_effects(model: MissionModel) -> dict[str, np.ndarray]:
    """Live a block through, and keep the measures of all sign tests, `[world]`."""
    outcomes, series = outcomes_of(model.run()), model.recorder.series
    measures = dict.fromkeys(test.measure for test in declared_tests().values())
    return {measure: read_measure(measure, series, outcomes) for measure in measures}


def judged_effects(records: Mapping[str, Record]) -> pd.DataFrame:
    """The effect of every sign test on matched luck, with its 95 % interval.

    Parameters
    ----------
    records : mapping of str to Record
        What was kept of each form, arrays `[world]`.

    Returns
    -------
    DataFrame
        One row a test: `row`, `low`, `high` (where the effect is expected), `value`, `start`, `end`, and
        `worlds`, the number of replicates in which the measure is defined under all forms of the test.
    """
    rows = []
    for test in declared_tests().values():
        effect = effect_of(test, records)
        effect = effect[~np.isnan(effect)]
        value = float(effect.mean()) if len(effect) else np.nan
        rows.append((test.row, test.low, test.high, value, *_interval(test, effect), len(effect)))
    return pd.DataFrame(rows, columns=["row", "low", "high", "value", "start", "end", "worlds"])


def effect_of(test: SignTest, records: Mapping[str, Record]) -> np.ndarray:
    """The effect in each world; not a number where the measure is not defined under some form."""
    terms = np.stack([sign * records[form][test.measure] for form, sign in test.forms.items()])
    effect: np.ndarray = terms.sum(axis=0, dtype=np.float64)
    return effect


def _interval(test: SignTest, effect: np.ndarray) -> tuple[float, float]:
    """Student's interval; for events counted in one form Wilson's, in two Agresti and Min's."""
    if test.measure not in EVENTS or len(test.forms) > 2:
        return student(effect)
    if len(test.forms) == 1:
        return wilson(int(effect.sum()), len(effect))
    return agresti_min(int((effect > 0).sum()), int((effect < 0).sum()), len(effect))


def read_measure(
    measure: str, series: Mapping[str, np.ndarray], outcomes: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Read one measure of all worlds, `[world]`; not a number where the run is too short for it.

    Raises
    ------
    ValueError
        If it is not written as an outcome, a window of a series, or two of these.
    """
    parts = PARTS.fullmatch(measure)
    if parts is None:
        raise ValueError(f"a measure is `outcome` or `series[from:to]`, or two of them, not {measure!r}")
    first = _read_part(parts["first"], series, outcomes)
    if parts["second"] is None:
        return first
    second = _read_part(parts["second"], series, outcomes)
    return first - second if parts["sign"] == "-" else first / second


def _read_part(part: str, series: Mapping[str, np.ndarray], outcomes: Mapping[str, np.ndarray]) -> np.ndarray:
    window = WINDOW.fullmatch(part)
    if window is None:
        return outcomes[part]
    start, end = int(window["start"]), int(window["end"])
    months = series[window["name"]]
    if end > len(months):
        return np.full(months.shape[1], np.nan)
    mean: np.ndarray = months[start:end].mean(axis=0, dtype=np.float64)
    return mean
