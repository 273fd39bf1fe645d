"""An agent is a slice: state arrays, actors that are rows or whole kinds of them, and named luck."""

from mipo_sim.ensemble.actor import Actor, Fact, State, by_subkind
from mipo_sim.ensemble.luck import Luck
from mipo_sim.ensemble.reduce import TINY, covered, logistic, share_of, side_by_side, spread_over, total

__all__ = [
    "TINY",
    "Actor",
    "Fact",
    "Luck",
    "State",
    "by_subkind",
    "covered",
    "logistic",
    "share_of",
    "side_by_side",
    "spread_over",
    "total",
]
