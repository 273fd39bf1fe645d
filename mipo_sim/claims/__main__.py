"""Write the ledger from the committed results: python -m mipo_sim.claims > docs/claims.md."""

import sys

from mipo_sim.claims.findings import Findings
from mipo_sim.claims.ledger import ledger

sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
sys.stdout.write(ledger(Findings.read()))
