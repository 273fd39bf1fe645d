"""Named luck: every chance event comes from a stream keyed by seed, process and replicate.

Worlds of the same replicate share every draw, whatever their levers (common random numbers). Series
are drawn in eras of six years, agent by agent, so that neither a longer run nor one more agent at
the end of a kind moves anybody else's luck.
"""

from typing import Any
from zlib import crc32

import numpy as np
from numpy.random import Generator, Philox, SeedSequence

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
        self._counter = Philox()
        self._draws = Generator(self._counter)

    def _key(self, process: str) -> list[int]:
        seed = SeedSequence(self.seed, spawn_key=(crc32(process.encode()),))
        return [int(word) for word in seed.generate_state(2, np.uint64)]

    def _stream(self, key: list[int], replicate: int, era: int) -> Generator:
        """A stream begins where its counter stands: a new place costs a tenth of a new generator."""
        place: dict[str, Any] = {
            "bit_generator": "Philox",
            "state": {"counter": [0, 0, era, int(replicate)], "key": key},
            "buffer": [0] * 4,
            "buffer_pos": 4,
            "has_uint32": 0,
            "uinteger": 0,
        }
        self._counter.state = place  # type: ignore[assignment]
        return self._draws

    def _to_worlds(self, draws: np.ndarray) -> np.ndarray:
        return draws if self._alone else np.take(draws, self.of_world, axis=-1)

    def _draw(self, process: str, era: int, shape: tuple[int, ...]) -> np.ndarray:
        """Standard normal draws of all replicates, `[*shape, replicate]`."""
        draws = np.empty((len(self.unique), *shape), dtype=np.float32)
        key = self._key(process)
        for row, replicate in zip(draws, self.unique, strict=True):
            self._stream(key, replicate, era).standard_normal(out=row, dtype=np.float32)
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
