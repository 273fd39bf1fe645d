"""What is measured: known answers for relapse, inequality, overhead, money, exits."""

from types import SimpleNamespace

import numpy as np
import pytest

from mipo_sim.model import MissionModel
from mipo_sim.outcomes import OUTCOMES, SERIES, Measure, outcomes_of
from mipo_sim.outcomes.recorder import gini_of
from mipo_sim.outcomes.world import relapse_month

# ---------------------------------------------------------------- when war is back


def _dates(months: int, hot: list[int], at_war: bool = False) -> tuple[int, int]:
    """Month from which peace counts and month of relapse, of a world that is hot in these months."""
    violence = np.full((months, 1), 0.1)
    violence[hot] = 0.5
    peace, relapse = relapse_month(violence, np.array([0.25]), np.array([at_war]))
    return int(peace[0]), int(relapse[0])


@pytest.mark.parametrize(
    ("hot", "relapse"),
    [
        ([], -1),
        ([5], -1),
        ([5, 6], -1),
        ([5, 6, 7], 5),
        ([5, 7, 9], 5),
        ([5, 9, 10], 5),  # the six months 5 to 10
        ([5, 9, 11], -1),  # seven months from first to third
        ([5, 10, 11, 12], 10),
        ([5, 9, 11, 13], 9),
        ([0, 1, 2], 0),
        ([21, 22, 23], 21),  # the last months of the run
        ([22, 23], -1),
        ([3, 4, 5, 12, 13, 14], 3),
        (list(range(24)), 0),
    ],
    ids=str,
)
def test_war_is_three_months_of_six_and_dated_at_the_first_of_them(hot: list[int], relapse: int) -> None:
    assert _dates(24, hot) == (0, relapse)


@pytest.mark.parametrize(
    ("hot", "peace", "relapse"),
    [
        (range(24), -1, -1),  # never peace, so no return to war
        (range(10), 16, -1),  # six calm months, 10 to 15
        ([*range(10), 16, 17, 18], 16, 16),
        ([*range(10), 13, 14, 15], 22, -1),  # calm broken before it counts
        ([*range(10), 15, 16, 17, 18], -1, -1),  # five calm months are not six, and the run ends too soon
        ([], 6, -1),
        ([7, 8, 9], 6, 7),
    ],
    ids=str,
)
def test_world_at_war_starts_its_clock_after_six_calm_months(
    hot: list[int], peace: int, relapse: int
) -> None:
    assert _dates(24, list(hot), at_war=True) == (peace, relapse)


def test_months_of_war_before_peace_do_not_count_toward_relapse() -> None:
    """Two hot months just after peace and the war before it make no third."""
    assert _dates(24, [*range(6), 12, 13], at_war=True) == (12, -1)


def test_intensity_at_the_threshold_is_war_and_just_below_is_not() -> None:
    violence = np.array([[0.25, 0.2499]] * 6)
    _, relapse = relapse_month(violence, np.array([0.25, 0.25]), np.array([False, False]))
    assert relapse.tolist() == [0, -1]


def test_each_world_is_dated_by_its_own_violence_threshold_and_start() -> None:
    hot = {0: ([5, 6, 7], 0.25, False), 1: ([5, 6, 7], 0.75, False), 2: (list(range(24)), 0.25, True)}
    hot |= {3: ([*range(3), 12, 14, 16], 0.25, True), 4: ([2, 3, 4, 20, 21, 22], 0.25, False)}
    violence = np.full((24, 5), 0.1)
    for world, (months, _, _) in hot.items():
        violence[months, world] = 0.5
    threshold = np.array([h[1] for h in hot.values()])
    peace, relapse = relapse_month(violence, threshold, np.array([h[2] for h in hot.values()]))
    assert peace.tolist() == [0, 0, -1, 9, 0]
    assert relapse.tolist() == [5, -1, -1, 12, 2]


# ---------------------------------------------------------------- inequality


@pytest.mark.parametrize(
    ("values", "gini"),
    [
        ([1, 1, 1, 1], 0),
        ([0, 0, 0, 1], 0.75),  # all for one of four
        ([1, 3], 0.25),
        ([1, 2, 3, 4, 5], 4 / 15),
        ([0.2], 0),
        ([0, 0, 0], 0),  # nothing, and equally little
    ],
    ids=str,
)
def test_inequality_has_known_answers(values: list[float], gini: float) -> None:
    column = np.array(values, dtype=np.float32)[:, None]
    assert gini_of(column)[0] == pytest.approx(gini, abs=1e-6)
    assert gini_of(7 * column[::-1])[0] == pytest.approx(gini, abs=1e-6), "scale and order do not matter"


def test_inequality_is_taken_world_by_world() -> None:
    worlds = np.array([[0, 1, 1], [0, 1, 3], [0, 1, 0], [1, 1, 0]], dtype=np.float32)
    assert gini_of(worlds) == pytest.approx([0.75, 0, 0.625], abs=1e-6)


# ---------------------------------------------------------------- outcomes of a run made by hand


def _finished(months: int = 120, **series: object) -> SimpleNamespace:
    """What `outcomes_of` reads of a finished model, one world; series are 0 but for those given."""
    hand = {measure.name: np.zeros((months, 1), dtype=np.float32) for measure in SERIES}
    exit_month = series.pop("exit_month", -1)
    for name, values in series.items():
        assert name in hand, f"no series {name}"
        hand[name][:, 0] = values
    return SimpleNamespace(
        recorder=SimpleNamespace(series=hand),
        audit=SimpleNamespace(breaches=dict),
        months=months,
        worlds=1,
        headquarters=SimpleNamespace(exit_month=np.array([exit_month], dtype=np.float32)),
        p=SimpleNamespace(
            conflict=SimpleNamespace(war_threshold=np.float32([0.25])),
            situation=SimpleNamespace(violence=np.float32([0.05])),
        ),
    )


def _outcome(name: str, months: int = 120, **series: object) -> float:
    return float(outcomes_of(_finished(months, **series))[name][0])


def _hot(months: int, *hot: int) -> np.ndarray:
    violence = np.full(months, 0.05)
    violence[list(hot)] = 0.5
    return violence


def test_shares_and_what_happens_or_not_are_read_in_per_cent() -> None:
    of = {measure.name: measure for measure in (*SERIES, *OUTCOMES)}
    assert of["relapse"].counted and of["relapse"].in_per_cent
    assert not of["need_met"].counted and of["need_met"].in_per_cent
    assert not of["cost"].in_per_cent and not of["inequality"].in_per_cent


def test_relapse_is_counted_within_years_of_peace() -> None:
    violence = _hot(120, 30, 31, 32)
    found = outcomes_of(_finished(violence=violence))
    assert [float(found[name][0]) for name in ("relapse", "relapse_month", "peace_month")] == [1, 30, 0]
    assert [float(found[f"relapse_{years}_years"][0]) for years in (2, 5, 10)] == [0, 1, 1]
    assert _outcome("war_share", violence=violence) == pytest.approx(3 / 120)
    assert _outcome("relapse_2_years", violence=_hot(120, 23, 24, 25)) == 1
    assert _outcome("relapse_2_years", violence=_hot(120, 24, 25, 26)) == 0


def test_world_without_relapse_has_no_month_of_it() -> None:
    found = outcomes_of(_finished(violence=0.05))
    assert found["relapse"][0] == 0 and np.isnan(found["relapse_month"][0])


def test_world_without_peace_has_no_relapse_to_speak_of() -> None:
    model = _finished(violence=0.5)
    model.p.situation.violence = np.float32([0.6])
    found = outcomes_of(model)
    for name in ("relapse", "relapse_2_years", "relapse_5_years", "relapse_10_years", "peace_month"):
        assert np.isnan(found[name][0]), f"{name} of a world that never saw peace is {found[name][0]}"
    assert found["durable_peace"][0] == 0 and found["war_share"][0] == 1


def test_years_are_counted_from_peace_in_a_world_that_began_at_war() -> None:
    violence = np.full(120, 0.05)
    violence[:40], violence[70:73] = 0.5, 0.5  # peace from month 46, war again two years later to the month
    model = _finished(violence=violence)
    model.p.situation.violence = np.float32([0.6])
    found = outcomes_of(model)
    assert found["peace_month"][0] == 46 and found["relapse_month"][0] == 70
    assert found["relapse_2_years"][0] == 0 and found["relapse_5_years"][0] == 1


def test_peace_is_durable_if_services_held() -> None:
    held, fell = np.full(120, 0.6), np.full(120, 0.6)
    fell[-20:] = 0.2
    assert _outcome("durable_peace", violence=0.05, need_met=held) == 1
    assert _outcome("durable_peace", violence=0.05, need_met=fell) == 0
    assert _outcome("durable_peace", violence=_hot(120, 9, 10, 11), need_met=held) == 0


def test_overhead_is_the_sum_of_its_causes_weighted_by_staff() -> None:
    staff = np.r_[np.full(60, 100.0), np.full(60, 300.0)]
    parts = {"coordination": 0.1, "reporting": 0.05, "waiting": 0.02, "rivalry": 0.01}
    series = {f"in_{cause}": share * staff for cause, share in parts.items()}
    series["in_waiting"] = np.r_[np.zeros(60), np.full(60, 30.0)]  # 30 of 300, half of the time: 7.5 % of all
    found = outcomes_of(_finished(staff=staff, **series))
    assert found["overhead_waiting"][0] == pytest.approx(30 * 60 / staff.sum(), rel=1e-5)
    assert found["overhead_coordination"][0] == pytest.approx(0.1, rel=1e-5)
    causes = sum(found[f"overhead_{cause}"][0] for cause in parts)
    assert found["overhead"][0] == pytest.approx(causes, rel=1e-5)
    assert found["overhead"][0] == pytest.approx(0.1 + 0.05 + 0.075 + 0.01, rel=1e-4)


def test_world_without_staff_has_no_overhead() -> None:
    assert _outcome("overhead") == 0


def test_delivery_is_judged_over_the_first_six_years() -> None:
    need_met = np.r_[np.full(72, 0.4), np.full(48, 0.9)]
    assert _outcome("need_met", need_met=need_met) == pytest.approx(0.4)


def test_sector_gap_is_best_against_worst() -> None:
    sectors = ("security", "relief", "justice", "livelihoods", "reintegration")
    levels = {f"need_met_{s}": v for s, v in zip(sectors, (0.9, 0.5, 0.4, 0.3, 0.35), strict=True)}
    assert _outcome("sector_gap", **levels) == pytest.approx(0.6, rel=1e-5)


def test_exit_and_what_comes_after() -> None:
    presence = np.r_[np.ones(50), np.linspace(1, 0, 10), np.zeros(60)]
    need_met = np.r_[np.full(60, 0.6), np.full(60, 0.3)]
    local = np.linspace(0, 1, 120)
    series = {"presence": presence, "need_met": need_met, "local_capacity": local}
    found = outcomes_of(_finished(exit_month=50, **series))
    assert found["exit_month"][0] == 50
    assert found["need_met_after"][0] == pytest.approx(0.3, abs=0.01)
    assert found["ownership"][0] == pytest.approx(local[50]) and found["ownership_later"][0] == pytest.approx(
        local[74]
    )


def test_mission_that_stays_has_no_exit_and_nothing_after() -> None:
    found = outcomes_of(_finished(presence=1, need_met=0.5, local_capacity=np.linspace(0, 1, 120)))
    assert np.isnan(found["exit_month"][0]) and np.isnan(found["need_met_after"][0])
    assert found["ownership"][0] == 1, "without an exit, the end counts"


def test_money_gap_is_what_was_pledged_and_not_paid() -> None:
    assert _outcome("money_gap", money_pledged=10, money_paid=7) == pytest.approx(0.3)
    assert _outcome("money_gap") == 0, "nothing pledged leaves no gap"


def test_first_dividend_is_a_quarter_more_need_met_than_at_first() -> None:
    need_met = np.full(120, 0.4)
    need_met[8:] = 0.5
    assert _outcome("first_dividend", need_met=need_met) == 8
    assert _outcome("first_dividend", need_met=np.full(120, 0.4)) == 120, "never: the length of the run"


def test_cost_is_by_the_year() -> None:
    assert _outcome("cost", cost=20, need_met=0.5) == pytest.approx(240)
    assert _outcome("cost_per_need", cost=20, need_met=0.5) == pytest.approx(4.8)


# ---------------------------------------------------------------- outcomes of a real run


@pytest.fixture(scope="module")
def lived() -> MissionModel:
    return MissionModel(worlds=4, months=30).run()


def test_run_gives_exactly_the_declared_series_and_outcomes(lived: MissionModel) -> None:
    assert lived.recorder.series.keys() == {measure.name for measure in SERIES}
    assert outcomes_of(lived).keys() == {measure.name for measure in OUTCOMES}


def test_every_series_is_written_every_month(lived: MissionModel) -> None:
    missing = [name for name, series in lived.recorder.series.items() if not np.isfinite(series).all()]
    assert not missing, f"months without a number in: {', '.join(missing)}"


def test_overhead_of_a_run_is_the_time_not_spent_on_the_work(lived: MissionModel) -> None:
    agencies, series = lived.agencies, lived.recorder.series
    lost = sum(series[f"in_{cause}"][-1] for cause in ("coordination", "reporting", "waiting", "rivalry"))
    delivered = (agencies.staff * agencies.delivering).sum(axis=0)
    assert lost + delivered == pytest.approx(series["staff"][-1], rel=1e-4)


def test_national_need_met_is_the_need_of_all_people_that_is_met(lived: MissionModel) -> None:
    """Worked out again from communities, weighted by people."""
    people = lived.country.people[:, None, None]
    met = (people * lived.communities.need * lived.communities.coverage).sum(axis=(0, 1))
    need = (people * lived.communities.need).sum(axis=(0, 1))
    assert lived.recorder.series["need_met"][-1] == pytest.approx(met / need, rel=1e-4)
    violence = (lived.country.people[:, None] * lived.communities.violence).sum(axis=0)
    expected = violence / lived.country.people.sum()
    assert lived.recorder.series["violence"][-1] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("measure", [*SERIES, *OUTCOMES], ids=lambda measure: measure.name)
def test_measures_say_what_they_are(measure: Measure) -> None:
    assert measure.unit.strip() and measure.label.strip() and measure.better in ("less", "more", "neither")


@pytest.mark.parametrize("measures", [SERIES, OUTCOMES], ids=["series", "outcomes"])
def test_no_measure_is_declared_twice(measures: tuple[Measure, ...]) -> None:
    names = [measure.name for measure in measures]
    assert len(names) == len(set(names))
