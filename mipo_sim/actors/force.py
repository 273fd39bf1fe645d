"""Peacekeeping troops: United Nations contingents and a regional brigade.

Troops are a capacity of their own, apart from the effort of civilian posts.
"""

from collections.abc import Mapping

import numpy as np

from mipo_sim.ensemble import Actor, State, by_subkind, total


class Force(Actor):
    """A body of troops under the force commander."""

    deployed = State(low=0, high=1, unit="share of authorised", doc="Troops that have arrived and not left.")
    effective = State(low=0, unit="thousand troops", doc="Troops that act as one force on the mandate.")

    @by_subkind
    def deploy(self) -> None:
        """Contingents arrive over most of a year and leave as the mission draws down."""
        self._arrive(self.p.mandate.logistics_gap)

    def _arrive(self, supply_gap: np.ndarray) -> None:
        goal = self.p.force.ceiling * self.model.headquarters.presence
        arriving = self.p.force.arrival_months * (1 + supply_gap)
        pace = np.where(goal < self.deployed, 1, 1 / arriving)
        self.deployed += pace * (goal - self.deployed)

    def keep_troops(self, before: Mapping[str, np.ndarray]) -> None:
        """A higher ceiling sends nobody by itself: the troops there are stay, and more come in their time."""
        self.deployed = self.deployed / self.p.grown("mandate.troops", before)

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
        """Count the troops that act on the mandate."""
        self._muster(self.p.mandate.troops, self.p.mandate.logistics_gap)

    def _muster(self, fit: np.ndarray, supply_gap: np.ndarray) -> None:
        """Loose political control and thin supply cost (B7)."""
        control = 1 - self.p.force.control_loss * (1 - self.p.mandate.political_control)
        self.effective = self.deployed * fit * control / (1 + supply_gap)


class Contingents(Force):
    """Troops from single states: caveats and doctrines differ from one contributor to the next (F2)."""

    def muster(self) -> None:
        """Every contributor brings caveats; common training removes some (B9)."""
        caveats = self.p.force.caveats * (1 - self.p.force.trained_caveats * self.p.training.common)
        fit = self.p.mandate.troops * (1 - self.p.partners.regional_troops) * (1 - caveats)
        self._muster(fit, self.p.mandate.logistics_gap)


class RegionalBrigade(Force):
    """A brigade of the regional organisation: one line and doctrine, thinner means, other duties (F1-F4)."""

    def deploy(self) -> None:
        """Lift is short, and so arrival is slow (F3)."""
        self._arrive(self._supply_gap())

    def muster(self) -> None:
        """Capability, supply and a double claim by other crises of the region set what is there."""
        partners, trained = self.p.partners, self.p.force.trained_brigade * self.p.training.common
        skill = 1 - (1 - partners.regional_capability) * (1 - trained)
        claimed = total(self.model.neighbours.conflict, axis=0) / len(self.model.neighbours)
        free = 1 - partners.overlapping_membership * claimed
        joined = 1 - self.p.force.unlinked_loss * (1 - partners.interlock)
        self._muster(
            self.p.mandate.troops * partners.regional_troops * skill * free * joined, self._supply_gap()
        )

    def _supply_gap(self) -> np.ndarray:
        lacking = self.p.force.regional_gap * (1 - self.p.partners.regional_capability)
        return self.p.mandate.logistics_gap + lacking
