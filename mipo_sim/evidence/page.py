"""The pages `docs/validation.md` and `docs/limits.md`, written from the results."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
import yaml

from mipo_sim.analysis.wording import records
from mipo_sim.evidence.forms import forms
from mipo_sim.evidence.limit_settings import LIMITS
from mipo_sim.evidence.signs import SignTest, declared_tests
from mipo_sim.evidence.targets import declared_targets

WIDE = 118
SIGNS = {"inside": "right sign", "outside": "wrong sign", "undecided": "unclear", "not known": "not known"}
RANGES = {"inside": "in range", "outside": "out of range", "undecided": "unclear", "not known": "not known"}
SILENT = {
    "outside": "Nobody has looked into this yet.",
    "undecided": "Too close to an edge to tell with so many worlds.",
    "not known": "Not defined in these worlds.",
}

HEAD = """\
<!-- Written by `mipo validate --write` from experiments/validation; change `mipo_sim/evidence/` instead. -->
# {}
"""
INTRODUCTION = """\
Does the model do what is known of countries after civil wars, and of missions in them? This page holds it
against every published figure that it was calibrated to, and against effects whose direction is known but
not their size. It says what failed and why. It is no proof that the model forecasts anything: figures that
it was fitted to it should meet. `mipo validate` computes everything on it again.
"""
READING = """\
**How to read it.** *Band* is where the figure may lie for the model to pass, as set before the model was
built (the sources: [figures](figures.md)). *Simulated* is what {worlds:,} worlds of each form give, in
brackets the range in which endlessly many worlds of the same model would lie with 95 % confidence. The
verdict is **inside** or **outside** where that range is wholly so, and **undecided** where it crosses an
edge of the band. Rows W are judgements made when the model was designed, with no figure behind them. In
{inside} of {all} rows the model is inside, in {outside} outside, in {undecided} undecided.

**What relapse is.** A country relapses when violence, averaged over its people, is at or above the
threshold of war in three of six months: a return to large-scale organised violence of the country as a
whole, whoever fights. Of the published definitions that is nearest to a ceasefire after a war that fails
(A11) or a war followed by any later conflict (UCDP, from a thousand deaths to at least 25); a count of any
conflict of 25 deaths gives higher rates (A6), a return to a war of a thousand deaths lower ones. The clock
starts with the ceasefire, so that the first year is the riskiest; data that ask for a calm year first cut
that off. Effects of missions in the figures are observed, not tried: peacekeepers go to harder cases, and
leave safe ones.
"""
SIGNS_READING = """\
No published figure says how large these effects are. Each is measured in {worlds:,} pairs of worlds with
the same luck; where four forms are compared, it is a difference of differences. With 95 % confidence
{right} have the right sign or lie in the range that is expected, and {wrong} do not; {unclear} cannot be
told, because the interval takes in the edge. A right sign may still be a small effect.
"""
FAILED = """\
Rows that are outside, have the wrong sign, or cannot be decided. The verdicts are computed; the reasons are
written by hand, and stand here only while the verdict does.
"""
LIMITS_INTRODUCTION = """\
What must happen where something is absent, extreme or tiny, and what does. In every setting the model is
run for some months and looked at after each: every state must be a number within its declared bounds, every
measure in its range, and staff time and money must add up. What else must follow from the setting is in its
further rows. `tests/test_limits.py` holds the model to all of it, and `mipo validate --limits` prints it
anew. These are single runs of a few worlds, and no estimates of anything.
"""


def validation_page(table: pd.DataFrame, made: Mapping[str, Any]) -> str:
    """Write the page on targets and sign tests.

    Parameters
    ----------
    table : DataFrame
        Rows with value, interval and verdict, as `validation.judge` and `validation.load` give them.
    made : mapping
        What computed them.
    """
    found = {row.row: row for row in records(table)}
    targets = [found[row] for row in declared_targets()]
    tests = [found[row] for row in declared_tests()]
    counts = {"all": len(targets), "worlds": made["worlds"]}
    counts |= {word: _count(targets, word) for word in ("inside", "outside", "undecided")}
    signs = {"worlds": made["worlds"]}
    signs |= {
        word: _count(tests, verdict)
        for word, verdict in (("right", "inside"), ("wrong", "outside"), ("unclear", "undecided"))
    }
    provenance = ", ".join(f"{key} {value}" for key, value in made.items())
    parts = [
        HEAD.format("Validation"),
        _paragraphs(INTRODUCTION),
        _paragraphs(READING.format(**counts)),
        f"Computed by {provenance}.\n",
        "## Published figures\n",
        _table(
            ("row", "what", "figure", "band", "simulated (95 %)", "verdict"),
            (_target_cells(row) for row in targets),
        ),
        "## Effects whose direction is known\n",
        _paragraphs(SIGNS_READING.format(**signs)),
        _table(
            ("row", "expected", "forms compared", "effect (95 %)", "unit", "verdict", "source"),
            (_test_cells(row) for row in tests),
        ),
        "## What failed, and why\n",
        _paragraphs(FAILED),
        *_reasons(found),
        "## How the figures are defined\n",
        _table(("rows", "definition in the model", "unit", "source", "status"), _definitions()),
    ]
    return "\n".join(parts)


def limits_page(limits: pd.DataFrame) -> str:
    """Write the page on limits, from rows as `Limits.table` gives them."""
    held = int(((limits["low"] <= limits["value"]) & (limits["value"] <= limits["high"])).sum())
    rows = []
    for setting, group in limits.groupby("setting", sort=False):
        label = LIMITS.settings[str(setting)].label
        for number, row in enumerate(records(group)):
            low, high, value = row.low, row.high, row.value
            fine = "yes" if low <= value <= high else "**no**"
            rows.append(("" if number else label, row.what, _number(value), band(low, high), fine))
    return "\n".join(
        [
            HEAD.format("Limits"),
            _paragraphs(LIMITS_INTRODUCTION),
            f"{held} of {len(limits)} hold.\n",
            _table(("setting", "what must happen", "measured", "must be", "holds"), rows),
        ]
    )


def band(low: float, high: float) -> str:
    """Say a band in words: `.25 to .45`, `above 0`, `0`."""
    if low == high:
        return _number(low)
    if np.isinf(high):
        return f"at least {_number(low)}" if abs(low) > 1e-5 else "above 0"
    if np.isinf(low):
        return f"at most {_number(high)}" if abs(high) > 1e-5 else "below 0"
    return f"{_number(low)} to {_number(high)}"


def in_words(row: str, verdict: str) -> str:
    """Say a verdict: of a sign test whether the sign is right, or, where it has two bounds, in range."""
    if row not in declared_tests():
        return verdict
    test = declared_tests()[row]
    return (RANGES if np.isfinite([test.low, test.high]).all() else SIGNS)[verdict]


def with_range(row: Any) -> str:
    """Say a value with its range: `0.42 (0.38 to 0.46)`."""
    if np.isnan(row.value):
        return "not defined"
    return f"{_number(row.value)} ({_number(row.start)} to {_number(row.end)})"


def _count(rows: Iterable[Any], verdict: str) -> int:
    return sum(row.verdict == verdict for row in rows)


def _target_cells(row: Any) -> tuple[str, ...]:
    target = declared_targets()[row.row]
    figure = "" if np.isnan(target.point) else _number(target.point)
    limits = band(target.low, target.high)
    return target.row, target.what, figure, limits, with_range(row), _stress(row.verdict)


def _test_cells(row: Any) -> tuple[str, ...]:
    test = declared_tests()[row.row]
    effect, word = with_range(row), _stress(in_words(row.row, row.verdict))
    return test.row, test.what, _contrast(test), effect, test.unit, word, test.source


def _contrast(test: SignTest) -> str:
    """Say which forms are compared: `full integration − co-existence`."""
    terms = [f"{'−' if sign < 0 else '+'} {forms()[form].label}" for form, sign in test.forms.items()]
    return " ".join(terms).removeprefix("+ ")


def _definitions() -> Iterator[tuple[str, ...]]:
    """Definitions, those of rows that share one side by side."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for row, target in declared_targets().items():
        shared.setdefault((target.definition, target.unit, target.source, target.status), []).append(row)
    for words, rows in shared.items():
        yield ", ".join(rows), *words


def _stress(verdict: str) -> str:
    return verdict if verdict in ("inside", "right sign", "in range") else f"**{verdict}**"


def _reasons(found: Mapping[str, Any]) -> list[str]:
    """What is known of rows that failed; a text stands only while one of its rows does."""
    failed = {row: each.verdict for row, each in found.items() if each.verdict != "inside"}
    told = yaml.safe_load((Path(__file__).parent / "why.yaml").read_text(encoding="utf-8"))
    entries = [(entry["rows"], entry["text"]) for entry in told]
    explained = {row for rows, _ in entries for row in rows}
    silent = [row for row in failed if row not in explained]
    for verdict, text in SILENT.items():
        entries.append(([row for row in silent if failed[row] == verdict], text))
    parts = []
    for rows, text in entries:
        mine = [f"{row} ({in_words(row, failed[row])})" for row in rows if row in failed]
        if mine:
            parts.append(_paragraphs(f"**{', '.join(mine)}.** {text}"))
    return parts or ["Nothing.\n"]


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value + 0:.3g}"


def _paragraphs(text: str) -> str:
    """Wrap running text; a heading stays a line of its own."""
    whole = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    return "\n\n".join(fill(part, WIDE, break_on_hyphens=False) for part in whole) + "\n"
