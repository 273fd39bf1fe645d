"""The parameters of a block of worlds, checked, as arrays with one entry a world."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from mipo_sim.parameters.checking import ParameterError, check_name, check_value, contradictions
from mipo_sim.parameters.declaration import declared


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

    Raises
    ------
    ParameterError
        If something is unknown, out of bounds, not a number, or contradicts something else.
    """

    def __init__(self, values: Mapping[str, Any], worlds: int) -> None:
        full = complete(values)
        self.counts: dict[str, int] = {}
        for name, parameter in declared().items():
            column = np.asarray(full[name], dtype=np.float64)
            if column.ndim > 1 or column.size not in (1, worlds):
                raise ParameterError(
                    f"{name} has {column.size} values for {worlds} worlds; give one, or one a world"
                )
            if parameter.structural:
                if np.unique(column).size > 1:
                    raise ParameterError(
                        f"{name} shapes the world and must be one number for a block of worlds"
                    )
                self.counts[name] = int(column.flat[0])
                continue
            array = column.reshape(-1).astype(np.float32)
            alike = bool(np.all(array == array[0]))
            group = self.__dict__.setdefault(parameter.group, SimpleNamespace())
            setattr(group, parameter.key, array[0] if alike else array)

    def __getattr__(self, group: str) -> SimpleNamespace:  # groups are set from the declarations
        raise AttributeError(f"no group of parameters named {group!r}")


def complete(values: Mapping[str, Any]) -> dict[str, Any]:
    """Check values and add the defaults of all other parameters."""
    checked = {name: check_value(check_name(name), value) for name, value in values.items()}
    full = {name: checked.get(name, parameter.default) for name, parameter in declared().items()}
    if faults := contradictions(full):
        raise ParameterError("; ".join(faults))
    return full
