"""JSON as it comes from a page, read strictly, and as it goes there."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from mipo_sim.parameters import ParameterError, nearest


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


def as_text(message: Mapping[str, Any]) -> str:
    """Write JSON, short and without what other readers refuse."""
    return json.dumps(message, allow_nan=False, separators=(",", ":"))


def entries(what: str, given: Any, names: Sequence[str]) -> Mapping[str, Any]:
    """Check that something has exactly these entries.

    Raises
    ------
    ParameterError
        If one is missing, or is one too many.
    """
    if not isinstance(given, dict):
        raise ParameterError(f"{what} takes entries by name ({', '.join(names)})")
    for name in given:
        if name not in names:
            raise ParameterError(
                f"{what} has no {name!r}{nearest(name, names)} (there are: {', '.join(names)})"
            )
    for name in names:
        if name not in given:
            raise ParameterError(f"{what} needs {name}")
    return given


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
