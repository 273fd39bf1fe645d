"""Simulate sets of parameters in batches that are kept as they are done, so that a cut study goes on.

Sets of a batch share their worlds; every batch has worlds of its own, so that no set is judged, and no
surface fitted, on the luck of one seed.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from mipo_sim.evidence import simulated_targets
from mipo_sim.sweeps.engine import engine

FIRST_SEED = 4_000_000  # the study's seeds: this, a thousand for each stage, and the number of the batch
STAGES = (
    "screening",
    *(f"wave {number}" for number in range(1, 5)),
    "posterior",
    "choice",
    "check",
    "truth",
    "tension",
)


@dataclass(frozen=True)
class Work:
    """Where batches are kept, and how many processes compute them."""

    folder: Path
    workers: int


@dataclass(frozen=True)
class Batch:
    """Some sets in worlds of one seed."""

    path: Path
    values: dict[str, np.ndarray]
    rows: tuple[str, ...]
    worlds: int
    seed: int


def seed_of(stage: str, batch: int = 0) -> int:
    """The seed of a batch; no two batches have the same."""
    return FIRST_SEED + 1000 * STAGES.index(stage) + batch


def simulated(
    work: Work,
    stage: str,
    values: dict[str, np.ndarray],
    rows: Sequence[str],
    worlds: int,
    size: int,
    pair: bool = False,
) -> pd.DataFrame:
    """Simulated targets of sets, one row a set, in batches of so many sets; those on disk are read back.

    With `pair`, all batches share one seed: to compare sets on matched luck.
    """
    sets = len(next(iter(values.values())))
    folder = work.folder / stage.replace(" ", "_")
    folder.mkdir(parents=True, exist_ok=True)
    batches = []
    for number, start in enumerate(range(0, sets, size)):
        mine = {name: column[start : start + size] for name, column in values.items()}
        path = folder / f"{number:03}-{digest_of(mine, rows)}.csv"
        batches.append(Batch(path, mine, tuple(rows), worlds, seed_of(stage, 0 if pair else number)))
    _do([batch for batch in batches if not batch.path.exists()], work.workers, stage)
    parts = [pd.read_csv(batch.path) for batch in batches]
    return pd.concat(parts, ignore_index=True)


def digest_of(values: Mapping[str, Any], rows: Sequence[str] = ()) -> str:
    """Name what sets are lived through, so that no file is taken for another."""
    words = [*rows, *(f"{name} {np.asarray(column).tolist()}" for name, column in values.items())]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:8]


def _do(batches: list[Batch], workers: int, stage: str) -> None:
    if not batches:
        return
    with engine("local", workers) as (executor, _):
        waiting = [executor.submit(live, batch) for batch in batches]
        finished: Iterator = as_completed(waiting) if workers > 1 else iter(waiting)
        for one in tqdm(finished, desc=stage, total=len(waiting), unit=" batches"):
            one.result()


def live(batch: Batch) -> None:
    """Simulate a batch and keep it, all or nothing."""
    table = simulated_targets(batch.values, worlds=batch.worlds, seed=batch.seed, rows=batch.rows)
    part = batch.path.with_suffix(".part")
    table.to_csv(part, index=False)
    part.replace(batch.path)
