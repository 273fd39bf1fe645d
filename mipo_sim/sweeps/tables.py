"""What came of a shard as tables: one row a world, and summaries of the months of its points."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from mipo_sim.sweeps.experiment import BAND
from mipo_sim.sweeps.plan import Lived, Shard

STATISTICS = ("mean", "sd", "low", "high")


def rows_of(shard: Shard, lived: Lived, code: str) -> pa.Table:
    """Put what came of a shard's worlds into a table, one row a world."""
    axes = {
        axis_name(str(name), lived.outcomes): pa.array(column.to_numpy()[shard.places])
        for name, column in shard.axes.items()
    }
    return pa.table(
        {
            "world": shard.worlds,
            "point": shard.points.astype(np.int32),
            "replicate": shard.replicates.astype(np.int32),
            "key": shard.keys(code)[shard.places],
            **axes,
            "failed": pa.array(lived.failed, pa.string()),
            "failed_month": lived.failed_month.astype(np.int16),
            **lived.outcomes,
        }
    )


def axis_name(axis: str, outcomes: Mapping[str, Any]) -> str:
    """Name the column of an axis; one that shares its name with an outcome gets `axis.` before it."""
    return f"axis.{axis}" if axis in outcomes else axis


def months_of(shard: Shard, lived: Lived) -> pa.Table | None:
    """Summarise the months of the shard's points over their watched worlds; None where none begins."""
    plan = shard.plan
    if not plan.watches(shard.lo):
        return None
    _, every = plan.kept
    points = len(shard.maps)
    first = shard.lo // plan.replicates
    tables = []
    for measure, values in lived.months.items():
        by_point = values[:, : points * (values.shape[1] // points)].reshape(len(values), points, -1)
        summary = bands(by_point[:, :, : plan.watched])
        month, place = np.nonzero(summary["worlds"])
        order = np.lexsort((month, place))
        month, place = month[order], place[order]
        columns = {name: statistic[month, place] for name, statistic in summary.items()}
        tables.append(
            pa.table(
                {
                    "point": (first + place).astype(np.int32),
                    "measure": pa.array([measure] * len(place), pa.string()),
                    "month": (month * every + every - 1).astype(np.int16),
                    **columns,
                }
            )
        )
    return pa.concat_tables(tables)


def bands(values: np.ndarray) -> dict[str, np.ndarray]:
    """Mean, standard deviation, 5 % and 95 % over the last axis, and over how many worlds.

    What is not a number is left out. Sorting once is many times faster than asking for quantiles.
    """
    ordered = np.sort(values, axis=-1)  # what is not a number comes last
    worlds = np.isfinite(ordered).sum(axis=-1)
    filled = np.where(np.isfinite(ordered), ordered, 0).astype(np.float64)
    mean = filled.sum(axis=-1) / np.maximum(worlds, 1)
    away = np.where(np.isfinite(ordered), filled - mean[..., None], 0)
    sd = np.sqrt((away**2).sum(axis=-1) / np.maximum(worlds - 1, 1))
    found = {"mean": mean, "sd": sd}
    for name, share in zip(("low", "high"), BAND, strict=True):
        place = share * np.maximum(worlds - 1, 0)
        below = np.floor(place).astype(int)
        above = np.minimum(below + 1, np.maximum(worlds - 1, 0))
        at_below, at_above = (
            np.take_along_axis(filled, index[..., None], axis=-1)[..., 0] for index in (below, above)
        )
        found[name] = at_below + (place - below) * (at_above - at_below)
    return {name: found[name].astype(np.float32) for name in STATISTICS} | {"worlds": worlds.astype(np.int32)}
