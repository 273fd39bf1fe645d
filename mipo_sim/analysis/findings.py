"""Odds, means, differences under the same luck, and overhead by cause."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mipo_sim.analysis.intervals import paired, student, wilson
from mipo_sim.analysis.tables import AnalysisError, check_columns, is_counted
from mipo_sim.outcomes.measures import CAUSES
from mipo_sim.parameters.checking import nearest


class PairingError(AnalysisError):
    """Two forms that cannot be compared world by world."""


def odds(outcomes: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Share of worlds in which something happened, with Wilson's 95 % interval.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world: `form`, and columns of 0 and 1, or nothing where not defined.
    columns : sequence of str
        Which outcomes.

    Returns
    -------
    DataFrame
        One row for each form and outcome: `form`, `outcome`, `share`, `low`, `high`, and `worlds`,
        the number of worlds in which the outcome is defined.
    """
    rows = []
    for form, column, values in _columns(outcomes, columns):
        low, high = wilson(int(values.sum()), len(values))
        rows.append((form, column, _mean(values), low, high, len(values)))
    return pd.DataFrame(rows, columns=["form", "outcome", "share", "low", "high", "worlds"])


def means(outcomes: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Mean over worlds with Student's 95 % interval.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world: `form`, and columns of numbers, or nothing where not defined.
    columns : sequence of str
        Which outcomes.

    Returns
    -------
    DataFrame
        One row for each form and outcome: `form`, `outcome`, `mean`, `low`, `high`, and `worlds`,
        the number of worlds in which the outcome is defined. Units are those of the outcome.
    """
    rows = [
        (form, column, _mean(values), *student(values), len(values))
        for form, column, values in _columns(outcomes, columns)
    ]
    return pd.DataFrame(rows, columns=["form", "outcome", "mean", "low", "high", "worlds"])


def levels(outcomes: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Mean over worlds, which for what is 0 or 1 is the share in which it happened.

    Parameters
    ----------
    outcomes, columns
        As for `means`.

    Returns
    -------
    DataFrame
        As from `means`: first what is 0 or 1, with Wilson's interval, then the rest with Student's.
    """
    check_columns(outcomes, "form", *columns)
    counted = [name for name in columns if is_counted(name, outcomes[name].dropna().to_numpy())]
    shares = odds(outcomes, counted).rename(columns={"share": "mean"})
    others = means(outcomes, [name for name in columns if name not in counted])
    return pd.concat([table for table in (shares, others) if len(table)], ignore_index=True)


def paired_differences(
    outcomes: pd.DataFrame, form: str, reference: str, columns: Sequence[str]
) -> pd.DataFrame:
    """Compare one form with another, each world with the world of the same luck.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world: `form`, `replicate`, and the columns asked for.
    form, reference : str
        Which forms; the difference is the first less the second.
    columns : sequence of str
        Which outcomes.

    Returns
    -------
    DataFrame
        One row an outcome: `form`, `reference`, `outcome`, `difference`, `low`, `high` (95 %),
        `pairs` in which both worlds define the outcome, and `clear`: whether the interval leaves
        zero out. Outcomes of 0 or 1 get Agresti and Min's interval, everything else Student's.

    Raises
    ------
    PairingError
        If a form is not there, or the two were not computed for the same replicates.
    AnalysisError
        If a column is missing.
    """
    check_columns(outcomes, "form", "replicate", *columns)
    first, second = (_by_replicate(outcomes, name) for name in (form, reference))
    if not first.index.equals(second.index):
        raise PairingError(f"{form} and {reference} were not computed for the same replicates")
    rows = []
    for column in columns:
        both = pd.concat([first[column], second[column]], axis=1).dropna().to_numpy(dtype=np.float64)
        low, high = paired(both[:, 0], both[:, 1], is_counted(column, both))
        clear = bool(low > 0 or high < 0)
        rows.append((form, reference, column, _mean(both[:, 0] - both[:, 1]), low, high, len(both), clear))
    names = ["form", "reference", "outcome", "difference", "low", "high", "pairs", "clear"]
    return pd.DataFrame(rows, columns=names)


def overhead_by_cause(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Share of staff time that was not left for the work, by what took it.

    Returns
    -------
    DataFrame
        One row for each form and cause: `form`, `cause`, `mean`, `low`, `high` (95 %), `worlds`.
    """
    table = means(outcomes, [f"overhead_{cause}" for cause in CAUSES])
    table.insert(1, "cause", table.pop("outcome").str.removeprefix("overhead_"))
    return table


def _columns(outcomes: pd.DataFrame, columns: Sequence[str]) -> list[tuple[str, str, np.ndarray]]:
    check_columns(outcomes, "form", *columns)
    return [
        (str(form), column, worlds[column].dropna().to_numpy(dtype=np.float64))
        for form, worlds in outcomes.groupby("form", sort=False)
        for column in columns
    ]


def _by_replicate(outcomes: pd.DataFrame, form: str) -> pd.DataFrame:
    if form not in set(outcomes["form"]):
        known = list(map(str, pd.unique(outcomes["form"])))
        raise PairingError(f"no form named {form!r}{nearest(form, known)} (forms: {', '.join(known)})")
    return outcomes[outcomes["form"] == form].set_index("replicate").sort_index()


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan
