"""The books that every world keeps: what breaks them is counted, in that world alone, and found again."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import FEW_AGENTS, odd_values
from pytest import MonkeyPatch

from mipo_sim.command.account import account
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import outcomes_of
from mipo_sim.outcomes.audit import BREACHES
from mipo_sim.sweeps import plan
from mipo_sim.sweeps.designs import make_design
from mipo_sim.sweeps.faulty_worlds import by_axis
from mipo_sim.sweeps.sweep import Sweep

WORLDS, BROKEN = 4, 2
ONE_BROKEN = [float(world == BROKEN) for world in range(WORLDS)]


def _model(**more: float) -> MissionModel:
    return MissionModel({**FEW_AGENTS, **more}, worlds=WORLDS, months=12, map="generated")


def _breaches(model: MissionModel) -> dict[str, list[float]]:
    found = outcomes_of(model)
    return {name: found[name].tolist() for name in BREACHES}


def _break_after(model: MissionModel, act: str, state: str, change: float) -> None:
    """Move a state of one world right after an act, in the sixth month."""
    kind, name = state.split(".")
    values = getattr(model.actors()[kind], name)
    for _, acts in model.phases:
        for place, known in enumerate(acts):
            if known == getattr(getattr(model, act.split(".")[0]), act.split(".")[1]):

                def broken(known=known) -> None:
                    known()
                    if model.month == 5:
                        values[..., BROKEN] += change

                acts[place] = broken


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_worlds_of_any_parameters_keep_their_books(seed: int) -> None:
    model = MissionModel(
        {**FEW_AGENTS, **odd_values(16, seed)}, worlds=16, months=36, map="generated", seed=seed
    )
    assert not np.any(list(_breaches(model.run()).values()))


@pytest.mark.parametrize(
    ("act", "state", "change", "book"),
    [
        ("donors.disburse", "donors.pipeline", 0.5, "breaches_money"),  # a pledge from nowhere
        ("donors.disburse", "donors.disbursed", 0.5, "breaches_money"),  # money that reached nobody
        ("agencies.be_paid", "agencies.balance", 0.5, "breaches_money"),  # a deposit that nobody paid
        ("agencies.keep_staff", "agencies.spent", 0.5, "breaches_money"),  # a bill that nobody paid
        (
            "agencies.spend_time",
            "agencies.delivering",
            0.01,
            "breaches_effort",
        ),  # a 25th hour
        ("agencies.spend_time", "agencies.waiting", np.nan, "breaches_effort"),  # not a number is a breach
    ],
)
def test_a_lost_dollar_or_hour_is_counted_in_its_world(
    act: str, state: str, change: float, book: str
) -> None:
    model = _model()
    _break_after(model, act, state, change)
    for _ in range(6):
        model.step()
    counted = model.audit.breaches()
    assert counted[book].tolist() == ONE_BROKEN


@pytest.mark.parametrize(
    ("state", "change", "book"),
    [
        ("communities.aid", 1e4, "breaches_effort"),  # aid that nobody gave
        ("communities.trust", 2.0, "breaches_bounds"),
        ("communities.trust", -2.0, "breaches_bounds"),
        ("donors.pipeline", -1e6, "breaches_bounds"),
    ],
)
def test_the_last_month_is_looked_through(state: str, change: float, book: str) -> None:
    model = _model().run()
    kind, name = state.split(".")
    getattr(model.actors()[kind], name)[..., BROKEN] += change
    model.month -= 1
    model.audit.check_work()
    model.audit.check_bounds()
    assert model.audit.breaches()[book].tolist() == ONE_BROKEN


def test_breaches_are_laid_out_over_the_axes() -> None:
    points = pd.DataFrame({"form": ["a", "a", "b", "b"], "troops": [4, 8, 4, 8]})
    found = by_axis(points, 10, pd.DataFrame({"point": [1, 1, 3]}))
    first = found.iloc[0]
    assert (first["axis"], first["value"], first["worlds"], first["faulty"]) == ("troops", "8", 20, 3)
    assert found["faulty"].tolist() == [3, 2, 1, 0]
    assert found["share"].tolist() == pytest.approx([0.15, 0.1, 0.05, 0])


def test_a_number_with_many_values_is_laid_out_in_quarters_of_its_range() -> None:
    found = by_axis(pd.DataFrame({"x": np.linspace(0, 1, 40)}), 1, pd.DataFrame({"point": range(10)}))
    assert len(found) == 4
    assert found["faulty"].tolist() == [10, 0, 0, 0]
    assert found["worlds"].sum() == 40


class Leaky(MissionModel):
    """With 12 thousand troops replicate 1 loses money in month 3."""

    def step(self) -> None:
        if self.month == 3:
            self.agencies.balance[0, (self.p.mandate.troops == 12) & (self.replicates == 1)] += 1
        super().step()


def test_a_sweep_says_where_its_worlds_broke_the_books(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MissionModel", Leaky)
    design = make_design(
        {"kind": "grid", "levers": {"mandate.troops": [4, 12]}, "base": {"months": 6, **FEW_AGENTS}}
    )
    results = Sweep(design, tmp_path / "sweep", replicates=5, workers=1).run()
    (row,) = results.breaches.to_dict("records")
    assert (row["world"], row["point"], row["mandate.troops"]) == (6, 1, 12)
    assert (row["breaches_money"], row["breaches_effort"]) == (1, 0)
    told = account(results)
    assert "1 world broke the model's own books (effort 0, money 1, bounds 0)" in told
    assert "1 of 5 where mandate.troops is 12" in told
