"""Everything that a page shows about some results, as plain data."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from mipo_sim.analysis.wording import is_stylised
from mipo_sim.outcomes.measures import OUTCOMES, SERIES, Measure
from mipo_sim.parameters import ParameterError
from mipo_sim.parameters.options import compose, own_options
from mipo_sim.report.cells import MOST_CELLS, Plane, Side, axis_label, level_name, planes_of
from mipo_sim.report.commands import again, point_again
from mipo_sim.report.cubes import classes_of, cube_of
from mipo_sim.report.inquiry import boxes_of, sensitivity_of
from mipo_sim.report.source import Source, damage_told
from mipo_sim.sweeps.experiment import Situation
from mipo_sim.sweeps.identity import config_digest
from mipo_sim.version import __version__

MOST_REASONS = 10


def content_of(source: Source) -> dict[str, Any]:
    """Reduce some results to what a page shows of them.

    Parameters
    ----------
    source : Source
        The results.

    Returns
    -------
    dict
        Plain data: `about`, `outcomes`, `measures`, `planes`, `sensitivity`, `boxes`, `faults`, `notes`.

    Raises
    ------
    SourceError
        If a file is damaged.
    """
    with damage_told(source.folder):
        return _content(source)


def _content(source: Source) -> dict[str, Any]:
    notes: list[str] = _notes(source)
    sensitivity = sensitivity_of(source, notes)
    boxes = boxes_of(source, notes)
    planes = planes_of(source, _by_weight(sensitivity))
    cubes = [cube_of(source, planes[0])] if planes[0].whole else classes_of(source, planes)
    situations = _situations(source)
    return {
        "kind": "report",
        "about": _about(source, situations),
        "outcomes": [_measure(m) for m in OUTCOMES if m.name in source.outcomes],
        "measures": [_measure(m) for m in SERIES],
        "planes": [_plane(source, p, situations) | cube for p, cube in zip(planes, cubes, strict=True)],
        "sensitivity": sensitivity,
        "boxes": boxes,
        "faults": _faults(source),
        "notes": notes,
    }


def _about(source: Source, situations: dict[str, Situation]) -> dict[str, Any]:
    made = source.made
    drawn = {"parameters": "posterior"} if made.get("parameters") == "posterior" else {}
    return {
        "name": source.folder.resolve().name,
        "kind": source.kind,
        "version": made["mipo_sim"],
        "commit": made.get("commit"),
        "config": made.get("config") or config_digest(source.design | drawn, source.planned),
        "seed": made["seed"],
        "written": _written(source),
        "worlds": int(source.worlds.sum()),
        "planned": source.planned,
        "points": len(source.points),
        "months": sorted({int(months) for months in source.months}),
        "made_with": {
            key: made[key] for key in ("python", "numpy", "mesa", "processor", "cores") if key in made
        },
        "base": {name: value for name, value in source.base.items() if name != "story"},
        "story": source.base.get("story", ""),
        "levers": [_axis(source, axis) for axis in source.levers],
        "contexts": [_axis(source, axis) for axis in source.contexts],
        "again": again(source),
        "stylised": [where.title for where in situations.values() if is_stylised(where)],
    }


def _written(source: Source) -> str:
    """Day on which the last file came."""
    newest = max(file.stat().st_mtime for file in source.folder.rglob("*.parquet"))
    return datetime.fromtimestamp(newest, UTC).date().isoformat()


def _axis(source: Source, axis: str) -> dict[str, Any]:
    values = source.points[axis]
    known = values.drop_duplicates().tolist()
    several = len(known) > 12 and pd.api.types.is_numeric_dtype(values)
    shown = (
        f"{values.min():.4g} to {values.max():.4g}"
        if several
        else ", ".join(value if isinstance(value, str) else f"{value:.4g}" for value in known)
    )
    return {"name": axis, "label": axis_label(axis), "unit": source.units.get(axis, ""), "values": shown}


def _situations(source: Source) -> dict[str, Situation]:
    """The scenarios that were run, by name; without those that this version does not know."""
    if source.kind == "run":
        where = source.base
        return {where["scenario"]: Situation(where["scenario"], where["title"], where["story"])}
    named = "scenario" in source.points
    found = {}
    for name in source.points["scenario"].unique() if named else [source.base.get("scenario")]:
        with suppress(ParameterError), own_options(source.design.get("own", {})):
            case = compose(name)
            found[case.choices["scenario"]] = Situation(case.choices["scenario"], case.title, case.story)
    return found


def _measure(measure: Measure) -> dict[str, str]:
    label = measure.label.removeprefix("- ")
    if measure.label.startswith("- "):
        label = f"Staff time {label}"
    return {"name": measure.name, "unit": measure.unit, "better": measure.better, "label": label}


def _plane(source: Source, plane: Plane, situations: dict[str, Situation]) -> dict[str, Any]:
    cells = plane.cells
    points = [int(source.points.index[inside[0]]) for _, _, inside in cells] if plane.whole else []
    titles = {level_name(name): where.title for name, where in situations.items()}
    everywhere = next(iter(titles.values()), "") if plane.whole else ""
    return {
        "whole": plane.whole,
        "rows": _side(source, plane.rows, titles, "as asked"),
        "columns": _side(source, plane.columns, titles, everywhere),
        "cells": {
            "row": [row for row, _, _ in cells],
            "column": [column for _, column, _ in cells],
            "worlds": [int(source.worlds[inside].sum()) for _, _, inside in cells],
            "point": points,
            "again": [point_again(source, point) for point in points],
        },
    }


def _side(source: Source, side: Side, titles: dict[str, str], alone: str) -> dict[str, Any]:
    """One side of a plane; situations are called by their titles, and what has no axis as given."""
    labels = list(side.labels) if side.axes else [alone]
    if side.axes == ("scenario",):
        labels = [titles.get(label, label) for label in labels]
    axes = [
        {"name": axis, "label": axis_label(axis), "unit": source.units.get(axis, "")} for axis in side.axes
    ]
    levels = [list(row) for row in side.levels.itertuples(index=False, name=None)]
    return {"axes": axes, "labels": labels, "levels": levels}


def _by_weight(sensitivity: dict[str, Any]) -> list[str]:
    """Axes, those that the first outcome depends on most before the others."""
    first = next(iter(sensitivity.get("outcomes", {}).values()), None)
    if first is None or sensitivity["method"] == "variance_shares":
        return []
    rows = zip(first["axis"], first["measure"], first["value"], strict=True)
    weights = {axis: value or 0 for axis, measure, value in rows if measure == sensitivity["measures"][0]}
    return sorted(weights, key=lambda axis: -weights[axis])


def _faults(source: Source) -> dict[str, Any]:
    failures = source.failures
    reasons = Counter(failures["failed"]).most_common(MOST_REASONS) if len(failures) else []
    return {
        "failed": len(failures),
        "reasons": [[reason, count] for reason, count in reasons],
        "first_failed": int(failures["world"].iloc[0]) if len(failures) else None,
        "breaches": source.breaches,
    }


def _notes(source: Source) -> list[str]:
    """What a reader should know before believing a figure."""
    notes = []
    if source.made["mipo_sim"] != __version__:
        notes.append(
            f"Version {source.made['mipo_sim']} of mipo_sim made these results; "
            f"version {__version__} made this page."
        )
    if source.missing:
        notes.append(f"The results have no {', '.join(source.missing)}; the figures leave them out.")
    short = int((source.worlds < source.planned).sum())
    if short:
        notes.append(
            f"The sweep is not complete: {short} of {len(source.points)} points that have begun lack worlds. "
            "The same command goes on."
        )
    if len(source.points) > MOST_CELLS:
        notes.append(
            f"{len(source.points):,} points are shown by classes of their axes; curves, months and "
            f"comparisons world by world are for designs of up to {MOST_CELLS} points."
        )
    if source.planned == 1:
        notes.append(
            "One world of each point: no interval can be given, and no difference is more than an anecdote."
        )
    return notes
