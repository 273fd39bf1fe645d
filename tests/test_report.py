"""Reports: cubes hold the numbers of the Parquet, pages embed them safely, bad input is refused."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from pages import FORMS, MONTHS, SITUATIONS, always, changed, failing, forms_by_situation, never, sweep_of

import mipo_sim
from mipo_sim.analysis import survival
from mipo_sim.command.composing import composed
from mipo_sim.command_line import main
from mipo_sim.parameters.options import compose
from mipo_sim.report import content_of, open_source, page_of
from mipo_sim.report.commands import again
from mipo_sim.report.serve import Dashboard
from mipo_sim.sweeps.designs import make_design
from mipo_sim.sweeps.storage import write_sealed
from mipo_sim.sweeps.sweep_results import SweepResults

WEB = Path(__file__).parents[1] / "web"


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sweep_of(tmp_path_factory.mktemp("grid") / "grid", forms_by_situation(), 30)


@pytest.fixture(scope="module")
def content(grid: Path) -> dict[str, Any]:
    return content_of(open_source(grid))


@pytest.fixture(scope="module")
def rows(grid: Path) -> pd.DataFrame:
    return SweepResults(grid).outcomes


def embedded(page: str) -> Any:
    text = re.search(r'<script type="application/json" id="content">(.*?)</script>', page, re.DOTALL)
    assert text is not None
    return json.loads(text[1])


def cells(plane: dict[str, Any]) -> list[tuple[str, str]]:
    """Form and situation of each cell."""
    of = plane["cells"]
    return [(FORMS[row], SITUATIONS[column]) for row, column in zip(of["row"], of["column"], strict=True)]


def test_a_cube_has_the_means_and_counts_of_the_parquet(content: dict[str, Any], rows: pd.DataFrame) -> None:
    (plane,) = content["planes"]
    worlds = rows.set_index(["integration", "scenario"]).sort_index()
    for place, cell in enumerate(cells(plane)):
        mine = worlds.loc[cell]
        relapse, trust = plane["statistics"]["relapse_5_years"], plane["statistics"]["trust"]
        assert relapse["events"][place] == mine["relapse_5_years"].sum()
        assert relapse["n"][place] == mine["relapse_5_years"].count() == 30
        assert trust["mean"][place] == pytest.approx(mine["trust"].astype(float).mean(), rel=1e-5)
        assert trust["sd"][place] == pytest.approx(mine["trust"].astype(float).std(), rel=1e-5)


def test_pairs_are_differences_of_worlds_with_the_same_luck(
    content: dict[str, Any], rows: pd.DataFrame
) -> None:
    (plane,) = content["planes"]
    worlds = rows.set_index(["integration", "scenario", "replicate"])["need_met"].astype(float).sort_index()
    of = cells(plane)
    found = plane["pairs"]["outcomes"]["need_met"]
    assert len(plane["pairs"]["of"]) == 4 * 3  # situations, pairs of three forms
    for pair, (one, other) in enumerate(plane["pairs"]["of"]):
        change = worlds.loc[of[one]] - worlds.loc[of[other]]
        assert of[one][1] == of[other][1]
        assert found["mean"][pair] == pytest.approx(change.mean(), rel=1e-4, abs=1e-7)
        assert found["sd"][pair] == pytest.approx(change.std(), rel=1e-4, abs=1e-6)


def test_survival_counts_are_those_of_the_curve(content: dict[str, Any], rows: pd.DataFrame) -> None:
    (plane,) = content["planes"]
    for place, (form, situation) in enumerate(cells(plane)):
        mine = rows[(rows["integration"] == form) & (rows["scenario"] == situation)].assign(form=form)
        curve = survival(mine, MONTHS)
        left = np.array(plane["survival"]["left"][place])
        assert (left.sum() - np.cumsum(left) + left == curve["at_risk"]).all()
        assert sum(plane["survival"]["lost"][place]) == mine["relapse_month"].notna().sum()


def test_months_are_those_of_the_series(content: dict[str, Any], grid: Path) -> None:
    (plane,) = content["planes"]
    series = SweepResults(grid).monthly.set_index(["measure", "point", "month"])["mean"].sort_index()
    for place, point in enumerate(plane["cells"]["point"]):
        mean = plane["months"]["lines"]["violence"][place][0]
        expected = series.loc["violence", point].loc[plane["months"]["month"]]
        assert mean == pytest.approx(expected.tolist(), rel=1e-3)


def test_a_run_is_read_like_a_sweep(tmp_path: Path) -> None:
    results = mipo_sim.run(scenario="weak_state", integration="full", worlds=4, months=12)
    results.save(tmp_path / "run", picture=False)
    found = content_of(open_source(tmp_path / "run"))
    (plane,) = found["planes"]
    forms = list(results.experiment.forms)
    means = results.outcomes.groupby("form")["overhead"].mean()
    assert plane["rows"]["levels"] == [[form.replace("_", " ")] for form in forms]
    assert plane["statistics"]["overhead"]["mean"] == pytest.approx([means[form] for form in forms], rel=1e-5)
    assert plane["columns"]["labels"] == [results.experiment.situation.title]


def test_the_command_for_a_form_of_a_run_makes_the_same_worlds(tmp_path: Path) -> None:
    mipo_sim.run(scenario="weak_state", integration="full", funding="pooled", worlds=3, months=12).save(
        tmp_path / "run", picture=False
    )
    (plane,) = content_of(open_source(tmp_path / "run"))["planes"]
    words = plane["cells"]["again"][0].split()[1:]
    assert main([*words, f"output={tmp_path}", "name=again"]) == 0
    (again,) = tmp_path.glob("*again*")
    first, second = (
        pq.read_table(place / "outcomes.parquet").to_pandas() for place in (tmp_path / "run", again)
    )
    chosen = [table[table["form"] == table["form"].iloc[0]].drop(columns="form") for table in (first, second)]
    pd.testing.assert_frame_equal(*chosen)


LEVERS = {"funding.predictable": {"low": 0.1, "high": 0.9, "count": 3}, "integration": FORMS}
NAMED = {"today": {"integration": "mix_2007"}, "one_plan": {"integration": "full"}}


@pytest.mark.parametrize(
    "spec",
    [
        {"kind": "saltelli", "n": 8, "levers": LEVERS},
        {"kind": "one_at_a_time", "levers": LEVERS},
        {"kind": "list", "levers": LEVERS},
        {"kind": "points", "points": NAMED},
    ],
    ids=lambda spec: str(spec["kind"]),
)
def test_the_study_that_is_offered_is_the_same_design(spec: dict[str, Any], tmp_path: Path) -> None:
    design = make_design(spec | {"base": {"months": MONTHS}})
    source = open_source(sweep_of(tmp_path / "sweep", design, 2))
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "again.yaml").write_text(again(source))
    tree = composed(["study=again"], str(tmp_path))
    assert make_design(tree["design"]).as_config() == design.as_config()
    assert (tree["worlds"], tree["seed"]) == (2, 2007)


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        ({"kind": "points", "points": NAMED}, ["today", "one plan"]),
        (
            {"kind": "one_at_a_time", "levers": LEVERS},
            ["base", *(f"predictable 0.{tenth}" for tenth in (1, 5, 9)), "coexistence", "coordination"],
        ),
        ({"kind": "list", "levers": {"integration": FORMS}}, FORMS),
    ],
    ids=["points", "one_at_a_time", "list"],
)
def test_forms_are_called_as_people_would(spec: dict[str, Any], names: list[str], tmp_path: Path) -> None:
    folder = sweep_of(tmp_path / "sweep", make_design(spec | {"base": {"months": MONTHS}}), 2)
    assert content_of(open_source(folder))["planes"][0]["rows"]["labels"] == names


def test_the_command_for_a_grid_is_the_same_design(grid: Path) -> None:
    words = again(open_source(grid)).split()[2:]
    tree = composed(words, None)
    assert make_design(tree["design"]).as_config() == forms_by_situation().as_config()


def test_many_points_are_put_into_classes_with_all_their_worlds(tmp_path: Path) -> None:
    spec = {
        "kind": "sobol",
        "n": 256,
        "levers": {"funding.predictable": "auto", "integration": FORMS},
        "contexts": {"scenario": SITUATIONS},
        "base": {"months": MONTHS},
    }
    folder = sweep_of(tmp_path / "many", make_design(spec), 3)
    found = content_of(open_source(folder))
    rows = SweepResults(folder).outcomes
    plane = next(
        p
        for p in found["planes"]
        if [a["name"] for a in p["rows"]["axes"]] == ["integration"] and not p["columns"]["axes"]
    )
    by_form = rows.groupby("integration")["trust"].agg(["count", lambda values: values.astype(float).mean()])
    assert plane["rows"]["labels"] == sorted(FORMS)
    assert plane["statistics"]["trust"]["n"] == by_form["count"].tolist()
    assert plane["statistics"]["trust"]["mean"] == pytest.approx(by_form.iloc[:, 1].tolist(), rel=1e-5)
    plane = next(
        p
        for p in found["planes"]
        if [a["name"] for a in p["rows"]["axes"]] == ["scenario"] and not p["columns"]["axes"]
    )
    by_title = rows.groupby("scenario")["trust"].apply(lambda values: values.astype(float).mean())
    assert plane["rows"]["labels"] == [compose(name).title for name in by_title.index]
    assert plane["statistics"]["trust"]["mean"] == pytest.approx(by_title.tolist(), rel=1e-5)
    assert set(found["boxes"]) == {"relapse_5_years", "relapse", "durable_peace"}


def test_standard_errors_of_classes_allow_for_shared_luck(tmp_path: Path) -> None:
    """Where luck alone decides, more points do not make a mean surer: a replicate counts once."""
    spec = {"kind": "sobol", "n": 256, "levers": {"funding.predictable": "auto"}, "base": {"months": MONTHS}}

    def only_luck(outcomes: dict[str, np.ndarray]) -> dict[str, Any]:
        return {"trust": outcomes["need_met"] - 0.1 * (np.arange(len(outcomes["trust"])) // 8 % 4)}

    folder = sweep_of(tmp_path / "luck", make_design(spec), 8, changed(only_luck))
    rows = SweepResults(folder).outcomes
    by_replicate = rows.groupby("replicate")["trust"].mean()
    plane = content_of(open_source(folder))["planes"][0]
    assert min(plane["statistics"]["trust"]["error"]) > 0.8 * by_replicate.std() / np.sqrt(8)


def test_a_page_does_not_grow_with_worlds(tmp_path: Path) -> None:
    folder = sweep_of(tmp_path / "large", forms_by_situation(), 500)
    assert len(json.dumps(content_of(open_source(folder)), separators=(",", ":"))) < 300_000


def test_nothing_in_results_can_leave_its_place(grid: Path, tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><!--"
    page = page_of({"kind": "refusal", "text": evil})
    assert evil not in page and "</script><script>alert" not in page
    assert embedded(page)["text"] == evil


def test_a_page_asks_for_nothing(grid: Path, tmp_path: Path) -> None:
    assert main(["report", str(grid), "--output", str(tmp_path / "page.html")]) == 0
    page = (tmp_path / "page.html").read_text()
    assert embedded(page)["about"]["name"] == "grid"
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
    assert len(page) < 700_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report"], "results"),
        (["report", "nowhere"], "no results in 'nowhere'"),
        (["report", "GRID", "--output", "no/such/folder/page.html"], "cannot be written"),
        (["report", "GRID", "--colour", "red"], "--colour"),
        (["dashboard", "nowhere"], "no folder 'nowhere'"),
        (["dashboard", "GRID", "--port", "70000"], "--port"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    words: list[str], said: str, grid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(grid) if word == "GRID" else word for word in words]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1 and error.startswith("mipo: ")


def test_the_dashboard_says_its_address_until_interrupted(
    grid: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(self: Dashboard) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Dashboard, "serve_forever", interrupted)
    assert main(["dashboard", str(grid.parent), "--port", "0"]) == 0
    assert "http://127.0.0.1:" in capsys.readouterr().out


def test_a_port_that_is_taken_is_refused(grid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Dashboard(grid, port=0) as first:
        assert main(["dashboard", str(grid), "--port", str(first.server_address[1])]) == 2
    assert "is taken" in capsys.readouterr().err


def test_the_nearest_name_is_offered(grid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(grid.parent / "gird")]) == 2
    assert "did you mean 'grid'?" in capsys.readouterr().err


@pytest.mark.parametrize("fault", ["no rows", "torn file", "no identity", "manifest alone"])
def test_what_cannot_be_read_is_refused(
    fault: str, grid: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(grid, folder)
    if fault == "no rows":
        shutil.rmtree(folder / "rows")
    elif fault == "torn file":
        next((folder / "rows").glob("*.parquet")).write_bytes(b"PAR1 torn")
    elif fault == "no identity":
        (folder / "run.json").write_text("{}")
    else:
        (folder / "run.json").unlink()
        (folder / "manifest.json").write_text("{}")
    assert main(["report", str(folder)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("mipo: ") and error.count("\n") == 1
    assert not (folder / "report.html").exists()


def test_another_version_and_missing_columns_are_said(tmp_path: Path) -> None:
    folder = sweep_of(tmp_path / "old", forms_by_situation(1), 5)
    about = json.loads((folder / "run.json").read_text())
    about["identity"]["mipo_sim"] = "0.0.1"
    (folder / "run.json").write_text(json.dumps(about))
    for file in (folder / "rows").glob("*.parquet"):
        write_sealed(pq.read_table(file).drop_columns(["trust", "peace_month"]), file)
    found = content_of(open_source(folder))
    assert any("0.0.1" in note for note in found["notes"])
    assert any("peace_month, trust" in note for note in found["notes"])
    (plane,) = found["planes"]
    assert "trust" not in plane["statistics"] and plane["survival"] == {}


def test_a_run_of_another_version_is_shown_without_a_command(tmp_path: Path) -> None:
    folder = mipo_sim.run(worlds=2, months=6).save(tmp_path / "run", picture=False)
    config = (folder / "config.yaml").read_text()
    (folder / "config.yaml").write_text(config.replace("hostility:", "enmity:"))
    found = content_of(open_source(folder))
    assert found["about"]["again"] == "" and found["planes"][0]["cells"]["again"] == [""] * 3


def test_failures_and_breaches_are_counted_and_left_out(tmp_path: Path) -> None:
    folder = sweep_of(tmp_path / "faulty", forms_by_situation(1), 5, failing)
    found = content_of(open_source(folder))
    assert found["faults"]["failed"] == 3
    assert found["faults"]["reasons"] == [["ZeroDivisionError: <b>a bug</b>", 3]]
    assert found["faults"]["breaches"]["breaches_money"] == len(list((folder / "rows").glob("*.parquet")))
    assert found["planes"][0]["statistics"]["trust"]["n"] == [4, 4, 4]


@pytest.mark.parametrize(("live", "share"), [(changed(never), 0), (changed(always), 1)])
def test_no_relapse_and_all_relapse_are_results(tmp_path: Path, live: Any, share: int) -> None:
    (plane,) = content_of(open_source(sweep_of(tmp_path / "one", forms_by_situation(1), 5, live)))["planes"]
    assert plane["statistics"]["relapse_5_years"]["events"] == [5 * share] * 3
    assert [sum(lost) for lost in plane["survival"]["lost"]] == [5 * share] * 3


def test_one_world_is_an_anecdote(tmp_path: Path) -> None:
    found = content_of(open_source(sweep_of(tmp_path / "one", forms_by_situation(1), 1)))
    assert any("One world" in note for note in found["notes"])
    assert found["planes"][0]["statistics"]["trust"]["sd"] == [None, None, None]


@pytest.mark.skipif(not WEB.is_dir(), reason="sources of the pages are in a checkout only")
@pytest.mark.parametrize("page", ["report", "live"])
def test_the_built_pages_are_made_from_their_sources(page: str) -> None:
    """As web/digest.mjs: whoever changes a page builds it anew (`make web`)."""
    beside = (
        "digest.mjs",
        "index.html",
        "live.html",
        "package-lock.json",
        "package.json",
        "tsconfig.json",
        "vite.config.ts",
    )
    names = [*beside, *(f.relative_to(WEB).as_posix() for f in (WEB / "src").rglob("*") if f.is_file())]
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(f"{name}\n".encode())
        digest.update((WEB / name).read_bytes().replace(b"\r\n", b"\n"))
    built = (Path(mipo_sim.__file__).parent / page / "static" / "index.html").read_text(encoding="utf-8")
    assert f'<meta name="sources" content="{digest.hexdigest()[:16]}">' in built
