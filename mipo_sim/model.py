"""The mission model: many worlds of one country in lock-step, one month at a time."""

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

import mesa
import numpy as np

from mipo_sim.actors import (
    Agency,
    ArmedGroup,
    AssessedContributions,
    BilateralDonor,
    Community,
    DevelopmentBank,
    Donor,
    Force,
    Forum,
    Government,
    Headquarters,
    Leader,
    Neighbour,
    PooledFund,
    Programme,
    SeniorTeam,
    make_roster,
)
from mipo_sim.actors.agencies import (
    BankProgramme,
    BilateralProgramme,
    CountryTeamAgency,
    HumanitarianAgency,
    MissionComponent,
    NGOGroup,
    RegionalBody,
)
from mipo_sim.actors.armed_groups import GreedyGroup, LimitedGroup, TotalGroup
from mipo_sim.actors.axes import LEVELS
from mipo_sim.actors.force import Contingents, RegionalBrigade
from mipo_sim.country import Country, CountryMap, District, country_map
from mipo_sim.ensemble import Actor, Luck
from mipo_sim.mesa_view import collector
from mipo_sim.month import MONTH, Phase
from mipo_sim.outcomes.audit import Audit
from mipo_sim.outcomes.recorder import Recorder
from mipo_sim.parameters import SECTORS, ParameterError, Settings, check_whole
from mipo_sim.parameters.settings import decided

SEED = 2007  # of a study that names none
MOST_WORLDS, MOST_MONTHS = 1_000_000, 1200  # of one block
# Levers that set a start, or a size of which the mission has a share: who takes note when they are moved.
READ_AGAIN = {
    **{f"mandate.{task}": "headquarters.take_mandate" for task in SECTORS},
    "mandate.posts": "headquarters.keep_people",
    "mandate.troops": "force.keep_troops",
    **{f"integration.{level}": "team.take_form" for level in (*LEVELS, "humanitarian")},
    "funding.bilateral": "donors.choose_whom",
}
MOST_GIVERS = 80  # banks and donor states there may be; so many tastes are drawn, whoever comes


class MissionModel(mesa.Model):
    """A block of worlds of one country, each with its own parameters and its own luck.

    Parameters
    ----------
    values : mapping of str to number or array, optional
        Parameters that differ from their defaults, by dotted name; a number for all worlds or an array
        with one entry a world.
    worlds : int
        How many worlds to compute together.
    replicates : sequence of int, optional
        The replicate of each world, which decides its luck; by default 0, 1, 2 ...
    seed : int
        Seed of the study. Worlds of another seed have other luck; `mesa.batch_run` with iterations
        gives each its own only if told to (`rng=[1, 2, 3]`).
    map : str
        Name of a map in `country/maps`, or "generated".
    months : int
        Length of a run in months.
    decisions : mapping, optional
        Levers that are moved during the run: for each month (from 0), values as in `values`. A decision
        takes effect from that month on.
    phases : sequence of Phase
        What is done in a month, in order; studies of mechanisms and docking tests may leave some out.
    rng : int, optional
        Another name for `seed`, the one that Mesa's tools use.
    **named
        Further parameters by dotted name, as `mesa.batch_run` passes them.

    Raises
    ------
    ParameterError
        If a parameter is unknown, out of bounds, not a number, or contradicts another.
    """

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        *,
        worlds: int = 1,
        replicates: Sequence[int] | np.ndarray | None = None,
        seed: int | None = SEED,
        map: str = "heartland",
        months: int = 144,
        decisions: Mapping[int, Mapping[str, Any]] | None = None,
        phases: Sequence[Phase] = MONTH,
        rng: int | None = None,
        **named: Any,
    ) -> None:
        given = seed if rng is None else rng
        seed = check_whole("seed", SEED if given is None else given, 0, 2**63 - 1)
        super().__init__(rng=seed)
        self.worlds = check_whole("worlds", worlds, 1, MOST_WORLDS)
        self.months = check_whole("months", months, 1, MOST_MONTHS)
        self.replicates = _checked_replicates(range(worlds) if replicates is None else replicates, worlds)
        self.p = Settings({**(values or {}), **named}, worlds)
        self.decisions = dict(decisions or {})
        self._check_decisions()
        self.luck = Luck(seed, self.replicates)
        self.month = 0
        count = self.p.counts
        self.review_months = count["coordination.review_months"]
        self.planning_months = count["coordination.planning_months"]
        self._lay_ground(count, country_map(map, count["country.districts"]))
        self._populate(count)
        self._begin()
        self.recorder, self.audit = Recorder(self), Audit(self)
        self.phases: list[tuple[Phase, list[Callable[[], None]]]] = [
            (phase, [self._resolve(act) for act in phase.acts]) for phase in phases
        ]
        self.datacollector = collector(self) if worlds == 1 else None
        self.seconds: dict[str, float] = dict.fromkeys((phase.name for phase in phases), 0.0)

    def _lay_ground(self, count: Mapping[str, int], ground: CountryMap) -> None:
        """The country and who is in it, and from them how long each axis of a state is."""
        self.country = Country(ground, count["country.communities_per_district"])
        self.roster = make_roster(
            {
                MissionComponent: count["partners.mission_components"],
                HumanitarianAgency: count["partners.humanitarian_agencies"],
                CountryTeamAgency: count["partners.country_team_agencies"],
                BankProgramme: count["partners.bank_programmes"],
                NGOGroup: count["partners.ngo_groups"],
                RegionalBody: count["partners.regional_bodies"],
                BilateralProgramme: count["partners.bilateral_programmes"],
            }
        )
        self.sizes = {
            "sector": len(SECTORS),
            "level": len(LEVELS),
            "district": self.country.districts,
            "community": self.country.communities,
            "agency": len(self.roster.weights),
            "giver": MOST_GIVERS,
        }

    def _populate(self, count: Mapping[str, int]) -> None:
        self.headquarters = Headquarters.populate(self, 1)[0]
        self.leaders = Leader.populate(self, 5)
        self.team = SeniorTeam.populate(self, 1)[0]
        self.force = Force.populate(self, {Contingents: 1, RegionalBrigade: 1})
        self.agencies = Agency.populate(self, self.roster.counts)
        self.programmes = Programme.populate(self, len(self.roster.programmes))
        self.forum = Forum.populate(self, 1)[0]
        self.donors = Donor.populate(
            self,
            {
                AssessedContributions: 1,
                DevelopmentBank: count["partners.bank_donors"],
                BilateralDonor: count["partners.bilateral_donors"],
                PooledFund: 1,
            },
        )
        self.districts = District.populate(self, self.country.districts)
        self.communities = Community.populate(self, self.country.communities)
        self.government = Government.populate(self, 1)[0]
        self.armed_groups = ArmedGroup.populate(
            self,
            {
                LimitedGroup: count["situation.limited_groups"],
                GreedyGroup: count["situation.greedy_groups"],
                TotalGroup: count["situation.total_groups"],
            },
        )
        self.neighbours = Neighbour.populate(self, len(self.country.neighbour_names))
        # Mesa counts agents by model in a table of its class, which would keep every block alive for ever.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def _begin(self) -> None:
        """Give every actor its constants, then its start."""
        self.donors.enlist()
        self.agencies.enlist()
        self.armed_groups.settle_in()
        for actor in (
            self.headquarters,
            self.leaders,
            self.team,
            self.government,
            self.communities,
            self.armed_groups,
            self.agencies,
            self.forum,
            self.donors,
        ):
            actor.begin()
        self.districts.take_stock()
        self.government.take_stock()

    def _check_decisions(self) -> None:
        """Refuse decisions that could not be taken, before the first month is lived."""
        held: Mapping[str, Any] = self.p.full
        for month in sorted(self.decisions):
            check_whole("the month of a decision", month, 0, self.months - 1)
            held = decided(held, self.decisions[month])

    def __repr__(self) -> str:
        worlds = "1 world" if self.worlds == 1 else f"{self.worlds} worlds"
        return f"<MissionModel: {self.country.map.name}, {worlds}, month {self.month} of {self.months}>"

    def _resolve(self, act: str) -> Callable[..., None]:
        kind, behaviour = act.split(".")
        bound: Callable[..., None] = getattr(getattr(self, kind), behaviour)
        return bound

    @property
    def season(self) -> float:
        """Rains: 0 in the dry half of the year, up to 1 in the wet half."""
        return max(0.0, float(np.sin(2 * np.pi * self.month / 12)))

    def step(self) -> None:
        """Live one month in all worlds.

        Raises
        ------
        RuntimeError
            If the run has come to its end.
        """
        if self.month >= self.months:
            raise RuntimeError(f"the run ends after {self.months} months; make the model with more to go on")
        if self.month in self.decisions:
            self.decide(self.decisions[self.month])
        with np.errstate(under="ignore"):
            for phase, acts in self.phases:
                if phase.at_planning and self.month % self.planning_months:
                    continue
                start = perf_counter()
                for act in acts:
                    act()
                self.seconds[phase.name] += perf_counter() - start
        self.month += 1
        if self.datacollector is not None:
            self.datacollector.collect(self)
        self.running = self.month < self.months

    def decide(self, values: Mapping[str, Any]) -> None:
        """Move levers from this month on, in all worlds or, with arrays, in each its own way.

        Parameters
        ----------
        values : mapping of str to number or array
            Levers by dotted name.

        Raises
        ------
        ParameterError
            If something is no lever, out of bounds, or contradicts something else.
        """
        before = {name: self.p.of(name) for name in values if name in READ_AGAIN}
        self.p.decide(values)
        if np.any((self.p.mandate.deploy == 0) & (self.headquarters.presence > 0)):
            raise ParameterError("a mission in the field is ended by exit.* levers, not by mandate.deploy=0")
        for act in dict.fromkeys(READ_AGAIN[name] for name in before):
            self._resolve(act)({name: old for name, old in before.items() if READ_AGAIN[name] == act})

    def run(self, progress: Callable[[int], None] | None = None) -> "MissionModel":
        """Live all months.

        Parameters
        ----------
        progress : callable, optional
            Called after each month with the number of months lived.
        """
        while self.month < self.months:
            self.step()
            if progress is not None:
                progress(self.month)
        return self

    def actors(self) -> dict[str, Actor]:
        """All kinds of actor by their name in the model."""
        return {name: kind for name, kind in vars(self).items() if isinstance(kind, Actor)}


def _checked_replicates(replicates: Sequence[int] | np.ndarray, worlds: int) -> np.ndarray:
    """Refuse what does not number worlds; rounding would give two of them the same luck."""
    found = np.asarray(replicates)
    if found.shape != (worlds,) or found.dtype.kind not in "iu" or (found < 0).any():
        raise ParameterError(f"replicates takes {worlds} whole numbers from 0, one a world")
    return found
