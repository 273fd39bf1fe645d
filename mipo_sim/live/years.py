"""A year of one mission lived again, in as many columns as there are things to hold.

The columns are worlds of one block and share their luck: the two missions as they went, and the one in
question again and again, each time with one thing held as it was a year before, or as it went in the other.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from mipo_sim.ensemble import Fact, State
from mipo_sim.live.plan import FORMS, Plan
from mipo_sim.live.tracing import MONTH_OF_ACTS, Name, behind, by_chance, tellable, traces
from mipo_sim.model import MissionModel
from mipo_sim.parameters import ParameterError, complete, declared

STRONGEST = 6  # causes told of one effect, of either kind
SMALL = 0.15  # of the whole change: what brings less is not told
NOTHING = {"share": 0.005, "switch": 0.5}  # by unit: changes below are not seen


class Year(MissionModel):
    """Both missions as they went, and one of them with one thing held, side by side.

    Parameters
    ----------
    plan : Plan
        The run.
    mission : {0, 1}
        The mission in question.
    base : MissionModel
        The run as it stood when the year began: two worlds, one a mission.

    Attributes
    ----------
    columns : dict
        The world in which a state, or a group of levers (`(group, "")`), is held as it was "before" or in the
        "other" mission: `(name, "before" | "other")` to its number.
    """

    def __init__(self, plan: Plan, mission: int, base: MissionModel) -> None:
        experiment = plan.experiment(1)
        self._mission, self._start = mission, base.month
        self._given = [experiment.forms[form] for form in FORMS]
        self._decided = plan.decided
        self._of = [0, 1]
        self.columns: dict[tuple[Name, str], int] = {}
        self._arrays: dict[Name, np.ndarray] = {}
        self._lay_out()
        self._holding = False
        super().__init__(
            self._levers_of(base.month - 1, declared()),
            worlds=len(self._of),
            replicates=np.full(len(self._of), plan.world),
            seed=experiment.seed,
            map=experiment.situation.map,
            months=plan.months,
            phases=MONTH_OF_ACTS,
        )
        self.month = base.month
        self._before = self._take_over(base)

    # -- the columns -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Give each thing that is held a column."""
        apart = self._values(0, self._start) != self._values(1, self._start) or any(self._decided)
        for name in sorted(tellable()):
            self._add(name, "before")
            if apart:
                self._add(name, "other")
        for group in sorted({name.split(".")[0] for name in self._moved()}):
            if self._can_hold(group):
                self._add((group, ""), "before")
                self._add((group, ""), "other")

    def _add(self, name: Name, against: str) -> None:
        self.columns[name, against] = len(self._of)
        self._of.append(self._mission)

    def _values(self, mission: int, month: int) -> dict[str, float]:
        """What a mission's parameters are in a month, with all that was decided by then."""
        values = dict(self._given[mission])
        for when in sorted(self._decided[mission]):
            if when <= month:
                values |= self._decided[mission][when]
        return values

    def _moved(self) -> list[str]:
        """Levers that differ between the missions, or were decided on."""
        decided = {name for taken in self._decided for values in taken.values() for name in values}
        first, second = self._given
        return sorted(decided | {name for name in first if first[name] != second[name]})

    def _can_hold(self, group: str) -> bool:
        """Whether levers of one group go with all else of the mission, in any month of the year."""
        if group == "mandate" and any(given.get("mandate.deploy") == 0 for given in self._given):
            return False  # a mission that was never sent cannot be called back
        months = {self._start, *(m for taken in self._decided for m in taken if m > self._start)}
        try:
            for month in months:
                for place in ("before", "other"):
                    complete(self._held_values(group, place, month))
        except ParameterError:
            return False
        return True

    def _held_values(self, group: str, against: str, month: int) -> dict[str, float]:
        mine = self._values(self._mission, month)
        theirs = (
            self._values(1 - self._mission, month)
            if against == "other"
            else self._values(self._mission, self._start - 1)
        )
        return {name: theirs[name] if name.split(".")[0] == group else mine[name] for name in mine}

    def _levers_of(self, month: int, names: Iterable[str]) -> dict[str, Any]:
        """Parameters of all columns in a month: one number where all have the same."""
        of_missions = [self._values(mission, month) for mission in (0, 1)]
        by_column = [of_missions[mission] for mission in self._of]
        if month >= self._start:
            for (name, against), column in self.columns.items():
                if not name[1]:
                    by_column[column] = self._held_values(name[0], against, month)
        found: dict[str, Any] = {}
        for lever in names:
            values = [values[lever] for values in by_column]
            found[lever] = values[0] if min(values) == max(values) else np.array(values)
        return found

    def _take_over(self, base: MissionModel) -> dict[Name, np.ndarray]:
        """Begin as the two missions stood, and keep how that was."""
        theirs, kept = base.actors(), {}
        for kind, actor in self.actors().items():
            for state, array in actor.arrays.items():
                source = theirs[kind].arrays[state]
                if isinstance(self._declared(kind, state), Fact):
                    array[...] = source
                else:
                    array[...] = source[..., self._of]
                    kept[kind, state] = source.copy()
                    self._arrays[kind, state] = array
        return kept

    def _declared(self, kind: str, state: str) -> State:
        return type(self.actors()[kind]).states()[state]

    # -- living it -------------------------------------------------------------------------------------

    def live_to(self, month: int) -> None:
        """Live to the end of a month."""
        moved = self._moved()
        self._holding = True
        while self.month <= month:
            if changed := self.p.differing(self._levers_of(self.month, moved)):
                self.decide(changed)
            self._hold(self._before)
            self.step()

    def _resolve(self, act: str) -> Callable[..., None]:
        do = super()._resolve(act)
        trace = traces().get(act)
        held = trace.writes & tellable() if trace else frozenset()
        if not held:
            return do

        def and_hold(*args: Any) -> None:
            do(*args)
            if self._holding:
                self._hold(held)

        return and_hold

    def _hold(self, names: Iterable[Name]) -> None:
        other = 1 - self._mission
        for name in names:
            array = self._arrays[name]
            if (column := self.columns.get((name, "before"))) is not None:
                array[..., column] = self._before[name][..., self._mission]
            if (column := self.columns.get((name, "other"))) is not None:
                array[..., column] = array[..., other]

    # -- what came of it -------------------------------------------------------------------------------

    def value(self, name: Name, row: int | None, place: str | int) -> float:
        """A state now, a year before, in the other mission, or in a column: one number.

        Several rows are meant by the people who live there, else plainly; sectors and levels plainly.
        """
        if place == "before":
            values = self._before[name][..., self._mission]
        else:
            columns: dict[str | int, Any] = {"now": self._mission, "other": 1 - self._mission}
            values = self._arrays[name][..., columns.get(place, place)]
        by_row = values.reshape(len(values), -1).mean(axis=1)
        if name[0] == "communities":
            by_row = (self.country.blocks(by_row) * self.country.share_of_place).sum(axis=1)
        if row is not None and row >= len(by_row):
            raise ParameterError(f"{'.'.join(name)} has rows 0 to {len(by_row) - 1}, not {row}")
        weights = self.country.district_share if name[0] in ("communities", "districts") else None
        return float(by_row[row] if row is not None else np.average(by_row, weights=weights))

    def unit(self, name: Name) -> str:
        """Unit of a state."""
        return self._declared(*name).unit

    def lever(self, name: str) -> float:
        """What a lever of the mission in question is now."""
        return float(np.broadcast_to(self.p.full[name], len(self._of))[self._mission])

    def causes(self, effect: Name, row: int | None) -> list[dict[str, Any]]:
        """Tell the strongest causes of an effect, `Cause` of the protocol."""
        value = self.value(effect, row, "now")
        least = NOTHING.get(self.unit(effect), 0.02 * abs(value))
        candidates = (*behind(effect)[0], *(name for name, _ in self.columns if not name[1]))
        found = []
        for (name, against), column in self.columns.items():
            if name == effect or name not in candidates:
                continue
            change = value - self.value(effect, row, against)
            without = self.value(effect, row, column)
            moved = value - without
            if abs(moved) > max(least, SMALL * abs(change)):
                cause = self._cause(name, self._row_of(name, effect, row), against)
                found.append(cause | {"without": without, "pushed": moved * change > 0})
        found.sort(key=lambda cause: -abs(value - cause["without"]))
        return found[: 2 * STRONGEST]

    def _cause(self, name: Name, row: int | None, against: str) -> dict[str, Any]:
        if name[1]:
            return {
                "what": "state",
                "name": ".".join(name),
                "row": row,
                "against": against,
                "was": self.value(name, row, against),
                "is": self.value(name, row, "now"),
                "unit": self.unit(name),
                "luck": by_chance(name),
            }
        here, there = (
            self._values(self._mission, self.month - 1),
            self._held_values(name[0], against, self.month - 1),
        )
        differing = [lever for lever in here if here[lever] != there[lever]]
        one = differing[0] if len(differing) == 1 else None
        return {
            "what": "lever",
            "name": one or name[0],
            "row": None,
            "against": against,
            "was": there[one] if one else 0.0,
            "is": here[one] if one else 0.0,
            "unit": declared()[one].unit if one else "",
            "luck": False,
        }

    @staticmethod
    def _row_of(cause: Name, effect: Name, row: int | None) -> int | None:
        """The place or actor of the effect is that of the cause, where the cause has one."""
        places = ("communities", "districts")
        alike = cause[0] == effect[0] or (cause[0] in places and effect[0] in places)
        return row if alike else None
