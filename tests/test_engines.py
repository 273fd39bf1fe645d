"""Engines: settings from the config group, faults told before anything runs. Clusters: test_sweeps_slow."""

import sys
from typing import Any

import pytest

from mipo_sim.parameters import ParameterError
from mipo_sim.sweeps.engine import EngineError, engine, is_here, settings_of, worker_count


def test_what_is_not_given_comes_from_the_option() -> None:
    settings = settings_of({"kind": "slurm", "jobs": 20, "memory": "4GB"})
    assert (settings["jobs"], settings["memory"]) == (20, "4GB")
    assert settings["cores"] == settings_of("slurm")["cores"]


def test_how_many_workers_there_will_be() -> None:
    assert worker_count("local", 3) == worker_count("dask", 3) == 3
    assert worker_count({"kind": "slurm", "jobs": 20, "cores": 8}) == 160


def test_which_engines_use_this_machine() -> None:
    elsewhere = {"kind": "dask", "address": "tcp://host:8786"}
    assert [is_here(one) for one in ("local", "dask", "slurm", elsewhere)] == [True, True, False, False]


def test_shards_under_way_keep_all_workers_busy() -> None:
    with engine("local", 1) as (_, under_way):
        assert under_way() == 1
    with engine("local", 2) as (executor, under_way):
        assert under_way() == 4
        assert executor.submit(max, 1, 2).result() == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("locl", "no engine named 'locl'; did you mean 'local'"),
        ({"jobs": 3}, "no engine named 'None'"),
        ({"kind": "slurm", "jbos": 3}, "has no setting 'jbos'; did you mean 'jobs'"),
        ({"kind": "local", "jobs": 3}, "the engine local has no setting 'jobs'"),
        ({"kind": "slurm", "jobs": 0}, "engine.jobs takes a whole number from 1 to 10000, not 0"),
        ({"kind": "slurm", "cores": True}, "engine.cores takes a whole number"),
        ({"kind": "slurm", "jobs": None}, "engine.jobs takes a whole number"),
        ({"kind": "slurm", "memory": "much"}, "engine.memory takes an amount of memory"),
        ({"kind": "slurm", "walltime": "an hour"}, "engine.walltime takes hours:minutes:seconds"),
        ({"kind": "dask", "address": "host:8786"}, "engine.address takes the address of a Dask scheduler"),
    ],
)
def test_engines_that_cannot_be_meant(asked: Any, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        settings_of(asked)


@pytest.mark.parametrize("name", ["queue", "account", "interface"])
@pytest.mark.parametrize("value", ["long\nrm -rf x", "long; rm -rf x", "$(id)", "`id`", ""])
def test_no_setting_can_put_a_command_into_a_job(name: str, value: str) -> None:
    with pytest.raises(ParameterError, match=rf"engine\.{name} takes"):
        settings_of({"kind": "slurm", name: value})
    with pytest.raises(ParameterError, match=r"engine\.directives takes"):
        settings_of({"kind": "slurm", "directives": [f"--x={value}\nid"]})


def test_what_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineError, match="engine=slurm needs sbatch"), engine("slurm"):
        pass
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineError, match=r"needs Dask: pip install 'mipo-sim\[dask\]'"), engine("dask"):
        pass
