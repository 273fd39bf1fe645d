"""From a table of outcomes to a table of findings.

Every function takes the table of outcomes (`outcomes` of a run or a sweep: one row a world)
and returns a tidy table. None of them knows how the worlds were computed.

| question | functions |
|---|---|
| how often, how much, how much more | `odds`, `means`, `levels`, `paired_differences`, `overhead_by_cause` |
| how long peace lasts | `survival`, `restricted_mean`, `restricted_mean_differences`, `log_rank` |
| when it ends, and by what | `hazard_by_period`, `competing_ends` |
| which form is best where, and which stands everywhere | `best_by_situation`, `robustness` |
| what can be had together | `trade_off_front` |
| what the outcome depends on | `sobol_indices`, `morris_effects`, `differences_by_point`, `variance_shares` |
| in which part of the space it happens | `scenario_boxes` |
"""

from mipo_sim.analysis.best import best_by_situation
from mipo_sim.analysis.cells import compare_cells, readable_comparison
from mipo_sim.analysis.discovery import scenario_boxes
from mipo_sim.analysis.endings import competing_ends, hazard_by_period
from mipo_sim.analysis.findings import (
    PairingError,
    levels,
    means,
    odds,
    overhead_by_cause,
    paired_differences,
)
from mipo_sim.analysis.front import trade_off_front
from mipo_sim.analysis.intervals import agresti_min, garwood, student, wilson
from mipo_sim.analysis.robustness import robustness
from mipo_sim.analysis.sensitivity import differences_by_point, morris_effects, sobol_indices
from mipo_sim.analysis.survival import log_rank, restricted_mean, restricted_mean_differences, survival
from mipo_sim.analysis.tables import AnalysisError, check_value_of, name_forms, names_by, names_of_points
from mipo_sim.analysis.variance import variance_shares
from mipo_sim.analysis.wording import readable_table
from mipo_sim.outcomes.measures import CAUSES

__all__ = [
    "CAUSES",
    "AnalysisError",
    "PairingError",
    "agresti_min",
    "best_by_situation",
    "check_value_of",
    "compare_cells",
    "competing_ends",
    "differences_by_point",
    "garwood",
    "hazard_by_period",
    "levels",
    "log_rank",
    "means",
    "morris_effects",
    "name_forms",
    "names_by",
    "names_of_points",
    "odds",
    "overhead_by_cause",
    "paired_differences",
    "readable_comparison",
    "readable_table",
    "restricted_mean",
    "restricted_mean_differences",
    "robustness",
    "scenario_boxes",
    "sobol_indices",
    "student",
    "survival",
    "trade_off_front",
    "variance_shares",
    "wilson",
]
