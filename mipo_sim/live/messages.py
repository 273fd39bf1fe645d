"""Messages between page and program: JSON read strictly, and written so that any reader takes it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from mipo_sim.parameters import ParameterError, nearest

Message = Mapping[str, Any]
MOST_NUMBER = 2**53 - 1  # the largest whole number that a page can hold
SHOWN = 60  # characters of what was given that a refusal repeats


def read_json(text: str | bytes) -> Any:
    """Read JSON.

    Raises
    ------
    ParameterError
        If it is none.
    """
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ParameterError("this is no JSON that can be read") from None


def as_text(message: Message) -> str:
    """Write JSON, short and without what other readers refuse."""
    return json.dumps(message, allow_nan=False, separators=(",", ":"))


def entries(
    what: str, given: Any, names: Sequence[str], needed: Sequence[str] | None = None
) -> Mapping[str, Any]:
    """Check that something has these entries and no others.

    Parameters
    ----------
    what : str
        What it is, for a refusal.
    given : JSON
        Something.
    names : sequence of str
        The entries that it can have.
    needed : sequence of str, optional
        Those that it must have; all if not given.

    Raises
    ------
    ParameterError
        If one is missing, or is one too many.
    """
    if not isinstance(given, Mapping):
        raise ParameterError(f"{what} takes {', '.join(names)}, not {shown(given)}")
    for name in given:
        if name not in names:
            near = nearest(str(name), names)
            raise ParameterError(f"{what} has no {shown(name)}{near} (it takes {', '.join(names)})")
    for name in names if needed is None else needed:
        if name not in given:
            raise ParameterError(f"{what} needs {name}")
    return given


def shown(given: Any) -> str:
    """Show what was given, in no more characters than a line has."""
    text = "nothing" if given is None else repr(given)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
