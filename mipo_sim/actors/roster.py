"""Who is in the country: agencies by kind, what each can do, and the programmes that follow from it."""

from dataclasses import dataclass

import numpy as np

from mipo_sim.actors.agencies import (
    Agency,
    BankProgramme,
    BilateralProgramme,
    CountryTeamAgency,
    HumanitarianAgency,
    MissionComponent,
    NGOGroup,
    RegionalBody,
)

# Ability by sector: security, relief, justice, livelihoods, reintegration. An agency works where it has any.
# Stylised from the division of labour in integrated missions; assumption.
ABILITIES: dict[type[Agency], tuple[tuple[float, ...], ...]] = {
    MissionComponent: (
        (0.8, 0, 1.0, 0, 0.7),  # political and civil affairs
        (1.0, 0, 0.8, 0, 0),  # police
        (0, 0.6, 1.0, 0, 0),  # human rights and rule of law
        (0.7, 0, 0, 0.6, 1.0),  # disarmament, reintegration, reform of forces
        (0, 0.7, 0.7, 0.9, 0),  # recovery in the field
        (0.8, 0.8, 0, 0, 0),  # protection and liaison with humanitarians
    ),
    HumanitarianAgency: (
        (0, 1.0, 0, 0.7, 0),  # food
        (0, 1.0, 0.6, 0, 0),  # health and protection
        (0, 1.0, 0, 0.7, 0.7),  # refugees and return
        (0, 1.0, 0, 0.8, 0),  # children, water
    ),
    CountryTeamAgency: (
        (0, 0, 1.0, 0.9, 0.8),  # governance and development
        (0, 0.7, 0, 1.0, 0),  # agriculture
        (0, 0, 0.7, 1.0, 0.8),  # labour and youth
    ),
    BankProgramme: ((0, 0, 0.8, 1.0, 0.6),),
    NGOGroup: ((0, 1.0, 0, 0.8, 0), (0, 0, 0.9, 0.9, 0)),
    RegionalBody: ((0.9, 0, 0, 0, 0.9),),
    BilateralProgramme: ((0.8, 0, 0, 0, 1.0), (0, 0.8, 0, 1.0, 0)),
}
# Size against the average voluntary agency, largest first within a kind; assumption.
WEIGHTS = (1.6, 1.0, 0.8, 0.6)


@dataclass(frozen=True)
class Roster:
    """Agencies and programmes of a world.

    Attributes
    ----------
    counts : dict
        Number of agencies by sub-kind, in row order.
    abilities : array, shape [agency, sector]
        Ability of each agency by sector.
    weights : array, shape [agency]
        Size of each agency; 0 for components of the mission, which live on assessed posts.
    programmes : list of (agency row, sector)
        One for each sector that an agency works in, agency by agency.
    agency_of, sector_of : arrays of int, shape [programme]
        Agency row and sector of each programme.
    first_of : array of int, shape [agency]
        First programme of each agency.
    by_sector : tuple of arrays of int
        Programmes of each sector.
    by_kind : dict of tuples of arrays of int
        The same, of each sub-kind of agency.
    """

    counts: dict[type[Agency], int]
    abilities: np.ndarray
    weights: np.ndarray
    programmes: list[tuple[int, int]]
    agency_of: np.ndarray
    sector_of: np.ndarray
    first_of: np.ndarray
    by_sector: tuple[np.ndarray, ...]
    by_kind: dict[type[Agency], tuple[np.ndarray, ...]]


def make_roster(counts: dict[type[Agency], int]) -> Roster:
    """List agencies by kind; further agencies of a kind repeat its abilities in turn."""
    abilities, weights = [], []
    for kind, number in counts.items():
        known = ABILITIES[kind]
        for i in range(number):
            abilities.append(known[i % len(known)])
            weights.append(0.0 if kind is MissionComponent else WEIGHTS[i % len(WEIGHTS)])
    table = np.asarray(abilities, dtype=np.float32).reshape(-1, 5)
    programmes = [(int(a), int(s)) for a, s in np.argwhere(table > 0)]
    agency_of = np.array([a for a, _ in programmes], dtype=np.intp)
    sector_of = np.array([s for _, s in programmes], dtype=np.intp)
    by_sector = tuple(np.flatnonzero(sector_of == sector) for sector in range(5))
    kind_of = np.repeat(np.arange(len(counts)), list(counts.values()))[agency_of]
    return Roster(
        counts=counts,
        abilities=table,
        weights=np.asarray(weights, dtype=np.float32),
        programmes=programmes,
        agency_of=agency_of,
        sector_of=sector_of,
        first_of=np.searchsorted(agency_of, np.arange(len(table))),
        by_sector=by_sector,
        by_kind={
            kind: tuple(mine[kind_of[mine] == number] for mine in by_sector)
            for number, kind in enumerate(counts)
        },
    )
