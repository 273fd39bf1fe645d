"""How long peace lasts: survival by Kaplan and Meier, its restricted mean, and the log-rank test.

The clock of a world starts in the month from which peace is counted. A world that reaches the end of
its run at peace counts for as long as it was watched; one that never had peace does not count at all.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis.findings import PairingError
from mipo_sim.analysis.intervals import LEVEL, log_log, normal_quantile, student
from mipo_sim.analysis.tables import AnalysisError, check_columns, check_value_of


@dataclass(frozen=True)
class Spells:
    """How long each world of a form was watched at peace, and whether that ended in relapse.

    Attributes
    ----------
    months : array of int
        Months from the beginning of peace to relapse, or to the end of the run. The month in which a
        relapse begins counts, as it is seen only when it is over.
    relapsed : array of bool
        Whether it was relapse that ended it.
    replicates : array
        Which worlds they are.
    """

    months: np.ndarray
    relapsed: np.ndarray
    replicates: np.ndarray

    def counts(self, last: int) -> tuple[np.ndarray, np.ndarray]:
        """Relapses in, and worlds watched up to, each of the months 0 ... last."""
        lost = np.bincount(self.months[self.relapsed], minlength=last + 1)[: last + 1]
        left = np.bincount(self.months, minlength=last + 1)[: last + 1]
        return lost, len(self.months) - np.concatenate(([0], np.cumsum(left)[:-1]))


def spells_of(outcomes: pd.DataFrame, months: int) -> dict[Any, Spells]:
    """Spells of peace of each form, as all methods of survival count them.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world: `form`, `replicate`, `peace_month`, `relapse_month` (nothing where there was none).
    months : int
        Length of the runs.

    Raises
    ------
    AnalysisError
        If a column is missing, or a month lies after the end.
    """
    check_columns(outcomes, "form", "replicate", "peace_month", "relapse_month")
    latest = outcomes[["peace_month", "relapse_month"]].max().max()
    if latest > months:
        raise AnalysisError(f"the runs have {months} months, but something happened in month {latest:g}")
    found = {}
    for form, worlds in outcomes.groupby("form", sort=False):
        known = worlds[worlds["peace_month"].notna()]
        peace, relapse = (known[name].to_numpy(np.float64) for name in ("peace_month", "relapse_month"))
        relapsed = ~np.isnan(relapse)
        lasted = np.where(relapsed, relapse - peace + 1, months - peace).astype(int)
        found[form] = Spells(lasted, relapsed, known["replicate"].to_numpy())
    return found


def survival(outcomes: pd.DataFrame, months: int, level: float = LEVEL) -> pd.DataFrame:
    """Kaplan-Meier curve of peace for each form, with a log-log band.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world: `form`, `replicate`, `peace_month`, `relapse_month` (nothing where there was none).
    months : int
        Length of the runs.
    level : float
        Confidence of the band at each month by itself, 0 to 1.

    Returns
    -------
    DataFrame
        One row for each form and month 0 ... `months` since peace began: `form`, `month`,
        `at_peace` (share that did not relapse in the months before), `low`, `high`, and `at_risk`,
        the number of worlds still watched and at peace when the month begins. Shares are not
        numbers from the month on in which nobody is left, unless all have relapsed. Where none or
        all have, the log-log band has no width, and Wilson's interval for those at risk stands in.

    Raises
    ------
    AnalysisError
        If a column is missing, or a month lies after the end.
    """
    tables = []
    for form, spells in spells_of(outcomes, months).items():
        lost, at_risk = spells.counts(months)
        staying, greenwood = kaplan_meier(lost, at_risk)
        band = log_log(staying, staying**2 * np.cumsum(greenwood), at_risk, level)
        shares = known_shares(np.stack([staying, *band]), staying, at_risk)
        curve = pd.DataFrame(shares.T, columns=["at_peace", "low", "high"])
        curve.insert(0, "month", np.arange(months + 1))
        curve.insert(0, "form", form)
        tables.append(curve.assign(at_risk=at_risk))
    return pd.concat(tables, ignore_index=True)


def kaplan_meier(lost: np.ndarray, at_risk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Survival after each month (the last axis), and what each adds to Greenwood's sum."""
    watched = np.maximum(at_risk, 1)
    staying = np.cumprod(1 - lost / watched, axis=-1)
    return staying, lost / (watched * np.maximum(at_risk - lost, 1))  # where all are lost, nothing is to come


def known_shares(shares: np.ndarray, staying: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Shares by month: once nobody is at risk they are final if none stayed, and not known otherwise."""
    last = np.flatnonzero(at_risk)[-1:]
    if len(last) and staying[last[0]] == 0:
        return shares[..., np.minimum(np.arange(len(at_risk)), last[0])]
    return np.where(at_risk > 0, shares, np.nan)


def restricted_mean(
    outcomes: pd.DataFrame, months: int, horizon: int | None = None, level: float = LEVEL
) -> pd.DataFrame:
    """Mean months of peace within a horizon: the area under the survival curve up to there.

    Parameters
    ----------
    outcomes : DataFrame
        As for `survival`.
    months : int
        Length of the runs.
    horizon : int, optional
        Months from peace over which to average; the longest over which every form is watched if not
        given.
    level : float
        Confidence, 0 to 1.

    Returns
    -------
    DataFrame
        One row a form: `form`, `horizon`, `mean` (months), `low`, `high` (from Greenwood's variance),
        `worlds`. Not a number where no world of a form came to peace; without a relapse the interval
        has no width.

    Raises
    ------
    AnalysisError
        If a column is missing, or the horizon is longer than some form was watched.

    References
    ----------
    Royston & Parmar, BMC Medical Research Methodology 13:152 (2013).
    """
    forms = spells_of(outcomes, months)
    horizon = _horizon(forms, horizon)
    rows = []
    for form, spells in forms.items():
        staying, greenwood = kaplan_meier(*spells.counts(months))
        ahead = _area(staying, horizon)
        reach = normal_quantile(level) * np.sqrt((ahead**2 * greenwood[: horizon + 1]).sum())
        worlds = len(spells.months)
        mean = ahead[0] if worlds else np.nan
        low, high = np.clip((mean - reach, mean + reach), 0, horizon)
        rows.append((form, horizon, mean, low, high, worlds))
    return pd.DataFrame(rows, columns=["form", "horizon", "mean", "low", "high", "worlds"])


def restricted_mean_differences(
    outcomes: pd.DataFrame, months: int, reference: str, horizon: int | None = None, level: float = LEVEL
) -> pd.DataFrame:
    """Compare mean months of peace within a horizon, each world with the world of the same luck.

    A world that was not watched to the horizon has a pseudo-value instead of its months: what the
    restricted mean of its form owes to it. Differences of pseudo-values are paired, as any others.

    Parameters
    ----------
    outcomes : DataFrame
        As for `survival`.
    months : int
        Length of the runs.
    reference : str
        The form with which all others are compared.
    horizon : int, optional
        As for `restricted_mean`.
    level : float
        Confidence, 0 to 1.

    Returns
    -------
    DataFrame
        One row for each other form: `form`, `reference`, `horizon`, `difference` (months, form less
        reference), `low`, `high` (Student's), `pairs` in which both worlds came to peace, and `clear`.

    Raises
    ------
    AnalysisError
        If a column or the reference is missing, or the horizon is longer than some form was watched.

    References
    ----------
    Andersen, Hansen & Klein, Lifetime Data Analysis 10 (2004), 335-350.
    """
    check_value_of(outcomes, "form", reference)
    forms = spells_of(outcomes, months)
    horizon = _horizon(forms, horizon)
    worth = {
        form: pd.Series(_pseudo_values(spells, months, horizon), index=spells.replicates)
        for form, spells in forms.items()
    }
    rows = []
    for form in forms:
        if form == reference:
            continue
        if worth[form].index.has_duplicates or worth[reference].index.has_duplicates:
            raise PairingError(f"{form} and {reference} have more than one world of a replicate")
        change = (worth[form] - worth[reference]).dropna().to_numpy()
        low, high = student(change, level)
        mean = change.mean() if len(change) else np.nan
        rows.append((form, reference, horizon, mean, low, high, len(change), bool(low > 0 or high < 0)))
    names = ["form", "reference", "horizon", "difference", "low", "high", "pairs", "clear"]
    return pd.DataFrame(rows, columns=names)


def log_rank(outcomes: pd.DataFrame, months: int, reference: str) -> pd.DataFrame:
    """Test whether peace lasts differently in a form than in the reference, over the whole curve.

    The test takes the worlds of the two forms for independent. Worlds of the same replicate share
    their luck, which mostly makes them fare alike, so that the test is conservative: its p-value is
    too large rather than too small. `restricted_mean_differences` makes use of the pairs.

    Parameters
    ----------
    outcomes : DataFrame
        As for `survival`.
    months : int
        Length of the runs.
    reference : str
        The form with which all others are compared.

    Returns
    -------
    DataFrame
        One row for each other form: `form`, `reference`, `chi_square` (one degree of freedom),
        `p_value`, `relapses` and `worlds` of both together. Not numbers where no world relapsed.

    Raises
    ------
    AnalysisError
        If a column or the reference is missing, or a month lies after the end.
    """
    from scipy import stats

    check_value_of(outcomes, "form", reference)
    forms = spells_of(outcomes, months)
    rows = []
    for form, mine in forms.items():
        if form == reference:
            continue
        both = (mine, forms[reference])
        relapses = sum(int(each.relapsed.sum()) for each in both)
        worlds = sum(len(each.months) for each in both)
        statistic = p_value = np.nan
        if relapses and all(len(each.months) for each in both):
            data = [stats.CensoredData.right_censored(each.months, ~each.relapsed) for each in both]
            tested = stats.logrank(*data)
            statistic, p_value = tested.statistic**2, tested.pvalue
        rows.append((form, reference, statistic, p_value, relapses, worlds))
    return pd.DataFrame(rows, columns=["form", "reference", "chi_square", "p_value", "relapses", "worlds"])


def _horizon(forms: dict[Any, Spells], horizon: int | None) -> int:
    """Check the horizon, or find the longest over which the curve of every form is known."""
    longest = min(
        (int(s.months.max()) for s in forms.values() if len(s.months) and not _all_lost(s)),
        default=max((int(s.months.max()) for s in forms.values() if len(s.months)), default=0),
    )
    if horizon is not None and not (isinstance(horizon, int) and 1 <= horizon <= longest):
        raise AnalysisError(f"horizon takes a whole number from 1 to {longest}, not {horizon!r}")
    return horizon or longest


def _all_lost(spells: Spells) -> bool:
    """Whether the curve comes to nothing, and so is known for all times."""
    return bool(spells.relapsed[spells.months == spells.months.max()].all())


def _area(staying: np.ndarray, horizon: int) -> np.ndarray:
    """Area under a survival curve from each of the months 0 ... horizon to the horizon."""
    to_come = np.cumsum(staying[..., :horizon][..., ::-1], axis=-1)[..., ::-1]
    return np.concatenate([to_come, np.zeros_like(to_come[..., :1])], axis=-1)


def _pseudo_values(spells: Spells, months: int, horizon: int) -> np.ndarray:
    """What the restricted mean owes to each world: n times it, less n - 1 times what it is without."""
    worlds = len(spells.months)
    if not worlds:
        return np.zeros(0)
    lost, at_risk = spells.counts(months)
    whole = _area(kaplan_meier(lost, at_risk)[0], horizon)[0]
    kinds, kind = np.unique(np.stack([spells.months, spells.relapsed]), axis=1, return_inverse=True)
    ends, relapsed = kinds[:, :, None]
    month = np.arange(months + 1)
    others = kaplan_meier(lost - ((month == ends) & (relapsed == 1)), at_risk - (month <= ends))[0]
    without = _area(others, horizon)[:, 0]
    values: np.ndarray = worlds * whole - (worlds - 1) * without[kind.ravel()]
    return values
