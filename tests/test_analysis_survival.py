"""How long peace lasts and by what it ends, on textbook data and cases worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mipo_sim.analysis import (
    AnalysisError,
    competing_ends,
    hazard_by_period,
    log_rank,
    restricted_mean,
    restricted_mean_differences,
    survival,
    wilson,
)

# Freireich and others, Blood 21 (1963): weeks of remission under 6-MP and under placebo; + still in remission
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
WEEKS = 35


def remission(form, text, months=WEEKS):
    """Patients as worlds: lost when the week is over, or watched from so late that the record ends."""
    spells = [(int(word.rstrip("+")), word.endswith("+")) for word in text.split()]
    peace = [float(months - length) if kept else 0.0 for length, kept in spells]
    relapse = [np.nan if kept else length - 1.0 for length, kept in spells]
    return pd.DataFrame(
        {"form": form, "replicate": range(len(spells)), "peace_month": peace, "relapse_month": relapse}
    )


@pytest.fixture
def leukaemia():
    return pd.concat([remission("treated", TREATED), remission("placebo", PLACEBO)], ignore_index=True)


def at_peace(form, relapses, months, peace=0.0):
    table = remission(form, " ".join(str(month) for month in relapses), months)
    return table.assign(
        peace_month=table["peace_month"] + peace, relapse_month=table["relapse_month"] + peace
    )


def never(form, worlds, **columns):
    table = {"form": form, "replicate": range(worlds), "peace_month": 0.0, "relapse_month": np.nan}
    return pd.DataFrame(table | columns)


# -- restricted mean ----------------------------------------------------------------------------------


def test_restricted_mean_of_the_leukaemia_patients(leukaemia):
    # as R's survival prints them: print(survfit(...), print.rmean = TRUE), the area up to week 35
    found = restricted_mean(leukaemia, WEEKS, 35).set_index("form")
    assert found["mean"].round(3).to_dict() == {"treated": 23.287, "placebo": 8.667}
    errors = (found["high"] - found["mean"]) / stats.norm.ppf(0.975)
    assert errors["treated"] == pytest.approx(2.827, abs=5e-4)
    # nobody of the placebo group is lost from sight: mean and error of the plain numbers
    weeks = np.array(PLACEBO.split(), float)
    assert errors["placebo"] == pytest.approx(weeks.std() / np.sqrt(len(weeks)))
    assert restricted_mean(leukaemia, WEEKS)["horizon"].tolist() == [35, 35]


def test_restricted_mean_stops_at_the_horizon(leukaemia):
    weeks = np.minimum(np.array(PLACEBO.split(), float), 10)
    found = restricted_mean(leukaemia, WEEKS, 10).set_index("form").loc["placebo"]
    assert found["mean"] == pytest.approx(weeks.mean())
    assert found["high"] - found["mean"] == pytest.approx(stats.norm.ppf(0.975) * weeks.std() / np.sqrt(21))


def test_differences_of_restricted_means_are_paired():
    # peace lasts three months longer in every world, whatever its luck
    table = pd.concat([at_peace("a", [13, 23, 33], 60), at_peace("b", [10, 20, 30], 60)])
    found = restricted_mean_differences(table, 60, "b").iloc[0]
    assert (found["difference"], found["low"], found["high"]) == pytest.approx((3, 3, 3))
    assert (found["form"], found["reference"], found["pairs"], found["clear"]) == ("a", "b", 3, True)
    unpaired = restricted_mean(table, 60)
    assert unpaired["low"].max() < unpaired["high"].min(), "which two intervals do not see"


def test_differences_of_restricted_means_where_worlds_are_lost_from_sight(leukaemia):
    found = restricted_mean_differences(leukaemia, WEEKS, "placebo", 35).iloc[0]
    means = restricted_mean(leukaemia, WEEKS, 35).set_index("form")["mean"]
    # pseudo-values average to the restricted mean itself but for a term of order 1/n squared
    assert found["difference"] == pytest.approx(means["treated"] - means["placebo"], abs=0.15)
    assert found["clear"]


def test_the_default_horizon_is_one_that_all_forms_are_watched_for():
    table = pd.concat([never("a", 3), never("b", 3, peace_month=20.0)])
    assert restricted_mean(table, 60)["horizon"].tolist() == [40, 40]
    with pytest.raises(AnalysisError, match="horizon takes a whole number from 1 to 40, not 60"):
        restricted_mean(table, 60, 60)


# -- log-rank -----------------------------------------------------------------------------------------


def test_log_rank_of_the_leukaemia_patients(leukaemia):
    found = log_rank(leukaemia, WEEKS, "placebo").iloc[0]
    assert found["chi_square"] == pytest.approx(
        16.793, abs=5e-4
    )  # Kleinbaum & Klein, Survival Analysis, ch. 2
    assert found["p_value"] == pytest.approx(4.17e-5, abs=1e-7)
    assert (found["relapses"], found["worlds"]) == (30, 42)


def test_log_rank_is_conservative_on_matched_luck():
    rng = np.random.default_rng(5)
    rejected = 0
    for _ in range(100):
        luck = rng.exponential(30, size=40)
        first, second = (np.ceil(luck * rng.uniform(0.5, 1.5, 40)).clip(1, 600).astype(int) for _ in range(2))
        table = pd.concat([at_peace("a", first, 600), at_peace("b", second, 600)])
        rejected += log_rank(table, 600, "b")["p_value"].iloc[0] < 0.05
    assert rejected <= 2, "of 100 tests at 5 %, where nothing differs"


# -- hazard -------------------------------------------------------------------------------------------


def test_hazard_by_hand():
    # four worlds: relapse in the 6th and in the 18th month of peace, two watched for 24 months
    table = pd.concat([at_peace("a", [6, 18], 24), never("a", 2).assign(replicate=[2, 3])])
    found = hazard_by_period(table, 24)
    assert found["relapses"].tolist() == [1, 1]
    assert found["years"].tolist() == pytest.approx([3.5, 2.5])
    assert found["hazard"].tolist() == pytest.approx([1 / 3.5, 1 / 2.5])
    assert found[["first_month", "last_month"]].to_numpy().tolist() == [[1, 12], [13, 24]]
    # exact limits of one event: 0.0253 and 5.572, as printed tables have them
    assert found["low"].tolist() == pytest.approx([0.0253 / 3.5, 0.0253 / 2.5], rel=1e-3)
    assert found["high"].tolist() == pytest.approx([5.572 / 3.5, 5.572 / 2.5], rel=1e-3)


def test_hazard_finds_a_rate_that_is_known():
    rng = np.random.default_rng(8)
    relapse = rng.geometric(0.02, size=4000)
    found = hazard_by_period(at_peace("a", relapse, 2000), 2000)
    early = found[found["relapses"] > 100]
    held = (early["low"] < 0.24) & (early["high"] > 0.24)
    assert len(early) > 7 and held.mean() > 0.85


def test_hazard_where_nobody_is_left_or_nobody_relapsed():
    found = hazard_by_period(at_peace("a", [3], 24), 24)
    assert np.isnan(found.loc[1, ["hazard", "low", "high"]].to_numpy(float)).all()
    calm = hazard_by_period(never("a", 5), 12).iloc[0]
    assert (calm["hazard"], calm["low"]) == (0, 0)
    assert calm["high"] == pytest.approx(3.689 / 5, rel=1e-3)  # 3.689: the exact limit of no event
    with pytest.raises(AnalysisError, match="period takes a whole number of months from 1, not 0"):
        hazard_by_period(never("a", 5), 12, 0)


# -- competing ends -----------------------------------------------------------------------------------


def test_competing_ends_are_plain_shares_where_all_is_seen():
    relapse = pd.concat([at_peace("a", [5] * 3 + [30] * 2, 60), never("a", 5)], ignore_index=True)
    table = relapse.assign(replicate=range(10), exit_month=[9.0] * 6 + [19.0] * 2 + [np.nan] * 2)
    found = competing_ends(table, 60).pivot(index="month", columns="end", values="share")
    # three relapse in month 5; of the two that would in month 30 and one more, the mission left in month 10
    assert found.loc[[4, 5, 10, 20, 60], "relapse"].tolist() == pytest.approx([0, 0.3, 0.3, 0.3, 0.3])
    assert found.loc[[9, 10, 19, 20, 60], "exit"].tolist() == pytest.approx([0, 0.3, 0.3, 0.5, 0.5])
    assert found.sum(axis=1).tolist() == pytest.approx([1] * 61)
    band = competing_ends(table, 60).set_index(["end", "month"]).loc[("exit", 60)]
    # without anyone lost from sight, the variance is that of a share: 0.5 * 0.5 / 10
    reach = stats.norm.ppf(0.975) * np.sqrt(0.025) / (0.5 * np.log(0.5))
    assert (band["low"], band["high"]) == pytest.approx((0.5 ** np.exp(-reach), 0.5 ** np.exp(reach)))


def test_competing_ends_by_hand_where_worlds_are_lost_from_sight():
    # watched: relapse 1, exit 2, record ends at 2, relapse 3, exit 4 (months of peace); five worlds
    table = pd.DataFrame(
        {
            "form": "a",
            "replicate": range(5),
            "peace_month": [0.0, 0, 10, 0, 0],
            "relapse_month": [0.0, np.nan, np.nan, 2, np.nan],
            "exit_month": [np.nan, 1, np.nan, np.nan, 3],
        }
    )
    found = competing_ends(table, 12).set_index(["end", "month"])["share"]
    assert found["relapse"][[1, 2, 3, 4]].tolist() == pytest.approx([0.2, 0.2, 0.2 + 0.6 / 2, 0.5])
    assert found["exit"][[1, 2, 3, 4]].tolist() == pytest.approx([0, 0.2, 0.2, 0.5])
    assert found["relapse"][12] == pytest.approx(0.5), "all have come to an end"
    watched = competing_ends(table.iloc[:3], 12).set_index(["end", "month"])["share"]
    assert np.isnan(watched["relapse"][3]), "nobody is left, and what would have come is not known"


def test_without_exits_relapse_is_what_survival_leaves(leukaemia):
    incidence = competing_ends(leukaemia.assign(exit_month=np.nan), WEEKS)
    curve = survival(leukaemia, WEEKS)
    relapse, neither = (incidence[incidence["end"] == end] for end in ("relapse", "neither"))
    np.testing.assert_allclose(relapse["share"], (1 - curve["at_peace"]))
    np.testing.assert_allclose(neither[["low", "high"]], curve[["low", "high"]])
    assert relapse["at_risk"].tolist() == curve["at_risk"].tolist()


def test_an_exit_before_peace_ends_the_first_month_and_relapse_goes_before_exit():
    table = at_peace("a", [4, 4], 24, peace=8.0).assign(exit_month=[2.0, 11.0])
    found = competing_ends(table, 24).set_index(["end", "month"])["share"]
    assert found["exit"][[0, 1, 4]].tolist() == [0, 0.5, 0.5]
    assert found["relapse"][4] == 0.5


# -- what may come ------------------------------------------------------------------------------------


def test_no_relapse_at_all():
    table = pd.concat([never("a", 4), never("b", 4)]).assign(exit_month=np.nan)
    assert restricted_mean(table, 24)["mean"].tolist() == [24, 24]
    assert not restricted_mean_differences(table, 24, "b")["clear"].any()
    tested = log_rank(table, 24, "b").iloc[0]
    assert np.isnan(tested["p_value"]) and tested["relapses"] == 0
    ends = competing_ends(table, 24)
    calm = ends[(ends["form"] == "a") & (ends["end"] == "relapse") & (ends["month"] == 24)].iloc[0]
    assert (calm["share"], calm["low"], calm["high"]) == pytest.approx((0, *wilson(0, 4)))


def test_all_relapse():
    table = pd.concat([at_peace("a", [1, 2], 24), at_peace("b", [2, 4], 24)]).assign(exit_month=np.nan)
    assert restricted_mean(table, 24)["mean"].tolist() == [1.5, 3]
    assert restricted_mean_differences(table, 24, "a")["difference"].tolist() == pytest.approx([1.5])
    curve = survival(table, 24).set_index(["form", "month"])["at_peace"]
    assert curve["a"][[1, 2, 24]].tolist() == [0.5, 0, 0]
    assert log_rank(table, 24, "a")["relapses"].tolist() == [4]
    ends = competing_ends(table, 24).set_index(["form", "end", "month"])["share"]
    assert ends["a"]["relapse"][2] == 1


def test_one_world_one_form_and_no_peace():
    one = at_peace("a", [7], 24).assign(exit_month=np.nan)
    assert restricted_mean(one, 24)[["mean", "worlds"]].to_numpy().tolist() == [[7, 1]]
    assert restricted_mean_differences(one, 24, "a").empty
    assert log_rank(one, 24, "a").empty
    assert competing_ends(one, 24).shape == (75, 7)
    warring = never("a", 2, peace_month=np.nan, exit_month=3.0)
    assert np.isnan(restricted_mean(warring, 24)["mean"].iloc[0])
    assert hazard_by_period(warring, 12)["years"].tolist() == [0]
    assert competing_ends(warring, 12)["share"].isna().all()
    assert np.isnan(log_rank(pd.concat([warring, one.assign(form="b")]), 24, "b")["p_value"]).all()


def test_refusals_name_what_is_missing(leukaemia):
    with pytest.raises(AnalysisError, match="no column 'relapse_month'; did you mean 'relapse_mnth'"):
        survival(leukaemia.rename(columns={"relapse_month": "relapse_mnth"}), WEEKS)
    with pytest.raises(AnalysisError, match="no column 'exit_month'"):
        competing_ends(leukaemia, WEEKS)
    with pytest.raises(AnalysisError, match="no form named 'placeb'; did you mean 'placebo'"):
        log_rank(leukaemia, WEEKS, "placeb")
    with pytest.raises(AnalysisError, match="the runs have 12 months, but something happened in month 29"):
        survival(leukaemia, 12)
    with pytest.raises(AnalysisError, match="no worlds"):
        survival(leukaemia.iloc[:0], WEEKS)
