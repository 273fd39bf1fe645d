"""What extreme settings are checked with: parameters at their ends, and what can never be."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from mipo_sim.model import MissionModel
from mipo_sim.outcomes import OUTCOMES, SERIES, Measure, outcomes_of
from mipo_sim.outcomes.audit import BREACHES
from mipo_sim.parameters import Parameter, declared

FEW_AGENTS = {  # a small country for checks that need many runs
    "country.districts": 5,
    "country.communities_per_district": 4,
}
TIED = ("funding.earmarked", "funding.softly_earmarked", "funding.pooled")
EXITS = ("exit.by_timetable", "exit.by_benchmarks", "exit.by_patience")
TASKS = tuple(f"mandate.{s}" for s in ("security", "relief", "justice", "livelihoods", "reintegration"))
SHARES = ("share", "Gini", "0 or 1")  # units of what lies between 0 and 1
ROUNDING = 1e-5  # of a state against its bound
LOOSE = 1e-4  # of a measure, which sums many states, against the ends of its range


def tunable() -> dict[str, Parameter]:
    """All parameters that may differ from world to world, by name."""
    return {name: p for name, p in declared().items() if not p.structural}


def reconciled(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, moved as little as needed so that no lever contradicts another."""
    full = {name: np.asarray(values.get(name, p.default), dtype=float) for name, p in tunable().items()}
    mended: dict[str, Any] = {}
    tied = sum(full[name] for name in TIED)
    for name in TIED:
        mended[name] = full[name] / np.maximum(tied, 1)
    no_exit = sum(full[name] for name in EXITS) == 0
    mended["exit.follow_on"] = np.where(no_exit, 0, full["exit.follow_on"])
    none = sum(full[task] for task in TASKS) == 0
    mended["mandate.security"] = np.where(none, 0.5, full["mandate.security"])
    limit = 0.9 * full["headquarters.months_to_fill"]
    mended["headquarters.months_saved"] = np.minimum(full["headquarters.months_saved"], limit)
    changed = {n: v for n, v in mended.items() if n in values or np.any(v != declared()[n].default)}
    return {**values, **{n: v if np.ndim(v) else float(v) for n, v in changed.items()}}


def each_at_its_bounds(role: str) -> dict[str, Any]:
    """One world for each parameter of a role at each of its bounds, all else at default."""
    mine = [p for p in tunable().values() if p.role == role]
    values = {name: np.full(2 * len(mine), p.default) for name, p in tunable().items()}
    for number, p in enumerate(mine):
        values[p.name][2 * number : 2 * number + 2] = p.low, p.high
    return reconciled(values)


def impossible(model: MissionModel, when: str = "") -> list[str]:
    """Every state that is not finite or outside the bounds it declares, in plain words."""
    faults = []
    for kind, actor in model.actors().items():
        for name, state in type(actor).states().items():
            values = getattr(actor, name)
            if not values.size:
                continue
            if not np.isfinite(values).all():
                faults.append(f"{kind}.{name} is not finite{when}")
                continue
            for bound, worst, beyond in (
                (state.low, float(values.min()), -1),
                (state.high, float(values.max()), 1),
            ):
                if bound is not None and beyond * (worst - bound) > ROUNDING * max(1, abs(bound)):
                    faults.append(f"{kind}.{name} is {worst:g}{when}, but its bound is {bound:g}")
    return faults


class Lived:
    """A run at a limit, looked at every month, with its series and outcomes.

    Parameters
    ----------
    values, worlds, months, map
        As for `MissionModel`.
    beside : callable, optional
        Gives the run of another setting by name, to compare with.

    Attributes
    ----------
    faults : list of str
        What cannot be, in plain words: a state outside its bounds, a measure outside its range, books
        that do not add up. The run ends at the first month with any.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        worlds: int,
        months: int,
        map: str,
        beside: "Callable[[str], Lived] | None" = None,
    ) -> None:
        self._beside = beside
        self.model = MissionModel(values, worlds=worlds, months=months, map=map)
        self.series = self.model.recorder.series
        self.outcomes: dict[str, np.ndarray] = {}
        self.faults = impossible(self.model, ", at the start")
        while self.model.month < months and not self.faults:
            self.model.step()
            self.faults = impossible(self.model, f", month {self.model.month}")
        if not self.faults:
            self.outcomes = outcomes_of(self.model)
            self.faults = self._odd(SERIES, self.series) + self._odd(OUTCOMES, self.outcomes)

    def _odd(self, measures: Iterable[Measure], found: Mapping[str, np.ndarray]) -> list[str]:
        odd = []
        for measure in measures:
            values = found[measure.name][np.isfinite(found[measure.name])]
            top = 1 + LOOSE if measure.unit in SHARES else np.inf
            if measure.name in BREACHES:
                top = 0
            if values.size and (values.min() < -LOOSE or values.max() > top):
                odd.append(f"{measure.name} is from {values.min():g} to {values.max():g}")
        return odd

    def beside(self, setting: str) -> "Lived":
        """Give the run of another setting."""
        if self._beside is None:
            raise ValueError(f"there is no setting {setting!r} beside a run that stands alone")
        return self._beside(setting)

    def mean(self, series: str) -> float:
        """Mean of a series over months and worlds."""
        return float(self.series[series].mean(dtype=np.float64))

    def most(self, *names: str) -> float:
        """The largest value of any of these series, or else outcomes, in any month and world."""
        return max(
            float((self.series if name in self.series else self.outcomes)[name].max()) for name in names
        )

    def last(self, series: str) -> np.ndarray:
        """A series in the last month, by world."""
        month: np.ndarray = self.series[series][-1]
        return month
