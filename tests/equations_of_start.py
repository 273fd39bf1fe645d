"""The start of docs/model.md: what every state that is not nought begins with. See `equations.py`."""

from typing import Any

import numpy as np
from equations import World, covered, exp, log, logistic, maximum, near, share, spread, sqrt

HABITS = {
    "MissionComponent": None,
    "HumanitarianAgency": "humanitarian",
    "CountryTeamAgency": "country_team",
    "BankProgramme": "bank",
    "NGOGroup": "ngo",
    "RegionalBody": "regional",
    "BilateralProgramme": "bilateral",
}
FIRST_TASTE = {"AssessedContributions": 0, "DevelopmentBank": 0, "BilateralDonor": 20, "PooledFund": 0}


def start(w: World) -> dict[str, Any]:
    found = communities(w) | armed_groups(w) | agencies(w) | leaders_and_state(w)
    found |= donors(w, found["agencies.liked"])
    return found | stock(w, found)


def draws(w: World, process: str, subkinds: list[str], *shape: int) -> np.ndarray:
    """Draws for all agents of a kind, sub-kind by sub-kind."""
    each = [w.first(f"{process} of {kind}", subkinds.count(kind), *shape) for kind in dict.fromkeys(subkinds)]
    return np.concatenate(each)


def communities(w: World) -> dict[str, Any]:
    s, r, many = w.p.situation, w.p.reception, len(w.people)
    mix = exp(r.need_mix * w.first("mix of needs", 5))
    own = w.first("need of Community", many, 5)
    usual = s.need / 5 * mix / mix.mean() * exp(r.need_spread * own - r.need_spread**2 / 2)
    z, v = w.first("history of Community", many, 3), w.p.conflict.susceptibility
    roots = w.first("root causes", len(w.of_district))[w.district_of]
    return {
        **{f"communities.{name}": usual for name in ("usual_need", "need", "viewed", "believed")},
        "communities.trust": near(s.trust, r.first_spread * z[:, 0]),
        "communities.confidence": near(s.confidence, r.first_spread * z[:, 1]),
        "communities.susceptibility": exp(sqrt(v) * z[:, 2] - v / 2),
        "communities.grievance": near(s.grievance, s.inequality * r.old_wrongs * roots),
        "communities.local_capacity": s.local_capacity,
        "communities.violence": s.violence,
        "communities.harm": s.violence,
    }


def armed_groups(w: World) -> dict[str, Any]:
    q, s, kinds = w.p.conflict, w.p.situation, w.armed_groups.subkinds
    order = sorted(range(len(w.of_district)), key=lambda d: -w.ground.stronghold[d])
    seats = [order[n % len(order)] for n in range(len(kinds))]
    centres = np.column_stack([w.ground.x_km, w.ground.y_km])
    home = exp(-np.linalg.norm(centres[seats][:, None] - centres, axis=-1) / q.home_reach)
    rooted = spread(home * w.of_district, 1)
    frail, z = w.first("country frailty", 1)[0], draws(w, "temper", kinds, 2)
    hostility = logistic(q.hostility_level + s.hostility + q.frailty * frail + q.temper_spread * z[:, 0])
    shared = q.frailty_on_strength * q.frailty * frail
    aims = {"LimitedGroup": 0, "GreedyGroup": q.greedy_aim, "TotalGroup": q.total_aim}
    return {
        "armed_groups.aim": [aims[kind] for kind in kinds],
        "armed_groups.home": home,
        "armed_groups.rooted": rooted,
        "armed_groups.reach": maximum((rooted * home).sum(axis=1), 1e-6),
        "armed_groups.riches": rooted @ w.ground.resources,
        "armed_groups.hostility": hostility,
        "armed_groups.old_hostility": hostility,
        "armed_groups.strength": logistic(
            q.strength_level + s.group_strength + shared + q.strength_spread * z[:, 1]
        ),
    }


def agencies(w: World) -> dict[str, Any]:
    q, kinds, districts = w.p.planning, w.agencies.subkinds, len(w.of_district)
    z = draws(w, "taste", kinds, 80 + districts + len(w.people))
    roads, far = q.place_roads * w.place, q.district_roads * w.ground.remoteness
    liked, in_districts, in_places = np.split(z, [80, 80 + districts], axis=1)
    habits = {"line": [], "doctrine": [], "known": []}
    for kind in kinds:
        name = HABITS[kind]
        for habit, values in habits.items():
            mission = w.p.agencies.mission_doctrine if habit == "doctrine" else float(habit == "line")
            values.append(getattr(w.p.agencies, f"{name}_{habit}") if name else mission)
    return {
        "agencies.liked": liked,
        "agencies.favour_district": exp(q.district_habit * (q.district_taste * in_districts - far)),
        "agencies.favour": exp(q.habit * (q.place_taste * in_places - roads)),
        **{f"agencies.{habit}": values for habit, values in habits.items()},
        "agencies.common_ways": habits["doctrine"],
        "agencies.learned": habits["known"],
        **{f"agencies.{name}": 1.0 for name in ("delivering", "access", "work_money")},
        "agencies.strings_sector": w.among(0),
        "agencies.strings_district": 1 / districts,
    }


def donors(w: World, liked: np.ndarray) -> dict[str, Any]:
    m, a, d, kinds = w.p.money, w.agencies, w.donors, w.donors.subkinds
    f, o = sqrt(m.fashion), sqrt(1 - m.fashion)
    agenda = f * w.first("donor fashion", 5) + o * draws(w, "agenda", kinds, 5)
    places = f * w.first("favourite districts", len(w.of_district))
    places = places + o * draws(w, "districts", kinds, len(w.of_district))
    taste = [liked[:, FIRST_TASTE[kind] + kinds[:n].count(kind)] for n, kind in enumerate(kinds)]
    liking = exp(m.affinity_spread * np.array(taste)) * a.weight * a.multilateral
    liking = share(liking, liking.sum(axis=1, keepdims=True))
    own = a.weight * np.array([kind == "BilateralProgramme" for kind in a.subkinds])
    bilateral = np.array([kind == "BilateralDonor" for kind in kinds])
    parallel = (w.p.funding.bilateral * bilateral * own.any())[:, None]
    if not (a.weight * a.multilateral).any():
        parallel = np.ones_like(parallel)
    affinity = (1 - parallel) * liking + parallel * share(own, own.sum())
    capital = log(w.of_district) - m.capital_pull * w.ground.remoteness
    return {
        "donors.agenda": spread(exp(m.agenda_spread * agenda), 1),
        "donors.favour": spread(exp(capital + places), 1),
        "donors.attention": 1.0,
        "donors.affinity": affinity,
        "agencies.usual_share": d.size @ affinity,
    }


def leaders_and_state(w: World) -> dict[str, Any]:
    q, form, m = w.p.leadership, w.p.integration, w.p.mandate
    return {
        "leaders.competence": near(q.competence, q.competence_spread * w.first("competence of Leader", 5)),
        "team.cohesion": w.p.team.first_cohesion,
        "team.formal": [form.strategic, form.operational, form.tactical],
        "team.apart": form.humanitarian,
        "headquarters.scope": [m.security, m.relief, m.justice, m.livelihoods, m.reintegration],
        "headquarters.gate": 1.0,
        "headquarters.filled": w.p.headquarters.first_filled,
        "headquarters.patience": 1.0,
        "headquarters.exit_month": -1.0,
        "forum.need_share": 1 / 5,
        "forum.sector_plan": 1 / 5,
        "forum.need_by_district": 1 / len(w.of_district),
        "forum.district_plan": 1 / len(w.of_district),
        "government.settlement": w.p.situation.settlement,
        "government.capacity": w.p.situation.state_capacity,
        "government.soldiers": w.p.situation.army,
    }


def stock(w: World, found: dict[str, Any]) -> dict[str, Any]:
    need, s = w.pop(found["communities.need"]), w.p.situation
    calm = s.violence < w.p.conflict.war_threshold * w.p.exit.calm_level
    whole = w.nation(need)
    return {
        "districts.violence": s.violence,
        "districts.grievance": w.pop(found["communities.grievance"]),
        "districts.need": need,
        "districts.coverage": covered(0, need),
        "government.violence": s.violence,
        "government.trust": w.nation(w.pop(found["communities.trust"])),
        "government.confidence": w.nation(w.pop(found["communities.confidence"])),
        "government.coverage": covered(0, whole),
        "government.need_met": covered(0, whole.sum()),
        "government.calm_months": float(calm),
    }
