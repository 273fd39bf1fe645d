"""Armed groups: they weigh, mobilise, fight, tire, recruit, talk or spoil.

Relapse comes out of what these groups and the communities do; no hazard is drawn anywhere.
"""

import numpy as np

from mipo_sim.actors.axes import LIVELIHOODS, REINTEGRATION
from mipo_sim.ensemble import Actor, State, by_subkind, logistic, total


class ArmedGroup(Actor):
    """A group with a home, a temper, a strength and an aim (E7).

    Sub-kinds differ in what a settlement means to them and in what feeds them.
    """

    aim = State(low=0, high=1, unit="share", doc="Part of the aim that no settlement can meet.")
    home = State(
        axes=("district",), low=0, high=1, unit="share", doc="How far a district is the group's home."
    )
    rooted = State(axes=("district",), low=0, high=1, unit="share", doc="Home and people, summing to one.")
    reach = State(low=0, high=1, unit="share", doc="Fighting at home, were everybody out.")
    riches = State(low=0, high=1, unit="share", doc="Lootable trade in its home districts.")
    income = State(low=0, unit="1 per month", doc="Strength that its trade pays for.")
    hostility = State(low=0, high=1, unit="share", doc="Will to fight on as such.")
    old_hostility = State(low=0, high=1, unit="share", doc="Hostility at the start, which never quite fades.")
    strength = State(low=0, high=1, unit="share", doc="Armed strength against the most it could field.")
    weariness = State(low=0, unit="index", doc="Exhaustion from long fighting; slow to come and go.")
    intent = State(axes=("district",), low=0, high=1, unit="share", doc="Will to fight here, now.")
    mobilised = State(axes=("district",), low=0, high=1, unit="share", doc="Fighters out in the district.")
    fighting = State(axes=("district",), low=0, high=1, unit="share", doc="Fighting done in the district.")
    spent = State(
        axes=("district",), low=0, unit="index", doc="Local exhaustion; faster than the national one."
    )

    def begin(self) -> None:
        """Draw tempers and strengths: a country's own fortune is shared, each group adds its own."""
        conflict, luck, situation = self.p.conflict, self.model.luck, self.p.situation
        frail = luck.normal("country frailty", 1)[0]
        own = self.first_luck("temper", 2)
        temper, muster = own[..., 0, :], own[..., 1, :]
        self.hostility = logistic(
            conflict.hostility_level
            + situation.hostility
            + conflict.frailty * frail
            + conflict.temper_spread * temper
        )
        self.old_hostility = self.hostility
        self.strength = logistic(
            conflict.strength_level
            + situation.group_strength
            + conflict.frailty_on_strength * conflict.frailty * frail
            + conflict.strength_spread * muster
        )

    def settle_in(self) -> None:
        """Take home in a stronghold of the map, each group in another, with an aim of its kind."""
        country = self.model.country
        order = np.argsort(-country.stronghold, kind="stable")
        seats = order[np.arange(len(self)) % len(order)]
        away = country.district_distance[seats][:, None]
        # Districts come last here, `[group, world, district]`: sums over them are by world, in one order.
        home = np.exp(-away / np.reshape(self.p.conflict.home_reach, (-1, 1)))
        rooted = home * country.district_share
        rooted /= rooted.sum(axis=-1, keepdims=True)
        self.home, self.rooted = home.swapaxes(-2, -1), rooted.swapaxes(-2, -1)
        self.reach = np.maximum((home * rooted).sum(axis=-1), np.float32(1e-6))
        self.riches = (rooted * country.resources).sum(axis=-1)
        self.want()

    @by_subkind
    def want(self) -> None:
        """A share of power, which a settlement can give."""
        self.aim = 0

    def weigh(self) -> None:
        """Will to fight in each district: grievance and hostility against dissuasion and the deal.

        Groups that no deal can satisfy fight hardest when one advances (E7).
        """
        conflict, places = self.p.conflict, self.model.districts
        bound = self.p.politics.settlement_bite * self.model.government.settlement * self._share_of_deal()
        spoiling = conflict.spoiling * self.model.government.progress * self.aim
        luck = conflict.local_luck * places.shock + conflict.national_luck * self.model.government.turmoil
        will = (self.hostility - bound - conflict.weariness_bite * self.weariness - conflict.threshold)[
            ..., None, :
        ] + (
            conflict.grievance_bite * (places.grievance - 0.5)
            - conflict.deterrence_bite * places.deterrence
            - self.p.signals.mediation * places.response
            + luck
            + spoiling[..., None, :]
        )
        self.intent = logistic((will - conflict.local_weariness_bite * self.spent) / conflict.choice_spread)

    def _share_of_deal(self) -> np.ndarray:
        return 1 - self.aim

    def mobilise(self) -> None:
        """Fighters come out within months and go home within months: the fast, local clock."""
        self.mobilised += (self.intent - self.mobilised) / self.p.conflict.mobilisation_months

    def fight(self) -> None:
        """Fighting is armed strength, at home, that has come out."""
        self.fighting = self.strength[..., None, :] * self.home * self.mobilised

    def tire(self) -> None:
        """War exhausts: slowly as a whole, faster where the fighting is."""
        conflict = self.p.conflict
        suffered = self._at_home(self.model.districts.violence)
        self.weariness += conflict.weariness_rate * (conflict.weariness_of_war * suffered - self.weariness)
        self.spent += conflict.local_weariness_rate * (self.fighting - self.spent)

    def cool_or_harden(self) -> None:
        """Hostility cools in peace toward a floor of old grudges, and fighting rekindles it."""
        conflict = self.p.conflict
        calm = np.exp(-conflict.cooling_in_war * self._at_home(self.model.districts.violence))
        deal = 1 + conflict.settlement_cooling * self.model.government.settlement * self._share_of_deal()
        floor = conflict.grudge * self.old_hostility
        cooling = conflict.cooling * deal * calm * (self.hostility - floor)
        self.hostility += conflict.revenge * self._busy() * (1 - self.hostility) - cooling

    @by_subkind
    def trade(self) -> None:
        """Most groups have no trade of their own."""
        self.income = 0

    def recruit_and_disarm(self) -> None:
        """Fighters go home, faster with reintegration and work (D9); grievance, arms and loot bring more."""
        conflict, places = self.p.conflict, self.model.districts
        busy, work = self._busy(), self._at_home(places.coverage[:, LIVELIHOODS])
        helped = self._at_home(places.coverage[:, REINTEGRATION])
        ways_out = 1 + conflict.reintegration * helped + conflict.livelihoods * work
        held = np.minimum(conflict.most_held_back, conflict.held_back * busy)
        leaving = conflict.demobilisation * ways_out * (1 - held) * self.strength
        idle = 1 - conflict.work_on_recruits * work
        recruits = conflict.recruitment * idle * self._at_home(places.grievance) * self.hostility
        pull = conflict.mobilising * (recruits + conflict.recruits_by_fighting * busy)
        outside = conflict.arms_inflow + conflict.border_arms * self._from_abroad()
        deserters = conflict.deserters * self.model.government.predation
        self.strength += (pull + outside + deserters + self.income) * (1 - self.strength) - leaving

    def _busy(self) -> np.ndarray:
        return self._at_home(self.fighting) / self.reach

    def _at_home(self, by_district: np.ndarray) -> np.ndarray:
        return total(by_district * self.rooted, axis=-2)

    def _from_abroad(self) -> np.ndarray:
        return self._at_home(self.model.country.border_pressure(self.model.neighbours.spill))


class LimitedGroup(ArmedGroup):
    """Wants a share of power that a settlement can give."""


class GreedyGroup(ArmedGroup):
    """Lives from lootable trade; a settlement meets a part of what it wants."""

    def want(self) -> None:
        """Power and trade, which a settlement gives in part."""
        self.aim = self.p.conflict.greedy_aim

    def trade(self) -> None:
        """Trade in lootable goods pays for fighters."""
        self.income = self.p.conflict.loot * self.p.situation.resources * self.riches


class TotalGroup(ArmedGroup):
    """Wants all of it; hardly any settlement counts."""

    def want(self) -> None:
        """All of it."""
        self.aim = self.p.conflict.total_aim
