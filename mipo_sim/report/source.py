"""Runs and sweeps read alike: points, their worlds, and what made them.

Only what a folder itself says is used, so that results of other versions can be looked at too.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from mipo_sim.outcomes import OUTCOMES
from mipo_sim.outcomes.audit import BREACHES
from mipo_sim.parameters import ParameterError
from mipo_sim.parameters.options import GROUPS, compose, own_options
from mipo_sim.sweeps.storage import read_parquet
from mipo_sim.sweeps.store import Store, SweepError
from mipo_sim.sweeps.sweep_results import FIXED, SweepResults

CHOICES = ("scenario", *GROUPS)


class SourceError(Exception):
    """Results that no page can be made of; the text is one clear line."""


@dataclass(frozen=True)
class Source:
    """The worlds of a run or a sweep, point by point.

    Attributes
    ----------
    folder : Path
        Where they are kept.
    kind : str
        "run", or the kind of design.
    points : DataFrame
        One row a point that has been reached, one column an axis; the index numbers the points.
    levers, contexts : tuple of str
        Which of the axes those who shape a mission choose, and which they find.
    planned : int
        How many worlds of each point there are to be.
    worlds : array of int
        How many worlds of each point are there.
    columns : tuple of str
        Names of the columns of the table of worlds.
    failures : DataFrame
        Worlds that failed: `world`, `point`, `failed`, which says why.
    breaches : dict of str to int
        By kind, the worlds in which work, money or bounds did not add up.
    base : dict
        What holds at all points, by name.
    made : dict
        What made them: `mipo_sim`, `commit`, `seed`, `python`, `parameters`, ...
    units : dict of str to str
        Units of the parameters.
    values : callable
        Gives outcomes, by their names, as an array `[name, point, replicate]`; not a number where
        there is none.
    read_months : callable
        Gives the months of each point: `point`, `measure`, `month`, `mean`, `low`, `high`.
    design : dict
        The design as it writes itself down; empty for a run.
    forms : dict
        Every parameter of each form; empty for a sweep.
    """

    folder: Path
    kind: str
    points: pd.DataFrame
    levers: tuple[str, ...]
    contexts: tuple[str, ...]
    planned: int
    worlds: np.ndarray
    columns: tuple[str, ...]
    failures: pd.DataFrame
    breaches: dict[str, int]
    base: dict[str, Any]
    made: dict[str, Any]
    units: dict[str, str]
    values: Callable[[Sequence[str]], np.ndarray]
    read_months: Callable[[], pd.DataFrame]
    design: dict[str, Any] = field(default_factory=dict)
    forms: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def outcomes(self) -> list[str]:
        """Outcomes that are there, in the order of their declaration, without the books."""
        return [m.name for m in OUTCOMES if m.name in self.columns and m.name not in BREACHES]

    @property
    def missing(self) -> list[str]:
        """Outcomes that this version knows and the results have not."""
        return [m.name for m in OUTCOMES if m.name not in self.columns]

    @cached_property
    def monthly(self) -> pd.DataFrame:
        """Months of each point: `point`, `measure`, `month`, `mean`, `low`, `high`; may be empty."""
        return self.read_months()

    @cached_property
    def months(self) -> np.ndarray:
        """Length of a run at each point."""
        lengths = self._lengths
        if "scenario" not in self.points:
            return np.full(len(self.points), lengths[""], dtype=np.int64)
        return self.points["scenario"].map(lengths).to_numpy(np.int64)

    @cached_property
    def _lengths(self) -> dict[str, int]:
        """Length of a run by scenario, or of all by an empty name."""
        names = self.points["scenario"].unique().tolist() if "scenario" in self.points else [""]
        return {name: self._length(name or self.base.get("scenario")) for name in names}

    def _length(self, scenario: str | None) -> int:
        if "months" in self.base:
            return int(self.base["months"])
        try:
            with own_options(self.design.get("own", {})):
                return compose(scenario).months
        except ParameterError:  # a situation that this version does not know
            return int(self.monthly["month"].max()) + 1 if len(self.monthly) else 0

    def choices(self, point: int) -> dict[str, Any]:
        """What was chosen at a point: the base, with the point's axes over it."""
        row = {str(name): value for name, value in self.points.loc[point].items()}
        return {**self.base, **row}


def open_source(folder: Path | str) -> Source:
    """Open the results in a folder, of a run or of a sweep.

    Raises
    ------
    SourceError
        If there are none, or they cannot be read, or no world is there yet.
    """
    folder = Path(folder)
    with damage_told(folder):
        if (folder / "run.json").is_file():
            return _sweep(folder)
        if (folder / "manifest.json").is_file():
            return _run(folder)
    raise SourceError(f"no results in {str(folder)!r} (mipo results lists what there is)")


@contextmanager
def damage_told(folder: Path) -> Iterator[None]:
    """Say in one clear line that the files in a folder are not what they should be.

    Raises
    ------
    SourceError
        If reading them, or reckoning with what they say, goes wrong in any way.
    """
    try:
        yield
    except SourceError:
        raise
    except SweepError as error:
        raise SourceError(str(error)) from None
    except OSError as error:
        raise SourceError(f"{str(folder)!r} cannot be read: {error.strerror or error}") from None
    except MemoryError:
        raise SourceError(f"the results in {str(folder)!r} do not fit into memory") from None
    except Exception as error:  # whatever a stranger's file may lead to
        raise SourceError(
            f"the results in {str(folder)!r} are damaged, or of a version that laid them out in another way "
            f"({type(error).__name__}: {' '.join(str(error).split())[:80]})"
        ) from error


def _sweep(folder: Path) -> Source:
    results = SweepResults(folder)
    store, plan, about = results.store, results.plan, results.about
    there, made = about["identity"], about["made"]
    files = sorted((folder / "rows").glob("rows-*.parquet"))
    if not files:
        raise SourceError(f"no world of the sweep in {str(folder)!r} is there yet; run it first")
    columns = tuple(pq.read_schema(files[0]).names)
    axes = columns[len(FIXED) : columns.index("failed")]
    scan = _scan(store, axes, [name for name in BREACHES if name in columns], plan.points)
    points = scan.points.rename(columns={axis: axis.removeprefix("axis.") for axis in axes})
    roles = {axis: _role(axis, there["design"], made["parameters"]) for axis in points.columns}

    def values(names: Sequence[str]) -> np.ndarray:
        found = np.full((len(names), plan.worlds), np.nan, np.float32)
        for table in store.tables("rows", ["world", *names]):
            places = table["world"].to_numpy()
            for column, name in zip(found, names, strict=True):
                column[places] = table[name].to_numpy()
        return found.reshape(len(names), plan.points, plan.replicates)[:, points.index]

    return Source(
        folder,
        there["design"].get("kind", "sweep"),
        points,
        levers=tuple(axis for axis in points.columns if roles[axis] == "lever"),
        contexts=tuple(axis for axis in points.columns if roles[axis] != "lever"),
        planned=there["replicates"],
        worlds=scan.worlds[points.index],
        columns=columns,
        failures=scan.failures,
        breaches=scan.breaches,
        base=dict(there["design"].get("base") or {}),
        made={**made, **there},
        units={name: str(facts["unit"]) for name, facts in made["parameters"].items()},
        values=values,
        read_months=lambda: results.monthly,
        design=there["design"],
    )


@dataclass(frozen=True)
class _Scan:
    points: pd.DataFrame
    worlds: np.ndarray
    failures: pd.DataFrame
    breaches: dict[str, int]


def _scan(store: Store, axes: Sequence[str], breaches: Sequence[str], points: int) -> _Scan:
    """Go through the files once for all but the outcomes, so that a sweep need not fit into memory."""
    firsts, failures = [], []
    counts = np.zeros(points, np.int64)
    broken = dict.fromkeys(breaches, 0)
    for table in store.tables("rows", ["world", "point", *axes, "failed", *breaches]):
        numbers, places = np.unique(table["point"].to_numpy(), return_index=True)
        fresh = places[counts[numbers] == 0]
        if len(fresh):
            firsts.append(table.select(["point", *axes]).take(fresh).to_pandas())
        counts += np.bincount(table["point"].to_numpy(), minlength=points)
        if table["failed"].null_count < len(table):
            failed = table.filter(pc.is_valid(table["failed"]))
            failures.append(failed.select(["world", "point", "failed"]).to_pandas())
        for name in breaches:
            broken[name] += int((table[name].to_numpy() > 0).sum())
    reached = pd.concat(firsts, ignore_index=True).set_index("point").sort_index()
    return _Scan(reached, counts, pd.concat(failures) if failures else pd.DataFrame(), broken)


def _role(axis: str, design: dict[str, Any], parameters: dict[str, Any]) -> str:
    for part, role in (("levers", "lever"), ("contexts", "context")):
        if axis in (design.get(part) or {}):
            return role
    if axis in CHOICES:
        return "context" if axis == "scenario" else "lever"
    return str(parameters.get(axis, {}).get("role", "lever"))


def _run(folder: Path) -> Source:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    rows = _parquet(folder / "outcomes.parquet", "form", "replicate")
    forms = {
        str(form): {f"{group}.{key}": value for group, keys in groups.items() for key, value in keys.items()}
        for form, groups in config["forms"].items()
    }
    numbers = pd.Index(forms)
    point = numbers.get_indexer(pd.Index(rows["form"]))

    def values(names: Sequence[str]) -> np.ndarray:
        found = np.full((len(names), len(forms), int(manifest["worlds"])), np.nan)
        found[:, point, rows["replicate"].to_numpy()] = rows[list(names)].to_numpy(np.float64).T
        return found

    def months() -> pd.DataFrame:
        table = _parquet(folder / "monthly.parquet", "form", "measure", "month", "mean", "low", "high")
        return table.assign(point=numbers.get_indexer(pd.Index(table["form"])))

    return Source(
        folder,
        "run",
        pd.DataFrame({"form": list(forms)}),
        levers=("form",),
        contexts=(),
        planned=int(manifest["worlds"]),
        worlds=np.bincount(point, minlength=len(forms)),
        columns=tuple(rows.columns),
        failures=pd.DataFrame(),
        breaches={name: int((rows[name] > 0).sum()) for name in BREACHES if name in rows},
        base={name: config[name] for name in ("scenario", "map", "months", "title", "story")},
        made={**manifest, "decisions": config.get("decisions")},
        units=manifest["units"],
        values=values,
        read_months=months,
        forms=forms,
    )


def _parquet(file: Path, *columns: str) -> pd.DataFrame:
    """Read a table of a run, which has to have some columns."""
    try:
        table = read_parquet(file)
    except (OSError, ValueError, pa.ArrowException):
        raise SourceError(f"{str(file)!r} is missing or damaged; run it again") from None
    for column in columns:
        if column not in table:
            raise SourceError(f"{str(file)!r} has no column {column!r}; another version wrote it")
    return table
