"""Sectors and levels by name: where each stands on the axes of states that have one."""

from mipo_sim.parameters import SECTORS

LEVELS = ("strategic", "operational", "tactical")  # at which decisions can be joint
SECURITY, RELIEF, JUSTICE, LIVELIHOODS, REINTEGRATION = range(len(SECTORS))
STRATEGIC, OPERATIONAL, TACTICAL = range(len(LEVELS))
