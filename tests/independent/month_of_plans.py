"""Phase *6. Plans* of docs/model.md: what is known, and who goes where, until the next plan."""

import math

import numpy as np

from independent.country import OPERATIONAL, STRATEGIC, TACTICAL, among, apart, share, spread
from independent.month_of_missions import mandated, real_strategic_depth


def plans(w) -> None:
    forum_assesses(w)
    strategic_plan(w)
    operational_and_tactical_plan(w)
    agencies_claim_the_pool(w)
    agencies_read_strings(w)
    agencies_choose_sectors(w)
    programmes_choose_districts(w)
    programmes_choose_places(w)
    forum_gathers_habits(w)
    partners_meet(w)
    quick_projects(w)


def known_less(p, need, noted):
    return need * (1 - p.integration.reports * noted / (need + noted + 1e-6))


def quality(w):
    """How good the plan is, by world."""
    depth = real_strategic_depth(w)
    return depth / (depth + w.p.planning.half_quality)


def done_elsewhere(w, done, seen):
    """Part of need that others are known to serve, where roles are known."""
    return w.p.leadership.role_clarity * w.p.integration.reports * share(done, done + seen)


def work(w):
    """What programmes can do in each district: `work_jd`."""
    agencies, k, s = w.agencies, w.programmes.agency, w.programmes.sector
    hands = (agencies.staff * agencies.delivering)[:, k] * agencies.work_money[:, k, s]
    return (hands * agencies.skill[k, s] * agencies.sector_share[:, k, s])[..., None] * agencies.access[:, k]


def by_sector(w, x):
    """Sums over the programmes of each sector."""
    return np.stack([x[:, w.programmes.sector == sector].sum(1) for sector in range(5)], 1)


def forum_assesses(w) -> None:
    p, c, d, country, months = w.p, w.communities, w.districts, w.country, w.p.coordination.planning_months
    civil = 1 - p.partners.civil_society * p.information.civil_society_ear
    voice = 1 - civil * (1 - p.ownership.women * p.information.women_ear)
    error = p.information.error * (1 - voice)
    error = error * (1 - p.information.local_ear * p.integration.local_say)
    error = error * (1 - p.information.trust_ear * w.government.trust)
    error = error * (1 - p.information.reports_ear * p.integration.reports)
    drawn = w.luck.month("joint assessment", country.districts, 5, int(w.month // months))
    m = p.information.error_memory
    d.shared_error = m * d.shared_error + math.sqrt(1 - m * m) * drawn
    found = c.need * np.exp(error[:, None, None] * country.here(d.shared_error))
    pace = months / (months + w.team.plan_age)
    c.believed = c.believed + pace[:, None, None] * (found - c.believed)
    c.viewed = c.need.copy()
    c.noted = c.noted + p.information.news_pace * (c.aid - c.noted)
    d.viewed, d.believed, d.noted = (country.pop(x) for x in (c.viewed, c.believed, c.noted))
    d.viewed_people, d.noted_people = country.of_people(d.viewed), country.of_people(d.noted)


def strategic_plan(w) -> None:
    p, d, forum, country = w.p, w.districts, w.forum, w.country
    forum.need_share = spread(country.nation(d.believed))
    forum.need_by_district = spread(d.believed.sum(-1) * country.people)
    gap = spread(known_less(p, country.nation(d.believed), country.nation(d.noted)))
    of_money = np.einsum("wis,i->ws", w.donors.agenda, w.donors.size)
    heard = (1 - p.integration.money_voice) * gap + p.integration.money_voice * of_money
    frame = p.integration.common_planning * p.information.frame_weight
    heard = (1 - frame) * heard + frame * np.sqrt(heard * mandated(w))
    forum.sector_plan = spread(heard * w.headquarters.gate)


def operational_and_tactical_plan(w) -> None:
    c, d, country = w.communities, w.districts, w.country
    w.forum.district_plan = spread(country.of_people(known_less(w.p, d.believed, d.noted)))
    gap = known_less(w.p, c.believed, c.noted)
    c.planned = gap / (country.here(country.pop(gap) * country.people[:, None]) + 1e-9)


def agencies_claim_the_pool(w) -> None:
    agencies, good = w.agencies, quality(w)[:, None]
    size = agencies.weight * agencies.multilateral
    size = size / max(size.sum(), 1e-12)
    fit = (agencies.skill * w.forum.sector_plan[:, None]).sum(-1) * size
    agencies.pool_share = good * share(fit, fit.sum(1, keepdims=True)) + (1 - good) * size


def agencies_read_strings(w) -> None:
    donors, agencies = w.donors, w.agencies
    part = donors.direct[..., None] * donors.affinity
    part = part / (part.sum(1, keepdims=True) + 1e-9)
    sector = among(agencies.able, np.einsum("wik,wis->wks", part, donors.agenda))
    district = spread(np.einsum("wik,wid->wkd", part, donors.favour))
    assessed = agencies.mission[:, None]
    agencies.strings_sector = np.where(assessed, agencies.strings_sector, sector)
    agencies.strings_district = np.where(assessed, agencies.strings_district, district)
    agreement = 1 - apart(agencies.strings_sector, w.forum.sector_plan[:, None])
    agencies.agreement = np.where(agencies.mission, 1, agreement)


def own_wish(w):
    """*Agencies wish*."""
    p, d, country = w.p, w.districts, w.country
    seen, done = country.nation(d.viewed), country.nation(d.noted)
    most = spread(seen * (1 - done_elsewhere(w, done, seen)))
    clarity = p.mandate.clarity
    text = clarity * mandated(w) + (1 - clarity) * spread(seen) * w.headquarters.gate
    mission = text * (1 - p.partners.draw_on_agencies * done / (done + seen + 1e-6)) + 1e-6
    return np.where(w.agencies.mission[:, None], mission[:, None], most[:, None])


def agencies_choose_sectors(w) -> None:
    p, agencies = w.p, w.agencies
    better = np.maximum(agencies.skill, 0.01) ** (1 + p.planning.skill_weight * p.leadership.role_clarity)
    able = np.where(agencies.able, better, 0)
    own = among(agencies.able, able * own_wish(w))
    plan = among(agencies.able, able * w.forum.sector_plan[:, None])
    tied = (agencies.voluntary * (p.funding.earmarked + p.funding.softly_earmarked))[:, None]
    from_pool = (agencies.voluntary * p.funding.pooled)[:, None]
    depth, good = agencies.depth[..., STRATEGIC, None], quality(w)[:, None, None]
    agencies.sector_share = (
        tied * agencies.strings_sector
        + (1 - tied - from_pool) * ((1 - depth) * own + depth * plan)
        + from_pool * ((1 - good) * own + good * plan)
    )
    agencies.apart = apart(own, plan)


def programmes_choose_districts(w) -> None:
    p, d, agencies, j = w.p, w.districts, w.agencies, w.programmes
    k, s = j.agency, j.sector
    view = d.viewed_people * (1 - done_elsewhere(w, d.noted_people, d.viewed_people))
    learned = agencies.learned[:, k, None]
    favour = (1 - learned) * agencies.favour_district[:, k] + learned
    own = spread(view[:, s] * agencies.access[:, k] * favour)
    tied = (agencies.voluntary * p.funding.earmarked * p.money.district_strings)[k, None]
    depth, plan = agencies.depth[:, k, OPERATIONAL, None], w.forum.district_plan[:, s]
    untied = (1 - depth) * own + depth * plan
    j.district_share = tied * agencies.strings_district[:, k] + (1 - tied) * untied
    j.apart = apart(own, plan)


def programmes_choose_places(w) -> None:
    agencies, j = w.agencies, w.programmes
    depth, learned = agencies.depth[:, j.agency, TACTICAL, None], agencies.learned[:, j.agency, None]
    j.habit_share = j.district_share * (1 - depth) * (1 - learned)
    j.need_share = j.district_share * (1 - depth) * learned
    j.plan_share = j.district_share * depth


def forum_gathers_habits(w) -> None:
    """*Communities are chosen, the forum gathers habits*: `by_habit` and what follows from it."""
    c, j, country = w.communities, w.programmes, w.country
    able, viewed = work(w), c.viewed * country.people_c[:, None]
    familiar = np.zeros_like(c.viewed)
    for number, (k, s) in enumerate(zip(j.agency, j.sector, strict=True)):
        favour = w.agencies.favour[:, k]
        known = country.by_district(favour * viewed[..., s]).sum(-1)
        by_habit = (able[:, number] + 0.01) * j.habit_share[:, number] / (known + 1e-6)
        familiar[..., s] += country.here(by_habit) * favour
    c.familiar = familiar
    w.districts.familiar_need = country.of_people(country.pop(c.viewed * familiar))


def partners_meet(w) -> None:
    """*The forum counts partners*, *Programmes and agencies meet*."""
    p, agencies, j, forum = w.p, w.agencies, w.programmes, w.forum
    k, s = j.agency, j.sector
    forum.partners = (1 - np.exp(-agencies.staff / p.coordination.agency_size)).sum(1)
    sector_share = agencies.sector_share[:, k, s]
    people = (agencies.staff[:, k] * sector_share)[..., None] * j.district_share
    here = 1 - np.exp(-people / p.coordination.partner_size)
    crowd, sector_crowd = here.sum(1), by_sector(w, here)
    in_district = (j.district_share * np.maximum(crowd[:, None] - 1, 0)).sum(-1)
    in_sector = (j.district_share * np.maximum(sector_crowd[:, s] - 1, 0)).sum(-1)
    of_agency = (k[:, None] == np.arange(agencies.count)).astype(float)
    strategic, operational, tactical = np.moveaxis(agencies.joined, -1, 0)
    in_districts = operational * ((sector_share * j.apart) @ of_agency)
    agencies.friction = p.team.strategic_clashes * strategic * agencies.apart + in_districts
    met_in_district = operational * ((sector_share * in_district) @ of_agency)
    met_in_sector = tactical * ((sector_share * in_sector) @ of_agency)
    agencies.meetings_met = (
        met_in_district / p.coordination.district_partners + met_in_sector / p.coordination.sector_partners
    )


def quick_projects(w) -> None:
    p, c, country = w.p, w.communities, w.country

    def against_the_district(x):
        return x / (country.here(country.pop(x)) + 1e-6)

    shows = np.tile(np.exp(-p.reception.quick_show * country.remoteness_c), (w.worlds, 1))
    shows = against_the_district(shows)
    deserved = against_the_district((c.need * (1 - c.coverage)).sum(-1))
    c.quick_money = p.quick_impact.planning * deserved + (1 - p.quick_impact.planning) * shows
    c.passed_over = np.maximum(deserved - c.quick_money, 0)
