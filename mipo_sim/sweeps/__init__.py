"""Running experiments: forms of mission in one situation, over many worlds, and what came of them."""

from mipo_sim.sweeps.experiment import Experiment, Situation
from mipo_sim.sweeps.loading import load
from mipo_sim.sweeps.results import Results
from mipo_sim.sweeps.sweep import Sweep
from mipo_sim.sweeps.sweep_results import SweepResults

__all__ = ["Experiment", "Results", "Situation", "Sweep", "SweepResults", "load"]
