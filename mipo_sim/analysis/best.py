"""Which form is best in which situation, and where that is too close to call."""

from itertools import combinations

import numpy as np
import pandas as pd

from mipo_sim.analysis.intervals import LEVEL, paired, student, wilson
from mipo_sim.analysis.tables import check_columns, check_complete, cube, is_counted, mean_of, sign_of

DIFFERENCE = ["difference", "low", "high", "pairs"]


def best_by_situation(
    outcomes: pd.DataFrame,
    outcome: str,
    situation: str = "scenario",
    better: str | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Find the forms that may be best in each situation, by differences under the same luck.

    All forms are compared with each other, each world with the world of the same replicate, with
    intervals that hold together in a situation (Bonferroni's, over its pairs of forms). A form is
    ruled out where another is clearly better. The form that is truly best is among the others with
    at least the given confidence, in each situation by itself.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world: `form`, `replicate`, the situation, and the outcome.
    outcome : str
        By what forms are judged.
    situation : str
        Column that names the situation.
    better : {"more", "less"}, optional
        Which way is better, where the declaration of the outcome does not say.
    level : float
        Confidence, 0 to 1.

    Returns
    -------
    DataFrame
        One row for each situation and form: the situation, `form`, `mean` with `mean_low`,
        `mean_high` (of the form by itself), `worlds`; `leader`, the form with the best mean;
        `difference` from the leader with `low`, `high` (simultaneous) and `pairs`; `possible`, whether
        the form is not ruled out; and `clear`, whether it is the only one. Where no form is clear, the
        situation is too close to call. A single form is possible and never clear.

    Raises
    ------
    AnalysisError
        If a column is missing, a form has no world in some situation, or nothing says which way is better.
    """
    check_columns(outcomes, outcome)
    sign = sign_of(outcome, better)
    values, levels = cube(outcomes, outcome, ["form", situation, "replicate"])
    check_complete(values, levels, outcome)
    counted = is_counted(outcome, values[np.isfinite(values)])
    forms, places, _ = levels
    tables = []
    for here, place in enumerate(places):
        table = _judged(values[:, here], forms, sign, counted, level)
        table.insert(0, situation, place)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _judged(values: np.ndarray, forms: list[str], sign: int, counted: bool, level: float) -> pd.DataFrame:
    """Compare all forms of one situation, `[form, world]`."""
    means = mean_of(values)
    leader = int(np.argmax(sign * means))
    pairs = list(combinations(range(len(forms)), 2))
    confidence = 1 - (1 - level) / max(len(pairs), 1)
    possible = np.ones(len(forms), bool)
    from_leader = {leader: (0.0, 0.0, 0.0, int(np.isfinite(values[leader]).sum()))}
    for one, other in pairs:
        first, second = values[[one, other]][:, np.isfinite(values[[one, other]]).all(axis=0)]
        low, high = paired(first, second, counted, confidence)
        possible[other] &= not (low if sign > 0 else -high) > 0
        possible[one] &= not (-high if sign > 0 else low) > 0
        change = (first - second).mean() if len(first) else np.nan
        if other == leader:
            from_leader[one] = (change, low, high, len(first))
        elif one == leader:
            from_leader[other] = (-change, -high, -low, len(first))
    alone = [_of_mean(each[np.isfinite(each)], counted, level) for each in values]
    table = pd.DataFrame([from_leader[form] for form in range(len(forms))], columns=DIFFERENCE)
    table.insert(0, "form", forms)
    table.insert(1, "mean", means)
    table.insert(2, "mean_low", [low for low, _ in alone])
    table.insert(3, "mean_high", [high for _, high in alone])
    table.insert(4, "worlds", np.isfinite(values).sum(axis=1))
    table.insert(5, "leader", np.arange(len(forms)) == leader)
    return table.assign(possible=possible, clear=possible & (possible.sum() == 1) & bool(pairs))


def _of_mean(values: np.ndarray, counted: bool, level: float) -> tuple[float, float]:
    """Interval of a mean: Wilson's for what is 0 or 1, else Student's."""
    return wilson(int(values.sum()), len(values), level) if counted else student(values, level)
