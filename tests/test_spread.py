"""What makes worlds differ: the study that divides the spread, its table, and its page."""

from pathlib import Path

import numpy as np
import pytest

from mipo_sim.analysis.spread import FILE, in_a_sentence, known_spread, spread_of
from mipo_sim.command_line import main
from mipo_sim.evidence.spread import AFTER_PEACE, FORMS, OUTCOMES, SITUATIONS, account, page, sets_of, spread
from mipo_sim.parameters.posterior import posterior

SOURCES = ["luck", "parameters", "situation", "form"]


@pytest.fixture(scope="module")
def small():
    return spread(draws=2, replicates=2, workers=1)


def test_a_small_study_divides_every_outcome(small):
    for outcome in (*OUTCOMES, AFTER_PEACE):
        mine = small[small["outcome"] == outcome]
        assert mine["effect"].tolist() == SOURCES
        assert mine["share"].sum() == pytest.approx(1)
        assert (mine["low"] <= mine["share"]).all() and (mine["share"] <= mine["high"]).all()
    whole = small[small["outcome"] == "cost"]
    assert set(whole["worlds"]) == {len(FORMS) * len(SITUATIONS) * 2 * 2}
    assert set(small.loc[small["outcome"] == AFTER_PEACE, "situations"]) == {len(SITUATIONS) - 1}


def test_draws_are_taken_evenly_through_the_sample():
    name, column = next(iter(posterior().items()))
    chosen = sets_of(3)[name]
    assert chosen[[0, -1]].tolist() == [column[0], column[-1]]
    assert all(len(values) == 3 for values in sets_of(3).values())


def test_the_sentence_names_all_sources_with_their_intervals():
    told = in_a_sentence("war_share")
    assert [part.split(" ")[0] for part in told.split(", ")] == SOURCES
    assert told.count("%") == len(SOURCES) == told.count("(")
    assert in_a_sentence("no_such_outcome") == ""


def test_the_table_holds_every_outcome_and_adds_up():
    table = known_spread()
    assert table["outcome"].unique().tolist() == [*OUTCOMES, AFTER_PEACE]
    assert np.allclose(table.groupby("outcome")["share"].sum(), 1, atol=1e-3)
    assert len(account(table)) == 1 + len(table)


def test_the_page_is_what_the_table_makes():
    written = Path(__file__).parents[1] / "docs" / "spread.md"
    assert written.read_text("utf-8") == page(known_spread()), (
        f"docs/spread.md lags behind {FILE.name}; mipo validate --spread --write"
    )


@pytest.mark.slow
def test_the_table_is_of_these_rules():
    """A smaller study by today's rules agrees with the table within what both leave open."""
    found = spread(draws=16, replicates=5).set_index(["outcome", "effect"])
    for outcome in (*OUTCOMES, AFTER_PEACE):
        for kept in spread_of(outcome).to_dict("records"):
            now = found.loc[outcome, kept["effect"]]
            apart = abs(now["share"] - kept["share"])
            unsure = (now["high"] - now["low"] + kept["high"] - kept["low"]) / 2
            assert apart <= unsure + 0.02, (
                f"{kept['effect']} of {outcome} is {now['share']:.2f} now, {kept['share']:.2f} in the table: "
                "mipo validate --spread --write"
            )


def test_spread_of_bad_words_is_refused(capsys):
    assert main(["validate", "--sprad"]) == 2
    assert "--sprad" in capsys.readouterr().err
