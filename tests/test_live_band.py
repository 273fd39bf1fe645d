"""Bands: what two hundred other worlds say of a plan, and who waits for it when."""

import json
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pytest

from mipo_sim.live import band, process
from mipo_sim.live.band import OUTCOMES, Bands, band_of
from mipo_sim.live.frames import LINES
from mipo_sim.live.plan import FORMS, Plan
from mipo_sim.live.process import GivenUp, SideProcess, go_on

WORLDS, MONTHS = 12, 24


def plan(troops=5, **more):
    missions = [{}, {"levers": {"mandate.troops": troops}}]
    return Plan.from_json({"scenario": "active_conflict", "months": MONTHS, "missions": missions} | more)


@pytest.fixture(scope="module")
def found():
    return json.loads(json.dumps(band_of(plan(), WORLDS), allow_nan=False))


@pytest.fixture(scope="module")
def results():
    return plan().experiment(WORLDS).run()


def test_lines_lie_in_order_and_around_the_worlds(found, results):
    table = results.monthly
    for form, mission in zip(FORMS, found["missions"], strict=True):
        assert list(mission["lines"]) == [line.name for line in LINES]
        for name, line in mission["lines"].items():
            low, middle, high = (np.array(line[part]) for part in ("low", "middle", "high"))
            assert len(low) == MONTHS and (low <= middle).all() and (middle <= high).all()
            mine = table[(table["form"] == form) & (table["measure"] == name)]
            if len(mine):
                np.testing.assert_allclose(low, mine["low"], atol=1e-6)
                np.testing.assert_allclose(high, mine["high"], atol=1e-6)


def test_outcomes_and_differences_are_those_of_the_worlds(found, results):
    worlds = [results.outcomes[results.outcomes["form"] == form].reset_index() for form in FORMS]
    for mine, mission in zip(worlds, found["missions"], strict=True):
        for name, (mean, low, high) in mission["outcomes"].items():
            assert mean == pytest.approx(mine[name].mean()) and low <= mean <= high
    for name, (difference, low, high) in found["differences"].items():
        assert difference == pytest.approx((worlds[1][name] - worlds[0][name]).mean(), abs=1e-6)
        assert low <= difference <= high
    assert (
        "need_met" in found["differences"] and "relapse_5_years" not in found["differences"]
    )  # two years only
    assert set(found["differences"]) <= set(OUTCOMES)


def test_war_that_is_back_stays_counted(found):
    for mission in found["missions"]:
        share = mission["relapsed"]
        assert len(share) == MONTHS and share == sorted(share)
        assert share[-1] == pytest.approx(mission["outcomes"].get("relapse", [0])[0])


def test_pairs_are_shares_of_worlds():
    alike = band_of(plan(troops=15), WORLDS)
    assert all(set(pair["more"] + pair["less"]) == {0} for pair in alike["pairs"].values())
    apart = band_of(plan(troops=0), WORLDS)["pairs"]["violence"]
    assert max(apart["more"]) > 0.5 and apart["less"][-1] + apart["more"][-1] <= 1


def test_the_world_that_is_shown_does_not_matter(found):
    assert band_of(plan(world=9), WORLDS) == found


def test_a_band_asks_every_month_whether_it_is_wanted(monkeypatch):
    asked = []

    def wanted_for_five_months():
        asked.append("wanted?")
        if len(asked) > 5:
            raise GivenUp

    monkeypatch.setattr(band, "go_on", wanted_for_five_months)
    with pytest.raises(GivenUp):
        band_of(plan(), WORLDS)
    assert len(asked) == 6 < MONTHS


# -- who waits ----------------------------------------------------------------------------------------


class Pool:
    """Work that is done when the test says so."""

    def __init__(self):
        self.asked, self.broken = [], False

    def submit(self, work, *what):
        if self.broken:
            raise BrokenProcessPool("gone")
        self.asked.append((what[0].missions[1].levers["mandate.troops"], Future()))
        self.asked[-1][1].set_running_or_notify_cancel()
        return self.asked[-1][1]

    def troops(self):
        return [troops for troops, _ in self.asked]

    def finish(self, place, result=None, error=None):
        future, self.broken = self.asked[place][1], isinstance(error, BrokenProcessPool)
        future.set_exception(error) if error else future.set_result(result or {"tell": "band"})

    def shutdown(self, **how):
        pass


@pytest.fixture
def pools(monkeypatch):
    made = []
    monkeypatch.setattr(process, "processes", lambda *given: made.append(Pool()) or made[-1])
    return made


def test_one_at_a_time_and_the_newest_first(pools):
    bands = Bands()
    waiting = [bands.of(plan(troops)) for troops in (1, 2, 3)]
    assert pools[0].troops() == [1]
    pools[0].finish(0)
    pools[0].finish(1)
    assert pools[0].troops() == [1, 3, 2]
    assert [future.done() for future in waiting] == [True, False, True]


def test_what_is_known_or_under_way_is_not_computed_again(pools):
    bands = Bands()
    first, second = bands.of(plan(1)), bands.of(plan(1, world=4))
    pools[0].finish(0, {"worlds": 1})
    assert first.result() == second.result() == bands.of(plan(1)).result() == {"worlds": 1}
    assert len(pools[0].asked) == 1


def test_nobody_waits_for_it_and_it_is_dropped(pools):
    bands = Bands()
    bands.of(plan(1))
    unwanted, wanted, shared = bands.of(plan(3)), bands.of(plan(2)), [bands.of(plan(4)) for _ in range(2)]
    unwanted.cancel()
    shared[0].cancel()
    for place in range(3):
        pools[0].finish(place)
    assert pools[0].troops() == [1, 4, 2] and wanted.done() and shared[1].result()


def test_what_is_left_before_it_is_done_makes_room_at_once(monkeypatch):
    monkeypatch.setattr(band, "band_of", without_end)  # the process is told to do that instead
    bands = Bands()
    try:
        left, next_one = bands.of(plan(1)), bands.of(plan(2))
        left.cancel()
        assert next_one.result(timeout=60) == {"troops": 2}
    finally:
        bands.close()


def without_end(plan, worlds):
    """A band of one soldier takes forever, if somebody waits for it."""
    while plan.missions[1].levers["mandate.troops"] == 1:
        go_on()
    return {"troops": plan.missions[1].levers["mandate.troops"]}


def test_only_the_last_to_leave_ends_it_and_who_comes_back_gets_it_anew(pools, monkeypatch):
    given_up = []
    monkeypatch.setattr(SideProcess, "give_up", lambda process: given_up.append(process))
    bands = Bands()
    one, other = bands.of(plan(1)), bands.of(plan(1))
    one.cancel()
    assert not given_up
    other.cancel()
    assert given_up
    back = bands.of(plan(1))
    pools[0].finish(0, error=GivenUp())
    assert pools[0].troops() == [1, 1]
    pools[0].finish(1, {"worlds": 1})
    assert back.result() == {"worlds": 1}


def test_a_process_that_breaks_is_replaced_and_gives_up_in_the_end(pools):
    bands = Bands()
    saved = bands.of(plan(1))
    pools[0].finish(0, error=BrokenProcessPool("gone"))
    pools[1].finish(0)
    assert saved.result() == {"tell": "band"}
    lost = bands.of(plan(2))
    pools[1].finish(1, error=BrokenProcessPool("gone"))
    pools[2].finish(0, error=BrokenProcessPool("gone"))
    assert isinstance(lost.exception(), BrokenProcessPool)
    assert bands.of(plan(3)) and pools[3].troops() == [3]


def test_a_fault_is_told_to_all_and_the_next_is_computed(pools):
    bands = Bands()
    first, second = bands.of(plan(1)), bands.of(plan(2))
    pools[0].finish(0, error=ArithmeticError("not a number"))
    pools[0].finish(1)
    assert isinstance(first.exception(), ArithmeticError) and second.result()


def test_after_the_end_nobody_waits_in_vain(pools):
    bands = Bands()
    waiting = [bands.of(plan(troops)) for troops in (1, 2)]
    bands.close()
    pools[0].finish(0)
    assert all(future.cancelled() for future in [*waiting, bands.of(plan(3))])


def test_a_band_comes_from_a_process_of_its_own(found):
    bands = Bands(WORLDS)
    try:
        assert json.loads(json.dumps(bands.of(plan()).result(timeout=120))) == found
    finally:
        bands.close()
