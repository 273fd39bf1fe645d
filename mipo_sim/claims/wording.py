"""Findings on claims as text to read on a screen."""

from collections import Counter
from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Any

from mipo_sim.claims.declaration import Claim
from mipo_sim.claims.findings import Findings, effect_in_words, outcome_in_words, verdict_of
from mipo_sim.claims.verdict import false_supports

WIDE = 100
EXPECTED = {
    "more": "more expected",
    "less": "less expected",
    "none": "no effect expected",
    "open": "left open",
}


def report(findings: Findings, claims: list[Claim]) -> str:
    """Every claim with its studies, effects and verdicts, and how to read them."""
    parts = ["\n".join(_claim(findings, claim)) for claim in claims]
    return "\n\n".join((*parts, summary(findings)))


def _claim(findings: Findings, claim: Claim) -> Iterator[str]:
    said, where = findings.verdict_on(claim.id)
    verdict = f"{said.upper()}{where and f' ({where})'}"
    yield fill(f"{claim.id}  {claim.text} -> {verdict}", WIDE, subsequent_indent=" " * 5)
    for number, rows in findings.of_claim(claim.id):
        question = f"{claim.id}.{number}  {rows[0]['question']} -> {verdict_of(rows)[0]}"
        yield fill(question, WIDE, initial_indent=" " * 3, subsequent_indent=" " * 6)
        for row in rows:
            what = f"{outcome_in_words(row['outcome'])}, {EXPECTED[row['expected']]}"
            carried = row["carried_by"] and f"; carried by: {row['carried_by']}"
            found = f"{row['where']}: {what}: {effect_in_words(row)}: {row['verdict']}{carried}"
            yield fill(found, WIDE, initial_indent=" " * 6, subsequent_indent=" " * 8)


def summary(findings: Findings) -> str:
    """Count verdicts, say how many could be false, and what made them."""
    effects = findings.effects
    counted = Counter(effects["verdict"]).most_common()
    tally = f"{len(effects)} effects: {', '.join(f'{number} {verdict}' for verdict, number in counted)}."
    expected = [str(sign) for sign in effects["expected"]]
    directed = sum(sign in ("more", "less") for sign in expected)
    caution = (
        "Brackets are 95 % intervals of differences between worlds of the same luck: how far chance could "
        "move them, not how well the model fits. `no effect` means known to be smaller than what matters. "
        f"If nothing had any effect, about {false_supports(expected):.1f} at most of the {directed} effects "
        "that were expected to go one way would pass for supported by chance."
    )
    return "\n".join((fill(tally, WIDE), fill(caution, WIDE), provenance(findings.made)))


def provenance(made: Mapping[str, Any]) -> str:
    """Say what made findings."""
    return (
        f"{made['worlds']:,} worlds of each form in each situation, seed {made['seed']}, "
        f"mipo_sim {made['mipo_sim']}, model {made['code'][:8]}"
    )
