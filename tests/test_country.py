"""The country: maps, districts and communities, who is near whom, and means over people."""

import numpy as np
import pytest

from mipo_sim.country import (
    Country,
    CountryMap,
    available_maps,
    check_map,
    country_map,
    generated_map,
    read_map,
)
from mipo_sim.parameters import ParameterError


def _square() -> CountryMap:
    """Four districts on a square of 100 km; A is the capital, D borders on Here."""
    return CountryMap(
        name="square",
        districts=("A", "B", "C", "D"),
        x_km=np.array([0.0, 100.0, 0.0, 100.0]),
        y_km=np.array([0.0, 0.0, 100.0, 100.0]),
        people=np.array([400.0, 300.0, 200.0, 100.0]),
        remoteness=np.array([0.0, 0.4, 0.6, 1.0]),
        border=("", "There", "", "Here"),
        resources=np.array([0.0, 0.2, 0.5, 1.0]),
        stronghold=np.array([0.0, 0.1, 0.5, 0.9]),
    )


# ---------------------------------------------------------------- communities


@pytest.mark.parametrize("each", [1, 3, 9])
def test_people_of_a_district_live_in_its_communities(each: int) -> None:
    country = Country(_square(), each)
    assert country.communities == 4 * each
    assert country.district_of.tolist() == [d for d in range(4) for _ in range(each)]
    assert country.people.reshape(4, each).sum(axis=1) == pytest.approx([400, 300, 200, 100])
    assert country.district_share == pytest.approx([0.4, 0.3, 0.2, 0.1])


def test_first_community_of_a_district_is_the_largest_and_easiest_to_reach() -> None:
    country = Country(_square(), 5)
    people, far = country.people.reshape(4, 5), country.remoteness.reshape(4, 5)
    assert (np.diff(people, axis=1) < 0).all() and (np.diff(far, axis=1) > 0).all()
    assert far.min() == 0 and far.max() <= 1


def test_communities_know_their_nearest_others() -> None:
    country = Country(_square(), 9)
    assert country.nearest.shape == (36, 6)
    apart = np.hypot(
        country.x_km[:, None] - country.x_km[country.nearest],
        country.y_km[:, None] - country.y_km[country.nearest],
    )
    for community in range(36):
        assert community not in country.nearest[community], "nobody is its own neighbour"
        others = np.delete(np.arange(36), [community, *country.nearest[community]])
        rest = np.hypot(
            country.x_km[others] - country.x_km[community], country.y_km[others] - country.y_km[community]
        )
        assert apart[community].max() <= rest.min() + 1e-6


def test_violence_can_cross_from_district_to_district() -> None:
    country = Country(read_map("heartland"), 9)
    here = country.district_of[:, None]
    assert (country.district_of[country.nearest] != here).any(), "every neighbour is in the own district"


# ---------------------------------------------------------------- means and borders


def test_means_are_weighted_by_people() -> None:
    country = Country(_square(), 3)
    values = np.arange(12, dtype=np.float32)[:, None] * np.float32([1, 2])
    people = country.people[:, None]
    by_district = (values * people).reshape(4, 3, 2).sum(axis=1) / people.reshape(4, 3, 1).sum(axis=1)
    assert country.district_mean(values) == pytest.approx(by_district, rel=1e-5)
    national = (values * people).sum(axis=0) / people.sum()
    assert country.national_mean(country.district_mean(values)) == pytest.approx(national, rel=1e-5)


def test_what_is_true_everywhere_is_the_mean() -> None:
    country = Country(read_map("heartland"), 9)
    ones = np.ones((country.communities, 5, 2), dtype=np.float32)
    assert country.national_mean(country.district_mean(ones)) == pytest.approx(np.ones((5, 2)), rel=1e-5)


@pytest.mark.parametrize("axes", [(), (5,)])
def test_districts_tell_their_communities(axes: tuple[int, ...]) -> None:
    country = Country(_square(), 3)
    shape = (4, *axes, 2)
    by_district = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    told = country.to_communities(by_district, slice(0, 12))
    assert told.shape == (12, *axes, 2)
    for community in range(12):
        assert np.array_equal(told[community], by_district[community // 3])
        alone = country.to_communities(by_district, community)
        assert np.array_equal(alone, by_district[community // 3])


@pytest.mark.parametrize("rows", [slice(0, 12), slice(3, 6), 4], ids=str)
def test_what_communities_are_told_is_theirs_to_change(rows: slice | int) -> None:
    country = Country(_square(), 3)
    by_district = np.ones((4, 5, 2), dtype=np.float32)
    told = country.to_communities(by_district, rows)
    told *= 7
    assert (by_district == 1).all(), "a community that changes what it was told changes its district"


def test_conflict_spills_into_the_districts_on_its_border() -> None:
    country = Country(_square(), 2)
    assert country.neighbour_names == ("There", "Here")
    spill = np.float32([[0.5, 0.0], [0.0, 0.25]])  # There in the first world, Here in the second
    assert country.border_pressure(spill).tolist() == [[0, 0], [0.5, 0], [0, 0], [0, 0.25]]


# ---------------------------------------------------------------- maps


@pytest.mark.parametrize("name", available_maps())
def test_maps_that_come_with_the_package_are_sound(name: str) -> None:
    map = read_map(name)
    count = len(map.districts)
    assert 8 <= count <= 30 and len(set(map.districts)) == count, "8 to 30 districts, each with its own name"
    assert (map.people > 0).all()
    for column in (map.remoteness, map.resources, map.stronghold):
        assert len(column) == count and column.min() >= 0 and column.max() <= 1
    assert (map.remoteness == 0).sum() == 1 and map.remoteness.max() == 1, (
        "one capital, and one hardest place"
    )
    assert len({*zip(map.x_km, map.y_km, strict=True)}) == count, "no two districts in one place"
    assert 1 <= len(map.neighbours) <= 3
    assert map.stronghold.max() > 0, "armed groups have a home"


def test_unknown_map_is_refused_with_the_list_of_maps() -> None:
    for ask in (read_map, check_map, lambda name: country_map(name, 3)):
        with pytest.raises(ParameterError, match=r"'hartland'; did you mean 'heartland'.*osambria"):
            ask("hartland")
    with pytest.raises(ParameterError, match="no map named 'generated'"):
        read_map("generated")


def test_generated_map_is_one_of_the_maps_of_a_country() -> None:
    assert check_map("generated") == "generated"
    assert country_map("generated", 3).districts == generated_map(3).districts
    assert country_map("heartland", 3).districts == read_map("heartland").districts


@pytest.mark.parametrize("districts", [1, 2, 3, 14, 100, 600])
def test_generated_map_has_any_number_of_districts(districts: int) -> None:
    map = generated_map(districts)
    assert len(set(map.districts)) == districts
    assert map.remoteness[0] == 0 and map.remoteness.max() <= 1
    assert len(map.border) == districts
    country = Country(map, 2)
    assert country.people.sum() == pytest.approx(350 * districts)
    assert np.isfinite(country.x_km).all() and np.isfinite(country.remoteness).all()
