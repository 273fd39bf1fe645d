"""Mission leadership: five leaders, and the senior team that they are or are not.

The team splits its time between politics, arbitration, raising money and headquarters. Arbitration is
a queue with finite service: where plans clash more than leaders can settle, decisions wait or age.
"""

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtr

from mipo_sim.actors.axes import STRATEGIC
from mipo_sim.ensemble import Actor, State, side_by_side, total

HEAD, POLITICAL, HUMANITARIAN, COMMANDER, SUPPORT = range(5)
NINE_TENTHS = 2.3  # 1 - exp(-2.3): what `integration.set_up_months` is counted to


class Leader(Actor):
    """One of: head of mission, political deputy, humanitarian deputy, force commander, head of support."""

    competence = State(low=0, high=1, unit="share", doc="Ability that the person brings.")
    months_in_post = State(low=0, unit="months", doc="Months in the post.")
    strength = State(
        low=0, high=1, unit="share", doc="Ability that shows, with the team and the system behind."
    )

    def begin(self) -> None:
        """The first incumbents are drawn."""
        self.competence = self._able(self.first_luck("competence"))

    def _able(self, draw: np.ndarray) -> np.ndarray:
        leadership = self.p.leadership
        level = np.log(leadership.competence / (1 - leadership.competence))
        return 1 / (1 + np.exp(-(level + leadership.competence_spread * draw)))

    def rotate(self) -> None:
        """Leaders go after some years and others come, for better or worse (B1)."""
        luck = self.month_luck("rotation", each=2)
        leaves = ndtr(luck[..., 0, :]) < 1 / self.p.leadership.months_in_post
        self.competence = np.where(leaves, self._able(luck[..., 1, :]), self.competence)
        self.months_in_post = np.where(leaves, 0, self.months_in_post + 1)

    def stand(self) -> None:
        """Ability shows through the team's pooled ability and the system's support (B1, B2).

        A support office does the able person's and the weak person's routine alike, so that less hangs
        on who it is.
        """
        leadership, team = self.p.leadership, self.model.team
        pooled = leadership.pooling * team.cohesion
        together = total(self.model.leaders.competence, axis=0) / len(self.model.leaders)
        with_team = (1 - pooled) * self.competence + pooled * together
        routine = leadership.routine * leadership.support_office
        self.strength = (1 - routine) * with_team + routine * leadership.routine_level


class SeniorTeam(Actor):
    """The senior leadership as a unit: its cohesion, its queue, its time, and the form it runs."""

    cohesion = State(low=0, high=1, unit="share", doc="How far the leaders act as one team.")
    overlap = State(low=0, high=1, unit="share", doc="Decisions that more than one leader thinks are his.")
    informal = State(low=0, high=1, unit="share", doc="Working together that nobody ordered (Oslo 2007, 1).")
    backlog = State(low=0, unit="decisions", doc="Clashes of plans that wait for arbitration.")
    delay = State(low=0, unit="months", doc="Time that a clash waits for a decision.")
    political_time = State(low=0, high=1, unit="share", doc="Leaders' time for the political track.")
    arbitration_time = State(low=0, high=1, unit="share", doc="Leaders' time for settling clashes.")
    fundraising_time = State(low=0, high=1, unit="share", doc="Leaders' time for raising money.")
    pressure = State(low=0, unit="index", doc="Pressure that the mission can put on the parties.")
    plan_age = State(low=0, unit="months", doc="Age of what the shared plan knows.")
    formal = State(axes=("level",), low=0, high=1, unit="share", doc="Formal depth of integration by level.")
    in_force = State(axes=("level",), low=0, high=1, unit="share", doc="Formal depth that is being run now.")
    set_up = State(low=0, high=1, unit="share", doc="How far the form has been set up.")
    reform = State(low=0, unit="index", doc="Change of form under way; it costs time.")
    apart = State(low=0, high=1, unit="share", doc="Depth at which humanitarians join, against the others.")

    def begin(self) -> None:
        """A team that hardly knows one another."""
        self.cohesion = self.p.team.first_cohesion
        self.take_form({})

    def take_form(self, before: Mapping[str, np.ndarray]) -> None:
        """A form that is ordered replaces what the team had made of the last one, where there is one."""
        form, new = self.p.integration, self.p.moved(before)
        levels = side_by_side(form.strategic, form.operational, form.tactical)
        self.formal = np.where(new, levels, self.formal)
        self.apart = np.where(new, form.humanitarian, self.apart)

    def bond(self) -> None:
        """Cohesion grows with recruiting and training leaders as a team, and breaks at rotation (B1).

        Clashes that wait breed infighting (A4). Several hats on one head also join what they cover (A8).
        """
        new = total(self.model.leaders.months_in_post == 0, axis=0) / np.float32(len(self.model.leaders))
        built = self.p.team.building_effect * self.p.leadership.team_building
        goal = built + (1 - built) * self.p.team.loose_cohesion
        self.cohesion += self.p.team.bonding * (goal - self.cohesion)
        self.cohesion *= 1 - self.p.team.break_up * new
        self.cohesion *= 1 - self.p.team.infighting * self.delay / (1 + self.delay)
        shared = 1 - self.p.team.hats_join * self.hats_shared
        clear = 1 - self.p.team.cohesion_clears * self.cohesion
        self.overlap = (1 - self.p.leadership.role_clarity) * clear * shared
        able = total(self.model.leaders.strength[: HUMANITARIAN + 1], axis=0) / 3
        there = self.model.headquarters.staff_presence
        self.informal = self.p.team.informal * able * self.cohesion * there

    def divide_time(self) -> None:
        """Hats, overlap, headquarters, money and clashes eat the time that politics needs (B2-B6, C2)."""
        team, leadership = self.p.team, self.p.leadership
        hats = team.hat_load * (leadership.hats - 1) * (1 - team.office_relief * leadership.support_office)
        hq = team.headquarters_load * (1 - self.p.mandate.delegation)
        money = team.fundraising_load * self.model.headquarters.unfunded_mandate
        clashes = team.arbitration_load * self.delay / (1 + self.delay)
        overlap = team.overlap_load * self.overlap
        informal = team.informal_load * self.informal
        routine = self.p.team.routine_arbitration
        day = 1 + routine + hats + hq + money + clashes + overlap + informal
        self.political_time = 1 / day
        self.fundraising_time = money / day
        self.arbitration_time = (routine + clashes) / day

    def press(self) -> None:
        """Leverage: mandate, presence, troops behind it, able leaders with time, one voice abroad (B3).

        What protects civilians first presses the parties less for the bargain (E11); regional mediators
        add weight of their own (F5).
        """
        politics, mandate, partners = self.p.politics, self.p.mandate, self.p.partners
        strength, hq = self.model.leaders.strength, self.model.headquarters
        able = politics.leverage_floor + politics.leaders_bite * (strength[HEAD] + strength[POLITICAL])
        troops, bare = self.model.force.per_thousand(), politics.bare_leverage
        half = politics.show_of_force * self.p.conflict.troops_half
        behind = bare + (1 - bare) * troops / (troops + half)
        apart = 1 - politics.voice_abroad - politics.voice_inside
        voice = apart + politics.voice_abroad * mandate.unity_of_voice
        voice = voice + politics.voice_inside * self.real_depth(STRATEGIC)
        first = 1 - politics.protection_price * mandate.protection_first
        clear = politics.vague_leverage + (1 - politics.vague_leverage) * mandate.clarity
        focus = mandate.political * mandate.strength * clear
        own = focus * hq.staff_presence * able * behind * voice * first * self.political_time
        linked = politics.unlinked_mediators + (1 - politics.unlinked_mediators) * partners.interlock
        self.pressure = own + politics.mediators * partners.regional_mediation * linked

    def arbitrate(self) -> None:
        """Settle clashes: service is finite, arrivals are what plans and overlap bring (A4, A5, A8).

        Clashes go on to arbitration when the form is deep; a strong head turns all of them into his own, and
        delegation leaves more of them between leaders whose roles overlap (B4). Decisions that wait expire.
        """
        team, leadership, hq = self.p.team, self.p.leadership, self.model.headquarters
        desk, field = team.desk + leadership.support_office, team.field_desk + self.p.mandate.delegation
        hands = total(self.model.leaders.strength[: HUMANITARIAN + 1], axis=0)
        staffed = team.unstaffed + (1 - team.unstaffed) * hq.filled
        service = team.service * hands * desk * self.arbitration_time * field
        service = service * staffed * hq.staff_presence + team.service_floor
        arrivals = team.clashes * self.model.forum.clash * (1 + team.hub_clashes * leadership.hierarchy)
        unchaired = team.field_clashes * self.p.mandate.delegation * self.overlap
        vague = team.vague_clashes - self.p.mandate.clarity
        self.backlog += arrivals * (1 + self.overlap + unchaired) * vague
        self.backlog -= service * self.backlog / (self.backlog + service)
        self.backlog *= 1 - 1 / team.expiry_months
        self.delay = self.backlog / service
        late = self.delay * self.p.mandate.delegation  # where people may act, they act on older plans
        linked = 1 - team.frame_saving * self.p.integration.common_planning
        self.plan_age = team.base_age * (team.undelegated_age - self.p.mandate.delegation) * linked + late

    def form_up(self) -> None:
        """The form is set up over about a year from its start (A11), and lives while somebody runs it."""
        form, hq = self.p.integration, self.model.headquarters
        started = hq.months_open >= form.start_month
        self.set_up *= hq.months_open != 0  # whatever there was before a mission that is sent late
        self.set_up += started * (1 - self.set_up) * (1 - np.exp(-NINE_TENTHS / form.set_up_months))
        chosen = side_by_side(form.strategic, form.operational, form.tactical)
        self.formal = np.where(form.adaptive > 0, self.formal, chosen)
        run = started * hq.staff_presence / (hq.staff_presence + self.p.team.running)
        self.in_force = run * self.formal
        self.reform *= self.p.team.reform_memory

    def fit_form_to_function(self) -> None:
        """Adaptive form: at each review move depth toward what the situation is judged to need (A3, B10).

        Leaders see, through noise, what integration could still save at each level (uneven cover of sectors
        and of districts, duplicated work) and what it costs (time in meetings, old plans). Changing form
        has a price.
        """
        if self.model.month % self.model.review_months or not self.model.month:
            return  # nothing has been seen in the first month
        form, seen, team = self.p.integration, self.model.forum, self.p.team
        noise = self.model.luck.monthly("assessment", 4, self.model.month)
        blur = team.assessment_error * (1 - self.p.training.evaluation)
        saving = np.stack([seen.sector_gap, seen.district_gap, seen.duplication]) * np.exp(blur * noise[:3])
        price = seen.coordination * np.exp(blur * noise[3]) + team.age_price * self.plan_age
        goal = saving / (saving + team.price_weight * price + np.float32(1e-6))
        step = form.adaptive * team.adapting
        change = step * (goal - self.formal)
        self.formal += change
        self.reform += total(np.abs(change), axis=0) / 3
        danger = 1 - np.exp(-team.danger_bite * self.model.government.violence * self.model.force.use())
        self.apart += step * (1 - danger - self.apart)

    @property
    def hats_shared(self) -> np.ndarray:
        """How far one head covers what would else be several bodies': 0 for one hat, 2/3 for three."""
        return (self.p.leadership.hats - 1) / self.p.leadership.hats

    @property
    def roles_known(self) -> np.ndarray:
        """How far all know, from clear roles and shared reports, what is others' to do (A7, B6, E10)."""
        return self.p.leadership.role_clarity * self.p.integration.reports

    def real_depth(self, level: int) -> np.ndarray:
        """Depth that is practised, as the mean over agencies (A6)."""
        return total(self.model.agencies.depth[:, level], axis=0) / np.float32(
            max(len(self.model.agencies), 1)
        )
