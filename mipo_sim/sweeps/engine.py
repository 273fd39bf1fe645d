"""Where shards are computed: here, in worker processes of this machine, or on a Dask cluster.

An engine is a context manager that yields a `concurrent.futures.Executor` and how many shards to hand
it at a time; one word of configuration chooses it:

local                     worker processes of this machine (one worker: this process itself)
dask                      a Dask cluster of worker processes on this machine
tcp://scheduler:8786      a Dask cluster that is running: dask-jobqueue on Slurm, the Kubernetes operator ...

Workers write their shards themselves, so the folder of a sweep must be the same place for all of them.
"""

import gc
import logging
import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from multiprocessing.connection import wait
from typing import Any
from unittest.mock import patch

ADDRESSES = ("tcp://", "tls://", "ucx://", "ws://", "wss://")
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}

Engine = AbstractContextManager[tuple[Executor, int]]


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


def engine(name: str = "local", workers: int | None = None) -> Engine:
    """Choose an engine.

    Parameters
    ----------
    name : str
        "local", "dask", or the address of a Dask scheduler.
    workers : int, optional
        How many worker processes; by default one a core. A running cluster has the workers it has.

    Raises
    ------
    EngineError
        If there is no such engine.
    """
    if name == "local":
        count = workers or cores()
        return _inline() if count == 1 else _pool(count)
    if name == "dask":
        return _dask(None, workers or cores())
    if name.startswith(ADDRESSES):
        return _dask(name, None)
    raise EngineError(
        f"engine takes local, dask or the address of a Dask scheduler (tcp://...), not {name!r}"
    )


@contextmanager
def _inline() -> Iterator[tuple[Executor, int]]:
    gc.freeze()  # what is there already need not be looked through after every block
    try:
        yield Inline(), 1
    finally:
        gc.unfreeze()


@contextmanager
def _pool(workers: int) -> Iterator[tuple[Executor, int]]:
    """Processes of this machine, which end with this one however it ends."""
    with patch.dict(os.environ, ONE_THREAD):
        pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin_work)
        with _deaf():
            pool.submit(cores)  # the first piece of work starts all workers
        started = list((getattr(pool, "_processes", None) or {}).values())
        try:
            yield pool, 2 * workers
        except BaseException:  # shards in flight are lost, and computed again next time
            for worker in started:
                worker.kill()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _deaf() -> Iterator[None]:
    """Let no Ctrl-C through, nor to processes started meanwhile: those leave it to their parent."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin_work() -> None:
    """Get ready, and end when the parent ends, even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    import mipo_sim.sweeps.sweep  # noqa: F401 - what the work needs, before it comes

    gc.freeze()  # none of which need be looked through after every block
    warnings.simplefilter("ignore", RuntimeWarning)  # what goes wrong is told in a world's row
    parent = multiprocessing.parent_process()
    if parent is not None:
        gone = parent.sentinel
        threading.Thread(target=lambda: (wait([gone]), os._exit(1)), daemon=True).start()


@contextmanager
def _dask(address: str | None, workers: int | None) -> Iterator[tuple[Executor, int]]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise EngineError("this engine needs Dask: pip install 'mipo-sim[dask]'") from None
    with ExitStack() as stack:
        give_up = stack.enter_context(_silence_at_the_end())
        try:
            with _deaf():
                if address is None:
                    how = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": logging.ERROR}
                    address = stack.enter_context(LocalCluster(n_workers=workers, **how))
            client = stack.enter_context(Client(address, timeout="20s"))
        except (OSError, TimeoutError):
            raise EngineError(f"no Dask scheduler answers at {address}") from None
        executor = client.get_executor(pure=False, retries=3)
        try:
            yield executor, max(8, 2 * sum(client.ncores().values()))
        except BaseException:
            give_up()
            raise


@contextmanager
def _silence_at_the_end() -> Iterator[Callable[[], None]]:
    """Hand out what silences Dask until it is closed: it logs every piece of work that is given up."""
    before = logging.root.manager.disable
    try:
        yield lambda: logging.disable(logging.CRITICAL)
    finally:
        logging.disable(before)


def worker_died(error: BaseException) -> bool:
    """Whether an error tells of a worker that is gone rather than of the work."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"
