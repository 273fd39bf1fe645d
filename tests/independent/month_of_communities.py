"""Phases *9. Reception*, *10. Capacity and pay*, *11. Mobilisation and violence* of docs/model.md."""

import numpy as np

from independent.country import JUSTICE, LIVELIHOODS, REINTEGRATION, SECURITY, each, logistic, share
from independent.month_of_missions import force_use, staff_presence
from independent.month_of_work import ownership

# ---------------------------------------------------------------- 9. Reception


def reception(w) -> None:
    communities_judge(w)
    quick_projects_please(w)
    communities_grieve(w)
    communities_trust_the_state(w)


def served(w):
    return w.communities.coverage[..., SECURITY + 1 :].mean(-1)


def communities_judge(w) -> None:
    p, c, r = w.p, w.communities, w.p.reception
    announced = each(w.headquarters.presence * w.headquarters.scope.mean(1))
    promised = r.promise * (1 - p.ownership.communication) * announced
    c.expectation = c.expectation + r.expectation_pace * (promised - c.expectation)
    use = served(w) / (served(w) + c.expectation + r.hope)
    weights = r.respect_ownership, r.respect_communication, r.respect_local_say, r.respect_training
    shown = ownership(p), p.ownership.communication, p.integration.local_say, p.training.common
    manners = np.dot(weights, shown) / sum(weights)
    respect = r.respect + (1 - r.respect) * manners
    misconduct = each(r.force_hurts * force_use(w) * (1 - p.mandate.political_control))
    safe = r.weight_safety * np.exp(-r.harm_bite * c.harm)
    felt = safe + r.weight_use * use + r.weight_respect * respect * (1 - misconduct)
    felt = felt / (r.weight_safety + r.weight_use + r.weight_respect)
    c.trust = c.trust + r.trust_pace * (felt - c.trust)


def quick(w):
    """How much is made of quick projects."""
    return each(w.p.reception.quick_effect * w.p.quick_impact.budget * w.headquarters.presence)


def envy(w):
    c, r = w.communities, w.p.reception
    return quick(w) * r.envy * (r.envy_in_calm + c.violence + c.grievance) * c.passed_over


def quick_projects_please(w) -> None:
    c = w.communities
    dividend = quick(w) * c.quick_money - envy(w)
    c.trust = c.trust + (1 - np.exp(-np.abs(dividend))) * ((dividend > 0) - c.trust)


def communities_grieve(w) -> None:
    p, c, r, coverage = w.p, w.communities, w.p.reception, w.districts.coverage
    gap = np.maximum(w.country.nation(coverage)[:, None] - coverage, 0).sum(-1) / 5
    felt = r.grievance_level + r.neglect * (1 - served(w))
    felt = felt + r.inequality * p.situation.inequality * w.country.here(gap)
    felt = felt - r.trust_soothes * c.trust - r.confidence_soothes * c.confidence
    felt = felt - r.deal_soothes * each(w.government.settlement)
    answered = 1 - r.justice_answers * c.coverage[..., JUSTICE]
    hurt = r.injury * answered * (c.harm + c.harm_by_soldiers) + envy(w)
    c.grievance = c.grievance + r.grievance_pace * (np.clip(felt, 0, 1) - c.grievance)
    c.grievance = c.grievance + (1 - np.exp(-hurt)) * (1 - c.grievance)


def communities_trust_the_state(w) -> None:
    p, c, r, state = w.p, w.communities, w.p.reception, w.government
    credit = ownership(p) + (1 - ownership(p)) * each(state.capacity)
    earned = r.state_by_settlement * each(state.settlement) + r.state_by_service * served(w) * credit
    earned = earned + r.state_by_capacity * each(state.capacity)
    earned = earned / (r.state_by_settlement + r.state_by_service + r.state_by_capacity)
    felt = earned * (1 - r.state_in_war * c.violence) - r.predation_hurts * c.harm_by_soldiers
    c.confidence = c.confidence + r.confidence_pace * (np.maximum(felt, 0) - c.confidence)


# ---------------------------------------------------------------- 10. Capacity and pay


def capacity_and_pay(w) -> None:
    communities_learn_to_serve(w)
    state_builds_and_collects(w)
    state_trains_forces(w)
    state_pays(w)


def communities_learn_to_serve(w) -> None:
    p, c, own = w.p, w.communities, ownership(w.p)
    handing_over = each((w.headquarters.leaving > 0) & (staff_presence(w) > 0))
    growth = p.capacity.unaided + own * p.capacity.by_doing * served(w)
    growth = growth + p.ownership.capacity_building * p.capacity.by_teaching
    growth = growth + p.exit.handover * p.capacity.by_handover * handing_over * served(w)
    growth = growth * np.exp(-p.capacity.local_violence_bite * c.violence)
    c.local_capacity = c.local_capacity + growth * (1 - c.local_capacity)
    drained = p.capacity.local_drain * p.capacity.drain * (1 - own) * each(w.government.bypass)
    c.local_capacity = c.local_capacity * (1 - drained - p.capacity.scattered * c.violence)


def state_builds_and_collects(w) -> None:
    p, state, own = w.p, w.government, ownership(w.p)
    lessons = p.capacity.lessons_floor + p.capacity.lessons_of_justice * state.coverage[:, JUSTICE]
    lessons = lessons + p.capacity.lessons_of_ownership * own
    lessons = lessons + p.capacity.lessons_of_building * p.ownership.capacity_building
    donors = 0.1 / max((w.donors.size**2).sum(), 0.01) * (1 - p.funding.pooled)
    donors = donors * (1 - p.capacity.compact_relief * p.ownership.compact)
    burden = 1 / (1 + p.capacity.donor_burden * donors * (1 - state.capacity))
    growth = p.capacity.state_growth / 12 * lessons * burden * (1 - state.violence)
    capacity = state.capacity + growth * (1 - state.capacity)
    drained = p.capacity.drain * (1 - own) * state.bypass
    state.capacity = capacity * (1 - drained - p.capacity.state_decay * state.violence)
    kept = np.exp(-p.capacity.revenue_in_war * state.violence)
    state.revenue = p.situation.revenue * (p.capacity.revenue_floor + state.capacity) * kept


def state_trains_forces(w) -> None:
    p, state, j = w.p, w.government, w.programmes
    placed = 100 * (j.habitual + j.needful + j.planned).sum(-1) / w.country.all_people
    reform = j.sector == REINTEGRATION
    joint = placed[:, reform & w.agencies.mission[j.agency]].sum(1)
    own = placed[:, reform & w.agencies.bilateral[j.agency]].sum(1)
    taught = (joint * p.mandate.force_reform + own) / (joint + own + p.capacity.trainers_half)
    missing = np.maximum(p.capacity.army_size - state.soldiers, 0)
    soldiers = state.soldiers + p.capacity.training_rate * taught * missing
    state.soldiers = soldiers - p.capacity.soldier_loss * soldiers
    state.rival_training = share(own * (1 - p.partners.outsiders_join), joint + own)


def state_pays(w) -> None:
    p, state = w.p, w.government
    bill = state.soldiers + 1e-6
    unpaid = p.capacity.arrears_ceiling * np.maximum(bill - state.revenue, 0) / bill
    state.arrears = state.arrears + (unpaid - state.arrears) / p.capacity.arrears_memory
    order = (state.coverage[:, JUSTICE] + state.capacity) / 2
    split = 1 - p.capacity.rival_training * state.rival_training
    tamed = 1 - order * p.capacity.justice_on_soldiers * split
    preying = state.arrears / (state.arrears + p.capacity.arrears_half)
    state.predation = p.capacity.predation * np.minimum(state.soldiers, 1) * preying * tamed


# ---------------------------------------------------------------- 11. Mobilisation and violence


def mobilisation_and_violence(w) -> None:
    groups_weigh(w)
    groups_mobilise_fight_and_tire(w)
    groups_cool_or_harden(w)
    groups_recruit_and_disarm(w)
    communities_suffer(w)
    districts_face_a_threat(w)


def at_home(w, x):
    """`home(x)`: districts as each group's people live in them."""
    return np.einsum("gd,wd->wg", w.armed_groups.rooted, x)


def busy(w):
    """Fighting at home against what it were if everybody were out."""
    g = w.armed_groups
    return np.einsum("gd,wgd->wg", g.rooted, g.fighting) / g.reach


def groups_weigh(w) -> None:
    p, g, d, state = w.p, w.armed_groups, w.districts, w.government
    bought = p.politics.settlement_bite * each(state.settlement) * (1 - g.aim)
    base = g.hostility - bought - p.conflict.weariness_bite * g.weariness - p.conflict.threshold
    here = p.conflict.grievance_bite * (d.grievance - 0.5) - p.conflict.deterrence_bite * d.deterrence
    here = here - p.signals.mediation * d.response
    here = here + p.conflict.local_luck * d.shock + p.conflict.national_luck * each(state.turmoil)
    spoil = p.conflict.spoiling * each(state.progress) * g.aim
    tired = p.conflict.local_weariness_bite * g.spent
    g.intent = logistic(((base + spoil)[..., None] + here[:, None] - tired) / p.conflict.choice_spread)


def groups_mobilise_fight_and_tire(w) -> None:
    p, g = w.p, w.armed_groups
    g.mobilised = g.mobilised + (g.intent - g.mobilised) / p.conflict.mobilisation_months
    g.fighting = g.strength[..., None] * g.home * g.mobilised
    war = p.conflict.weariness_of_war * at_home(w, w.districts.violence)
    g.weariness = g.weariness + p.conflict.weariness_rate * (war - g.weariness)
    g.spent = g.spent + p.conflict.local_weariness_rate * (g.fighting - g.spent)


def groups_cool_or_harden(w) -> None:
    p, g = w.p, w.armed_groups
    deal = 1 + p.conflict.settlement_cooling * each(w.government.settlement) * (1 - g.aim)
    calm = np.exp(-p.conflict.cooling_in_war * at_home(w, w.districts.violence))
    cooling = p.conflict.cooling * deal * calm * (g.hostility - p.conflict.grudge * g.old_hostility)
    g.hostility = g.hostility + p.conflict.revenge * busy(w) * (1 - g.hostility) - cooling


def groups_recruit_and_disarm(w) -> None:
    """*They trade*, *They recruit and disarm*."""
    p, g, d, state = w.p, w.armed_groups, w.districts, w.government
    income = g.greedy * p.conflict.loot * p.situation.resources * g.riches
    work = at_home(w, d.coverage[..., LIVELIHOODS])
    reintegrated = p.conflict.reintegration * at_home(w, d.coverage[..., REINTEGRATION])
    ways_out = 1 + reintegrated + p.conflict.livelihoods * work
    held_back = np.minimum(p.conflict.most_held_back, p.conflict.held_back * busy(w))
    leaving = p.conflict.demobilisation * ways_out * (1 - held_back) * g.strength
    recruits = p.conflict.recruitment * (1 - p.conflict.work_on_recruits * work)
    recruits = recruits * at_home(w, d.grievance) * g.hostility
    coming = p.conflict.mobilising * (recruits + p.conflict.recruits_by_fighting * busy(w))
    coming = coming + p.conflict.arms_inflow
    coming = coming + p.conflict.border_arms * at_home(w, w.country.across(w.neighbours.spill))
    coming = coming + p.conflict.deserters * each(state.predation) + income
    g.strength = g.strength + coming * (1 - g.strength) - leaving


def communities_suffer(w) -> None:
    """*Communities feel pressure, and suffer*."""
    p, c, country = w.p, w.communities, w.country
    beside = c.violence[:, country.nearest].mean(-1) if country.nearest.size else 0
    preyed = each(w.government.predation) * (p.capacity.predation_near + country.remoteness_c)
    c.harm_by_soldiers = 1 - np.exp(-preyed)
    fighting = country.here(w.armed_groups.fighting.sum(1))
    pressure = c.susceptibility * p.conflict.attack * fighting + p.conflict.contagion * beside
    pressure = pressure + p.conflict.soldier_violence * c.harm_by_soldiers
    spill = country.across(w.neighbours.spill)
    pressure = pressure + p.conflict.border_violence * country.here(spill)
    c.violence = c.violence + p.conflict.violence_pace * (1 - np.exp(-pressure) - c.violence)
    guarded = p.conflict.protection * country.here(w.districts.deterrence) * p.mandate.protection_first
    c.harm = 1 - (1 - c.violence * (1 - guarded)) * (1 - c.harm_by_soldiers)


def districts_face_a_threat(w) -> None:
    g = w.armed_groups
    w.districts.threat = 1 - np.exp(-(g.strength[..., None] * g.home * g.intent).sum(1))
