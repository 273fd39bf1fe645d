"""What a trainer sees on a projector: no holes, no riddles in what happened, a word for a bad address."""

import pytest
from browsing import browser, faults, opened
from playwright.sync_api import expect
from serving import MONTHS, PLAN, NoBands, decided, running, server, without_bands
from trainers import OTHERS, Trainer, say, shows

from mipo_sim.claims.margins import ALSO_TOLD, MATTERS
from mipo_sim.claims.verdict import NO_EFFECT, UNCLEAR, Effect, verdict
from mipo_sim.live import stories
from mipo_sim.live.band import band_of
from mipo_sim.live.page import link_to
from mipo_sim.live.plan import Plan
from mipo_sim.outcomes import OUTCOMES

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


class LaterBands(NoBands):
    """Other worlds that come when the test says so."""

    def come(self, band):
        for future in self._wanted:
            future.set_result(band)


@pytest.fixture
def bands(monkeypatch):
    bands = LaterBands()
    monkeypatch.setattr(stories, "Bands", lambda: bands)
    return bands


def test_lines_stay_where_they_are_when_other_worlds_come(bands, opened):
    plan = Plan.from_json(PLAN)
    with running() as server:
        trainer = Trainer(opened(f"{server.address}{link_to(plan, MONTHS)}")).at(MONTHS)
        figures = trainer.region("lines.title").locator("figure")
        before = trainer.drawn(), figures.all_inner_texts()
        bands.come(band_of(plan, OTHERS))
        expect(figures.first.locator("path[stroke-dasharray='1 3']")).to_have_count(2)
        assert (trainer.drawn(), figures.all_inner_texts()) == before


# Mean and 95 % interval of the second mission less the first, as might come.
DIFFERENCES = {
    "trust": [0.005, 0.001, 0.009],
    "local_capacity": [0, -0.01, 0.01],
    "need_met": [0.02, 0.012, 0.03],
    "war_share": [-0.012, -0.023, -0.001],
    "relapse": [0.01, -0.2, 0.21],
    "confidence": [0.002, 0.001, 0.003],  # clear, and too small to matter
}


def test_differences_are_told_as_studies_judge_them(bands, opened):
    plan = Plan.from_json(PLAN)
    with running() as server:
        trainer = Trainer(opened(f"{server.address}{link_to(plan, MONTHS)}")).at(MONTHS)
        bands.come(band_of(plan, OTHERS) | {"differences": DIFFERENCES})
        trainer.press("play.to_debrief")
        table = trainer.page.get_by_role(
            "group", name=say("debrief.differences", second="apart", first="one plan")
        )
        told = dict(
            table.locator("tbody tr").evaluate_all(
                "all => all.map(row => [row.cells[0].textContent, row.cells[2].textContent])"
            )
        )
    assert told == {say(f"outcomes.{name}"): judged(name) for name in DIFFERENCES}


def judged(name):
    """What the table is to say of a difference."""
    matters, _ = (MATTERS | ALSO_TOLD)[name]
    found = verdict(Effect(*DIFFERENCES[name], OTHERS, 0), "open", matters)
    if found == NO_EFFECT:
        return say("debrief.small", unit=say("debrief.points"), least=f"{100 * matters:g}")
    if found == UNCLEAR:
        return say("debrief.unclear")
    (better,) = (measure.better for measure in OUTCOMES if measure.name == name)
    good = "debrief.better" if found == better else "debrief.worse"
    return f"{say(f'debrief.{found}', mission='apart')} · {say(good)}"


@pytest.mark.parametrize(("month", "then"), [(8, "start"), (MONTHS, "year")])
def test_why_compares_with_the_start_where_no_year_has_passed(shows, month, then):
    trainer = shows(month=month)
    trainer.region("log.title").locator(".event button[aria-label]").first.click()
    expect(trainer.page.get_by_role("dialog").locator("p.now")).to_contain_text(say(f"why.then.{then}"))


def test_an_address_of_no_lesson_says_so(server, opened):
    page = opened(f"{server.address}lesson/nope")
    expect(page.get_by_text(say("link.unknown"))).to_be_visible()
