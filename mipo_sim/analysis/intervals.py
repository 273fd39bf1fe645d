"""Intervals for a share, a mean, and a difference of shares in pairs."""

import numpy as np
from scipy import special

LEVEL = 0.95


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
    z, share = _normal(level), events / cases
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
    reach = _normal(level) * np.sqrt(spread) / all_pairs
    return max(-1.0, middle - reach), min(1.0, middle + reach)


def _normal(level: float) -> float:
    return float(special.ndtri(0.5 + level / 2))
