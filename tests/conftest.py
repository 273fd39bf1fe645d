"""What the engine's tests share: reading all states of a model, living a month act by act, odd parameters."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from pytest import MonkeyPatch
from sweeping import EACH, Faulty, grid

from mipo_sim.command_line import main
from mipo_sim.ensemble import Actor, Fact
from mipo_sim.evidence.extremes import FEW_AGENTS, impossible, reconciled, tunable
from mipo_sim.model import MissionModel
from mipo_sim.month import MONTH
from mipo_sim.outcomes import outcomes_of
from mipo_sim.sweeps import plan
from mipo_sim.sweeps.sweep import Sweep

__all__ = ["FEW_AGENTS", "impossible", "reconciled", "tunable"]  # what tests import from here


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden numbers anew")
    parser.addoption("--update-baselines", action="store_true", help="write the baselines of pictures anew")
    parser.addoption("--update-reliability", action="store_true", help="write down what abuse came to")


@pytest.fixture
def mipo(capsys):
    """Run the command in this process: exit code, standard output, standard error."""

    def command(*words):
        try:
            code = main(words)
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, *capsys.readouterr()

    return command


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
            if phase.at_planning and model.month % model.planning_months:
                continue
            for act in phase.acts:
                with np.errstate(all="ignore"):
                    do(model, act)
                yield act
        model.month += 1


def do(model: MissionModel, act: str) -> None:
    kind, behaviour = act.split(".")
    getattr(getattr(model, kind), behaviour)()


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


def odd_values(worlds: int, seed: int, spread: float = 0.3) -> dict[str, np.ndarray]:
    """Every parameter of every world moved at random around its default, without contradictions."""
    rng = np.random.default_rng(seed)
    values: dict[str, np.ndarray] = {}
    for name, p in tunable().items():
        moved = p.default + spread * (p.high - p.low) * (rng.random(worlds) - 0.5)
        moved = np.where(p.unit == "switch", rng.random(worlds) < 0.5, moved)
        values[name] = np.clip(moved, p.low, p.high)
    return reconciled(values)


@pytest.fixture(scope="module")
def small_files() -> Iterator[None]:
    """Files of a few worlds each, so that a small sweep has several."""
    with MonkeyPatch.context() as patch:
        patch.setattr(plan, "LEAST_SHARD", 16)
        patch.setattr(plan, "WATCHED_OF_POINT", 10)
        yield


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, small_files: None) -> Path:
    folder = tmp_path_factory.mktemp("sweeps") / "undisturbed"
    Sweep(grid(), folder, replicates=EACH).run()
    return folder


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory, small_files: None) -> Path:
    folder = tmp_path_factory.mktemp("failing") / "sweep"
    with MonkeyPatch.context() as patch:
        patch.setattr(plan, "MissionModel", Faulty)
        Sweep(grid(), folder, replicates=EACH).run()
    return folder
