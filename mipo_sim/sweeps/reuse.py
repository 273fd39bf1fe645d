"""Worlds that an earlier sweep has lived through already, found by what decides them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mipo_sim.sweeps.plan import Lived, Plan, Shard
from mipo_sim.sweeps.store import Store, SweepError, read_table

SAME = ("format", "code", "numpy", "seed")  # what an earlier sweep must share to be of use


@dataclass(frozen=True)
class Taken:
    """Worlds of a shard that were found.

    Attributes
    ----------
    rows : DataFrame
        Their rows, indexed by their place in the shard.
    series : Table or None
        Months of their points, numbered as in this sweep.
    size : int
        How many worlds the shard has.
    """

    size: int
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    series: pa.Table | None = None

    @property
    def worlds(self) -> int:
        """How many were found."""
        return len(self.rows)

    @property
    def to_do(self) -> np.ndarray:
        """Places in the shard of those that were not."""
        return np.setdiff1d(np.arange(self.size), self.rows.index.to_numpy(dtype=np.int64))

    def fill(self, lived: Lived) -> None:
        """Add what was found to what was computed."""
        for name, column in lived.outcomes.items() if self.worlds else ():
            column[self.rows.index] = self.rows[name]

    def months(self, shard: Shard, computed: pa.Table | None) -> pa.Table | None:
        """Add the months that were found to those that were computed, in the usual order."""
        if self.series is None or computed is None:
            return computed
        both = pa.concat_tables([computed, self.series.select(computed.column_names).cast(computed.schema)])
        names = list(shard.plan.kept[0])
        order = np.lexsort(
            (
                both["month"].to_numpy(),
                both["point"].to_numpy(),
                pd.Index(names).get_indexer(both["measure"].to_pandas()),
            )
        )
        return both.take(pa.array(order))


@dataclass(frozen=True)
class Match:
    """A point of a shard that an earlier sweep has: its place in the shard, and where it stands there."""

    place: int
    folder: Path
    plan: Plan
    point: int


@dataclass(frozen=True)
class Source:
    """An earlier sweep: where it is, and where each of its points stands in it, by key."""

    folder: Path
    plan: Plan
    keys: np.ndarray
    points: np.ndarray


@dataclass(frozen=True)
class Earlier:
    """Earlier sweeps by the same code, with the same seed."""

    sources: tuple[Source, ...] = ()

    @classmethod
    def find(cls, place: Path | None, own: Path, identity: Mapping[str, Any]) -> "Earlier":
        """Look through the folders in a place, and the folders in those.

        Parameters
        ----------
        place : Path or None
            Where to look; None looks nowhere.
        own : Path
            The folder of the sweep itself.
        identity : mapping
            What decides its numbers.
        """
        if place is None:
            return cls()
        sources = []
        for file in sorted({*place.glob("*/run.json"), *place.glob("*/*/run.json")}):
            store = Store(file.parent.absolute())
            try:
                there = store.identity()
                if store.folder != own.absolute() and all(there[word] == identity[word] for word in SAME):
                    keys, points = np.unique(store.read("rows", ["key", "point"]), axis=0).T
                    sources.append(Source(store.folder, store.plan(), keys, points))
            except (SweepError, OSError, KeyError, ValueError):  # of no use; opening it says why
                continue
        return cls(tuple(sources))

    def matches(self, shard: Shard, code: str) -> list[Match]:
        """Find the points of a shard; one may be found several times."""
        if not self.sources:
            return []
        found, keys = [], shard.keys(code)
        for source in self.sources:
            spots = np.searchsorted(source.keys, keys).clip(max=len(source.keys) - 1)
            for place in np.flatnonzero(source.keys[spots] == keys).tolist():
                found.append(Match(place, source.folder, source.plan, int(source.points[spots[place]])))
        return found


def take(shard: Shard, matches: Sequence[Match]) -> Taken:
    """Read the worlds of a shard that earlier sweeps have, where their points can be taken."""
    files, rows, series = _Files(), {}, {}
    for match in matches:
        if match.place not in rows and (found := _worlds(match, shard, files)) is not None:
            rows[match.place], months = found
            if months is not None:
                series[match.place] = months
    if not rows:
        return Taken(shard.hi - shard.lo)
    months = pa.concat_tables(series.values()) if series else None
    return Taken(shard.hi - shard.lo, pd.concat(list(rows.values())), months)


class _Files:
    """Files of earlier sweeps, read once for a shard."""

    def __init__(self) -> None:
        self.known: dict[Path, pa.Table | None] = {}

    def read(self, file: Path) -> pa.Table | None:
        if file not in self.known:
            try:
                self.known[file] = read_table(file)
            except (SweepError, OSError):
                self.known[file] = None
        return self.known[file]


def _worlds(match: Match, shard: Shard, files: _Files) -> tuple[pd.DataFrame, pa.Table | None] | None:
    """Read the worlds of one point, and its months where they are summarised here; None if that fails."""
    store, start = Store(match.folder), match.point * match.plan.replicates
    mine = np.flatnonzero(shard.places == match.place)
    parts = []
    for lo, hi in match.plan.shards_of(match.point):
        table = files.read(store.path("rows", lo, hi))
        if table is not None:
            begin, end = max(lo, start), min(hi, start + match.plan.replicates)
            parts.append(table.slice(begin - lo, end - begin).to_pandas())
    if not parts:
        return None
    found = pd.concat(parts)
    wanted = pd.Index(shard.replicates[mine])
    found = found[found["replicate"].isin(wanted)]
    if found.empty or found["failed"].notna().any():
        return None
    found.index = pd.Index(mine[wanted.get_indexer(found["replicate"])])
    if not shard.plan.watches(shard.lo):
        return found, None
    months = _months(match, shard, store, files)
    if months is None or not np.isin(mine[: shard.plan.watched], found.index).all():
        return None
    return found, months


def _months(match: Match, shard: Shard, store: Store, files: _Files) -> pa.Table | None:
    """Read the months of a point, if they were summarised in the same way."""
    there, here = match.plan, shard.plan
    if (there.kept, there.watched, there.first) != (here.kept, here.watched, here.first):
        return None
    table = files.read(store.path("series", *next(there.shards_of(match.point))))
    if table is None:
        return None
    months = table.filter(pc.equal(table["point"], match.point))
    point = shard.lo // here.replicates + match.place
    return months.set_column(0, "point", pa.array(np.full(len(months), point, np.int32)))
