"""Calibration targets: published figures with their bands, and what simulated worlds say to each.

The rows stand in `targets.csv`; where they come from is told in `docs/figures.md`. Every row names the
forms that have to be lived through and the statistic below that is reckoned from their records.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis.intervals import garwood
from mipo_sim.evidence.forms import Form, Record, forms, live_through
from mipo_sim.evidence.records import keep_record
from mipo_sim.evidence.statistics import (
    cumulative_hazard,
    effective_number,
    odds_ratio_per_step,
    relapsed_by,
    resampled,
    top_share,
    weibull_shape,
)
from mipo_sim.model import SEED
from mipo_sim.parameters import ParameterError, nearest

LARGE_DONOR = 5  # $m a year above which the figures look at a single donor's swings


@dataclass(frozen=True)
class Target:
    """One published figure to be met.

    Attributes
    ----------
    row : str
        Name of the row: the target, and what of it.
    target : str
        T1 ... T17 as the calibration targets are counted; W for judgements of the design.
    what : str
        What is compared, in plain words.
    low, high, point : float
        Band within which the model passes, and the figure itself (not a number where only a band is known).
    unit : str
        Unit of all three.
    forms : tuple of str
        Forms whose worlds it is reckoned from, by name in `forms.yaml`.
    statistic : tuple of str
        Name of a statistic of this module, and its arguments.
    definition : str
        How the model's figure is defined, and where it differs from the published one.
    source : str
        Rows of `docs/figures.md`.
    status : str
        found, computed, remembered or assumed.
    """

    row: str
    target: str
    what: str
    low: float
    high: float
    point: float
    unit: str
    forms: tuple[str, ...]
    statistic: tuple[str, ...]
    definition: str
    source: str
    status: str

    def of(self, records: Mapping[str, Record]) -> float:
        """The simulated value, given the records of the forms by name; worlds last."""
        name, *arguments = self.statistic
        with np.errstate(divide="ignore", invalid="ignore"):  # what is not defined is not a number
            return STATISTICS[name](*(records[form] for form in self.forms), *map(float, arguments))


@cache
def declared_targets() -> MappingProxyType[str, Target]:
    """All targets by row, in the order of the table."""
    found = {}
    with (Path(__file__).parent / "targets.csv").open(newline="", encoding="utf-8") as lines:
        for text in csv.DictReader(lines):
            numbers = {key: float(text.pop(key) or "nan") for key in ("low", "high", "point")}
            words = {key: tuple(text.pop(key).split()) for key in ("forms", "statistic")}
            found[text["row"]] = Target(**text, **numbers, **words)  # type: ignore[arg-type]
    return MappingProxyType(found)


def chosen_targets(rows: Iterable[str] | None = None) -> list[Target]:
    """Choose targets by row, or by target (`T16` is all its rows); all by default.

    Raises
    ------
    ParameterError
        If there is no such row.
    """
    known = declared_targets()
    found: dict[str, Target] = {}
    for row in known if rows is None else rows:
        mine = {name: target for name, target in known.items() if row in (name, target.target)}
        if not mine:
            raise ParameterError(f"no target named {row!r}{nearest(row, known)} (rows: {', '.join(known)})")
        found |= mine
    return list(found.values())


def simulated_targets(
    values: Mapping[str, Any] | None = None,
    *,
    worlds: int = 128,
    seed: int = SEED,
    rows: Sequence[str] | None = None,
    workers: int | None = 1,
) -> pd.DataFrame:
    """What the model says to each target, for one or many sets of parameters side by side.

    Made for calibration: sets share their luck replicate by replicate, and only the forms that the
    rows need are lived through, as many sets and forms in one block as fit. A set and replicate of one
    form takes about 7 milliseconds on a core.

    Parameters
    ----------
    values : mapping of str to number or array, optional
        Parameters that differ from their defaults, by dotted name: a number for all sets, or an array
        with one entry a set. What a form of `forms.yaml` itself sets (levers, and the settlement at the
        start for T7) goes before.
    worlds : int
        Replicates of each form, the same for all sets. The standard error of a share of relapse is
        about .5 / sqrt(worlds).
    seed : int
        Seed of all luck. A check wants another one than the fit.
    rows : sequence of str, optional
        Which targets, by row or by target, such as `("T1", "T2", "T3", "T16.persistence")`; all by
        default. T1 to T5 and T16 need two forms, all targets eight.
    workers : int, optional
        Processes; None for one a core.

    Returns
    -------
    DataFrame
        One row a set, one column a target row, units as in `declared_targets()`, which has the bands. Not a
        number where a figure is not defined, such as a ratio of hazards if nobody relapses.

    Raises
    ------
    ParameterError
        If a parameter, row or number cannot be meant, or a set starts in war.
    """
    chosen = chosen_targets(rows)
    records = live_through(
        needed_forms(chosen), keep_record, values, worlds=worlds, seed=seed, workers=workers
    )
    sets = next(iter(next(iter(records.values())).values())).shape[-2]
    return pd.DataFrame(
        [[target.of(of_set(records, number)) for target in chosen] for number in range(sets)],
        columns=[target.row for target in chosen],
    )


def needed_forms(chosen: Iterable[Target]) -> list[Form]:
    """The forms that some targets are reckoned from, each once."""
    return [forms()[name] for name in dict.fromkeys(name for target in chosen for name in target.forms)]


def judged_targets(records: Mapping[str, Record], worlds: int, seed: int) -> pd.DataFrame:
    """The simulated value of every target with its 95 % interval over worlds.

    Parameters
    ----------
    records : mapping of str to Record
        What was kept of each form, arrays `[..., world]`.
    worlds : int
        How many worlds there are.
    seed : int
        Seed of the draws that intervals come from.

    Returns
    -------
    DataFrame
        One row a target: `row`, `low`, `high` (the band), `value`, `start`, `end` (its interval), and
        `worlds`. Intervals come from drawing worlds with replacement, the same of each form; that of
        T9.after_exit is exact, since it may count no event at all.
    """
    table = []
    for target in declared_targets().values():
        figure = figure_of(target, records)
        if target.statistic == ("hazard_after_exit",):
            low, high = garwood(*_after_exit(records[target.forms[0]]))
        else:
            low, high = resampled(figure, worlds, seed)
        table.append((target.row, target.low, target.high, figure(np.arange(worlds)), low, high, worlds))
    return pd.DataFrame(table, columns=["row", "low", "high", "value", "start", "end", "worlds"])


def figure_of(target: Target, records: Mapping[str, Record]) -> Callable[[np.ndarray], float]:
    """Give the simulated value as a function of which worlds it is reckoned from."""
    return lambda drawn: target.of({form: _Drawn(records[form], drawn) for form in target.forms})


def of_set(records: Mapping[str, Record], number: int) -> dict[str, Record]:
    """Take what was kept for one set of parameters, arrays `[..., world]`."""
    return {
        form: {name: array[..., number, :] for name, array in record.items()}
        for form, record in records.items()
    }


class _Drawn(dict[str, np.ndarray]):
    """A record of some worlds only; what nobody asks for is not copied."""

    def __init__(self, record: Record, worlds: np.ndarray) -> None:
        super().__init__()
        self._record, self._worlds = record, worlds

    def __missing__(self, name: str) -> np.ndarray:
        drawn: np.ndarray = self._record[name][..., self._worlds]
        return drawn


# ---------------------------------------------------------------- statistics, by the names used in the table


def relapse(record: Record, years: float) -> float:
    """Share of worlds that relapsed within so many years."""
    return relapsed_by(record["months_at_peace"], years)


def hazard_ratio(record: Record, other: Record, years: float) -> float:
    """Cumulative hazard of one form over that of another."""
    hazards = [cumulative_hazard(each["months_at_peace"], 0, years) for each in (record, other)]
    return hazards[0] / hazards[1] if hazards[1] > 0 else np.nan


def shape(record: Record, years: float) -> float:
    """Weibull shape of relapse times, censored at so many years."""
    return weibull_shape(record["months_at_peace"], years)


def late_hazard(record: Record) -> float:
    """Yearly hazard of years 6 to 10 over that of the first year."""
    month = record["months_at_peace"]
    first = cumulative_hazard(month, 0, 1)
    return cumulative_hazard(month, 5, 10) / 5 / first if first > 0 else np.nan


def early_share(record: Record) -> float:
    """Share of the relapses of ten years that came in the first five."""
    month = record["months_at_peace"]
    return relapsed_by(month, 5) / relapsed_by(month, 10) if relapsed_by(month, 10) else np.nan


def more_relapse(record: Record, other: Record, years: float) -> float:
    """Share of worlds that relapsed under one form less that under another."""
    return relapse(record, years) - relapse(other, years)


def _after_exit(record: Record) -> tuple[int, float]:
    """Relapses after exit, and years at risk."""
    gone = record["months_gone"]
    return int((~np.isnan(gone) & ~np.isnan(record["months_at_peace"])).sum()), float(np.nansum(gone) / 12)


def hazard_after_exit(record: Record) -> float:
    """Relapses after the mission had left, for each year at risk."""
    events, years = _after_exit(record)
    return events / years if years else np.nan


def ramp_month(record: Record) -> float:
    """Mean month by whose end 95 % of the most troops had arrived."""
    deployed = record["deployed"]
    return float(1 + (deployed >= 0.95 * deployed.max(axis=0)).argmax(axis=0).mean())


def ramp_peak(record: Record) -> float:
    """Mean over worlds of the largest share of troops deployed."""
    return float(record["deployed"].max(axis=0).mean())


def fill_time(record: Record) -> float:
    """Months that a post stays vacant: vacancies over hires."""
    return float(record["vacant"].sum() / record["hired"].sum())


def vacancy(record: Record) -> float:
    """Mean share of posts vacant."""
    return float(record["vacancy"].mean())


def on_time(record: Record) -> float:
    """Mean share of pledges paid on schedule."""
    return float(record["on_time"].mean())


def need_met(record: Record) -> float:
    """Mean share of need met in the first six years."""
    return float(record["need_met"].mean())


def sector_gap(record: Record) -> float:
    """Mean difference between the best and the worst sector."""
    return float(record["sector_gap"].mean())


def donors(record: Record) -> float:
    """Effective number of donor states: mean over years, median over worlds."""
    return float(np.median(effective_number(record["money"]).mean(axis=0)))


def top_three(record: Record) -> float:
    """Share of the three largest donor states: mean over years, median over worlds."""
    return float(np.median(top_share(record["money"], 3).mean(axis=0)))


def swing_of_total(record: Record) -> float:
    """Standard deviation over years of the log change of all donor states' money, median over worlds."""
    changes = np.diff(np.log(record["money"].sum(axis=0)), axis=0)
    return float(np.median(changes.std(axis=0, ddof=1)))


def swing_of_donor(record: Record) -> float:
    """The same for single donors that pay much, pooled over donors and years of a world."""
    money = record["money"]
    small = np.minimum(money[:, :-1], money[:, 1:]) <= LARGE_DONOR
    changes = np.ma.array(np.diff(np.log(money), axis=1), mask=small)
    return float(np.median(changes.std(axis=(0, 1), ddof=1).filled(np.nan)))


def onset(record: Record, neighbours: float) -> float:
    """Share of quiet districts with so many active neighbours that turn active in the next year."""
    cases, events = record["onset"][:, int(neighbours)].sum(axis=-1)
    return float(events / cases) if cases else np.nan


def onset_odds(record: Record) -> float:
    """Factor on the odds of onset for one more active neighbour."""
    cases, events = record["onset"].sum(axis=-1)
    return odds_ratio_per_step(cases, events)


def persistence(record: Record) -> float:
    """Share of active districts that are active in the next year."""
    cases, events = record["persistence"].sum(axis=-1)
    return float(events / cases) if cases else np.nan


def best_gain(record: Record) -> float:
    """Gain of state capacity in the best of a hundred worlds, share of the gap."""
    return float(np.quantile(record["state_gain"], 0.99))


def war_again(record: Record) -> float:
    """Share of months at war after which there is war a year later."""
    cases, events = record["war"].sum(axis=-1)
    return float(events / cases) if cases else np.nan


def overhead(record: Record) -> float:
    """Mean share of staff time that was not left for the work."""
    return float(record["overhead"].mean())


def duplication(record: Record) -> float:
    """Mean share of outside work that went beyond need."""
    return float(record["duplication"].mean())


STATISTICS: dict[str, Callable[..., float]] = {
    statistic.__name__: statistic
    for statistic in (
        relapse,
        hazard_ratio,
        shape,
        late_hazard,
        early_share,
        more_relapse,
        hazard_after_exit,
        ramp_month,
        ramp_peak,
        fill_time,
        vacancy,
        on_time,
        need_met,
        sector_gap,
        donors,
        top_three,
        swing_of_total,
        swing_of_donor,
        onset,
        onset_odds,
        persistence,
        best_gain,
        war_again,
        overhead,
        duplication,
    )
}
