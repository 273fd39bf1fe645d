"""The ledger of claims as a page."""

from collections.abc import Iterable

from mipo_sim.claims import CLAIMS, SYSTEMS
from mipo_sim.claims.declaration import Claim, Direction

INTRODUCTION = """\
<!-- Written by `python -m mipo_sim.claims > docs/claims.md`; change `mipo_sim/claims/` instead. -->
# The claims, and the code that carries them

Two proceedings of 2007 say how integrated missions work and fail: the seminar in Johannesburg (J, with its
section) and the conference in Oslo (O; s is the summary). Each row below is one of their claims, in our own
words, with the rule in the model that carries it and a test that the rule is **live**.

Live means: take the same country, the same people and the same luck twice, turn one switch, and what the
rule is meant to act on differs. The last column says what the test looks at: ↑ and ↓ where the rule itself
fixes the direction (more partners, more meeting time), ≠ where it only has to differ, = where nothing may
move. All probes of a claim are in one test; to run one: `pytest tests/test_claims.py -k "live and A9"`.

Live does **not** mean true. No line of code says that integration lowers risk or that earmarks do harm, and
no test asks for it. Whether a claim comes out, how strongly, and where, is for the studies in `experiments/`
to find, and a claim that does not come out is a finding too. Nor does live mean large: some rules matter
little.

Parameters are explained by `mipo parameters NAME`. Actors are in `mipo_sim/actors/`, one file a kind.
"""
SYSTEMS_INTRODUCTION = """
## Systems named in the proceedings

Each is an option that can be chosen (`mipo run scenario=darfur`), an actor, or both. The countries are
stylised: they borrow dates, forces and maps, and claim nothing about what happened there and why.

| system | in the model | option or code |
|---|---|---|
"""
PARTS = {
    "A": "Integration: form and its price",
    "B": "Leadership and headquarters",
    "C": "Money",
    "D": "Communities, state and ownership",
    "E": "Politics, violence, exit",
    "F": "Regional partners",
}
SIGNS: dict[Direction, str] = {"more": "↑", "less": "↓", "other": "≠", "same": "="}


def ledger() -> str:
    """All claims and systems as the Markdown page `docs/claims.md`."""
    lines = [INTRODUCTION]
    for part, title in PARTS.items():
        lines += [
            f"\n## {part}. {title}\n",
            "| id | claim | source | mechanism | code | parameters | test, and what must move |",
            "|---|---|---|---|---|---|---|",
            *(_row(claim) for claim in CLAIMS if claim.id.startswith(part)),
        ]
    rows = (f"| {s.name} | {s.how} | {', '.join(map(_link, s.found_in))} |" for s in SYSTEMS)
    return "\n".join(lines) + "\n" + SYSTEMS_INTRODUCTION + "\n".join(rows) + "\n"


def _row(claim: Claim) -> str:
    code = ", ".join(map(_link, claim.carried_by))
    moves = dict.fromkeys(f"`{what}` {SIGNS[way]}" for probe in claim.probes for what, way in probe.expected)
    test = f"[`test_mechanism_is_live[{claim.id}]`](../tests/test_claims.py): {', '.join(moves)}"
    cells = (claim.id, claim.text, claim.source, claim.mechanism, code, _code(claim.parameters), test)
    return f"| {' | '.join(cells)} |"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _link(place: str) -> str:
    """Link a place in the code, or an option, from the folder `docs/`."""
    file, _, name = place.partition(":")
    return f"[`{name}`](../mipo_sim/{file})" if name else f"[`{file}`](../configs/{file}.yaml)"
