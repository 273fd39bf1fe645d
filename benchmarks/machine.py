"""What times depend on: the machine, and the versions of what computes."""

import os
import platform
from pathlib import Path

import mesa
import numpy as np


def machine() -> dict[str, str]:
    """Name processor, Python and libraries."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = info.read_text(encoding="utf-8").splitlines()
        models = [line for line in lines if line.startswith("model name")]
        model = models[0].partition(":")[2].strip() if models else model
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "mesa": mesa.__version__,
    }
