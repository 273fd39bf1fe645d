"""The joint forum: what all know together, and what they decide together at three levels.

Strategic: how effort divides between sectors. Operational: how a sector's effort divides between
districts. Tactical: who serves which community inside a district (A2). The shared plan is as good as
its information: when it is wrong, everyone who follows it is wrong together.
"""

import numpy as np

from mipo_sim.actors.headquarters import mandated_share
from mipo_sim.ensemble import Actor, State, share_of, spread_over, total

EFFORT = "person-months a month"


class Forum(Actor):
    """The place where missions, agencies and partners meet and plan."""

    need_share = State(axes=("sector",), low=0, high=1, unit="share", doc="Sectors' share of believed need.")
    need_by_district = State(axes=("district",), low=0, high=1, unit="share", doc="The same by district.")
    sector_plan = State(
        axes=("sector",), low=0, high=1, unit="share", doc="Strategic plan: effort by sector."
    )
    district_plan = State(
        axes=("sector", "district"),
        low=0,
        high=1,
        unit="share",
        doc="Operational plan: a sector's districts.",
    )
    viewed_people = State(axes=("sector", "district"), low=0, unit="index", doc="Need seen, times people.")
    noted_people = State(axes=("sector", "district"), low=0, unit="index", doc="Work reported, times people.")
    familiar_need = State(
        axes=("sector", "district"), low=0, unit="index", doc="Need seen, times people, times familiarity."
    )
    habit_effort = State(axes=("sector", "district"), low=0, unit="index", doc="Work by habit, against that.")
    need_effort = State(
        axes=("sector", "district"), low=0, unit="index", doc="Work by need, against need seen."
    )
    plan_effort = State(axes=("sector", "district"), low=0, unit=EFFORT, doc="Work placed by the joint plan.")
    shared_error = State(
        axes=("district", "sector"),
        unit="standard deviations",
        doc="Error of the joint assessment; all share it.",
    )
    partners = State(low=0, unit="agencies", doc="Agencies at work, counted by weight.")
    crowd = State(axes=("district",), low=0, unit="agencies", doc="Agencies at work in a district.")
    sector_crowd = State(axes=("sector", "district"), low=0, unit="agencies", doc="The same by sector.")
    clash = State(
        low=0, unit="index", doc="Distance between agencies' own plans and the joint one, at depth."
    )
    duplication = State(low=0, high=1, unit="share", doc="Share of outsiders' work that was beyond need.")
    sector_gap = State(low=0, high=1, unit="share", doc="Best against worst covered sector.")
    district_gap = State(
        low=0, high=1, unit="share", doc="Mean distance of districts' cover from the country's."
    )
    coordination = State(low=0, high=1, unit="share", doc="Share of effort spent on coordinating.")

    def begin(self) -> None:
        """Plans start even."""
        sizes = self.model.sizes
        self.need_share = self.sector_plan = 1 / sizes["sector"]
        self.district_plan = self.need_by_district = 1 / sizes["district"]

    def assess(self) -> None:
        """Update the joint assessment toward what is seen, as fresh as decisions are (D6, E10).

        The error shrinks with reports, with civil society, women's and local voice (D5, D7), and with people
        who trust and tell. What is known of communities and districts is written here, for all.
        """
        model, info = self.model, self.p.information
        people, places = model.communities, model.districts
        memory = info.error_memory
        planning = model.month // model.planning_months
        fresh = model.luck.monthly("joint assessment", model.sizes["district"], planning, each=5)
        self.shared_error = memory * self.shared_error + np.sqrt(1 - memory * memory) * fresh
        pace = model.planning_months / (model.planning_months + model.team.plan_age)
        seen = model.country.to_communities(np.exp(self._error() * self.shared_error), people.rows)
        seen *= people.need
        seen -= people.believed
        seen *= pace
        people.believed += seen
        people.viewed = people.need
        news = people.aid - people.noted
        news *= info.news_pace
        people.noted += news
        places.viewed = model.country.district_mean(people.viewed)
        places.believed = model.country.district_mean(people.believed)
        places.noted = model.country.district_mean(people.noted)
        inhabitants = model.country.district_people[:, None, None]
        self.viewed_people = self._by_sector(places.viewed * inhabitants)
        self.noted_people = self._by_sector(places.noted * inhabitants)

    def _error(self) -> np.ndarray:
        """How far the joint assessment can be off, on the log scale."""
        info = self.p.information
        voice = 1 - (1 - self.p.partners.civil_society * info.civil_society_ear) * (
            1 - self.p.ownership.women * info.women_ear
        )
        local = 1 - (1 - voice) * (1 - info.local_ear * self.p.integration.local_say)
        return (
            info.error
            * (1 - local)
            * (1 - info.trust_ear * self.model.government.trust)
            * (1 - info.reports_ear * self.p.integration.reports)
        )

    @staticmethod
    def _by_sector(by_district: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(by_district.swapaxes(-3, -2))

    def plan_sectors(self) -> None:
        """Strategic plan: gaps by sector, in the order of the sequence, bent by money (A2, C9, E3)."""
        country, places = self.model.country, self.model.districts
        believed, noted = country.national_mean(places.believed), country.national_mean(places.noted)
        self.need_share = spread_over(believed, axis=-2)
        by_district = total(places.believed, axis=-2) * country.district_people[:, None]
        self.need_by_district = spread_over(by_district, axis=0)
        gap = self._gap(believed, noted)
        donors = self.model.donors.common_agenda()
        heard = (1 - self.p.integration.money_voice) * spread_over(gap, axis=-2) + (
            self.p.integration.money_voice * donors
        )
        mandated = mandated_share(self.model.headquarters)
        frame = self.p.integration.common_planning * self.p.information.frame_weight
        heard = (1 - frame) * heard + frame * np.sqrt(heard * mandated)
        self.sector_plan = spread_over(heard * self.model.headquarters.gate, axis=-2)

    def plan_districts(self) -> None:
        """Operational plan: a sector's gaps by district."""
        places = self.model.districts
        gap = self._gap(places.believed, places.noted) * self.model.country.district_people[:, None, None]
        self.district_plan = spread_over(self._by_sector(gap), axis=-2)

    def plan_places(self) -> None:
        """Tactical plan: gaps by community inside each district, kept as weight per 1,000 people."""
        country, people = self.model.country, self.model.communities
        gap = self._gap(people.believed, people.noted)
        whole = country.district_mean(gap) * country.district_people[:, None, None]
        gap /= country.to_communities(whole + np.float32(1e-9), people.rows)
        people.planned = gap

    def _gap(self, believed: np.ndarray, noted: np.ndarray) -> np.ndarray:
        """Need less what reports say is already there, never below nothing (E10)."""
        known = self.p.integration.reports
        return believed * (1 - known * noted / (believed + noted + np.float32(1e-6)))

    def count_partners(self) -> None:
        """Who is where: partners to meet, in all, in a district, in a sector of a district (A1)."""
        agencies, work, costs = self.model.agencies, self.model.programmes, self.p.coordination
        self.partners = total(1 - np.exp(-agencies.staff / costs.agency_size), axis=0)
        here = 1 - np.exp(-work.staff_here() / costs.partner_size)
        self.crowd = total(here, axis=0)
        for sector in range(5):
            self.sector_crowd[sector] = total(here[self.model.roster.by_sector[sector]], axis=0)

    def weigh_clashes(self) -> None:
        """Plans that differ clash as far as they are meant to be one."""
        agencies = self.model.agencies
        weight = share_of(agencies.staff, total(agencies.staff, axis=0))
        clash = total(agencies.friction * weight, axis=0) * np.maximum(self.partners - 1, 0)
        self.clash = clash / self.p.coordination.usual_partners

    def gather_habits(self) -> None:
        """Sum up, by district, the need in places that teams are used to."""
        country, people = self.model.country, self.model.communities
        seen = country.district_mean(people.viewed * people.familiar) * country.district_people[:, None, None]
        self.familiar_need = self._by_sector(seen)

    def collect_effort(self) -> None:
        """Add up the work placed by habit, by need as seen and by the joint plan, per 100,000 people."""
        work, little = self.model.programmes, np.float32(1e-6)
        for sector in range(5):
            mine = self.model.roster.by_sector[sector]
            self.habit_effort[sector] = (
                100 * total(work.habitual[mine], axis=0) / (self.familiar_need[sector] + little)
            )
            self.need_effort[sector] = (
                100 * total(work.needful[mine], axis=0) / (self.viewed_people[sector] + little)
            )
            self.plan_effort[sector] = 100 * total(work.planned[mine], axis=0)

    def take_stock(self) -> None:
        """What everybody could know of waste and of time spent on one another."""
        model = self.model
        done = model.country.national_mean(total(model.districts.aid, axis=-2))
        wasted = model.country.national_mean(model.country.district_mean(model.communities.wasted))
        self.duplication = np.minimum(share_of(wasted, done), 1)
        cover = model.government.coverage
        self.sector_gap = cover.max(axis=0) - cover.min(axis=0)
        apart = np.abs(total(model.districts.coverage, axis=-2) / 5 - total(cover, axis=0) / 5)
        self.district_gap = model.country.national_mean(apart)
        staff = model.agencies.staff
        self.coordination = share_of(total(staff * model.agencies.coordinating, axis=0), total(staff, axis=0))
