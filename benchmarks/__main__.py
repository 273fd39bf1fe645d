"""Measure speed: `make bench`, or `python -m benchmarks`.

Times of the engine are processor time of one core, all others go by the clock on the wall. Ratios are of
times taken in one run, alternately, so that they hold on a machine that others use too; only they are worth
comparing between machines.
"""

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np

from benchmarks import analyses, core, sweeps
from benchmarks.machine import machine
from benchmarks.mesa_twin import MesaTwin
from mipo_sim.model import MissionModel
from mipo_sim.parameters.options import compose
from mipo_sim.sweeps.experiment import BLOCK, Experiment, Situation

BLOCKS = (1, 8, 64, 128, 256, 512)
ROUNDS = 3  # of the whole table; the best counts
REPEATS = 9  # of the three programs of the core, in turn
MONTHS = 48  # of the core in each repeat
ANALYSED = 60_000  # worlds of the sweep that is asked
MISSION = compose()
LAST = Path(__file__).with_name("last.json")

# What the engine is meant to reach: name, figure, whether more is better, words.
TARGETS = (
    ("ms_per_world", 6, False, "ms a world (the aim is 3)"),
    ("agent_months_per_second", 4e6, True, "agent-months a second and core"),
    ("twin_against_ours", 100, True, "times as fast as plain Mesa objects"),
    ("ours_against_compiled", 2.5, False, "times the time of a compiled loop"),
    ("peak_mb", 1024, False, "MB at most"),
    ("sweep_share", 0.85, True, "of what the engine does in one loop a core, in a sweep"),
    ("sweep_peak_mb", 1536, False, "MB at most in any process of a sweep"),
    ("start_seconds", 5, False, "seconds from a design of a million points to the first shard"),
    ("storing_share", 0.05, False, "of a worker's time for storing"),
    ("page_kb", 400, False, "kB of the trainers' page"),
    ("page_paint_ms", 1500, False, "ms to its first paint"),
    ("page_lever_ms", 100, False, "ms from a lever to the first month that was lived with it"),
    ("page_pause_ms", 100, False, "ms from Pause to a page that stands still"),
    ("page_months", 19.5, True, "months a second of 20 asked for"),
    ("page_frames", 50, True, "frames a second meanwhile"),
    ("page_slow_months", 19.5, True, "months a second with the processor four times slower"),
    ("page_slow_frames", 10, True, "frames a second meanwhile"),
)
PARTS = ("engine", "sweeps", "analyses", "page")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure the speed of the engine, of sweeps and of the page."
    )
    parser.add_argument(
        *("--only", "-o"), choices=PARTS, action="append", help="measure this part (can be given again)"
    )
    parser.add_argument(
        "--memory", action=argparse.BooleanOptionalAction, default=True, help="measure memory too"
    )
    parser.add_argument(
        "--full", action="store_true", help="measure memory with 10,000 worlds instead of 2,000"
    )
    parser.add_argument(
        "--sweep",
        type=int,
        default=20_000,
        metavar="WORLDS",
        help="worlds of the sweep that is set against the bare engine (default 20,000; 0 for none)",
    )
    parser.add_argument("--store", action="store_true", help=f"write the figures to {LAST.name}")
    parser.add_argument("--peak", nargs=2, type=int, metavar=("WORLDS", "BLOCK"), help=argparse.SUPPRESS)
    parser.add_argument("--swept", type=int, metavar="WORLDS", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peak:
        print(peak_of(*asked.peak))
        return
    if asked.swept:
        print(*sweeps.swept(asked.swept))
        return
    facts, parts = machine(), asked.only or PARTS
    if hasattr(os, "getloadavg"):
        facts["load"] = f"{os.getloadavg()[0]:.1f} in the last minute"
    found: dict[str, object] = {"machine": facts}
    print("\n".join(f"{name:10} {value}" for name, value in facts.items()), flush=True)
    if "engine" in parts:
        found |= engine(asked.memory, asked.full)
    if "sweeps" in parts and asked.sweep:
        found |= sweeps.measure(asked.sweep)
    if "analyses" in parts:
        found |= analyses.measure(ANALYSED)
    if "page" in parts:
        found |= page()
    verdicts(found)
    if asked.store:
        kept = json.loads(LAST.read_text(encoding="utf-8")) if LAST.is_file() else {}
        LAST.write_text(json.dumps(kept | found, indent=2) + "\n", encoding="utf-8")


def engine(with_memory: bool, full: bool) -> dict[str, object]:
    found = missions()
    found |= phases(int(found["best_block"]))  # type: ignore[call-overload]
    if with_memory:
        found |= memory(10_000 if full else 2_000, BLOCK)
    return found | programs(BLOCK)


def page() -> dict[str, object]:
    """Time the trainers' page; nothing where there is no browser, or nothing to drive it with."""
    try:
        from benchmarks import live_page
    except ImportError:
        print("\nThe trainers' page was not timed: it needs playwright (pip install mipo-sim[test])")
        return {}
    return live_page.measure()


def mission(worlds: int) -> MissionModel:
    """Make the mission that is timed: what `mipo run` runs when nothing else is said."""
    return MissionModel(MISSION.values, worlds=worlds, map=MISSION.map, months=MISSION.months)


def missions() -> dict[str, object]:
    """Time whole missions in blocks of several sizes."""
    print(
        f"\nA whole mission: {MISSION.title}, {MISSION.months} months, set-up and luck included", flush=True
    )
    mission(2).run()  # what is only slow the first time
    best = dict.fromkeys(BLOCKS, np.inf)
    agents = 0
    for _ in range(ROUNDS):
        for block in BLOCKS:
            start = process_time()
            model = mission(block).run()
            best[block] = min(best[block], 1000 * (process_time() - start) / block)
            agents = len(model.agents)
            del model
            gc.collect()  # the model and its agents know each other, and would linger
    print("  worlds in a block " + "".join(f"{block:9d}" for block in best))
    print("  ms a world        " + "".join(f"{time:9.2f}" for time in best.values()))
    block = min(best, key=lambda size: best[size])
    rate = agents * MISSION.months / best[block] * 1000
    print(f"  best: {best[block]:.2f} ms a world in blocks of {block}")
    print(f"  {agents} agents a world, {rate / 1e6:.1f} million agent-months a second", flush=True)
    return {
        "ms_by_block": {str(size): round(float(time), 3) for size, time in best.items()},
        "best_block": block,
        "ms_per_world": float(best[block]),
        "agents": agents,
        "agent_months_per_second": float(rate),
    }


def phases(block: int) -> dict[str, object]:
    """Time each phase of a month over a whole run."""
    model = mission(block)
    times = dict.fromkeys((phase.name for phase, _ in model.phases), 0.0)

    def timed(name: str, acts: list[Callable[[], None]]) -> Callable[[], None]:
        def all_of_them() -> None:
            start = process_time()
            for act in acts:
                act()
            times[name] += process_time() - start

        return all_of_them

    model.phases = [(phase, [timed(phase.name, acts)]) for phase, acts in model.phases]
    model.run()
    whole = sum(times.values())
    print(f"\nBy phase, ms a world in blocks of {block} (and share), set-up left out")
    for name, time in times.items():
        print(f"  {name:26} {1000 * time / block:6.2f} {time / whole:6.0%}")
    sys.stdout.flush()
    return {"ms_by_phase": {name: round(1000 * time / block, 3) for name, time in times.items()}}


def memory(worlds: int, block: int) -> dict[str, object]:
    """Find the most memory that an experiment takes, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks", "--peak", str(worlds), str(block)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    peak = float(done.stdout.split()[-1])
    print(f"\nMemory: at most {peak:.0f} MB for {worlds:,} worlds in blocks of {block}", flush=True)
    return {"peak_mb": peak, "peak_worlds": worlds}


def peak_of(worlds: int, block: int) -> float:
    situation = Situation("bench", map=MISSION.map, months=MISSION.months)
    Experiment({"mission": MISSION.values}, situation, worlds=worlds, block=block).run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def programs(block: int) -> dict[str, object]:
    """Time the core in three programs, in turn: the engine, plain Mesa objects, a compiled loop."""
    print(f"\nThe core (phases {', '.join(core.NAMES)}) in three programs", flush=True)
    try:
        from benchmarks import compiled_loop
    except ImportError:
        sys.exit("the compiled loop needs numba: pip install mipo-sim[bench], or `make bench`")
    model = core.start(MISSION.values, worlds=block, map=MISSION.map, months=core.LEAD_IN + REPEATS * MONTHS)
    starts = [core.world_of(model, world) for world in range(block)]
    worlds = [compiled_loop.world_from(start) for start in starts]
    twin, month = MesaTwin(starts[0]), model.month
    compiled_loop.live(*compiled_loop.world_from(starts[0]), month, 1)  # compile
    times: dict[str, list[float]] = {"ours": [], "twin": [], "compiled": []}
    for repeat in range(REPEATS):
        start = process_time()
        for _ in range(MONTHS):
            model.step()
        times["ours"].append((process_time() - start) / block)
        start = process_time()
        for _ in range(MONTHS):
            twin.step()
        times["twin"].append(process_time() - start)
        start = process_time()
        for world in worlds:
            compiled_loop.live(*world, month, MONTHS)
        times["compiled"].append((process_time() - start) / block)
        month += MONTHS
        if repeat == 0:
            dock(model, [world for _, _, world in worlds], compiled_loop.read)
    each = {name: 1e6 * median(taken) / MONTHS for name, taken in times.items()}
    against = {
        "twin_against_ours": median(t / o for t, o in zip(times["twin"], times["ours"], strict=True)),
        "ours_against_compiled": median(o / c for o, c in zip(times["ours"], times["compiled"], strict=True)),
    }
    against = {name: float(ratio) for name, ratio in against.items()}
    for name, words, ratio in (
        ("ours", f"the engine, in blocks of {block}", ""),
        ("twin", "plain Mesa objects", f"{against['twin_against_ours']:.0f} times the engine's"),
        ("compiled", "a compiled loop", f"the engine's is {against['ours_against_compiled']:.2f} times this"),
    ):
        print(f"  {words:28} {each[name]:8.1f} microseconds a world and month  {ratio}")
    sys.stdout.flush()
    return {"core_microseconds": {name: round(time, 2) for name, time in each.items()}} | against


def dock(model: MissionModel, worlds: list[object], read: Callable[[object, str, str], np.ndarray]) -> None:
    """Make sure that the compiled loop comes to what the engine comes to, in every world."""
    for number, world in enumerate(worlds):
        ours = core.world_of(model, number).states
        for kind, names in core.WRITTEN.items():
            for name in names:
                np.testing.assert_allclose(
                    read(world, kind, name),
                    ours[kind][name],
                    rtol=core.RTOL,
                    atol=core.ATOL,
                    err_msg=f"{kind}.{name}",
                )
    print(f"  after {MONTHS} months the compiled loop and the engine agree in all {len(worlds)} worlds")


def verdicts(found: dict[str, object]) -> None:
    """Say for each target whether it is met, and what it was when figures were stored last."""
    last = json.loads(LAST.read_text(encoding="utf-8")) if LAST.is_file() else {}
    print("\nTargets" + ("; in brackets: against the figures stored last" if last else ""))
    if last and last["machine"] != found["machine"]:
        print(f"  (those come from {'; '.join(last['machine'].values())}: only ratios are worth comparing)")
    for name, figure, more, words in TARGETS:
        if name in found:
            got = float(found[name])  # type: ignore[arg-type]
            met = got >= figure if more else got <= figure
            bound = "at least" if more else "at most"
            then = f" ({got / last[name]:.2f} times)" if last.get(name) else ""
            print(f"  {'met   ' if met else 'missed'} {got:12,.4g} {words}; {bound} {figure:,.4g}{then}")


if __name__ == "__main__":
    main()
