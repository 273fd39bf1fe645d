"""Two rows that pull against each other: how long violence stays in a place, and how long a war lasts."""

from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.calibration.history import Ruling, left_over, worst
from experiments.calibration.simulate import seed_of
from experiments.calibration.stages import Wave

PLACE, WAR = "T16.persistence", "W.again"
LIMITS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85)  # persistence up to which a set is let pass; .60 ends the band
DRAWS = 200


def tension(last: Wave) -> pd.DataFrame:
    """What wars can be like for each limit of persistence, all other bands met, by the last emulator.

    Returns
    -------
    DataFrame
        One row a limit: `sets` found of those asked for, and 5, 50 and 95 % of their emulated `W.again`.
    """
    rows, bands = list(last.ruling.bands.rows), last.ruling.bands
    found = []
    for number, limit in enumerate(LIMITS):
        missed = np.zeros(len(rows))
        missed[rows.index(WAR)] = 1  # let pass whatever comes
        missed[rows.index(PLACE)] = limit - bands.high[rows.index(PLACE)]
        misfit = worst([Ruling(last.ruling.emulator, replace(bands, missed=missed))])
        draws, _ = left_over(misfit, DRAWS, last.unit.shape[1], seed_of("tension", number), cut=0)
        again = last.ruling.emulator.emulated(draws)[WAR] if len(draws) else pd.Series(dtype=float)
        low, middle, high = (again.quantile(share) for share in (0.05, 0.5, 0.95))
        found.append((limit, len(draws), low, middle, high))
    return pd.DataFrame(
        found, columns=["persistence_up_to", "sets", "again_low", "again_median", "again_high"]
    )
