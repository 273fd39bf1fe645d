"""Where in a design worlds failed, or broke the books that `mipo_sim.outcomes.audit` keeps."""

import pandas as pd

MOST_LEVELS = 12  # values of an axis that are told apart; beyond them, quarters of its range
QUARTERS = 4


def by_axis(points: pd.DataFrame, replicates: int, faulty: pd.DataFrame) -> pd.DataFrame:
    """Lay faulty worlds out over the axes of a design.

    Parameters
    ----------
    points : DataFrame
        One row a point of the design, one column an axis; the index numbers the points.
    replicates : int
        How many worlds there are of each point.
    faulty : DataFrame
        One row a faulty world, with its `point`.

    Returns
    -------
    DataFrame
        One row for each axis and value (or quarter of the range of a number with many values):
        `axis`, `value`, `worlds`, `faulty`, `share` of its worlds; those with the largest share first.
    """
    counts = faulty["point"].value_counts().reindex(points.index, fill_value=0)
    tables = []
    for axis in points.columns:
        by_level = counts.groupby(_levels(points[axis]), observed=True).agg(["size", "sum"])
        table = pd.DataFrame(
            {
                "axis": axis,
                "value": by_level.index.astype(str),
                "worlds": by_level["size"].to_numpy() * replicates,
                "faulty": by_level["sum"].to_numpy(),
            }
        )
        tables.append(table.assign(share=table["faulty"] / table["worlds"]))
    if not tables:
        return pd.DataFrame(columns=["axis", "value", "worlds", "faulty", "share"])
    return pd.concat(tables, ignore_index=True).sort_values("share", ascending=False, ignore_index=True)


def _levels(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > MOST_LEVELS:
        return pd.cut(values, QUARTERS)
    return values
