"""What decides the numbers of a sweep, and what made them."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mipo_sim.outcomes import OUTCOMES, SERIES
from mipo_sim.parameters import declared
from mipo_sim.sweeps.plan import Plan
from mipo_sim.sweeps.provenance import commit
from mipo_sim.version import __version__

FORMAT = 1  # of the folder; another number is another layout
# The source that decides numbers; a change elsewhere (figures, wording) leaves results as they are.
DECIDING = (
    "actors",
    "country",
    "ensemble",
    "outcomes",
    "parameters",
    "model.py",
    "month.py",
    "sweeps/plan.py",
)


@cache
def code_digest() -> str:
    """Digest of everything that decides a world beside its parameters, seed and replicate."""
    made = f"{__version__} numpy {np.__version__} {source_digest(DECIDING)}"
    return hashlib.sha256(made.encode()).hexdigest()[:16]


@cache
def source_digest(parts: tuple[str, ...]) -> str:
    """Digest of the Python files and tables in some files and folders of the package."""
    package = Path(__file__).resolve().parents[1]
    places = [package / part for part in parts]
    files = sorted(f for place in places for f in ([place] if place.is_file() else place.rglob("*")))
    digest = hashlib.sha256()
    for file in files:
        if file.suffix in (".py", ".csv"):
            digest.update(f"{file.relative_to(package).as_posix()}\n".encode())
            digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def identity(plan: Plan, seed: int, config: Mapping[str, Any], values: bytes) -> dict[str, Any]:
    """Collect what decides the numbers of a sweep; a folder holds one sweep.

    Parameters
    ----------
    plan : Plan
        Points, replicates.
    seed : int
        Seed of all luck.
    config : mapping
        The design, as it writes itself down.
    values : bytes
        Resolved points, since named options may have been edited.
    """
    found = {
        "format": FORMAT,
        "mipo_sim": __version__,
        "code": code_digest(),
        "numpy": np.__version__,
        "seed": seed,
        "points": plan.points,
        "replicates": plan.replicates,
        "first_replicate": plan.first,
        "parameters": plan.parameters,
        "given": plan.given,
        "values": hashlib.sha256(values).hexdigest()[:16],
        "design": dict(config),
    }
    plain: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return plain


def config_digest(config: Mapping[str, Any], replicates: int) -> str:
    """Eight hexadecimal digits of a design, as it writes itself down, and how many worlds of a point."""
    text = json.dumps([config, replicates], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def facts() -> dict[str, Any]:
    """Say what made a sweep and what its parameters mean, and nothing about whose machine it was."""
    table = {
        p.name: {"unit": p.unit, "default": p.default, "from": p.low, "to": p.high, "role": p.role}
        for p in declared().values()
    }
    simd = np.show_config(mode="dicts").get("SIMD Extensions", {})  # type: ignore[union-attr]
    return {
        "commit": commit(),
        "python": platform.python_version(),
        "mesa": version("mesa"),
        "pyarrow": pa.__version__,
        "system": platform.system(),
        "processor": platform.machine(),
        "processor_features": simd.get("found", []),
        "cores": os.cpu_count(),
        "parameters": table,
        "outcomes": {m.name: m.unit for m in OUTCOMES},
        "measures": {m.name: m.unit for m in SERIES},
    }
