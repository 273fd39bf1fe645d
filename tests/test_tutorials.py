"""A newcomer who does what the tutorials say succeeds: each command, file, change and block is tried."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import matplotlib.pyplot as plt
import pytest
from tutorials import FEW, Walk

CHECKOUT = Path(__file__).parents[1]
TUTORIALS = CHECKOUT / "docs" / "tutorials"
MAKEFILE = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
COPIED = ("mipo_sim", "configs", "docs", "tests", "benchmarks", "experiments")
# Of the tests that a tutorial runs.
QUICK = {"tests/test_word_of_mouth.py", "tests/test_equations.py", "tests/test_independent.py"}


def page(name: str) -> str:
    return (TUTORIALS / f"{name}.md").read_text(encoding="utf-8")


def as_made(words: list[str]) -> list[str]:
    """What `make` and the shell make of words."""
    if words == ["make", "run"]:
        assert re.search(r"^run:.*\n(?:\t.*\n)*\t@\$\(bin\)/mipo run\n", MAKEFILE, re.MULTILINE)
        words = ["mipo", "run"]
    if words[:2] == ["mipo", "run"] and not any(word.startswith("worlds=") for word in words):
        words = [*words, f"worlds={FEW}"]
    return words


def in_process(mipo, words: list[str]) -> tuple[int, str]:
    words = as_made(words)
    if words[0] == "source":
        assert words[1] == ".venv/bin/activate" and "VENV ?= .venv\n" in MAKEFILE
        return 0, ""
    if words[:2] == ["mipo", "live"]:
        return served(words)
    assert words[0] == "mipo"
    code, out, err = mipo(*words[1:])
    return code, out + err


def served(words: list[str]) -> tuple[int, str]:
    """Start the page, open it as a browser does, and stop it as one does by hand."""
    command = [sys.executable, "-m", "mipo_sim", *words[1:], "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        try:
            with urlopen(said.split()[1], timeout=30) as answer:
                assert answer.status == 200 and b"<html" in answer.read()
        finally:
            server.send_signal(signal.SIGINT)
        return server.wait(30), said


def in_copy(folder: Path, words: list[str], whole: bool) -> tuple[int, str]:
    """Run in a copy of the checkout, with the package that lies there."""
    words = as_made(words)
    if "pytest" in words and not whole:
        words = [word for word in words if not word.startswith("tests/") or word in QUICK]
    program = ["-m", "mipo_sim"] if words[0] == "mipo" else []
    run = subprocess.run(
        [sys.executable, *program, *words[1:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    return run.returncode, run.stdout + run.stderr


@pytest.mark.parametrize("name", ["1_first_run", "2_your_own_sweep", "3_a_lesson_for_a_class"])
def test_a_newcomer_succeeds(name, mipo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Walk(tmp_path, lambda words: in_process(mipo, words)).go(page(name))
    plt.close("all")


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_rule_can_be_added(whole, tmp_path):
    """In a copy of the checkout, and with all the tests that the page names, or the quick ones."""
    for part in COPIED:
        shutil.copytree(CHECKOUT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "Makefile", "LICENSE", *(page.name for page in CHECKOUT.glob("*.md"))):
        shutil.copy(CHECKOUT / file, tmp_path)
    Walk(tmp_path, lambda words: in_copy(tmp_path, words, whole)).go(page("4_a_new_actor_or_rule"))


def test_all_tutorials_are_tried():
    assert sorted(file.stem for file in TUTORIALS.glob("*.md")) == [
        "1_first_run",
        "2_your_own_sweep",
        "3_a_lesson_for_a_class",
        "4_a_new_actor_or_rule",
    ]


# ---------------------------------------------------------------- the walk itself


@pytest.mark.parametrize(
    ("told", "said", "same"),
    [
        ("Need met 1.5 (+0.2 to +3) better", "Need met  -7 (-9 to -5.5) worse", True),
        ("...\nsecond", "first\nsecond", True),
        ("first\nthird", "first\nsecond\nthird", False),
        ("first\n...\nthird", "first\nsecond\nthird", True),
        ("Results ...", "Results results/x-0a1b2c3d-7", True),
        ("Trust 3 %", "Need met 3 %", False),
    ],
)
def test_outputs_are_compared_in_form(told, said, same, tmp_path):
    walk = Walk(tmp_path, lambda words: (0, said))
    text = f"```sh\nmipo\n```\n\n```text\n{told}\n```\n"
    if same:
        walk.go(text)
    else:
        with pytest.raises(AssertionError, match="no line like"):
            walk.go(text)


def test_a_change_has_to_fit(tmp_path):
    (tmp_path / "month.py").write_text("one\ntwo\n")
    page = "In `month.py`:\n\n```diff\n one\n+more\n two\n```\n"
    walk = Walk(tmp_path, lambda words: (0, ""))
    walk.go(page)
    assert (tmp_path / "month.py").read_text() == "one\nmore\ntwo\n"
    with pytest.raises(AssertionError, match="0 places"):
        walk.go(page)
