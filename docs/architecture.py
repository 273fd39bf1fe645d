"""Read the real imports of `mipo_sim` and draw docs/images/architecture.svg: `python -m docs.architecture`.

A room is a folder of the package, or a file at its top. Rooms stand on floors; what a room imports when it is
loaded stands on a floor below it. `tests/test_architecture.py` holds the code to that, and the picture to the
code. The tree is read with `ast`, since the rules differ with when an import happens: as the file loads,
inside a function, or for the type checker alone.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

CHECKOUT = Path(__file__).parents[1]
PICTURE = Path(__file__).parent / "images" / "architecture.svg"
PACKAGE = "mipo_sim"

# The house from the ground up: each room with its column in the picture, and what lives there.
FLOORS: tuple[dict[str, tuple[int, str]], ...] = (
    {"parameters": (4, "declared once, checked"), "ensemble": (10, "an agent is a slice; luck")},
    {
        "outcomes": (3, "what is measured"),
        "actors": (7, "states and rules by kind"),
        "country": (11, "maps and districts"),
    },
    {
        "analysis": (3, "tables in, tables out"),
        "mesa_view": (7, "one world for Mesa's tools"),
        "month": (13, "who does what, in order"),
    },
    {"model": (9, "many worlds, month by month")},
    {"sweeps": (8, "designs, workers, results")},
    {
        "report": (3, "one page of results"),
        "claims": (7, "the ledger of 2007"),
        "evidence": (13, "published figures, cases"),
    },
    {"figures": (11, "tables in, pictures out")},
    {"live": (5, "the trainers' page"), "studies": (11, "questions and answers")},
    {"command": (8, "what each command does")},
    {"command_line": (8, "mipo, a thin door")},
)
# Imports that point up, inside a function that needs them: a result draws its own picture.
LATE = {("sweeps", "figures")}
# Everybody may ask for the version; the other two are doors that nobody inside goes through.
DOORS = {"version", "__init__", "__main__"}

When = Literal["load", "call", "types"]


@dataclass(frozen=True)
class Import:
    """One file takes something from another.

    Attributes
    ----------
    source, target : str
        Files as dotted modules below the package, such as `sweeps.store`.
    when : {"load", "call", "types"}
        As the file is loaded, inside a function when it runs, or for the type checker alone.
    """

    source: str
    target: str
    when: When

    @property
    def rooms(self) -> tuple[str, str]:
        """The two rooms."""
        return room(self.source), room(self.target)


def room(module: str) -> str:
    """Name the room of a module below the package."""
    return module.split(".")[0]


def modules(root: Path = CHECKOUT) -> dict[str, Path]:
    """All files of the package by their dotted name below it; a folder's face bears the folder's name."""
    house = root / PACKAGE
    return {
        ".".join(file.relative_to(house).with_suffix("").parts).removesuffix(".__init__"): file
        for file in sorted(house.rglob("*.py"))
    }


def imports(root: Path = CHECKOUT) -> list[Import]:
    """Every import from one file of the package to another."""
    files = modules(root)
    return [
        Import(source, target, when)
        for source, file in files.items()
        for name, when in _named(ast.parse(file.read_text(encoding="utf-8")), "load")
        if (target := _module(name, files)) and target != source
    ]


def libraries(root: Path = CHECKOUT) -> dict[str, set[str]]:
    """Which rooms import which library, for whatever purpose."""
    found: dict[str, set[str]] = {}
    for source, file in modules(root).items():
        for name, _ in _named(ast.parse(file.read_text(encoding="utf-8")), "load"):
            found.setdefault(name.split(".")[0], set()).add(room(source))
    return found


def _named(tree: ast.AST, when: When) -> Iterator[tuple[str, When]]:
    """Everything that is imported under a node, by full name, and when."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, when) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((f"{base}.{alias.name}", when) for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _named(node, "call" if when == "load" else when)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _named(node, "types")
        else:
            yield from _named(node, when)


def _module(name: str, files: Iterable[str]) -> str | None:
    """Find the file that a full name leads to: itself, or the module that holds it."""
    package, _, below = name.partition(".")
    if package != PACKAGE:
        return None
    return next((found for found in (below, below.rpartition(".")[0]) if found in files), "__init__")


def uses(found: Iterable[Import], *whens: When) -> set[tuple[str, str]]:
    """Which room needs which other at these times, without the doors."""
    pairs = {each.rooms for each in found if each.when in whens}
    return {(upper, lower) for upper, lower in pairs if upper != lower and not {upper, lower} & DOORS}


def shortest(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Leave out each pair that follows from others: of A to B, B to C and A to C the last one."""

    def reached(start: str, skipped: tuple[str, str]) -> set[str]:
        found: set[str] = set()
        ahead = [start]
        while ahead:
            here = ahead.pop()
            below = {lower for upper, lower in pairs if upper == here and (upper, lower) != skipped}
            ahead += below - found
            found |= below
        return found

    return {pair for pair in pairs if pair[1] not in reached(pair[0], pair)}


# ---------------------------------------------------------------- the picture

WIDTH, COLUMN, BOX, HEIGHT, STEP, TOP = 960, 60, 200, 46, 84, 56
NOTES = (
    "An arrow points to what a room imports; what follows from other arrows is left out.",
    "Data flows the other way, up. Dashed: only inside a function, where a result draws its own picture.",
)
STYLE = """\
  <style>
    svg { background: #fff; font-family: system-ui, sans-serif }
    rect { fill: #eef3f7; stroke: #33566e; stroke-width: 1.2 }
    .name { font-size: 15px; font-weight: 600; fill: #14242f }
    .says { font-size: 12px; fill: #33566e }
    path { fill: none; stroke: #33566e; stroke-width: 1.4; marker-end: url(#tip) }
    .late { stroke: #b3541e; stroke-dasharray: 5 4; marker-end: url(#late) }
    .note { font-size: 12px; fill: #4a4a4a }
    #tip path, #late path { marker-end: none; stroke: none }
    #tip path { fill: #33566e } #late path { fill: #b3541e }
  </style>
  <defs>
    <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
      <path d="M0,0 L8,4 L0,8 z"/></marker>
    <marker id="late" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
      <path d="M0,0 L8,4 L0,8 z"/></marker>
  </defs>"""


def places() -> dict[str, tuple[float, float]]:
    """Where each room stands: the middle of its box, the ground floor lowest."""
    return {
        name: (COLUMN * column, TOP + HEIGHT / 2 + level * STEP)
        for level, floor in enumerate(reversed(FLOORS))
        for name, (column, _) in floor.items()
    }


def picture(found: Sequence[Import]) -> str:
    """Draw the rooms, the arrows that do not follow from others, and the imports that point up."""
    needs, at = uses(found, "load", "call"), places()
    arrows = [_arrow(at[upper], at[lower]) for upper, lower in sorted(shortest(needs - LATE))]
    arrows += [_arrow(at[source], at[target], late=True) for source, target in sorted(needs & LATE)]
    boxes = [_box(at[name], name, says) for floor in reversed(FLOORS) for name, (_, says) in floor.items()]
    height = TOP + len(FLOORS) * STEP - (STEP - HEIGHT) + 8
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
    label = ' aria-label="Rooms of mipo_sim on floors; arrows point down, to what is imported">'
    notes = [_text("note", WIDTH / 2, 24 + 18 * line, note) for line, note in enumerate(NOTES)]
    return "\n".join([head + label, STYLE, *notes, *arrows, *boxes, "</svg>\n"])


def _text(kind: str, x: float, y: float, words: str) -> str:
    return f'  <text class="{kind}" x="{x:.0f}" y="{y:.0f}" text-anchor="middle">{escape(words)}</text>'


def _box(middle: tuple[float, float], name: str, says: str) -> str:
    x, y = middle
    corner = f'x="{x - BOX / 2:.0f}" y="{y - HEIGHT / 2:.0f}"'
    box = f'  <rect {corner} width="{BOX}" height="{HEIGHT}" rx="7"/>'
    return "\n".join([box, _text("name", x, y - 3, name), _text("says", x, y + 14, says)])


def _arrow(start: tuple[float, float], end: tuple[float, float], late: bool = False) -> str:
    """A curve from the edge of one box to the facing edge of another."""
    (x, y), (far, low) = start, end
    way = 1 if low > y else -1
    y, low = y + way * HEIGHT / 2, low - way * (HEIGHT / 2 + 2)
    bend = (y + low) / 2
    css = ' class="late"' if late else ""
    return f'  <path{css} d="M{x:.0f},{y:.0f} C{x:.0f},{bend:.0f} {far:.0f},{bend:.0f} {far:.0f},{low:.0f}"/>'


if __name__ == "__main__":
    PICTURE.write_text(picture(imports()), encoding="utf-8")
    print(PICTURE.relative_to(CHECKOUT))
