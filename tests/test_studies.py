"""Studies: every one can be run, says what its tables say, and is kept as it was computed."""

import json
import shlex
from functools import cache

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import mipo_sim
from mipo_sim.command import study as command
from mipo_sim.command.refusals import Refusal
from mipo_sim.command.study import committed, read_study, studies
from mipo_sim.command_line import main
from mipo_sim.evidence.validation import load
from mipo_sim.parameters import ParameterError
from mipo_sim.parameters.options import CONFIGS
from mipo_sim.studies import METHODS, Findings, Study
from mipo_sim.studies.findings import MADE, PICTURE, digest_of
from mipo_sim.studies.method import Worlds, listed
from mipo_sim.studies.overview import (
    adaptive_against_fixed,
    after_crisis,
    findings_page,
    inverted_u,
    latest_tried,
    one_for_all,
)
from mipo_sim.studies.page import study_page
from mipo_sim.sweeps.designs import make_design

AGAIN = "run `mipo study all --write`, look at what changed, and commit it with the change"
ASKED = {
    "form_follows_function",
    "not_an_end_in_itself",
    "funding_rules",
    "leadership",
    "ownership_and_speed",
    "exit_and_transition",
    "limited_mandate",
    "sequencing",
    "humanitarian_space",
    "early_warning",
    "regional_partners",
    "global_sensitivity",
    "robust_forms",
}
TINY = ["map=generated", "country.districts=4", "country.communities_per_district=3", "months=24", "worlds=4"]


kept = cache(committed)


# -- every study ----------------------------------------------------------------------------------------


def test_all_questions_have_a_study():
    assert set(studies()) == ASKED


@pytest.mark.parametrize("name", sorted(ASKED))
def test_study_is_well_formed(name):
    one, sweep, told = read_study(name)
    assert told == f"mipo study {name}"
    assert sweep.plan.worlds <= 12_000, "all small studies together take minutes"
    full, large, _ = read_study(name, ["size=full"])
    assert large.plan.worlds >= 10 * sweep.plan.worlds
    assert [answer.name for answer in full.answers] == [answer.name for answer in one.answers]
    for text in (one.question, one.expectation, one.change_our_mind):
        assert text.endswith((".", "?"))
        assert not any(mark in text for mark in ("%", "(+", "(-")), "no number of a result is written by hand"


@pytest.mark.parametrize("name", sorted(ASKED))
def test_committed_results_are_those_of_the_study(name):
    found = kept(name)
    folder = command.EXPERIMENTS / name
    design = found.study.design.as_config()
    digest = digest_of(design, found.made["worlds"], found.made["parameters"])
    assert found.made["config"] == digest, f"the design has changed: {AGAIN}"
    assert found.made["failed"] == 0
    assert (folder / "README.md").read_text(encoding="utf-8") == study_page(found), AGAIN
    assert (folder / PICTURE).stat().st_size < 120_000
    wanted = {f"{key}.csv" for key in found.tables} | {"README.md", PICTURE, MADE}
    assert {file.name for file in folder.iterdir()} == wanted
    assert all(file.stat().st_size < 100_000 for file in folder.glob("*.csv"))


@pytest.mark.parametrize("name", sorted(ASKED))
def test_page_has_its_sections(name):
    page = (command.EXPERIMENTS / name / "README.md").read_text(encoding="utf-8")
    for part in ("**Question.**", "**Expected**", "**Design.**", "## Result", f"]({PICTURE})"):
        assert part in page
    assert "## What would change our mind" in page
    assert all(len(line) <= 118 for line in page.splitlines() if not line.startswith(("|", "!", "#", "<!--")))


def test_a_page_says_what_names_and_words_stand_for():
    page = (command.EXPERIMENTS / "robust_forms" / "README.md").read_text(encoding="utf-8")
    assert "- One plan: `integration=full`, `funding=pooled`, `mandate=multidimensional`," in page
    assert "- Mix of 2007: `integration=mix_2007`, `funding=mix_2007`\n" in page
    assert "### Robustness: Relapse within 5 years (just acceptable: 30 %, 50 %; all count alike)" in page


def test_all_studies_were_run_by_the_same_rules():
    assert len({kept(name).made["code"] for name in studies()}) == 1, AGAIN


def test_findings_are_written_from_the_studies():
    validation, _, _ = load(command.CHECKOUT / command.DATA)
    page = findings_page([kept(name) for name in studies()], validation)
    assert command.PAGE.read_text(encoding="utf-8") == page, AGAIN


@pytest.mark.slow
def test_committed_numbers_come_out_again(tmp_path):
    name = "humanitarian_space"
    there = kept(name)
    words = ["worlds=100", f"output={tmp_path}", f"seed={there.made['seed']}"]
    one, sweep, told = read_study(name, words)
    again = Findings.of(one, sweep.run(), told)
    for key in (answer.name for answer in one.answers if answer.analysis == "differences"):
        keys = ["situation", "form", "outcome"]
        both = again.tables[key].merge(there.tables[key], on=keys, suffixes=("", "_kept"))
        assert len(both) == len(there.tables[key])
        apart = both[(both["low"] > both["high_kept"]) | (both["high"] < both["low_kept"])]
        assert apart.empty, f"{AGAIN}:\n{apart[[*keys, 'difference', 'difference_kept']]}"


# -- one study, end to end ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A tiny study, run and written into a checkout of its own."""
    base = tmp_path_factory.mktemp("studies")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "EXPERIMENTS", base / "experiments")
        patch.setattr(command, "PAGE", base / "findings.md")
        command.EXPERIMENTS.mkdir()
        code = main(
            ["study", "humanitarian_space", *TINY, f"output={base / 'results'}", "workers=1", "--write"]
        )
        assert code == 0
        yield base


def test_tables_hold_what_the_worlds_say(lived):
    (folder,) = (lived / "results").glob("humanitarian_space-*")
    rows = mipo_sim.load(folder).outcomes
    war = rows[(rows["scenario"] == "active_conflict") & (rows["mandate"] == "mix_2007")]
    relief = war.pivot(index="replicate", columns="integration", values="need_met_relief")
    table = pd.read_csv(lived / "experiments/humanitarian_space/against_full.csv")
    row = table[
        (table["situation"] == "active_conflict")
        & (table["form"] == "asymmetric")
        & (table["outcome"] == "need_met_relief")
    ].iloc[0]
    assert row["difference"] == pytest.approx((relief["asymmetric"] - relief["full"]).mean(), rel=1e-3)
    assert row["pairs"] == 4


def test_what_is_kept_can_be_read_and_written_again(lived):
    found = committed("humanitarian_space")
    assert found.made["command"] == " ".join(["mipo study humanitarian_space", *TINY])
    page = (lived / "experiments/humanitarian_space/README.md").read_text(encoding="utf-8")
    assert page == study_page(found)
    assert "18 points with 4 worlds each: 72 worlds." in page
    assert not (lived / "findings.md").exists(), "an overview needs all studies"


def test_a_second_run_uses_the_first(lived, capsys):
    before = {file: file.stat().st_mtime_ns for file in (lived / "results").rglob("rows-*.parquet")}
    assert main(["study", "humanitarian_space", *TINY, f"output={lived / 'results'}", "workers=1"]) == 0
    assert before == {file: file.stat().st_mtime_ns for file in (lived / "results").rglob("rows-*.parquet")}
    said = capsys.readouterr().out
    assert "Does asymmetric integration protect humanitarian space?" in said
    assert "4 worlds of each of 18 points" in said
    assert "**" not in said


def test_a_study_of_ones_own(tmp_path, capsys):
    (tmp_path / "mine/study").mkdir(parents=True)
    text = (CONFIGS / "study/leadership.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine/study/bosses.yaml").write_text(text.replace("Leaders, teams and hats", "Bosses"))
    words = ["study", "bosses", "--config-dir", str(tmp_path / "mine")]
    assert main([*words, *TINY, f"output={tmp_path}", "workers=1"]) == 0
    assert capsys.readouterr().out.startswith("Bosses\n")
    (made,) = tmp_path.glob("bosses-*/**/made_by.json")
    command = json.loads(made.read_text(encoding="utf-8"))["command"]
    assert shlex.split(command)[-2:] == words[-2:], "it can be pasted"
    assert main([*words, "--write"]) == 2
    assert "--config-dir" in capsys.readouterr().err


def test_without_a_name_studies_are_listed(capsys):
    assert main(["study"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ASKED)


def test_sweep_takes_a_study(capsys, tmp_path):
    assert main(["sweep", "study=ownership_and_speed", *TINY, f"output={tmp_path}", "--dry-run"]) == 0
    assert "72 in 18 points" in capsys.readouterr().out
    assert not any(tmp_path.iterdir())


# -- what is refused ------------------------------------------------------------------------------------

SPEC = {
    "kind": "grid",
    "levers": {"integration": ["coexistence", "full"], "funding": ["pooled", "earmarked"]},
    "contexts": {"scenario": ["post_crisis", "weak_state"]},
}
WORDS = dict.fromkeys(("title", "question", "expectation", "change_our_mind"), "Words.")
BEST = {"analysis": "best_by_situation", "outcome": "need_met"}


def read(answer=BEST, spec=SPEC, **changes):
    told = WORDS | {"answers": {"one": answer}} | changes
    return Study.read("trial", told, spec, make_design(spec))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (BEST | {"analysis": "best_by_situaton"}, "did you mean 'best_by_situation'"),
        (BEST | {"outcome": "need_mett"}, "did you mean 'need_met'"),
        (BEST | {"outcme": "need_met"}, "has no 'outcme'"),
        (BEST | {"reference": "full-pooled"}, "best_by_situation takes no reference"),
        ({"analysis": "differences", "outcome": "need_met"}, "needs reference"),
        (
            {"analysis": "differences", "outcome": "need_met", "reference": "full-poled"},
            "did you mean 'full-pooled'",
        ),
        (BEST | {"form": ["integraton"]}, "did you mean 'integration'"),
        (BEST | {"form": ["integration"]}, "two points have the same form and situation"),
        (BEST | {"where": {"funding": "convened"}}, "no point of the design meets"),
        ({"analysis": "sobol_indices", "outcome": "need_met"}, "needs a design of kind saltelli"),
        ("best", "takes an analysis"),
    ],
)
def test_answers_that_cannot_be_given(answer, words):
    with pytest.raises(ParameterError) as refusal:
        read(answer)
    assert words in str(refusal.value)


@pytest.mark.parametrize("name", ["../../elsewhere", "spread", 7])
def test_an_answer_is_named_as_a_file_can_be(name):
    with pytest.raises(ParameterError, match="an answer's name"):
        read(answers={name: BEST})


def test_runs_of_different_length_have_no_common_curve():
    spec = SPEC | {"contexts": {"scenario": ["post_crisis", "darfur"]}}
    with pytest.raises(ParameterError, match="runs of one length"):
        read({"analysis": "survival"}, spec)


def test_all_faults_of_a_study_are_told_at_once():
    with pytest.raises(ParameterError) as refusal:
        read(BEST | {"outcome": "nothing"}, title="", sise={}, sizes={"full": {"worlds": 1}})
    assert "words for title" in str(refusal.value)
    assert "no outcome 'nothing'" in str(refusal.value)
    assert "has no 'sise'" in str(refusal.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["leadershp"], "did you mean 'leadership'"),
        (["leadership", "size=ful"], "did you mean 'full'"),
        (["leadership", "precision=0.1"], "precision"),
        (["leadership", "worlds=0"], "worlds"),
        (["form_by_situation"], "no study named"),
        (["leadership", "scenario=liberi"], "did you mean 'liberia'"),
    ],
)
def test_what_cannot_be_asked_for(words, said, capsys):
    assert main(["study", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_too_few_worlds_are_told_in_one_line(tmp_path, capsys):
    words = ["study", "humanitarian_space", *TINY[:-1], "worlds=1", f"output={tmp_path}", "workers=1"]
    assert main(words) in (0, 2)
    assert "Traceback" not in capsys.readouterr().err


def test_a_word_goes_before_a_size():
    assert read_study("leadership", ["size=full", "worlds=70"])[1].replicates == 70
    with pytest.raises(Refusal):
        read_study("nothing")


# -- what is said follows from the numbers ------------------------------------------------------------


def worlds(values, reference="", overall=True, outcome="need_met"):
    """Worlds from an array [form, situation, replicate]; forms a, b ..., situations x, y ..."""
    values = np.asarray(values, np.float64)
    index = pd.MultiIndex.from_product(
        [list("abcdef")[: values.shape[0]], list("xyz")[: values.shape[1]], range(values.shape[2])],
        names=["form", "situation", "replicate"],
    )
    rows = pd.DataFrame({outcome: values.ravel()}, index).reset_index()
    return Worlds(rows, (outcome,), reference, overall, (), (), 1, 144)


def test_difference_of_the_mean_over_situations():
    rng = np.random.default_rng(1)
    luck = rng.normal(size=(1, 2, 50))
    gain = np.array([0, 0.2])[:, None] * np.array([1, 3])[None, :]
    table = METHODS["differences"].find(worlds(luck + gain[:, :, None], reference="a"))
    found = table.set_index("situation")["difference"]
    assert found.to_dict() == pytest.approx({"all situations": 0.4, "x": 0.2, "y": 0.6})
    apart = METHODS["differences"].find(worlds(luck + gain[:, :, None], "a", overall=False))
    assert "all situations" not in set(apart["situation"])


def test_a_picture_of_means_over_situations_says_so():
    luck = np.random.default_rng(1).normal(size=(2, 3, 50))
    luck[:, 2, :10] = np.nan
    method = METHODS["differences"]

    def said(values, **settings):
        return " ".join(
            text.get_text()
            for text in method.draw(method.find(worlds(values, "a", **settings))).findobj(Text)
        )

    assert "mean over 3 situations, 40 pairs in each" in said(luck)
    luck[:, 2] = np.nan
    never = said(luck)
    assert "mean over" not in never and "95 % interval over 50 pairs" in never, "a mean that is not defined"
    assert "mean over" not in said(luck, overall=False)


def test_a_rare_event_that_never_differs_is_not_known_to_be_the_same():
    table = METHODS["differences"].find(worlds(np.zeros((2, 2, 6)), "a", outcome="relapse_5_years"))
    row = table[table["situation"] == "all situations"].iloc[0]
    assert row["difference"] == 0
    assert row["low"] < -0.1 < 0.1 < row["high"]


def test_best_is_said_only_where_it_is_clear():
    rng = np.random.default_rng(2)
    values = rng.normal(0.5, 0.01, size=(3, 2, 40))
    values[1, 0] += 0.2
    method = METHODS["best_by_situation"]
    (said,) = method.say(method.find(worlds(values)))
    assert said == "Need met. Clearly best: b for x. Too close to call: y (between all forms)."
    heads, *lines = method.lay_out(method.find(worlds(values)))
    assert heads == ("form", "x", "y")
    assert lines[1][1].endswith("**best**")
    assert lines[1][2].endswith("(may be best)")


def test_sentences_say_which_way():
    rng = np.random.default_rng(3)
    luck = rng.normal(0, 0.001, size=(1, 1, 30)) + 0.5
    values = luck + np.array([0, 0.1, -0.1, 0])[:, None, None] + rng.normal(0, 1e-4, size=(4, 1, 30))
    values[3] += np.where(np.arange(30) % 2, 0.3, -0.3)
    table = METHODS["differences"].find(worlds(values, "a"))
    (said,) = METHODS["differences"].say(table)
    assert said.startswith("Need met (points), against a. Better: b +10.0 (+10.0 to +10.0). Worse: c -10.0")
    assert said.endswith("Too close to call: d.")


def best(flags, outcome="need_met"):
    """A table of what may be best, from flags by form in each situation."""
    rows = [
        {"situation": place, "form": form, "possible": possible, "outcome": outcome}
        for place, forms in flags.items()
        for form, possible in forms.items()
    ]
    return pd.DataFrame(rows)


def findings(**tables):
    return Findings(read(), tables, {})


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ({"a": True, "b": False}, {"a": False, "b": True}, "**Form follows function for need met**"),
        (
            {"a": True, "b": False},
            {"a": True, "b": True},
            "need not change with the situation: a may be best",
        ),
        ({"a": True, "b": True}, {"a": True, "b": True}, "too close to call in all 2"),
    ],
)
def test_whether_one_form_serves_everywhere(x, y, words):
    table = best({"x": x, "y": y})
    said = list(one_for_all(findings(best_for_need=table, best_against_relapse=table)))
    assert all(words in sentence for sentence in said)


@pytest.mark.parametrize(
    ("possible", "said"),
    [
        ((True, False), []),
        (
            (True, True),
            ["No later start than month 48 was tried: where it may be best, a later one may be better."],
        ),
    ],
)
def test_the_end_of_what_was_tried_is_said(possible, said):
    table = best({"war": dict(zip(("month_0", "month_48"), possible, strict=True))})
    assert list(latest_tried(findings(start=table))) == said


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ((False, False), "inverted U"),
        ((True, False), "a fall"),
        ((False, True), "a rise"),
        ((True, True), "neither"),
    ],
)
def test_inverted_u(ends, words):
    def table(prefix):
        return best(
            {"few": {f"{prefix}depth_0": ends[0], f"{prefix}depth_50": True, f"{prefix}depth_100": ends[1]}}
        )

    said = list(inverted_u(findings(best_depth=table(""), best_depth_helped=table("helped_"))))
    assert len(said) == 2
    assert all(words in sentence for sentence in said)


def differences(rows):
    names = ["form", "situation", "outcome", "difference", "low", "high"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(clear=(table["low"] > 0) | (table["high"] < 0), reference="a", pairs=10)


@pytest.mark.parametrize(
    ("after", "war", "words"),
    [
        ((0.1, 0.08, 0.12), (-0.1, -0.12, -0.08), "suits the time after a crisis better"),
        ((-0.1, -0.12, -0.08), (0.1, 0.08, 0.12), "suits a war better"),
        ((0.1, -0.1, 0.3), (0, -0.2, 0.2), "too close to call"),
    ],
)
@pytest.mark.parametrize(("outcome", "sign"), [("need_met", 1), ("relapse_5_years", -1)])
def test_integration_after_a_crisis_and_in_war(after, war, words, outcome, sign):
    other = "relapse_5_years" if outcome == "need_met" else "need_met"
    rows = [("full", place, other, 0, 0, 0) for place in ("post_crisis", "active_conflict")]
    for place, (mean, low, high) in (("post_crisis", after), ("active_conflict", war)):
        bounds = sorted((sign * low, sign * high))
        rows.append(("full", place, outcome, sign * mean, *bounds))
    said = list(after_crisis(findings(against_apart=differences(rows))))
    assert words in said[0 if outcome == "need_met" else 1]


def test_what_has_no_mean_over_situations_is_told_where_it_is_defined():
    table = differences(
        [
            ("b", "all situations", "need_met", 0.1, 0.05, 0.15),
            ("b", "x", "need_met", 0.1, 0.05, 0.15),
            ("b", "all situations", "need_met_after", np.nan, np.nan, np.nan),
            ("b", "x", "need_met_after", -0.1, -0.15, -0.05),
            ("b", "y", "need_met_after", np.nan, np.nan, np.nan),
        ]
    )
    table["pairs"] = table["difference"].notna().astype(int)
    assert METHODS["differences"].say(table) == [
        "Need met (points), against a, mean over 2 situations. Better: b +10.0 (+5.0 to +15.0).",
        "Need met after the mission (points), against a, x. Worse: b -10.0 (-15.0 to -5.0).",
    ]


def test_whether_the_adaptive_form_beats_all():
    where = "all situations"
    rows = [(form, where, "need_met", -0.1, -0.2, -0.05) for form in ("deep", "flat")]
    rows += [
        ("deep", where, "relapse_5_years", 0.1, 0.05, 0.2),
        ("flat", where, "relapse_5_years", -0.1, -0.2, -0.05),
    ]
    need, relapse = adaptive_against_fixed(findings(against_adaptive=differences(rows)))
    assert need.endswith("beats every fixed one, clearly.")
    assert "beats deep; is beaten by flat" in relapse


def test_lists_in_sentences():
    assert [listed(names) for names in ([], ["a_b"], ["a", "b"], ["a", "b", "c"])] == [
        "none",
        "a b",
        "a and b",
        "a, b and c",
    ]
    assert listed(list("abcdefg")) == "a, b, c, d and 3 others"
