"""Parameters: one declaration each, and everything that follows from it."""

from mipo_sim.parameters.checking import (
    SECTORS,
    ParameterError,
    check_name,
    check_value,
    check_whole,
    contradictions,
    nearest,
)
from mipo_sim.parameters.declaration import Parameter, declared
from mipo_sim.parameters.settings import Settings, complete

__all__ = [
    "SECTORS",
    "Parameter",
    "ParameterError",
    "Settings",
    "check_name",
    "check_value",
    "check_whole",
    "complete",
    "contradictions",
    "declared",
    "nearest",
]
