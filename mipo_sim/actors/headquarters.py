"""Headquarters and member states: they open the mission, fill its posts, review its mandate, end it."""

from collections.abc import Mapping

import numpy as np

from mipo_sim.actors.leadership import SUPPORT
from mipo_sim.ensemble import Actor, State, logistic, side_by_side, total
from mipo_sim.parameters import SECTORS

FIRST_OPEN = (0, 0, 2, 2, 1)  # steps of a sequential peace: security and relief, reintegration, then the rest


class Headquarters(Actor):
    """Headquarters with its member states, who pay, clear decisions and grow tired."""

    presence = State(
        low=0, high=1, unit="share", doc="Share of the mission that is meant to be in the field."
    )
    office = State(low=0, high=1, unit="share", doc="Strength of the follow-on office against the mission.")
    filled = State(low=0, high=1, unit="share", doc="Share of posts that somebody sits in.")
    patience = State(1.0, unit="index", doc="What is left of member states' patience.")
    leaving = State(low=0, high=1, unit="switch", doc="Whether the draw-down has been decided.")
    months_gone = State(low=0, unit="months", doc="Months since the draw-down was decided.")
    exit_month = State(-1, low=-1, unit="month", doc="Month in which the draw-down was decided, -1 if never.")
    sent_month = State(low=0, unit="month", doc="Month in which a mission was last sent, 0 if none was.")
    scope = State(axes=("sector",), low=0, high=1, unit="share", doc="How far the mandate covers a sector.")
    gate = State(
        1.0, axes=("sector",), low=0, high=1, unit="share", doc="Whether the sequence has reached it."
    )

    def begin(self) -> None:
        """A text of the mandate, few people in their posts, fresh patience."""
        self.take_mandate({})
        self.filled = self.p.headquarters.first_filled
        self.patience = 1

    def take_mandate(self, before: Mapping[str, np.ndarray]) -> None:
        """A new text of the mandate replaces what the old one had become, in worlds where there is one."""
        text = side_by_side(*(getattr(self.p.mandate, sector) for sector in SECTORS))
        self.scope = np.where(self.p.moved(before), text, self.scope)

    def keep_people(self, before: Mapping[str, np.ndarray]) -> None:
        """New posts are empty at first: the people there are stay, whatever they are a share of (B5)."""
        grown = np.where(self.presence > 0, self.p.grown("mandate.posts", before), np.float32(1))
        self.filled = self.filled / grown

    @property
    def staff_presence(self) -> np.ndarray:
        """Share of the civilian mission in place, as mission or as follow-on office."""
        return np.maximum(self.presence, self.office)

    @property
    def line_posts(self) -> np.ndarray:
        """Share of posts left for the mandate's work when offices that serve the mission have theirs.

        Support for leaders, public information, early warning and evaluation are not free (B2, B10, D12, E9).
        """
        offices = (
            self.p.leadership.support_office
            + self.p.ownership.communication
            + self.p.early_warning.coverage
            + self.p.training.evaluation
        )
        return 1 - self.p.headquarters.service_posts * offices / 4

    @property
    def unfunded_work(self) -> np.ndarray:
        """Share of the cost of work beyond security that assessed money leaves to be raised (C2, C5)."""
        return (1 - self.p.funding.assessed_breadth) * (
            1 - self.p.money.aligned_saving * self.p.funding.aligned
        )

    @property
    def unfunded_mandate(self) -> np.ndarray:
        """Share of the mandate that assessed money does not cover: work beyond security (C2, C5)."""
        return (1 - mandated_share(self)[..., 0, :]) * self.unfunded_work

    @property
    def handing_over(self) -> np.ndarray:
        """Whether tasks are being handed over: while the mission draws down or an office follows it (E6)."""
        return ((self.leaving > 0) & (self.staff_presence > 0)).astype(np.float32)

    @property
    def months_open(self) -> np.ndarray:
        """Months since the mission opened, or was to open; below zero before."""
        return self.model.month - np.maximum(self.p.mandate.start_month, self.sent_month)

    def timetable_is_up(self, months_open: np.ndarray) -> np.ndarray:
        """Whether the mission leaves by its timetable, so many months after it opened (E5)."""
        up: np.ndarray = (self.p.exit.by_timetable > 0) & (months_open >= self.p.exit.timetable_month)
        return up

    @property
    def patience_is_gone(self) -> np.ndarray:
        """Whether the mission leaves since member states are tired of it (E5)."""
        gone: np.ndarray = (self.p.exit.by_patience > 0) & (self.patience <= 0)
        return gone

    def open_mission(self) -> None:
        """The mission opens in its month, and sectors open at once or one after the other (E3, E12)."""
        due = (self.model.month >= self.p.mandate.start_month) & (self.p.mandate.deploy > 0)
        sent = due & (self.leaving == 0)
        self.sent_month = np.where(sent & (self.presence == 0), self.model.month, self.sent_month)
        self.presence = np.where(sent, 1, self.presence)
        step = self.p.mandate.sequence * self.p.headquarters.sequence_months
        for sector, turn in enumerate(FIRST_OPEN):
            self.gate[..., sector, :] = logistic(self.months_open - turn * step)
        ajar = np.exp(-self.p.headquarters.sequence_grip * self.p.mandate.sequence)
        self.gate = np.maximum(self.gate, ajar)

    def fill_posts(self) -> None:
        """Recruitment takes months, more where headquarters decides; people leave each year (B5, B4).

        An able head of support shortens the time; a clear line to the department of field support
        spares the errand through other offices (B6).
        """
        hq = self.p.headquarters
        months = hq.months_to_fill - hq.months_saved * self.p.mandate.delegation
        ease = hq.support_floor + hq.support_gain * self.model.leaders.strength[SUPPORT]
        hiring = 1 - np.exp(-ease / (months * (1 + hq.overlap_delay * self.model.team.overlap)))
        change = hiring * (1 - self.filled) - hq.turnover / 12 * self.filled
        self.filled += np.where(self.presence > 0, change, 0)

    def review_mandate(self) -> None:
        """At each review the mandate may widen to unmet need; patience wears where progress lacks (B10)."""
        hq, exit = self.p.headquarters, self.p.exit
        if self.model.month and self.model.month % self.model.review_months == 0:
            unmet = 1 - self.model.government.coverage
            widening = self.p.mandate.widening * self.p.training.evaluation
            self.scope += widening * unmet * (1 - self.scope) * (self.presence > 0)[None]
        unrest = np.minimum(1, hq.wear_by_violence * self.model.government.violence)
        wear = (1 - hq.wear_of_war) + hq.wear_of_war * unrest
        discord = 1 + hq.discord - hq.discord * self.p.mandate.unity_of_voice
        self.patience -= self.presence * wear * discord / exit.patience_months

    def decide_exit(self) -> None:
        """Leave by timetable, by benchmarks, or when patience is gone (E5; figures A22)."""
        exit, nation = self.p.exit, self.model.government
        late_enough = self.months_open >= exit.earliest_month
        ready = (
            (nation.capacity >= exit.capacity_benchmark)
            & (nation.confidence >= exit.confidence_benchmark)
            & (nation.calm_months >= self.p.headquarters.calm_months)
        )
        decided = self.timetable_is_up(self.months_open)
        decided = decided | (exit.by_benchmarks > 0) & late_enough & ready
        decided = decided | self.patience_is_gone
        newly = decided & (self.leaving == 0) & (self.presence > 0)
        self.exit_month = np.where(newly, self.model.month, self.exit_month)
        self.leaving = np.where(newly, 1, self.leaving)

    def draw_down(self) -> None:
        """Shrink over the draw-down; a follow-on office may stay on for a while (E6)."""
        exit = self.p.exit
        self.months_gone += self.leaving
        shrinking = np.maximum(0, 1 - self.months_gone / exit.drawdown_months)
        self.presence = np.where(self.leaving > 0, np.minimum(self.presence, shrinking), self.presence)
        in_time = self.months_gone <= exit.drawdown_months + exit.follow_on_months
        self.office = np.where((self.leaving > 0) & in_time, exit.follow_on, 0)


def mandated_share(headquarters: Headquarters) -> np.ndarray:
    """How the mandate divides the mission's attention between sectors, `[sector, world]`."""
    wanted = headquarters.scope * headquarters.gate
    return wanted / (total(wanted, axis=-2) + np.float32(1e-6))
