"""A class in front of the trainers' page: lessons, why, followers, a run to take home, no barriers."""

import re
from dataclasses import asdict

import pytest
from browsing import STRANGER, axe, browser, faults, opened
from playwright.sync_api import expect
from serving import MONTHS, PLAN, decided, port_of, running
from trainers import OTHERS, Country, Trainer, classroom, few_worlds, say, says_number, text

from mipo_sim.live.causes import Causes
from mipo_sim.live.lessons import all_lessons
from mipo_sim.live.page import link_to
from mipo_sim.live.plan import Plan
from mipo_sim.live.recording import Memories, Recording

__all__ = ["browser", "classroom", "faults", "opened"]

LESSON = next(lesson for lesson in all_lessons() if lesson.name == "form_follows_function")

# ---------------------------------------------------------------- lessons, and why


def test_a_lesson_asks_shows_and_looks_back(classroom, opened):
    trainer = Trainer(opened(classroom.address))
    trainer.begin(LESSON)
    moment, dialog = LESSON.moments[0], trainer.page.get_by_role("dialog")
    trainer.page.get_by_label(say("play.jump")).fill(str(LESSON.plan.months))
    trainer.press("play.go")  # no further than the lesson's first question
    expect(dialog.get_by_role("heading", level=2)).to_have_text(text(moment.question))
    trainer.page.keyboard.press("Escape")
    assert dialog.is_visible() and trainer.month == moment.month

    first, second = (text(mission) for mission in LESSON.names)
    line = say(f"lines.{moment.predict.line}")
    dialog.get_by_role("radio", name=say("moment.line.second", second=second, line=line)).check()
    dialog.get_by_label(say("moment.reason")).fill("one plan saves work")
    trainer.press("moment.foresee")
    dialog.get_by_role("radio", name=text(moment.options[1].label)).check()
    trainer.press("moment.decide")
    expect(dialog).to_be_hidden()

    trainer.page.get_by_label(say("play.jump")).fill(str(moment.reveal))
    trainer.press("play.go")
    expect(dialog).to_contain_text(say("moment.here", month=moment.predict.month))
    plan = LESSON.plan.as_json()
    plan["missions"][1]["decisions"] = [{"month": moment.month, **asdict(moment.options[1].setting)}]
    values = Country(plan, moment.predict.month).line(moment.predict.line)
    for name, value in zip((first, second), values, strict=True):
        shown = re.search(rf"{re.escape(name)}: ([\d.]+)%", dialog.inner_text())
        assert float(shown[1]) == pytest.approx(value, abs=0.51)
    came = "same" if abs(values[0] - values[1]) <= 100 * moment.predict.margin else "otherwise"
    came = "second" if came == "otherwise" and values[1] > values[0] else came
    expect(dialog).to_contain_text(say("moment.right" if came == "second" else "moment.other"))
    expect(dialog).to_contain_text(say("moment.story"))  # how it went in other worlds
    trainer.press("moment.go_on")
    trainer.press("moment.skip")  # the next question comes in the same month

    trainer.press("play.to_debrief")
    sheet = trainer.page.get_by_role("article")
    for words in ("one plan saves work", text(moment.options[1].label), text(LESSON.debrief[0])):
        expect(sheet).to_contain_text(words)
    expect(sheet.get_by_role("region", name=say("debrief.worlds"))).to_contain_text(str(OTHERS))


def test_why_tells_the_numbers_of_the_causes(classroom, opened):
    plan = Plan.from_json(PLAN)
    trainer = Trainer(opened(f"{classroom.address}{link_to(plan, MONTHS)}")).at(MONTHS)
    happened = Recording(plan, 0, Memories()).live(MONTHS)["events"]
    event = next(each for each in reversed(happened) if told_once(each, happened))
    whose = trainer.region("log.title").get_by_role("combobox", name=say("log.mission"))
    whose.select_option(label=PLAN["missions"][event["mission"]]["name"])
    trainer.press("log.why_of", what=say(f"events.{event['what']}"))
    why = Causes(plan, Memories()).why(event["of"], event["mission"], event["month"])
    dialog = trainer.page.get_by_role("dialog")
    for against in ("before", "other"):
        here, there = (PLAN["missions"][place]["name"] for place in (event["mission"], 1 - event["mission"]))
        dialog.get_by_role("button", name=say(f"why.ask.{against}", here=here, there=there)).click()
        expect(dialog.locator("p.now")).to_be_visible()
        assert says_number(dialog.locator("p.now").inner_text(), why["value"])
        causes = [cause for cause in why["causes"] if cause["against"] == against]
        rows = dialog.get_by_role("list").first.get_by_role("listitem")
        expect(rows).to_have_count(len(causes))
        told = rows.all_inner_texts()
        for cause in causes:
            numbers = [cause["without"], *([cause["was"], cause["is"]] if cause["what"] == "state" else [])]
            assert any(all(says_number(row, number) for number in numbers) for row in told), (cause, told)
    assert any(cause["what"] == "state" for cause in why["causes"])
    dialog.get_by_role("button", name=re.compile(f"^{re.escape(say('why.further'))}")).first.click()
    expect(dialog.locator(".deeper p.now")).to_be_visible()
    trainer.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def told_once(event, happened):
    """Whether an event is listed, by a sentence that no other of its mission has."""
    alike = [
        each for each in happened if (each["what"], each["mission"]) == (event["what"], event["mission"])
    ]
    return event["weight"] > 1 and "{" not in say(f"events.{event['what']}") and len(alike) == 1


# ---------------------------------------------------------------- a file, followers, languages


def test_a_saved_run_plays_from_disk_without_a_server(classroom, opened, tmp_path):
    plan = Plan.from_json(decided(month=12, choices={"integration": "coexistence"}))
    trainer = Trainer(opened(f"{classroom.address}{link_to(plan, MONTHS)}")).at(MONTHS)
    expect(trainer.page.get_by_text(say("lines.no_band"))).to_be_hidden()
    with trainer.page.expect_download(timeout=30_000) as download:
        trainer.press("file.save")
    download.value.save_as(tmp_path / "run.html")
    alone = Trainer(opened((tmp_path / "run.html").as_uri(), offline=True)).at(MONTHS)
    for month in (MONTHS, 7):
        assert alone.go(month).seen() == trainer.go(month).seen()
    alone.press("play.play")
    alone.passes(9)
    alone.press("play.pause")
    alone.press("play.to_debrief")
    expect(alone.page.get_by_role("region", name=say("debrief.worlds"))).to_contain_text(str(OTHERS))
    assert not alone.page.get_by_role("button", name=say("file.save")).count()


def test_who_follows_with_the_code_sees_what_the_trainer_shows_and_decides_nothing(opened):
    with few_worlds(), running(share=True) as server:
        trainer = Trainer(opened(f"{server.address}{link_to(Plan.from_json(PLAN), 12)}")).at(12)
        trainer.page.get_by_text(say("share.title"), exact=True).click()
        code = trainer.page.get_by_text(re.compile(r"^\d{8}$")).inner_text()
        viewer = Trainer(opened(f"http://{STRANGER}:{port_of(server)}/"))
        viewer.page.get_by_label(say("code.label")).fill(code)
        viewer.press("code.button")
        viewer.at(12)
        trainer.press("play.step")
        trainer.at(13).decide("integration", "coexistence")
        trainer.go(MONTHS)
        viewer.at(MONTHS)
        assert (viewer.drawn(), viewer.lines()) == (trainer.drawn(), trainer.lines())
        enabled = viewer.page.locator("main :is(input, select, textarea):enabled")
        names = {say("log.mission"), say("log.weight")}  # what each may look through alone
        assert {
            one.evaluate("one => one.labels[0].innerText.split('\\n')[0].trim()") for one in enabled.all()
        } <= names
        for key in ("play.play", "play.step", "play.to_setup", "file.save", "link.copy"):
            assert not viewer.button(key).count(), key
        viewer.page.keyboard.press("ArrowLeft")
        viewer.page.keyboard.press("Space")
        assert viewer.month == MONTHS and not viewer.region("deciding.title").count()
        trainer.press("play.to_debrief")
        expect(viewer.page.get_by_role("article")).to_be_visible()


# ---------------------------------------------------------------- for everybody, on every screen


SCREENS = [("light", 1280, "en"), ("dark", 1280, "fr"), ("light", 1280, "ar"), ("light", 320, "fr")]


@pytest.mark.parametrize(("scheme", "width", "code"), SCREENS)
def test_axe_finds_nothing_and_nothing_stands_out_sideways(classroom, opened, scheme, width, code):
    page = opened(f"{classroom.address}?lang={code}", width, color_scheme=scheme)
    trainer = Trainer(page, code)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    looked_at(page, width)  # the first screen
    trainer.begin(LESSON)
    trainer.page.get_by_label(trainer.says("play.jump")).fill("60")
    trainer.press("play.go")
    looked_at(page, width)  # a question
    trainer.press("moment.skip")
    trainer.table("need")
    part = trainer.group("funding")
    part.locator("summary").first.click()
    looked_at(page, width)  # the stage
    page.get_by_role("log").get_by_role("button").first.click()
    expect(page.get_by_role("dialog").locator("p.now")).to_be_visible()
    looked_at(page, width)  # why
    trainer.press("why.done")
    trainer.press("play.to_debrief")
    looked_at(page, width)  # the sheet for afterwards


def looked_at(page, width):
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
