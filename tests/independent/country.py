"""*Notation* and *The country* of docs/model.md: short forms of the page, parameters, and a map's places.

Arrays are `[world, agent, ...]`, in double precision. Parameters are one number for all worlds of a run.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

PACKAGE = Path(__file__).parents[2] / "mipo_sim"  # its tables and maps are read, its code is not
SECTORS = ("security", "relief", "justice", "livelihoods", "reintegration")
SECURITY, RELIEF, JUSTICE, LIVELIHOODS, REINTEGRATION = range(5)
LEVELS = ("strategic", "operational", "tactical")
STRATEGIC, OPERATIONAL, TACTICAL = range(3)


# ---------------------------------------------------------------- Notation


def logistic(x):
    return 1 / (1 + np.exp(-np.clip(x, -60, 60)))


def share(part, whole):
    return part / np.maximum(whole, 1e-9)


def covered(met, need):
    return np.minimum((met + 1e-9) / (need + 1e-9), 1)


def spread(x, axis=-1):
    """Shares of a sum over an axis; even shares of nothing."""
    whole = x.sum(axis, keepdims=True)
    nothing = whole <= 1e-9
    return np.where(nothing, 1 / x.shape[axis], x / np.where(nothing, 1, whole))


def among(able, x):
    """Shares of sectors, of those in which an agency is able."""
    return spread(np.where(able, x + 1e-6, 0))


def apart(these, those):
    return np.abs(these - those).sum(-1) / 2


def near(middle, z):
    return middle * np.exp(z) / (middle * np.exp(z) + 1 - middle)


def each(x):
    """One number a world, for every agent."""
    return x[:, None]


# ---------------------------------------------------------------- Parameters


def parameters(values: Mapping[str, float]) -> SimpleNamespace:
    """Declared defaults but for `values`, by group and name: `p.conflict.attack`."""
    p = SimpleNamespace()
    for table in ("context", "levers", "behaviour"):
        rows = pd.read_csv(PACKAGE / "parameters" / f"{table}.csv")
        for name, default in zip(rows["name"], rows["default"], strict=True):
            put(p, name, values.get(name, default))
    return p


def put(p: SimpleNamespace, name: str, value: float) -> None:
    group, key = name.split(".")
    vars(p).setdefault(group, SimpleNamespace())
    setattr(getattr(p, group), key, float(value))


def of_sectors(p) -> np.ndarray:
    """The text of the mandate: its five tasks."""
    return np.array([getattr(p.mandate, sector) for sector in SECTORS])


def of_levels(p) -> np.ndarray:
    """The form that is ordered: its three levels."""
    return np.array([getattr(p.integration, level) for level in LEVELS])


# ---------------------------------------------------------------- The country


class Country:
    """Geography, the same in all worlds. Communities stand district by district."""

    def __init__(self, p: SimpleNamespace, name: str) -> None:
        ground = _sunflower(int(p.country.districts)) if name == "generated" else _map(name)
        self.districts, self.places = len(ground), int(p.country.communities_per_district)
        self.communities = self.districts * self.places
        self.people = ground["people_thousands"].to_numpy(float)
        self.remoteness = ground["remoteness"].to_numpy(float)
        self.resources = ground["resources"].to_numpy(float)
        self.stronghold = ground["stronghold"].to_numpy(float)
        self.all_people = self.people.sum()
        neighbours = list(dict.fromkeys(ground["border"].dropna()))
        self.borders = np.array([ground["border"] == land for land in neighbours], float)
        if not neighbours:
            self.borders = np.zeros((1, self.districts))
        self._settle(ground[["x_km", "y_km"]].to_numpy(float))

    def _settle(self, centre: np.ndarray) -> None:
        n = np.arange(self.places)
        self.weight = 1 / (n + 2)
        self.weight /= self.weight.sum()
        self.people_c = (self.people[:, None] * self.weight).ravel()
        out = 0.25 * n / max(self.places - 1, 1)
        self.remoteness_c = np.minimum(1, 0.75 * self.remoteness[:, None] + out).ravel()
        self.distance = _distances(centre)
        to_next = (self.distance + np.diag([np.inf] * self.districts)).min(1)
        a = 0.2 * np.median(to_next) if self.districts > 1 else 14
        around = a * np.sqrt(n)[:, None] * np.c_[np.cos(2.4 * n), np.sin(2.4 * n)]
        between = _distances((centre[:, None] + around).reshape(-1, 2))
        np.fill_diagonal(between, np.inf)
        self.nearest = np.argsort(between, 1, kind="stable")[:, : min(6, self.communities - 1)]

    def by_district(self, x):
        """Communities `[world, community, ...]` as `[world, district, place, ...]`."""
        return x.reshape(len(x), self.districts, self.places, *x.shape[2:])

    def pop(self, x):
        return np.einsum("wdn...,n->wd...", self.by_district(x), self.weight)

    def nation(self, x):
        return np.einsum("wd...,d->w...", x, self.people) / self.all_people

    def here(self, x):
        """What every community has from its district."""
        return np.repeat(x, self.places, axis=1)

    def across(self, x):
        return x @ self.borders

    def of_people(self, x):
        """Sectors of districts, `[world, district, sector]`, times people, as `[world, sector, district]`."""
        return (x * self.people[:, None]).transpose(0, 2, 1)


def _distances(points: np.ndarray) -> np.ndarray:
    return np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))


def _map(name: str) -> pd.DataFrame:
    return pd.read_csv(PACKAGE / "country" / "maps" / f"{name}.csv", comment="#")


def _sunflower(districts: int) -> pd.DataFrame:
    n = np.arange(districts)
    radius, angle = 40 * np.sqrt(n), n * math.pi * (3 - math.sqrt(5))
    out = radius / max(radius.max(), 1e-9)
    border = np.where(out > 0.8, np.where(n % 2 == 0, "even", "odd"), None)
    return pd.DataFrame(
        {
            "x_km": radius * np.cos(angle),
            "y_km": radius * np.sin(angle),
            "people_thousands": 350.0,
            "remoteness": out,
            "stronghold": out,
            "resources": np.where(n % 4 == 3, 0.6, 0.1),
            "border": border,
        }
    )
