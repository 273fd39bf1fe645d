"""An agent is a slice: one agent, a kind and a block of worlds must come to the same bits."""

import random
from collections.abc import Callable, Iterable

import mesa
import numpy as np
import pytest
from conftest import FEW_AGENTS, differing, do, kinds, live, measured, odd_values, reconciled, states

from mipo_sim.ensemble import Actor, Fact, State, by_subkind, share_of, spread_over, total
from mipo_sim.model import MissionModel
from mipo_sim.month import MONTH

# ---------------------------------------------------------------- a small kind with known answers


class Animal(Actor):
    """A kind of two sub-kinds with a behaviour each, and one that they share."""

    weight = State(2.0, unit="kg", doc="Weight.")
    fur = State(0.5, axes=("side",), low=0, high=1, unit="share", doc="Fur by side.")
    legs = Fact(4, unit="count", doc="Legs.")

    @by_subkind
    def eat(self) -> None:
        """Most gain a kilogram."""
        self.weight += 1

    @by_subkind
    def run(self) -> None:
        """All run alike."""
        self.weight -= 0.5

    def shed(self) -> None:
        """Lose fur on the second side."""
        self.fur[..., 1, :] = 0


class Cat(Animal):
    """Gains one as well."""


class Dog(Animal):
    """Gains three."""

    def eat(self) -> None:
        """Gain three."""
        self.weight += 3


class Puppy(Dog):
    """Gains what a dog gains."""


class Yard(mesa.Model):
    """Two worlds with two cats, a dog and a puppy."""

    def __init__(self) -> None:
        super().__init__(rng=1)
        self.worlds, self.sizes = 2, {"side": 2}
        self.animals = Animal.populate(self, {Cat: 2, Dog: 1, Puppy: 1})


def test_kind_and_agent_are_views_of_one_array() -> None:
    animals = Yard().animals
    assert animals.weight.shape == (4, 2), "a state is [agent, world]"
    assert animals.fur.shape == (4, 2, 2), "axes stand between agent and world"
    assert animals.legs.shape == (4,), "a fact has no world axis"
    animals[2].weight = 7
    assert animals.weight[:, 0].tolist() == [2, 2, 7, 2], "an agent writes its own row of the kind"
    animals.weight = 9
    assert animals[2].weight.tolist() == [9, 9], "a kind writes the rows of its agents"
    animals.part(Dog).weight = 1
    assert animals.weight[:, 1].tolist() == [9, 9, 1, 9], "a sub-kind writes its own rows only"


def test_kind_counts_and_lists_its_agents() -> None:
    animals = Yard().animals
    assert len(animals) == 4
    assert [type(a).__name__ for a in animals] == ["Cat", "Cat", "Dog", "Puppy"]
    assert [len(part) for part in animals.parts] == [2, 1, 1]
    assert animals.is_kind and not animals[0].is_kind
    with pytest.raises(IndexError):
        animals[4]


def test_rows_can_be_given_their_own_values() -> None:
    animals = Yard().animals
    animals.set_rows("weight", [1, 2, 3, 4])
    animals.set_rows("legs", [4, 4, 3, 4])
    assert animals.weight.T.tolist() == [[1, 2, 3, 4]] * 2
    assert [float(a.legs) for a in animals] == [4, 4, 3, 4]


def test_behaviour_of_a_kind_goes_to_each_sub_kind() -> None:
    animals = Yard().animals
    animals.eat()
    assert animals.weight[:, 0].tolist() == [3, 3, 5, 5], "cats gain one, dogs and puppies three"


def test_sub_kinds_that_act_alike_act_as_one_slice() -> None:
    animals = Yard().animals
    assert [slice_.rows for slice_ in animals.alike("run")] == [slice(0, 4)]
    assert [slice_.rows for slice_ in animals.alike("eat")] == [slice(0, 2), slice(2, 4)]


@pytest.mark.parametrize("behaviour", ["eat", "run", "shed"])
def test_small_kind_acts_as_its_agents_do(behaviour: str) -> None:
    whole, single = Yard().animals, Yard().animals
    getattr(whole, behaviour)()
    for animal in single:
        getattr(animal, behaviour)()
    assert np.array_equal(whole.weight, single.weight) and np.array_equal(whole.fur, single.fur)


# ---------------------------------------------------------------- sums and shares


def test_sum_of_a_lone_world_adds_in_the_same_order_as_of_many() -> None:
    values = np.random.default_rng(3).lognormal(0, 3, (300, 7)).astype(np.float32)
    together = total(values, axis=0)
    for world in range(7):
        alone = total(values[:, world : world + 1], axis=0)
        assert alone.shape == (1,) and alone[0] == together[world], f"world {world} differs in its last bits"


def test_shares_sum_to_one_and_nothing_is_shared_evenly() -> None:
    weights = np.array([[1, 0], [3, 0]], dtype=np.float32)
    assert spread_over(weights, axis=0).T.tolist() == [[0.25, 0.75], [0.5, 0.5]]
    assert share_of(np.float32([1, 0]), np.float32([4, 0])).tolist() == [0.25, 0]


# ---------------------------------------------------------------- one call for all, one call for each

ONE_EACH = sorted(
    (set(act.split(".")[0] for phase in MONTH for act in phase.acts))
    - {"communities", "districts", "agencies", "programmes", "donors", "leaders", "armed_groups", "force"}
    - {"neighbours"}
)


def _in_order(kind: Actor) -> Iterable[Actor]:
    return kind


def _backwards(kind: Actor) -> Iterable[Actor]:
    return reversed(kind.members)


def _shuffled(kind: Actor) -> Iterable[Actor]:
    return random.Random(len(kind)).sample(kind.members, len(kind))


def _by_sub_kind(kind: Actor) -> Iterable[Actor]:
    return reversed(kind.parts or (kind,))


def _eventful(worlds: int) -> dict[str, object]:
    """Odd values of everything, with much going on: fighting, unpaid soldiers, an exit, a changing form."""
    values: dict[str, object] = dict(odd_values(worlds, seed=11))
    values |= {
        "situation.hostility": 1.0,
        "situation.violence": 0.3,
        "situation.revenue": 0.1,
        "integration.adaptive": np.arange(worlds) % 2,
        "integration.start_month": 0,
        "mandate.start_month": 0,
        "mandate.deploy": 1,
        "ownership.compact": 0.6,
        "exit.by_timetable": 1,
        "exit.timetable_month": 4,
        "exit.drawdown_months": 3,
        "exit.follow_on": 0.4,
        "coordination.review_months": 4,
        "coordination.planning_months": 3,
    }
    return reconciled(values)


@pytest.mark.parametrize("worlds", [1, 3])
@pytest.mark.parametrize("each", [_in_order, _backwards, _shuffled, _by_sub_kind])
def test_agents_one_by_one_come_to_the_same_bits_as_the_kind(
    each: Callable[[Actor], Iterable[Actor]], worlds: int
) -> None:
    """Every act of a month: the whole kind in one model, its agents one by one in a twin."""
    values, months = {**_eventful(worlds), **FEW_AGENTS}, 10
    together = MissionModel(values, worlds=worlds, months=months, map="generated")
    apart = MissionModel(values, worlds=worlds, months=months, map="generated")
    several, faults = kinds(apart), {}
    with np.errstate(all="ignore"):
        for act in live(together, months):
            apart.month = together.month
            kind, behaviour = act.split(".")
            if kind in several:
                for agent in each(several[kind]):
                    getattr(agent, behaviour)()
            else:
                do(apart, act)
            there = states(apart)
            for name in differing(states(together), there):
                faults.setdefault(f"{act} leaves other bits in {name}", together.month)
                there[name][...] = states(together)[name]  # so that each act is judged by itself
    assert not faults, "acting one by one is not the same:\n" + "\n".join(
        f"{fault}, first in month {month}" for fault, month in faults.items()
    )


def test_an_agent_writes_nothing_but_its_own_row() -> None:
    """A single agent's act leaves every other row of its kind, and all other kinds, as they were."""
    values = {**_eventful(2), **FEW_AGENTS}
    model = MissionModel(values, worlds=2, months=13, map="generated")
    for _ in live(model, 9):
        pass
    faults = []
    with np.errstate(all="ignore"):
        for act in dict.fromkeys(act for phase in MONTH for act in phase.acts):
            kind, behaviour = act.split(".")
            if kind not in kinds(model):
                continue
            actor, before = kinds(model)[kind], {n: v.copy() for n, v in states(model).items()}
            row = len(actor) // 2
            getattr(actor[row], behaviour)()
            for name, values in states(model).items():
                kept = np.ones(len(values), dtype=bool) if values.ndim else np.ones((), dtype=bool)
                if name.startswith(f"{kind}."):
                    kept[row] = False
                if not np.array_equal(values[kept], before[name][kept], equal_nan=True):
                    faults.append(f"{act} of one agent writes {name} of others")
                    values[...] = before[name]
    assert not faults, "\n".join(faults)


def test_single_agents_are_told_from_kinds_only_where_there_are_several() -> None:
    """The acts that are written for one agent belong to actors that are one agent."""
    model = MissionModel(months=1)
    one_each = {name for name, actor in model.actors().items() if not actor.is_kind}
    assert one_each | {"recorder", "audit"} == set(ONE_EACH)
    assert all(len(model.actors()[name]) == 1 for name in one_each)


# ---------------------------------------------------------------- blocks of worlds

WORLDS, MONTHS = 16, 26


def _world_by_world() -> tuple[dict[str, object], np.ndarray]:
    values = _eventful(WORLDS) | {"exit.timetable_month": np.linspace(5, 40, WORLDS).round()}
    values["mandate.deploy"] = (np.arange(WORLDS) % 5 > 0).astype(float)
    values["situation.hostility"] = np.linspace(-1, 2, WORLDS)
    return values, np.arange(WORLDS) // 2 + 3  # pairs of worlds share a replicate


def _of(values: dict[str, object], worlds: np.ndarray) -> dict[str, object]:
    return {name: v[worlds] if np.ndim(v) else v for name, v in values.items()}


def _run(values: dict[str, object], replicates: np.ndarray) -> dict[str, np.ndarray]:
    model = MissionModel(values, worlds=len(replicates), replicates=replicates, months=MONTHS)
    with np.errstate(all="ignore"):
        return measured(model.run())


@pytest.fixture(scope="module")
def in_one_block() -> dict[str, np.ndarray]:
    values, replicates = _world_by_world()
    return _run(values, replicates)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_world_is_the_same_to_the_bit_in_blocks_of(size: int, in_one_block: dict[str, np.ndarray]) -> None:
    """Levers differ between the worlds of a block; blocks of 3 and 5 leave a remainder of one."""
    values, replicates = _world_by_world()
    for start in range(0, WORLDS, size):
        here = np.arange(start, min(start + size, WORLDS))
        found = _run(_of(values, here), replicates[here])
        wrong = differing(found, {name: series[..., here] for name, series in in_one_block.items()})
        assert not wrong, f"worlds {here.tolist()} alone in a block differ in: {', '.join(wrong)}"


def test_world_is_the_same_to_the_bit_in_any_order(in_one_block: dict[str, np.ndarray]) -> None:
    values, replicates = _world_by_world()
    order = np.random.default_rng(5).permutation(WORLDS)
    found = _run(_of(values, order), replicates[order])
    wrong = differing(found, {name: series[..., order] for name, series in in_one_block.items()})
    assert not wrong, f"the order of worlds changes: {', '.join(wrong)}"


def test_same_model_run_twice_is_the_same_to_the_bit(in_one_block: dict[str, np.ndarray]) -> None:
    assert not differing(_run(*_world_by_world()), in_one_block)


def test_worlds_of_the_test_do_differ(in_one_block: dict[str, np.ndarray]) -> None:
    """Else the comparisons above would hold for the wrong reason."""
    violence = in_one_block["series violence"][-1]
    assert len(np.unique(violence)) == WORLDS


# ---------------------------------------------------------------- single precision


@pytest.mark.parametrize("worlds", [1, 2])
def test_states_and_series_stay_in_single_precision(worlds: int) -> None:
    model = MissionModel(worlds=worlds, months=13).run()
    wrong = [name for name, values in states(model).items() if values.dtype != np.float32]
    wrong += [name for name, series in model.recorder.series.items() if series.dtype != np.float32]
    assert not wrong, f"not single precision: {', '.join(wrong)}"


def test_no_act_computes_in_double_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """A state is stored in single precision whatever is assigned; what is assigned should be so too."""
    lost: set[str] = set()
    assign = State.__set__

    def watch(self: State, actor: Actor, value: object) -> None:
        if isinstance(value, np.ndarray) and value.dtype == np.float64 and value.size > 1:
            lost.add(f"{type(actor).__name__}.{self.name}")
        assign(self, actor, value)

    monkeypatch.setattr(State, "__set__", watch)
    model = MissionModel(worlds=2, months=7)
    lost.clear()  # the start may compute as it likes
    model.run()
    assert not lost, f"computed in double precision, at twice the time: {', '.join(sorted(lost))}"
