"""`mipo run -m`: all combinations in one folder, with one table and one picture of them."""

import re
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import mipo_sim
from mipo_sim.analysis import compare_cells, readable_comparison, wilson
from mipo_sim.analysis.cells import CLEAR, MOST_ROWS, UNCLEAR
from mipo_sim.figures import as_bytes, comparison_figure
from mipo_sim.outcomes import OUTCOMES
from mipo_sim.sweeps import grids, sweep
from mipo_sim.sweeps.loading import open_sweep

SMALL = ("worlds=4", "months=6", "workers=1", "reuse=false")


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["mipo"])
    if "picture" not in request.node.name:  # drawing takes longest
        monkeypatch.setattr(grids.GridComparison, "plot", lambda _: Figure())


def only_folder(tmp_path):
    (folder,) = (tmp_path / "results").iterdir()
    return folder


def worlds_of(folder, **cell):
    """Outcomes of one cell, in the order of replicates."""
    results = open_sweep(folder)
    cells = results.design.rows(0, results.plan.points)
    (point,) = cells.index[np.logical_and.reduce([cells[axis] == value for axis, value in cell.items()])]
    return results.outcomes[results.outcomes["point"] == point].reset_index(drop=True)


def assert_same_worlds(rows, run):
    """The same bits, in the single precision that the model computes in."""
    form = run.experiment.chosen
    alone = run.outcomes[run.outcomes["form"] == form].reset_index(drop=True)
    assert rows["replicate"].tolist() == alone["replicate"].tolist()
    for measure in OUTCOMES:
        np.testing.assert_array_equal(
            rows[measure.name], alone[measure.name].astype(np.float32), measure.name
        )


# -- one experiment ---------------------------------------------------------------------------------------


def test_every_cell_has_the_worlds_of_a_run_by_itself(mipo, tmp_path):
    words = ("integration=coexistence,full", "scenario=sierra_leone,somalia", "mandate.troops=range(4,8,2)")
    code, out, err = mipo("run", "-m", *words, "funding=earmarked", "seed=7", *SMALL)
    assert code == 0 and not err
    folder = only_folder(tmp_path)
    assert re.fullmatch("grid-[0-9a-f]{8}-7", folder.name)
    assert "Stylised" in out and "8 cells, 4 worlds each, seed 7" in " ".join(out.split())
    for scenario, integration, troops in (("sierra_leone", "full", 4), ("somalia", "coexistence", 6)):
        cell = {"scenario": scenario, "integration": integration, "mandate.troops": troops}
        alone = mipo_sim.run(
            scenario,
            integration=integration,
            funding="earmarked",
            overrides={"mandate.troops": troops},
            worlds=4,
            months=6,
            seed=7,
            compare=False,
        )
        assert_same_worlds(worlds_of(folder, **cell), alone)
    table = pd.read_csv(folder / "comparison.csv")
    assert len(table) == 8 * 4 and table["worlds"].max() == 4
    of_reference = table.drop_duplicates("point").set_index("point").loc[table["reference"]]
    assert of_reference["scenario"].tolist() == table["scenario"].tolist()
    assert set(of_reference["integration"]) == {"coexistence"} and set(of_reference["mandate.troops"]) == {4}


def test_details_of_one_situation_are_compared_where_no_lever_varies(mipo, tmp_path):
    assert mipo("-m", "situation.violence=0.1,0.3", "scenario=liberia,somalia", *SMALL)[0] == 0
    table = pd.read_csv(only_folder(tmp_path) / "comparison.csv").drop_duplicates("point").set_index("point")
    assert (table["scenario"] == table.loc[table["reference"], "scenario"].to_numpy()).all()
    assert table["reference"].nunique() == 2


def test_the_same_command_computes_nothing_again(mipo, tmp_path, monkeypatch):
    words = ("-m", "integration=coexistence,full", *SMALL)
    code, first, _ = mipo(*words)
    monkeypatch.setattr(sweep, "work", None)
    again, second, err = mipo("run", *words)  # plain mipo is mipo run
    assert code == again == 0 and not err and first == second
    assert only_folder(tmp_path)


def test_a_sweep_of_the_same_points_shares_the_folder(mipo, tmp_path):
    words = ("integration=coexistence,full", *SMALL)
    assert mipo("sweep", *words)[0] == mipo("-m", *words)[0] == 0
    assert {"run.json", "comparison.csv"} <= {file.name for file in only_folder(tmp_path).iterdir()}


def test_stopped_and_taken_up(mipo, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    words = ("-m", "integration=coexistence,full", *SMALL)
    with monkeypatch.context() as patch:
        patch.setattr(sweep, "work", stopped)
        code, _, err = mipo(*words)
    assert code == 130 and "0 worlds are done, and the same command goes on" in err
    assert mipo(*words)[0] == 0
    assert open_sweep(only_folder(tmp_path)).complete


def test_one_cell_is_a_grid_of_one(mipo, tmp_path):
    code, out, _ = mipo("-m", "integration=full", *SMALL)
    assert code == 0 and "1 cell, 4 worlds each" in out and "against" not in out
    table = pd.read_csv(only_folder(tmp_path) / "comparison.csv")
    assert table["point"].unique().tolist() == [0] and table["difference"].isna().all()


def test_flags_may_stand_between_words(mipo, tmp_path):
    assert mipo("run", "scenario=liberia", "-m", "integration=coexistence,full", *SMALL)[0] == 0
    assert mipo("integration=full", "--cfg", "job", "worlds=2")[0] == 0
    assert open_sweep(only_folder(tmp_path)).design.base["scenario"] == "liberia"


# -- options of a user's own ------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path):
    """A folder of a user's own: a form, and a scenario that chooses it."""
    for group in ("integration", "scenario"):
        (tmp_path / "own" / group).mkdir(parents=True)
    (tmp_path / "own/integration/mine.yaml").write_text("defaults: [full, _self_]\nstrategic: 0.35\n")
    (tmp_path / "own/scenario/here.yaml").write_text(
        "# @package _global_\ndefaults: [post_crisis, _self_, {override /integration: mine}]\n"
        "title: Here\nsituation: {violence: 0.01}\n"
    )
    return tmp_path / "own"


def test_options_of_ones_own_are_axes_too(mipo, tmp_path, own):
    words = ("integration=glob(m*)", "scenario=here,weak_state")
    code, out, _ = mipo("-m", "--config-dir", "own", *words, *SMALL)
    assert code == 0 and "Here, Weak state" in out
    folder = only_folder(tmp_path)
    mipo("--config-dir", "own", "scenario=here", "~compare", "output=alone", "worlds=4", "months=6")
    (alone,) = (tmp_path / "alone").iterdir()
    assert_same_worlds(worlds_of(folder, integration="mine", scenario="here"), mipo_sim.load(alone))
    for file in own.rglob("*.yaml"):
        file.unlink()
    assert mipo("replay", str(folder), "3")[0] == 0, "results say themselves what the options were"


def test_axes_that_an_option_of_ones_own_brings(mipo, tmp_path, own):
    with (own / "scenario" / "here.yaml").open("a") as file:
        file.write("hydra: {sweeper: {params: {funding: 'earmarked,pooled', integration: 'full,mine'}}}\n")
    words = ("-m", "--config-dir", "own", "scenario=here", "integration=coexistence", *SMALL)
    assert mipo(*words)[0] == 0
    design = open_sweep(only_folder(tmp_path)).design
    assert [(axis.name, axis.values) for axis in design.axes] == [("funding", ("earmarked", "pooled"))]
    assert design.base["integration"] == "coexistence", "what is asked for goes first"


def test_an_option_that_sets_more_than_its_group(mipo, tmp_path, own):
    text = "# @package _global_\nintegration: {strategic: 1}\nconflict: {contagion: 0.9}\n"
    (own / "integration" / "wide.yaml").write_text(text)
    code, out, err = mipo("-m", "--config-dir", "own", "integration=wide,full", *SMALL)
    assert (code, out) == (
        2,
        "",
    ) and "integration=wide sets conflict.contagion, which is not of its group" in err


# -- refusals ---------------------------------------------------------------------------------------------

BAD = [
    (("seed=1,2",), "seeds are no axis of a grid; for more luck ask for more worlds"),
    (("worlds=2,3",), "worlds takes one value"),
    (("worlds=0",), "worlds takes a whole number from 1"),
    (("worlds=many",), "worlds takes a whole number, not 'many'"),
    (("workers=0",), "workers takes a whole number from 1"),
    (("workrs=2",), "did you mean 'workers'"),
    (("+compare.apart.integration=full",), "leave compare out"),
    (("~compare",), "leave compare out"),
    (("integration=full,ful",), "did you mean 'full'"),
    (("integraton=full,mix_2007",), "did you mean 'integration'"),
    (("integration=full,full",), "same value more than once"),
    (("mandate.troops=4,8000",), "from 0 to 60, not 8000"),
    (("mandate.troops=interval(0,1)",), "a grid takes values one by one"),
    (("months=6,12",), "months takes one value"),
    (("title=Mine",), "it is told by the scenario of each cell"),
    (("name=a/b",), "a name has letters"),
    (("hydra.sweeper.max_batch_size=2",), "says nothing with -m"),
    (("hydra.mode=MULTIRUN",), "hydra.mode cannot be set"),
    (("x=[",), "cannot read 'x=['"),
    (("--config-dir", "nowhere"), "'nowhere' of --config-dir not found"),
    (("--config-name", "other"), "--config-name does not go with --multirun"),
    (("--package", "x"), "--package does not go with --multirun"),
    (("--cfg", "job"), "only one of"),
    (("--info",), "only one of"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_what_cannot_be_meant_gets_one_clear_line(mipo, tmp_path, words, said):
    code, out, err = mipo("-m", *words)
    assert code == 2 and not out
    assert said in err and err.startswith("mipo: ") and err.count("\n") == 1
    assert not list(tmp_path.iterdir()), "nothing half-written"


def test_several_faults_are_told_at_once(mipo):
    code, _, err = mipo("-m", "integration=ful,full", "funding=poled,pooled")
    assert code == 2 and "2 faults" in err and "'full'" in err and "'pooled'" in err


def test_a_file_where_the_results_should_go(mipo, tmp_path):
    (tmp_path / "taken").write_text("in the way")
    assert mipo("-m", "output=taken", *SMALL) == (2, "", "mipo: 'taken' is not a folder\n")


def test_hydra_makes_no_runs_of_its_own(mipo, tmp_path):
    (tmp_path / "own" / "integration").mkdir(parents=True)
    (tmp_path / "own" / "integration" / "many.yaml").write_text(
        "# @package _global_\nhydra: {mode: MULTIRUN, sweeper: {params: {funding: 'earmarked,pooled'}}}\n"
    )
    code, out, err = mipo("--config-dir", "own", "integration=many", "worlds=2", "months=3")
    assert code == 2 and not out and "ask for them with -m" in err


# -- table and picture ------------------------------------------------------------------------------------


def some_worlds(relapses, cells=None, each=100):
    """Worlds of cells 0, 1, ...: how many relapse; other outcomes rise with the cell."""
    tables = []
    for point, relapsed in enumerate(relapses):
        relapse = np.full(each, np.nan) if relapsed is None else (np.arange(each) < relapsed).astype(float)
        others = {"need_met": 0.5 + 0.01 * point, "overhead": 0.2, "cost": 100.0 + np.arange(each) % 3}
        tables.append(
            pd.DataFrame({"point": point, "replicate": np.arange(each), "relapse_5_years": relapse, **others})
        )
    return pd.concat(tables, ignore_index=True)


def cells_of(**axes):
    return pd.DataFrame(axes, index=pd.RangeIndex(len(next(iter(axes.values()))), name="point"))


SITUATIONS = cells_of(integration=["low", "low", "full", "full"], scenario=["calm", "harsh"] * 2)


def test_cells_are_compared_within_their_situation():
    table = compare_cells(some_worlds([10, 60, 40, 62]), SITUATIONS, ["scenario"])
    relapse = table[table["outcome"] == "relapse_5_years"].set_index("point")
    assert relapse.index.tolist() == [0, 2, 1, 3], "situation by situation"
    assert relapse["reference"].to_dict() == {0: 0, 2: 0, 1: 1, 3: 1}
    assert relapse["mean"].to_dict() == {0: 0.1, 2: 0.4, 1: 0.6, 3: 0.62}
    assert tuple(relapse.loc[2, ["low", "high"]]) == wilson(40, 100)
    assert relapse.loc[2, "difference"] == pytest.approx(0.3) and relapse.loc[2, "clear"]
    assert relapse.loc[3, "difference"] == pytest.approx(0.02) and not relapse.loc[3, "clear"]
    assert relapse["pairs"].to_dict() == {0: 0, 2: 100, 1: 0, 3: 100}
    need = table[table["outcome"] == "need_met"].set_index("point")
    assert need.loc[2, "difference"] == pytest.approx(0.02) and need.loc[2, "clear"]


def test_words_say_what_the_intervals_say():
    table = compare_cells(some_worlds([10, 60, 40, 62]), SITUATIONS, ["scenario"])
    text = readable_comparison(table, ["integration", "scenario"], ["scenario"], "x.csv")
    calm, harsh = text.split("\n\n")[0].split("harsh:")
    assert re.search(rf"full +40 % \(31-50\).* 100 +\+30\.0 \(.*\) {CLEAR}$", calm.rstrip(), re.MULTILINE)
    assert re.search(rf"full +62 % .* \+2\.0 \(.*\) {UNCLEAR}$", harsh.rstrip(), re.MULTILINE)
    assert calm.count("(the first)") == harsh.count("(the first)") == 1


@pytest.mark.parametrize("width", [80, 120])
def test_lines_fit_the_screen(width):
    table = compare_cells(some_worlds([10, 60, 40, 62]), SITUATIONS, ["scenario"])
    text = readable_comparison(table, ["integration", "scenario"], ["scenario"], "x.csv", width)
    assert max(map(len, text.splitlines())) <= width
    for words in ("Cost, $m a year", "Relapse against first", UNCLEAR, "Worlds"):
        assert words in text


def test_many_cells_are_counted_not_printed():
    many = cells_of(**{"mandate.troops": np.arange(30.0)})
    table = compare_cells(some_worlds(range(30)), many, [])
    text = readable_comparison(table, ["mandate.troops"], [], "comparison.csv")
    rows = re.findall(r"^\d+ +\d+ % ", text, re.MULTILINE)
    assert len(rows) == MOST_ROWS and "The first 20 of 30 cells" in text and "comparison.csv" in text
    assert len(table) == 30 * 4


def test_outcomes_that_nobody_watched_for_long_enough(mipo):
    table = compare_cells(some_worlds([None, 50]), cells_of(integration=["low", "full"]), [])
    text = readable_comparison(table, ["integration"], [], "x.csv")
    assert "0/100" in text and "nan" not in text and "watched for five years" in text


def test_an_interrupted_grid_is_compared_as_far_as_it_went():
    worlds = some_worlds([10, 20, 30])
    worlds = worlds[(worlds["point"] == 0) | ((worlds["point"] == 2) & (worlds["replicate"] < 40))]
    table = compare_cells(worlds, cells_of(integration=["a", "b", "c"]), [])
    relapse = table[table["outcome"] == "relapse_5_years"]
    assert relapse["point"].tolist() == [0, 2] and relapse["pairs"].tolist() == [0, 40]


def test_a_picture_is_kept_beside_the_table(mipo, tmp_path):
    code, out, _ = mipo("-m", "integration=coexistence,full", "ownership=glob(i*)", *SMALL)
    folder = only_folder(tmp_path)
    assert code == 0 and f"{folder.name}/comparison.png" in out
    assert (folder / "comparison.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (folder / "comparison.svg").read_text(encoding="utf-8")
    table = pd.read_csv(folder / "comparison.csv")
    assert table.groupby("outcome")["point"].nunique().unique().tolist() == [2]


def words_in(figure):
    return " ".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))


def test_the_picture_says_what_it_shows():
    table = compare_cells(some_worlds([10, 60, 40, 62]), SITUATIONS, ["scenario"])
    figure = comparison_figure(table, ["integration", "scenario"], ["scenario"], "A title", "Odds.", "seed 7")
    said = words_in(figure)
    for words in (
        "A title",
        "Odds.",
        "seed 7",
        "Relapse within 5 years",
        "$m a year",
        "calm",
        "harsh",
        "full",
    ):
        assert words in said
    lines = [np.array(line.get_xydata()) for line in figure.axes[0].lines]
    whiskers = [tuple(ends[:, 0]) for ends in lines if len(ends) == 2 and ends[0, 1] == ends[1, 1]]
    assert sorted(whiskers) == sorted(wilson(events, 100) for events in (10, 60, 40, 62))


def test_the_picture_of_many_cells_stays_readable():
    many = cells_of(**{"mandate.troops": np.arange(30.0)})
    figure = comparison_figure(
        compare_cells(some_worlds(range(30)), many, []), ["mandate.troops"], [], "T", "", ""
    )
    assert "the first 24 of 30 cells" in words_in(figure) and len(figure.axes[0].get_yticklabels()) == 24
    assert as_bytes(figure, "png").startswith(b"\x89PNG")


def test_the_picture_of_what_nobody_watched():
    table = compare_cells(some_worlds([None], each=1), cells_of(integration=["low"]), [])
    figure = comparison_figure(table, ["integration"], [], "T", "", "")
    assert "not watched for so long" in words_in(figure) and as_bytes(figure, "png")
