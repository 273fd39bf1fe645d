"""The waves of the study and the posterior that they leave; each leaves a table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from experiments.calibration.emulator import Emulator, stretched_rows
from experiments.calibration.free import Fitted, Prior, defaults, fitted, priors, values_at
from experiments.calibration.history import CUT, Ruling, latin_hypercube, left_over, worst
from experiments.calibration.screening import screened
from experiments.calibration.simulate import Work, digest_of, seed_of, simulated
from mipo_sim.evidence.forms import live_through
from mipo_sim.evidence.records import keep_record
from mipo_sim.evidence.targets import chosen_targets, judged_targets, needed_forms, of_set


@dataclass(frozen=True)
class Size:
    """How much is simulated. Sets of a wave come in batches, each with luck of its own."""

    screening: int  # worlds a moved parameter; 0 leaves the screening out
    sets: tuple[int, ...]  # of each wave
    worlds: int
    batch: int
    posterior: int  # draws
    judged: int  # worlds of each draw
    candidates: int  # for the chosen point
    choosing: int  # worlds of each candidate
    checked: int  # worlds of the chosen point, of a seed used for nothing else
    free: int | None = None  # how many parameters are free; all by default


FULL = Size(
    screening=20,
    sets=(300, 300, 300, 300),
    worlds=40,
    batch=20,
    posterior=256,
    judged=16,
    candidates=12,
    choosing=128,
    checked=500,
)
SMALL = Size(
    screening=0,
    sets=(60, 60),
    worlds=16,
    batch=20,
    posterior=30,
    judged=16,
    candidates=2,
    choosing=16,
    checked=32,
    free=8,
)


INSIDE = 0.5  # standard errors of the emulator that a draw may lie outside a band
WALKERS = 100  # at least, since they move by differences between each other


@dataclass(frozen=True)
class Wave:
    """What a wave simulated, and the emulator that it made."""

    number: int
    unit: np.ndarray
    found: pd.DataFrame
    ruling: Ruling
    share: float  # of the prior that earlier waves had left


def free_parameters(size: Size) -> list[Prior]:
    """The free parameters; for a small study those named first, which the targets feel most."""
    return priors()[: size.free]


def screen(work: Work, size: Size) -> pd.DataFrame:
    """Move every parameter of behaviour, one at a time."""
    return screened(work, fitted(), size.screening)


def waves(work: Work, size: Size) -> list[Wave]:
    """Simulate, emulate, rule out; then simulate in what is left."""
    free, bands, done = free_parameters(size), fitted(), list[Wave]()
    by_chance = chance(work, size, bands)
    for number, sets in enumerate(size.sets, start=1):
        stage = f"wave {number}"
        if not done:
            unit, share = latin_hypercube(sets, len(free), seed_of(stage)), 1.0
        else:
            rulings = [wave.ruling for wave in done]
            unit, share = left_over(worst(rulings), sets, len(free), seed_of(stage))
        found = simulated(work, stage, values_at(free, unit), bands.rows, size.worlds, size.batch)
        emulator = Emulator.of(*_near(done, unit, found), bands, size.worlds, by_chance)
        done.append(Wave(number, unit, found, Ruling(emulator, bands), share))
    return done


def chance(work: Work, size: Size, bands: Fitted) -> np.ndarray:
    """Standard deviation of each row between runs of one set, on its stretched scale.

    From the interval of the defaults on many worlds, widened to as few as a set of a wave has.
    """
    held = checked(work, size, "default", defaults(free_parameters(size)), bands.rows)
    ends = [stretched_rows(bands.rows, held[end].to_numpy(), size.worlds) for end in ("start", "end")]
    return np.nan_to_num(ends[1] - ends[0]) / (2 * 1.96) * np.sqrt(size.checked / size.worlds)


def checked(
    work: Work, size: Size, label: str, values: dict[str, float], rows: Sequence[str]
) -> pd.DataFrame:
    """One set on many worlds of the seed that is kept for this; one row a target, with its interval."""
    path = work.folder / f"check_{label}-{digest_of(values)}.csv"
    if not path.exists():
        work.folder.mkdir(parents=True, exist_ok=True)
        seed = seed_of("check")
        how = {"worlds": size.checked, "seed": seed, "workers": work.workers}
        lived = live_through(needed_forms(chosen_targets()), keep_record, values, **how)
        judged_targets(of_set(lived, 0), size.checked, seed).to_csv(path, index=False)
    return pd.read_csv(path).set_index("row").loc[list(rows)].reset_index()


def _near(done: Sequence[Wave], unit: np.ndarray, found: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Runs that an emulator learns from: this wave's, and those of earlier waves that are not far off."""
    if not done:
        return unit, found
    misfit = worst([wave.ruling for wave in done])
    kept = [misfit(wave.unit) <= 2 * CUT for wave in done]
    units = [*(wave.unit[keep] for wave, keep in zip(done, kept, strict=True)), unit]
    tables = [*(wave.found[keep] for wave, keep in zip(done, kept, strict=True)), found]
    return np.concatenate(units), pd.concat(tables, ignore_index=True)


def posterior(done: Sequence[Wave], size: Size) -> np.ndarray:
    """Draw evenly from the sets that no wave rules out and whose emulated targets all keep their bands.

    They keep them within half a standard error of the emulator, that is; hardly any set keeps all exactly.
    Bands are tolerances, not probabilities: no value inside them is taken for better than another.
    """
    last, earlier = worst([done[-1].ruling]), worst([wave.ruling for wave in done])

    def misfit(unit: np.ndarray) -> np.ndarray:
        return np.maximum(last(unit), np.maximum(earlier(unit) - CUT, 0))

    parameters = done[-1].unit.shape[1]
    walkers = max(2 * size.posterior, WALKERS)  # some do not find their way in
    draws, _ = left_over(misfit, walkers, parameters, seed_of("posterior"), cut=INSIDE)
    return draws[: size.posterior]


def wave_table(done: Sequence[Wave]) -> pd.DataFrame:
    """How each wave went: sets, what is left of the prior, how many of its runs meet every band."""
    rows = []
    for wave in done:
        inside = inside_bands(wave.found, wave.ruling.bands)
        implausible = worst([wave.ruling])(wave.unit)
        rows.append(
            {
                "wave": wave.number,
                "sets": len(wave.unit),
                "targets": len(wave.ruling.bands.rows),
                "left_before": wave.share,
                "left_of_wave": float(np.mean(implausible <= CUT)),
                "bands_met": float(inside.mean()),
                "all_met": float(inside.all(axis=1).mean()),
            }
        )
    return pd.DataFrame(rows)


def emulator_table(done: Sequence[Wave]) -> pd.DataFrame:
    """How well each surface foretells runs that it has not seen."""
    return pd.DataFrame(
        [
            {
                "wave": wave.number,
                "row": one.row,
                "explained": one.explained,
                "left_out_error": one.left_out,
                "error": one.error,
                "form": "plane" if one.curve == 0 else "curved",
            }
            for wave in done
            for one in wave.ruling.emulator.surfaces
        ]
    )


def inside_bands(found: pd.DataFrame, bands: Fitted) -> np.ndarray:
    """Which simulated targets lie inside their bands, `[set, row]`; what is not defined does not."""
    values = found[list(bands.rows)].to_numpy()
    return (values >= bands.low) & (values <= bands.high)


def informed(free: list[Prior], draws: np.ndarray) -> pd.DataFrame:
    """What the targets say of each parameter: how far the posterior is from even over its prior range."""
    rows = []
    for place, prior in enumerate(free):
        unit = draws[:, place]
        low, middle, high = (float(prior.at(np.quantile(unit, q))) for q in (0.05, 0.5, 0.95))
        moved = stats.ks_1samp(unit, stats.uniform.cdf)
        rows.append(
            {
                "name": prior.name,
                "prior_low": prior.low,
                "prior_high": prior.high,
                "default": defaults([prior])[prior.name],
                "low": low,
                "median": middle,
                "high": high,
                "spread_left": float(unit.std() * np.sqrt(12)),
                "distance": moved.statistic,
                "informed": "yes" if moved.pvalue < 0.01 else "no",
            }
        )
    return pd.DataFrame(rows)
