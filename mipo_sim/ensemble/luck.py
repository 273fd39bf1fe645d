"""Named luck: every chance event comes from a stream keyed by seed, process and replicate.

Worlds of the same replicate share every draw, whatever their levers (common random numbers). Series
are drawn in eras of six years, agent by agent, so that neither a longer run nor one more agent at
the end of a kind moves anybody else's luck.
"""

from zlib import crc32

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence

ERA = 72  # months drawn at once


class Luck:
    """The chance events of a block of worlds.

    Parameters
    ----------
    seed : int
        Seed of the whole study.
    replicates : array of int, shape [world]
        The replicate of each world; worlds of one replicate share their luck.
    """

    def __init__(self, seed: int, replicates: np.ndarray) -> None:
        self.seed = int(seed)
        self.unique, self.of_world = np.unique(replicates, return_inverse=True)
        self._alone = np.array_equal(self.unique[self.of_world], self.unique)
        self._eras: dict[str, tuple[int, np.ndarray]] = {}

    def _stream(self, process: str, replicate: int, era: int) -> Generator:
        key = (crc32(process.encode()), int(replicate), era)
        return Generator(SFC64(SeedSequence(self.seed, spawn_key=key)))

    def _to_worlds(self, draws: np.ndarray) -> np.ndarray:
        return draws if self._alone else np.take(draws, self.of_world, axis=-1)

    def _draw(self, process: str, era: int, shape: tuple[int, ...]) -> np.ndarray:
        """Standard normal draws of all replicates, `[*shape, replicate]`."""
        draws = np.empty((len(self.unique), *shape), dtype=np.float32)
        for row, replicate in zip(draws, self.unique, strict=True):
            self._stream(process, replicate, era).standard_normal(out=row, dtype=np.float32)
        return np.moveaxis(draws, 0, -1)

    def normal(self, process: str, *shape: int) -> np.ndarray:
        """Standard normal draws of the start, `[*shape, world]`; the first axis counts agents."""
        return self._to_worlds(np.ascontiguousarray(self._draw(process, 0, shape)))

    def monthly(self, process: str, agents: int, month: int, each: int = 1) -> np.ndarray:
        """Standard normal draws of one month, `[agents, world]`, or `[agents, each, world]`."""
        era, within = divmod(month, ERA)
        known = self._eras.get(process)
        if known is None or known[0] != era:
            draws = self._draw(process, era + 1, (agents, ERA, each))
            self._eras[process] = known = (era, np.ascontiguousarray(draws.swapaxes(0, 1)))
        now = self._to_worlds(known[1][within])
        return now[:, 0] if each == 1 else now
