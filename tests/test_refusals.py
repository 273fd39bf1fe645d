"""What the abuse suite has found once, in one clear line ever since."""

import errno
import os
from pathlib import Path

import pytest
from pages import failing, forms_by_situation, sweep_of

import mipo_sim
from mipo_sim.command.account import account
from mipo_sim.parameters import ParameterError, check_value, declared
from mipo_sim.sweeps.loading import open_sweep
from mipo_sim.sweeps.store import SweepError

WORDS = [
    (("run", "parameters=3"), "parameters takes one option, not '3'"),
    (("run", "integration=3"), "integration takes one option, not '3'"),
    (("sweep", "engine={a: 1}"), "engine takes one option"),
    (("sweep", "study=["), "cannot read 'study=['"),
    (("sweep", "worlds=["), "cannot read 'worlds=['"),
    (("sweep", "~worlds"), "nothing of a sweep can be taken away"),
    (("sweep", "design.levers=3"), "design.levers takes names with what they are, not 3"),
    (("sweep", "conflict.contagion=true"), "not True"),
    (("sweep", "worlds.many=3"), "no parameter named 'worlds.many'; did you mean 'worlds'?"),
    (("sweep", "parameters.country.months=3"), "did you mean 'months'?"),
    (("run", "parameters.fundng.pooled=0"), "did you mean 'funding.pooled'?"),
    (("run", "integration=full,coexistence"), "integration takes one value in a run, not 'full,coex"),
    (("run", "--dry-run"), "there is no --dry-run here; mipo sweep has it"),
    (("run", "--worlds", "50"), "settings are written worlds=..."),
    (("run", "study=funding_rules"), "study is of a sweep"),
    (("sweep", "-m", "integration=full"), "there is no -m here; mipo run has it"),
    (("sweep", "workers=two"), "workers takes a whole number, not 'two'"),
    (("sweep", "integration=full,coexistence", "precision=0.1", "outcomes=trst"), "did you mean 'trust'"),
]


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def refused(answer, said):
    code, out, err = answer
    assert (code, out) == (2, "") and said in err and err.startswith("mipo: ") and err.count("\n") == 1, (
        answer
    )


@pytest.mark.parametrize(("words", "said"), WORDS, ids=[" ".join(words) for words, _ in WORDS])
def test_words_that_once_ended_otherwise(mipo, tmp_path, words, said):
    refused(mipo(*words), said)
    assert not list(tmp_path.iterdir())


def test_a_switch_takes_yes_and_no():
    name = next(name for name, p in declared().items() if p.unit == "switch")
    assert check_value(declared()[name], True) == 1
    with pytest.raises(ParameterError, match="not True"):
        check_value(declared()["mandate.troops"], True)


BROKEN = {
    "integration/mine.yaml": (("run", "integration=mine"), ("-m", "integration=mine,full")),
    "study/mine.yaml": (("study", "mine"), ("sweep", "study=mine")),
    "engine/mine.yaml": (("sweep", "engine=mine", "--dry-run"),),
}


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe"], ids=["torn", "no text"])
@pytest.mark.parametrize("name", BROKEN)
def test_files_of_ones_own_that_cannot_be_read(mipo, name, content):
    file = Path("own") / name
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    for words in BROKEN[name]:
        refused(mipo(*words, "--config-dir", "own"), "")


def test_an_engine_without_names(mipo):
    Path("own/engine").mkdir(parents=True)
    Path("own/engine/mine.yaml").write_text("[1, 2]")
    refused(
        mipo("sweep", "--config-dir", "own", "engine=mine", "--dry-run"), "an engine takes settings by name"
    )


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("study", "a study takes names with what they are, not [1, 2]"),
        ("integration", "In 'integration/mine': "),
    ],
)
def test_a_list_where_names_are_due(mipo, group, said):
    Path("own", group).mkdir(parents=True)
    Path("own", group, "mine.yaml").write_text("[1, 2]")
    refused(mipo("sweep", "--config-dir", "own", f"{group}=mine", "--dry-run"), said)


def test_a_folder_where_a_sweep_is_described():
    Path("sweep/run.json").mkdir(parents=True)
    with pytest.raises(SweepError, match="is damaged"):
        open_sweep("sweep")


def test_damaged_results_of_a_run_are_said_to_be():
    folder = mipo_sim.run(worlds=2, months=3, compare=False).save("run", picture=False)
    for name in ("config.yaml", "manifest.json", "outcomes.parquet"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:20])
        with pytest.raises(SweepError, match=r"'run' are damaged \(\w+\); run them again"):
            mipo_sim.load(folder)
        (folder / name).write_bytes(whole)
    assert len(mipo_sim.load(folder).outcomes) == 2


def test_the_command_to_replay_can_be_copied_whatever_the_folder():
    folder = sweep_of(Path("with blanks"), forms_by_situation(1), 2, failing)
    assert "mipo replay 'with blanks' 0 shows the first again" in account(open_sweep(folder))


def test_a_table_shows_no_warnings_of_libraries(recwarn):
    mipo_sim.run(worlds=2, months=3).table()
    assert not list(recwarn)


def test_a_disk_that_fills_up_in_the_middle_of_a_run(mipo, monkeypatch, tmp_path):
    monkeypatch.setattr("mipo_sim.sweeps.results.Results._pictures", lambda results: {})

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("mipo_sim.sweeps.storage.pq.write_table", full)
    code, _, err = mipo("worlds=2", "months=3", "~compare")
    assert code == 2 and "nothing was kept" in err and not list(tmp_path.iterdir())
