"""The country of the plain Mesa model: districts, communities, the government, armed groups, neighbours."""

from math import exp
from typing import TYPE_CHECKING

from benchmarks.mesa_twin_agent import (
    COMMANDER,
    JUSTICE,
    LIVELIHOODS,
    REINTEGRATION,
    RELIEF,
    SECURITY,
    Described,
    logistic,
    weighted,
)

if TYPE_CHECKING:
    from benchmarks.mesa_twin import MesaTwin


class Neighbour(Described):
    pass


class Government(Described):
    def __init__(self, model: "MesaTwin", states: dict) -> None:
        super().__init__(model, states)
        bound = self.p.capacity.compact_ownership * self.p.ownership.compact
        self.ownership = 1 - (1 - self.p.ownership.share) * (1 - bound)

    def count_on(self) -> None:
        """Work out what districts are measured against."""
        places = self.model.places
        self.mean_response = sum(place.response * place.share_of_country for place in places)
        self.mean_coverage = [
            sum(place.coverage[sector] * place.share_of_country for place in places) for sector in range(5)
        ]


class District(Described):
    def __init__(
        self, model: "MesaTwin", states: dict, share_of_country: float, borders: list[Neighbour]
    ) -> None:
        super().__init__(model, states)
        self.share_of_country, self.borders = share_of_country, borders

    def guard(self) -> None:
        conflict, signals = self.p.conflict, self.p.signals
        reserve, even = signals.reserve, signals.reserve_floor
        alarms = self.model.government.mean_response
        here = 1 - reserve + reserve * (self.response + even) / (alarms + even)
        self.troops = here * self.model.mission.troops_per_thousand
        floor = conflict.commander_floor
        commander = floor + (1 - floor) * self.model.leaders[COMMANDER].strength
        peaceful = conflict.peaceful_might
        might = self.troops * commander * (peaceful + (1 - peaceful) * self.p.mandate.use_of_force)
        self.deterrence = might / (might + conflict.troops_half)

    def fall_behind(self) -> None:
        country = self.model.government.mean_coverage
        self.behind = sum(max(mean - here, 0) for mean, here in zip(country, self.coverage, strict=True)) / 5

    def feel_attacks(self) -> None:
        self.attacks = sum(group.fighting[self.number] for group in self.model.armed_groups)
        self.across = sum(neighbour.spill for neighbour in self.borders)

    def face_threat(self) -> None:
        here = self.number
        about = sum(
            group.strength * group.home[here] * group.intent[here] for group in self.model.armed_groups
        )
        self.threat = 1 - exp(-about)


class Community(Described):
    def __init__(self, model: "MesaTwin", states: dict, district: District, remoteness: float) -> None:
        super().__init__(model, states)
        self.district, self.remoteness = district, remoteness
        self.nearest: list[Community] = []

    def receive(self) -> None:
        delivery, capacity = self.p.delivery, self.p.capacity
        state, forum, here = self.model.government, self.model.forum, self.district.number
        reach = 1 - self.p.partners.civil_society * delivery.civil_society_reach
        hard = delivery.remoteness_loss * self.remoteness * (1 + self.model.season) * reach
        passable = (1 - delivery.distrust_loss * (1 - self.trust)) / (1 + hard)
        calm, police = exp(-delivery.violence_bite * self.violence), delivery.police_in_order
        safe = police * self.coverage[SECURITY] + (1 - police) * calm
        kept = 1 - delivery.interlock * (1 - safe)
        teaching = self.p.ownership.capacity_building * delivery.teaching_time
        slow = state.ownership * delivery.ownership_delay + teaching
        usable = passable * kept * (1 - slow * (1 - self.local_capacity))
        courts = 1 - delivery.courts_for_police * (1 - self.coverage[JUSTICE])
        own = capacity.local_services * self.local_capacity
        own *= exp(-capacity.local_violence_bite * self.violence)
        believed = self.confidence / (self.confidence + capacity.confidence_half)
        own += capacity.state_services * state.capacity * believed
        self.wasted = 0.0
        for sector in range(5):
            aid = forum.habit_effort[sector][here] * self.familiar[sector] + forum.need_effort[sector][here]
            aid = aid * self.viewed[sector] + forum.plan_effort[sector][here] * self.planned[sector]
            aid *= passable * courts if sector == SECURITY else usable
            there = self.usual_need[sector] * own + aid
            if sector == SECURITY:
                there += self.usual_need[sector] * delivery.troops_secure * self.district.deterrence
            met = min(there, self.need[sector])
            self.wasted += min(there - met, aid)
            self.aid[sector] = aid
            self.coverage[sector] = min((met + 1e-9) / (self.need[sector] + 1e-9), 1)
        self.served = sum(self.coverage[RELIEF:]) / 4

    def judge(self) -> None:
        reception, ownership, served = self.p.reception, self.p.ownership, self.served
        mission = self.model.mission
        announced = mission.presence * sum(mission.scope) / 5
        promised = reception.promise * (1 - ownership.communication) * announced
        self.expectation += reception.expectation_pace * (promised - self.expectation)
        use = served / (served + self.expectation + reception.hope)
        respect = reception.respect + (1 - reception.respect) * self.manners()
        misconduct = reception.force_hurts * mission.use_of_force * (1 - self.p.mandate.political_control)
        felt = weighted(
            (reception.weight_safety, exp(-reception.harm_bite * self.harm)),
            (reception.weight_use, use),
            (reception.weight_respect, respect * (1 - misconduct)),
        )
        self.trust += reception.trust_pace * (felt - self.trust)
        dividend = self.quick_effect() * self.quick_money - self.envy()
        self.trust += (1 - exp(-abs(dividend))) * ((dividend > 0) - self.trust)

    def manners(self) -> float:
        reception = self.p.reception
        return weighted(
            (reception.respect_ownership, self.model.government.ownership),
            (reception.respect_communication, self.p.ownership.communication),
            (reception.respect_local_say, self.p.integration.local_say),
            (reception.respect_training, self.p.training.common),
        )

    def quick_effect(self) -> float:
        return self.p.reception.quick_effect * self.p.quick_impact.budget * self.model.mission.presence

    def envy(self) -> float:
        tension = self.p.reception.envy_in_calm + self.violence + self.grievance
        return self.quick_effect() * self.p.reception.envy * tension * self.passed_over

    def grieve(self) -> None:
        reception = self.p.reception
        felt = reception.grievance_level + reception.neglect * (1 - self.served)
        felt += reception.inequality * self.p.situation.inequality * self.district.behind
        felt -= reception.trust_soothes * self.trust + reception.confidence_soothes * self.confidence
        felt -= reception.deal_soothes * self.model.government.settlement
        impunity = 1 - reception.justice_answers * self.coverage[JUSTICE]
        hurt = reception.injury * impunity * (self.harm + self.harm_by_soldiers) + self.envy()
        self.grievance += reception.grievance_pace * (min(max(felt, 0), 1) - self.grievance)
        self.grievance += (1 - exp(-hurt)) * (1 - self.grievance)

    def trust_the_state(self) -> None:
        reception, state = self.p.reception, self.model.government
        credit = state.ownership + (1 - state.ownership) * state.capacity
        felt = weighted(
            (reception.state_by_settlement, state.settlement),
            (reception.state_by_service, self.served * credit),
            (reception.state_by_capacity, state.capacity),
        )
        felt *= 1 - reception.state_in_war * self.violence
        felt -= reception.predation_hurts * self.harm_by_soldiers
        self.confidence += reception.confidence_pace * (max(felt, 0) - self.confidence)

    def feel_pressure(self) -> None:
        conflict, district = self.p.conflict, self.district
        beside = sum(other.violence for other in self.nearest) / max(len(self.nearest), 1)
        far = self.p.capacity.predation_near + self.remoteness
        self.harm_by_soldiers = 1 - exp(-self.model.government.predation * far)
        self.pressure = self.susceptibility * conflict.attack * district.attacks + conflict.contagion * beside
        self.pressure += (
            conflict.soldier_violence * self.harm_by_soldiers + conflict.border_violence * district.across
        )

    def suffer(self) -> None:
        conflict = self.p.conflict
        self.violence += conflict.violence_pace * (1 - exp(-self.pressure) - self.violence)
        guard = self.district.deterrence * self.p.mandate.protection_first
        unguarded = self.violence * (1 - conflict.protection * guard)
        self.harm = 1 - (1 - unguarded) * (1 - self.harm_by_soldiers)


class ArmedGroup(Described):
    def weigh(self) -> None:
        conflict, nation = self.p.conflict, self.model.government
        bound = self.p.politics.settlement_bite * nation.settlement * (1 - self.aim)
        will = self.hostility - bound - conflict.weariness_bite * self.weariness - conflict.threshold
        will += conflict.spoiling * nation.progress * self.aim + conflict.national_luck * nation.turmoil
        for number, place in enumerate(self.model.places):
            here = (
                conflict.grievance_bite * (place.grievance - 0.5)
                - conflict.deterrence_bite * place.deterrence
            )
            here += conflict.local_luck * place.shock - self.p.signals.mediation * place.response
            here -= conflict.local_weariness_bite * self.spent[number]
            self.intent[number] = logistic((will + here) / conflict.choice_spread)

    def mobilise(self) -> None:
        months = self.p.conflict.mobilisation_months
        for number, intent in enumerate(self.intent):
            self.mobilised[number] += (intent - self.mobilised[number]) / months

    def fight(self) -> None:
        self.fighting = [self.strength * h * m for h, m in zip(self.home, self.mobilised, strict=True)]

    def tire(self) -> None:
        conflict = self.p.conflict
        self.weariness += conflict.weariness_rate * (
            conflict.weariness_of_war * self.violence_at_home() - self.weariness
        )
        for number, fighting in enumerate(self.fighting):
            self.spent[number] += conflict.local_weariness_rate * (fighting - self.spent[number])

    def cool_or_harden(self) -> None:
        conflict = self.p.conflict
        deal = 1 + conflict.settlement_cooling * self.model.government.settlement * (1 - self.aim)
        calm = exp(-conflict.cooling_in_war * self.violence_at_home())
        cooling = conflict.cooling * deal * calm * (self.hostility - conflict.grudge * self.old_hostility)
        self.hostility += conflict.revenge * self.busy() * (1 - self.hostility) - cooling

    def trade(self) -> None:
        self.income = 0.0

    def recruit_and_disarm(self) -> None:
        conflict, places = self.p.conflict, self.model.places
        busy, work = self.busy(), self.at_home([place.coverage[LIVELIHOODS] for place in places])
        reintegrated = self.at_home([place.coverage[REINTEGRATION] for place in places])
        ways_out = 1 + conflict.reintegration * reintegrated + conflict.livelihoods * work
        held = min(conflict.most_held_back, conflict.held_back * busy)
        leaving = conflict.demobilisation * ways_out * (1 - held) * self.strength
        grievance = self.at_home([place.grievance for place in places])
        recruits = conflict.recruitment * (1 - conflict.work_on_recruits * work) * grievance * self.hostility
        across = self.at_home([sum(neighbour.spill for neighbour in place.borders) for place in places])
        coming = conflict.mobilising * (recruits + conflict.recruits_by_fighting * busy)
        coming += conflict.arms_inflow + conflict.border_arms * across
        coming += conflict.deserters * self.model.government.predation + self.income
        self.strength += coming * (1 - self.strength) - leaving

    def busy(self) -> float:
        return self.at_home(self.fighting) / max(self.at_home(self.home), 1e-6)

    def violence_at_home(self) -> float:
        return self.at_home([place.violence for place in self.model.places])

    def at_home(self, by_district: list[float]) -> float:
        return sum(rooted * here for rooted, here in zip(self.rooted, by_district, strict=True))


class LimitedGroup(ArmedGroup):
    pass


class GreedyGroup(ArmedGroup):
    def trade(self) -> None:
        self.income = self.p.conflict.loot * self.p.situation.resources * self.riches


class TotalGroup(ArmedGroup):
    pass
