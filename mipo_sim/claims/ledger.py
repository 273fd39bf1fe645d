"""The ledger of claims as a page: claim, mechanism, test, study, verdict."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from mipo_sim.claims import CLAIMS, SYSTEMS
from mipo_sim.claims.declaration import Claim, Direction
from mipo_sim.claims.findings import FOLDER, Findings, effect_in_words, outcome_in_words
from mipo_sim.claims.margins import MATTERS
from mipo_sim.claims.mechanisms import MECHANISMS
from mipo_sim.claims.wording import EXPECTED, summary
from mipo_sim.outcomes import OUTCOMES
from mipo_sim.parameters.options import CONFIGS

INTRODUCTION = """\
<!-- Written by `python -m mipo_sim.claims > docs/claims.md`; change `mipo_sim/claims/` instead. -->
# The claims, and the code that carries them

Two proceedings of 2007 say how integrated missions work and fail: the seminar in Johannesburg (J, with its
section) and the conference in Oslo (O; s is the summary). Each row below is one of their claims, in our own
words, with the rule in the model that carries it and a test that the rule is **live**.

Live means: take the same country, the same people and the same luck twice, turn one switch, and what the
rule is meant to act on differs. The column of tests says what is looked at: ↑ and ↓ where the rule itself
fixes the direction (more partners, more meeting time), ≠ where it only has to differ, = where nothing may
move. All probes of a claim are in one test; to run one: `pytest tests/test_claims.py -k "live and A9"`.

Live does **not** mean true. No line of code says that integration lowers risk or that earmarks do harm, and
no test asks for it. Whether a claim comes out is asked by **studies**: what is expected was written down from
the source before anything had run, and the verdict is computed from the effect, never written by hand. The
last column says what the claim's own studies come to, and the one before it links them: they stand under the
table, one line an effect. Larger studies that ask the same in more forms and situations are linked there too,
by name; they are summed up in the [findings](findings.md) and do not count for the verdict. A claim that does
not come out is a finding too, and stays where it is.

- **supported**: the effect goes the way that was expected, and its interval leaves zero out.
- **opposite**: the effect goes the other way, or there is one where none was expected.
- **no effect**: the effect is known to be smaller than [what matters](#the-smallest-effects-that-matter).
- **unclear**: these worlds cannot tell.
- **depends on**: clear verdicts differ between situations, or between what is looked at; which is said.
- **more**, **less**: answers to what the source leaves open.

An effect is **carried by** the mechanisms without which much of it goes. [The same
list](#mechanisms-and-how-they-are-switched-off) is gone through for every study that found an effect, one
mechanism switched off at a time, in worlds of the same luck.

Parameters are explained by `mipo parameters NAME`. Actors are in `mipo_sim/actors/`, one file a kind. All
numbers are in [`experiments/claims`](../experiments/claims/README.md). To run one claim:
`mipo claims A4 --knock-out`.
"""
SYSTEMS_INTRODUCTION = """
## Systems named in the proceedings

Each is an option that can be chosen (`mipo run scenario=darfur`), an actor, or both. The countries are
stylised: they borrow dates, forces and maps, and claim nothing about what happened there and why.

| system | in the model | option or code |
|---|---|---|
"""
HEADS = (
    *("id", "claim", "source", "mechanism", "code", "parameters"),
    *("test, and what must move", "studies", "verdict"),
)
PARTS = {
    "A": "Integration: form and its price",
    "B": "Leadership and headquarters",
    "C": "Money",
    "D": "Communities, state and ownership",
    "E": "Politics, violence, exit",
    "F": "Regional partners",
}
SIGNS: dict[Direction, str] = {"more": "↑", "less": "↓", "other": "≠", "same": "="}


def ledger(findings: Findings) -> str:
    """All claims, what came of them, and systems, as the Markdown page `docs/claims.md`."""
    lines = [INTRODUCTION, summary(findings), *_answers(findings)]
    for part, title in PARTS.items():
        mine = [claim for claim in CLAIMS if claim.id.startswith(part)]
        lines += [
            f"\n## {part}. {title}\n",
            f"| {' | '.join(HEADS)} |",
            f"|{'---|' * len(HEADS)}",
            *(_row(claim, findings) for claim in mine),
            "\n| study | what is expected | where | effect [95 %] | verdict | carried by |",
            "|---|---|---|---|---|---|",
            *(line for claim in mine for line in _studies(claim, findings)),
        ]
    systems = (f"| {s.name} | {s.how} | {', '.join(map(_link, s.found_in))} |" for s in SYSTEMS)
    lines += [SYSTEMS_INTRODUCTION + "\n".join(systems), *_margins(), *_mechanisms()]
    return "\n".join(lines) + "\n"


def _row(claim: Claim, findings: Findings) -> str:
    code = ", ".join(map(_link, claim.carried_by))
    moves = dict.fromkeys(f"`{what}` {SIGNS[way]}" for probe in claim.probes for what, way in probe.expected)
    test = f"[`test_mechanism_is_live[{claim.id}]`](../tests/test_claims.py): {', '.join(moves)}"
    verdict, where = findings.verdict_on(claim.id)
    said = f"**{verdict}**{where and f' ({where})'}"
    own = [f"[{claim.id}.{number}](#{_anchor(claim, number)})" for number, _ in findings.of_claim(claim.id)]
    larger = (f"[{name.replace('_', ' ')}](../experiments/{name}/README.md)" for name in _larger(claim.id))
    studies = ", ".join([*own, *larger])
    names = _code(claim.parameters)
    cells = (claim.id, claim.text, claim.source, claim.mechanism, code, names, test, studies, said)
    return f"| {' | '.join(cells)} |"


def _anchor(claim: Claim, number: int) -> str:
    return f"study-{claim.id.lower()}-{number}"


def _larger(claim: str) -> list[str]:
    """Names of the larger studies that say in their head that they ask a claim."""
    return [name for name, asked in _asked().items() if claim in asked]


@cache
def _asked() -> dict[str, set[str]]:
    """Read which claims each study with kept results asks, from `# Claims A2, C1 to C7. Oslo 2007.`."""
    found = {}
    order = [claim.id for claim in CLAIMS]
    for file in sorted((CONFIGS / "study").glob("*.yaml")):
        head = re.search(r"^# Claims ([^.]*)\.", file.read_text(encoding="utf-8"), re.MULTILINE)
        kept = (FOLDER.parent / file.stem).is_dir()
        named = (part.split(" to ") for part in head[1].split(", ")) if head and kept else ()
        found[file.stem] = {
            each for ends in named for each in order[order.index(ends[0]) : order.index(ends[-1]) + 1]
        }
    return found


def _studies(claim: Claim, findings: Findings) -> Iterator[str]:
    for number, rows in findings.of_claim(claim.id):
        name = f'<a id="{_anchor(claim, number)}"></a>{claim.id}.{number}'
        for row in rows:
            yield f"| {name} | {' | '.join(_study(row))} |"
            name = f"{claim.id}.{number}"  # one place to link to for all effects of a study


def _study(row: Mapping[str, Any]) -> tuple[str, ...]:
    expected = f"{row['question']} ({outcome_in_words(row['outcome'])}: {EXPECTED[row['expected']]})"
    return expected, row["where"], effect_in_words(row), f"**{row['verdict']}**", row["carried_by"]


def _answers(findings: Findings) -> Iterator[str]:
    """Answer what the sources leave open, with conditions."""
    yield "\n## What the sources leave open\n"
    for claim in CLAIMS:
        for _, rows in findings.of_claim(claim.id):
            if rows[0]["expected"] == "open":
                found = (f"{row['where']}: **{row['verdict']}**, {effect_in_words(row)}" for row in rows)
                yield f"- {claim.id}. {rows[0]['question']} {'; '.join(found)}."


def _margins() -> Iterator[str]:
    labels = {measure.name: measure for measure in OUTCOMES}
    yield "\n## The smallest effects that matter\n"
    yield "Judgements, made before the studies ran.\n"
    yield "| outcome | unit | smallest effect | why |\n|---|---|---|---|"
    for name, (margin, why) in MATTERS.items():
        unit = labels[name].unit if name in labels else "share"
        yield f"| {outcome_in_words(name)} | {unit} | {margin:g} | {why} |"


def _mechanisms() -> Iterator[str]:
    yield "\n## Mechanisms, and how they are switched off\n"
    yield "| mechanism | what it does | switched off by |\n|---|---|---|"
    for m in MECHANISMS:
        values = [f"`{name}={value:g}`" for name, value in m.off.items()]
        acts = [f"leaving out `{act}`" for act in m.without]
        states = [f"setting `{state}` to 0 after `{act}`" for act, state in m.undone.items()]
        yield f"| {m.name} | {m.does} | {', '.join(values + acts + states)} |"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _link(place: str) -> str:
    """Link a place in the code, or an option, from the folder `docs/`."""
    file, _, name = place.partition(":")
    return f"[`{name}`](../mipo_sim/{file})" if name else f"[`{file}`](../configs/{file}.yaml)"
