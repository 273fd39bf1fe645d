"""The central idea: an agent is a slice.

The state of a kind of agent is one array per attribute, shaped `[agent, ..., world]`. A Mesa agent is
one row of it, a kind is all its rows, and both are instances of the same class, so that a behaviour
is written once, in NumPy, on `self`:

    model.communities.judge()      # all communities, in all worlds
    model.communities[3].judge()   # one of them, in all worlds; the same bits

Two rules make the order of agents irrelevant: a behaviour writes only the rows it was called on, and
it reads nothing that the same behaviour writes in other rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from itertools import groupby
from typing import Any, Self

import mesa
import numpy as np

FLOAT = np.float32


class State:
    """One attribute of a kind of agent: an array `[agent, *axes, world]` of single precision.

    Parameters
    ----------
    initial : float
        Value at the start, before the actor's own `begin` changes it.
    unit : str
        Unit of measurement, or "share" for a number between 0 and 1.
    doc : str
        What the number means to someone who knows the field.
    low, high : float or None
        Bounds that hold in every month of every world; the tests hold random worlds to them.
    axes : tuple of str
        Names of further axes between agent and world: "sector", "level", "district", "community",
        "agency", "giver".
    """

    def __init__(
        self,
        initial: float = 0.0,
        *,
        unit: str,
        doc: str,
        low: float | None = None,
        high: float | None = None,
        axes: tuple[str, ...] = (),
    ) -> None:
        self.initial, self.unit, self.doc = initial, unit, doc
        self.low, self.high, self.axes = low, high, axes
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, actor: "Actor | None", owner: type) -> Any:
        return self if actor is None else actor._views[self.name]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}, {self.unit}: {self.doc}>"

    def __set__(self, actor: "Actor", value: Any) -> None:
        view = actor._views[self.name]
        if value is not view:  # `self.x += y` has already written in place
            view[...] = value


class Fact(State):
    """A constant of each agent that is the same in all worlds: an array `[agent, *axes]`."""


class Actor(mesa.Agent):
    """A row of a kind (an ordinary Mesa agent) or a whole kind; see the module's text.

    Attributes
    ----------
    parts : tuple of Actor
        The sub-kinds of a kind, each an actor of its own class that owns a contiguous slice.
    whole : Actor
        The kind that this is, or is a row or slice of.
    """

    parts: tuple["Actor", ...] = ()
    members: list["Actor"]
    whole: "Actor"
    _arrays: dict[str, np.ndarray]
    _alike: dict[str, list["Actor"]]

    @classmethod
    def states(cls) -> dict[str, State]:
        """All states and facts of this class, its parents' first."""
        found: dict[str, State] = {}
        for base in reversed(cls.__mro__):
            found.update({n: s for n, s in vars(base).items() if isinstance(s, State)})
        return found

    @classmethod
    def populate(cls, model: mesa.Model, count: int | Mapping[type["Actor"], int]) -> Self:
        """Make a kind with its arrays and its Mesa agents.

        `count` is a number, or numbers by sub-kind: each sub-kind owns a contiguous slice.
        """
        counts = count if isinstance(count, Mapping) else {cls: count}
        rows = sum(counts.values())
        arrays: dict[str, np.ndarray] = {}
        for name, state in cls.states().items():
            shape = (rows, *(model.sizes[axis] for axis in state.axes))
            if not isinstance(state, Fact):
                shape = (*shape, model.worlds)
            if state.axes == ("sector",) and len(shape) == 3:
                # The rules work sector by sector: a sector of all agents lies together in memory.
                by_sector = np.full((shape[1], shape[0], shape[2]), state.initial, dtype=FLOAT)
                arrays[name] = by_sector.swapaxes(0, 1)
            else:
                arrays[name] = np.full(shape, state.initial, dtype=FLOAT)
        kind = cls._slice(model, arrays, slice(0, rows))
        kind.members, parts, start = [], [], 0
        for subkind, number in counts.items():
            part = subkind._slice(model, arrays, slice(start, start + number))
            part.members = [subkind._row(model, arrays, start + i) for i in range(number)]
            kind.members += part.members
            parts.append(part)
            start += number
        kind.parts = tuple(parts) if isinstance(count, Mapping) else ()
        for smaller in (*parts, *kind.members):
            smaller.whole = kind
        return kind

    @classmethod
    def _slice(cls, model: mesa.Model, arrays: dict[str, np.ndarray], rows: slice) -> Self:
        kind = cls.__new__(cls)  # a kind is not itself registered as an agent of the model
        kind.model, kind.rows, kind._arrays, kind._alike = model, rows, arrays, {}
        kind.whole = kind
        kind._views = {name: array[rows] for name, array in arrays.items()}
        return kind

    @classmethod
    def _row(cls, model: mesa.Model, arrays: dict[str, np.ndarray], row: int) -> Self:
        agent = cls(model)
        agent.rows, agent.members = row, [agent]
        agent._views = {name: array[row, ...] for name, array in arrays.items()}
        return agent

    @property
    def p(self) -> Any:
        """The parameters of all worlds, `p.group.name`, each an array `[world]`."""
        return self.model.p

    def first_luck(self, process: str, *shape: int) -> np.ndarray:
        """Standard normal draws of the start, one row for each of these agents, `[agent, *shape, world]`.

        Each sub-kind has a stream of its own, so that one more agent at its end moves nobody's luck.
        """
        return self._draw(lambda name, agents: self.model.luck.normal(name, agents, *shape), process)

    def month_luck(self, process: str, each: int = 1) -> np.ndarray:
        """Standard normal draws of this month: `[agent, world]`, or `[agent, each, world]`."""
        luck, month = self.model.luck, self.model.month
        return self._draw(lambda name, agents: luck.monthly(name, agents, month, each), process)

    def _draw(self, draw: Callable[[str, int], np.ndarray], process: str) -> np.ndarray:
        rows = self.rows if self.is_kind else slice(self.rows, self.rows + 1)
        parts = [
            part
            for part in self.whole.parts or (self.whole,)
            if part.rows.start < rows.stop and rows.start < part.rows.stop
        ]
        if not parts:
            return draw(process, 0)
        draws = [draw(f"{process} of {type(part).__name__}", len(part)) for part in parts]
        drawn = draws[0] if len(draws) == 1 else np.concatenate(draws)
        first = rows.start - parts[0].rows.start
        mine = drawn[first : first + rows.stop - rows.start]
        return mine if self.is_kind else mine[0]

    @property
    def arrays(self) -> Mapping[str, np.ndarray]:
        """Arrays of all states and facts of the whole kind, even where this is one row of it."""
        return self.whole._arrays

    @property
    def is_kind(self) -> bool:
        """Whether this is a whole kind (or sub-kind) rather than one agent."""
        return isinstance(self.rows, slice)

    def value(self, name: str) -> Any:
        """A state without the world axis, for models of one world: a number, or a small array."""
        values = getattr(self, name)
        return values[..., 0].item() if values.ndim == 1 else values[..., 0]

    def __repr__(self) -> str:
        which = f"{self.rows.stop - self.rows.start}" if self.is_kind else f"row {self.rows}"
        return f"<{type(self).__name__}: {which} of {self.whole.rows.stop}, worlds: {self.model.worlds}>"

    def __len__(self) -> int:
        return len(self.members)

    def __bool__(self) -> bool:
        return True  # a kind that nobody is of is a kind all the same

    def __iter__(self) -> Iterator["Actor"]:
        return iter(self.members)

    def __getitem__(self, index: int) -> "Actor":
        return self.members[index]

    def alike(self, behaviour: str) -> list["Actor"]:
        """Slices of this kind whose sub-kinds share one implementation of a behaviour."""
        known = self._alike.get(behaviour)
        if known is None:
            known = self._alike[behaviour] = []
            for way, group in groupby(self.parts, key=lambda part: getattr(type(part), behaviour)):
                parts = list(group)
                rows = slice(parts[0].rows.start, parts[-1].rows.stop)
                owner: type[Actor] = next(c for c in type(parts[0]).__mro__ if vars(c).get(behaviour) is way)
                known.append(owner._slice(self.model, self._arrays, rows))
                known[-1].whole = self.whole
        return known

    def part(self, subkind: type["Actor"]) -> "Actor":
        """The slice that a sub-kind owns.

        Raises
        ------
        KeyError
            If the kind was made without that sub-kind.
        """
        return {type(part): part for part in self.parts}[subkind]

    def set_rows(self, name: str, values: Sequence[float] | np.ndarray) -> None:
        """Give each row of a state or fact its own value, the same in all worlds."""
        view = self._views[name]
        values = np.asarray(values, dtype=FLOAT)
        view[...] = values if isinstance(type(self).states()[name], Fact) else values[..., None]


def by_subkind(behaviour: Callable[..., None]) -> Callable[..., None]:
    """Let each sub-kind act in its own way when the whole kind is told to act.

    A kind of mixed sub-kinds passes the call on; neighbouring sub-kinds that share a way of acting act
    as one slice. A single agent or a pure kind runs the behaviour itself. Whatever a sub-kind does
    differently it must therefore override as the behaviour, not as a helper that the behaviour calls.
    """
    name = behaviour.__name__

    @wraps(behaviour)
    def act(self: Actor) -> None:
        if not self.parts:
            behaviour(self)
            return
        for part in self.alike(name):
            getattr(part, name)()

    return act
