"""The country: its map, its districts, its borders."""

from mipo_sim.country.country import Country
from mipo_sim.country.district import District
from mipo_sim.country.maps import CountryMap, available_maps, check_map, country_map, generated_map, read_map

__all__ = [
    "Country",
    "CountryMap",
    "District",
    "available_maps",
    "check_map",
    "country_map",
    "generated_map",
    "read_map",
]
