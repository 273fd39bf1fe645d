"""What the tests of sweeps share: a small design, a folder's contents, a model with faults."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mipo_sim.model import MissionModel
from mipo_sim.parameters import ParameterError
from mipo_sim.sweeps.designs import Design, make_design

SMALL = {"map": "generated", "country.districts": 4, "country.communities_per_district": 3, "months": 8}
EACH = 10  # replicates: one point a file


def grid(levers: dict[str, Any] | None = None, **contexts: Any) -> Design:
    levers = levers or {"integration": ["coexistence", "full"], "mandate.troops": [2, 12]}
    spec = {"kind": "grid", "levers": levers, "contexts": contexts, "base": SMALL}
    return make_design(spec)


def faults(spec: dict[str, Any]) -> list[str]:
    """Make a design that is refused; the lines that say why."""
    with pytest.raises(ParameterError) as refusal:
        make_design(spec)
    head, *lines = str(refusal.value).split("\n")
    return lines if head.startswith("the design has ") else [head, *lines]


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*.*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


class Faulty(MissionModel):
    """With 12 thousand troops replicate 3 breaks in month 5, and replicate 4 loses a number in month 6."""

    def step(self) -> None:
        many = self.p.mandate.troops == 12
        if self.month == 5 and (many & (self.replicates == 3)).any():
            raise ZeroDivisionError("a bug")
        super().step()
        if self.month == 7:
            self.recorder.series["trust"][6, many & (self.replicates == 4)] = np.nan
