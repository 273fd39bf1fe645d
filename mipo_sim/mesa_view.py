"""What Mesa's own tools see of a model of one world: its data collector, with plain numbers."""

from functools import partial
from typing import TYPE_CHECKING

from mesa import DataCollector

from mipo_sim.actors import Agency, ArmedGroup, Community, Leader
from mipo_sim.ensemble import Actor
from mipo_sim.outcomes.measures import SERIES

if TYPE_CHECKING:
    from mipo_sim.model import MissionModel

SHOWN: dict[type[Actor], tuple[str, ...]] = {
    Agency: ("staff", "delivering", "balance"),
    ArmedGroup: ("strength", "hostility"),
    Community: ("trust", "grievance", "violence", "local_capacity"),
    Leader: ("competence", "months_in_post"),
}


def collector(model: "MissionModel") -> DataCollector:
    """Make a Mesa data collector: all monthly series, and a few states of agents by type."""
    series = {measure.name: partial(_this_month, name=measure.name) for measure in SERIES}
    states = {
        kind: {name: partial(_state, name=name) for name in names}
        for kind, names in SHOWN.items()
        if kind in model.agent_types or any(issubclass(t, kind) for t in model.agent_types)
    }
    return DataCollector(model_reporters=series, agenttype_reporters=states)


def _this_month(model: "MissionModel", name: str) -> float:
    return float(model.recorder.series[name][model.month - 1, 0])


def _state(agent: Actor, name: str) -> float:
    return agent.value(name)
