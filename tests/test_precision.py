"""Differences known well enough: worlds are added only where a difference is still unclear."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import MonkeyPatch
from sweeping import grid

from mipo_sim.parameters import ParameterError
from mipo_sim.sweeps import sweep
from mipo_sim.sweeps.loading import listing
from mipo_sim.sweeps.precision import compare, differences, references
from mipo_sim.sweeps.sweep import Sweep

pytestmark = pytest.mark.usefixtures("small_files")


# ---------------------------------------------------------------- differences known well enough


class Toy(Sweep):
    """A sweep with known spread: luck is shared, and each point adds a little of its own."""

    OWN = (0.0, 0.1, 0.4)

    def run(self, shown: bool | None = False) -> Any:
        replicates = np.arange(self.first, self.first + self.replicates)
        chosen = getattr(self.design, "chosen", range(self.design.points))
        tables = []
        for place, point in enumerate(chosen):
            shared = np.random.default_rng(1).standard_normal(10_000)[replicates]
            own = self.OWN[point] * np.random.default_rng(2 + point).standard_normal(10_000)[replicates]
            trust = shared + own + point
            tables.append(pd.DataFrame({"point": place, "replicate": replicates, "trust": trust}))
        rows = pd.concat(tables, ignore_index=True)
        return type("Found", (), {"outcomes": rows})


def test_worlds_are_added_only_where_a_difference_is_unclear(tmp_path: Path) -> None:
    toy = Toy(grid({"mandate.troops": [1, 2, 3]}), tmp_path, replicates=50)
    found = compare(toy, 0.035, ["trust"])
    table = found.table.set_index("point")
    assert table["known"].all() and (table["half_width"] <= 0.035).all()
    assert table.loc[1, "pairs"] == 50  # 1.96 * 0.1 / sqrt(50) = 0.028
    assert 450 < table.loc[2, "pairs"] < 750  # (1.96 * 0.4 / 0.035)^2 = 502
    assert table["difference"].tolist() == pytest.approx([1, 2], abs=0.05)
    assert table["mandate.troops"].tolist() == [2, 3]
    # without matched luck: (1 + 1 + 0.4^2) / 0.4^2 = 13.5 times as many
    assert table.loc[2, "pairing"] == pytest.approx(13.5, rel=0.15)
    more = table["pairs"] * (table["pairing"] - 1)
    assert found.saved == round(more.sum() + more.max())  # of each point, and of the reference they share
    assert "2 of 2 differences known to within 0.035" in str(found)


def test_a_cap_ends_the_search(tmp_path: Path) -> None:
    toy = Toy(grid({"mandate.troops": [1, 2, 3]}), tmp_path, replicates=50)
    found = compare(toy, 0.001, ["trust"], cap=120)
    assert set(found.table["pairs"]) == {120}
    assert not found.table["known"].any()


def test_rounds_are_sweeps_that_can_be_taken_up(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    one = Sweep(grid(), tmp_path / "precise", replicates=8)
    found = compare(one, 0.05, ["trust", "relapse"], cap=16)
    assert found.table["pairs"].max() == 16
    assert len(listing(tmp_path / "precise")) >= 2
    monkeypatch.setattr(sweep, "work", None)
    again = compare(one, 0.05, ["trust", "relapse"], cap=16)
    pd.testing.assert_frame_equal(found.table, again.table)


def test_forms_are_compared_in_their_own_context() -> None:
    design = grid({"mandate.troops": [2, 12]}, **{"situation.violence": [0.1, 0.3]})
    assert references(design) == [0, 1, 0, 1]
    rows = pd.DataFrame({"point": [0, 0, 2, 2], "replicate": [0, 1, 0, 1], "relapse": [0.0, 1, 0, 0]})
    (found,) = differences(rows, references(design), ["relapse"], 0.1).to_dict("records")
    assert (found["reference"], found["difference"], found["pairs"]) == (0, -0.5, 2)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"precision": 0}, "precision takes a number above 0"),
        ({"outcomes": ["relaps"]}, "no outcome named 'relaps'; did you mean 'relapse'"),
        ({"outcomes": "relapse"}, r"outcomes takes a list of names: \['relapse'\]"),
        ({"reference": 9}, "the design has points 0 to 3"),
        ({"cap": 1}, "cap takes a whole number from 2"),
    ],
)
def test_comparisons_that_cannot_be_meant(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        compare(Sweep(grid(), tmp_path), **({"precision": 0.1} | wrong))
