"""Live through one world of a sweep again, up to the month before it ended or failed."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mipo_sim.model import MissionModel
from mipo_sim.parameters import ParameterError
from mipo_sim.sweeps.identity import code_digest
from mipo_sim.sweeps.loading import open_sweep
from mipo_sim.sweeps.plan import Design, Shard
from mipo_sim.sweeps.store import read_table
from mipo_sim.sweeps.sweep_results import SweepResults


@dataclass(frozen=True)
class Case:
    """A world of a sweep, and how it ended.

    Attributes
    ----------
    shard : Shard
        The world, alone.
    failed : str or None
        Why it failed; None if it did not, or has not been lived through yet.
    month : int
        The month in which it failed, or its last one.
    """

    shard: Shard
    failed: str | None
    month: int

    @property
    def point(self) -> int:
        """The point of the design."""
        return int(self.shard.points[0])

    @property
    def replicate(self) -> int:
        """The replicate, which decides the luck."""
        return int(self.shard.replicates[0])

    def model(self) -> MissionModel:
        """Live through the world up to that month; the next step is the one that matters."""
        model = self.shard.model(np.array([0]))
        while model.month < self.month:
            model.step()
        return model


def find(results: SweepResults | Path | str, world: int, design: Design | None = None) -> Case:
    """Find a world of a sweep, with nothing but what its folder says.

    Parameters
    ----------
    results : SweepResults or path
        The sweep, complete or not.
    world : int
        Its number, as in the column `world`.
    design : Design, optional
        The design; by default it is made again from what the folder says.

    Raises
    ------
    SweepError
        If there is no sweep in the folder, or the file of the world is damaged.
    ParameterError
        If the sweep has no such world.
    """
    results = results if isinstance(results, SweepResults) else open_sweep(results)
    plan, there = results.plan, results.about["identity"]
    if type(world) is not int or not 0 <= world < plan.worlds:
        raise ParameterError(f"this sweep has worlds 0 to {plan.worlds - 1:,}, not {world!r}")
    if there["code"] != code_digest():
        warnings.warn("the sweep was made by other code or another NumPy; worlds may differ", stacklevel=2)
    shard = Shard.of(design or results.design, plan, there["seed"], world, world + 1)
    for lo, hi in plan.shards_of(world // plan.replicates):
        file = results.store.path("rows", lo, hi)
        if lo <= world < hi and file.exists():
            (row,) = read_table(file, ["failed", "failed_month"]).slice(world - lo, 1).to_pylist()
            if row["failed"] is not None:
                return Case(shard, row["failed"], row["failed_month"])
    return Case(shard, None, int(shard.months[0]) - 1)


def replay(results: SweepResults | Path | str, world: int, design: Design | None = None) -> MissionModel:
    """Live through one world of a sweep again, up to the month before it ended or failed.

    Parameters
    ----------
    results, world, design
        As in `find`.

    Returns
    -------
    MissionModel
        One world; its next `step()` is the month in which it failed, or its last one.

    Raises
    ------
    SweepError, ParameterError
        As `find` does.
    """
    return find(results, world, design).model()
