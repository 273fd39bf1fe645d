"""Sweeps under fire: workers and parents killed at any moment, and a cluster; the files come out the same."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from mipo_sim.sweeps import cluster
from mipo_sim.sweeps.designs import Design, make_design
from mipo_sim.sweeps.engine import EngineError, worker_count
from mipo_sim.sweeps.loading import open_sweep
from mipo_sim.sweeps.sweep import Sweep

pytestmark = pytest.mark.slow

POINTS, EACH = 24, 100  # a point is a file
PATIENCE = 120  # seconds
# As at a terminal: what runs in the background of a script inherits that Ctrl-C is ignored.
COMMAND = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from mipo_sim.command.sweep import sweep; sys.exit(sweep(sys.argv[1:]))"
)
SMALL = {"map": "generated", "country.districts": 4, "country.communities_per_district": 3, "months": 24}
TROOPS = [float(number) for number in range(POINTS)]


def design() -> Design:
    return make_design({"kind": "grid", "levers": {"mandate.troops": TROOPS}, "base": SMALL})


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*.*")
        if file.is_file()
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("sweeps") / "undisturbed"
    Sweep(design(), folder, replicates=EACH).run()
    return contents(folder)


def started(output: Path, *more: str) -> subprocess.Popen[str]:
    """Start the sweep as a user would."""
    base = [f"{name}={value}" for name, value in SMALL.items()]
    axis = "mandate.troops=" + ",".join(map(str, TROOPS))
    words = [axis, *base, f"worlds={EACH}", f"output={output}", "name=killed", *more]
    words += [] if any(word.startswith(("workers=", "engine.address=")) for word in more) else ["workers=2"]
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def until(condition: Callable[[], bool], process: subprocess.Popen[str] | None) -> None:
    """Wait for something to happen, while a process runs or after it has ended."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        with suppress(subprocess.TimeoutExpired):
            if process is not None:
                process.wait(timeout=0.01)


def done(folder: Path) -> int:
    return len(list(folder.glob("rows/*.parquet")))


def workers_of(parent: int) -> list[int]:
    """The worker processes of a sweep (not the resource tracker of multiprocessing)."""
    found = []
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
            found.append(int(child))
    return found


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split(") ")[1][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


# What watches the machine in Dask's own threads leaves files to the collector when its process is a test.
untidy = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
linux = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for workers in /proc")


@linux
def test_a_killed_worker_is_made_up_for(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    process = started(tmp_path)
    until(lambda: done(tmp_path / "killed") >= 3, process)
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert contents(tmp_path / "killed") == undisturbed


@linux
@pytest.mark.parametrize("when", [1, 9])
def test_a_killed_parent_takes_its_workers_along_and_is_taken_up(
    tmp_path: Path, undisturbed: dict[str, bytes], when: int
) -> None:
    folder = tmp_path / "killed"
    process = started(tmp_path)
    until(lambda: done(folder) >= when, process)
    workers = workers_of(process.pid)
    process.kill()
    process.communicate(timeout=PATIENCE)
    until(lambda: not any(alive(worker) for worker in workers), process)
    kept = done(folder)
    assert kept < POINTS, "it was over before it was killed"
    assert len(open_sweep(folder).outcomes) == kept * EACH
    again = started(tmp_path, "workers=1")
    _, said = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, said
    assert contents(folder) == undisturbed


@linux
@pytest.mark.parametrize(
    ("when", "words"), [(2, "workers=1"), (2, "workers=2"), (0, "workers=2"), (2, "engine=dask")]
)
def test_ctrl_c_stops_cleanly(tmp_path: Path, undisturbed: dict[str, bytes], when: int, words: str) -> None:
    folder = tmp_path / "killed"
    process = started(tmp_path, words)
    until(lambda: (folder / "run.json").exists() and done(folder) >= when, process)
    if words == "workers=2":
        until(lambda: len(workers_of(process.pid)) == 2, process)
    children = workers_of(process.pid)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert said.strip().splitlines()[-1].startswith("mipo: stopped; ")
    assert "Traceback" not in said
    assert not any(alive(child) for child in children)
    assert when <= done(folder) < POINTS
    Sweep(design(), folder, replicates=EACH).run()
    assert contents(folder) == undisturbed


def test_two_commands_into_one_folder(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    first = started(tmp_path, "workers=1")
    until(lambda: done(tmp_path / "killed") >= 1, first)
    second = started(tmp_path, "workers=1")
    _, refused = second.communicate(timeout=PATIENCE)
    assert "another sweep is running in" in refused.splitlines()[-1]
    _, said = first.communicate(timeout=PATIENCE)
    assert first.returncode == 0, said
    assert contents(tmp_path / "killed") == undisturbed


# ---------------------------------------------------------------- clusters


def test_a_dask_cluster_gives_the_same_files(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    process = started(tmp_path, "engine=dask")
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert contents(tmp_path / "killed") == undisturbed


@linux
@untidy
def test_a_killed_dask_worker_is_made_up_for(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    import distributed  # `make check-all` installs it; `make test` reads this file without it

    settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with distributed.LocalCluster(**settings) as there, distributed.Client(there) as client:
        address = there.scheduler_address
        assert worker_count({"kind": "dask", "address": address}) == 2
        process = started(tmp_path, "engine=dask", f"engine.address={address}")
        until(lambda: done(tmp_path / "killed") >= 3, process)
        os.kill(min(client.run(os.getpid).values()), signal.SIGKILL)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert contents(tmp_path / "killed") == undisturbed


def test_a_scheduler_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", "1s")
    lost = {"kind": "dask", "address": "tcp://127.0.0.1:1"}
    with pytest.raises(EngineError, match=r"no Dask scheduler answers at tcp://127.0.0.1:1"):
        Sweep(design(), tmp_path / "lost", engine=lost).run()


ASKED = {
    "kind": "slurm",
    "jobs": 1,
    "cores": 2,
    "memory": "3GB",
    "walltime": "00:20:00",
    "queue": "long",
    "account": "peace",
    "directives": ["--constraint=avx512"],
}
SBATCH = """\
#!/bin/sh
if [ "$1" = --test-only ]; then exec cat > "{folder}/tried"; fi
if [ -e "{folder}/first" ]; then cp "$1" "{folder}/script"; else echo 'exit 1' > "{folder}/script"; fi
touch "{folder}/first"
setsid sh "{folder}/script" > "{folder}/log" 2>&1 &
echo "Submitted batch job $!"
echo $! >> "{folder}/jobs"
"""
SQUEUE = """\
#!/bin/sh
for job in $(cat "{folder}/jobs"); do kill -0 $job 2> /dev/null && echo $job; done
exit 0
"""
SCANCEL = """\
#!/bin/sh
kill -- -$1
"""
REFUSING = """\
#!/bin/sh
echo 'sbatch: error: invalid partition specified: long' >&2
exit 1
"""


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, **programs: str) -> Path:
    """Put programs in the way of those of Slurm."""
    folder.mkdir()
    for name, text in programs.items():
        (folder / name).write_text(text.format(folder=folder))
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@linux
@untidy
def test_slurm_jobs_are_asked_for_as_set_and_replaced_when_they_end(
    tmp_path: Path, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stand_in(tmp_path / "slurm", monkeypatch, sbatch=SBATCH, squeue=SQUEUE, scancel=SCANCEL)
    monkeypatch.setattr(cluster, "LOOK", 1.0)
    Sweep(design(), tmp_path / "sweep", replicates=EACH, engine=ASKED).run()
    assert contents(tmp_path / "sweep") == undisturbed
    jobs = (folder / "jobs").read_text().split()
    assert len(jobs) == 2  # the first of them ends at once
    tried, ran = (folder / "tried").read_text().splitlines(), (folder / "script").read_text().splitlines()
    wanted = ["-p long", "-A peace", "--cpus-per-task=2", "-t 00:20:00", "--constraint=avx512"]
    for script in (tried, ran):
        assert [line for line in wanted if f"#SBATCH {line}" not in script] == []
        assert sum(line.startswith("#SBATCH --mem=") for line in script) == 1
        assert "--nthreads 1" in script[-1] and "--nworkers 2" in script[-1]
    until(lambda: not any(alive(int(job)) for job in jobs), None)


def test_what_slurm_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path / "slurm", monkeypatch, sbatch=REFUSING)
    with pytest.raises(EngineError, match="Slurm refuses such jobs: sbatch: error: invalid partition"):
        Sweep(design(), tmp_path / "sweep", engine=ASKED).run()
