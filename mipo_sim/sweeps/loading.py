"""Find results in their folders: those of a run, those of a sweep, and a list of what is there."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from mipo_sim.sweeps.results import Results
from mipo_sim.sweeps.store import Store, SweepError
from mipo_sim.sweeps.sweep_results import SweepResults


def open_sweep(folder: Path | str) -> SweepResults:
    """Open the results of a sweep, complete or not.

    Raises
    ------
    SweepError
        If there is none, or it cannot be read.
    """
    results = SweepResults(Path(folder))
    results.about  # noqa: B018 - refuses what is no sweep
    return results


def load(folder: Path | str) -> Results | SweepResults:
    """Read results back, of a run or of a sweep.

    Parameters
    ----------
    folder : path
        Where they are kept.

    Returns
    -------
    Results or SweepResults
        Both answer the same questions, and give data frames and labelled arrays (`to_xarray`).

    Raises
    ------
    FileNotFoundError
        If there are no results there.
    SweepError
        If those of a sweep cannot be read.
    """
    return open_sweep(folder) if (Path(folder) / "run.json").exists() else Results.load(folder)


def listing(folder: Path | str) -> pd.DataFrame:
    """List the sweeps and runs in a folder, and in the folders in it.

    Returns
    -------
    DataFrame
        One row each: `folder`, `what` (the kind of design, or "run"), `points`, `worlds`, `done`
        (worlds on disk), `seed`, `megabytes`, and `note` if something is wrong with it.
    """
    found = []
    base = Path(folder)
    for file in sorted({*base.glob("run.json"), *base.glob("*/run.json"), *base.glob("*/*/run.json")}):
        found.append(_sweep_row(file.parent))
    for file in sorted({*base.glob("manifest.json"), *base.glob("*/manifest.json")}):
        found.append(_run_row(file))
    return pd.DataFrame(
        found, columns=["folder", "what", "points", "worlds", "done", "seed", "megabytes", "note"]
    )


def _sweep_row(folder: Path) -> dict[str, Any]:
    row: dict[str, Any] = {
        "folder": str(folder),
        "what": "sweep",
        "megabytes": _megabytes(folder),
        "note": "",
    }
    store = Store(folder)
    try:
        there, plan = store.identity(), store.plan()
    except SweepError as error:
        return row | {"note": str(error)}
    names = {file.name for file in (folder / "rows").glob("rows-*.parquet")}
    done = sum(hi - lo for lo, hi in plan.shards() if store.path("rows", lo, hi).name in names)
    kind = there["design"].get("kind", "sweep")
    note = "" if done == plan.worlds else "not complete; the same command goes on"
    return row | {
        "what": kind,
        "points": plan.points,
        "worlds": plan.worlds,
        "done": done,
        "seed": there["seed"],
        "note": note,
    }


def _run_row(file: Path) -> dict[str, Any]:
    row: dict[str, Any] = {
        "folder": str(file.parent),
        "what": "run",
        "megabytes": _megabytes(file.parent),
        "note": "",
    }
    try:
        made = json.loads(file.read_text(encoding="utf-8"))
        points, worlds, seed = len(made["forms"]), len(made["forms"]) * made["worlds"], made["seed"]
    except (OSError, ValueError, KeyError, TypeError):
        return row | {"note": "its manifest is damaged"}
    return row | {"points": points, "worlds": worlds, "done": worlds, "seed": seed}


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
