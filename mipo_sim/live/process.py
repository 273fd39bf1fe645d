"""A process beside the server's, for work that takes long: a page that plays must not wait for it."""

from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from mipo_sim.sweeps.local import deaf, kill, processes

TRIES = 2  # for work whose process breaks
GIVES_WAY = 10  # steps down in the order in which processes are served


class SideProcess:
    """One process, begun when there is work, and begun anew for the next work after it broke.

    Who shares it holds a lock around `submit` and `forget`, and none around `end`, which waits until all who
    asked have been told.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Have work done; what comes is BrokenProcessPool where the process breaks at it."""
        with deaf():
            if self._pool is not None:
                try:
                    return self._pool.submit(work, *given)
                except BrokenProcessPool:  # at earlier work, and whoever asked for that knows
                    pass
            self._pool = processes(1, GIVES_WAY)
            return self._pool.submit(work, *given)

    def forget(self) -> None:
        """Begin anew; in a callback of work that broke, where the pool itself must not be asked again."""
        self._pool = None

    def end(self) -> None:
        """End the process in the midst of what it does; nothing may be submitted any more."""
        if self._pool is not None:
            kill(self._pool)
            self._pool.shutdown(cancel_futures=True)
