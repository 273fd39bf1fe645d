"""Why did this happen? A year lived again, each time with one thing held, all else left to the rules.

Nothing here knows a rule of the country. Which things can matter to an effect is read off what the behaviours
of the month ask for (`tracing.py`); how much each matters is found by living the last year again with it held
as it was a year before ("why now?"), or as it went in the other mission ("why here and not there?").
All those years are lived side by side in one block of worlds that share their luck (`years.py`).
Effects of several things need not add up: what is held can stand in for, or call for, something else.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any

from mipo_sim.live.plan import Plan
from mipo_sim.live.recording import Memories, model_at
from mipo_sim.live.tracing import Name, behind, by_chance, writers
from mipo_sim.live.years import Year
from mipo_sim.parameters import ParameterError

YEAR = 12  # months lived again: the seasons are then the same
KEPT_YEARS = 8  # by the questions asked last; some ten megabytes each


class Causes:
    """Answers to "why?" for the two missions of a plan.

    Parameters
    ----------
    plan : Plan
        The run in question.
    memories : Memories
        States of the run that are still known, to begin from.
    """

    def __init__(self, plan: Plan, memories: Memories) -> None:
        self._plan, self._memories = plan, memories
        self._years: OrderedDict[tuple[int, int], Year] = OrderedDict()
        self._lock = Lock()

    def why(self, of: Mapping[str, Any], mission: int, month: int) -> dict[str, Any]:
        """Tell what moved a state by the end of a month, as `Why` of the protocol without its id.

        Parameters
        ----------
        of : mapping
            The state: `kind`, `state` and `row` (None for the mean over all, or where there is one).
        mission : {0, 1}
            Whose.
        month : int
            The last month that counts, from 0.

        Raises
        ------
        ParameterError
            If there is no such state, row, mission or month.
        """
        effect = self._checked(of, mission, month)
        year, row = self._year(mission, month), of["row"]
        value, before, other = (year.value(effect, row, place) for place in ("now", "before", "other"))
        causes = year.causes(effect, row)
        levers = {name: year.lever(name) for name in behind(effect)[1]}
        return {
            "tell": "why",
            "of": {"kind": effect[0], "state": effect[1], "row": row},
            "mission": mission,
            "month": month,
            "unit": year.unit(effect),
            "value": value,
            "before": before,
            "other": other,
            "luck": by_chance(effect),
            "causes": causes,
            "levers": levers,
        }

    def reasons(self, events: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        """Tell by their keys what brought events about, the strongest first; not what held them back."""
        found = {}
        for event in events:
            of = event["of"]
            effect = self._checked(of, event["mission"], event["month"])
            year = self._year(event["mission"], event["month"])
            found[event["key"]] = [cause for cause in year.causes(effect, of["row"]) if cause["pushed"]]
        return found

    def _checked(self, of: Mapping[str, Any], mission: int, month: int) -> Name:
        effect = (str(of.get("kind")), str(of.get("state")))
        if effect not in writers():
            raise ParameterError(f"nothing in the country is called {'.'.join(effect)!r}")
        if mission not in (0, 1) or not isinstance(month, int) or not 0 <= month < self._plan.months:
            raise ParameterError(f"a run has missions 0 and 1, and months 0 to {self._plan.months - 1}")
        row = of.get("row")
        if row is not None and not (isinstance(row, int) and row >= 0):
            raise ParameterError(f"a row is a whole number from 0, not {row!r}")
        return effect

    def _year(self, mission: int, month: int) -> Year:
        with self._lock:  # the same question twice is one computation
            known = self._years.get((mission, month))
            if known is None:
                base = model_at(self._plan, max(0, month + 1 - YEAR), self._memories)
                known = Year(self._plan, mission, base)
                known.live_to(month)
                self._years[mission, month] = known
            self._years.move_to_end((mission, month))
            while len(self._years) > KEPT_YEARS:
                self._years.popitem(last=False)
            return known
