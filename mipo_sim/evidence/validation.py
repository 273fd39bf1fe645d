"""Targets and sign tests recomputed and judged, and kept as data with what they were computed by."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from mipo_sim.evidence import signs, targets
from mipo_sim.evidence.forms import Form, Keep, Record, forms, live_through
from mipo_sim.evidence.limit_settings import LIMITS
from mipo_sim.evidence.records import keep_record
from mipo_sim.parameters import complete
from mipo_sim.sweeps.identity import DECIDING, source_digest
from mipo_sim.version import __version__

# Source that decides what is read from a world, beside what decides the world.
MEASURING = tuple(f"evidence/{part}.py" for part in ("forms", "records", "statistics", "targets", "signs"))
WORLDS, SEED = 500, 90210  # the seed serves for nothing else
PILOT = 16  # worlds in which a change of the model is looked for
MOVED = 2  # of these a rounding on another processor may move over a threshold
CLOSE = 1e-3  # relative; other processors round otherwise

Verdict = Literal["inside", "outside", "undecided", "not known"]
BothParts = tuple[Mapping[str, Record], Mapping[str, Record]]  # records for targets, and for sign tests


def verdict(low: float, high: float, start: float, end: float) -> Verdict:
    """Judge an interval against a band.

    Parameters
    ----------
    low, high : float
        The band, ends included; infinite where there is no bound.
    start, end : float
        The interval.

    Returns
    -------
    {"inside", "outside", "undecided", "not known"}
        Whether the interval lies in the band, beside it, or over an edge; "not known" if there is none.
    """
    if np.isnan(start) or np.isnan(end):
        return "not known"
    if low <= start and end <= high:
        return "inside"
    return "outside" if end < low or start > high else "undecided"


def live(
    worlds: int, seed: int = SEED, workers: int | None = None, progress: Callable[[int], None] | None = None
) -> BothParts:
    """Live through all forms that targets and sign tests need.

    Parameters
    ----------
    worlds, seed, workers, progress
        As for `live_through`; progress counts the worlds of both parts together.

    Returns
    -------
    tuple of mappings
        Records for the targets and for the sign tests, by form, arrays `[..., world]`.
    """
    found: list[Mapping[str, Record]] = []
    before = 0
    for needed, keep in _parts():

        def report(done: int, before: int = before) -> None:
            if progress is not None:
                progress(before + done)

        lived = live_through(needed, keep, worlds=worlds, seed=seed, workers=workers, progress=report)
        found.append(targets.of_set(lived, 0))
        before += worlds * len(needed)
    return found[0], found[1]


def count_worlds(worlds: int) -> int:
    """How many worlds `live` computes for so many of each form."""
    return worlds * sum(len(needed) for needed, _ in _parts())


def _parts() -> tuple[tuple[list[Form], Keep], ...]:
    return (
        (targets.needed_forms(targets.declared_targets().values()), keep_record),
        (signs.needed_forms(signs.declared_tests().values()), signs.keep_effects),
    )


def judge(lived: BothParts, worlds: int, seed: int = SEED) -> pd.DataFrame:
    """Judge all targets and sign tests.

    Returns
    -------
    DataFrame
        One row each: `part` (target or sign), `row`, `low`, `high`, `value`, `start`, `end`, `worlds`,
        `verdict`, and `pilot` and `reach`: the value in the first few worlds alone, and by how much one
        of these worlds moves it. Without these two where there are fewer worlds than that.
    """
    of_targets, of_signs = lived
    table = pd.concat(
        [
            targets.judged_targets(of_targets, worlds, seed).assign(part="target"),
            signs.judged_effects(of_signs).assign(part="sign"),
        ],
        ignore_index=True,
    )
    table.insert(0, "part", table.pop("part"))
    table = with_verdicts(table)
    return table.merge(pilot(lived), on="row") if worlds >= PILOT else table


def pilot(lived: BothParts) -> pd.DataFrame:
    """Every value in the first few worlds alone: `row`, `pilot`, `reach`.

    The reach is the most by which leaving out one of these worlds moves the value.
    """
    of_targets, of_signs = lived
    figures = {row: targets.figure_of(each, of_targets) for row, each in targets.declared_targets().items()}
    for row, test in signs.declared_tests().items():
        effect = signs.effect_of(test, of_signs)
        figures[row] = partial(_mean, effect)
    first = np.arange(PILOT)
    rows = []
    for row, figure in figures.items():
        value = figure(first)
        moved = [abs(figure(np.delete(first, world)) - value) for world in first]
        rows.append((row, value, np.nanmax([0, *moved])))
    return pd.DataFrame(rows, columns=["row", "pilot", "reach"])


def _mean(effect: np.ndarray, drawn: np.ndarray) -> float:
    defined = effect[drawn][~np.isnan(effect[drawn])]
    return float(defined.mean()) if len(defined) else np.nan


def made_by(worlds: int, seed: int) -> dict[str, Any]:
    """Say what computes the numbers: version, digests of the rules and of the forms, worlds, seed."""
    return {
        "mipo_sim": __version__,
        "rules": source_digest((*DECIDING, *MEASURING)),
        "forms": _forms_digest(),
        "worlds": worlds,
        "seed": seed,
    }


def _forms_digest() -> str:
    """Digest of what is lived through and read, options of `configs/` and defaults included."""
    lived = [
        [form.name, form.months, form.map, {n: float(v) for n, v in complete(form.values).items()}]
        for form in forms().values()
    ]
    read = [[each.row, each.forms, each.statistic] for each in targets.declared_targets().values()]
    compared = [[test.row, dict(test.forms), test.measure] for test in signs.declared_tests().values()]
    return hashlib.sha256(json.dumps([lived, read, compared], sort_keys=True).encode()).hexdigest()[:16]


def changes(committed: pd.DataFrame, made: Mapping[str, Any], workers: int | None = 1) -> list[str]:
    """Find where committed results differ from what the model of today does, in plain words.

    If rules and forms are as they were, to the letter, nothing is computed. Otherwise the first few
    worlds are lived through again: a change that leaves every figure where it was, but for as much as
    rounding on another processor explains, is none.

    Parameters
    ----------
    committed : DataFrame
        Rows as `judge` gives them.
    made : mapping
        What computed them, as `made_by` says it.
    workers : int, optional
        Processes.
    """
    now = made_by(made["worlds"], made["seed"])
    if all(now[key] == made[key] for key in ("rules", "forms")):
        return []
    found = pilot(live(PILOT, made["seed"], workers)).set_index("row")["pilot"]
    before = committed.set_index("row")
    if set(found.index) != set(before.index):
        return [f"rows changed: {', '.join(sorted(set(found.index) ^ set(before.index)))}"]
    return [
        f"{row}: {found[row]:.4g} in the first {PILOT} worlds, was {value:.4g}"
        for row, value, reach in before[["pilot", "reach"]].itertuples()
        if not _alike(found[row], value, MOVED * reach + CLOSE * abs(value))
    ]


def _alike(now: float, before: float, tolerance: float) -> bool:
    return bool(np.isnan(now) and np.isnan(before)) or abs(now - before) <= tolerance


def save(folder: Path, table: pd.DataFrame, made: Mapping[str, Any]) -> None:
    """Write results, limits, and what computed them into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = table.drop(columns=["low", "high", "verdict"])  # bands are declared elsewhere
    kept.to_csv(folder / "result.csv", index=False, float_format="%.6g", lineterminator="\n")
    limits = LIMITS.table()
    limits.to_csv(folder / "limits.csv", index=False, float_format="%.6g", lineterminator="\n")
    (folder / "made_by.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def load(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Read results, judged against the bands of today, limits, and what computed them."""
    of_targets = [(each.row, each.low, each.high) for each in targets.declared_targets().values()]
    of_signs = [(test.row, test.low, test.high) for test in signs.declared_tests().values()]
    bands = pd.DataFrame(of_targets + of_signs, columns=["row", "low", "high"])
    table = bands.merge(pd.read_csv(folder / "result.csv"), on="row", how="left")
    made: dict[str, Any] = json.loads((folder / "made_by.json").read_text(encoding="utf-8"))
    return with_verdicts(table), pd.read_csv(folder / "limits.csv"), made


def with_verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """Add the verdict to rows of band (`low`, `high`) and interval (`start`, `end`)."""
    bounds = table[["low", "high", "start", "end"]].to_numpy(dtype=np.float64)
    return table.assign(verdict=[verdict(*row) for row in bounds])
