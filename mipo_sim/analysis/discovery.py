"""Scenario discovery: in which part of the space of axes something happens more often than elsewhere.

Boxes are the leaves of a regression tree, by scikit-learn: it is well kept and small, where the
libraries that peel boxes (PRIM) bring a whole workbench with them or have had a single release, and
trees and peeling find boxes of about the same quality (Lempert, Bryant & Bankes 2008).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis.intervals import LEVEL, SEED, percentiles
from mipo_sim.analysis.tables import AnalysisError, check_columns

FEWEST_POINTS = 20
FOLDS = 5
COLUMNS = [
    *("box", "axis", "low", "high", "options", "reproduced"),
    *("density", "density_low", "density_high", "coverage", "coverage_low", "coverage_high"),
    *("everywhere", "clear", "points", "worlds"),
]


@dataclass(frozen=True)
class Box:
    """A part of the space: limits of axes with numbers, and options of the others.

    Attributes
    ----------
    limits : dict of str to (float, float)
        By axis, above which and up to which value; infinite where there is none.
    options : dict of str to tuple of str
        By axis, which options.
    """

    limits: dict[str, tuple[float, float]]
    options: dict[str, tuple[str, ...]]

    @property
    def axes(self) -> set[str]:
        """The axes that it restricts."""
        return {*self.limits, *self.options}

    def holds(self, points: pd.DataFrame) -> np.ndarray:
        """Which points lie in it."""
        inside = np.ones(len(points), bool)
        for axis, (low, high) in self.limits.items():
            inside &= points[axis].gt(low).to_numpy() & points[axis].le(high).to_numpy()
        for axis, options in self.options.items():
            inside &= points[axis].isin(options).to_numpy()
        return inside


def scenario_boxes(
    outcomes: pd.DataFrame,
    axes: Sequence[str],
    event: str,
    *,
    most: int = 6,
    smallest: float = 0.05,
    level: float = LEVEL,
    resamples: int = 100,
    seed: int = SEED,
) -> pd.DataFrame:
    """Find boxes in the space of axes in which an event is more frequent than everywhere.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world of a design that fills space: `point`, the axes, the event.
    axes : sequence of str
        Which axes may bound a box.
    event : str
        A column of 0 and 1: a relapse, or whatever was made of the outcomes, such as a regret above
        some limit. Worlds in which it is not defined are left out.
    most : int
        Leaves of the tree at most. There are as few of them as predict folds left out as well as any
        number does, within one standard error, and none if a tree predicts no better than the mean.
    smallest : float
        Share of the points that a box must hold.
    level : float
        Confidence, 0 to 1.
    resamples, seed : int
        Halvings of the points, and where they begin. In each, the tree is grown on one half; of its
        boxes the one that shares most points with a box found (in parts of their union) is looked at.

    Returns
    -------
    DataFrame
        One row for each box and axis that bounds it, the box with the highest density first: `box`
        (from 1), `axis`; `low` and `high` (above low, up to high; infinite where open) or `options`;
        `reproduced`, the share of halvings whose box is bounded by the same axis; `density`, the share
        of worlds in the box that see the event; `coverage`, the share of the worlds that see the event
        which lie in the box; for both a range `_low`, `_high` over the halves that the tree did not
        see, which is honest about a box sought where density is high; `everywhere`, the density in
        all; `clear`, whether all of that range of density lies above it; and `points`, `worlds` in
        the box. Empty where the event never or always happens, or no part stands out.

    Raises
    ------
    AnalysisError
        If a column is missing, the event is not 0 or 1, or there are fewer than 20 points.
    ImportError
        If scikit-learn is not installed.

    References
    ----------
    Bryant & Lempert, Technological Forecasting and Social Change 77 (2010), 34-49, on coverage,
    density and resampling; Lempert, Bryant & Bankes, RAND WR-557 (2008), on trees and peeling.
    """
    points = _points(outcomes, axes, event)
    everywhere = points["events"].sum() / points["worlds"].sum()
    trees = Trees(axes, smallest)
    leaves = trees.best_size(points, most, seed)
    boxes = [box for box in trees.boxes(points, leaves) if _quality(points, box)[0] > everywhere]
    boxes = sorted(boxes, key=lambda box: -_quality(points, box)[0])
    halves = _halvings(points, boxes, trees, leaves, resamples, np.random.default_rng(seed))
    rows: list[dict[str, Any]] = []
    for number, (box, (bounded, quality)) in enumerate(zip(boxes, halves, strict=True), start=1):
        inside = points[box.holds(points)]
        density, coverage = _quality(points, box)
        low, high = percentiles(quality, level)
        found = {
            "density": density,
            "density_low": low[0],
            "density_high": high[0],
            "coverage": coverage,
            "coverage_low": low[1],
            "coverage_high": high[1],
            "everywhere": everywhere,
            "clear": bool(low[0] > everywhere),
            "points": len(inside),
            "worlds": int(inside["worlds"].sum()),
        }
        for axis in sorted(box.axes, key=list(axes).index):
            below, above = box.limits.get(axis, (np.nan, np.nan))
            options = ", ".join(box.options.get(axis, ()))
            bound = {"box": number, "axis": axis, "low": below, "high": above, "options": options}
            rows.append(bound | {"reproduced": bounded[axis]} | found)
    return pd.DataFrame(rows, columns=COLUMNS)


def _points(outcomes: pd.DataFrame, axes: Sequence[str], event: str) -> pd.DataFrame:
    """One row a point: its axes, its worlds, and how many of them see the event."""
    check_columns(outcomes, "point", *axes, event)
    try:
        import sklearn  # noqa: F401
    except ImportError:
        raise ImportError("scenario discovery needs scikit-learn: pip install 'mipo-sim[analysis]'") from None
    known = outcomes[outcomes[event].notna()]
    values = known[event].to_numpy(np.float64)
    if not np.isin(values, (0, 1)).all():
        raise AnalysisError(
            f"{event} is to be 0 or 1 in every world, but is {values[~np.isin(values, (0, 1))][0]:g}"
        )
    if known["point"].nunique() < FEWEST_POINTS:
        raise AnalysisError(
            f"scenario discovery needs {FEWEST_POINTS} points or more, not {known['point'].nunique()}"
        )
    grouped = known.assign(event=values).groupby("point")
    counts = grouped["event"].agg(events="sum", worlds="size")
    return grouped[list(axes)].first().join(counts).reset_index(drop=True)


@dataclass(frozen=True)
class Trees:
    """Regression trees on the share of worlds that see the event.

    Worlds of a point share its axes, so that least squares on shares, weighted by worlds, divide as
    Gini's index does on worlds.

    Attributes
    ----------
    axes : sequence of str
        Which axes may divide.
    smallest : float
        Share of the points that a leaf must hold.
    """

    axes: Sequence[str]
    smallest: float

    def best_size(self, points: pd.DataFrame, most: int, seed: int) -> int:
        """Find the fewest leaves that predict within a standard error of the best; 1 stands for no tree."""
        from sklearn.model_selection import KFold, cross_val_score

        table, _ = self._coded(points)
        shares = points["events"] / points["worlds"]
        if shares.nunique() < 2:
            return 1
        folds = KFold(FOLDS, shuffle=True, random_state=seed)
        weights = {"sample_weight": points["worlds"].to_numpy(np.float64)}
        asked = {"scoring": "neg_mean_squared_error", "cv": folds, "params": weights}
        sizes = range(1, most + 1)
        scores = np.array([cross_val_score(self._tree(size), table, shares, **asked) for size in sizes])
        best = int(scores.mean(axis=1).argmax())
        gain = scores[best] - scores
        enough = gain.mean(axis=1) <= gain.std(axis=1, ddof=1) / np.sqrt(FOLDS)
        return int(np.flatnonzero(enough)[0]) + 1

    def boxes(self, points: pd.DataFrame, leaves: int) -> list[Box]:
        """Grow a tree and read its leaves as boxes; none where it does not divide."""
        table, meaning = self._coded(points)
        grown = self._tree(leaves).fit(table, points["events"] / points["worlds"], points["worlds"]).tree_
        boxes, open_nodes = [], [(0, Box({}, {}))]
        while open_nodes:
            node, box = open_nodes.pop()
            children = grown.children_left[node], grown.children_right[node]
            if children[0] < 0:
                boxes.append(box)
                continue
            axis, option = meaning[grown.feature[node]]
            known = tuple(sorted(pd.unique(points[axis]))) if option is not None else ()
            for child, above in zip(children, (False, True), strict=True):
                side = _cut(box, axis, option, grown.threshold[node], above, known)
                open_nodes.append((child, side))
        return [box for box in boxes if box.axes]

    def _tree(self, leaves: int) -> Any:
        from sklearn.tree import DecisionTreeRegressor

        smallest = self.smallest if leaves > 1 else 0.9  # two leaves cannot hold so many each
        return DecisionTreeRegressor(max_leaf_nodes=max(leaves, 2), min_samples_leaf=smallest, random_state=0)

    def _coded(self, points: pd.DataFrame) -> tuple[np.ndarray, list[tuple[str, Any]]]:
        """Columns of numbers, one for each option of an axis without numbers, and what they mean."""
        columns: list[np.ndarray] = []
        meaning: list[tuple[str, Any]] = []
        for axis in self.axes:
            if pd.api.types.is_numeric_dtype(points[axis]):
                columns.append(points[axis].to_numpy(np.float64))
                meaning.append((axis, None))
            else:
                for option in sorted(pd.unique(points[axis])):
                    columns.append(points[axis].eq(option).to_numpy(np.float64))
                    meaning.append((axis, option))
        return np.stack(columns, axis=1), meaning


def _cut(box: Box, axis: str, option: Any, bound: float, above: bool, known: tuple[Any, ...]) -> Box:
    """The part of a box on one side of a division."""
    if option is None:
        low, high = box.limits.get(axis, (-np.inf, np.inf))
        side = (max(low, bound), high) if above else (low, min(high, bound))
        return Box({**box.limits, axis: side}, box.options)
    left = (option,) if above else tuple(o for o in box.options.get(axis, known) if o != option)
    return Box(box.limits, {**box.options, axis: left})


def _quality(points: pd.DataFrame, box: Box) -> tuple[float, float]:
    """Density and coverage of a box over some points; not numbers where there is nothing to divide by."""
    inside = points[box.holds(points)]
    found, worlds, events = inside["events"].sum(), inside["worlds"].sum(), points["events"].sum()
    return found / worlds if worlds else np.nan, found / events if events else np.nan


def _halvings(
    points: pd.DataFrame,
    boxes: Sequence[Box],
    trees: Trees,
    leaves: int,
    resamples: int,
    rng: np.random.Generator,
) -> list[tuple[dict[str, float], np.ndarray]]:
    """For each box: how often each axis bounds its match, and density and coverage in the other half."""
    bounded: list[list[set[str]]] = [[] for _ in boxes]
    quality: list[list[tuple[float, float]]] = [[] for _ in boxes]
    for _ in range(resamples if boxes else 0):
        order = rng.permutation(len(points))
        seen, unseen = points.iloc[order[: len(points) // 2]], points.iloc[order[len(points) // 2 :]]
        others = trees.boxes(seen, leaves)
        for place, box in enumerate(boxes):
            match = max(others, key=lambda other: _shared(points, box, other), default=Box({}, {}))
            bounded[place].append(match.axes)
            quality[place].append(_quality(unseen, match))
    return [
        ({axis: float(np.mean([axis in each for each in times])) for axis in trees.axes}, np.array(of_halves))
        for times, of_halves in zip(bounded, quality, strict=True)
    ]


def _shared(points: pd.DataFrame, one: Box, other: Box) -> float:
    """How much two boxes have in common: points in both, in parts of those in either."""
    first, second = one.holds(points), other.holds(points)
    return float((first & second).sum() / max((first | second).sum(), 1))
