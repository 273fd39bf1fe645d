"""*13. Record* and *Outcomes* of docs/model.md, with the definitions of docs/tables/measures.md."""

import numpy as np

from independent.country import SECTORS, covered, each, share
from independent.month_of_missions import staff_presence
from independent.month_of_money import mission_bills, on_time

CAUSES = ("coordination", "reporting", "waiting", "rivalry")
EARLY, LATE, LATER = 72, 12, 24
OF_WHOLE_RUN = (
    *("duplication", "inequality", "fit", "plan_age", "decision_delay", "trust", "confidence", "grievance"),
    *("settlement", "humanitarian_access", "harm", "harm_by_soldiers", "money_on_time", "political_time"),
    "real_depth",
)

# ---------------------------------------------------------------- 13. Record


def take_stock(w) -> None:
    """*Districts take stock*, *The government takes stock*."""
    p, c, d, state, country = w.p, w.communities, w.districts, w.government, w.country
    pop, nation = country.pop, country.nation
    d.violence, d.grievance = pop(c.violence), pop(c.grievance)
    d.need, d.met, d.aid = pop(c.need), pop(c.need * c.coverage), pop(c.aid)
    d.coverage = covered(d.met, d.need)
    state.violence, state.trust, state.confidence = (
        nation(x) for x in (d.violence, pop(c.trust), pop(c.confidence))
    )
    met, need, outside = nation(d.met), nation(d.need), nation(d.aid).sum(1)
    state.coverage = covered(met, need)
    state.need_met = covered(met.sum(1), need.sum(1))
    state.bypass = share(outside, outside + need.sum(1))
    calm = state.violence < p.conflict.war_threshold * p.exit.calm_level
    state.calm_months = np.where(calm, state.calm_months + 1, 0)


def forum_takes_stock(w) -> None:
    country, coverage, agencies, forum = w.country, w.government.coverage, w.agencies, w.forum
    wasted, aid = country.nation(country.pop(w.communities.wasted)), country.nation(w.districts.aid).sum(1)
    forum.duplication = np.minimum(share(wasted, aid), 1)
    forum.sector_gap = coverage.max(1) - coverage.min(1)
    forum.district_gap = country.nation(np.abs(w.districts.coverage.mean(-1) - each(coverage.mean(1))))
    forum.coordination = share((agencies.staff * agencies.coordinating).sum(1), agencies.staff.sum(1))


def inequality(w):
    """Gini coefficient over communities."""
    coverage = np.sort(w.communities.coverage.mean(-1), axis=1)
    n = coverage.shape[1]
    rank = np.arange(1, n + 1)
    return (coverage * (2 * rank - n - 1)).sum(1) / np.maximum(n * coverage.sum(1), 1e-9)


def fit(w):
    aid, need = (x * w.country.people[:, None] for x in (w.districts.aid, w.districts.need))
    aid, need = (x / np.maximum(x.sum((1, 2), keepdims=True), 1e-9) for x in (aid, need))
    return np.minimum(aid, need).sum((1, 2))


def humanitarian_access(w):
    humanitarian = np.isin(w.agencies.kind, ("HumanitarianAgency", "NGOGroup"))
    everywhere = np.einsum("wkd,d->wk", w.agencies.access, w.country.people) / w.country.all_people
    return everywhere[:, humanitarian].sum(1) / max(humanitarian.sum(), 1)


def record(w) -> dict[str, np.ndarray]:
    """This month's number for each series, but for inequality, which is worked out with plans."""
    country, c, k, hq = w.country, w.communities, w.agencies, w.headquarters
    team, state = w.team, w.government

    def nationwide(x):
        return country.nation(country.pop(x))

    return {
        "violence": state.violence,
        "need_met": state.need_met,
        **{f"need_met_{sector}": state.coverage[:, s] for s, sector in enumerate(SECTORS)},
        "duplication": w.forum.duplication,
        "fit": fit(w),
        "staff": k.staff.sum(1),
        "in_coordination": (k.staff * k.coordinating).sum(1),
        "in_reporting": (k.staff * k.reporting).sum(1),
        "in_waiting": (k.staff * k.waiting).sum(1),
        "in_rivalry": (k.staff * k.rivalry).sum(1),
        "plan_age": team.plan_age,
        "decision_delay": team.delay,
        "trust": state.trust,
        "confidence": state.confidence,
        "grievance": nationwide(c.grievance),
        "local_capacity": nationwide(c.local_capacity),
        "state_capacity": state.capacity,
        "settlement": state.settlement,
        "political_time": team.political_time * staff_presence(w),
        "humanitarian_access": humanitarian_access(w),
        "staff_attacked": (k.attacked * k.staff).sum(1) / 1000,
        "harm": nationwide(c.harm),
        "harm_by_soldiers": nationwide(c.harm_by_soldiers),
        "presence": hq.presence,
        "troops": w.force.effective.sum(1),
        "posts_filled": np.where(hq.presence > 0, hq.filled, 0),
        "money_pledged": w.donors.pledged.sum(1),
        "money_paid": w.donors.disbursed.sum(1),
        "money_on_time": np.full(w.worlds, on_time(w.p)),
        "cost": k.spent.sum(1) + mission_bills(w),
        "alarms": country.nation(w.districts.alarm),
        "armed_strength": w.armed_groups.strength.sum(1) / max(len(w.armed_groups.aim), 1),
        "real_depth": k.depth.sum((1, 2)) / max(3 * k.count, 1),
        "formal_depth": team.in_force.mean(1),
    }


# ---------------------------------------------------------------- Outcomes


def outcomes(series: dict[str, np.ndarray], exit_month: np.ndarray, at_war: bool, threshold: float):
    """What worlds came to, `{name: [world]}`, of series `[world, month]`."""
    hot = series["violence"] >= threshold
    return (
        war_and_peace(hot, at_war, series["need_met"])
        | of_work(series)
        | of_money(series)
        | of_exit(series, exit_month)
        | {name: series[name].mean(1) for name in OF_WHOLE_RUN}
        | {name: series[name][:, -1] for name in ("local_capacity", "state_capacity")}
        | {"staff_attacked": series["staff_attacked"].sum(1)}
    )


def peace_month(hot: np.ndarray) -> float:
    """Month after the sixth in a row that is not hot, for a world that starts in war."""
    for month in range(6, len(hot) + 1):
        if not hot[month - 6 : month].any():
            return month
    return np.nan


def relapse_month(hot: np.ndarray, peace: float) -> float:
    """First of three hot months in six, counted from peace on."""
    if np.isnan(peace):
        return np.nan
    for month in range(int(peace), len(hot)):
        first = max(int(peace), month - 5)
        hot_months = first + np.flatnonzero(hot[first : month + 1])
        if len(hot_months) >= 3:
            return hot_months[0]
    return np.nan


def war_and_peace(hot: np.ndarray, at_war: bool, need_met: np.ndarray):
    months = hot.shape[1]
    peace = np.array([peace_month(world) if at_war else 0.0 for world in hot])
    relapse = np.array([relapse_month(*world) for world in zip(hot, peace, strict=True)], float)
    came, relapsed = np.isfinite(peace), np.isfinite(relapse)
    held = need_met[:, -LATE:].mean(1) >= 0.5 * need_met[:, :EARLY].mean(1)
    within = {
        f"relapse_{years}_years": np.where(
            came & (peace + 12 * years <= months), relapse - peace < 12 * years, np.nan
        )
        for years in (2, 5, 10)
    }
    return within | {
        "relapse": np.where(came, relapsed, np.nan),
        "relapse_month": relapse,
        "peace_month": peace,
        "war_share": hot.mean(1),
        "durable_peace": (came & ~relapsed & held).astype(float),
    }


def of_work(series):
    staff, need_met = series["staff"].sum(1), series["need_met"]
    overhead = {f"overhead_{cause}": share(series[f"in_{cause}"].sum(1), staff) for cause in CAUSES}
    by_sector = np.stack([series[f"need_met_{sector}"][:, :EARLY].mean(1) for sector in SECTORS], 1)
    better = need_met >= 1.25 * need_met[:, :1]
    return overhead | {
        "overhead": sum(overhead.values()),
        "need_met": need_met[:, :EARLY].mean(1),
        "need_met_relief": series["need_met_relief"][:, :EARLY].mean(1),
        "sector_gap": by_sector.max(1) - by_sector.min(1),
        "first_dividend": np.where(better.any(1), better.argmax(1), need_met.shape[1]),
    }


def of_money(series):
    pledged, cost = series["money_pledged"].sum(1), 12 * series["cost"].mean(1)
    return {
        "money_gap": share(pledged - series["money_paid"].sum(1), pledged),
        "cost": cost,
        "cost_per_need": cost / (100 * series["need_met"].mean(1)),
    }


def of_exit(series, exit_month: np.ndarray):
    need_met, local_capacity = series["need_met"], series["local_capacity"]
    worlds, months = need_met.shape
    left = exit_month >= 0
    at_exit = np.where(left, exit_month, months - 1).astype(int)
    gone = each(left) & (np.arange(months) > each(at_exit)) & (series["presence"] == 0)
    after = share((need_met * gone).sum(1), gone.sum(1))
    return {
        "exit_month": np.where(left, exit_month, np.nan),
        "need_met_after": np.where(gone.any(1), after, np.nan),
        "ownership": local_capacity[np.arange(worlds), at_exit],
        "ownership_later": local_capacity[np.arange(worlds), np.minimum(at_exit + LATER, months - 1)],
    }
