"""Every method of the analysis on a case whose answer is known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mipo_sim.analysis import (
    AnalysisError,
    PairingError,
    agresti_min,
    levels,
    means,
    odds,
    overhead_by_cause,
    paired_differences,
    student,
    survival,
    wilson,
)
from mipo_sim.analysis.intervals import reach_of_many
from mipo_sim.analysis.wording import MEASURES, change, verdict


def worlds(**columns):
    """A table of outcomes of one form."""
    length = len(next(iter(columns.values())))
    return pd.DataFrame({"form": "a", "replicate": range(length), **columns})


def test_wilson_gives_newcombes_published_intervals():
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
    for events, cases, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(events, cases) == pytest.approx((low, high), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)
    assert np.isnan(wilson(0, 0)).all()


def test_student_gives_scipys_interval():
    values = np.array([1.0, 2, 3, 4, 5])
    assert student(values) == pytest.approx((3 - 2.7764451 * 0.5**0.5, 3 + 2.7764451 * 0.5**0.5))
    assert student(values) == pytest.approx(stats.ttest_1samp(values, 0).confidence_interval())
    assert np.isnan(student(values[:1])).all()


def test_agresti_min_by_hand_and_by_coverage():
    assert agresti_min(10, 2, 50) == pytest.approx((0.02455, 0.28315), abs=1e-4)
    low, high = agresti_min(0, 0, 100)
    assert low < 0 < high, "no pair that differs is not yet certainty"
    draw = np.random.default_rng(1)
    counts = draw.multinomial(80, (0.2, 0.1, 0.7), size=1500)
    held = [low <= 0.1 <= high for low, high in (agresti_min(more, less, 80) for more, less, _ in counts)]
    assert 0.93 < np.mean(held) < 0.975


def test_odds_leave_out_worlds_in_which_nothing_is_defined():
    table = odds(worlds(relapse=[1, 0, 0, np.nan, 1]), ["relapse"]).iloc[0]
    assert (table["share"], table["worlds"]) == (0.5, 4)
    assert (table["low"], table["high"]) == pytest.approx(wilson(2, 4))


def test_means_by_form_in_their_order():
    table = pd.concat([worlds(cost=[3.0, 5.0]).assign(form="z"), worlds(cost=[1.0, 1.0])])
    found = means(table, ["cost"])
    assert list(found["form"]) == ["z", "a"]
    assert list(found["mean"]) == [4, 1]
    assert (found["low"] <= found["mean"]).all()


def test_levels_are_shares_of_what_is_counted_and_means_of_the_rest():
    table = worlds(cost=[3.0, 5.0, 4.0], relapse=[1, 0, 0], own=[0.0, 1.0, np.nan])
    found = levels(table, ["cost", "relapse", "own"]).set_index("outcome")
    assert list(found.index) == ["relapse", "own", "cost"]
    assert found["mean"].tolist() == pytest.approx([1 / 3, 0.5, 4])
    assert found["worlds"].tolist() == [3, 2, 3]
    assert found.loc["relapse", ["low", "high"]].tolist() == pytest.approx(wilson(1, 3))
    assert found.loc["cost", ["low", "high"]].tolist() == pytest.approx(student(np.array([3.0, 5, 4])))
    with pytest.raises(AnalysisError, match="no column 'costs'; did you mean 'cost'"):
        levels(table, ["costs"])


def test_survival_of_the_leukaemia_patients():
    # Freireich and others (1963): weeks of remission under 6-MP; the textbook curve of Kaplan and Meier
    lost = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    left = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    months = 40
    peace = np.array([0] * len(lost) + [months - week for week in left], dtype=float)
    relapse = np.array([week - 1 for week in lost] + [np.nan] * len(left))  # seen when its month is over
    curve = survival(worlds(peace_month=peace, relapse_month=relapse), months).set_index("month")
    known = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert curve.loc[list(known), "at_peace"].round(3).tolist() == list(known.values())
    assert curve.loc[[0, 6, 7, 23], "at_risk"].tolist() == [21, 21, 17, 6]
    data = stats.CensoredData(uncensored=np.array(lost, float), right=np.array(left, float))
    theirs = stats.ecdf(data).sf
    band = theirs.confidence_interval(method="log-log")
    for week, low, high in zip(
        theirs.quantiles, band.low.probabilities, band.high.probabilities, strict=True
    ):
        if week in known:
            assert curve.loc[week, ["low", "high"]].tolist() == pytest.approx([low, high])


def test_survival_without_anyone_lost_or_without_peace():
    calm = survival(worlds(peace_month=[0.0, 0.0], relapse_month=[np.nan, np.nan]), 12).set_index("month")
    assert (calm[["at_peace", "high"]] == 1).all().all()
    assert calm["low"].tolist() == [1] + [wilson(2, 2)[0]] * 12, "two worlds are not certainty"
    never = survival(worlds(peace_month=[np.nan], relapse_month=[np.nan]), 12)
    assert (never["at_risk"] == 0).all()


def test_survival_agrees_with_odds_where_everyone_is_watched():
    relapse = np.array([3.0, 23, 24, np.nan, 59, np.nan])
    table = worlds(peace_month=np.zeros(6), relapse_month=relapse)
    curve = survival(table, 60).set_index("month")["at_peace"]
    assert 1 - curve[24] == pytest.approx(np.mean(relapse < 24))
    assert 1 - curve[60] == pytest.approx(np.mean(relapse < 60))


def paired(first, second, order=None):
    one = worlds(x=first)
    other = worlds(x=second).assign(form="b")
    return pd.concat([one, other if order is None else other.iloc[order]], ignore_index=True)


def test_differences_are_taken_world_by_world():
    table = paired([5.0, 7, 9, 11], [4.0, 6, 8, 10], order=[3, 1, 0, 2])
    found = paired_differences(table, "a", "b", ["x"]).iloc[0]
    assert (found["difference"], found["low"], found["high"], found["pairs"]) == (1, 1, 1, 4)
    assert found["clear"], "worlds differ a lot, but always by the same"


def test_differences_of_odds_in_pairs():
    first, second = [1] * 10 + [0] * 2 + [1] * 8 + [0] * 30, [0] * 10 + [1] * 2 + [1] * 8 + [0] * 30
    found = paired_differences(paired(first, second), "a", "b", ["x"]).iloc[0]
    assert found["difference"] == pytest.approx(0.16)
    assert (found["low"], found["high"]) == pytest.approx(agresti_min(10, 2, 50))


def test_only_worlds_that_both_define_make_a_pair():
    found = paired_differences(paired([1, np.nan, 0], [0, 1, np.nan]), "a", "b", ["x"]).iloc[0]
    assert found["pairs"] == 1


def test_forms_of_other_worlds_cannot_be_paired():
    table = paired([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(PairingError, match="same replicates"):
        paired_differences(table.iloc[:3], "a", "b", ["x"])
    with pytest.raises(PairingError, match="no form named 'c'"):
        paired_differences(table, "a", "c", ["x"])
    with pytest.raises(PairingError, match="did you mean 'full'"):
        paired_differences(table.assign(form="full"), "fulll", "full", ["x"])


def test_overhead_by_cause():
    causes = {
        "coordination": [0.1, 0.2],
        "reporting": [0.05, 0.05],
        "waiting": [0.0, 0.0],
        "rivalry": [0.02, 0.0],
    }
    table = overhead_by_cause(worlds(**{f"overhead_{cause}": shares for cause, shares in causes.items()}))
    assert dict(zip(table["cause"], table["mean"], strict=True)) == pytest.approx(
        {"coordination": 0.15, "reporting": 0.05, "waiting": 0, "rivalry": 0.01}
    )


def test_words_for_a_difference_know_which_way_is_better():
    assert verdict(MEASURES["relapse_5_years"], -0.1, True) == "better"
    assert verdict(MEASURES["need_met"], -0.1, True) == "worse"
    assert verdict(MEASURES["real_depth"], 0.1, True) == "more"
    assert verdict(MEASURES["need_met"], 0.1, False) == "not clear"


@pytest.mark.parametrize(
    ("difference", "low", "high", "words"),
    [
        (-0.038, -0.076, -0.0006, "-0.038 (-0.076 to -0.001) better"),
        (0.58, 0.31, 0.85, "+0.6 (+0.3 to +0.8) worse"),
        (-0.01, -0.2, 0.2, "0.0 (-0.2 to +0.2) not clear"),
        (0.01, 0.002, 0.02, "0.0 the same"),
    ],
)
def test_a_clear_difference_never_reads_as_nothing(difference, low, high, words):
    row = SimpleNamespace(difference=difference, low=low, high=high, pairs=9, clear=low > 0 or high < 0)
    assert change(MEASURES["first_dividend"], row) == words


def test_many_intervals_that_hold_at_once_reach_further() -> None:
    assert reach_of_many(1, 30) == pytest.approx(1)
    # Dunn's table for five comparisons with many cases: 2.576 against 1.960.
    assert reach_of_many(5, 100_000) == pytest.approx(2.576 / 1.960, rel=1e-3)
