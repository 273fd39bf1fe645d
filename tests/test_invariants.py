"""What holds in every month of every world, whatever the parameters: bounds, and accounts that add up."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from conftest import FEW_AGENTS, impossible, live, reconciled, snapshot, tunable
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from mipo_sim.actors.agencies import MissionComponent
from mipo_sim.ensemble import State
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import OUTCOMES, SERIES, outcomes_of

MONTHS, WORLDS = 8, 2
random_worlds = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # a failing world is made simpler by `hold`
)

# ---------------------------------------------------------------- random valid worlds


STEPS = 20
ON_A_BOUND = 0.3  # of the parameters that are moved


@dataclass(frozen=True)
class World:
    """Parameters inside their bounds, and a small country of some shape, without contradictions."""

    values: dict[str, float]
    shape: dict[str, int]

    def __repr__(self) -> str:
        return f"a world with {len(self.values)} parameters moved"

    def model(self) -> MissionModel:
        values = reconciled(self.values)
        return MissionModel({**values, **self.shape}, worlds=WORLDS, months=MONTHS, map="generated")

    def without(self, name: str) -> "World":
        return World(*({n: v for n, v in part.items() if n != name} for part in (self.values, self.shape)))


SHAPES = st.fixed_dictionaries(
    {
        "country.districts": st.integers(1, 6),
        "country.communities_per_district": st.integers(1, 4),
        "partners.mission_components": st.integers(1, 7),
        "partners.humanitarian_agencies": st.integers(1, 5),
    },
    optional={
        "partners.country_team_agencies": st.integers(0, 4),
        "partners.bank_programmes": st.integers(0, 2),
        "partners.ngo_groups": st.integers(0, 3),
        "partners.regional_bodies": st.integers(0, 2),
        "partners.bilateral_programmes": st.integers(0, 3),
        "partners.bilateral_donors": st.integers(1, 12),
        "partners.bank_donors": st.integers(0, 3),
        "situation.limited_groups": st.integers(0, 3),
        "situation.greedy_groups": st.integers(0, 2),
        "situation.total_groups": st.integers(0, 2),
        "coordination.planning_months": st.integers(1, 12),
        "coordination.review_months": st.integers(1, 24),
    },
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """About half of all parameters moved at once, each anywhere inside its bounds, often on one of them."""
    chance = draw(st.randoms(use_true_random=False))
    values = {}
    for name, p in tunable().items():
        if chance.random() < 0.5:
            continue
        place = chance.choice((0, 1)) if chance.random() < ON_A_BOUND else chance.randint(0, STEPS) / STEPS
        value = min(p.low + (p.high - p.low) * place, p.high)
        values[name] = float(round(value)) if p.whole else value
    return World(values, draw(SHAPES))


def hold(world: World, faults_of: Callable[[MissionModel], list[str]]) -> None:
    """Fail in plain words, with the fewest parameters that break the rule."""

    def faults(some: World) -> list[str]:
        try:
            return faults_of(some.model())
        except (Warning, ArithmeticError) as trouble:
            where = traceback.extract_tb(trouble.__traceback__)[-1]
            return [f"{trouble} in {where.filename}:{where.lineno}"]

    if not faults(world):
        return
    for name in [*world.values, *world.shape]:
        if faults(fewer := world.without(name)):
            world = fewer
    moved = ", ".join(f"{name}={value:g}" for name, value in {**world.shape, **world.values}.items())
    pytest.fail("\n".join(faults(world)) + f"\nwith {moved or 'all defaults'}", pytrace=False)


# ---------------------------------------------------------------- what must hold


def _close(these: np.ndarray, those: np.ndarray, scale: np.ndarray | float = 0.0) -> bool:
    """Equal but for the rounding of single precision; `scale` is the size of what was added up."""
    most = np.maximum(np.maximum(np.abs(these), np.abs(those)), scale)
    return bool(np.all(np.abs(np.float64(these) - np.float64(those)) <= 2e-5 * most + 1e-6))


def time_is_conserved(model: MissionModel) -> bool:
    """Filled posts = coordination + reporting + waiting + rivalry + delivery."""
    a = model.agencies
    return _close(a.coordinating + a.reporting + a.waiting + a.rivalry + a.delivering, np.float32(1))


def shares_sum_to_one(model: MissionModel) -> list[str]:
    """Divisions of effort, money and attention leave nothing over."""
    forum, agencies, work, donors = model.forum, model.agencies, model.programmes, model.donors
    placed = work.habit_share + work.need_share + work.plan_share
    sums = {
        "sectors of each agency's effort": agencies.sector_share.sum(axis=1),
        "districts of each programme's effort": work.district_share.sum(axis=1),
        "ways of placing each programme's effort": placed.sum(axis=1),
        "sectors of the strategic plan": forum.sector_plan.sum(axis=0),
        "sectors of believed need": forum.need_share.sum(axis=0),
        "districts of the operational plan": forum.district_plan.sum(axis=1),
        "sectors of each donor's agenda": donors.agenda.sum(axis=1),
        "districts that each donor favours": donors.favour.sum(axis=1),
        "agencies that each donor pays": donors.affinity.sum(axis=1),
        "sectors that earmarks name": agencies.strings_sector.sum(axis=1),
        "districts that earmarks name": agencies.strings_district.sum(axis=1),
        "agencies that share the pool": agencies.pool_share.sum(axis=0),
        "sizes of the donors": donors.size.sum(),
    }
    return [name for name, whole in sums.items() if not np.allclose(whole, 1, atol=1e-4)]


def agencies_work_where_they_can(model: MissionModel) -> bool:
    """No staff works in a sector in which its agency has no skill."""
    agencies = model.agencies
    staff = agencies.staff[:, None] * agencies.sector_share
    return bool(np.all(staff[agencies.skill == 0] <= 1e-4))


def troops_are_conserved(model: MissionModel) -> bool:
    """The reserve moves troops between districts; it neither makes nor loses any."""
    people = model.country.district_people[:, None]
    there = (model.districts.troops * people).sum(axis=0) / 1000
    return _close(there, model.force.effective.sum(axis=0))


def aid_is_no_more_than_work(model: MissionModel) -> bool:
    """What reaches communities is what programmes placed, less what is lost on the way."""
    return bool(np.all(_arrived(model) <= 1.001 * _placed(model) + 1e-3))


def waste_is_part_of_aid(model: MissionModel) -> bool:
    people = model.communities
    return bool(np.all(people.wasted <= people.aid.sum(axis=1) * 1.0001 + 1e-4))


def _arrived(model: MissionModel) -> np.ndarray:
    """Person-months that reached the communities of each district, `[sector, district, world]`."""
    people = model.country.people[:, None, None] / 100  # aid is per 100,000 people, people in thousands
    return model.country.blocks(model.communities.aid * people).sum(axis=1).swapaxes(0, 1)


def _placed(model: MissionModel) -> np.ndarray:
    """Person-months that programmes put to work there."""
    work = model.programmes
    done = work.habitual + work.needful + work.planned
    return np.stack([done[mine].sum(axis=0) for mine in model.roster.by_sector])


AT_THE_END: tuple[Callable[[MissionModel], object], ...] = (
    agencies_work_where_they_can,
    troops_are_conserved,
    aid_is_no_more_than_work,
    waste_is_part_of_aid,
)


class Books:
    """Follows every dollar and every post through a month, act by act."""

    def __init__(self, model: MissionModel) -> None:
        self.model, self.faults = model, []
        self.before = snapshot(model)
        self.raised = np.zeros(model.worlds)

    def _check(self, fault: str, right: bool) -> None:
        if not right:
            self.faults.append(f"{fault}, month {self.model.month}")

    def follow(self, act: str) -> None:
        """Look at the books after an act."""
        model = self.model
        if act == "donors.disburse":
            self._donors()
        if act == "agencies.be_paid":
            self._payments()
        if act == "agencies.keep_staff":
            self._mission()
        if act == "agencies.spend_time":
            self._check("staff time does not add up to one", time_is_conserved(model))
        if act == "recorder.record":
            self._accounts()
            self.before = snapshot(model)

    def _donors(self) -> None:
        donors, before = self.model.donors, self.before
        owed = before["donors.pipeline"] + donors.pledged
        self._check(
            "what donors pledged is not paid or in the pipeline",
            _close(donors.pipeline + donors.disbursed, owed, owed),
        )
        paid_before = before["donors.disbursed"][donors.giving].sum(axis=0)
        self._check(
            "what donors paid into the pool is not what the pool took in",
            _close(donors.pledged[-1], paid_before * self.model.p.funding.pooled),
        )
        self._check(
            "assessed dues are not paid as budgeted",
            _close(donors.disbursed[0], donors.pledged[0]) and not donors.pipeline[0].any(),
        )

    def _payments(self) -> None:
        donors = self.model.donors
        straight = donors.disbursed[donors.giving].sum(axis=0) * (1 - self.model.p.funding.pooled)
        paid = straight + donors.disbursed[-1]
        self._check(
            "what donors and the pool paid out is not what agencies received",
            _close(self.model.agencies.received.sum(axis=0), paid),
        )
        self.raised = self.model.agencies.part(MissionComponent).received.sum(axis=0)

    def _mission(self) -> None:
        model = self.model
        components, hq = model.agencies.part(MissionComponent), model.headquarters
        everyone = model.p.mandate.posts * hq.staff_presence
        posts = everyone * hq.line_posts
        self._check(
            "staff of the mission is not posts x filled x presence",
            _close(components.staff.sum(axis=0), posts * hq.filled),
        )
        wages = posts * model.p.money.post_cost / 1000
        offices = (everyone - posts) * model.p.money.post_cost / 1000
        granted = components.received.sum(axis=0) - self.raised
        self._check("components are not granted the wages of all their posts", _close(granted, wages, wages))
        donors = model.donors
        bills = wages + offices + donors.troop_bill() + donors.quick_bill()
        self._check(
            "assessed dues are not what posts, troops and quick projects cost",
            _close(donors.disbursed[0], bills),
        )

    def _accounts(self) -> None:
        agencies, before = self.model.agencies, self.before["agencies.balance"]
        moved = agencies.received - agencies.spent - agencies.returned
        volume = before + agencies.received + agencies.spent + agencies.returned
        right = np.abs(agencies.balance - before - moved) <= 2e-5 * volume + 1e-6
        self._check("an account is not what it was + received - spent - returned", bool(right.all()))


def _faults(model: MissionModel) -> list[str]:
    """Live the model's months and list all that does not hold."""
    books, faults = Books(model), []
    for act in live(model, MONTHS):
        books.follow(act)
        if act != "recorder.record":
            continue
        when = f", month {model.month}"
        faults += impossible(model, when)
        faults += [f"shares do not sum to one: {which}{when}" for which in shares_sum_to_one(model)]
        faults += [
            f"not so: {rule.__name__.replace('_', ' ')}{when}" for rule in AT_THE_END if not rule(model)
        ]
        if faults or books.faults:
            break
    return faults + books.faults


@random_worlds
@given(world=worlds())
@example(World({}, {}))
@example(World({"funding.bilateral": 1}, {"partners.bank_donors": 0}))  # no direct money for most agencies
def test_random_valid_worlds_stay_possible(world: World) -> None:
    """Any parameters inside their bounds: states in range, time, work and money accounted for."""
    hold(world, _faults)


LOSSES = (
    "delivery.remoteness_loss",
    "delivery.distrust_loss",
    "delivery.interlock",
    "delivery.ownership_delay",
    "delivery.teaching_time",
    "delivery.courts_for_police",
)


@settings(random_worlds, max_examples=20)
@given(world=worlds())
@example(World({}, {}))
@example(World({"money.on_schedule": 0, "mandate.deploy": 0}, {}))  # nobody there at the first plan
@example(World({"mandate.start_month": 1, "situation.aid": 0}, {}))
def test_work_placed_is_work_that_arrives(world: World) -> None:
    """Where nothing is lost on the way, communities get to the hour what programmes put to work."""
    need = max(world.values.get("situation.need", 38), 1.0)
    hold(World({**world.values, "situation.need": need}, world.shape), _lost_work)


def _lost_work(model: MissionModel) -> list[str]:
    for loss in LOSSES:
        group, key = loss.split(".")
        setattr(getattr(model.p, group), key, np.float32(0))
    for act in live(model, MONTHS):
        if act != "communities.receive":
            continue
        placed, arrived = _placed(model), _arrived(model)
        lost = placed - arrived
        worst = np.unravel_index(np.argmax(np.abs(lost)), lost.shape)
        if np.any(np.abs(lost) > 1e-3 * placed + 1e-2):
            return [
                f"in month {model.month}, sector {worst[0]}, district {worst[1]}: {placed[worst]:g} "
                f"person-months placed, {arrived[worst]:g} arrived"
            ]
    return []


def test_all_time_for_delivery_is_placed_where_access_is_free() -> None:
    """Staff x time for the work x money for it x skill, summed over programmes, is what is placed."""
    model = MissionModel({"delivery.access_loss": 0, **FEW_AGENTS}, worlds=2, months=7, map="generated").run()
    agencies = model.agencies
    able = (agencies.sector_share * agencies.work_money * agencies.skill[..., None]).sum(axis=1)
    effort = (agencies.staff * agencies.delivering * able).sum(axis=0)
    assert np.allclose(_placed(model).sum(axis=(0, 1)), effort, rtol=1e-4)


# ---------------------------------------------------------------- what is written down


@settings(random_worlds, max_examples=20)
@given(world=worlds())
@example(World({}, {}))
@example(World({"conflict.threshold": 0, "mandate.deploy": 0}, {}))  # war and preying soldiers everywhere
@example(World({"situation.grievance": tunable()["situation.grievance"].high}, {}))
def test_measures_of_random_valid_worlds_are_possible(world: World) -> None:
    """Every monthly figure is a number; shares lie between 0 and 1; no numerical warning is shown."""
    hold(world, _odd_measures)


def _odd_measures(model: MissionModel) -> list[str]:
    series, found, faults = model.run().recorder.series, outcomes_of(model), []
    for measure in SERIES:
        values, share = series[measure.name], measure.unit in ("share", "Gini")
        if not np.isfinite(values).all():
            faults.append(f"{measure.name} is not a number in some month")
        elif values.min() < -1e-5 or (share and values.max() > 1 + 1e-5):
            faults.append(f"{measure.name} ({measure.unit}) is from {values.min():g} to {values.max():g}")
    for measure in OUTCOMES:
        values, share = found[measure.name], measure.unit in ("share", "Gini", "0 or 1")
        known = values[~np.isnan(values)]
        if known.size and (known.min() < -1e-4 or (share and known.max() > 1 + 1e-4)):
            faults.append(f"outcome {measure.name} is from {known.min():g} to {known.max():g}")
    return faults


def test_states_called_shares_declare_their_bounds() -> None:
    """A share is a number between 0 and 1; only what is declared is checked."""
    model = MissionModel(months=1)
    loose = [
        f"{kind}.{name}"
        for kind, actor in model.actors().items()
        for name, state in type(actor).states().items()
        if state.unit == "share" and (state.low, state.high) != (0, 1)
    ]
    assert not loose, f"called shares, but without bounds 0 and 1: {', '.join(loose)}"


def test_cost_counts_every_dollar_of_dues_that_was_not_handed_back() -> None:
    """In steady state: what agencies spent of voluntary money, and dues less what components returned."""
    levers = {"exit.by_benchmarks": 0, "exit.follow_on": 0}
    model = MissionModel({**levers, **FEW_AGENTS}, worlds=2, months=60, map="generated").run()
    agencies, mission = model.agencies, model.agencies.part(MissionComponent)
    assert mission.rows.start == 0
    voluntary = agencies.spent[len(mission) :].sum(axis=0)
    granted = (mission.spent + mission.returned).sum(axis=0) - mission.received.sum(axis=0)
    dues = model.donors.disbursed[0]
    raised = granted + mission.received.sum(axis=0) - mission.returned.sum(axis=0) - _wages(model)
    expected = dues - mission.returned.sum(axis=0) + raised + voluntary
    cost = model.recorder.series["cost"][-1]
    complete = np.allclose(cost, expected, rtol=1e-3)
    assert complete, f"cost is {cost} $m a month, but {expected} were spent"


def _wages(model: MissionModel) -> np.ndarray:
    return model.agencies.part(MissionComponent).staff.sum(axis=0) * model.p.money.post_cost / 1000


def test_states_say_what_they_are() -> None:
    model = MissionModel(months=1)
    silent = [
        f"{kind}.{name}"
        for kind, actor in model.actors().items()
        for name, state in type(actor).states().items()
        if not (state.unit.strip() and state.doc.strip().endswith("."))
    ]
    assert not silent, f"without unit or sentence: {', '.join(silent)}"
    assert isinstance(type(model.communities).states()["trust"], State)


@pytest.mark.parametrize("state", ["communities.violence", "armed_groups.strength", "agencies.balance"])
def test_what_is_not_a_number_is_never_read_as_calm(state: str) -> None:
    """A world that broke must fail loudly, not end as a peaceful one."""
    model = MissionModel(worlds=2, months=12)
    for _ in range(3):
        model.step()
    kind, name = state.split(".")
    getattr(model.actors()[kind], name)[0, 1] = np.nan
    with np.errstate(all="ignore"), pytest.raises((ArithmeticError, ValueError, RuntimeError)) as failure:
        model.run()
        outcomes_of(model)
    assert "\n" not in str(failure.value)
