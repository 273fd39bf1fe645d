"""The whole model once more, in plain NumPy, written from docs/odd.md, docs/model.md and their tables alone.

It was written before the code was seen, corrected where it had read a gap of the page in another way, and
follows the page when rules change. It imports nothing of the package, whose tables of parameters and maps it
reads. Each file names the headings it follows; `tests/test_independent.py` lets both live in the same worlds.
"""

from collections.abc import Mapping

import numpy as np

from independent import month_of_communities as communities
from independent import month_of_missions as missions
from independent import month_of_plans, outcomes, start
from independent import month_of_the_world as world
from independent import month_of_work as work
from independent.country import Country, parameters
from independent.luck import Luck
from independent.month_of_money import money

Measured = dict[str, np.ndarray]


def run(
    values: Mapping[str, float],
    *,
    worlds: int,
    months: int,
    map: str = "heartland",
    decisions: Mapping[int, Mapping[str, float]] | None = None,
    seed: int = 2007,
) -> tuple[Measured, Measured]:
    """Live through worlds: monthly series `[world, month]`, and outcomes `[world]`."""
    p = parameters(values)
    at_war = p.situation.violence >= p.conflict.war_threshold
    w = start.begin(p, Country(p, map), Luck(seed, worlds))
    outcomes.take_stock(w)
    recorded = []
    for w.month in range(months):
        if decisions and w.month in decisions:
            missions.decide(w, decisions[w.month])
        live_a_month(w)
        recorded.append(outcomes.record(w) | {"inequality": w.inequality})
    series = {name: np.stack([month[name] for month in recorded], 1) for name in recorded[0]}
    return series, outcomes.outcomes(series, w.headquarters.exit_month, at_war, p.conflict.war_threshold)


def live_a_month(w) -> None:
    """*A month*: its thirteen phases."""
    planning = w.month % int(w.p.coordination.planning_months) == 0
    world.world_turns(w)
    world.signals(w)
    world.politics(w)
    missions.headquarters_and_leaders(w)
    money(w)
    if planning:
        month_of_plans.plans(w)
    work.coordination(w)
    work.delivery_and_access(w)
    communities.reception(w)
    communities.capacity_and_pay(w)
    communities.mobilisation_and_violence(w)
    missions.leave(w)
    outcomes.take_stock(w)
    outcomes.forum_takes_stock(w)
    if planning:
        w.inequality = outcomes.inequality(w)
