"""The model, and one written from docs/model.md alone, come to the same worlds from beginning to end.

`tests/independent` imports nothing of the package, and makes its own luck as the page tells. It works in
double precision, the model in single.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import independent
import numpy as np
import pytest

from mipo_sim.country import available_maps
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import OUTCOMES, SERIES, outcomes_of
from mipo_sim.outcomes.world import relapse_month
from mipo_sim.parameters import Parameter, contradictions, declared
from mipo_sim.parameters.options import compose

# What single precision adds up to in 144 months: part of a series' highest value in its world, or of an
# outcome. Whole numbers, such as relapse and its month, are the same or are told.
CLOSE, LITTLE = 5e-5, 1e-6
FORMS = {
    "full integration, pooled money": {"integration": "full", "funding": "pooled"},
    "no mission": {"mandate": "none", "integration": "full", "funding": "pooled"},
    "mix of 2007": {"integration": "mix_2007", "funding": "mix_2007"},
}
DECISIONS: dict[str, tuple[dict[str, float], dict[int, dict[str, float]]]] = {
    "a larger mission with another text": (
        {},
        {10: {"mandate.relief": 1, "mandate.troops": 30, "mandate.posts": 3000}, 25: {"mandate.troops": 5}},
    ),
    "another form and other payers of a mission that adapts, then its end": (
        {"integration.adaptive": 1},
        {
            13: {"integration.strategic": 0.9, "funding.bilateral": 0.8},
            30: {"exit.by_timetable": 1, "exit.timetable_month": 30, "exit.drawdown_months": 4},
        },
    ),
    "a mission that is sent late, and opens step by step": (
        {"mandate.deploy": 0, "mandate.sequence": 0.7},
        {20: {"mandate.deploy": 1}},
    ),
}


def unlike(
    values: Mapping[str, float], moved: Mapping[str, float] | None = None, **run: Any
) -> Iterator[str]:
    """Tell what differs between the model and the independent one, by outcome or series and world.

    `moved` is another value of some parameter, for the independent one alone.
    """
    model = MissionModel(values, **run).run()
    series, outcomes = independent.run({**values, **(moved or {})}, **run)
    found = outcomes_of(model)
    for name, theirs in outcomes.items():
        ours = np.asarray(found[name], dtype=float)
        for world in np.flatnonzero(~np.isclose(theirs, ours, CLOSE, LITTLE, equal_nan=True)):
            yield f"outcome {name} of world {world} is {ours[world]:.6g}, not {theirs[world]:.6g}"
    for name, theirs in series.items():
        ours = model.recorder.series[name].T
        wrong = ~(np.abs(theirs - ours) <= CLOSE * np.abs(ours).max(axis=1, keepdims=True) + LITTLE)
        for world in np.flatnonzero(wrong.any(axis=1)):
            month = wrong[world].argmax()
            mine, its = ours[world, month], theirs[world, month]
            yield f"series {name} of world {world} is {mine:.6g}, not {its:.6g}, in month {month} first"


def same(values: Mapping[str, float], **run: Any) -> None:
    """Fail with the first differences and where they were found."""
    found = list(islice(unlike(values, **run), 10))
    assert not found, "\n".join([*found, f"with {run} and {values}"])


def drawn(rng: np.random.Generator, p: Parameter) -> float:
    """Somewhere within a parameter's bounds: near the default, anywhere, or at an end."""
    if p.unit == "switch":
        return float(rng.integers(2))
    if p.unit == "count":
        return float(rng.integers(p.low, min(p.high, p.low + 12) + 1))
    anywhere = p.low + (p.high - p.low) * rng.random()
    nearby = p.default + 0.2 * (p.high - p.low) * rng.normal()
    place = rng.choice([nearby, anywhere, p.low, p.high], p=[0.6, 0.3, 0.05, 0.05])
    return float(np.clip(place, p.low, p.high))


def settings(seed: int) -> Iterator[dict[str, float]]:
    """Random settings that do not contradict themselves: a tenth to four tenths of all parameters moved."""
    rng = np.random.default_rng(seed)
    defaults = {name: p.default for name, p in declared().items()}
    while True:
        part = rng.uniform(0.1, 0.4)
        values = {name: drawn(rng, p) for name, p in declared().items() if rng.random() < part}
        if not contradictions(defaults | values):
            yield values


def same_somewhere(seed: int, count: int, **run: Any) -> None:
    """Compare in random settings, map after map."""
    maps = cycle((*available_maps(), "generated"))
    for ground, values in islice(zip(maps, settings(seed), strict=False), count):
        same(values, map=ground, **run)


def test_independent_model_imports_nothing_of_the_package():
    files = list(Path(independent.__file__).parent.glob("*.py"))
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    taken = {name.partition(".")[0] for name in named} - sys.stdlib_module_names
    assert taken == {"independent", "numpy", "pandas", "scipy"}


def test_everything_measured_is_compared():
    series, outcomes = independent.run({}, worlds=1, months=2)
    assert series.keys() == {measure.name for measure in SERIES}
    breaches = {"breaches_effort", "breaches_money", "breaches_bounds"}  # books that the code keeps of itself
    assert outcomes.keys() == {measure.name for measure in OUTCOMES} - breaches


@pytest.mark.parametrize("form", FORMS)
def test_same_worlds_come_of_the_default_country(form):
    made = compose(**FORMS[form])
    same(made.values, worlds=20, months=60, map=made.map)


@pytest.mark.parametrize("decision", DECISIONS)
def test_same_worlds_come_of_decisions_on_the_way(decision):
    values, decisions = DECISIONS[decision]
    same(values, worlds=6, months=48, decisions=decisions)


def test_same_worlds_come_of_settings_at_random():
    same_somewhere(seed=1, count=18, worlds=3, months=40)


@pytest.mark.parametrize("at_war", [False, True])
def test_any_violence_is_dated_alike(at_war):
    violence, threshold = np.random.default_rng(3).random((60, 600)), np.linspace(0.3, 0.98, 600)
    ours = relapse_month(violence, threshold, np.full(600, at_war))
    for world, hot in enumerate((violence >= threshold).T):
        peace = independent.outcomes.peace_month(hot) if at_war else 0
        theirs = peace, independent.outcomes.relapse_month(hot, peace)
        assert np.array_equal(np.nan_to_num(theirs, nan=-1), (ours[0][world], ours[1][world])), (
            f"world {world}"
        )


OFF = ("conflict.attack", "money.handed_back", "planning.learning", "politics.push", "delivery.interlock")


@pytest.mark.parametrize("name", OFF)
def test_a_rule_that_is_off_by_a_hundredth_would_be_told(name):
    moved = {name: 1.01 * declared()[name].default}
    assert next(unlike({}, moved, worlds=2, months=12), "")


@pytest.mark.slow
def test_same_worlds_come_of_many_settings_at_random():
    same_somewhere(seed=2, count=60, worlds=3, months=144)
