"""Donors: who pays, for what, how late, and with which strings.

Every sum is in million US dollars a month. What voluntary donors pay out is received by agencies to the
cent, now or through the pool; assessed dues also pay for troops, quick projects and offices.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from mipo_sim.ensemble import TINY, Actor, Fact, State, by_subkind, spread_over, total

DONOR_RATIO = 0.55  # each donor state against the next larger: as concentrated as aid data are (C5)
BANKS_SHARE = 0.2  # of voluntary money, where there are states too; assumption


class Donor(Actor):
    """A source of money with an agenda over sectors, favourite districts and a limited attention (C1-C7)."""

    first: ClassVar[int] = 0  # place of the kind's first donor among the tastes of agencies
    own_programmes: ClassVar[float] = 0  # whether the donor runs programmes of its own in the country

    has_own_programmes = Fact(low=0, high=1, unit="switch", doc="Whether it runs programmes of its own.")
    size = Fact(low=0, high=1, unit="share", doc="Share of the country's voluntary money.")
    shock = State(unit="standard deviations", doc="Budget fortune of the donor.")
    attention = State(low=0, unit="index", doc="Attention to this country; fades after the first years.")
    pledged = State(low=0, unit="$m a month", doc="Money pledged this month.")
    pipeline = State(low=0, unit="$m", doc="Money pledged and not yet paid out.")
    disbursed = State(low=0, unit="$m a month", doc="Money paid out this month.")
    agenda = State(axes=("sector",), low=0, high=1, unit="share", doc="What the donor wants done.")
    favour = State(axes=("district",), low=0, high=1, unit="share", doc="Where the donor wants it done.")
    affinity = State(axes=("agency",), low=0, high=1, unit="share", doc="Whom the donor pays.")

    def enlist(self) -> None:
        """Share voluntary money out: banks alike, states falling by a constant ratio; dues and pool none."""
        banks, states = (len(self.part(kind)) for kind in (DevelopmentBank, BilateralDonor))
        falling = DONOR_RATIO ** np.arange(states)
        of_states = (1.0 if banks == 0 else 1 - BANKS_SHARE) * falling / max(float(falling.sum()), 1e-9)
        of_banks = np.full(banks, (BANKS_SHARE if states else 1.0) / max(banks, 1))
        self.set_rows("size", [0, *of_banks, *of_states, 0])
        for part in self.parts:
            part.set_rows("has_own_programmes", [part.own_programmes] * len(part))

    def begin(self) -> None:
        """Agendas and favourite places: much is shared fashion, some is the donor's own (C1, C7)."""
        luck, money = self.model.luck, self.p.money
        country = self.model.country
        fashion = np.sqrt(money.fashion)
        own = np.sqrt(1 - money.fashion)
        sectors = self.model.sizes["sector"]
        shared = luck.normal("donor fashion", sectors)
        taste = self.first_luck("agenda", sectors)
        self.agenda = spread_over(np.exp(money.agenda_spread * (fashion * shared + own * taste)), axis=-2)
        shared = luck.normal("favourite districts", country.districts)
        taste = self.first_luck("districts", country.districts)
        near = (
            np.log(country.district_people)[:, None]
            - money.capital_pull * country.district_remoteness[:, None]
        )
        self.favour = spread_over(np.exp(near + fashion * shared + own * taste), axis=-2)
        self.attention = 1
        self.choose_whom({})

    def choose_whom(self, before: Mapping[str, np.ndarray]) -> None:
        """Pay agencies by size and taste, and the own bilateral programme first (C7).

        Where nothing has changed since `before`, the same are chosen again.
        """
        agencies = self.model.agencies
        taste = np.zeros((len(self), len(agencies), self.model.worlds), np.float32)
        for part in self.parts:
            taste[part.rows] = agencies.liked[:, part.first : part.first + len(part)].swapaxes(0, 1)
        liking = np.exp(self.p.money.affinity_spread * taste)
        liking *= (agencies.weight * agencies.multilateral)[:, None]
        liking = liking / np.maximum(total(liking, axis=-2)[:, None], TINY)
        own = agencies.weight * (1 - agencies.multilateral) * agencies.voluntary
        parallel = self.p.funding.bilateral * self.has_own_programmes[:, None, None] if own.any() else 0
        if not (agencies.weight * agencies.multilateral).any():
            parallel = 1  # nobody else is there to pay
        self.affinity = (1 - parallel) * liking + parallel * (own / max(own.sum(), TINY))[:, None]
        agencies.usual_share = total(self.affinity * self.size[..., None, None], axis=0)

    @by_subkind
    def turn(self) -> None:
        """Budget fortunes and attention: bright lights first, then other crises (C3)."""
        money, steady = self.p.money, self.p.funding.predictable
        memory = money.shock_memory
        fresh = self.month_luck("budget")
        self.shock = memory * self.shock + np.sqrt(1 - memory * memory) * fresh
        years = np.clip((self.model.month - money.attention_months) / money.fading_months, 0, 1)
        fashion = money.first_attention - (money.first_attention - money.late_attention) * years
        self.attention = fashion + (1 - fashion) * steady

    @by_subkind
    def pledge(self) -> None:
        """Promise this month's money."""
        money = self.p.money
        swing = money.volatility * (1 - money.steadying * self.p.funding.predictable)
        mean = self.size[..., None] * self.p.situation.aid / 12
        if not self.model.agencies.voluntary.any():
            mean = 0 * mean  # nobody is there to pay
        self.pledged = mean * self.attention * np.exp(swing * self.shock - 0.5 * swing * swing)

    @by_subkind
    def disburse(self) -> None:
        """Pay a part on schedule and the rest late (C3)."""
        on_time = self.on_time()
        late = self.pipeline / self.p.money.lag_months
        self.disbursed = on_time * self.pledged + late
        self.pipeline += (1 - on_time) * self.pledged - late

    @by_subkind
    def reconsider(self) -> None:
        """Agendas move toward the joint plan as far as something convenes or binds donors (C5, C6, D10)."""
        funding, money = self.p.funding, self.p.money
        toward_plan = money.convening_rate * funding.convening
        plan = self.model.forum.sector_plan
        self.agenda += toward_plan * (plan - self.agenda)
        self.favour += toward_plan * (self.model.forum.need_by_district - self.favour)
        need = self.model.forum.need_share
        self.agenda += (
            money.aligning_rate * np.maximum(funding.aligned, self.p.ownership.compact) * (need - self.agenda)
        )

    # -- what the others ask of all donors together -------------------------------------------------

    @property
    def giving(self) -> slice:
        """Rows of those who give voluntary money: all but the assessed dues and the pool."""
        return slice(1, len(self.model.donors) - 1)

    def direct(self) -> np.ndarray:
        """Money paid straight to agencies, `[giving donor, world]`."""
        return self.disbursed[self.giving] * (1 - self.pooled_part()) * (1 - self._appeal())

    def pooled_part(self) -> np.ndarray:
        """Share of voluntary money that goes into the pool, if there is anyone it can pay (C4)."""
        agencies = self.model.agencies
        return self.p.funding.pooled * bool((agencies.weight * agencies.multilateral).any())

    def to_mission(self) -> np.ndarray:
        """Money for the mission's trust funds, `[giving donor, world]` (C2)."""
        return self.disbursed[self.giving] * (1 - self.pooled_part()) * self._appeal()

    def _appeal(self) -> np.ndarray:
        asked = 1 - np.exp(-self.p.money.appeal_yield * self.model.team.fundraising_time)
        components = self.model.agencies.voluntary == 0
        return self.p.money.appeal_ceiling * asked * self.model.headquarters.staff_presence * components.any()

    def on_time(self) -> np.ndarray:
        """Share of this month's pledges that is paid as scheduled."""
        money = self.p.money
        late = 1 - money.on_schedule
        return money.on_schedule + late * money.schedule_gain * self.p.funding.predictable

    def troop_bill(self) -> np.ndarray:
        """What troops in the field cost this month, $m."""
        deployed = total(self.model.force.deployed, axis=0) / len(self.model.force)
        return self.p.mandate.troops * deployed * self.p.money.troop_cost / 12

    def quick_bill(self) -> np.ndarray:
        """What quick impact projects cost this month, $m (C8)."""
        return self.p.quick_impact.budget * self.p.money.quick_cost / 12 * self.model.headquarters.presence

    def service_bill(self) -> np.ndarray:
        """What offices that serve the mission itself cost this month, $m."""
        hq = self.model.headquarters
        posts = self.p.mandate.posts * hq.staff_presence * (1 - hq.line_posts)
        return posts * self.p.money.post_cost / 1000

    def mission_bills(self) -> np.ndarray:
        """All that the mission costs beside its components' posts and programmes, $m this month."""
        return self.troop_bill() + self.quick_bill() + self.service_bill()

    def common_agenda(self) -> np.ndarray:
        """What money wants, by sector: the agendas weighted by size (C9)."""
        givers = self.giving
        return total(self.agenda[givers] * self.size[givers, None, None], axis=0)

    def fragments(self) -> np.ndarray:
        """Effective number of donors to deal with (one over the concentration), against ten."""
        single = 0.1 / max(np.sum(self.size[self.giving] ** 2), 0.01)
        bound = self.p.capacity.compact_relief * self.p.ownership.compact
        return single * (1 - self.p.funding.pooled) * (1 - bound)


class AssessedContributions(Donor):
    """Member states' assessed dues: they pay the mission, its posts and its troops, and nothing else (C2)."""

    def pledge(self) -> None:
        """The budget follows authorised posts, if there are components to fill them, and troops."""
        costs, hq, mandate = self.p.money, self.model.headquarters, self.p.mandate
        posts = mandate.posts * hq.staff_presence * hq.line_posts * costs.post_cost / 1000
        components = self.model.agencies.voluntary == 0
        self.pledged = posts * components.any() + self.mission_bills()

    def turn(self) -> None:
        """Dues follow the budget, not fashion."""

    def disburse(self) -> None:
        """Dues come as budgeted."""
        self.disbursed = self.pledged

    def reconsider(self) -> None:
        """The budget has no agenda of its own."""


class BilateralDonor(Donor):
    """A state with interests of its own; a few give nearly all."""

    first, own_programmes = 20, 1  # after as many banks as there may be


class DevelopmentBank(Donor):
    """A development bank or another multilateral giver."""


class PooledFund(Donor):
    """A common pot that pays by the joint plan, as good as that plan (C4)."""

    def turn(self) -> None:
        """The pot has what it is given."""

    def pledge(self) -> None:
        """What the others pay in."""
        givers = self.model.donors
        self.pledged = total(givers.disbursed[givers.giving] * givers.pooled_part(), axis=0)

    def disburse(self) -> None:
        """Pay out within months of the first money in."""
        paid = self.pipeline / self.p.money.pool_months
        self.disbursed = paid
        self.pipeline += self.pledged - paid

    def reconsider(self) -> None:
        """The pot has no agenda of its own."""
