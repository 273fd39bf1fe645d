"""The calibration study: `python -m experiments.calibration`.

Without options the full study, whose tables and pictures are committed here and whose posterior comes with
the package. A study that was cut goes on where it stopped, as long as model, priors and targets are the same.
"""

import argparse
import hashlib
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.calibration import judging, pictures, stages
from experiments.calibration.free import HERE, Prior, defaults, places_of, values_at
from experiments.calibration.recovery import recovered
from experiments.calibration.simulate import FIRST_SEED, Work
from experiments.calibration.tension import tension
from mipo_sim.sweeps.engine import cores
from mipo_sim.sweeps.identity import source_digest
from mipo_sim.version import __version__

POSTERIOR = HERE.parents[1] / "mipo_sim" / "parameters" / "posterior.csv"
DIGITS = 4  # of a committed number
# What decides the numbers of a set: the rules and the declarations, but not the posterior that comes of them.
TABLES = ("behaviour", "context", "levers")
RULES = ("actors", "country", "ensemble", "outcomes", "model.py", "month.py")
MODEL = (*RULES, *(f"parameters/{table}.csv" for table in TABLES))


def digest(size: stages.Size) -> str:
    """Name what decides the numbers of the study."""
    words = [source_digest(MODEL), repr(asdict(size))]
    evidence = HERE.parents[1] / "mipo_sim" / "evidence"
    texts = [HERE / "priors.csv", HERE / "rows.csv", evidence / "targets.csv", evidence / "forms.yaml"]
    words += [path.read_text(encoding="utf-8") for path in texts]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:8]


def study(size: stages.Size, work: Work, tables: Path, posterior: Path) -> pd.DataFrame:
    """Go through all stages, and keep their tables and pictures."""
    free = stages.free_parameters(size)
    if size.screening:
        _keep(stages.screen(work, size), tables / "screening.csv")
    done = stages.waves(work, size)
    _keep(stages.wave_table(done), tables / "waves.csv")
    _keep(stages.emulator_table(done), tables / "emulators.csv")
    _keep(tension(done[-1]), tables / "tension.csv")
    draws = stages.posterior(done, size)
    _keep(pd.DataFrame(values_at(free, draws)), posterior)
    draws = _as_kept(free, posterior)
    _keep(stages.informed(free, draws), tables / "informed.csv")
    by_chance = stages.chance(work, size, done[-1].ruling.bands)
    _keep(recovered(free, done[-1], by_chance), tables / "recovery.csv")
    chosen = judging.choose(work, size, free, draws, done[-1].ruling)
    _keep(_against_defaults(free, chosen), tables / "chosen.csv")
    predicted = judging.predicted(work, size, free, draws, done, chosen)
    _keep(predicted, tables / "predictive.csv")
    made = (
        f"Worlds: prior {size.sets[0]} sets of {size.worlds}, posterior {len(draws)} sets of {size.judged}, "
        f"chosen point {size.checked}; mipo_sim {__version__}, seeds from {FIRST_SEED:,}"
    )
    pictures.draw_all(tables, predicted, free, draws, chosen, made)
    return predicted


def _against_defaults(free: list[Prior], chosen: dict[str, float]) -> pd.DataFrame:
    now = defaults(free)
    return pd.DataFrame([{"name": p.name, "default": now[p.name], "chosen": chosen[p.name]} for p in free])


def _keep(table: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")


def _as_kept(free: list[Prior], posterior: Path) -> np.ndarray:
    """The draws as they are committed, in few digits, so that everybody has the same."""
    return places_of(free, pd.read_csv(posterior))


def main() -> None:
    """Run the study that is asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.calibration", description="Calibrate the model against published figures."
    )
    parser.add_argument("--small", action="store_true", help="a minute's version; commits nothing")
    parser.add_argument("--workers", type=int, default=cores(), help="processes (default: one a core)")
    usual = HERE.parents[1] / "results"
    parser.add_argument(
        "--folder", type=Path, default=usual, help="where batches are kept (default: results)"
    )
    asked = parser.parse_args()
    size = stages.SMALL if asked.small else stages.FULL
    folder = asked.folder / f"calibration-{digest(size)}"
    tables, posterior = (folder, folder / "posterior.csv") if asked.small else (HERE, POSTERIOR)
    predicted = study(size, Work(folder, asked.workers), tables, posterior)
    outside = predicted[(predicted.chosen < predicted.band_low) | (predicted.chosen > predicted.band_high)]
    sys.stdout.write(f"\n{predicted.round(3).to_string(index=False)}\n\n")
    sys.stdout.write(f"The chosen point lies outside {len(outside)} of {len(predicted)} bands: ")
    sys.stdout.write(f"{', '.join(outside.row) or 'none'}\nBatches: {folder}\n")


if __name__ == "__main__":
    main()
