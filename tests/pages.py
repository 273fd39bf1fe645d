"""What the tests of report and page share: sweeps whose outcomes are made up, and so known."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mipo_sim.outcomes import OUTCOMES
from mipo_sim.sweeps.designs import Design, make_design
from mipo_sim.sweeps.identity import identity
from mipo_sim.sweeps.plan import Lived, Plan, Shard
from mipo_sim.sweeps.store import Store
from mipo_sim.sweeps.tables import months_of, rows_of

MONTHS = 48
FORMS = ["coexistence", "coordination", "full"]
SITUATIONS = ["weak_state", "post_crisis", "fragile_ceasefire", "active_conflict"]
COUNTED = {measure.name for measure in OUTCOMES if measure.unit == "0 or 1"}

Change = Callable[[dict[str, np.ndarray]], Mapping[str, Any]]


def forms_by_situation(situations: int = 4) -> Design:
    contexts = {"scenario": SITUATIONS[:situations]} if situations else {}
    return make_design(
        {"kind": "grid", "levers": {"integration": FORMS}, "contexts": contexts, "base": {"months": MONTHS}}
    )


def made_up(shard: Shard) -> Lived:
    """Outcomes that depend on luck, form and situation; full integration spares half of the relapses."""
    rngs = [np.random.default_rng([7, int(replicate)]) for replicate in shard.replicates]
    luck = np.array([rng.random(len(OUTCOMES) + 2) for rng in rngs])
    place = shard.points % 4
    worst = 0.3 + 0.15 * place
    chance = np.where(shard.points // 4 == 2, worst / 2, worst) if shard.plan.points == 12 else worst
    outcomes = {
        m.name: (luck[:, i] < chance if m.name in COUNTED else luck[:, i] + 0.1 * place).astype(np.float32)
        for i, m in enumerate(OUTCOMES)
    }
    peace = np.floor(1 + 6 * luck[:, -1])
    relapse = np.where(
        luck[:, -2] < chance, np.minimum(peace + np.floor(luck[:, 0] * 30), MONTHS - 1), np.nan
    )
    outcomes |= {"peace_month": peace.astype(np.float32), "relapse_month": relapse.astype(np.float32)}
    outcomes |= {name: np.zeros(len(place), np.float32) for name in outcomes if name.startswith("breaches")}
    names, every = shard.plan.kept
    months = {
        name: np.broadcast_to(luck[:, i], (MONTHS // every, len(place))).astype(np.float32) * (1 + place)
        for i, name in enumerate(names)
    }
    return Lived(outcomes, months, [None] * len(place), np.full(len(place), -1))


def sweep_of(folder: Path, design: Design, replicates: int, live: Callable[[Shard], Lived] = made_up) -> Path:
    """Keep a sweep whose worlds are made up."""
    plan, store = Plan(design.points, replicates), Store(folder)
    folder.mkdir(parents=True)
    store.begin(identity(plan, 2007, design.as_config(), b""))
    for lo, hi in plan.shards():
        shard = Shard.of(design, plan, 2007, lo, hi)
        lived = live(shard)
        store.write(shard, rows_of(shard, lived, "made up"), months_of(shard, lived))
    return folder


def changed(change: Change) -> Callable[[Shard], Lived]:
    """Made-up worlds, some of whose outcomes are others."""

    def live(shard: Shard) -> Lived:
        lived = made_up(shard)
        lived.outcomes.update(change(lived.outcomes))
        return lived

    return live


def never(outcomes: dict[str, np.ndarray]) -> dict[str, Any]:
    """No world relapses."""
    return {"relapse_month": np.full_like(outcomes["relapse_month"], np.nan)} | {
        name: np.zeros_like(outcomes[name]) for name in COUNTED if name.startswith("relapse")
    }


def always(outcomes: dict[str, np.ndarray]) -> dict[str, Any]:
    """All worlds relapse, two months after peace."""
    return {"relapse_month": outcomes["peace_month"] + 2} | {
        name: np.ones_like(outcomes[name]) for name in COUNTED if name.startswith("relapse")
    }


def failing(shard: Shard) -> Lived:
    """The first world of every point fails."""
    lived = made_up(shard)
    for place in np.flatnonzero(shard.replicates == 0).tolist():
        lived.failed[place], lived.failed_month[place] = "ZeroDivisionError: <b>a bug</b>", 5
        for column in lived.outcomes.values():
            column[place] = np.nan
    lived.outcomes["breaches_money"][1:2] = 3
    return lived
