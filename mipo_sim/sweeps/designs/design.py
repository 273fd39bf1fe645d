"""A design: axes, a layout of points over them, and what holds at all points."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.parameters import declared
from mipo_sim.parameters.options import Own, compose, known_own, own_options
from mipo_sim.sweeps.designs.axes import CHOICES, Axis
from mipo_sim.sweeps.designs.layouts import Layout


@dataclass(frozen=True)
class ResolvedPoints:
    """All that the model needs to know about some points of a design.

    Attributes
    ----------
    values : dict of str to array
        Every declared parameter, one number a point. Where all points have the same, the array is
        read-only and takes no memory.
    map : list of str
        Name of the map at each point.
    months : list of int
        Length of a run at each point.
    labels : dict of str to array
        The scenario, and the option of every group, at each point.
    """

    values: dict[str, np.ndarray]
    map: list[str]
    months: list[int]
    labels: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.map)


@dataclass(frozen=True)
class Design:
    """Points of parameter space, any stretch of which can be had without the others.

    Made by `make_design`, which has refused everything that cannot be meant.

    Attributes
    ----------
    kind : str
        How the points are laid out.
    axes : tuple of Axis
        What varies: levers first, then contexts.
    layout : Layout
        Where the points lie.
    base : mapping of str to str or number
        What holds at every point: options by group, parameters by dotted name, `map`, `months`. An
        axis goes before it.
    numbers : mapping of str to int
        The number of points or trajectories, the seed, the levels, where the kind asks for them.
    names : tuple of str
        Names of the points, if they have any.
    own : mapping
        Options of a user's own that it needs, as `mipo_sim.parameters.options.own_options` takes them.
    """

    kind: str
    axes: tuple[Axis, ...]
    layout: Layout
    base: Mapping[str, Any] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    own: Own = field(default_factory=dict)

    @property
    def points(self) -> int:
        """How many points there are."""
        return self.layout.points

    @property
    def levers(self) -> list[Axis]:
        """The axes that those who shape a mission can choose."""
        return [axis for axis in self.axes if axis.role == "lever"]

    @property
    def contexts(self) -> list[Axis]:
        """The axes that they find: the situation, and how actors behave."""
        return [axis for axis in self.axes if axis.role != "lever"]

    def rows(self, lo: int, hi: int) -> pd.DataFrame:
        """Points lo to hi - 1, one column an axis: numbers, or names of options.

        Raises
        ------
        IndexError
            If there are no such points.
        """
        places = self._places(lo, hi)
        columns = {axis.name: axis.take(places[:, i]) for i, axis in enumerate(self.axes)}
        return pd.DataFrame(columns, index=pd.RangeIndex(lo, hi, name="point"))

    def resolve(self, lo: int, hi: int) -> ResolvedPoints:
        """Give points lo to hi - 1 in full: every parameter, the map, the months, and all choices.

        Each combination of options is composed once; single parameters go before them.

        Raises
        ------
        IndexError
            If there are no such points.
        """
        places = self._places(lo, hi)
        forms, which = self._forms(places)
        table = np.array([form.values for form in forms])
        values = dict(
            zip(declared(), np.broadcast_to(table[0, :, None], (table.shape[1], hi - lo)), strict=True)
        )
        for place in np.flatnonzero((table != table[0]).any(axis=0)):
            values[list(declared())[place]] = table[which, place]
        for name in self.base.keys() & declared().keys():
            values[name] = np.broadcast_to(np.float64(self.base[name]), hi - lo)
        for i, axis in enumerate(self.axes):
            if axis.kind != "option":
                values[axis.name] = axis.take(places[:, i]).astype(np.float64)
        return ResolvedPoints(
            values,
            map=_spread([self.base.get("map", form.map) for form in forms], which).tolist(),
            months=_spread([self.base.get("months", form.months) for form in forms], which).tolist(),
            labels={group: _spread([form.choices[group] for form in forms], which) for group in CHOICES},
        )

    def label(self, point: int) -> str:
        """Say which point it is, for people: its number or name, and where it lies."""
        (row,) = self.rows(point, point + 1).to_dict("records")
        said = [
            f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}"
            for name, value in row.items()
        ]
        where = f" ({', '.join(said[:6])}{', ...' * (len(said) > 6)})" if said else ""
        return f"point {self.names[point] if self.names else point}{where}"

    def as_config(self) -> dict[str, Any]:
        """Write the design down as plain data, ranges included; `make_design` makes the same of it."""
        config: dict[str, Any] = {"kind": self.kind, **self.numbers, "base": dict(self.base)}
        config |= {"own": self.own} if self.own else {}
        if self.kind == "points":
            rows = self.rows(0, self.points).to_dict("records")
            return config | {"points": dict(zip(self.names, rows, strict=True))}
        config["levers"] = {axis.name: axis.as_config() for axis in self.levers}
        config["contexts"] = {axis.name: axis.as_config() for axis in self.contexts}
        return config

    def _places(self, lo: int, hi: int) -> np.ndarray:
        if not 0 <= lo < hi <= self.points:
            raise IndexError(f"no points {lo} to {hi} in a design of {self.points}")
        return self.layout.places(lo, hi)

    def _forms(self, places: np.ndarray) -> tuple[list["_Form"], np.ndarray]:
        """Compose each combination of options once, and say which of them each point has."""
        chosen = [
            (axis, axis.index(places[:, i])) for i, axis in enumerate(self.axes) if axis.kind == "option"
        ]
        sizes = (1, *(len(axis.values) for axis, _ in chosen))
        codes = np.ravel_multi_index(
            (np.zeros(len(places), np.int64), *(index for _, index in chosen)), sizes
        )
        distinct, which = np.unique(codes, return_inverse=True)
        fixed = {group: self.base[group] for group in CHOICES if group in self.base}
        forms = []
        for combination in zip(*np.unravel_index(distinct, sizes), strict=True):
            picked = zip(chosen, combination[1:], strict=True)
            asked = fixed | {axis.name: axis.values[k] for (axis, _), k in picked}
            with own_options(self.own):
                forms.append(composed(asked))
        return forms, which


def _spread(of_forms: list[Any], which: np.ndarray) -> np.ndarray:
    spread: np.ndarray = np.array(of_forms, dtype=object)[which]
    return spread


@dataclass(frozen=True)
class _Form:
    values: np.ndarray
    map: str
    months: int
    choices: dict[str, str]


def composed(asked: Mapping[str, str]) -> _Form:
    """Compose options by group, once in each process."""
    own = known_own()
    return _composed(tuple(sorted(asked.items())), json.dumps(own, sort_keys=True) if own else "")


@lru_cache(maxsize=8192)
def _composed(asked: tuple[tuple[str, str], ...], own: str) -> _Form:
    """Compose options by group; `own` says which options of a user's own are known, for the cache."""
    form = compose(**dict(asked))  # type: ignore[arg-type]
    values = np.array([form.values.get(name, p.default) for name, p in declared().items()])
    return _Form(values, form.map, form.months, form.choices)
