"""What the calibration leaves unknown: a sample of parameter sets, one of which each replicate can draw.

The sample stands in `posterior.csv` beside this file, one row a set and one column a parameter; how it came
about is told in `experiments/calibration`. A study with `parameters=posterior` carries what is not known of
these parameters: replicate r of every form lives by set r, counted round and round, so that forms are
compared on matched luck and matched parameters alike.
"""

import csv
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from mipo_sim.parameters.checking import ParameterError, check_name, check_value, nearest
from mipo_sim.parameters.declaration import declared

CHOICES = ("default", "posterior")
SAMPLE = Path(__file__).with_name("posterior.csv")


def check_parameters(name: str) -> str:
    """Check whether the default parameters are asked for, or the posterior sample.

    Raises
    ------
    ParameterError
        If neither is.
    """
    if name not in CHOICES:
        hint = nearest(str(name), CHOICES)
        raise ParameterError(f"parameters takes {' or '.join(CHOICES)}, not {name!r}{hint}")
    return name


@cache
def posterior() -> MappingProxyType[str, np.ndarray]:
    """Read the posterior sample: for each parameter, by dotted name, its values in all sets."""
    try:
        with SAMPLE.open(newline="", encoding="utf-8") as lines:
            names, *rows = csv.reader(lines)
        columns = np.array(rows, np.float64).reshape(-1, len(names)).T
    except (OSError, ValueError, csv.Error):
        raise ParameterError(f"{str(SAMPLE)!r} is damaged; install mipo_sim anew") from None
    return MappingProxyType(
        {name: check_value(check_name(name), column) for name, column in zip(names, columns, strict=True)}
    )


def drawn(values: Mapping[str, Any], replicates: np.ndarray, given: Collection[str] = ()) -> dict[str, Any]:
    """Put the draws of replicates where nobody has set a parameter.

    Parameters
    ----------
    values : mapping of str to number or array
        Parameters by dotted name: a number for all worlds, or one a world.
    replicates : array of int, shape [world]
        The replicate of each world.
    given : collection of str
        Parameters that were asked for by name, and keep their value even where it is the default.

    Returns
    -------
    dict
        The same values, with an array for each parameter of the posterior. A value that is not the
        default was set by a form, a scenario or a person, and stays.
    """
    found = dict(values)
    for name, draws in posterior().items():
        if name not in given:
            usual = declared()[name].default
            value = np.asarray(values.get(name, usual), np.float64)
            found[name] = np.where(value == usual, draws[replicates % len(draws)], value)
    return found
