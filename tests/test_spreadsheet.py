"""No cell of a table that is written runs as a formula in a spreadsheet, and numbers stay numbers."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

import mipo_sim
from mipo_sim.sweeps.finding import Finding
from mipo_sim.sweeps.spreadsheet import as_csv

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\n=1", " =1", "\0=1", "\uff1d1", '=1,"2"', "-x"]
PLAIN = ["full", "triple hatted", "a=1", "2007-08", "", "\u22121 to 1", "'quoted'"]
NUMBERS = ["-1", "+0.5", "-1e-05", "-.5", "-7."]


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("kind", ["object", "str", "category"])
def test_texts_begin_no_formula_whatever_column_they_stand_in(kind: str) -> None:
    texts = pd.Series(FORMULAS + PLAIN + NUMBERS, dtype=kind)
    _, *rows = cells(as_csv(pd.DataFrame({"form": texts, "count": range(len(texts))})))
    assert [row[0] for row in rows] == [f"'{text}" for text in FORMULAS] + PLAIN + NUMBERS


@pytest.mark.parametrize(("text", "written"), [("a\r=1", "a\n=1"), ("\r=1", "'\n=1"), ("a\r\n=1", "a\n=1")])
def test_no_text_ends_its_row_and_begins_another(text: str, written: str) -> None:
    told = as_csv(pd.DataFrame({"title": [text]}))
    assert "\r" not in told and cells(told) == [["title"], [written]]


def test_heads_begin_no_formula_either() -> None:
    twice = pd.DataFrame([["=2", -2.5, "b"]], columns=["=head", "x", "x"])
    assert cells(as_csv(twice)) == [["'=head", "x", "x"], ["'=2", "-2.5", "b"]]


def test_numbers_are_written_as_pandas_writes_them() -> None:
    table = pd.DataFrame(
        {
            "share": [-0.25, float("nan"), float("-inf")],
            "month": pd.array([-3, None, 7], dtype="Int64"),
            "clear": [True, False, True],
            "mixed": [-1, -0.123456789, None],
        },
    ).astype({"mixed": object})
    for how in (None, "%.3g"):
        assert as_csv(table, how) == table.to_csv(index=False, float_format=how, lineterminator="\n")


def test_a_table_stays_the_same_for_whoever_reads_it_again() -> None:
    table = pd.DataFrame({"form": PLAIN[:4], "difference": [-1.5, 2.0, -0.1, 0.0]})
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(as_csv(table))), table)


def test_a_finding_is_written_so(tmp_path: Path) -> None:
    Finding(pd.DataFrame({"form": FORMULAS}), "", "", Figure).save(tmp_path / "found.csv")
    text = (tmp_path / "found.csv").read_bytes().decode()
    assert [row[0] for row in cells(text)][1:] == [f"'{text}" for text in FORMULAS]


def test_whoever_writes_a_table_writes_it_so_unless_all_its_texts_come_with_the_package() -> None:
    package = Path(mipo_sim.__file__).parent
    files = {file.relative_to(package).as_posix(): file.read_text("utf-8") for file in package.rglob("*.py")}
    assert {name for name, text in files.items() if ".to_csv(" in text} == {
        "sweeps/spreadsheet.py",
        "claims/findings.py",
        "command/validate.py",
        "evidence/retelling.py",
        "evidence/validation.py",
    }
