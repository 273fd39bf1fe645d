"""What made a result: enough to make it again, and nothing about whose machine it was."""

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mipo_sim.parameters import declared
from mipo_sim.version import __version__

if TYPE_CHECKING:
    from mipo_sim.sweeps.experiment import Experiment


def manifest_of(experiment: "Experiment") -> dict[str, Any]:
    """Versions, seed, size, digest of the configuration, and the unit of every parameter."""
    return {
        "mipo_sim": __version__,
        "commit": commit(),
        "config": experiment.digest,
        "seed": experiment.seed,
        "worlds": experiment.worlds,
        "months": experiment.situation.months,
        "forms": list(experiment.forms),
        "parameters": experiment.parameters,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "mesa": version("mesa"),
        "processor": platform.machine(),
        "units": {name: parameter.unit for name, parameter in declared().items()},
    }


def commit() -> str | None:
    """Find the commit of the checkout this runs from, "+changes" where it was edited; None elsewhere."""
    checkout = Path(__file__).resolve().parents[2]
    if not (checkout / ".git").exists():
        return None
    head = _git(checkout, "rev-parse", "--short=12", "HEAD")
    changed = _git(checkout, "status", "--porcelain", "--", "mipo_sim", "configs")
    return f"{head}+changes" if head and changed else head or None


def _git(checkout: Path, *words: str) -> str:
    command = ["git", "-C", str(checkout), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
