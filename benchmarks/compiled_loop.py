"""The core a third time: one world at a time, as one compiled loop over plain arrays.

This is about the best that a program for one purpose does on one core: no temporary arrays, everything of a
world in the processor's cache. It needs numba (the extra `bench`).
"""

from collections import namedtuple
from math import exp, pi, sin
from typing import Any

import numpy as np
from numba import njit

from benchmarks.core import WRITTEN, Start

REAL = np.float64
SECURITY, RELIEF, JUSTICE, LIVELIHOODS, REINTEGRATION = range(5)
STRATEGIC = 0
MEMBER, HUMANITARIAN, NGO, REGIONAL, OUTSIDER = range(5)  # in what way an agency joins
WAYS = {
    "HumanitarianAgency": HUMANITARIAN,
    "NGOGroup": NGO,
    "RegionalBody": REGIONAL,
    "BankProgramme": OUTSIDER,
    "BilateralProgramme": OUTSIDER,
}

# What the core reads of phases that stand still: single numbers, and arrays.
STANDING = {
    "team": ("cohesion", "informal", "set_up", "reform", "delay", "apart"),
    "forum": ("partners",),
    "headquarters": ("presence",),
    "government": ("settlement", "progress", "turmoil", "capacity", "predation"),
}
READ = {
    "team": ("in_force",),
    "headquarters": ("scope",),
    "leaders": ("strength",),
    "neighbours": ("conflict", "spill"),
    "agencies": (
        "line", "doctrine", "voluntary", "known", "skill", "staff", "work_money", "agreement",
        "sector_share", "friction", "meetings_met",
    ),
    "programmes": ("habit_share", "need_share", "plan_share"),
    "forum": ("familiar_need", "viewed_people"),
    "districts": ("violence", "grievance", "coverage", "response", "shock"),
    "communities": (
        "usual_need", "need", "viewed", "planned", "familiar", "local_capacity", "quick_money", "passed_over",
        "susceptibility",
    ),
    "armed_groups": ("aim", "home", "rooted", "riches", "old_hostility"),
}  # fmt: skip
_arrays = {kind: (*READ.get(kind, ()), *WRITTEN.get(kind, ())) for kind in dict.fromkeys((*READ, *WRITTEN))}
Places = namedtuple("Places", "district nearest remoteness share_of_country borders people")
World = namedtuple(  # type: ignore[misc]
    "World",
    [f"{kind}_{name}" for kind, names in _arrays.items() for name in names]
    + ["way", "agency_of", "sector_of", "greedy"],
)


def world_from(start: Start) -> tuple[Any, Any, Any]:
    """Turn a start into what the loop works on: fixed numbers as one record, geography, arrays."""
    numbers = {
        f"{group}_{key}": value for group, keys in vars(start.p).items() for key, value in vars(keys).items()
    }
    numbers |= {
        f"now_{kind}_{name}": start.states[kind][name][0]
        for kind, names in STANDING.items()
        for name in names
    }
    fixed = np.array([tuple(numbers.values())], dtype=[(name, REAL) for name in numbers])[0]
    country = start.country
    places = Places(
        country.district_of,
        country.nearest,
        country.remoteness.astype(REAL),
        country.district_share.astype(REAL),
        country.borders.astype(REAL),
        REAL(country.district_people.sum()),
    )
    arrays = [start.states[kind][name].astype(REAL) for kind, names in _arrays.items() for name in names]
    way = np.array([WAYS.get(name, MEMBER) for name in start.kinds["agencies"]])
    greedy = np.array([name == "GreedyGroup" for name in start.kinds["armed_groups"]])
    agency_of, sector_of = np.array(start.programmes, dtype=np.intp).reshape(-1, 2).T.copy()
    return fixed, places, World(*arrays, way, agency_of, sector_of, greedy)


def read(world: Any, kind: str, name: str) -> np.ndarray:
    """A state after the run, to compare."""
    values: np.ndarray = getattr(world, f"{kind}_{name}")
    return values


@njit(cache=True, error_model="numpy")
def coordinate(p, w, month):
    """Coordination."""
    spokes = 1 - p.coordination_hub_saving * p.leadership_hierarchy
    others = max(p.now_forum_partners - 1, 0) / p.coordination_usual_partners
    new_form = p.coordination_form_change * p.now_team_reform
    talks = p.ownership_compact * exp(-month / p.coordination_compact_months)
    new_form += p.coordination_compact_set_up * talks
    shared = p.integration_reports + p.integration_local_say + p.training_evaluation
    grants = p.funding_earmarked + p.coordination_soft_reporting * p.funding_softly_earmarked
    grants = p.coordination_reporting + p.coordination_grant_reporting * grants
    hold = 1 - p.mandate_delegation
    rival = p.coordination_rivalry * p.funding_pooled / (p.funding_pooled + p.coordination_rivalry_half)
    rival *= 1 - p.coordination_clarity_saving * p.leadership_role_clarity
    pace = p.planning_learning * (p.training_evaluation + p.integration_local_say)
    teamed = p.coordination_loose_team + (1 - p.coordination_loose_team) * p.now_team_cohesion
    bound = p.coordination_compact_joining * p.ownership_compact
    staff_of_all, friction = 0.0, 0.0
    for k in range(len(w.way)):
        goal = w.agencies_doctrine[k] * (1 - p.training_common) + p.training_common
        w.agencies_common_ways[k] += p.coordination_training_pace * (goal - w.agencies_common_ways[k])
        ways, staff = w.agencies_common_ways[k], w.agencies_staff[k]
        learned = w.agencies_learned[k]
        learned += pace * staff / (staff + p.planning_learning_size) * (1 - learned)
        w.agencies_learned[k] = learned - p.planning_forgetting * (learned - w.agencies_known[k])

        if w.way[k] == HUMANITARIAN:
            openness = p.now_team_apart
        elif w.way[k] == NGO:
            openness = p.coordination_ngo_joining * p.now_team_apart
        elif w.way[k] == REGIONAL:
            openness = p.partners_interlock
        elif w.way[k] == OUTSIDER:
            openness = 1 - (1 - p.partners_outsiders_join) * (1 - bound)
        else:
            openness = 1.0
        w.agencies_openness[k] = openness
        pulled = p.planning_donor_pull * w.agencies_agreement[k]
        willing = 1 - (1 - w.agencies_line[k]) * (1 - p.integration_incentives) * (1 - pulled)
        enabling = (willing * ways * teamed) ** (1 / 3)
        informal = p.now_team_informal * ways * openness
        deep = 0.0
        for level in range(3):
            joined = openness * w.team_in_force[0, level]
            w.agencies_joined[k, level] = joined
            real = enabling ** (1 + p.coordination_demand * joined) * p.now_team_set_up
            w.agencies_depth[k, level] = joined * real + (1 - joined) * informal
            deep += joined / 3

        strategic, voluntary = w.agencies_joined[k, STRATEGIC], w.agencies_voluntary[k]
        meetings = p.coordination_floor
        meetings += p.coordination_meeting / 3 * spokes * (strategic * others + w.agencies_meetings_met[k])
        sharing = p.coordination_sharing / 3 * shared * openness + p.coordination_courses * p.training_common
        coordinate = meetings + sharing + new_form * openness
        report = voluntary * grants + (1 - voluntary) * p.coordination_assessed_reporting
        wait = (
            p.coordination_waiting * p.now_team_delay * deep + p.coordination_clearance * (1 - voluntary)
        ) * hold
        day = 1 + coordinate + report + wait + rival * strategic
        w.agencies_coordinating[k], w.agencies_reporting[k] = coordinate / day, report / day
        w.agencies_waiting[k], w.agencies_rivalry[k] = wait / day, rival * strategic / day
        w.agencies_delivering[k] = 1 / day
        staff_of_all += staff
        friction += w.agencies_friction[k] * staff
    w.forum_clash[0] = friction / max(staff_of_all, 1e-9) * others


@njit(cache=True, error_model="numpy")
def deploy(p, places, w):
    """Troops, where they stand, and who gets through; returns the use of force that people see."""
    goal = p.force_ceiling * p.now_headquarters_presence
    control = 1 - p.force_control_loss * (1 - p.mandate_political_control)
    deployed, effective = 0.0, 0.0
    for body in range(2):
        gap = p.mandate_logistics_gap
        if body == 0:
            caveats = p.force_caveats * (1 - p.force_trained_caveats * p.training_common)
            fit = p.mandate_troops * (1 - p.partners_regional_troops) * (1 - caveats)
        else:
            gap += p.force_regional_gap * (1 - p.partners_regional_capability)
            trained = p.force_trained_brigade * p.training_common
            skill = 1 - (1 - p.partners_regional_capability) * (1 - trained)
            claimed = p.partners_overlapping_membership * w.neighbours_conflict.mean()
            joined = 1 - p.force_unlinked_loss * (1 - p.partners_interlock)
            fit = p.mandate_troops * p.partners_regional_troops * skill * (1 - claimed) * joined
        here = w.force_deployed[body]
        pace = 1.0 if goal < here else 1 / (p.force_arrival_months * (1 + gap))
        here += pace * (goal - here)
        w.force_deployed[body] = here
        w.force_effective[body] = here * fit * control / (1 + gap)
        deployed += here / 2
        effective += w.force_effective[body]

    alarms = 0.0
    for d in range(len(places.share_of_country)):
        alarms += w.districts_response[d] * places.share_of_country[d]
    floor = p.conflict_commander_floor
    commander = floor + (1 - floor) * w.leaders_strength[3]
    commander *= p.conflict_peaceful_might + (1 - p.conflict_peaceful_might) * p.mandate_use_of_force
    use, risk = p.mandate_use_of_force * deployed, 0.0
    hostility = p.delivery_war_hostility + p.delivery_force_stain * use
    for d in range(len(places.share_of_country)):
        reserve, even = p.signals_reserve, p.signals_reserve_floor
        here = 1 - reserve + reserve * (w.districts_response[d] + even) / (alarms + even)
        w.districts_troops[d] = here * 1000 * effective / places.people
        might = w.districts_troops[d] * commander
        w.districts_deterrence[d] = might / (might + p.conflict_troops_half)
        risk += w.districts_violence[d] * hostility * places.share_of_country[d]

    hats_shared = (p.leadership_hats - 1) / p.leadership_hats
    for k in range(len(w.way)):
        association = p.delivery_seen_with_force
        if w.way[k] == HUMANITARIAN or w.way[k] == NGO:
            alone = p.delivery_humanitarian_distance
            joint = w.agencies_joined[k].sum() / 3
            association = (1 - alone) + alone * (joint + p.delivery_hat_stain * hats_shared * (1 - joint))
        w.agencies_association[k] = association
        for d in range(len(places.share_of_country)):
            hostile = w.districts_violence[d] * hostility
            w.agencies_access[k, d] = 1 / (1 + p.delivery_access_loss * hostile * association)
        w.agencies_attacked[k] = p.delivery_attacks * risk * association
    return use


@njit(cache=True, error_model="numpy")
def work(w):
    """Programmes at work, and their work added up."""
    w.forum_habit_effort[:] = 0
    w.forum_need_effort[:] = 0
    w.forum_plan_effort[:] = 0
    districts = w.districts_troops.shape[0]
    for j in range(len(w.agency_of)):
        k, s = w.agency_of[j], w.sector_of[j]
        effort = w.agencies_staff[k] * w.agencies_delivering[k] * w.agencies_work_money[k, s]
        effort *= w.agencies_skill[k, s] * w.agencies_sector_share[k, s]
        for d in range(districts):
            here = effort * w.agencies_access[k, d]
            w.programmes_habitual[j, d] = here * w.programmes_habit_share[j, d]
            w.programmes_needful[j, d] = here * w.programmes_need_share[j, d]
            w.programmes_planned[j, d] = here * w.programmes_plan_share[j, d]
            w.forum_habit_effort[0, s, d] += 100 * w.programmes_habitual[j, d]
            w.forum_need_effort[0, s, d] += 100 * w.programmes_needful[j, d]
            w.forum_plan_effort[0, s, d] += 100 * w.programmes_planned[j, d]
    for s in range(5):
        for d in range(districts):
            w.forum_habit_effort[0, s, d] /= w.forum_familiar_need[0, s, d] + 1e-6
            w.forum_need_effort[0, s, d] /= w.forum_viewed_people[0, s, d] + 1e-6


@njit(cache=True, error_model="numpy")
def receive_and_judge(p, places, w, use, month):
    """What communities get, and what they make of it."""
    season = max(0.0, sin(2 * pi * month / 12))
    ownership = 1 - (1 - p.ownership_share) * (1 - p.capacity_compact_ownership * p.ownership_compact)
    reach = (1 - p.partners_civil_society * p.delivery_civil_society_reach) * (1 + season)
    slow = ownership * p.delivery_ownership_delay + p.ownership_capacity_building * p.delivery_teaching_time
    promised = p.reception_promise * (1 - p.ownership_communication) * p.now_headquarters_presence
    promised *= w.headquarters_scope.sum() / 5
    manners = p.reception_respect_ownership * ownership
    manners += p.reception_respect_communication * p.ownership_communication
    manners += p.reception_respect_local_say * p.integration_local_say
    manners += p.reception_respect_training * p.training_common
    manners /= (
        p.reception_respect_ownership
        + p.reception_respect_communication
        + p.reception_respect_local_say
        + p.reception_respect_training
    )
    respect = p.reception_respect + (1 - p.reception_respect) * manners
    respect *= 1 - p.reception_force_hurts * use * (1 - p.mandate_political_control)
    weights = p.reception_weight_safety + p.reception_weight_use + p.reception_weight_respect
    quick = p.reception_quick_effect * p.quick_impact_budget * p.now_headquarters_presence
    deal, service = p.reception_state_by_settlement, p.reception_state_by_service
    able = p.reception_state_by_capacity
    credit = ownership + (1 - ownership) * p.now_government_capacity
    districts = w.districts_troops.shape[0]
    behind = np.zeros(districts)
    for s in range(5):
        country = 0.0
        for d in range(districts):
            country += w.districts_coverage[d, s] * places.share_of_country[d]
        for d in range(districts):
            behind[d] += max(country - w.districts_coverage[d, s], 0) / 5
    for c in range(len(places.district)):
        d = places.district[c]
        violence, trust, confidence = (
            w.communities_violence[c],
            w.communities_trust[c],
            w.communities_confidence[c],
        )
        coverage, capacity = w.communities_coverage[c], w.communities_local_capacity[c]
        hard = p.delivery_remoteness_loss * places.remoteness[c] * reach
        passable = (1 - p.delivery_distrust_loss * (1 - trust)) / (1 + hard)
        calm, police = exp(-p.delivery_violence_bite * violence), p.delivery_police_in_order
        safe = police * coverage[SECURITY] + (1 - police) * calm
        usable = passable * (1 - p.delivery_interlock * (1 - safe)) * (1 - slow * (1 - capacity))
        courts = passable * (1 - p.delivery_courts_for_police * (1 - coverage[JUSTICE]))
        own = p.capacity_local_services * capacity * exp(-p.capacity_local_violence_bite * violence)
        believed = confidence / (confidence + p.capacity_confidence_half)
        own += p.capacity_state_services * p.now_government_capacity * believed
        wasted, served = 0.0, 0.0
        for s in range(5):
            aid = w.forum_habit_effort[0, s, d] * w.communities_familiar[c, s] + w.forum_need_effort[0, s, d]
            aid = (
                aid * w.communities_viewed[c, s] + w.forum_plan_effort[0, s, d] * w.communities_planned[c, s]
            )
            usual, need = w.communities_usual_need[c, s], w.communities_need[c, s]
            if s == SECURITY:
                aid *= courts
                there = usual * (own + p.delivery_troops_secure * w.districts_deterrence[d]) + aid
            else:
                aid *= usable
                there = usual * own + aid
            met = min(there, need)
            wasted += min(there - met, aid)
            w.communities_aid[c, s] = aid
            coverage[s] = min((met + 1e-9) / (need + 1e-9), 1)
            if s != SECURITY:
                served += coverage[s] / 4
        w.communities_wasted[c], w.communities_served[c] = wasted, served

        harm, grievance = w.communities_harm[c], w.communities_grievance[c]
        w.communities_expectation[c] += p.reception_expectation_pace * (
            promised - w.communities_expectation[c]
        )
        felt = p.reception_weight_safety * exp(-p.reception_harm_bite * harm)
        hoped = w.communities_expectation[c] + p.reception_hope
        felt += p.reception_weight_use * served / (served + hoped)
        felt = (felt + p.reception_weight_respect * respect) / weights
        trust += p.reception_trust_pace * (felt - trust)
        envy = quick * p.reception_envy * w.communities_passed_over[c]
        dividend = quick * w.communities_quick_money[c] - envy * (
            p.reception_envy_in_calm + violence + grievance
        )
        if dividend > 0:
            trust += (1 - exp(-dividend)) * (1 - trust)
        else:
            trust -= (1 - exp(dividend)) * trust
        w.communities_trust[c] = trust

        felt = p.reception_grievance_level + p.reception_neglect * (1 - served)
        felt += (
            p.reception_inequality * p.situation_inequality * behind[d] - p.reception_trust_soothes * trust
        )
        felt -= (
            p.reception_confidence_soothes * confidence
            + p.reception_deal_soothes * p.now_government_settlement
        )
        impunity = 1 - p.reception_justice_answers * coverage[JUSTICE]
        hurt = p.reception_injury * impunity * (harm + w.communities_harm_by_soldiers[c])
        hurt += envy * (p.reception_envy_in_calm + violence + grievance)
        grievance += p.reception_grievance_pace * (min(max(felt, 0), 1) - grievance)
        w.communities_grievance[c] = grievance + (1 - exp(-hurt)) * (1 - grievance)

        felt = deal * p.now_government_settlement + service * served * credit
        felt = (felt + able * p.now_government_capacity) / (deal + service + able)
        felt *= 1 - p.reception_state_in_war * violence
        felt -= p.reception_predation_hurts * w.communities_harm_by_soldiers[c]
        w.communities_confidence[c] = confidence + p.reception_confidence_pace * (max(felt, 0) - confidence)


@njit(cache=True, error_model="numpy")
def fight(p, places, w):
    """Mobilisation and violence."""
    districts = w.districts_troops.shape[0]
    across, attacks, about = np.zeros(districts), np.zeros(districts), np.zeros(districts)
    for b in range(len(w.neighbours_spill)):
        for d in range(districts):
            across[d] += places.borders[b, d] * w.neighbours_spill[b]
    for g in range(len(w.greedy)):
        aim, strength, hostility = (
            w.armed_groups_aim[g],
            w.armed_groups_strength[g],
            w.armed_groups_hostility[g],
        )
        will = hostility - p.politics_settlement_bite * p.now_government_settlement * (1 - aim)
        will -= p.conflict_weariness_bite * w.armed_groups_weariness[g] + p.conflict_threshold
        will += (
            p.conflict_spoiling * p.now_government_progress * aim
            + p.conflict_national_luck * p.now_government_turmoil
        )
        suffered, busy, most, work, reintegrated, grievance, abroad = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for d in range(districts):
            here = will + p.conflict_grievance_bite * (w.districts_grievance[d] - 0.5)
            here -= (
                p.conflict_deterrence_bite * w.districts_deterrence[d]
                + p.signals_mediation * w.districts_response[d]
            )
            here += p.conflict_local_luck * w.districts_shock[d]
            here -= p.conflict_local_weariness_bite * w.armed_groups_spent[g, d]
            intent = 1 / (1 + exp(-here / p.conflict_choice_spread))
            w.armed_groups_intent[g, d] = intent
            w.armed_groups_mobilised[g, d] += (
                intent - w.armed_groups_mobilised[g, d]
            ) / p.conflict_mobilisation_months
            home, rooted = w.armed_groups_home[g, d], w.armed_groups_rooted[g, d]
            fighting = strength * home * w.armed_groups_mobilised[g, d]
            w.armed_groups_fighting[g, d] = fighting
            spent = w.armed_groups_spent[g, d]
            w.armed_groups_spent[g, d] = spent + p.conflict_local_weariness_rate * (fighting - spent)
            attacks[d] += fighting
            suffered += rooted * w.districts_violence[d]
            busy += rooted * fighting
            most += rooted * home
            work += rooted * w.districts_coverage[d, LIVELIHOODS]
            reintegrated += rooted * w.districts_coverage[d, REINTEGRATION]
            grievance += rooted * w.districts_grievance[d]
            abroad += rooted * across[d]
        busy /= max(most, 1e-6)
        w.armed_groups_weariness[g] += p.conflict_weariness_rate * (
            p.conflict_weariness_of_war * suffered - w.armed_groups_weariness[g]
        )
        deal = 1 + p.conflict_settlement_cooling * p.now_government_settlement * (1 - aim)
        cooling = p.conflict_cooling * deal * exp(-p.conflict_cooling_in_war * suffered)
        cooling *= hostility - p.conflict_grudge * w.armed_groups_old_hostility[g]
        hostility += p.conflict_revenge * busy * (1 - hostility) - cooling
        income = p.conflict_loot * p.situation_resources * w.armed_groups_riches[g] if w.greedy[g] else 0.0
        ways_out = 1 + p.conflict_reintegration * reintegrated + p.conflict_livelihoods * work
        held = min(p.conflict_most_held_back, p.conflict_held_back * busy)
        leaving = p.conflict_demobilisation * ways_out * (1 - held) * strength
        recruits = p.conflict_recruitment * (1 - p.conflict_work_on_recruits * work) * grievance * hostility
        coming = (
            p.conflict_mobilising * (recruits + p.conflict_recruits_by_fighting * busy)
            + p.conflict_arms_inflow
            + p.conflict_border_arms * abroad
        )
        coming += p.conflict_deserters * p.now_government_predation + income
        strength += coming * (1 - strength) - leaving
        w.armed_groups_hostility[g], w.armed_groups_strength[g], w.armed_groups_income[g] = (
            hostility,
            strength,
            income,
        )
        for d in range(districts):
            about[d] += strength * w.armed_groups_home[g, d] * w.armed_groups_intent[g, d]
    for c in range(len(places.district)):
        d, beside = places.district[c], 0.0
        for other in places.nearest[c]:
            beside += w.communities_violence[other]
        preyed = 1 - exp(-p.now_government_predation * (p.capacity_predation_near + places.remoteness[c]))
        w.communities_harm_by_soldiers[c] = preyed
        pressure = w.communities_susceptibility[c] * p.conflict_attack * attacks[d]
        pressure += (
            p.conflict_contagion * beside / max(places.nearest.shape[1], 1)
            + p.conflict_soldier_violence * preyed
        )
        w.communities_pressure[c] = pressure + p.conflict_border_violence * across[d]
    for c in range(len(places.district)):
        d, violence = places.district[c], w.communities_violence[c]
        violence += p.conflict_violence_pace * (1 - exp(-w.communities_pressure[c]) - violence)
        guard = w.districts_deterrence[d] * p.mandate_protection_first
        w.communities_violence[c] = violence
        unguarded = violence * (1 - p.conflict_protection * guard)
        w.communities_harm[c] = 1 - (1 - unguarded) * (1 - w.communities_harm_by_soldiers[c])
    for d in range(districts):
        w.districts_threat[d] = 1 - exp(-about[d])


@njit(cache=True, error_model="numpy")
def live(p, places, w, month, months):
    """Live months of the core in one world."""
    for now in range(month, month + months):
        coordinate(p, w, now)
        use = deploy(p, places, w)
        work(w)
        receive_and_judge(p, places, w, use, now)
        fight(p, places, w)
