"""Pictures of findings: tables in, matplotlib axes or figures out.

Every function takes the table that the analysis of the same question gives, and draws on a sheet of its own
or on axes given to it. `sign` writes below a picture what made it, `as_bytes` makes a file of it.

| question | functions |
|---|---|
| how long peace lasts, and what ends it | `survival_curves`, `hazards`, `ends_over_time` |
| what a form changes | `forest` |
| which form to choose | `best_heatmap`, `robustness_dots`, `trade_off` |
| what the outcome depends on | `sobol_bars`, `morris_points`, `variance_bars`, `spread_strip`, `box_limits` |
| where time and money go | `overhead_bars`, `money_flows`, `lines_over_months` |
| everything in one picture | `mission_figure`, `comparison_figure` |
"""

from mipo_sim.figures.boxes import box_limits
from mipo_sim.figures.cells import comparison_figure
from mipo_sim.figures.choosing import best_heatmap, robustness_dots, trade_off
from mipo_sim.figures.dependence import morris_points, sobol_bars, spread_strip, variance_bars
from mipo_sim.figures.differences import forest
from mipo_sim.figures.effort import overhead_bars
from mipo_sim.figures.mission import mission_figure
from mipo_sim.figures.months import lines_over_months, money_flows
from mipo_sim.figures.page import sign
from mipo_sim.figures.peace import ends_over_time, hazards, survival_curves
from mipo_sim.figures.style import as_bytes, colour_of

__all__ = [
    "as_bytes",
    "best_heatmap",
    "box_limits",
    "colour_of",
    "comparison_figure",
    "ends_over_time",
    "forest",
    "hazards",
    "lines_over_months",
    "mission_figure",
    "money_flows",
    "morris_points",
    "overhead_bars",
    "robustness_dots",
    "sign",
    "sobol_bars",
    "spread_strip",
    "survival_curves",
    "trade_off",
    "variance_bars",
]
