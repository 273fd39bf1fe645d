"""The tables of a case, row by row, in words: alike for the terminal and for its page."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from mipo_sim.analysis.wording import LABELS, ranged, rounds_to_nothing, verdict
from mipo_sim.analysis.wording import MEASURES as OUTCOMES
from mipo_sim.evidence.histories import AS_DECIDED, MEASURES, WAR, Counterfactual, Decision, Fact
from mipo_sim.evidence.retelling import COMPARED, Retelling
from mipo_sim.outcomes.measures import Measure
from mipo_sim.parameters import complete

FACTS = (
    "what happened",
    "when",
    "measured as",
    "was",
    "model, mean (95 %)",
    "90 % of worlds",
    "worlds like it",
    "verdict",
)
CHANGES = ("outcome", "as decided", "instead", "difference (95 %)", "verdict")
FEW = 0.5  # share of worlds like it below which a fact is inside the band, but unlike most of them


def fact_rows(retelling: Retelling) -> Iterator[tuple[str, ...]]:
    """A row for each fact, under the heads of `FACTS`."""
    for fact in retelling.history.happened:
        row = retelling.number("fact", fact.name)
        yield (
            fact.what.rstrip("."),
            fact.dates,
            subject(retelling, fact),
            _span(fact, fact.low, fact.high),
            f"{_number(fact, row['mean'])} ({_span(fact, row['from'], row['to'])})",
            _span(fact, row["low"], row["high"]),
            worlds_like(retelling, fact),
            judgement(retelling, fact),
        )


def judgement(retelling: Retelling, fact: Fact) -> str:
    """Say how a fact and the model stand to each other."""
    given = ", as given" if fact.given else ""
    if retelling.verdict(fact) != "inside":
        return retelling.verdict(fact) + given
    return ("inside, in few worlds" if is_rare(retelling, fact) else "inside") + given


def is_rare(retelling: Retelling, fact: Fact) -> bool:
    """Whether clearly fewer than half of the worlds are like a fact that is known as a range."""
    return fact.high > fact.low and retelling.number("alike", fact.name)["to"] < FEW


def subject(retelling: Retelling, fact: Fact) -> str:
    """Say in words what a fact is held against."""
    words = MEASURES[fact.measure][0]
    if fact.per:
        words += f", as a share of: {MEASURES[fact.per][0].lower()}"
    if fact.against:
        first, last = (retelling.history.date_of(month) for month in fact.against)
        words += f", as a share of that in {first} to {last}"
    return words


def worlds_like(retelling: Retelling, fact: Fact) -> str:
    """Share of worlds within a fact's range, with its interval; nothing where one number is known."""
    if fact.high <= fact.low:
        return "-"
    row = retelling.number("alike", fact.name)
    return f"{100 * row['mean']:.0f} % ({100 * row['from']:.0f}-{100 * row['to']:.0f})"


def change_rows(retelling: Retelling, other: Counterfactual) -> Iterator[tuple[str, ...]]:
    """A row for each outcome, and each fact about war, under the heads of `CHANGES`."""
    for name in COMPARED:
        yield _change(retelling, other, "level", name, OUTCOMES[name], LABELS.get(name, OUTCOMES[name].label))
    for fact in retelling.history.happened:
        if fact.measure == WAR and not fact.given:
            label = f"Months at war, {fact.dates}"
            yield _change(retelling, other, "fact", fact.name, OUTCOMES["war_share"], label)


def _change(
    retelling: Retelling, other: Counterfactual, part: str, name: str, measure: Measure, label: str
) -> tuple[str, ...]:
    here, there = (retelling.number(part, name, form)["mean"] for form in (AS_DECIDED, other.name))
    row = retelling.number("difference", name, other.name)
    share = measure.in_per_cent
    scale, digits = (100, 1) if share else (1, 0)
    unit = " %" if share else ""
    known = [scale * row[end] for end in ("mean", "from", "to")]
    clear = bool(row["from"] > 0 or row["to"] < 0)
    same = all(rounds_to_nothing(value, digits) for value in known)
    return (
        label if share else f"{label}, {measure.unit}",
        f"{scale * here:,.{digits}f}{unit}",
        f"{scale * there:,.{digits}f}{unit}",
        ranged(known, digits, clear and not same),
        "the same" if same else verdict(measure, row["mean"], clear),
    )


def moves(values: Mapping[str, float], decisions: Iterable[Decision]) -> list[str]:
    """Say for each decision which options it chooses, and which levers it sets from what to what.

    Parameters
    ----------
    values : mapping of str to float
        Parameters at the start that differ from their defaults.
    decisions : iterable of Decision
        In order.
    """
    held, told = complete(values), []
    for decision in decisions:
        chosen = [f"`{group}={option}`" for group, option in decision.chosen.items()]
        levers = [f"`{name}` {held[name]:g} to {value:g}" for name, value in decision.levers.items()]
        told.append(", ".join([*chosen, *levers]))
        held |= decision.values
    return told


def settings(start: Decision) -> str:
    """Say which options and levers a start differs in."""
    chosen = [f"`{group}={option}`" for group, option in start.chosen.items()]
    return ", ".join([*chosen, *(f"`{name}` {value:g}" for name, value in start.levers.items())])


def _span(fact: Fact, low: float, high: float) -> str:
    """Write a range once where both ends look alike."""
    if MEASURES[fact.measure][1] == "share" and not fact.against:
        low, high = np.clip((low, high), 0, 1)
    first, last = _number(fact, low), _number(fact, high)
    return first if first == last else f"{first.removesuffix(' %')}-{last}"


def _number(fact: Fact, value: Any) -> str:
    if np.isnan(value):
        return "-"
    if MEASURES[fact.measure][1] == "share" or fact.per or fact.against:
        return f"{100 * value:.0f} %"
    return f"{value:,.1f}"
