"""What every behaviour of a month reads and writes: found by watching a model live, never written down.

So the chain of causes behind an event follows the rules as they stand, and a new rule joins it by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from threading import Lock
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np

from mipo_sim.ensemble import Actor, State
from mipo_sim.live.words import catalogue
from mipo_sim.model import MissionModel
from mipo_sim.month import MONTH
from mipo_sim.parameters import declared

Name = tuple[str, str]  # a kind of actor, as the model calls it, and one of its states
MONTHS = 14  # watched: every quarter's plans, and reviews
# Keeping books moves nothing in the country.
MONTH_OF_ACTS = tuple(
    replace(phase, acts=tuple(act for act in phase.acts if act.split(".")[0] not in ("recorder", "audit")))
    for phase in MONTH
)
# With these no rule lies idle: the form adapts, donors convene, every lever of a switch's kind is on.
ACTIVE = {
    name: 1.0
    for name, parameter in declared().items()
    if parameter.role == "lever" and parameter.unit == "switch"
}
_watching = Lock()


@dataclass
class Trace:
    """What one behaviour reads, writes and draws."""

    reads: set[Name] = field(default_factory=set)
    writes: set[Name] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    luck: bool = False


@cache
def traces() -> Mapping[str, Trace]:
    """Watch each behaviour of the month, `"kind.behaviour"`, in two worlds over some months."""
    with _watching:
        model = _Watched(ACTIVE, worlds=2, months=MONTHS, phases=MONTH_OF_ACTS)
        with model.watched():
            model.run()
    return MappingProxyType(model.traces)


@cache
def writers() -> Mapping[Name, tuple[str, ...]]:
    """Behaviours that write a state, in the order of the month."""
    found: dict[Name, tuple[str, ...]] = {}
    for act, trace in traces().items():
        for name in sorted(trace.writes):
            found[name] = (*found.get(name, ()), act)
    return MappingProxyType(found)


@cache
def tellable() -> frozenset[Name]:
    """States that people have words for; chains of causes skip the others, and sums that move nothing."""
    stem = "states."
    named = (key.removeprefix(stem).split(".") for key in catalogue("en") if key.startswith(stem))
    return frozenset(
        (kind, state) for kind, state in named if not all(map(_sums_up, writers().get((kind, state), ())))
    )


def _sums_up(act: str) -> bool:
    """Whether a behaviour only adds up what others did, as for the papers."""
    return act.endswith(".take_stock")


@cache
def behind(effect: Name) -> tuple[tuple[Name, ...], tuple[str, ...]]:
    """Give the nearest tellable states that the rules behind a state read, and the levers that they read."""
    states: dict[Name, None] = {}
    levers: dict[str, None] = {}
    seen, open_names = {effect}, [effect]
    while open_names:
        for act in writers().get(open_names.pop(0), ()):
            trace = traces()[act]
            levers |= dict.fromkeys(name for name in trace.parameters if declared()[name].role == "lever")
            for name in sorted(trace.reads - seen):
                seen.add(name)
                if name in tellable() and not _sums_up(act):
                    states[name] = None
                else:  # a link, or what a sum was made of
                    open_names.append(name)
    return tuple(states), tuple(sorted(levers))


@cache
def by_chance(state: Name) -> bool:
    """Whether luck moves a state directly."""
    return any(traces()[act].luck for act in writers().get(state, ()))


class _Watched(MissionModel):
    """A model that notes, while a behaviour acts, which states, parameters and luck it asks for."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self.traces: dict[str, Trace] = {}
        self._now: Trace | None = None
        self._before: dict[Name, np.ndarray] = {}
        super().__init__(*args, **named)
        self._kind_of = {id(actor.whole): kind for kind, actor in self.actors().items()}
        self.p: Any = _Noticed(self.p, self.note_parameter)
        for draw in ("normal", "monthly"):
            setattr(self.luck, draw, self._noticing_luck(getattr(self.luck, draw)))

    def _resolve(self, act: str) -> Callable[..., None]:
        do = super()._resolve(act)

        def watched(*args: Any) -> None:
            self._now, self._before = self.traces.setdefault(act, Trace()), {}
            do(*args)
            for (kind, state), before in self._before.items():  # written in place, through a view
                if not np.array_equal(before, getattr(self, kind).arrays[state]):
                    self._now.writes.add((kind, state))
            self._now = None

        return watched

    def _noticing_luck(self, draw: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
        def noticing(*args: Any, **named: Any) -> np.ndarray:
            if self._now:
                self._now.luck = True
            return draw(*args, **named)

        return noticing

    def note_parameter(self, name: str) -> None:
        """Note that a behaviour asked for a parameter."""
        if self._now:
            self._now.parameters.add(name)

    def note(self, actor: Actor, state: str, written: bool) -> None:
        """Note that a behaviour asked for a state, or set it."""
        if self._now is None:
            return
        name = (self._kind_of[id(actor.whole)], state)
        if written:
            self._now.writes.add(name)
        else:
            self._now.reads.add(name)
            self._before.setdefault(name, actor.arrays[state].copy())

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Have all states tell this model when they are asked for; other models work on as before."""
        get, put = State.__get__, State.__set__

        def telling_get(state: State, actor: Actor | None, owner: type) -> Any:
            if actor is not None and actor.model is self:
                self.note(actor, state.name, written=False)
            return get(state, actor, owner)

        def telling_set(state: State, actor: Actor, value: Any) -> None:
            if actor.model is self:
                self.note(actor, state.name, written=True)
            put(state, actor, value)

        State.__get__, State.__set__ = telling_get, telling_set  # type: ignore[assignment, method-assign]
        try:
            yield
        finally:
            State.__get__, State.__set__ = get, put  # type: ignore[method-assign]


class _Noticed:
    """Parameters that tell when one of them is read."""

    def __init__(self, settings: Any, tell: Callable[[str], Any]) -> None:
        self._settings, self._tell = settings, tell

    def __getattr__(self, group: str) -> Any:
        found = getattr(self._settings, group)
        if not isinstance(found, SimpleNamespace):
            return found
        return _NoticedGroup(group, found, self._tell)


class _NoticedGroup:
    def __init__(self, group: str, values: SimpleNamespace, tell: Callable[[str], Any]) -> None:
        self._group, self._values, self._tell = group, values, tell

    def __getattr__(self, key: str) -> Any:
        self._tell(f"{self._group}.{key}")
        return getattr(self._values, key)
