"""What a trainer sees on a projector: no holes, no riddles in what happened, a word for a bad address."""

import pytest
from browsing import browser, faults, opened
from playwright.sync_api import expect
from serving import MONTHS, decided, server, without_bands
from trainers import say, shows

__all__ = ["browser", "faults", "opened", "server", "shows", "without_bands"]

GAP = 60  # pixels between two parts of the page; more is a hole


@pytest.mark.parametrize("width", [1280, 1366, 1920])
def test_what_happened_begins_below_the_map_and_goes_on_to_the_end_of_the_levers(shows, width):
    trainer = shows(month=6, width=width)

    def box(css):
        return trainer.page.locator(css).bounding_box()

    above, log, levers = box(".stage > .map"), box(".stage > .log > section"), box(".stage > .levers")
    assert 0 <= log["y"] - (above["y"] + above["height"]) <= GAP
    assert log["y"] + log["height"] == pytest.approx(levers["y"] + levers["height"], abs=1)


def test_a_decision_is_told_once_with_what_it_was_and_without_a_reason(shows):
    trainer = shows(decided(month=6, levers={"mandate.troops": 3}), month=9)
    told = say("events.decision").partition("{")[0].strip()
    event = trainer.region("log.title").locator(".event").filter(has_text=told)
    expect(event).to_have_count(1)
    expect(event).to_contain_text(say("levers.mandate.troops.label"))
    expect(event.get_by_role("button", name=say("log.why"))).to_have_count(0)


@pytest.mark.parametrize(("month", "then"), [(8, "start"), (MONTHS, "year")])
def test_why_compares_with_the_start_where_no_year_has_passed(shows, month, then):
    trainer = shows(month=month)
    trainer.region("log.title").locator(".event button[aria-label]").first.click()
    expect(trainer.page.get_by_role("dialog").locator("p.now")).to_contain_text(say(f"why.then.{then}"))


def test_an_address_of_no_lesson_says_so(server, opened):
    page = opened(f"{server.address}lesson/nope")
    expect(page.get_by_text(say("link.unknown"))).to_be_visible()
