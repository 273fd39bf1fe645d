"""Write docs/reliability.md from what the abuse suite found: `python -m docs.reliability`.

`pytest -m slow tests/abuse --update-reliability` runs the suite and writes docs/reliability.json beside this
file; `make versions` adds the lowest and the newest versions of what the package needs.
"""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RECORD, PAGE = HERE / "reliability.json", HERE / "reliability.md"
PARTS = {
    "test_configurations": "Configurations",
    "test_kills": "Killed in mid-run",
    "test_damage": "Damaged files",
    "test_surroundings": "Machines that are not as they should be",
    "versions": "Versions of what it needs",
}
HEAD = """# Reliability

What was done to `mipo_sim` on purpose, and what came out. The suite stands in `tests/abuse`, runs with
`make check-all`, and writes this page's figures itself: a row that failed says so. Random cases come from
fixed seeds, and a test that fails prints the command to repeat. `python -m docs.reliability` writes the page
anew from `docs/reliability.json`, which `pytest -m slow tests/abuse --update-reliability` makes.

The same for security (a configuration or a results file that tries to run code) is tested with every change,
in `tests/test_security.py`; [SECURITY.md](../SECURITY.md) says what is trusted.
"""


def page(record: dict[str, dict[str, Any]]) -> str:
    """Lay out what was found as a page.

    Parameters
    ----------
    record : dict
        By the name of a test: `what` was tried, in how many `cases`, the `outcome`, and with which
        version of `mipo_sim` and `python`.
    """
    parts = [HEAD]
    for part, title in PARTS.items():
        rows = [(name, row) for name, row in record.items() if name.partition("::")[0] == part]
        if rows:
            lines = [
                "| tried | cases | came out | with |",
                "|---|--:|---|---|",
                *(_line(*row) for row in rows),
            ]
            parts.append(f"## {title}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _line(name: str, row: dict[str, Any]) -> str:
    made = f"mipo_sim {row['mipo_sim']}, Python {row['python']}"
    _, found, which = name.removesuffix("]").partition("[")  # one of several that a test goes through
    cells = (f"{row['what']} ({which})" if found else row["what"], f"{row['cases']:,}", row["outcome"], made)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(json.loads(RECORD.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
