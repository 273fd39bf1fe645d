"""Peacekeeping troops: United Nations contingents and a regional brigade.

Troops are a capacity of their own, apart from the effort of civilian posts.
"""

import numpy as np

from mipo_sim.ensemble import Actor, State, by_subkind, total


class Force(Actor):
    """A body of troops under the force commander."""

    deployed = State(low=0, high=1, unit="share of authorised", doc="Troops that have arrived and not left.")
    effective = State(low=0, unit="thousand troops", doc="Troops that act as one force on the mandate.")

    def deploy(self) -> None:
        """Contingents arrive over most of a year and leave as the mission draws down."""
        goal = self.p.force.ceiling * self.model.headquarters.presence
        arriving = self.p.force.arrival_months * (1 + self._supply_gap())
        pace = np.where(goal < self.deployed, 1, 1 / arriving)
        self.deployed += pace * (goal - self.deployed)

    def per_thousand(self) -> np.ndarray:
        """Effective troops for every thousand people of the country, over all bodies of troops."""
        everyone = self.model.force
        return 1000 * total(everyone.effective, axis=0) / self.model.country.district_people.sum()

    def use(self) -> np.ndarray:
        """Use of force that people see: the mandate's, as far as troops are there to use it."""
        there = total(self.model.force.deployed, axis=0) / len(self.model.force)
        return self.p.mandate.use_of_force * there

    @by_subkind
    def muster(self) -> None:
        """Count the troops that act on the mandate: loose political control costs (B7)."""
        self._muster(self.p.mandate.troops)

    def _muster(self, fit: np.ndarray) -> None:
        control = 1 - self.p.force.control_loss * (1 - self.p.mandate.political_control)
        self.effective = self.deployed * fit * control / (1 + self._supply_gap())

    def _supply_gap(self) -> np.ndarray:
        return self.p.mandate.logistics_gap


class Contingents(Force):
    """Troops from single states: caveats and doctrines differ from one contributor to the next (F2)."""

    def muster(self) -> None:
        """Every contributor brings caveats; common training removes some (B9)."""
        caveats = self.p.force.caveats * (1 - 0.5 * self.p.training.common)
        self._muster(self.p.mandate.troops * (1 - self.p.partners.regional_troops) * (1 - caveats))


class RegionalBrigade(Force):
    """A brigade of the regional organisation: one line and doctrine, thinner means, other duties (F1-F4)."""

    def muster(self) -> None:
        """Capability, supply and a double claim by other crises of the region set what is there."""
        partners = self.p.partners
        skill = 1 - (1 - partners.regional_capability) * (1 - 0.5 * self.p.training.common)
        claimed = partners.overlapping_membership * total(self.model.neighbours.conflict, axis=0)
        claimed = claimed / len(self.model.neighbours)
        joined = 1 - self.p.force.unlinked_loss * (1 - partners.interlock)
        fit = self.p.mandate.troops * partners.regional_troops
        self._muster(fit * skill * (1 - claimed) * joined)

    def _supply_gap(self) -> np.ndarray:
        """Regional forces lack lift and stores as they lack means (F3)."""
        lacking = self.p.force.regional_gap * (1 - self.p.partners.regional_capability)
        return self.p.mandate.logistics_gap + lacking
