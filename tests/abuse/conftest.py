"""What the abuse suite shares: running the command in this process, writing down what came of each test."""

import json
import os
import platform
import sys
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from mipo_sim.command_line import main
from mipo_sim.version import __version__

RECORD = Path(__file__).parents[2] / "docs" / "reliability.json"
PASSED = pytest.StashKey[bool]()
FOUND = pytest.StashKey[dict[str, dict[str, object]]]()


@dataclass
class Tried:
    """What a test tried and what came out, for docs/reliability.md; what it tried stands in its docstring."""

    cases: int = 0
    outcome: str = ""


@dataclass(frozen=True)
class Said:
    """What a command ended with and said."""

    code: int
    out: str
    err: str


def mipo(*words: str) -> Said:
    """Run the command in this process, whatever comes of it."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as stop:
            code = int(stop.code or 0)
        except Exception:
            code = 1
            traceback.print_exc()
    return Said(code, out.getvalue(), err.getvalue())


def in_one_clear_line(said: Said, *names: str) -> str:
    """Say what is wrong with a refusal; nothing if it is as it should be."""
    if said.code != 2:
        return f"it ended with {said.code}, not 2: {said.err[-300:]}"
    if "Traceback" in said.err or not said.err.startswith("mipo: ") or len(said.err) < 15:
        return f"it is no clear line: {said.err[-300:]!r}"
    if said.err.count("\n") != 1:
        return f"it is more than a line: {said.err!r}"
    if names and not any(name in said.err for name in names):
        return f"it names none of {names}: {said.err!r}"
    return ""


@pytest.fixture
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["mipo"])
    return tmp_path


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out drawing, which takes longest."""
    monkeypatch.setattr("mipo_sim.sweeps.results.Results._pictures", lambda results: {})


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Iterator[Tried]:
    one = Tried()
    yield one
    what = " ".join((request.node.obj.__doc__ or "").split())
    passed = request.node.stash.get(PASSED, False)
    rows = request.config.stash.setdefault(FOUND, {})
    rows[f"{Path(request.node.path).stem}::{request.node.name}"] = {
        "what": what.removesuffix("."),
        "cases": one.cases,
        "outcome": one.outcome if passed else "FAILED",
    }


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep what was found, if asked to; rows of other tests stay."""
    rows = session.config.stash.get(FOUND, {})
    if rows and session.config.getoption("--update-reliability"):
        write_down(rows)


def write_down(rows: dict[str, dict[str, object]]) -> None:
    """Put rows into the record, each with what it was tried with."""
    made = {"mipo_sim": __version__, "python": ".".join(platform.python_version_tuple()[:2])}
    kept = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    kept |= {name: {**row, **made} for name, row in rows.items()}
    text = json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False)
    RECORD.write_text(text + "\n", encoding="utf-8")


def cases(full: int) -> int:
    """How many cases to try: all, or the share of them that MIPO_ABUSE asks for while a test is written."""
    return max(1, round(full * float(os.environ.get("MIPO_ABUSE", "1"))))


def written(folder: Path) -> list[str]:
    """All files under a folder."""
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*"))
