"""Walk through a tutorial: its files are written, its changes made, its commands run, its outputs compared.

What stands in a block of text has to come in that order and form: numbers and verdicts may be others.
A line of three dots stands for any lines, three dots at the end of a line for any words.
"""

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FEW = 12  # worlds, where a tutorial asks for more

Run = Callable[[list[str]], tuple[int, str]]


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, what else stands beside that, its text, and the words before it."""

    language: str
    note: str
    text: str
    before: str

    @property
    def file(self) -> str | None:
        """The file that the words before a block name last, if they end in a colon."""
        named = re.findall(r"`([\w./]+\.(?:csv|md|py|yaml))`", self.before)
        return named[-1] if named and self.before.endswith(":") else None


def blocks(page: str) -> Iterator[Block]:
    end = 0
    for found in BLOCK.finditer(page):
        before = page[end : found.start()].strip().rpartition("\n\n")[2]
        yield Block(found[1], found[2].strip(), found[3], " ".join(before.split()))
        end = found.end()


def fewer(text: str) -> str:
    """The same with few worlds: what is tried here is the way, not the odds."""
    return re.sub(r"(worlds[=:] ?)(\d+)", lambda found: f"{found[1]}{min(int(found[2]), FEW)}", text)


class Walk:
    """Someone who does what a tutorial says, block by block, in one folder."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._folder, self._run = folder, run
        self._file = ""  # the one that was changed last
        self._names: dict[str, object] = {}  # of the Python blocks
        self._said: list[str] = []

    def go(self, page: str) -> None:
        for block in blocks(page):
            getattr(self, f"_{block.language}")(block)

    def _sh(self, block: Block) -> None:
        self._said = []
        for line in block.text.splitlines():
            code, said = self._run(shlex.split(fewer(line)))
            assert code == (2 if block.note == "fails" else 0), f"{line}: exit code {code}\n{said}"
            self._said += lines_of(said)

    def _python(self, block: Block) -> None:
        if block.file:
            self._yaml(block)
            return
        with redirect_stdout(StringIO()) as said:
            exec(compile(fewer(block.text), "<tutorial>", "exec"), self._names)
        self._said = lines_of(said.getvalue())

    def _yaml(self, block: Block) -> None:
        assert block.file, f"which file? {block.before}"
        path = self._folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fewer(block.text), encoding="utf-8")

    def _diff(self, block: Block) -> None:
        self._file = block.file or self._file
        path = self._folder / self._file
        text = path.read_text(encoding="utf-8")
        lines = block.text.splitlines(keepends=True)
        was = "".join(line[1:] or "\n" for line in lines if not line.startswith("+"))
        now = "".join(line[1:] or "\n" for line in lines if not line.startswith("-"))
        assert text.count(was) == 1, f"{self._file} has {text.count(was)} places like\n{was}"
        path.write_text(text.replace(was, now), encoding="utf-8")

    def _text(self, block: Block) -> None:
        """Compare with what was said last; what is compared once is behind us."""
        anywhere = True
        for line in lines_of(block.text):
            if line == "...":
                anywhere = True
                continue
            ahead = [n for n, said in enumerate(self._said) if alike(line, said)]
            assert ahead and (anywhere or ahead[0] == 0), f"no line like {line!r} in\n" + "\n".join(
                self._said
            )
            del self._said[: ahead[0] + 1]
            anywhere = False


def lines_of(text: str) -> list[str]:
    """Lines that say something, with numbers, verdicts and widths taken out."""
    return [form for line in text.splitlines() if (form := form_of(line))]


def form_of(line: str) -> str:
    for pattern, form in (
        (r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b", "#"),  # digests
        (r"[-+−]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[-+]\d+)?", "#"),
        (r"\b(?:better|worse|not clear)\b", "(verdict)"),
        (r"\b(?:True|False)\b", "(yes or no)"),
        (r"-{2,}", "--"),
        (r"\s+", " "),
    ):
        line = re.sub(pattern, form, line)
    return line.strip()


def alike(told: str, said: str) -> bool:
    return said.startswith(told.removesuffix("...").rstrip()) if told.endswith("...") else told == said
