"""What is worth telling of a month: found by comparing it with the months before, told without words.

`marks.py` has what passes a level; here is what needs more than a level. Thresholds are for telling only.
"""

from collections.abc import Iterator
from copy import copy, deepcopy
from typing import Any, Self

import numpy as np

from mipo_sim.actors.leadership import HEAD
from mipo_sim.ensemble import share_of, total
from mipo_sim.live.frames import status_of
from mipo_sim.live.marks import MARKS, Mark, formal_depth
from mipo_sim.live.plan import Plan
from mipo_sim.model import MissionModel
from mipo_sim.outcomes.world import relapse_month

Event = dict[str, Any]
ALIKE = 0.1  # ability: a new leader who differs by less is about as able as the last
REVIEWED = 0.05  # mean scope over sectors, or depth over levels, against when it was last told
SLIP, FADING = 0.1, 0.25  # of the settlement and of donors' attention, under the best they have been
FEWER, USUAL = 0.6, 1.2  # pledges of a quarter against the year before it
QUARTER, YEAR = 3, 12
LOUD, QUIET = 0.4, 0.2  # alarms: sounding, and over
HEEDED = 1 / 3  # of an alarm's loudness
AWAITED, RESTED = 3, 24  # months: how long answers are awaited, and until a district is told of again
ENDS = {  # by whether an office was there, and what is there now
    (False, "office"): ("mission_leaves_office", "presence", 3),
    (False, "gone"): ("mission_gone", "presence", 3),
    (True, "gone"): ("office_closes", "office", 2),
}
ONE_ROW = ("headquarters", "team", "forum", "government")  # kinds of which there is one


class Teller:
    """Both missions' months put into events; it remembers what it needs of the months before.

    Parameters
    ----------
    plan : Plan
        What is decided in which month.
    model : MissionModel
        Both missions before their first month.
    """

    def __init__(self, plan: Plan, model: MissionModel) -> None:
        self._plan = plan
        self._sides = [mark.side(mark.read(model)) for mark in MARKS]
        self._competence = model.leaders.competence.copy()
        self._depth, self._scope = formal_depth(model), _scope(model)
        self._best_deal, self._best_attention = model.government.settlement.copy(), _attention(model)
        self._pledges = np.zeros((0, len(model.donors), model.worlds), np.float32)
        self._fewer = np.zeros(model.worlds, bool)
        self._status = status_of(model)
        hot = model.p.situation.violence >= model.p.conflict.war_threshold
        self._wars = [_War(bool(at_war)) for at_war in np.broadcast_to(hot, model.worlds)]
        self._alarms = _Alarms(model.districts.alarm.shape)

    def copy(self, plan: Plan) -> Self:
        """Give a teller that remembers the same and goes its own way, with a plan that is alike until now."""
        other = copy(self)
        vars(other).update({name: deepcopy(kept) for name, kept in vars(self).items() if name != "_plan"})
        other._plan = plan
        return other

    def tell(self, model: MissionModel) -> list[Event]:
        """Tell the month just lived, as `Happening` of the protocol: by mission, the weightiest first."""
        month = model.month - 1
        found: dict[str, Event] = {}
        for event in self._find(model, month):
            places = [str(each) for each in (event["district"], event["who"]) if each is not None]
            key = "-".join([str(month), str(event["mission"]), event["what"], *places])
            found[key] = {"key": key, "month": month, **event}
        return sorted(found.values(), key=lambda event: (event["mission"], -event["weight"]))

    def _find(self, model: MissionModel, month: int) -> Iterator[Event]:
        yield from self._decisions(month)
        yield from self._missions(model)
        yield from self._leaders(model)
        yield from self._reviews(model, month)
        yield from self._slips(model)
        yield from self._money(model)
        yield from self._alarms.tell(model)
        for mission, war in enumerate(self._wars):
            yield from war.tell(model, mission)
        for place, mark in enumerate(MARKS):
            yield from self._passed(place, mark, model)

    def _decisions(self, month: int) -> Iterator[Event]:
        for mission, decided in enumerate(self._plan.decided):
            if moved := decided.get(month):
                yield _event("decision", mission, "headquarters.presence", value=len(moved))

    def _missions(self, model: MissionModel) -> Iterator[Event]:
        hq, status = model.headquarters, status_of(model)
        troops = np.broadcast_to(model.p.mandate.troops, model.worlds)
        for mission, (was, now) in enumerate(zip(self._status, status, strict=True)):
            if was == now:
                continue
            if was == "absent":
                yield _event("mission_opens", mission, "headquarters.presence", 3, value=troops[mission])
            if was in ("absent", "deployed") and now != "deployed":
                yield self._exit(model, mission)
            if now in ("office", "gone"):
                what, of, weight = ENDS[was == "office", now]
                yield _event(what, mission, f"headquarters.{of}", weight, value=hq.months_gone[mission])
        self._status = status

    @staticmethod
    def _exit(model: MissionModel, mission: int) -> Event:
        """By which of the rules in force the draw-down was decided; of several, the first of these."""
        hq = model.headquarters
        since = hq.exit_month - np.broadcast_to(model.p.mandate.start_month, model.worlds)
        due, tired = hq.timetable_is_up(since), hq.patience_is_gone
        which = "timetable" if due[mission] else "patience" if tired[mission] else "benchmarks"
        return _event(f"exit_{which}", mission, "headquarters.leaving", 3, value=since[mission])

    def _leaders(self, model: MissionModel) -> Iterator[Event]:
        before, self._competence = self._competence, model.leaders.competence.copy()
        new = (self._competence != before) & (model.headquarters.staff_presence > 0)
        for row, mission in np.argwhere(new):
            ability, last = self._competence[row, mission], before[row, mission]
            alike = abs(ability - last) < ALIKE
            what = "leader_alike" if alike else "leader_abler" if ability > last else "leader_weaker"
            weight = 2 if row == HEAD and not alike else 1
            numbers = {"value": ability, "before": last}
            yield _event(what, mission, "leaders.competence", weight, row, who=row, **numbers)

    def _reviews(self, model: MissionModel, month: int) -> Iterator[Event]:
        """Form and mandate as reviews change them; what the class decides is told as a decision."""
        for what, group, of, now, told, weight in (
            ("form_adapted", "integration", "team.formal", formal_depth(model), self._depth, 2),
            ("mandate_widened", "mandate", "headquarters.scope", _scope(model), self._scope, 1),
        ):
            for mission, decided in enumerate(self._plan.decided):
                moved = any(name.startswith(f"{group}.") for name in decided.get(month, ()))
                if abs(now[mission] - told[mission]) >= REVIEWED and not moved:
                    numbers = {"value": now[mission], "before": told[mission]}
                    yield _event(what, mission, of, weight, **numbers)
                    moved = True
                if moved:
                    told[mission] = now[mission]

    def _slips(self, model: MissionModel) -> Iterator[Event]:
        """What has come down from the best that it has been."""
        largest = int(np.argmax(model.donors.size))
        for what, now, best, by, of, row in (
            ("deal_slips", model.government.settlement, self._best_deal, SLIP, "government.settlement", None),
            ("attention_fades", _attention(model), self._best_attention, FADING, "donors.attention", largest),
        ):
            for mission in np.flatnonzero(now <= best - by).tolist():
                yield _event(what, mission, of, row=row, who=row, value=now[mission], before=best[mission])
                best[mission] = now[mission]
            np.maximum(best, now, out=best)

    def _money(self, model: MissionModel) -> Iterator[Event]:
        """Pledges that fall well under those of the year before, and come back."""
        pledged = model.donors.pledged.copy()
        pledged[[0, -1]] = 0  # dues are no pledge, and the pool pledges what others gave
        self._pledges = np.concatenate([self._pledges, pledged[None]])[-(QUARTER + YEAR) :]
        if len(self._pledges) < QUARTER + YEAR:
            return
        usual, now = self._pledges[:YEAR].mean(axis=0), self._pledges[YEAR:].mean(axis=0)
        ratio = share_of(total(now, axis=0), total(usual, axis=0))
        for mission in np.flatnonzero(np.where(self._fewer, ratio >= USUAL, ratio <= FEWER)).tolist():
            change = (now - usual)[:, mission] * (1 if self._fewer[mission] else -1)
            what, weight = ("pledges_recover", 1) if self._fewer[mission] else ("pledges_fall", 2)
            who = int(change.argmax())
            numbers = {"value": now[:, mission].sum(), "before": usual[:, mission].sum()}
            yield _event(what, mission, "donors.pledged", weight, who, who=who, **numbers)
            self._fewer[mission] = ~self._fewer[mission]

    def _passed(self, place: int, mark: Mark, model: MissionModel) -> Iterator[Event]:
        quantity, before = mark.read(model), self._sides[place]
        if mark.settles and model.month == 1:
            before = mark.side(quantity)
        side = np.where(quantity >= mark.high, 1, np.where(quantity <= mark.low, -1, before))
        self._sides[place] = side
        if (side == before).all():
            return
        told = quantity if mark.value is None else mark.value(model)
        who = None if mark.who is None else mark.who(model)
        for at in map(tuple, np.argwhere(side != before)):
            what, weight = (mark.up, mark.weight_up) if side[at] > 0 else (mark.down, mark.weight_down)
            if not what:
                continue
            row = at[0] if mark.rows else None
            pointed = None if who is None else int(who[at])
            yield _event(
                what,
                at[-1],
                mark.of,
                weight,
                row if pointed is None else pointed,
                district=row if mark.rows == "district" else None,
                who=row if mark.rows == "who" else pointed,
                value=told[at],
            )


class _War:
    """One mission's country between war and peace, dated by the rule of the outcomes."""

    def __init__(self, at_war: bool) -> None:
        self._at_war, self._since, self._returned = at_war, 0, False

    def tell(self, model: MissionModel, mission: int) -> Iterator[Event]:
        """Tell when peace is counted, or war has come back."""
        violence = model.recorder.series["violence"][self._since : model.month, mission : mission + 1]
        threshold = np.broadcast_to(model.p.conflict.war_threshold, model.worlds)[mission : mission + 1]
        if not self._at_war and violence[-1] < threshold:
            return  # peace goes on; the rule is dear to ask
        peace, relapse = relapse_month(violence, threshold, np.array([self._at_war]))
        of = "government.violence"
        if relapse[0] >= 0:
            first = self._since + int(relapse[0])
            yield _event("war_returns", mission, of, 3, value=violence[-1, 0], before=first)
            self._at_war, self._since, self._returned = True, first, True
        elif self._at_war and peace[0] >= 0:
            what = "war_over" if self._returned else "peace_counts"
            yield _event(what, mission, of, 3, value=violence[-1, 0])
            self._at_war, self._since = False, self._since + int(peace[0])


class _Alarms:
    """Early warnings by district, and whether anybody acts on them."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._since = np.full(shape, RESTED)  # months since the last one sounded
        self._over = np.ones(shape, bool)
        self._loud, self._answer = (np.zeros(shape, np.float32) for _ in range(2))

    def tell(self, model: MissionModel) -> Iterator[Event]:
        """Tell of warnings when there was time to act on them."""
        alarm, response = model.districts.alarm, model.districts.response
        self._since = self._since + 1
        self._over |= alarm <= QUIET
        there = model.headquarters.presence > 0
        sounds = (alarm >= LOUD) & self._over & (self._since >= RESTED) & there
        self._since[sounds], self._over[sounds] = 0, False
        self._loud, self._answer = np.where(sounds, alarm, self._loud), np.where(sounds, 0, self._answer)
        self._answer = np.maximum(self._answer, response)
        for row, mission in np.argwhere(self._since == AWAITED):
            answer, loud = self._answer[row, mission], self._loud[row, mission]
            what = "alarm_heeded" if answer >= HEEDED * loud else "alarm_unheeded"
            numbers = {"value": answer, "before": loud}
            yield _event(what, mission, "districts.response", 1, row, district=row, **numbers)


def _event(
    what: str,
    mission: int,
    of: str,
    weight: int = 2,
    row: int | None = None,
    *,
    district: int | None = None,
    who: int | None = None,
    value: float | None = None,
    before: float | None = None,
) -> Event:
    kind, state = of.split(".")
    return {
        "mission": int(mission),
        "what": what,
        "district": None if district is None else int(district),
        "who": None if who is None else int(who),
        "value": _number(value),
        "before": _number(before),
        "weight": weight,
        "of": {"kind": kind, "state": state, "row": None if row is None or kind in ONE_ROW else int(row)},
    }


def _number(value: float | None) -> float | None:
    return None if value is None else float(str(value))


def _scope(model: MissionModel) -> np.ndarray:
    return total(model.headquarters.scope, axis=0) / np.float32(len(model.headquarters.scope))


def _attention(model: MissionModel) -> np.ndarray:
    """Donors' attention, by the money that they give."""
    return total(model.donors.attention * model.donors.size[:, None], axis=0)
