"""Intervals for a share, a mean, a rate, differences in pairs, and whatever was resampled."""

import numpy as np
from scipy import special

LEVEL = 0.95
RESAMPLES = 1000
SEED = 2007  # of a bootstrap for which none is named
ROUNDING = 1e-9  # how far a share of 0 or 1 may be from it after many sums


def wilson(events: int, cases: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval for a share, which stays between 0 and 1 and holds for few cases.

    Parameters
    ----------
    events, cases : int
        How many of how many.
    level : float
        Confidence, 0 to 1.

    Returns
    -------
    low, high : float
        Bounds of the share; not a number where there is no case.
    """
    if cases == 0:
        return np.nan, np.nan
    z, share = normal_quantile(level), events / cases
    middle = (share + z**2 / (2 * cases)) / (1 + z**2 / cases)
    reach = z / (1 + z**2 / cases) * np.sqrt(share * (1 - share) / cases + z**2 / (4 * cases**2))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def student(values: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Student's interval for the mean of values; not a number for fewer than two of them."""
    cases = len(values)
    if cases < 2:
        return np.nan, np.nan
    reach = special.stdtrit(cases - 1, 0.5 + level / 2) * values.std(ddof=1) / np.sqrt(cases)
    return values.mean() - reach, values.mean() + reach


def reach_of_many(comparisons: int, cases: int, level: float = LEVEL) -> float:
    """How many times as far Student's interval must reach for many comparisons to hold at once (Bonferroni).

    Parameters
    ----------
    comparisons : int
        How many means are judged together, 1 or more.
    cases : int
        Values behind each mean, 2 or more.
    level : float
        Confidence, 0 to 1.
    """
    alone, together = (special.stdtrit(cases - 1, 1 - (1 - level) / (2 * n)) for n in (1, comparisons))
    return float(together / alone)


def agresti_min(more: int, less: int, pairs: int, level: float = LEVEL) -> tuple[float, float]:
    """Agresti and Min's interval for the difference of two shares in matched pairs.

    Parameters
    ----------
    more, less : int
        Pairs in which only the first, and only the second, saw the event.
    pairs : int
        All pairs.
    level : float
        Confidence, 0 to 1.

    Returns
    -------
    low, high : float
        Bounds of the difference, first less second. Half a pair is added to each of the four cells,
        so that no pair that differs does not mean that the difference is known to be nothing.

    References
    ----------
    Agresti & Min, Statistics in Medicine 24 (2005), 729-740.
    """
    if pairs == 0:
        return np.nan, np.nan
    only_first, only_second, all_pairs = more + 0.5, less + 0.5, pairs + 2
    middle = (only_first - only_second) / all_pairs
    spread = (only_first + only_second) - (only_first - only_second) ** 2 / all_pairs
    reach = normal_quantile(level) * np.sqrt(spread) / all_pairs
    return max(-1.0, middle - reach), min(1.0, middle + reach)


def paired(first: np.ndarray, second: np.ndarray, counted: bool, level: float = LEVEL) -> tuple[float, float]:
    """Interval for the mean difference of pairs: Agresti and Min's for what is 0 or 1, else Student's."""
    change = first - second
    if counted:
        return agresti_min(int((change > 0).sum()), int((change < 0).sum()), len(change), level)
    return student(change, level)


def garwood(events: int, exposure: float, level: float = LEVEL) -> tuple[float, float]:
    """Garwood's exact interval for the rate of a Poisson process.

    Parameters
    ----------
    events : int
        How many there were.
    exposure : float
        For how long they were watched for, over all who were.
    level : float
        Confidence, 0 to 1.

    Returns
    -------
    low, high : float
        Bounds of the rate, in events per unit of exposure; not a number where nobody was watched.

    References
    ----------
    Garwood, Biometrika 28 (1936), 437-442.
    """
    if exposure <= 0:
        return np.nan, np.nan
    tail = (1 - level) / 2
    low = special.gammaincinv(events, tail) if events else 0.0
    return float(low / exposure), float(special.gammaincinv(events + 1, 1 - tail) / exposure)


def log_log(
    share: np.ndarray, variance: np.ndarray, at_risk: np.ndarray, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    """Log-log band of a share that changes with time, such as a survival curve.

    Parameters
    ----------
    share, variance : array, shape [time]
        The share and the variance of its estimate; at the first time it is known for certain.
    at_risk : array, shape [time]
        How many are still watched. Where the share is 0 or 1 the log-log band has no width, and
        Wilson's interval for so many stands in.
    level : float
        Confidence at each time by itself, 0 to 1.

    Returns
    -------
    low, high : array, shape [time]
        Bounds of the share.
    """
    inside = (share > ROUNDING) & (share < 1 - ROUNDING)
    known = np.where(inside, share, 0.5)
    reach = normal_quantile(level) * np.sqrt(variance) / (known * np.log(known))
    low, high = known ** np.exp(-reach), known ** np.exp(reach)
    for time in np.flatnonzero(~inside):
        low[time], high[time] = wilson(round(share[time] * at_risk[time]), int(at_risk[time]), level)
    low[0] = high[0] = share[0]
    return low, high


def percentiles(draws: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """Interval from resamples along the first axis, as `[2, ...]`; what is not a number is left out."""
    known = np.isfinite(draws).any(axis=0)
    tail = (1 - level) / 2
    bounds = np.nanquantile(np.where(known, draws, 0), (tail, 1 - tail), axis=0)
    return np.where(known, bounds, np.nan)


def normal_quantile(level: float) -> float:
    """How many standard errors an interval of that confidence reaches to either side."""
    return float(special.ndtri(0.5 + level / 2))
