"""Plans: what a page may send, what comes of its choices, and what names a run."""

import json
import pickle

import pytest

from mipo_sim.live.plan import FORMS, MOST_DECISIONS, Plan
from mipo_sim.parameters import ParameterError, declared
from mipo_sim.parameters.options import compose, own_options


def plan(first=None, second=None, **more):
    return Plan.from_json(
        {"scenario": "fragile_ceasefire", "months": 60, "missions": [first or {}, second or {}]} | more
    )


def decision(month, **setting):
    return {"decisions": [{"month": month, **setting}]}


def test_a_plan_written_down_is_the_same_plan():
    first = {"name": "Ours", "choices": {"funding": "pooled"}, "levers": {"mandate.troops": 8}}
    found = plan(first | decision(12, levers={"funding.pooled": 0.2}), world=7, seed=11, lesson="money")
    assert Plan.from_json(json.loads(json.dumps(found.as_json()))) == found
    assert pickle.loads(pickle.dumps(found)).digest == found.digest


def test_what_is_not_said_is_as_usual():
    found = Plan.from_json({"scenario": "darfur", "missions": [{}, {}]})
    assert (found.months, found.world, found.lesson) == (compose("darfur").months, 0, "")


def test_missions_are_the_forms_of_an_experiment():
    found = plan({"choices": {"mandate": "robust"}}, {"levers": {"mandate.troops": 3}}, seed=5).experiment(9)
    assert (found.worlds, found.seed, tuple(found.forms)) == (9, 5, FORMS)
    robust = compose("fragile_ceasefire", mandate="robust").values
    assert all(found.forms["first"][name] == value for name, value in robust.items())
    assert found.forms["second"]["mandate.troops"] == 3


@pytest.mark.parametrize(
    ("wrong", "named", "near"),
    [
        ({"scenario": "darfu"}, "situation", "darfur"),
        ({"months": 7}, "months", "12 to 240"),
        ({"months": 300}, "months", "12 to 240"),
        ({"months": 20.5}, "months", "whole number"),
        ({"world": -1}, "world", "whole number"),
        ({"seed": "luck"}, "seed", "whole number"),
        ({"missionss": []}, "missionss", "missions"),
        ({"missions": [{}]}, "missions", "two"),
        ({"missions": "both"}, "missions", "list"),
        ({"missions": [{}, []]}, "second mission", "choices"),
        ({"lesson": "x" * 500}, "lesson", "80"),
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused(wrong, named, near):
    refused(wrong, named, near)


@pytest.mark.parametrize(
    ("mission", "named", "near"),
    [
        ({"name": "x" * 500}, "name", "80"),
        ({"lever": {}}, "lever", "levers"),
        ({"levers": {"mandate.troop": 3}}, "mandate.troop", "mandate.troops"),
        ({"levers": {"mandate.troops": -3}}, "mandate.troops", "0 to 60"),
        ({"levers": {"mandate.troops": [3, 4]}}, "mandate.troops", "one number"),
        ({"levers": {"mandate.troops": float("nan")}}, "mandate.troops", "0 to 60"),
        ({"levers": {"situation.need": 3}}, "situation.need", "levers only"),
        ({"levers": {"partners.ngo_groups": 3}}, "partners.ngo_groups", "levers only"),
        ({"levers": [3]}, "levers", "names and values"),
        ({"choices": {"founding": "pooled"}}, "founding", "funding"),
        ({"choices": {"scenario": "darfur"}}, "scenario", "groups"),
        ({"choices": {"funding": "poold"}}, "poold", "pooled"),
        ({"choices": {"funding": ["pooled"]}}, "funding", "pooled"),
        (
            {"levers": {"funding.pooled": 1}, "choices": {"funding": "earmarked"}},
            "funding.pooled",
            "not exceed 1",
        ),
        (decision(60), "month", "0 to 59"),
        (decision(True), "month", "whole number"),
        (decision(12, levers={"funding.pooled": 1}, choices={"funding": "earmarked"}), "month 12", "exceed"),
        (decision(12, choices={"mandate": "none"}), "month 12", "exit."),
        ({"decisions": [{"month": 1}] * (MOST_DECISIONS + 1)}, "decisions", str(MOST_DECISIONS)),
    ],
)
def test_a_mission_that_cannot_be_meant_is_refused(mission, named, near):
    refused({"missions": [{}, mission]}, named, near)


def refused(wrong, named, near):
    with pytest.raises(ParameterError) as refusal:
        plan(**wrong)
    text = str(refusal.value)
    assert named in text and near in text and "\n" not in text


def test_missions_find_the_same_country():
    """Options of a user's own may say how many agencies there are, but not for one mission only."""
    own = {"partners": {"many": {"sets": {"ngo_groups": 5}}}}
    with own_options(own):
        assert (
            plan(*[{"choices": {"partners": "many"}}] * 2).experiment(1).forms["first"]["partners.ngo_groups"]
            == 5
        )
        with pytest.raises(ParameterError, match=r"partners\.ngo_groups"):
            plan({"choices": {"partners": "many"}})
        with pytest.raises(ParameterError, match=r"partners\.ngo_groups"):
            plan(decision(12, choices={"partners": "many"}))


# -- decisions ---------------------------------------------------------------------------------------


def test_an_option_decided_on_is_that_option_and_nothing_of_the_last():
    """Levers of the group that the option does not set go back to their declared defaults."""
    before = {"levers": {"funding.predictable": 0.9, "mandate.troops": 4}}
    with own_options({"funding": {"half": {"sets": {"pooled": 0.5, "earmarked": 0.2}}}}):
        found = plan(before | decision(12, choices={"funding": "half"}))
    held = found.experiment(1).forms["first"] | found.decided[0][12]
    usual = {name: each.default for name, each in declared().items() if name.startswith("funding.")}
    assert usual | {"funding.pooled": 0.5, "funding.earmarked": 0.2} == {name: held[name] for name in usual}
    assert held["mandate.troops"] == 4


def test_single_levers_go_before_the_option():
    found = plan(decision(12, choices={"mandate": "robust"}, levers={"mandate.troops": 7}))
    assert found.decided[0][12]["mandate.troops"] == 7


def test_decisions_of_one_month_are_taken_in_turn():
    decisions = [{"month": 9, "levers": {"mandate.troops": troops}} for troops in (3, 7)]
    assert plan({"decisions": decisions}).decided[0] == {9: {"mandate.troops": 7}}


def test_deciding_what_is_so_already_moves_nothing():
    found = plan({"choices": {"mandate": "robust"}} | decision(12, choices={"mandate": "robust"}))
    assert found.decided == ({}, {}) and found.digest == plan({"choices": {"mandate": "robust"}}).digest


def test_a_mission_may_be_called_off_before_it_opens():
    late = {"levers": {"mandate.start_month": 18}}
    assert plan(late | decision(18, levers={"mandate.deploy": 0})).decided[0]
    with pytest.raises(ParameterError, match="open mission"):
        plan(late | decision(19, levers={"mandate.deploy": 0}))


# -- names of runs -----------------------------------------------------------------------------------


def test_names_decide_nothing_and_the_rest_does():
    usual = plan().digest
    assert plan({"name": "Blue"}, lesson="first steps").digest == usual
    changed = [
        plan(world=1),
        plan(seed=1),
        plan(months=61),
        plan(scenario="weak_state"),
        plan({"levers": {"mandate.troops": 4}}),
        plan(None, {"levers": {"mandate.troops": 4}}),
        plan(decision(12, levers={"mandate.troops": 4})),
        plan(None, decision(12, levers={"mandate.troops": 4})),
        plan(decision(13, levers={"mandate.troops": 4})),
    ]
    assert len({each.digest for each in changed} | {usual}) == len(changed) + 1


def test_a_decision_leaves_the_months_before_it_alone():
    usual, changed = plan(), plan(decision(30, levers={"mandate.troops": 4}))
    assert changed.key(30) == usual.key(30) and changed.key(31) != usual.key(31)
