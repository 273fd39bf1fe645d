"""What makes worlds differ: shares of variance due to luck, parameters, the situation and the form."""

from collections.abc import Sequence
from itertools import chain, combinations
from math import prod
from typing import Literal

import numpy as np
import pandas as pd

from mipo_sim.analysis.intervals import LEVEL, RESAMPLES, SEED, percentiles
from mipo_sim.analysis.tables import AnalysisError, cube, mean_of

Effect = tuple[int, ...]  # the factors that act together, by number


def variance_shares(
    outcomes: pd.DataFrame,
    outcome: str,
    *,
    form: str | None = "form",
    situation: str | None = None,
    parameters: str | None = None,
    luck: str = "replicate",
    by: Literal["effect", "source"] = "effect",
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Divide the variance between worlds among what they differ in, and its interactions.

    All factors are crossed: worlds of a replicate share their luck whatever their form, situation and
    parameters, so that luck is a factor as any other, not a residue within cells. Forms and
    situations are those given, each as likely as the others; draws of parameters and luck are samples
    from endlessly many. Finite numbers of draws and worlds would lend their noise to every factor; it
    is taken out by Cornfield and Tukey's expected mean squares. The estimates are unbiased, so that a
    share of nothing may come out a little below zero. Shares add up to 1.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world.
    outcome : str
        Whose variance.
    form, situation, parameters, luck : str or None
        The column of each factor. Every level of each must have been run with every level of the
        others, such as all draws of parameters in all situations. A factor of a single level is left out.
    by : {"effect", "source"}
        One row for each factor and interaction; or one for each of luck, parameters, situation and form.
        Then what several do together counts for the one that can least be chosen, in that order: an
        interaction with luck is luck, and what form does in one situation only is form.
    level : float
        Confidence, 0 to 1.
    resamples, seed : int
        Draws of the bootstrap, and where they begin. What is a sample is drawn: replicates, and draws
        of parameters, each for all worlds that share them. The intervals are centred on the estimate,
        since a set drawn with repeats varies less than the set it is drawn from.

    Returns
    -------
    DataFrame
        One row for each factor and interaction, single factors first: `effect` (such as `luck` or
        `form × luck`), `variance` (in the squared unit of the outcome), `share`, `low`, `high` (of the
        share), `worlds`, and `left_out`, worlds whose replicate is not defined in every cell. Shares
        are not numbers where the outcome does not vary.

    Raises
    ------
    AnalysisError
        If a column is missing, factors are not crossed, or there are not two replicates to compare.

    References
    ----------
    Cornfield & Tukey, Annals of Mathematical Statistics 27 (1956), 907-949.
    """
    asked = {"luck": luck, "parameters": parameters, "situation": situation, "form": form}
    named = {factor: column for factor, column in asked.items() if column is not None}
    values, _ = cube(outcomes, outcome, list(named.values()))
    if values.size != len(outcomes):
        raise AnalysisError(f"{', '.join(named.values())} are not crossed: some combinations were not run")
    whole = values[np.isfinite(values).all(axis=tuple(range(1, values.ndim)))]
    if len(whole) < 2:
        raise AnalysisError(
            f"shares of variance need 2 replicates with {outcome} defined in every cell, not {len(whole)}"
        )
    kept = [factor for factor, size in zip(named, whole.shape, strict=True) if size > 1]
    whole = whole.squeeze()
    sampled = [factor in ("luck", "parameters") for factor in kept]
    names = [" × ".join(kept[factor] for factor in effect) for effect in _effects(whole.ndim)]
    rows = names if by == "effect" else [_source(name) for name in names]
    labels = list(dict.fromkeys(rows))
    gather = np.array([[row == label for row in rows] for label in labels], float)
    variance = gather @ np.array(list(_components(whole, sampled).values()))
    low, high = _bootstrap(whole, sampled, gather, level, resamples, np.random.default_rng(seed))
    return pd.DataFrame(
        {
            "effect": labels,
            "variance": variance,
            "share": _shares(variance),
            "low": low,
            "high": high,
            "worlds": whole.size,
            "left_out": values.size - whole.size,
        }
    )


def _source(effect: str) -> str:
    """What an effect is laid to: of its factors, the one that can least be chosen."""
    factors = effect.split(" × ")
    if factors == ["situation", "form"]:
        return "form"
    return next(name for name in ("luck", "parameters", "situation", "form") if name in factors)


def _effects(factors: int) -> list[Effect]:
    """All factors and interactions, single factors first."""
    sizes = range(1, factors + 1)
    return list(chain.from_iterable(combinations(range(factors), size) for size in sizes))


def _components(values: np.ndarray, sampled: Sequence[bool]) -> dict[Effect, float]:
    """What each effect adds to the variance of a world drawn at random, unbiased."""
    sizes = values.shape
    squares = _mean_squares(values)
    components: dict[Effect, float] = {}
    for effect in reversed(_effects(values.ndim)):  # each after those that hold it
        # The mean square of an effect has in it those of its interactions with what is only a sample.
        above = sum(
            component * prod(size for factor, size in enumerate(sizes) if factor not in other)
            for other, component in components.items()
            if set(effect) < set(other) and all(sampled[factor] for factor in set(other) - set(effect))
        )
        cells = prod(size for factor, size in enumerate(sizes) if factor not in effect)
        components[effect] = (squares[effect] - above) / cells
    # For factors whose levels are all there are, a mean square divides by one level too few.
    return {
        effect: components[effect] * prod(1 - 1 / sizes[factor] for factor in effect if not sampled[factor])
        for effect in _effects(values.ndim)
    }


def _mean_squares(values: np.ndarray) -> dict[Effect, float]:
    """Mean square of each effect of a crossed design with one value a cell."""
    centred = values - values.mean()
    sums: dict[Effect, float] = {(): 0.0}
    squares = {}
    for effect in _effects(values.ndim):
        others = tuple(factor for factor in range(values.ndim) if factor not in effect)
        means = centred.mean(axis=others)
        parts = (part for size in range(len(effect)) for part in combinations(effect, size))
        sums[effect] = float((means**2).sum()) * centred.size / means.size - sum(sums[part] for part in parts)
        squares[effect] = sums[effect] / prod(values.shape[factor] - 1 for factor in effect)
    return squares


def _bootstrap(
    values: np.ndarray,
    sampled: Sequence[bool],
    gather: np.ndarray,
    level: float,
    resamples: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Interval of each row's share, `[2, row]`, by drawing what is a sample anew."""

    def shares_in(drawn: np.ndarray) -> np.ndarray:
        return _shares(gather @ np.array(list(_components(drawn, sampled).values())))

    draws = []
    for _ in range(resamples):
        drawn = values
        for factor in np.flatnonzero(sampled):
            size = values.shape[factor]
            drawn = drawn.take(rng.integers(size, size=size), axis=factor)
        draws.append(shares_in(drawn))
    centred = np.array(draws) - mean_of(np.array(draws), axis=0) + shares_in(values)
    return percentiles(centred, level)


def _shares(variances: np.ndarray) -> np.ndarray:
    total = variances.sum()
    shares: np.ndarray = variances / total if total > 0 else np.full_like(variances, np.nan)
    return shares
