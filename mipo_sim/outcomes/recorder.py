"""Write down each month what happened in every world, and check that nothing impossible did."""

from typing import TYPE_CHECKING

import numpy as np

from mipo_sim.ensemble import TINY, total
from mipo_sim.outcomes.measures import SERIES
from mipo_sim.parameters import SECTORS

if TYPE_CHECKING:
    from mipo_sim.model import MissionModel


class Recorder:
    """Monthly series of every world.

    Attributes
    ----------
    series : dict of str to array, shape [month, world]
        One array for each measure in `SERIES`.
    """

    def __init__(self, model: "MissionModel") -> None:
        self.model = model
        self.series = {
            measure.name: np.full((model.months, model.worlds), np.nan, dtype=np.float32)
            for measure in SERIES
        }

    def record(self) -> None:
        """Read the month's figures."""
        month = self.model.month
        for name, values in self._read().items():
            self.series[name][month] = values

    def _read(self) -> dict[str, np.ndarray]:
        model = self.model
        nation, team, hq, forum = model.government, model.team, model.headquarters, model.forum
        agencies, donors, people, country = model.agencies, model.donors, model.communities, model.country
        staff, givers = agencies.staff, donors.giving
        by_sector = {f"need_met_{name}": nation.coverage[i] for i, name in enumerate(SECTORS)}
        if model.month % model.planning_months == 0:  # places change with plans; sorting them is dear
            self._inequality = gini_of(total(people.coverage, axis=-2) / 5)
        pledged = total(donors.pledged[givers], axis=0)
        return by_sector | {
            "violence": nation.violence,
            "need_met": nation.need_met,
            "inequality": self._inequality,
            "duplication": forum.duplication,
            "fit": self._fit(),
            "staff": total(staff, axis=0),
            "in_coordination": total(staff * agencies.coordinating, axis=0),
            "in_reporting": total(staff * agencies.reporting, axis=0),
            "in_waiting": total(staff * agencies.waiting, axis=0),
            "in_rivalry": total(staff * agencies.rivalry, axis=0),
            "plan_age": team.plan_age,
            "decision_delay": team.delay,
            "trust": nation.trust,
            "confidence": nation.confidence,
            "grievance": country.national_mean(model.districts.grievance),
            "local_capacity": country.national_mean(country.district_mean(people.local_capacity)),
            "state_capacity": nation.capacity,
            "settlement": nation.settlement,
            "political_time": team.political_time * hq.staff_presence,
            "humanitarian_access": agencies.humanitarian_access(),
            "staff_attacked": total(agencies.attacked * staff, axis=0) / 1000,
            "harm": country.national_mean(country.district_mean(people.harm)),
            "harm_by_soldiers": country.national_mean(country.district_mean(people.harm_by_soldiers)),
            "presence": hq.presence,
            "troops": total(model.force.effective, axis=0),
            "posts_filled": hq.filled * (hq.presence > 0),
            "money_pledged": pledged,
            "money_paid": total(donors.disbursed[givers], axis=0),
            "money_on_time": donors.on_time(),
            "cost": total(agencies.spent, axis=0) + donors.mission_bills(),
            "alarms": country.national_mean(model.districts.alarm),
            "armed_strength": total(model.armed_groups.strength, axis=0) / max(len(model.armed_groups), 1),
            "real_depth": (team.real_depth(0) + team.real_depth(1) + team.real_depth(2)) / 3,
            "formal_depth": total(team.in_force, axis=0) / 3,
        }

    def _fit(self) -> np.ndarray:
        """Overlap of the shares of outside work and of need over districts and sectors."""
        places, weight = self.model.districts, self.model.country.district_share[:, None, None]
        done, need = places.aid * weight, places.need * weight
        done = done / (total(total(done, axis=-2), axis=0) + TINY)
        need = need / (total(total(need, axis=-2), axis=0) + TINY)
        return total(total(np.minimum(done, need), axis=-2), axis=0)


def gini_of(values: np.ndarray) -> np.ndarray:
    """Gini coefficient over communities, `[community, world]` to `[world]`: 0 is equal, 1 all for one."""
    count = len(values)
    ordered = np.sort(np.ascontiguousarray(values.T), axis=1)
    rank = np.arange(1, count + 1, dtype=np.float32)
    whole = np.sum(ordered, axis=1)
    above = np.sum(ordered * (2 * rank - count - 1), axis=1)
    gini: np.ndarray = above / np.maximum(count * whole, TINY)
    return gini
