"""`mipo parameters`, `mipo scenarios`, `mipo phases`: what there is, in tables to read."""

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from mipo_sim.command.refusals import Parser
from mipo_sim.parameters import Parameter, check_whole, declared
from mipo_sim.parameters.options import GROUPS, compose, describe, options

if TYPE_CHECKING:
    from mipo_sim.model import MissionModel

HEADS = ("name", "default", "from", "to", "unit", "what it is", "evidence", "source")


def parameters(words: Sequence[str]) -> int:
    """Print the parameters in which all words occur.

    Returns
    -------
    int
        0, or 1 if there are none.
    """
    parser = Parser(
        prog="mipo parameters",
        description="Search the parameters by words in name, label, meaning or source.",
    )
    parser.add_argument("words", nargs="*", help="all of them must occur")
    parser.add_argument("--role", choices=("lever", "context", "behaviour"), help="only these")
    asked = parser.parse_args(list(words))
    every = [p for p in declared().values() if asked.role in (None, p.role)]
    found = [p for p in every if all(word.lower() in _text(p) for word in asked.words)]
    if not found:
        print(f"No parameter has {' and '.join(map(repr, asked.words))} in it.")
        return 1
    counted = f"{len(found)} of {len(declared())} parameters"
    print(
        f"{lay_out([HEADS, *map(_row, found)])}\n\n{counted}. Set one with `mipo run {found[0].name}=value`."
    )
    return 0


def _text(parameter: Parameter) -> str:
    return " ".join((parameter.name, parameter.label, parameter.meaning, parameter.source)).lower()


def _row(p: Parameter) -> tuple[str, ...]:
    return (p.name, f"{p.default:g}", f"{p.low:g}", f"{p.high:g}", p.unit, p.label, p.grade, p.source)


def scenarios(words: Sequence[str]) -> int:
    """Print situations and the options of every group, one sentence each.

    Returns
    -------
    int
        0.
    """
    Parser(prog="mipo scenarios", description="List situations and options, one sentence each.").parse_args(
        list(words)
    )
    parts = ["Situations (scenario=...)", *_described("scenario")]
    for group in GROUPS:
        parts += ["", f"{group.replace('_', ' ').capitalize()} ({group}=...)", *_described(group)]
    print("\n".join(parts))
    return 0


def _described(group: str) -> Iterator[str]:
    for option in options(group):
        words = describe(group, option)
        if group == "scenario" and "Stylised" in compose(option).story:
            words = f"Stylised: {words}"
        yield fill(words, 100, initial_indent=f"  {option:<29} ", subsequent_indent=" " * 32)


def phases(words: Sequence[str]) -> int:
    """Print the phases of a month, who does what in each, and how long it takes if that is asked.

    Returns
    -------
    int
        0.
    """
    from mipo_sim.model import MissionModel  # here: the other listings, and all who lay out tables, need none

    parser = Parser(prog="mipo phases", description="List what happens in a month, and who does it.")
    parser.add_argument("--time", action="store_true", help="run a mission and time every phase")
    parser.add_argument("--worlds", type=int, default=128, help="how many worlds to time (default 128)")
    asked = parser.parse_args(list(words))
    check_whole("--worlds", asked.worlds, 1, 10_000)
    model = MissionModel(worlds=asked.worlds if asked.time else 1)
    print("\n".join(_acts(model)))
    if asked.time:
        model.run()
        print("\n" + _times(model.seconds, asked.worlds, model.months))
    return 0


def _acts(model: "MissionModel") -> Iterator[str]:
    from mipo_sim.month import MONTH

    for number, phase in enumerate(MONTH, 1):
        yield f"{number:>2}. {phase.name}{' (at each planning)' if phase.at_planning else ''}"
        for act in phase.acts:
            kind, _, behaviour = act.partition(".")
            told = getattr(type(getattr(model, kind)), behaviour).__doc__ or ""
            sentence = " ".join(told.partition("\n\n")[0].split())
            yield f"      {act:<34} {sentence}"


def _times(seconds: dict[str, float], worlds: int, months: int) -> str:
    whole = sum(seconds.values())
    rows = [("phase", "ms a world", "share")]
    rows += [(name, f"{1000 * s / worlds:.3f}", f"{s / whole:.0%}") for name, s in seconds.items()]
    rows.append(("all", f"{1000 * whole / worlds:.3f}", f"{worlds:,} worlds together, {months} months"))
    return lay_out(rows)


def lay_out(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need to be, the first row over a line."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)] + [0]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    lines = ["  ".join(cells).rstrip() for cells in padded]
    return "\n".join([lines[0], "-" * min(100, max(map(len, lines))), *lines[1:]])
