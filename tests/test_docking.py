"""Docking: the engine and a program written apart from it, from the docs, come to the same numbers.

The other program is `benchmarks/mesa_twin.py`: one Mesa object for each agent, plain Python numbers in double
precision. Both start from the same world with the same luck, and live the core of a month: coordination,
delivery and access, reception, mobilisation and violence.
"""

from typing import Any

import numpy as np
import pytest

from benchmarks import core
from benchmarks.mesa_twin import MesaTwin
from mipo_sim.ensemble import Fact
from mipo_sim.model import MissionModel
from mipo_sim.parameters import declared
from mipo_sim.parameters.options import compose

WORLDS = 3
OTHER_WAYS = {  # every behaviour a seventh of the way to the middle of its bounds: no number hides in a rule
    name: p.default + 0.15 * ((p.low + p.high) / 2 - p.default)
    for name, p in declared().items()
    if p.role == "behaviour" and not p.structural
} | {"headquarters.months_saved": 6.0}
FORMS: dict[str, tuple[int, dict[str, str], dict[str, float]]] = {  # months, options, single parameters
    "defaults": (24, {}, {}),
    "mix of 2007 in a regional conflict": (
        12,
        {"scenario": "regional_conflict", "integration": "mix_2007", "funding": "mix_2007"},
        {},
    ),
    "asymmetric form in active conflict": (
        18,
        {"scenario": "active_conflict", "integration": "asymmetric", "partners": "overlapping_memberships"},
        {"mandate.use_of_force": 0.9, "delivery.hat_stain": 0.8},
    ),
    "paper form, own programmes, no mission in the end": (
        12,
        {
            "integration": "full_without_enablers",
            "funding": "parallel_bilateral",
            "quick_impact": "badly_planned",
        },
        {
            "ownership.compact": 0.7,
            "exit.by_timetable": 1,
            "exit.timetable_month": 2,
            "exit.drawdown_months": 4,
        },
    ),
    "other ways of behaving": (12, {}, {**OTHER_WAYS, "ownership.compact": 0.5}),
    "Sierra Leone": (
        12,
        {"scenario": "sierra_leone"},
        {"partners.ngo_groups": 0, "situation.greedy_groups": 3},
    ),
}


def _start(options: dict[str, str], overrides: dict[str, float]) -> MissionModel:
    made = compose(**options, overrides=overrides)
    return core.start(made.values, worlds=WORLDS, map=made.map, months=made.months)


def _of_twin(twin: MesaTwin) -> dict[str, list[Any]]:
    programmes = sorted(twin.programmes, key=lambda programme: programme.unique_id)
    return {"agencies": list(twin.agencies), "force": list(twin.force), "districts": list(twin.districts),
            "programmes": programmes, "forum": [twin.forum], "communities": list(twin.communities),
            "armed_groups": list(twin.armed_groups)}  # fmt: skip


def _differences(twin: MesaTwin, end: core.Start) -> list[str]:
    found = []
    for kind, agents in _of_twin(twin).items():
        for name in core.WRITTEN[kind]:
            theirs, ours = np.array([getattr(agent, name) for agent in agents]), end.states[kind][name]
            assert theirs.shape == ours.shape, f"{kind}.{name}"
            if not np.allclose(ours, theirs, rtol=core.RTOL, atol=core.ATOL):
                found.append(f"{kind}.{name} is off by {np.abs(ours - theirs).max():.2g}")
    return found


@pytest.mark.parametrize("form", FORMS)
def test_twin_written_from_the_docs_comes_to_the_same_numbers(form: str) -> None:
    months, options, overrides = FORMS[form]
    model = _start(options, overrides)
    twins = [MesaTwin(core.world_of(model, world)) for world in range(WORLDS)]
    for _ in range(months):
        model.step()
        for twin in twins:
            twin.step()
    for world, twin in enumerate(twins):
        assert not _differences(twin, core.world_of(model, world))


@pytest.mark.parametrize("name", ["conflict.attack", "delivery.interlock", "coordination.meeting"])
def test_docking_would_tell_a_rule_that_is_off_by_a_twentieth(name: str) -> None:
    model = _start({}, {})
    start = core.world_of(model, 0)
    group, key = name.split(".")
    setattr(getattr(start.p, group), key, 0.95 * getattr(getattr(start.p, group), key))
    twin = MesaTwin(start)
    for _ in range(6):
        model.step()
        twin.step()
    assert _differences(twin, core.world_of(model, 0))


def test_core_is_four_phases_of_the_month() -> None:
    assert tuple(phase.name for phase in core.CORE) == core.NAMES


def test_core_writes_what_is_compared_and_nothing_else() -> None:
    model = _start({"scenario": "active_conflict"}, {"situation.greedy_groups": 2, "quick_impact.budget": 1})
    before = {
        f"{kind}.{name}": getattr(actor, name).copy()
        for kind, actor in model.actors().items()
        for name, state in type(actor).states().items()
        if not isinstance(state, Fact)
    }
    for _ in range(3):
        model.step()
    changed = set()
    for name, values in before.items():
        kind, state = name.split(".")
        if not np.array_equal(values, getattr(model.actors()[kind], state)):
            changed.add(name)
    assert changed <= {f"{kind}.{name}" for kind, names in core.WRITTEN.items() for name in names}
