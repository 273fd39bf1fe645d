"""Install the lowest and the newest versions that pyproject.toml allows, and run tests with them.

    python tests/abuse/versions.py            # both, for this Python; adds to docs/reliability.json
    python tests/abuse/versions.py lowest
    python tests/abuse/versions.py lowest pandas==2.2.2      # where a bound is about to be raised

Each gets an environment of its own in a temporary folder. Needs a package index.
"""

import platform
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

from packaging.requirements import Requirement

CHECKOUT = Path(__file__).resolve().parents[2]
TESTED = (  # what touches every library: the model, files, pictures, analyses, the command
    *("test_ensemble", "test_run", "test_sweeps", "test_sweep_results", "test_parameters", "test_options"),
    *("test_figures", "test_analysis", "test_analysis_sensitivity", "test_command_line", "test_report"),
    *("test_live_server", "test_live_access", "test_security_served"),
)
EXTRAS = ("test", "analysis")
# Page and style are no matter of what the package needs.
LEFT_OUT = ("playwright", "ruff", "mypy", "pandas-stubs", "types-pyyaml", "types-tqdm")


def asked() -> list[Requirement]:
    """What the package and its tests ask for, on this Python."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for extra in EXTRAS for line in project["optional-dependencies"][extra]]
    every = map(Requirement, dict.fromkeys([*project["dependencies"], *extras]))
    here = (one for one in every if one.marker is None or one.marker.evaluate())
    return [one for one in here if one.name.lower() not in LEFT_OUT]


def lowest(one: Requirement) -> str:
    """Ask for exactly the lowest version that is allowed."""
    (low,) = [spec.version for spec in one.specifier if spec.operator == ">="]
    return f"{one.name}=={low}"


def tried(which: str, place: Path, raised: list[str]) -> dict[str, object]:
    """Build an environment, run the tests in it; a row for the record."""
    instead = {word.partition("==")[0]: word for word in raised}
    usual = lowest if which == "lowest" else lambda one: f"{one.name}{one.specifier}"
    wanted = [instead.get(one.name) or usual(one) for one in asked()]
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    quiet = ["-q", "--disable-pip-version-check", "--no-input"]
    subprocess.run([python, "-m", "pip", "install", *quiet, *wanted, "hatchling"], check=True)
    bare = ["--no-deps", "--no-build-isolation", "-e", str(CHECKOUT)]
    subprocess.run([python, "-m", "pip", "install", *quiet, *bare], check=True)
    files = [f"tests/{name}.py" for name in TESTED]
    ran = subprocess.run(
        [python, "-m", "pytest", "-q", "-W", "default", "-p", "no:cacheprovider", *files],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    print(ran.stdout[-6000:], ran.stderr[-2000:])
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", ran.stdout)}
    names = ", ".join(sorted(one.name for one in asked()))
    return {
        "what": f"The {which} versions that are allowed of every direct dependency ({names})"
        + f", but {' and '.join(raised)}" * bool(raised),
        "cases": sum(counts.values()),
        "outcome": ", ".join(f"{count:,} tests {word}" for word, count in counts.items()) or "FAILED",
    }


def main(words: list[str]) -> None:
    from conftest import write_down

    raised = [word for word in words if "==" in word]
    for which in [word for word in words if word not in raised] or ["lowest", "newest"]:
        with tempfile.TemporaryDirectory() as place:
            row = tried(which, Path(place) / which, raised)
        python = ".".join(platform.python_version_tuple()[:2])
        write_down({f"versions::{which}[Python {python}]": row})
        print(f"{which}: {row['outcome']}")


if __name__ == "__main__":
    main(sys.argv[1:])
