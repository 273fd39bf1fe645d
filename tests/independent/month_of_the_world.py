"""Phases *1. World turns*, *2. Signals*, *3. Politics* of docs/model.md."""

import math

import numpy as np

from independent.country import RELIEF, SECURITY, each, logistic, near, share
from independent.month_of_missions import real_strategic_depth, staff_presence, troops_per_thousand

HEAD, DEPUTY = 0, 1

# ---------------------------------------------------------------- 1. World turns


def world_turns(w) -> None:
    government_and_districts_turn(w)
    neighbours_turn_and_spill_over(w)
    giving_donors_turn(w)
    communities_feel_need(w)


def drifted(state, memory, drawn):
    return memory * state + math.sqrt(1 - memory * memory) * drawn


def government_and_districts_turn(w) -> None:
    p, d = w.p, w.districts
    z = w.luck.month("national fortunes", 1, 5, w.month)[:, 0]
    t = z[:, 0] / np.sqrt((z[:, 1:] ** 2).sum(1) / 4) / math.sqrt(2)
    w.government.turmoil = drifted(w.government.turmoil, p.conflict.shock_memory, t)
    z = w.luck.month("district of District", w.country.districts, 7, w.month)
    d.shock = drifted(d.shock, p.conflict.shock_memory, z[..., 0])
    d.need_shock = drifted(d.need_shock, p.reception.need_memory, z[..., 1:6])
    d.noise = z[..., 6]


def neighbours_turn_and_spill_over(w) -> None:
    p, b = w.p, w.neighbours
    z = w.luck.month("fortune of Neighbour", len(w.country.borders), 1, w.month)[..., 0]
    b.fortune = drifted(b.fortune, p.neighbourhood.memory, z)
    b.conflict = near(p.situation.neighbour_conflict, p.neighbourhood.swing * b.fortune)
    held = p.neighbourhood.border_hold * p.mandate.cross_border * staff_presence(w)
    b.spill = b.conflict * each(1 - held)


def giving_donors_turn(w) -> None:
    p, donors = w.p, w.donors
    z = w.luck.by_kind_this_month("budget", donors.counts, w.month)
    donors.shock = drifted(donors.shock, p.money.shock_memory, z)
    years = np.clip((w.month - p.money.attention_months) / p.money.fading_months, 0, 1)
    fashion = p.money.first_attention - (p.money.first_attention - p.money.late_attention) * years
    donors.attention = fashion + (1 - fashion) * p.funding.predictable


def communities_feel_need(w) -> None:
    p, c, country = w.p, w.communities, w.country
    target = c.usual_need * np.exp(p.reception.need_volatility * country.here(w.districts.need_shock))
    refugees = 1 + p.reception.refugees * country.here(country.across(w.neighbours.conflict))
    target[..., RELIEF] *= refugees * (1 + p.reception.relief_need_of_war * c.violence)
    target[..., SECURITY] *= 1 + p.reception.security_need_of_war * c.violence
    c.need = c.need + p.reception.need_pace * (target - c.need)


# ---------------------------------------------------------------- 2. Signals


def signals(w) -> None:
    p, d = w.p, w.districts
    e = p.signals.unlinked_ears
    region = p.partners.regional_warning * (e + (1 - e) * p.partners.interlock)
    told = p.signals.told * p.partners.civil_society * w.government.trust
    blind = each((1 - p.early_warning.coverage) * (1 - region) * (1 - told))
    rising = np.maximum(d.threat - d.usual_threat, 0)
    d.usual_threat = d.usual_threat + (d.threat - d.usual_threat) / p.signals.usual_months
    signal = p.signals.level * d.threat + p.signals.rise * rising + blind * p.signals.noise * d.noise
    d.alarm = (1 - blind) * logistic((signal - p.signals.threshold) / p.signals.sharpness)
    wait = 1 + p.signals.clearance_months * (1 - p.mandate.delegation)
    answer = p.early_warning.response * each(w.headquarters.presence) * d.alarm
    d.response = d.response + (answer - d.response) / wait


# ---------------------------------------------------------------- 3. Politics


def politics(w) -> None:
    team_presses(w)
    government_bargains(w)


def team_presses(w) -> None:
    p, strength = w.p, w.leaders.strength
    troops, half = troops_per_thousand(w), p.politics.show_of_force * p.conflict.troops_half
    able = p.politics.leverage_floor + p.politics.leaders_bite * (strength[:, HEAD] + strength[:, DEPUTY])
    b = p.politics.bare_leverage
    behind = b + (1 - b) * troops / (troops + half)
    abroad = p.politics.voice_abroad * (1 - p.mandate.unity_of_voice)
    voice = 1 - abroad - p.politics.voice_inside * (1 - real_strategic_depth(w))
    first = 1 - p.politics.protection_price * p.mandate.protection_first
    v, u = p.politics.vague_leverage, p.politics.unlinked_mediators
    focus = p.mandate.political * p.mandate.strength * (v + (1 - v) * p.mandate.clarity)
    region = p.politics.mediators * p.partners.regional_mediation * (u + (1 - u) * p.partners.interlock)
    own = focus * staff_presence(w) * able * behind * voice * first * w.team.political_time
    w.government.pressure = own + region


def government_bargains(w) -> None:
    p, state, groups = w.p, w.government, w.armed_groups
    women = 1 - p.ownership.women * p.politics.women_effect
    inclusion = 1 - women * (1 - p.partners.civil_society * p.politics.civil_society_effect)
    willing = 1 - share((groups.strength * groups.aim).sum(1), groups.strength.sum(1))
    u = p.politics.unwilling_pace
    gain = p.politics.speed * (p.politics.base + p.politics.push * state.pressure)
    gain = gain * (1 + inclusion) * (u + (1 - u) * willing)
    gain = gain * np.exp(-p.politics.violence_bite * state.violence)
    excluded = p.politics.exclusion * (1 - state.confidence) * (1 - inclusion)
    loss = p.politics.undoing * state.violence + excluded
    state.progress = (1 - np.exp(-gain)) * (1 - state.settlement)
    state.settlement = (state.settlement + state.progress) * np.exp(-loss)
