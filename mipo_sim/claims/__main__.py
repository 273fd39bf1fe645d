"""Write the ledger: python -m mipo_sim.claims > docs/claims.md."""

import sys

from mipo_sim.claims.ledger import ledger

sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
sys.stdout.write(ledger())
