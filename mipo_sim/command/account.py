"""Say in a few lines how the worlds of a sweep fared: which failed, and which broke the model's own books."""

import shlex

import pandas as pd

from mipo_sim.outcomes.audit import BREACHES
from mipo_sim.sweeps.sweep_results import SweepResults

SHOWN = 3  # of failed worlds, and of places where faults gather


def account(results: SweepResults) -> str:
    """Count worlds, failures and breaches, and say where in the design they are."""
    failed, broken = results.failures, results.breaches
    lines = [f"Worlds     {results.plan.worlds:,}, of which {len(failed):,} failed"]
    for row in failed.head(SHOWN).to_dict("records"):
        lines.append(f"           world {row['world']}, month {row['failed_month']}: {row['failed']}")
    if len(failed):
        first = failed["world"].iloc[0]
        lines += _where(results, failed)
        lines.append(
            f"           mipo replay {shlex.quote(str(results.folder))} {first} shows the first again"
        )
    if broken.empty:
        lines.append(f"Checks     work, money and bounds held in all {results.plan.worlds - len(failed):,}")
    else:
        kinds = ", ".join(f"{name.split('_')[1]} {(broken[name] > 0).sum():,}" for name in BREACHES)
        worlds = "1 world" if len(broken) == 1 else f"{len(broken):,} worlds"
        lines.append(f"Checks     {worlds} broke the model's own books ({kinds}):")
        lines += _where(results, broken)
    return "\n".join(lines)


def _where(results: SweepResults, faulty: pd.DataFrame) -> list[str]:
    places = results.where(faulty)
    return [
        f"           {row['faulty']:,} of {row['worlds']:,} where {row['axis']} is {row['value']}"
        for row in places[places["faulty"] > 0].head(SHOWN).to_dict("records")
    ]
