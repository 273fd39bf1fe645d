"""How cost grows with communities, agencies, worlds and points: `python -m benchmarks.scaling [--write]`.

Each point of a curve is the best of some rounds of processor time on one core. `--write` keeps the figures
in `scaling.json` and makes docs/scaling.md from them; `--page` makes the page alone.
"""

import argparse
import gc
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from benchmarks.machine import machine
from benchmarks.scaling_page import page_of
from benchmarks.sweeps import start_of
from mipo_sim.model import MissionModel
from mipo_sim.sweeps.designs import make_design
from mipo_sim.sweeps.experiment import BLOCK
from mipo_sim.sweeps.plan import MOST_SHARD
from mipo_sim.sweeps.sweep import Sweep
from mipo_sim.sweeps.sweep_results import SweepResults

KEPT = Path(__file__).with_name("scaling.json")
PAGE = Path(__file__).parents[1] / "docs" / "scaling.md"
MONTHS, ROUNDS = 12, 2
MOST_BYTES = 400e6  # of states in a block: what a worker has for them
COMMUNITIES = ((2, 5), (6, 8), (14, 9), (50, 10), (100, 20), (250, 20))  # districts, and communities in each
AGENCIES = (1, 4, 18, 50, 100, 200)
WORLDS = (1, 4, 16, 64, 256, 512)  # of one block
SWEPT = (100, 1_000, 10_000)  # worlds of a sweep whose files are weighed and read
POINTS = (10, 1_000, 100_000, 1_000_000)  # of designs that are planned but not lived
# Kinds of agency by the parameter that counts them: how many by default, and at most.
KINDS = {
    "partners.mission_components": (6, 60),
    "partners.humanitarian_agencies": (4, 60),
    "partners.country_team_agencies": (3, 60),
    "partners.ngo_groups": (2, 60),
    "partners.bank_programmes": (1, 20),
    "partners.bilateral_programmes": (1, 20),
    "partners.regional_bodies": (1, 10),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scaling", description="Measure how cost grows."
    )
    parser.add_argument("--write", action="store_true", help=f"keep the figures and make docs/{PAGE.name}")
    parser.add_argument("--page", action="store_true", help="make the page from the figures that are kept")
    asked = parser.parse_args()
    if not asked.page:
        found = measure()
        if not asked.write:
            return
        kept = (
            json.loads(KEPT.read_text(encoding="utf-8")) | found
        )  # with a million worlds, benchmarks.million
        KEPT.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(page_of(json.loads(KEPT.read_text(encoding="utf-8"))), encoding="utf-8")


def measure() -> dict[str, Any]:
    """Measure all curves."""
    found: dict[str, Any] = {"machine": machine()}
    found["communities"] = _curve("communities", COMMUNITIES, lambda size: country(*size))
    found["agencies"] = _curve("agencies", AGENCIES, agencies)
    found["worlds"] = _curve("worlds of a block", WORLDS, lambda worlds: ({}, {"worlds": worlds}))
    found["sweeps"] = [swept(worlds) for worlds in SWEPT]
    found["points"] = [planned(points) for points in POINTS]
    return found


def country(districts: int, each: int) -> tuple[dict[str, float], dict[str, Any]]:
    """A generated country of some size."""
    return {"country.districts": districts, "country.communities_per_district": each}, {"map": "generated"}


def agencies(count: int) -> tuple[dict[str, float], dict[str, Any]]:
    """So many agencies, of all kinds in turn as the default has them, as far as there may be."""
    whole = sum(usual for usual, _ in KINDS.values())
    turns = sorted(
        ((place + 0.5) / usual, name)
        for name, (usual, most) in KINDS.items()
        for place in range(math.ceil(min(most, usual * (count / whole + 1))))
    )
    chosen = [name for _, name in turns[:count]]
    return {name: chosen.count(name) for name in KINDS}, {}


def _curve(
    name: str, sizes: tuple[Any, ...], build: Callable[[Any], tuple[dict[str, float], dict[str, Any]]]
) -> list[dict[str, float]]:
    rows = []
    for size in sizes:
        values, named = build(size)
        rows.append(_cost(values, named))
        row = rows[-1]
        print(
            f"{name}: {size!s:10} {row['agents']:6.0f} agents {row['worlds']:5.0f} worlds a block "
            f"{row['ms']:8.3f} ms a world and month {row['kilobytes']:9.1f} kB a world",
            flush=True,
        )
    return rows


def _cost(values: Mapping[str, float], named: Mapping[str, Any]) -> dict[str, float]:
    """Time and memory of a world and month, in as large a block as memory allows."""
    one = _model(values, {**named, "worlds": 1})
    size = sum(array.nbytes for actor in one.actors().values() for array in actor.arrays.values())
    row = {"communities": len(one.communities), "agencies": len(one.agencies), "agents": len(one.agents)}
    worlds = named.get("worlds", int(min(BLOCK, max(1, MOST_BYTES // size))))
    best = math.inf
    for _ in range(ROUNDS):
        model = _model(values, {**named, "worlds": worlds})
        for _ in range(3):  # what is only slow at first
            model.step()
        start = process_time()
        for _ in range(MONTHS):
            model.step()
        best = min(best, 1000 * (process_time() - start) / MONTHS / worlds)
        del model
        gc.collect()
    return {**row, "worlds": worlds, "ms": best, "kilobytes": size / 1000}


def _model(values: Mapping[str, float], named: Mapping[str, Any]) -> MissionModel:
    return MissionModel(dict(values), months=MONTHS + 3, **named)


def swept(worlds: int) -> dict[str, float]:
    """Weigh the files of a sweep of one point, and time how they are read."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "sweep"
        start = perf_counter()
        Sweep(make_design({"kind": "none"}), folder, replicates=worlds).run()
        lived = perf_counter() - start
        sizes = {file: file.stat().st_size for file in folder.rglob("*") if file.is_file()}
        start = perf_counter()
        rows = SweepResults(folder).outcomes
        read = perf_counter() - start
        memory = float(rows.memory_usage(deep=True).sum())
    of_rows = sum(size for file, size in sizes.items() if "rows" in file.as_posix())
    print(
        f"a sweep of {worlds:,} worlds: {of_rows / worlds:,.0f} bytes a world, read in {read:.2f} s",
        flush=True,
    )
    return {
        "worlds": worlds,
        "seconds": lived,
        "files": len(sizes),
        "bytes": sum(sizes.values()),
        "bytes_of_rows": of_rows,
        "read_seconds": read,
        "read_bytes": memory,
    }


def planned(points: int) -> dict[str, float]:
    """Time the way from a design to its first shard."""
    seconds = min(start_of(points) for _ in range(ROUNDS))
    print(f"a design of {points:,} points: first shard after {seconds:.2f} s", flush=True)
    return {"points": points, "seconds": seconds, "shards_of_full_size": math.ceil(points * 100 / MOST_SHARD)}


if __name__ == "__main__":
    main()
