"""Which of many axes an outcome depends on: Sobol's indices and Morris's elementary effects, by SALib."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import combinations
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis.findings import PairingError
from mipo_sim.analysis.intervals import LEVEL, RESAMPLES, SEED, percentiles
from mipo_sim.analysis.tables import AnalysisError, check_columns, check_value_of, cube, mean_of


def sobol_indices(
    outcomes: pd.DataFrame,
    axes: Sequence[str],
    outcome: str,
    *,
    order: int = 1,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Share of an outcome's variance over a Saltelli design that each axis brings.

    An index of the first order is what an axis brings alone, the total index what it brings with all
    its interactions; where the two differ, the axis works through others.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world of a design of kind `saltelli`, complete: `point`, `replicate`, the outcome.
        Or the differences between two forms, from `differences_by_point`.
    axes : sequence of str
        The axes in the order of the design.
    outcome : str
        What depends on them. It must be defined at every point.
    order : {1, 2}
        Order of the design; 2 gives pairs of axes too.
    level : float
        Confidence, 0 to 1.
    resamples, seed : int
        Draws of the bootstrap, and where they begin (a number above 0). Samples of the design are
        drawn; the intervals cover that there are finitely many, not the luck of the worlds at a point.

    Returns
    -------
    DataFrame
        One row for each axis and index: `axis` (or `one × other`), `index` (`first`, `total`,
        `second`), `value`, `low`, `high`, `samples`, `worlds`, and `noise`: about what share of the
        variance between points is luck that the mean over replicates has left there. Luck that acts
        alike at all points does no harm; luck that does not can be taken for an effect of the axes.
        Where noise is not small, run more replicates; from a few it is itself a rough figure, which may
        exceed 1. Not a number with a single replicate. Indices are not numbers where the outcome is the
        same at all points.

    Raises
    ------
    AnalysisError
        If a column or a point is missing, or the outcome is not defined at some point.
    ImportError
        If SALib is not installed.

    References
    ----------
    Saltelli and others, Computer Physics Communications 181 (2010), 259-270.
    """
    if order not in (1, 2):
        raise AnalysisError(f"order is 1 or 2, not {order!r}")
    library = _salib("sobol")
    means, noise = _by_point(outcomes, outcome)
    step = 2 + order * len(axes)
    _check_points(means, step, "saltelli", f"{len(axes)} axes at order {order}")
    _check_mixtures(_codes(outcomes, axes).reshape(-1, step, len(axes)), axes)
    asked = {"calc_second_order": order == 2, "num_resamples": resamples, "conf_level": level, "seed": seed}
    result = library.analyze(_problem(axes), means, **asked) if np.ptp(means) > 0 else None
    kinds = {"first": "S1", "total": "ST", "second": "S2"}
    tables = [_indices(result, index, key, axes) for index, key in list(kinds.items())[: 1 + order]]
    found = pd.concat(tables, ignore_index=True)
    return found.assign(samples=len(means) // step, worlds=len(outcomes), noise=noise)


def _indices(result: Mapping[str, Any] | None, index: str, key: str, axes: Sequence[str]) -> pd.DataFrame:
    """One row an axis, or a pair of axes; not numbers without a result."""
    pairs = index == "second"
    labels = [f"{one} × {other}" for one, other in combinations(axes, 2)] if pairs else list(axes)
    chosen: Any = np.triu_indices(len(axes), 1) if pairs else slice(None)
    value, reach = (result[name][chosen] if result else np.nan for name in (key, f"{key}_conf"))
    bounds = {"value": value, "low": value - reach, "high": value + reach}
    return pd.DataFrame({"axis": labels, "index": index, **bounds})


def morris_effects(
    outcomes: pd.DataFrame,
    axes: Sequence[str],
    outcome: str,
    *,
    level: float = LEVEL,
    resamples: int = 200,
    seed: int = SEED,
) -> pd.DataFrame:
    """How far an outcome moves when one axis moves by half of its levels, from a Morris design.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world of a design of kind `morris`, complete: `point`, `replicate`, the axes, the
        outcome. Or the differences between two forms, from `differences_by_point`.
    axes : sequence of str
        The axes of the design, all of them.
    outcome : str
        What depends on them. It must be defined at every point.
    level : float
        Confidence, 0 to 1.
    resamples, seed : int
        Draws of the bootstrap, and where they begin. Trajectories are drawn; the intervals cover that
        there are finitely many, not the luck of the worlds at a point.

    Returns
    -------
    DataFrame
        One row for each axis and `measure`: `axis`, `measure`, `value`, `low`, `high` (in the unit of
        the outcome), `trajectories`, `worlds`, and `noise` as from `sobol_indices`. `mu_star` is the
        mean size of an effect, `mu` its mean with its sign (not a number for a group of options, which
        have no order), and `sigma` its standard deviation, which is large where an axis acts unevenly
        or through others.

    Raises
    ------
    AnalysisError
        If a column or a point is missing, the outcome is not defined at some point, or points do not
        move one axis at a time.
    ImportError
        If SALib is not installed.

    References
    ----------
    Morris, Technometrics 33 (1991), 161-174; Campolongo, Cariboni & Saltelli, Environmental Modelling
    & Software 22 (2007), 1509-1518.
    """
    library = _salib("morris")
    means, noise = _by_point(outcomes, outcome)
    step = 1 + len(axes)
    _check_points(means, step, "morris", f"{len(axes)} axes")
    places = _codes(outcomes, axes).reshape(-1, step, len(axes))
    if not ((np.diff(places, axis=1) != 0).sum(axis=2) == 1).all():
        raise AnalysisError(f"the points do not move one axis at a time: are {', '.join(axes)} all the axes?")
    came, problem = means.reshape(-1, step), _problem(axes)
    ordered = [pd.api.types.is_numeric_dtype(outcomes[axis]) for axis in axes]

    def measured(chosen: np.ndarray) -> np.ndarray:
        x, y = places[chosen].reshape(-1, len(axes)), came[chosen].ravel()
        # With two levels SALib's own step is 1, so that an effect is the plain change of the outcome.
        effects = library.analyze(problem, x, y, num_levels=2, num_resamples=2)
        mu = np.where(ordered, effects["mu"], np.nan)
        return np.stack([effects["mu_star"], mu, effects["sigma"]])

    trajectories, rng = len(came), np.random.default_rng(seed)
    value = measured(np.arange(trajectories))
    draws = [measured(rng.integers(trajectories, size=trajectories)) for _ in range(resamples)]
    low, high = percentiles(np.array(draws), level)
    tables = [
        pd.DataFrame({"axis": axes, "measure": name, "value": v, "low": below, "high": above})
        for name, v, below, above in zip(("mu_star", "mu", "sigma"), value, low, high, strict=True)
    ]
    found = pd.concat(tables, ignore_index=True)
    return found.assign(trajectories=trajectories, worlds=len(outcomes), noise=noise)


def differences_by_point(outcomes: pd.DataFrame, outcome: str, form: str, reference: str) -> pd.DataFrame:
    """Difference between two forms that were run over the same design, each world with its twin.

    What comes of it can be analysed as an outcome: an index then says what makes one form better than
    another, not what makes worlds better.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world of both forms: `form`, `point`, `replicate`, axes, the outcome.
    outcome : str
        What differs.
    form, reference : str
        The difference is the first less the second.

    Returns
    -------
    DataFrame
        The rows of the first form, the outcome being the difference; not a number where either world
        does not define it.

    Raises
    ------
    AnalysisError
        If a column is missing, or there is no such form.
    PairingError
        If the two were not run for the same points and replicates.
    """
    check_value_of(outcomes, "form", form, reference)
    check_columns(outcomes, "point", "replicate", outcome)
    key = ["point", "replicate"]
    first, second = (
        outcomes[outcomes["form"] == name].set_index(key).sort_index() for name in (form, reference)
    )
    if not first.index.equals(second.index) or first.index.has_duplicates:
        raise PairingError(f"{form} and {reference} were not run for the same points and replicates")
    return first.assign(**{outcome: first[outcome] - second[outcome]}).reset_index()


def _by_point(outcomes: pd.DataFrame, outcome: str) -> tuple[np.ndarray, float]:
    """Mean of an outcome at each point in their order, and the share of its variance that luck left there."""
    values, (points, _) = cube(outcomes, outcome, ["point", "replicate"])
    values = values[np.argsort(points)]
    undefined = np.isnan(values).all(axis=1)
    if sorted(points) != list(range(len(points))):
        missing = min(set(range(max(points) + 1)) - set(points))
        raise AnalysisError(f"the design is not complete: there is no world of point {missing}")
    if undefined.any():
        raise AnalysisError(
            f"{outcome} is not defined in any world of {undefined.sum()} of {len(points)} points; "
            "choose an outcome that always is, or narrow the axes"
        )
    means, counts = mean_of(values), np.isfinite(values).sum(axis=1)
    if counts.max() < 2 or np.ptp(means) == 0:
        return means, np.nan
    own = values - mean_of(values, axis=0)  # luck that is the same at all points is no noise
    left = np.nansum((own - mean_of(own)[:, None]) ** 2) / (counts - 1).sum()
    return means, float(left * (1 / counts).mean() / means.var(ddof=1))


def _codes(outcomes: pd.DataFrame, axes: Sequence[str]) -> np.ndarray:
    """Where each point lies on each axis, `[point, axis]`: the rank of its value among all that there are."""
    check_columns(outcomes, *axes)
    rows = outcomes.drop_duplicates("point").sort_values("point")
    ranks = [np.unique(rows[axis], return_inverse=True)[1] for axis in axes]
    return np.stack(ranks, axis=1).astype(np.float64)


def _check_mixtures(places: np.ndarray, axes: Sequence[str]) -> None:
    """Refuse points `[sample, point, axis]` that do not mix A and B in the order of the axes."""
    a, b = places[:, :1], places[:, -1:]
    mixed = np.where(np.eye(len(axes), dtype=bool), b, a)
    if (places[:, 1 : 1 + len(axes)] != mixed).any():
        raise AnalysisError(
            f"the points are not those of a saltelli design of {', '.join(axes)}: all its axes, in its order"
        )


def _check_points(means: np.ndarray, step: int, kind: str, what: str) -> None:
    samples, rest = divmod(len(means), step)
    if rest or samples < 2:
        raise AnalysisError(
            f"a {kind} design of {what} has a multiple of {step} points, two times {step} at least, "
            f"not {len(means)}"
        )


def _problem(axes: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(axes), "names": list(axes), "bounds": [[0, 1]] * len(axes)}


def _salib(method: str) -> ModuleType:
    try:
        return import_module(f"SALib.analyze.{method}")
    except ImportError:
        raise ImportError("sensitivity analysis needs SALib: pip install 'mipo-sim[analysis]'") from None
