"""What a claim, a probe and a named system are, and a short way to write a row down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mipo_sim.claims.study import DEPTHS, Study

Direction = Literal["more", "less", "other", "same"]
DIRECTIONS: dict[str, Direction] = {"more": "more", "less": "less", "other": "other", "same": "same"}


@dataclass(frozen=True)
class Probe:
    """Two worlds of the same luck: the base, and the same with some values changed.

    Attributes
    ----------
    base, changed : mapping of str to float
        Parameters by dotted name; `changed` comes on top of `base`.
    expected : tuple of (str, Direction)
        What must follow: a state, as `kind.state` or `kind.SubKind.state`, or the mean of a monthly
        series, as `series.name`; and how it must move. "more" and "less" stand only where the rule
        itself fixes the sign; "other" is any difference, "same" is to the last bit.
    months : int
        How many months to live.
    """

    base: Mapping[str, float]
    changed: Mapping[str, float]
    expected: tuple[tuple[str, Direction], ...]
    months: int


@dataclass(frozen=True)
class Claim:
    """One row of the ledger.

    Attributes
    ----------
    id, text, source : str
        Part and number; the claim in short; where it is made: J or O with a section, s for summary.
    mechanism : str
        The rule that carries it, in a phrase.
    carried_by : tuple of str
        Behaviours, as `file.py:Class.behaviour` under `mipo_sim/`.
    parameters : tuple of str
        Parameters that switch it or scale it.
    probes : tuple of Probe
        How to see it live.
    studies : tuple of Study
        How to see whether it comes out.
    """

    id: str
    text: str
    source: str
    mechanism: str
    carried_by: tuple[str, ...]
    parameters: tuple[str, ...]
    probes: tuple[Probe, ...]
    studies: tuple[Study, ...]


@dataclass(frozen=True)
class System:
    """A mission, body or procedure that the proceedings name, and where the model has it.

    Attributes
    ----------
    name, how : str
        What it is called, and what stands for it.
    found_in : tuple of str
        Options as `group/option`, code as `file.py:Class` or `file.py:Class.behaviour`.
    """

    name: str
    how: str
    found_in: tuple[str, ...]


def claim(
    id: str, source: str, text: str, mechanism: str, code: str, parameters: str, *evidence: Probe | Study
) -> Claim:
    """Read a row; code without a folder is an actor's, `integration.levels` is short for all three."""
    probes = tuple(each for each in evidence if isinstance(each, Probe))
    studies = tuple(each for each in evidence if isinstance(each, Study))
    carried_by = tuple(c if "/" in c else f"actors/{c}" for c in code.split())
    names = parameters.replace("integration.levels", " ".join(DEPTHS)).split()
    return Claim(id, text, source, mechanism, carried_by, tuple(names), probes, studies)


def probe(changes: str, expected: str, months: int = 6) -> Probe:
    """Read `group.key 0 > 1, group.other 3` and `kind.state more, series.name other`."""
    base: dict[str, float] = {}
    changed: dict[str, float] = {}
    for change in changes.split(","):
        name, first, *then = change.replace(">", " ").split()
        for each in DEPTHS if name == "integration.levels" else (name,):
            base[each] = float(first)
            if then:
                changed[each] = float(then[0])
    pairs = (words.split() for words in expected.split(","))
    return Probe(base, changed, tuple((what, DIRECTIONS[way]) for what, way in pairs), months)
