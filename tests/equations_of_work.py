"""The rest of the equations of docs/model.md: money, plans, capacity and pay, exit and record."""

import numpy as np
from equations import EQUATIONS, act, apart, covered, exp, maximum, minimum, share, spread, sqrt

__all__ = ["EQUATIONS"]


# ---------------------------------------------------------------- 5 money


@act("donors.pledge")
def _(w):
    m, d = w.p.money, w.donors
    v = m.volatility * (1 - m.steadying * w.p.funding.predictable)
    pledged = d.size * w.p.situation.aid / 12 * d.attention * exp(v * d.shock - v * v / 2)
    pledged *= w.agencies.voluntary.any()
    dues = w.p.mandate.posts * w.staff_presence * w.line_posts * m.post_cost / 1000 * w.components.any()
    pledged[0] = dues + w.mission_bills
    pledged[-1] = w.pooled * d.disbursed[1:-1].sum()
    return {"donors.pledged": pledged}


@act("donors.disburse")
def _(w):
    m, d = w.p.money, w.donors
    on_time = m.on_schedule + (1 - m.on_schedule) * m.schedule_gain * w.p.funding.predictable
    late = d.pipeline / m.lag_months
    paid, owed = on_time * d.pledged + late, d.pipeline + (1 - on_time) * d.pledged - late
    paid[0], owed[0] = d.pledged[0], d.pipeline[0]
    paid[-1] = d.pipeline[-1] / m.pool_months
    owed[-1] = d.pipeline[-1] + d.pledged[-1] - paid[-1]
    return {"donors.disbursed": paid, "donors.pipeline": owed}


@act("donors.reconsider")
def _(w):
    m, f, d = w.p.money, w.p.funding, w.donors
    agenda, favour = d.agenda.copy(), d.favour.copy()
    rate = m.convening_rate * f.convening
    agenda[1:-1] += rate * (w.forum.sector_plan - agenda[1:-1])
    favour[1:-1] += rate * (w.forum.need_by_district - favour[1:-1])
    bound = m.aligning_rate * max(f.aligned, w.p.ownership.compact)
    agenda[1:-1] += bound * (w.forum.need_share - agenda[1:-1])
    return {"donors.agenda": agenda, "donors.favour": favour}


@act("agencies.be_paid")
def _(w):
    d, mission = w.donors, w.components
    raised = (d.disbursed[1:-1] * (1 - w.pooled) * w.appeal).sum() / max(mission.sum(), 1)
    others = w.direct @ d.affinity[1:-1] + d.disbursed[-1] * w.agencies.pool_share
    received = np.where(mission, raised, others)
    return {"agencies.received": received, "agencies.balance": w.agencies.balance + received}


@act("agencies.keep_staff")
def _(w):
    m, a, mission = w.p.money, w.agencies, w.components
    wish = a.balance / m.spending_months
    most = m.absorption * maximum(a.weight, a.usual_share) * w.p.situation.aid / 12
    spent = wish * most / (wish + most + 1e-9)
    returned = m.handed_back * (a.balance - spent)
    staff = 1000 * spent / m.staff_cost
    posts = w.p.mandate.posts * w.staff_presence * w.line_posts / max(mission.sum(), 1)
    manned = posts * w.headquarters.filled
    granted, wages = posts * m.post_cost / 1000, manned * m.post_cost / 1000
    needed = manned * a.sector_share[:, 1:].sum(axis=1) * w.unfunded_work * m.programme_cost / 1000
    raised = minimum(a.balance, needed)
    there = np.ones_like(a.work_money)
    there[:, 1:] = (1 - w.unfunded_work * (1 - share(raised, needed)))[:, None]
    return {
        "agencies.staff": np.where(mission, manned, staff),
        "agencies.received": a.received + np.where(mission, granted, 0),
        "agencies.spent": np.where(mission, wages + raised, spent),
        "agencies.returned": np.where(mission, granted - wages, returned),
        "agencies.balance": a.balance - np.where(mission, raised, spent + returned),
        "agencies.work_money": np.where(mission[:, None], there, a.work_money),
    }


# ---------------------------------------------------------------- 6 plans


@act("forum.assess")
def _(w):
    i, c, own = w.p.information, w.communities, w.p.ownership
    planning = w.counts["coordination.planning_months"]
    civil = 1 - w.p.partners.civil_society * i.civil_society_ear
    voice = 1 - civil * (1 - own.women * i.women_ear)
    error = i.error * (1 - voice) * (1 - i.local_ear * w.p.integration.local_say)
    error *= (1 - i.trust_ear * w.government.trust) * (1 - i.reports_ear * w.p.integration.reports)
    z = w.luck("joint assessment", len(w.of_district), 5, at=w.month // planning)
    shared = i.error_memory * w.forum.shared_error + sqrt(1 - i.error_memory**2) * z
    pace = planning / (planning + w.team.plan_age)
    believed = c.believed + pace * (c.need * exp(error * shared)[w.district_of] - c.believed)
    noted = c.noted + i.news_pace * (c.aid - c.noted)
    viewed_d, noted_d = w.pop(c.need), w.pop(noted)
    return {
        "forum.shared_error": shared,
        "communities.believed": believed,
        "communities.viewed": c.need,
        "communities.noted": noted,
        "districts.viewed": viewed_d,
        "districts.believed": w.pop(believed),
        "districts.noted": noted_d,
        "forum.viewed_people": viewed_d.T * w.of_district,
        "forum.noted_people": noted_d.T * w.of_district,
    }


@act("forum.plan_sectors")
def _(w):
    d, i = w.districts, w.p.integration
    believed, noted = w.nation(d.believed), w.nation(d.noted)
    heard = (1 - i.money_voice) * spread(w.known_less(believed, noted), 0)
    heard += i.money_voice * w.donors.size[1:-1] @ w.donors.agenda[1:-1]
    frame = i.common_planning * w.p.information.frame_weight
    heard = (1 - frame) * heard + frame * sqrt(heard * w.mandated)
    return {
        "forum.need_share": spread(believed, 0),
        "forum.need_by_district": spread(d.believed.sum(axis=1) * w.of_district, 0),
        "forum.sector_plan": spread(heard * w.headquarters.gate, 0),
    }


@act("forum.plan_districts")
def _(w):
    gap = w.known_less(w.districts.believed, w.districts.noted).T * w.of_district
    return {"forum.district_plan": spread(gap, 1)}


@act("forum.plan_places")
def _(w):
    gap = w.known_less(w.communities.believed, w.communities.noted)
    whole = (w.pop(gap).T * w.of_district).T
    return {"communities.planned": gap / (whole[w.district_of] + 1e-9)}


@act("agencies.claim_pool")
def _(w):
    a = w.agencies
    size = a.weight * a.multilateral
    size = size / max(size.sum(), 1e-9)
    fit = a.skill @ w.forum.sector_plan * size
    return {"agencies.pool_share": w.quality * share(fit, fit.sum()) + (1 - w.quality) * size}


@act("agencies.read_strings")
def _(w):
    a, d, mission = w.agencies, w.donors, w.components
    part = w.direct[:, None] * d.affinity[1:-1]
    part = part / (part.sum(axis=0) + 1e-9)
    sectors = w.among(part.T @ d.agenda[1:-1])
    named = spread(part.T @ d.favour[1:-1], 1)
    return {
        "agencies.strings_sector": np.where(mission[:, None], a.strings_sector, sectors),
        "agencies.strings_district": np.where(mission[:, None], a.strings_district, named),
        "agencies.agreement": np.where(mission, 1, 1 - apart(sectors, w.forum.sector_plan)),
    }


@act("agencies.wish")
def _(w):
    seen, done = w.nation(w.districts.viewed), w.nation(w.districts.noted)
    most = spread(seen * (1 - w.roles_known * share(done, done + seen)), 0)
    clear = w.p.mandate.clarity
    asked = clear * w.mandated + (1 - clear) * spread(seen, 0) * w.headquarters.gate
    mission = asked * (1 - w.p.partners.draw_on_agencies * done / (done + seen + 1e-6)) + 1e-6
    return {"agencies.own_wish": np.where(w.components[:, None], mission, most)}


@act("agencies.choose_sectors")
def _(w):
    a, f = w.agencies, w.p.funding
    power = 1 + w.p.planning.skill_weight * w.p.leadership.role_clarity
    able = np.where(a.skill > 0, maximum(a.skill, 0.01) ** power, 0)
    own, plan = w.among(able * a.own_wish), w.among(able * w.forum.sector_plan)
    depth = a.depth[:, 0:1]
    tied = (a.voluntary * (f.earmarked + f.softly_earmarked))[:, None]
    pooled = (a.voluntary * f.pooled)[:, None]
    free = (1 - tied - pooled) * ((1 - depth) * own + depth * plan)
    by_pool = pooled * ((1 - w.quality) * own + w.quality * plan)
    return {
        "agencies.sector_share": tied * a.strings_sector + free + by_pool,
        "agencies.apart": apart(own, plan),
    }


@act("programmes.choose_districts")
def _(w):
    a, f, k, s = w.agencies, w.forum, w.agency_of, w.sector_of
    left = 1 - w.roles_known * share(f.noted_people, f.noted_people + f.viewed_people)
    learned = a.learned[k][:, None]
    view = (f.viewed_people * left)[s] * a.access[k]
    own = spread(view * ((1 - learned) * a.favour_district[k] + learned), 1)
    depth = a.depth[k, 1][:, None]
    tied = (a.voluntary[k] * w.p.funding.earmarked * w.p.money.district_strings)[:, None]
    chosen = tied * a.strings_district[k] + (1 - tied) * ((1 - depth) * own + depth * f.district_plan[s])
    return {"programmes.district_share": chosen, "programmes.apart": apart(own, f.district_plan[s])}


@act("programmes.choose_places")
def _(w):
    a, k, s, c = w.agencies, w.agency_of, w.sector_of, w.communities
    depth, learned = a.depth[k, 2][:, None], a.learned[k][:, None]
    chosen = w.programmes.district_share
    habit = chosen * (1 - depth) * (1 - learned)
    known = a.favour[k] * c.viewed[:, s].T * w.people
    places = np.array([known[:, w.district_of == d].sum(axis=1) for d in range(len(w.of_district))]).T
    return {
        "programmes.habit_share": habit,
        "programmes.need_share": chosen * (1 - depth) * learned,
        "programmes.plan_share": chosen * depth,
        "programmes.by_habit": (w.work + 0.01) * habit / (places + 1e-6),
    }


@act("communities.be_chosen")
def _(w):
    familiar = np.zeros_like(w.communities.familiar)
    for j, (k, s) in enumerate(zip(w.agency_of, w.sector_of, strict=True)):
        familiar[:, s] += w.programmes.by_habit[j, w.district_of] * w.agencies.favour[k]
    return {"communities.familiar": familiar}


@act("forum.gather_habits")
def _(w):
    need = w.pop(w.communities.viewed * w.communities.familiar)
    return {"forum.familiar_need": need.T * w.of_district}


@act("forum.count_partners")
def _(w):
    a, q = w.agencies, w.p.coordination
    staff = (a.staff[w.agency_of] * a.sector_share[w.agency_of, w.sector_of])[:, None]
    here = 1 - exp(-staff * w.programmes.district_share / q.partner_size)
    return {
        "forum.partners": (1 - exp(-a.staff / q.agency_size)).sum(),
        "forum.crowd": here.sum(axis=0),
        "forum.sector_crowd": np.array([here[w.sector_of == s].sum(axis=0) for s in range(5)]),
    }


@act("programmes.meet")
def _(w):
    chosen = w.programmes.district_share
    return {
        "programmes.met_in_district": (chosen * maximum(w.forum.crowd - 1, 0)).sum(axis=1),
        "programmes.met_in_sector": (chosen * maximum(w.forum.sector_crowd[w.sector_of] - 1, 0)).sum(axis=1),
    }


@act("agencies.meet")
def _(w):
    a, j, q = w.agencies, w.programmes, w.p.coordination
    part = a.sector_share[w.agency_of, w.sector_of]

    def summed(x):
        return np.bincount(w.agency_of, part * x, minlength=len(a.staff))

    strategic, operational, tactical = a.joined.T
    friction = w.p.team.strategic_clashes * strategic * a.apart + operational * summed(j.apart)
    met = operational * summed(j.met_in_district) / q.district_partners
    met += tactical * summed(j.met_in_sector) / q.sector_partners
    return {"agencies.friction": friction, "agencies.meetings_met": met}


@act("communities.get_quick_projects")
def _(w):
    c, planned = w.communities, w.p.quick_impact.planning

    def rel(x):
        return x / (w.pop(x)[w.district_of] + 1e-6)

    deserved = rel((c.need * (1 - c.coverage)).sum(axis=1))
    money = planned * deserved + (1 - planned) * rel(exp(-w.p.reception.quick_show * w.place))
    return {"communities.quick_money": money, "communities.passed_over": maximum(deserved - money, 0)}


# ---------------------------------------------------------------- 10 capacity and pay


@act("communities.learn_to_serve")
def _(w):
    q, own, c = w.p.capacity, w.p.ownership, w.communities
    handing = w.headquarters.leaving > 0 and w.staff_presence > 0
    growth = q.unaided + w.ownership * q.by_doing * c.served + own.capacity_building * q.by_teaching
    growth = growth + w.p.exit.handover * q.by_handover * handing * c.served
    growth *= exp(-q.local_violence_bite * c.violence)
    grown = c.local_capacity + growth * (1 - c.local_capacity)
    drained = q.local_drain * q.drain * (1 - w.ownership) * w.government.bypass
    return {"communities.local_capacity": grown * (1 - drained - q.scattered * c.violence)}


@act("government.build")
def _(w):
    q, g, own = w.p.capacity, w.government, w.p.ownership
    lessons = q.lessons_floor + q.lessons_of_justice * g.coverage[2] + q.lessons_of_ownership * w.ownership
    lessons += q.lessons_of_building * own.capacity_building
    donors = 0.1 / max((w.donors.size[1:-1] ** 2).sum(), 0.01)
    donors *= (1 - w.p.funding.pooled) * (1 - q.compact_relief * own.compact)
    burden = 1 / (1 + q.donor_burden * donors * (1 - g.capacity))
    grown = g.capacity + q.state_growth / 12 * lessons * burden * (1 - g.violence) * (1 - g.capacity)
    drained = q.drain * (1 - w.ownership) * g.bypass
    return {"government.capacity": grown * (1 - drained - q.state_decay * g.violence)}


@act("government.collect")
def _(w):
    q, g = w.p.capacity, w.government
    peace = exp(-q.revenue_in_war * g.violence)
    return {"government.revenue": w.p.situation.revenue * (q.revenue_floor + g.capacity) * peace}


@act("government.train_forces")
def _(w):
    q, g, j = w.p.capacity, w.government, w.programmes
    done = 100 * (j.habitual + j.needful + j.planned).sum(axis=1) / w.of_district.sum()
    kinds = np.array(w.agencies.subkinds)[w.agency_of]
    joint, own = (
        done[(kinds == kind) & (w.sector_of == 4)].sum()
        for kind in ("MissionComponent", "BilateralProgramme")
    )
    taught = (joint * w.p.mandate.force_reform + own) / (joint + own + q.trainers_half)
    soldiers = g.soldiers + q.training_rate * taught * max(q.army_size - g.soldiers, 0)
    return {
        "government.soldiers": soldiers - q.soldier_loss * soldiers,
        "government.rival_training": share(own * (1 - w.p.partners.outsiders_join), joint + own),
    }


@act("government.pay")
def _(w):
    q, g = w.p.capacity, w.government
    bill = g.soldiers + 1e-6
    owed = q.arrears_ceiling * max(bill - g.revenue, 0) / bill
    arrears = g.arrears + (owed - g.arrears) / q.arrears_memory
    one_army = 1 - q.rival_training * g.rival_training
    tamed = 1 - 0.5 * (g.coverage[2] + g.capacity) * q.justice_on_soldiers * one_army
    preying = q.predation * min(g.soldiers, 1) * arrears / (arrears + q.arrears_half)
    return {"government.arrears": arrears, "government.predation": preying * tamed}


# ---------------------------------------------------------------- 12 exit, 13 record


@act("headquarters.decide_exit")
def _(w):
    e, hq, g = w.p.exit, w.headquarters, w.government
    ready = g.capacity >= e.capacity_benchmark and g.confidence >= e.confidence_benchmark
    ready = ready and g.calm_months >= w.p.headquarters.calm_months and w.months_open >= e.earliest_month
    due = e.by_timetable and w.months_open >= e.timetable_month
    due = due or (e.by_benchmarks and ready) or (e.by_patience and hq.patience <= 0)
    if not due or hq.leaving or hq.presence <= 0:
        return {}
    return {"headquarters.leaving": 1.0, "headquarters.exit_month": float(w.month)}


@act("headquarters.draw_down")
def _(w):
    e, hq = w.p.exit, w.headquarters
    if not hq.leaving:
        return {"headquarters.office": 0.0}
    gone = hq.months_gone + 1
    return {
        "headquarters.months_gone": gone,
        "headquarters.presence": min(hq.presence, max(0, 1 - gone / e.drawdown_months)),
        "headquarters.office": e.follow_on if gone <= e.drawdown_months + e.follow_on_months else 0.0,
    }


@act("districts.take_stock")
def _(w):
    c = w.communities
    means = {"violence": c.violence, "grievance": c.grievance, "need": c.need, "aid": c.aid}
    means["met"] = c.need * c.coverage
    found = {f"districts.{name}": w.pop(x) for name, x in means.items()}
    return {**found, "districts.coverage": covered(found["districts.met"], found["districts.need"])}


@act("government.take_stock")
def _(w):
    c, d = w.communities, w.districts
    met, need, outside = w.nation(d.met), w.nation(d.need), w.nation(d.aid).sum()
    violence = w.nation(d.violence)
    calm = violence < w.p.conflict.war_threshold * w.p.exit.calm_level
    return {
        "government.violence": violence,
        "government.trust": w.nation(w.pop(c.trust)),
        "government.confidence": w.nation(w.pop(c.confidence)),
        "government.coverage": covered(met, need),
        "government.need_met": covered(met.sum(), need.sum()),
        "government.bypass": share(outside, outside + need.sum()),
        "government.calm_months": w.government.calm_months + 1 if calm else 0.0,
    }


@act("forum.take_stock")
def _(w):
    a, d, cover = w.agencies, w.districts, w.government.coverage
    wasted, done = w.nation(w.pop(w.communities.wasted)), w.nation(d.aid).sum()
    return {
        "forum.duplication": min(share(wasted, done), 1),
        "forum.sector_gap": cover.max() - cover.min(),
        "forum.district_gap": w.nation(np.abs(d.coverage.mean(axis=1) - cover.mean())),
        "forum.coordination": share((a.staff * a.coordinating).sum(), a.staff.sum()),
    }
