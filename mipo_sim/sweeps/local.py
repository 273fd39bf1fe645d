"""Workers of this machine: this process itself, or processes that end with it however it ends."""

import gc
import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import wait
from typing import Any
from unittest.mock import patch

ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}

#: What an engine hands out: an executor, and what tells how many shards to have under way.
Handed = tuple[Executor, Callable[[], int]]
Engine = AbstractContextManager[Handed]


class EngineError(Exception):
    """An engine that cannot be had; the text is one clear line."""


class Inline(Executor):
    """An executor that does everything at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call the function and hand back what came of it."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def inline() -> Iterator[Handed]:
    """Compute in this process, one shard after the other."""
    gc.freeze()  # what is there already need not be looked through after every block
    try:
        yield Inline(), lambda: 1
    finally:
        gc.unfreeze()


@contextmanager
def pool_of(workers: int) -> Iterator[Handed]:
    """Start worker processes, which end with this one however it ends."""
    with patch.dict(os.environ, ONE_THREAD):
        pool = processes(workers)
        try:
            with deaf():
                for _ in range(workers):  # a pool starts a worker for a piece of work that finds none idle
                    pool.submit(cores)
            yield pool, lambda: 2 * workers
        except BaseException:  # shards in flight are lost, and computed again next time
            kill(pool)
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def processes(
    workers: int, steps_down: int = 0, first: Callable[[], object] | None = None
) -> ProcessPoolExecutor:
    """Make a pool of processes that leave Ctrl-C to this one and end with it; none has started yet.

    With steps down, others go first in the order in which processes are served. What is to be done first is
    done in each process before its work.
    """
    spawning = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, spawning, initializer=_begin_work, initargs=(steps_down, first))


def kill(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool in the midst of what they do."""
    for worker in list((getattr(pool, "_processes", None) or {}).values()):
        worker.kill()


@contextmanager
def deaf() -> Iterator[None]:
    """Hold back a Ctrl-C until the end, and let processes started meanwhile leave it to their parent."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # which they inherit
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_work(steps_down: int, first: Callable[[], object] | None) -> None:
    """Get ready, and end when the parent ends, even if it is killed."""
    if steps_down and hasattr(os, "nice"):
        os.nice(steps_down)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    import mipo_sim.sweeps.sweep  # noqa: F401 - what the work needs, before it comes

    gc.freeze()  # none of which need be looked through after every block
    warnings.simplefilter("ignore", RuntimeWarning)  # what goes wrong is told in a world's row
    parent = multiprocessing.parent_process()
    if parent is not None:
        gone = parent.sentinel
        threading.Thread(target=lambda: (wait([gone]), os._exit(1)), daemon=True).start()
    if first is not None:
        first()
