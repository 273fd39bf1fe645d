"""Live through all worlds of a design: in shards, over workers, to be stopped and taken up at any time."""

import errno
import io
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from mipo_sim.model import MOST_WORLDS, SEED
from mipo_sim.parameters import ParameterError
from mipo_sim.parameters.posterior import check_parameters
from mipo_sim.sweeps.engine import Asked, engine, settings_of, worker_count, worker_died
from mipo_sim.sweeps.experiment import BLOCK
from mipo_sim.sweeps.identity import code_digest, identity
from mipo_sim.sweeps.plan import Design, Plan, Shard, live
from mipo_sim.sweeps.reuse import Earlier, Match, take
from mipo_sim.sweeps.store import Store, SweepError
from mipo_sim.sweeps.sweep_results import SweepResults
from mipo_sim.sweeps.tables import months_of, rows_of

ROUNDS = 3  # rounds without progress after which dying workers are no accident
PILOT = 128  # worlds of a pilot


@dataclass(frozen=True)
class Done:
    """What a worker says of a shard: how many worlds, how many of them failed, how many were taken over."""

    worlds: int
    failed: int
    taken: int


def work(shard: Shard, folder: Path, block: int, code: str, matches: Sequence[Match] = ()) -> Done:
    """Live through a shard and keep it; what a worker does.

    Parameters
    ----------
    shard : Shard
        The worlds.
    folder : Path
        The folder of the sweep.
    block : int
        How many worlds to compute together.
    code : str
        Digest of the code that the sweep was started with.
    matches : sequence of Match
        Points that earlier sweeps have lived through.
    """
    if code_digest() != code:
        raise SweepError("a worker runs other code than the process that started the sweep; stop the workers")
    taken = take(shard, matches)
    lived = live(shard, taken.to_do, block)
    taken.fill(lived)
    months = taken.months(shard, months_of(shard, lived))
    Store(folder).write(shard, rows_of(shard, lived, code), months)
    return Done(shard.hi - shard.lo, sum(why is not None for why in lived.failed), taken.worlds)


@dataclass(frozen=True)
class Forecast:
    """What a sweep would take.

    Attributes
    ----------
    points, worlds, done, taken : int
        Points, worlds, how many of these are done already, and how many an earlier sweep has.
    seconds : float
        Time for the rest on this machine, judged by a short pilot.
    megabytes, free : float
        Disk that the rest will take, and that is free.
    workers : int
        How many workers the time is for.
    """

    points: int
    worlds: int
    done: int
    taken: int
    seconds: float
    megabytes: float
    free: float
    workers: int


@dataclass(frozen=True)
class Sweep:
    """A design over replicates, and the folder that it is kept in.

    Parameters
    ----------
    design : Design
        The points.
    folder : path
        Where results go; if the same sweep has been there, it is taken up.
    replicates : int
        How many worlds of each point.
    seed : int
        Seed of all luck.
    first : int
        The first replicate.
    workers : int, optional
        How many worker processes of this machine; None for one a core. With more than one, a script must
        start under `if __name__ == "__main__":`, since workers import it. A cluster has its own workers.
    engine : str or mapping
        "local", "dask" or "slurm", or settings of one: `{"kind": "dask", "address": "tcp://host:8786"}`.
    block : int
        How many worlds to compute together; changes speed, never results.
    reuse : path, optional
        A folder with earlier sweeps, whose worlds are taken where they are the same.
    parameters : {"default", "posterior"}
        Whether each replicate draws a set of the calibration's posterior sample, the same at all points.
    given : tuple of str
        Parameters that were asked for by name and go before a draw, even with their default.
    """

    design: Design
    folder: Path
    replicates: int = 100
    seed: int = SEED
    first: int = 0
    workers: int | None = 1
    engine: Asked = "local"
    block: int = BLOCK
    reuse: Path | None = None
    parameters: str = "default"
    given: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        wholes = {"replicates": (1, MOST_WORLDS), "seed": (0, 2**63 - 1), "first": (0, 2**31 - 1)}
        wholes |= {"block": (1, 100_000)} | ({} if self.workers is None else {"workers": (1, 10_000)})
        for name, (low, high) in wholes.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise ParameterError(f"{name} takes a whole number from {low} to {high}, not {value!r}")
        if not hasattr(self.design, "resolve"):
            raise ParameterError(f"design takes what make_design makes, not {self.design!r}")
        if not isinstance(self.folder, str | PathLike):
            raise ParameterError(f"folder takes a path, not {self.folder!r}")
        object.__setattr__(self, "folder", Path(self.folder))
        settings_of(self.engine)
        check_parameters(self.parameters)

    @property
    def plan(self) -> Plan:
        """The worlds and shards."""
        given = self.given if self.parameters == "posterior" else ()  # else it decides nothing
        return Plan(self.design.points, self.replicates, self.first, self.parameters, given)

    @cached_property
    def store(self) -> Store:
        """The folder's files."""
        return Store(self.folder)

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What decides the numbers."""
        lo, hi = next(self.plan.shards())
        values = replace(self.shard(lo, hi), seed=0).keys("").tobytes()  # each difference is told once
        return identity(self.plan, self.seed, self.design.as_config(), values)

    def shard(self, lo: int, hi: int) -> Shard:
        """Worlds lo to hi - 1 with all that is needed to live through them."""
        return Shard.of(self.design, self.plan, self.seed, lo, hi)

    def run(self, shown: bool | None = False) -> SweepResults:
        """Live through all worlds that are not on disk yet.

        Parameters
        ----------
        shown : bool or None
            Whether to show a bar; None shows it to people only.

        Raises
        ------
        SweepError
            If the folder holds another sweep, another process is sweeping there, the disk is full or
            workers keep dying. What is done stays.
        """
        with _in_plain_words(), self.store.locked():
            self.store.begin(self.identity)
            with _bar(self.plan.worlds, shown) as bar:
                self._rounds(bar, Earlier.find(self.reuse, self.folder, self.identity))
        return SweepResults(self.folder)

    def _rounds(self, bar: "Bar", earlier: Earlier) -> None:
        """Compute what is missing; where workers die, what is missing then."""
        state, stuck = self.store.state(self.plan), 0
        for name in state.damaged:
            bar.say(f"{name} was damaged and is computed anew")
        bar.begin(self.plan.worlds - state.worlds, state.failed)
        while state.todo and stuck < ROUNDS:
            try:
                self._round(state.todo, bar, earlier)
            except Exception as error:
                if not worker_died(error):
                    raise
            before, state = len(state.todo), self.store.state(self.plan, verify=False)
            stuck = stuck + 1 if len(state.todo) == before else 0
            bar.begin(self.plan.worlds - state.worlds, bar.failed)
        if state.todo:
            raise SweepError(
                "workers keep dying, for want of memory perhaps; try fewer workers or a smaller block"
            )
        if bar.taken:
            bar.say(f"{bar.taken:,} worlds were taken from earlier sweeps")

    def _round(self, todo: list[tuple[int, int]], bar: "Bar", earlier: Earlier) -> None:
        """Hand shards to workers, a few at a time, and count what they say."""
        code, folder, ranges = code_digest(), self.folder.absolute(), iter(todo)
        with engine(self.engine, self.workers) as (executor, under_way):

            def start(count: int) -> set[Future[Done]]:
                shards = [self.shard(lo, hi) for lo, hi in islice(ranges, count)]
                return {
                    executor.submit(work, shard, folder, self.block, code, earlier.matches(shard, code))
                    for shard in shards
                }

            pending = start(under_way())
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in finished:
                    bar.add(future.result())
                pending |= start(max(0, under_way() - len(pending)))

    def forecast(self) -> Forecast:
        """Say what the sweep would take, without writing anything.

        Raises
        ------
        SweepError
            If the folder holds another sweep.
        """
        plan, taken, missing = self.plan, 0, list(self.plan.shards())
        if (self.folder / "run.json").exists():
            self.store.check(self.identity)
            missing = self.store.state(plan).todo
        earlier, code = Earlier.find(self.reuse, self.folder, self.identity), code_digest()
        if earlier.sources:
            shards = (self.shard(lo, hi) for lo, hi in missing)
            taken = sum(take(shard, earlier.matches(shard, code)).worlds for shard in shards)
        rest = sum(hi - lo for lo, hi in missing)
        a_world, bytes_a_world = self._pilot(*missing[0]) if rest > taken else (0.0, 0.0)
        workers = worker_count(self.engine, self.workers)
        place = next(p for p in (self.folder.absolute(), *self.folder.absolute().parents) if p.exists())
        return Forecast(
            plan.points,
            plan.worlds,
            plan.worlds - rest,
            taken,
            seconds=a_world * (rest - taken) / min(workers, max(len(missing), 1)),
            megabytes=bytes_a_world * rest / 1e6,
            free=shutil.disk_usage(place).free / 1e6,
            workers=workers,
        )

    def _pilot(self, lo: int, hi: int) -> tuple[float, float]:
        """Live through the first worlds of a shard: seconds and bytes that a world takes."""
        whole = max(PILOT - PILOT % self.replicates, min(self.replicates, PILOT))
        shard = self.shard(lo, min(hi, lo + whole))
        count = shard.hi - shard.lo
        start = time.perf_counter()
        lived = live(shard, block=self.block)
        seconds = time.perf_counter() - start
        size = 0.0
        for table, share in (
            (rows_of(shard, lived, ""), count),
            (months_of(shard, lived), self._a_series(shard)),
        ):
            if table is not None:
                page = io.BytesIO()
                pq.write_table(table, page, compression="zstd", compression_level=1, use_dictionary=False)
                size += page.getbuffer().nbytes / share
        return seconds / count, size

    def _a_series(self, shard: Shard) -> int:
        """How many worlds the months of a pilot stand for."""
        return len(shard.maps) * self.replicates


@contextmanager
def _in_plain_words() -> Iterator[None]:
    """Say what stands in the way in one clear line."""
    try:
        yield
    except MemoryError:
        raise SweepError(
            "not enough memory for a block of worlds; try a smaller block or fewer workers"
        ) from None
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk is full" if full else f"writing failed ({error.strerror or error})"
        raise SweepError(f"{why}; what is done stays, and the same command goes on from there") from None


@dataclass
class Bar:
    """A bar of worlds done, with rate, time left and failures; and lines above it."""

    bar: Any
    say: Callable[[str], None]
    failed: int = 0
    taken: int = 0

    def begin(self, done: int, failed: int) -> None:
        """Begin, or begin anew, at what is on disk."""
        if self.bar.n == 0:
            self.bar.initial = done  # was not done at today's rate
        self.bar.n, self.failed = done, failed
        self._show()

    def add(self, done: Done) -> None:
        """Count what a worker did."""
        self.failed += done.failed
        self.taken += done.taken
        self.bar.update(done.worlds)
        self._show()

    def _show(self) -> None:
        self.bar.set_postfix_str(f"{self.failed:,} failed" if self.failed else "", refresh=True)


@contextmanager
def _bar(worlds: int, shown: bool | None) -> Iterator[Bar]:
    from tqdm import tqdm

    hidden = None if shown is None else not shown
    with tqdm(total=worlds, desc="worlds", unit=" worlds", disable=hidden, dynamic_ncols=True) as bar:
        yield Bar(bar, bar.write)
