"""*Decisions*, *4. Headquarters and leaders* and *12. Exit* of docs/model.md."""

import math

import numpy as np
from scipy.special import ndtr

from independent.country import (
    LEVELS,
    SECTORS,
    SECURITY,
    STRATEGIC,
    each,
    logistic,
    near,
    of_levels,
    of_sectors,
    put,
)
from independent.start import choose_whom_to_pay

OPENING_STEP = np.array([0, 0, 2, 2, 1])
SUPPORT = 4

# ---------------------------------------------------------------- What several acts use, worked out anew


def staff_presence(w):
    return np.maximum(w.headquarters.presence, w.headquarters.office)


def months_open(w):
    return w.month - np.maximum(w.p.mandate.start_month, w.headquarters.sent_month)


def mandated(w):
    open_tasks = w.headquarters.scope * w.headquarters.gate
    return open_tasks / (open_tasks.sum(1, keepdims=True) + 1e-6)


def unfunded_work(p):
    return (1 - p.funding.assessed_breadth) * (1 - p.money.aligned_saving * p.funding.aligned)


def hats_shared(p):
    return (p.leadership.hats - 1) / p.leadership.hats


def force_use(w):
    return w.p.mandate.use_of_force * w.force.deployed.mean(1)


def troops_per_thousand(w):
    return 1000 * w.force.effective.sum(1) / w.country.all_people


def real_strategic_depth(w):
    return w.agencies.depth[..., STRATEGIC].sum(1) / max(w.agencies.count, 1)


def pooled(w):
    return w.p.funding.pooled if w.agencies.multilateral.any() else 0


def line_posts(p):
    offices = p.leadership.support_office + p.ownership.communication
    return 1 - p.headquarters.service_posts * (offices + p.early_warning.coverage + p.training.evaluation) / 4


# ---------------------------------------------------------------- Decisions


def decide(w, values) -> None:
    """*Decisions*, at the start of a month."""
    p, hq, force = w.p, w.headquarters, w.force
    old = {name: getattr(getattr(p, name.split(".")[0]), name.split(".")[1]) for name in values}
    moved = {name for name, value in values.items() if value != old[name]}
    for name in moved:
        put(p, name, values[name])
    if moved & {f"mandate.{sector}" for sector in SECTORS}:
        hq.scope = np.tile(of_sectors(p), (w.worlds, 1))
    if moved & {f"integration.{level}" for level in (*LEVELS, "humanitarian")}:
        w.team.formal = np.tile(of_levels(p), (w.worlds, 1))
        w.team.apart = np.full(w.worlds, p.integration.humanitarian)
    if "funding.bilateral" in moved:
        choose_whom_to_pay(w)
    if p.mandate.troops > old.get("mandate.troops", math.inf) > 0:
        force.deployed = force.deployed * old["mandate.troops"] / p.mandate.troops
    if p.mandate.posts > old.get("mandate.posts", math.inf) > 0:
        stay = hq.filled * old["mandate.posts"] / p.mandate.posts
        hq.filled = np.where(hq.presence > 0, stay, hq.filled)


# ---------------------------------------------------------------- 4. Headquarters and leaders


def headquarters_and_leaders(w) -> None:
    open_the_mission(w)
    fill_posts(w)
    leaders_rotate(w)
    leaders_stand(w)
    team_bonds(w)
    team_divides_its_time(w)
    team_arbitrates(w)
    form_up(w)
    review = w.month > 0 and w.month % int(w.p.coordination.review_months) == 0
    if review:
        fit_form_to_function(w)
        widen_the_mandate(w)
    wear_out(w)


def open_the_mission(w) -> None:
    p, hq = w.p, w.headquarters
    if w.month >= p.mandate.start_month and p.mandate.deploy:
        sent = hq.leaving == 0
        hq.sent_month = np.where(sent & (hq.presence == 0), w.month, hq.sent_month)
        hq.presence = np.where(sent, 1, hq.presence)
    step = OPENING_STEP * p.mandate.sequence * p.headquarters.sequence_months
    least = math.exp(-p.headquarters.sequence_grip * p.mandate.sequence)
    opened = np.maximum(logistic(each(months_open(w)) - step), least)
    hq.gate = opened if p.mandate.sequence else np.ones((w.worlds, 5))


def fill_posts(w) -> None:
    p, hq = w.p, w.headquarters
    months = p.headquarters.months_to_fill - p.headquarters.months_saved * p.mandate.delegation
    ease = p.headquarters.support_floor + p.headquarters.support_gain * w.leaders.strength[:, SUPPORT]
    hiring = 1 - np.exp(-ease / (months * (1 + p.headquarters.overlap_delay * w.team.overlap)))
    filled = hq.filled + hiring * (1 - hq.filled) - p.headquarters.turnover / 12 * hq.filled
    hq.filled = np.where(hq.presence > 0, filled, hq.filled)


def leaders_rotate(w) -> None:
    p, leaders = w.p, w.leaders
    drawn = w.luck.month("rotation of Leader", 5, 2, w.month)
    leave = ndtr(drawn[..., 0]) < 1 / p.leadership.months_in_post
    successor = near(p.leadership.competence, p.leadership.competence_spread * drawn[..., 1])
    leaders.competence = np.where(leave, successor, leaders.competence)
    leaders.months_in_post = np.where(leave, 0, leaders.months_in_post + 1)


def leaders_stand(w) -> None:
    p, leaders = w.p, w.leaders
    shared = each(p.leadership.pooling * w.team.cohesion)
    together = (1 - shared) * leaders.competence + shared * leaders.competence.mean(1, keepdims=True)
    routine = p.leadership.routine * p.leadership.support_office
    leaders.strength = (1 - routine) * together + routine * p.leadership.routine_level


def team_bonds(w) -> None:
    p, team = w.p, w.team
    new = (w.leaders.months_in_post == 0).mean(1)
    built = p.team.building_effect * p.leadership.team_building
    bond = built + (1 - built) * p.team.loose_cohesion
    cohesion = team.cohesion + p.team.bonding * (bond - team.cohesion)
    infighting = p.team.infighting * team.delay / (1 + team.delay)
    team.cohesion = cohesion * (1 - p.team.break_up * new) * (1 - infighting)
    cleared = (1 - p.team.cohesion_clears * team.cohesion) * (1 - p.team.hats_join * hats_shared(p))
    team.overlap = (1 - p.leadership.role_clarity) * cleared
    team.informal = p.team.informal * w.leaders.strength[:, :3].mean(1) * team.cohesion * staff_presence(w)


def team_divides_its_time(w) -> None:
    p, team = w.p, w.team
    relief = 1 - p.team.office_relief * p.leadership.support_office
    hats = p.team.hat_load * (p.leadership.hats - 1) * relief
    hq = p.team.headquarters_load * (1 - p.mandate.delegation)
    money = p.team.fundraising_load * (1 - mandated(w)[:, SECURITY]) * unfunded_work(p)
    clashes = p.team.arbitration_load * team.delay / (1 + team.delay)
    among_leaders = p.team.overlap_load * team.overlap + p.team.informal_load * team.informal
    day = 1 + p.team.routine_arbitration + hats + hq + money + clashes + among_leaders
    team.political_time = 1 / day
    team.fundraising_time = money / day
    team.arbitration_time = (p.team.routine_arbitration + clashes) / day


def team_arbitrates(w) -> None:
    p, team = w.p, w.team
    f = p.team.unstaffed
    desks = (p.team.desk + p.leadership.support_office) * (p.team.field_desk + p.mandate.delegation)
    staffed = (f + (1 - f) * w.headquarters.filled) * staff_presence(w)
    leaders = w.leaders.strength[:, :3].sum(1)
    service = p.team.service * leaders * desks * team.arbitration_time * staffed + p.team.service_floor
    hub = 1 + p.team.hub_clashes * p.leadership.hierarchy
    unclear = 1 + team.overlap + p.team.field_clashes * p.mandate.delegation * team.overlap
    coming = p.team.clashes * w.forum.clash * hub * unclear * (p.team.vague_clashes - p.mandate.clarity)
    backlog = team.backlog + coming
    backlog = backlog - service * backlog / (backlog + service)
    team.backlog = backlog * (1 - 1 / p.team.expiry_months)
    team.delay = team.backlog / service
    frame = 1 - p.team.frame_saving * p.integration.common_planning
    age = p.team.base_age * (p.team.undelegated_age - p.mandate.delegation) * frame
    team.plan_age = age + team.delay * p.mandate.delegation


def form_up(w) -> None:
    p, team = w.p, w.team
    started = (months_open(w) >= p.integration.start_month).astype(float)
    pace = 1 - math.exp(-2.3 / p.integration.set_up_months)
    set_up = np.where(months_open(w) == 0, 0, team.set_up)
    team.set_up = set_up + started * (1 - set_up) * pace
    if not p.integration.adaptive:
        team.formal = np.tile(of_levels(p), (w.worlds, 1))
    there = staff_presence(w)
    team.in_force = each(started * there / (there + p.team.running)) * team.formal
    team.reform = team.reform * p.team.reform_memory


def fit_form_to_function(w) -> None:
    p, team, forum = w.p, w.team, w.forum
    drawn = w.luck.month("assessment", 4, 1, w.month)[..., 0]
    seen = np.exp(p.team.assessment_error * (1 - p.training.evaluation) * drawn)
    saving = np.stack([forum.sector_gap, forum.district_gap, forum.duplication], 1) * seen[:, :3]
    price = forum.coordination * seen[:, 3] + p.team.age_price * team.plan_age
    goal = saving / (saving + p.team.price_weight * each(price) + 1e-6)
    step = p.integration.adaptive * p.team.adapting
    change = step * (goal - team.formal)
    team.formal = team.formal + change
    team.reform = team.reform + np.abs(change).sum(1) / 3
    safe = np.exp(-p.team.danger_bite * w.government.violence * force_use(w))
    team.apart = team.apart + step * (safe - team.apart)


def widen_the_mandate(w) -> None:
    p, hq = w.p, w.headquarters
    wider = p.mandate.widening * p.training.evaluation * (1 - w.government.coverage) * (1 - hq.scope)
    hq.scope = np.where(each(hq.presence) > 0, hq.scope + wider, hq.scope)


def wear_out(w) -> None:
    p, hq = w.p, w.headquarters
    unrest = np.minimum(1, p.headquarters.wear_by_violence * w.government.violence)
    wear = (1 - p.headquarters.wear_of_war) + p.headquarters.wear_of_war * unrest
    discord = 1 + p.headquarters.discord * (1 - p.mandate.unity_of_voice)
    hq.patience = hq.patience - hq.presence * wear * discord / p.exit.patience_months


# ---------------------------------------------------------------- 12. Exit


def leave(w) -> None:
    p, hq, state, opened = w.p, w.headquarters, w.government, months_open(w)
    goes = np.zeros(w.worlds, bool)
    if p.exit.by_timetable:
        goes |= opened >= p.exit.timetable_month
    if p.exit.by_benchmarks:
        built = (state.capacity >= p.exit.capacity_benchmark) & (
            state.confidence >= p.exit.confidence_benchmark
        )
        calm = state.calm_months >= p.headquarters.calm_months
        goes |= (opened >= p.exit.earliest_month) & built & calm
    if p.exit.by_patience:
        goes |= hq.patience <= 0
    goes &= (hq.presence > 0) & (hq.leaving == 0)
    hq.leaving = np.where(goes, 1, hq.leaving)
    hq.exit_month = np.where(goes, w.month, hq.exit_month)
    hq.months_gone = hq.months_gone + hq.leaving
    left = np.maximum(0, 1 - hq.months_gone / p.exit.drawdown_months)
    hq.presence = np.where(hq.leaving > 0, np.minimum(hq.presence, left), hq.presence)
    following = hq.months_gone <= p.exit.drawdown_months + p.exit.follow_on_months
    hq.office = np.where(hq.leaving > 0, np.where(following, p.exit.follow_on, 0), hq.office)
