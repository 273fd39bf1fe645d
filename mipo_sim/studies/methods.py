"""The analyses that a study can ask for, by name: how each finds, lays out, words and draws its table."""

from mipo_sim.studies import comparing, explaining, lasting
from mipo_sim.studies.method import Method

METHODS: dict[str, Method] = {
    "levels": comparing.LEVELS,
    "differences": comparing.DIFFERENCES,
    "best_by_situation": comparing.BEST,
    "overhead_by_cause": comparing.OVERHEAD,
    "robustness": comparing.ROBUSTNESS,
    "trade_off_front": comparing.FRONT,
    "survival": lasting.SURVIVAL,
    "months_of_peace": lasting.MONTHS,
    "competing_ends": lasting.ENDS,
    "variance_shares": explaining.VARIANCE,
    "sobol_indices": explaining.SOBOL,
    "morris_effects": explaining.MORRIS,
    "scenario_boxes": explaining.BOXES,
}
