"""Equations of docs/model.md, act by act, for one world in double precision.

Written from the page, for the phases that the twin in `benchmarks/` leaves out. Each function takes a world
as it is before an act, and gives what the act writes.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.stats import norm

from mipo_sim.ensemble import Fact
from mipo_sim.model import MissionModel
from mipo_sim.parameters import declared

EQUATIONS: dict[str, Callable[["World"], dict[str, Any]]] = {}
exp, log, sqrt, maximum, minimum = np.exp, np.log, np.sqrt, np.maximum, np.minimum


def act(name: str) -> Callable[[Callable[["World"], dict[str, Any]]], Callable[["World"], dict[str, Any]]]:
    def keep(rule: Callable[["World"], dict[str, Any]]) -> Callable[["World"], dict[str, Any]]:
        EQUATIONS[name] = rule
        return rule

    return keep


# ---------------------------------------------------------------- notation


def logistic(x):
    return 1 / (1 + exp(-np.clip(x, -60, 60)))


def share(a, b):
    return a / maximum(b, 1e-9)


def covered(a, b):
    return minimum((a + 1e-9) / (b + 1e-9), 1)


def spread(x, over):
    whole = x.sum(axis=over, keepdims=True)
    return np.where(whole > 1e-9, x / maximum(whole, 1e-9), 1 / x.shape[over])


def apart(p, q):
    return np.abs(p - q).sum(axis=-1) / 2


def near(m, z):
    return m * exp(z) / (m * exp(z) + 1 - m)


class World:
    """All that a world holds before an act: `w.team.delay`, `w.p.money.volatility`, geography and luck."""

    def __init__(self, model: MissionModel, number: int) -> None:
        self._model, self._number = model, number
        self.p = SimpleNamespace()
        for name in (name for name, declaration in declared().items() if not declaration.structural):
            group, key = name.split(".")
            values = np.broadcast_to(model.p.of(name), model.worlds)
            self.p.__dict__.setdefault(group, SimpleNamespace()).__dict__[key] = float(values[number])
        ground = model.country
        self.counts, self.ground = model.p.counts, ground.map
        self.people, self.place = ground.people.astype(float), ground.remoteness.astype(float)
        self.district_of, self.borders = ground.district_of, ground.borders.astype(float)
        self.of_district = ground.district_people.astype(float)
        self.agency_of, self.sector_of = (np.array(x) for x in zip(*model.roster.programmes, strict=True))
        self.look()

    def look(self) -> None:
        """Take the states as they are now."""
        self.month = self._model.month
        for kind, actor in self._model.actors().items():
            held: dict[str, Any] = {"subkinds": [type(agent).__name__ for agent in actor.members]}
            for name, state in type(actor).states().items():
                values = getattr(actor, name)
                held[name] = (values if isinstance(state, Fact) else values[..., self._number]).astype(float)
            setattr(self, kind, SimpleNamespace(**held))

    def first(self, name: str, *shape: int) -> np.ndarray:
        """Draws of the start."""
        return self._model.luck.normal(name, *shape)[..., self._number].astype(float)

    def luck(self, name: str, agents: int, each: int = 1, at: int | None = None) -> np.ndarray:
        """Draws of a month."""
        drawn = self._model.luck.monthly(name, agents, self.month if at is None else at, each)
        return drawn[..., self._number].astype(float)

    def pop(self, x):
        weighed = (x.T * self.people).T
        summed = np.array([weighed[self.district_of == d].sum(axis=0) for d in range(len(self.of_district))])
        return (summed.T / np.bincount(self.district_of, self.people)).T

    def nation(self, x):
        return np.tensordot(self.of_district / self.of_district.sum(), x, axes=1)

    # -- what the page names in words -----------------------------------------------------------------

    @property
    def staff_presence(self):
        return max(self.headquarters.presence, self.headquarters.office)

    @property
    def months_open(self):
        return self.month - max(self.p.mandate.start_month, self.headquarters.sent_month)

    @property
    def ownership(self):
        return 1 - (1 - self.p.ownership.share) * (
            1 - self.p.capacity.compact_ownership * self.p.ownership.compact
        )

    @property
    def mandated(self):
        wanted = self.headquarters.scope * self.headquarters.gate
        return wanted / (wanted.sum() + 1e-6)

    @property
    def unfunded_work(self):
        p = self.p
        return (1 - p.funding.assessed_breadth) * (1 - p.money.aligned_saving * p.funding.aligned)

    @property
    def force_use(self):
        return self.p.mandate.use_of_force * self.force.deployed.mean()

    @property
    def line_posts(self):
        p = self.p
        offices = p.leadership.support_office + p.ownership.communication
        return (
            1
            - p.headquarters.service_posts * (offices + p.early_warning.coverage + p.training.evaluation) / 4
        )

    @property
    def mission_bills(self):
        p, presence = self.p, self.headquarters.presence
        troops = p.mandate.troops * self.force.deployed.mean() * p.money.troop_cost / 12
        quick = p.quick_impact.budget * p.money.quick_cost / 12 * presence
        return (
            troops
            + quick
            + p.mandate.posts * self.staff_presence * (1 - self.line_posts) * p.money.post_cost / 1000
        )

    @property
    def components(self):
        return np.array([name == "MissionComponent" for name in self.agencies.subkinds])

    @property
    def pooled(self):
        return self.p.funding.pooled * bool((self.agencies.weight * self.agencies.multilateral).any())

    @property
    def appeal(self):
        m = self.p.money
        asked = (
            m.appeal_ceiling * (1 - exp(-m.appeal_yield * self.team.fundraising_time)) * self.staff_presence
        )
        return asked * self.components.any()

    @property
    def direct(self):
        return self.donors.disbursed[1:-1] * (1 - self.pooled) * (1 - self.appeal)

    @property
    def roles_known(self):
        return self.p.leadership.role_clarity * self.p.integration.reports

    def real_depth(self, level):
        return self.agencies.depth[:, level].sum() / max(len(self.agencies.depth), 1)

    @property
    def quality(self):
        depth = self.real_depth(0)
        return depth / (depth + self.p.planning.half_quality)

    def among(self, x):
        able = self.agencies.skill > 0
        return spread(np.where(able, x, 0) + 1e-6 * able, 1)

    def known_less(self, need, noted):
        return need * (1 - self.p.integration.reports * noted / (need + noted + 1e-6))

    @property
    def work(self):
        """What each programme could do in each district."""
        a, k, s = self.agencies, self.agency_of, self.sector_of
        effort = a.staff[k] * a.delivering[k] * a.work_money[k, s] * a.skill[k, s] * a.sector_share[k, s]
        return effort[:, None] * a.access[k]


# ---------------------------------------------------------------- 1 world turns, 2 signals, 3 politics


@act("government.turn")
def _(w):
    z = w.luck("national fortunes", 1, 5)[0]
    t = z[0] / sqrt((z[1:] ** 2).sum() / 4) / sqrt(2)
    m = w.p.conflict.shock_memory
    return {"government.turmoil": m * w.government.turmoil + sqrt(1 - m * m) * t}


@act("districts.turn")
def _(w):
    z = w.luck("district of District", len(w.of_district), 7)
    m, n = w.p.conflict.shock_memory, w.p.reception.need_memory
    return {
        "districts.shock": m * w.districts.shock + sqrt(1 - m * m) * z[:, 0],
        "districts.need_shock": n * w.districts.need_shock + sqrt(1 - n * n) * z[:, 1:6],
    }


@act("neighbours.turn")
def _(w):
    m, level = w.p.neighbourhood.memory, w.p.situation.neighbour_conflict
    fortune = m * w.neighbours.fortune
    fortune = fortune + sqrt(1 - m * m) * w.luck("fortune of Neighbour", len(fortune))
    return {
        "neighbours.fortune": fortune,
        "neighbours.conflict": near(level, w.p.neighbourhood.swing * fortune),
    }


@act("neighbours.spill_over")
def _(w):
    held = w.p.neighbourhood.border_hold * w.p.mandate.cross_border * w.staff_presence
    return {"neighbours.spill": w.neighbours.conflict * (1 - held)}


@act("donors.turn")
def _(w):
    m, d, kinds = w.p.money, w.donors, w.donors.subkinds
    z = [w.luck(f"budget of {k}", kinds.count(k)) for k in ("DevelopmentBank", "BilateralDonor")]
    shock, attention = d.shock.copy(), d.attention.copy()
    shock[1:-1] = m.shock_memory * shock[1:-1] + sqrt(1 - m.shock_memory**2) * np.concatenate(z)
    years = np.clip((w.month - m.attention_months) / m.fading_months, 0, 1)
    fashion = m.first_attention - (m.first_attention - m.late_attention) * years
    attention[1:-1] = fashion + (1 - fashion) * w.p.funding.predictable
    return {"donors.shock": shock, "donors.attention": attention}


@act("communities.feel_need")
def _(w):
    r, here, c = w.p.reception, w.district_of, w.communities
    target = c.usual_need * exp(r.need_volatility * w.districts.need_shock[here])
    across = (w.borders * w.neighbours.conflict[:, None]).sum(axis=0)
    target[:, 1] *= (1 + r.refugees * across[here]) * (1 + r.relief_need_of_war * c.violence)
    target[:, 0] *= 1 + r.security_need_of_war * c.violence
    return {"communities.need": c.need + r.need_pace * (target - c.need)}


@act("districts.watch")
def _(w):
    s, partners, d = w.p.signals, w.p.partners, w.districts
    region = partners.regional_warning * (s.unlinked_ears + (1 - s.unlinked_ears) * partners.interlock)
    deaf = 1 - s.told * partners.civil_society * w.government.trust
    blind = (1 - w.p.early_warning.coverage) * (1 - region) * deaf
    rising = maximum(d.threat - d.usual_threat, 0)
    z = w.luck("district of District", len(d.threat), 7)[:, 6]
    signal = s.level * d.threat + s.rise * rising + blind * s.noise * z
    return {
        "districts.usual_threat": d.usual_threat + (d.threat - d.usual_threat) / s.usual_months,
        "districts.alarm": (1 - blind) * logistic((signal - s.threshold) / s.sharpness),
    }


@act("districts.act_on_alarm")
def _(w):
    wait = 1 + w.p.signals.clearance_months * (1 - w.p.mandate.delegation)
    goal = w.p.early_warning.response * w.headquarters.presence * w.districts.alarm
    return {"districts.response": w.districts.response + (goal - w.districts.response) / wait}


@act("team.press")
def _(w):
    q, m, partners = w.p.politics, w.p.mandate, w.p.partners
    troops = 1000 * w.force.effective.sum() / w.of_district.sum()
    able = q.leverage_floor + q.leaders_bite * (w.leaders.strength[0] + w.leaders.strength[1])
    half = q.show_of_force * w.p.conflict.troops_half
    behind = q.bare_leverage + (1 - q.bare_leverage) * troops / (troops + half)
    voice = 1 - q.voice_abroad * (1 - m.unity_of_voice) - q.voice_inside * (1 - w.real_depth(0))
    first = 1 - q.protection_price * m.protection_first
    focus = m.political * m.strength * (q.vague_leverage + (1 - q.vague_leverage) * m.clarity)
    own = focus * w.staff_presence * able * behind * voice * first * w.team.political_time
    linked = q.unlinked_mediators + (1 - q.unlinked_mediators) * partners.interlock
    return {"team.pressure": own + q.mediators * partners.regional_mediation * linked}


@act("government.bargain")
def _(w):
    q, g, nation = w.p.politics, w.armed_groups, w.government
    women = 1 - w.p.ownership.women * q.women_effect
    inclusion = 1 - women * (1 - w.p.partners.civil_society * q.civil_society_effect)
    willing = 1 - share((g.strength * g.aim).sum(), g.strength.sum())
    gain = q.speed * (q.base + q.push * w.team.pressure) * (1 + inclusion)
    gain *= (q.unwilling_pace + (1 - q.unwilling_pace) * willing) * exp(-q.violence_bite * nation.violence)
    loss = q.undoing * nation.violence + q.exclusion * (1 - nation.confidence) * (1 - inclusion)
    progress = (1 - exp(-gain)) * (1 - nation.settlement)
    return {
        "government.progress": progress,
        "government.settlement": (nation.settlement + progress) * exp(-loss),
    }


# ---------------------------------------------------------------- 4 headquarters and leaders


@act("headquarters.open_mission")
def _(w):
    hq, m = w.headquarters, w.p.mandate
    sent = w.month >= m.start_month and m.deploy == 1 and hq.leaving == 0
    sent_month = w.month if sent and hq.presence == 0 else hq.sent_month
    months_open = w.month - max(m.start_month, sent_month)
    steps = np.array([0, 0, 2, 2, 1])
    gate = logistic(months_open - steps * m.sequence * w.p.headquarters.sequence_months)
    gate = maximum(gate, exp(-w.p.headquarters.sequence_grip * m.sequence))
    return {
        "headquarters.sent_month": sent_month,
        "headquarters.presence": 1.0 if sent else hq.presence,
        "headquarters.gate": gate,
    }


@act("headquarters.fill_posts")
def _(w):
    q, filled = w.p.headquarters, w.headquarters.filled
    months = q.months_to_fill - q.months_saved * w.p.mandate.delegation
    ease = q.support_floor + q.support_gain * w.leaders.strength[4]
    hiring = 1 - exp(-ease / (months * (1 + q.overlap_delay * w.team.overlap)))
    change = hiring * (1 - filled) - q.turnover / 12 * filled
    return {"headquarters.filled": filled + (change if w.headquarters.presence > 0 else 0)}


@act("leaders.rotate")
def _(w):
    q, z = w.p.leadership, w.luck("rotation of Leader", 5, 2)
    leaves = norm.cdf(z[:, 0]) < 1 / q.months_in_post
    new = near(q.competence, q.competence_spread * z[:, 1])
    return {
        "leaders.competence": np.where(leaves, new, w.leaders.competence),
        "leaders.months_in_post": np.where(leaves, 0, w.leaders.months_in_post + 1),
    }


@act("leaders.stand")
def _(w):
    q, able = w.p.leadership, w.leaders.competence
    pooled = q.pooling * w.team.cohesion
    routine = q.routine * q.support_office
    return {
        "leaders.strength": (1 - routine) * ((1 - pooled) * able + pooled * able.mean())
        + routine * q.routine_level
    }


@act("team.bond")
def _(w):
    q, lead = w.p.team, w.p.leadership
    new = (w.leaders.months_in_post == 0).mean()
    built = q.building_effect * lead.team_building
    cohesion = w.team.cohesion + q.bonding * (built + (1 - built) * q.loose_cohesion - w.team.cohesion)
    cohesion *= (1 - q.break_up * new) * (1 - q.infighting * w.team.delay / (1 + w.team.delay))
    hats_shared = (lead.hats - 1) / lead.hats
    clear = (1 - q.cohesion_clears * cohesion) * (1 - q.hats_join * hats_shared)
    able = w.leaders.strength[:3].mean()
    return {
        "team.cohesion": cohesion,
        "team.overlap": (1 - lead.role_clarity) * clear,
        "team.informal": q.informal * able * cohesion * w.staff_presence,
    }


@act("team.divide_time")
def _(w):
    q, lead, delay = w.p.team, w.p.leadership, w.team.delay
    hats = q.hat_load * (lead.hats - 1) * (1 - q.office_relief * lead.support_office)
    hq = q.headquarters_load * (1 - w.p.mandate.delegation)
    money = q.fundraising_load * (1 - w.mandated[0]) * w.unfunded_work
    clashes = q.arbitration_load * delay / (1 + delay)
    rest = q.overlap_load * w.team.overlap + q.informal_load * w.team.informal
    day = 1 + q.routine_arbitration + hats + hq + money + clashes + rest
    return {
        "team.political_time": 1 / day,
        "team.fundraising_time": money / day,
        "team.arbitration_time": (q.routine_arbitration + clashes) / day,
    }


@act("team.arbitrate")
def _(w):
    q, lead, m, t = w.p.team, w.p.leadership, w.p.mandate, w.team
    service = q.service * w.leaders.strength[:3].sum() * (q.desk + lead.support_office) * t.arbitration_time
    service *= (q.field_desk + m.delegation) * (q.unstaffed + (1 - q.unstaffed) * w.headquarters.filled)
    service = service * w.staff_presence + q.service_floor
    backlog = t.backlog + q.clashes * w.forum.clash * (1 + q.hub_clashes * lead.hierarchy) * (
        1 + t.overlap + q.field_clashes * m.delegation * t.overlap
    ) * (q.vague_clashes - m.clarity)
    backlog -= service * backlog / (backlog + service)
    backlog *= 1 - 1 / q.expiry_months
    delay = backlog / service
    frame = 1 - q.frame_saving * w.p.integration.common_planning
    age = q.base_age * (q.undelegated_age - m.delegation) * frame + delay * m.delegation
    return {"team.backlog": backlog, "team.delay": delay, "team.plan_age": age}


@act("team.form_up")
def _(w):
    form, t = w.p.integration, w.team
    started = w.months_open >= form.start_month
    set_up = 0 if w.months_open == 0 else t.set_up
    formal = t.formal if form.adaptive else np.array([form.strategic, form.operational, form.tactical])
    run = started * w.staff_presence / (w.staff_presence + w.p.team.running)
    return {
        "team.set_up": set_up + started * (1 - set_up) * (1 - exp(-2.3 / form.set_up_months)),
        "team.formal": formal,
        "team.in_force": run * formal,
        "team.reform": t.reform * w.p.team.reform_memory,
    }


@act("team.fit_form_to_function")
def _(w):
    if w.month == 0 or w.month % w.counts["coordination.review_months"]:
        return {}
    q, t, seen = w.p.team, w.team, w.forum
    z, blur = w.luck("assessment", 4), q.assessment_error * (1 - w.p.training.evaluation)
    saving = np.array([seen.sector_gap, seen.district_gap, seen.duplication]) * exp(blur * z[:3])
    price = seen.coordination * exp(blur * z[3]) + q.age_price * t.plan_age
    goal = saving / (saving + q.price_weight * price + 1e-6)
    step = w.p.integration.adaptive * q.adapting
    change = step * (goal - t.formal)
    safe = exp(-q.danger_bite * w.government.violence * w.force_use)
    return {
        "team.formal": t.formal + change,
        "team.reform": t.reform + np.abs(change).sum() / 3,
        "team.apart": t.apart + step * (safe - t.apart),
    }


@act("headquarters.review_mandate")
def _(w):
    q, hq, m = w.p.headquarters, w.headquarters, w.p.mandate
    scope = hq.scope
    if w.month and w.month % w.counts["coordination.review_months"] == 0 and hq.presence > 0:
        unmet = 1 - w.government.coverage
        scope = scope + m.widening * w.p.training.evaluation * unmet * (1 - scope)
    unrest = min(1, q.wear_by_violence * w.government.violence)
    wear = ((1 - q.wear_of_war) + q.wear_of_war * unrest) * (1 + q.discord * (1 - m.unity_of_voice))
    patience = hq.patience - hq.presence * wear / w.p.exit.patience_months
    return {"headquarters.scope": scope, "headquarters.patience": patience}
