"""Make the chosen point the default: edits the column `default` of mipo_sim/parameters/behaviour.csv only.

python -m experiments.calibration.apply            # say what would change
python -m experiments.calibration.apply --write    # change it
"""

import argparse
import csv
import sys
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "mipo_sim" / "parameters" / "behaviour.csv"


def with_defaults(table: str, chosen: dict[str, str]) -> str:
    """Replace the defaults of the chosen parameters in the text of a table, and nothing else.

    Names and numbers stand unquoted at the start of a line, as a test of the tables makes sure.
    """
    lines, left = table.splitlines(keepends=True), dict(chosen)
    for place, line in enumerate(lines):
        name, _, rest = line.partition(",")
        if name in left:
            _, _, after = rest.partition(",")
            lines[place] = f"{name},{left.pop(name)},{after}"
    if left:
        raise SystemExit(f"not in the table: {', '.join(left)}")
    return "".join(lines)


def main() -> None:
    """Show or write the new defaults."""
    parser = argparse.ArgumentParser(description="Make the chosen point of the calibration the default.")
    parser.add_argument("--write", action="store_true", help="write mipo_sim/parameters/behaviour.csv")
    asked = parser.parse_args()
    with (HERE / "chosen.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    before = TABLE.read_text(encoding="utf-8")
    after = with_defaults(before, {row["name"]: row["chosen"] for row in rows})
    for row in rows:
        sys.stdout.write(f"{row['name']:34s} {row['default']:>8s} -> {row['chosen']}\n")
    if asked.write:
        TABLE.write_text(after, encoding="utf-8", newline="")
        sys.stdout.write(f"written: {TABLE.name}\n")


if __name__ == "__main__":
    main()
