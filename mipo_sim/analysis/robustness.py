"""How well a form does over all situations: regret, satisficing, mean and spread, percentiles."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mipo_sim.analysis.intervals import LEVEL, RESAMPLES, SEED, percentiles
from mipo_sim.analysis.tables import AnalysisError, check_columns, check_complete, cube, mean_of, sign_of


def robustness(
    outcomes: pd.DataFrame,
    outcome: str,
    situation: str = "scenario",
    *,
    thresholds: Sequence[float] = (),
    better: str | None = None,
    caution: float = 1.0,
    shares: Sequence[int] = (10, 50, 90),
    situations_sampled: bool = True,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Judge each form over situations, with seeds nested in them.

    A situation is judged by the mean over its worlds. Regret in a situation is how much worse a form
    does there than the best form there.

    Intervals come from a bootstrap that draws situations, and within each drawn situation replicates,
    the same for all forms, so that forms stay paired. They cover which situations were looked at, as
    if those were drawn from many such, and the luck of finitely many worlds. They cover neither the
    values of parameters within a situation nor whether the model fits. Without `situations_sampled`
    the situations are taken as all there are, and intervals cover luck alone.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world: `form`, `replicate`, the situation, and the outcome.
    outcome : str
        By what forms are judged.
    situation : str
        Column that names the situation.
    thresholds : sequence of float
        Values of the outcome that are just acceptable; without any there is no satisficing share.
    better : {"more", "less"}, optional
        Which way is better, where the declaration of the outcome does not say.
    caution : float
        How many standard deviations between situations the mean is made worse by.
    shares : sequence of int
        Which percentiles, in per cent of situations.
    situations_sampled : bool
        Whether situations are a sample.
    level : float
        Confidence, 0 to 1.
    resamples, seed : int
        Draws of the bootstrap, and where they begin.

    Returns
    -------
    DataFrame
        One row for each form and `measure`: `form`, `measure`, `value`, `low`, `high`, `situations`,
        `worlds` (of the form). Measures, in units of the outcome but for satisficing:

        - `mean` over situations, and `spread`, their standard deviation;
        - `mean_variance`, the mean made worse by `caution` times the spread;
        - `maximum_regret`, over situations;
        - `satisficing`, the share of situations and thresholds in which the form is acceptable;
        - `percentile_10` and so on: 10 % of situations come to less.

        Luck adds to spread and maximum regret, so both read too high where worlds are few. A drawn
        set of situations seldom holds the worst of all, so the interval of maximum regret reaches
        less far up than down.

    Raises
    ------
    AnalysisError
        If a column is missing, a form has no world in some situation, or nothing says which way is better.

    References
    ----------
    McPhail and others, Earth's Future 6 (2018), 169-191, on the measures.
    """
    check_columns(outcomes, outcome)
    sign = sign_of(outcome, better)
    if any(not 0 <= share <= 100 for share in shares):
        raise AnalysisError(f"shares of situations take numbers from 0 to 100, not {list(shares)}")
    values, levels = cube(outcomes, outcome, ["form", situation, "replicate"])
    check_complete(values, levels, outcome)

    def measured(means: np.ndarray) -> dict[str, np.ndarray]:
        return _measures(means, sign, thresholds, caution, shares)

    found = measured(mean_of(values))
    rng = np.random.default_rng(seed)
    drawn = [measured(_redrawn(values, situations_sampled, rng)) for _ in range(resamples)]
    worlds = np.isfinite(values).sum(axis=(1, 2))
    tables = []
    for measure, value in found.items():
        low, high = percentiles(np.array([draw[measure] for draw in drawn]), level)
        table = pd.DataFrame({"form": levels[0], "measure": measure, "value": value})
        tables.append(table.assign(low=low, high=high, situations=values.shape[1], worlds=worlds))
    return pd.concat(tables, ignore_index=True)


def _redrawn(values: np.ndarray, situations_sampled: bool, rng: np.random.Generator) -> np.ndarray:
    """Means `[form, situation]` of drawn situations, with replicates drawn within each."""
    _, situations, worlds = values.shape
    if situations_sampled:
        values = values[:, rng.integers(situations, size=situations)]
    replicates = rng.integers(worlds, size=(situations, worlds))
    return mean_of(np.take_along_axis(values, replicates[None], axis=2))


def _measures(
    means: np.ndarray, sign: int, thresholds: Sequence[float], caution: float, shares: Sequence[int]
) -> dict[str, np.ndarray]:
    """All measures from means `[form, situation]`, without situations in which a form drew nothing."""
    means = means[:, np.isfinite(means).all(axis=0)]
    if not means.shape[1]:
        means = np.full((len(means), 1), np.nan)
    best = sign * (sign * means).max(axis=0)
    middle = means.mean(axis=1)
    spread = means.std(axis=1, ddof=1) if means.shape[1] > 1 else np.full(len(means), np.nan)
    found = {
        "mean": middle,
        "spread": spread,
        "mean_variance": middle - sign * caution * spread,
        "maximum_regret": (sign * (best - means)).max(axis=1),
    }
    if len(thresholds):
        bars = sign * np.asarray(thresholds, np.float64)
        found["satisficing"] = (sign * means[:, :, None] >= bars).mean(axis=(1, 2))
    ranked = np.percentile(means, shares, axis=1)
    return found | {f"percentile_{share}": values for share, values in zip(shares, ranked, strict=True)}
