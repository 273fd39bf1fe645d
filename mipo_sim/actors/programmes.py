"""Programmes: an agency's work in one sector. Each decides where its people go, and puts them to work."""

import numpy as np

from mipo_sim.actors.agencies import Agency
from mipo_sim.actors.axes import OPERATIONAL, TACTICAL
from mipo_sim.ensemble import Actor, State, share_of, spread_over, total


class Programme(Actor):
    """The team of one agency in one sector.

    It chooses districts (operational) and communities (tactical) by its own habits and fresh local view,
    by what its money is tied to, and by the joint plan as deep as integration is real. Separate teams
    make different mistakes and so hedge; teams that follow one plan make its mistakes together.
    """

    district_share = State(axes=("district",), low=0, high=1, unit="share", doc="Effort by district.")
    apart = State(low=0, high=1, unit="share", doc="Own choice of districts against the joint plan's.")
    habit_share = State(
        axes=("district",), low=0, high=1, unit="share", doc="Share of effort placed by habit."
    )
    need_share = State(axes=("district",), low=0, high=1, unit="share", doc="Share placed by need as seen.")
    plan_share = State(axes=("district",), low=0, high=1, unit="share", doc="Share placed by the joint plan.")
    by_habit = State(
        axes=("district",), low=0, unit="index", doc="Work by habit for each need seen, at planning."
    )
    met_in_district = State(low=0, unit="agencies", doc="Partners met where it works.")
    met_in_sector = State(low=0, unit="agencies", doc="Partners met in its sector where it works.")
    habitual = State(axes=("district",), low=0, unit="person-months a month", doc="Work placed by habit.")
    needful = State(
        axes=("district",), low=0, unit="person-months a month", doc="Work placed by need as seen."
    )
    planned = State(axes=("district",), low=0, unit="person-months a month", doc="Work placed by joint plan.")

    # -- plans ----------------------------------------------------------------------------------------

    def choose_districts(self) -> None:
        """Tied money goes where the donor likes; the rest by own view and the joint plan (A2, C1)."""
        agencies, forum = self.model.agencies, self.model.forum
        who, sector = self._agency(), self._sector()
        habit = np.take(agencies.favour_district, who, axis=0)
        known = agencies.learned[who][..., None, :]
        left = 1 - self.model.team.roles_known * share_of(
            forum.noted_people, forum.noted_people + forum.viewed_people
        )
        view = np.take(forum.viewed_people * left, sector, axis=0)
        view *= agencies.access[who]
        habit *= 1 - known
        habit += known
        view *= habit
        own = spread_over(view, axis=-2)
        plan = np.take(forum.district_plan, sector, axis=0)
        deep = agencies.depth[who, OPERATIONAL][..., None, :]
        tied = agencies.voluntary[who][..., None] * self.p.funding.earmarked * self.p.money.district_strings
        apart = own - plan
        self.apart = total(np.abs(apart, out=apart), axis=-2) / 2
        own *= 1 - deep
        plan *= deep
        own += plan
        tied = tied[..., None, :]
        own *= 1 - tied
        np.multiply(tied, agencies.strings_district[who], out=self.district_share)
        self.district_share += own

    def choose_places(self) -> None:
        """Inside a district: by habit, by need as seen, or by the joint plan (A2, A7).

        Teams keep to the places that they chose until the next plan.
        """
        agencies, who = self.model.agencies, self._agency()
        deep = agencies.depth[who, TACTICAL][..., None, :]
        known = agencies.learned[who][..., None, :]
        own = self.district_share * (1 - deep)
        np.multiply(own, 1 - known, out=self.habit_share)
        np.multiply(own, known, out=self.need_share)
        np.multiply(self.district_share, deep, out=self.plan_share)
        teams = self._work_here()
        teams += np.float32(0.01)  # those still to come know their places too
        teams *= self.habit_share
        np.divide(teams, self._familiar_need() + np.float32(1e-6), out=self.by_habit)

    def _familiar_need(self) -> np.ndarray:
        """Need as seen, times people, times familiarity, summed over each district's communities."""
        country, agencies = self.model.country, self.model.agencies
        need = self.model.communities.viewed * country.people[:, None, None]
        sums = np.empty((len(self), country.districts, self.model.worlds), np.float32)
        familiar = np.empty_like(need[:, 0])
        for row, programme in zip(sums, self, strict=True):
            agency, sector = self.model.roster.programmes[programme.rows]
            np.multiply(agencies.favour[agency], need[:, sector], out=familiar)
            row[...] = total(country.blocks(familiar), axis=1)
        return sums if self.is_kind else sums[0]

    def meet(self) -> None:
        """Count the partners met in the districts it works in, and in its sector there (A1)."""
        forum = self.model.forum
        others = np.maximum(forum.crowd - 1, 0)
        self.met_in_district = total(self.district_share * others, axis=-2)
        others = np.maximum(forum.sector_crowd[self._sector()] - 1, 0)
        self.met_in_sector = total(self.district_share * others, axis=-2)

    # -- work -----------------------------------------------------------------------------------------

    def work(self) -> None:
        """Put the time that is left to work, with the skill, the money and the access there is."""
        here = self._work_here()
        np.multiply(here, self.habit_share, out=self.habitual)
        np.multiply(here, self.need_share, out=self.needful)
        np.multiply(here, self.plan_share, out=self.planned)

    def _work_here(self) -> np.ndarray:
        """Work it can do in a district if all of it went there, `[programme, district, world]`."""
        agencies, who = self.model.agencies, self._agency()
        time = agencies.staff[who] * agencies.delivering[who] * agencies.work_money[who, self._sector()]
        effort = time * agencies.skill[who, self._sector()][..., None] * self.share_of_effort()
        here = np.take(agencies.access, who, axis=0)
        here *= effort[..., None, :]
        return here

    def share_of_effort(self) -> np.ndarray:
        """Share of its agency's effort that is this programme's."""
        return self.model.agencies.sector_share[self._agency(), self._sector()]

    def staff_here(self) -> np.ndarray:
        """Staff by district, `[programme, district, world]`."""
        staff = self.model.agencies.staff[self._agency()] * self.share_of_effort()
        return staff[..., None, :] * self.district_share

    # -- who it belongs to ------------------------------------------------------------------------------

    def _agency(self) -> np.ndarray:
        return self.model.roster.agency_of[self.rows]

    def _sector(self) -> np.ndarray:
        return self.model.roster.sector_of[self.rows]

    def work_of(self, kind: type[Agency], sector: int) -> np.ndarray:
        """Work that agencies of a sub-kind do in a sector this month, `[world]`."""
        mine = self.model.roster.by_kind[kind][sector]
        done = self.habitual[mine] + self.needful[mine] + self.planned[mine]
        return total(total(done, axis=-2), axis=0)

    def of_agency(self, by_programme: np.ndarray) -> np.ndarray:
        """Sum over the programmes of each agency, `[programme, world]` to `[agency, world]`."""
        return np.add.reduceat(by_programme, self.model.roster.first_of, axis=0)
