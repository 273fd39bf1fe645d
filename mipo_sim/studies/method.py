"""What an analysis of a study is: from worlds to a table, and from the table to words and a picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from mipo_sim.analysis.wording import plain
from mipo_sim.figures.page import measure_of, name_of

Lines = list[tuple[str, ...]]  # a table in words, heads first
Drawn = Axes | Figure | SubFigure | None  # what functions of `mipo_sim.figures` hand back
FEW = 4  # names that a sentence can list


@dataclass(frozen=True)
class Worlds:
    """The worlds that an answer looks at.

    Attributes
    ----------
    rows : DataFrame
        One row a world: `form`, `situation`, `point`, `replicate`, axes, outcomes.
    outcomes : tuple of str
        Which outcomes.
    reference : str
        The form with which others are compared; empty if none is.
    overall : bool
        Whether differences are also taken on the mean over situations.
    thresholds : tuple of float
        Just acceptable values of the outcome.
    axes : tuple of str
        Axes of the design, in their order.
    order : int
        Order of a Saltelli design.
    months : int
        Length of the runs.
    """

    rows: pd.DataFrame
    outcomes: tuple[str, ...]
    reference: str
    overall: bool
    thresholds: tuple[float, ...]
    axes: tuple[str, ...]
    order: int
    months: int

    def by_situation(self) -> list[tuple[str, pd.DataFrame]]:
        """Worlds of each situation, in their order."""
        return [(str(place), rows) for place, rows in self.rows.groupby("situation", sort=False)]


@dataclass(frozen=True)
class Method:
    """An analysis.

    Attributes
    ----------
    find : callable
        From worlds to a tidy table, which says of itself what it is about.
    lay_out : callable
        From the table to lines of words, heads first.
    say : callable
        From the table to sentences, which follow from it alone.
    draw : callable
        From the table to a picture; nothing if there is none.
    needs, may : tuple of str
        Fields of an answer that it must have, and that it may have besides.
    sampled : bool
        Whether it looks at a space of points, not at forms in situations.
    timed : bool
        Whether it counts the months of runs, which must then be alike.
    kind : str
        The kind of design that it needs, if only one will do.
    keep : callable
        What of a long table is kept in `experiments/`.
    """

    find: Callable[[Worlds], pd.DataFrame]
    lay_out: Callable[[pd.DataFrame], Lines]
    say: Callable[[pd.DataFrame], list[str]]
    draw: Callable[[pd.DataFrame], Drawn]
    needs: tuple[str, ...] = ("outcomes",)
    may: tuple[str, ...] = ()
    sampled: bool = False
    timed: bool = False
    kind: str = ""
    keep: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table


def outcome_name(outcome: str) -> str:
    """Name an outcome in plain words."""
    return name_of(measure_of(outcome))


def listed(forms: Sequence[Any]) -> str:
    """List forms in a sentence; many are counted."""
    names = [plain(str(form)) for form in forms]
    if len(names) > FEW + 1:
        names = [*names[:FEW], f"{len(names) - FEW} others"]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "none"


def percent(value: float, low: float, high: float) -> str:
    """Say a share with its interval; one that is not known is a dash."""
    if not np.isfinite(value):
        return "-"
    digits = int(abs(value) < 0.1)
    said = [f"{round(100 * number, digits) + 0.0:.{digits}f}" for number in (value, low, high)]  # no -0.0
    return f"{said[0]} %" if not np.isfinite(low) else f"{said[0]} % ({said[1]} to {said[2]})"


def capital(words: str) -> str:
    """Begin a sentence."""
    return words[:1].upper() + words[1:]


def say_nothing(table: pd.DataFrame) -> list[str]:
    """Leave a table to speak for itself."""
    return []


def no_picture(table: pd.DataFrame) -> None:
    """Draw nothing: the table is enough."""
