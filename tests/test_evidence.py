"""What the model is held against: figures reckoned on data with known answers, forms, targets, sign tests."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from mipo_sim.analysis.intervals import garwood, student
from mipo_sim.evidence import declared_targets, simulated_targets
from mipo_sim.evidence.forms import forms, live_through
from mipo_sim.evidence.limit_settings import NO_GROUPS
from mipo_sim.evidence.records import contagion, keep_record
from mipo_sim.evidence.signs import declared_tests, effect_of, judged_effects, read_measure
from mipo_sim.evidence.statistics import (
    cumulative_hazard,
    effective_number,
    odds_ratio_per_step,
    relapsed_by,
    resampled,
    top_share,
    weibull_shape,
)
from mipo_sim.evidence.targets import STATISTICS
from mipo_sim.model import MissionModel
from mipo_sim.parameters import ParameterError, declared

NEVER = np.nan
FIGURES = Path(__file__).parents[1] / "docs" / "figures.md"


# ---------------------------------------------------------------- figures with known answers


def test_relapse_is_counted_in_whole_years_since_peace() -> None:
    month = np.array([0, 11, 12, 59, NEVER])
    assert relapsed_by(month, 1) == pytest.approx(2 / 5), "month 12 is in the second year"
    assert relapsed_by(month, 5) == pytest.approx(4 / 5)


def test_hazard_of_those_still_at_peace() -> None:
    month = np.array([3, 3, 20, 30, 40, 50, NEVER, NEVER, NEVER, NEVER])
    assert cumulative_hazard(month, 0, 1) == pytest.approx(-np.log(0.8))
    assert cumulative_hazard(month, 1, 5) == pytest.approx(np.log(2)), "four of eight are left"
    assert np.isnan(cumulative_hazard(month[:6], 0, 10)), "no hazard can be reckoned if nobody is left"


@pytest.mark.parametrize("shape", [0.4, 0.5, 1.0, 1.5])
def test_weibull_shape_is_found(shape: float) -> None:
    exact = 12_000 * (-np.log(np.linspace(0.9995, 0.0005, 1000))) ** (1 / shape)  # so that a month is short
    month = np.where(exact < 24_000, np.floor(exact), NEVER)
    assert weibull_shape(month, 2000) == pytest.approx(shape, rel=0.03)


def test_weibull_shape_is_that_of_scipy() -> None:
    exact = 60 * np.random.default_rng(5).weibull(0.7, 300)
    month = np.where(exact < 120, np.floor(exact), NEVER)
    seen = month[month < 120] + 0.5
    censored = stats.CensoredData(uncensored=seen, right=np.full(300 - len(seen), 120.0))
    assert weibull_shape(month, 10) == pytest.approx(stats.weibull_min.fit(censored, floc=0)[0], rel=1e-3)


def test_weibull_shape_needs_two_relapses() -> None:
    assert np.isnan(weibull_shape(np.array([5, NEVER, NEVER]), 10))


def test_interval_of_a_rate_is_that_of_the_literature() -> None:
    """One failure in 92.8 years at risk: .0003 to .06 (figures A22)."""
    assert garwood(1, 92.8) == pytest.approx((0.00027, 0.0600), abs=5e-5)
    assert garwood(0, 10) == pytest.approx((0, 0.3689), abs=1e-4), "no event still has an upper bound"
    assert np.isnan(garwood(0, 0)).all()


def test_concentration_of_donors() -> None:
    amounts = np.array([[5.0, 100], [5, 0], [5, 0], [5, 0]])
    assert effective_number(amounts) == pytest.approx([4, 1])
    assert top_share(amounts, 3) == pytest.approx([0.75, 1])


def test_odds_ratio_of_a_table_by_hand() -> None:
    cases, events = np.array([100, 100]), np.array([10, 25])
    assert odds_ratio_per_step(cases, events) == pytest.approx((25 / 75) / (10 / 90))
    steady = np.array([800, 400, 200, 100])
    chance = 1 / (1 + np.exp(-(-3 + np.log(1.7) * np.arange(4))))
    assert odds_ratio_per_step(steady, steady * chance) == pytest.approx(1.7)
    assert np.isnan(odds_ratio_per_step(cases, 0 * events))


def test_resampling_agrees_with_students_interval() -> None:
    values = np.random.default_rng(1).normal(3, 2, 400)
    found = resampled(lambda drawn: float(values[drawn].mean()), 400, seed=2)
    assert found == pytest.approx(student(values), abs=0.04)


def test_resampling_keeps_pairs_together() -> None:
    first = np.random.default_rng(1).normal(3, 2, 50)
    second = first - 1
    found = resampled(lambda drawn: float((first[drawn] - second[drawn]).mean()), 50, seed=2)
    assert found == pytest.approx((1, 1))


def test_contagion_of_six_districts_by_hand() -> None:
    """In a row of six the first is active, then the first two; four nearest count as neighbours."""
    place = np.arange(6.0)
    active = np.zeros((2, 6, 1), dtype=bool)
    active[0, 0], active[1, :2] = True, True
    found = contagion(active, np.abs(place[:, None] - place))
    assert found["persistence"][:, 0].tolist() == [1, 1]
    cases, events = found["onset"][..., 0]
    assert cases.tolist() == [3, 2, 0, 0], "the second and third have the first among their four nearest"
    assert events.tolist() == [0, 1, 0, 0]


# ---------------------------------------------------------------- records of worlds


def test_peace_after_exit_is_counted_from_when_the_last_have_left() -> None:
    """Leaving is decided in month 24 and takes 12: month 35 is the first without anybody."""
    values = {**forms()["leave_at_24"].values, **NO_GROUPS}
    record = keep_record(MissionModel(values, worlds=3, months=60))
    assert record["months_gone"].tolist() == [25, 25, 25]
    assert np.isnan(keep_record(MissionModel(worlds=2, months=40))["months_gone"]).all(), "nobody has left"


def test_records_of_a_mission_are_what_was_set() -> None:
    values = {"force.ceiling": 0.8, "force.arrival_months": 1, "money.on_schedule": 1, "situation.aid": 120}
    record = keep_record(MissionModel({**values, "mandate.logistics_gap": 0}, worlds=3, months=37))
    assert STATISTICS["ramp_peak"](record) == pytest.approx(0.8, abs=0.02)
    assert STATISTICS["ramp_month"](record) <= 7
    assert STATISTICS["on_time"](record) == pytest.approx(1)
    assert record["money"].shape == (10, 3, 3)
    assert 60 < record["money"].sum(axis=0).mean() < 180, "$m a year that donor states pay"


def test_set_that_starts_in_war_has_no_targets() -> None:
    with pytest.raises(ParameterError, match="war_threshold"):
        simulated_targets({"situation.violence": 0.9}, worlds=1, rows=["T10"])


# ---------------------------------------------------------------- targets


def test_sets_side_by_side_come_out_as_they_do_alone() -> None:
    rows = ["T1.1y", "T11.hq", "T16"]
    attack = [1.5, 2.6]
    together = simulated_targets({"conflict.attack": attack, "mandate.posts": 900}, worlds=4, rows=rows)
    assert list(together) == ["T1.1y", "T11.hq", *(row for row in declared_targets() if "T16" in row)]
    for number, each in enumerate(attack):
        alone = simulated_targets({"conflict.attack": each, "mandate.posts": 900}, worlds=4, rows=rows)
        assert together.iloc[number].to_numpy() == pytest.approx(alone.iloc[0].to_numpy(), nan_ok=True)
    assert together["T16.persistence"].nunique() == 2, "the sets differ in what they were told to differ in"


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ({"rows": ["T16.persistance"]}, "T16.persistence"),
        ({"values": {"conflict.atack": 1}}, "conflict.attack"),
        ({"values": {"conflict.attack": [1, 2], "conflict.contagion": [0.1, 0.2, 0.3]}}, "number of entries"),
        ({"values": {"country.districts": [5, 6]}}, "country.districts"),
        ({"worlds": 0}, "worlds"),
    ],
)
def test_what_cannot_be_meant_is_refused(what: dict, named: str) -> None:
    with pytest.raises(ParameterError, match=named):
        simulated_targets(**what)


def test_every_target_is_whole() -> None:
    for target in declared_targets().values():
        assert target.low < target.high and not (target.point < target.low or target.point > target.high)
        assert set(target.forms) <= set(forms()), f"{target.row} needs a form that is not declared"
        assert target.statistic[0] in STATISTICS, f"{target.row} needs a statistic that there is not"
        assert target.status in ("found", "computed", "remembered", "assumed")
    wanted = {f"T{n}" for n in (1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 14, 16, 17)}
    assert {target.target for target in declared_targets().values()} == wanted | {"W"}


def test_every_source_is_on_the_page_of_figures() -> None:
    known = set(re.findall(r"^\| ([A-E]\d+) \|", FIGURES.read_text(encoding="utf-8"), re.MULTILINE))
    for row in (*declared_targets().values(), *declared_tests().values()):
        assert row.source == "design judgement" or set(row.source.split(", ")) <= known, row.row


# ---------------------------------------------------------------- sign tests


def test_measures_are_read_from_series_and_outcomes() -> None:
    series = {"trust": np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.9]]), "cost": np.full((3, 2), 2.0)}
    outcomes = {"relapse": np.array([1.0, 0.0])}
    assert read_measure("relapse", series, outcomes).tolist() == [1, 0]
    assert read_measure("trust[0:2]", series, outcomes) == pytest.approx([0.2, 0.3])
    assert read_measure("trust[2:3]-trust[0:1]", series, outcomes) == pytest.approx([0.4, 0.7])
    assert read_measure("trust[2:3]/cost[0:3]", series, outcomes) == pytest.approx([0.25, 0.45])
    assert np.isnan(read_measure("trust[0:4]", series, outcomes)).all(), "the run is too short"
    with pytest.raises(ValueError, match="a measure is"):
        read_measure("trust-cost-relapse", series, outcomes)


def test_effect_is_a_contrast_world_by_world() -> None:
    test = declared_tests()["S3.capacity"]
    levels = dict(zip(test.forms, (1.0, 2.0, 4.0, 8.0), strict=True))
    records = {form: {test.measure: np.array([level, NEVER])} for form, level in levels.items()}
    assert effect_of(test, records) == pytest.approx([1 - 2 - 4 + 8, NEVER], nan_ok=True)


def test_events_keep_an_honest_range_where_no_pair_differs() -> None:
    records = {form: {test.measure: np.zeros(40) for test in declared_tests().values()} for form in forms()}
    table = judged_effects(records).set_index("row")
    for row in ("S8.means", "S10.mission"):
        assert table.loc[row, "end"] > 0.01, f"{row}: forty worlds do not show that nothing ever happens"


def test_every_sign_test_is_defined_in_its_forms() -> None:
    for test in declared_tests().values():
        assert set(test.forms) <= set(forms()) and test.low < test.high
        ends = [int(end) for end in re.findall(r":(\d+)\]", test.measure)]
        ends += [12 * int(years) for years in re.findall(r"relapse_(\d+)_years", test.measure)]
        for form in test.forms:
            assert max(ends, default=0) <= forms()[form].months, f"{test.row}: {form} is too short"
        shape = {forms()[form].map for form in test.forms}
        assert len(shape) == 1, f"{test.row} compares worlds on different maps"
    assert {test.test for test in declared_tests().values()} == {
        f"S{n}" for n in (1, 2, 3, 4, 5, 6, 8, 10)
    } | {"W"}


def test_forms_share_their_luck() -> None:
    """A form that differs in nothing that matters comes out to the bit, in whatever block it is computed."""

    chosen = [forms()["headquarters_hires"], forms()["field_hires"]]
    together = live_through(chosen, _violence, worlds=4)
    usual = [declared()["money.volatility"].default] * 2
    alone = live_through(chosen[:1], _violence, {"money.volatility": usual}, worlds=4)
    assert np.array_equal(
        together["headquarters_hires"]["violence"][0], alone["headquarters_hires"]["violence"][1]
    )


def _violence(model: MissionModel) -> dict[str, np.ndarray]:
    return {"violence": model.run().recorder.series["violence"].mean(axis=0)}
