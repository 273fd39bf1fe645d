"""From a table of outcomes to a table of findings: odds, means, differences, survival, overhead.

Every function takes the table of outcomes of `Results.outcomes` (one row a world) and returns a
tidy table. None of them knows how the worlds were computed.
"""

from mipo_sim.analysis.findings import (
    CAUSES,
    PairingError,
    means,
    odds,
    overhead_by_cause,
    paired_differences,
)
from mipo_sim.analysis.intervals import agresti_min, student, wilson
from mipo_sim.analysis.survival import survival
from mipo_sim.analysis.wording import readable_table

__all__ = [
    "CAUSES",
    "PairingError",
    "agresti_min",
    "means",
    "odds",
    "overhead_by_cause",
    "paired_differences",
    "readable_table",
    "student",
    "survival",
    "wilson",
]
