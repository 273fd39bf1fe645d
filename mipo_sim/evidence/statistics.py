"""Figures that the literature reports, reckoned from simulated worlds the way the literature reckons them."""

from collections.abc import Callable

import numpy as np
from scipy import optimize, special

DRAWS = 1000  # of worlds with replacement, for one interval


def relapsed_by(month: np.ndarray, years: float) -> float:
    """Share of worlds that relapsed within so many years.

    Parameters
    ----------
    month : array, shape [world]
        Whole months at peace before relapse, not a number where there was none.
    years : float
        Years since peace began.
    """
    return float(np.mean(month < 12 * years))


def cumulative_hazard(month: np.ndarray, start: float, end: float) -> float:
    """Hazard of relapse gathered between two years since peace began; not a number if nobody is left."""
    at_risk, by_end = 1 - relapsed_by(month, start), 1 - relapsed_by(month, end)
    return float(np.log(at_risk / by_end)) if at_risk > 0 and by_end > 0 else np.nan


def weibull_shape(month: np.ndarray, years: float) -> float:
    """Shape of a Weibull fit by maximum likelihood, censored at so many years; below one the hazard falls.

    Relapse is dated to the middle of its month. Not a number for fewer than two relapses.
    """
    end = 12 * years
    seen = month < end
    time = np.where(seen, month + 0.5, end) / end
    if seen.sum() < 2:
        return np.nan
    logs, mean_log = np.log(time), np.log(time[seen]).mean()

    def score(shape: float) -> float:
        power = time**shape
        return float(1 / shape + mean_log - (power * logs).sum() / power.sum())

    return float(optimize.brentq(score, 0.01, 100))


def effective_number(amounts: np.ndarray) -> np.ndarray:
    """How many equal givers would be as concentrated, one over the Herfindahl index; givers first."""
    shares = amounts / amounts.sum(axis=0)
    number: np.ndarray = 1 / (shares**2).sum(axis=0)
    return number


def top_share(amounts: np.ndarray, count: int) -> np.ndarray:
    """Share of the whole that the largest givers give; givers first."""
    share: np.ndarray = np.sort(amounts, axis=0)[-count:].sum(axis=0) / amounts.sum(axis=0)
    return share


def odds_ratio_per_step(cases: np.ndarray, events: np.ndarray) -> float:
    """Odds ratio for each step, by logistic regression on grouped counts.

    Parameters
    ----------
    cases, events : array, shape [step]
        How many had 0, 1, 2 ... of something, and how many of these saw the event.

    Returns
    -------
    float
        Factor on the odds of the event for one more; not a number if there are no events, or only events.
    """
    if not 0 < events.sum() < cases.sum() or np.count_nonzero(cases) < 2:
        return np.nan
    design = np.stack([np.ones(len(cases)), np.arange(len(cases))])
    start = np.array([special.logit(events.sum() / cases.sum()), 0.0])

    def slope(at: np.ndarray) -> np.ndarray:
        gradient: np.ndarray = design @ (events - cases * special.expit(at @ design))
        return gradient

    def curve(at: np.ndarray) -> np.ndarray:
        chance = special.expit(at @ design)
        curvature: np.ndarray = -(design * (cases * chance * (1 - chance))) @ design.T
        return curvature

    found = optimize.root(slope, start, jac=curve)
    return float(np.exp(found.x[1])) if found.success else np.nan


def resampled(
    statistic: Callable[[np.ndarray], float], worlds: int, seed: int, level: float = 0.95
) -> tuple[float, float]:
    """Percentile interval from drawing worlds with replacement.

    Parameters
    ----------
    statistic : callable
        The figure, given which worlds to reckon it from; where it compares forms it takes the same
        worlds of each, so that pairs stay together.
    worlds : int
        How many worlds there are.
    seed : int
        Seed of the draws; the same seed draws the same worlds for every figure.

    Returns
    -------
    low, high : float
        Bounds; not a number if the figure is not defined in some draw.
    """
    rng = np.random.default_rng(seed)
    drawn = [statistic(rng.integers(0, worlds, worlds)) for _ in range(DRAWS)]
    low, high = np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)
