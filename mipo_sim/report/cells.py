"""How the points of a design become the cells of a page: forms by situations, or classes of two axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis import names_of_points
from mipo_sim.analysis.cells import cell_name
from mipo_sim.parameters import declared
from mipo_sim.report.source import Source

MOST_CELLS = 128  # points that a page shows one by one
CLASSES = 4  # parts of the range of a number with many values
CROSSED = 4  # axes that are crossed with each other where points are put into classes
MOST_AXES = 30


@dataclass(frozen=True)
class Side:
    """The rows or the columns of a plane.

    Attributes
    ----------
    axes : tuple of str
        Which axes it is made of.
    levels : DataFrame
        One row each, one column an axis: what is shown and filtered by.
    labels : tuple of str
        What each is called.
    of_point : array of int, shape [point]
        To which each point belongs.
    """

    axes: tuple[str, ...]
    levels: pd.DataFrame
    labels: tuple[str, ...]
    of_point: np.ndarray


@dataclass(frozen=True)
class Plane:
    """Rows by columns of cells, each with the points that lie in it.

    Attributes
    ----------
    rows, columns : Side
        Forms and situations, or the classes of two axes.
    whole : bool
        Whether a cell is one point, so that forms can be compared world by world.
    """

    rows: Side
    columns: Side
    whole: bool

    @property
    def cells(self) -> list[tuple[int, int, np.ndarray]]:
        """Row, column and points of each cell that has any, row by row."""
        found = []
        for row, column in sorted(
            set(zip(self.rows.of_point.tolist(), self.columns.of_point.tolist(), strict=True))
        ):
            inside = (self.rows.of_point == row) & (self.columns.of_point == column)
            found.append((row, column, np.flatnonzero(inside)))
        return found


def planes_of(source: Source, first_axes: Sequence[str] = ()) -> list[Plane]:
    """Lay the points of some results out.

    Parameters
    ----------
    source : Source
        The results.
    first_axes : sequence of str
        Axes in the order in which they matter, where there are more points than can be shown one by one.

    Returns
    -------
    list of Plane
        A single one, of forms by situations, where every point can be a cell; else one for each axis,
        and for pairs of the first ones.
    """
    if len(source.points) <= MOST_CELLS:
        return [Plane(_side(source, source.levers), _side(source, source.contexts), True)]
    axes = [*first_axes, *(axis for axis in source.points.columns if axis not in first_axes)][:MOST_AXES]
    everywhere = _side(source, ())
    classes = {axis: _classes(source.points[axis]) for axis in axes}
    alone = [Plane(classes[axis], everywhere, False) for axis in axes]
    pairs = combinations(axes[:CROSSED], 2)
    return [*(Plane(classes[one], classes[other], False) for one, other in pairs), *alone]


def _side(source: Source, axes: Sequence[str]) -> Side:
    """Each combination of values of some axes, in the order in which they come."""
    points = source.points[list(axes)]
    if not axes:
        return Side((), pd.DataFrame(index=[0]), ("",), np.zeros(len(points), np.int64))
    of_point = points.groupby(list(axes), sort=False).ngroup().to_numpy()
    levels = points.drop_duplicates()
    return Side(tuple(axes), levels.map(level_name), tuple(_names(levels, source)), of_point)


def _names(levels: pd.DataFrame, source: Source) -> list[str]:
    """Call each row by its values; by its name, if it has one; or by what is not as in the base."""
    rows = list(levels.itertuples(index=False, name=None))
    axes = list(levels.columns)
    if source.kind == "run":
        return [level_name(form) for (form,) in rows]
    if source.kind == "points" and axes == list(source.levers):
        points = source.design["points"]
        if called := names_of_points(list(points), pd.DataFrame(list(points.values()))[axes]):
            return [level_name(called[point]) for point in levels.index]
    if source.kind == "one_at_a_time":
        return [_moved(row, rows[0], axes) for row in rows]
    return [cell_name(row, axes) for row in rows]


def _moved(row: Sequence[Any], base: Sequence[Any], axes: Sequence[str]) -> str:
    """Call a row by its values that are not the base's."""
    moved = {axis: value for axis, value, start in zip(axes, row, base, strict=True) if value != start}
    return cell_name(list(moved.values()), list(moved)) if moved else "base"


def _classes(values: pd.Series) -> Side:
    """The values of an axis, or parts of its range with as many points in each."""
    axis = str(values.name)
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > 2 * CLASSES:
        edges = np.unique(np.quantile(values, np.linspace(0, 1, CLASSES + 1)))
        of_point = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
        labels = [f"{low:.3g} to {high:.3g}" for low, high in pairwise(edges.tolist())]
    else:
        of_point, known = pd.factorize(values, sort=True)
        labels = [level_name(value) for value in known]
    levels = pd.DataFrame({axis: labels})
    return Side((axis,), levels, tuple(labels), np.asarray(of_point))


def level_name(value: Any) -> str:
    """Say a value of an axis."""
    return value.replace("_", " ") if isinstance(value, str) else f"{value:.4g}"


def axis_label(axis: str) -> str:
    """Say an axis in plain words: a parameter's label, or a group's name."""
    known = declared().get(axis)
    return known.label if known else axis.replace("_", " ")
