"""*Chance* of docs/model.md: named streams of luck, made as *The same luck* tells."""

import zlib

import numpy as np

ERA = 72


class Luck:
    """Draws of worlds `0, 1, ...`, which are the replicates of a study with this seed."""

    def __init__(self, seed: int, worlds: int) -> None:
        self.seed, self.worlds = seed, worlds
        self._eras: dict[str, tuple[int, np.ndarray]] = {}

    def start(self, name: str, *shape: int) -> np.ndarray:
        """Draws of the start, `[world, *shape]`."""
        return self._draw(name, shape, 0)

    def month(self, name: str, agents: int, each: int, month: int) -> np.ndarray:
        """Draws of one month, or of one round of plans: `[world, agent, each]`."""
        era = 1 + month // ERA
        if self._eras.get(name, (0,))[0] != era:
            self._eras[name] = era, self._draw(name, (agents, ERA, each), era)
        return self._eras[name][1][:, :, month % ERA]

    def by_kind(self, process: str, counts: dict[str, int], *each: int) -> np.ndarray:
        """Draws of the start for agents of several sub-kinds, each from a stream of its own."""
        drawn = [self.start(f"{process} of {kind}", count, *each) for kind, count in counts.items() if count]
        return np.concatenate([np.zeros((self.worlds, 0, *each)), *drawn], axis=1)

    def by_kind_this_month(self, process: str, counts: dict[str, int], month: int) -> np.ndarray:
        """One draw this month for each agent of several sub-kinds."""
        drawn = [
            self.month(f"{process} of {kind}", count, 1, month)[..., 0]
            for kind, count in counts.items()
            if count
        ]
        return np.concatenate([np.zeros((self.worlds, 0)), *drawn], axis=1)

    def _draw(self, name: str, shape: tuple[int, ...], era: int) -> np.ndarray:
        sequence = np.random.SeedSequence(self.seed, spawn_key=(zlib.crc32(name.encode()),))
        key = sequence.generate_state(2, np.uint64)
        drawn = np.empty((self.worlds, *shape))
        for replicate in range(self.worlds):
            counter = np.array([0, 0, era, replicate], dtype=np.uint64)
            generator = np.random.Generator(np.random.Philox(key=key, counter=counter))
            drawn[replicate] = generator.standard_normal(shape, dtype=np.float32)
        return drawn
