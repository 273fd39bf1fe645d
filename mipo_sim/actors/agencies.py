"""Agencies: mission components, the country team, humanitarians, NGOs, banks, the region, bilaterals.

They receive money, keep staff, join the forum as deep as their kind does, pay for it in time, and
learn. Where their teams work is in `programmes.py`.
"""

from typing import ClassVar

import numpy as np

from mipo_sim.actors.axes import STRATEGIC
from mipo_sim.actors.headquarters import mandated_share
from mipo_sim.ensemble import Actor, Fact, State, by_subkind, share_of, spread_over, total


class Agency(Actor):
    """An organisation with staff, money, a board it answers to, and habits of its own.

    Effort is conserved: filled posts = coordination + reporting + waiting + rivalry + delivery.
    Money is conserved: received = spent + returned + what is added to the account.
    """

    traits: ClassVar[dict[str, float]] = {"voluntary": 1, "multilateral": 1}
    called: ClassVar[str]  # what parameters call the sub-kind: `agencies.ngo_line`

    line = State(low=0, high=1, unit="share", doc="How far its board answers for integration.")
    doctrine = State(low=0, high=1, unit="share", doc="Procedures shared with the others from the start.")
    voluntary = Fact(low=0, high=1, unit="switch", doc="Whether it lives on voluntary money.")
    multilateral = Fact(low=0, high=1, unit="switch", doc="Whether any donor may fund it, by taste and size.")
    known = State(
        low=0, high=1, unit="share", doc="Knowledge of the country from before; never quite lost (D11)."
    )
    weight = Fact(low=0, high=1, unit="share", doc="Share of the size of all voluntary agencies.")
    skill = Fact(axes=("sector",), low=0, high=1, unit="share", doc="Ability in a sector; 0 is none.")
    staff = State(low=0, unit="person-months a month", doc="Filled posts.")
    balance = State(low=0, unit="$m", doc="Money received and not spent or returned.")
    received = State(low=0, unit="$m a month", doc="Money received this month.")
    spent = State(low=0, unit="$m a month", doc="Money spent this month.")
    returned = State(low=0, unit="$m a month", doc="Money handed back this month.")
    pool_share = State(low=0, high=1, unit="share", doc="Share of the pooled fund's payments.")
    work_money = State(
        1, axes=("sector",), low=0, high=1, unit="share", doc="Programme money against what the work needs."
    )
    depth = State(axes=("level",), low=0, high=1, unit="share", doc="Integration that is really practised.")
    joined = State(
        axes=("level",), low=0, high=1, unit="share", doc="Formal integration that takes its time."
    )
    agreement = State(
        low=0, high=1, unit="share", doc="How far those who pay want what the joint plan wants."
    )
    usual_share = State(low=0, high=1, unit="share", doc="Share of voluntary money it can expect.")
    openness = State(low=0, high=1, unit="share", doc="How far it joins forms that the mission runs.")
    association = State(low=0, high=1, unit="share", doc="How far people take its work for the force's.")
    own_wish = State(axes=("sector",), low=0, high=1, unit="share", doc="Sectors by its own lights.")
    common_ways = State(low=0, high=1, unit="share", doc="Interoperability with the others.")
    learned = State(low=0, high=1, unit="share", doc="How far need, not habit, guides where it works.")
    liked = State(axes=("giver",), unit="standard deviations", doc="How well a donor that may come likes it.")
    favour = State(axes=("community",), low=0, unit="index", doc="Favourite and familiar places.")
    favour_district = State(axes=("district",), low=0, unit="index", doc="The same by district.")
    strings_sector = State(axes=("sector",), low=0, high=1, unit="share", doc="Sectors that earmarks name.")
    strings_district = State(axes=("district",), low=0, high=1, unit="share", doc="Districts they name.")
    sector_share = State(axes=("sector",), low=0, high=1, unit="share", doc="Effort by sector.")
    access = State(1, axes=("district",), low=0, high=1, unit="share", doc="Access to people in need.")
    apart = State(low=0, high=1, unit="share", doc="Own division of sectors against the joint plan's.")
    friction = State(low=0, unit="index", doc="Own plan against the joint plan, at the depth joined.")
    meetings_met = State(low=0, unit="index", doc="Partners met in districts and sectors.")
    coordinating = State(low=0, high=1, unit="share", doc="Staff time in coordination.")
    reporting = State(low=0, high=1, unit="share", doc="Staff time reporting to donors.")
    waiting = State(low=0, high=1, unit="share", doc="Staff time lost waiting for clearance.")
    rivalry = State(low=0, high=1, unit="share", doc="Staff time lost in rivalry over shared money.")
    delivering = State(1, low=0, high=1, unit="share", doc="Staff time that is left for the work.")
    attacked = State(low=0, unit="per 1,000 staff", doc="Staff attacked this month.")

    def begin(self) -> None:
        """Habits of place differ, and fashion and roads make them alike (A7, D6)."""
        for part in self.parts:
            part.come()
        model, planning = self.model, self.p.planning
        sizes, country = model.sizes, model.country
        taste = self.first_luck("taste", sizes["giver"] + sizes["district"] + sizes["community"])
        self.liked, districts, places = np.split(
            taste, [sizes["giver"], sizes["giver"] + sizes["district"]], axis=-2
        )
        liking = planning.place_taste * places - planning.place_roads * country.remoteness[:, None]
        self.favour = np.exp(planning.habit * liking)
        far = country.district_remoteness[:, None]
        liking = planning.district_taste * districts - planning.district_roads * far
        self.favour_district = np.exp(planning.district_habit * liking)
        self.common_ways = self.doctrine
        self.learned = self.known
        self.strings_sector = self._among_able(0)
        self.strings_district = 1 / model.sizes["district"]

    def enlist(self) -> None:
        """Take abilities and sizes from the roster, and the traits of the sub-kind."""
        roster = self.model.roster
        if len(self):
            self.set_rows("skill", roster.abilities)
            self.set_rows("weight", roster.weights / max(roster.weights.sum(), 1e-9))
        for part in self.parts:
            for trait, level in part.traits.items():
                part.set_rows(trait, [level] * len(part))

    def come(self) -> None:
        """Each kind answers to a board of its own, and brings ways and knowledge of its own (B8, B9, D11)."""
        habits = self.p.agencies
        self.line = getattr(habits, f"{self.called}_line")
        self.doctrine = getattr(habits, f"{self.called}_doctrine")
        self.known = getattr(habits, f"{self.called}_known")

    def _able(self) -> np.ndarray:
        return self.skill[..., None] > 0

    def _among_able(self, weights: np.ndarray | float) -> np.ndarray:
        """Shares by sector, and even ones among the sectors it works in where nothing is wished for."""
        return spread_over(weights + np.float32(1e-6) * self._able(), axis=-2)

    # -- money and staff ------------------------------------------------------------------------------

    @by_subkind
    def be_paid(self) -> None:
        """Money comes from donors by affinity, and from the pool by the joint plan (C1, C4)."""
        donors = self.model.donors
        whom = donors.affinity[donors.giving][:, self.rows]
        direct = total(_beside(donors.direct(), whom) * whom, axis=0)
        self.received = direct + donors.disbursed[-1] * self.pool_share
        self.balance += self.received

    def claim_pool(self) -> None:
        """Shares of the pool go by fit with the joint plan as far as depth is real, else by size (C4)."""
        agencies = self.model.agencies
        size = agencies.weight * agencies.multilateral
        size = size / max(size.sum(), 1e-9)
        fit = total(agencies.skill[..., None] * self.model.forum.sector_plan, axis=-2) * size[:, None]
        quality = self._plan_quality()
        shares = quality * share_of(fit, total(fit, axis=0)) + (1 - quality) * size[:, None]
        self.pool_share = shares[self.rows]

    def _plan_quality(self) -> np.ndarray:
        strategic = self.model.team.real_depth(STRATEGIC)
        return strategic / (strategic + self.p.planning.half_quality)

    @by_subkind
    def keep_staff(self) -> None:
        """Hire what the account can bear; absorption saturates, and grants unspent go back (C3)."""
        money = self.p.money
        wish = self.balance / money.spending_months
        usual = np.maximum(self.weight[..., None], self.usual_share) * self.p.situation.aid / 12
        most = money.absorption * usual
        self.spent = wish * most / (wish + most + np.float32(1e-9))
        self.returned = money.handed_back * (self.balance - self.spent)
        self.balance -= self.spent + self.returned
        self.staff = self.spent * 1000 / money.staff_cost

    # -- integration ----------------------------------------------------------------------------------

    @by_subkind
    def join(self) -> None:
        """Mission components and the country team are part of the forms that the mission runs."""
        self.openness = 1

    def integrate(self) -> None:
        """Formal depth costs time; real depth is what willingness, common ways and the team make of it.

        The enabling factors combine as a geometric mean (A6, B8, B9), and deep forms ask more of them (A1).
        Some integrate without being told to, around the rules, where able leaders who know one another make
        it happen (Oslo 2007, section 1).
        """
        team, form = self.model.team, self.p.integration
        self.joined = self.openness[..., None, :] * team.in_force
        pulled = self.p.planning.donor_pull * self.agreement
        willing = 1 - (1 - self.line) * (1 - form.incentives) * (1 - pulled)
        loose = self.p.coordination.loose_team
        teamed = loose + (1 - loose) * team.cohesion
        enabling = np.cbrt(willing * self.common_ways * teamed)[..., None, :]
        asked = 1 + self.p.coordination.demand * self.joined
        informal = (team.informal * self.common_ways * self.openness)[..., None, :]
        self.depth = self.joined * enabling**asked * team.set_up + (1 - self.joined) * informal

    def train(self) -> None:
        """Common training and doctrine bring the ways of working together, as people rotate through (B9)."""
        goal = self.doctrine * (1 - self.p.training.common) + self.p.training.common
        self.common_ways += self.p.coordination.training_pace * (goal - self.common_ways)

    def learn(self) -> None:
        """Evaluation and people who have a say turn habit into knowledge (B10, D6, D11)."""
        planning = self.p.planning
        active = self.staff / (self.staff + planning.learning_size)
        pace = planning.learning * (self.p.training.evaluation + self.p.integration.local_say)
        self.learned += pace * active * (1 - self.learned)
        self.learned -= planning.forgetting * (self.learned - self.known)

    def spend_time(self) -> None:
        """Meetings, reports, waiting and rivalry are loads on the time for the work (A1, A4, C1).

        The cost follows formal depth, whether it helps or not; lateral contact grows with partners, a
        strong head turns pairs into spokes.
        """
        costs, form, model = self.p.coordination, self.p.integration, self.model
        spokes = 1 - costs.hub_saving * self.p.leadership.hierarchy
        strategic = self.joined[..., STRATEGIC, :]
        partners = strategic * np.maximum(model.forum.partners - 1, 0) / costs.usual_partners
        meetings = costs.floor + costs.meeting / 3 * spokes * (partners + self.meetings_met)
        new_form = (
            costs.form_change * model.team.reform + costs.compact_set_up * model.government.compact_talks
        )
        shared = form.reports + form.local_say + self.p.training.evaluation
        sharing = costs.sharing / 3 * shared * self.openness + costs.courses * self.p.training.common
        coordination = meetings + sharing + new_form * self.openness
        reporting = self._reports()
        deep = total(self.joined, axis=-2) / 3
        hold = 1 - self.p.mandate.delegation
        waiting = (
            costs.waiting * model.team.delay * deep + costs.clearance * (1 - self.voluntary[..., None])
        ) * hold
        pool = self.p.funding.pooled
        rivalry = costs.rivalry * pool / (pool + costs.rivalry_half) * strategic
        rivalry = rivalry * (1 - costs.clarity_saving * self.p.leadership.role_clarity)
        day = 1 + coordination + reporting + waiting + rivalry
        self.coordinating, self.reporting = coordination / day, reporting / day
        self.waiting, self.rivalry = waiting / day, rivalry / day
        self.delivering = 1 / day

    def _reports(self) -> np.ndarray:
        """Every grant with strings wants its own report (C1); assessed money wants less."""
        funding, costs, voluntary = self.p.funding, self.p.coordination, self.voluntary[..., None]
        grants = costs.reporting + costs.grant_reporting * (
            funding.earmarked + costs.soft_reporting * funding.softly_earmarked
        )
        return voluntary * grants + (1 - voluntary) * costs.assessed_reporting

    # -- plans and access -----------------------------------------------------------------------------

    @by_subkind
    def read_strings(self) -> None:
        """What the money in the account is tied to (C1)."""
        donors, able = self.model.donors, self._able()
        whom = donors.affinity[donors.giving][:, self.rows]
        share = _beside(donors.direct(), whom) * whom
        share = (share / (total(share, axis=0) + np.float32(1e-9)))[..., None, :]
        agendas, places = donors.agenda[donors.giving], donors.favour[donors.giving]
        sectors, of_sectors = np.zeros_like(self.strings_sector), np.empty_like(self.strings_sector)
        named, of_named = np.zeros_like(self.strings_district), np.empty_like(self.strings_district)
        for donor, part in enumerate(share):
            sectors += np.multiply(part, agendas[donor], out=of_sectors)
            named += np.multiply(part, places[donor], out=of_named)
        self.strings_sector = self._among_able(able * sectors)
        self.strings_district = spread_over(named, axis=-2)
        differing = total(np.abs(self.strings_sector - self.model.forum.sector_plan), axis=-2) / 2
        self.agreement = 1 - differing

    @by_subkind
    def wish(self) -> None:
        """Left to itself, an agency follows need as it sees it, less what clear roles give to others (A7)."""
        country, places = self.model.country, self.model.districts
        seen, noted = country.national_mean(places.viewed), country.national_mean(places.noted)
        self.own_wish = spread_over(
            seen * (1 - self.model.team.roles_known * share_of(noted, noted + seen)), axis=-2
        )

    def choose_sectors(self) -> None:
        """Divide effort between sectors: tied money first, then own view against the joint plan (A2, A7)."""
        funding, model = self.p.funding, self.model
        clear = 1 + self.p.planning.skill_weight * self.p.leadership.role_clarity
        skill = np.log(np.maximum(self.skill[..., None], np.float32(0.01)))
        able = np.where(self._able(), np.exp(clear * skill), 0)  # a power of 2 has a short cut of other bits
        own = self._among_able(able * self.own_wish)
        plan = self._among_able(able * model.forum.sector_plan)
        deep = self.depth[..., STRATEGIC, :][..., None, :]
        tied = self.voluntary[..., None] * (funding.earmarked + funding.softly_earmarked)
        pooled = self.voluntary[..., None] * funding.pooled
        follows = self._plan_quality()
        free = (1 - tied - pooled)[..., None, :] * ((1 - deep) * own + deep * plan)
        by_pool = pooled[..., None, :] * ((1 - follows) * own + follows * plan)
        self.sector_share = tied[..., None, :] * self.strings_sector + free + by_pool
        self.apart = total(np.abs(own - plan), axis=-2) / 2

    def meet(self) -> None:
        """Count whom one has to meet, and how far the own plans are from the joint ones (A1, A4)."""
        work, costs = self.model.programmes, self.p.coordination
        in_sector = work.of_agency(work.share_of_effort() * work.apart)[self.rows]
        strategic, operational, tactical = (self.joined[..., level, :] for level in range(3))
        self.friction = self.p.team.strategic_clashes * strategic * self.apart + operational * in_sector
        districts = work.of_agency(work.share_of_effort() * work.met_in_district)[self.rows]
        sectors = work.of_agency(work.share_of_effort() * work.met_in_sector)[self.rows]
        self.meetings_met = operational * districts / costs.district_partners
        self.meetings_met += tactical * sectors / costs.sector_partners

    @by_subkind
    def be_seen(self) -> None:
        """Most are seen as part of the mission, more or less, whatever they do."""
        self.association = self.p.delivery.seen_with_force

    def seek_access(self) -> None:
        """Fighting closes roads; being seen with a force that fights closes more, and draws fire (A9)."""
        delivery, places = self.p.delivery, self.model.districts
        seen = self.association
        hostile = places.violence * (delivery.war_hostility + delivery.force_stain * self.model.force.use())
        blocked = delivery.access_loss * hostile * seen[..., None, :]
        self.access = 1 / (1 + blocked)
        risk = total(hostile * self.model.country.district_share[:, None], axis=-2)
        self.attacked = delivery.attacks * risk * seen

    def humanitarian_access(self) -> np.ndarray:
        """Share of people that humanitarian agencies can reach, as their mean, `[world]`."""
        share = self.model.country.district_share[:, None]
        reach = [total(total(p.access * share, axis=-2), axis=0) for p in self._humanitarians()]
        number = sum(len(part) for part in self._humanitarians())
        return sum(reach, np.zeros(self.model.worlds, np.float32)) / max(number, 1)

    def _humanitarians(self) -> list["Actor"]:
        return [part for part in self.model.agencies.parts if isinstance(part, HumanitarianAgency)]


class MissionComponent(Agency):
    """A component of the mission: assessed posts, a task from the mandate, the mission's own line."""

    traits: ClassVar[dict[str, float]] = {"voluntary": 0, "multilateral": 0}

    def come(self) -> None:
        """The mission's line is its own, and it is new to the country."""
        self.line, self.doctrine, self.known = 1, self.p.agencies.mission_doctrine, 0

    def _components(self) -> int:
        return max(len(self.model.agencies.part(MissionComponent)), 1)

    def be_paid(self) -> None:
        """Components get what leaders raise for the mission's trust funds (C2)."""
        donors = self.model.donors
        raised = total(donors.to_mission(), axis=0) / self._components()
        self.received = raised * np.ones_like(self.staff)
        self.balance += self.received

    def keep_staff(self) -> None:
        """Posts come from the assessed budget; work beyond what it covers waits for raised money (C2, C5)."""
        hq, money, mandate = self.model.headquarters, self.p.money, self.p.mandate
        posts = mandate.posts * hq.staff_presence * hq.line_posts / self._components()
        self.staff = posts * hq.filled * np.ones_like(self.staff)
        granted = posts * money.post_cost / 1000
        wages = self.staff * money.post_cost / 1000
        unfunded = hq.unfunded_work
        beyond = total(self.sector_share[..., 1:, :], axis=-2)
        needed = self.staff * beyond * unfunded * money.programme_cost / 1000
        raised = np.minimum(self.balance, needed)
        self.received += granted
        self.spent = wages + raised
        self.returned = granted - wages
        self.balance -= raised
        there = 1 - unfunded * (1 - share_of(raised, needed))
        self.work_money[..., 1:, :] = there[..., None, :]

    def read_strings(self) -> None:
        """Assessed money names neither places nor sectors; the mandate wants what the mission plans."""
        self.agreement = 1

    def wish(self) -> None:
        """What the mandate asks for, in its order, less what agencies on the spot do already (D11).

        Where the text is vague, components fall back on need as they see it (B7).
        """
        country, places = self.model.country, self.model.districts
        done, need = country.national_mean(places.noted), country.national_mean(places.viewed)
        spare = 1 - self.p.partners.draw_on_agencies * done / (done + need + np.float32(1e-6))
        asked = self.p.mandate.clarity * mandated_share(self.model.headquarters)
        seen = (1 - self.p.mandate.clarity) * spread_over(need, axis=-2)
        self.own_wish = (asked + seen * self.model.headquarters.gate) * spare + np.float32(1e-6)


class HumanitarianAgency(Agency):
    """An independent humanitarian agency: principled, close to need, wary of the force (A9)."""

    called = "humanitarian"

    def join(self) -> None:
        """Asymmetric forms let humanitarians stand further off."""
        self.openness = self.model.team.apart

    def be_seen(self) -> None:
        """Seen as one with the force as far as they join its forms."""
        alone = self.p.delivery.humanitarian_distance
        joint = total(self.joined, axis=-2) / 3
        deputy = self.p.delivery.hat_stain * self.model.team.hats_shared * (1 - joint)
        self.association = (1 - alone) + alone * (joint + deputy)


class CountryTeamAgency(Agency):
    """A development agency of the country team: there before, there after, with its own board (B8, D11)."""

    called = "country_team"


class NGOGroup(HumanitarianAgency):
    """Non-governmental organisations, taken together as a group."""

    called = "ngo"

    def join(self) -> None:
        """NGOs come to meetings as they like."""
        self.openness = self.p.coordination.ngo_joining * self.model.team.apart


class OutsideAgency(Agency):
    """Joins the mission's forms only as far as partners' rules or a national compact draw it in (C7, D10)."""

    def join(self) -> None:
        """Outside the plan but for rules of partnership and the compact."""
        bound = self.p.coordination.compact_joining * self.p.ownership.compact
        self.openness = 1 - (1 - self.p.partners.outsiders_join) * (1 - bound)


class BankProgramme(OutsideAgency):
    """A development bank's country programme."""

    called = "bank"


class BilateralProgramme(OutsideAgency):
    """A donor's own programme, often parallel to the mission's (C7)."""

    called = "bilateral"
    traits: ClassVar[dict[str, float]] = {"voluntary": 1, "multilateral": 0}


class RegionalBody(Agency):
    """The regional organisation's civilian side; interlocked with the mission as far as agreed (F1)."""

    called = "regional"

    def join(self) -> None:
        """As deep as the interlocking systems go."""
        self.openness = self.p.partners.interlock


def _beside(money: np.ndarray, whom: np.ndarray) -> np.ndarray:
    """Give `[donor, ..., world]` the agency axis of `[donor, agency, ..., world]`, if that has one."""
    return money[:, None] if money.ndim < whom.ndim else money
