"""Compare forms on matched luck, with as many worlds as a difference needs to be known, and no more."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.outcomes import HEADLINE, OUTCOMES
from mipo_sim.parameters import ParameterError, nearest
from mipo_sim.sweeps.plan import Design, Points
from mipo_sim.sweeps.sweep import Sweep

CAP = 2000  # replicates of a point at most
SPARE = 1.1  # worlds asked for beyond those that seem needed, since spread is only estimated
GROWTH = 4  # a round has at most so many times the worlds there were before it


@dataclass(frozen=True)
class Some:
    """Some points of a design, as a design of their own.

    Attributes
    ----------
    design : Design
        The whole.
    chosen : tuple of int
        Which of its points.
    """

    design: Design
    chosen: tuple[int, ...]

    @property
    def points(self) -> int:
        """How many points there are."""
        return len(self.chosen)

    def rows(self, lo: int, hi: int) -> pd.DataFrame:
        """Give points as a researcher names them."""
        return pd.concat([self.design.rows(p, p + 1) for p in self.chosen[lo:hi]], ignore_index=True)

    def resolve(self, lo: int, hi: int) -> Points:
        """Give points as the model needs them."""
        parts = [self.design.resolve(p, p + 1) for p in self.chosen[lo:hi]]
        values = {name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values}
        return _Points(values, [m for p in parts for m in p.map], [m for p in parts for m in p.months])

    def as_config(self) -> dict[str, Any]:
        """Write the design and the choice down in plain numbers and words."""
        return {"kind": "some", "of": self.design.as_config(), "chosen": list(self.chosen)}


@dataclass(frozen=True)
class _Points:
    values: dict[str, Any]
    map: list[str]
    months: list[int]


@dataclass(frozen=True)
class KnownDifferences:
    """Differences between points of a design, each world against the world of the same luck.

    Attributes
    ----------
    table : DataFrame
        One row a point and outcome: `point`, `reference`, axes, `outcome`, `difference`, `low`, `high`
        (95 %), `pairs`, `half_width`, `known` (whether to the precision asked for), and
        `pairing` (how many times as many worlds it would take without matched luck).
    outcomes : DataFrame
        One row a world; `folder` is the one inside the sweep's in which `world` counts.
    precision : float
        Half-width that was asked for.
    """

    table: pd.DataFrame
    outcomes: pd.DataFrame = field(repr=False)
    precision: float

    @property
    def saved(self) -> int:
        """How many worlds the pairing saved: those it would take without, for the same half-widths."""
        paired = self.table[self.table["pairing"].notna()]
        more = (paired["pairs"] * (paired["pairing"] - 1)).clip(lower=0)
        of_points = more.groupby(paired["point"]).max()
        of_references = more.groupby(paired["reference"]).max()  # a reference serves many points
        return round(float(of_points.sum() + of_references.sum()))

    def __str__(self) -> str:
        """Say in plain words what is known, and what the pairing saved."""
        known, all_of_them = int(self.table["known"].sum()), len(self.table)
        reached = f"{known} of {all_of_them} differences known to within {self.precision:g}"
        worlds = len(self.outcomes)
        return (
            f"{reached}, with {worlds:,} worlds; without matched luck the same would have taken "
            f"about {self.saved:,} worlds more"
        )


def compare(
    sweep: Sweep,
    precision: float,
    outcomes: Sequence[str] = (HEADLINE,),
    *,
    reference: int | None = None,
    cap: int = CAP,
    shown: bool | None = False,
) -> KnownDifferences:
    """Add worlds where a difference is still unclear, until it is known or a cap is met.

    Every round is a sweep in a folder of its own inside the folder of the sweep, so that a comparison
    can be stopped and taken up as a sweep can.

    Parameters
    ----------
    sweep : Sweep
        The points, and how many replicates to begin with.
    precision : float
        Half-width of the 95 % interval of a difference that is precise enough.
    outcomes : sequence of str
        What to compare.
    reference : int, optional
        The point that all others are compared with; by default the first point in the same context.
    cap : int
        Replicates of a point at most.
    shown : bool or None
        Whether to show bars.

    Raises
    ------
    ParameterError
        If an outcome, a number or the reference cannot be meant.
    """
    check_wish(sweep, precision, outcomes, reference, cap)
    against = references(sweep.design) if reference is None else [reference] * sweep.design.points
    unclear = [point for point, other in enumerate(against) if point != other]
    tables: list[pd.DataFrame] = []
    first, size = sweep.first, min(sweep.replicates, cap)
    while True:
        chosen = tuple(sorted({*unclear, *(against[point] for point in unclear)}))
        some: Design = sweep.design if len(chosen) == sweep.design.points else Some(sweep.design, chosen)
        folder = sweep.folder / f"replicates-{first}-{first + size - 1}-{_digest(chosen)}"
        a_round = replace(sweep, design=some, folder=folder, first=first, replicates=size)
        rows = a_round.run(shown).outcomes
        whole = rows.assign(point=np.array(chosen)[rows["point"]], folder=folder.name)
        tables.append(whole)
        rows = pd.concat(tables, ignore_index=True)
        table = differences(rows, against, outcomes, precision)
        first += size
        worlds = first - sweep.first
        wanted = table.loc[~table["known"] & (table["pairs_tried"] == worlds)]
        size = min(_more(wanted, worlds, precision), cap - worlds)
        unclear = sorted(set(wanted["point"]))
        if not unclear or size <= 0:
            axes = sweep.design.rows(0, sweep.design.points).reset_index(drop=True)
            table = table.drop(columns="pairs_tried").join(axes, on="point")
            return KnownDifferences(table, rows, precision)


def _digest(chosen: Sequence[int]) -> str:
    """Tell apart rounds over the same replicates of other points."""
    return hashlib.blake2b(repr(tuple(chosen)).encode(), digest_size=4).hexdigest()


def references(design: Design) -> list[int]:
    """Find what each point is compared with: the first point in the same context."""
    contexts = [axis.name for axis in getattr(design, "contexts", ())]
    if not contexts:
        return [0] * design.points
    rows = design.rows(0, design.points).reset_index(drop=True)
    first = pd.Series(np.arange(len(rows))).groupby([rows[name] for name in contexts]).transform("min")
    return [int(point) for point in first]


def differences(
    rows: pd.DataFrame, against: Sequence[int], outcomes: Sequence[str], precision: float
) -> pd.DataFrame:
    """Estimate the difference of every point from its reference, pair by pair.

    Parameters
    ----------
    rows : DataFrame
        One row a world: `point`, `replicate`, outcomes.
    against : sequence of int
        The reference of each point.
    outcomes : sequence of str
        Which outcomes.
    precision : float
        Half-width that is precise enough.
    """
    from mipo_sim.analysis.intervals import paired
    from mipo_sim.analysis.tables import is_counted

    by_point = {int(str(point)): table.set_index("replicate") for point, table in rows.groupby("point")}
    found = []
    for point, mine in by_point.items():
        other = by_point[against[point]]
        if point == against[point]:
            continue
        for outcome in outcomes:
            pairs = pd.concat([mine[outcome], other[outcome]], axis=1, join="inner").astype(np.float64)
            tried, pairs = len(pairs), pairs.dropna()
            first, second = pairs.to_numpy().T
            low, high = paired(first, second, is_counted(outcome, pairs.to_numpy()))
            apart = first - second
            half = (high - low) / 2
            found.append(
                {
                    "point": point,
                    "reference": against[point],
                    "outcome": outcome,
                    "difference": apart.mean() if len(apart) else np.nan,
                    "low": low,
                    "high": high,
                    "pairs": len(apart),
                    "half_width": half,
                    "known": bool(half <= precision),
                    "pairing": _pairing(first, second),
                    "pairs_tried": tried,
                }
            )
    return pd.DataFrame(found)


def _pairing(first: np.ndarray, second: np.ndarray) -> float:
    """How many times as many worlds it would take if the two had luck of their own."""
    if len(first) < 2 or not (first - second).var():
        return float("nan")
    return float((first.var() + second.var()) / (first - second).var())


def _more(wanted: pd.DataFrame, worlds: int, precision: float) -> int:
    """How many replicates more: what the widest interval seems to need, within bounds."""
    if wanted.empty:
        return 0
    shrink = (wanted["half_width"].fillna(np.inf) / precision).max() ** 2
    return int(min(np.ceil(SPARE * worlds * shrink) - worlds, (GROWTH - 1) * worlds))


def check_wish(
    sweep: Sweep, precision: float, outcomes: Sequence[str], reference: int | None, cap: int
) -> None:
    """Refuse what `compare` cannot do, before anything is lived.

    Raises
    ------
    ParameterError
        If an outcome, a number or the reference cannot be meant.
    """
    if not isinstance(sweep, Sweep):
        raise ParameterError(f"compare takes a Sweep, not {sweep!r}; results.comparison() compares forms")
    if not precision > 0:
        raise ParameterError(f"precision takes a number above 0, not {precision!r}")
    if isinstance(outcomes, str):
        raise ParameterError(f"outcomes takes a list of names: [{outcomes!r}]")
    known = [measure.name for measure in OUTCOMES]
    for outcome in outcomes:
        if outcome not in known:
            raise ParameterError(f"no outcome named {outcome!r}{nearest(outcome, known)}")
    points = sweep.design.points
    if points < 2:
        raise ParameterError("a comparison needs a design of two points or more")
    if reference is not None and not 0 <= reference < points:
        raise ParameterError(f"the design has points 0 to {points - 1}, not {reference}")
    if cap < 2:
        raise ParameterError(f"cap takes a whole number from 2, not {cap}")
