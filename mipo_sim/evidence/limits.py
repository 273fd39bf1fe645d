"""Limits: extreme and degenerate settings, what must happen there, and what does.

Declared once, in `limit_settings.py`, for the tests, for `mipo validate --limits` and for the page. In
every setting the model must run, with every state finite and inside its declared bounds in every month,
and its books in order; what else must happen is in the rows of the setting.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mipo_sim.evidence.extremes import Lived

MONTHS = 24  # of most settings
RUNS = "it runs in range, and the books add up (faults)"

Measured = Callable[[Lived], float]


@dataclass(frozen=True)
class Must:
    """What must happen in a setting: a number, and the band that it must lie in.

    Attributes
    ----------
    what : str
        In plain words.
    measure : callable
        The number, given the run of the setting.
    low, high : float
        The band, ends included; by default the number must be nothing.
    """

    what: str
    measure: Measured
    low: float = 0
    high: float = 0


@dataclass(frozen=True)
class Setting:
    """An extreme setting.

    Attributes
    ----------
    name, label : str
        A short name, and plain words.
    values : mapping of str to Any
        Parameters that differ from their defaults.
    must : tuple of Must
        What must happen beside running well.
    worlds, months, map
        How it is run.
    """

    name: str
    label: str
    values: Mapping[str, Any]
    must: tuple[Must, ...] = ()
    worlds: int = 3
    months: int = MONTHS
    map: str = "heartland"


class Limits:
    """Settings, each lived through once, when first asked for.

    Parameters
    ----------
    settings : iterable of Setting
        What there is; a setting may be measured against any other.
    """

    def __init__(self, settings: Iterable[Setting]) -> None:
        self.settings = {setting.name: setting for setting in settings}
        self._lived: dict[str, Lived] = {}

    def lived(self, name: str) -> Lived:
        """Give the run of a setting."""
        if name not in self._lived:
            s = self.settings[name]
            self._lived[name] = Lived(s.values, s.worlds, s.months, s.map, beside=self.lived)
        return self._lived[name]

    def rows(self, name: str) -> list[tuple[str, str, float, float, float]]:
        """What must happen in one setting and what does: `setting`, `what`, `low`, `high`, `value`."""
        here = self.lived(name)
        must = () if here.faults else self.settings[name].must
        return [
            (name, RUNS, 0, 0, len(here.faults)),
            *((name, each.what, each.low, each.high, float(each.measure(here))) for each in must),
        ]

    def table(self) -> pd.DataFrame:
        """What must happen in every setting and what does, a row each.

        Returns
        -------
        DataFrame
            `setting`, `what`, `low`, `high`, `value`. The first row of a setting counts its faults; where
            there are any, it is the only one.
        """
        found = [row for name in self.settings for row in self.rows(name)]
        return pd.DataFrame(found, columns=["setting", "what", "low", "high", "value"])


def largest(*names: str) -> Measured:
    """Measure the largest value of any of these series or outcomes, in any month and world."""
    return lambda here: here.most(*names)


def mean_of(series: str) -> Measured:
    """Measure the mean of a series over months and worlds."""
    return lambda here: here.mean(series)


def lowest_at_the_end(series: str) -> Measured:
    """Measure the least value of a series in the last month, over worlds."""
    return lambda here: float(here.last(series).min())


def above(setting: str, series: str) -> Measured:
    """Measure by how much the mean of a series is above that in another setting."""
    return lambda here: here.mean(series) - here.beside(setting).mean(series)
