"""A million worlds, lived and asked: `python -m benchmarks.million [--worlds N] [--write]`.

The countries are small and the runs short, so that it fits into half an hour of two cores; what comes after
living, such as the report, depends on the number of worlds alone. `--write` keeps the figures in
`scaling.json`; `python -m benchmarks.scaling --page` makes docs/scaling.md of them.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import machine
from benchmarks.scaling import KEPT

MILLION, POINTS, MONTHS = 1_000_000, 1000, 60
DISTRICTS, COMMUNITIES = 2, 5  # of the country, and of each district
NAME = "million"
ASKED = {  # what is done with the results, by its name on the page
    "all outcomes as a data frame": "outcomes",
    "where relapse is frequent (`boxes()`)": "boxes()",
    "what makes worlds differ (`variance()`)": "variance()",
    "as labelled arrays (`to_xarray()`)": "to_xarray()",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.million", description="Live and ask a million worlds."
    )
    parser.add_argument("--worlds", type=int, default=MILLION, help="how many (default: a million)")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {KEPT.name}")
    asked = parser.parse_args()
    found = lived_and_asked(asked.worlds)
    if asked.write:
        kept = json.loads(KEPT.read_text(encoding="utf-8")) | {"million": found}
        KEPT.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def lived_and_asked(worlds: int) -> dict[str, Any]:
    """Run the sweep by its command, then ask its results, each in a process of its own.

    Parameters
    ----------
    worlds : int
        How many, over 1,000 points.

    Returns
    -------
    dict
        `steps`, each with what it was, seconds of processor time, and the gigabytes of its largest
        process; `megabytes` on disk; and what the worlds were like.
    """
    with TemporaryDirectory() as place:
        folder = Path(place, NAME)
        sweep = (
            *("sweep", "study=funding_space", f"design.n={POINTS}", f"worlds={worlds // POINTS}"),
            *(f"months={MONTHS}", "map=generated", f"country.districts={DISTRICTS}"),
            *(f"country.communities_per_district={COMMUNITIES}", f"name={NAME}", f"output={place}"),
        )
        steps = [
            _step("living, with a worker a core", _mipo(*sweep)),
            _step("the same command again", _mipo(*sweep)),
        ]
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        steps += [
            _step("the report, one file (`mipo report`)", _mipo("report", str(folder))),
            *(_step(what, _python(folder, question)) for what, question in ASKED.items()),
        ]
    return {
        "machine": machine(),
        "worlds": worlds,
        "points": POINTS,
        "months": MONTHS,
        "communities": DISTRICTS * COMMUNITIES,
        "megabytes": size / 1e6,
        "steps": steps,
    }


def _mipo(*words: str) -> Sequence[str]:
    return ("-m", "mipo_sim", *words)


def _python(folder: Path, question: str) -> Sequence[str]:
    return ("-c", f"import mipo_sim; mipo_sim.load({str(folder)!r}).{question}")


def _step(what: str, words: Sequence[str]) -> dict[str, Any]:
    """Do it in a process, and take its time and memory with those of the processes that it has started."""
    child = os.posix_spawn(sys.executable, [sys.executable, *words], os.environ)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{what}: ended with {os.waitstatus_to_exitcode(status)}")
    row = {
        "what": what,
        "seconds": used.ru_utime + used.ru_stime,
        "gigabytes": used.ru_maxrss / 1e6,  # Linux counts in kB
    }
    print(
        f"{what}: {row['seconds']:,.1f} s of processor time, {row['gigabytes']:.2f} GB",
        flush=True,
    )
    return row


if __name__ == "__main__":
    main()
