"""The mission of the plain Mesa model: agencies and their programmes, the forum, the force, the leaders."""

from math import exp
from typing import TYPE_CHECKING

from benchmarks.mesa_twin_agent import STRATEGIC, Described, share

if TYPE_CHECKING:
    from benchmarks.mesa_twin import MesaTwin


class Agency(Described):
    def train(self) -> None:
        common = self.p.training.common
        goal = self.doctrine * (1 - common) + common
        self.common_ways += self.p.coordination.training_pace * (goal - self.common_ways)

    def learn(self) -> None:
        planning = self.p.planning
        pace = planning.learning * (self.p.training.evaluation + self.p.integration.local_say)
        self.learned += pace * self.staff / (self.staff + planning.learning_size) * (1 - self.learned)
        self.learned -= planning.forgetting * (self.learned - self.known)

    def join(self) -> None:
        self.openness = 1.0

    def integrate(self) -> None:
        team = self.model.team
        self.joined = [self.openness * in_force for in_force in team.in_force]
        pulled = self.p.planning.donor_pull * self.agreement
        willing = 1 - (1 - self.line) * (1 - self.p.integration.incentives) * (1 - pulled)
        loose = self.p.coordination.loose_team
        enabling = (willing * self.common_ways * (loose + (1 - loose) * team.cohesion)) ** (1 / 3)
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
        strategic = self.joined[STRATEGIC] * max(forum.partners - 1, 0) / costs.usual_partners
        meetings = costs.floor + costs.meeting / 3 * spokes * (strategic + self.meetings_met)
        talks = self.p.ownership.compact * exp(-self.model.month / costs.compact_months)
        new_form = costs.form_change * team.reform + costs.compact_set_up * talks
        shared = form.reports + form.local_say + self.p.training.evaluation
        sharing = costs.sharing / 3 * shared * self.openness + costs.courses * self.p.training.common
        coordinate = meetings + sharing + new_form * self.openness
        if self.voluntary:
            tied = funding.earmarked + costs.soft_reporting * funding.softly_earmarked
            report = costs.reporting + costs.grant_reporting * tied
            clearance = 0.0
        else:
            report, clearance = costs.assessed_reporting, costs.clearance
        wait = (costs.waiting * team.delay * sum(self.joined) / 3 + clearance) * (
            1 - self.p.mandate.delegation
        )
        rival = (
            costs.rivalry * funding.pooled / (funding.pooled + costs.rivalry_half) * self.joined[STRATEGIC]
        )
        rival *= 1 - costs.clarity_saving * self.p.leadership.role_clarity
        day = 1 + coordinate + report + wait + rival
        self.coordinating, self.reporting = coordinate / day, report / day
        self.waiting, self.rivalry, self.delivering = wait / day, rival / day, 1 / day

    def be_seen(self) -> None:
        self.association = self.p.delivery.seen_with_force

    def seek_access(self) -> None:
        delivery, use = self.p.delivery, self.model.mission.use_of_force
        risk = 0.0
        for number, district in enumerate(self.model.places):
            hostile = district.violence * (delivery.war_hostility + delivery.force_stain * use)
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
        self.openness = self.p.coordination.ngo_joining * self.model.team.apart


class RegionalBody(Agency):
    def join(self) -> None:
        self.openness = self.p.partners.interlock


class OutsideAgency(Agency):
    def join(self) -> None:
        bound = self.p.coordination.compact_joining * self.p.ownership.compact
        self.openness = 1 - (1 - self.p.partners.outsiders_join) * (1 - bound)


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
        self.clash = clash * max(self.partners - 1, 0) / self.p.coordination.usual_partners

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
        caveats = self.p.force.caveats * (1 - self.p.force.trained_caveats * self.p.training.common)
        return self.p.mandate.troops * (1 - self.p.partners.regional_troops) * (1 - caveats)


class RegionalBrigade(Force):
    def supply_gap(self) -> float:
        return self.p.mandate.logistics_gap + self.p.force.regional_gap * (
            1 - self.p.partners.regional_capability
        )

    def fit(self) -> float:
        partners, neighbours = self.p.partners, self.model.neighbours
        trained = self.p.force.trained_brigade * self.p.training.common
        skill = 1 - (1 - partners.regional_capability) * (1 - trained)
        elsewhere = sum(neighbour.conflict for neighbour in neighbours) / len(neighbours)
        claimed = partners.overlapping_membership * elsewhere
        joined = 1 - self.p.force.unlinked_loss * (1 - partners.interlock)
        return self.p.mandate.troops * partners.regional_troops * skill * (1 - claimed) * joined


class Leader(Described):
    pass


class SeniorTeam(Described):
    pass
