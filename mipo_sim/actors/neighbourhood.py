"""The neighbourhood: conflicts across the border that send arms and refugees, and regional mediators."""

import numpy as np

from mipo_sim.ensemble import Actor, State


class Neighbour(Actor):
    """A neighbouring country. Conflicts span borders, and a region can make one worse (E8).

    Johannesburg 2007, sections 1 and 6.
    """

    fortune = State(unit="standard deviations", doc="Political fortune of the neighbour.")
    conflict = State(low=0, high=1, unit="share", doc="Intensity of the neighbour's own conflict.")
    spill = State(low=0, high=1, unit="share", doc="Arms and fighters that cross the border.")

    def turn(self) -> None:
        """The neighbour's conflict wanders around the level that the situation sets."""
        memory = self.p.neighbourhood.memory
        fresh = self.month_luck("fortune")
        self.fortune = memory * self.fortune + np.sqrt(1 - memory * memory) * fresh
        level = self.p.situation.neighbour_conflict
        odds = level / (1 - level) * np.exp(self.p.neighbourhood.swing * self.fortune)
        self.conflict = odds / (1 + odds)

    def spill_over(self) -> None:
        """Arms and fighters cross where no mission with a cross-border approach stops them."""
        held = self.p.neighbourhood.border_hold * self.p.mandate.cross_border
        self.spill = self.conflict * (1 - held * self.model.headquarters.staff_presence)
