"""Extreme and degenerate settings, and what must happen in each; see `limits.py` for how they are lived."""

import numpy as np

from mipo_sim.actors.agencies import MissionComponent
from mipo_sim.evidence.extremes import FEW_AGENTS, Lived, each_at_its_bounds, reconciled, tunable
from mipo_sim.evidence.limits import MONTHS, Limits, Must, Setting, above, largest, lowest_at_the_end, mean_of
from mipo_sim.parameters import declared

LITTLE = 1e-6  # what counts as more than nothing
MORE, LESS = (LITTLE, np.inf), (-np.inf, -LITTLE)
NO_AGENCIES = {
    f"partners.{kind}": 0
    for kind in (
        "mission_components",
        "humanitarian_agencies",
        "country_team_agencies",
        "bank_programmes",
        "ngo_groups",
        "regional_bodies",
        "bilateral_programmes",
    )
}
NO_GROUPS = {"situation.limited_groups": 0, "situation.greedy_groups": 0, "situation.total_groups": 0}
QUIET = {
    **NO_GROUPS,
    "conflict.soldier_violence": 0,
    "conflict.border_violence": 0,
    "situation.violence": 0.5,
}
ONE_PLACE = {"country.districts": 1, "country.communities_per_district": 1}
LEVERS = {name: p for name, p in tunable().items() if p.role == "lever"}
CONTEXTS = {name: p for name, p in tunable().items() if p.role == "context"}
LEVER_SHARES = {name: p for name, p in LEVERS.items() if p.unit in ("share", "switch")}
MISSION_ONLY = {**NO_AGENCIES, "partners.mission_components": 6}


def _mission_staff(here: Lived) -> float:
    staff = here.model.agencies.part(MissionComponent).staff
    return float(staff.sum(axis=0).max()) if len(staff) else 0.0


def _staff_beside_the_mission(here: Lived) -> float:
    staff = here.model.agencies.part(MissionComponent).staff.sum(axis=0)
    return float(np.abs(here.last("staff") / staff - 1).max())


def _staff_beside_posts(here: Lived) -> float:
    hq = here.model.headquarters
    posts = here.model.p.mandate.posts * hq.filled * hq.line_posts
    return float(np.abs(here.last("staff") / posts - 1).max())


def _cost_beside_troops(here: Lived) -> float:
    return float(np.abs(here.last("cost") / here.model.donors.troop_bill() - 1).max())


def _rise_of_violence(here: Lived) -> float:
    return float(np.diff(here.series["violence"], axis=0).max())


def _beside_own_pace(here: Lived) -> float:
    pace = declared()["conflict.violence_pace"].default
    expected = 0.5 * (1 - pace) ** np.arange(1, len(here.series["violence"]) + 1)
    return float(np.abs(here.series["violence"][:, 0] / expected - 1).max())


def _place_beside_district(here: Lived) -> float:
    people, place, nation = here.model.communities, here.model.districts, here.model.government
    apart = [place.violence - people.violence, nation.violence - people.violence[0]]
    return float(max(np.abs(each).max() for each in apart))


def _district_shares_off_one(here: Lived) -> float:
    return float(np.abs(here.model.programmes.district_share - 1).max())


def _exits(here: Lived) -> float:
    return float(np.isfinite(here.outcomes["exit_month"]).sum())


def _depth_above_default(here: Lived) -> float:
    return float(here.last("real_depth").min() - here.beside("default").last("real_depth").max())


NO_MISSION_AT_ALL = ("troops", "presence", "formal_depth", "real_depth", "posts_filled")
NOTHING_LEFT = ("staff", "troops", "cost", "presence", "real_depth", "formal_depth", "political_time")

SETTINGS = (
    Setting("default", "the default, to compare with", {}),
    Setting(
        "no_money",
        "no posts, no aid, no quick projects",
        {"mandate.posts": 0, "situation.aid": 0, "quick_impact.budget": 0},
        (
            Must(
                "no outsider works, nothing is duplicated, no time is lost",
                largest("staff", "duplication", "overhead"),
            ),
            Must("no outside work arrives anywhere", lambda here: float(here.model.communities.aid.max())),
            Must("no voluntary money is pledged or lacking", largest("money_pledged", "money_gap")),
            Must("money goes to troops alone (relative gap)", _cost_beside_troops, 0, 1e-3),
            Must("local bodies, the state and troops still meet some need", mean_of("need_met"), 0.05, 1),
            Must("and less than with outsiders", above("default", "need_met"), *LESS),
        ),
    ),
    Setting(
        "nobody_sent_no_money",
        "no mission and no aid",
        {"mandate.deploy": 0, "situation.aid": 0},
        (Must("nothing of a mission, nobody works, nothing costs", largest(*NOTHING_LEFT)),),
    ),
    Setting(
        "nobody_sent",
        "no mission, aid as usual",
        {"mandate.deploy": 0},
        (
            Must("nothing of a mission", largest(*NO_MISSION_AT_ALL)),
            Must("mission components have no staff", _mission_staff),
            Must("voluntary agencies work", lowest_at_the_end("staff"), *MORE),
            Must("few of their staff are attacked (a month)", largest("staff_attacked"), 0, 5),
            Must("who never came cannot leave (worlds with an exit)", _exits),
        ),
    ),
    *(
        Setting(
            f"no_agencies_{name}",
            f"no agency of any kind, {words}",
            {**NO_AGENCIES, "mandate.deploy": sent},
            (
                Must("there is no agency", lambda here: len(here.model.agencies)),
                Must(
                    "nobody works, is attacked or integrates",
                    largest(
                        "staff", "duplication", "real_depth", "staff_attacked", "in_coordination", "overhead"
                    ),
                ),
                Must("less need is met than with agencies", above("default", "need_met"), *LESS),
            ),
        )
        for name, sent, words in (("sent", 1, "troops alone are sent"), ("not_sent", 0, "nobody is sent"))
    ),
    Setting(
        "mission_alone",
        "no agency beside the mission",
        MISSION_ONLY,
        (Must("staff are the mission's filled posts (relative gap)", _staff_beside_posts, 0, 1e-5),),
    ),
    Setting(
        "no_donors",
        "no voluntary donor",
        {"partners.bilateral_donors": 0, "partners.bank_donors": 0},
        (
            Must("no voluntary money", largest("money_pledged", "money_paid")),
            Must("staff are the mission's alone (relative gap)", _staff_beside_the_mission, 0, 1e-5),
        ),
    ),
    Setting(
        "no_need",
        "nobody needs anything",
        {"situation.need": 0},
        (
            Must("need is nought everywhere", lambda here: float(here.model.communities.need.max())),
            Must(
                "where nothing is needed nothing is unmet",
                lambda here: float(here.series["need_met"].min()),
                1,
                1,
            ),
            Must("nobody has more than others", largest("inequality"), 0, 1e-5),
            Must("people feel less neglected", above("default", "grievance"), *LESS),
        ),
    ),
    Setting(
        "no_groups",
        "no armed group",
        NO_GROUPS,
        (
            Must("no relapse and no armed strength", largest("relapse", "armed_strength")),
            Must(
                "after a year warnings fall silent",
                lambda here: float(here.series["alarms"][12:].max()),
                0,
                0.9,
            ),
            Must(
                "soldiers and borders leave little violence",
                lambda here: float(here.last("violence").max()),
                0,
                0.15,
            ),
        ),
        months=60,
    ),
    Setting(
        "nobody_fights",
        "no armed group, no violence from soldiers or over borders, violence .5 at first",
        QUIET,
        (
            Must("violence never rises", _rise_of_violence, -np.inf, 0),
            Must("and dies out in five years", lambda here: float(here.last("violence").max()), 0, 1e-4),
        ),
        months=60,
    ),
    Setting(
        "lone_place",
        "the same in one community alone, contagion at its most",
        {**QUIET, **ONE_PLACE, "conflict.contagion": declared()["conflict.contagion"].high},
        (
            Must(
                "it infects itself not: violence falls by its own pace (relative gap)",
                _beside_own_pace,
                0,
                1e-4,
            ),
        ),
        months=8,
        map="generated",
    ),
    Setting(
        "one_place",
        "one district with one community",
        ONE_PLACE,
        (
            Must("one community", lambda here: len(here.model.communities), 1, 1),
            Must("one district", lambda here: len(here.model.districts), 1, 1),
            Must("nobody to be unequal with", largest("inequality"), 0, 1e-6),
            Must("community, district and nation live the same violence", _place_beside_district, 0, 1e-6),
            Must("all work goes to the one district", _district_shares_off_one, 0, 1e-6),
        ),
        map="generated",
    ),
    Setting(
        "one_of_each",
        "one agent of every kind",
        {
            **dict.fromkeys(NO_AGENCIES, 1),
            "partners.bilateral_donors": 1,
            "partners.bank_donors": 0,
            **NO_GROUPS,
            "situation.limited_groups": 1,
            **FEW_AGENTS,
        },
        (Must("they work", lowest_at_the_end("staff"), *MORE),),
        map="generated",
    ),
    Setting(
        "thousand_places",
        "a hundred districts of ten communities",
        {"country.districts": 100, "country.communities_per_district": 10},
        (
            Must("a thousand communities", lambda here: len(here.model.communities), 1000, 1000),
            Must("some need is met", mean_of("need_met"), 0.05, 1),
            Must("somebody works", lowest_at_the_end("staff"), *MORE),
        ),
        worlds=2,
        months=7,
        map="generated",
    ),
    Setting(
        "seven_districts",
        "seven districts of three communities",
        {"country.districts": 7, "country.communities_per_district": 3},
        map="generated",
    ),
    Setting(
        "three_times_larger",
        "three times the districts and people, the same mission and money",
        {"country.districts": 21, "country.communities_per_district": 3},
        (Must("less of the need is met than in a third of it", above("seven_districts", "need_met"), *LESS),),
        map="generated",
    ),
    Setting(
        "levers_at_nought",
        "all levers at their lowest",
        reconciled({name: p.low for name, p in LEVERS.items()}),
        (
            Must(
                "no mission, no form",
                largest("presence", "troops", "formal_depth", "real_depth", "political_time"),
            ),
            Must("no pool, so no rivalry over it", largest("overhead_rivalry")),
        ),
    ),
    Setting(
        "shares_at_nought",
        "all levers that are shares at nought, but a mission is sent to keep order",
        reconciled(
            {name: 0.0 for name, p in LEVER_SHARES.items() if p.low == 0}
            | {"mandate.deploy": 1, "mandate.security": 1}
        ),
        (
            Must("it is there", lowest_at_the_end("presence"), 1, 1),
            Must("no formal integration, no rivalry", largest("formal_depth", "overhead_rivalry")),
            Must("informal ties alone", largest("real_depth"), 0, 0.3 - LITTLE),
            Must("no way out has been chosen (worlds with an exit)", _exits),
        ),
    ),
    Setting(
        "shares_at_one",
        "all levers that are shares at one",
        reconciled({name: p.high for name, p in LEVER_SHARES.items()}),
        (
            Must(
                "formal integration is whole at most",
                lambda here: float(here.last("formal_depth").max()),
                0,
                1,
            ),
            Must("who may decide in the field waits for nobody", largest("overhead_waiting"), 0, LITTLE),
            Must("integration is practised more than by default", _depth_above_default, *MORE),
        ),
        months=36,
    ),
    *(
        Setting(
            f"levers_{end}",
            f"all levers at their {end}est",
            reconciled({name: getattr(p, end) for name, p in LEVERS.items()}),
            (Must("formal integration is whole at most", largest("formal_depth"), 0, 1),),
            months=36,
        )
        for end in ("low", "high")
    ),
    Setting(
        "contexts_low",
        "all of the situation at its lowest",
        {name: p.low for name, p in CONTEXTS.items()},
        (Must("no aid is pledged", largest("money_pledged")),),
        months=36,
    ),
    Setting(
        "contexts_high",
        "all of the situation at its highest",
        {name: p.high for name, p in CONTEXTS.items()},
        (Must("the fiercest groups bring more violence", above("default", "violence"), *MORE),),
        months=36,
    ),
    *(
        Setting(
            f"each_{role}",
            f"each {role} parameter at each of its bounds, one at a time, in a small country",
            {**each_at_its_bounds(role), **FEW_AGENTS},
            worlds=2 * sum(p.role == role for p in tunable().values()),
            map="generated",
        )
        for role in ("context", "lever", "behaviour")
    ),
    Setting(
        "paradise",
        "weak and peaceful groups, no violence at first",
        {"situation.hostility": -3, "situation.group_strength": -3, "situation.violence": 0},
        (
            Must("no month of war", largest("war_share")),
            Must("less violence than by default", above("default", "violence"), *LESS),
        ),
        months=36,
    ),
    Setting(
        "hell",
        "strong and hostile groups, all violence at first",
        {"situation.hostility": 3, "situation.group_strength": 3, "situation.violence": 1},
        (
            Must(
                "war for more than half of the months",
                lambda here: float(here.outcomes["war_share"].min()),
                0.5,
                1,
            ),
            Must("more violence than by default", above("default", "violence"), *MORE),
        ),
        months=36,
    ),
    Setting(
        "flood_of_money",
        "$5 bn of aid a year and 10,000 posts",
        {"situation.aid": 5000, "mandate.posts": 10000},
        (
            Must("more need is met", above("default", "need_met"), *MORE),
            Must("more is duplicated", above("default", "duplication"), *MORE),
        ),
        months=36,
    ),
    Setting(
        "no_state",
        "a state without ability or revenue, and an army of one and a half",
        {"situation.state_capacity": 0.01, "situation.revenue": 0, "situation.army": 1.5},
        (
            Must(
                "soldiers harm people more than twice as much as by default (times)",
                lambda here: here.mean("harm_by_soldiers") / here.beside("default").mean("harm_by_soldiers"),
                2,
                np.inf,
            ),
        ),
        months=36,
    ),
    Setting(
        "endless_need",
        "more need than can be met",
        {"situation.need": 500},
        (
            Must("less is duplicated", above("default", "duplication"), *LESS),
            Must("a smaller part of need is met", above("default", "need_met"), *LESS),
        ),
    ),
    Setting(
        "last_start",
        "the mission opens in the last month",
        {"mandate.start_month": MONTHS - 1},
        (
            Must("it is not there before", lambda here: float(here.series["presence"][:-1].max())),
            Must("and is there then", lowest_at_the_end("presence"), 1, 1),
        ),
    ),
    Setting(
        "leaves_at_once",
        "the mission leaves in its first month",
        {
            "exit.by_timetable": 1,
            "exit.timetable_month": 0,
            "exit.drawdown_months": 1,
            "exit.follow_on": 0,
        },
        (
            Must("leaving is decided in month 0", largest("exit_month")),
            Must("in all worlds", _exits, 3, 3),
            Must("it is gone by the third month", lambda here: float(here.series["presence"][2:].max())),
            Must("its troops by the fourth", lambda here: float(here.series["troops"][3:].max())),
        ),
    ),
    Setting(
        "one_month",
        "a run of one month",
        {},
        (Must("one month is recorded", lambda here: len(here.series["violence"]), 1, 1),),
        months=1,
    ),
    Setting("one_post", "one civilian post", {"mandate.posts": 1}, worlds=2),
    Setting(
        "no_posts",
        "no civilian post",
        {"mandate.posts": 0},
        (
            Must(
                "nothing jumps at nought: need met is that of one post",
                above("one_post", "need_met"),
                -0.01,
                0.01,
            ),
        ),
        worlds=2,
    ),
)

LIMITS = Limits(SETTINGS)
