"""A quick stand-in for the model: what each target would come to, with an honest error.

A quadratic surface over the free parameters, fitted by ridge regression to simulated sets, one for every
target row. Runs near a row's band count most, since that is where sets are ruled out or not. The
shrinkage is the one that foretells left-out runs best, and their error is the error of the surface, less
what is chance of single runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from experiments.calibration.free import Fitted
from mipo_sim.evidence import declared_targets

RIDGES = 10.0 ** np.arange(-1, 4.1, 0.5)
CURVES = (0.0, 0.25)  # weight of curved terms against straight ones; 0 is a plane


def is_stretched(row: str) -> bool:
    """Whether a row is emulated as log-odds: shares are, but for shares of the few relapses themselves."""
    target = declared_targets()[row]
    return target.unit == "share" and target.statistic[0] != "early_share"


def stretched(row: str, value: np.ndarray, worlds: int) -> np.ndarray:
    """Put a target on the scale it is emulated on."""
    if not is_stretched(row):
        return np.asarray(value, np.float64)
    edge = 0.5 / worlds  # none of so many worlds, or all of them
    share = np.clip(value, edge, 1 - edge)
    return np.log(share / (1 - share))


def unstretched(row: str, value: np.ndarray) -> np.ndarray:
    """Bring an emulated target back to its own unit."""
    return 1 / (1 + np.exp(-value)) if is_stretched(row) else value


def stretched_rows(rows: Sequence[str], values: np.ndarray, worlds: int) -> np.ndarray:
    """Targets of several rows on their stretched scale, `[row]`."""
    return np.array([stretched(row, np.array(v), worlds) for row, v in zip(rows, values, strict=True)])


def stretched_bands(bands: Fitted, worlds: int) -> tuple[np.ndarray, np.ndarray]:
    """Bounds that a fit has to keep, on the stretched scale, `[row]`; 0, and 1 for a share, bound nothing."""
    shares = np.array([declared_targets()[row].unit == "share" for row in bands.rows])
    ends = (bands.low - bands.missed, bands.high + bands.missed)
    low, high = (stretched_rows(bands.rows, end, worlds) for end in ends)
    return np.where(bands.low <= 0, -np.inf, low), np.where(shares & (bands.high >= 1), np.inf, high)


def terms(unit: np.ndarray, curve: float) -> np.ndarray:
    """Straight, squared and product terms of places in the unit cube, `[set, term]`."""
    plain = 2 * unit - 1
    if curve == 0:
        return plain
    first, second = np.triu_indices(plain.shape[1])
    return np.concatenate([plain, curve * plain[:, first] * plain[:, second]], axis=1)


@dataclass(frozen=True)
class Surface:
    """The surface of one row, on its stretched scale.

    `left_out` is the error at runs that were left out of the fit, `explained` the share of their variance
    that is foretold, `error` the standard error of the surface itself.
    """

    row: str
    curve: float
    level: float
    weights: np.ndarray
    left_out: float
    explained: float
    error: float


@dataclass(frozen=True)
class Emulator:
    """Surfaces of all fitted rows, from sets of so many worlds each."""

    surfaces: tuple[Surface, ...]
    worlds: int

    @classmethod
    def of(
        cls, unit: np.ndarray, simulated: pd.DataFrame, bands: Fitted, worlds: int, chance: np.ndarray
    ) -> "Emulator":
        """Fit to simulated targets.

        Parameters
        ----------
        unit : array, shape [set, parameter]
            Places in the unit cube.
        simulated : DataFrame
            One row a set, one column a target row.
        bands : Fitted
            The rows to emulate, and their bands.
        worlds : int
            Worlds of each set.
        chance : array, shape [row]
            Standard deviation of a row between runs of the same set, on its stretched scale.
        """
        designs = {curve: terms(unit, curve) for curve in CURVES}
        products = {curve: design @ design.T for curve, design in designs.items()}
        published = stretched_bands(replace(bands, missed=0 * bands.missed), worlds)
        widths = published[1] - published[0]
        surfaces = []
        for place, (row, low, high) in enumerate(
            zip(bands.rows, *stretched_bands(bands, worlds), strict=True)
        ):
            value = stretched(row, simulated[row].to_numpy(), worlds)
            heed = _heed(value, low, high, widths[place])
            tried = [
                one
                for curve in CURVES
                for one in _surfaces(row, curve, designs[curve], products[curve], value, heed)
            ]
            best = min(tried, key=lambda one: one.left_out)
            unsure = max(best.left_out**2 - chance[place] ** 2, best.error**2)
            surfaces.append(replace(best, error=float(np.sqrt(unsure))))
        return cls(tuple(surfaces), worlds)

    def at(self, unit: np.ndarray) -> np.ndarray:
        """Emulated targets on their stretched scale, `[set, row]`."""
        found = np.empty((len(unit), len(self.surfaces)))
        for curve in CURVES:
            mine = [place for place, one in enumerate(self.surfaces) if one.curve == curve]
            if mine:
                weights = np.stack([self.surfaces[place].weights for place in mine], axis=1)
                levels = np.array([self.surfaces[place].level for place in mine])
                found[:, mine] = levels + terms(unit, curve) @ weights
        return found

    def emulated(self, unit: np.ndarray) -> pd.DataFrame:
        """Emulated targets in their own units."""
        both = zip(self.surfaces, self.at(unit).T, strict=True)
        return pd.DataFrame({one.row: unstretched(one.row, values) for one, values in both})

    @property
    def error(self) -> np.ndarray:
        """Standard error of each surface, on its stretched scale."""
        return np.array([one.error for one in self.surfaces])


def _heed(value: np.ndarray, low: float, high: float, width: float) -> np.ndarray:
    """How much runs count: fully in their band, ever less outside, not at all where nothing is defined."""
    half = width / 2 if np.isfinite(width) else np.nanstd(value) + 1e-9
    outside = np.maximum(np.maximum(low - value, value - high), 0) / half
    return np.where(np.isfinite(value), 1 / (1 + np.nan_to_num(outside) ** 2), 0)


def _surfaces(
    row: str, curve: float, design: np.ndarray, products: np.ndarray, value: np.ndarray, heed: np.ndarray
) -> Iterator[Surface]:
    """Surfaces of one form with all shrinkages, from the inner products of the sets' terms."""
    share = heed / heed.sum()
    centre = float(share @ np.nan_to_num(value))
    about = np.nan_to_num(value) - centre
    middle = share @ design
    along = design @ middle
    root = np.sqrt(heed)
    centred = products - along[:, None] - along + middle @ middle
    squares, left = np.linalg.eigh(root[:, None] * centred * root)
    squares, seen = np.maximum(squares, 0), left.T @ (root * about)
    spread = float(share @ about**2)
    for ridge in RIDGES:
        kept = squares / (squares + ridge)
        leverage = np.minimum((left**2 * kept).sum(axis=1) + share, 0.99)
        missed = (root * about - left @ (kept * seen)) / (1 - leverage)
        left_out = float(missed @ missed / heed.sum())
        weights = (design - middle).T @ (root * (left @ (seen / (squares + ridge))))
        yield Surface(
            row,
            curve,
            level=centre - float(middle @ weights),
            weights=weights,
            left_out=float(np.sqrt(left_out)),
            explained=1 - left_out / max(spread, 1e-12),
            error=float(np.sqrt(left_out * min(leverage.sum() * (share @ share), 1))),
        )
