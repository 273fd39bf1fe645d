"""Which behaviour parameters the targets can tell anything about: each one moved, all others at default."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from experiments.calibration.free import Fitted, priors
from experiments.calibration.simulate import Work, simulated
from mipo_sim.parameters import Parameter, contradictions, declared

STEP = 0.5  # of a default, or of a log-odds: how far a parameter is moved, within its bounds
BATCH = 40


def ends(parameter: Parameter) -> tuple[float, float]:
    """Where a parameter is moved to, down and up: as far as it contradicts no other."""
    size = 1 if parameter.unit == "log-odds" else abs(parameter.default) or parameter.high / 10
    down, up = (next(end for end in _nearer(parameter, way * STEP * size)) for way in (-1, 1))
    return down, up


def _nearer(parameter: Parameter, step: float) -> Iterator[float]:
    """Ends of a step within the bounds, and of ever shorter steps, where the model allows them."""
    usual = {name: other.default for name, other in declared().items()}
    for shrink in (1, 0.5, 0.25, 0):
        end = min(max(parameter.default + shrink * step, parameter.low), parameter.high)
        if not contradictions(usual | {parameter.name: end}):
            yield end


def movable() -> list[Parameter]:
    """All parameters of behaviour that do not shape the world's arrays."""
    return [p for p in declared().values() if p.role == "behaviour" and not p.structural]


def screened(work: Work, bands: Fitted, worlds: int) -> pd.DataFrame:
    """Move every parameter down and up, in the same worlds as the default.

    Returns
    -------
    DataFrame
        One row a parameter, the most telling first: `name`, `from`, `to`, and how far targets move between
        the two ends, in half-widths of their bands: `relapse` and `districts`, the mean over the rows of a
        family, since single rows of few worlds jump; `operations`, the most of rows that each stand for
        themselves; `row`, the row that moves most; and whether it is `free`.
    """
    parameters = movable()
    sets = [{}] + [{p.name: end} for p in parameters for end in ends(p)]
    values = {p.name: np.array([s.get(p.name, p.default) for s in sets]) for p in parameters}
    found = simulated(work, "screening", values, bands.rows, worlds, BATCH, pair=True)
    half = (bands.high - bands.low) / 2
    moved = np.nan_to_num(np.abs(found.to_numpy()[2::2] - found.to_numpy()[1::2]) / half)
    table = pd.DataFrame({"name": [p.name for p in parameters]})
    table["from"], table["to"] = np.array([ends(p) for p in parameters]).T
    for family, begins in FAMILIES.items():
        of_family = moved[:, [row.startswith(begins) for row in bands.rows]]
        table[family] = of_family.max(axis=1) if family == "operations" else of_family.mean(axis=1)
    table["row"] = [bands.rows[place] for place in moved.argmax(axis=1)]
    table["free"] = ["yes" if name in {prior.name for prior in priors()} else "no" for name in table["name"]]
    order = table[list(FAMILIES)].max(axis=1).sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


FAMILIES = {
    "relapse": ("T1.", "T2.", "T3", "T4", "T5", "T9", "W"),
    "districts": ("T16",),
    "operations": ("T10", "T11", "T12", "T14", "T17"),
}
