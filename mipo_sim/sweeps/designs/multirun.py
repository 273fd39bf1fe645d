"""Hydra's `-m` grids as a design, so that they can run as one batched experiment."""

from collections.abc import Iterator, Sequence
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, QuotedString, ValueType
from hydra.errors import HydraException

from mipo_sim.parameters import ParameterError, declared
from mipo_sim.parameters.options import options
from mipo_sim.sweeps.designs.axes import CHOICES, role_of
from mipo_sim.sweeps.designs.faults import Faults

SETTINGS = ("worlds", "seed", "block", "output", "name", "compare")


def from_multirun(overrides: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Turn the words of a multirun into a grid.

    Parameters
    ----------
    overrides : sequence of str
        As after `mipo run -m`: `integration=coexistence,full`, `funding.pooled=0,0.2`, `worlds=50`.

    Returns
    -------
    spec : dict
        A design for `make_design`: what has several values is an axis, the rest is its base. The
        first axis named moves slowest, levers before contexts.
    settings : dict
        Settings of the run that are no part of a design (`worlds`, `seed`, ...), as given.

    Raises
    ------
    ParameterError
        If a word cannot be read, or cannot be part of a grid; all such words are listed. Names and
        values are left for `make_design` to check.
    """
    faults = Faults()
    spec: dict[str, Any] = {"kind": "none", "levers": {}, "contexts": {}, "base": {}}
    settings: dict[str, Any] = {}
    seen: set[str] = set()
    for word in overrides:
        with faults.noted():
            override = _parsed(word)
            name = override.key_or_group
            if name in seen:
                raise ParameterError(f"{name} is given twice")
            seen.add(name)
            if not override.is_sweep_override():
                (settings if name in SETTINGS else spec["base"])[name] = override.value()
                continue
            if name not in CHOICES and name not in declared():
                raise ParameterError(f"{word!r}: an axis is a group or a parameter; {name} takes one value")
            spec["kind"] = "grid"
            spec["levers" if role_of(name) == "lever" else "contexts"][name] = _values(override)
    faults.refuse()
    return spec, settings


def _parsed(word: str) -> Override:
    try:
        override = OverridesParser.create().parse_override(word)
    except HydraException:
        raise ParameterError(
            f"cannot read {word!r}; write group=option,option or parameter=value,value"
        ) from None
    if override.is_add() or override.is_force_add() or override.is_delete() or override.is_hydra_override():
        raise ParameterError(f"{word!r} cannot be part of a grid; write group=option or parameter=value")
    if override.is_interval_sweep():
        raise ParameterError(f"{word!r}: a grid takes values one by one; choose a design for a range")
    return override


def _values(override: Override) -> list[Any]:
    if override.value_type == ValueType.GLOB_CHOICE_SWEEP:
        if override.key_or_group not in CHOICES:
            raise ParameterError(f"{override.input_line!r}: patterns are for names of options")
        pattern: Any = override.value()
        return list(pattern.filter(options(override.key_or_group)))
    values: Iterator[Any] = override.sweep_iterator()
    return [value.text if isinstance(value, QuotedString) else value for value in values]
