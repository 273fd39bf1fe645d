"""Each lever changes something that is measured: the same worlds with it low and with it high."""

import numpy as np
import pytest
from conftest import FEW_AGENTS, measured, reconciled, tunable

from mipo_sim.model import MissionModel

LEVERS = {name: p for name, p in tunable().items() if p.role == "lever"}
REPLICATES, MONTHS = 4, 48
NOTICEABLE = 1e-3  # share of its own size by which some measure has to move

EARLY_EXIT = {"exit.by_timetable": 1, "exit.timetable_month": 6, "exit.drawdown_months": 6}
MET_BENCHMARKS = {
    "exit.by_benchmarks": 1,
    "exit.earliest_month": 6,
    "exit.capacity_benchmark": 0,
    "exit.confidence_benchmark": 0,
    "exit.calm_level": 1,
    "situation.hostility": -1,
}
# Levers that cannot bite in the first four years of the default mission, and where they do.
CONTEXTS: dict[str, tuple[str, dict[str, float]]] = {
    "exit.by_timetable": ("the default timetable is longer than the run", {"exit.timetable_month": 12}),
    "exit.by_benchmarks": ("the mission may leave after five years only", MET_BENCHMARKS),
    "exit.by_patience": ("patience outlasts the run", {"exit.patience_months": 12}),
    "exit.timetable_month": ("there is no timetable", {"exit.by_timetable": 1}),
    "exit.earliest_month": ("benchmarks are not met so soon", MET_BENCHMARKS),
    "exit.capacity_benchmark": ("the mission may leave after five years only", MET_BENCHMARKS),
    "exit.confidence_benchmark": ("the mission may leave after five years only", MET_BENCHMARKS),
    "exit.calm_level": ("the mission may leave after five years only", MET_BENCHMARKS),
    "exit.patience_months": ("leaving does not hang on patience", {"exit.by_patience": 1}),
    "exit.drawdown_months": ("nobody leaves", EARLY_EXIT),
    "exit.follow_on": ("nobody leaves", EARLY_EXIT),
    "exit.follow_on_months": ("nobody leaves", EARLY_EXIT),
    "exit.handover": ("nobody leaves", EARLY_EXIT),
}


def _moved(contexts: dict[str, dict[str, float]]) -> dict[str, float]:
    """By how much each lever moves the measure that it moves most, as a share of that measure."""
    worlds = 2 * REPLICATES * len(LEVERS)
    values = {name: np.full(worlds, p.default) for name, p in tunable().items()}
    low = {name: slice(2 * i * REPLICATES, (2 * i + 1) * REPLICATES) for i, name in enumerate(LEVERS)}
    high = {name: slice(place.stop, place.stop + REPLICATES) for name, place in low.items()}
    for lever, p in LEVERS.items():
        for name, value in contexts.get(lever, {}).items():
            values[name][low[lever].start : high[lever].stop] = value
        values[lever][low[lever]], values[lever][high[lever]] = p.low, p.high
    model = MissionModel(
        {**reconciled(values), **FEW_AGENTS},
        worlds=worlds,
        replicates=np.tile(np.arange(REPLICATES), 2 * len(LEVERS)),
        months=MONTHS,
        map="generated",
    )
    with np.errstate(all="ignore"):
        found = measured(model.run()).values()
    return {lever: max(_apart(m[..., low[lever]], m[..., high[lever]]) for m in found) for lever in LEVERS}


def _apart(these: np.ndarray, those: np.ndarray) -> float:
    """Mean distance between twins, against the size of what is measured; what came and went counts whole."""
    if (np.isnan(these) != np.isnan(those)).any():
        return 1.0
    size = np.nanmean(np.abs(these)) + np.nanmean(np.abs(those)) if np.isfinite(these).any() else 0.0
    return float(np.nanmean(np.abs(these - those)) / size) if size > 0 else 0.0


@pytest.fixture(scope="module")
def moved() -> dict[str, float]:
    return _moved({lever: context for lever, (_, context) in CONTEXTS.items()})


@pytest.mark.parametrize("lever", LEVERS)
def test_lever_changes_something_measured(lever: str, moved: dict[str, float]) -> None:
    p, context = LEVERS[lever], CONTEXTS[lever][1] if lever in CONTEXTS else {}
    where = "".join(f", with {name}={value:g}" for name, value in context.items())
    assert moved[lever] > NOTICEABLE, (
        f"{lever} at {p.low:g} and at {p.high:g}{where}: "
        f"no measure moves by more than {moved[lever]:.2g} of itself"
    )


def test_only_levers_that_need_a_context_are_given_one() -> None:
    """Every lever on the list is without effect in the default context, or the list is out of date."""
    assert CONTEXTS.keys() <= LEVERS.keys()
    needless = [lever for lever, size in _moved({}).items() if lever in CONTEXTS and size > NOTICEABLE]
    assert not needless, f"these bite without a context of their own: {', '.join(needless)}"


def test_equal_levers_make_equal_worlds() -> None:
    """Else the differences above could come from anything."""
    same = {"funding.pooled": np.full(4, 0.1)}
    found = measured(MissionModel(same, worlds=4, replicates=[0, 1, 0, 1], months=12).run())
    apart = [name for name, m in found.items() if not np.array_equal(m[..., :2], m[..., 2:], equal_nan=True)]
    assert not apart, f"the same world twice in a block differs in: {', '.join(apart)}"
