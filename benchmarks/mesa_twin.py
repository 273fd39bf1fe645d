"""The core again as a plain Mesa model: one object for each agent, one world, ordinary Python numbers.

Written from `docs/model.md`. It is here for two reasons: to check the page and the engine (same start, same
trajectories), and to say how much faster the engine is than the model that one would write first.
"""

from math import exp, pi, sin

import mesa

from benchmarks.core import Start

SECURITY, RELIEF, JUSTICE, LIVELIHOODS, REINTEGRATION = range(5)
STRATEGIC, OPERATIONAL, TACTICAL = range(3)
COMMANDER = 3


def logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


def share(part: float, whole: float) -> float:
    return part / max(whole, 1e-9)


class Described(mesa.Agent):
    """An agent that starts with the states it is given, as attributes."""

    def __init__(self, model: "MesaTwin", states: dict) -> None:
        super().__init__(model)
        self.p = model.p
        self.__dict__.update(states)


# ------------------------------------------------------------------------------------------- the mission


class Agency(Described):
    def train(self) -> None:
        common = self.p.training.common
        goal = self.doctrine * (1 - common) + common
        self.common_ways += self.p.coordination.training_pace * (goal - self.common_ways)

    def learn(self) -> None:
        planning = self.p.planning
        pace = planning.learning * (self.p.training.evaluation + self.p.integration.local_say)
        self.learned += pace * self.staff / (self.staff + 20) * (1 - self.learned)
        self.learned -= planning.forgetting * (self.learned - self.known)

    def join(self) -> None:
        self.openness = 1.0

    def integrate(self) -> None:
        team = self.model.team
        self.joined = [self.openness * in_force for in_force in team.in_force]
        pulled = self.p.planning.donor_pull * self.agreement
        willing = 1 - (1 - self.line) * (1 - self.p.integration.incentives) * (1 - pulled)
        enabling = (willing * self.common_ways * (0.4 + 0.6 * team.cohesion)) ** (1 / 3)
        informal = team.informal * self.common_ways * self.openness
        demand = self.p.coordination.demand
        self.depth = [
            joined * enabling ** (1 + demand * joined) * team.set_up + (1 - joined) * informal
            for joined in self.joined
        ]

    def spend_time(self) -> None:
        costs, funding, form = self.p.coordination, self.p.funding, self.p.integration
        team, forum = self.model.team, self.model.forum
        spokes = 1 - costs.hub_saving * self.p.leadership.hierarchy
        strategic = self.joined[STRATEGIC] * max(forum.partners - 1, 0) / 17
        meetings = costs.floor + costs.meeting / 3 * spokes * (strategic + self.meetings_met)
        talks = self.p.ownership.compact * exp(-self.model.month / 8)
        new_form = costs.form_change * team.reform + costs.compact_set_up * talks
        shared = form.reports + form.local_say + self.p.training.evaluation
        sharing = costs.sharing / 3 * shared * self.openness + costs.courses * self.p.training.common
        coordinate = meetings + sharing + new_form * self.openness
        if self.voluntary:
            tied = funding.earmarked + 0.5 * funding.softly_earmarked
            report = costs.reporting + costs.grant_reporting * tied
            clearance = 0.0
        else:
            report, clearance = costs.assessed_reporting, costs.clearance
        wait = (costs.waiting * team.delay * sum(self.joined) / 3 + clearance) * (
            1 - self.p.mandate.delegation
        )
        rival = costs.rivalry * funding.pooled / (funding.pooled + 0.1) * self.joined[STRATEGIC]
        rival *= 1 - 0.7 * self.p.leadership.role_clarity
        day = 1 + coordinate + report + wait + rival
        self.coordinating, self.reporting = coordinate / day, report / day
        self.waiting, self.rivalry, self.delivering = wait / day, rival / day, 1 / day

    def be_seen(self) -> None:
        self.association = self.seen_with_force

    def seek_access(self) -> None:
        delivery, use = self.p.delivery, self.model.mission.use_of_force
        risk = 0.0
        for number, district in enumerate(self.model.places):
            hostile = district.violence * (0.3 + delivery.force_stain * use)
            self.access[number] = 1 / (1 + delivery.access_loss * hostile * self.association)
            risk += hostile * district.share_of_country
        self.attacked = delivery.attacks * risk * self.association


class MissionComponent(Agency):
    pass


class CountryTeamAgency(Agency):
    pass


class HumanitarianAgency(Agency):
    def join(self) -> None:
        self.openness = self.model.team.apart

    def be_seen(self) -> None:
        alone = self.p.delivery.humanitarian_distance
        joint = sum(self.joined) / 3
        hats_shared = (self.p.leadership.hats - 1) / self.p.leadership.hats
        deputy = self.p.delivery.hat_stain * hats_shared * (1 - joint)
        self.association = (1 - alone) + alone * (joint + deputy)


class NGOGroup(HumanitarianAgency):
    def join(self) -> None:
        self.openness = 0.6 * self.model.team.apart


class RegionalBody(Agency):
    def join(self) -> None:
        self.openness = self.p.partners.interlock


class OutsideAgency(Agency):
    def join(self) -> None:
        partners, compact = self.p.partners, self.p.ownership.compact
        self.openness = 1 - (1 - partners.outsiders_join) * (1 - 0.6 * compact)


class BankProgramme(OutsideAgency):
    pass


class BilateralProgramme(OutsideAgency):
    pass


class Programme(Described):
    def __init__(self, model: "MesaTwin", states: dict, agency: Agency, sector: int) -> None:
        super().__init__(model, states)
        self.agency, self.sector = agency, sector

    def work(self) -> None:
        mine, sector = self.agency, self.sector
        time = mine.staff * mine.delivering * mine.work_money[sector]
        effort = time * mine.skill[sector] * mine.sector_share[sector]
        for district, access in enumerate(mine.access):
            here = effort * access
            self.habitual[district] = here * self.habit_share[district]
            self.needful[district] = here * self.need_share[district]
            self.planned[district] = here * self.plan_share[district]


class Forum(Described):
    def weigh_clashes(self) -> None:
        agencies = self.model.agencies
        staff = sum(agency.staff for agency in agencies)
        clash = sum(agency.friction * share(agency.staff, staff) for agency in agencies)
        self.clash = clash * max(self.partners - 1, 0) / 17

    def collect_effort(self) -> None:
        for sector, team in enumerate(self.model.by_sector):
            for district in range(len(self.model.places)):
                habitual = sum(programme.habitual[district] for programme in team)
                needful = sum(programme.needful[district] for programme in team)
                planned = sum(programme.planned[district] for programme in team)
                familiar, viewed = self.familiar_need[sector][district], self.viewed_people[sector][district]
                self.habit_effort[sector][district] = 100 * habitual / (familiar + 1e-6)
                self.need_effort[sector][district] = 100 * needful / (viewed + 1e-6)
                self.plan_effort[sector][district] = 100 * planned


class Mission(Described):
    """Headquarters in the field: what all of its parts share."""

    def count_troops(self) -> None:
        force = self.model.force
        self.use_of_force = self.p.mandate.use_of_force * sum(body.deployed for body in force) / len(force)
        self.troops_per_thousand = 1000 * sum(body.effective for body in force) / self.model.people


class Force(Described):
    def deploy(self) -> None:
        goal = self.p.force.ceiling * self.model.mission.presence
        arriving = self.p.force.arrival_months * (1 + self.supply_gap())
        pace = 1 if goal < self.deployed else 1 / arriving
        self.deployed += (goal - self.deployed) * pace

    def supply_gap(self) -> float:
        return self.p.mandate.logistics_gap

    def muster(self) -> None:
        control = 1 - self.p.force.control_loss * (1 - self.p.mandate.political_control)
        self.effective = self.deployed * self.fit() * control / (1 + self.supply_gap())


class Contingents(Force):
    def fit(self) -> float:
        caveats = self.p.force.caveats * (1 - 0.5 * self.p.training.common)
        return self.p.mandate.troops * (1 - self.p.partners.regional_troops) * (1 - caveats)


class RegionalBrigade(Force):
    def supply_gap(self) -> float:
        return self.p.mandate.logistics_gap + self.p.force.regional_gap * (
            1 - self.p.partners.regional_capability
        )

    def fit(self) -> float:
        partners, neighbours = self.p.partners, self.model.neighbours
        skill = 1 - (1 - partners.regional_capability) * (1 - 0.5 * self.p.training.common)
        elsewhere = sum(neighbour.conflict for neighbour in neighbours) / len(neighbours)
        claimed = partners.overlapping_membership * elsewhere
        joined = 1 - self.p.force.unlinked_loss * (1 - partners.interlock)
        return self.p.mandate.troops * partners.regional_troops * skill * (1 - claimed) * joined


# ------------------------------------------------------------------------------------------- the country


class Neighbour(Described):
    pass


class Government(Described):
    def __init__(self, model: "MesaTwin", states: dict) -> None:
        super().__init__(model, states)
        self.ownership = 1 - (1 - self.p.ownership.share) * (1 - 0.3 * self.p.ownership.compact)

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
        conflict, reserve = self.p.conflict, self.p.signals.reserve
        alarms = self.model.government.mean_response
        here = 1 - reserve + reserve * (self.response + 0.01) / (alarms + 0.01)
        self.troops = here * self.model.mission.troops_per_thousand
        floor = conflict.commander_floor
        commander = floor + (1 - floor) * self.model.leaders[COMMANDER].strength
        might = self.troops * commander * (0.5 + 0.5 * self.p.mandate.use_of_force)
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
        safe = 0.5 * self.coverage[SECURITY] + 0.5 * exp(-4 * self.violence)
        kept = 1 - delivery.interlock * (1 - safe)
        teaching = self.p.ownership.capacity_building * delivery.teaching_time
        slow = state.ownership * delivery.ownership_delay + teaching
        usable = passable * kept * (1 - slow * (1 - self.local_capacity))
        courts = 1 - delivery.courts_for_police * (1 - self.coverage[JUSTICE])
        own = capacity.local_services * self.local_capacity * exp(-2 * self.violence)
        own += capacity.state_services * state.capacity * self.confidence / (self.confidence + 0.3)
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
        use = served / (served + self.expectation + 0.15)
        manners = 0.4 * self.model.government.ownership + 0.2 * ownership.communication
        manners += 0.2 * self.p.integration.local_say + 0.2 * self.p.training.common
        respect = reception.respect + (1 - reception.respect) * manners
        misconduct = reception.force_hurts * mission.use_of_force * (1 - self.p.mandate.political_control)
        felt = reception.weight_safety * exp(-3 * self.harm) + reception.weight_use * use
        felt += reception.weight_respect * respect * (1 - misconduct)
        felt /= reception.weight_safety + reception.weight_use + reception.weight_respect
        self.trust += reception.trust_pace * (felt - self.trust)
        dividend = self.quick_effect() * self.quick_money - self.envy()
        self.trust += (1 - exp(-abs(dividend))) * ((dividend > 0) - self.trust)

    def quick_effect(self) -> float:
        return self.p.reception.quick_effect * self.p.quick_impact.budget * self.model.mission.presence

    def envy(self) -> float:
        tension = 0.3 + self.violence + self.grievance
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
        felt = 0.35 * state.settlement + 0.35 * self.served * credit + 0.3 * state.capacity
        felt = felt * (1 - 0.6 * self.violence) - reception.predation_hurts * self.harm_by_soldiers
        self.confidence += reception.confidence_pace * (max(felt, 0) - self.confidence)

    def feel_pressure(self) -> None:
        conflict, district = self.p.conflict, self.district
        beside = sum(other.violence for other in self.nearest) / max(len(self.nearest), 1)
        self.harm_by_soldiers = 1 - exp(-self.model.government.predation * (0.5 + self.remoteness))
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
        self.weariness += conflict.weariness_rate * (3 * self.violence_at_home() - self.weariness)
        for number, fighting in enumerate(self.fighting):
            self.spent[number] += conflict.local_weariness_rate * (fighting - self.spent[number])

    def cool_or_harden(self) -> None:
        conflict = self.p.conflict
        deal = 1 + conflict.settlement_cooling * self.model.government.settlement * (1 - self.aim)
        calm = exp(-3 * self.violence_at_home())
        cooling = conflict.cooling * deal * calm * (self.hostility - conflict.grudge * self.old_hostility)
        self.hostility += conflict.revenge * self.busy() * (1 - self.hostility) - cooling

    def trade(self) -> None:
        self.income = 0.0

    def recruit_and_disarm(self) -> None:
        conflict, places = self.p.conflict, self.model.places
        busy, work = self.busy(), self.at_home([place.coverage[LIVELIHOODS] for place in places])
        reintegrated = self.at_home([place.coverage[REINTEGRATION] for place in places])
        ways_out = 1 + conflict.reintegration * reintegrated + conflict.livelihoods * work
        leaving = conflict.demobilisation * ways_out * (1 - min(0.8, 2.4 * busy)) * self.strength
        grievance = self.at_home([place.grievance for place in places])
        recruits = conflict.recruitment * (1 - conflict.work_on_recruits * work) * grievance * self.hostility
        across = self.at_home([sum(neighbour.spill for neighbour in place.borders) for place in places])
        coming = (
            conflict.mobilising * (recruits + 2 * busy) + conflict.arms_inflow + conflict.border_arms * across
        )
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


class Leader(Described):
    pass


class SeniorTeam(Described):
    pass


# --------------------------------------------------------------------------------------------- the model

KINDS = {
    kind.__name__: kind
    for kind in (
        *(MissionComponent, HumanitarianAgency, CountryTeamAgency, BankProgramme, NGOGroup, RegionalBody),
        *(BilateralProgramme, Contingents, RegionalBrigade, LimitedGroup, GreedyGroup, TotalGroup),
        *(Neighbour, Leader, SeniorTeam, Forum, Government),
    )
}


class MesaTwin(mesa.Model):
    """One world of the core, as a Mesa user would write it."""

    def __init__(self, start: Start) -> None:
        super().__init__()
        self.p, self.month, country = start.p, start.month, start.country
        self.people = float(country.district_people.sum())
        rows = {kind: self._rows(states) for kind, states in start.states.items()}

        def people_of(kind: str) -> list:
            return [KINDS[name](self, row) for name, row in zip(start.kinds[kind], rows[kind], strict=True)]

        self.leaders, (self.team,) = people_of("leaders"), people_of("team")
        self.mission = Mission(self, rows["headquarters"][0])
        (self.forum,), (self.government,) = people_of("forum"), people_of("government")
        self.neighbours = people_of("neighbours")
        self.places = []
        for number, row in enumerate(rows["districts"]):
            borders = [n for n, here in zip(self.neighbours, country.borders[:, number], strict=True) if here]
            self.places.append(District(self, row, float(country.district_share[number]), borders))
            self.places[-1].number = number
        villages = [
            Community(self, row, self.places[country.district_of[c]], float(country.remoteness[c]))
            for c, row in enumerate(rows["communities"])
        ]
        for village, nearest in zip(villages, country.nearest, strict=True):
            village.nearest = [villages[other] for other in nearest]
        staffed = people_of("agencies")
        self.by_sector: list[list[Programme]] = [[] for _ in range(5)]
        for (agency, sector), row in zip(start.programmes, rows["programmes"], strict=True):
            self.by_sector[sector].append(Programme(self, row, staffed[agency], sector))
        people_of("force"), people_of("armed_groups")
        self.agencies = self.agents.select(agent_type=Agency)
        self.programmes = self.agents.select(agent_type=Programme)
        self.force = self.agents.select(agent_type=Force)
        self.districts = self.agents.select(agent_type=District)
        self.communities = self.agents.select(agent_type=Community)
        self.armed_groups = self.agents.select(agent_type=ArmedGroup)

    @staticmethod
    def _rows(states: dict) -> list[dict]:
        """Turn arrays by state into dictionaries by agent, of numbers and lists."""
        columns = {name: values.tolist() for name, values in states.items()}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    @property
    def season(self) -> float:
        return max(0.0, sin(2 * pi * self.month / 12))

    def step(self) -> None:
        self.agencies.do("train").do("learn").do("join").do("integrate").do("spend_time")
        self.forum.weigh_clashes()

        self.government.count_on()
        self.force.do("deploy").do("muster")
        self.mission.count_troops()
        self.districts.do("guard")
        self.agencies.do("be_seen").do("seek_access")
        self.programmes.do("work")
        self.forum.collect_effort()
        self.communities.do("receive")

        self.districts.do("fall_behind")
        self.communities.do("judge").do("grieve").do("trust_the_state")

        self.armed_groups.do("weigh").do("mobilise").do("fight").do("tire").do("cool_or_harden")
        self.armed_groups.do("trade").do("recruit_and_disarm")
        self.districts.do("feel_attacks")
        self.communities.do("feel_pressure").do("suffer")
        self.districts.do("face_threat")
        self.month += 1
