"""The calibration study: its data hold together, and a small version of it works from end to end."""

import csv
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.calibration import stages
from experiments.calibration.__main__ import POSTERIOR, study
from experiments.calibration.apply import TABLE, with_defaults
from experiments.calibration.emulator import Emulator
from experiments.calibration.free import HERE, bands_of, defaults, fitted, places_of, priors, values_at
from experiments.calibration.history import Ruling, latin_hypercube, left_over, worst
from experiments.calibration.simulate import Work
from mipo_sim.evidence import declared_targets, simulated_targets
from mipo_sim.parameters import declared

ROWS = ("T1.5y", "T10.month")  # one share, one that is not


def committed(name):
    return pd.read_csv(HERE / f"{name}.csv")


# -- the data ---------------------------------------------------------------------------------------------


def test_posterior_lies_within_the_prior():
    sample = pd.read_csv(POSTERIOR)
    assert list(sample) == [prior.name for prior in priors()]
    assert 200 <= len(sample) <= 500
    for prior in priors():
        assert sample[prior.name].between(prior.low * 0.999, prior.high * 1.001).all(), prior.name


def test_every_target_is_fitted_or_the_reason_is_given():
    rows = committed("rows")
    assert set(rows["row"]) == set(declared_targets())
    assert rows["reason"].str.len().gt(3).all()


def test_bands_are_the_published_ones():
    table = committed("predictive").set_index("row")
    for row, target in declared_targets().items():
        assert (table.band_low[row], table.band_high[row]) == pytest.approx((target.low, target.high)), row


def test_chosen_point_is_within_the_prior_and_can_be_applied():
    lines = (HERE / "chosen.csv").read_text(encoding="utf-8").splitlines()
    chosen = {row["name"]: row["chosen"] for row in csv.DictReader(lines)}
    assert list(chosen) == [prior.name for prior in priors()]
    assert all(prior.low <= float(chosen[prior.name]) <= prior.high for prior in priors())
    before = TABLE.read_text(encoding="utf-8")
    old, new = (list(csv.DictReader(text.splitlines())) for text in (before, with_defaults(before, chosen)))
    for was, now in zip(old, new, strict=True):
        assert now == was | {"default": chosen.get(was["name"], was["default"])}


def test_screening_covers_all_behaviour():
    movable = {p.name for p in declared().values() if p.role == "behaviour" and not p.structural}
    assert set(committed("screening")["name"]) == movable


# -- the method, on surfaces that are known ------------------------------------------------------------------


def known(unit):
    """A share that falls with the first parameter, and months that rise with the second."""
    share = 1 / (1 + np.exp(4 * unit[:, 0] - 2))
    return pd.DataFrame({"T1.5y": share, "T10.month": 5 + 14 * unit[:, 1] ** 2})


@pytest.fixture(scope="module")
def ruling():
    unit = latin_hypercube(80, 3, 1)
    return Ruling(Emulator.of(unit, known(unit), bands_of(ROWS), 100, np.zeros(2)), bands_of(ROWS))


def test_emulator_foretells_what_it_has_not_seen(ruling):
    unit = np.random.default_rng(2).random((50, 3)) * 0.8 + 0.1
    found, truth = ruling.emulator.emulated(unit), known(unit)
    assert np.abs(found["T1.5y"] - truth["T1.5y"]).max() < 0.05
    assert np.abs(found["T10.month"] - truth["T10.month"]).max() < 0.5


def test_what_is_left_meets_the_bands(ruling):
    unit, share = left_over(worst([ruling]), 200, 3, seed=3, cut=0)
    found, bands = known(unit), bands_of(ROWS)
    assert len(unit) == 200
    assert 0 < share < 0.5
    for row, low, high in zip(bands.rows, bands.low, bands.high, strict=True):
        assert found[row].between(low - 0.03 * (high - low), high + 0.03 * (high - low)).mean() > 0.95, row


def test_what_no_target_feels_stays_as_wide_as_it_was(ruling):
    unit, _ = left_over(worst([ruling]), 400, 3, seed=4, cut=0)
    assert unit[:, 2].std() == pytest.approx(1 / np.sqrt(12), rel=0.12)
    assert unit[:, 1].std() < 0.25


def test_nothing_is_left_where_bands_contradict(ruling):
    low, high = np.array([0.98, 40]), np.array([0.99, 50])
    impossible = replace(bands_of(ROWS), low=low, high=high)
    unit, share = left_over(worst([Ruling(ruling.emulator, impossible)]), 50, 3, seed=5)
    assert (len(unit), share) == (0, 0)


# -- the study --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_small_study(tmp_path):
    work = Work(tmp_path / "batches", workers=1)
    predicted = study(stages.SMALL, work, tmp_path, tmp_path / "posterior.csv")
    sample = pd.read_csv(tmp_path / "posterior.csv")
    assert list(sample) == [prior.name for prior in priors()[: stages.SMALL.free]]
    assert len(sample) == stages.SMALL.posterior
    assert tuple(predicted["row"]) == fitted().rows
    for picture in ("targets", "parameters", "pairs"):
        assert (tmp_path / f"{picture}.png").stat().st_size > 5_000
    prior, after = (_off(predicted, which) for which in ("prior", "posterior"))
    assert after < prior
    again = study(stages.SMALL, work, tmp_path, tmp_path / "posterior.csv")  # all batches are there
    assert again.equals(predicted)


def _off(predicted, which):
    """How far the ends of simulated sets lie outside the bands, in widths of a band, over all rows."""
    width = predicted.band_high - predicted.band_low
    below = (predicted.band_low - predicted[f"{which}_low"]).clip(lower=0) / width
    above = (predicted[f"{which}_high"] - predicted.band_high).clip(lower=0) / width
    return float((below + above).mean())


@pytest.mark.slow
def test_the_committed_posterior_gives_the_committed_figures():
    free = priors()
    draws = places_of(free, pd.read_csv(POSTERIOR))[::16]
    bands = fitted()
    found = simulated_targets(values_at(free, draws), worlds=16, seed=90_001, rows=bands.rows)
    table = committed("predictive").set_index("row").loc[list(bands.rows)]
    slack = 1e-3 * table.posterior_median.abs()  # of rows that no free parameter moves
    inside = found.mean().between(table.posterior_low - slack, table.posterior_high + slack)
    assert inside.all(), list(inside.index[~inside])


@pytest.mark.slow
def test_the_chosen_point_gives_the_committed_figures():
    chosen = committed("chosen").set_index("name")["chosen"]
    assert set(chosen.index) == set(defaults(priors()))
    rows = ("T1", "T2", "T16.persistence", "T10")
    found = simulated_targets(dict(chosen), worlds=200, seed=90_002, rows=rows).iloc[0]
    table = committed("predictive").set_index("row").loc[list(found.index)]
    spread = (table.chosen_to - table.chosen_from) * np.sqrt(500 / 200 + 1)
    near = (found - table.chosen).abs() <= 1.5 * spread / 2 + 1e-3 * table.chosen.abs()
    assert near.all(), list(near.index[~near])
