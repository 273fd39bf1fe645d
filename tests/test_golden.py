"""Golden numbers, last of all: the default mission comes out as it did when the file was written.

A change here is not a fault by itself. If the rules or the defaults were changed on purpose, say in
CHANGELOG.md that results change, and write the numbers anew:

    pytest tests/test_golden.py --update-golden
"""

import json
from pathlib import Path

import numpy as np
import pytest

from mipo_sim.model import MissionModel
from mipo_sim.outcomes import OUTCOMES, outcomes_of

GOLDEN = Path(__file__).with_name("golden") / "default_mission.json"
WORLDS, MONTHS = 64, 60
CLOSE = 1e-3  # relative; other processors round otherwise, and 64 worlds of five years add that up
# A rounding at a threshold moves a whole world to the other side; so many of the 64 may be moved.
MOVED_WORLDS = 2
BY_THRESHOLD = {
    "relapse": 1.0,  # by how much one world can move its own figure
    "relapse_2_years": 1.0,
    "relapse_5_years": 1.0,
    "relapse_10_years": 1.0,
    "durable_peace": 1.0,
    "relapse_month": MONTHS,
    "exit_month": MONTHS,
    "first_dividend": 6.0,
    "war_share": 1 / MONTHS,
}


def _means() -> dict[str, float | None]:
    """Means of all outcomes over worlds that have them; nothing where no world has."""
    found = outcomes_of(MissionModel(worlds=WORLDS, months=MONTHS, seed=2007).run())
    known = {m.name: found[m.name][np.isfinite(found[m.name])] for m in OUTCOMES}
    return {name: float(np.mean(v, dtype=float)) if v.size else None for name, v in known.items()}


def _tolerance(name: str, golden: float) -> float:
    by_threshold = MOVED_WORLDS / WORLDS * BY_THRESHOLD.get(name, 0.0)
    return CLOSE * abs(golden) + by_threshold + 1e-6


@pytest.fixture(scope="module")
def means(request: pytest.FixtureRequest) -> dict[str, float | None]:
    found = _means()
    if request.config.getoption("--update-golden"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def test_default_mission_comes_out_as_before(means: dict[str, float | None]) -> None:
    golden: dict[str, float | None] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert golden.keys() == means.keys(), "other outcomes than before: write the golden numbers anew"
    changed = []
    for name, before in golden.items():
        now = means[name]
        if before is None or now is None:
            same = before is now
        else:
            same = abs(now - before) <= _tolerance(name, before)
        if not same:
            changed.append(f"{name}: {now} instead of {before}")
    assert not changed, (
        "results change (pytest tests/test_golden.py --update-golden, and a line in CHANGELOG.md, if that is "
        "meant):\n" + "\n".join(changed)
    )
