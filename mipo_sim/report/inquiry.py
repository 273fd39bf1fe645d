"""Analyses that need every world, done once and embedded: sensitivity, shares of variance, boxes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis import AnalysisError, morris_effects, scenario_boxes, sobol_indices, variance_shares
from mipo_sim.report.cells import MOST_CELLS
from mipo_sim.report.cubes import rounded
from mipo_sim.report.source import Source
from mipo_sim.sweeps.answers import COMPARED, LUCK_AND_PARAMETERS

RESAMPLES = 200
EVENTS = ("relapse_5_years", "relapse", "durable_peace")
FILLING = ("latin_hypercube", "sobol", "saltelli")  # designs that fill space
MOST_WORLDS = 200_000  # beyond them, shares of variance would take minutes

Measured = Callable[[pd.DataFrame, str], pd.DataFrame]


def sensitivity_of(source: Source, notes: list[str]) -> dict[str, Any]:
    """Find what each outcome depends on, by the method that the design was made for.

    Parameters
    ----------
    source : Source
        The results.
    notes : list of str
        What stands in the way is added to them.

    Returns
    -------
    dict
        `method`; `measures`, the most telling first; by outcome in `outcomes` the columns `axis`,
        `measure`, `value`, `low`, `high`; and in `refused` why there is none. Empty where no method fits.
    """
    axes = list(source.points.columns)
    if source.kind == "saltelli":
        order = source.design.get("order", 1)

        def indices(rows: pd.DataFrame, name: str) -> pd.DataFrame:
            table = sobol_indices(rows, axes, name, order=order, resamples=RESAMPLES)
            return table.rename(columns={"index": "measure"})

        return _gathered(source, "sobol_indices", ("total", "first"), indices, notes)
    if source.kind == "morris":

        def effects(rows: pd.DataFrame, name: str) -> pd.DataFrame:
            return morris_effects(rows, axes, name, resamples=RESAMPLES)

        return _gathered(source, "morris_effects", ("mu_star", "sigma"), effects, notes)
    if source.kind == "grid" and source.levers and source.contexts and len(source.points) <= MOST_CELLS:
        return _shares(source, notes)
    return {}


def _shares(source: Source, notes: list[str]) -> dict[str, Any]:
    """Shares of variance due to luck, situation and form."""
    if source.planned * len(source.points) > MOST_WORLDS:
        notes.append(f"Shares of variance are left out where there are more than {MOST_WORLDS:,} worlds.")
        return {}
    form, situation = (
        source.points.groupby(list(axes), sort=False).ngroup() for axes in (source.levers, source.contexts)
    )

    drawn = source.made.get("parameters") == "posterior"  # each replicate then has parameters of its own
    luck = LUCK_AND_PARAMETERS if drawn else "luck"

    def shares(rows: pd.DataFrame, name: str) -> pd.DataFrame:
        named = rows.assign(form=rows["point"].map(form), situation=rows["point"].map(situation))
        table = variance_shares(named, name, situation="situation", resamples=RESAMPLES)
        table["axis"] = table.pop("effect").str.replace("luck", luck)
        return table.rename(columns={"share": "value"}).assign(measure="share")

    return _gathered(source, "variance_shares", ("share",), shares, notes)


def _gathered(
    source: Source, method: str, measures: Sequence[str], measured: Measured, notes: list[str]
) -> dict[str, Any]:
    """Measure outcome by outcome; what cannot be measured is said, not dropped."""
    names = [name for name in COMPARED if name in source.outcomes]
    rows = _rows(source, names)
    found: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for name in names:
        try:
            table = measured(rows, name)
        except AnalysisError as error:
            refused[name] = str(error)
            continue
        except ImportError as error:
            notes.append(f"{error}.")
            return {}
        kept = table[table["measure"].isin(measures)]
        words = {key: kept[key].tolist() for key in ("axis", "measure")}
        found[name] = words | {key: rounded(kept[key], 4) for key in ("value", "low", "high")}
    return {"method": method, "measures": list(measures), "outcomes": found, "refused": refused}


def boxes_of(source: Source, notes: list[str]) -> dict[str, Any]:
    """Find parts of the space in which an event is more frequent than everywhere.

    Parameters
    ----------
    source : Source
        The results.
    notes : list of str
        What stands in the way is added to them.

    Returns
    -------
    dict
        By event, the rows of `mipo_sim.analysis.scenario_boxes`. Empty where the design does not fill
        space.
    """
    if source.kind not in FILLING:
        return {}
    events = [event for event in EVENTS if event in source.outcomes]
    rows, found = _rows(source, events), {}
    for event in events:
        try:
            table = scenario_boxes(rows, list(source.points.columns), event)
        except AnalysisError as error:
            notes.append(f"No boxes for {event.replace('_', ' ')}: {error}.")
            continue
        except ImportError as error:
            notes.append(f"{error}.")
            return {}
        columns = {
            name: rounded(column, 4) if pd.api.types.is_float_dtype(column) else column.tolist()
            for name, column in table.items()
        }
        found[event] = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return found


def _rows(source: Source, names: Sequence[str]) -> pd.DataFrame:
    """One row a world: point, replicate, axes, some outcomes; not a number in worlds that are not there."""
    values = source.values(names)
    replicates = values.shape[2]
    rows = source.points.loc[source.points.index.repeat(replicates)].reset_index(names="point")
    rows["replicate"] = np.tile(np.arange(replicates), len(source.points))
    for name, column in zip(names, values, strict=True):
        rows[name] = column.ravel()
    return rows
