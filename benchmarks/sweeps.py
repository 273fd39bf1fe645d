"""What a sweep costs beside the worlds it computes: workers, start, memory, storing.

Shares and ratios are of times taken in one run, so that they hold on a machine that others use too.
"""

import gc
import multiprocessing
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from unittest.mock import patch

from mipo_sim.model import MissionModel
from mipo_sim.outcomes import outcomes_of
from mipo_sim.parameters.options import compose
from mipo_sim.sweeps import sweep
from mipo_sim.sweeps.designs import make_design
from mipo_sim.sweeps.experiment import BLOCK
from mipo_sim.sweeps.store import Store
from mipo_sim.sweeps.sweep import Sweep

WORKERS = 2
FEW = 1_000  # worlds whose peak of memory is set against that of many
POINTS = (10, 1_000, 100_000, 1_000_000)  # of designs whose start is timed
STARTS = 3  # of each design; the best counts
STORED = 4 * BLOCK  # worlds whose storing is timed


def measure(worlds: int) -> dict[str, object]:
    """Measure all of it; `worlds` is the size of the sweep that is set against the bare engine."""
    return against_bare(worlds) | starts() | storing()


# ---------------------------------------------------------------- time and memory against the bare engine


def against_bare(worlds: int) -> dict[str, object]:
    """Set a sweep's worlds a second, from its first moment to its last, against one bare loop a core.

    Half of the loops run before the sweep and half after it, so that a machine that grows slower or
    faster meanwhile favours neither.
    """
    print(
        f"\nA sweep of {worlds:,} worlds on {WORKERS} workers, and the engine in one loop a core", flush=True
    )
    each = max(1, worlds // 2 // WORKERS // BLOCK) * BLOCK
    bare = _loops(each)
    seconds, leader, worker = _apart(worlds)
    bare += _loops(each)
    rates = {"one loop a core": 2 * each * WORKERS / bare, "the sweep": worlds / seconds}
    for words, rate in rates.items():
        print(f"  {words:16} {rate:8.0f} worlds a second")
    _, few_leader, few_worker = _apart(FEW)
    print(
        f"  memory at most, MB: {few_leader:.0f} in the process that leads and {few_worker:.0f} in a worker"
    )
    print(f"  for {FEW:,} worlds, {leader:.0f} and {worker:.0f} for {worlds:,}", flush=True)
    share = rates["the sweep"] / rates["one loop a core"]
    return {"sweep_worlds": worlds, "sweep_share": share, "sweep_peak_mb": max(leader, worker)}


def _loops(worlds: int) -> float:
    """Time bare loops of so many worlds, one a core, all at once; the slowest counts."""
    context = multiprocessing.get_context("spawn")
    together, times = context.Barrier(WORKERS), context.SimpleQueue()
    loops = [context.Process(target=_loop, args=(worlds, together, times)) for _ in range(WORKERS)]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join()
        if loop.exitcode:
            sys.exit("a loop of the bare engine failed")
    return max(times.get() for _ in loops)


def _loop(worlds: int, together: Any, times: Any) -> None:
    mission = compose()
    gc.freeze()
    together.wait()
    start = perf_counter()
    for _ in range(worlds // BLOCK):
        outcomes_of(MissionModel(mission.values, worlds=BLOCK, map=mission.map, months=mission.months).run())
        gc.collect()  # a model and its agents know each other, and would linger
    times.put(perf_counter() - start)


def _apart(worlds: int) -> list[float]:
    """Run a sweep in a process of its own: seconds, and the peaks of memory there and in its workers."""
    command = [sys.executable, "-m", "benchmarks", "--swept", str(worlds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def swept(worlds: int) -> list[float]:
    """Run a sweep of the reference mission; see `_apart`."""
    with TemporaryDirectory() as place:
        start = perf_counter()
        Sweep(make_design({"kind": "none"}), Path(place) / "sweep", replicates=worlds, workers=WORKERS).run()
        seconds = perf_counter() - start
    unit = 1024**2 if sys.platform == "darwin" else 1024
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return [seconds, *(resource.getrusage(who).ru_maxrss / unit for who in whose)]


# ---------------------------------------------------------------- start


class Begun(Exception):
    """The first shard has been handed out."""


class _First(Executor):
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise Begun


@contextmanager
def _first(*_: Any) -> Iterator[tuple[Executor, Callable[[], int]]]:
    yield _First(), lambda: 1


def starts() -> dict[str, object]:
    """Time how long a sweep takes from its design to the first shard handed out, by the number of points."""
    print(
        "\nFrom a design to the first shard handed out (Sobol, 3 axes, 100 worlds of each point)", flush=True
    )
    best = dict.fromkeys(POINTS, float("inf"))
    for _ in range(STARTS):
        for points in POINTS:
            best[points] = min(best[points], start_of(points))
    for points, seconds in best.items():
        print(f"  {points:9,} points {1000 * seconds:8.0f} ms")
    return {
        "start_by_points": {str(n): round(seconds, 3) for n, seconds in best.items()},
        "start_seconds": best[POINTS[-1]],
    }


def start_of(points: int) -> float:
    """Time a sweep from its design to the first shard handed out."""
    levers = {"mandate.troops": "auto", "funding.predictable": "auto", "integration": "auto"}
    with TemporaryDirectory() as place, patch.object(sweep, "engine", _first):
        start = perf_counter()
        try:
            design = make_design({"kind": "sobol", "n": points, "levers": levers})
            Sweep(design, Path(place) / "sweep", replicates=100).run()
        except Begun:
            return perf_counter() - start
    raise AssertionError("no shard was handed out")


# ---------------------------------------------------------------- storing


def storing() -> dict[str, object]:
    """Find what share of its time a worker spends on tables and files."""
    spent = 0.0

    def timed(place: Any, name: str) -> Any:
        inner = getattr(place, name)

        def outer(*args: Any, **kwargs: Any) -> Any:
            nonlocal spent
            start = perf_counter()
            try:
                return inner(*args, **kwargs)
            finally:
                spent += perf_counter() - start

        return patch.object(place, name, outer)

    with TemporaryDirectory() as place, ExitStack() as stack:
        for where, name in ((sweep, "rows_of"), (sweep, "months_of"), (Store, "write")):
            stack.enter_context(timed(where, name))
        start = perf_counter()
        Sweep(make_design({"kind": "none"}), Path(place) / "sweep", replicates=STORED).run()
        whole = perf_counter() - start
    print(f"\nStoring takes {spent / whole:.1%} of the time of a worker ({STORED:,} worlds)", flush=True)
    return {"storing_share": spent / whole}
