"""Results answer questions in a notebook: a table, its picture, and one clear line where they cannot."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sweeping import SMALL

import mipo_sim
from mipo_sim import analysis
from mipo_sim.parameters import ParameterError
from mipo_sim.sweeps.answers import Answers
from mipo_sim.sweeps.designs import make_design
from mipo_sim.sweeps.finding import Finding
from mipo_sim.sweeps.sweep import Sweep

HERE = mipo_sim.Situation(name="here", title="A place", story="Stylised.", map="heartland", months=26)
FORMS = {
    "wide": {"mandate.troops": 15},
    "no_mission": {"mandate.deploy": 0},
    "busy": {"partners.ngo_groups": 6},
}
QUESTIONS = ("survival", "ends", "hazard", "differences", "overhead", "months", "money", "comparison")
JUDGEMENTS = ("variance", "best", "robustness")


@pytest.fixture(scope="module")
def results():
    return mipo_sim.Experiment(FORMS, HERE, worlds=4).run()


def swept(folder, design, replicates=3, **settings):
    return Sweep(make_design({**design, "base": SMALL}), folder, replicates=replicates, **settings).run()


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    design = {
        "kind": "grid",
        "levers": {"mandate.troops": [2, 12]},
        "contexts": {"situation.hostility": [-0.5, 0.5]},
    }
    return swept(tmp_path_factory.mktemp("grid") / "sweep", design)


def words_in(figure):
    return " ".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))


# -- a run ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_run_answers_with_a_table_and_its_picture(results, question):
    found = getattr(results, question)()
    assert isinstance(found, Finding) and len(found.table)
    said = words_in(found.plot())
    for words in (
        results.manifest["config"],
        mipo_sim.__version__,
        "seed 2007",
        "4 worlds of each form",
        "Stylised",
    ):
        assert words in said


@pytest.mark.parametrize("question", JUDGEMENTS)
def test_a_run_answers_what_is_asked_of_an_outcome(results, question):
    asked = ["need_met"] if question == "variance" else "need_met"
    found = getattr(results, question)(asked)
    assert results.manifest["config"] in words_in(found.plot()) and len(found.table)


def test_tables_are_those_of_the_analyses(results):
    pd.testing.assert_frame_equal(results.survival().table, analysis.survival(results.outcomes, 26))
    pd.testing.assert_frame_equal(results.overhead().table, analysis.overhead_by_cause(results.outcomes))
    asked = ["need_met", "cost"]
    against = analysis.paired_differences(results.outcomes, "wide", "busy", asked)
    pd.testing.assert_frame_equal(results.differences("busy", asked).table, against)


def test_the_form_in_question_is_compared_with_the_others_or_they_with_it(results):
    def compared(reference=None):
        table = results.differences(reference, ["cost"]).table
        return list(zip(table["form"], table["reference"], strict=True))

    assert compared() == [("wide", "no_mission"), ("wide", "busy")]
    assert compared("busy") == [("wide", "busy")]
    assert compared("wide") == [("no_mission", "wide"), ("busy", "wide")]


def test_questions_can_be_narrowed_down(results):
    assert set(results.survival({"form": ["wide", "busy"]}).table["form"]) == {"wide", "busy"}
    with pytest.raises(analysis.AnalysisError, match="no form named 'wid'; did you mean 'wide'"):
        results.survival({"form": "wid"})
    with pytest.raises(analysis.AnalysisError, match="no column 'scenari'"):
        results.overhead({"scenari": "liberia"})
    with pytest.raises(analysis.AnalysisError, match="no form named 'none'"):
        results.differences("none")
    with pytest.raises(analysis.AnalysisError, match="no measure named 'need'"):
        results.months("need")


def test_a_single_form_and_a_single_world_are_answered_too():
    alone = mipo_sim.Experiment({"a": {}}, mipo_sim.Situation(months=2), worlds=1).run()
    assert alone.differences().table.empty and "no other form" in words_in(alone.differences().plot())
    for question in ("survival", "ends", "hazard", "overhead", "money", "comparison"):
        assert "nan" not in words_in(getattr(alone, question)().plot())
    with pytest.raises(analysis.AnalysisError, match="need 2 replicates"):
        alone.variance(["need_met"])
    assert "seed 2007" in words_in(alone.best("need_met").plot())


def test_a_finding_is_shown_and_kept(results, tmp_path):
    found = results.differences("busy", ["cost", "need_met"])
    assert "need_met" in str(found) and found.source in str(found)
    assert repr(found).count("\n") == 0 and found.source in repr(found)
    assert "<table" in found._repr_html_() and "A place" in found._repr_html_()
    for ending, start in (
        ("png", b"\x89PNG"),
        ("svg", b"<?xml"),
        ("pdf", b"%PDF"),
        ("csv", b"form,reference"),
    ):
        found.save(tmp_path / f"kept.{ending}")
        assert (tmp_path / f"kept.{ending}").read_bytes().startswith(start)
    with pytest.raises(mipo_sim.ParameterError, match="not 'pgn'; did you mean 'png'"):
        found.save(tmp_path / "kept.pgn")
    assert len(list(tmp_path.iterdir())) == 4


def test_worlds_of_a_run_can_be_had_as_labelled_arrays(results):
    arrays = results.to_xarray()
    assert dict(arrays.sizes) == {"form": 3, "replicate": 4}
    assert arrays["form"].values.tolist() == list(FORMS), "in the order of the experiment"
    assert arrays["cost"].attrs["units"] == "$m a year"
    busy = results.outcomes.query("form == 'busy' and replicate == 2")
    assert float(arrays["need_met"].sel(form="busy", replicate=2)) == busy["need_met"].item()


def test_luck_that_brings_parameters_along_is_not_called_luck_alone():
    drawn = mipo_sim.Experiment(
        FORMS, mipo_sim.Situation(months=3), worlds=3, parameters="posterior"
    ).run()  # fmt: skip
    effects = set(drawn.variance(["need_met"]).table["effect"])
    assert "luck and parameters" in effects and "luck" not in effects


# -- a sweep ----------------------------------------------------------------------------------------------


def test_a_sweep_answers_of_forms_and_situations(sweep):
    best = sweep.best("need_met")
    assert set(best.table["form"]) == {"troops_2", "troops_12"}
    assert set(best.table["situation"]) == {"hostility_-0.5", "hostility_0.5"}
    said = words_in(best.plot())
    assert "what makes worlds differ" in said and "3 worlds of each cell" in said and "seed 2007" in said
    assert set(sweep.robustness("need_met", thresholds=[0.3]).table["situations"]) == {2}
    effects = set(sweep.variance(["need_met"]).table["effect"])
    assert {"luck", "situation", "form"} <= effects


def test_points_of_a_sweep_are_set_side_by_side_as_forms_of_a_run_are(sweep, tmp_path):
    found = sweep.comparison()
    assert isinstance(found, Finding)
    cells = sweep.design.rows(0, 4)
    theirs = analysis.compare_cells(sweep.outcomes, cells, ["situation.hostility"])
    pd.testing.assert_frame_equal(found.table, theirs)
    said = words_in(found.plot())
    assert "3 worlds of each cell" in said and "seed 2007" in said
    found.save(tmp_path / "kept.csv")
    assert len(pd.read_csv(tmp_path / "kept.csv")) == len(found.table)


def test_what_is_asked_of_one_situation_is_asked_of_one(sweep):
    with pytest.raises(analysis.AnalysisError, match=r"one situation at a time.*'hostility_-0.5'"):
        sweep.survival()
    for question in ("survival", "ends", "hazard", "overhead", "months", "money", "trade_off"):
        settings = {"columns": ["need_met", "cost"]} if question == "trade_off" else {}
        found = getattr(sweep, question)(only={"situation.hostility": 0.5}, **settings)
        assert set(found.table["form"]) == {"troops_2", "troops_12"}
        assert "3 worlds of each" in words_in(found.plot())


def test_differences_of_a_sweep_are_paired_within_situations(sweep):
    table = sweep.differences(columns="need_met").table
    assert list(table["situation"]) == ["hostility_-0.5", "hostility_0.5"]
    assert (set(table["form"]), set(table["reference"])) == ({"troops_12"}, {"troops_2"})
    assert set(table["pairs"]) == {3}
    rows = (
        sweep.worlds_by_form()
        .query("situation == 'hostility_0.5'")
        .pivot(index="replicate", columns="form")["need_met"]
    )
    assert table["difference"].iloc[1] == pytest.approx((rows["troops_12"] - rows["troops_2"]).mean())


@pytest.fixture(scope="module")
def crossed(tmp_path_factory):
    design = {
        "kind": "grid",
        "levers": {"funding": ["pooled", "earmarked"]},
        "contexts": {"situation.hostility": [-0.5, 0.5], "scenario": ["post_crisis", "liberia"]},
    }
    return swept(tmp_path_factory.mktemp("crossed") / "sweep", design, replicates=2)


@pytest.mark.parametrize(
    "question", ["survival", "ends", "hazard", "overhead", "months", "money", "trade_off"]
)
def test_a_picture_of_one_cell_is_titled_by_the_cell(crossed, question):
    cell = {"scenario": "post_crisis", "situation.hostility": -0.5}
    found = getattr(crossed, question)(only=cell)
    assert found.title == "Post-crisis, hostility -0.5"
    assert found.title in words_in(found.plot())


def test_a_title_says_what_situations_share_and_rows_what_sets_them_apart(crossed):
    found = crossed.differences("pooled", ["need_met"])
    assert found.title == "Post-crisis, Liberia"
    said = words_in(found.plot())
    for words in (
        "Post-crisis + hostility -0.5",
        "Liberia + hostility 0.5",
        "Need met: what earmarked changes",
    ):
        assert words in said
    here = crossed.differences("pooled", ["need_met"], only={"situation.hostility": 0.5})
    assert here.title == "Post-crisis, Liberia, hostility 0.5"
    names = [label.get_text() for label in here.plot().axes[0].get_yticklabels()]
    assert names == ["Post-crisis", "Liberia"]
    assert "Post-crisis\n+ hostility -0.5" in words_in(crossed.best("need_met").plot())


def test_named_points_name_their_forms_in_every_situation(tmp_path):
    design = {
        "kind": "points",
        "points": {"few": {"mandate.troops": 2}, "many": {"mandate.troops": 12}},
        "contexts": {"situation.hostility": [-0.5, 0.5]},
    }
    worlds = swept(tmp_path / "points", design, replicates=1).worlds_by_form()
    assert list(worlds["form"]) == ["few", "few", "many", "many"]
    assert list(worlds["mandate.troops"]) == [2, 2, 12, 12]
    assert list(worlds["situation"]) == ["hostility_-0.5", "hostility_0.5"] * 2


def test_names_are_kept_for_forms_only_where_each_is_one_form():
    levers = pd.DataFrame({"troops": [2, 2, 12, 12]})
    names_of = analysis.names_of_points
    assert names_of(["a-1", "a-2", "b-1", "b-2"], levers) == ["a", "a", "b", "b"]
    assert names_of(["plan-1", "plan-2"], levers.iloc[[0, 2]]) == ["plan-1", "plan-2"]
    assert names_of(["here", "there", "b-1", "b-2"], levers) == []


def test_a_wish_that_names_no_form_and_no_column_is_refused(sweep):
    with pytest.raises(analysis.AnalysisError, match="no form named 'troops_3'; did you mean 'troops_2'"):
        sweep.differences("troops_3")
    with pytest.raises(analysis.AnalysisError, match=r"no form named \{"):
        sweep.differences({"troops_2": 1})
    for question in (sweep.best, sweep.robustness):
        with pytest.raises(analysis.AnalysisError, match="no column 'need_mt'; did you mean 'need_met'"):
            question("need_mt")
    with pytest.raises(ParameterError, match=r"run\(overrides={'mandate.troops': ...}\)"):
        mipo_sim.run(**{"mandate.troops": 8})
    with pytest.raises(ParameterError, match="compare takes a Sweep, not 'full'"):
        mipo_sim.compare("full", 0.1)
    with pytest.raises(analysis.AnalysisError, match="only takes columns with what is wanted"):
        sweep.differences(only="troops_2")


def test_worlds_that_failed_or_are_not_there_yet_are_left_out(sweep, monkeypatch):
    rows = sweep.outcomes.copy()
    rows.loc[0, "failed"] = "overflow"
    monkeypatch.setitem(sweep.__dict__, "outcomes", rows)
    table = sweep.differences(columns=["need_met"]).table
    assert sorted(table["pairs"]) == [2, 3]


def test_sensitivity_is_asked_of_a_design_that_was_made_for_it(sweep, tmp_path):
    with pytest.raises(analysis.AnalysisError, match="kind saltelli or morris; this is of kind grid"):
        sweep.sensitivity()
    axes = {"mandate.troops": {"low": 2, "high": 20}, "integration.tactical": {"low": 0, "high": 1}}
    saltelli = swept(tmp_path / "saltelli", {"kind": "saltelli", "n": 4, "levers": axes}, replicates=2)
    found = saltelli.sensitivity("need_met")
    assert set(found.table["axis"]) == set(axes) and "alone (first order)" in words_in(found.plot())
    other = swept(tmp_path / "other", {"kind": "saltelli", "n": 4, "levers": axes}, replicates=2, seed=1)
    between = saltelli.sensitivity("need_met", against=other).table
    assert not np.allclose(between["value"], found.table["value"])
    morris = swept(tmp_path / "morris", {"kind": "morris", "n": 4, "levels": 4, "levers": axes}, replicates=1)
    assert "how far each axis moves it" in words_in(morris.sensitivity("need_met").plot())


def test_boxes_are_sought_in_the_space_that_was_swept(tmp_path):
    levers = {"mandate.troops": {"low": 2, "high": 20}}
    contexts = {"situation.hostility": {"low": -1, "high": 1}}
    design = {"kind": "latin_hypercube", "n": 24, "levers": levers, "contexts": contexts}
    space = swept(tmp_path / "space", design, replicates=1)
    space.outcomes["met"] = (space.outcomes["situation.hostility"] > 0).astype(float)
    found = space.boxes("met")
    assert set(found.table["axis"]) == {"situation.hostility"}
    assert "% everywhere" in words_in(found.plot())


# -- the gallery ------------------------------------------------------------------------------------------

DOCS = Path(__file__).parents[1] / "docs"


def test_the_gallery_shows_a_small_picture_for_every_question():
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    shown = re.findall(r"\]\((images/gallery/.*?)\)", page)
    assert {(DOCS / place).name for place in shown} == {
        file.name for file in (DOCS / "images/gallery").iterdir()
    }
    assert max((DOCS / place).stat().st_size for place in shown) < 80_000
    asked = set(re.findall(r"`\w+\.(\w+)\(", page))
    questions = {name for name in vars(Answers) if not name.startswith("_")} | {"sensitivity", "boxes"}
    about = {"source", "caveat", "chosen", "draws_parameters", "length_of", "title_of", "titles_of"}
    tables = {"worlds_by_form", "monthly_by_form", "to_xarray", "comparison"}
    assert questions - about - tables <= asked
