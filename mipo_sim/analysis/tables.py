"""What the methods ask of a table of outcomes, and what they say where it is not there."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.outcomes import OUTCOMES
from mipo_sim.parameters.checking import nearest

BETTER = {measure.name: measure.better for measure in OUTCOMES}
UNITS = {measure.name: measure.unit for measure in OUTCOMES}


class AnalysisError(ValueError):
    """A table, or a wish, that a method can do nothing with. The text is one clear line."""


def check_columns(outcomes: pd.DataFrame, *columns: str) -> None:
    """Refuse a table that lacks a column, or has no rows.

    Raises
    ------
    AnalysisError
        Naming the column and the nearest that there is.
    """
    for column in columns:
        if column not in outcomes.columns:
            near = nearest(column, map(str, outcomes.columns))
            raise AnalysisError(f"the table of outcomes has no column {column!r}{near}")
    if outcomes.empty:
        raise AnalysisError("the table of outcomes has no worlds")


def check_value_of(outcomes: pd.DataFrame, column: str, *values: Any) -> None:
    """Refuse what does not stand in a column: the name of a form, of a situation.

    Raises
    ------
    AnalysisError
        Naming the nearest value that there is, and all of them.
    """
    check_columns(outcomes, column)
    known = [str(value) for value in pd.unique(outcomes[column])]
    for value in values:
        if str(value) not in known:
            near = nearest(str(value), known)
            raise AnalysisError(f"no {column} named {value!r}{near} (there are: {', '.join(known)})")


def sign_of(outcome: str, better: str | None = None) -> int:
    """Say which way is better: 1 where more of an outcome is, -1 where less is.

    Parameters
    ----------
    outcome : str
        One of `mipo_sim.outcomes.OUTCOMES`, or a column of one's own.
    better : {"more", "less"}, optional
        Must be given for a column of one's own, and where neither way is better by itself.

    Raises
    ------
    AnalysisError
        If it cannot be known.
    """
    way = better or BETTER.get(outcome, "neither")
    if way not in ("more", "less"):
        raise AnalysisError(
            f"which way is better for {outcome!r}? Say better='more' or better='less', not {way!r}"
        )
    return 1 if way == "more" else -1


def is_counted(outcome: str, values: np.ndarray) -> bool:
    """Say whether an outcome is 0 or 1: by its declaration or, where it has none, by its values."""
    return UNITS.get(outcome, "0 or 1" if np.isin(values, (0, 1)).all() else "") == "0 or 1"


def name_forms(rows: pd.DataFrame, levers: Sequence[str], contexts: Sequence[str] = ()) -> pd.DataFrame:
    """Name the form and the situation of each row of a sweep by its axes.

    Parameters
    ----------
    rows : DataFrame
        One row a world, with a column for each axis.
    levers, contexts : sequence of str
        The axes that make a form, and those that make a situation.

    Returns
    -------
    DataFrame
        The rows with `form` and, where contexts are given, `situation`: options as they are and numbers
        behind the last word of what they are of, joined by a dash (`earmarked-troops_4`).
    """
    check_columns(rows, *levers, *contexts)
    named = {"form": levers, "situation": contexts}
    return rows.assign(**{name: names_by(rows[list(axes)]) for name, axes in named.items() if axes})


def names_by(axes: pd.DataFrame) -> list[str]:
    """Name rows by all their columns, as `name_forms` says."""
    words = [[_word(str(axis), value) for value in axes[axis]] for axis in axes]
    return ["-".join(row) for row in zip(*words, strict=True)] if words else [""] * len(axes)


def _word(axis: str, value: Any) -> str:
    return value if isinstance(value, str) else f"{axis.rpartition('.')[2]}_{value:g}"


def names_of_points(names: Sequence[str], levers: pd.DataFrame) -> list[str]:
    """Name the forms of a design of named points as it does.

    Parameters
    ----------
    names : sequence of str
        Of all points; behind a point's own name there may be the number of a context (`apart-2`).
    levers : DataFrame
        Their levers, a row each.

    Returns
    -------
    list of str
        The form of each point, or nothing where levers and names do not go together one to one.
    """
    settings = list(levers.itertuples(index=False, name=None))
    for called in ([re.sub(r"-\d+$", "", name) for name in names], list(names)):
        pairs = set(zip(called, settings, strict=True))
        if len(pairs) == len(set(called)) == len(set(settings)):
            return called
    return []


def cube(outcomes: pd.DataFrame, outcome: str, factors: Sequence[str]) -> tuple[np.ndarray, list[list[Any]]]:
    """Lay an outcome out as an array with one axis a factor.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world.
    outcome : str
        What to lay out.
    factors : sequence of str
        Columns which together tell every world apart.

    Returns
    -------
    values : array
        Not a number where there is no such world, or the outcome is not defined in it.
    levels : list of list
        The levels of each factor, in the order in which they first stand in the table.

    Raises
    ------
    AnalysisError
        If a column is missing, or the factors do not tell two worlds apart.
    """
    check_columns(outcomes, outcome, *factors)
    repeated = outcomes.duplicated(list(factors))
    if repeated.any():
        where = ", ".join(f"{name} {outcomes.loc[repeated, name].iloc[0]}" for name in factors)
        raise AnalysisError(f"the table of outcomes has more than one world of {where}")
    codes, levels = zip(*(pd.factorize(outcomes[name]) for name in factors), strict=True)
    values = np.full([len(known) for known in levels], np.nan)
    values[codes] = outcomes[outcome].to_numpy(dtype=np.float64, na_value=np.nan)
    return values, [list(known) for known in levels]


def check_complete(values: np.ndarray, levels: Sequence[Sequence[Any]], outcome: str) -> None:
    """Refuse an array `[form, situation, world]` in which a form has no world in some situation.

    Raises
    ------
    AnalysisError
        Naming the first such form and situation.
    """
    empty = np.argwhere(np.isnan(values).all(axis=2))
    if len(empty):
        form, situation = (levels[axis][place] for axis, place in enumerate(empty[0]))
        raise AnalysisError(f"{outcome} is not defined in any world of form {form} in situation {situation}")


def mean_of(values: np.ndarray, axis: int = -1) -> np.ndarray:
    """Average over an axis what is a number; not a number where nothing is."""
    known = np.isfinite(values)
    counts = known.sum(axis=axis)
    sums = np.where(known, values, 0).sum(axis=axis)
    means: np.ndarray = np.where(counts, sums / np.maximum(counts, 1), np.nan)
    return means
