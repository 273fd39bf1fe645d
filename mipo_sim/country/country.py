"""The country as a plane map: communities in districts, distances, neighbours, borders.

Every district holds the same number of communities, so that what belongs to a district is a plain
block of rows. Positions, people and neighbours come with the map and are the same in all worlds.
"""

import numpy as np

from mipo_sim.country.maps import CountryMap
from mipo_sim.ensemble import total

NEAREST = 6  # neighbouring communities that violence can spread to
# How villages lie around the first, in the centre of their district; assumptions.
CLOSE = 0.2  # distance of the second, against that from the centre to the next district's
ALONE_KM = 14.0  # the same, in kilometres, where there is no other district
TURN = 2.4  # radians from one village to the next: a golden angle, so that none lies behind another
OFF_ROAD = 0.25  # part of a village's remoteness that is its place in the district, not the district's own


class Country:
    """Geography of one map, shared by all worlds of a block.

    Parameters
    ----------
    map : CountryMap
        The districts.
    communities_per_district : int
        Communities in each district.

    Attributes
    ----------
    district_of : array of int, shape [community]
        District of each community.
    people : array, shape [community]
        Population, thousands.
    remoteness : array, shape [community]
        0 (easy) to 1 (hard to reach).
    nearest : array of int, shape [community, neighbour]
        The nearest other communities.
    """

    def __init__(self, map: CountryMap, communities_per_district: int) -> None:
        self.map = map
        self.districts, self.each = len(map.districts), communities_per_district
        self.communities = self.districts * self.each
        self.district_of = np.repeat(np.arange(self.districts), self.each)
        place = np.arange(self.each)
        distance = np.hypot(map.x_km[:, None] - map.x_km, map.y_km[:, None] - map.y_km)
        self.district_distance = _single(distance)
        # Villages lie around the district's centre; some are nearest to the next district's.
        apart = CLOSE * np.median(np.min(distance + np.diag([np.inf] * self.districts), axis=1))
        apart = apart if np.isfinite(apart) else ALONE_KM
        self.x_km = (map.x_km[:, None] + apart * np.sqrt(place) * np.cos(TURN * place)).ravel()
        self.y_km = (map.y_km[:, None] + apart * np.sqrt(place) * np.sin(TURN * place)).ravel()
        rank_share = 1 / (place + 2.0)
        self.people = _single((map.people[:, None] * rank_share / rank_share.sum()).ravel())
        off_road = OFF_ROAD * place / max(self.each - 1, 1)
        self.remoteness = _single(np.minimum(1, (1 - OFF_ROAD) * map.remoteness[:, None] + off_road).ravel())
        self.share_of_place = _single(rank_share / rank_share.sum())
        self.district_people = _single(map.people)
        self.district_share = _single(map.people / map.people.sum())
        self.district_remoteness = _single(map.remoteness)
        self.resources, self.stronghold = _single(map.resources), _single(map.stronghold)
        self.nearest = self._nearest()
        names = map.neighbours or ("none",)
        self.neighbour_names = names
        self.borders = _single([[b == n for b in map.border] for n in names])

    def __repr__(self) -> str:
        return f"<Country: {self.map.name}, {self.districts} districts, {self.communities} communities>"

    def _nearest(self) -> np.ndarray:
        count = min(NEAREST, self.communities - 1)
        apart = np.hypot(self.x_km[:, None] - self.x_km, self.y_km[:, None] - self.y_km)
        np.fill_diagonal(apart, np.inf)
        return np.argsort(apart, axis=1, kind="stable")[:, :count]

    def border_pressure(self, spill: np.ndarray) -> np.ndarray:
        """What spills into each district from the neighbours it borders on, `[neighbour, world]` in."""
        return total(self.borders[:, :, None] * spill[:, None, :], axis=0)

    def blocks(self, by_community: np.ndarray) -> np.ndarray:
        """View `[community, ..., world]` as `[district, place, ..., world]`."""
        return by_community.reshape(self.districts, self.each, *by_community.shape[1:])

    def district_mean(self, by_community: np.ndarray) -> np.ndarray:
        """People-weighted mean over the communities of each district."""
        places = self.blocks(by_community)
        if places.ndim == 3:
            return total(places * self.share_of_place[:, None], axis=1)
        mean = places[:, 0] * self.share_of_place[0]
        for place in range(1, self.each):  # place by place: many small sums are faster than one large product
            mean += places[:, place] * self.share_of_place[place]
        return mean

    def to_communities(self, by_district: np.ndarray, rows: slice | int) -> np.ndarray:
        """Give the communities of `rows` a copy of what is true of their district."""
        here = self.district_of[rows]
        if np.ndim(here) == 0:
            return by_district[here].copy()
        if by_district.ndim == 2 or by_district.strides[0] > by_district.strides[1]:
            return by_district[here]
        by_sector = np.take(by_district.swapaxes(0, 1), here, axis=1)  # sector by sector, as it lies
        return by_sector.swapaxes(0, 1)

    def national_mean(self, by_district: np.ndarray) -> np.ndarray:
        """People-weighted mean over districts, `[district, ..., world]` to `[..., world]`."""
        return total(by_district * self.district_share.reshape(-1, *[1] * (by_district.ndim - 1)), axis=0)


def _single(values: object) -> np.ndarray:
    return np.ascontiguousarray(np.asarray(values, dtype=np.float32))
