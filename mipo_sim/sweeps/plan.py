"""What a sweep is made of: worlds numbered point by point, shards of them that a worker can live through.

World `w` is replicate `first + w % replicates` of point `w // replicates`. A shard is a range of worlds
that becomes a file; which ranges there are follows from the numbers of points and replicates alone, so
that files do not depend on who computed them. Inside a shard, worlds of like structure are computed
together in blocks, replicate by replicate, so that luck they share is drawn once. Neither changes a bit.
"""

import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd

from mipo_sim.model import MissionModel
from mipo_sim.outcomes import OUTCOMES, SERIES, outcomes_of
from mipo_sim.parameters import declared
from mipo_sim.parameters.posterior import drawn
from mipo_sim.sweeps.experiment import BLOCK

MOST_SHARD, LEAST_SHARD = 1024, 128  # worlds in a file: seconds of work for a core
SHARDS = 64  # how many files a sweep is cut into before they grow
WATCHED_OF_POINT = 100  # replicates of a point whose months are summarised
ALL_MONTHS = 1000  # points up to which every month of every measure is kept
BROAD = (
    "violence",
    "need_met",
    "duplication",
    "trust",
    "grievance",
    "local_capacity",
    "presence",
    "cost",
)
YEAR = 12
# Outcomes that a world in good health may leave undefined: the month of what never happened, and the like.
OPEN = {m.name for m in OUTCOMES if m.counted or m.unit == "month"} | {"need_met_after"}


class Points(Protocol):
    """Points of a design, ready for the model; see `Design.resolve`."""

    @property
    def values(self) -> Mapping[str, Any]:
        """Parameters by dotted name, each an array with one entry a point."""

    @property
    def map(self) -> Sequence[str]:
        """The map of each point."""

    @property
    def months(self) -> Sequence[int]:
        """The length of a run at each point."""


class Design(Protocol):
    """What a sweep asks of a design: how many points, and any range of them."""

    @property
    def points(self) -> int:
        """How many points there are."""

    def rows(self, lo: int, hi: int) -> pd.DataFrame:
        """Points lo to hi as a researcher names them: one column an axis."""

    def resolve(self, lo: int, hi: int) -> Points:
        """Points lo to hi as the model needs them."""

    def as_config(self) -> dict[str, Any]:
        """The design in plain numbers and words."""


@dataclass(frozen=True)
class Plan:
    """The worlds of a sweep and the shards they are kept in.

    Attributes
    ----------
    points : int
        How many points.
    replicates : int
        How many worlds of each.
    first : int
        The first replicate; 0 unless a sweep adds to another.
    parameters : {"default", "posterior"}
        Whether replicate r of every point draws set r of the posterior sample.
    given : tuple of str
        Parameters that were asked for by name and go before a draw.
    """

    points: int
    replicates: int
    first: int = 0
    parameters: str = "default"
    given: tuple[str, ...] = ()

    @property
    def worlds(self) -> int:
        """How many worlds there are."""
        return self.points * self.replicates

    @cached_property
    def size(self) -> int:
        """How many worlds a shard has: whole points, or a piece of one with very many replicates."""
        size = min(max(self.worlds // SHARDS, LEAST_SHARD), MOST_SHARD)
        size -= size % BLOCK if size > BLOCK else 0  # whole blocks, which cost least a world
        if self.replicates <= size:
            return size - size % self.replicates
        pieces = -(-self.replicates // max(size, WATCHED_OF_POINT))
        return -(-self.replicates // pieces)

    def shards(self) -> Iterator[tuple[int, int]]:
        """Ranges of worlds, in order."""
        points = max(1, self.size // self.replicates)
        for point in range(0, self.points, points):
            yield from self.shards_of(point)

    def shards_of(self, point: int) -> Iterator[tuple[int, int]]:
        """Ranges of worlds in which a point's worlds are."""
        start = point * self.replicates
        end = start + self.replicates
        if self.size % self.replicates == 0:
            start -= start % self.size
            yield start, min(start + self.size, self.worlds)
        else:
            yield from ((lo, min(lo + self.size, end)) for lo in range(start, end, self.size))

    def watches(self, lo: int) -> bool:
        """Whether the shard that starts at a world also summarises the months of its points."""
        return lo % self.replicates == 0

    @property
    def watched(self) -> int:
        """How many replicates of a point are summarised month by month."""
        return min(self.replicates, WATCHED_OF_POINT)

    @property
    def kept(self) -> tuple[tuple[str, ...], int]:
        """Which measures are summarised, and every how many months: fewer where there are many points."""
        every = tuple(measure.name for measure in SERIES)
        return (every, 1) if self.points <= ALL_MONTHS else (BROAD, YEAR)


@dataclass(frozen=True)
class Shard:
    """A range of worlds with all that is needed to live through it.

    Attributes
    ----------
    plan : Plan
        The sweep that it is part of.
    lo, hi : int
        The worlds: lo, lo + 1, ... hi - 1.
    seed : int
        Seed of all luck.
    values : dict
        Parameters by dotted name, one entry for each of the shard's points, or one number for all.
    maps : tuple of str
        The map of each of the shard's points.
    months : array of int
        Length of a run at each of the shard's points.
    axes : DataFrame
        The shard's points as the design names them.
    """

    plan: Plan
    lo: int
    hi: int
    seed: int
    values: dict[str, np.ndarray]
    maps: tuple[str, ...]
    months: np.ndarray
    axes: pd.DataFrame

    @classmethod
    def of(cls, design: Design, plan: Plan, seed: int, lo: int, hi: int) -> "Shard":
        """Take worlds lo to hi of a design."""
        start, end = lo // plan.replicates, -(-hi // plan.replicates)
        points = design.resolve(start, end)
        values = {name: _narrow(np.asarray(column)) for name, column in points.values.items()}
        return cls(
            plan, lo, hi, seed, values, tuple(points.map), np.asarray(points.months), design.rows(start, end)
        )

    @property
    def worlds(self) -> np.ndarray:
        """The number of each world."""
        return np.arange(self.lo, self.hi)

    @property
    def points(self) -> np.ndarray:
        """The point of each world, counted over the design."""
        return self.worlds // self.plan.replicates

    @property
    def places(self) -> np.ndarray:
        """The point of each world, counted within the shard."""
        return self.points - self.lo // self.plan.replicates

    @property
    def replicates(self) -> np.ndarray:
        """The replicate of each world, which decides its luck."""
        return self.plan.first + self.worlds % self.plan.replicates

    def at(self, name: str, places: np.ndarray) -> np.ndarray:
        """Read a parameter at some of the shard's points."""
        column = self.values[name]
        return column[places] if column.ndim else np.full(len(places), column)

    def blocks(self, which: np.ndarray, size: int) -> Iterator[np.ndarray]:
        """Cut worlds of the shard, given by their place in it, into blocks that one model can hold."""
        structural = [n for n, p in declared().items() if p.structural and n in self.values]
        shapes = zip(
            self.maps,
            self.months.tolist(),
            *(self.at(n, np.arange(len(self.maps))).tolist() for n in structural),
            strict=True,
        )
        known: dict[tuple[Any, ...], int] = {}
        shape = np.array([known.setdefault(one, len(known)) for one in shapes])[self.places[which]]
        for kind in range(len(known)):
            alike = which[shape == kind]
            alike = alike[np.lexsort((alike, self.replicates[alike]))]
            if len(alike):
                yield from np.array_split(alike, -(-len(alike) // size))

    def model(self, block: np.ndarray) -> MissionModel:
        """Make the model of a block of worlds, given by their place in the shard."""
        places = self.places[block]
        values = {name: self.at(name, places) for name in self.values}
        if self.plan.parameters == "posterior":
            values = drawn(values, self.replicates[block], self.plan.given)
        return MissionModel(
            values,
            worlds=len(block),
            replicates=self.replicates[block],
            seed=self.seed,
            map=self.maps[places[0]],
            months=int(self.months[places[0]]),
        )

    def keys(self, code: str) -> np.ndarray:
        """Name the content of each of the shard's points: whatever decides its worlds but their replicate.

        Parameters
        ----------
        code : str
            Digest of the code and of what it computes with.
        """
        places = np.arange(len(self.maps))
        table = np.empty((len(places), len(declared())), np.float32)  # as the model reads them
        for column, (name, parameter) in enumerate(declared().items()):
            table[:, column] = self.at(name, places) if name in self.values else parameter.default
        keys = np.empty(len(places), np.int64)
        plan = self.plan
        drawing = "" if plan.parameters == "default" else f"{plan.parameters} {' '.join(sorted(plan.given))} "
        for place, row in enumerate(table):
            words = f"{code} {self.seed} {self.maps[place]} {self.months[place]} {drawing}"
            digest = hashlib.blake2b(words.encode() + row.tobytes(), digest_size=8).digest()
            keys[place] = int.from_bytes(digest, "little", signed=True)
        return keys


@dataclass
class Lived:
    """What came of the worlds of a shard.

    Attributes
    ----------
    outcomes : dict of str to array, shape [world]
        By name, in single precision; not a number where undefined, and throughout where a world failed.
    months : dict of str to array, shape [month, world]
        Monthly series of the kept measures; not a number where there are none.
    failed : list of str or None
        Why a world failed.
    failed_month : array, shape [world]
        In which month, from 0; -1 where it did not.
    """

    outcomes: dict[str, np.ndarray]
    months: dict[str, np.ndarray]
    failed: list[str | None]
    failed_month: np.ndarray


def live(shard: Shard, which: np.ndarray | None = None, block: int = BLOCK) -> Lived:
    """Live through worlds of a shard; a world that fails costs no other its life.

    Parameters
    ----------
    shard : Shard
        The worlds.
    which : array of int, optional
        Only these, by their place in the shard.
    block : int
        How many to compute together; changes speed and memory, never results.
    """
    count = shard.hi - shard.lo
    names, every = shard.plan.kept if shard.plan.watches(shard.lo) else ((), 1)
    kept_months = len(range(every - 1, int(shard.months.max()), every))
    lived = Lived(
        {m.name: np.full(count, np.nan, np.float32) for m in OUTCOMES},
        {name: np.full((kept_months, count), np.nan, np.float32) for name in names},
        [None] * count,
        np.full(count, -1),
    )
    for worlds in shard.blocks(np.arange(count) if which is None else which, block):
        _live_block(shard, worlds, lived, every)
    return lived


def _live_block(shard: Shard, worlds: np.ndarray, lived: Lived, every: int) -> None:
    """Live through a block; where something goes wrong, through its halves, until the culprit is alone."""
    model = None
    try:
        model = shard.model(worlds)
        model.run()
        wrong = _broken(model.recorder.series)
        came = outcomes_of(model)
    except Exception as error:
        if len(worlds) > 1:
            for half in np.array_split(worlds, 2):
                _live_block(shard, half, lived, every)
            return
        if isinstance(error, MemoryError):  # not the world's fault
            raise
        lived.failed[worlds[0]] = reason(error)
        lived.failed_month[worlds[0]] = 0 if model is None else model.month
        return
    series = model.recorder.series
    del model
    gc.collect()  # a model and its agents know each other, and would linger for some blocks
    for name, values in came.items():
        for place in np.flatnonzero(np.isinf(values) | (np.isnan(values) & (name not in OPEN))).tolist():
            wrong.setdefault(place, (int(shard.months[shard.places[worlds[0]]]) - 1, f"no number for {name}"))
    for place, (month, why) in wrong.items():
        lived.failed[worlds[place]], lived.failed_month[worlds[place]] = why, month
    good = np.setdiff1d(np.arange(len(worlds)), list(wrong))
    for name, column in lived.outcomes.items():
        column[worlds[good]] = came[name][good]
    for name, months in lived.months.items():
        kept = series[name][every - 1 :: every][:, good]
        months[: len(kept), worlds[good]] = kept


def reason(error: BaseException) -> str:
    """Say in one short line what an error is."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def _broken(series: Mapping[str, np.ndarray]) -> dict[int, tuple[int, str]]:
    """Find worlds with a month that is not a number, the first such month and of what; and silence them."""
    found: dict[int, tuple[int, str]] = {}
    for name, values in series.items():
        bad = ~np.isfinite(values)
        for world in np.flatnonzero(bad.any(axis=0)).tolist():
            month = int(bad[:, world].argmax())
            if world not in found or month < found[world][0]:
                found[world] = (month, f"{name} is not a number")
    for values in series.values() if found else ():
        values[:, list(found)] = 0  # outcomes refuse what is not a number; those of these worlds are not kept
    return found


def _narrow(column: np.ndarray) -> np.ndarray:
    """Keep one number for a column that has but one, since shards travel to their workers."""
    return column.reshape(-1)[0] if column.size and (column == column.flat[0]).all() else column
