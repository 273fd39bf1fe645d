"""The pages of the cases: `docs/cases/`, written from the file of a case and from its findings."""

from collections.abc import Iterable, Iterator, Sequence

from mipo_sim.evidence.histories import Counterfactual, Fact, History
from mipo_sim.evidence.history_tables import (
    CHANGES,
    FACTS,
    change_rows,
    fact_rows,
    is_rare,
    judgement,
    moves,
    settings,
    subject,
    worlds_like,
)
from mipo_sim.evidence.retelling import Retelling

WRITTEN = "<!-- Written by `mipo history --write`; change `configs/history/` instead. -->"
READING = """\
The mean of the model stands with its 95 % interval, which says how far chance alone could move it; then comes
the range that holds the middle 90 % of worlds. A fact is *inside* if it lies in that range. Where a fact is
known as a range, the share of worlds that fall into it tells more: *in few worlds* means clearly fewer than
half of them. *As given* marks facts that the decisions themselves fix: they check how the case was written
down, not the model."""
BEGIN, END = "<!-- table, written by `mipo history --write` -->\n", "\n<!-- end of table -->"


def case_page(retelling: Retelling) -> str:
    """Write the page of a case."""
    history = retelling.history
    parts = [
        WRITTEN + f"\n# {history.scene.title}, {history.span}",
        f"![Violence, troops and need met, month by month](../images/cases/{history.case}.png)",
        history.outline,
        f"## What the sources say\n\n{history.sources}",
        "## What was decided",
        _table(("", "when", "decision", "in the model", "known from"), _decided(history)),
        "## What happened, and what the model says",
        READING,
        _table((*FACTS, "known from"), _facts(retelling)),
        f"## Where they differ\n\n{_differences(retelling)}",
        "## What might have been decided",
        *(part for other in history.counterfactuals for part in _instead(retelling, other)),
        "## What the case had and the model has not",
        "\n".join(f"- {line}" for line in history.not_in_model),
        f"## How this was made\n\n{_made(retelling)}",
    ]
    return "\n\n".join(parts) + "\n"


def index_page(page: str, retellings: Iterable[Retelling]) -> str:
    """Write the table of all cases into the page that lists them; its other words are written by hand."""
    heads = ("case", "run", "decisions", "facts", "what if")
    rows = [
        (
            f"[{each.history.scene.title}]({each.history.case}.md)",
            each.history.span,
            str(len(each.history.decisions)),
            tally(each),
            " ".join(other.question for other in each.history.counterfactuals),
        )
        for each in retellings
    ]
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{_table(heads, rows)}\n{END}{rest.partition(END)[2]}"


def _decided(history: History) -> Iterator[tuple[str, ...]]:
    yield "", f"{history.date_of(0)}, at the start", history.start.what, settings(history.start), ""
    told = moves(history.scene.values, history.decisions)
    for number, (decision, moved) in enumerate(zip(history.decisions, told, strict=True), 1):
        when = f"{decision.date} (month {decision.month})"
        yield str(number), when, decision.what.rstrip("."), moved, decision.source


def _facts(retelling: Retelling) -> Iterator[tuple[str, ...]]:
    for fact, row in zip(retelling.history.happened, fact_rows(retelling), strict=True):
        yield *row, fact.source


def _differences(retelling: Retelling) -> str:
    facts = retelling.history.happened
    apart = [fact for fact in facts if retelling.verdict(fact) != "inside" or is_rare(retelling, fact)]
    lines = [f"{tally(retelling)}."]
    lines += [f"- {_difference(retelling, fact)}" for fact in apart]
    return "\n".join([lines[0], "", *lines[1:]]) if apart else lines[0]


def _difference(retelling: Retelling, fact: Fact) -> str:
    head = f"**{subject(retelling, fact)}, {fact.dates}**: {judgement(retelling, fact)}"
    like = worlds_like(retelling, fact)
    share = f"; {like} of worlds are like it" if like != "-" else ""
    return f"{head}{share}. {fact.why}".rstrip()


def tally(retelling: Retelling) -> str:
    """Count the facts inside the band, of those that the decisions do not fix themselves."""
    facts = [fact for fact in retelling.history.happened if not fact.given]
    inside = [fact for fact in facts if retelling.verdict(fact) == "inside"]
    rare = sum(is_rare(retelling, fact) for fact in inside)
    few = f", {rare} of them in few worlds" if rare else ""
    verb = "lies" if len(inside) == 1 else "lie"
    return f"Of {len(facts)} facts that the decisions do not fix, {len(inside)} {verb} inside the band{few}"


def _instead(retelling: Retelling, other: Counterfactual) -> Iterator[str]:
    claims = ", ".join(other.claims)
    yield f"### {other.question}\n\n{other.why} Claims: {claims} ([ledger](../claims.md))."
    yield _changed(retelling.history, other)
    yield _table(CHANGES, change_rows(retelling, other))


def _changed(history: History, other: Counterfactual) -> str:
    """Say how a counterfactual differs: its start, what is decided in it and what is not."""
    lines = []
    if other.start.values:
        lines.append(f"- At the start: {settings(other.start)}.")
    for decision, what in zip(other.decisions, moves(other.values, other.decisions), strict=True):
        if decision not in history.decisions:
            lines.append(f"- {decision.date}: {decision.what.rstrip('.')} ({what}).")
    kept = {decision.month for decision in other.decisions}
    left_out = [decision.date for decision in history.decisions if decision.month not in kept]
    if left_out:
        lines.append(f"- Not decided: what was decided in {', '.join(left_out)}.")
    return "\n".join(lines)


def _made(retelling: Retelling) -> str:
    made, case = retelling.made, retelling.history.case
    return (
        f"{made['worlds']} worlds of each form over {made['months']} months, with the same luck in all; "
        f"mipo_sim {made['mipo_sim']}, config {made['config']}, seed {made['seed']}, parameters: "
        f"{made['parameters']}. Intervals of "
        f"differences are of pairs of worlds. Numbers: [{case}.csv](../../experiments/histories/{case}.csv). "
        f"Run the case again: `mipo history {case}`."
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
