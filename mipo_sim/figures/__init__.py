"""Pictures of findings: tables in, matplotlib figures out."""

from mipo_sim.figures.mission import mission_figure
from mipo_sim.figures.style import as_bytes, colour_of

__all__ = ["as_bytes", "colour_of", "mission_figure"]
