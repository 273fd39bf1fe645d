"""Does the method find what is known? Simulated sets stand in for the record, and are looked for."""

import numpy as np
import pandas as pd

from experiments.calibration.emulator import Emulator
from experiments.calibration.free import Fitted, Prior
from experiments.calibration.history import Ruling, left_over, worst
from experiments.calibration.simulate import seed_of
from experiments.calibration.stages import Wave

TRUTHS = 10  # runs that are taken out, one at a time, and found again from their targets alone
DRAWS = 200
SURE = 0.9  # of the draws lie between the bounds that are held against the truth


def recovered(free: list[Prior], last: Wave, chance: np.ndarray, truths: int = TRUTHS) -> pd.DataFrame:
    """Take runs out of a wave, give their targets bands as wide as the published ones, and fit again.

    Returns
    -------
    DataFrame
        One row a parameter: `inside`, share of truths between the 5 and 95 % of what was found;
        `correlation` of truth and middle of what was found, over truths; `spread_left`, how wide what was
        found is against the prior.
    """
    rng = np.random.default_rng(seed_of("truth"))
    bands = last.ruling.bands
    known = last.found[list(bands.rows)].notna().all(axis=1).to_numpy()
    chosen = rng.permutation(np.flatnonzero(known))[:truths]
    places, middles, inside, spread = [], [], [], []
    for number, place in enumerate(chosen):
        draws = _found_again(last, int(place), chance, seed_of("truth", number))
        low, middle, high = np.quantile(draws, ((1 - SURE) / 2, 0.5, (1 + SURE) / 2), axis=0)
        places.append(last.unit[place])
        middles.append(middle)
        inside.append((low <= last.unit[place]) & (last.unit[place] <= high))
        spread.append(draws.std(axis=0) * np.sqrt(12))
    pairs = zip(np.array(places).T, np.array(middles).T, strict=True)
    return pd.DataFrame(
        {
            "name": [prior.name for prior in free],
            "truths": len(chosen),
            "inside": np.mean(inside, axis=0),
            "correlation": [np.corrcoef(truth, middle)[0, 1] for truth, middle in pairs],
            "spread_left": np.mean(spread, axis=0),
        }
    )


def _found_again(wave: Wave, place: int, chance: np.ndarray, seed: int) -> np.ndarray:
    """Sets that meet the targets of one run, by an emulator that has not seen the run."""
    bands, others = wave.ruling.bands, np.arange(len(wave.unit)) != place
    rows, worlds = list(bands.rows), wave.ruling.emulator.worlds
    seen, half = wave.found.loc[place, rows].to_numpy(np.float64), (bands.high - bands.low) / 2
    around = Fitted(bands.rows, seen - half, seen + half, seen, missed=0 * half)
    emulator = Emulator.of(wave.unit[others], wave.found.loc[others, rows], around, worlds, chance)
    return left_over(worst([Ruling(emulator, around)]), DRAWS, wave.unit.shape[1], seed, cut=0.5)[0]
