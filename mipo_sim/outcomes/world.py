"""Outcomes of a world: what a run came to, read from its monthly series."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mipo_sim.model import MissionModel

WAR_MONTHS, OF_MONTHS = 3, 6  # war: intensity at or above the threshold in 3 of 6 months
PEACE_MONTHS = 6  # a country at war at the start has peace after so many months below the threshold
EARLY = 72  # months over which delivery is judged: what a first mandate can do


def relapse_month(violence: np.ndarray, threshold: np.ndarray, at_war: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
    """All outcomes of a finished block of worlds, `{name: array [world]}`; see `measures.OUTCOMES`."""
    s = model.recorder.series
    threshold = model.p.conflict.war_threshold
    peace, relapse = relapse_month(s["violence"], threshold, model.p.situation.violence >= threshold)
    since = np.where(relapse >= 0, relapse - peace, -1)
    known = peace >= 0
    exit_month = model.headquarters.exit_month.astype(int)
    last = model.months - 1
    at_exit = np.where(exit_month >= 0, exit_month, last)
    staff = s["staff"].sum(axis=0) + 1e-9
    early = slice(0, EARLY)
    causes = {f"overhead_{c}": s[f"in_{c}"].sum(axis=0) / staff for c in ("coordination", "reporting", "waiting", "rivalry")}
    sectors = np.stack([s[n][early].mean(axis=0) for n in s if n.startswith("need_met_")])
    gone = (s["presence"] <= 0) & (np.arange(model.months)[:, None] > np.where(exit_month >= 0, exit_month, last + 1))
    after = np.where(gone.any(axis=0), (s["need_met"] * gone).sum(axis=0) / np.maximum(gone.sum(axis=0), 1), np.nan)
    held = s["need_met"][-12:].mean(axis=0) >= 0.5 * s["need_met"][early].mean(axis=0)
    year_cost = s["cost"].mean(axis=0) * 12
    means = (
        "duplication", "inequality", "fit", "plan_age", "decision_delay", "trust", "confidence", "grievance",
        "settlement", "humanitarian_access", "harm", "harm_by_soldiers", "money_on_time", "political_time", "real_depth",
    )  # fmt: skip
    found = {name: s[name].mean(axis=0) for name in means}
    found |= causes
    found |= {f"relapse_{y}_years": _within(since, known, 12 * y) for y in (2, 5, 10)}
    found |= {
        "relapse": np.where(known, relapse >= 0, np.nan),
        "relapse_month": np.where(relapse >= 0, relapse, np.nan),
        "peace_month": np.where(known, peace, np.nan),
        "war_share": (s["violence"] >= threshold).mean(axis=0),
        "durable_peace": (known & (relapse < 0) & held).astype(float),
        "overhead": sum(causes.values()),
        "need_met": s["need_met"][early].mean(axis=0),
        "need_met_relief": s["need_met_relief"][early].mean(axis=0),
        "need_met_after": after,
        "sector_gap": sectors.max(axis=0) - sectors.min(axis=0),
        "ownership": _at(s["local_capacity"], at_exit),
        "ownership_later": _at(s["local_capacity"], np.minimum(at_exit + 24, last)),
        "state_capacity": s["state_capacity"][-1],
        "staff_attacked": s["staff_attacked"].sum(axis=0),
        "first_dividend": _first_dividend(s["need_met"]),
        "exit_month": np.where(exit_month >= 0, exit_month, np.nan),
        "money_gap": 1 - s["money_paid"].sum(axis=0) / (s["money_pledged"].sum(axis=0) + 1e-9),
        "cost": year_cost,
        "cost_per_need": year_cost / (100 * s["need_met"].mean(axis=0) + 1e-9),
    }
    return found


def _within(since: np.ndarray, known: np.ndarray, months: int) -> np.ndarray:
    return np.where(known, (since >= 0) & (since < months), np.nan)


def _at(series: np.ndarray, month: np.ndarray) -> np.ndarray:
    return series[month, np.arange(series.shape[1])]


def _first_dividend(need_met: np.ndarray) -> np.ndarray:
    """Months until need met is a quarter above that of the first month, or the length of the run."""
    better = need_met >= 1.25 * need_met[0]
    return np.where(better.any(axis=0), better.argmax(axis=0), len(need_met))
