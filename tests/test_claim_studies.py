"""Studies of claims: well-formed, lived on matched luck, judged by rules whose answers are known.

Whether a claim comes out is no business of tests; that verdicts follow from effects is.
"""

import numpy as np
import pandas as pd
import pytest

from mipo_sim.claims import CLAIMS
from mipo_sim.claims.findings import Findings
from mipo_sim.claims.margins import ALSO_TOLD, MATTERS
from mipo_sim.claims.mechanisms import MECHANISMS, Mechanism
from mipo_sim.claims.study import Study, arm, contrast, interaction, overall
from mipo_sim.claims.trial import Cell, conduct, differences, live_block
from mipo_sim.claims.verdict import Effect, effect, false_supports, shares, together, verdict
from mipo_sim.command_line import main
from mipo_sim.model import MissionModel
from mipo_sim.month import MONTH
from mipo_sim.outcomes import OUTCOMES, SERIES, outcomes_of
from mipo_sim.parameters import ParameterError, check_name, check_value

STUDIES = [(claim.id, number, study) for claim in CLAIMS for number, study in enumerate(claim.studies, 1)]
NAMES = [f"{claim}.{number}" for claim, number, _ in STUDIES]
each_study = pytest.mark.parametrize("study", [study for _, _, study in STUDIES], ids=NAMES)
each_mechanism = pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda m: m.name)

# A situation in which every mechanism has something to do.
LIVELY = {
    "situation.violence": 0.3,
    "situation.army": 0.8,
    "situation.revenue": 0.2,
    "situation.neighbour_conflict": 0.7,
    "situation.inequality": 0.8,
    "funding.pooled": 0.2,
    "quick_impact.budget": 1,
    "ownership.compact": 0.5,
    "early_warning.coverage": 0.8,
    "mandate.delegation": 0.6,
    "exit.by_timetable": 1,
    "exit.timetable_month": 12,
}


# ---------------------------------------------------------------- declared studies


def test_every_claim_has_a_study() -> None:
    assert [claim.id for claim in CLAIMS if not claim.studies] == []


@each_study
def test_options_and_parameters_of_a_study_exist_and_differ(study: Study) -> None:
    for context in study.contexts:
        *references, form = study.arms(context)  # refuses what is misspelt or out of bounds
        assert form not in references, f"in {context or 'its one context'} form and reference are the same"
        assert {arm.map for arm in references} == {form.map}
        assert {arm.months for arm in references} == {form.months}


@each_study
def test_outcome_of_a_study_is_measured_and_has_a_smallest_effect(study: Study) -> None:
    assert study.measure in {measure.name for measure in (*OUTCOMES, *SERIES)}
    assert study.measure in MATTERS, f"say in margins.py which effect on {study.measure} matters"


def test_smallest_effects_are_positive_reasoned_and_used() -> None:
    read = {study.measure for _, _, study in STUDIES}
    for name, (margin, why) in MATTERS.items():
        assert margin > 0 and why and name in read
    for name, (margin, why) in ALSO_TOLD.items():
        assert margin > 0 and why and name not in read


def test_open_questions_are_left_open() -> None:
    left_open = {claim for claim, _, study in STUDIES if "open" in study.expected}
    assert left_open == {"A10", "A11"}


def test_settings_later_ones_go_first_and_cases_keep_their_own_options() -> None:
    usual = dict(arm("", 72).values)
    assert usual == {}, "nothing said is the mix of 2007, every lever at its default"
    assert (
        dict(arm("funding=pooled funding.pooled=0.3 funding.pooled=0.1", 72).values)["funding.pooled"] == 0.1
    )
    assert dict(arm("exit=stay exit=timetable_24", 72).values)["exit.timetable_month"] == 24
    depths = dict(arm("integration.levels=0.8", 72).values)
    assert {name: round(value, 3) for name, value in depths.items()} == {
        f"integration.{level}": 0.8 for level in ("strategic", "operational", "tactical")
    }
    case = arm("scenario=liberia_1990", 72)
    assert case.map == "liberia_1990"
    assert dict(case.values)["mandate.troops"] == 10
    assert dict(arm("scenario=liberia_1990 mandate=robust", 72).values)["mandate.troops"] == 18


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("funding=poolt", "did you mean 'pooled'"),
        ("scenario=liberria", "did you mean"),
        ("money=pooled", "no group named money"),
        ("mandate.trops=3", "did you mean 'mandate.troops'"),
        ("mandate.troops=90", "from 0 to 60"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings: str, told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        arm(settings, 72)


@pytest.mark.parametrize(
    "write",
    [
        lambda: contrast("no form", "funding=pooled", "need_met more"),
        lambda: contrast("no sign", "funding=pooled > funding=earmarked", "need_met"),
        lambda: contrast("odd sign", "funding=pooled > funding=earmarked", "need_met better"),
        lambda: contrast(
            "two signs, one context", "funding=pooled > funding=earmarked", "need_met more | less"
        ),
        lambda: contrast("none of several", "integration=full | funding=pooled > ", "need_met none"),
        lambda: interaction("one context", "funding=pooled > ", "need_met more", across="mandate=robust"),
        lambda: overall("two signs", "funding=pooled > ", "need_met more | less", across="mandate=robust | "),
    ],
)
def test_a_study_that_says_too_little_is_refused(write) -> None:
    with pytest.raises(ValueError):
        write()


# ---------------------------------------------------------------- mechanisms


@each_mechanism
def test_switches_of_a_mechanism_exist_and_are_no_form_of_mission(mechanism: Mechanism) -> None:
    acts = {act for phase in MONTH for act in phase.acts}
    assert mechanism.off or mechanism.without or mechanism.undone
    for name, value in mechanism.off.items():
        assert check_name(name).role == "behaviour", f"{name} is part of a form or a situation"
        check_value(check_name(name), value)
        assert value != check_name(name).default
    assert acts.issuperset((*mechanism.without, *mechanism.undone))


@pytest.fixture(scope="module")
def untouched() -> dict[str, np.ndarray]:
    return lively()


def lively(mechanism: Mechanism | None = None) -> dict[str, np.ndarray]:
    base = arm(" ".join(f"{name}={value}" for name, value in LIVELY.items()), 30)
    names = [measure.name for measure in SERIES]
    return live_block([base.lacking(mechanism) if mechanism else base], range(3), 11, names)[0]


@each_mechanism
def test_switching_a_mechanism_off_changes_something(mechanism: Mechanism, untouched) -> None:
    without = lively(mechanism)
    assert any(np.abs(without[name] - untouched[name]).max() > 1e-4 for name in untouched)


def test_without_joint_decisions_nothing_is_integrated_in_practice(untouched) -> None:
    joint = next(mechanism for mechanism in MECHANISMS if mechanism.name == "joint decisions")
    without = lively(joint)
    assert (without["real_depth"] == 0).all() and (untouched["real_depth"] > 0.05).all()
    assert (without["formal_depth"] == untouched["formal_depth"]).all()


# ---------------------------------------------------------------- effects, verdicts, shares


@pytest.mark.parametrize(
    ("low", "high", "expected", "said"),
    [
        (0.02, 0.06, "more", "supported"),
        (0.02, 0.06, "less", "opposite"),
        (0.02, 0.06, "none", "opposite"),
        (0.02, 0.06, "open", "more"),
        (-0.06, -0.02, "open", "less"),
        (-0.06, -0.02, "less", "supported"),
        (-0.005, 0.005, "more", "no effect"),
        (0.001, 0.005, "more", "no effect"),  # known to be there, and known to be too small to matter
        (0.001, 0.02, "more", "supported"),
        (-0.005, 0.005, "none", "supported"),
        (-0.005, 0.005, "open", "no effect"),
        (-0.005, 0.02, "more", "unclear"),
        (-0.02, 0.005, "none", "unclear"),
        (np.nan, np.nan, "more", "unclear"),
    ],
)
def test_verdict_follows_from_interval_margin_and_expectation(low, high, expected, said) -> None:
    assert verdict(Effect((low + high) / 2, low, high, 100), expected, margin=0.01) == said


def test_interval_of_an_effect_covers_the_truth_as_often_as_it_says() -> None:
    rng, cases = np.random.default_rng(1), 2000
    found = [effect(rng.normal(0.3, 1, (1, 40)), "more") for _ in range(cases)]
    assert np.mean([e.low <= 0.3 <= e.high for e in found]) == pytest.approx(0.95, abs=0.015)


def test_no_more_false_supports_than_are_announced() -> None:
    rng, cases = np.random.default_rng(2), 4000
    said = [verdict(effect(rng.normal(0, 1, (1, 40)), "more"), "more", margin=0.01) for _ in range(cases)]
    assert said.count("supported") <= 1.2 * false_supports(["more"] * cases)
    assert said.count("opposite") <= 1.2 * false_supports(["more"] * cases)


def test_best_of_several_has_to_beat_the_hardest() -> None:
    rng = np.random.default_rng(3)
    against_two = np.stack([rng.normal(0.5, 1, 500), rng.normal(-0.5, 1, 500)])
    found = effect(against_two, "more")
    assert found.reference == 1 and verdict(found, "more", margin=0.01) == "opposite"
    assert verdict(effect(np.abs(against_two), "more"), "more", margin=0.01) == "supported"
    assert effect(-against_two, "less").reference == 1


def test_interval_against_several_covers_the_least_difference() -> None:
    rng = np.random.default_rng(4)
    truth = np.array([0.2, 0.0, 0.0])
    found = [effect(rng.normal(truth[:, None], 1, (3, 50)), "more") for _ in range(1000)]
    assert np.mean([e.low <= truth.min() <= e.high for e in found]) >= 0.95


def test_worlds_in_which_an_outcome_is_not_defined_are_left_out() -> None:
    found = effect(np.array([[1.0, np.nan, 3.0, 2.0]]), "more")
    assert (found.estimate, found.pairs) == (2.0, 3)
    assert effect(np.full((1, 4), np.nan), "more").pairs == 0


def test_counted_outcomes_are_never_known_for_certain() -> None:
    """Ten pairs of worlds without a difference do not prove that there is none."""
    nothing = np.zeros((1, 10))
    assert verdict(effect(nothing, "none", counted=True), "none", margin=0.05) == "unclear"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"a": "supported", "b": "supported"}, ("supported", "")),
        ({"a": "supported", "b": "unclear"}, ("supported", "unclear: b")),
        ({"a": "unclear", "b": "unclear"}, ("unclear", "")),
        (
            {"a": "supported", "b": "opposite", "c": "supported"},
            ("depends on", "supported: a, c; opposite: b"),
        ),
        ({"a": "depends on", "b": "unclear"}, ("depends on", "in a")),
        ({"a": "more", "b": "no effect"}, ("depends on", "more: a; no effect: b")),
    ],
)
def test_verdicts_are_summed_up(parts, said) -> None:
    assert together(parts) == said


def test_shares_find_the_mechanism_that_carries_an_effect() -> None:
    rng = np.random.default_rng(5)
    whole = rng.normal(1, 0.5, 200)
    noise = lambda: rng.normal(0, 0.1, 200)  # noqa: E731
    found = shares(
        whole,
        {"little": 0.8 * whole + noise(), "most": 0.1 * whole + noise(), "against": 1.5 * whole + noise()},
    )
    assert [(share.mechanism, share.carries) for share in found] == [
        ("most", True),
        ("little", False),
        ("against", False),
    ]
    assert found[0].share == pytest.approx(0.9, abs=0.03)
    assert found[2].share == pytest.approx(-0.5, abs=0.03)
    twins = shares(whole, {"one": 0.5 * whole + noise(), "other": 0.5 * whole + noise()})
    assert [share.carries for share in twins] == [True, True]


def test_of_many_mechanisms_that_carry_nothing_hardly_any_is_named() -> None:
    rng, named = np.random.default_rng(8), 0
    for _ in range(200):
        whole = rng.normal(1, 0.5, 25)
        idle = {str(number): whole + rng.normal(0, 0.8, 25) for number in range(30)}
        named += any(share.carries for share in shares(whole, idle))
    assert named / 200 <= 0.1


def test_interval_of_a_share_covers_the_truth() -> None:
    rng, held = np.random.default_rng(6), 0
    for _ in range(1000):
        whole = rng.normal(1, 0.5, 60)
        share = shares(whole, {"half": 0.5 * whole + rng.normal(0, 0.4, 60)})[0]
        held += share.low <= 0.5 <= share.high
    assert held / 1000 == pytest.approx(0.95, abs=0.025)


# ---------------------------------------------------------------- lived


SMALL = contrast(
    "Depth takes time.", "integration=coexistence > integration=full", "overhead_coordination more", months=14
)


def test_a_study_is_the_paired_difference_of_its_forms() -> None:
    cell = conduct([("A1", 1, SMALL)], worlds=4, seed=3, workers=1)[0]
    alone = []
    for side in SMALL.arms(""):
        model = MissionModel(dict(side.values), worlds=4, seed=3, months=14, map=side.map).run()
        alone.append(outcomes_of(model)["overhead_coordination"].astype(np.float64))
    assert cell.effect.estimate == pytest.approx(np.mean(alone[1] - alone[0]), rel=1e-6)
    assert (cell.effect.pairs, cell.verdict) == (4, "supported")


def test_differences_over_contexts_are_weighed() -> None:
    parts = {"each": contrast, "difference": interaction, "mean": overall}
    across = "training.common=0 | training.common=0.9"
    made = {
        over: make(
            "x", "integration=coexistence > integration=full", "overhead more", across=across, months=6
        )
        for over, make in parts.items()
    }
    arms = {side for study in made.values() for context in study.contexts for side in study.arms(context)}
    rng = np.random.default_rng(7)
    lived = {side: {"overhead": rng.random(5)} for side in arms}
    first, second = (differences(made["each"], context, lived) for context in (0, 1))
    assert np.allclose(differences(made["difference"], None, lived), second - first)
    assert np.allclose(differences(made["mean"], None, lived), (first + second) / 2)


def test_a_knock_out_finds_what_is_known_to_carry_an_effect() -> None:
    cell = conduct([("A1", 1, SMALL)], worlds=4, seed=3, workers=1, knock_out=True)[0]
    assert {share.mechanism for share in cell.shares} == {mechanism.name for mechanism in MECHANISMS}
    assert [share.mechanism for share in cell.shares if share.carries] == ["meetings"]


def test_findings_come_back_as_they_were_written(tmp_path) -> None:
    cells = conduct([("A1", 1, SMALL)], worlds=3, seed=3, workers=1, knock_out=True)
    findings = Findings.of(cells, worlds=3, seed=3)
    findings.write(tmp_path)
    again = Findings.read(tmp_path)
    assert again.made == findings.made
    assert again.effects["effect"][0] == pytest.approx(findings.effects["effect"][0], rel=1e-4)
    copy = tmp_path / "copy"
    copy.mkdir()
    again.write(copy)
    for name in ("result.csv", "mechanisms.csv", "made.json"):
        assert (tmp_path / name).read_bytes() == (copy / name).read_bytes()


def test_a_claim_is_summed_up_over_its_studies() -> None:
    rows = [
        {"claim": "X1", "study": study, "where": where, "verdict": said}
        for study, where, said in [
            (1, "war", "supported"),
            (1, "peace", "unclear"),
            (2, "war", "no effect"),
            (2, "peace", "opposite"),
        ]
    ]
    both, first = (
        Findings(pd.DataFrame(rows), pd.DataFrame(), {}),
        Findings(pd.DataFrame(rows[:2]), pd.DataFrame(), {}),
    )
    assert both.verdict_on("X1") == ("depends on", "supported: X1.1; depends on: X1.2")
    assert first.verdict_on("X1") == ("supported", "unclear: peace")


# ---------------------------------------------------------------- committed results


def test_committed_results_are_of_the_declared_studies() -> None:
    effects = Findings.read().effects
    committed = {(row.claim, row.study, row.declaration) for row in effects.itertuples()}
    declared = {(claim, number, study.digest) for claim, number, study in STUDIES}
    assert committed == declared, "experiments/claims is of other studies; run `mipo claims --write`"


def test_committed_verdicts_follow_from_committed_effects() -> None:
    for row in Findings.read().effects.itertuples():
        found = Effect(row.effect, row.low, row.high, row.pairs)
        assert row.matters == MATTERS[row.outcome.removeprefix("spread.")][0]
        assert row.verdict == verdict(found, row.expected, row.matters), f"{row.claim}.{row.study}"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["A1.1", "A9.2", "B4.1", "C1.3", "D2.3", "E5.2", "F3.1"])
def test_other_luck_does_not_contradict_committed_effects(name: str) -> None:
    claim, number = name.split(".")
    study = next(s for c, n, s in STUDIES if (c, n) == (claim, int(number)))
    committed = dict(Findings.read().of_claim(claim))[int(number)]
    for cell, row in zip(conduct([(claim, int(number), study)], worlds=60, seed=99), committed, strict=True):
        assert overlap(cell, row), f"{name} in {row['where']}: {cell.effect}, committed {row['effect']:.4f}"


def overlap(cell: Cell, row: dict) -> bool:
    return cell.effect.low <= row["high"] and row["low"] <= cell.effect.high


# ---------------------------------------------------------------- command line


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["A99"], "no claim named 'A99'"),
        (["--worlds", "1"], "--worlds takes a whole number from 2"),
        (["--worlds", "many"], "--worlds"),
        (["--seed", "-1"], "--seed takes"),
        (["A4", "--write"], "--write takes all claims"),
        (["--knockout-all"], "--knockout-all"),
    ],
)
def test_bad_input_is_refused_in_one_line(words, told, capsys) -> None:
    assert main(["claims", *words]) == 2
    said = capsys.readouterr()
    assert told in said.err and said.err.count("\n") == 1 and not said.out


def test_a_claim_is_run_and_told(capsys) -> None:
    assert main(["claims", "b5", "--worlds", "4", "--workers", "1"]) == 0
    said = capsys.readouterr().out
    assert "B5  Recruitment is slow." in said
    assert "95 % intervals" in said and "4 worlds of each form" in said and "seed" in said
    assert "points [" in said
