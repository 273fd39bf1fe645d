"""When peace ends and by what: hazard of relapse by period, and competing ends."""

import numpy as np
import pandas as pd

from mipo_sim.analysis.intervals import LEVEL, garwood, log_log
from mipo_sim.analysis.survival import kaplan_meier, known_shares, spells_of
from mipo_sim.analysis.tables import AnalysisError, check_columns

ENDS = ("relapse", "exit", "neither")


def hazard_by_period(
    outcomes: pd.DataFrame, months: int, period: int = 12, level: float = LEVEL
) -> pd.DataFrame:
    """Relapses per year at risk in each period since peace began.

    Parameters
    ----------
    outcomes : DataFrame
        As for `survival`.
    months : int
        Length of the runs.
    period : int
        Months of a period; the last may be shorter.
    level : float
        Confidence, 0 to 1.

    Returns
    -------
    DataFrame
        One row for each form and period: `form`, `first_month` and `last_month` (from 1, the first
        month of peace), `relapses`, `years` (at risk, over all worlds), `hazard` (relapses a year),
        `low`, `high` (Garwood's exact interval, with the hazard constant in a period). Not numbers
        where no world is left.

    Raises
    ------
    AnalysisError
        If a column is missing, a month lies after the end, or the period is no whole number from 1.
    """
    if not isinstance(period, int) or period < 1:
        raise AnalysisError(f"period takes a whole number of months from 1, not {period!r}")
    rows = []
    for form, spells in spells_of(outcomes, months).items():
        lost, at_risk = spells.counts(months)
        for first in range(1, months + 1, period):
            last = min(first + period - 1, months)
            relapses = int(lost[first : last + 1].sum())
            years = at_risk[first : last + 1].sum() / 12
            hazard = relapses / years if years else np.nan
            rows.append((form, first, last, relapses, years, hazard, *garwood(relapses, years, level)))
    names = ["form", "first_month", "last_month", "relapses", "years", "hazard", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def competing_ends(outcomes: pd.DataFrame, months: int, level: float = LEVEL) -> pd.DataFrame:
    """Share of worlds which relapse came to first, and which the mission's planned exit did.

    Cumulative incidence by Aalen and Johansen: the end of the record hides what would have come, and
    is neither. One less the survival curve would take exits for worlds that go on being watched and
    so answer another question: how many would relapse if no mission ever left.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world, as for `survival`, with `exit_month`, in which the draw-down was decided. An
        exit before peace ends the first month; a relapse in the month of an exit comes first.
    months : int
        Length of the runs.
    level : float
        Confidence of the band at each month by itself, 0 to 1.

    Returns
    -------
    DataFrame
        One row for each form, month 0 ... `months` since peace began, and `end`: `relapse`, `exit`,
        or `neither`, which is what the end of the record finds: `form`, `month`, `end`, `share`,
        `low`, `high`, and `at_risk`, the worlds of which neither is known when the month begins.
        The three shares add up to 1. Not numbers from the month on in which nobody is left, unless
        every world has come to an end. Where a
        share is 0 or 1 the log-log band has no width, and Wilson's interval for those at risk stands in.

    Raises
    ------
    AnalysisError
        If a column is missing, or a month lies after the end.

    References
    ----------
    Marubini & Valsecchi, Analysing Survival Data from Clinical Trials and Observational Studies
    (1995), section 10.2.
    """
    check_columns(outcomes, "exit_month")
    tables = []
    for form, spells in spells_of(outcomes, months).items():
        worlds = outcomes[(outcomes["form"] == form) & outcomes["peace_month"].notna()]
        until_exit = (worlds["exit_month"] - worlds["peace_month"]).to_numpy(np.float64) + 1
        left = np.maximum(until_exit, 1) < np.where(spells.relapsed, spells.months, spells.months + 1)
        ends = np.where(left, np.maximum(np.nan_to_num(until_exit), 1), spells.months).astype(int)
        which = np.where(left, 1, np.where(spells.relapsed, 0, 2))
        counts = np.stack([np.bincount(ends[which == end], minlength=months + 1) for end in range(3)])
        tables.append(_incidence(counts, level).assign(form=form))
    found = pd.concat(tables, ignore_index=True)
    return found[["form", "month", "end", "share", "low", "high", "at_risk"]]


def _incidence(counts: np.ndarray, level: float) -> pd.DataFrame:
    """Shares with bands from the worlds that end in each month, `[relapse, exit, record ends; month]`."""
    at_risk = counts.sum() - np.concatenate(([0], np.cumsum(counts.sum(axis=0))[:-1]))
    watched = np.maximum(at_risk, 1)
    staying, greenwood = kaplan_meier(counts[:2].sum(axis=0), at_risk)
    before = np.concatenate(([1.0], staying[:-1]))
    found = [_one_end(of_end, before, watched, greenwood) for of_end in counts[:2]]
    found.append((staying, staying**2 * np.cumsum(greenwood)))
    tables = []
    for end, (share, variance) in zip(ENDS, found, strict=True):
        band = log_log(share, variance, at_risk, level)
        shares = known_shares(np.stack([share, *band]), staying, at_risk)
        table = pd.DataFrame(shares.T, columns=["share", "low", "high"])
        tables.append(table.assign(month=np.arange(len(share)), end=end, at_risk=at_risk))
    return pd.concat(tables, ignore_index=True)


def _one_end(
    counts: np.ndarray, before: np.ndarray, watched: np.ndarray, greenwood: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cumulative incidence of an end, and its variance by the delta method."""
    share = np.cumsum(before * counts / watched)
    mixed = before * counts / watched**2
    any_end = (
        share**2 * np.cumsum(greenwood)
        - 2 * share * np.cumsum(greenwood * share)
        + np.cumsum(greenwood * share**2)
    )
    this_end = np.cumsum(before**2 * counts * (watched - counts) / watched**3)
    both = share * np.cumsum(mixed) - np.cumsum(mixed * share)
    return share, np.maximum(any_end + this_end - 2 * both, 0)
