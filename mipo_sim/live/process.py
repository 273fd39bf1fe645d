"""A process beside the server's, for work that takes long: a page that plays must not wait for it."""

from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from ctypes import c_bool
from functools import partial
from multiprocessing.sharedctypes import RawValue
from typing import Any

from mipo_sim.sweeps.local import deaf, kill, processes

TRIES = 2  # for work whose process breaks
GIVES_WAY = 10  # steps down in the order in which processes are served


class GivenUp(Exception):
    """Work that nobody wanted any longer was left unfinished."""


class SideProcess:
    """One process, begun when there is work, and begun anew for the next work after it broke.

    Who shares it holds a lock around `submit` and `forget`, and none around `end`, which waits until all who
    asked have been told.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._unwanted = RawValue(c_bool, False)  # without a lock, which a process that is killed would keep

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Have work done; what comes is BrokenProcessPool where the process breaks at it."""
        self._unwanted.value = False
        with deaf():
            if self._pool is not None:
                try:
                    return self._pool.submit(work, *given)
                except BrokenProcessPool:  # at earlier work, and whoever asked for that knows
                    pass
            self._pool = processes(1, GIVES_WAY, partial(_listen, self._unwanted))
            return self._pool.submit(work, *given)

    def give_up(self) -> None:
        """Have the work under way end with GivenUp where it next asks `go_on`, unless it is done before."""
        self._unwanted.value = True

    def forget(self) -> None:
        """Begin anew; in a callback of work that broke, where the pool itself must not be asked again."""
        self._pool = None

    def end(self) -> None:
        """End the process in the midst of what it does; nothing may be submitted any more."""
        if self._pool is not None:
            kill(self._pool)
            self._pool.shutdown(cancel_futures=True)


# -- in the process ------------------------------------------------------------------------------------

_heard: list[c_bool] = []


def _listen(unwanted: c_bool) -> None:
    _heard.append(unwanted)


def go_on() -> None:
    """Let work ask now and then whether it is still wanted; elsewhere than in a side process it always is.

    Raises
    ------
    GivenUp
        If nobody wants it any longer.
    """
    if any(unwanted.value for unwanted in _heard):
        raise GivenUp
