"""What all agents of the plain Mesa model share: the states that they start with, and a few formulas."""

from math import exp
from typing import TYPE_CHECKING

import mesa

if TYPE_CHECKING:
    from benchmarks.mesa_twin import MesaTwin

SECURITY, RELIEF, JUSTICE, LIVELIHOODS, REINTEGRATION = range(5)
STRATEGIC, OPERATIONAL, TACTICAL = range(3)
COMMANDER = 3


def logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


def share(part: float, whole: float) -> float:
    return part / max(whole, 1e-9)


def weighted(*parts: tuple[float, float]) -> float:
    """Mean of (weight, value) pairs."""
    return sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)


class Described(mesa.Agent):
    """An agent that starts with the states it is given, as attributes."""

    def __init__(self, model: "MesaTwin", states: dict) -> None:
        super().__init__(model)
        self.p = model.p
        self.__dict__.update(states)
