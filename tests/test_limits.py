"""At its limits the model runs, stays in range, and means what it should.

What must happen is declared in `mipo_sim/evidence/limit_settings.py`; the page shows the same numbers.
"""

import numpy as np
import pytest
from conftest import impossible, live

from mipo_sim.evidence.limit_settings import LIMITS, MISSION_ONLY, NO_AGENCIES
from mipo_sim.model import MissionModel


@pytest.mark.parametrize("setting", LIMITS.settings)
def test_limit(setting: str) -> None:
    faults = LIMITS.lived(setting).faults
    assert not faults, "\n".join(faults)
    wrong = [
        f"{what}: {value:g}, should be from {low:g} to {high:g}"
        for _, what, low, high, value in LIMITS.rows(setting)
        if not low <= value <= high
    ]
    assert not wrong, f"{LIMITS.settings[setting].label}: " + "; ".join(wrong)


@pytest.mark.parametrize("odd", [2.0, np.nan])
def test_what_cannot_be_is_found(odd: float) -> None:
    model = MissionModel(worlds=2, months=1)
    model.government.capacity = odd
    assert any("government.capacity" in fault for fault in impossible(model))


ROSTERS = {
    "no components of the mission": {"partners.mission_components": 0},
    "only a bilateral programme": {**NO_AGENCIES, "partners.bilateral_programmes": 1},
    "only the mission": MISSION_ONLY,
    "nobody": NO_AGENCIES,
}


@pytest.mark.parametrize("roster", ROSTERS.values(), ids=ROSTERS.keys())
def test_whoever_is_there_all_money_paid_is_received(roster: dict[str, int]) -> None:
    """Every dollar that donors pay out goes to an agency, or to the pool, and from there to an agency."""
    model = MissionModel(roster, worlds=2, months=13)
    givers, pool = model.donors.giving, model.donors[-1]
    paid, direct, pooled = (np.zeros((13, 2)) for _ in range(3))
    for act in live(model, 13):
        if act == "agencies.be_paid":
            paid[model.month] = model.donors.disbursed[givers].sum(axis=0)
            direct[model.month] = model.agencies.received.sum(axis=0) - pool.disbursed
            pooled[model.month] = pool.pledged  # a month after donors paid it
    lost = (paid[:12] - direct[:12] - pooled[1:]).sum(axis=0) / np.maximum(paid.sum(axis=0), 1e-9)
    assert lost == pytest.approx(0, abs=1e-4), f"{100 * lost.max():.0f} % of what donors pay reaches nobody"
