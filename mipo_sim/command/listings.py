"""`mipo parameters`, `mipo scenarios`, `mipo phases`: what there is, in tables to read."""

from collections.abc import Iterator, Sequence
from textwrap import fill

from mipo_sim.parameters import Parameter, declared
from mipo_sim.parameters.options import GROUPS, compose, describe, options

HEADS = ("name", "default", "from", "to", "unit", "what it is", "evidence", "source")


def parameters(words: Sequence[str], role: str | None) -> str | None:
    """List the parameters in which all words occur, or None if there is none.

    Parameters
    ----------
    words : sequence of str
        What to look for in name, label, meaning and source; case does not matter.
    role : {"lever", "context", "behaviour"} or None
        Which parameters to look through.
    """
    asked = [p for p in declared().values() if role in (None, p.role)]
    found = [p for p in asked if all(word.lower() in _text(p) for word in words)]
    if not found:
        return None
    rows = [HEADS, *(_row(p) for p in found)]
    counted = f"{len(found)} of {len(declared())} parameters"
    return f"{lay_out(rows)}\n\n{counted}. Set one with `mipo run {found[0].name}=value`."


def _text(parameter: Parameter) -> str:
    return " ".join((parameter.name, parameter.label, parameter.meaning, parameter.source)).lower()


def _row(p: Parameter) -> tuple[str, ...]:
    return (p.name, f"{p.default:g}", f"{p.low:g}", f"{p.high:g}", p.unit, p.label, p.grade, p.source)


def scenarios() -> str:
    """List situations and the options of every group, one sentence each."""
    parts = ["Situations (scenario=...)", *_described("scenario")]
    for group in GROUPS:
        parts += ["", f"{group.replace('_', ' ').capitalize()} ({group}=...)", *_described(group)]
    return "\n".join(parts)


def _described(group: str) -> Iterator[str]:
    for option in options(group):
        words = describe(group, option)
        if group == "scenario" and "Stylised" in compose(option).story:
            words = f"Stylised: {words}"
        yield fill(words, 100, initial_indent=f"  {option:<29} ", subsequent_indent=" " * 32)


def phases(worlds: int | None) -> str:
    """List the phases of a month: who does what; with a number of worlds, how long it takes them."""
    from mipo_sim.model import MissionModel
    from mipo_sim.month import MONTH

    model = MissionModel(worlds=worlds or 1)
    lines = []
    for number, phase in enumerate(MONTH, 1):
        lines.append(f"{number:>2}. {phase.name}{' (at each planning)' if phase.at_planning else ''}")
        for act in phase.acts:
            kind, _, behaviour = act.partition(".")
            told = getattr(type(getattr(model, kind)), behaviour).__doc__ or ""
            sentence = " ".join(told.partition("\n\n")[0].split())
            lines.append(f"      {act:<34} {sentence}")
    if worlds is None:
        return "\n".join(lines)
    model.run()
    return "\n".join(lines) + "\n\n" + _times(model.seconds, worlds, model.months)


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
