"""At its limits the model runs, stays in range, and means what it should."""

from collections.abc import Mapping

import numpy as np
import pytest
from conftest import FEW_AGENTS, impossible, live, reconciled, tunable

from mipo_sim.actors.agencies import MissionComponent
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import OUTCOMES, SERIES, outcomes_of
from mipo_sim.parameters import declared

MONTHS = 24
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


class Lived:
    """A run at a limit, checked every month, with its series and outcomes."""

    def __init__(self, values: Mapping[str, object], worlds: int = 3, months: int = MONTHS, **where: str):
        self.model = MissionModel(values, worlds=worlds, months=months, **where)
        faults = impossible(self.model, ", at the start")
        while self.model.month < months and not faults:
            self.model.step()
            faults = impossible(self.model, f", month {self.model.month}")
        assert not faults, "\n".join(faults)
        self.series = self.model.recorder.series
        self.outcomes = outcomes_of(self.model)
        self._check_measures()

    def _check_measures(self) -> None:
        odd = [m.name for m in SERIES if not np.isfinite(self.series[m.name]).all()]
        for m in (*SERIES, *OUTCOMES):
            values = self.series[m.name] if m.name in self.series else self.outcomes[m.name]
            values = values[np.isfinite(values)]
            top = 1 + 1e-4 if m.unit in ("share", "Gini", "0 or 1") else np.inf
            if values.size and (values.min() < -1e-4 or values.max() > top):
                odd.append(f"{m.name} is from {values.min():g} to {values.max():g}")
        assert not odd, f"measures that cannot be: {', '.join(odd)}"

    def mean(self, series: str) -> float:
        return float(self.series[series].mean())


def default() -> Lived:
    return Lived({})


# ---------------------------------------------------------------- nothing there


def test_without_posts_and_money_there_is_no_outside_work() -> None:
    """What need is met, local bodies, the state and the troops meet; nothing is spent but on troops."""
    none = Lived({"mandate.posts": 0, "situation.aid": 0, "quick_impact.budget": 0})
    assert none.series["staff"].max() == 0
    assert none.model.communities.aid.max() == 0
    assert none.series["duplication"].max() == 0
    assert none.outcomes["overhead"].max() == 0
    assert none.series["money_pledged"].max() == 0 and none.outcomes["money_gap"].max() == 0
    troops = none.model.donors.troop_bill()
    assert none.series["cost"][-1] == pytest.approx(troops, rel=1e-3)
    assert 0.05 < none.mean("need_met") < default().mean("need_met")


def test_without_any_mission_and_money_nothing_costs() -> None:
    none = Lived({"mandate.deploy": 0, "situation.aid": 0})
    for name in ("staff", "troops", "cost", "presence", "real_depth", "formal_depth", "political_time"):
        assert none.series[name].max() == 0, f"{name} without a mission and without money"


def test_without_a_mission_only_voluntary_agencies_work() -> None:
    none = Lived({"mandate.deploy": 0})
    for name in ("troops", "presence", "formal_depth", "real_depth", "staff_attacked", "posts_filled"):
        limit = 5 if name == "staff_attacked" else 0
        assert none.series[name].max() <= limit, f"{name} without a mission"
    assert none.model.agencies.part(MissionComponent).staff.max() == 0
    assert none.series["staff"][-1].min() > 0
    assert np.isnan(none.outcomes["exit_month"]).all(), "who never came cannot leave"


@pytest.mark.parametrize("sending", [0, 1])
def test_without_any_agency_nobody_works_and_nobody_is_paid(sending: int) -> None:
    """Troops may still come; donors' money finds no taker, and no money is made out of nothing."""
    none = Lived({**NO_AGENCIES, "mandate.deploy": sending})
    assert len(none.model.agencies) == 0
    for name in ("staff", "duplication", "real_depth", "staff_attacked", "in_coordination"):
        assert none.series[name].max() == 0, f"{name} without any agency"
    assert none.outcomes["overhead"].max() == 0
    assert none.mean("need_met") < default().mean("need_met")


def test_without_voluntary_agencies_the_mission_works_alone() -> None:
    alone = Lived({**NO_AGENCIES, "partners.mission_components": 6})
    model = alone.model
    posts = model.p.mandate.posts * model.headquarters.filled * model.headquarters.line_posts
    assert alone.series["staff"][-1] == pytest.approx(posts, rel=1e-5)


ROSTERS = {
    "no components of the mission": {"partners.mission_components": 0},
    "only a bilateral programme": {**NO_AGENCIES, "partners.bilateral_programmes": 1},
    "only the mission": {**NO_AGENCIES, "partners.mission_components": 6},
    "nobody": NO_AGENCIES,
}


@pytest.mark.parametrize("roster", ROSTERS.values(), ids=ROSTERS.keys())
def test_whoever_is_there_all_money_paid_is_received(roster: dict[str, int]) -> None:
    """Every dollar that donors pay out goes to an agency, or to the pool, and from there to an agency."""
    model = MissionModel(roster, worlds=2, months=13)
    givers, pool = model.donors.giving, model.donors[-1]
    paid, direct, pooled = (np.zeros((13, 2)) for _ in range(3))
    for act in live(model, 13):
        if act == "agencies.be_paid":
            paid[model.month] = model.donors.disbursed[givers].sum(axis=0)
            direct[model.month] = model.agencies.received.sum(axis=0) - pool.disbursed
            pooled[model.month] = pool.pledged  # a month after donors paid it
    lost = (paid[:12] - direct[:12] - pooled[1:]).sum(axis=0) / np.maximum(paid.sum(axis=0), 1e-9)
    assert lost == pytest.approx(0, abs=1e-4), f"{100 * lost.max():.0f} % of what donors pay reaches nobody"


def test_without_donors_there_is_no_voluntary_money() -> None:
    none = Lived({"partners.bilateral_donors": 0, "partners.bank_donors": 0})
    for name in ("money_pledged", "money_paid"):
        assert none.series[name].max() == 0, f"{name} without any donor"
    mission = none.model.agencies.part(MissionComponent).staff.sum(axis=0)
    assert none.series["staff"][-1] == pytest.approx(mission, rel=1e-5)


def test_without_needs_no_need_is_unmet_and_nobody_feels_neglected() -> None:
    none, some = Lived({"situation.need": 0}), default()
    assert none.model.communities.need.max() == 0
    assert none.series["need_met"].min() == 1, "where there is no need, none is unmet"
    assert none.series["inequality"].max() < 1e-5
    assert none.mean("grievance") < some.mean("grievance"), "people without needs feel neglected"


def test_without_armed_groups_there_is_no_relapse() -> None:
    none = Lived(NO_GROUPS, months=60)
    assert none.outcomes["relapse"].max() == 0
    assert none.series["armed_strength"].max() == 0 and none.series["alarms"][12:].max() < 0.9
    assert none.series["violence"][-1].max() < 0.15, "what is left comes from unpaid soldiers and the border"


def test_without_armed_groups_soldiers_and_borders_violence_dies_out() -> None:
    quiet = {"conflict.soldier_violence": 0, "conflict.border_violence": 0}
    none = Lived({**NO_GROUPS, **quiet, "situation.violence": 0.5}, months=60)
    assert (np.diff(none.series["violence"], axis=0) <= 0).all()
    assert none.series["violence"][-1].max() < 1e-4


def test_lone_community_catches_violence_from_nobody() -> None:
    """Without groups, soldiers and borders its violence falls by its own pace alone."""
    quiet = {"conflict.soldier_violence": 0, "conflict.border_violence": 0, "conflict.contagion": 2}
    one = {"country.districts": 1, "country.communities_per_district": 1}
    lone = Lived({**NO_GROUPS, **quiet, **one, "situation.violence": 0.5}, months=8, map="generated")
    pace = declared()["conflict.violence_pace"].default
    expected = 0.5 * (1 - pace) ** np.arange(1, 9)
    assert lone.series["violence"][:, 0] == pytest.approx(expected, rel=1e-4), "it is infected by itself"


# ---------------------------------------------------------------- very small and very large


def test_one_district_with_one_community() -> None:
    one = Lived({"country.districts": 1, "country.communities_per_district": 1}, map="generated")
    assert len(one.model.communities) == len(one.model.districts) == 1
    assert one.series["inequality"].max() < 1e-6, "nobody to be unequal with"
    here, there = one.model.communities, one.model.districts
    assert there.violence == pytest.approx(here.violence)
    assert one.model.government.violence == pytest.approx(here.violence[0])
    assert one.model.programmes.district_share == pytest.approx(1)


def test_one_agent_of_every_kind() -> None:
    one = {name: 1 for name in NO_AGENCIES} | {"partners.bilateral_donors": 1, "partners.bank_donors": 0}
    groups = {"situation.limited_groups": 1, "situation.greedy_groups": 0, "situation.total_groups": 0}
    lived = Lived({**one, **groups, **FEW_AGENTS}, map="generated")
    assert lived.series["staff"][-1].min() > 0


def test_hundred_districts_of_ten_communities() -> None:
    large = Lived(
        {"country.districts": 100, "country.communities_per_district": 10},
        worlds=2,
        months=7,
        map="generated",
    )
    assert len(large.model.communities) == 1000
    assert large.mean("need_met") > 0.05 and large.series["staff"][-1].min() > 0


def test_three_times_the_people_get_less_of_the_same_effort() -> None:
    """Need is by the head: in a country three times as large the same mission meets less of it."""
    small = Lived({"country.districts": 7, "country.communities_per_district": 3}, map="generated")
    large = Lived({"country.districts": 21, "country.communities_per_district": 3}, map="generated")
    assert large.mean("need_met") < small.mean("need_met")


# ---------------------------------------------------------------- levers and contexts at their ends

LEVERS = {name: p for name, p in tunable().items() if p.role == "lever"}
SHARES = [name for name, p in LEVERS.items() if p.unit in ("share", "switch")]


def test_all_levers_at_nought() -> None:
    """No mission, no form, no help: what is left is local."""
    nought = Lived(reconciled({name: LEVERS[name].low for name in LEVERS}))
    for name in ("presence", "troops", "formal_depth", "real_depth", "political_time"):
        assert nought.series[name].max() == 0, f"{name} with all levers at nought"
    assert nought.outcomes["overhead_rivalry"].max() == 0, "no pool, so no rivalry over it"


def test_all_shares_of_levers_at_nought_but_the_mission_is_sent() -> None:
    values = {name: 0.0 for name in SHARES if LEVERS[name].low == 0}
    sent = Lived(reconciled({**values, "mandate.deploy": 1, "mandate.security": 1}))
    assert sent.series["presence"][-1].min() == 1
    assert sent.series["formal_depth"].max() == 0
    assert sent.outcomes["overhead_rivalry"].max() == 0
    assert sent.series["real_depth"].max() < 0.3, "informal ties alone"
    assert np.isnan(sent.outcomes["exit_month"]).all(), "no way out has been chosen"


def test_all_shares_of_levers_at_one() -> None:
    full = Lived(reconciled({name: LEVERS[name].high for name in SHARES}), months=36)
    assert full.series["formal_depth"][-1].max() <= 1
    assert full.outcomes["overhead_waiting"].max() < 1e-6, "who may decide in the field waits for nobody"
    assert full.series["real_depth"][-1].min() > default().series["real_depth"][-1].max()


@pytest.mark.parametrize("end", ["low", "high"])
def test_all_levers_at_one_end(end: str) -> None:
    levers = Lived(reconciled({name: getattr(p, end) for name, p in LEVERS.items()}), months=36)
    assert levers.series["formal_depth"].max() <= 1


@pytest.mark.parametrize("end", ["low", "high"])
def test_all_contexts_at_one_end(end: str) -> None:
    values = {n: getattr(p, end) for n, p in tunable().items() if p.role == "context"}
    lived = Lived(values, months=36)
    if end == "low":
        assert lived.series["money_pledged"].max() == 0
    else:
        assert lived.mean("violence") > default().mean("violence"), "the fiercest groups, yet less violence"


def _one_at_its_bound(role: str) -> tuple[dict[str, np.ndarray], list[tuple[str, float]]]:
    """One world for each parameter of a role at each of its bounds, all else at default."""
    parameters = {n: p for n, p in tunable().items() if p.role == role}
    moved = [(name, bound) for name, p in parameters.items() for bound in (p.low, p.high)]
    values = {name: np.full(len(moved), p.default) for name, p in tunable().items()}
    for world, (name, bound) in enumerate(moved):
        values[name][world] = bound
    return reconciled(values), moved


@pytest.mark.parametrize("role", ["context", "lever", "behaviour"])
def test_each_parameter_at_each_of_its_bounds(role: str) -> None:
    values, moved = _one_at_its_bound(role)
    Lived({**values, **FEW_AGENTS}, worlds=len(moved), months=MONTHS, map="generated")


EXTREMES = {
    "paradise": {"situation.hostility": -3, "situation.group_strength": -3, "situation.violence": 0},
    "hell": {"situation.hostility": 3, "situation.group_strength": 3, "situation.violence": 1},
    "flood of money": {"situation.aid": 5000, "mandate.posts": 10000},
    "no state": {"situation.state_capacity": 0.01, "situation.revenue": 0, "situation.army": 1.5},
}


def test_extreme_situations_are_what_they_are_called() -> None:
    lived = {name: Lived(values, months=36) for name, values in EXTREMES.items()}
    assert lived["paradise"].outcomes["war_share"].max() == 0
    assert lived["hell"].outcomes["war_share"].min() > 0.5
    assert lived["paradise"].mean("violence") < default().mean("violence") < lived["hell"].mean("violence")
    assert lived["flood of money"].mean("need_met") > default().mean("need_met")
    assert lived["flood of money"].mean("duplication") > default().mean("duplication")
    assert lived["no state"].mean("harm_by_soldiers") > 2 * default().mean("harm_by_soldiers")


def test_more_need_than_can_be_met_leaves_little_waste() -> None:
    poor = Lived({"situation.need": 500})
    assert poor.mean("duplication") < default().mean("duplication") < 1
    assert poor.mean("need_met") < default().mean("need_met")


def test_last_possible_starts_and_exits() -> None:
    """A mission that opens at the very end of a run, and one that leaves at once."""
    late = Lived({"mandate.start_month": MONTHS - 1})
    assert late.series["presence"][:-1].max() == 0 and late.series["presence"][-1].min() == 1
    hasty = {
        "exit.by_timetable": 1,
        "exit.timetable_month": 0,
        "exit.drawdown_months": 1,
        "exit.follow_on": 0,
    }
    gone = Lived(hasty)
    assert (gone.outcomes["exit_month"] == 0).all()
    assert gone.series["presence"][2:].max() == 0 and gone.series["troops"][3:].max() == 0


def test_one_month_is_a_run() -> None:
    short = Lived({}, months=1)
    assert short.series["violence"].shape == (1, 3)


def test_no_posts_is_no_less_than_few_posts() -> None:
    """The limit is where the values near it lead: nothing jumps at nought."""
    none, few = (Lived({"mandate.posts": posts}, worlds=2) for posts in (0, 1))
    assert none.mean("need_met") == pytest.approx(few.mean("need_met"), abs=0.01)
