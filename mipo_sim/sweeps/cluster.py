"""Clusters of Dask workers: on this machine, at the address of a scheduler, or in jobs of Slurm.

Dask is needed only here, and imported only when it is asked for: pip install 'mipo-sim[dask]'.
"""

import logging
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from mipo_sim.sweeps.local import EngineError, Handed, deaf

ADDRESSES = ("tcp://", "tls://", "ucx://", "ws://", "wss://")
PATIENCE = "20s"  # for a scheduler to answer
LOOK = 30.0  # seconds between two looks for jobs that have ended
MOST = 10_000  # jobs, or cores of a job

_WORD = re.compile(r"[\w.,:@+-]+")  # what may stand in a job script without being read as something else
_MEMORY = re.compile(r"\d+(\.\d+)? ?[KMGT]i?B", re.IGNORECASE)
_TIME = re.compile(r"(\d+-)?\d{1,3}:\d\d:\d\d")
_DIRECTIVE = re.compile(r"--?[A-Za-z][^\r\n]*")


def _whole(value: Any) -> bool:
    return type(value) is int and 1 <= value <= MOST


def _like(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


#: What the settings of engines take: whether a value fits, and in words what would.
TAKES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "address": (
        lambda value: isinstance(value, str) and value.startswith(ADDRESSES),
        "the address of a Dask scheduler (tcp://host:8786)",
    ),
    "jobs": (_whole, f"a whole number from 1 to {MOST}"),
    "cores": (_whole, f"a whole number from 1 to {MOST}"),
    "memory": (_like(_MEMORY), "an amount of memory (8GB)"),
    "walltime": (_like(_TIME), "hours:minutes:seconds (01:00:00)"),
    "queue": (_like(_WORD), "the name of a partition"),
    "account": (_like(_WORD), "the name of an account"),
    "interface": (_like(_WORD), "the name of a network interface"),
    "directives": (
        lambda value: isinstance(value, list) and all(map(_like(_DIRECTIVE), value)),
        'options of sbatch (["--exclusive"])',
    ),
}


@contextmanager
def on_this_machine(workers: int) -> Iterator[Handed]:
    """Start a cluster of worker processes here, and end it afterwards."""
    LocalCluster = _dask("LocalCluster")
    how = {"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "silence_logs": logging.ERROR}
    with _quiet_end() as give_up, ExitStack() as stack:
        with deaf():
            cluster = stack.enter_context(LocalCluster(n_workers=workers, **how))
        yield from _connected(cluster.scheduler_address, give_up)


@contextmanager
def at(address: str) -> Iterator[Handed]:
    """Use the cluster of a scheduler that is running; it goes on running afterwards."""
    with _quiet_end() as give_up:
        yield from _connected(address, give_up)


@contextmanager
def in_slurm(settings: Mapping[str, Any]) -> Iterator[Handed]:
    """Have Slurm start workers, replace jobs that end before their time, and cancel them afterwards."""
    if shutil.which("sbatch") is None:
        raise EngineError("engine=slurm needs sbatch; start the sweep where jobs of Slurm are submitted")
    with _quiet_end() as give_up, slurm_cluster(settings) as cluster, _replacing(cluster, settings["jobs"]):
        _try_out(cluster.job_script())
        cluster.scale(jobs=settings["jobs"])
        yield from _connected(cluster.scheduler_address, give_up)


def slurm_cluster(settings: Mapping[str, Any]) -> Any:
    """Make a cluster whose workers are jobs of Slurm, none of them submitted yet."""
    return _dask("SLURMCluster", "dask_jobqueue")(
        cores=settings["cores"],
        processes=settings["cores"],
        memory=settings["memory"],
        walltime=settings["walltime"],
        queue=settings["queue"],
        account=settings["account"],
        interface=settings["interface"],
        job_extra_directives=settings["directives"],
        job_name="mipo",
        scheduler_options={"dashboard_address": "127.0.0.1:0"},
        silence_logs=logging.CRITICAL,
    )


def count_at(address: str) -> int:
    """Tell how many workers the cluster of a running scheduler has.

    Raises
    ------
    EngineError
        If no scheduler answers, or it has none.
    """
    with _client(address) as client:
        count = sum(client.ncores().values())
    if not count:
        raise EngineError(f"the Dask scheduler at {address} has no workers yet")
    return int(count)


def _connected(address: str, give_up: Callable[[], None]) -> Iterator[Handed]:
    """Hand out an executor, with enough shards under way that no worker waits, however many there are."""
    with _client(address) as client:
        try:
            yield (
                client.get_executor(pure=False, retries=3),
                lambda: max(8, 2 * sum(client.ncores().values())),
            )
        except BaseException:
            give_up()
            raise


@contextmanager
def _client(address: str) -> Iterator[Any]:
    Client = _dask("Client")
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, TimeoutError):
        raise EngineError(f"no Dask scheduler answers at {address}") from None
    with client:
        yield client


def _dask(name: str, module: str = "distributed") -> Any:
    try:
        return getattr(__import__(module), name)
    except ImportError:
        raise EngineError("this engine needs Dask: pip install 'mipo-sim[dask]'") from None


def _try_out(script: str) -> None:
    """Ask Slurm whether it would take a job, since Dask waits in silence for one that is refused."""
    tried = subprocess.run(["sbatch", "--test-only"], input=script, capture_output=True, text=True)
    if tried.returncode:
        said = " ".join(tried.stderr.split()) or "no reason given"
        raise EngineError(f"Slurm refuses such jobs: {said}")


@contextmanager
def _replacing(cluster: Any, jobs: int) -> Iterator[None]:
    """Replace jobs that have ended, at their time limit for one; Dask itself does not."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK):
            listed = subprocess.run(
                ["squeue", "--me", "--noheader", "--format=%A"], capture_output=True, text=True
            )
            there = set(listed.stdout.split())
            gone = {name for name, job in cluster.workers.items() if job.job_id and job.job_id not in there}
            if gone and not listed.returncode:
                cluster.sync(cluster.scale_down, gone)
                cluster.scale(jobs=jobs)

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()


@contextmanager
def _quiet_end() -> Iterator[Callable[[], None]]:
    """Hand out what silences Dask until it is closed: it logs every piece of work that is given up."""
    before = logging.root.manager.disable
    try:
        yield lambda: logging.disable(logging.CRITICAL)
    finally:
        logging.disable(before)
