"""Designs: which points of parameter space an experiment visits, written down as plain data."""

from mipo_sim.sweeps.designs.axes import Axis
from mipo_sim.sweeps.designs.design import Design, ResolvedPoints
from mipo_sim.sweeps.designs.multirun import from_multirun
from mipo_sim.sweeps.designs.parsing import KINDS, make_design

__all__ = ["KINDS", "Axis", "Design", "ResolvedPoints", "from_multirun", "make_design"]
