"""The claims of the two proceedings, the code that carries each, and how to see that it is live.

A probe lives through the same worlds twice, with the same luck, and changes nothing but the values it
names. What it then expects says only that a mechanism acts on what it is meant to act on. Whether the
claim itself comes out is left to studies. `python -m mipo_sim.claims > docs/claims.md` writes the ledger.
"""

from mipo_sim.claims import headquarters, integration, money, partners, peace, society
from mipo_sim.claims.declaration import Claim, Probe, System
from mipo_sim.claims.systems import SYSTEMS

CLAIMS: tuple[Claim, ...] = tuple(
    claim for part in (integration, headquarters, money, society, peace, partners) for claim in part.CLAIMS
)

__all__ = ["CLAIMS", "SYSTEMS", "Claim", "Probe", "System"]
