"""Causes looked for in a process of their own, which gives way: a page that plays must not wait for them."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from threading import Lock
from typing import Any

from mipo_sim.live.causes import YEAR, Causes
from mipo_sim.live.messages import Message
from mipo_sim.live.plan import Plan
from mipo_sim.live.process import TRIES, SideProcess
from mipo_sim.live.recording import Memories, Recording

KEPT = 2  # runs whose last answers are kept; they take some hundred megabytes each


class Explainer:
    """Answers to "why?", computed one at a time; callers wait, so that they had better be threads."""

    def __init__(self) -> None:
        self._process = SideProcess()
        self._closed = False
        self._lock = Lock()

    def reasons(self, plan: Plan, events: Sequence[Message]) -> Message:
        """Tell the causes of events of one month by their keys; see `Causes.reasons`."""
        return self._ask(_reasons, plan, events)

    def why(self, plan: Plan, of: Message, mission: int, month: int) -> Message:
        """Tell what moved a state by the end of a month; see `Causes.why`.

        Raises
        ------
        ParameterError
            If there is no such state, row, mission or month.
        """
        return self._ask(_why, plan, of, mission, month)

    def close(self) -> None:
        """End the process; who still waits is told that it broke."""
        with self._lock:
            self._closed = True
        self._process.end()

    def _ask(self, work: Callable[..., Message], *given: Any) -> Message:
        for _ in range(TRIES):
            try:
                with self._lock:
                    if self._closed:
                        break
                    future = self._process.submit(work, *given)
                found: Message = future.result()
                return found
            except BrokenProcessPool:
                continue
        raise BrokenProcessPool("the process that looks for causes has ended")


# -- in the process ------------------------------------------------------------------------------------


@cache
def _memories() -> Memories:
    return Memories()


@cache
def _known() -> OrderedDict[str, Causes]:
    return OrderedDict()


def _reasons(plan: Plan, events: Sequence[Message]) -> Message:
    _live_up_to(plan, events[0]["month"])
    return Causes(plan, _memories()).reasons(events)  # its years are of no use to another month


def _why(plan: Plan, of: Message, mission: int, month: int) -> Message:
    causes = _known().pop(plan.digest, None) or Causes(plan, _memories())
    _known()[plan.digest] = causes
    while len(_known()) > KEPT:
        _known().popitem(last=False)
    if isinstance(month, int):
        _live_up_to(plan, min(month, plan.months))
    return causes.why(of, mission, month)


def _live_up_to(plan: Plan, month: int) -> None:
    """Leave memories on the way to the year before a month, so that no month is lived twice."""
    Recording(plan, max(0, month + 1 - YEAR), _memories())
