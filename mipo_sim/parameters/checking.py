"""Refuse what cannot be meant, in one clear line: what it is, what is allowed, the nearest right spelling."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from mipo_sim.parameters.declaration import Parameter, declared

SECTORS = ("security", "relief", "justice", "livelihoods", "reintegration")  # what needs and tasks are of


class ParameterError(ValueError):
    """A parameter, option or combination that cannot be meant. The text is one clear line."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the nearest right spelling, or nothing."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def check_name(name: str) -> Parameter:
    """Find a declared parameter by its dotted name."""
    known = declared()
    if name in known:
        return known[name]
    group, _, _ = name.partition(".")
    family = [p for p in known if p.startswith(f"{group}.")]
    hint = nearest(name, family or known)
    allowed = f" (parameters of {group}: {', '.join(p.split('.')[1] for p in family)})" if family else ""
    raise ParameterError(f"no parameter named {name!r}{hint}{allowed}")


def check_value(parameter: Parameter, value: Any) -> np.ndarray:
    """Check one value, or a column of values, against the declaration.

    Returns
    -------
    array of float64
        The value as given, 0-d for a single number.
    """
    rule = f"{parameter.name} takes {_kind(parameter)} from {parameter.low:g} to {parameter.high:g}"
    try:
        given = np.asarray(value)
    except ValueError:  # a ragged list
        raise ParameterError(f"{rule}, not {value!r}") from None
    if given.dtype.kind not in ("fiub" if parameter.unit == "switch" else "fiu"):
        raise ParameterError(f"{rule}, not {value!r}")
    numbers: np.ndarray = given.astype(np.float64)
    wrong = ~np.isfinite(numbers) | (numbers < parameter.low) | (numbers > parameter.high)
    if parameter.whole:
        wrong |= numbers != np.round(numbers)
    if wrong.any():
        raise ParameterError(
            f"{rule}, not {numbers[wrong].flat[0]:g}" if numbers.ndim else f"{rule}, not {value}"
        )
    return numbers


def check_whole(name: str, value: Any, low: int, high: int) -> int:
    """Check a number that counts something: worlds, months, a seed."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or not low <= value <= high:
        raise ParameterError(f"{name} takes a whole number from {low} to {high}, not {value!r}")
    return int(value)


def _kind(parameter: Parameter) -> str:
    if parameter.unit == "switch":
        return "0 (no) or 1 (yes),"
    return "a whole number" if parameter.whole else f"a number ({parameter.unit})"


def contradictions(values: Mapping[str, Any]) -> list[str]:
    """Find levers that contradict each other, one sentence each.

    Parameters
    ----------
    values : mapping of str to number or array
        All parameters by name.
    """
    return [sentence for wrong, sentence in CONTRADICTIONS if np.any(wrong(values))]


def _summed(values: Mapping[str, Any], *names: str) -> np.ndarray:
    columns = np.broadcast_arrays(*(np.asarray(values[name], np.float64) for name in names))
    summed: np.ndarray = np.sum(columns, axis=0)
    return summed


CONTRADICTIONS: tuple[tuple[Callable[[Mapping[str, Any]], Any], str], ...] = (
    (
        lambda v: _summed(v, "funding.earmarked", "funding.softly_earmarked", "funding.pooled") > 1 + 1e-9,
        "funding.earmarked + funding.softly_earmarked + funding.pooled are shares of the same money and must "
        "not exceed 1",
    ),
    (
        lambda v: (
            (_summed(v, "exit.by_timetable", "exit.by_benchmarks", "exit.by_patience") == 0)
            & (_summed(v, "exit.follow_on") > 0)
        ),
        "exit.follow_on asks for a follow-on office, but there is no exit: set exit.by_timetable, "
        "exit.by_benchmarks or exit.by_patience to 1, or exit.follow_on to 0",
    ),
    (
        lambda v: (_summed(v, "mandate.deploy") > 0) & (_summed(v, *(f"mandate.{s}" for s in SECTORS)) <= 0),
        "mandate.deploy sends a mission, but its mandate covers no sector: raise one of mandate.security, "
        "mandate.relief, mandate.justice, mandate.livelihoods, mandate.reintegration",
    ),
    (
        lambda v: _summed(v, "headquarters.months_saved") >= _summed(v, "headquarters.months_to_fill"),
        "headquarters.months_saved must be less than headquarters.months_to_fill",
    ),
)
