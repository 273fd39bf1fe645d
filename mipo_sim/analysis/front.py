"""What can be had together: the trade-off front of forms over several outcomes."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from mipo_sim.analysis.findings import means
from mipo_sim.analysis.intervals import RESAMPLES, SEED
from mipo_sim.analysis.tables import AnalysisError, check_columns, cube, mean_of, sign_of


def trade_off_front(
    outcomes: pd.DataFrame,
    columns: Sequence[str],
    *,
    better: Mapping[str, str] | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Find the forms that no other form beats: none is as good in all outcomes and better in one.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world: `form`, `replicate`, and the outcomes. Of one situation, as a rule.
    columns : sequence of str
        Two outcomes or more.
    better : mapping of str to {"more", "less"}, optional
        Which way is better, for outcomes whose declaration does not say.
    resamples, seed : int
        Draws of the bootstrap, and where they begin. Replicates are drawn, the same for all forms, so
        that forms stay paired; the probability covers the luck of finitely many worlds.

    Returns
    -------
    DataFrame
        One row for each form and outcome: `form`, `outcome`, `mean`, `low`, `high` (95 %), `worlds`,
        `on_front`, and `probability`, the share of draws in which the form is on the front. Forms that
        are equal throughout are on it together. A form for which some outcome is never defined is not.

    Raises
    ------
    AnalysisError
        If a column is missing, there are fewer than two, or nothing says which way is better.
    """
    if len(columns) < 2:
        raise AnalysisError(f"a trade-off needs two outcomes or more, not {len(columns)}")
    check_columns(outcomes, *columns)
    signs = np.array([sign_of(column, (better or {}).get(column)) for column in columns])
    laid = [cube(outcomes, column, ["form", "replicate"]) for column in columns]
    forms = laid[0][1][0]
    values = signs[:, None, None] * np.stack([array for array, _ in laid])
    rng, worlds = np.random.default_rng(seed), values.shape[2]
    draws = (values[:, :, rng.integers(worlds, size=worlds)] for _ in range(resamples))
    often = np.mean([_undominated(mean_of(drawn)) for drawn in draws], axis=0)
    verdict = pd.DataFrame({"form": forms, "on_front": _undominated(mean_of(values)), "probability": often})
    return means(outcomes, columns).merge(verdict, on="form")


def _undominated(goods: np.ndarray) -> np.ndarray:
    """Which forms are on the front, from how good they are, `[outcome, form]`, more being better."""
    ahead = goods[:, :, None], goods[:, None, :]
    beaten = (ahead[0] >= ahead[1]).all(axis=0) & (ahead[0] > ahead[1]).any(axis=0)
    front: np.ndarray = ~beaten.any(axis=0) & np.isfinite(goods).all(axis=0)
    return front
