"""Axes: what a design varies, each a declared parameter or a group of options."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from mipo_sim.parameters import Parameter, ParameterError, check_name, check_value, declared, nearest
from mipo_sim.parameters.declaration import Role
from mipo_sim.parameters.options import GROUPS, options
from mipo_sim.sweeps.designs.faults import Faults

CHOICES = ("scenario", *GROUPS)
RANGE = ("low", "high", "log", "count")  # the words that describe a range
COUNT, MOST_VALUES = 5, 1_000_000


@dataclass(frozen=True)
class Axis:
    """One thing that a design varies: over values in their order, or over a range.

    Attributes
    ----------
    name : str
        Dotted name of a parameter, or a group of options.
    kind : {"number", "whole", "option"}
        Numbers, whole numbers, or names of options.
    unit : str
        Unit of the parameter; "option" for a group.
    role : {"lever", "context", "behaviour"}
        What those who shape a mission can choose, and what they find.
    values : tuple of str or of float
        The values to take; empty for a range.
    low, high : float
        Bounds of a range, inclusive.
    log : bool
        Whether a range is spread evenly over orders of magnitude.
    count : int
        How many values stand for a range where a design steps from value to value.
    """

    name: str
    kind: Literal["number", "whole", "option"]
    unit: str
    role: Role
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    count: int = COUNT

    def stepped(self, count: int | None = None) -> "Axis":
        """Put evenly spread values, both ends among them, in place of a range."""
        if self.values:
            return self
        spread = np.geomspace if self.log else np.linspace
        points = spread(self.low, self.high, count or self.count).clip(self.low, self.high)
        if self.kind == "whole":
            points = np.unique(np.round(points))
        return replace(self, values=tuple(points.tolist()))

    def index(self, places: np.ndarray) -> np.ndarray:
        """Say which of its values is meant: the places themselves, or equal parts of the unit interval."""
        if places.dtype.kind == "i":
            return places
        return np.minimum((places * len(self.values)).astype(np.int64), len(self.values) - 1)

    def take(self, places: np.ndarray) -> np.ndarray:
        """Turn places in its values, or in the unit interval, into what they stand for.

        Returns
        -------
        array
            Names of options, whole numbers, or numbers.
        """
        if self.values:
            known = np.array(self.values, dtype=self._type)
            taken: np.ndarray = known[self.index(places)]
            return taken
        low, high = self.low, self.high + (self.kind == "whole")  # each whole number has its own unit
        spread: np.ndarray = low * (high / low) ** places if self.log else low + (high - low) * places
        if self.kind == "whole":
            spread = np.floor(spread)
        taken = spread.clip(self.low, self.high).astype(self._type)
        return taken

    @property
    def _type(self) -> Any:
        return {"option": object, "whole": np.int64, "number": np.float64}[self.kind]

    def plain(self, values: Sequence[Any]) -> list[Any]:
        """Write values as people do: whole numbers without a point."""
        return [int(value) if self.kind == "whole" else value for value in values]

    def as_config(self) -> Any:
        """Write the axis down as plain data, as it can be read again."""
        if self.values:
            return self.plain(self.values)
        shape = {"low": self.low, "high": self.high, "count": self.count}
        return shape | {"log": True} if self.log else shape


def role_of(name: str) -> Role:
    """Tell levers from what is found, for a parameter or a group of options."""
    if name in CHOICES:
        return "context" if name == "scenario" else "lever"
    return check_axis(name).role


def check_axis(name: Any) -> Parameter:
    """Find the parameter of that name, or refuse with the nearest name that an axis can have."""
    if isinstance(name, str) and "." in name:
        return check_name(name)
    near = nearest(str(name), [*CHOICES, *declared()])
    raise ParameterError(
        f"no group or parameter named {name!r}{near} "
        f"(groups: {', '.join(CHOICES)}; parameters by dotted name)"
    )


def read_axis(name: str, given: Any, repeats: bool, faults: Faults) -> Axis | None:
    """Read an axis as a design names it, or note all that is wrong with it.

    Parameters
    ----------
    name : str
        Dotted name of a parameter, or a group of options.
    given : None, "auto", value, list of values, or mapping
        What to take: everything the declaration allows, these values, or a range with `low`, `high`,
        `log`, `count`, any of which may be left out.
    repeats : bool
        Whether the same value may stand more than once.
    faults : Faults
        Where to note what is wrong.
    """
    before = len(faults)
    axis = None
    with faults.noted():
        axis = _read(_blank(name), given, repeats, faults)
    return axis if len(faults) == before else None


def _read(axis: Axis, given: Any, repeats: bool, faults: Faults) -> Axis:
    if given is None or given == "auto" or given == {}:
        return axis if axis.kind != "option" else replace(axis, values=tuple(options(axis.name)))
    if isinstance(given, Mapping):
        return _ranged(axis, given, faults)
    values = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    if not 1 <= len(values) <= MOST_VALUES:
        raise ParameterError(f"{axis.name} needs 1 to {MOST_VALUES:,} values, not {len(values):,}")
    read = read_values(axis, values, faults)
    if len(set(read)) < len(read) and not repeats:
        twice = [str(value) for value, times in Counter(axis.plain(read)).items() if times > 1]
        raise ParameterError(f"{axis.name} has the same value more than once: {', '.join(twice)}")
    return replace(axis, values=read)


def read_values(axis: Axis, values: list[Any], faults: Faults) -> tuple[Any, ...]:
    """Read values of an axis; each wrong one is noted."""
    if axis.kind == "option":
        known = options(axis.name)
        for value in values:
            if value not in known:
                hint = nearest(str(value), known)
                faults.note(f"{axis.name} has no option {value!r}{hint} (options: {', '.join(known)})")
        return tuple(value for value in values if value in known)
    parameter = declared()[axis.name]
    try:
        numbers = check_value(parameter, values)
        if numbers.ndim == 1:
            return tuple(numbers.tolist())
    except ParameterError:  # only now one by one
        pass
    for value in values:
        with faults.noted():
            if check_value(parameter, value).ndim:
                raise ParameterError(f"{axis.name} takes one number at a time, not {value!r}")
    return ()


def _blank(name: str) -> Axis:
    """Make the axis that takes all that the declaration allows."""
    if name in CHOICES:
        return Axis(name, "option", "option", role_of(name))
    p = check_axis(name)
    return Axis(name, "whole" if p.whole else "number", p.unit, p.role, low=p.low, high=p.high)


def _ranged(axis: Axis, given: Mapping[str, Any], faults: Faults) -> Axis:
    if axis.kind == "option":
        raise ParameterError(f"{axis.name} is a group and takes names of its options, not a range")
    for word in given:
        if word not in RANGE:
            raise ParameterError(
                f"{axis.name}: a range has no {word!r}{nearest(str(word), RANGE)} ({', '.join(RANGE)})"
            )
    before = len(faults)
    bounds = {}
    for end in ("low", "high"):
        if given.get(end) is not None:
            for bound in read_values(axis, [given[end]], faults):
                bounds[end] = bound
    axis = replace(axis, **bounds)
    log, count = given.get("log") or False, given.get("count") or COUNT
    if not isinstance(log, bool):
        faults.note(f"{axis.name}: log is true or false, not {log!r}")
    if type(count) is not int or not 2 <= count <= MOST_VALUES:
        faults.note(f"{axis.name}: count takes a whole number from 2 to {MOST_VALUES:,}, not {count!r}")
    if len(faults) == before and axis.low >= axis.high:
        faults.note(f"{axis.name}: the range from {axis.low:g} to {axis.high:g} is empty")
    elif len(faults) == before and log and axis.low <= 0:
        faults.note(f"{axis.name}: a log range needs a low above 0, not {axis.low:g}")
    return replace(axis, log=log, count=count)
