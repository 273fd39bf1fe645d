"""Sweeps killed at random moments: the leader, a worker, all workers, or all of them at once."""

import os
import random
import signal
import subprocess
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from test_sweeps_slow import EACH, PATIENCE, POINTS, alive, contents, design, done, started, until, workers_of

from abuse.conftest import Tried, cases
from mipo_sim.sweeps.sweep import Sweep

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for workers in /proc"),
]

KILLS, SEED = 20, 2007
LONGEST = 0.4  # seconds between two files, about; a moment inside the work on a file
VICTIMS = ("leader", "a worker", "all workers", "all at once")


def kill(process: subprocess.Popen[str], whom: str) -> None:
    workers = workers_of(process.pid)
    victims = {
        "leader": [process.pid],
        "a worker": workers[:1],
        "all workers": workers,
        "all at once": [*workers, process.pid],
    }[whom]
    for victim in victims:
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)


def test_sweeps_killed_at_random_moments(tmp_path: Path, tried: Tried) -> None:
    """Sweeps with two workers, killed with SIGKILL at random moments, then resumed by the same command."""
    luck, whom = random.Random(SEED), Counter[str]()
    Sweep(design(), tmp_path / "undisturbed", replicates=EACH).run()
    undisturbed = contents(tmp_path / "undisturbed")
    for number in range(cases(KILLS)):
        output, victim = tmp_path / str(number), VICTIMS[number % len(VICTIMS)]
        folder, files = output / "killed", luck.randrange(POINTS * 2 // 3)
        process = started(output)
        until(lambda: (folder / "run.json").exists() and done(folder) >= files, process)  # noqa: B023
        with suppress(subprocess.TimeoutExpired):
            process.wait(luck.uniform(0, LONGEST))
        assert process.poll() is None, "it was over before it was killed"
        workers = workers_of(process.pid)
        kill(process, victim)
        process.communicate(timeout=PATIENCE)
        until(lambda: not any(alive(worker) for worker in workers), None)  # noqa: B023
        again = started(output, luck.choice(["workers=1", "workers=2"]))
        _, said = again.communicate(timeout=PATIENCE)
        assert again.returncode == 0, f"{victim} killed after {files} files: {said}"
        assert contents(folder) == undisturbed, f"{victim} killed after {files} files"
        whom[victim] += 1
    tried.cases = whom.total()
    told = ", ".join(f"{name} {count} times" for name, count in whom.items())
    tried.outcome = f"every sweep ended equal, bit for bit, to one that was left alone ({told})"
