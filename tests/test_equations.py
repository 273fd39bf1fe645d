"""The equations of docs/model.md and the code come to the same numbers, act by act.

`benchmarks/mesa_twin.py` does this for the core of a month, over many months; here are all other acts, one
at a time, in worlds with every parameter moved.
"""

from collections.abc import Iterator

import numpy as np
import pytest
from conftest import do, odd_values, snapshot, states, worldly
from equations import World
from equations_of_start import start
from equations_of_work import EQUATIONS

from benchmarks import core
from mipo_sim.model import MissionModel
from mipo_sim.month import MONTH

MONTHS, WORLDS = 10, 3
CLOSE, LITTLE = 2e-5, 1e-6  # what single precision leaves of a number, and of one that is a difference
BOOKS = ("recorder.record", "audit.check_money", "audit.check_work", "audit.check_bounds")


def model_of(seed: int) -> MissionModel:
    """A small country with every parameter moved, and with reviews and exits within the months lived."""
    values = odd_values(WORLDS, seed)
    each: dict[str, list[float]] = {
        "mandate.deploy": [1, 1, 1],
        "mandate.start_month": [0, 0, 2],
        "integration.start_month": [3, 3, 3],
        "integration.adaptive": [1, 0, 1],
        "money.attention_months": [2, 2, 2],
        "exit.by_timetable": [1, 0, 0],
        "exit.by_patience": [0, 1, 0],
        "exit.by_benchmarks": [0, 0, 1],
        "exit.timetable_month": [4, 4, 4],
        "exit.patience_months": [6, 6, 6],
        "exit.earliest_month": [3, 3, 3],
        "exit.capacity_benchmark": [0.01, 0.01, 0.01],
        "exit.confidence_benchmark": [0.01, 0.01, 0.01],
        "exit.calm_level": [1, 1, 1],
        "headquarters.calm_months": [1, 1, 1],
    }
    values |= {name: np.array(column, dtype=float) for name, column in each.items()}
    shape = {"country.districts": 5, "country.communities_per_district": 4, "coordination.review_months": 4}
    return MissionModel(values | shape, worlds=WORLDS, seed=seed, map="generated", months=MONTHS)


def worlds_of(model: MissionModel) -> list[World]:
    return [World(model, number) for number in range(WORLDS)]


def faults(model: MissionModel, worlds: list[World], act: str) -> Iterator[str]:
    """Live an act, and tell what it writes that the page does not say."""
    before = snapshot(model)
    for world in worlds:
        world.look()
    do(model, act)
    expected = [EQUATIONS[act](world) for world in worlds]
    for name, found in states(model).items():
        if not any(name in written for written in expected):
            if not np.array_equal(found, before[name]):
                yield f"{act} in month {model.month}: {name} changes"
            continue
        for world, written in enumerate(expected):
            ours = np.broadcast_to(written.get(name, before[name][..., world]), found.shape[:-1])
            if not np.allclose(found[..., world], ours, CLOSE, LITTLE):
                off = np.abs(found[..., world] - ours).max()
                yield f"{act} in month {model.month}: {name} is off by {off:.2g} in world {world}"


def live_and_compare(model: MissionModel, worlds: list[World]) -> Iterator[str]:
    for _ in range(MONTHS):
        for phase in MONTH:
            if phase.at_planning and model.month % model.planning_months:
                continue
            for act in phase.acts:
                if act in EQUATIONS:
                    yield from faults(model, worlds, act)
                else:
                    do(model, act)
        model.month += 1


def test_every_act_has_its_equation_or_its_twin():
    acts = {act for phase in MONTH if phase not in core.CORE for act in phase.acts}
    assert acts - set(BOOKS) == EQUATIONS.keys()


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_acts_write_what_the_page_says_and_nothing_else(seed):
    model = model_of(seed)
    assert not list(live_and_compare(model, worlds_of(model)))


def test_worlds_start_as_the_page_says():
    model = model_of(1)
    for number, world in enumerate(worlds_of(model)):
        expected = start(world)
        for name, found in worldly(model).items():
            ours = np.broadcast_to(expected.get(name, 0), found.shape[:-1])
            assert np.allclose(found[..., number], ours, CLOSE, LITTLE), f"{name} in world {number}"


OFF = ("politics.push", "capacity.predation", "money.handed_back", "planning.skill_weight", "exit.handover")


@pytest.mark.parametrize("name", OFF)
def test_a_rule_that_is_off_by_a_fiftieth_would_be_told(name):
    group, key = name.split(".")
    model = model_of(1)
    worlds = worlds_of(model)
    for world in worlds:
        rules = getattr(world.p, group)
        setattr(rules, key, 1.02 * getattr(rules, key))
    assert next(live_and_compare(model, worlds), "")
