"""Which form is best, robust, or not beaten, and what makes worlds differ: cases whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from mipo_sim.analysis import (
    AnalysisError,
    best_by_situation,
    name_forms,
    robustness,
    trade_off_front,
    variance_shares,
)
from mipo_sim.analysis.wording import plain


def crossed(values, outcome="good", **factors):
    """A table with one row a world from an array with one axis a factor."""
    index = pd.MultiIndex.from_product(list(factors.values()), names=list(factors))
    return pd.Series(np.asarray(values, float).ravel(), index=index, name=outcome).reset_index()


def judged(means, spread=0.0, worlds=5, seed=1):
    """Worlds of forms a, b ... in situations 0, 1 ... around given means, with luck that all forms share."""
    means = np.asarray(means, float)
    luck = spread * np.random.default_rng(seed).standard_normal((means.shape[1], worlds))
    values = means[:, :, None] + luck - luck.mean(axis=1)[:, None]
    forms = list("abcdefgh"[: len(means)])
    return crossed(values, form=forms, scenario=list(range(means.shape[1])), replicate=list(range(worlds)))


def value_of(table, measure, form, column="value"):
    return table.set_index(["measure", "form"]).loc[(measure, form), column]


# -- best form per situation --------------------------------------------------------------------------


def test_luck_that_all_forms_share_does_not_hide_the_best():
    table = judged([[1.0, 1.0], [1.2, 0.8]], spread=10, worlds=30)
    table.loc[(table["form"] == "b"), "good"] += np.tile([0.01, -0.01], 30)
    found = best_by_situation(table, "good", better="more").set_index(["scenario", "form"])
    assert found.loc[[(0, "b"), (1, "a")], "clear"].all(), "0.2 apart in every world, whatever its luck"
    assert not found.loc[[(0, "a"), (1, "b")], "possible"].any()
    assert found.loc[(0, "a"), "difference"] == pytest.approx(-0.2)
    less = best_by_situation(table, "good", better="less").set_index(["scenario", "form"])
    assert less.loc[[(0, "a"), (1, "b")], "clear"].all()


def test_too_close_to_call():
    rng = np.random.default_rng(2)
    values = rng.standard_normal((3, 1, 50)) + np.array([0.0, 0.05, -3])[:, None, None]
    table = crossed(values, form=["a", "b", "c"], scenario=[0], replicate=range(50))
    found = best_by_situation(table, "good", better="more").set_index("form")
    assert found["possible"].to_dict() == {"a": True, "b": True, "c": False}
    assert not found["clear"].any()
    assert found["leader"].sum() == 1


def test_the_truly_best_is_kept_as_often_as_promised():
    rng = np.random.default_rng(3)
    kept = 0
    for _ in range(100):
        values = rng.standard_normal((4, 1, 20)) + rng.standard_normal((1, 1, 20))
        table = crossed(values, form=list("abcd"), scenario=[0], replicate=range(20))
        kept += best_by_situation(table, "good", better="more").set_index("form").loc["a", "possible"]
    assert kept >= 0.95 * 100, "all are the best, and a is one of them"


def test_best_where_there_is_little_to_compare():
    one_world = judged([[1.0], [2.0]], worlds=1)
    found = best_by_situation(one_world, "good", better="more")
    assert found["possible"].all() and not found["clear"].any()
    one_form = judged([[1.0, 2.0]])
    found = best_by_situation(one_form, "good", better="more")
    assert found["possible"].all() and not found["clear"].any()
    calm = judged([[0.0], [0.0]], worlds=40).rename(columns={"good": "relapse_5_years"})
    assert best_by_situation(calm, "relapse_5_years")["possible"].all(), "no relapse at all"
    table = judged([[1.0, 2.0], [2.0, 1.0]])
    table.loc[(table["form"] == "b") & (table["scenario"] == 1), "good"] = np.nan
    with pytest.raises(AnalysisError, match="good is not defined in any world of form b in situation 1"):
        best_by_situation(table, "good", better="more")


def test_which_way_is_better_must_be_known():
    with pytest.raises(AnalysisError, match="which way is better for 'good'"):
        best_by_situation(judged([[1.0]]), "good")
    with pytest.raises(AnalysisError, match="not 'bigger'"):
        best_by_situation(judged([[1.0]]), "good", better="bigger")
    with pytest.raises(AnalysisError, match="no column 'scenari'; did you mean 'scenario'"):
        best_by_situation(judged([[1.0]]), "good", "scenari", better="more")
    twice = pd.concat([judged([[1.0]])] * 2)
    with pytest.raises(AnalysisError, match="more than one world of form a, scenario 0, replicate 0"):
        best_by_situation(twice, "good", better="more")


# -- robustness ---------------------------------------------------------------------------------------

# The umbrella of decision textbooks: three acts, three states; Savage's regret worked out by hand.
ACTS = [[8.0, 0, 5], [6, 6, 2], [4, 4, 4]]


def test_robustness_by_hand():
    found = robustness(judged(ACTS), "good", better="more", thresholds=(4, 6), resamples=50)
    regret = {form: value_of(found, "maximum_regret", form) for form in "abc"}
    assert regret == pytest.approx({"a": 6, "b": 3, "c": 4})  # minimax regret chooses b
    satisfied = {form: value_of(found, "satisficing", form) for form in "abc"}
    assert satisfied == pytest.approx({"a": 3 / 6, "b": 4 / 6, "c": 3 / 6})
    assert value_of(found, "mean", "a") == pytest.approx(13 / 3)
    assert value_of(found, "spread", "a") == pytest.approx(np.std([8, 0, 5], ddof=1))
    assert value_of(found, "mean_variance", "c") == pytest.approx(4), "a form that never varies"
    assert value_of(found, "percentile_50", "a") == pytest.approx(5)
    assert set(found["situations"]) == {3} and set(found["worlds"]) == {15}


def test_robustness_where_less_is_better():
    more = robustness(judged(ACTS), "good", better="more", thresholds=(4,), resamples=20)
    less = robustness(judged(-np.array(ACTS)), "good", better="less", thresholds=(-4,), resamples=20)
    for measure, sign in (("maximum_regret", 1), ("satisficing", 1), ("mean_variance", -1), ("spread", 1)):
        for form in "abc":
            assert value_of(less, measure, form) == pytest.approx(sign * value_of(more, measure, form))


def test_intervals_over_situations_hold_the_mean_of_all_situations():
    rng = np.random.default_rng(4)
    held = wide = 0
    for seed in range(40):
        table = judged(3 + rng.standard_normal((1, 25)), spread=1, worlds=4, seed=seed)
        found = robustness(table, "good", better="more", resamples=100)
        held += value_of(found, "mean", "a", "low") <= 3 <= value_of(found, "mean", "a", "high")
        wide += value_of(found, "mean", "a", "high") - value_of(found, "mean", "a", "low")
    assert held > 0.83 * 40
    assert wide / 40 == pytest.approx(2 * 1.96 * np.sqrt(1 + 1 / 4) / 5, rel=0.15)


def test_given_situations_leave_luck_alone_in_the_interval():
    sure = robustness(judged(ACTS), "good", better="more", resamples=50, situations_sampled=False)
    assert (sure["low"] == sure["high"]).all(), "without luck there is nothing left to chance"
    unsure = robustness(judged(ACTS), "good", better="more", resamples=50)
    assert (value_of(unsure, "mean", "a", "low")) < value_of(unsure, "mean", "a")


def test_seeds_are_drawn_within_situations():
    table = judged([[1.0, 2, 3, 4]], spread=1, worlds=25)
    found = robustness(table, "good", better="more", situations_sampled=False)
    width = value_of(found, "mean", "a", "high") - value_of(found, "mean", "a", "low")
    assert width == pytest.approx(2 * 1.96 / np.sqrt(25 * 4), rel=0.2)


def test_robustness_of_one_form_in_one_situation_with_one_world():
    found = robustness(judged([[2.0]], worlds=1), "good", better="more", resamples=10).set_index("measure")
    assert found.loc[["mean", "maximum_regret", "percentile_10"], "value"].tolist() == [2, 0, 2]
    assert np.isnan(found.loc["spread", "value"])


# -- trade-off front ----------------------------------------------------------------------------------


def two_goods(first, second, spread=0.0, worlds=30):
    one, other = (
        judged(np.array(each)[:, None], spread, worlds, seed) for seed, each in enumerate((first, second))
    )
    return one.assign(cost=other["good"])


def test_front_by_hand():
    # more good and less cost: b is beaten by a, d by c; a and c are trade-offs, e equals c
    table = two_goods([3.0, 2, 5, 5, 5], [1.0, 1, 4, 6, 4])
    found = trade_off_front(table, ["good", "cost"], better={"good": "more"}, resamples=20)
    each = found.drop_duplicates("form").set_index("form")
    assert each["on_front"].to_dict() == {"a": True, "b": False, "c": True, "d": False, "e": True}
    assert each["probability"].tolist() == [1, 0, 1, 0, 1]
    assert found.groupby("outcome")["mean"].max().to_dict() == {"good": 5, "cost": 6}


def test_shared_luck_does_not_blur_the_front():
    table = two_goods([3.0, 2], [1.0, 2], spread=50)
    found = trade_off_front(table, ["good", "cost"], better={"good": "more"}).drop_duplicates("form")
    assert found["probability"].tolist() == [1, 0]


def test_forms_that_cannot_be_told_apart_are_on_the_front_about_as_often():
    rng = np.random.default_rng(6)
    probability = []
    for _ in range(40):
        values = rng.standard_normal((2, 2, 40))
        table = crossed(values[0], form=["a", "b"], replicate=range(40)).assign(cost=values[1].ravel())
        found = trade_off_front(table, ["good", "cost"], better={"good": "more"}, resamples=100)
        probability.append(found.drop_duplicates("form")["probability"].tolist())
    # of two alike, one beats the other in both of two outcomes in half of all cases: 3/4 each on average
    assert np.mean(probability, axis=0) == pytest.approx([0.75, 0.75], abs=0.1)


def test_front_refusals():
    table = two_goods([1.0, 2], [1.0, 2])
    with pytest.raises(AnalysisError, match="two outcomes or more, not 1"):
        trade_off_front(table, ["cost"])
    with pytest.raises(AnalysisError, match="no column 'csot'; did you mean 'cost'"):
        trade_off_front(table, ["good", "csot"], better={"good": "more", "csot": "less"})
    with pytest.raises(AnalysisError, match="which way is better for 'good'"):
        trade_off_front(table, ["good", "cost"])


# -- variance shares ----------------------------------------------------------------------------------

LEVELS = {"luck": 40, "draw": 25, "scenario": 4, "form": 3}


def additive(rng, luck=1.0, draw=1.0, mixed=1.0, levels=LEVELS):
    """Worlds in which luck, parameters, the situation and the form add up, and luck and the form interact."""
    values = luck * rng.standard_normal((levels["luck"], 1, 1, 1))
    values = values + draw * rng.standard_normal((1, levels["draw"], 1, 1))
    values = values + np.array([-1.5, -0.5, 0.5, 1.5])[:, None] + np.array([0.0, 2, 4])
    values = values + mixed * rng.standard_normal((levels["luck"], 1, 1, levels["form"]))
    names = {"replicate": "luck", "draw": "draw", "scenario": "scenario", "form": "form"}
    return crossed(values, **{column: range(levels[name]) for column, name in names.items()})


def shares_of(table, **options):
    options = {"resamples": 50} | options
    return variance_shares(table, "good", situation="scenario", parameters="draw", **options).set_index(
        "effect"
    )


def test_variance_shares_of_what_adds_up():
    rng = np.random.default_rng(7)
    runs = [shares_of(additive(rng), resamples=2)["variance"] for _ in range(80)]
    mean, error = np.mean(runs, axis=0), np.std(runs, axis=0) / np.sqrt(80)
    known = {"luck": 1 + 1 / 3, "parameters": 1, "situation": 1.25, "form": 8 / 3, "luck × form": 2 / 3}
    for effect, found, unsure in zip(runs[0].index, mean, error, strict=True):
        assert found == pytest.approx(known.get(effect, 0), abs=4 * unsure + 1e-9), effect


def test_two_worlds_lend_their_luck_to_no_other_factor():
    rng = np.random.default_rng(8)
    few = LEVELS | {"luck": 2, "draw": 2}
    runs = [shares_of(additive(rng, levels=few), resamples=2)["variance"] for _ in range(200)]
    mean, error = np.mean(runs, axis=0), np.std(runs, axis=0) / np.sqrt(200)
    known = {"luck": 1 + 1 / 3, "parameters": 1, "situation": 1.25, "form": 8 / 3, "luck × form": 2 / 3}
    for effect, found, unsure in zip(runs[0].index, mean, error, strict=True):
        assert found == pytest.approx(known.get(effect, 0), abs=4 * unsure + 1e-9), effect


def test_variance_shares_add_up_to_the_whole_in_every_table():
    found = shares_of(additive(np.random.default_rng(9)))
    assert found["share"].sum() == pytest.approx(1)
    assert len(found) == 2**4 - 1
    assert found.index[:4].tolist() == ["luck", "parameters", "situation", "form"]
    assert set(found["worlds"]) == {40 * 25 * 4 * 3} and set(found["left_out"]) == {0}


def test_what_several_do_together_is_laid_to_the_one_that_can_least_be_chosen():
    table = additive(np.random.default_rng(12), levels=LEVELS | {"luck": 8, "draw": 6})
    effects, sources = shares_of(table)["share"], shares_of(table, by="source")["share"]
    assert sources.index.tolist() == ["luck", "parameters", "situation", "form"]
    of_luck = [effect for effect in effects.index if "luck" in effect]
    assert sources["luck"] == pytest.approx(effects[of_luck].sum())
    assert sources["form"] == pytest.approx(effects["form"] + effects["situation × form"])
    assert sources["situation"] == pytest.approx(effects["situation"])
    assert sources.sum() == pytest.approx(1)


def test_intervals_of_shares_hold_about_as_often_as_promised():
    rng = np.random.default_rng(10)
    held = 0
    for _ in range(40):
        found = shares_of(additive(rng, levels=LEVELS | {"luck": 25, "draw": 20}), resamples=60).loc[
            "parameters"
        ]
        held += found["low"] <= 1 / (1 + 1 / 3 + 1 + 1.25 + 8 / 3 + 2 / 3) <= found["high"]
    assert held > 0.83 * 40


def test_intervals_of_shares_stand_around_the_estimate_however_few_the_worlds():
    rng = np.random.default_rng(11)
    few = LEVELS | {"luck": 5, "draw": 5}
    found = [shares_of(additive(rng, levels=few), resamples=60).loc["luck"] for _ in range(20)]
    inside = [row["low"] < row["share"] < row["high"] for row in found]
    middle = np.mean([(row["low"] + row["high"]) / 2 for row in found])
    assert all(inside)
    assert middle == pytest.approx(np.mean([row["share"] for row in found]), rel=0.12)


def test_worlds_of_one_luck_are_no_luck_at_all():
    values = np.random.default_rng(1).standard_normal((1, 5, 3)) + np.zeros((10, 1, 1))
    table = crossed(values, replicate=range(10), scenario=range(5), form=range(3))
    found = variance_shares(table, "good", situation="scenario", resamples=20).set_index("effect")
    assert found.loc[["luck", "luck × form", "luck × situation"], "variance"].tolist() == pytest.approx(
        [0, 0, 0]
    )
    effects = found.loc[["situation", "form", "situation × form"], "variance"]
    assert effects.sum() == pytest.approx(values[0].var()), "the law of total variance"


def test_one_form_and_what_cannot_be_divided():
    table = additive(np.random.default_rng(2))
    alone = shares_of(table[table["form"] == 0])
    assert alone.index[:3].tolist() == ["luck", "parameters", "situation"] and len(alone) == 7
    with pytest.raises(AnalysisError, match="need 2 replicates with good defined in every cell, not 1"):
        shares_of(table[table["replicate"] == 0])
    with pytest.raises(AnalysisError, match="not crossed"):
        shares_of(table.iloc[1:])
    assert shares_of(table.assign(good=1.0))["share"].isna().all(), "nothing varies"
    holed = table.assign(good=table["good"].where(table.index != 0))
    found = shares_of(holed)
    assert set(found["left_out"]) == {25 * 4 * 3}


# -- forms of a sweep ---------------------------------------------------------------------------------


def test_forms_of_a_sweep_are_named_by_its_axes():
    rows = pd.DataFrame({"integration": ["full", "none"], "troops": [5.0, 7.5], "scenario": ["x", "y"]})
    named = name_forms(rows, ["integration", "troops"], ["scenario"])
    assert named["form"].tolist() == ["full-troops_5", "none-troops_7.5"]
    assert named["situation"].tolist() == ["x", "y"]
    assert plain("full-troops_5-hostility_-0.5") == "full + troops 5 + hostility -0.5"
    with pytest.raises(AnalysisError, match="no column 'integraton'; did you mean 'integration'"):
        name_forms(rows, ["integraton"])
