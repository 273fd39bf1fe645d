"""Scenario discovery on spaces in which the box is known."""

import sys

import numpy as np
import pandas as pd
import pytest

from mipo_sim.analysis import AnalysisError, scenario_boxes

AXES = ["violence", "money", "donors", "integration"]


def space(odds, points=400, worlds=5, seed=0):
    """Worlds at points spread over three ranges and a group of options; `odds` gives each point's odds."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.random((points, 3)), columns=AXES[:3])
    table["integration"] = rng.choice(["coexistence", "coordination", "full"], size=points)
    table = table.rename_axis("point").reset_index()
    table = table.loc[table.index.repeat(worlds)].assign(replicate=np.tile(np.arange(worlds), points))
    return table.assign(relapse=(rng.random(len(table)) < odds(table)).astype(float))


def corner(table):
    return (table["violence"] > 0.7) & (table["money"] <= 0.4)


def test_finds_the_box_that_was_put_there():
    table = space(lambda t: np.where(corner(t), 1.0, 0.0))
    found = scenario_boxes(table, AXES, "relapse", resamples=20)
    assert found["axis"].tolist() == ["violence", "money"]
    bounds = found.set_index("axis")[["low", "high"]]
    assert bounds.loc["violence"].tolist() == pytest.approx([0.7, np.inf], abs=0.02)
    assert bounds.loc["money"].tolist() == pytest.approx([-np.inf, 0.4], abs=0.02)
    first = found.iloc[0]
    assert first["density"] == 1 and first["coverage"] > 0.95 and first["clear"]
    assert first["density_low"] > 0.75 and found["reproduced"].min() > 0.9
    assert first["everywhere"] == table["relapse"].mean()
    inside = (table["violence"] > bounds.loc["violence", "low"]) & (
        table["money"] <= bounds.loc["money", "high"]
    )
    assert first["points"] * 5 == first["worlds"] == inside.sum()


def test_density_and_coverage_are_counted_in_worlds():
    table = space(lambda t: np.where(corner(t), 0.8, 0.1), points=600)
    found = scenario_boxes(table, AXES, "relapse", resamples=40)
    first = found[found["box"] == 1]
    assert set(first["axis"]) == {"violence", "money"}
    inside = table[
        np.logical_and.reduce(
            [(table[r.axis] > r.low) & (table[r.axis] <= r.high) for r in first.itertuples()]
        )
    ]
    assert first["density"].iloc[0] == pytest.approx(inside["relapse"].mean())
    assert first["coverage"].iloc[0] == pytest.approx(inside["relapse"].sum() / table["relapse"].sum())
    assert first["density_low"].iloc[0] < 0.8 < first["density_high"].iloc[0]


def test_options_bound_a_box_too():
    table = space(lambda t: np.where(t["integration"].eq("full") & (t["donors"] > 0.5), 0.9, 0.1))
    found = scenario_boxes(table, AXES, "relapse", resamples=10)
    first = found[found["box"] == 1].set_index("axis")
    assert first.loc["integration", "options"] == "full"
    assert np.isnan(first.loc["integration", "low"])
    assert first.loc["donors", "low"] == pytest.approx(0.5, abs=0.03)
    others = space(lambda t: np.where(t["integration"].ne("full"), 0.9, 0.1))
    assert scenario_boxes(others, AXES, "relapse", resamples=10)["options"].tolist() == [
        "coexistence, coordination"
    ]


def test_the_densest_box_comes_first():
    table = space(lambda t: np.select([t["violence"] > 0.8, t["violence"] > 0.4], [0.9, 0.5], 0.05))
    boxes = scenario_boxes(table, AXES, "relapse", resamples=10).drop_duplicates("box")
    assert boxes["box"].tolist() == list(range(1, len(boxes) + 1)) and len(boxes) > 1
    assert boxes["density"].is_monotonic_decreasing
    assert boxes["low"].iloc[0] == pytest.approx(0.8, abs=0.03)


def test_a_box_is_judged_by_worlds_that_it_was_not_sought_in():
    found = []
    for seed in range(20):
        table = space(lambda t: np.where(corner(t), 0.7, 0.1), points=80, worlds=1, seed=seed)
        found.append(scenario_boxes(table, AXES, "relapse", resamples=20, level=0.5, smallest=0.02).head(1))
    first = pd.concat(found)
    assert len(first) > 5
    middle = (first["density_low"] + first["density_high"]) / 2
    assert first["density"].mean() > 0.7, "sought among 80 worlds, boxes flatter themselves"
    assert middle.mean() < 0.7


def test_luck_alone_makes_no_box():
    clear = [
        scenario_boxes(space(lambda t: 0.3, points=200, seed=seed), AXES, "relapse", resamples=20)[
            "clear"
        ].any()
        for seed in range(10)
    ]
    assert sum(clear) <= 1


def test_the_event_never_or_always_happens():
    for odds in (0, 1):
        found = scenario_boxes(space(lambda t, odds=odds: odds), AXES, "relapse")
        assert found.empty and "density" in found.columns


def test_refusals():
    table = space(lambda t: 0.3)
    with pytest.raises(AnalysisError, match="no column 'violenc'; did you mean 'violence'"):
        scenario_boxes(table, ["violenc"], "relapse")
    with pytest.raises(AnalysisError, match=r"money is to be 0 or 1 in every world, but is 0\."):
        scenario_boxes(table, AXES, "money")
    with pytest.raises(AnalysisError, match="needs 20 points or more, not 3"):
        scenario_boxes(table[table["point"] < 3], AXES, "relapse")
    with pytest.raises(AnalysisError, match="needs 20 points or more, not 0"):
        scenario_boxes(table.assign(relapse=np.nan), AXES, "relapse")


def test_without_scikit_learn_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ImportError, match=r"needs scikit-learn: pip install 'mipo-sim\[analysis\]'"):
        scenario_boxes(space(lambda t: 0.3), AXES, "relapse")
