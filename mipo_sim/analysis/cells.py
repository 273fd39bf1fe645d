"""The cells of a grid side by side: odds and means of each, and what sets it apart on matched luck."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis.findings import levels, paired_differences
from mipo_sim.analysis.wording import MEASURES, WIDE, level, ranged, records

HEADS = {  # of the headline outcomes
    "relapse_5_years": "Relapse within 5 years",
    "need_met": "Need met",
    "overhead": "Overhead",
    "cost": "Cost",
}
HEADLINES = tuple(HEADS)
CHANGES = ["difference", "difference_low", "difference_high", "pairs"]
CLEAR, UNCLEAR = "clearer than chance", "too close to call"
AGAINST = "Relapse against first"
MOST_ROWS = 20  # cells in the printed table
GAP = "  "


def compare_cells(
    worlds: pd.DataFrame, cells: pd.DataFrame, within: Sequence[str], outcomes: Sequence[str] = HEADLINES
) -> pd.DataFrame:
    """Tell what came of each cell of a grid, and how it differs from the first cell of its situation.

    Parameters
    ----------
    worlds : DataFrame
        One row a world: `point` (its cell), `replicate` (its luck), and the outcomes.
    cells : DataFrame
        One row a cell, one column an axis; the index is the cell's number.
    within : sequence of str
        The axes that make up the situation: cells are compared with the first that shares them.
    outcomes : sequence of str
        Which outcomes.

    Returns
    -------
    DataFrame
        One row for each cell that has worlds and each outcome, situation by situation: `point`, the
        axes, `outcome`, `mean` (the share, where an outcome is 0 or 1), `low`, `high` (95 %, Wilson's
        for shares, else Student's), `worlds` in which the outcome is defined; and as `reference` the
        cell it is compared with, `difference`, `difference_low`, `difference_high` (95 %), `pairs`,
        and whether the difference is `clear`. A cell that is its own reference has no difference.
    """
    of_cell = {int(str(point)): each for point, each in worlds.groupby("point")}
    cells = cells.loc[[point for point in cells.index if point in of_cell]]
    first = first_of_situation(cells, within)
    tables = []
    for point in sorted(of_cell, key=lambda point: (first[point], point)):
        mine = of_cell[point].assign(form=str(point))
        table = _levels(mine, outcomes).assign(point=point, reference=first[point])
        changes = _changes(mine, of_cell[first[point]], first[point], outcomes)
        tables.append(table if changes is None else table.merge(changes, on="outcome"))
    found = pd.concat(tables, ignore_index=True).join(cells, on="point")
    for name in CHANGES:
        found[name] = found[name].astype(np.float64) if name in found else np.nan
    found["clear"] = (found["difference_low"] > 0) | (found["difference_high"] < 0)
    found["pairs"] = found["pairs"].fillna(0).astype(int)
    levels = ["outcome", "mean", "low", "high", "worlds", "reference"]
    return found[["point", *cells.columns, *levels, *CHANGES, "clear"]]


def first_of_situation(cells: pd.DataFrame, within: Sequence[str]) -> dict[int, int]:
    """Find the first cell in the situation of each."""
    numbers = cells.index.to_series()
    shared = numbers.groupby([cells[name] for name in within]) if within else numbers.groupby(lambda _: 0)
    return dict(zip(numbers.tolist(), shared.transform("min").tolist(), strict=True))


def _levels(mine: pd.DataFrame, outcomes: Sequence[str]) -> pd.DataFrame:
    whole = levels(mine, outcomes).set_index("outcome")
    return whole.loc[list(outcomes)].reset_index().drop(columns="form")


def _changes(
    mine: pd.DataFrame, first: pd.DataFrame, reference: int, outcomes: Sequence[str]
) -> pd.DataFrame | None:
    """Differences from the first cell, over the luck that both have lived through."""
    form, other = mine["form"].iloc[0], str(reference)
    if form == other:
        return None
    common = set(mine["replicate"]) & set(first["replicate"])
    both = pd.concat([mine, first.assign(form=other)])
    table = paired_differences(both[both["replicate"].isin(common)], form, other, outcomes)
    names = {"low": "difference_low", "high": "difference_high"}
    return table.drop(columns=["form", "reference", "clear"]).rename(columns=names)


def cell_name(values: Sequence[Any], axes: Sequence[str]) -> str:
    """Name a cell by its options, and its numbers after the last word of what they are of."""
    return (
        " + ".join(_value(value, axis, True) for axis, value in zip(axes, values, strict=True)) or "as asked"
    )


def _value(value: Any, axis: str, named: bool = False) -> str:
    if isinstance(value, str):
        return value.replace("_", " ")
    return f"{axis.rpartition('.')[2].replace('_', ' ')} {value:g}" if named else f"{value:g}"


def readable_comparison(
    table: pd.DataFrame, axes: Sequence[str], within: Sequence[str], file: str, width: int = 1000
) -> str:
    """Lay out a comparison for people, one row a cell, and say how to read it.

    Parameters
    ----------
    table : DataFrame
        As from `compare_cells`, with the headline outcomes.
    axes, within : sequence of str
        All axes, and those that make up the situation.
    file : str
        Where the whole table is, for when there are more cells than are shown.
    width : int
        How many characters a line may have. Columns that find no room go below, beside the axes again.
    """
    own = [axis for axis in axes if axis not in within]
    within, shown = (within, own) if own else ((), list(axes))
    cells = [cell for _, cell in table.groupby("point", sort=False)]
    rows = [_row(cell, shown) for cell in cells[:MOST_ROWS]]
    if (table["point"] == table["reference"]).all():
        rows = [{head: text for head, text in row.items() if head != AGAINST} for row in rows]
    above = [situation_name(cell.iloc[0], within) for cell in cells[:MOST_ROWS]]
    parts = ["\n".join(_lines(block, above)) for block in _blocks(rows, len(shown), width)]
    if len(cells) > MOST_ROWS:
        parts.append(f"The first {MOST_ROWS} of {len(cells):,} cells; all of them are in {file}.")
    return "\n\n".join([*parts, fill(_reading(table, within), min(width, WIDE))])


def situation_name(cell: Any, within: Sequence[str]) -> str:
    """Name the situation of a cell by the axes that make it up; nothing where there is but one."""
    return cell_name([cell[axis] for axis in within], within) if within else ""


def _row(cell: pd.DataFrame, axes: Sequence[str]) -> dict[str, str]:
    """One cell in words, column by column."""
    of = {row.outcome: row for row in records(cell)}
    said = {axis.rpartition(".")[2]: _value(cell[axis].iloc[0], axis) for axis in axes}
    for name, head in HEADS.items():
        unit = "" if MEASURES[name].in_per_cent else f", {MEASURES[name].unit}"
        said[head + unit] = level(MEASURES[name], of[name])
    relapse, lived = of[HEADLINES[0]], max(row.worlds for row in of.values())
    watched = f"{relapse.worlds:,}/" if relapse.worlds < lived else ""
    return said | {"Worlds": f"{watched}{lived:,}", AGAINST: _change(relapse)}


def _change(row: Any) -> str:
    if row.point == row.reference:
        return "(the first)"
    if not row.pairs:
        return "-"
    points = [100 * value for value in (row.difference, row.difference_low, row.difference_high)]
    return f"{ranged(points, 1, row.clear)} {CLEAR if row.clear else UNCLEAR}"


def _blocks(rows: Sequence[dict[str, str]], axes: int, width: int) -> list[list[list[str]]]:
    """Cut columns, heads included, into blocks that fit into a line, each with the axes before it."""
    columns = [[head, *(row[head] for row in rows)] for head in rows[0]]
    padded = [[text.ljust(max(map(len, column))) for text in column] for column in columns]
    before, blocks = padded[:axes], [padded[:axes]]
    for column in padded[axes:]:
        if len(blocks[-1]) > axes and len(GAP.join(each[0] for each in [*blocks[-1], column])) > width:
            blocks.append(list(before))
        blocks[-1].append(column)
    return blocks


def _lines(block: Sequence[Sequence[str]], above: Sequence[str]) -> list[str]:
    """Lines of a block, each situation under its name."""
    head, *rows = (GAP.join(cells).rstrip() for cells in zip(*block, strict=True))
    lines = [head, "-" * max(map(len, (head, *rows)))]
    for place, row in enumerate(rows):
        if above[place] != (above[place - 1] if place else ""):
            lines.append(f"{above[place]}:")
        lines.append(row)
    return lines


def _reading(table: pd.DataFrame, within: Sequence[str]) -> str:
    reading = (
        "How to read it: these are odds over many worlds, not a forecast; in brackets stands the range that, "
        "with 95 % confidence, holds the figure of endlessly many worlds."
    )
    if (table["point"] != table["reference"]).any():
        there = " of its situation" if within else ""
        reading += (
            f" '{AGAINST}' sets each world against the one of the same luck in the first row{there}, in "
            f"percentage points; it is '{CLEAR}' where its range leaves zero out, as one in twenty does by "
            "chance alone."
        )
    lived = table.groupby("point")["worlds"].transform("max")
    if (table["worlds"] < lived).any():
        reading += (
            " Of two numbers of worlds the first is that in which peace could be watched for five years."
        )
    return reading
