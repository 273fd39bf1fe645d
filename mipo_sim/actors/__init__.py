"""The actors: one file a kind, states and behaviours together."""

from mipo_sim.actors.agencies import Agency
from mipo_sim.actors.armed_groups import ArmedGroup
from mipo_sim.actors.communities import Community
from mipo_sim.actors.donors import AssessedContributions, BilateralDonor, DevelopmentBank, Donor, PooledFund
from mipo_sim.actors.force import Force
from mipo_sim.actors.forum import Forum
from mipo_sim.actors.government import Government
from mipo_sim.actors.headquarters import Headquarters
from mipo_sim.actors.leadership import Leader, SeniorTeam
from mipo_sim.actors.neighbourhood import Neighbour
from mipo_sim.actors.programmes import Programme
from mipo_sim.actors.roster import make_roster

__all__ = [
    "Agency",
    "ArmedGroup",
    "AssessedContributions",
    "BilateralDonor",
    "Community",
    "DevelopmentBank",
    "Donor",
    "Force",
    "Forum",
    "Government",
    "Headquarters",
    "Leader",
    "Neighbour",
    "PooledFund",
    "Programme",
    "SeniorTeam",
    "make_roster",
]
