"""The command line: what it shows, and one clear line for whatever cannot be meant."""

import errno
import os
import re
import shlex
import subprocess
import sys

import pytest
import yaml

import mipo_sim
from mipo_sim.month import MONTH
from mipo_sim.parameters import declared
from mipo_sim.parameters.options import GROUPS, compose, options

SMALL = ("worlds=2", "months=3")


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    if "picture" not in request.node.name:  # drawing takes longest
        monkeypatch.setattr("mipo_sim.sweeps.results.Results._pictures", lambda results: {})
    monkeypatch.setattr(sys, "argv", ["mipo"])


def from_outside(*words, **environment):
    """Run `python -m mipo_sim` as a process of its own."""
    package = os.path.dirname(os.path.dirname(mipo_sim.__file__))
    everything = {**os.environ, "PYTHONPATH": package, **environment}
    command = [sys.executable, "-m", "mipo_sim", *words]
    return subprocess.run(command, capture_output=True, text=True, env=everything, timeout=120)


# -- runs ---------------------------------------------------------------------------------------------------


def test_a_run_shows_what_it_is_and_keeps_its_picture(mipo, tmp_path):
    code, out, err = mipo("run", "scenario=sierra_leone", "integration=full", "seed=7", *SMALL)
    assert code == 0 and not err
    situation, form = out.split("\n\n")[0].split("\nForm")
    assert "Stylised" in situation and "integration=full" in form and "against no mission" in form
    assert "Need met" in out and "not a forecast" in out
    (folder,) = (tmp_path / "results").iterdir()
    assert re.fullmatch("sierra_leone-full-[0-9a-f]{8}-7", folder.name)
    assert f"results/{folder.name}/mission.png" in out.replace(os.sep, "/")
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    assert (folder / "mission.png").read_bytes().startswith(b"\x89PNG")
    assert (config["scenario"], config["seed"], config["worlds"], config["months"]) == (
        "sierra_leone",
        7,
        2,
        3,
    )
    assert list(config["forms"]) == ["full", "no_mission", "mix_of_2007"]
    assert [path.name for path in tmp_path.iterdir()] == ["results"], "Hydra leaves nothing beside"


@pytest.mark.parametrize("words", [(), ("--run",)])
def test_with_no_command_mipo_runs(mipo, tmp_path, words):
    code, out, _ = mipo(*words, "~compare", *SMALL)
    assert code == 0 and "Fragile ceasefire" in out
    assert len(list((tmp_path / "results").iterdir())) == 1


def test_the_same_command_writes_the_same_files_to_the_same_place(mipo, tmp_path):
    mipo("~compare", *SMALL)
    (folder,) = (tmp_path / "results").iterdir()
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    mipo("~compare", "block=3", *SMALL)
    assert [path.name for path in (tmp_path / "results").iterdir()] == [folder.name]
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_the_command_line_and_the_library_run_the_same(mipo, tmp_path):
    mipo("scenario=darfur", "integration=adaptive", "mandate.troops=9", *SMALL)
    (folder,) = (tmp_path / "results").iterdir()
    theirs = mipo_sim.load(folder)
    ours = mipo_sim.run("darfur", worlds=2, months=3, integration="adaptive", overrides={"mandate.troops": 9})
    assert theirs.experiment == ours.experiment
    assert theirs.outcomes.equals(ours.outcomes)


@pytest.mark.parametrize("scenario", ["fragile_ceasefire", "darfur", "liberia_1990"])
def test_hydra_and_the_library_compose_the_same(mipo, scenario):
    _, out, _ = mipo("--cfg", "job", f"scenario={scenario}", "partners=hybrid_force")
    tree = yaml.safe_load(out)
    values = compose(scenario, partners="hybrid_force").values
    assert {name: tree[declared()[name].group][declared()[name].key] for name in values} == values


def test_all_parameters_stand_in_the_configuration(mipo):
    code, out, err = mipo("run", "--cfg", "job", "conflict.contagion=0.3")
    tree = yaml.safe_load(out)
    assert code == 0 and not err
    assert all(parameter.key in tree[parameter.group] for parameter in declared().values())
    assert tree["conflict"]["contagion"] == 0.3


def test_forms_to_compare_with_can_be_added_and_taken_away(mipo, tmp_path):
    mipo("+compare.apart.integration=coexistence", "~compare.no_mission", *SMALL)
    (folder,) = (tmp_path / "results").iterdir()
    assert list(mipo_sim.load(folder).experiment.forms) == ["full-pooled", "mix_of_2007", "apart"]


def test_a_folder_of_ones_own_options(mipo, tmp_path):
    (tmp_path / "own" / "scenario").mkdir(parents=True)
    (tmp_path / "own" / "scenario" / "mine.yaml").write_text(
        "# @package _global_\ndefaults: [post_crisis, _self_]\ntitle: Mine\nsituation: {violence: 0.01}\n"
    )
    code, out, _ = mipo("--config-dir", "own", "scenario=mine", "~compare.mix_of_2007", *SMALL)
    assert code == 0 and "Mine" in out
    (folder,) = (tmp_path / "results").iterdir()
    forms = mipo_sim.load(folder).experiment.forms
    assert {values["situation.violence"] for values in forms.values()} == {0.01}


# -- help and listings --------------------------------------------------------------------------------------


def test_version_and_help(mipo):
    assert mipo("--version") == (0, f"mipo_sim {mipo_sim.__version__}\n", "")
    assert "mipo scenarios" in mipo("--help")[1]
    code, out, _ = mipo("run", "--help")
    assert code == 0 and "sierra_leone" in out and 'eval "$(mipo -sc install=bash)"' in out
    for command in ("parameters", "phases", "scenarios"):
        assert f"mipo {command}" in mipo(command, "--help")[1]


def test_tab_completion(mipo, monkeypatch):
    for line in ("mipo integration=co", "mipo run integration=co"):
        monkeypatch.setenv("COMP_LINE", line)
        _, out, _ = mipo("-sc", "query=bash")
        assert out.split() == [
            "integration=coexistence",
            "integration=collaboration",
            "integration=coordination",
        ]
    assert "complete " in mipo("-sc", "install=bash")[1]


def test_search_among_parameters(mipo):
    code, out, _ = mipo("parameters")
    assert code == 0 and all(name in out for name in declared())
    _, out, _ = mipo("parameters", "TROOPS", "--role", "lever")
    assert "mandate.troops" in out and "conflict." not in out
    for word in ("default", "unit", "evidence", "source", f"of {len(declared())} parameters"):
        assert word in out
    assert mipo("parameters", "no such thing") == (1, "No parameter has 'no such thing' in it.\n", "")


def test_what_there_is_to_choose_from(mipo):
    _, out, _ = mipo("scenarios")
    for group in ("scenario", *GROUPS):
        assert f"({group}=...)" in out
        for option in options(group):
            assert re.search(rf"^  {option} +[A-Z].*", out, re.MULTILINE)
    assert re.search("sierra_leone +Stylised", out)


def test_phases_of_a_month(mipo):
    _, out, _ = mipo("phases")
    for number, phase in enumerate(MONTH, 1):
        assert re.search(rf"^ *{number}\. {phase.name}", out, re.MULTILINE)
        for act in phase.acts:
            assert re.search(rf"^ +{re.escape(act)} +[A-Z].+\.$", out, re.MULTILINE), (
                f"{act} says what it does"
            )


def test_phases_are_timed(mipo, monkeypatch):
    monkeypatch.setattr("mipo_sim.model.MissionModel.run", lambda model: model.step())
    _, out, _ = mipo("phases", "--time", "--worlds", "8")
    times = out.partition("ms a world")[2]
    assert all(phase.name in times for phase in MONTH) and "%" in times


# -- bad input ----------------------------------------------------------------------------------------------

BAD = [
    (("rnu",), "did you mean 'run'"),
    (("forecast",), "replay, report, dashboard, live, lessons, claims, validate, history"),
    (("integraton=full",), "did you mean 'integration'"),
    (("integration=ful",), "did you mean 'full'"),
    (("scenario=liberya",), "did you mean 'liberia'"),
    (("mandate.troups=3",), "did you mean 'mandate.troops'"),
    (("mandat.troops=3",), "did you mean 'mandate.troops'"),
    (("wolrds=3",), "did you mean 'worlds'"),
    (("+typo=1",), "nothing named 'typo' can be set"),
    (("+integration.typo=1",), "no parameter named 'integration.typo'"),
    (("+compare.x.integration=ful",), "did you mean 'full'"),
    (("integration.tactical=1.5",), "from 0 to 1, not 1.5"),
    (("integration.tactical=nan",), "from 0 to 1, not nan"),
    (("integration.tactical=abc",), "from 0 to 1, not 'abc'"),
    (("situation.limited_groups=1.5",), "takes a whole number"),
    (("integration.tactical=0.1,0.2",), "takes one value in a run"),
    (("integration=[full]",), "takes one option"),
    (("integration=",), "integration has no option ''"),
    (("~mandate.troops",), "nothing but compare can be taken away"),
    (("exit=stay", "exit.follow_on=1"), "there is no exit"),
    (("funding.pooled=0.9", "funding.earmarked=0.9"), "must not exceed 1"),
    (("worlds=0",), "worlds takes a whole number from 1"),
    (("worlds=-3",), "not -3"),
    (("worlds=99999999999",), "not 99999999999"),
    (("worlds=many",), "worlds takes a whole number, not 'many'"),
    (("map=heartlan",), "did you mean 'heartland'"),
    (("name=a/b",), "a name has letters"),
    (("name=no_mission",), "choose another name"),
    (("compare=3",), "compare takes forms by name"),
    (("x=[",), "cannot read 'x=['"),
    (("run", "run"), "cannot read 'run'"),
    (("--bogus",), "unrecognized arguments: --bogus"),
    (("--cfg", "foo"), "invalid choice: 'foo'"),
    (("--run", "--multirun"), "only one of"),
    (("--resolve",), "goes with --cfg"),
    (("--config-dir", "nowhere"), "not found"),
    (("--config-name", "other"), "Cannot find primary config 'other'"),
    (("--experimental-rerun", "x"), "not offered"),
    (("-m", "integration=full,ful"), "did you mean 'full'"),
    (("parameters", "--role", "hero"), "invalid choice: 'hero'"),
    (("phases", "--worlds", "0"), "--worlds takes a whole number"),
    (("phases", "--worlds", "x"), "invalid int value"),
    (("scenarios", "all"), "unrecognized arguments: all"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_input_gets_one_clear_line(mipo, tmp_path, words, said):
    code, out, err = mipo(*words)
    assert code == 2 and not out
    assert said in err
    assert err.startswith("mipo: ") and err.count("\n") == 1 and err.endswith("\n")
    assert not list(tmp_path.iterdir()), "nothing half-written"


def test_a_file_where_the_results_should_go(mipo, tmp_path):
    (tmp_path / "taken").write_text("in the way")
    code, out, err = mipo("output=taken", *SMALL)
    assert code == 2 and not out, "said before anything is computed"
    assert err == "mipo: 'taken' is not a folder\n"


def test_a_full_disk(mipo, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("mipo_sim.sweeps.results.write_parquet", full)
    code, _, err = mipo("~compare", *SMALL)
    assert code == 2 and err.count("\n") == 1
    assert "could not be saved" in err and "No space left on device; nothing was kept" in err
    assert not list(tmp_path.iterdir())


def test_interruption(mipo, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("mipo_sim.model.MissionModel.run", interrupt)
    code, _, err = mipo(*SMALL)
    assert (code, err.strip()) == (130, "mipo: stopped; nothing was saved")
    assert not list(tmp_path.iterdir())


def test_from_outside():
    wrong = from_outside("integration=ful")
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)
    done = from_outside(*SMALL, "~compare")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_has_read_enough():
    package = os.path.dirname(os.path.dirname(mipo_sim.__file__))
    command = f"{shlex.quote(sys.executable)} -m mipo_sim parameters | head -1"
    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": package}
    )
    assert done.stdout.startswith("name") and not done.stderr
