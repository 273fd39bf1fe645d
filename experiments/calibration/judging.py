"""The posterior held against the record: which draw to choose, and what draws and choice come to."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.calibration.emulator import stretched, stretched_rows
from experiments.calibration.free import Prior, bands_of, defaults, values_at
from experiments.calibration.history import Ruling
from experiments.calibration.simulate import Work, simulated
from experiments.calibration.stages import Size, Wave, checked, inside_bands
from mipo_sim.evidence import declared_targets


def choose(work: Work, size: Size, free: list[Prior], draws: np.ndarray, last: Ruling) -> dict[str, float]:
    """The draw nearest to the published points: a few by the emulator, then the best in fresh worlds."""
    far = distance(last, last.emulator.at(draws))
    nearest = np.argsort(far, kind="stable")[: size.candidates]
    few = [rounded(values_at(free, draws[[one]])) for one in nearest]
    values = {prior.name: np.array([one[prior.name] for one in few]) for prior in free}
    rows = last.bands.rows
    found = simulated(work, "choice", values, rows, size.choosing, max(1, size.batch // 4), pair=True)
    seen = [stretched(row, found[row].to_numpy(), last.emulator.worlds) for row in rows]
    return few[int(np.nanargmin(distance(last, np.stack(seen, axis=1))))]


def distance(last: Ruling, value: np.ndarray) -> np.ndarray:
    """Mean square distance from the published points, in half-widths of bands, over rows that have one."""
    bands = last.bands
    ends = (bands.low, bands.high, bands.point)
    low, high, point = (stretched_rows(bands.rows, end, last.emulator.worlds) for end in ends)
    return np.nanmean(((value - point) / ((high - low) / 2)) ** 2, axis=1)


def rounded(values: dict[str, np.ndarray]) -> dict[str, float]:
    """One set with three digits a parameter, which is more than is known of any."""
    return {name: float(f"{column[0]:.3g}") for name, column in values.items()}


def predicted(
    work: Work,
    size: Size,
    free: list[Prior],
    draws: np.ndarray,
    done: Sequence[Wave],
    chosen: dict[str, float],
) -> pd.DataFrame:
    """What prior, posterior, chosen point and defaults come to, on worlds that served for nothing else.

    Returns
    -------
    DataFrame
        One row a target: its band and `point`; whether it was `fitted`; 5, 50 and 95 % of simulated sets of
        the prior (the first wave) and of the posterior, chance of so few worlds a set included;
        `posterior_inside`, the share of draws inside the band; `chosen` and `default` with 95 % intervals.
    """
    fitted = done[-1].ruling.bands.rows
    rows = tuple(declared_targets()) if size.free is None else fitted
    after = simulated(work, "posterior", values_at(free, draws), rows, size.judged, max(1, size.batch // 2))
    bands = bands_of(rows)
    table = pd.DataFrame(
        {"row": rows, "band_low": bands.low, "band_high": bands.high, "point": bands.point}
        | {"fitted": ["yes" if row in fitted else "no" for row in rows]}
    )
    for label, found in (("prior", done[0].found), ("posterior", after)):
        for name, share in (("low", 0.05), ("median", 0.5), ("high", 0.95)):
            table[f"{label}_{name}"] = found.quantile(share).reindex(rows).to_numpy()
    table["posterior_inside"] = inside_bands(after, bands).mean(axis=0)
    for label, values in (("chosen", chosen), ("default", defaults(free))):
        held = checked(work, size, label, values, rows)
        for name, column in (("", "value"), ("_from", "start"), ("_to", "end")):
            table[f"{label}{name}"] = held[column].to_numpy()
    return table
