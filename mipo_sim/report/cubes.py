"""From worlds to cells: counts, means, spreads, paired differences, survival and months of each.

What is kept suffices for every interval and comparison that the page shows, whatever is filtered: a
million worlds become some hundred kilobytes.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis.survival import spells_of
from mipo_sim.outcomes.measures import OUTCOMES, SERIES
from mipo_sim.report.cells import Plane
from mipo_sim.report.source import Source
from mipo_sim.sweeps.answers import COMPARED

MEASURES = {measure.name: measure for measure in OUTCOMES}
COUNTED = {name for name, measure in MEASURES.items() if measure.unit == "0 or 1"}
MONTHLY = (  # of the lines, where not all measures find room
    *("violence", "need_met", "trust", "grievance", "local_capacity", "presence", "duplication"),
    *("money_pledged", "money_paid", "money_on_time", "cost"),
)
MOST_PAIRS, MOST_IN_PAIRS, MOST_IN_MONTHS, MOST_IN_CLASSES = 500, 6000, 24_000, 12_000  # numbers to embed
ENDS = ("peace_month", "relapse_month")
STEPS = (1, 2, 3, 6, 12, 24)  # months between points of a line
HELD = 2**26  # numbers held in memory together


def cube_of(source: Source, plane: Plane) -> dict[str, Any]:
    """Reduce the worlds of a plane whose cells are points.

    Returns
    -------
    dict
        `statistics` and `pairs` by outcome, `survival`, `months`; lists have one entry a cell, or a pair.
    """
    cells = plane.cells
    points = np.array([inside[0] for _, _, inside in cells])
    pairs, among = _pairs(cells, len(source.outcomes))
    statistics: dict[str, Any] = {}
    differences: dict[str, Any] = {}
    ends: dict[str, np.ndarray] = {}
    for name, values in _by_outcome(source):
        values = values[points]
        if name in ENDS:
            ends[name] = values
        statistics[name] = _moments(values, name in COUNTED)
        if pairs and (among is None or name in among):
            differences[name] = _differences(values, pairs, name in COUNTED)
    return {
        "statistics": statistics,
        "pairs": {"of": pairs, "outcomes": differences},
        "survival": _survival(source, points, ends) if len(ends) == len(ENDS) else {},
        "months": _months(source, points),
    }


def classes_of(source: Source, planes: Sequence[Plane]) -> list[dict[str, Any]]:
    """Reduce the worlds of planes whose cells hold many points.

    Points of a cell are as good as drawn, and worlds of a replicate share their luck at all of them, so
    that neither points nor worlds are independent. Standard errors allow for both (clustered by point and
    by replicate; Cameron, Gelbach & Miller, Journal of Business & Economic Statistics 29 (2011), 238-249).

    Returns
    -------
    list of dict
        One a plane: `statistics` by outcome with `n`, `mean`, `error`, and `freedom`, the degrees of
        freedom of a cell; lists have one entry a cell.
    """
    cells = [plane.cells for plane in planes]
    fits = sum(map(len, cells)) * len(source.outcomes) * 2 <= MOST_IN_CLASSES
    found: list[dict[str, Any]] = [
        {"statistics": {}, "freedom": [_freedom(source, inside) for _, _, inside in of_plane]}
        for of_plane in cells
    ]
    for name, values in _by_outcome(source, None if fits else COMPARED):
        for cube, of_plane in zip(found, cells, strict=True):
            clustered = [_clustered(values[inside]) for _, _, inside in of_plane]
            n, mean, error = (list(column) for column in zip(*clustered, strict=True))
            cube["statistics"][name] = {"n": n, "mean": rounded(mean), "error": rounded(error)}
    return found


def rounded(values: Any, digits: int = 6) -> list[float | int | None]:
    """Numbers as they are embedded: to some digits, and None where there is none."""
    return [
        float(f"{value:.{digits}g}") if np.isfinite(value) else None for value in np.ravel(values).tolist()
    ]


def _by_outcome(source: Source, only: Sequence[str] | None = None) -> Any:
    """Outcomes one by one as `[point, replicate]`, read as many at a time as memory holds."""
    names = [name for name in source.outcomes if only is None or name in only]
    size = max(1, HELD // max(len(source.points) * source.planned, 1))
    for start in range(0, len(names), size):
        some = names[start : start + size]
        yield from zip(some, source.values(some), strict=True)


def _moments(values: np.ndarray, counted: bool) -> dict[str, Any]:
    """Counts and events, or counts, means and standard deviations, over the last axis."""
    known = np.isfinite(values)
    n = known.sum(axis=-1)
    filled = np.where(known, values, 0).astype(np.float64)
    if counted:
        return {"n": n.tolist(), "events": np.rint(filled.sum(axis=-1)).astype(int).tolist()}
    mean = filled.sum(axis=-1) / np.where(n, n, np.nan)
    away = np.where(known, filled - mean[..., None], 0)
    sd = np.sqrt((away**2).sum(axis=-1) / np.where(n > 1, n - 1, np.nan))
    return {"n": n.tolist(), "mean": rounded(mean), "sd": rounded(sd)}


def _differences(values: np.ndarray, pairs: Sequence[tuple[int, int]], counted: bool) -> dict[str, Any]:
    """The first of each pair less the second, world by world."""
    if counted:
        changes = ((values[one] - values[other]) for one, other in pairs)
        counts = [(np.isfinite(c).sum(), (c > 0).sum(), (c < 0).sum()) for c in changes]
        n, more, less = np.array(counts).T.tolist()
        return {"n": n, "more": more, "less": less}
    found = [_moments((values[one].astype(np.float64) - values[other])[None], False) for one, other in pairs]
    return {key: [one[key][0] for one in found] for key in ("n", "mean", "sd")}


def _pairs(
    cells: Sequence[tuple[int, int, np.ndarray]], outcomes: int
) -> tuple[list[tuple[int, int]], tuple[str, ...] | None]:
    """Pairs of cells of a situation, and in which outcomes they are compared: None stands for all."""
    by_column: dict[int, list[int]] = {}
    for place, (_, column, _) in enumerate(cells):
        by_column.setdefault(column, []).append(place)
    every = [(a, b) for places in by_column.values() for i, a in enumerate(places) for b in places[i + 1 :]]
    if len(every) * outcomes <= MOST_IN_PAIRS:
        return every, None
    if len(every) <= MOST_PAIRS:
        return every, COMPARED
    return [(places[0], b) for places in by_column.values() for b in places[1:]], COMPARED


def _freedom(source: Source, inside: np.ndarray) -> int:
    sizes = [size for size in (len(inside), source.planned) if size > 1]
    return min(sizes, default=1) - 1


def _clustered(values: np.ndarray) -> tuple[int, float, float]:
    """Number of worlds, mean, and standard error with worlds `[point, replicate]` clustered both ways."""
    known = np.isfinite(values)
    n = int(known.sum())
    if n < 2:
        return n, float(values[known].mean()) if n else np.nan, np.nan
    mean = float(values[known].mean(dtype=np.float64))
    away = np.where(known, values - mean, 0).astype(np.float64)
    ways = []
    for axis in (1, 0):
        sums = away.sum(axis=axis)[known.any(axis=axis)]
        ways.append((sums**2).sum() / n**2 * len(sums) / (len(sums) - 1) if len(sums) > 1 else 0.0)
    alone = (away**2).sum() / n**2 * n / (n - 1)
    return n, mean, float(np.sqrt(max(sum(ways) - alone, *ways)))


def _survival(source: Source, points: np.ndarray, ends: dict[str, np.ndarray]) -> dict[str, Any]:
    """Relapses in, and worlds that leave in, each month since peace began; worlds without peace apart."""
    lost, left = [], []
    for place, point in enumerate(points):
        months = int(source.months[point])
        worlds = pd.DataFrame(
            {"form": 0, "replicate": 0, **{name: values[place] for name, values in ends.items()}}
        )
        events, at_risk = spells_of(worlds, months)[0].counts(months)
        lost.append(events.tolist())
        left.append((at_risk - np.append(at_risk[1:], 0)).tolist())
    return {"lost": lost, "left": left}


def _months(source: Source, points: np.ndarray) -> dict[str, Any]:
    """Mean, 5 % and 95 % over worlds of each measure, every so many months."""
    table = source.monthly
    if table.empty:
        return {}
    known = set(table["measure"].unique())
    there = [m.name for m in SERIES if m.name in known]
    last = int(table["month"].max()) + 1
    names = (
        there if len(points) * len(there) * last * 3 <= MOST_IN_MONTHS else [m for m in MONTHLY if m in there]
    )
    fits = (s for s in STEPS if len(points) * len(names) * -(-last // s) * 3 <= MOST_IN_MONTHS)
    step = next(fits, STEPS[-1])
    kept = np.arange(0, last, step)
    wanted = pd.MultiIndex.from_product([names, source.points.index[points], kept])
    table = table[table["month"].isin(kept) & table["measure"].isin(names)]
    laid = table.set_index(["measure", "point", "month"])[["mean", "low", "high"]].reindex(wanted)
    by_cell = laid.to_numpy(np.float64).reshape(len(names), len(points), len(kept), 3)
    lines = {
        name: [[rounded(cell[:, i], 4) for i in range(3)] for cell in of_measure]
        for name, of_measure in zip(names, by_cell, strict=True)
    }
    return {"month": kept.tolist(), "lines": lines}
