"""Experiments: what comes out depends on what was asked, not on how it was computed or kept."""

import errno
import json
import os
import platform
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

import mipo_sim
from mipo_sim.outcomes import OUTCOMES, SERIES
from mipo_sim.parameters import declared
from mipo_sim.parameters.options import CONFIGS, compose
from mipo_sim.sweeps import experiment as experiments
from mipo_sim.sweeps import mission, storage

CHECKOUT = Path(__file__).parents[1]
FORMS = {"wide": {"mandate.troops": 15}, "none": {"mandate.deploy": 0}, "busy": {"partners.ngo_groups": 6}}
HERE = mipo_sim.Situation(name="here", title="Here", story="A place.", map="heartland", months=18)


def run(forms=FORMS, worlds=5, **settings):
    return mipo_sim.Experiment(forms, HERE, worlds=worlds, **settings).run()


@pytest.fixture(scope="module")
def results():
    return run()


def by_world(outcomes):
    return outcomes.sort_values(["form", "replicate"], ignore_index=True)


# -- what comes out ---------------------------------------------------------------------------------------


def test_every_outcome_of_every_world(results):
    assert list(results.outcomes) == ["form", "replicate", *(measure.name for measure in OUTCOMES)]
    assert list(results.outcomes["form"]) == [form for form in FORMS for _ in range(5)]
    assert list(results.outcomes["replicate"]) == [*range(5)] * 3
    assert results.outcomes["overhead"].between(0, 1).all()


def test_every_measure_of_every_month(results):
    assert set(results.monthly["measure"]) == {measure.name for measure in SERIES}
    assert len(results.monthly) == len(FORMS) * len(SERIES) * HERE.months
    assert (results.monthly["low"] <= results.monthly["high"]).all()


def test_a_relapse_is_not_defined_where_nobody_watched_that_long(results):
    assert results.outcomes[["relapse_2_years", "relapse_10_years"]].isna().all().all()
    assert "Relapse within" not in results.table()


def test_blocks_and_the_order_of_forms_do_not_matter(results):
    reversed_forms = dict(reversed(FORMS.items()))
    for block in (1, 7):
        again = run(reversed_forms, block=block)
        pd.testing.assert_frame_equal(by_world(again.outcomes), by_world(results.outcomes), check_exact=True)
    months = ["form", "measure", "month"]
    sort = {"by": months, "ignore_index": True}
    pd.testing.assert_frame_equal(again.monthly.sort_values(**sort), results.monthly.sort_values(**sort))


def test_a_lone_world_is_one_of_many(results):
    alone = run({"none": FORMS["none"]}, worlds=1).outcomes
    same = results.outcomes.query("form == 'none' and replicate == 0").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, same, check_exact=True)


def test_another_seed_is_another_draw(results):
    assert not by_world(run(seed=1).outcomes).equals(by_world(results.outcomes))


def test_progress_counts_worlds():
    told = []
    mipo_sim.Experiment({"a": {}, "b": {}}, HERE, worlds=3, block=2).run(told.append)
    assert told == [2, 4, 6]


def test_months_are_kept_of_some_worlds_only(monkeypatch):
    monkeypatch.setattr(experiments, "WATCHED_OF_FORM", 3)
    few, all_of_them = run({"a": {}}, worlds=7, block=2), run({"a": {}}, worlds=3)
    pd.testing.assert_frame_equal(few.monthly, all_of_them.monthly)
    assert len(few.outcomes) == 7


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"worlds": 0}, "worlds takes a whole number from 1"),
        ({"worlds": 2.5}, "worlds takes a whole number"),
        ({"worlds": True}, "worlds takes a whole number"),
        ({"worlds": 10**9}, "worlds takes a whole number from 1 to 1000000"),
        ({"seed": -1}, "seed takes"),
        ({"block": 0}, "block takes"),
        ({"forms": {}}, "at least one form"),
        ({"forms": {"a/b": {}}}, "a name has letters"),
        ({"forms": ["a", "b"]}, "forms takes a mapping of names to mappings"),
        ({"forms": {"a": "full"}}, "forms takes a mapping of names to mappings"),
        ({"decisions": {"a": [{}]}}, "decisions takes a mapping of names to mappings"),
        ({"situation": "sierra_leone"}, "situation takes a Situation, not 'sierra_leone'"),
        ({"forms": {"a": {"mandate.troups": 1}}}, "did you mean 'mandate.troops'"),
        ({"forms": {"a": {"mandate.troops": [1, 2]}}}, "one number in a form"),
        ({"forms": {"a": {"mandate.troops": float("nan")}}}, "not nan"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_runs(settings, said):
    with pytest.raises(mipo_sim.ParameterError, match=re.escape(said)):
        mipo_sim.Experiment(**{"forms": {"a": {}}, "situation": HERE, **settings})


def test_unknown_maps_and_no_months_are_refused():
    for wrong in (mipo_sim.Situation(map="heartlan"), mipo_sim.Situation(months=0)):
        with pytest.raises(mipo_sim.ParameterError):
            mipo_sim.Experiment({"a": {}}, wrong)


# -- one mission beside others ------------------------------------------------------------------------------


def test_the_library_in_five_lines_as_the_readme_shows_them(monkeypatch, capsys):
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    lines = re.search(r"```python\n(import mipo_sim\n.*?)```", text, re.DOTALL)[1]
    assert len(lines.strip().splitlines()) <= 5
    found = {}
    exec(lines.replace("worlds=50", "worlds=2, months=13"), found)
    assert "full" in capsys.readouterr().out
    assert isinstance(found["frame"], pd.DataFrame)
    assert set(found["frame"]["form"]) == {"full", "no_mission", "mix_of_2007"}


def test_forms_share_the_situation_and_differ_in_their_levers():
    asked = {
        "situation.hostility": 0.4,
        "conflict.contagion": 0.5,
        "integration.tactical": 0.1,
        "mandate.troops": 4,
    }
    r = mipo_sim.run("fragile_ceasefire", worlds=1, months=1, overrides=asked, integration="full")
    full, none, mix = (r.experiment.forms[form] for form in ("full-pooled", "no_mission", "mix_of_2007"))
    for name, parameter in declared().items():
        if parameter.role != "lever":
            assert full[name] == none[name] == mix[name]
    assert full["situation.hostility"] == 0.4 and full["conflict.contagion"] == 0.5
    assert none["integration.tactical"] == 0.1 and none["mandate.deploy"] == 0
    assert mix["integration.tactical"] == compose(integration="mix_2007").values["integration.tactical"]
    assert mix["mandate.troops"] == 4, "the mandate is not among what the mix of 2007 differs in"


def test_a_form_that_is_the_chosen_one_is_not_run_twice():
    r = mipo_sim.run("post_crisis", worlds=1, months=1, mandate="none")
    assert "no_mission" not in r.experiment.forms
    alone = mipo_sim.run("post_crisis", worlds=1, months=1, compare=False, name="mine")
    assert list(alone.experiment.forms) == ["mine"]
    assert alone.differences().table.empty and "mine" in alone.table()


def test_a_misspelt_word_of_run_is_refused_with_the_nearest_one():
    with pytest.raises(mipo_sim.ParameterError, match="run takes no 'world'; did you mean 'worlds'"):
        mipo_sim.run(world=5)
    with pytest.raises(mipo_sim.ParameterError, match="'integratoin'; did you mean 'integration'"):
        mipo_sim.run(integratoin="full")


def test_comparisons_that_cannot_be_meant_are_refused():
    for wrong in (
        {"x": {"integraton": "full"}},
        {"x": {"integration": "ful"}},
        {"x": {"scenario": "liberia"}},
    ):
        with pytest.raises(mipo_sim.ParameterError):
            mipo_sim.run(worlds=1, months=1, compare=wrong)
    with pytest.raises(mipo_sim.ParameterError, match="choose another name"):
        mipo_sim.run(worlds=1, months=1, name="no_mission")


def test_library_and_configuration_file_agree_on_the_defaults():
    config = yaml.safe_load((CONFIGS / "config.yaml").read_text(encoding="utf-8"))
    first = mipo_sim.Experiment({"a": {}})
    assert (config["worlds"], config["seed"], config["block"]) == (first.worlds, first.seed, first.block)


def test_names_of_forms():
    usual = dict.fromkeys(mission.GROUPS, mission.USUAL)
    assert mission.name_of(usual, ()) == "mix_2007"
    assert (
        mission.name_of(usual | {"integration": "full", "funding": "pooled", "exit": "stay"}, ())
        == "full-pooled"
    )
    assert mission.name_of(usual | {"exit": "stay"}, ("exit",)) == "mix_2007-stay"


# -- table and picture --------------------------------------------------------------------------------------


def test_the_table_says_what_it_must(results):
    table = results.table()
    for words in (
        "wide",
        "none",
        "busy",
        "coordination",
        "Duplication",
        "Need met",
        "Trust",
        "Ownership",
        "Money",
    ):
        assert words in table
    for words in ("seed 2007", results.experiment.digest, mipo_sim.__version__, "not a forecast"):
        assert words in table
    assert "stylised" not in table


def test_results_show_themselves_in_a_line_and_in_a_notebook(results):
    shown = repr(results)
    assert "\n" not in shown and results.source in shown and len(shown) < 300
    assert "\n" not in repr(results.experiment) and results.experiment.chosen in repr(results.experiment)
    assert "In 5 worlds of each" in results._repr_html_()


def test_cases_are_called_stylised():
    r = mipo_sim.run("sierra_leone", worlds=1, months=1)
    assert "stylised" in r.table()
    assert any("Stylised" in text.get_text() for text in r.plot().texts)


def test_relapse_is_reported_with_its_interval():
    where = mipo_sim.Situation(months=25)
    r = mipo_sim.Experiment({"a": {}, "no_mission": {"mandate.deploy": 0}}, where, worlds=8).run()
    assert re.search(r"Relapse within 2 years +\d+ % \(\d+-\d+\)", r.table())
    assert set(r.differences("no_mission").table["reference"]) == {"no_mission"}
    assert r.survival().table.groupby("form")["month"].max().tolist() == [25, 25]


def test_pictures_are_drawn_the_same_twice(results):
    from mipo_sim.figures import as_bytes, colour_of

    for kind in ("png", "svg"):
        assert as_bytes(results.plot(), kind) == as_bytes(results.plot(), kind)
    assert colour_of("no_mission", ["x", "no_mission"]) == colour_of("no_mission", ["no_mission"])
    assert (
        len(
            {
                colour_of(form, ["x", "no_mission", "mix_of_2007"])
                for form in ("x", "no_mission", "mix_of_2007")
            }
        )
        == 3
    )


# -- on disk ------------------------------------------------------------------------------------------------


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_the_same_experiment_gives_the_same_files(results, tmp_path):
    once = results.save(tmp_path / "once")
    again = run().save(tmp_path / "again")
    assert contents(once) == contents(again)
    assert {"outcomes.parquet", "monthly.parquet", "config.yaml", "manifest.json", "table.txt"} < set(
        contents(once)
    )
    assert {"mission.png", "mission.svg"} < set(contents(once))


def test_what_is_saved_comes_back_and_can_be_run_again(results, tmp_path):
    back = mipo_sim.load(results.save(tmp_path / "kept", picture=False))
    pd.testing.assert_frame_equal(back.outcomes, results.outcomes, check_exact=True)
    pd.testing.assert_frame_equal(back.monthly, results.monthly, check_exact=True)
    assert back.manifest == results.manifest and back.experiment == results.experiment
    assert back.table() == results.table()
    pd.testing.assert_frame_equal(back.experiment.run().outcomes, results.outcomes, check_exact=True)


def test_what_made_it_is_written_down_without_saying_whose_machine_it_was(results, tmp_path):
    folder = results.save(tmp_path / "kept", picture=False)
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    assert {f"{group}.{key}" for group, keys in config["forms"]["wide"].items() for key in keys} == set(
        declared()
    )
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seed"] == 2007 and manifest["worlds"] == 5
    assert manifest["units"]["mandate.troops"] == declared()["mandate.troops"].unit
    for name, content in contents(folder).items():
        assert name.endswith("parquet") or not re.search(
            rf"\b{re.escape(platform.node())}\b", content.decode()
        )
        assert str(tmp_path).encode() not in content and str(CHECKOUT).encode() not in content


def test_the_folder_is_named_after_what_was_run():
    one = mipo_sim.Experiment(FORMS, HERE, worlds=5)
    assert re.fullmatch(r"here-wide-[0-9a-f]{8}-2007", one.folder)
    assert mipo_sim.Experiment(FORMS, HERE, worlds=5, block=3).folder == one.folder
    for other in ({"seed": 1}, {"worlds": 6}, {"forms": {"wide": {"mandate.troops": 14}}}):
        assert (
            mipo_sim.Experiment(**{"forms": FORMS, "situation": HERE, "worlds": 5, **other}).folder
            != one.folder
        )


def test_older_results_are_replaced_whole(results, tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "stale.txt").write_text("old")
    results.save(tmp_path / "kept", picture=False)
    assert "stale.txt" not in contents(tmp_path / "kept")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_full_disk_leaves_nothing_behind_and_the_old_results_alone(results, tmp_path, monkeypatch):
    results.save(tmp_path / "kept", picture=False)
    before = contents(tmp_path / "kept")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for broken in ("write_text", "write_parquet"):
        monkeypatch.setattr(f"mipo_sim.sweeps.results.{broken}", full)
        for folder in ("kept", "new", "deep/er/new"):
            with pytest.raises(OSError, match="No space left"):
                results.save(tmp_path / folder, picture=False)
    monkeypatch.undo()
    monkeypatch.setattr(storage, "flush", full)
    with pytest.raises(OSError, match="No space left"):
        results.save(tmp_path / "kept", picture=False)
    assert contents(tmp_path / "kept") == before
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_rename_that_fails_puts_the_old_results_back(results, tmp_path, monkeypatch):
    results.save(tmp_path / "kept", picture=False)
    rename = Path.rename

    def refuse(self, target):
        if self.name.endswith(".new"):
            raise OSError(errno.EACCES, "no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="no"):
        results.save(tmp_path / "kept", picture=False)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert "outcomes.parquet" in contents(tmp_path / "kept")


def test_a_file_in_the_way_of_the_folder(results, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError):
        storage.check_writable(tmp_path / "file" / "results")
    with pytest.raises(OSError):
        results.save(tmp_path / "file" / "results", picture=False)
    storage.check_writable(tmp_path / "not" / "yet" / "there")
    assert not (tmp_path / "not").exists()


def test_nothing_to_load(tmp_path):
    with pytest.raises(FileNotFoundError, match="no results in"):
        mipo_sim.load(tmp_path)
