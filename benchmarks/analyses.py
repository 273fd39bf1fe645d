"""What questions to a finished sweep cost, beside reading it: of a sweep whose outcomes are made up."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from mipo_sim.analysis import (
    best_by_situation,
    means,
    odds,
    overhead_by_cause,
    paired_differences,
    robustness,
    survival,
    trade_off_front,
)
from mipo_sim.outcomes import OUTCOMES
from mipo_sim.report import write_report
from mipo_sim.sweeps.designs import Design, make_design
from mipo_sim.sweeps.identity import identity
from mipo_sim.sweeps.plan import Lived, Plan, Shard
from mipo_sim.sweeps.store import Store
from mipo_sim.sweeps.sweep_results import SweepResults
from mipo_sim.sweeps.tables import months_of, rows_of

FORMS = ("coexistence", "coordination", "full")
SITUATIONS = ("weak_state", "post_crisis", "fragile_ceasefire", "active_conflict")
MONTHS = 84
SEED = 2007
ROUNDS = 3  # the best counts


def measure(worlds: int) -> dict[str, object]:
    """Time reading a sweep of so many worlds, and the main questions to it."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "sweep"
        _keep(folder, worlds // (len(FORMS) * len(SITUATIONS)))
        rows = SweepResults(folder).outcomes
        reading = best_of(lambda: SweepResults(folder).outcomes)
        rows = rows.assign(form=rows["integration"])
        one = rows[rows["scenario"] == SITUATIONS[0]]
        times = {
            "means with intervals": lambda: means(rows, ["need_met", "cost"]),
            "odds with intervals": lambda: odds(rows, ["relapse_5_years"]),
            "differences in pairs": lambda: paired_differences(one, "coordination", "full", ["need_met"]),
            "survival": lambda: survival(one, MONTHS),
            "best form by situation": lambda: best_by_situation(rows, "need_met"),
            "robustness": lambda: robustness(rows, "need_met"),
            "front of a trade-off": lambda: trade_off_front(one, ["cost", "need_met"]),
            "lost time by cause": lambda: overhead_by_cause(one),
            "the whole report page": lambda: write_report(folder),
        }
        taken = {name: best_of(ask) for name, ask in times.items()}
    print(f"\nQuestions to a sweep of {len(rows):,} worlds; reading its rows takes {1000 * reading:.0f} ms")
    for name, seconds in taken.items():
        print(f"  {name:24} {1000 * seconds:8.0f} ms, {seconds / reading:6.1f} times the reading")
    return {
        "analysis_worlds": len(rows),
        "analysis_reading_ms": round(1000 * reading, 1),
        "analysis_ms": {name: round(1000 * seconds, 1) for name, seconds in taken.items()},
        "report_against_reading": taken["the whole report page"] / reading,
    }


def best_of(ask: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        ask()
        times.append(perf_counter() - start)
    return min(times)


def _keep(folder: Path, replicates: int) -> None:
    """Keep a sweep of forms by situations whose outcomes are drawn at random."""
    levers, contexts = {"integration": list(FORMS)}, {"scenario": list(SITUATIONS)}
    design = make_design({"kind": "grid", "levers": levers, "contexts": contexts, "base": {"months": MONTHS}})
    plan, store = Plan(design.points, replicates), Store(folder)
    folder.mkdir(parents=True)
    store.begin(identity(plan, SEED, design.as_config(), b""))
    rng = np.random.default_rng(SEED)
    for lo, hi in plan.shards():
        shard = Shard.of(design, plan, SEED, lo, hi)
        lived = _drawn(design, shard, rng)
        store.write(shard, rows_of(shard, lived, "made up"), months_of(shard, lived))


def _drawn(design: Design, shard: Shard, rng: np.random.Generator) -> Lived:
    worlds = len(shard.points)
    lift = (shard.points / design.points).astype(np.float32)  # points differ, as in a true sweep
    shares = {measure.name: rng.random(worlds, np.float32) for measure in OUTCOMES}
    outcomes = {
        measure.name: (shares[measure.name] < 0.3 + 0.4 * lift).astype(np.float32)
        if measure.unit == "0 or 1"
        else shares[measure.name] + lift
        for measure in OUTCOMES
    }
    peace = np.floor(1 + 6 * rng.random(worlds, np.float32))
    back = peace + np.floor(rng.random(worlds, np.float32) * (MONTHS - 12))
    outcomes |= {"peace_month": peace, "relapse_month": np.where(outcomes["relapse"] > 0, back, np.nan)}
    outcomes |= {name: np.zeros(worlds, np.float32) for name in outcomes if name.startswith("breaches")}
    names, every = shard.plan.kept
    months = {name: rng.random((MONTHS // every, worlds), np.float32) for name in names}
    return Lived(outcomes, months, [None] * worlds, np.full(worlds, -1))
