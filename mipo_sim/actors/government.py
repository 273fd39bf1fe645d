"""The state: settlement, capacity, revenue, soldiers and their pay; and the nation's shared fortune."""

import numpy as np

from mipo_sim.actors.agencies import BilateralProgramme, MissionComponent
from mipo_sim.actors.axes import JUSTICE, REINTEGRATION
from mipo_sim.ensemble import Actor, State, covered, share_of, total


class Government(Actor):
    """The host state, and what is true of the nation as a whole."""

    turmoil = State(
        unit="standard deviations", doc="Political fortune of the nation; heavy-tailed, months long."
    )
    settlement = State(
        low=0, high=1, unit="share", doc="How inclusive and how settled the political deal is."
    )
    progress = State(low=0, high=1, unit="share a month", doc="This month's advance of the deal.")
    capacity = State(low=0, high=1, unit="share", doc="Capacity of state institutions.")
    revenue = State(low=0, unit="share of full pay", doc="Money to pay the whole planned army.")
    soldiers = State(low=0, unit="share of the planned army", doc="Soldiers trained and deployed.")
    arrears = State(low=0, unit="months", doc="Months of pay owed to soldiers.")
    rival_training = State(low=0, high=1, unit="share", doc="Training of forces outside any common plan.")
    bypass = State(
        low=0, high=1, unit="share", doc="Outside work against need: what parallel structures carry."
    )
    predation = State(low=0, high=1, unit="share", doc="How far soldiers live off the population.")
    violence = State(low=0, high=1, unit="share", doc="People-weighted violence in the country.")
    trust = State(low=0, high=1, unit="share", doc="People-weighted trust in the mission.")
    confidence = State(low=0, high=1, unit="share", doc="People-weighted confidence in the state.")
    coverage = State(axes=("sector",), low=0, high=1, unit="share", doc="Share of need met in the country.")
    need_met = State(low=0, high=1, unit="share", doc="Share of all need met in the country.")
    calm_months = State(low=0, unit="months", doc="Months in a row with little violence.")

    @property
    def ownership(self) -> np.ndarray:
        """Share of outsiders' work that goes through national bodies, by choice and by compact (D2, D10)."""
        bound = self.p.capacity.compact_ownership * self.p.ownership.compact
        return 1 - (1 - self.p.ownership.share) * (1 - bound)

    @property
    def compact_talks(self) -> np.ndarray:
        """Time that agreeing on a compact takes at first (D10)."""
        faded = np.exp(np.float64(-self.model.month) / self.p.coordination.compact_months)
        return self.p.ownership.compact * faded.astype(np.float32)

    def begin(self) -> None:
        """Start as the situation says."""
        self.settlement = self.p.situation.settlement
        self.capacity = self.p.situation.state_capacity
        self.soldiers = self.p.situation.army

    def turn(self) -> None:
        """National fortune moves: now and then by a lot (Student's t with four degrees of freedom)."""
        z = self.model.luck.monthly("national fortunes", 1, self.model.month, each=5)[0]
        shock = z[0] / np.sqrt(total(z[1:] ** 2, axis=0) / 4) / np.float32(np.sqrt(2))  # unit variance
        memory = self.p.conflict.shock_memory
        self.turmoil = memory * self.turmoil + np.sqrt(1 - memory * memory) * shock

    def bargain(self) -> None:
        """Parties settle under pressure from outside, and unsettle under fire and exclusion (B3, E1, D7).

        Pressure is the mission's leverage times its leaders' political time, the mediators of the region
        (F5) and one voice abroad; groups that will not share power hold the deal back (E7).
        """
        politics, ownership, groups = self.p.politics, self.p.ownership, self.model.armed_groups
        calm = np.exp(-politics.violence_bite * self.violence)
        inclusion = 1 - (1 - ownership.women * politics.women_effect) * (
            1 - self.p.partners.civil_society * politics.civil_society_effect
        )
        unwilling = total(groups.strength * groups.aim, axis=0)
        willing = 1 - share_of(unwilling, total(groups.strength, axis=0))
        pressure = politics.base + politics.push * self.model.team.pressure
        pace = politics.unwilling_pace + (1 - politics.unwilling_pace) * willing
        gain = politics.speed * pressure * (1 + inclusion) * pace * calm
        excluded = (1 - self.confidence) * (1 - inclusion)
        loss = politics.undoing * self.violence + politics.exclusion * excluded
        self.progress = (1 - np.exp(-gain)) * (1 - self.settlement)
        self.settlement += self.progress
        self.settlement *= np.exp(-loss)

    def collect(self) -> None:
        """Revenue follows capacity and peace."""
        capacity = self.p.capacity
        peace = np.exp(-capacity.revenue_in_war * self.violence)
        self.revenue = self.p.situation.revenue * (capacity.revenue_floor + self.capacity) * peace

    def train_forces(self) -> None:
        """Reform work turns recruits into trained soldiers, whether or not anyone can pay them (E4).

        Bilateral programmes outside the joint plan train by their own doctrine, in parallel (C7).
        """
        capacity, work, everyone = (
            self.p.capacity,
            self.model.programmes,
            self.model.country.district_people.sum(),
        )
        joint = work.work_of(MissionComponent, REINTEGRATION) * 100 / everyone
        own = work.work_of(BilateralProgramme, REINTEGRATION) * 100 / everyone
        meant = joint * self.p.mandate.force_reform + own  # bilaterals train by their own wish
        taught = meant / (joint + own + capacity.trainers_half)
        self.soldiers += capacity.training_rate * taught * np.maximum(capacity.army_size - self.soldiers, 0)
        self.soldiers -= capacity.soldier_loss * self.soldiers
        self.rival_training = share_of(own * (1 - self.p.partners.outsiders_join), joint + own)

    def pay(self) -> None:
        """Soldiers beyond what revenue can pay run up arrears, and the unpaid prey (E4).

        Johannesburg 2007, section 5, on the brigades in the eastern Congo.
        """
        bill = self.soldiers + np.float32(1e-6)
        unpaid = np.maximum(bill - self.revenue, 0) / bill
        owed = self.p.capacity.arrears_ceiling * unpaid
        self.arrears += (owed - self.arrears) / self.p.capacity.arrears_memory
        one_army = 1 - self.p.capacity.rival_training * self.rival_training
        order = (self.coverage[JUSTICE] + self.capacity) / 2
        tamed = 1 - order * self.p.capacity.justice_on_soldiers * one_army
        self.predation = (
            self.p.capacity.predation
            * np.minimum(self.soldiers, 1)
            * self.arrears
            / (self.arrears + self.p.capacity.arrears_half)
            * tamed
        )

    def build(self) -> None:
        """Institutions grow slowly, by justice work and by doing the work themselves; war undoes them (D3).

        Fragmented aid costs a weak state more (sign test S3); parallel structures hire its people away (D4).
        """
        capacity, own = self.p.capacity, self.ownership
        lessons = (
            capacity.lessons_floor
            + capacity.lessons_of_justice * self.coverage[JUSTICE]
            + capacity.lessons_of_ownership * own
            + capacity.lessons_of_building * self.p.ownership.capacity_building
        )
        burden = 1 / (1 + capacity.donor_burden * self.model.donors.fragments() * (1 - self.capacity))
        growth = capacity.state_growth / 12 * lessons * burden * (1 - self.violence)
        drained = capacity.drain * (1 - own) * self.bypass
        self.capacity += growth * (1 - self.capacity)
        self.capacity *= 1 - drained - capacity.state_decay * self.violence

    def take_stock(self) -> None:
        """National means, as everybody reads them in the papers."""
        country, people = self.model.country, self.model.communities
        self.violence = country.national_mean(self.model.districts.violence)
        self.trust = country.national_mean(country.district_mean(people.trust))
        self.confidence = country.national_mean(country.district_mean(people.confidence))
        met, need = (
            country.national_mean(self.model.districts.met),
            country.national_mean(self.model.districts.need),
        )
        self.coverage = covered(met, need)
        outside = total(country.national_mean(self.model.districts.aid), axis=-2)
        self.bypass = share_of(outside, outside + total(need, axis=-2))
        self.need_met = covered(total(met, axis=-2), total(need, axis=-2))
        calm = self.violence < self.p.conflict.war_threshold * self.p.exit.calm_level
        self.calm_months = np.where(calm, self.calm_months + 1, 0)
