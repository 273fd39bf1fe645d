"""Events: what is told of a run is what happened in it, once, and in words that there are."""

from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from mipo_sim.live.marks import MARKS, Mark
from mipo_sim.live.plan import Plan
from mipo_sim.live.recording import Memories, Recording, model_at
from mipo_sim.live.tracing import writers
from mipo_sim.live.words import catalogue
from mipo_sim.outcomes import outcomes_of

MONTHS = 120
FIELDS = {"key", "month", "mission", "what", "district", "who", "value", "before", "weight", "of"}
STEPS = Counter(mark.up for mark in MARKS)  # capacities are told at several
TURNS = [mark for mark in MARKS if mark.up and mark.down and STEPS[mark.up] == 1]


def plan(first=None, second=None, **more):
    asked = {"scenario": "eastern_congo", "world": 1, "months": MONTHS}
    return Plan.from_json({**asked, **more, "missions": [first or {}, second or {}]})


def events_of(run, memories=None):
    return Recording(run, 0, memories or Memories()).live(run.months)["events"]


def told(events, what, mission=0):
    return [event for event in events if event["what"] == what and event["mission"] == mission]


TIMED = {"exit.by_timetable": 1, "exit.timetable_month": 24, "exit.drawdown_months": 12}
RUNS = {
    "timetable and patience": plan(
        {"choices": {"exit": "timetable_24"}},
        {"choices": {"exit": "patience", "integration": "adaptive"}, "levers": {"exit.patience_months": 30}},
    ),
    "benchmarks and none": plan(None, {"choices": {"mandate": "none"}}, scenario="post_crisis"),
    "war and decisions": plan(
        {"decisions": [{"month": 40, "levers": {"mandate.troops": 0, "mandate.relief": 0.9}}]},
        {"levers": {"integration.strategic": 1, "integration.tactical": 1, "leadership.hierarchy": 1}},
        scenario="active_conflict",
        world=8,
    ),
    "west africa": plan(
        {"choices": {"early_warning": "strong", "mandate": "delegated"}},
        {"levers": TIMED},
        scenario="liberia",
    ),
}


@cache
def lived_through(name):
    """Events of a run, and how it stood at the end."""
    memories = Memories()
    return events_of(RUNS[name], memories), model_at(RUNS[name], MONTHS, memories)


@pytest.fixture(params=RUNS)
def lived(request):
    return lived_through(request.param)


def test_events_are_whole_and_come_in_order(lived):
    events, _ = lived
    assert all(event.keys() == FIELDS for event in events)
    assert max(Counter(event["key"] for event in events).values()) == 1
    assert [event["month"] for event in events] == sorted(event["month"] for event in events)
    numbers = [event[name] for event in events for name in ("value", "before") if event[name] is not None]
    assert np.isfinite(numbers).all() and {event["weight"] for event in events} <= {1, 2, 3}


def test_events_point_at_states_that_rules_write_and_at_actors_there_are(lived):
    events, model = lived
    for event in events:
        kind, state, row = (event["of"][part] for part in ("kind", "state", "row"))
        assert (kind, state) in writers() and f"states.{kind}.{state}" in catalogue("en"), event
        rows = model.country.districts if kind == "communities" else len(getattr(model, kind))
        assert row is None or 0 <= row < rows, event
        assert event["district"] is None or 0 <= event["district"] < model.country.districts


@pytest.mark.parametrize("mark", TURNS, ids=lambda mark: mark.up)
def test_nothing_is_told_twice_before_it_has_turned(lived, mark):
    events, _ = lived
    by_place = defaultdict(list)
    for event in events:
        if event["what"] in (mark.up, mark.down):
            place = event["district"], event["who"] if mark.rows == "who" else None
            by_place[event["mission"], place].append(event["what"])
    assert all(one != other for told in by_place.values() for one, other in pairwise(told))


def test_a_log_is_no_flood(lived):
    events, _ = lived
    for mission in (0, 1):
        assert 10 < len([event for event in events if event["mission"] == mission]) < 2 * MONTHS


def test_war_and_peace_are_dated_as_the_outcomes_are(lived):
    events, model = lived
    found = outcomes_of(model)
    for mission in (0, 1):
        wars, peaces = told(events, "war_returns", mission), told(events, "peace_counts", mission)
        relapse, peace = (found[name][mission] for name in ("relapse_month", "peace_month"))
        assert bool(wars) == bool(np.isfinite(relapse))
        assert not wars or wars[0]["before"] == relapse
        assert [event["month"] + 1 for event in peaces] == ([peace] if peace > 0 else [])


def test_exit_is_told_in_its_month(lived):
    events, model = lived
    for mission in (0, 1):
        exits = [
            event for event in events if event["what"].startswith("exit_") and event["mission"] == mission
        ]
        decided = model.headquarters.exit_month[mission]
        assert [event["month"] for event in exits] == ([decided] if decided >= 0 else [])


def test_fighting_breaks_out_where_violence_is_that_of_war(lived):
    events, model = lived
    for event in events:
        if event["what"] == "fighting_breaks_out":
            assert (
                event["value"] >= model.p.conflict.war_threshold and event["of"]["row"] == event["district"]
            )


def test_every_event_has_its_sentence(lived):
    events, _ = lived
    marks = {what for mark in MARKS for what in (mark.up, mark.down) if what}
    missing = {
        what
        for what in marks | {event["what"] for event in events}
        if f"events.{what}" not in catalogue("en")
    }
    assert not missing


# -- what must have been told -------------------------------------------------------------------------


def test_rules_of_exit_are_told_apart():
    timetable, patience = (
        told(lived_through("timetable and patience")[0], f"exit_{rule}", mission)
        for mission, rule in enumerate(("timetable", "patience"))
    )
    assert timetable[0]["value"] == 24 and patience
    (benchmarks,) = told(lived_through("benchmarks and none")[0], "exit_benchmarks")
    assert benchmarks["month"] >= 60


def test_a_mission_that_is_not_sent_does_nothing():
    mine = [event for event in lived_through("benchmarks and none")[0] if event["mission"] == 1]
    kinds = ("headquarters", "team", "leaders", "force")
    assert mine and not [event for event in mine if event["of"]["kind"] in kinds]


def test_a_mission_is_followed_from_its_opening_to_its_end():
    chosen = TIMED | {"mandate.start_month": 6, "exit.follow_on": 0.4, "exit.follow_on_months": 10}
    events = events_of(plan({"levers": chosen}))
    found = {event["what"]: event["month"] for event in events if event["mission"] == 0}
    assert found["mission_opens"] == 6 and found["exit_timetable"] == 30
    assert found["mission_leaves_office"] == 30 + 12 - 1 and found["office_closes"] == 30 + 12 + 10
    assert "mission_gone" not in found and found["mission_opens"] < found["posts_half"] < found["posts_most"]


def test_decisions_are_told_in_their_month_with_their_size():
    (decision,) = told(lived_through("war and decisions")[0], "decision")
    assert (decision["month"], decision["value"]) == (40, 2)


def test_leaders_who_come_are_set_against_those_who_left():
    events = lived_through("benchmarks and none")[0]
    arrived = [event for event in events if event["what"].startswith("leader_")]
    assert arrived
    for event in arrived:
        more = event["value"] - event["before"]
        assert {"leader_abler": more >= 0.1, "leader_weaker": more <= -0.1}.get(
            event["what"], abs(more) < 0.1
        )


def test_both_missions_meet_the_same_chances():
    """Neighbours and donors' fortunes are the same for both, and so is what is told of them."""
    events = lived_through("timetable and patience")[0]
    for what in ("neighbour_flares", "neighbour_calms", "pledges_fall", "pledges_recover"):
        here, there = ([event["month"] for event in told(events, what, mission)] for mission in (0, 1))
        assert here == there


# -- levels -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "sides"), [("up", [-1, -1, 1]), ("down", [-1, 1, 1]), ("either", [-1, 0, 1])]
)
def test_what_lies_between_the_levels_waits_for_what_is_told_first(first, sides):
    mark = Mark("government.trust", lambda model: model.government.trust, 0.3, 0.6, "up", "down", first=first)
    assert mark.side(np.array([0.3, 0.4, 0.6])).tolist() == sides
