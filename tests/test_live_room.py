"""The trainers' page where it is hard: a full room, large letters, every lesson from start to end."""

import pytest
from browsing import axe, browser, faults, opened
from playwright.sync_api import expect
from serving import MONTHS, PLAN, decided
from trainers import Country, Trainer, classroom, say, text

from mipo_sim.live.lessons import all_lessons
from mipo_sim.live.page import link_to
from mipo_sim.live.plan import Plan

__all__ = ["browser", "classroom", "faults", "opened"]

pytestmark = pytest.mark.slow
BROWSERS = 30


def test_thirty_browsers_on_one_laptop_each_go_their_own_way(classroom, opened):
    trainers = [
        Trainer(opened(f"{classroom.address}{link_to(Plan.from_json(PLAN), 6)}")) for _ in range(BROWSERS)
    ]
    for trainer in trainers:
        trainer.at(6)
    for trainer in trainers[::2]:
        trainer.decide("integration", "coexistence")
    for trainer in trainers:
        trainer.press("play.play")
    for trainer in trainers:
        trainer.at(MONTHS)
    other = decided(month=6, choices={"integration": "coexistence"})
    for plan, group in ((PLAN, trainers[1::2]), (other, trainers[::2])):
        need_met = Country(plan, MONTHS).line("need_met")
        for trainer in group:
            assert trainer.lines()[say("lines.need_met")] == pytest.approx(need_met, abs=0.51)


def test_letters_twice_as_large_leave_everything_in_reach(classroom, opened):
    """Letters of 200 % are, to a page, a window half as wide whose points are twice as fine."""
    page = opened(f"{classroom.address}{link_to(Plan.from_json(PLAN), 6)}", 640, device_scale_factor=2)
    trainer = Trainer(page).at(6)
    part = trainer.group("funding")
    part.locator("summary").first.click()
    for view in ("play.to_debrief", "play.to_setup"):
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 640
        trainer.press(view)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_every_lesson_leads_to_its_debrief(classroom, opened, lesson):
    trainer = Trainer(opened(classroom.address))
    trainer.begin(lesson)
    page, dialog = trainer.page, trainer.page.get_by_role("dialog")
    asked = revealed = 0
    trainer.page.keyboard.press("5")
    while trainer.month < lesson.plan.months:
        trainer.press("play.play")
        expect(dialog.or_(page.get_by_text(say("play.ended")))).to_be_visible()
        while dialog.is_visible():
            heading = dialog.get_by_role("heading", level=2).inner_text()
            assert heading in {text(moment.question) for moment in lesson.moments}
            if dialog.get_by_role("radio").count():
                dialog.get_by_role("radio").last.check()
                first = dialog.locator("button.go")
                asked += first.inner_text() == say("moment.decide")
                first.click()
            else:
                expect(dialog).to_contain_text(say("moment.story"))
                revealed += 1
                trainer.press("moment.go_on")
            page.wait_for_timeout(100)  # for the next question of the same month
    assert (asked, revealed) == (
        sum(bool(moment.options) for moment in lesson.moments),
        sum(moment.predict is not None for moment in lesson.moments),
    )
    trainer.press("play.to_debrief")
    sheet = page.get_by_role("article")
    for moment in lesson.moments:
        expect(sheet).to_contain_text(text(moment.question))
        if moment.options:
            expect(sheet).to_contain_text(text(moment.options[-1].label))
    for question in lesson.debrief:
        expect(sheet).to_contain_text(text(question))
