"""Where shards are computed: here, in worker processes of this machine, or on a cluster.

An engine is a context manager that yields a `concurrent.futures.Executor`, and what tells how many shards
to have under way. The config group `engine` says which there are and what can be set. Workers write their
shards themselves, so the folder of a sweep must be the same place for all of them.
"""

from collections.abc import Mapping
from concurrent.futures import BrokenExecutor
from typing import Any

import yaml

from mipo_sim.parameters import ParameterError, nearest
from mipo_sim.parameters.options import CONFIGS
from mipo_sim.sweeps import cluster
from mipo_sim.sweeps.local import Engine, EngineError, cores, inline, pool_of

__all__ = ["Asked", "EngineError", "engine", "is_here", "settings_of", "worker_count", "worker_died"]

Asked = str | Mapping[str, Any]  # the name of an engine, or its settings, `kind` among them


def engine(asked: Asked = "local", workers: int | None = None) -> Engine:
    """Choose an engine.

    Parameters
    ----------
    asked : str or mapping
        "local", "dask" or "slurm", or settings of one of them: `{"kind": "slurm", "jobs": 20}`.
    workers : int, optional
        How many worker processes on this machine; by default one a core. A cluster has its own.

    Raises
    ------
    ParameterError
        If there is no such engine, or it has no such setting.
    """
    settings = settings_of(asked)
    if settings["kind"] == "slurm":
        return cluster.in_slurm(settings)
    if settings["kind"] == "dask":
        address = settings["address"]
        return cluster.at(address) if address else cluster.on_this_machine(workers or cores())
    count = workers or cores()
    return inline() if count == 1 else pool_of(count)


def worker_count(asked: Asked = "local", workers: int | None = None) -> int:
    """Tell how many workers an engine has, or will have once all its jobs run; see `engine`."""
    settings = settings_of(asked)
    if settings["kind"] == "slurm":
        return int(settings["jobs"] * settings["cores"])
    return cluster.count_at(settings["address"]) if settings.get("address") else workers or cores()


def is_here(asked: Asked) -> bool:
    """Tell whether an engine computes here, with as many workers as `workers` says."""
    settings = settings_of(asked)
    return settings["kind"] == "local" or (settings["kind"] == "dask" and not settings["address"])


def settings_of(asked: Asked) -> dict[str, Any]:
    """Complete the settings of an engine from its option in `configs/engine`, and check them.

    Raises
    ------
    ParameterError
        If there is no such engine or setting, or a value cannot be meant.
    """
    if not isinstance(asked, str | Mapping):
        raise ParameterError(f"an engine takes settings by name, not {asked!r}")
    given = {"kind": asked} if isinstance(asked, str) else dict(asked)
    kind, kinds = str(given.get("kind")), sorted(path.stem for path in (CONFIGS / "engine").glob("*.yaml"))
    if kind not in kinds:
        raise ParameterError(f"no engine named {kind!r}{nearest(kind, kinds)} (engines: {', '.join(kinds)})")
    usual = yaml.safe_load((CONFIGS / "engine" / f"{kind}.yaml").read_text("utf-8"))
    for name in given:
        if name not in usual:
            known = [name for name in usual if name != "kind"]
            listed = f" (settings: {', '.join(known)})" if known else ""
            raise ParameterError(f"the engine {kind} has no setting {name!r}{nearest(name, known)}{listed}")
    settings: dict[str, Any] = usual | given
    for name, value in settings.items():
        if name != "kind" and not (value is None and usual[name] is None):
            fits, words = cluster.TAKES[name]
            if not fits(value):
                raise ParameterError(f"engine.{name} takes {words}, not {value!r}")
    return settings


def worker_died(error: BaseException) -> bool:
    """Whether an error tells of a worker that is gone rather than of the work."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"
