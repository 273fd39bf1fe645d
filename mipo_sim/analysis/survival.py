"""How long peace lasts: the share of worlds that have not relapsed, by Kaplan and Meier."""

import numpy as np
import pandas as pd
from scipy import special

from mipo_sim.analysis.intervals import LEVEL


def survival(outcomes: pd.DataFrame, months: int, level: float = LEVEL) -> pd.DataFrame:
    """Kaplan-Meier curve of peace for each form, with a log-log band.

    The clock of a world starts in the month from which peace is counted. A world that reaches the
    end of the run at peace counts for as long as it was watched; one that never had peace does not
    count at all.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world: `form`, `peace_month`, `relapse_month` (nothing where there was none).
    months : int
        Length of the runs.
    level : float
        Confidence of the band, 0 to 1.

    Returns
    -------
    DataFrame
        One row for each form and month 0 ... `months` since peace began: `form`, `month`,
        `at_peace` (share that did not relapse in the months before), `low`, `high`, and `at_risk`,
        the number of worlds still watched and at peace when the month begins. Shares are not
        numbers from the month on in which nobody is left.
    """
    tables = []
    for form, worlds in outcomes.groupby("form", sort=False):
        known = worlds[worlds["peace_month"].notna()]
        watched = months - known["peace_month"].to_numpy()
        peaceful = (known["relapse_month"] - known["peace_month"]).to_numpy()
        relapsed = ~np.isnan(peaceful)
        ends = np.where(relapsed, peaceful + 1, watched).astype(int)  # relapse is seen when its month is over
        lost = np.bincount(ends[relapsed], minlength=months + 1)[: months + 1]
        left = np.bincount(ends, minlength=months + 1)[: months + 1]
        at_risk = len(ends) - np.concatenate(([0], np.cumsum(left)[:-1]))
        curve = pd.DataFrame(_kaplan_meier(lost, at_risk, level), columns=["at_peace", "low", "high"])
        curve.insert(0, "month", np.arange(months + 1))
        curve.insert(0, "form", form)
        tables.append(curve.assign(at_risk=at_risk))
    return pd.concat(tables, ignore_index=True)


def _kaplan_meier(lost: np.ndarray, at_risk: np.ndarray, level: float) -> np.ndarray:
    """Survival with its log-log band (Greenwood's variance), `[month, 3]`."""
    z = special.ndtri(0.5 + level / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        staying = np.cumprod(1 - lost / at_risk)
        variance = np.cumsum(lost / (at_risk * (at_risk - lost)))
        reach = z * np.sqrt(variance) / np.log(staying)
        low, high = staying ** np.exp(-reach), staying ** np.exp(reach)
    certain = staying == 1  # nobody has relapsed yet: the formula has nothing to say
    return np.stack([staying, np.where(certain, 1, low), np.where(certain, 1, high)], axis=1)
