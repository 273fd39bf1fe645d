"""The parameters of a block of worlds, checked, as arrays with one entry a world."""

from collections.abc import Mapping
from functools import reduce
from types import SimpleNamespace
from typing import Any

import numpy as np

from mipo_sim.parameters.checking import ParameterError, check_name, check_value, contradictions, nearest
from mipo_sim.parameters.declaration import declared


class Group(SimpleNamespace):
    """The parameters of one group: `group.name` is an array `[world]`, or one number for all worlds."""

    def __getattr__(self, key: str) -> Any:  # asked for what is not there
        raise AttributeError(f"no parameter named {key!r} in this group{nearest(key, vars(self))}")


class Settings:
    """All parameters of a block: `settings.funding.pooled` is an array `[world]`, or one number.

    Where all worlds have the same value it is kept as a single number, with which NumPy computes several
    times faster than with a row of equals, and to the same bits. Two things differ between the two, so that
    rules avoid them: numbers are stacked with `side_by_side`, and squares are written as products.

    Parameters
    ----------
    values : mapping of str to number or array
        What differs from the defaults, by dotted name: a number for all worlds, or one number a world.
    worlds : int
        Number of worlds.

    Attributes
    ----------
    counts : dict of str to int
        The parameters that shape the world's arrays; one number for the whole block.
    full : dict of str to number or array
        All parameters by dotted name, in double precision, as decisions have left them.

    Raises
    ------
    ParameterError
        If something is unknown, out of bounds, not a number, or contradicts something else.
    """

    def __init__(self, values: Mapping[str, Any], worlds: int) -> None:
        self.full, self._worlds = complete(values), worlds
        self.counts: dict[str, int] = {}
        for name, parameter in declared().items():
            column = self._column(name)
            if not parameter.structural:
                self._set(name, column)
                continue
            if np.unique(column).size > 1:
                raise ParameterError(f"{name} shapes the world and must be one number for a block of worlds")
            self.counts[name] = int(column[0])

    def decide(self, values: Mapping[str, Any]) -> None:
        """Move levers from now on; what had its effect at the start keeps it.

        Parameters
        ----------
        values : mapping of str to number or array
            Levers by dotted name: a number for all worlds, or one number a world.

        Raises
        ------
        ParameterError
            If something is no lever that can be moved, out of bounds, or contradicts something else.
        """
        self.full = decided(self.full, values)
        for name in values:
            self._set(name, self._column(name))

    def differing(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Pick those of some values that are not what is set now."""
        return {name: value for name, value in values.items() if np.any(self.full[name] != value)}

    def of(self, name: str) -> np.ndarray:
        """Read a parameter by its dotted name: an array `[world]`, or one number for all worlds."""
        group, _, key = name.partition(".")
        value: np.ndarray = getattr(getattr(self, group), key)
        return value

    def moved(self, before: Mapping[str, np.ndarray]) -> np.ndarray:
        """Whether any of some parameters is not what it was: `[world]`, or one answer for all worlds.

        Parameters
        ----------
        before : mapping of str to array
            What they were; of none of them, everything is new.
        """
        changes = [self.of(name) != old for name, old in before.items()]
        found: np.ndarray = reduce(np.logical_or, changes) if changes else np.asarray(True)
        return found

    def grown(self, name: str, before: Mapping[str, np.ndarray]) -> np.ndarray:
        """How many times a size is what it was; 1 where it shrank, or was nothing."""
        now, old = self.of(name), before[name]
        ratio: np.ndarray = np.where((old > 0) & (now > old), now / np.maximum(old, np.float32(1e-9)), 1)
        return ratio.astype(np.float32)

    def _column(self, name: str) -> np.ndarray:
        column = np.asarray(self.full[name], dtype=np.float64)
        if column.ndim > 1 or column.size not in (1, self._worlds):
            raise ParameterError(
                f"{name} has {column.size} values for {self._worlds} worlds; give one, or one a world"
            )
        return column.reshape(-1)

    def _set(self, name: str, column: np.ndarray) -> None:
        array, parameter = column.astype(np.float32), declared()[name]
        alike = array.size == 1 or bool(np.all(array == array[0]))
        group = self.__dict__.setdefault(parameter.group, Group())
        setattr(group, parameter.key, array[0] if alike else array)

    def __repr__(self) -> str:
        own = {name: value for name, value in self.full.items() if np.any(value != declared()[name].default)}
        return f"<Settings of {self._worlds} worlds; not at their defaults: {', '.join(own) or 'none'}>"

    def __getattr__(self, group: str) -> Group:  # groups are set from the declarations
        known = {parameter.group for parameter in declared().values()}
        raise AttributeError(f"no group of parameters named {group!r}{nearest(group, sorted(known))}")


def check_decidable(name: str) -> None:
    """Refuse what cannot be decided while a mission is under way.

    Raises
    ------
    ParameterError
        If the name is unknown, is no lever, or shapes the world.
    """
    parameter = check_name(name)
    if parameter.role != "lever" or parameter.structural:
        raise ParameterError(f"{name} cannot be decided during a mission: only levers can be moved then")


def decided(full: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Move levers of parameters that have been checked, and give all of them; see `Settings.decide`."""
    for name in values:
        check_decidable(name)
    return _consistent({**full, **_checked(values)})


def complete(values: Mapping[str, Any]) -> dict[str, Any]:
    """Check values and add the defaults of all other parameters."""
    checked = _checked(values)
    return _consistent({name: checked.get(name, parameter.default) for name, parameter in declared().items()})


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: check_value(check_name(name), value) for name, value in values.items()}


def _consistent(full: dict[str, Any]) -> dict[str, Any]:
    """Refuse parameters that contradict one another."""
    if faults := contradictions(full):
        raise ParameterError("; ".join(faults))
    return full
