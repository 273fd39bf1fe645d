"""Why things happen: what the rules read, and years lived again with one thing held."""

from typing import Any

import numpy as np
import pytest

from mipo_sim.live.causes import Causes
from mipo_sim.live.plan import Plan
from mipo_sim.live.recording import Memories, model_at
from mipo_sim.live.tracing import behind, by_chance, tellable, traces, writers
from mipo_sim.live.years import Year
from mipo_sim.model import MissionModel
from mipo_sim.month import MONTH
from mipo_sim.parameters import ParameterError

VIOLENCE = ("districts", "violence")


def plan(first: dict[str, Any] | None = None, second: dict[str, Any] | None = None) -> Plan:
    sides = [
        {"name": "", "choices": {}, "levers": {}, "decisions": [], **(side or {})} for side in (first, second)
    ]
    return Plan.from_json(
        {
            "scenario": "fragile_ceasefire",
            "seed": 2007,
            "world": 3,
            "months": 48,
            "missions": sides,
            "lesson": "",
        }
    )


FEWER_TROOPS = plan(second={"levers": {"mandate.troops": 5}})


@pytest.fixture(scope="module")
def memories() -> Memories:
    return Memories()


def year(plan: Plan, mission: int, start: int, until: int, memories: Memories) -> Year:
    lived = Year(plan, mission, model_at(plan, start, memories))
    lived.live_to(until)
    return lived


def held(model: MissionModel, name: tuple[str, str]) -> np.ndarray:
    """The array of a state."""
    kind, state = name
    return model.actors()[kind].arrays[state]


def test_every_behaviour_of_the_country_was_watched() -> None:
    acts = {act for phase in MONTH for act in phase.acts if act.split(".")[0] not in ("recorder", "audit")}
    assert set(traces()) == acts
    idle = {act for act, trace in traces().items() if not trace.writes}
    assert idle == set()


def test_what_a_behaviour_reads_and_writes_is_what_its_rule_says() -> None:
    weighing, guarding = traces()["armed_groups.weigh"], traces()["districts.guard"]
    assert weighing.writes == {("armed_groups", "intent")}
    assert {("districts", "deterrence"), ("government", "settlement")} <= weighing.reads
    assert ("donors", "pledged") not in weighing.reads
    assert guarding.writes == {("districts", "troops"), ("districts", "deterrence")}
    assert "mandate.use_of_force" in guarding.parameters


def test_places_written_through_a_view_count_as_written() -> None:
    assert writers()["communities", "need"] == ("communities.feel_need",)
    assert writers()["communities", "coverage"] == ("communities.receive",)


def test_chance_is_told_from_what_follows_rules() -> None:
    assert by_chance(("districts", "shock"))
    assert by_chance(("leaders", "competence"))
    assert not by_chance(("government", "settlement"))


def test_chains_skip_links_that_have_no_words_and_end_at_levers() -> None:
    states, _ = behind(VIOLENCE)
    assert set(states) <= tellable()
    assert ("armed_groups", "intent") not in states
    assert ("districts", "deterrence") in states
    assert "mandate.use_of_force" in behind(("districts", "deterrence"))[1]


def test_what_is_not_held_goes_as_it_went(memories: Memories) -> None:
    lived = year(FEWER_TROOPS, 0, 24, 35, memories)
    there = model_at(FEWER_TROOPS, 36, memories)
    for kind, actor in there.actors().items():
        for state, array in actor.arrays.items():
            if (kind, state) in writers():
                mine = held(lived, (kind, state))
                np.testing.assert_array_equal(mine[..., :2], array, err_msg=f"{kind}.{state}")


@pytest.mark.parametrize("mission", [0, 1])
def test_with_the_others_levers_from_the_start_a_mission_is_the_other(
    mission: int, memories: Memories
) -> None:
    lived = year(FEWER_TROOPS, mission, 0, 11, memories)
    column = lived.columns[("mandate", ""), "other"]
    for name in (VIOLENCE, ("communities", "trust"), ("agencies", "staff")):
        states = held(lived, name)
        np.testing.assert_array_equal(states[..., column], states[..., 1 - mission])


def test_a_decision_taken_back_is_a_run_without_it(memories: Memories) -> None:
    moved = plan(second={"decisions": [{"month": 6, "choices": {}, "levers": {"mandate.troops": 5}}]})
    lived = year(moved, 1, 0, 11, memories)
    column = lived.columns[("mandate", ""), "before"]
    states = held(lived, VIOLENCE)
    np.testing.assert_array_equal(states[..., column], states[..., 0])


def test_a_thing_held_stays_as_it_was(memories: Memories) -> None:
    lived, base = year(FEWER_TROOPS, 0, 24, 35, memories), model_at(FEWER_TROOPS, 24, memories)
    for name in (("districts", "deterrence"), ("government", "settlement")):
        before, other = (lived.columns[name, against] for against in ("before", "other"))
        states = held(lived, name)
        np.testing.assert_array_equal(states[..., before], held(base, name)[..., 0])
        np.testing.assert_array_equal(states[..., other], states[..., 1])


def test_fewer_troops_are_the_reason_for_less_deterrence_there(memories: Memories) -> None:
    why = Causes(FEWER_TROOPS, memories).why({"kind": "districts", "state": "deterrence", "row": 0}, 1, 30)
    assert why["value"] < why["other"]
    here = [cause for cause in why["causes"] if cause["against"] == "other"]
    assert {"mandate.troops", "force.effective"} & {cause["name"] for cause in here}
    assert all(cause["without"] > why["value"] for cause in here if cause["name"] == "mandate.troops")
    assert why["levers"]["mandate.use_of_force"] == pytest.approx(0.4)


def test_two_missions_alike_have_no_reason_to_differ(memories: Memories) -> None:
    why = Causes(plan(), memories).why({"kind": "government", "state": "trust", "row": None}, 0, 30)
    assert why["value"] == why["other"]
    assert {cause["against"] for cause in why["causes"]} <= {"before"}


def test_causes_come_strongest_first_and_in_plain_numbers(memories: Memories) -> None:
    why = Causes(FEWER_TROOPS, memories).why({"kind": "districts", "state": "violence", "row": 2}, 1, 30)
    moved = [abs(why["value"] - cause["without"]) for cause in why["causes"]]
    assert moved == sorted(moved, reverse=True)
    assert all(np.isfinite([cause["was"], cause["is"], cause["without"]]).all() for cause in why["causes"])


def test_districts_and_their_communities_are_told_by_place(memories: Memories) -> None:
    lived = year(FEWER_TROOPS, 0, 24, 35, memories)
    there = model_at(FEWER_TROOPS, 36, memories)
    country = there.country
    trust = there.communities.trust[..., 0]
    assert lived.value(("communities", "trust"), 4, "now") == pytest.approx(
        float(country.district_mean(trust[:, None])[4, 0]), rel=1e-5
    )
    assert lived.value(("communities", "trust"), None, "now") == pytest.approx(
        float(there.government.trust[0]), rel=1e-5
    )


@pytest.mark.parametrize(
    ("of", "mission", "month"),
    [
        ({"kind": "nobody", "state": "trust", "row": None}, 0, 3),
        ({"kind": "government", "state": "trust", "row": 7}, 0, 3),
        ({"kind": "government", "state": "trust", "row": "x"}, 0, 3),
        ({"kind": "government", "state": "trust", "row": None}, 2, 3),
        ({"kind": "government", "state": "trust", "row": None}, 0, 48),
        ({}, 0, 3),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(
    of: dict[str, Any], mission: int, month: int, memories: Memories
) -> None:
    with pytest.raises(ParameterError):
        Causes(FEWER_TROOPS, memories).why(of, mission, month)


def test_reasons_are_what_brought_a_thing_about_and_not_what_held_it_back(memories: Memories) -> None:
    causes = Causes(FEWER_TROOPS, memories)
    of = {"kind": "government", "state": "need_met", "row": None}
    why = causes.why(of, 0, 14)
    reasons = causes.reasons([{"key": "k", "mission": 0, "month": 14, "of": of}])["k"]
    grew = why["value"] > why["before"]
    before = [cause for cause in reasons if cause["against"] == "before"]
    assert before and all((cause["without"] < why["value"]) == grew for cause in before)
    held_back = [cause for cause in why["causes"] if not cause["pushed"]]
    assert not any(cause in reasons for cause in held_back)


def test_a_sum_over_places_is_no_cause_and_is_seen_through() -> None:
    assert ("districts", "violence") not in tellable()
    assert ("communities", "violence") in tellable()
    causes, _ = behind(VIOLENCE)
    assert ("communities", "violence") not in causes, "violence in a district is that of its communities"
    assert ("communities", "violence") in behind(("communities", "need"))[0]
