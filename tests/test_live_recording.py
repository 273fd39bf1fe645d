"""Recordings: the same bits however they are begun, and what the months show of money, places and status."""

import json
from base64 import b64decode

import numpy as np
import pytest
from conftest import differing, measured, snapshot

from mipo_sim.live.frames import LINES, payments, status_of, unmet_need
from mipo_sim.live.memory import Memory
from mipo_sim.live.plan import Plan
from mipo_sim.live.recording import EVERY, Memories, Recording, model_at
from mipo_sim.parameters.options import own_options

MONTHS, MOMENT = 30, 17
DECIDED = [
    {"month": 5, "choices": {"funding": "earmarked"}},
    {"month": 12, "levers": {"mandate.troops": 3, "integration.strategic": 1}},
    {"month": 24, "levers": {"mandate.relief": 1, "funding.bilateral": 0.9}},
]
LEAVES = {
    "exit.by_timetable": 1,
    "exit.timetable_month": 8,
    "exit.drawdown_months": 6,
    "exit.follow_on_months": 8,
}


def plan(first=None, second=None, **more):
    asked = {"scenario": "active_conflict", "world": 3, "months": MONTHS}
    return Plan.from_json({**asked, **more, "missions": [first or {}, second or {}]})


@pytest.fixture(scope="module")
def decided():
    return plan({"decisions": DECIDED}, {"choices": {"integration": "adaptive"}, "levers": LEAVES})


def told(run, start=0, memories=None, pace=MONTHS):
    recording = Recording(run, start, memories or Memories())
    while recording.month < run.months:
        yield json.loads(json.dumps(recording.live(pace), allow_nan=False))


# -- memories -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("elsewhere", [0, 26])
def test_a_model_brought_back_goes_on_as_if_nothing_had_been(decided, elsewhere):
    straight = model_at(decided, MONTHS, Memories())
    kept = Memory.of(model_at(decided, MOMENT, Memories()))
    other = model_at(decided, elsewhere, Memories())
    kept.bring_back(other)
    other.run()
    assert not differing(snapshot(other), snapshot(straight))
    assert not differing(measured(other), measured(straight))
    assert (other.steps, other.running) == (straight.steps, straight.running)


def test_a_memory_is_not_moved_by_the_months_that_follow(decided):
    model = model_at(decided, MOMENT, Memories())
    kept = Memory.of(model)
    model.run()
    first = snapshot(model)
    for _ in range(2):
        kept.bring_back(model)
        model.run()
        assert not differing(snapshot(model), first)


def test_memories_stay_within_their_room():
    size = Memory.of(model_at(plan(), 0, Memories())).size
    memories = Memories(most=3 * size)
    list(told(plan(), memories=memories))
    last = [memories.last(plan(), month) for month in (MONTHS - 1, EVERY - 1)]
    newest = MONTHS - 1 - (MONTHS - 1) % EVERY
    assert last[0] is not None and last[0][0].month == newest and last[1] is None


# -- the same months ----------------------------------------------------------------------------------


def test_a_recording_shows_the_worlds_of_the_experiment(decided):
    lived = {}
    decided.experiment(5).run(watch=lambda model, forms, replicates, months: lived.update(model=model))
    series = lived["model"].recorder.series
    (months,) = told(decided)
    for mission, here in enumerate(months["missions"]):
        for name in ("violence", "need_met", "trust"):
            there = series[name][:, 5 * mission + decided.world]
            np.testing.assert_array_equal(np.float32(here["lines"][name]), there, err_msg=name)


def test_how_many_months_are_told_at_once_changes_nothing(decided):
    (whole,) = told(decided)
    parts = list(told(decided, pace=7))
    assert [event for part in parts for event in part["events"]] == whole["events"]
    for mission, all_of_it in enumerate(whole["missions"]):
        mine = [part["missions"][mission] for part in parts]
        assert [value for part in mine for value in part["lines"]["trust"]] == all_of_it["lines"]["trust"]
        assert b"".join(b64decode(part["money"]) for part in mine) == b64decode(all_of_it["money"])
    assert [(part["from"], part["to"]) for part in parts] == [(0, 7), (7, 14), (14, 21), (21, 28), (28, 30)]


@pytest.mark.parametrize("start", [0, 6, 20])
def test_a_branch_is_told_as_if_it_had_been_lived_from_the_start(decided, start):
    memories = Memories()
    list(
        told(
            plan({"decisions": DECIDED[:2]}, {"choices": {"integration": "adaptive"}, "levers": LEAVES}),
            memories=memories,
        )
    )
    last = memories.last(decided, start)
    assert last is not None and last[0].month == start - start % EVERY
    assert list(told(decided, start, memories)) == list(told(decided, start))


def test_a_run_of_the_same_beginning_is_not_one_of_another(decided):
    memories = Memories()
    list(told(decided, memories=memories))
    assert memories.last(plan(world=4), MONTHS) is None
    assert memories.last(plan({"decisions": DECIDED[1:]}), MONTHS) is None


# -- what is told -------------------------------------------------------------------------------------


def test_months_are_as_long_as_the_opening_says(decided):
    recording = Recording(decided, 6, Memories())
    opening = json.loads(json.dumps(recording.opening(), allow_nan=False))
    months = recording.live(4)
    places, districts = opening["map"]["communities"], opening["map"]["districts"]
    agencies, donors = (sum(kind["number"] for kind in opening[who]) for who in ("agencies", "donors"))
    assert (opening["from"], months["from"], months["to"]) == (6, 6, 10)
    assert {place["district"] for place in places} == set(range(len(districts)))
    for mission in months["missions"]:
        assert list(mission["lines"]) == [line.name for line in LINES]
        assert {len(values) for values in mission["lines"].values()} == {4} == {len(mission["status"])}
        assert {len(b64decode(text)) for text in mission["places"].values()} == {4 * len(places)}
        assert len(b64decode(mission["money"])) == 4 * donors * agencies
        assert len(b64decode(mission["staff"])) == len(b64decode(mission["delivering"])) == 4 * agencies


def test_bytes_say_what_they_stand_for(decided):
    recording = Recording(decided, 0, Memories())
    scale, months = recording.opening()["scale"], recording.live(MONTHS)
    model = model_at(decided, MONTHS, Memories())
    for mission, here in enumerate(months["missions"]):
        money = np.frombuffer(b64decode(here["money"]), np.uint8).reshape(MONTHS, -1)[-1]
        paid = payments(model)[..., mission].ravel()
        near = np.minimum((money / 255) ** 2, 1) * scale["money"]
        np.testing.assert_allclose(near, paid, atol=0.01 * scale["money"])
        trust = np.frombuffer(b64decode(here["places"]["trust"]), np.uint8).reshape(MONTHS, -1)[-1]
        np.testing.assert_allclose(trust / 255, model.communities.trust[:, mission], atol=0.003)


def test_need_that_nobody_meets_is_what_the_country_lacks():
    model = model_at(plan(), 12, Memories())
    need = model.communities.need.sum(axis=1) * model.country.people[:, None]
    lacking = (unmet_need(model) * need).sum(axis=0) / need.sum(axis=0)
    np.testing.assert_allclose(lacking, 1 - model.government.need_met, atol=1e-4)


@pytest.mark.parametrize(
    "setting", [{}, {"funding": "pooled"}, {"mandate": "none"}, {"exit": "early_pull_out"}]
)
def test_every_dollar_that_agencies_receive_is_somebodys(setting):
    run = plan(
        {"choices": setting, "levers": LEAVES if not setting else {}}, {"levers": {"funding.bilateral": 0.8}}
    )
    model = model_at(run, 0, Memories())
    for month in range(MONTHS):
        share = model.agencies.pool_share.copy()
        model.step()
        paid, donors = payments(model), model.donors
        assert (paid >= 0).all()
        np.testing.assert_allclose(paid.sum(axis=0), model.agencies.received, rtol=1e-4, atol=1e-4)
        straight = donors.disbursed[donors.giving] * (1 - donors.pooled_part())
        np.testing.assert_allclose(paid[donors.giving].sum(axis=1), straight, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(
            paid[-1], share * donors.disbursed[-1], rtol=1e-2, atol=1e-3, err_msg=str(month)
        )
        assert (paid[0].sum(axis=0) <= donors.disbursed[0] + 1e-4).all()


def test_a_mission_comes_and_goes():
    late = {"levers": {"mandate.start_month": 3, "exit.follow_on": 0.5, **LEAVES}}
    (months,) = told(plan(late, {"choices": {"mandate": "none"}}))
    status = months["missions"][0]["status"]
    assert list(dict.fromkeys(status)) == ["absent", "deployed", "leaving", "office", "gone"]
    assert status.index("deployed") == 3 and status.index("leaving") == 11
    assert set(months["missions"][1]["status"]) == {"absent"}
    assert status_of(model_at(plan(), 0, Memories())) == ["absent", "absent"]


EMPTY = {
    "partners.mission_components": 0,
    "partners.humanitarian_agencies": 0,
    "partners.ngo_groups": 0,
    "partners.bilateral_donors": 0,
    "situation.aid": 0,
    "situation.limited_groups": 0,
    "situation.greedy_groups": 0,
    "situation.total_groups": 0,
}


@pytest.mark.parametrize(
    "left_out", [[*EMPTY], ["partners.mission_components"], ["partners.humanitarian_agencies"]]
)
def test_a_country_where_hardly_anybody_is_can_be_told(left_out):
    sets = {"map": "generated", "months": MONTHS, "title": "Own", "story": "", "history": []}
    own = {"scenario": {"bare": {"sets": sets | {name: 0 for name in left_out}, "chooses": {}}}}
    with own_options(own):
        (months,) = told(plan(scenario="bare"))
    assert months["to"] == MONTHS
