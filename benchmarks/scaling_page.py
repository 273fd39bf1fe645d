"""The page docs/scaling.md, from the figures that `benchmarks.scaling` keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mipo_sim.studies.page import paragraph, table_of
from mipo_sim.sweeps.experiment import BLOCK
from mipo_sim.sweeps.plan import MOST_SHARD

BILLION, RUN_MONTHS, CORES = 1e9, 144, 1000
SHARE = 0.85  # of a bare loop that a sweep is held to (benchmarks, sweep_share)
CORE_HOUR, GIGABYTE_MONTH = 0.04, 0.02  # US dollars; assumptions of the order of what clouds ask
RIGHT = "---:"
FILES_A_FOLDER = 100_000  # from here on, file systems and listings grow slow; assumption
HEAD = """\
<!-- Written by `python -m benchmarks.scaling --write`; `--page` makes it anew from what was measured. -->
# Scaling

What a world costs, how that grows, and what a very large sweep would take. Times are processor time of one
core of the machine below; memory is what states take; files are what a sweep leaves. Ratios and powers carry
over to other machines, milliseconds do not.
"""
CURVES = {
    "communities": (
        "Communities",
        "Generated countries, the agencies of the default. From some hundred communities on, a world's cost "
        "follows their number; below, what is done once a month for a block weighs more.",
    ),
    "agencies": (
        "Agencies",
        "The default country, with 1 to 200 agencies of all kinds in the proportions of the default.",
    ),
    "worlds": (
        "Worlds computed together",
        "One world alone pays the whole price of calling each rule; a block shares it. A sweep has blocks of "
        "256.",
    ),
}


def page_of(found: Mapping[str, Any]) -> str:
    """Write the page."""
    made = "; ".join(f"{name} {value}" for name, value in found["machine"].items())
    parts = [HEAD, paragraph(f"Measured with: {made}.")]
    for key, (title, words) in CURVES.items():
        parts += [f"## {title}\n", paragraph(words), _curve(found[key]), _power(key, found[key])]
    parts += ["## Files\n", _files(found["sweeps"]), "## Points of a design\n", _points(found["points"])]
    parts += ["## A million worlds\n", _million(found["million"])]
    parts += ["## A billion worlds\n", _billion(found)]
    return "\n".join(parts).rstrip() + "\n"


def _curve(rows: Sequence[Mapping[str, float]]) -> str:
    heads = (
        "communities",
        "agencies",
        "agents",
        "worlds a block",
        "µs a world and month",
        "ns an agent and month",
        "kB a world",
    )
    return table_of(
        heads,
        [
            (
                f"{row['communities']:,.0f}",
                f"{row['agencies']:,.0f}",
                f"{row['agents']:,.0f}",
                f"{row['worlds']:,.0f}",
                f"{1000 * row['ms']:,.1f}",
                f"{1e6 * row['ms'] / row['agents']:,.0f}",
                f"{row['kilobytes']:,.0f}",
            )
            for row in rows
        ],
        RIGHT,
    )


def _power(key: str, rows: Sequence[Mapping[str, float]]) -> str:
    size = [row[key] for row in rows]
    time, memory = (slope(size, [row[name] for row in rows]) for name in ("ms", "kilobytes"))
    if key == "worlds":
        return paragraph(
            f"Over the larger half, the time of a world grows with the power {time:.2f} of the block."
        )
    return paragraph(
        f"Over the larger half, time grows with the power {time:.2f} of their number, and memory with "
        f"the power {memory:.2f}: 1 is in proportion, 2 by squares."
    )


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """By what power `y` grows with `x` over the larger half of the sizes."""
    half = len(x) // 2
    return float(np.polyfit(np.log(x[half:]), np.log(y[half:]), 1)[0])


def _files(sweeps: Sequence[Mapping[str, float]]) -> str:
    rows = [
        (
            f"{row['worlds']:,.0f}",
            f"{row['files']:,.0f}",
            f"{row['bytes'] / 1000:,.0f}",
            f"{row['bytes_of_rows'] / row['worlds']:,.0f}",
            f"{1e6 * row['read_seconds'] / row['worlds']:,.1f}",
            f"{row['read_bytes'] / row['worlds']:,.0f}",
        )
        for row in sweeps
    ]
    heads = (
        "worlds",
        "files",
        "kB in all",
        "bytes a world",
        "µs to read a world",
        "bytes of memory once read",
    )
    return "A sweep of one point; the outcomes of each world are kept, compressed.\n\n" + table_of(
        heads, rows, RIGHT
    )


def _points(points: Sequence[Mapping[str, float]]) -> str:
    rows = [(f"{row['points']:,.0f}", f"{row['seconds']:.2f}") for row in points]
    return "From a Sobol design of three axes to the first shard that a worker gets.\n\n" + table_of(
        ("points", "seconds"), rows, RIGHT
    )


def _million(found: Mapping[str, Any]) -> str:
    about = f"""
    Run by `python -m benchmarks.million`: {found["worlds"]:,} worlds of {found["months"]} months in
    {found["communities"]} communities, at {found["points"]:,} points; {found["megabytes"]:,.0f} MB on disk.
    Each line is a process of its own; memory is that of its largest, workers included. Small countries and
    short runs make the living cheap, as the curves above tell; all else goes with the number of worlds."""
    heads = ("what is done, reading included", "seconds of processor time", "GB of memory")
    rows = [(step["what"], f"{step['seconds']:,.0f}", f"{step['gigabytes']:.2f}") for step in found["steps"]]
    return paragraph(about) + "\n" + table_of(heads, rows, RIGHT)


def _billion(found: Mapping[str, Any]) -> str:
    """What 10^9 worlds of the default take, worked out from the figures above."""
    usual = next(row["ms"] for row in found["worlds"] if row["worlds"] == BLOCK)
    hours = BILLION * usual * RUN_MONTHS / 3.6e6 / SHARE
    last, shards = found["sweeps"][-1], BILLION / MOST_SHARD
    disk = BILLION * last["bytes_of_rows"] / last["worlds"] / 1e9
    memory = BILLION * last["read_bytes"] / last["worlds"] / 1e9
    read = BILLION * last["read_seconds"] / last["worlds"] / 3600
    start = found["points"][-1]["seconds"]
    assumed = f"""
    Not run: worked out from the figures above, for runs of {RUN_MONTHS} months with the default country, a
    sweep at {SHARE:.0%} of the bare engine, {CORES:,} cores, and prices that are assumptions
    (${CORE_HOUR:.2f} a core-hour, ${GIGABYTE_MONTH:.2f} a gigabyte-month)."""
    lines = (
        ("core-hours", f"{hours:,.0f}"),
        (f"hours on {CORES:,} cores", f"{hours / CORES:,.1f}"),
        ("computing", f"${hours * CORE_HOUR:,.0f}"),
        ("disk for outcomes", f"{disk:,.0f} GB"),
        ("disk, a month", f"${disk * GIGABYTE_MONTH:,.0f}"),
        ("files of outcomes", f"{shards:,.0f}"),
        ("memory to hold all outcomes at once", f"{memory:,.0f} GB"),
        ("one process to read them all", f"{read:,.1f} hours"),
    )
    breaks = (
        f"""**Holding the results.** `load(...).outcomes` reads all worlds into memory: {memory:,.0f} GB.
        Summaries by point and the report read shard by shard where they can; a data frame of all worlds
        has to be taken column by column or point by point from the Parquet files, with any tool that
        streams them.""",
        f"""**The number of files.** {shards:,.0f} files of {MOST_SHARD:,} worlds lie in one folder; listings
        grow slow beyond some {FILES_A_FOLDER:,}. Splitting the sweep by its points into ten or more folders
        keeps each below that.""",
        f"""**One process that hands out work.** It sends {shards:,.0f} shards; at a millisecond each that is
        {shards / 3.6e6:.1f} hours beside {hours / CORES:,.1f} hours of computing, so that more than some
        {3.6e6 * hours / shards:,.0f} cores would wait for it.""",
        f"""**The bounds of a sweep.** Up to a million replicates of a point, and a start that takes
        {start:.1f} s for a million points; a billion worlds are a thousand points or more.""",
    )
    listed = (paragraph(f"{number}. {text}") for number, text in enumerate(breaks, 1))
    table = table_of(("what it takes", "how much"), lines, RIGHT)
    return "\n".join((paragraph(assumed), table, "What would break first, in this order:\n", *listed))
