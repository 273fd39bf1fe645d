"""From differences in matched worlds to an effect with its interval, a verdict, and what carries it.

Nothing here knows what was lived; every verdict is computed from an interval, the smallest effect that
matters, and what was expected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mipo_sim.analysis import agresti_min, student
from mipo_sim.analysis.intervals import LEVEL
from mipo_sim.claims.study import Sign

SUPPORTED, OPPOSITE, NO_EFFECT, UNCLEAR, DEPENDS = (
    "supported",
    "opposite",
    "no effect",
    "unclear",
    "depends on",
)
FALSE_SUPPORT = (1 - LEVEL) / 2  # chance at most that an effect of nothing passes for the one expected
CARRIES, AGAINST_MOST = 0.2, 0.5  # share of an effect, and of the largest share, that carrying takes


@dataclass(frozen=True)
class Effect:
    """A mean difference between worlds of the same luck.

    Attributes
    ----------
    estimate, low, high : float
        The mean, and its 95 % interval, in the unit of the outcome.
    pairs : int
        Worlds in which the outcome is defined on all sides.
    reference : int
        Which of several references it is against: the one that is hardest to beat.
    """

    estimate: float
    low: float
    high: float
    pairs: int
    reference: int = 0

    @property
    def clarity(self) -> float:
        """How many half-widths of its interval the effect is away from nothing."""
        width = self.high - self.low
        return abs(self.low + self.high) / width if width else np.inf


def effect(differences: np.ndarray, expected: Sign, *, counted: bool = False) -> Effect:
    """Estimate an effect against one reference, or against the hardest to beat of several.

    Parameters
    ----------
    differences : array, shape [reference, world]
        Form less reference; not a number where the outcome is not defined.
    expected : Sign
        "more" looks at the least of the differences, "less" at the greatest. Intervals are then wide
        enough (Bonferroni) to hold for all references together.
    counted : bool
        Whether differences are of outcomes that are 0 or 1, so that Agresti and Min's interval fits.
    """
    level = 1 - (1 - LEVEL) / len(differences)
    found = [_one(row[np.isfinite(row)], number, level, counted) for number, row in enumerate(differences)]
    pick = max if expected == "less" else min
    hardest = pick(found, key=lambda e: e.estimate)
    low, high = (pick(getattr(e, bound) for e in found) for bound in ("low", "high"))
    return Effect(hardest.estimate, low, high, min(e.pairs for e in found), hardest.reference)


def _one(values: np.ndarray, number: int, level: float, counted: bool) -> Effect:
    values = values.astype(np.float64)
    if counted:
        low, high = agresti_min(int((values > 0).sum()), int((values < 0).sum()), len(values), level)
    else:
        low, high = student(values, level)
    return Effect(float(values.mean()) if len(values) else np.nan, low, high, len(values), number)


def verdict(found: Effect, expected: Sign, margin: float) -> str:
    """Judge an effect against what was expected.

    Returns
    -------
    str
        "no effect" where the interval lies within the smallest effect that matters on both sides (then
        "supported" if that was expected); "unclear" where it holds zero and more than that; "supported" or
        "opposite" where it leaves zero out. An open question is answered with "more" or "less".
    """
    if -margin < found.low and found.high < margin:
        return SUPPORTED if expected == "none" else NO_EFFECT
    if not is_clear(found, margin):
        return UNCLEAR
    way = "more" if found.low > 0 else "less"
    if expected == "open":
        return way
    return SUPPORTED if way == expected else OPPOSITE


def is_clear(found: Effect, margin: float) -> bool:
    """Whether an effect is known not to be nothing, and not known to be too small to matter."""
    return (found.low > 0 and found.high >= margin) or (found.high < 0 and found.low <= -margin)


def together(verdicts: Mapping[str, str]) -> tuple[str, str]:
    """Sum up verdicts on parts of a question, by the name of the part.

    Returns
    -------
    verdict, where : str
        The one clear verdict, if there is only one, and where it is unclear; "depends on" if clear ones
        differ, and what each says; "unclear" if none is clear.
    """
    clear = {v for v in verdicts.values() if v != UNCLEAR}
    if clear == {DEPENDS}:
        return DEPENDS, f"in {', '.join(part for part, said in verdicts.items() if said == DEPENDS)}"
    if len(clear) == 1:
        vague = [part for part, said in verdicts.items() if said == UNCLEAR]
        return clear.pop(), f"unclear: {', '.join(vague)}" if vague else ""
    if not clear:
        return UNCLEAR, ""
    said: dict[str, list[str]] = {}
    for part, mine in verdicts.items():
        said.setdefault(mine, []).append(part)
    return DEPENDS, "; ".join(f"{v}: {', '.join(parts)}" for v, parts in said.items())


@dataclass(frozen=True)
class Share:
    """How much of an effect goes when a mechanism is switched off: 1 all, 0 nothing, below 0 it grows.

    Attributes
    ----------
    mechanism : str
        Name of the mechanism.
    share, low, high : float
        The share, and its 95 % interval.
    carries : bool
        Whether it clearly carries the effect: at least a fifth of it goes, and half of what goes with the
        mechanism that carries most; and some goes even by an interval wide enough to hold for all
        mechanisms together (Bonferroni).
    """

    mechanism: str
    share: float
    low: float
    high: float
    carries: bool


def shares(whole: np.ndarray, without: Mapping[str, np.ndarray]) -> list[Share]:
    """Tell how much of a clear effect goes with each mechanism.

    Parameters
    ----------
    whole : array, shape [world]
        Differences with everything at work.
    without : mapping of str to array, shape [world]
        Differences of the same worlds without each mechanism.

    Notes
    -----
    The share is one less a ratio of two paired means; its interval is that of the linearised ratio (the
    delta method), good as long as the whole effect is clear of zero.
    """
    known = np.isfinite(np.stack([whole, *without.values()])).all(axis=0)
    kept = {name: values[known].astype(np.float64) for name, values in without.items()}
    whole = whole[known].astype(np.float64)
    size = whole.mean() if len(whole) else np.nan
    if not size or not np.isfinite(size):
        return []
    for_all = 1 - (1 - LEVEL) / len(kept)
    found, clear = {}, {}
    for name, values in kept.items():
        ratio = float(values.mean() / size)
        rest = (values - ratio * whole) / size
        low, high = student(rest)
        found[name] = (1 - ratio, 1 - ratio - high, 1 - ratio - low)
        if 1 - ratio - student(rest, for_all)[1] > 0:
            clear[name] = 1 - ratio
    enough = max(CARRIES, AGAINST_MOST * max(clear.values(), default=0))
    order = sorted(found, key=lambda name: -found[name][0])
    return [Share(name, *found[name], carries=clear.get(name, 0) >= enough) for name in order]


def false_supports(expected: Sequence[str]) -> float:
    """How many effects would at most pass for supported if there were none at all."""
    return FALSE_SUPPORT * sum(sign in ("more", "less") for sign in expected)
