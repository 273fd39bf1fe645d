"""Luck is named and shared: levers, longer runs and one more agent leave everybody else's luck alone."""

from collections.abc import Callable

import numpy as np
import pytest
from conftest import differing, measured, odd_values, tunable
from scipy.stats import kstest

from mipo_sim.ensemble import Actor, Luck
from mipo_sim.ensemble.luck import ERA
from mipo_sim.model import MissionModel

# ---------------------------------------------------------------- the streams themselves


def test_draws_are_standard_normal() -> None:
    luck = Luck(2007, np.arange(40))
    for draws in (luck.normal("start", 300), luck.monthly("months", 300, 17)):
        assert kstest(draws.ravel(), "norm").pvalue > 0.01
        assert abs(draws.mean()) < 0.03 and abs(draws.std() - 1) < 0.03
        assert draws.dtype == np.float32


def test_draws_of_one_agent_are_not_correlated_over_months() -> None:
    luck = Luck(2007, np.arange(400))
    months = np.stack([luck.monthly("months", 2, month) for month in range(2 * ERA)])
    now, later = months[:-1].reshape(-1), months[1:].reshape(-1)
    assert abs(np.corrcoef(now, later)[0, 1]) < 0.02
    era_apart = np.corrcoef(months[:ERA].reshape(-1), months[ERA:].reshape(-1))[0, 1]
    assert abs(era_apart) < 0.02, "a second era repeats the first"


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2008},
        {"replicates": np.arange(1, 4)},
        {"process": "another"},
        {"month": 1},
        {"month": ERA},
    ],
    ids=str,
)
def test_other_seed_replicate_process_or_month_is_other_luck(change: dict[str, object]) -> None:
    plain = {"seed": 2007, "replicates": np.arange(3), "process": "one", "month": 0}

    def draw(seed: int, replicates: np.ndarray, process: str, month: int) -> np.ndarray:
        return Luck(seed, replicates).monthly(process, 5, month)

    assert not np.any(draw(**plain) == draw(**{**plain, **change}))


def test_start_and_months_have_luck_of_their_own() -> None:
    luck = Luck(2007, np.arange(3))
    assert not np.any(luck.normal("one", 5) == luck.monthly("one", 5, 0))


def test_worlds_of_one_replicate_share_their_luck_wherever_they_stand() -> None:
    together = Luck(2007, np.array([4, 9, 4, 2]))
    alone = Luck(2007, np.array([4]))
    for draw in (lambda luck: luck.normal("a", 3, 2), lambda luck: luck.monthly("b", 3, 50, each=2)):
        mixed = draw(together)
        assert np.array_equal(mixed[..., 0], mixed[..., 2])
        assert np.array_equal(mixed[..., 0], draw(alone)[..., 0])
        assert not np.any(mixed[..., 0] == mixed[..., 1])


def test_months_can_be_asked_in_any_order() -> None:
    luck, again = Luck(2007, np.arange(2)), Luck(2007, np.arange(2))
    months = [3, 100, 4, 0, ERA, ERA - 1]
    forward = {month: luck.monthly("a", 4, month).copy() for month in sorted(months)}
    for month in months:
        assert np.array_equal(again.monthly("a", 4, month), forward[month])


@pytest.mark.parametrize("each", [1, 2])
def test_one_more_agent_at_the_end_leaves_the_others_draws(each: int) -> None:
    few, many = Luck(2007, np.arange(3)), Luck(2007, np.arange(3))
    assert np.array_equal(few.normal("a", 6, each), many.normal("a", 7, each)[:6])
    for month in (0, ERA + 5):
        assert np.array_equal(few.monthly("a", 6, month, each), many.monthly("a", 7, month, each)[:6])


# ---------------------------------------------------------------- luck in the model

# What no lever, no outcome and no other agent can touch: states that luck alone moves.
FATE = {
    "districts": ("shock", "need_shock"),
    "government": ("turmoil",),
    "neighbours": ("fortune", "conflict"),
    "donors": ("shock",),
    "communities": ("usual_need", "susceptibility"),
    "agencies": ("favour", "favour_district"),
    "armed_groups": ("old_hostility",),
    "leaders": ("competence", "months_in_post"),
}


def _fate(model: MissionModel) -> dict[str, np.ndarray]:
    return {
        f"{kind}.{name}": np.array(getattr(model.actors()[kind], name))
        for kind, names in FATE.items()
        for name in names
    }


def test_worlds_of_one_replicate_share_their_fate_whatever_their_levers() -> None:
    """Two worlds with all levers apart: what luck alone moves is equal to the bit, the rest is not."""
    levers = {n: v for n, v in odd_values(2, seed=8).items() if tunable()[n].role == "lever"}
    levers = {n: v for n, v in levers.items() if not n.startswith("leadership.")}  # of those, the next test
    model = MissionModel(levers, worlds=2, replicates=[6, 6], months=14).run()
    for name, values in _fate(model).items():
        assert np.array_equal(values[..., 0], values[..., 1]), f"levers change the luck of {name}"
    trust = model.communities.trust
    assert not np.array_equal(trust[:, 0], trust[:, 1]), "the levers of this test change nothing"


def test_levers_of_leadership_leave_who_rotates_when() -> None:
    """Better recruiting changes how able people are, not when they come and go."""
    values = {"leadership.competence": [0.3, 0.8]}
    model = MissionModel(values, worlds=2, replicates=[6, 6], months=40).run()
    leaders = model.leaders
    assert np.array_equal(leaders.months_in_post[:, 0], leaders.months_in_post[:, 1])
    assert (leaders.competence[:, 0] < leaders.competence[:, 1]).all()


@pytest.mark.parametrize("longer", [ERA + 3, 2 * ERA])
def test_longer_run_begins_with_the_shorter_one(longer: int) -> None:
    short = MissionModel(worlds=2, months=ERA - 2).run().recorder.series
    long = MissionModel(worlds=2, months=longer).run().recorder.series
    wrong = [name for name in short if not np.array_equal(short[name], long[name][: ERA - 2])]
    assert not wrong, f"a longer horizon changes the months before: {', '.join(wrong)}"


def test_other_replicates_and_seeds_live_other_histories() -> None:
    def violence(seed: int, replicates: list[int]) -> np.ndarray:
        model = MissionModel(worlds=2, replicates=replicates, seed=seed, months=6)
        return model.run().recorder.series["violence"][-1]

    found = np.concatenate([violence(1, [0, 1]), violence(2, [0, 1]), violence(1, [2, 3])])
    assert len(np.unique(found)) == 6


# ---------------------------------------------------------------- one agent more

ONE_MORE = {
    "partners.mission_components": 6,
    "partners.humanitarian_agencies": 4,
    "partners.country_team_agencies": 3,
    "partners.bank_programmes": 1,
    "partners.ngo_groups": 2,
    "partners.regional_bodies": 1,
    "partners.bilateral_programmes": 1,
    "partners.bilateral_donors": 10,
    "partners.bank_donors": 2,
    "situation.limited_groups": 2,
    "situation.greedy_groups": 1,
    "situation.total_groups": 1,
}


def _by_sub_kind(kind: Actor, values: np.ndarray) -> dict[str, np.ndarray]:
    """Rows by sub-kind, so that the first agents of each can be told whoever stands before them."""
    if not kind.parts:
        return {"": values}
    return {type(part).__name__: values[part.rows] for part in kind.parts}


def _touched(few: MissionModel, many: MissionModel, read: Callable[[Actor, str], np.ndarray]) -> list[str]:
    faults = []
    for kind, names in FATE.items():
        for name in names:
            before = _by_sub_kind(few.actors()[kind], read(few.actors()[kind], name))
            after = _by_sub_kind(many.actors()[kind], read(many.actors()[kind], name))
            for part, values in before.items():
                if not np.array_equal(values, after[part][: len(values)]):
                    faults.append(f"{kind}.{name}" + (f" of each {part}" if part else ""))
    return faults


@pytest.mark.parametrize("more", ONE_MORE)
def test_one_more_agent_leaves_everybody_elses_luck(more: str) -> None:
    """The new agent comes at the end of its sub-kind; nobody else's fate may move."""
    few = MissionModel(worlds=2, months=3).run()
    many = MissionModel({more: ONE_MORE[more] + 1}, worlds=2, months=3).run()
    faults = _touched(few, many, getattr)
    assert not faults, f"one more of {more} moves the luck of: " + "; ".join(faults)


def test_one_more_agency_leaves_whom_the_donors_like() -> None:
    """What a donor pays one agency against another does not hang on a third that came."""
    few, many = MissionModel(worlds=2), MissionModel({"partners.humanitarian_agencies": 5}, worlds=2)
    givers = few.donors.giving

    def liking(model: MissionModel, first: int, second: int) -> np.ndarray:
        return model.donors.affinity[givers, first] / model.donors.affinity[givers, second]

    food, health = 6, 7  # humanitarian agencies, after six components of the mission
    unmoved = np.allclose(liking(few, food, health), liking(many, food, health), rtol=1e-5)
    assert unmoved, "one more agency changes which of the others the donors like"


def test_one_more_donor_leaves_the_agendas_of_the_others() -> None:
    few, many = MissionModel(worlds=2), MissionModel({"partners.bilateral_donors": 11}, worlds=2)
    for name in ("agenda", "favour"):
        before = _by_sub_kind(few.donors, getattr(few.donors, name))
        after = _by_sub_kind(many.donors, getattr(many.donors, name))
        wrong = [p for p, v in before.items() if not np.array_equal(v, after[p][: len(v)])]
        assert not wrong, f"one more bilateral donor changes the {name} of: {', '.join(wrong)}"


def test_model_without_change_is_the_same_model() -> None:
    """Else the comparisons of this file would pass for want of a difference."""
    same = [measured(MissionModel({"situation.total_groups": 1}, worlds=2, months=4).run()) for _ in range(2)]
    assert not differing(*same)
    other = measured(MissionModel({"situation.total_groups": 2}, worlds=2, months=4).run())
    assert "series violence" in differing(same[0], other)
