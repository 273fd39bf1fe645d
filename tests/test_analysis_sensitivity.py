"""Which axes an outcome depends on: functions whose indices and effects are known in closed form."""

import sys

import numpy as np
import pandas as pd
import pytest

from mipo_sim.analysis import (
    AnalysisError,
    PairingError,
    differences_by_point,
    morris_effects,
    sobol_indices,
)
from mipo_sim.sweeps.designs import make_design

LEVERS = ["funding.predictable", "funding.aligned", "mandate.clarity"]


def swept(function, kind="saltelli", n=512, replicates=1, luck=0.0, own=0.0, levers=LEVERS, **numbers):
    """Worlds of a design in the unit cube, with luck that all points share and luck of their own."""
    ranges = {name: {"low": 0, "high": 1} for name in levers}
    design = make_design({"kind": kind, "n": n, "seed": 3, **numbers, "levers": ranges})
    rows = design.rows(0, design.points).reset_index()
    came = function(*rows[levers].to_numpy(float).T)
    rng = np.random.default_rng(0)
    values = came[:, None] + luck * rng.standard_normal(replicates)
    values = values + own * rng.standard_normal((len(rows), replicates))
    worlds = rows.loc[np.repeat(rows.index, replicates)]
    return worlds.assign(replicate=np.tile(np.arange(replicates), len(rows)), good=values.ravel())


def ishigami(x, y, z, a=7.0, b=0.1):
    """Ishigami & Homma (1990), on the unit cube."""
    one, two, three = (np.pi * (2 * each - 1) for each in (x, y, z))
    return np.sin(one) + a * np.sin(two) ** 2 + b * three**4 * np.sin(one)


def ishigami_indices(a=7.0, b=0.1):
    """Closed form: variances of the parts, by integration."""
    first = (1 + b * np.pi**4 / 5) ** 2 / 2
    second = a**2 / 8
    with_third = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = first + second + with_third
    return np.array([first, second, 0]) / whole, np.array([first + with_third, second, with_third]) / whole


@pytest.fixture(scope="module")
def worlds():
    return swept(ishigami, n=4096, order=2)


def test_sobol_indices_of_ishigami(worlds):
    found = sobol_indices(worlds, LEVERS, "good", order=2, resamples=200)
    first, total = ishigami_indices()
    by = found.set_index(["index", "axis"])
    np.testing.assert_allclose(by.loc["first", "value"], first, atol=0.02)
    np.testing.assert_allclose(by.loc["total", "value"], total, atol=0.02)
    pair = f"{LEVERS[0]} × {LEVERS[2]}"
    assert by.loc[("second", pair), "value"] == pytest.approx(total[2], abs=0.03)
    assert by.loc["second", "value"].drop(pair).abs().max() < 0.03
    truth = [*first, *total]
    held = (by["low"].iloc[:6] <= truth) & (truth <= by["high"].iloc[:6])
    assert held.sum() >= 5
    assert set(found["samples"]) == {4096}


def test_intervals_shrink_with_samples():
    wide, narrow = (sobol_indices(swept(ishigami, n=n), LEVERS, "good") for n in (128, 2048))
    ratio = (wide["high"] - wide["low"]) / (narrow["high"] - narrow["low"])
    assert ratio.median() == pytest.approx(4, rel=0.4)


def test_order_of_rows_does_not_matter(worlds):
    shuffled = worlds.sample(frac=1, random_state=1)
    again = sobol_indices(shuffled, LEVERS, "good", order=2, resamples=10)
    pd.testing.assert_frame_equal(again, sobol_indices(worlds, LEVERS, "good", order=2, resamples=10))


def test_shared_luck_moves_no_index_and_luck_of_ones_own_shows_as_noise():
    calm = sobol_indices(swept(ishigami), LEVERS, "good")
    shared = sobol_indices(swept(ishigami, replicates=4, luck=30), LEVERS, "good")
    np.testing.assert_allclose(shared["value"], calm["value"], atol=1e-9)
    assert shared["noise"].iloc[0] == pytest.approx(0, abs=1e-12)
    assert np.isnan(calm["noise"].iloc[0]), "one replicate cannot tell"
    variance = 13.845  # of Ishigami's function
    noisy = sobol_indices(swept(ishigami, replicates=4, own=4.0), LEVERS, "good")
    assert noisy["noise"].iloc[0] == pytest.approx((16 / 4) / (variance + 16 / 4), rel=0.1)


def test_indices_of_a_difference_between_forms():
    # the axes do much for both forms, but only the second decides between them
    both = swept(lambda x, y, z: 10 * x + z), swept(lambda x, y, z: 10 * x + z + y**2)
    worlds = pd.concat([table.assign(form=form) for form, table in zip("ba", both, strict=True)])
    apart = differences_by_point(worlds, "good", "a", "b")
    found = sobol_indices(apart, LEVERS, "good").set_index(["index", "axis"])["value"]
    np.testing.assert_allclose(found["first"], [0, 1, 0], atol=0.02)
    np.testing.assert_allclose(found["total"], [0, 1, 0], atol=0.02)
    with pytest.raises(PairingError, match="same points and replicates"):
        differences_by_point(worlds.iloc[1:], "good", "a", "b")
    with pytest.raises(AnalysisError, match="no form named 'c'"):
        differences_by_point(worlds, "good", "a", "c")


def test_an_outcome_that_never_varies_has_no_indices():
    worlds = swept(lambda x, y, z: 0 * x, n=16, replicates=2)
    found = sobol_indices(worlds, LEVERS, "good")
    assert found[["value", "low", "high"]].isna().all().all()
    still = morris_effects(swept(lambda x, y, z: 0 * x, "morris", n=4), LEVERS, "good")
    assert (still["value"] == 0).all()


# -- elementary effects -------------------------------------------------------------------------------


def test_morris_effects_of_a_plane_are_its_slopes():
    # with four levels an axis moves by two thirds of its range
    found = morris_effects(swept(lambda x, y, z: 3 * x - 6 * y, "morris", n=10), LEVERS, "good")
    by = found.set_index(["measure", "axis"])
    np.testing.assert_allclose(by.loc["mu_star", "value"], [2, 4, 0], atol=1e-12)
    np.testing.assert_allclose(by.loc["mu", "value"], [2, -4, 0], atol=1e-12)
    np.testing.assert_allclose(by.loc["sigma", ["value", "low", "high"]], 0, atol=1e-12)
    assert set(found["trajectories"]) == {10}


def test_morris_effects_of_two_axes_that_act_together():
    # an effect of x is 2/3 of where y stands: on four even levels that has mean 1/2 and variance 5/36
    found = morris_effects(swept(lambda x, y, z: x * y, "morris", n=400), LEVERS, "good", resamples=100)
    by = found.set_index(["measure", "axis"])
    sigma = 2 / 3 * np.sqrt(5 / 36)
    for measure, known in (("mu_star", 1 / 3), ("mu", 1 / 3), ("sigma", sigma)):
        for axis in LEVERS[:2]:
            row = by.loc[(measure, axis)]
            assert row["value"] == pytest.approx(known, rel=0.1)
            assert row["low"] < row["value"] < row["high"]


def test_morris_effects_of_options_have_no_sign():
    design = make_design({"kind": "morris", "n": 30, "levers": {"integration": None, LEVERS[0]: None}})
    rows = design.rows(0, design.points).reset_index()
    worlds = rows.assign(replicate=0, good=(rows["integration"] == "full") + rows[LEVERS[0]])
    found = morris_effects(worlds, ["integration", LEVERS[0]], "good").set_index(["axis", "measure"])
    assert found.loc[("integration", "mu_star"), "value"] > 0
    assert np.isnan(found.loc[("integration", "mu"), "value"])
    assert found.loc[(LEVERS[0], "mu"), "value"] == pytest.approx(2 / 3)


# -- refusals -----------------------------------------------------------------------------------------


def test_refusals_say_what_is_missing(worlds):
    with pytest.raises(AnalysisError, match="no column 'godo'; did you mean 'good'"):
        sobol_indices(worlds, LEVERS, "godo")
    with pytest.raises(AnalysisError, match="has a multiple of 5 points, two times 5 at least, not 32768"):
        sobol_indices(worlds, LEVERS, "good")
    with pytest.raises(AnalysisError, match="no world of point 3"):
        sobol_indices(worlds[worlds["point"] != 3], LEVERS, "good", order=2)
    undefined = worlds.assign(good=worlds["good"].where(worlds["point"] > 4))
    with pytest.raises(AnalysisError, match="good is not defined in any world of 5 of 32768 points"):
        sobol_indices(undefined, LEVERS, "good", order=2)
    for axes in (LEVERS[::-1], LEVERS[:1]):
        with pytest.raises(AnalysisError, match=r"not those of a saltelli design|has a multiple of"):
            sobol_indices(worlds, axes, "good", order=2)
    with pytest.raises(AnalysisError, match="order is 1 or 2, not 3"):
        sobol_indices(worlds, LEVERS, "good", order=3)
    with pytest.raises(AnalysisError, match="do not move one axis at a time"):
        morris_effects(worlds, LEVERS, "good")


def test_without_salib_one_line_says_what_to_install(worlds, monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    monkeypatch.delitem(sys.modules, "SALib.analyze.sobol", raising=False)
    with pytest.raises(ImportError, match=r"needs SALib: pip install 'mipo-sim\[analysis\]'"):
        sobol_indices(worlds, LEVERS, "good", order=2)
