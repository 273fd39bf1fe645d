"""Forms of mission that are lived through as evidence, declared in `forms.yaml` beside this one."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import yaml

from mipo_sim.model import SEED, MissionModel
from mipo_sim.parameters import ParameterError, check_name, check_value, check_whole, complete, declared
from mipo_sim.parameters.options import GROUPS, compose
from mipo_sim.sweeps.engine import engine
from mipo_sim.sweeps.experiment import BLOCK

USUAL = {"scenario": "fragile_ceasefire"} | dict.fromkeys(GROUPS, "mix_2007")

Record = Mapping[str, np.ndarray]  # what is kept of the worlds of one form, worlds last
Keep = Callable[[MissionModel], dict[str, np.ndarray]]  # live a block through, and hand out what to keep


@dataclass(frozen=True)
class Form:
    """A form of mission in a situation.

    Attributes
    ----------
    name, label : str
        For files and for people.
    months : int
        How long it is lived.
    values : mapping of str to float
        Parameters that differ from their defaults.
    map : str
        Name of the map.
    """

    name: str
    label: str
    months: int
    values: Mapping[str, float]
    map: str

    @property
    def shape(self) -> tuple[Any, ...]:
        """What has to be alike in forms that are computed side by side."""
        return (
            self.months,
            self.map,
            *sorted((n, v) for n, v in self.values.items() if declared()[n].structural),
        )


@cache
def forms() -> MappingProxyType[str, Form]:
    """All forms of `forms.yaml` by name.

    Raises
    ------
    ParameterError
        If an option or a parameter is unknown or cannot be meant.
    """
    rows = yaml.safe_load((Path(__file__).parent / "forms.yaml").read_text(encoding="utf-8"))
    return MappingProxyType({name: _form(name, **row) for name, row in rows.items()})


def in_situation(name: str, situation: str, options: Mapping[str, str], months: int) -> Form:
    """Make a form that differs from the mission of 2007 in some options, in a situation."""
    return _form(name, name, months, {"scenario": situation, **options})


def _form(
    name: str,
    label: str,
    months: int,
    options: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
) -> Form:
    whole = compose(overrides=values, **USUAL | dict(options or {}))
    usual = {n: v for n, v in whole.values.items() if v != declared()[n].default}
    return Form(name, label, months, usual | dict(values or {}), whole.map)


def live_through(
    forms: Sequence[Form],
    keep: Keep,
    values: Mapping[str, Any] | None = None,
    *,
    worlds: int,
    seed: int = SEED,
    workers: int | None = 1,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Record]:
    """Live through every form with every set of parameters, in the same worlds.

    Forms and sets of like structure are computed side by side, and share their luck replicate by
    replicate.

    Parameters
    ----------
    forms : sequence of Form
        What to live through. What a form sets goes before what a set of parameters sets.
    keep : callable
        Lives a model through and hands out what to keep, arrays with worlds last. With several
        workers it has to be a function of a module.
    values : mapping of str to number or array, optional
        Parameters that differ from their defaults: a number for all sets, or one a set.
    worlds : int
        Replicates of each form and set.
    seed : int
        Seed of all luck.
    workers : int, optional
        Processes; None for one a core.
    progress : callable, optional
        Called now and then with the number of worlds done so far.

    Returns
    -------
    dict of str to Record
        What was kept, by the form's name: arrays `[..., set, world]`.

    Raises
    ------
    ParameterError
        If a parameter or a number cannot be meant; before anything is computed.
    """
    check_whole("worlds", worlds, 1, 100_000)
    sets = checked_sets(values or {})
    count = max(len(column) for column in sets.values()) if sets else 1
    for form in forms:
        complete(sets | dict(form.values))
    tasks = list(_blocks(forms, count * worlds))
    done = 0

    def report(more: int, _: Future[list[Record]]) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(done)

    found: dict[str, list[Record]] = {form.name: [] for form in forms}
    with engine("local", workers) as (executor, _):
        futures = []
        for alike, pairs in tasks:
            of_pairs = {name: column[pairs // worlds] for name, column in sets.items()}
            future = executor.submit(_live_block, alike, keep, of_pairs, pairs % worlds, seed)
            future.add_done_callback(partial(report, len(alike) * len(pairs)))
            futures.append(future)
        for (alike, _), future in zip(tasks, futures, strict=True):
            for form, record in zip(alike, future.result(), strict=True):
                found[form.name].append(record)
    return {name: _joined(records, count, worlds) for name, records in found.items()}


def checked_sets(values: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Check sets of parameters, and give each parameter one entry a set."""
    columns = {name: np.atleast_1d(check_value(check_name(name), value)) for name, value in values.items()}
    lengths = {len(column) for column in columns.values()} - {1}
    if len(lengths) > 1:
        raise ParameterError(f"sets of parameters have one number of entries, not {sorted(lengths)}")
    for name, column in columns.items():
        if declared()[name].structural and len(column) > 1:
            raise ParameterError(f"{name} shapes the world and takes one number for all sets")
    count = max(lengths, default=1)
    return {name: np.broadcast_to(column, count) for name, column in columns.items()}


def _blocks(forms: Sequence[Form], pairs: int) -> Iterator[tuple[list[Form], np.ndarray]]:
    """Forms of like shape with pairs of set and replicate, counted through, that are computed together."""
    for _, group in groupby(sorted(forms, key=lambda form: repr(form.shape)), key=lambda form: form.shape):
        alike = list(group)
        size = max(1, BLOCK // len(alike))
        for start in range(0, pairs, size):
            yield alike, np.arange(start, min(start + size, pairs))


def _live_block(
    forms: Sequence[Form], keep: Keep, values: Mapping[str, np.ndarray], replicates: np.ndarray, seed: int
) -> list[Record]:
    """Live all pairs of the first form, then all of the second ..., in one model."""
    gc.collect()  # the last model and its agents know each other, and would linger
    names = {*values, *(name for form in forms for name in form.values)}
    pairs = len(replicates)
    columns: dict[str, Any] = {}
    for name in names:
        usual = values.get(name, np.full(pairs, declared()[name].default))
        rows = [np.full(pairs, form.values[name]) if name in form.values else usual for form in forms]
        columns[name] = np.concatenate(rows)
        if declared()[name].structural:
            columns[name] = columns[name][0]
    where = forms[0]
    kept = keep(
        MissionModel(
            columns,
            worlds=len(forms) * pairs,
            replicates=np.tile(replicates, len(forms)),
            seed=seed,
            map=where.map,
            months=where.months,
        )
    )
    return [
        {name: array[..., i * pairs : (i + 1) * pairs] for name, array in kept.items()}
        for i in range(len(forms))
    ]


def _joined(records: Sequence[Record], sets: int, worlds: int) -> Record:
    joined = {name: np.concatenate([record[name] for record in records], axis=-1) for name in records[0]}
    return {name: array.reshape(*array.shape[:-1], sets, worlds) for name, array in joined.items()}
