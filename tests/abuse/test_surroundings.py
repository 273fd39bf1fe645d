"""Machines that are not as they should be: full disks, odd clocks, homes and paths, many sweeps at once."""

import errno
import json
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sweeping import contents

import mipo_sim
from abuse.conftest import Tried, in_one_clear_line, mipo, written
from mipo_sim.sweeps import storage

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 300  # seconds
SMALL = ("worlds=3", "months=6", "map=generated", "country.districts=4")
RUN = ("run", *SMALL, "~compare")
GRID = ("sweep", "mandate.troops=1,2,3,4", *SMALL, "workers=1", "name=grid", "reuse=false")
STRANGE = "пример 例 é ü with  blanks"
RIGHTS = "-dac_override,-dac_read_search"  # of root, to pass over who may read and write what
WITHOUT_RIGHTS = (
    ("setpriv", f"--bounding-set={RIGHTS}", f"--inh-caps={RIGHTS}")
    if hasattr(os, "geteuid") and os.geteuid() == 0
    else ()
)
YEARS = 10 * 365 * 86_400.0


def outside(
    *words: str, cwd: Path, plain: bool = False, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own; plainly, without root's right to write everywhere."""
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), **environment}
    command = [*(WITHOUT_RIGHTS if plain else ()), sys.executable, "-m", "mipo_sim", *words]
    return subprocess.run(command, cwd=cwd, env=known, capture_output=True, text=True, timeout=PATIENCE)


# ---------------------------------------------------------------- disks


class Full:
    """A disk that is full at the n-th time that something is written down, given its name, or made."""

    CALLS = ("fsync", "replace", "rename", "link", "mkdir")

    def __init__(self, patch: pytest.MonkeyPatch, at: int) -> None:
        self.at, self.count = at, 0
        for name in self.CALLS:
            patch.setattr(os, name, self.counted(getattr(os, name)))
        patch.setattr(storage.pq, "write_table", self.counted(storage.pq.write_table))
        patch.setattr(Path, "write_text", self.counted(Path.write_text))
        patch.setattr(Path, "write_bytes", self.counted(Path.write_bytes))

    def counted(self, act):
        def acts(*given, **more):
            self.count += 1
            if self.count == self.at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return act(*given, **more)

        return acts


@pytest.mark.parametrize("words", [RUN, GRID], ids=["run", "sweep"])
def test_a_full_disk_at_every_write(words, somewhere: Path, no_pictures, tried: Tried) -> None:
    """A disk that is full at each write, flush and rename in turn; then the same command with room."""
    assert mipo(*words, "output=whole").code == 0
    whole, wrong = contents(somewhere / "whole"), []
    for at in range(1, 200):
        with pytest.MonkeyPatch.context() as patch:
            full = Full(patch, at)
            said = mipo(*words, "output=out")
        if full.count < at:
            break
        done = said.code == 0 and contents(somewhere / "out") == whole  # what failed was no loss
        why = "" if done else in_one_clear_line(said, "full", "No space left")
        torn = [name for name in written(somewhere / "out") if name.endswith((".tmp", ".new", ".old"))]
        wrong += [f"write {at}: {why or torn}"] * bool(why or torn)
        again = mipo(*words, "output=out")
        fine = again.code == 0 and contents(somewhere / "out") == whole
        wrong += [f"write {at}: it was not taken up: {again.err}"] * (not fine)
        shutil.rmtree(somewhere / "out")
    assert at > 10 and not wrong, "\n".join(wrong[:10])
    tried.cases = at - 1
    tried.outcome = "one clear line each time, nothing torn left behind, and the same command then ends equal"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 kB, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)], capture_output=True
    )
    yield place if made.returncode == 0 else Path()
    if made.returncode == 0:
        subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_runs_full(tiny_disk: Path, tmp_path: Path, tried: Tried) -> None:
    """A sweep onto a real disk of 400 kB that runs full, then room is made and the same command goes on
    (where the tests may mount one)."""
    troops = "mandate.troops=" + ",".join(map(str, range(40)))
    words = ["sweep", troops, "worlds=20", "months=24", "map=generated", "country.districts=4"]
    words += ["workers=2", "name=grid", "reuse=false"]
    if tiny_disk == Path():
        tried.outcome = "not tried: no disk can be mounted here"
        return
    filler = tiny_disk / "filler"
    filler.write_bytes(b"x" * 150_000)
    said = outside(*words, f"output={tiny_disk}", cwd=tmp_path)
    assert said.returncode == 2 and "the disk is full; what is done stays" in said.stderr.splitlines()[-1]
    kept = contents(tiny_disk / "grid")
    assert not [name for name in kept if name.endswith(".tmp")]
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=20m", str(tiny_disk)], check=True)
    again = outside(*words, f"output={tiny_disk}", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    now = contents(tiny_disk / "grid")
    assert all(now[name] == data for name, data in kept.items())
    alone = outside(*words, f"output={tmp_path / 'alone'}", cwd=tmp_path)
    assert alone.returncode == 0
    rows = {name: data for name, data in contents(tmp_path / "alone" / "grid").items() if "rows" in name}
    assert rows == {name: data for name, data in now.items() if "rows" in name}
    tried.cases, tried.outcome = (
        1,
        f"said in one line; {len(kept)} files stayed, and the rest was added, bit for bit",
    )


# ---------------------------------------------------------------- clocks


@pytest.mark.parametrize("words", [RUN, GRID], ids=["run", "sweep"])
def test_clocks_that_jump(words, somewhere: Path, no_pictures, monkeypatch, tried: Tried) -> None:
    """Clocks that jump ten years back and forth at every look (time.time, perf_counter, monotonic)."""
    assert mipo(*words, "output=whole").code == 0
    looks = 0

    def jumping(clock):
        def read() -> float:
            nonlocal looks
            looks += 1
            return clock() + (YEARS if looks % 2 else -YEARS)

        return read

    for name in ("time", "perf_counter", "monotonic"):
        monkeypatch.setattr(time, name, jumping(getattr(time, name)))
    monkeypatch.setattr("mipo_sim.model.perf_counter", time.perf_counter)  # which it has by its own name
    said = mipo(*words, "output=out")
    monkeypatch.undo()
    assert looks and said.code == 0 and not said.err
    assert contents(somewhere / "out").keys() == contents(somewhere / "whole").keys()
    for name, data in contents(somewhere / "whole").items():
        assert contents(somewhere / "out")[name] == data
    tried.cases, tried.outcome = (
        looks,
        "ended with 0 and the same files, bit for bit (cases are looks at a clock)",
    )


def test_files_from_the_future_and_the_past(somewhere: Path, no_pictures, tried: Tried) -> None:
    """Results dated 1970 and 2100, read, reported on and taken up."""
    assert mipo(*GRID, "output=out").code == 0
    folder, before = somewhere / "out" / "grid", contents(somewhere / "out" / "grid")
    for stamp in (0, 4_102_444_800):
        for file in folder.rglob("*"):
            os.utime(file, (stamp, stamp))
        assert mipo("report", str(folder), "--output", "page.html").code == 0
        assert mipo(*GRID, "output=out").code == 0
        assert contents(folder) == before
    tried.cases, tried.outcome = 2, "read and taken up as ever"


# ---------------------------------------------------------------- many at once


def test_ten_sweeps_at_once(tmp_path: Path, tried: Tried) -> None:
    """Ten sweeps started together into one folder of results (ten names), ten into the same folder."""
    alone = outside(*GRID, f"output={tmp_path / 'alone'}", cwd=tmp_path)
    assert alone.returncode == 0, alone.stderr
    expected = contents(tmp_path / "alone" / "grid")
    rows = {name: data for name, data in expected.items() if name != "run.json"}

    def together(names: list[str]) -> list[tuple[int, str]]:
        """Start one sweep for each name, all at once, into one folder of results."""
        known = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
        started = []
        for name in names:
            words = [word for word in GRID if not word.startswith(("name=", "reuse="))]
            command = [sys.executable, "-m", "mipo_sim", *words, f"name={name}", f"output={tmp_path / 'out'}"]
            started.append(
                subprocess.Popen(
                    command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=known
                )
            )
        ended = [process.communicate(timeout=PATIENCE) for process in started]
        return [(process.returncode, said) for process, (_, said) in zip(started, ended, strict=True)]

    many = together([f"sweep{number}" for number in range(10)])
    assert [code for code, _ in many] == [0] * 10, many
    for number in range(10):
        found = contents(tmp_path / "out" / f"sweep{number}")
        assert {name: data for name, data in found.items() if name != "run.json"} == rows
    same = together(["one"] * 10)
    assert 0 in [code for code, _ in same]
    refused = [said for code, said in same if code]
    assert all("another sweep is running in" in said and said.count("\n") == 1 for said in refused)
    found = contents(tmp_path / "out" / "one")
    assert {name: data for name, data in found.items() if name != "run.json"} == rows
    tried.cases = 20
    tried.outcome = (
        "ten names: all ended with 0; one name: one went through at a time, the others were refused in "
        "one line; the files are equal, bit for bit, to those of a sweep alone"
    )


# ---------------------------------------------------------------- homes, paths, rights


def test_homes(tmp_path: Path, tried: Tried) -> None:
    """Without HOME, with an empty HOME, with a HOME that is not there and one that nobody may write."""
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    homes = [{}, {"HOME": ""}, {"HOME": "/nowhere/at/all"}, {"HOME": str(home)}]
    for number, environment in enumerate(homes):
        place = tmp_path / str(number)
        place.mkdir()
        said = outside(*RUN, cwd=place, plain=True, **environment)
        assert said.returncode == 0, said.stderr
        assert "Traceback" not in said.stderr
        (folder,) = (place / "results").iterdir()
        assert len(mipo_sim.load(folder).outcomes) == 3
        assert (folder / "mission.png").read_bytes().startswith(b"\x89PNG")
        assert mipo("report", str(folder)).code == 0
    assert not list(home.iterdir())
    tried.cases, tried.outcome = len(homes), "runs, pictures and reports as ever; nothing written into a home"


def test_strange_paths(tmp_path: Path, tried: Tried) -> None:
    """Results, options of one's own and pages under a path with blanks and letters of several scripts, in
    the locales C.UTF-8 and C."""
    place = tmp_path / STRANGE
    own = place / "eigene Optionen" / "integration"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text("# Mine.\ndefaults: [mix_2007]\nstrategic: 1\n", encoding="utf-8")
    locales = [{"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C"}]
    commands = (
        (*RUN, "--config-dir", "eigene Optionen", "integration=mine", f"output='{STRANGE}'"),
        (*GRID, f"output='{STRANGE}'"),
        ("-m", "integration=coexistence,full", *SMALL, "workers=2", f"output='{STRANGE}'", "name=cells"),
        ("results", STRANGE),
        ("report", f"{STRANGE}/grid", "--output", f"{STRANGE}/seite ü.html"),
        ("replay", f"{STRANGE}/grid", "3"),
    )
    for environment in locales:
        for words in commands:
            said = outside(*words, cwd=place, **environment)
            assert said.returncode == 0, (environment, words, said.stderr)
        assert (place / STRANGE / "seite ü.html").is_file()
        shutil.rmtree(place / STRANGE)
    tried.cases, tried.outcome = len(locales) * len(commands), "all ended with 0 and left what they should"


def test_no_right_to_write(tmp_path: Path, tried: Tried) -> None:
    """Without the right to write results, to read them, or to take up a sweep in a folder of somebody else
    (where the tests run as root, without its right to pass over that)."""
    assert outside(*GRID, "output=kept", cwd=tmp_path).returncode == 0
    assert outside(*RUN, "output=hidden", cwd=tmp_path).returncode == 0
    (hidden,) = (tmp_path / "hidden").iterdir()
    unreadable = list(hidden.iterdir())
    unwritable = [tmp_path, *(place for place in (tmp_path / "kept").rglob("*") if place.is_dir())]
    for file in unreadable:
        file.chmod(0)
    for place in unwritable:
        place.chmod(0o555)
    (tmp_path / "kept" / "grid" / ".lock").chmod(0o444)
    commands = (
        (RUN, "not allowed"),
        (GRID, "Permission denied"),
        ((*GRID, "output=kept"), "Permission denied"),
        (("report", "kept/grid"), "cannot be written"),
        (("report", f"hidden/{hidden.name}"), "cannot be read"),
    )
    wrong = []
    for words, reason in commands:
        said = outside(*words, cwd=tmp_path, plain=True)
        fine = (
            said.returncode == 2 and "Traceback" not in said.stderr and reason in said.stderr.splitlines()[-1]
        )
        wrong += [f"{words}: {said.returncode} {said.stderr[-300:]}"] * (not fine)
    read = outside("replay", "kept/grid", "3", cwd=tmp_path, plain=True)
    wrong += [f"replay: {read.stderr[-300:]}"] * (read.returncode != 0)
    for place in unwritable:
        place.chmod(0o755)
    assert not wrong, "\n".join(wrong)
    tried.cases = len(commands) + 1
    tried.outcome = (
        "one clear line and exit 2 each time; what needs no right to write, such as mipo replay, works"
    )


# ---------------------------------------------------------------- a wheel


def test_a_wheel_in_a_clean_environment(tmp_path: Path, tried: Tried) -> None:
    """A wheel built from the checkout, installed with the versions of constraints/ into a new environment in
    a folder with blanks, and used there without the repository."""
    wheels, place = tmp_path / "wheels", tmp_path / "a clean place"
    quiet = ["-q", "--disable-pip-version-check", "--no-input"]
    pip = [sys.executable, "-m", "pip"]
    subprocess.run([*pip, "wheel", *quiet, "--no-deps", "-w", str(wheels), str(CHECKOUT)], check=True)
    (wheel,) = wheels.glob("mipo_sim-*.whl")
    venv.create(place / "venv", with_pip=True)
    python = place / "venv" / "bin" / "python"
    constraints = CHECKOUT / "constraints" / f"python{sys.version_info[0]}.{sys.version_info[1]}.txt"
    subprocess.run([python, "-m", "pip", "install", *quiet, "-c", str(constraints), str(wheel)], check=True)
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(place)}
    commands = (
        ("run", "worlds=5"),
        ("scenarios",),
        ("parameters", "troops"),
        ("sweep", "integration=coexistence,full", "worlds=4", "months=6", "name=grid"),
        ("results",),
        ("report", "results/grid"),
        ("study",),
        ("claims", "A4", "--worlds", "4"),
        ("history",),
    )
    for words in commands:
        said = subprocess.run(
            [python.with_name("mipo"), *words],
            cwd=place,
            env=bare,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert said.returncode == 0, (words, said.stderr)
        assert str(CHECKOUT) not in said.stdout + said.stderr
    assert (place / "results" / "grid" / "report.html").stat().st_size > 100_000
    assert (
        json.loads((place / "results" / "grid" / "run.json").read_text(encoding="utf-8"))["made"]["commit"]
        is None
    )
    tried.cases, tried.outcome = len(commands), "installed from the wheel alone, every command ended with 0"
