"""The free parameters with their prior ranges, and the way between them and the unit cube."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from mipo_sim.evidence import declared_targets
from mipo_sim.parameters import ParameterError, check_name, declared

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Prior:
    """A free parameter: before anything is simulated, every value of its range is as good as another.

    `scale` is "linear", or "log" where equal factors are equally likely.
    """

    name: str
    low: float
    high: float
    scale: str
    reason: str

    def at(self, unit: np.ndarray) -> np.ndarray:
        """Values at places in the unit interval."""
        if self.scale == "log":
            return self.low * (self.high / self.low) ** unit
        return self.low + (self.high - self.low) * unit

    def place(self, value: np.ndarray | float) -> np.ndarray:
        """Places of values in the unit interval."""
        if self.scale == "log":
            return np.log(np.asarray(value) / self.low) / np.log(self.high / self.low)
        return (np.asarray(value) - self.low) / (self.high - self.low)


def priors(path: Path = HERE / "priors.csv") -> list[Prior]:
    """Read the free parameters, and refuse a range that leaves the declared bounds."""
    with path.open(newline="", encoding="utf-8") as lines:
        found = [
            Prior(**row | {"low": float(row["low"]), "high": float(row["high"])})
            for row in csv.DictReader(lines)
        ]
    for prior in found:
        bounds = check_name(prior.name)
        if not bounds.low <= prior.low < prior.high <= bounds.high or bounds.role != "behaviour":
            raise ParameterError(f"the prior of {prior.name} has to lie within its declared bounds")
    return found


def values_at(free: list[Prior], unit: np.ndarray) -> dict[str, np.ndarray]:
    """Parameters by name at places in the unit cube, `[set, parameter]`."""
    return {prior.name: prior.at(unit[:, place]) for place, prior in enumerate(free)}


def places_of(free: list[Prior], values: pd.DataFrame) -> np.ndarray:
    """Places in the unit cube of parameters by name, one row a set."""
    return np.stack([prior.place(values[prior.name].to_numpy()) for prior in free], axis=1)


def defaults(free: list[Prior]) -> dict[str, float]:
    """What the free parameters are when nobody sets them."""
    return {prior.name: declared()[prior.name].default for prior in free}


@dataclass(frozen=True)
class Fitted:
    """Target rows a wave is fitted to, with their bands.

    `missed` is by how much a fit may miss a band where rows contradict each other: a discrepancy of the
    model, in the row's own unit. It never widens the band that results are held against.
    """

    rows: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray
    point: np.ndarray
    missed: np.ndarray


def bands_of(rows: Iterable[str]) -> Fitted:
    """The bands of target rows."""
    found = [declared_targets()[row] for row in rows]
    ends = (np.array([getattr(target, end) for target in found]) for end in ("low", "high", "point"))
    return Fitted(tuple(target.row for target in found), *ends, missed=np.zeros(len(found)))


def fitted(path: Path = HERE / "rows.csv") -> Fitted:
    """Read which target rows count, and by how much the fit may miss them."""
    with path.open(newline="", encoding="utf-8") as lines:
        counted = {
            row["row"]: float(row["missed"]) for row in csv.DictReader(lines) if row["fitted"] == "yes"
        }
    return replace(bands_of(counted), missed=np.array(list(counted.values())))
