"""Decisions that are taken while a mission is under way: what they change, and what cannot be decided."""

import re

import numpy as np
import pytest
import yaml
from conftest import FEW_AGENTS, differing, measured

from mipo_sim.model import READ_AGAIN, MissionModel
from mipo_sim.parameters import ParameterError, Settings, declared
from mipo_sim.sweeps import Experiment, Situation

MONTHS, MOMENT = 30, 12
SMALL = {"worlds": 3, "map": "generated", "months": MONTHS}
WHERE = Situation("small", map="generated", months=MONTHS)
# One lever of each way in which a lever is read: every month, and once by whoever reads it again.
LEVERS = {
    "mandate.troops": 3,
    "mandate.posts": 4000,
    "funding.earmarked": 0.1,
    "exit.drawdown_months": 3,
    "leadership.hats": 5,
    "mandate.relief": 1,
    "integration.strategic": 1,
    "integration.humanitarian": 0.2,
    "funding.bilateral": 0.9,
}


def lived(values=None, decisions=None, **named):
    return measured(
        MissionModel({**FEW_AGENTS, **(values or {})}, decisions=decisions, **SMALL | named).run()
    )


@pytest.fixture(scope="module")
def undecided():
    return lived()


# -- what a decision does ---------------------------------------------------------------------------


@pytest.mark.parametrize("lever", LEVERS)
def test_decided_at_once_is_started_so(lever):
    value = LEVERS[lever]
    assert not differing(lived(decisions={0: {lever: value}}), lived({lever: value}))


def test_many_levers_decided_at_once_are_started_so():
    assert not differing(lived(decisions={0: LEVERS}), lived(LEVERS))


@pytest.mark.parametrize("lever", sorted({*LEVERS} - {"exit.drawdown_months"}))
def test_decision_changes_its_month_on_and_nothing_before(lever, undecided):
    found = lived(decisions={MOMENT: {lever: LEVERS[lever]}})
    series = [name for name in found if name.startswith("series ")]
    for name in series:
        np.testing.assert_array_equal(found[name][:MOMENT], undecided[name][:MOMENT], err_msg=name)
    assert any((found[name][MOMENT:] != undecided[name][MOMENT:]).any() for name in series)


def test_deciding_what_is_so_already_changes_nothing(undecided):
    same = {name: p.default for name, p in declared().items() if p.role == "lever"}
    assert not differing(lived(decisions={MOMENT: same}), undecided)


def test_later_decision_replaces_an_earlier_one(undecided):
    back = {MOMENT: {"mandate.troops": 3}, MOMENT + 1: {"mandate.troops": 15}}
    model = MissionModel(FEW_AGENTS, decisions=back, **SMALL).run()
    here = model.recorder.series["troops"]
    assert (here[MOMENT] < 0.5 * here[MOMENT - 1]).all()
    assert (here[-1] > 0.7 * undecided["series troops"][-1]).all()  # those sent home take months to come back


@pytest.mark.parametrize(("lever", "low", "high"), [("mandate.troops", 6, 18), ("mandate.posts", 500, 1500)])
def test_a_higher_ceiling_is_filled_in_time_not_at_once(lever, low, high):
    """Troops arrive over months and posts are filled one by one, however the ceiling is raised (B5)."""
    model = MissionModel(FEW_AGENTS | {lever: low}, decisions={MOMENT: {lever: high}}, **SMALL).run()
    if lever == "mandate.troops":
        there = model.recorder.series["troops"]
    else:
        there = (
            model.recorder.series["posts_filled"] * np.where(np.arange(MONTHS) < MOMENT, low, high)[:, None]
        )
    before, after, later = there[MOMENT - 1], there[MOMENT], there[-1]
    assert (after < 1.5 * before).all()
    assert (later > 2 * before).all()


def test_mission_leaves_when_it_is_decided():
    leave = {"exit.by_timetable": 1, "exit.timetable_month": MOMENT, "exit.drawdown_months": 6}
    found = lived({"exit.by_benchmarks": 0, "exit.follow_on": 0}, {MOMENT: leave})
    assert (found["outcome exit_month"] == MOMENT).all()
    assert (found["series presence"][MOMENT - 1] == 1).all()
    assert (found["series presence"][MOMENT + 6 :] == 0).all()


def test_a_mission_sent_in_mid_run_begins_as_one_that_was_meant_for_then():
    late = MissionModel(FEW_AGENTS | {"mandate.start_month": MOMENT}, **SMALL)
    sent = MissionModel(
        FEW_AGENTS | {"mandate.deploy": 0}, decisions={MOMENT: {"mandate.deploy": 1}}, **SMALL
    )
    for _ in range(MOMENT + 1):
        late.step()
        sent.step()
    assert (sent.headquarters.months_open == 1).all() and (sent.team.set_up < 0.5).all()
    np.testing.assert_array_equal(sent.team.set_up, late.team.set_up)
    np.testing.assert_array_equal(sent.headquarters.gate, late.headquarters.gate)


def test_deciding_by_hand_is_deciding_by_list():
    model = MissionModel(FEW_AGENTS, **SMALL)
    for _ in range(MOMENT):
        model.step()
    model.decide(LEVERS)
    assert not differing(measured(model.run()), lived(decisions={MOMENT: LEVERS}))


def test_each_world_can_decide_its_own():
    apart = lived(decisions={MOMENT: {"mandate.troops": [15, 3, 15]}})
    for world, troops in enumerate((15, 3, 15)):
        alone = lived(decisions={MOMENT: {"mandate.troops": troops}})
        np.testing.assert_array_equal(apart["series violence"][:, world], alone["series violence"][:, world])


def test_everything_that_is_read_again_is_a_lever():
    assert {declared()[name].role for name in READ_AGAIN} == {"lever"}
    model = MissionModel(FEW_AGENTS, **SMALL)
    for act in READ_AGAIN.values():
        assert callable(model._resolve(act))


# -- in experiments ---------------------------------------------------------------------------------

FORMS = {
    "stays": {"exit.by_benchmarks": 0, "exit.follow_on": 0},
    "grows": {"mandate.troops": 4},
    "deepens": {"integration.strategic": 0, "mandate.relief": 0.1},
}
DECISIONS = {
    "grows": {3: {"mandate.troops": 9}, 12: {"mandate.troops": 20, "mandate.relief": 1}},
    "deepens": {12: {"integration.strategic": 1, "mandate.relief": 0.9}, 20: {"funding.bilateral": 0.8}},
}


def experiment(forms=FORMS, decisions=DECISIONS, **named):
    forms = {form: {**FEW_AGENTS, **values} for form, values in forms.items()}
    return Experiment(forms, WHERE, worlds=5, decisions=decisions, **named)


@pytest.fixture(scope="module")
def together():
    return experiment().run()


@pytest.mark.parametrize("form", FORMS)
def test_form_is_the_same_alone_as_beside_others(form, together):
    decisions = {form: DECISIONS[form]} if form in DECISIONS else {}
    alone = experiment({form: FORMS[form]}, decisions).run()
    beside = together.outcomes[together.outcomes["form"] == form].reset_index(drop=True)
    assert alone.outcomes.equals(beside)


@pytest.mark.parametrize("block", [1, 2, 100])
def test_size_of_blocks_does_not_matter(block, together):
    found = experiment(block=block).run()
    assert found.outcomes.equals(together.outcomes)
    assert found.monthly.equals(together.monthly)


def test_configuration_is_written_and_read_back_the_same(together):
    written = yaml.safe_load(yaml.safe_dump(experiment().as_config(), sort_keys=False))
    again = Experiment.from_config(written)
    assert again.as_config() == experiment().as_config()
    assert again.digest == experiment().digest
    assert again.run().outcomes.equals(together.outcomes)


def test_digest_tells_decisions_apart_but_not_their_order():
    turned = {form: dict(reversed(months.items())) for form, months in reversed(DECISIONS.items())}
    other = {**DECISIONS, "grows": {4: {"mandate.troops": 9}}}
    assert experiment(decisions=turned).digest == experiment().digest
    assert experiment(decisions=other).digest != experiment().digest
    assert experiment(decisions={}).digest != experiment().digest


# -- what cannot be decided -------------------------------------------------------------------------

REFUSED = [
    ({3: {"mandate.trops": 8}}, "did you mean 'mandate.troops'"),
    ({3: {"situation.violence": 0}}, "situation.violence cannot be decided during a mission"),
    ({3: {"conflict.war_threshold": 0.9}}, "conflict.war_threshold cannot be decided during a mission"),
    ({3: {"partners.ngo_groups": 9}}, "partners.ngo_groups cannot be decided during a mission"),
    ({3: {"mandate.troops": 800}}, "mandate.troops takes a number (thousand troops) from 0 to 60, not 800"),
    ({3: {"mandate.troops": "many"}}, "mandate.troops takes a number"),
    ({MONTHS: {"mandate.troops": 8}}, f"from 0 to {MONTHS - 1}, not {MONTHS}"),
    ({-1: {"mandate.troops": 8}}, f"from 0 to {MONTHS - 1}, not -1"),
    ({3: {"funding.earmarked": 0.95}}, "must not exceed 1"),
    ({2: {"funding.pooled": 0.2}, 3: {"funding.earmarked": 0.7}}, "must not exceed 1"),
    ({3: {"exit.by_benchmarks": 0}}, "there is no exit"),
]


@pytest.mark.parametrize(("decisions", "said"), REFUSED)
def test_experiment_refuses_before_anything_runs(decisions, said):
    with pytest.raises(ParameterError) as refusal:
        experiment({"only": {}}, {"only": decisions})
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_decisions_of_an_unknown_form_are_refused():
    with pytest.raises(ParameterError, match="decisions for 'grow', but the forms are stays, grows"):
        experiment(decisions={"grow": {}})


def test_model_refuses_a_month_outside_the_run():
    with pytest.raises(ParameterError, match=f"from 0 to {MONTHS - 1}, not {MONTHS}"):
        MissionModel(FEW_AGENTS, decisions={MONTHS: {"mandate.troops": 8}}, **SMALL)


@pytest.mark.parametrize(("decisions", "said"), REFUSED)
def test_model_refuses_before_its_first_month(decisions, said):
    with pytest.raises(ParameterError, match=re.escape(said)):
        MissionModel(FEW_AGENTS, decisions=decisions, **SMALL)


def test_refused_decision_leaves_the_model_as_it_was():
    model = MissionModel(FEW_AGENTS, **SMALL)
    for values in (
        {"mandate.troops": 8, "funding.earmarked": 0.95},
        {"mandate.troops": 8, "country.districts": 2},
    ):
        with pytest.raises(ParameterError):
            model.decide(values)
    assert float(model.p.of("mandate.troops")) == 15


def test_contradiction_is_between_what_holds_in_that_month():
    held = Settings({}, 1)
    held.decide({"funding.earmarked": 0.1, "funding.softly_earmarked": 0})
    held.decide({"funding.pooled": 0.9})
    assert float(held.of("funding.pooled")) == pytest.approx(0.9)
