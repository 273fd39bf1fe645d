"""What the engine's tests share: reading all states of a model, living a month act by act, odd parameters."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from mipo_sim.ensemble import Actor, Fact
from mipo_sim.model import MissionModel
from mipo_sim.month import MONTH
from mipo_sim.outcomes import outcomes_of
from mipo_sim.parameters import declared

FEW_AGENTS = {  # a small country for tests that need many runs or one call an agent
    "country.districts": 5,
    "country.communities_per_district": 4,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden numbers anew")


def states(model: MissionModel) -> dict[str, np.ndarray]:
    """All states and facts of all kinds, `kind.state` to the array itself (a view, not a copy)."""
    return {
        f"{kind}.{name}": getattr(actor, name)
        for kind, actor in model.actors().items()
        for name in type(actor).states()
    }


def snapshot(model: MissionModel) -> dict[str, np.ndarray]:
    """The same as copies, to compare with later."""
    return {name: values.copy() for name, values in states(model).items()}


def live(model: MissionModel, months: int) -> Iterator[str]:
    """Live months act by act: after each act, hand out its name. Quarterly phases wait for their month.

    Numerical warnings are let pass here; `MissionModel.step` has to be free of them by itself.
    """
    for _ in range(months):
        for phase in MONTH:
            if phase.quarterly and model.month % model.planning_months:
                continue
            for act in phase.acts:
                with np.errstate(all="ignore"):
                    do(model, act)
                yield act
        model.month += 1


def do(model: MissionModel, act: str) -> None:
    kind, behaviour = act.split(".")
    getattr(getattr(model, kind), behaviour)()


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
                if bound is not None and beyond * (worst - bound) > 1e-5 * max(1, abs(bound)):
                    faults.append(f"{kind}.{name} is {worst:g}{when}, but its bound is {bound:g}")
    return faults


def measured(model: MissionModel) -> dict[str, np.ndarray]:
    """All that a finished run measured: outcomes `[world]` and monthly series `[month, world]`."""
    series = {f"series {name}": values for name, values in model.recorder.series.items()}
    return {f"outcome {name}": np.asarray(values) for name, values in outcomes_of(model).items()} | series


def differing(these: Mapping[str, np.ndarray], those: Mapping[str, np.ndarray]) -> list[str]:
    """Names whose values are not the same to the last bit."""
    assert these.keys() == those.keys()
    return [name for name in these if not np.array_equal(these[name], those[name], equal_nan=True)]


def worldly(model: MissionModel) -> dict[str, np.ndarray]:
    """All states of all kinds that have a world axis; facts are the same in all worlds."""
    facts = {
        f"{kind}.{name}"
        for kind, actor in model.actors().items()
        for name, state in type(actor).states().items()
        if isinstance(state, Fact)
    }
    return {name: values for name, values in states(model).items() if name not in facts}


def kinds(model: MissionModel) -> dict[str, Actor]:
    """The kinds that have several agents (the others are one agent each)."""
    return {name: actor for name, actor in model.actors().items() if actor.is_kind}


def tunable() -> dict[str, Any]:
    """All parameters that may differ from world to world, by name."""
    return {name: p for name, p in declared().items() if not p.structural}


def odd_values(worlds: int, seed: int, spread: float = 0.3) -> dict[str, np.ndarray]:
    """Every parameter of every world moved at random around its default, without contradictions."""
    rng = np.random.default_rng(seed)
    values: dict[str, np.ndarray] = {}
    for name, p in tunable().items():
        moved = p.default + spread * (p.high - p.low) * (rng.random(worlds) - 0.5)
        moved = np.where(p.unit == "switch", rng.random(worlds) < 0.5, moved)
        values[name] = np.clip(moved, p.low, p.high)
    return reconciled(values)


def reconciled(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, moved as little as needed so that no lever contradicts another."""
    full = {name: np.asarray(values.get(name, p.default), dtype=float) for name, p in tunable().items()}
    mended: dict[str, Any] = {}
    shares = ("funding.earmarked", "funding.softly_earmarked", "funding.pooled")
    tied = sum(full[name] for name in shares)
    for name in shares:
        mended[name] = full[name] / np.maximum(tied, 1)
    no_exit = full["exit.by_timetable"] + full["exit.by_benchmarks"] + full["exit.by_patience"] == 0
    mended["exit.follow_on"] = np.where(no_exit, 0, full["exit.follow_on"])
    tasks = [f"mandate.{task}" for task in ("security", "relief", "justice", "livelihoods", "reintegration")]
    none = sum(full[task] for task in tasks) == 0
    mended["mandate.security"] = np.where(none, 0.5, full["mandate.security"])
    limit = 0.9 * full["headquarters.months_to_fill"]
    mended["headquarters.months_saved"] = np.minimum(full["headquarters.months_saved"], limit)
    changed = {n: v for n, v in mended.items() if n in values or np.any(v != declared()[n].default)}
    return {**values, **{n: v if np.ndim(v) else float(v) for n, v in changed.items()}}
