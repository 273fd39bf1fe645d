"""Layouts: where the points of a design lie, any stretch of them without the others.

A layout says for each point and axis which of the axis's values is meant (whole numbers from 0) or how
far along its range the point lies (0 to 1), as an array `[point, axis]`. Rows lo to hi are the same
however they are asked for.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Protocol

import numpy as np

PAGE = 4096  # points of a Sobol sequence drawn together, a power of two


class Layout(Protocol):
    """Where the points of a design lie."""

    @property
    def points(self) -> int:
        """How many points there are."""

    def places(self, lo: int, hi: int) -> np.ndarray:
        """Points lo to hi - 1, one row each."""


@dataclass(frozen=True)
class Grid:
    """All combinations, as nested loops: the last axis moves fastest."""

    sizes: tuple[int, ...]

    @property
    def points(self) -> int:
        """How many points there are."""
        return prod(self.sizes)

    def places(self, lo: int, hi: int) -> np.ndarray:
        """Points lo to hi - 1, one row each."""
        return np.array(np.unravel_index(np.arange(lo, hi), (1, *self.sizes)))[1:].T


@dataclass(frozen=True)
class Zipped:
    """The first values of all axes, then the second of all, and so on."""

    points: int
    axes: int

    def places(self, lo: int, hi: int) -> np.ndarray:
        """Points lo to hi - 1, one row each."""
        return np.repeat(np.arange(lo, hi)[:, None], self.axes, axis=1)


@dataclass(frozen=True)
class OneAtATime:
    """The base point, with the first value of every axis; then each axis through its other values."""

    sizes: tuple[int, ...]

    @property
    def points(self) -> int:
        """How many points there are."""
        return 1 + sum(size - 1 for size in self.sizes)

    def places(self, lo: int, hi: int) -> np.ndarray:
        """Points lo to hi - 1, one row each."""
        others = np.array(self.sizes) - 1
        first = 1 + np.cumsum(others) - others  # the point at which each axis starts to move
        step = np.arange(lo, hi)[:, None] - first
        return np.where((step >= 0) & (step < others), step + 1, 0)


@dataclass(frozen=True)
class Named:
    """Points written down one by one."""

    rows: tuple[tuple[int, ...], ...]

    @property
    def points(self) -> int:
        """How many points there are."""
        return len(self.rows)

    def places(self, lo: int, hi: int) -> np.ndarray:
        """Points lo to hi - 1, one row each."""
        return np.array(self.rows[lo:hi], dtype=np.int64)


@dataclass(frozen=True)
class LatinHypercube:
    """Each axis cut into as many equal parts as there are points, one point in each part."""

    points: int
    axes: int
    seed: int

    def places(self, lo: int, hi: int) -> np.ndarray:
        """Points lo to hi - 1, one row each."""
        return _hypercube(self.points, self.axes, self.seed)[lo:hi]


@dataclass(frozen=True)
class Sobol:
    """A scrambled Sobol sequence, which fills space evenly from its first points on."""

    points: int
    axes: int
    seed: int

    def places(self, lo: int, hi: int) -> np.ndarray:
        """Points lo to hi - 1, one row each."""
        first, last = lo // PAGE, (hi - 1) // PAGE
        pages = [_sobol(self.axes, self.seed, page) for page in range(first, last + 1)]
        return np.concatenate(pages)[lo - first * PAGE : hi - first * PAGE]


@dataclass(frozen=True)
class Saltelli:
    """Two Sobol points A and B at a time, and mixtures of them: A with one axis of B, for every axis.

    The mixtures tell how much of an outcome's variance each axis brings (Saltelli, Computer Physics
    Communications 145, 2002). Order 2 adds B with one axis of A, which pairs of axes need. Points lie
    as SALib wants them: A, the mixtures of A, those of B, then B.
    """

    samples: int
    axes: int
    order: int
    seed: int

    @property
    def points(self) -> int:
        """How many points there are: for each sample A, B, and one mixture for each order and axis."""
        return self.samples * (2 + self.order * self.axes)

    def places(self, lo: int, hi: int) -> np.ndarray:
        """Points lo to hi - 1, one row each."""
        neither, one = np.zeros((1, self.axes), bool), np.eye(self.axes, dtype=bool)
        from_b = np.concatenate([neither, *(one, ~one)[: self.order], ~neither])
        which, place = np.divmod(np.arange(lo, hi), len(from_b))
        pairs = Sobol(self.samples, 2 * self.axes, self.seed).places(which[0], which[-1] + 1)
        a, b = np.split(pairs[which - which[0]], 2, axis=1)
        return np.where(from_b[place], b, a)


@dataclass(frozen=True)
class Morris:
    """Trajectories of elementary effects: from a random corner, one axis after another moves once.

    Each axis has its values for levels and moves by half of them, round the end; with an even number
    of levels that is Morris's own step (Technometrics 33, 1991), up from the lower half and down from
    the upper.
    """

    trajectories: int
    sizes: tuple[int, ...]
    seed: int

    @property
    def points(self) -> int:
        """How many points there are: a trajectory has one more than there are axes."""
        return self.trajectories * (len(self.sizes) + 1)

    def places(self, lo: int, hi: int) -> np.ndarray:
        """Points lo to hi - 1, one row each."""
        start, turn = _trajectories(self.trajectories, self.sizes, self.seed)
        which, step = np.divmod(np.arange(lo, hi), len(self.sizes) + 1)
        sizes = np.array(self.sizes)
        moved = turn[which] < step[:, None]
        places: np.ndarray = (start[which] + moved * (sizes // 2)) % sizes
        return places


# What cannot be had in parts is made once in each process; scipy.stats takes long to import.


@lru_cache(maxsize=1)
def _hypercube(points: int, axes: int, seed: int) -> np.ndarray:
    from scipy.stats import qmc

    drawn: np.ndarray = qmc.LatinHypercube(axes, rng=seed).random(points)
    return drawn


@lru_cache(maxsize=16)
def _sobol(axes: int, seed: int, page: int) -> np.ndarray:
    from scipy.stats import qmc

    sequence = qmc.Sobol(axes, rng=seed)
    drawn: np.ndarray = (sequence.fast_forward(page * PAGE) if page else sequence).random(PAGE)
    return drawn


@lru_cache(maxsize=1)
def _trajectories(count: int, sizes: tuple[int, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw where each trajectory starts, and at which step each axis moves."""
    rng = np.random.default_rng(seed)
    start = rng.integers(0, sizes, size=(count, len(sizes)))
    turn = rng.permuted(np.tile(np.arange(len(sizes)), (count, 1)), axis=1)
    return start, turn
