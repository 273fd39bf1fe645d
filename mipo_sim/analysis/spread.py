"""What makes worlds of the model differ, as found once over forms, situations, parameters and luck.

A run or a sweep seldom varies all four, so that no single result can tell what its own spread leaves
out. The study behind the table does: `mipo validate --spread` computes it again.
"""

from collections.abc import Hashable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from mipo_sim.outcomes import HEADLINE

ODDS = "These are odds over many simulated worlds, not a forecast of any country."
FILE = Path(__file__).parent / "spread.csv"


@cache
def known_spread() -> pd.DataFrame:
    """Read the shares of variance that the study found.

    Returns
    -------
    DataFrame
        One row for each outcome and source of spread: `outcome`, `effect` (`luck`, `parameters`,
        `situation`, `form`; see `variance_shares(by="source")`), `share`, `low`, `high` (95 %), `worlds`,
        and what the study was made of: `forms`, `situations`, `draws` (of parameters), `replicates`,
        `seed`, `rules` (digest of the model's source), `mipo_sim`.
    """
    return pd.read_csv(FILE, dtype={"rules": str})


def spread_of(outcome: str) -> pd.DataFrame:
    """Read the shares of one outcome; no rows where the study did not look at it."""
    table = known_spread()
    return table[table["outcome"] == outcome].reset_index(drop=True)


def in_a_sentence(outcome: str) -> str:
    """Say in a line what makes worlds differ in an outcome, for the foot of a picture or table."""
    told = [f"{row['effect']} {_percent(row)}" for row in spread_of(outcome).to_dict("records")]
    return ", ".join(told)


def split() -> str:
    """Say what makes worlds differ in the headline outcome, for the foot of every headline picture."""
    return (
        f"Across the model, relapse within 5 years differs by {in_a_sentence(HEADLINE)}; see docs/spread.md."
    )


def caveat() -> str:
    """Say what to keep in mind with every headline: these are odds, and what else moves them."""
    return f"{ODDS}\n{split()}"


def _percent(row: Mapping[Hashable, Any]) -> str:
    return f"{100 * max(row['share'], 0):.0f} % ({100 * max(row['low'], 0):.0f}–{100 * row['high']:.0f})"
