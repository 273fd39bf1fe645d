"""Agent-based simulation of integrated peace operations: which form of mission suits which situation.

import mipo_sim
results = mipo_sim.run(scenario="sierra_leone", integration="full", worlds=50)
print(results.table())
results.outcomes
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mipo_sim.version import __version__

if TYPE_CHECKING:
    from mipo_sim.model import MissionModel
    from mipo_sim.parameters import ParameterError
    from mipo_sim.sweeps import Experiment, Results, Situation, Sweep, SweepResults, load
    from mipo_sim.sweeps.designs import make_design
    from mipo_sim.sweeps.mission import run
    from mipo_sim.sweeps.precision import compare
    from mipo_sim.sweeps.replay import replay

__all__ = [
    "Experiment",
    "MissionModel",
    "ParameterError",
    "Results",
    "Situation",
    "Sweep",
    "SweepResults",
    "__version__",
    "compare",
    "load",
    "make_design",
    "replay",
    "run",
]

# Where the names live: found when first asked for, so that `mipo --help` need not wait for pandas.
_HOMES = {
    "Experiment": "mipo_sim.sweeps",
    "MissionModel": "mipo_sim.model",
    "ParameterError": "mipo_sim.parameters",
    "Results": "mipo_sim.sweeps",
    "Situation": "mipo_sim.sweeps",
    "Sweep": "mipo_sim.sweeps",
    "SweepResults": "mipo_sim.sweeps",
    "compare": "mipo_sim.sweeps.precision",
    "load": "mipo_sim.sweeps",
    "make_design": "mipo_sim.sweeps.designs",
    "replay": "mipo_sim.sweeps.replay",
    "run": "mipo_sim.sweeps.mission",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mipo_sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
