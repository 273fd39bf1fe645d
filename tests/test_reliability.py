"""The page of reliability says what the abuse suite found, all of it and nothing else."""

import ast
import json
from pathlib import Path

from docs.reliability import PAGE, PARTS, RECORD, page

ABUSE = Path(__file__).parent / "abuse"


def telling():
    """Tests of the abuse suite that write down what came out."""
    for file in sorted(ABUSE.glob("test_*.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(one.arg == "tried" for one in node.args.args):
                yield f"{file.stem}::{node.name}", node


def test_the_page_is_made_from_its_record():
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert PAGE.read_text(encoding="utf-8") == page(record), "python -m docs.reliability writes it anew"


def test_every_test_has_a_row_and_every_row_a_test():
    rows = {name.partition("[")[0] for name in json.loads(RECORD.read_text(encoding="utf-8"))}
    known = {name for name, _ in telling()} | {"versions::lowest", "versions::newest"}
    assert known - {"versions::newest"} <= rows <= known  # the newest are those that every test runs with
    assert {name.partition("::")[0] for name in known} <= set(PARTS)


def test_what_was_tried_stands_in_the_docstring():
    for name, node in telling():
        assert ast.get_docstring(node), name


def test_failures_and_cells_are_told_as_they_are():
    row = {"what": "a | b", "cases": 2000, "outcome": "FAILED", "mipo_sim": "1", "python": "3"}
    assert "| a \\| b | 2,000 | FAILED | mipo_sim 1, Python 3 |" in page({"test_kills::x": row})
