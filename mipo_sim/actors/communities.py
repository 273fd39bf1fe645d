"""Local communities: they need, receive, judge, grieve, build capacity and suffer.

Reception decides (D1): the same delivery is taken differently by history, by how it came and by what
was promised. Johannesburg 2007, sections 4 and 6; Oslo 2007, summary.
"""

import numpy as np

from mipo_sim.actors.axes import JUSTICE, RELIEF, SECURITY
from mipo_sim.ensemble import Actor, State, covered, total

EFFORT = "person-months a month per 100,000 people"


class Community(Actor):
    """One community of a district."""

    usual_need = State(axes=("sector",), low=0, unit=EFFORT, doc="Need in quiet times.")
    need = State(axes=("sector",), low=0, unit=EFFORT, doc="Need for work of a sector.")
    viewed = State(axes=("sector",), low=0, unit=EFFORT, doc="Need as agencies on the spot saw it last.")
    believed = State(axes=("sector",), low=0, unit=EFFORT, doc="Need by the joint assessment.")
    noted = State(axes=("sector",), low=0, unit=EFFORT, doc="Work that reports say is done here.")
    planned = State(axes=("sector",), low=0, unit="1 per 1,000 people", doc="Weight in the joint plan.")
    familiar = State(
        axes=("sector",), low=0, unit="index", doc="Familiarity to the teams of the sector, by effort."
    )
    aid = State(axes=("sector",), low=0, unit=EFFORT, doc="Work done here by outsiders.")
    coverage = State(axes=("sector",), low=0, high=1, unit="share", doc="Share of need met.")
    served = State(low=0, high=1, unit="share", doc="Coverage, as the mean of all sectors but security.")
    wasted = State(low=0, unit=EFFORT, doc="Work done here beyond need.")
    trust = State(low=0, high=1, unit="share", doc="Belief that the mission and the agencies help.")
    confidence = State(low=0, high=1, unit="share", doc="Belief in the state.")
    grievance = State(low=0, high=1, unit="share", doc="Sense of injury and neglect.")
    expectation = State(low=0, unit="index", doc="Service that people have been led to expect.")
    local_capacity = State(low=0, high=1, unit="share", doc="Ability of local bodies to serve.")
    quick_money = State(low=0, unit="index", doc="Quick impact projects here, against the district's mean.")
    passed_over = State(low=0, unit="index", doc="What need would have deserved beyond that.")
    susceptibility = State(1, low=0, unit="index", doc="How readily fighting takes hold here.")
    pressure = State(low=0, unit="index", doc="Push toward violence from groups, soldiers and neighbours.")
    violence = State(low=0, high=1, unit="share", doc="Intensity of organised violence.")
    harm = State(low=0, high=1, unit="share", doc="Civilians harmed this month, by whomever.")
    harm_by_soldiers = State(low=0, high=1, unit="share", doc="The part of it done by unpaid soldiers.")

    def begin(self) -> None:
        """Histories differ from place to place, and so do needs; each world has its own mix of needs."""
        situation, reception, luck = self.p.situation, self.p.reception, self.model.luck
        own = self.first_luck("need", 5)
        mix = luck.normal("mix of needs", 5)
        mixed = np.exp(reception.need_mix * mix)
        mixed /= total(mixed, axis=0) / 5
        local = np.exp(reception.need_spread * own - 0.5 * reception.need_spread * reception.need_spread)
        self.usual_need = situation.need / 5 * mixed * local
        for seen in ("need", "viewed", "believed"):
            setattr(self, seen, self.usual_need)
        history = self.first_luck("history", 3)
        self.trust = _near(situation.trust, reception.first_spread * history[..., 0, :])
        self.confidence = _near(situation.confidence, reception.first_spread * history[..., 1, :])
        variance = self.p.conflict.susceptibility
        self.susceptibility = np.exp(np.sqrt(variance) * history[..., 2, :] - 0.5 * variance)
        roots = self._of_district(luck.normal("root causes", self.model.country.districts))
        self.grievance = _near(situation.grievance, situation.inequality * reception.old_wrongs * roots)
        self.local_capacity = situation.local_capacity
        self.violence = self.harm = situation.violence

    # -- need ---------------------------------------------------------------------------------------

    def feel_need(self) -> None:
        """Need follows shocks, violence and refugees from across the border (E8)."""
        reception = self.p.reception
        drift = np.exp(reception.need_volatility * self.model.districts.need_shock)
        across = self.model.country.border_pressure(self.model.neighbours.conflict)
        for sector in range(5):
            need, target = self.need[..., sector, :], self._of_district(drift[:, sector])
            target *= self.usual_need[..., sector, :]
            if sector == RELIEF:
                target *= self._of_district(1 + reception.refugees * across)
                target *= 1 + reception.relief_need_of_war * self.violence
            elif sector == SECURITY:
                target *= 1 + reception.security_need_of_war * self.violence
            target -= need
            target *= reception.need_pace
            need += target

    # -- what comes ---------------------------------------------------------------------------------

    def receive(self) -> None:
        """Take what is delivered, lose what is looted, use what is needed; the rest is duplication.

        Sectors need each other (E3): relief and justice without security are looted or idle.
        """
        passable = self._passable()
        through = [passable * self._kept() * self._slowed()] * 5
        through[SECURITY] = passable * self._brought_to_court()
        own, guarded = self._own_services()
        self.wasted = self.served = 0
        for sector, lets_through in enumerate(through):  # what is in hand then fits the processor's cache
            aid = self._arriving(sector)
            aid *= lets_through
            self.aid[..., sector, :] = aid
            need, usual = self.need[..., sector, :], self.usual_need[..., sector, :]
            available = usual * own
            if sector == SECURITY:
                available += usual * guarded
            available += aid
            met = np.minimum(available, need)
            available -= met
            self.wasted += np.minimum(available, aid, out=available)
            cover = self.coverage[..., sector, :]
            cover[...] = covered(met, need)
            if sector != SECURITY:
                self.served += cover
        self.served /= 4

    def _arriving(self, sector: int) -> np.ndarray:
        forum = self.model.forum
        aid = self._of_district(forum.habit_effort[sector])
        aid *= self.familiar[..., sector, :]
        aid += self._of_district(forum.need_effort[sector])
        aid *= self.viewed[..., sector, :]
        by_plan = self._of_district(forum.plan_effort[sector])
        by_plan *= self.planned[..., sector, :]
        aid += by_plan
        return aid

    def be_chosen(self) -> None:
        """Some places are familiar to many teams, some to none: how habit divides a district's work (A7)."""
        work = self.model.programmes
        self.familiar = 0
        for number, (agency, sector) in enumerate(self.model.roster.programmes):
            weight = self._of_district(work.by_habit[number])
            weight *= self.model.agencies.favour[agency][self.rows]
            self.familiar[..., sector, :] += weight

    def _passable(self) -> np.ndarray:
        """Roads, rains and people who let you pass."""
        delivery = self.p.delivery
        hard = delivery.remoteness_loss * self._remoteness() * (1 + self.model.season)
        welcome = 1 - delivery.distrust_loss * (1 - self.trust)
        return welcome / (1 + hard * (1 - self.p.partners.civil_society * delivery.civil_society_reach))

    def _kept(self) -> np.ndarray:
        """What is not looted or idle for want of security and order."""
        delivery, police = self.p.delivery, self.p.delivery.police_in_order
        calm = np.exp(-delivery.violence_bite * self.violence)
        safe = police * self.coverage[..., SECURITY, :] + (1 - police) * calm
        return 1 - delivery.interlock + delivery.interlock * safe

    def _brought_to_court(self) -> np.ndarray:
        """Police without courts arrest in vain (E3, D8)."""
        return 1 - self.p.delivery.courts_for_police * (1 - self.coverage[..., JUSTICE, :])

    def _slowed(self) -> np.ndarray:
        """Work through local bodies is slower until they have learned it; so is teaching (D2, D3)."""
        slow = self.model.government.ownership * self.p.delivery.ownership_delay
        slow = slow + self.p.ownership.capacity_building * self.p.delivery.teaching_time
        return 1 - slow * (1 - self.local_capacity)

    def _own_services(self) -> tuple[np.ndarray, np.ndarray]:
        """Services of local bodies and the state, which stay when outsiders leave (D2, D3); safety by troops.

        Both are against usual need.
        """
        capacity, state = self.p.capacity, self.model.government
        reach = self.confidence / (self.confidence + capacity.confidence_half)
        local = capacity.local_services * self.local_capacity * self._calm()
        guarded = self._of_district(self.p.delivery.troops_secure * self.model.districts.deterrence)
        return local + capacity.state_services * state.capacity * reach, guarded

    def _calm(self) -> np.ndarray:
        """Peace in which local bodies can serve and learn."""
        return np.exp(-self.p.capacity.local_violence_bite * self.violence)

    # -- reception ----------------------------------------------------------------------------------

    def judge(self) -> None:
        """Judge the helpers by safety, use and respect, against what was promised (D1, D12, B7)."""
        reception, ownership = self.p.reception, self.p.ownership
        served, hq = self.served, self.model.headquarters
        announced = hq.presence * total(hq.scope, axis=-2) / 5
        promised = reception.promise * (1 - ownership.communication) * announced
        self.expectation += reception.expectation_pace * (promised - self.expectation)
        use = served / (served + self.expectation + reception.hope)
        respect = reception.respect + (1 - reception.respect) * self._manners()
        misconduct = reception.force_hurts * self.model.force.use() * (1 - self.p.mandate.political_control)
        weights = reception.weight_safety + reception.weight_use + reception.weight_respect
        felt = reception.weight_safety * np.exp(-reception.harm_bite * self.harm)
        felt += reception.weight_use * use
        felt = (felt + reception.weight_respect * respect * (1 - misconduct)) / weights
        self.trust += reception.trust_pace * (felt - self.trust)
        dividend = self._quick_dividend()
        felt = 1 - np.exp(-np.abs(dividend))
        self.trust += felt * ((dividend > 0) - self.trust)

    def _manners(self) -> np.ndarray:
        """How people are asked, told and treated (D1, D2)."""
        reception = self.p.reception
        weights = reception.respect_ownership + reception.respect_communication
        weights = weights + reception.respect_local_say + reception.respect_training
        return (
            reception.respect_ownership * self.model.government.ownership
            + reception.respect_communication * self.p.ownership.communication
            + reception.respect_local_say * self.p.integration.local_say
            + reception.respect_training * self.p.training.common
        ) / weights

    def _quick_dividend(self) -> np.ndarray:
        """Quick projects please those they reach; the needier who are passed over resent it (C8).

        The size of either follows from where the money went; where tension is high, envy is too.
        """
        quick, served = self.p.reception, self.quick_money
        return quick.quick_effect * self._quick_budget() * served - self._envy()

    def _envy(self) -> np.ndarray:
        tension = self.p.reception.envy_in_calm + self.violence + self.grievance
        quick = self.p.reception.quick_effect * self._quick_budget()
        return quick * self.p.reception.envy * tension * self.passed_over

    def _quick_budget(self) -> np.ndarray:
        return self.p.quick_impact.budget * self.model.headquarters.presence

    def get_quick_projects(self) -> None:
        """Quick projects go by need where planned with local knowledge, else to where they show (C8)."""
        country, quality = self.model.country, self.p.quick_impact.planning
        unmet = total(self.model.communities.need * (1 - self.model.communities.coverage), axis=-2)
        deserved = self._against_district(unmet)
        shows = self._against_district(np.exp(-self.p.reception.quick_show * country.remoteness[:, None]))
        self.quick_money = quality * deserved + (1 - quality) * shows
        self.passed_over = np.maximum(deserved - self.quick_money, 0)

    def _against_district(self, by_community: np.ndarray) -> np.ndarray:
        """A quantity of all communities against its mean in the district."""
        mean = self.model.country.district_mean(by_community)
        return by_community[self.rows] / (mean[self._district()] + np.float32(1e-6))

    def grieve(self) -> None:
        """Neglect, injury and inequality feed grievance; trust and order ease it (E13, D8)."""
        reception, here = self.p.reception, self._district()
        behind = self.model.country.national_mean(self.model.districts.coverage)
        gap = total(np.maximum(behind - self.model.districts.coverage, 0), axis=-2) / 5
        felt = (
            reception.grievance_level
            + reception.neglect * (1 - self.served)
            + (reception.inequality * self.p.situation.inequality * gap)[here]
            - reception.trust_soothes * self.trust
            - reception.confidence_soothes * self.confidence
            - reception.deal_soothes * self.model.government.settlement
        )
        impunity = 1 - reception.justice_answers * self.coverage[..., JUSTICE, :]
        hurt = reception.injury * impunity * (self.harm + self.harm_by_soldiers) + self._envy()
        self.grievance += reception.grievance_pace * (np.minimum(np.maximum(felt, 0), 1) - self.grievance)
        self.grievance += (1 - np.exp(-hurt)) * (1 - self.grievance)

    def trust_the_state(self) -> None:
        """The state earns belief by what is done through it and in its name; bypassing it earns none (D4)."""
        reception, state = self.p.reception, self.model.government
        credit = state.ownership + (1 - state.ownership) * state.capacity
        deal, service, able = (
            reception.state_by_settlement,
            reception.state_by_service,
            reception.state_by_capacity,
        )
        weights = deal + service + able
        felt = deal / weights * state.settlement + service / weights * self.served * credit
        felt += able / weights * state.capacity
        felt = felt * (1 - reception.state_in_war * self.violence)
        felt -= reception.predation_hurts * self.harm_by_soldiers
        self.confidence += reception.confidence_pace * (np.maximum(felt, 0) - self.confidence)

    def learn_to_serve(self) -> None:
        """Local bodies learn by doing, by being taught and by handover; war scatters them (D2, D3, E6)."""
        capacity, ownership = self.p.capacity, self.p.ownership
        work = self.served
        doing = self.model.government.ownership * capacity.by_doing * work
        taught = ownership.capacity_building * capacity.by_teaching
        handed = self.p.exit.handover * capacity.by_handover * self.model.headquarters.handing_over * work
        growth = (capacity.unaided + doing + taught + handed) * self._calm()
        drain = capacity.local_drain * capacity.drain
        drained = drain * (1 - self.model.government.ownership) * self.model.government.bypass
        self.local_capacity += growth * (1 - self.local_capacity)
        self.local_capacity *= 1 - drained - capacity.scattered * self.violence

    # -- violence -----------------------------------------------------------------------------------

    def feel_pressure(self) -> None:
        """Push toward violence: armed groups here, soldiers who prey, fighting next door (E4, E8)."""
        conflict, country, here = self.p.conflict, self.model.country, self._district()
        attacks = total(self.model.armed_groups.fighting, axis=0)
        nearby = country.nearest[self.rows]
        beside = np.zeros_like(self.violence)
        for n in range(nearby.shape[-1]):
            beside += self.model.communities.violence[nearby[..., n]]
        beside /= np.float32(max(nearby.shape[-1], 1))
        self.harm_by_soldiers = 1 - np.exp(-self.model.government.predation * self._far())
        self.pressure = self.susceptibility * conflict.attack * attacks[here]
        self.pressure += conflict.contagion * beside + conflict.soldier_violence * self.harm_by_soldiers
        across = country.border_pressure(self.model.neighbours.spill)
        self.pressure += conflict.border_violence * across[here]

    def suffer(self) -> None:
        """Violence follows the pressure, and civilians are harmed where nobody puts them first (E11)."""
        conflict = self.p.conflict
        self.violence += conflict.violence_pace * (1 - np.exp(-self.pressure) - self.violence)
        guard = self.model.districts.deterrence[self._district()] * self.p.mandate.protection_first
        unguarded = self.violence * (1 - conflict.protection * guard)
        self.harm = 1 - (1 - unguarded) * (1 - self.harm_by_soldiers)

    # -- where it is --------------------------------------------------------------------------------

    def _of_district(self, by_district: np.ndarray) -> np.ndarray:
        return self.model.country.to_communities(by_district, self.rows)

    def _district(self) -> np.ndarray:
        return self.model.country.district_of[self.rows]

    def _remoteness(self) -> np.ndarray:
        return self.model.country.remoteness[self.rows][..., None]

    def _far(self) -> np.ndarray:
        return self.p.capacity.predation_near + self._remoteness()


def _near(level: np.ndarray, draw: np.ndarray) -> np.ndarray:
    """A share scattered around a level, on the log-odds scale."""
    more = level * np.exp(draw)
    return more / (more + 1 - level)
