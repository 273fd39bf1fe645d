"""Phase *5. Money* of docs/model.md: donors, and the accounts of agencies."""

import numpy as np

from independent.country import SECURITY, each, share
from independent.month_of_missions import line_posts, pooled, staff_presence, unfunded_work


def money(w) -> None:
    donors_pledge_and_disburse(w)
    giving_donors_reconsider(w)
    agencies_are_paid(w)
    agencies_keep_staff(w)


def mission_bills(w):
    """Bills of the mission, as states stand."""
    p, hq = w.p, w.headquarters
    troops = p.mandate.troops * w.force.deployed.mean(1) * p.money.troop_cost / 12
    quick = p.quick_impact.budget * p.money.quick_cost / 12 * hq.presence
    service = p.mandate.posts * staff_presence(w) * (1 - line_posts(p)) * p.money.post_cost / 1000
    return troops + quick + service


def on_time(p):
    q = p.money.on_schedule
    return q + (1 - q) * p.money.schedule_gain * p.funding.predictable


def donors_pledge_and_disburse(w) -> None:
    """*Donors pledge* and *Donors disburse*; assessed dues are paid as they fall due."""
    p, donors = w.p, w.donors
    v = p.money.volatility * (1 - p.money.steadying * p.funding.predictable)
    usual = donors.size * p.situation.aid / 12 * donors.attention
    donors.pledged = w.agencies.voluntary.any() * usual * np.exp(v * donors.shock - v * v / 2)
    to_pool = pooled(w) * donors.disbursed.sum(1)
    late = donors.pipeline / p.money.lag_months
    donors.disbursed = on_time(p) * donors.pledged + late
    donors.pipeline = donors.pipeline + (1 - on_time(p)) * donors.pledged - late
    donors.pool_disbursed = donors.pool_pipeline / p.money.pool_months
    donors.pool_pipeline = donors.pool_pipeline + to_pool - donors.pool_disbursed


def giving_donors_reconsider(w) -> None:
    p, donors, forum = w.p, w.donors, w.forum
    rate = p.money.convening_rate * p.funding.convening
    donors.agenda = donors.agenda + rate * (forum.sector_plan[:, None] - donors.agenda)
    donors.favour = donors.favour + rate * (forum.need_by_district[:, None] - donors.favour)
    rate = p.money.aligning_rate * max(p.funding.aligned, p.ownership.compact)
    donors.agenda = donors.agenda + rate * (forum.need_share[:, None] - donors.agenda)


def agencies_are_paid(w) -> None:
    p, donors, agencies = w.p, w.donors, w.agencies
    appeal = p.money.appeal_ceiling * (1 - np.exp(-p.money.appeal_yield * w.team.fundraising_time))
    appeal = appeal * staff_presence(w) * agencies.mission.any()
    free = donors.disbursed * (1 - pooled(w))
    donors.direct = free * each(1 - appeal)
    received = np.einsum("wi,wik->wk", donors.direct, donors.affinity)
    received = received + each(donors.pool_disbursed) * agencies.pool_share
    raised = each(free.sum(1) * appeal / max(agencies.mission.sum(), 1))
    agencies.balance = agencies.balance + np.where(agencies.mission, raised, received)


def agencies_keep_staff(w) -> None:
    p, agencies, mission = w.p, w.agencies, w.agencies.mission
    wish = agencies.balance / p.money.spending_months
    usual = np.maximum(agencies.weight, agencies.usual_share)
    most = p.money.absorption * usual * p.situation.aid / 12
    spent = wish * most / (wish + most + 1e-9)
    returned = p.money.handed_back * (agencies.balance - spent)

    posts = p.mandate.posts * staff_presence(w) * line_posts(p) / max(mission.sum(), 1)
    staff = each(posts * w.headquarters.filled)
    wages = staff * p.money.post_cost / 1000
    beyond_security = agencies.sector_share[..., SECURITY + 1 :].sum(-1)
    needed = staff * beyond_security * unfunded_work(p) * p.money.programme_cost / 1000
    raised = np.minimum(agencies.balance, needed)

    agencies.balance = agencies.balance - np.where(mission, raised, spent + returned)
    agencies.spent = np.where(mission, wages + raised, spent)
    agencies.staff = np.where(mission, staff, 1000 * spent / p.money.staff_cost)
    funded = np.where(mission, 1 - unfunded_work(p) * (1 - share(raised, needed)), 1)
    agencies.work_money = np.repeat(funded[..., None], 5, axis=-1)
    agencies.work_money[..., SECURITY] = 1
