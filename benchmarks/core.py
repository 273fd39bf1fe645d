"""The core that three programs share: coordination, delivery, reception, mobilisation and violence.

A core run starts from a full run of some months, with plans in place, and goes on with these four phases
alone. What the other phases decide (money, plans, politics, leaders, shocks, stock-taking) stays as it is.
The core draws no luck of its own: all of it lies in the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from mipo_sim.country import Country
from mipo_sim.ensemble import Actor, Fact
from mipo_sim.model import MissionModel
from mipo_sim.month import MONTH
from mipo_sim.parameters import declared

NAMES = ("coordination", "delivery and access", "reception", "mobilisation and violence")
CORE = tuple(phase for phase in MONTH if phase.name in NAMES)
LEAD_IN = 4  # full months before a core run: one planning round past the first

# How near two programs have to come after a year or two, one in single precision and one in double. Single
# precision is off by 1e-7 of a state at each operation, and by 1e-7 of 1 where a small number is a difference
# from 1, as violence in a calm place is. Rules that damp keep errors near 1e-5; a wrong rule is off by more.
RTOL, ATOL = 1e-3, 1e-5

# What the core writes, by kind. A test looks whether this is all.
WRITTEN: dict[str, tuple[str, ...]] = {
    "agencies": (
        "common_ways", "learned", "openness", "joined", "depth", "coordinating", "reporting", "waiting",
        "rivalry", "delivering", "association", "access", "attacked",
    ),
    "force": ("deployed", "effective"),
    "districts": ("troops", "deterrence", "threat"),
    "programmes": ("habitual", "needful", "planned"),
    "forum": ("clash", "habit_effort", "need_effort", "plan_effort"),
    "communities": (
        "aid", "wasted", "coverage", "served", "expectation", "trust", "confidence", "grievance",
        "harm_by_soldiers", "pressure", "violence", "harm",
    ),
    "armed_groups": (
        "intent", "mobilised", "fighting", "weariness", "spent", "hostility", "income", "strength",
    ),
}  # fmt: skip


def start(
    values: Mapping[str, Any] | None = None, *, worlds: int, lead_in: int = LEAD_IN, **options: Any
) -> MissionModel:
    """Live `lead_in` full months, then leave all phases but the core's out."""
    model = MissionModel(values, worlds=worlds, **options)
    for _ in range(lead_in):
        model.step()
    model.phases = [(phase, acts) for phase, acts in model.phases if phase in CORE]
    return model


@dataclass(frozen=True)
class Start:
    """One world at one moment, in double precision, without its world axis.

    Attributes
    ----------
    month : int
        Number of the month that comes next.
    p : namespace
        Parameters as `p.group.name`, plain numbers.
    states : dict
        All states and facts, `states[kind][name]`, arrays `[agent, ...]`.
    kinds : dict
        Names of the agents' classes by kind, one each.
    country : Country
        The geography.
    programmes : list of (agency, sector)
        Whose team a programme is.
    """

    month: int
    p: SimpleNamespace
    states: dict[str, dict[str, np.ndarray]]
    kinds: dict[str, list[str]]
    country: Country
    programmes: list[tuple[int, int]]


def world_of(model: MissionModel, world: int) -> Start:
    """Copy one world out of a block."""
    p = SimpleNamespace()
    for parameter in declared().values():
        if not parameter.structural:
            group = p.__dict__.setdefault(parameter.group, SimpleNamespace())
            values = getattr(getattr(model.p, parameter.group), parameter.key)
            setattr(group, parameter.key, float(np.broadcast_to(values, model.worlds)[world]))
    states = {kind: _states_of(actor, world) for kind, actor in model.actors().items()}
    kinds = {
        kind: [type(member).__name__ for member in actor.members] for kind, actor in model.actors().items()
    }
    return Start(model.month, p, states, kinds, model.country, model.roster.programmes)


def _states_of(actor: Actor, world: int) -> dict[str, np.ndarray]:
    found = {}
    for name, state in type(actor).states().items():
        values = getattr(actor, name) if isinstance(state, Fact) else getattr(actor, name)[..., world]
        found[name] = np.array(values if actor.is_kind else values[None], np.float64)
    return found
