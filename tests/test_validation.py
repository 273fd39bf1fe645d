"""The validation pages say what the model of today does, and `mipo validate` computes them anew."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mipo_sim.command import validate
from mipo_sim.command_line import main
from mipo_sim.evidence import validation
from mipo_sim.evidence.limit_settings import LIMITS
from mipo_sim.evidence.limits import Limits
from mipo_sim.evidence.page import band, validation_page
from mipo_sim.evidence.validation import changes, load, verdict

CHECKOUT = Path(__file__).parents[1]
DATA = CHECKOUT / validate.DATA
AGAIN = "run `mipo validate --write`, look at what changed, and commit it with the change"


@pytest.mark.parametrize(
    ("interval", "word"),
    [
        ((0.3, 0.4), "inside"),
        ((0.25, 0.45), "inside"),
        ((0.1, 0.2), "outside"),
        ((0.5, 0.6), "outside"),
        ((0.2, 0.3), "undecided"),
        ((0.4, 0.5), "undecided"),
        ((0.1, 0.6), "undecided"),
        ((np.nan, 0.3), "not known"),
    ],
)
def test_verdict_of_an_interval_on_a_band(interval: tuple[float, float], word: str) -> None:
    assert verdict(0.25, 0.45, *interval) == word


def test_verdict_on_a_sign() -> None:
    assert verdict(0, np.inf, 0.01, 0.02) == "inside"
    assert verdict(-np.inf, 0, 0.01, 0.02) == "outside"
    assert verdict(0, np.inf, -0.01, 0.02) == "undecided"


def test_bands_in_words() -> None:
    assert [band(0.25, 0.45), band(0, np.inf), band(-np.inf, 0), band(-0.02, np.inf), band(0, 0)] == [
        "0.25 to 0.45",
        "above 0",
        "below 0",
        "at least -0.02",
        "0",
    ]


# ---------------------------------------------------------------- the pages are up to date


@pytest.mark.parametrize("page", ["docs/validation.md", "docs/limits.md"])
def test_page_is_what_its_data_say(page: str) -> None:
    written = (CHECKOUT / page).read_text(encoding="utf-8")
    assert written == validate.pages(DATA)[page], f"{page} lags behind its data or its words: {AGAIN}"


def test_data_are_what_the_model_does_today() -> None:
    table, _, made = load(DATA)
    found = changes(table, made)
    assert not found, f"the model no longer does what the page says: {AGAIN}\n" + "\n".join(found)


def test_limits_are_what_the_model_does_today() -> None:
    _, before, _ = load(DATA)
    now = LIMITS.table()
    assert now[["setting", "what"]].equals(before[["setting", "what"]]), AGAIN
    apart = ~np.isclose(now["value"], before["value"], rtol=0.02, atol=1e-4)
    assert not apart.any(), f"{AGAIN}\n{now[apart].to_string()}"


@pytest.mark.slow
def test_data_come_out_again() -> None:
    table, _, made = load(DATA)
    assert not changes(table, {**made, "rules": "of another day"}, workers=None)


def test_edited_rules_that_change_nothing_leave_the_page_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    table, _, made = load(DATA)
    _pretend(monkeypatch, table["pilot"].to_numpy())
    assert changes(table, {**made, "rules": "of another day"}) == []


@pytest.mark.parametrize("row", ["T1.5y", "T10.peak", "S4.fall"])
def test_change_of_a_figure_makes_the_page_stale(row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table, _, made = load(DATA)
    further = table["pilot"] + 3 * table["reach"] + 0.01 * table["pilot"].abs()
    moved = np.where(table["row"] == row, further, table["pilot"])
    _pretend(monkeypatch, moved)
    found = changes(table, {**made, "forms": "of another day"})
    assert len(found) == 1 and found[0].startswith(row)


def _pretend(monkeypatch: pytest.MonkeyPatch, values: np.ndarray) -> None:
    """Let the first worlds, lived through again, come out like this."""
    rows = load(DATA)[0]["row"]
    monkeypatch.setattr(validation, "live", lambda *_: ({}, {}))
    monkeypatch.setattr(validation, "pilot", lambda _: pd.DataFrame({"row": rows, "pilot": values}))


def test_reasons_stand_only_while_their_row_fails() -> None:
    table, _, made = load(DATA)
    failing = table.assign(verdict=np.where(table["row"] == "T16.persistence", "outside", "inside"))
    page = validation_page(failing, made)
    assert "T16.persistence (outside)" in page and "T2.1y (" not in page
    assert "T16.persistence (outside)" not in validation_page(table.assign(verdict="inside"), made)
    silent = table.assign(verdict=np.where(table["row"] == "T12.on_time", "outside", "inside"))
    assert "T12.on_time (outside).** Nobody has looked into this yet." in validation_page(silent, made)
    assert "| in range |" in page and "**out of range**" not in page, "what has two bounds has no sign"
    unclear = table.assign(verdict=np.where(table["row"] == "S8.thin", "undecided", "inside"))
    assert "S8.thin (unclear).** Too close to an edge to tell" in validation_page(unclear, made)


# ---------------------------------------------------------------- the command


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--worlds", "0"], "--worlds takes a whole number from 50 to"),
        (["--worlds", "many"], "--worlds"),
        (["--seed", "-1"], "--seed"),
        (["--workers", "0"], "--workers"),
        (["--write", "--worlds", "60"], "--write takes --worlds 200 at least"),
        (["--wrte"], "--wrte"),
    ],
)
def test_bad_input_is_refused_in_one_line(words: list[str], named: str, capsys) -> None:
    assert main(["validate", *words]) == 2
    out, err = capsys.readouterr()
    assert named in err and len(err.splitlines()) == 1 and not out


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command compute what is committed, and one limit only."""
    monkeypatch.setattr(validate, "live", lambda *_: None)
    monkeypatch.setattr(validate, "judge", lambda *_: load(DATA)[0])
    one = Limits([LIMITS.settings["one_month"]])
    monkeypatch.setattr(validate, "LIMITS", one)
    monkeypatch.setattr(validation, "LIMITS", one)


def test_command_prints_every_row_and_how_many_are_inside(computed: None, capsys) -> None:
    assert main(["validate"]) == 0
    out = capsys.readouterr().out
    table = load(DATA)[0]
    assert all(f"\n{row} " in out for row in table["row"])
    inside = ((table["part"] == "target") & (table["verdict"] == "inside")).sum()
    assert f"Targets: {inside} inside" in out and "500 worlds of each form" in out and "rules" in out


def test_limits_are_printed(computed: None, capsys) -> None:
    assert main(["validate", "--limits"]) == 0
    out = capsys.readouterr().out
    assert "a run of one month" in out and "2 of 2 hold." in out and "T1.1y" not in out


def test_pages_are_written(computed: None, tmp_path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(validate, "CHECKOUT", tmp_path)
    (tmp_path / "docs").mkdir()
    assert main(["validate", "--write"]) == 0
    written = validate.pages(tmp_path / validate.DATA)
    for page, text in written.items():
        assert (tmp_path / page).read_text(encoding="utf-8") == text and text.startswith("<!-- Written by")
    assert "docs/validation.md" in capsys.readouterr().out


def test_pages_belong_to_a_checkout(tmp_path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(validate, "CHECKOUT", tmp_path)
    assert main(["validate", "--write"]) == 2
    assert "checkout" in capsys.readouterr().err and not list(tmp_path.iterdir())
