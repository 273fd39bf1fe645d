"""Phases *7. Coordination* and *8. Delivery and access* of docs/model.md."""

import math

import numpy as np

from independent.country import JUSTICE, SECURITY, STRATEGIC, covered, each, share
from independent.month_of_missions import force_use, hats_shared, troops_per_thousand
from independent.month_of_plans import by_sector, work

COMMANDER = 3
HUMANITARIANS = ("HumanitarianAgency", "NGOGroup")

# ---------------------------------------------------------------- 7. Coordination


def coordination(w) -> None:
    agencies_train_and_learn(w)
    agencies_join(w)
    agencies_integrate(w)
    agencies_spend_time(w)
    forum_weighs_clashes(w)


def agencies_train_and_learn(w) -> None:
    p, k = w.p, w.agencies
    trained = k.doctrine * (1 - p.training.common) + p.training.common
    k.common_ways = k.common_ways + p.coordination.training_pace * (trained - k.common_ways)
    pace = p.planning.learning * (p.training.evaluation + p.integration.local_say)
    learned = k.learned + pace * k.staff / (k.staff + p.planning.learning_size) * (1 - k.learned)
    k.learned = learned - p.planning.forgetting * (learned - k.known)


def agencies_join(w) -> None:
    p, k, kept_apart = w.p, w.agencies, w.team.apart
    compact = 1 - p.coordination.compact_joining * p.ownership.compact
    outsider = np.full(w.worlds, 1 - (1 - p.partners.outsiders_join) * compact)
    by_kind = {
        "HumanitarianAgency": kept_apart,
        "NGOGroup": p.coordination.ngo_joining * kept_apart,
        "RegionalBody": np.full(w.worlds, p.partners.interlock),
        "BankProgramme": outsider,
        "BilateralProgramme": outsider,
    }
    k.openness = np.ones((w.worlds, k.count))
    for kind, openness in by_kind.items():
        k.openness = np.where(k.kind == kind, each(openness), k.openness)
    k.joined = k.openness[..., None] * w.team.in_force[:, None]


def agencies_integrate(w) -> None:
    p, k, team = w.p, w.agencies, w.team
    pulled = 1 - p.planning.donor_pull * k.agreement
    willing = 1 - (1 - k.line) * (1 - p.integration.incentives) * pulled
    loose = p.coordination.loose_team
    enabling = np.cbrt(willing * k.common_ways * each(loose + (1 - loose) * team.cohesion))
    asked = 1 + p.coordination.demand * k.joined
    ordered = k.joined * enabling[..., None] ** asked * team.set_up[:, None, None]
    unordered = each(team.informal) * k.common_ways * k.openness
    k.depth = ordered + (1 - k.joined) * unordered[..., None]


def others(w):
    """Partners besides oneself, against the usual number."""
    return np.maximum(w.forum.partners - 1, 0) / w.p.coordination.usual_partners


def agencies_spend_time(w) -> None:
    k = w.agencies
    coordinate, report, wait, rival = coordinating(w), reporting(w), waiting(w), rivalling(w)
    day = 1 + coordinate + report + wait + rival
    k.coordinating, k.reporting = coordinate / day, report / day
    k.waiting, k.rivalry, k.delivering = wait / day, rival / day, 1 / day


def coordinating(w):
    p, k = w.p, w.agencies
    spokes = 1 - p.coordination.hub_saving * p.leadership.hierarchy
    met = k.joined[..., STRATEGIC] * each(others(w)) + k.meetings_met
    meetings = p.coordination.floor + p.coordination.meeting / 3 * spokes * met
    talks = p.ownership.compact * math.exp(-w.month / p.coordination.compact_months)
    new_form = p.coordination.form_change * w.team.reform + p.coordination.compact_set_up * talks
    told = p.integration.reports + p.integration.local_say + p.training.evaluation
    sharing = p.coordination.sharing / 3 * told * k.openness + p.coordination.courses * p.training.common
    return meetings + sharing + each(new_form) * k.openness


def reporting(w):
    p, voluntary = w.p, w.agencies.voluntary
    grants = p.funding.earmarked + p.coordination.soft_reporting * p.funding.softly_earmarked
    to_donors = p.coordination.reporting + p.coordination.grant_reporting * grants
    return voluntary * to_donors + (1 - voluntary) * p.coordination.assessed_reporting


def waiting(w):
    p, k = w.p, w.agencies
    joint = p.coordination.waiting * each(w.team.delay) * k.joined.mean(-1)
    return (joint + p.coordination.clearance * (1 - k.voluntary)) * (1 - p.mandate.delegation)


def rivalling(w):
    p = w.p
    over_pool = p.coordination.rivalry * p.funding.pooled / (p.funding.pooled + p.coordination.rivalry_half)
    clear = 1 - p.coordination.clarity_saving * p.leadership.role_clarity
    return over_pool * w.agencies.joined[..., STRATEGIC] * clear


def forum_weighs_clashes(w) -> None:
    k = w.agencies
    w.forum.clash = (k.friction * share(k.staff, k.staff.sum(1, keepdims=True))).sum(1) * others(w)


# ---------------------------------------------------------------- 8. Delivery and access


def delivery_and_access(w) -> None:
    troops_deploy_and_muster(w)
    districts_are_guarded(w)
    agencies_are_seen_and_seek_access(w)
    programmes_work(w)
    communities_receive(w)


def troops_deploy_and_muster(w) -> None:
    p, force = w.p, w.force
    gap = np.full(2, p.mandate.logistics_gap)
    gap[1] += p.force.regional_gap * (1 - p.partners.regional_capability)
    goal = each(p.force.ceiling * w.headquarters.presence)
    pace = np.where(goal < force.deployed, 1, 1 / (p.force.arrival_months * (1 + gap)))
    force.deployed = force.deployed + (goal - force.deployed) * pace

    control = 1 - p.force.control_loss * (1 - p.mandate.political_control)
    caveats = p.force.caveats * (1 - p.force.trained_caveats * p.training.common)
    contingents = p.mandate.troops * (1 - p.partners.regional_troops) * (1 - caveats)
    untrained = 1 - p.force.trained_brigade * p.training.common
    brigade = p.mandate.troops * p.partners.regional_troops
    brigade = brigade * (1 - (1 - p.partners.regional_capability) * untrained)
    brigade = brigade * (1 - p.force.unlinked_loss * (1 - p.partners.interlock))
    brigade = brigade * (1 - p.partners.overlapping_membership * w.neighbours.conflict.mean(1))
    fit = np.stack([np.full(w.worlds, contingents), brigade], 1)
    force.effective = force.deployed * fit * control / (1 + gap)


def districts_are_guarded(w) -> None:
    p, d = w.p, w.districts
    r, f = p.signals.reserve, p.signals.reserve_floor
    here = 1 - r + r * (d.response + f) / each(w.country.nation(d.response) + f)
    f, peaceful = p.conflict.commander_floor, p.conflict.peaceful_might
    commander = f + (1 - f) * w.leaders.strength[:, COMMANDER]
    use = peaceful + (1 - peaceful) * p.mandate.use_of_force
    might = here * each(troops_per_thousand(w) * commander) * use
    d.deterrence = might / (might + p.conflict.troops_half)


def agencies_are_seen_and_seek_access(w) -> None:
    p, k = w.p, w.agencies
    a, joint = p.delivery.humanitarian_distance, k.joined.mean(-1)
    stained = joint + p.delivery.hat_stain * hats_shared(p) * (1 - joint)
    humanitarian = np.isin(k.kind, HUMANITARIANS)
    association = np.where(humanitarian, (1 - a) + a * stained, p.delivery.seen_with_force)
    hostile = w.districts.violence * each(p.delivery.war_hostility + p.delivery.force_stain * force_use(w))
    k.access = 1 / (1 + p.delivery.access_loss * hostile[:, None] * association[..., None])
    k.attacked = p.delivery.attacks * each(w.country.nation(hostile)) * association


def programmes_work(w) -> None:
    """*Programmes work*, *The forum collects effort*."""
    j, d, able = w.programmes, w.districts, work(w)
    j.habitual, j.needful, j.planned = able * j.habit_share, able * j.need_share, able * j.plan_share
    w.forum.habit_effort = 100 * by_sector(w, j.habitual) / (d.familiar_need + 1e-6)
    w.forum.need_effort = 100 * by_sector(w, j.needful) / (d.viewed_people + 1e-6)
    w.forum.plan_effort = 100 * by_sector(w, j.planned)


def ownership(p):
    return 1 - (1 - p.ownership.share) * (1 - p.capacity.compact_ownership * p.ownership.compact)


def arriving(w):
    c, forum = w.communities, w.forum
    by_habit, by_need, by_plan = (
        w.country.here(effort.transpose(0, 2, 1))
        for effort in (forum.habit_effort, forum.need_effort, forum.plan_effort)
    )
    return (by_habit * c.familiar + by_need) * c.viewed + by_plan * c.planned


def communities_receive(w) -> None:
    p, c, country = w.p, w.communities, w.country
    season = max(0, math.sin(2 * math.pi * w.month / 12))
    reached = 1 - p.partners.civil_society * p.delivery.civil_society_reach
    hard = p.delivery.remoteness_loss * country.remoteness_c * (1 + season) * reached
    passable = (1 - p.delivery.distrust_loss * (1 - c.trust)) / (1 + hard)
    o = p.delivery.police_in_order
    order = o * c.coverage[..., SECURITY] + (1 - o) * np.exp(-p.delivery.violence_bite * c.violence)
    kept = 1 - p.delivery.interlock * (1 - order)
    teaching = p.ownership.capacity_building * p.delivery.teaching_time
    slowed = 1 - (ownership(p) * p.delivery.ownership_delay + teaching) * (1 - c.local_capacity)
    courts = 1 - p.delivery.courts_for_police * (1 - c.coverage[..., JUSTICE])
    coming = arriving(w)
    c.aid = coming * (passable * kept * slowed)[..., None]
    c.aid[..., SECURITY] = coming[..., SECURITY] * passable * courts

    local = p.capacity.local_services * c.local_capacity
    local = local * np.exp(-p.capacity.local_violence_bite * c.violence)
    trusted = c.confidence / (c.confidence + p.capacity.confidence_half)
    state = p.capacity.state_services * each(w.government.capacity) * trusted
    there = c.usual_need * (local + state)[..., None] + c.aid
    guarded = p.delivery.troops_secure * country.here(w.districts.deterrence)
    there[..., SECURITY] += c.usual_need[..., SECURITY] * guarded
    met = np.minimum(there, c.need)
    c.wasted = np.minimum(there - met, c.aid).sum(-1)
    c.coverage = covered(met, c.need)
