"""History matching: rule out what cannot meet the bands, simulate in what is left, and look again.

Vernon, Goldstein and Bower (2010, Bayesian Analysis 5:619) and Andrianakis et al. (2015, PLoS Computational
Biology 11:e1003968). A target here is a band, so a set is implausible by how far its emulated value lies
outside, in standard errors of the emulator; inside the band no value is better than another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from experiments.calibration.emulator import Emulator, stretched_bands
from experiments.calibration.free import Fitted

CUT = 2.0  # standard errors outside a band that rule a set out; the usual three where the target is a point
TRIED = 2**15  # sets of the prior that are looked at to see how much of it is left
STEPS = 400  # moves of every walker through what is left
LEAST_ERROR = 1e-3  # of an emulator, for rows that hardly vary
PAGE = 4096  # sets emulated together

Misfit = Callable[[np.ndarray], np.ndarray]  # how implausible sets are, `[set]`; CUT rules out


@dataclass(frozen=True)
class Ruling:
    """What a wave rules out: its emulator against the bands."""

    emulator: Emulator
    bands: Fitted

    def implausibility(self, unit: np.ndarray) -> np.ndarray:
        """Standard errors that each emulated row lies outside its band, `[set, row]`."""
        low, high = stretched_bands(self.bands, self.emulator.worlds)
        value = self.emulator.at(unit)
        return np.maximum(np.maximum(low - value, value - high), 0) / np.maximum(
            self.emulator.error, LEAST_ERROR
        )


def worst(rulings: Sequence[Ruling]) -> Misfit:
    """The largest implausibility over all rows of all waves so far."""

    def misfit(unit: np.ndarray) -> np.ndarray:
        pages = np.array_split(unit, -(-len(unit) // PAGE))
        return np.concatenate(
            [np.max([r.implausibility(page).max(axis=1) for r in rulings], axis=0) for page in pages]
        )

    return misfit


def latin_hypercube(sets: int, parameters: int, seed: int) -> np.ndarray:
    """Places spread evenly over the unit cube, `[set, parameter]`."""
    return qmc.LatinHypercube(parameters, rng=seed).random(sets)


def left_over(
    misfit: Misfit, sets: int, parameters: int, seed: int, cut: float = CUT
) -> tuple[np.ndarray, float]:
    """Draw evenly from what is not ruled out.

    Walkers start at the least implausible of many sets of the prior and move by differences between each
    other (ter Braak 2006, Statistics and Computing 16:239), never to where it is both ruled out and worse:
    all come in, and then are spread evenly, since moves are as likely there as back.

    Returns
    -------
    unit : array, shape [set, parameter]
        Places in the unit cube.
    share : float
        Share of the prior that is not ruled out, from the sets tried; 0 if none of them passed.
    """
    rng = np.random.default_rng(seed)
    tried = rng.random((TRIED, parameters))
    first = misfit(tried)
    best = np.argsort(first, kind="stable")[:sets]
    walkers, at = tried[best], first[best]
    usual = 1.7 / np.sqrt(2 * parameters)
    for step in range(STEPS):
        one, other = (rng.permutation(sets) for _ in range(2))
        stride = 0.7 if step % 10 == 0 else usual * rng.random((sets, 1)) * 1.5
        some = rng.random((sets, parameters)) < rng.choice([0.1, 0.3, 1.0], (sets, 1))
        moved = walkers + some * stride * (walkers[one] - walkers[other])
        moved += some * rng.normal(0, 0.02, walkers.shape)
        inside = ((moved >= 0) & (moved <= 1)).all(axis=1)
        there = np.where(inside, misfit(np.clip(moved, 0, 1)), np.inf)
        goes = there <= np.maximum(at, cut)
        walkers, at = np.where(goes[:, None], moved, walkers), np.where(goes, there, at)
    if (at > cut).any():
        walkers = walkers[at <= cut]
    return walkers, float(np.mean(first <= cut))
