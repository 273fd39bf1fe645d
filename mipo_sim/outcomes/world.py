"""Outcomes of a world: what a run came to, read from its monthly series."""

from typing import TYPE_CHECKING

import numpy as np

from mipo_sim.ensemble import TINY, share_of, total
from mipo_sim.outcomes.measures import CAUSES

if TYPE_CHECKING:
    from mipo_sim.model import MissionModel

WAR_MONTHS, OF_MONTHS = 3, 6  # war: intensity at or above the threshold in 3 of 6 months
PEACE_MONTHS = 6  # a country at war at the start has peace after so many months below the threshold
EARLY = 72  # months over which delivery is judged: what a first mandate can do
LATE = 12  # months at the end of a run over which services must have held for peace to be durable
HELD = 0.5  # of the early need met, to which they must have held
LATER = 24  # months after exit at which ownership is looked at again
DIVIDEND = 1.25  # of the first month's need met: people feel the peace
WHOLE_RUN = (
    "duplication",
    "inequality",
    "fit",
    "plan_age",
    "decision_delay",
    "trust",
    "confidence",
    "grievance",
    "settlement",
    "humanitarian_access",
    "harm",
    "harm_by_soldiers",
    "money_on_time",
    "political_time",
    "real_depth",
)


def relapse_month(
    violence: np.ndarray, threshold: np.ndarray, at_war: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Date the return to large-scale organised violence.

    Parameters
    ----------
    violence : array, shape [month, world]
        National intensity.
    threshold : array, shape [world]
        Intensity of war.
    at_war : array of bool, shape [world]
        Worlds that start in war: their clock starts after six months in a row below the threshold.

    Returns
    -------
    peace, relapse : arrays, shape [world]
        Month from which peace is counted (-1 if it never came) and first of the three months of war
        after it (-1 if none).
    """
    months, worlds = violence.shape
    hot = violence >= threshold
    peace = np.where(at_war, -1, 0)
    calm = np.zeros(worlds, dtype=int)
    relapse = np.full(worlds, -1)
    recent = np.zeros((OF_MONTHS, worlds), dtype=bool)
    for month in range(months):
        calm = np.where(hot[month], 0, calm + 1)
        peace = np.where((peace < 0) & (calm >= PEACE_MONTHS), month + 1, peace)
        recent[month % OF_MONTHS] = hot[month] & (peace >= 0) & (peace <= month)
        war = (recent.sum(axis=0) >= WAR_MONTHS) & (relapse < 0)
        if war.any():
            first = np.full(worlds, month)
            for back in range(OF_MONTHS):
                if month - back >= 0:
                    first = np.where(recent[(month - back) % OF_MONTHS], month - back, first)
            relapse = np.where(war, first, relapse)
    return peace, relapse


def outcomes_of(model: "MissionModel") -> dict[str, np.ndarray]:
    """All outcomes of a finished block of worlds, `{name: array [world]}`; see `measures.OUTCOMES`.

    Raises
    ------
    ArithmeticError
        If a monthly series is not a number somewhere.
    """
    series = model.recorder.series
    _refuse_broken(series)
    found = _war_and_peace(model) | _exit_and_after(model)
    found |= {name: _mean(series[name]) for name in WHOLE_RUN}
    found |= {name: _mean(series[name][:EARLY]) for name in ("need_met", "need_met_relief")}
    staff = total(series["staff"], axis=0) + TINY
    causes = {f"overhead_{c}": total(series[f"in_{c}"], axis=0) / staff for c in CAUSES}
    sectors = np.stack([_mean(series[name][:EARLY]) for name in series if name.startswith("need_met_")])
    cost = 12 * _mean(series["cost"])
    pledged = total(series["money_pledged"], axis=0)
    return (
        found
        | causes
        | model.audit.breaches()
        | {
            "overhead": sum(causes.values(), np.zeros_like(staff)),
            "sector_gap": sectors.max(axis=0) - sectors.min(axis=0),
            "state_capacity": series["state_capacity"][-1],
            "local_capacity": series["local_capacity"][-1],
            "staff_attacked": total(series["staff_attacked"], axis=0),
            "first_dividend": _first_dividend(series["need_met"]),
            "money_gap": share_of(pledged - total(series["money_paid"], axis=0), pledged),
            "cost": cost,
            "cost_per_need": cost / (100 * _mean(series["need_met"]) + TINY),
        }
    )


def _refuse_broken(series: dict[str, np.ndarray]) -> None:
    """What is not a number must never be read as calm."""
    for name, values in series.items():
        if not np.isfinite(values).all():
            month, world = np.argwhere(~np.isfinite(values))[0]
            raise ArithmeticError(
                f"{name} is not a number from month {month} on in world {world} of the block"
            )


def _war_and_peace(model: "MissionModel") -> dict[str, np.ndarray]:
    violence, threshold = model.recorder.series["violence"], model.p.conflict.war_threshold
    peace, relapse = relapse_month(violence, threshold, model.p.situation.violence >= threshold)
    known = peace >= 0
    since = np.where(relapse >= 0, relapse - peace, -1)
    need_met = model.recorder.series["need_met"]
    held = _mean(need_met[-LATE:]) >= HELD * _mean(need_met[:EARLY])
    within = {
        # Not known where peace began too late in the run to watch it for so long.
        f"relapse_{years}_years": np.where(
            known & (peace + 12 * years <= len(violence)), (since >= 0) & (since < 12 * years), np.nan
        )
        for years in (2, 5, 10)
    }
    return within | {
        "relapse": np.where(known, relapse >= 0, np.nan),
        "relapse_month": np.where(relapse >= 0, relapse, np.nan),
        "peace_month": np.where(known, peace, np.nan),
        "war_share": (violence >= threshold).mean(axis=0),
        "durable_peace": (known & (relapse < 0) & held).astype(float),
    }


def _exit_and_after(model: "MissionModel") -> dict[str, np.ndarray]:
    series, last = model.recorder.series, model.months - 1
    decided = model.headquarters.exit_month.astype(int)
    left = decided >= 0
    at_exit = np.where(left, decided, last)
    months = np.arange(model.months)[:, None]
    gone = left & (months > at_exit) & (series["presence"] <= 0)
    after = total(series["need_met"] * gone, axis=0) / np.maximum(gone.sum(axis=0), 1)
    return {
        "exit_month": np.where(left, decided, np.nan),
        "need_met_after": np.where(gone.any(axis=0), after, np.nan),
        "ownership": _at(series["local_capacity"], at_exit),
        "ownership_later": _at(series["local_capacity"], np.minimum(at_exit + LATER, last)),
    }


def _mean(series: np.ndarray) -> np.ndarray:
    mean: np.ndarray = total(series, axis=0) / np.float32(len(series))
    return mean


def _at(series: np.ndarray, month: np.ndarray) -> np.ndarray:
    values: np.ndarray = series[month, np.arange(series.shape[1])]
    return values


def _first_dividend(need_met: np.ndarray) -> np.ndarray:
    """Months until need met is a quarter above that of the first month, or the length of the run."""
    better = need_met >= DIVIDEND * need_met[0]
    return np.where(better.any(axis=0), better.argmax(axis=0), len(need_met))
