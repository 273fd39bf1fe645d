"""*The start* of docs/model.md: every actor of the country, with its first states."""

import math
from types import SimpleNamespace

import numpy as np

from independent.country import Country, among, logistic, near, of_levels, of_sectors, spread
from independent.luck import Luck

# The table *Agencies and donors*: sub-kinds in their order, the name of their habits, abilities in turn.
ROSTER = {
    "MissionComponent": ("mission_components", "mission",
        (0.8, 0, 1, 0, 0.7), (1, 0, 0.8, 0, 0), (0, 0.6, 1, 0, 0),
        (0.7, 0, 0, 0.6, 1), (0, 0.7, 0.7, 0.9, 0), (0.8, 0.8, 0, 0, 0)),
    "HumanitarianAgency": ("humanitarian_agencies", "humanitarian",
        (0, 1, 0, 0.7, 0), (0, 1, 0.6, 0, 0), (0, 1, 0, 0.7, 0.7), (0, 1, 0, 0.8, 0)),
    "CountryTeamAgency": ("country_team_agencies", "country_team",
        (0, 0, 1, 0.9, 0.8), (0, 0.7, 0, 1, 0), (0, 0, 0.7, 1, 0.8)),
    "BankProgramme": ("bank_programmes", "bank", (0, 0, 0.8, 1, 0.6)),
    "NGOGroup": ("ngo_groups", "ngo", (0, 1, 0, 0.8, 0), (0, 0, 0.9, 0.9, 0)),
    "RegionalBody": ("regional_bodies", "regional", (0.9, 0, 0, 0, 0.9)),
    "BilateralProgramme": ("bilateral_programmes", "bilateral", (0.8, 0, 0, 0, 1), (0, 0.8, 0, 1, 0)),
}  # fmt: skip
SIZES = (1.6, 1, 0.8, 0.6)
MOST_DONORS, FIRST_STATE = 80, 20
BANKS_SHARE, DONOR_RATIO = 0.2, 0.55
COMMUNITY_STATES = ("expectation", "harm_by_soldiers", "wasted", "quick_money", "passed_over")
COMMUNITY_STATES_BY_SECTOR = ("noted", "aid", "coverage", "familiar", "planned")
AGENCY_STATES = (
    *("coordinating", "reporting", "waiting", "rivalry", "balance", "staff", "pool_share", "agreement"),
    *("apart", "friction", "meetings_met", "spent", "attacked", "openness"),
)
DONOR_STATES = ("shock", "pipeline", "disbursed", "pledged", "direct")
TEAM_STATES = (
    *("overlap", "informal", "backlog", "delay", "political_time", "fundraising_time", "arbitration_time"),
    *("plan_age", "set_up", "reform"),
)
FORUM_STATES = ("clash", "partners", "duplication", "sector_gap", "district_gap", "coordination")
GOVERNMENT_STATES = (
    *("turmoil", "pressure", "progress", "revenue", "arrears"),
    *("rival_training", "predation", "calm_months"),
)


def begin(p: SimpleNamespace, country: Country, luck: Luck) -> SimpleNamespace:
    """All actors of all worlds, as they start, before districts and the government take stock."""
    w = SimpleNamespace(p=p, country=country, luck=luck, worlds=luck.worlds, month=0)
    w.communities = communities(w)
    w.armed_groups = armed_groups(w)
    w.agencies = agencies(w)
    able_agency, able_sector = np.nonzero(w.agencies.able)
    w.programmes = SimpleNamespace(agency=able_agency, sector=able_sector)
    w.donors = donors(w)
    choose_whom_to_pay(w)
    the_rest(w)
    return w


def zeros(w, *shape: int) -> np.ndarray:
    return np.zeros((w.worlds, *shape))


def communities(w) -> SimpleNamespace:
    """*Communities*."""
    p, country, count = w.p, w.country, w.country.communities
    mix = np.exp(p.reception.need_mix * w.luck.start("mix of needs", 5))
    mix /= mix.mean(1, keepdims=True)
    r, v = p.reception.need_spread, p.conflict.susceptibility
    need = p.situation.need / 5 * mix[:, None]
    need = need * np.exp(r * w.luck.start("need of Community", count, 5) - r * r / 2)
    history = w.luck.start("history of Community", count, 3)
    old_wrongs = p.situation.inequality * p.reception.old_wrongs
    causes = w.luck.start("root causes", country.districts)
    violence = np.full((w.worlds, count), p.situation.violence)
    return SimpleNamespace(
        usual_need=need,
        need=need.copy(),
        viewed=need.copy(),
        believed=need.copy(),
        trust=near(p.situation.trust, p.reception.first_spread * history[..., 0]),
        confidence=near(p.situation.confidence, p.reception.first_spread * history[..., 1]),
        susceptibility=np.exp(math.sqrt(v) * history[..., 2] - v / 2),
        grievance=country.here(near(p.situation.grievance, old_wrongs * causes)),
        local_capacity=np.full((w.worlds, count), p.situation.local_capacity),
        violence=violence,
        harm=violence.copy(),
        **{name: zeros(w, count) for name in COMMUNITY_STATES},
        **{name: zeros(w, count, 5) for name in COMMUNITY_STATES_BY_SECTOR},
    )


def armed_groups(w) -> SimpleNamespace:
    """*Armed groups*."""
    p, country = w.p, w.country
    counts = {
        "LimitedGroup": int(p.situation.limited_groups),
        "GreedyGroup": int(p.situation.greedy_groups),
        "TotalGroup": int(p.situation.total_groups),
    }
    number = list(counts.values())
    aim = np.repeat([0, p.conflict.greedy_aim, p.conflict.total_aim], number)
    greedy = np.repeat([0.0, 1.0, 0.0], number)
    groups = len(aim)
    temper = w.luck.by_kind("temper", counts, 2)
    seats = np.argsort(-country.stronghold, kind="stable")[np.arange(groups) % country.districts]
    home = np.exp(-country.distance[seats] / p.conflict.home_reach)
    rooted = spread(home * country.people)
    frailty = p.conflict.frailty * w.luck.start("country frailty", 1)
    hostility = logistic(
        p.conflict.hostility_level
        + p.situation.hostility
        + frailty
        + p.conflict.temper_spread * temper[..., 0]
    )
    strength = logistic(
        p.conflict.strength_level
        + p.situation.group_strength
        + p.conflict.frailty_on_strength * frailty
        + p.conflict.strength_spread * temper[..., 1]
    )
    return SimpleNamespace(
        aim=aim,
        greedy=greedy,
        home=home,
        rooted=rooted,
        riches=rooted @ country.resources,
        reach=np.maximum((rooted * home).sum(1), 1e-6),
        hostility=hostility,
        old_hostility=hostility.copy(),
        strength=strength,
        weariness=zeros(w, groups),
        **{name: zeros(w, groups, country.districts) for name in ("mobilised", "spent", "fighting")},
    )


def agencies(w) -> SimpleNamespace:
    """*Roster* and *Agencies*."""
    p, country = w.p, w.country
    counts = {kind: int(getattr(p.partners, name)) for kind, (name, *_) in ROSTER.items()}
    members = [(kind, n) for kind, count in counts.items() for n in range(count)]
    kind = np.array([kind for kind, _ in members])
    mission, bilateral = kind == "MissionComponent", kind == "BilateralProgramme"
    weight = np.where(mission, 0, [SIZES[n % len(SIZES)] for _, n in members])
    skill = np.array([ROSTER[kind][2:][n % len(ROSTER[kind][2:])] for kind, n in members], float)
    habits = vars(p.agencies) | {"mission_line": 1.0, "mission_known": 0.0}
    line, doctrine, known = (
        np.array([habits[f"{ROSTER[kind][1]}_{habit}"] for kind, _ in members], float)
        for habit in ("line", "doctrine", "known")
    )
    count, districts = len(members), country.districts
    able = skill.reshape(-1, 5) > 0
    taste = w.luck.by_kind("taste", counts, MOST_DONORS + districts + country.communities)
    taste_district = taste[..., MOST_DONORS : MOST_DONORS + districts]
    to_district = p.planning.district_taste * taste_district - p.planning.district_roads * country.remoteness
    to_place = p.planning.place_taste * taste[..., MOST_DONORS + districts :]
    to_place = to_place - p.planning.place_roads * country.remoteness_c
    return SimpleNamespace(
        count=count,
        kind=kind,
        skill=skill.reshape(-1, 5),
        able=able,
        weight=weight / max(weight.sum(), 1e-9),
        mission=mission,
        voluntary=(~mission).astype(float),
        bilateral=bilateral,
        multilateral=(~mission & ~bilateral).astype(float),
        line=line,
        doctrine=doctrine,
        known=known,
        liked=taste[..., :MOST_DONORS],
        favour_district=np.exp(p.planning.district_habit * to_district),
        favour=np.exp(p.planning.habit * to_place),
        common_ways=np.tile(doctrine, (w.worlds, 1)),
        learned=np.tile(known, (w.worlds, 1)),
        delivering=np.ones((w.worlds, count)),
        access=np.ones((w.worlds, count, districts)),
        work_money=np.ones((w.worlds, count, 5)),
        strings_sector=np.tile(among(able, np.zeros((count, 5))), (w.worlds, 1, 1)),
        strings_district=np.full((w.worlds, count, districts), 1 / districts),
        depth=zeros(w, count, 3),
        joined=zeros(w, count, 3),
        sector_share=zeros(w, count, 5),
        **{name: zeros(w, count) for name in AGENCY_STATES},
    )


def donors(w) -> SimpleNamespace:
    """*Donors*: those that give, banks first; and the account of the pooled fund."""
    p, country, agencies = w.p, w.country, w.agencies
    banks, states = int(p.partners.bank_donors), int(p.partners.bilateral_donors)
    of_banks = np.full(banks, (BANKS_SHARE if states else 1) / max(banks, 1))
    of_states = (1 - BANKS_SHARE if banks else 1) * spread(DONOR_RATIO ** np.arange(states)) if states else []
    counts = {"DevelopmentBank": banks, "BilateralDonor": states}
    f, o = math.sqrt(p.money.fashion), math.sqrt(1 - p.money.fashion)
    fashion = f * w.luck.start("donor fashion", 5)[:, None]
    favourites = f * w.luck.start("favourite districts", country.districts)[:, None]
    own_agenda = w.luck.by_kind("agenda", counts, 5)
    own_favour = w.luck.by_kind("districts", counts, country.districts)
    pull = np.log(country.people) - p.money.capital_pull * country.remoteness
    rows = np.r_[np.arange(banks), FIRST_STATE + np.arange(states)]
    tastes = agencies.liked[..., rows].transpose(0, 2, 1)
    liking = np.exp(p.money.affinity_spread * tastes) * agencies.weight * agencies.multilateral
    own = agencies.weight * agencies.bilateral
    return SimpleNamespace(
        counts=counts,
        size=np.r_[of_banks, of_states],
        has_own_programmes=np.repeat([0.0, 1.0], [banks, states]),
        agenda=spread(np.exp(p.money.agenda_spread * (fashion + o * own_agenda))),
        favour=spread(np.exp(pull + favourites + o * own_favour)),
        liking=liking / np.maximum(liking.sum(-1, keepdims=True), 1e-12),
        own=own / max(own.sum(), 1e-12),
        pool_pipeline=zeros(w),
        pool_disbursed=zeros(w),
        **{name: zeros(w, banks + states) for name in DONOR_STATES},
    )


def choose_whom_to_pay(w) -> None:
    """`affinity` of donors and `usual_share` of agencies: at the start, and when a decision moves it."""
    donors, agencies = w.donors, w.agencies
    own = donors.has_own_programmes * (w.p.funding.bilateral if agencies.bilateral.any() else 0)
    if not agencies.multilateral.any():
        own = np.ones(len(donors.size))
    donors.affinity = (1 - own)[:, None] * donors.liking + own[:, None] * donors.own
    agencies.usual_share = np.einsum("wik,i->wk", donors.affinity, donors.size)


def the_rest(w) -> None:
    """*Leaders* and *The rest*."""
    p, districts = w.p, w.country.districts

    def all_worlds(value):
        return np.broadcast_to(value, (w.worlds, *np.shape(value))).astype(float)

    drawn = w.luck.start("competence of Leader", 5)
    w.leaders = SimpleNamespace(
        competence=near(p.leadership.competence, p.leadership.competence_spread * drawn),
        months_in_post=zeros(w, 5),
        strength=zeros(w, 5),
    )
    w.team = SimpleNamespace(
        cohesion=all_worlds(p.team.first_cohesion),
        formal=all_worlds(of_levels(p)),
        apart=all_worlds(p.integration.humanitarian),
        in_force=zeros(w, 3),
        **{name: zeros(w) for name in TEAM_STATES},
    )
    w.headquarters = SimpleNamespace(
        scope=all_worlds(of_sectors(p)),
        gate=np.ones((w.worlds, 5)),
        filled=all_worlds(p.headquarters.first_filled),
        patience=all_worlds(1),
        exit_month=all_worlds(-1),
        **{name: zeros(w) for name in ("presence", "office", "leaving", "months_gone", "sent_month")},
    )
    w.forum = SimpleNamespace(
        need_share=all_worlds(np.full(5, 1 / 5)),
        sector_plan=all_worlds(np.full(5, 1 / 5)),
        need_by_district=all_worlds(np.full(districts, 1 / districts)),
        district_plan=all_worlds(np.full((5, districts), 1 / districts)),
        **{name: zeros(w) for name in FORUM_STATES},
    )
    w.government = SimpleNamespace(
        settlement=all_worlds(p.situation.settlement),
        capacity=all_worlds(p.situation.state_capacity),
        soldiers=all_worlds(p.situation.army),
        **{name: zeros(w) for name in GOVERNMENT_STATES},
    )
    w.districts = SimpleNamespace(
        need_shock=zeros(w, districts, 5),
        shared_error=zeros(w, districts, 5),
        **{
            name: zeros(w, districts)
            for name in ("shock", "threat", "usual_threat", "alarm", "response", "deterrence", "noise")
        },
    )
    w.neighbours = SimpleNamespace(fortune=zeros(w, len(w.country.borders)))
    w.force = SimpleNamespace(deployed=zeros(w, 2), effective=zeros(w, 2))
