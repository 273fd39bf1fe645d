"""Where a sweep is kept: `run.json`, and a file for each shard of worlds. What is there is what is done.

run.json                        what decides the numbers, and what made them; created once, never changed
rows/rows-<lo>-<hi>.parquet     worlds lo to hi - 1: axes of the design, replicate, outcomes, why it failed
series/series-<lo>-<hi>.parquet months of the points that begin there: mean, sd, 5 % and 95 % over worlds

A file appears under its name when it is complete and flushed, the rows of a shard last. Nothing else has
to be kept in step, so that a sweep can be killed at any moment and goes on from what is there.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from mipo_sim.model import MOST_WORLDS
from mipo_sim.parameters.posterior import check_parameters
from mipo_sim.sweeps.identity import FORMAT, facts
from mipo_sim.sweeps.plan import Plan, Shard
from mipo_sim.sweeps.storage import flush, read_sealed, write_sealed

#: The numbers of an identity, and what they can be.
WHOLES = {
    "seed": (0, 2**63 - 1),
    "points": (1, 10_000_000),
    "replicates": (1, MOST_WORLDS),
    "first_replicate": (0, 2**31 - 1),
}
FAMILIES = ("series", "rows")  # in the order in which they are written


class SweepError(Exception):
    """Something about a sweep's folder that stands in the way; the text is one clear line."""


@dataclass
class State:
    """What is there of a sweep.

    Attributes
    ----------
    todo : list of (int, int)
        Shards that have to be computed.
    damaged : list of str
        Files that cannot be read.
    failed : int
        Worlds that are there, but failed.
    """

    todo: list[tuple[int, int]] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    failed: int = 0

    @property
    def worlds(self) -> int:
        """How many worlds have to be computed."""
        return sum(hi - lo for lo, hi in self.todo)


class Store:
    """The folder of a sweep.

    Parameters
    ----------
    folder : path
        Where it is; made by `begin`.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def begin(self, wanted: Mapping[str, Any]) -> None:
        """Make the folder, or find the same sweep in it.

        Raises
        ------
        SweepError
            If it holds another sweep, or something that is none.
        """
        if not (self.folder / "run.json").exists():
            if strange := [
                f.name for f in self.folder.iterdir() if f.name not in (".lock", "rows", "series")
            ]:
                raise SweepError(f"{self.name} holds something else ({strange[0]}); choose another folder")
            for place in (self.folder / "rows", self.folder / "series"):
                place.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"identity": wanted, "made": facts()}, indent=1, ensure_ascii=False)

            def write(file: Path) -> None:
                file.write_text(text + "\n", encoding="utf-8", newline="\n")

            with suppress(FileExistsError):
                self._put(self.folder / "run.json", write, _name_once)
        self.check(wanted)

    def check(self, wanted: Mapping[str, Any]) -> None:
        """Refuse a folder that holds another sweep.

        Raises
        ------
        SweepError
            If it does, or cannot be read.
        """
        there = self.identity()
        if differing := _differences(there, wanted):
            raise SweepError(
                f"{self.name} holds another sweep, which differs in {'; '.join(differing)}; "
                "choose another folder"
            )

    @property
    def name(self) -> str:
        """The folder, as a message names it."""
        return repr(str(self.folder))

    def about(self) -> dict[str, Any]:
        """Read `run.json`.

        Raises
        ------
        SweepError
            If there is none, or it cannot be read.
        """
        file = self.folder / "run.json"
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            if found["identity"]["format"] != FORMAT:
                raise SweepError(f"{self.name} was written by another version of mipo_sim, in another layout")
            _check_sound(found)
        except FileNotFoundError:
            raise SweepError(f"no sweep in {self.name}") from None
        except (ValueError, KeyError, TypeError, RecursionError, IsADirectoryError):
            raise SweepError(
                f"{str(file)!r} is damaged; move the folder away and run the sweep anew"
            ) from None
        about: dict[str, Any] = found
        return about

    def identity(self) -> dict[str, Any]:
        """Read what decides the numbers of the sweep that is there."""
        identity: dict[str, Any] = self.about()["identity"]
        return identity

    def plan(self) -> Plan:
        """Read which worlds the sweep has."""
        there = self.identity()
        drawing = there.get("parameters", "default"), tuple(there.get("given", ()))
        return Plan(there["points"], there["replicates"], there["first_replicate"], *drawing)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep the folder to one sweep at a time; the lock ends with the process, however it ends.

        Raises
        ------
        SweepError
            If another sweep is running there.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as file:
            if not _lock(file.fileno()):
                raise SweepError(
                    f"another sweep is running in {self.name}; wait for it, or choose another folder"
                )
            self._tidy()
            try:
                yield
            finally:
                self._tidy()

    def _tidy(self) -> None:
        """Remove what workers that were killed had begun to write."""
        for left in self.folder.glob("*/.*.tmp"):
            left.unlink(missing_ok=True)

    def path(self, family: str, lo: int, hi: int) -> Path:
        """Name the file of a shard; families are "rows" and "series"."""
        return self.folder / family / _file_name(family, lo, hi)

    def state(self, plan: Plan, verify: bool = True) -> "State":
        """Find out what is there, and what is not.

        Parameters
        ----------
        plan : Plan
            What should be there.
        verify : bool
            Whether to read all of it, and so find what is damaged.
        """
        state = State()
        there = {f.name for family in FAMILIES for f in (self.folder / family).glob("*.parquet")}
        for lo, hi in plan.shards():
            families = FAMILIES if plan.watches(lo) else FAMILIES[1:]
            found = [family for family in families if _file_name(family, lo, hi) in there]
            missing = len(found) < len(families)
            for file in (self.path(family, lo, hi) for family in found if verify):
                try:
                    table = read_table(file)
                    if "failed" in table.column_names:
                        state.failed += len(table) - table["failed"].null_count
                except SweepError:
                    state.damaged.append(file.name)
                    missing = True
            if missing:
                state.todo.append((lo, hi))
        return state

    def write(self, shard: Shard, rows: pa.Table, months: pa.Table | None) -> None:
        """Keep a shard, its rows last: they say that it is done.

        Raises
        ------
        OSError
            If it cannot be written. Nothing of it is there then.
        """
        tables = {"rows": rows} if months is None else {"series": months, "rows": rows}
        for family, table in tables.items():
            self._put(self.path(family, shard.lo, shard.hi), partial(write_sealed, table), os.replace)

    def _put(
        self, place: Path, write: Callable[[Path], None], give_name: Callable[[Path, Path], None]
    ) -> None:
        """Write beside the place, flush, then give it its name in one step."""
        draft = place.with_name(f".{place.name}.{os.urandom(6).hex()}.tmp")
        try:
            write(draft)
            flush(draft)
            give_name(draft, place)
            flush(place.parent)
        finally:
            draft.unlink(missing_ok=True)

    def tables(self, family: str, columns: list[str] | None = None) -> Iterator[pa.Table]:
        """Read the files of a family one by one, in order.

        Raises
        ------
        SweepError
            If one is damaged.
        """
        for lo, hi in self.plan().shards():
            file = self.path(family, lo, hi)
            if file.exists():
                yield read_table(file, columns)

    def read(self, family: str, columns: list[str] | None = None) -> pd.DataFrame:
        """Read all files of a family as one table; see `tables`."""
        tables = list(self.tables(family, columns))
        if not tables:
            return pd.DataFrame()
        whole: pd.DataFrame = pa.concat_tables(tables, promote_options="permissive").to_pandas()
        return whole


def _check_sound(about: Mapping[str, Any]) -> None:
    """Refuse numbers that no sweep can have written, before anybody counts with them."""
    identity = about["identity"]
    for name, (low, high) in WHOLES.items():
        if type(identity[name]) is not int or not low <= identity[name] <= high:
            raise ValueError(name)
    for part in (identity["design"], about["made"]["parameters"]):
        if not isinstance(part, dict):
            raise TypeError("no names with what they are")
    check_parameters(identity.get("parameters", "default"))
    if not all(isinstance(name, str) for name in identity.get("given", ())):
        raise TypeError("given")


def _file_name(family: str, lo: int, hi: int) -> str:
    return f"{family}-{lo:09d}-{hi:09d}.parquet"


def read_table(file: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a file of a shard, and check that no bit of it has changed.

    Raises
    ------
    SweepError
        If it is damaged.
    """
    try:
        return read_sealed(file, columns)
    except (OSError, ValueError, pa.ArrowException) as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise
        raise SweepError(f"{str(file)!r} is damaged; the same sweep, run again, computes it anew") from None


def _name_once(draft: Path, place: Path) -> None:
    """Give a file its name unless the name is taken."""
    try:
        os.link(draft, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        draft.rename(place)


def _lock(handle: int) -> bool:
    """Take the lock of an open file, if nobody else has it."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks: shards are written whole anyway, and are the same
        return True
    return True


def _differences(there: Any, wanted: Any, stem: str = "") -> list[str]:
    """Say in which keys two identities differ, and how."""
    if isinstance(there, dict) and isinstance(wanted, dict):
        keys = [*there, *(key for key in wanted if key not in there)]
        return [
            found
            for key in keys
            for found in _differences(there.get(key), wanted.get(key), f"{stem}.{key}" if stem else key)
        ]
    return [] if there == wanted else [f"{stem} (there {_short(there)}, here {_short(wanted)})"]


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:36]} ..."
