"""The page of a study: what was asked, what came out, what would change our mind."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill

from mipo_sim.analysis.wording import plain
from mipo_sim.figures.page import measure_of
from mipo_sim.studies.declaration import Answer, Study
from mipo_sim.studies.findings import PICTURE, SPREAD, Findings
from mipo_sim.studies.method import capital, outcome_name
from mipo_sim.sweeps.designs import Axis

WIDE = 118
MOST_LINES = 40  # of a table on a page; its file has all
NOTE = "<!-- Written by `mipo study {name} --write`; change `configs/study/{name}.yaml` instead. -->"
READING = """\
In brackets stands the range that, with 95 % confidence, holds the figure of endlessly many worlds of the
same model; worlds of a replicate have the same luck whatever their form, and differences are taken pair by
pair. *Better* and *worse* mean that this range leaves zero out, *not clear* and *too close to call* that it
does not, or that forms cannot be told apart. Of twenty comparisons of forms that are alike, one looks clear
by chance; what is called best has been corrected for that within its situation. Ranges do not cover
parameters that nobody knows.
"""


def study_page(findings: Findings) -> str:
    """Write the page of a study from its file and its tables."""
    study = findings.study
    parts = [
        NOTE.format(name=study.name),
        f"# {study.title}\n",
        paragraph(f"**Question.** {study.question}"),
        paragraph(f"**Expected**, before anything had run. {study.expectation}"),
        paragraph(f"**Design.** {' '.join(described(study))} {worlds_of(findings)}"),
        f"    {findings.made['command']}\n",
        *bullets(_settings(study)),
        "## Result\n",
        *bullets(_headlines(findings)),
        f"![{study.title}: {_what(study.headline)}]({PICTURE})\n",
        paragraph(f"**How to read it.** {READING}"),
        *(part for answer in study.answers for part in _section(findings, answer.name, _what(answer))),
    ]
    if SPREAD in findings.tables:
        parts += _section(findings, SPREAD, "What makes worlds differ")
    parts += [
        "## What would change our mind\n",
        paragraph(study.change_our_mind),
        paragraph(f"Made by: {findings.source}."),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _headlines(findings: Findings) -> list[str]:
    """What the headline answer says, and what makes worlds differ."""
    names = [findings.study.headline.name, *([SPREAD] if SPREAD in findings.tables else [])]
    return [sentence for name in names for sentence in findings.sentences(name)]


def described(study: Study) -> Iterator[str]:
    """Say in sentences which forms and situations a study visits."""
    design = study.design
    if study.named:
        yield f"{len(study.named)} forms, named and set below."
    levers = [] if study.named else design.levers
    for axes, what in ((levers, "Levers"), (design.contexts, "Situations")):
        if axes:
            yield f"{what}: {'; '.join(map(_axis, axes))}."
    if design.base:
        held = ", ".join(f"`{name}={value}`" for name, value in design.base.items())
        yield f"Everywhere {held}."
    if design.numbers:
        numbers = ", ".join(f"{name} {value}" for name, value in design.numbers.items())
        yield f"Laid out as {design.kind.replace('_', ' ')} ({numbers})."


def _settings(study: Study) -> Iterator[str]:
    """Say what the name of each form stands for."""
    for name, settings in study.named.items():
        said = ", ".join(f"`{option}={value}`" for option, value in settings.items())
        yield f"{capital(plain(name))}: {said}"


def _axis(axis: Axis) -> str:
    if axis.values:
        return f"`{axis.name}` {', '.join(map(str, axis.plain(axis.values)))}"
    return f"`{axis.name}` {axis.low:g} to {axis.high:g}"


def worlds_of(findings: Findings) -> str:
    """Say how many worlds were lived through."""
    made = findings.made
    whole = made["points"] * made["worlds"]
    failed = f", of which {made['failed']:,} failed" if made["failed"] else ""
    return f"{made['points']:,} points with {made['worlds']:,} worlds each: {whole:,} worlds{failed}."


def _what(answer: Answer) -> str:
    """Say what an answer is about."""
    names = ", ".join(outcome_name(name) for name in answer.outcomes)
    what = answer.analysis.replace("_", " ").capitalize()
    if answer.thresholds:
        share = measure_of(answer.outcomes[0]).in_per_cent
        limits = (f"{100 * value:g} %" if share else f"{value:g}" for value in answer.thresholds)
        names += f" (just acceptable: {', '.join(limits)}; all count alike)"
    return f"{what}: {names}" if names else what


def _section(findings: Findings, name: str, title: str) -> list[str]:
    """What an answer says, and its table; the headline has spoken above."""
    heads, *lines = findings.lines(name)
    said = [] if name in (findings.study.headline.name, SPREAD) else findings.sentences(name)
    few = f", of which these are the first {MOST_LINES} of {len(lines)} lines" * (len(lines) > MOST_LINES)
    source = f"Data: [{name}.csv]({name}.csv){few}.\n"
    return [f"### {title}\n", *bullets(said), table_of(heads, lines[:MOST_LINES]), source]


def paragraph(text: str) -> str:
    """Fill a paragraph to the width of a page."""
    return fill(" ".join(text.split()), WIDE, break_long_words=False, break_on_hyphens=False) + "\n"


def bullets(said: Iterable[str]) -> list[str]:
    """One bullet a sentence."""
    wide = {"subsequent_indent": "  ", "break_long_words": False, "break_on_hyphens": False}
    lines = [fill(f"- {sentence}", WIDE, **wide) for sentence in said]  # type: ignore[arg-type]
    return ["\n".join(lines) + "\n"] if lines else []


def table_of(heads: Sequence[str], lines: Iterable[Sequence[str]], rule: str = "---") -> str:
    """Lay out a table in Markdown; the rule `---:` sets numbers to the right."""
    rows = [heads, [rule] * len(heads), *lines]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows) + "\n"
