"""A damaged file of every kind that the product reads: clear words, exit 2, and nothing else lost."""

import random
import shutil
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sweeping import contents

import mipo_sim
from abuse.conftest import Tried, cases, in_one_clear_line, mipo, written
from mipo_sim.country import maps
from mipo_sim.evidence import history_files
from mipo_sim.parameters import ParameterError, options, posterior
from mipo_sim.sweeps.store import SweepError

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_pictures")]

SEED, FLIPS = 2007, 12  # bytes changed in each file, one at a time
SMALL = ("worlds=3", "months=6", "map=generated", "country.districts=4")
GRID = (
    "sweep",
    "integration=coexistence,full",
    *SMALL,
    "workers=1",
    "name=grid",
    "output=out",
    "reuse=false",
)

Damage = Callable[[Path, random.Random], None]


def cut(file: Path, luck: random.Random) -> None:
    file.write_bytes(file.read_bytes()[: luck.randrange(1, file.stat().st_size)])


def flip(file: Path, luck: random.Random) -> None:
    data = bytearray(file.read_bytes())
    data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)
    file.write_bytes(data)


def empty(file: Path, luck: random.Random) -> None:
    file.write_bytes(b"")


def another_kind(file: Path, luck: random.Random) -> None:
    file.write_bytes(
        luck.choice([b"[1, 2]", b"PAR1PAR1", b"\x00\xff\xfe\x80" * 9, b'"words"', b"{}", b"a,b\n1,2\n"])
    )


def folder_there(file: Path, luck: random.Random) -> None:
    file.unlink()
    file.mkdir()


def missing(file: Path, luck: random.Random) -> None:
    file.unlink()


DAMAGES: dict[str, tuple[Damage, int]] = {
    "cut short": (cut, 4),
    "bits flipped": (flip, FLIPS),
    "empty": (empty, 1),
    "of another kind": (another_kind, 6),
    "a folder in its place": (folder_there, 1),
    "missing": (missing, 1),
}


def damaged(file: Path, luck: random.Random) -> list[tuple[str, Damage]]:
    return [(name, damage) for name, (damage, times) in DAMAGES.items() for _ in range(cases(times))]


class Whole:
    """A folder that is put back as it was after each damage."""

    def __init__(self, folder: Path, beside: Path) -> None:
        self.folder, self.copy = folder, beside / "as it was"
        shutil.copytree(folder, self.copy)

    def restore(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.copy, self.folder)


def outcome(counts: Counter[str]) -> str:
    told = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
    return f"clear words and exit 2, or read unharmed; nothing else touched ({told})"


def test_results_of_a_run(somewhere: Path, tried: Tried) -> None:
    """Damaged files of a run (manifest.json, config.yaml, outcomes.parquet, monthly.parquet), read by
    mipo report, mipo results and mipo_sim.load."""
    assert mipo("run", *SMALL, "~compare", "output=out").code == 0
    (folder,) = (somewhere / "out").iterdir()
    whole, luck, counts, wrong = Whole(folder, somewhere), random.Random(SEED), Counter[str](), []
    before = mipo_sim.load(folder)
    for name in ("manifest.json", "config.yaml", "outcomes.parquet", "monthly.parquet"):
        for kind, damage in damaged(folder / name, luck):
            damage(folder / name, luck)
            others = contents(folder)
            others.pop(name, None)
            said = mipo("report", str(folder), "--output", str(somewhere / "page.html"))
            why = "" if said.code == 0 else in_one_clear_line(said)
            if said.code == 0 and (name.endswith("parquet") and kind != "bits flipped"):
                why = "it made a page all the same"
            listed = mipo("results", "out")
            why = why or ("mipo results failed" if listed.code == 2 or listed.err else "")
            try:
                found = mipo_sim.load(folder)
                if name.endswith("parquet") and not found.outcomes.equals(before.outcomes):
                    why = why or "other numbers were read"
            except (SweepError, FileNotFoundError, ParameterError):
                pass
            left = contents(folder)
            left.pop(name, None)
            why = why or ("another file was touched" if left != others else "")
            wrong += [f"{name} {kind}: {why}"] * bool(why)
            counts[kind] += 1
            whole.restore()
            (somewhere / "page.html").unlink(missing_ok=True)
    assert not wrong, "\n".join(wrong[:20])
    tried.cases, tried.outcome = counts.total(), outcome(counts)


def alike(folder: Path, before: dict[str, bytes], but: str = "") -> bool:
    """Whether all tables hold what they held, and all other files are the same.

    A bit may be flipped where nothing is written down (in statistics that nobody reads, say); such a
    file is as good as it was, and stays.
    """
    now = contents(folder)
    if now.keys() - {but} != before.keys() - {but}:
        return False
    for name in (name for name in before if name != but and now[name] != before[name]):
        if not name.endswith(".parquet"):
            return False
        found, wanted = (pq.read_table(BytesIO(data)).to_pandas() for data in (now[name], before[name]))
        if not found.equals(wanted):
            return False
    return True


def test_results_of_a_sweep(somewhere: Path, tried: Tried) -> None:
    """Damaged files of a sweep (run.json, rows, series), read by mipo report, results and replay; then the
    same sweep again."""
    assert mipo(*GRID).code == 0
    folder = somewhere / "out" / "grid"
    whole, luck, counts, wrong = Whole(folder, somewhere), random.Random(SEED + 1), Counter[str](), []
    undisturbed = contents(folder)
    page = ("--output", str(somewhere / "page.html"))
    for name in ("run.json", *(file for file in written(folder) if file.endswith(".parquet"))):
        for kind, damage in damaged(folder / name, luck):
            damage(folder / name, luck)
            why = ""
            for words in (("report", str(folder), *page), ("replay", str(folder), "1")):
                said = mipo(*words)
                why = why or ("" if said.code == 0 else in_one_clear_line(said))
            why = why or ("mipo results failed" if mipo("results", "out").code == 2 else "")
            again = mipo(*GRID)
            if name == "run.json" or kind == "a folder in its place":  # what no sweep can make up for
                why = why or ("" if again.code == 0 else in_one_clear_line(again))
                why = why or ("" if alike(folder, undisturbed, name) else "another file was touched")
            else:
                why = why or (f"not taken up: {again.err}" if again.code else "")
                why = why or ("" if alike(folder, undisturbed) else "worlds are others")
            wrong += [f"{name} {kind}: {why}"] * bool(why)
            counts[kind] += 1
            whole.restore()
    assert not wrong, "\n".join(wrong[:20])
    tried.cases, tried.outcome = counts.total(), outcome(counts)


SCENARIO = """# @package _global_
# Mine.
defaults: [post_crisis, _self_]
title: Mine
situation: {violence: 0.01}
"""
OPTION = "# Mine.\ndefaults: [mix_2007]\nstrategic: 1\n"
STUDY = """# @package _global_
# Mine.
defaults:
  - override /design: grid
worlds: 3
design:
  base: {months: 6, map: generated, country.districts: 4}
  levers: {integration: [coexistence, full]}
"""
ENGINE = "kind: local\n"
OWN = {
    "scenario/mine.yaml": (
        SCENARIO,
        [("run", "scenario=mine", "--cfg", "job"), ("-m", "scenario=mine,weak_state", "workers=1")],
    ),
    "integration/mine.yaml": (
        OPTION,
        [("run", "integration=mine", "--cfg", "job"), ("-m", "integration=mine,full", "workers=1")],
    ),
    "study/mine.yaml": (
        STUDY,
        [("sweep", "study=mine", "--dry-run"), ("study", "mine", "workers=1"), ("study",)],
    ),
    "engine/mine.yaml": (ENGINE, [("sweep", "engine=mine", "--dry-run")]),
}


@pytest.mark.parametrize("name", OWN)
def test_options_of_ones_own(name: str, somewhere: Path, tried: Tried) -> None:
    """Damaged YAML in a folder given with --config-dir, read by mipo run, run -m, sweep and study."""
    text, commands = OWN[name]
    file, luck, counts, wrong = somewhere / "own" / name, random.Random(SEED + 2), Counter[str](), []
    for kind, damage in damaged(file, luck):
        shutil.rmtree(somewhere / "own", ignore_errors=True)
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        damage(file, luck)
        for words in commands:
            small = SMALL if words[0] == "-m" else ("worlds=3", "months=6") if words[0] == "run" else ()
            said = mipo(*words, *small, "--config-dir", "own", *(["output=out"] if len(words) > 1 else []))
            if said.code != 0 and "faults" not in said.err and (why := in_one_clear_line(said)):
                wrong.append(f"{' '.join(words)}, {kind}: {why}")
            if said.code and (somewhere / "out").exists():
                wrong.append(f"{' '.join(words)}, {kind}: something was written")
            shutil.rmtree(somewhere / "out", ignore_errors=True)
        counts[kind] += 1
    assert not wrong, "\n".join(wrong[:20])
    tried.cases, tried.outcome = counts.total(), outcome(counts)


def test_a_lesson(somewhere: Path, tried: Tried) -> None:
    """Damaged files of lessons, read by mipo lessons check."""
    file, luck, counts, wrong = somewhere / "mine.yaml", random.Random(SEED + 3), Counter[str](), []
    assert mipo("lessons", "new", str(file)).code == 0
    text = file.read_bytes()
    for kind, damage in damaged(file, luck):
        shutil.rmtree(file) if file.is_dir() else file.unlink(missing_ok=True)
        file.write_bytes(text)
        damage(file, luck)
        said = mipo("lessons", "check", str(file))
        if said.code != 0 and (said.code != 2 or "Traceback" in said.err or "mine" not in said.err):
            wrong.append(f"{kind}: it ended with {said.code}: {said.err[-400:]}")
        counts[kind] += 1
    assert not wrong, "\n".join(wrong[:20])
    tried.cases, tried.outcome = counts.total(), outcome(counts)


def forget() -> None:
    posterior.posterior.cache_clear()
    options._load.cache_clear()
    options._named.cache_clear()


def test_files_of_the_package_itself(somewhere: Path, tried: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    """Damaged maps, posterior sample, options and histories of the package itself."""
    shutil.copytree(maps.MAPS, somewhere / "maps")
    shutil.copytree(options.CONFIGS, somewhere / "configs")
    shutil.copy(posterior.SAMPLE, somewhere / "posterior.csv")
    monkeypatch.setattr(maps, "MAPS", somewhere / "maps")
    monkeypatch.setattr(posterior, "SAMPLE", somewhere / "posterior.csv")
    monkeypatch.setattr(options, "CONFIGS", somewhere / "configs")
    monkeypatch.setattr(history_files.read_history, "__defaults__", (somewhere / "configs" / "history",))
    tiny = ("worlds=1", "months=2", "workers=1", "output=out", "name=one", "--dry-run")
    readers = {
        "maps/heartland.csv": ("sweep", "map=heartland", *tiny),
        "posterior.csv": ("sweep", "map=generated", "parameters=posterior", *tiny),
        "configs/integration/full.yaml": ("sweep", "integration=full", *tiny),
        "configs/history/liberia.yaml": ("history", "liberia", "--worlds", "2"),
    }
    luck, counts, wrong = random.Random(SEED + 4), Counter[str](), []
    for name, words in readers.items():
        file = somewhere / name
        text = file.read_bytes()
        for kind, damage in damaged(file, luck):
            if kind == "bits flipped" and "history" in name:
                continue  # a case that is still a case runs for minutes
            damage(file, luck)
            forget()
            said = mipo(*words)
            why = in_one_clear_line(said) if said.code else ""
            if said.code and "history" in name and "\n      " in said.err:  # all its faults at once
                why = ""
            wrong += [f"{name} {kind}: {why}"] * bool(why)
            shutil.rmtree(file) if file.is_dir() else file.unlink(missing_ok=True)
            file.write_bytes(text)
            counts[kind] += 1
    forget()
    assert not wrong, "\n".join(wrong[:20])
    tried.cases, tried.outcome = counts.total(), outcome(counts)
