"""The trainers' page in a real browser, on the real model: driven as a class does, and looked at."""

import re
import threading

import pytest
from browsing import FOCUS, browser, faults, opened
from playwright.sync_api import expect
from serving import MONTHS, PLAN, decided, fetch, port_of, running, server, without_bands
from trainers import MAP, Country, Trainer, classroom, few_worlds, say, shows

from mipo_sim.live.explaining import Explainer
from mipo_sim.live.page import link_to
from mipo_sim.live.plan import Plan
from mipo_sim.live.words import LANGUAGES, languages
from mipo_sim.parameters import ParameterError

__all__ = ["browser", "classroom", "faults", "opened", "server", "shows", "without_bands"]

LARGEST = 400_000  # bytes of the page
ALIKE = {**PLAN, "missions": [{**PLAN["missions"][0], "name": name} for name in ("here", "there")]}

# ---------------------------------------------------------------- a run


def test_a_class_begins_a_run_and_months_go_by(server, opened):
    trainer = Trainer(opened(server.address))
    trainer.page.get_by_role("radio", name=say("situations.weak_state.title")).check()
    trainer.page.get_by_label(say("setup.months"), exact=True).fill(str(MONTHS))
    trainer.press("setup.start")
    trainer.at(0)
    trainer.press("play.play")
    expect(trainer.button("play.pause")).to_be_visible()
    trainer.passes(3)
    trainer.press("play.pause")
    assert 3 <= trainer.month < MONTHS
    assert trainer.events() and trainer.drawn()


def test_a_run_is_played_like_a_film(shows):
    trainer = shows(month=5)
    trainer.press("play.step")
    before = trainer.at(6).lines()
    trainer.press("play.back")
    trainer.at(5)
    trainer.press("play.first")
    trainer.at(0)
    assert trainer.go(6).lines() == before
    trainer.page.get_by_label(say("play.speed")).select_option("20")
    trainer.press("play.play")
    trainer.at(MONTHS)  # the end is reached, and said
    trainer.press("play.again")
    trainer.passes(4)
    trainer.press("play.pause")
    assert trainer.go(6).lines() == before  # what was lived stays as it was


def test_what_has_not_been_lived_is_not_shown(shows):
    trainer = shows(month=6)
    assert all(len(path.split("L")) == 6 for path in trainer.drawn())
    told = [int(found) for text in trainer.events() for found in re.findall(r"Month (\d+) ·", text)]
    assert told and max(told) <= 6


# ---------------------------------------------------------------- what is shown is what the model has


@pytest.mark.parametrize("month", [1, 17])
def test_the_table_has_what_the_model_has(shows, month):
    trainer, country = shows(month=month), Country(PLAN, month)
    for measure in MAP:
        shown, has = trainer.table(measure), country.districts(measure)
        assert shown.keys() == has.keys()
        for district, values in shown.items():
            assert values == pytest.approx(has[district], abs=0.5 + 0.2)  # per cent, of bytes


def test_lines_have_what_the_model_has(shows):
    trainer, country = shows(month=17), Country(PLAN, 17)
    for name in ("violence", "need_met", "trust"):
        assert trainer.lines()[say(f"lines.{name}")] == pytest.approx(country.line(name), abs=0.51), name


def test_alike_missions_meet_the_same_luck(shows):
    trainer = shows(ALIKE, MONTHS)
    drawn = trainer.drawn()
    assert drawn[0::2] == drawn[1::2] and len(set(drawn)) == 4
    assert trainer.page.get_by_text(say("lines.together")).is_visible()
    assert all(say("log.both_missions") in text for text in trainer.events())


# ---------------------------------------------------------------- deciding


def test_a_lever_out_of_range_is_refused_in_words_and_nothing_changes(shows):
    trainer = shows(month=6)
    before = trainer.drawn()
    part = trainer.group("funding")
    part.locator("summary").first.click()
    lever = part.get_by_role("textbox", name=say("levers.funding.pooled.label"))
    for typed in ("120", "-1", "much", ""):
        lever.fill(typed)
        lever.press("Tab")
        said = say("lever.range", typed=typed or "–", low=0, high=100, unit="%")
        expect(trainer.page.get_by_role("alert")).to_have_text(said)
    assert part.get_by_text(say("deciding.none")).is_visible()
    assert trainer.drawn() == before


def test_a_decision_keeps_the_past_and_can_be_taken_back(shows):
    trainer = shows(month=MONTHS)
    before = trainer.drawn()
    trainer.go(12).decide("integration", "coexistence")
    trainer.go(MONTHS)
    country = Country(decided(month=12, choices={"integration": "coexistence"}), MONTHS)
    assert trainer.lines()[say("lines.need_met")] == pytest.approx(country.line("need_met"), abs=0.51)
    assert trainer.drawn() != before
    trainer.go(12)
    assert [path.split("L")[:12] for path in before] == [path.split("L") for path in trainer.drawn()]
    trainer.region("deciding.title").get_by_role("button", name=re.compile(f"^{say('branches.go')}")).click()
    trainer.at(MONTHS)
    assert trainer.drawn() == before


def test_a_change_before_the_start_is_taken_along(server, opened):
    trainer = Trainer(opened(server.address))
    trainer.page.get_by_label(say("setup.months"), exact=True).fill("5")
    trainer.page.get_by_label(say("setup.months"), exact=True).press("Tab")
    assert trainer.page.get_by_role("alert").inner_text() == say("setup.range", typed=5, low=12, high=240)
    trainer.page.get_by_label(say("setup.months"), exact=True).fill(str(MONTHS))
    name = trainer.page.get_by_label(say("setup.mission.name", n=2))
    name.fill("Ours")
    money = trainer.page.get_by_role("combobox", name=f"{say('groups.funding')}, Ours")
    money.select_option(label=say("options.funding.mix_2007.label"))
    trainer.press("setup.start")
    trainer.at(0)
    trainer.page.get_by_role("button", name="2 · Ours").click()
    expect(trainer.region("deciding.title")).to_contain_text(say("options.funding.mix_2007.label"))


def test_a_refused_decision_is_told_and_taken_back_whatever_is_still_asked(shows, monkeypatch):
    answering = threading.Event()

    def late(*_):
        answering.wait(30)
        raise ParameterError("asked of a run that was left")

    monkeypatch.setattr(Explainer, "why", late)
    trainer = shows(month=12)
    before = trainer.drawn()
    trainer.page.get_by_role("log").get_by_text(say("log.why"), exact=True).first.click()
    expect(trainer.page.get_by_role("dialog")).to_contain_text(say("why.asking"))
    trainer.press("why.done")
    trainer.decide("mandate", "none")  # where a mission is already
    refused = trainer.page.get_by_role("alert")
    expect(refused).to_contain_text(say("deciding.refused").partition("{")[0])
    expect(refused).to_contain_text("first mission: decision of month 12: ")  # and why
    answering.set()
    trainer.press("deciding.take_back")
    assert trainer.at(12).drawn() == before and not refused.count()
    expect(trainer.region("deciding.title")).to_contain_text(say("deciding.none"))


# ---------------------------------------------------------------- links, reloads, tabs, a server that is back


def test_a_link_opens_the_exact_run_and_month(shows, opened, server):
    trainer = shows(month=12)
    trainer.decide("integration", "coexistence")
    trainer.go(17)
    trainer.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    trainer.press("link.copy")
    expect(trainer.page.get_by_text(say("link.copied"))).to_be_visible()
    link = trainer.page.evaluate("navigator.clipboard.readText()")
    other = Trainer(opened(link)).at(17)
    assert (other.lines(), other.drawn(), other.events()) == (
        trainer.lines(),
        trainer.drawn(),
        trainer.events(),
    )
    assert other.page.url == server.address  # a reload goes on from where the class is


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (link_to(Plan.from_json(PLAN))[:-20], "link.broken"),
        (link_to(Plan.from_json(PLAN), MONTHS + 1), "link.month"),
        ("#plan=" + "A" * 50_000, "link.long"),
        ("#plan=e30", "link.unknown"),
        ("#plan=%3Cimg%20src%3Dx%3E", "link.broken"),
    ],
)
def test_a_bad_link_is_told_in_clear_words(server, opened, link, said):
    page = opened(f"{server.address}{link}")
    expect(page.get_by_text(say(said))).to_be_visible()
    expect(page.get_by_role("button", name=say("setup.start"), exact=True)).to_be_enabled()
    page.get_by_role("button", name=say("record.read")).click()
    assert not page.get_by_text(say(said)).count()


def test_a_reload_keeps_the_class(shows):
    trainer = shows(month=12)
    trainer.decide("integration", "coexistence")
    before = trainer.go(17).drawn()
    trainer.page.reload()
    assert trainer.at(17).drawn() == before
    expect(trainer.region("deciding.title")).to_contain_text(say("branches.title"))


def test_two_tabs_keep_together_what_a_class_says(shows, server, opened):
    trainer = shows(month=12)
    trainer.page.reload()  # which keeps the class at once
    other = Trainer(opened(server.address, beside=trainer.at(12).page))
    other.page.get_by_role("button", name=re.compile(f"^{say('setup.classes.open')}")).first.click()
    assert other.at(12).drawn() == trainer.drawn()
    for one, words in ((trainer, "said here"), (other, "said there")):
        one.press("play.to_debrief")
        one.page.get_by_role("textbox", name=say("debrief.notes")).fill(words)
        one.page.reload()
        one.at(12)
    expect(trainer.page.get_by_text(say("record.elsewhere"))).to_be_visible()
    trainer.press("play.to_debrief")
    expect(trainer.page.get_by_role("textbox", name=say("debrief.notes"))).to_have_value("said there")


def test_nothing_is_lost_when_the_server_is_stopped_and_started(opened, faults):
    with few_worlds():
        with running() as server:
            port = port_of(server)
            trainer = Trainer(opened(f"{server.address}{link_to(Plan.from_json(PLAN), 17)}")).at(17)
            before = trainer.go(12).drawn()
            trainer.go(17)
        expect(trainer.page.get_by_text(say("state.lost"))).to_be_visible()
        assert trainer.go(12).drawn() == before  # what is here can be played
        trainer.decide("integration", "coexistence")  # asked for when there is somebody to ask
        with running(port):
            expect(trainer.page.get_by_text(say("state.lost"))).to_be_hidden()
            trainer.go(MONTHS)
            country = Country(decided(month=12, choices={"integration": "coexistence"}), MONTHS)
            assert trainer.lines()[say("lines.need_met")] == pytest.approx(country.line("need_met"), abs=0.51)
    faults[:] = [fault for fault in faults if "WebSocket connection to" not in fault]


# ---------------------------------------------------------------- for everybody


@pytest.mark.parametrize("code", languages())
def test_the_page_speaks_every_language_it_offers(shows, code):
    trainer = shows(month=12)
    trainer.page.get_by_label(say("language.title")).select_option(code)
    there = Trainer(trainer.page, code)
    html = there.page.locator("html")
    expect(html).to_have_attribute("lang", code)
    expect(html).to_have_attribute("dir", LANGUAGES[code][1])
    assert there.page.title() == say("play.page", code)
    there.press("play.play")
    there.press("play.pause")
    there.page.reload()  # which keeps the language
    for view in ("play.to_debrief", "play.to_setup"):
        expect(html).to_have_attribute("lang", code)
        seen = there.page.locator("body").inner_text()
        assert not re.search(r"\b(play|map|lines|log|net|setup|lever|deciding|debrief|events)\.[a-z_]", seen)
        assert not re.search(r"undefined|NaN|\{\w+\}|\[\[", seen)
        there.press(view)
    expect(there.button("setup.start")).to_be_visible()


def test_names_stay_text(shows):
    hostile = "<img src=x onerror=alert(1)>"
    plan = {**PLAN, "missions": [{**PLAN["missions"][0], "name": hostile}, PLAN["missions"][1]]}
    trainer = shows(plan, month=12)
    trainer.decide("integration", "coexistence")
    trainer.page.get_by_text(say("map.table"), exact=True).click()
    expect(trainer.page.get_by_role("columnheader", name=hostile)).to_be_visible()
    trainer.press("play.to_debrief")
    expect(trainer.page.get_by_role("article")).to_contain_text(hostile)
    trainer.press("play.to_setup")
    assert not trainer.page.locator("img").count()


def test_everything_can_be_done_by_keyboard(server, opened):
    page = opened(server.address)
    trainer, keys = Trainer(page), page.keyboard
    to(page, say("play.skip"))
    to(page, say("situations.fragile_ceasefire.title"), part=True)
    keys.press("ArrowDown")
    to(page, say("setup.months"))
    keys.press("Control+A")
    keys.type(str(MONTHS))
    to(page, say("setup.start"))
    keys.press("Enter")
    trainer.at(0)
    keys.press("3")
    keys.press("Space")
    trainer.passes(4)
    keys.press("Space")
    here = trainer.month
    keys.press("ArrowLeft")
    trainer.at(here - 1)
    keys.press("End")
    trainer.at(MONTHS)
    keys.press("Home")
    trainer.at(0)
    keys.press("ArrowRight")
    trainer.at(1)
    to(page, say("log.why"), part=True)
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    to(page, say("groups.integration"), part=True)
    keys.press("Enter")
    to(page, f"{say('groups.integration')}, {say('setup.mission.0')}")
    keys.press("ArrowDown")
    expect(trainer.region("deciding.title").locator(".decisions li")).to_have_count(1)
    to(page, say("map.table"))
    keys.press("Enter")
    expect(page.get_by_role("table")).to_be_visible()
    to(page, say("play.to_debrief"))
    keys.press("Enter")
    to(page, say("debrief.notes"))
    keys.type("we saw it")
    to(page, say("play.to_stage"))
    keys.press("Enter")
    trainer.at(1)


def to(page, name, part=False):
    """Go to a part of the page with Tab alone; where the focus is can be seen."""
    for _ in range(200):
        page.keyboard.press("Tab")
        words, seen = page.evaluate(FOCUS)
        if words == name or (part and words.startswith(name)):
            assert seen, name
            return
    raise AssertionError(f"the keyboard does not come to {name!r}")


@pytest.mark.parametrize("code", languages())
def test_the_page_is_small(server, code):
    size = len(fetch(server, f"?lang={code}")[2].encode())
    assert size < LARGEST
