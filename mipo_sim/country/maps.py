"""Maps: the districts of a country, read from the stylised maps beside this file or generated."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mipo_sim.parameters.checking import ParameterError, nearest

MAPS = Path(__file__).with_name("maps")
GENERATED = "generated"  # the name of a map that is made, not read
COLUMNS = ("x_km", "y_km", "people_thousands", "remoteness", "border", "resources", "stronghold")


@dataclass(frozen=True)
class CountryMap:
    """Districts by name, one entry each in every array.

    Attributes
    ----------
    name : str
        Name of the map.
    districts : tuple of str
        District names, in the order of all arrays `[district]`.
    x_km, y_km : array
        Centres on a plane, kilometres.
    people : array
        Population, thousands.
    remoteness : array
        0 (the capital) to 1 (hardest to reach).
    border : tuple of str
        The neighbouring country whose conflict spills here, or "".
    resources : array
        Lootable trade, 0 to 1.
    stronghold : array
        How far armed groups had their home here at the start, 0 to 1.
    """

    name: str
    districts: tuple[str, ...]
    x_km: np.ndarray
    y_km: np.ndarray
    people: np.ndarray
    remoteness: np.ndarray
    border: tuple[str, ...]
    resources: np.ndarray
    stronghold: np.ndarray

    @property
    def neighbours(self) -> tuple[str, ...]:
        """Neighbouring countries that border on some district, in order of first mention."""
        return tuple(dict.fromkeys(b for b in self.border if b))


def country_map(name: str, districts: int) -> CountryMap:
    """Read a map or, for "generated", make one.

    Parameters
    ----------
    name : str
        Name of a map.
    districts : int
        How many districts a generated map has; one that is read has its own.

    Raises
    ------
    ParameterError
        As `read_map` does.
    """
    return generated_map(districts) if check_map(name) == GENERATED else read_map(name)


def check_map(name: str) -> str:
    """Refuse what is the name of no map, read or generated.

    Raises
    ------
    ParameterError
        Naming the nearest that there is, and all of them.
    """
    return _one_of(name, [*available_maps(), GENERATED])


def _one_of(name: str, known: Sequence[str]) -> str:
    if name not in known:
        raise ParameterError(f"no map named {name!r}{nearest(str(name), known)} (maps: {', '.join(known)})")
    return name


def available_maps() -> list[str]:
    """Names of the maps that come with the package."""
    return sorted(path.stem for path in MAPS.glob("*.csv"))


def read_map(name: str) -> CountryMap:
    """Read one of the maps that come with the package.

    Raises
    ------
    ParameterError
        If there is no map of that name, or its file is damaged.
    """
    path = MAPS / f"{_one_of(name, available_maps())}.csv"
    try:
        table = pd.read_csv(path, comment="#", keep_default_na=False)
        number = {c: table[c].to_numpy(dtype=np.float64) for c in COLUMNS if c != "border"}
        districts = tuple(table["district"])
    except (OSError, ValueError, KeyError):
        raise ParameterError(f"the map {str(path)!r} is damaged; install mipo_sim anew") from None
    return CountryMap(
        name=name,
        districts=districts,
        x_km=number["x_km"],
        y_km=number["y_km"],
        people=number["people_thousands"],
        remoteness=number["remoteness"],
        border=tuple(table["border"]),
        resources=number["resources"],
        stronghold=number["stronghold"],
    )


def generated_map(districts: int, people_each: float = 350.0) -> CountryMap:
    """Make a plain country of any number of districts, laid out like the seeds of a sunflower.

    The capital is in the middle and remoteness grows outward; the outer districts lie alternately
    on the borders of two neighbours and hold the armed groups' homes. It serves studies of scale.
    """
    order = np.arange(districts)
    radius = 40.0 * np.sqrt(order)
    angle = order * np.pi * (3 - np.sqrt(5))
    far = radius / max(radius.max(), 1.0)
    outer = far > 0.8
    return CountryMap(
        name=f"generated-{districts}",
        districts=tuple(f"District {i + 1}" for i in order),
        x_km=radius * np.cos(angle) + radius.max(),
        y_km=radius * np.sin(angle) + radius.max(),
        people=np.full(districts, people_each),
        remoteness=far,
        border=tuple(("North", "South")[i % 2] if out else "" for i, out in enumerate(outer)),
        resources=np.where(order % 4 == 3, 0.6, 0.1),
        stronghold=far,
    )
