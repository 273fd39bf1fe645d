"""The core again as a plain Mesa model: one object for each agent, one world, ordinary Python numbers.

Written from `docs/model.md`. It is here for two reasons: to check the page and the engine (same start, same
trajectories), and to say how much faster the engine is than the model that one would write first.
"""

from math import pi, sin

import mesa

from benchmarks.core import Start
from benchmarks.mesa_twin_country import (
    ArmedGroup,
    Community,
    District,
    Government,
    GreedyGroup,
    LimitedGroup,
    Neighbour,
    TotalGroup,
)
from benchmarks.mesa_twin_mission import (
    Agency,
    BankProgramme,
    BilateralProgramme,
    Contingents,
    CountryTeamAgency,
    Force,
    Forum,
    HumanitarianAgency,
    Leader,
    Mission,
    MissionComponent,
    NGOGroup,
    Programme,
    RegionalBody,
    RegionalBrigade,
    SeniorTeam,
)

KINDS = {
    kind.__name__: kind
    for kind in (
        *(MissionComponent, HumanitarianAgency, CountryTeamAgency, BankProgramme, NGOGroup, RegionalBody),
        *(BilateralProgramme, Contingents, RegionalBrigade, LimitedGroup, GreedyGroup, TotalGroup),
        *(Neighbour, Leader, SeniorTeam, Forum, Government),
    )
}


class MesaTwin(mesa.Model):
    """One world of the core, as a Mesa user would write it."""

    def __init__(self, start: Start) -> None:
        super().__init__()
        self.p, self.month, country = start.p, start.month, start.country
        self.people = float(country.district_people.sum())
        rows = {kind: self._rows(states) for kind, states in start.states.items()}

        def people_of(kind: str) -> list:
            return [KINDS[name](self, row) for name, row in zip(start.kinds[kind], rows[kind], strict=True)]

        self.leaders, (self.team,) = people_of("leaders"), people_of("team")
        self.mission = Mission(self, rows["headquarters"][0])
        (self.forum,), (self.government,) = people_of("forum"), people_of("government")
        self.neighbours = people_of("neighbours")
        self.places = []
        for number, row in enumerate(rows["districts"]):
            borders = [n for n, here in zip(self.neighbours, country.borders[:, number], strict=True) if here]
            self.places.append(District(self, row, float(country.district_share[number]), borders))
            self.places[-1].number = number
        villages = [
            Community(self, row, self.places[country.district_of[c]], float(country.remoteness[c]))
            for c, row in enumerate(rows["communities"])
        ]
        for village, nearest in zip(villages, country.nearest, strict=True):
            village.nearest = [villages[other] for other in nearest]
        staffed = people_of("agencies")
        self.by_sector: list[list[Programme]] = [[] for _ in range(5)]
        for (agency, sector), row in zip(start.programmes, rows["programmes"], strict=True):
            self.by_sector[sector].append(Programme(self, row, staffed[agency], sector))
        people_of("force"), people_of("armed_groups")
        self.agencies = self.agents.select(agent_type=Agency)
        self.programmes = self.agents.select(agent_type=Programme)
        self.force = self.agents.select(agent_type=Force)
        self.districts = self.agents.select(agent_type=District)
        self.communities = self.agents.select(agent_type=Community)
        self.armed_groups = self.agents.select(agent_type=ArmedGroup)

    @staticmethod
    def _rows(states: dict) -> list[dict]:
        """Turn arrays by state into dictionaries by agent, of numbers and lists."""
        columns = {name: values.tolist() for name, values in states.items()}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    @property
    def season(self) -> float:
        return max(0.0, sin(2 * pi * self.month / 12))

    def step(self) -> None:
        self.agencies.do("train").do("learn").do("join").do("integrate").do("spend_time")
        self.forum.weigh_clashes()

        self.government.count_on()
        self.force.do("deploy").do("muster")
        self.mission.count_troops()
        self.districts.do("guard")
        self.agencies.do("be_seen").do("seek_access")
        self.programmes.do("work")
        self.forum.collect_effort()
        self.communities.do("receive")

        self.districts.do("fall_behind")
        self.communities.do("judge").do("grieve").do("trust_the_state")

        self.armed_groups.do("weigh").do("mobilise").do("fight").do("tire").do("cool_or_harden")
        self.armed_groups.do("trade").do("recruit_and_disarm")
        self.districts.do("feel_attacks")
        self.communities.do("feel_pressure").do("suffer")
        self.districts.do("face_threat")
        self.month += 1
