"""What is measured: monthly series, and outcomes of a world, each with unit and direction."""

from mipo_sim.outcomes.measures import HEADLINE, OUTCOMES, SERIES, Measure
from mipo_sim.outcomes.recorder import Recorder
from mipo_sim.outcomes.world import outcomes_of

__all__ = ["HEADLINE", "OUTCOMES", "SERIES", "Measure", "Recorder", "outcomes_of"]
