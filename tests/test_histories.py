"""Case histories: their files, what is held against what, the pages, and the command."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from mipo_sim.claims.ledger import CLAIMS
from mipo_sim.command import history as command
from mipo_sim.command_line import main
from mipo_sim.evidence.histories import AS_DECIDED, UNIFORMED, WAR, date_in_words
from mipo_sim.evidence.history_files import FOLDER, cases, read_history
from mipo_sim.evidence.history_page import case_page
from mipo_sim.evidence.history_tables import fact_rows, judgement, moves
from mipo_sim.evidence.retelling import COLUMNS, DRAWN, Retelling, held_against, retell
from mipo_sim.figures import as_bytes
from mipo_sim.figures.history import history_figure
from mipo_sim.parameters import ParameterError
from mipo_sim.parameters.options import compose, options

CHECKOUT = Path(__file__).parents[1]
FIGURES = (CHECKOUT / "docs" / "figures.md").read_text(encoding="utf-8")
EVERY = pytest.mark.parametrize("case", cases())


@pytest.fixture(scope="module")
def sierra_leone():
    return retell(read_history("sierra_leone"), worlds=4)[1]


# -- the files --------------------------------------------------------------------------------------


def test_every_stylised_case_has_its_history():
    assert cases() == [name for name in options("scenario") if compose(name).history]


@EVERY
def test_file_is_whole(case):
    history = read_history(case)
    assert history.scene.choices["scenario"] == case
    assert len(history.counterfactuals) == 2
    assert len(history.decisions) >= 3
    assert len([fact for fact in history.happened if not fact.given]) >= 3
    assert history.not_in_model
    for sentence in (*(d.what for d in history.decisions), *(fact.what for fact in history.happened)):
        assert re.fullmatch(r"[A-Z0-9].*\.", sentence), sentence
    for other in history.counterfactuals:
        assert re.fullmatch(r"What if .*\?", other.question)
        assert set(other.claims) <= {claim.id for claim in CLAIMS}


@EVERY
def test_month_zero_is_the_date_in_the_story_of_the_scenario(case):
    history = read_history(case)
    assert f" {history.date_of(0)}" in history.scene.story


@EVERY
def test_cited_figures_exist(case):
    text = (FOLDER / f"{case}.yaml").read_text(encoding="utf-8")
    for row in re.findall(r"\b([A-E]\d{1,2})\b", " ".join(re.findall(r"figures ([^\"\n]*)", text))):
        assert f"| {row} |" in FIGURES, f"{case} cites figures {row}"


@EVERY
def test_counterfactual_parts_from_the_case_and_not_before_its_time(case):
    history = read_history(case)
    for other in history.counterfactuals:
        assert (other.values, other.decisions) != (history.scene.values, history.decisions)
    experiment = history.experiment(worlds=1)
    assert list(experiment.forms) == [AS_DECIDED, *(other.name for other in history.counterfactuals)]
    assert experiment.situation.months == history.scene.months


def test_dates_are_months_of_the_run():
    history = read_history("sierra_leone")
    assert [d.month for d in history.decisions] == [4, 7, 17, 36, 75]
    assert history.date_of(0) == "October 1999"
    assert date_in_words("1999-10", 3) == "January 2000"
    assert history.span == "October 1999 to September 2011"


def test_option_sets_its_whole_group_and_a_lever_goes_before_it():
    leaving = read_history("sierra_leone").decisions[3]
    assert leaving.values["exit.follow_on"] == compose(exit="unamsil_uniosil").values["exit.follow_on"]
    assert leaving.values["exit.by_benchmarks"] == 0
    assert not {name for name in leaving.values if not name.startswith("exit.")}


def test_moves_tell_from_what_to_what():
    history = read_history("darfur")
    told = moves(history.scene.values, history.decisions)
    assert told[0] == "`mandate.troops` 26 to 20.9"
    assert told[1] == "`mandate.troops` 20.9 to 19.2"
    assert told[4].startswith("`exit=unamid`, `exit.timetable_month` 72 to 155")


# -- mistakes ---------------------------------------------------------------------------------------


def damaged(tmp_path, change):
    """Read Sierra Leone's file with a change."""
    tree = yaml.safe_load((FOLDER / "sierra_leone.yaml").read_text(encoding="utf-8"))
    change(tree)
    (tmp_path / "broken.yaml").write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    with pytest.raises(ParameterError) as refusal:
        read_history("broken", tmp_path)
    return str(refusal.value)


def put(*path, value):
    """Change one entry of a tree."""

    def change(tree):
        for key in path[:-1]:
            tree = tree[key]
        tree[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("begins", value="October"), "begins takes a date like 1999-10, not 'October'"),
        (put("scenario", value="sierra"), "did you mean 'sierra_leone'"),
        (put("decisons", value=[]), "the file takes no 'decisons'; did you mean 'decisions'?"),
        (put("decisions", value="none"), "decisions takes a list of entries"),
        (put("start", value=["stay"]), "start takes entries with a name"),
        (put("start", "choose", "exit", value="stays"), "start: exit has no option 'stays'; did you mean"),
        (put("start", "choose", "exits", value="stay"), "start: no group named 'exits'; did you mean"),
        (put("decisions", 0, "date", value="1998-01"), "1998-01 is outside the run, which lasts from Oct"),
        (put("decisions", 0, "date", value="2000-13"), "a date is written like 2000-05, not '2000-13'"),
        (put("decisions", 1, "date", value="2000-02"), "February 2000 comes after February 2000; one"),
        (put("decisions", 0, "source", value="hearsay"), "a source is 'found: ' and where, or 'remembered'"),
        (put("decisions", 0, "source", value="found"), "a source is 'found: ' and where, or 'remembered'"),
        (put("decisions", 0, "set", value={"mandate.trops": 8}), "did you mean 'mandate.troops'"),
        (put("decisions", 0, "set", value={"mandate.troops": 80}), "from 0 to 60, not 80"),
        (put("decisions", 0, "set", value={"situation.violence": 0}), "situation.violence cannot be decided"),
        (put("decisions", 0, "set", value={}), "decisions, entry 1 moves nothing"),
        (put("decisions", 0, "set", value={"funding.earmarked": 0.95}), "February 2000: funding.earmarked"),
        (put("happened", 0, "measure", value="wars"), "no measure named 'wars'; did you mean 'war'?"),
        (put("happened", 0, "value", value=[1, 0]), "value takes a number, or the low and the high"),
        (put("happened", 0, "dates", value=["2001-01", "2000-01"]), "2000-01 is before 2001-01"),
        (put("happened", 1, "name", value="war_in_2000"), "happened has the name 'war_in_2000' twice"),
        (put("counterfactuals", value=None), "the file lacks counterfactuals"),
        (put("counterfactuals", value=[{}]), "a case has two counterfactuals, not 1"),
        (put("counterfactuals", 0, "without", value=["2003-01"]), "nothing was decided in January 2003"),
        (put("counterfactuals", 0, "without", value="2003-01"), "without takes a list, not '2003-01'"),
        (put("counterfactuals", 0, "claims", value="E5"), "claims takes a list, not 'E5'"),
        (put("counterfactuals", 0, "decisions", value=["leave"]), "takes entries with a name, not 'leave'"),
        (put("not_in_model", value="much"), "not_in_model takes a list, not 'much'"),
        (put("counterfactuals", 0, "name", value="as_decided"), "has the name 'as_decided' twice"),
        (put("counterfactuals", 0, "name", value="no office"), "a name has letters, digits, _ and -"),
    ],
)  # fmt: skip
def test_mistake_is_told_in_one_line(tmp_path, change, said):
    text = damaged(tmp_path, change)
    assert said in text
    assert text.count("\n") <= 3  # what is missing because of it has lines of its own


def test_every_mistake_has_its_line(tmp_path):
    def change(tree):
        put("decisions", 0, "set", value={"mandate.trops": 8})(tree)
        put("happened", 0, "measure", value="wars")(tree)
        put("happened", 1, "source", value="hearsay")(tree)

    lines = damaged(tmp_path, change).splitlines()
    assert len(lines) == 4  # a decision that sets nothing that can be meant moves nothing, too
    assert all(line.startswith("history broken: ") for line in lines)


def test_unreadable_file_is_told_with_its_line(tmp_path):
    (tmp_path / "torn.yaml").write_text("scenario: darfur\nbegins: [2008", encoding="utf-8")
    with pytest.raises(ParameterError, match="history torn: the file cannot be read in line 2"):
        read_history("torn", tmp_path)


# -- holding against what happened ------------------------------------------------------------------


def fact_of(**named):
    return replace(read_history("sierra_leone").happened[0], **named)


def test_fact_is_held_against_the_mean_of_its_months():
    months = np.arange(12, dtype=float).reshape(6, 2)  # two worlds: 0 2 4 6 8 10, and 1 3 5 7 9 11
    lived = {"violence": months, "harm": np.full((6, 2), 2.0)}
    fact = fact_of(measure="violence", months=(1, 3))
    np.testing.assert_allclose(held_against(fact, lived), [4, 5])
    np.testing.assert_allclose(held_against(replace(fact, per="harm"), lived), [2, 2.5])
    np.testing.assert_allclose(held_against(replace(fact, against=(4, 5)), lived), [4 / 9, 5 / 10])


def test_share_of_nothing_is_not_defined():
    lived = {"harm_by_soldiers": np.ones((3, 1)), "harm": np.zeros((3, 1))}
    assert np.isnan(held_against(fact_of(measure="harm_by_soldiers", per="harm", months=(0, 2)), lived)).all()


def table_with(low, high, alike_to=1.0):
    fact = ("fact", AS_DECIDED, "f", None, 0.5, 0.4, 0.6, low, high, 50)
    alike = ("alike", AS_DECIDED, "f", None, 0.3, 0.2, alike_to, np.nan, np.nan, 50)
    return Retelling(read_history("darfur"), pd.DataFrame([fact, alike], columns=COLUMNS), {})


@pytest.mark.parametrize(
    ("low", "high", "alike_to", "said"),
    [
        (0.1, 0.6, 0.9, "inside"),
        (0.6, 0.9, 0.9, "inside"),  # the edges belong to the band
        (0.1, 0.6, 0.4, "inside, in few worlds"),
        (0.7, 0.9, 0.9, "model higher"),
        (0.0, 0.3, 0.9, "model lower"),
        (np.nan, np.nan, 0.9, "not defined"),
    ],
)
def test_verdict(low, high, alike_to, said):
    fact = fact_of(name="f", low=0.4, high=0.6, given=False)
    assert judgement(table_with(low, high, alike_to), fact) == said
    assert judgement(table_with(low, high, alike_to), replace(fact, given=True)) == f"{said}, as given"


def test_all_numbers_are_in_their_bounds(sierra_leone):
    table = sierra_leone.findings
    known = table.dropna(subset=["from"])
    assert (known["from"] <= known["mean"] + 1e-9).all() and (known["mean"] <= known["to"] + 1e-9).all()
    assert (table["low"].dropna() <= table["high"].dropna()).all()
    alike = table[table["part"] == "alike"]
    assert alike["mean"].between(0, 1).all()
    assert set(table["what"][table["part"] == "month"]) == set(DRAWN)


def test_worlds_are_the_same_until_something_else_is_decided(sierra_leone):
    parted = {"left_after_the_hostages": 7, "no_office": 36}
    for form, month in parted.items():
        for what in DRAWN:
            here, there = (sierra_leone.months(name, what)["mean"].to_numpy() for name in (AS_DECIDED, form))
            np.testing.assert_array_equal(here[:month], there[:month])
        assert not np.array_equal(
            sierra_leone.months(AS_DECIDED, "need_met")["mean"], sierra_leone.months(form, "need_met")["mean"]
        )


def test_troops_are_authorised_times_arrived_and_gone_when_they_left(sierra_leone):
    troops = sierra_leone.months(AS_DECIDED, UNIFORMED)["mean"].to_numpy()
    assert (troops[:2] == 0).all(), "the mission opens in December 1999"
    assert 0 < troops[3] < 6
    assert 0.85 * 17.5 < troops.max() < 17.5
    assert (troops[74:] == 0).all(), "the last leave in December 2005"
    early = sierra_leone.months("left_after_the_hostages", UNIFORMED)["mean"].to_numpy()
    assert (early[12:] == 0).all()


def test_war_is_violence_above_the_threshold():
    history = read_history("somalia")
    results, told = retell(replace(history, counterfactuals=()), worlds=2)
    row = told.number("fact", "war_for_the_capital")
    months = next(fact for fact in history.happened if fact.name == "war_for_the_capital").months
    assert 0 <= row["mean"] <= 1
    whole = replace(history.happened[0], name="all", measure=WAR, months=(0, history.scene.months - 1))
    told = retell(replace(history, counterfactuals=(), happened=(whole,)), worlds=2)[1]
    kept = float(f"{results.outcomes['war_share'].mean():.4g}")  # as many digits as are written down
    assert told.number("fact", "all")["mean"] == kept
    assert months[1] < history.scene.months


def test_written_and_read_back(sierra_leone, tmp_path):
    file = tmp_path / "sierra_leone.csv"
    file.write_text(sierra_leone.as_csv(), encoding="utf-8")
    again = Retelling.from_csv(sierra_leone.history, file)
    assert again.made == sierra_leone.made
    assert list(fact_rows(again)) == list(fact_rows(sierra_leone))
    assert again.as_csv() == sierra_leone.as_csv()


def test_parameters_can_be_drawn_from_the_posterior(sierra_leone):
    drawn = retell(sierra_leone.history, worlds=4, parameters="posterior")[1]
    assert drawn.made["parameters"] == "posterior"
    assert drawn.made["config"] != sierra_leone.made["config"]
    assert drawn.number("level", "trust")["mean"] != sierra_leone.number("level", "trust")["mean"]


def test_results_of_another_state_of_the_case_are_refused(sierra_leone, tmp_path):
    file = tmp_path / "sierra_leone.csv"
    file.write_text(sierra_leone.as_csv(), encoding="utf-8")
    other = replace(sierra_leone.history, decisions=sierra_leone.history.decisions[:-1])
    with pytest.raises(ParameterError, match="mipo history --write makes it anew"):
        Retelling.from_csv(other, file)
    with pytest.raises(ParameterError, match="no results of sierra_leone"):
        Retelling.from_csv(sierra_leone.history, tmp_path / "nothing.csv")


# -- pages and pictures -----------------------------------------------------------------------------


def test_pages_are_up_to_date():
    for place, text in command.pages().items():
        assert (CHECKOUT / place).read_text(encoding="utf-8") == text, (
            f"{place} lags behind configs/history or its results; mipo history --write"
        )


@EVERY
def test_every_case_has_its_picture(case):
    assert (CHECKOUT / "docs" / "images" / "cases" / f"{case}.png").read_bytes().startswith(b"\x89PNG")


def test_reasons_stand_only_where_model_and_record_differ(sierra_leone):
    page = case_page(sierra_leone)
    for fact in sierra_leone.history.happened:
        if fact.why:
            assert (fact.why in page) == (judgement(sierra_leone, fact) != "inside")
    assert "remembered" in page and "Stylised" in page and "4 worlds of each form" in page


def test_picture_shows_decisions_events_and_where_it_comes_from(sierra_leone):
    figure = history_figure(sierra_leone)
    words = " ".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))
    for word in (
        "as decided",
        "left after the hostages",
        "4 worlds of each form",
        "seed 2007",
        "Stylised",
        "war",
    ):
        assert word in words
    assert all(str(number) in words.split() for number in range(1, 6))
    assert as_bytes(figure, "svg") == as_bytes(history_figure(sierra_leone), "svg")


@pytest.mark.slow
@EVERY
def test_kept_results_are_those_of_this_model(case):
    history = read_history(case)
    kept = Retelling.from_csv(history, CHECKOUT / command.DATA / f"{case}.csv")
    made = kept.made
    now = retell(history, int(made["worlds"]), int(made["seed"]), made["parameters"])[1]
    numbers = ["mean", "from", "to", "low", "high"]
    np.testing.assert_allclose(
        now.findings[numbers], kept.findings[numbers], rtol=1e-3, atol=1e-4, err_msg="mipo history --write"
    )


# -- the command ------------------------------------------------------------------------------------


def test_command_lists_the_cases(capsys):
    assert main(["history"]) == 0
    out = capsys.readouterr().out
    for case in cases():
        assert case in out
    assert "What if the force had left on the same days" in out


def test_command_runs_a_case_and_keeps_it(tmp_path, capsys):
    assert main(["history", "darfur", "--worlds", "2", "--output", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "2 worlds of each form" in out and "95 % intervals" in out and "What if" in out
    (folder,) = tmp_path.iterdir()
    assert {"history.png", "history.csv", "outcomes.parquet", "config.yaml"} <= {
        f.name for f in folder.iterdir()
    }
    assert "decisions" in yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["libria"], "no case named 'libria'; did you mean 'liberia'? (cases: darfur, "),
        (["darfur", "--worlds", "1"], "--worlds takes a whole number from 2"),
        (["darfur", "--worlds", "many"], "--worlds"),
        (["darfur", "--seed", "-1"], "--seed takes a whole number from 0"),
        (["darfur", "somalia"], "somalia"),
    ],
)
def test_command_refuses_in_one_line(words, said, capsys):
    assert main(["history", *words]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("word", ["history=darfur", "+history=darfur"])
def test_a_run_cannot_be_given_a_history(word, capsys):
    assert main(["run", word, "worlds=1"]) == 2
    assert "mipo history CASE runs a case" in capsys.readouterr().err


def test_command_refuses_a_folder_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["history", "darfur", "--worlds", "2", "--output", str(tmp_path / "file")]) == 2
    assert "results cannot be saved" in capsys.readouterr().err
