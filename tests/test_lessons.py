"""Lessons: those that come with the program hold, and what is wrong with one's own is told line by line."""

import re
from itertools import product

import pytest
import yaml

from mipo_sim.claims import CLAIMS
from mipo_sim.command.lessons import TEMPLATE, lessons
from mipo_sim.command.refusals import Refusal
from mipo_sim.live.lesson_file import in_english, one_line
from mipo_sim.live.lessons import FOLDER, LessonError, after, all_lessons, read_lesson
from mipo_sim.live.plan import Plan

THEMES = (
    "form_follows_function",
    "money_with_strings",
    "the_limited_mandate",
    "fast_or_owned",
    "leaving",
    "humanitarian_space",
)
FINE = """\
title: A lesson
theme: Something
about: What it is about.
claims: [B4]
scenario: fragile_ceasefire
months: 60
missions:
  first:
    name: One
    mandate: headquarters_run
  second:
    name: Other
    mandate: delegated
    levers: {mandate.troops: 12}
moments:
  - month: 6
    question: Which?
    note: Listen.
    predict: {line: trust, month: 20, margin: 0.05}
    options:
      - label: Keep on
        says: Nothing changes.
      - label: More
        says: More troops.
        both: {levers: {mandate.troops: 20}}
    reveal: 24
  - month: 24
    question: Who?
    note: Look.
    predict: {relapse: 50}
    options:
      - label: Keep on
        says: Nothing changes.
      - label: Leave
        says: It leaves.
        first: {exit: timetable_24}
debrief:
  - What did you see?
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "own.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def faults(path):
    with pytest.raises(LessonError) as wrong:
        read_lesson(path)
    return wrong.value.faults


# -- those that come with the program --------------------------------------------------------------------


def test_there_is_a_lesson_for_every_theme():
    assert {lesson.name for lesson in all_lessons()} >= set(THEMES)


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_lessons_fit_a_class(lesson):
    assert lesson.minutes == 45
    assert lesson.plan.world == 0, "the first world, so that nobody picks a story"
    assert 2 <= len(lesson.moments) <= 4 and 4 <= len(lesson.debrief) <= 5
    assert lesson.plan.missions[0] != lesson.plan.missions[1]
    for moment in lesson.moments:
        assert len(moment.question["en"].split()) <= 40 and len(moment.note["en"].split()) <= 80
        assert 2 <= len(moment.options) <= 3 and moment.predict
        assert all(len(option.says["en"].split()) <= 25 for option in moment.options)


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_notes_name_claims_and_where_to_read_on_and_warn_of_one_story(lesson):
    known = {claim.id for claim in CLAIMS}
    for moment in lesson.moments:
        note = moment.note["en"]
        named = set(re.findall(r"\b[A-F]\d{1,2}\b", note))
        assert named and named <= known and named <= set(lesson.claims), named
        assert re.search(r"Oslo|Johannesburg", lesson.moments[0].note["en"])
        assert re.search(r"[Oo]ne world is a story", note)
        assert re.search(r"Findings, \"|docs/claims.md", note)


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_every_way_through_a_lesson_can_be_lived(lesson):
    for path in product(*(moment.options for moment in lesson.moments)):
        chosen = [(moment.month, choice) for moment, choice in zip(lesson.moments, path, strict=True)]
        plan = after(lesson.plan, chosen)
        moves = [sum(bool(choice.missions) and side in choice.missions for choice in path) for side in (0, 1)]
        assert [len(mission.decisions) for mission in plan.missions] == moves


def test_lessons_that_come_with_the_program_pass_the_whole_check():
    assert [read_lesson(path) for path in sorted(FOLDER.glob("*.yaml"))] == list(all_lessons())


def test_titles_of_findings_that_notes_point_to_are_there():
    findings = (FOLDER.parents[1] / "docs" / "findings.md").read_text(encoding="utf-8")
    titles = [re.sub(r"\s+", " ", title) for title in re.findall(r"^### \[(.*?)\]", findings, re.M)]
    for lesson in all_lessons():
        for moment in lesson.moments:
            for title in re.findall(r"Findings, \"(.*?)\"", moment.note["en"]):
                assert title in titles, f"{lesson.name} points to {title}"


def test_a_lesson_is_written_as_the_page_reads_it():
    for lesson in all_lessons():
        told = lesson.as_json()
        assert Plan.from_json(told["plan"]) == lesson.plan and told["plan"]["lesson"] == lesson.name
        assert [name["en"] for name in told["names"]] == [
            mission["name"] for mission in told["plan"]["missions"]
        ]
        for moment in told["moments"]:
            assert set(moment) == {"month", "question", "note", "predict", "options", "reveal"}
            assert moment["month"] < moment["predict"]["month"] <= moment["reveal"] < lesson.plan.months
            for option in moment["options"]:
                assert set(option) == {"label", "says", "missions", "setting"}
                assert bool(option["missions"]) == bool(
                    option["setting"]["choices"] or option["setting"]["levers"]
                )


# -- one's own -------------------------------------------------------------------------------------------


def test_a_lesson_of_ones_own_is_read(file):
    lesson = read_lesson(file(FINE))
    assert (lesson.name, lesson.minutes, lesson.plan.world, lesson.claims) == ("own", 45, 0, ("B4",))
    assert lesson.plan.missions[1].levers == {"mandate.troops": 12}
    one, other = lesson.moments
    assert (one.predict.kind, one.predict.line, one.predict.month, one.predict.margin) == (
        "line",
        "trust",
        20,
        0.05,
    )
    assert (other.predict.kind, other.predict.month, other.reveal) == ("relapse", 50, 50)
    assert [option.missions for option in (*one.options, *other.options)] == [(), (0, 1), (), (0,)]


def test_months_are_those_of_the_situation_where_nothing_is_said(file):
    assert read_lesson(file(FINE.replace("months: 60\n", ""))).plan.months == 144


def test_texts_may_stand_in_several_languages(file):
    tree = yaml.safe_load(FINE)

    def translated(part):
        if isinstance(part, dict):
            told = ("title", "theme", "about", "name", "question", "note", "label", "says")
            return {k: {"en": v, "fr": f"{v} (fr)"} if k in told else translated(v) for k, v in part.items()}
        return [translated(each) for each in part] if isinstance(part, list) else part

    tree = translated(tree)
    tree["debrief"] = [{"en": "What?", "fr": "Quoi ?"}]
    lesson = read_lesson(file(yaml.safe_dump(tree, allow_unicode=True)))
    assert lesson.title == {"en": "A lesson", "fr": "A lesson (fr)"}
    assert lesson.plan.missions[0].name == "One" and in_english(lesson.names[1]) == "Other"
    tree["debrief"] = [{"en": "What?"}]
    tree["theme"] = "Something"
    (told,) = faults(file(yaml.safe_dump(tree, allow_unicode=True)))
    assert re.fullmatch(r"texts in fr are missing: theme \(line \d+\), debrief\[1\] \(line \d+\)", told)


MORE = """\
      - label: More
        says: More troops.
        both: {levers: {mandate.troops: 20}}
"""
BROKEN = {
    "unknown entry": ("theme: Something", "them: Something", "line 2: them: is not known; did you mean"),
    "missing entry": ("about: What it is about.\n", "", "about is missing"),
    "empty entry": ("title: A lesson", "title:", "title is missing"),
    "twice": ("theme: Something", "theme: Something\ntitle: B", "line 3: title stands in line 1 already"),
    "not a text": ("label: More", "label: No", "moments[1].options[2].label: takes a text, not False"),
    "blank text": ("question: Who?", "question: ' '", "line 28: moments[2].question: the text is empty"),
    "too long": ("says: More troops.", f"says: {'more ' * 60}", "letters, and at most 200 fit"),
    "no English": ("title: A lesson", "title: {fr: Une leçon}", "the text in English is missing: en"),
    "no language": ("title: A lesson", "title: {en: A, french: B}", "texts by language, as in en, fr or ar"),
    "unknown situation": (": fragile_ceasefire", ": fragile", "did you mean 'fragile_ceasefire'?"),
    "unknown claim": ("claims: [B4]", "claims: [B44]", "claims[1]: there is no 'B44'; did you mean 'B4'?"),
    "months out of range": ("months: 60", "months: 600", "a whole number from 12 to 240, not 600"),
    "months no number": ("months: 60", "months: sixty", "whole number from 12 to 240, not 'sixty'"),
    "minutes": ("claims: [B4]", "minutes: 1.5", "minutes takes a whole number from 5 to 480, not 1.5"),
    "third mission": ("  second:\n", "  third:\n", "missions.third: is not known"),
    "no name": ("    name: Other\n", "", "missions.second: name is missing"),
    "unknown group": ("    mandate: delegated", "    mandat: delegated", "did you mean 'mandate'?"),
    "unknown option": ("    mandate: delegated", "    mandate: delegatd", "did you mean 'delegated'?"),
    "unknown lever": ("mandate.troops: 12", "mandate.trops: 12", "did you mean 'mandate.troops'?"),
    "lever out of range": ("mandate.troops: 12", "mandate.troops: 99", "from 0 to 60, not 99"),
    "no lever": ("mandate.troops: 20", "situation.hostility: 1", "situation.hostility is no lever"),
    "shapes the world": ("mandate.troops: 12", "partners.ngo_groups: 3", "is no lever"),
    "levers no list": ("levers: {mandate.troops: 12}", "levers: 12", "takes levers by name"),
    "contradiction": ("mandate.troops: 12", "funding.pooled: 0.9", "shares of the same money"),
    "contradiction later": (
        "mandate.troops: 20",
        "funding.earmarked: 0.9",
        "moments[1].options[2]: funding.earmarked + ",
    ),
    "called back": ("first: {exit: timetable_24}", "first: {mandate: none}", "month 24: an open mission"),
    "beyond the run": ("month: 24\n", "month: 70\n", "moments[2].month: month takes a whole number"),
    "out of order": ("month: 24\n", "month: 5\n", "is 6, and the next moment's 5; moments stand in order"),
    "reveal too soon": ("reveal: 24", "reveal: 12", "reveal takes a whole number from 20 to 24, not 12"),
    "reveal too late": ("reveal: 24", "reveal: 30", "reveal takes a whole number from 20 to 24, not 30"),
    "unknown line": ("line: trust", "line: thrust", "there is no 'thrust'; did you mean 'trust'?"),
    "line without month": (", month: 20", "", "moments[1].predict: month is missing"),
    "both predictions": ("{relapse: 50}", "{relapse: 50, line: trust}", "takes a line and its month"),
    "predicted past": ("month: 20", "month: 2", "month takes a whole number from 7 to 24, not 2"),
    "margin": ("margin: 0.05", "margin: wide", "takes a number from 0 to 1, not 'wide'"),
    "one option": (MORE, "", "list of 2 to 4"),
    "two missions at once": ("first: {exit: ", "both: {exit: stay}\n        first: {exit: ", "takes one of"),
    "same options": ("        first: {exit: timetable_24}\n", "", "options[2]: does the same as options[1]"),
    "no moments": ("moments:\n", "moments: none\nrest:\n", "moments: takes a list of 1 to 6"),
    "empty question": ("  - What did you see?", "  -", "debrief[1]: is empty"),
    "YAML": ("title: A lesson", "title: A lesson: the first", "line 1: mapping values are not allowed here"),
    "anchor": ("title: A lesson", "title: &a A lesson", "put the text into quotes"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_wrong_is_told_in_a_line_of_its_own(what, file):
    old, new, expected = BROKEN[what]
    assert FINE.count(old) == 1, "the test breaks one thing"
    told = faults(file(FINE.replace(old, new)))
    assert any(expected in line for line in told), told
    assert all("\n" not in line and "Traceback" not in line for line in told)
    assert len(told) <= 3, "one fault does not bring a crowd"


def test_all_faults_are_told_at_once(file):
    text = FINE
    for old, new in (
        ("theme: S", "them: S"),
        ("line: trust", "line: thrust"),
        ("mandate.troops: 12", "x.y: 1"),
    ):
        text = text.replace(old, new)
    told = "\n".join(faults(file(text)))
    for expected in ("them: is not known", "theme is missing", "thrust", "missions.second.levers.x.y"):
        assert expected in told


@pytest.mark.parametrize(
    "text", ["", "- a\n- b", "just words", "a: [1, 2", "\0", "a: !!python/object:os.system x"]
)
def test_what_is_no_lesson_is_refused(text, file):
    assert len(faults(file(text))) == 1


def test_a_tab_is_called_a_tab(file):
    (told,) = faults(file(FINE.replace("  first:", "\tfirst:", 1)))
    assert re.fullmatch(r"line \d+: a tab stands where only blanks may", told)


def test_files_that_cannot_be_read_are_refused(tmp_path):
    assert faults(tmp_path / "missing.yaml") == ("cannot be read: No such file or directory",)
    assert "cannot be read" in faults(tmp_path)[0]
    (tmp_path / "latin.yaml").write_bytes("title: Leçon".encode("latin-1"))
    assert "UTF-8" in faults(tmp_path / "latin.yaml")[0]
    (tmp_path / "long.yaml").write_text("a" * 300_000)
    assert "at most" in faults(tmp_path / "long.yaml")[0]


# -- the command -----------------------------------------------------------------------------------------


def test_the_list_names_every_lesson(capsys):
    assert lessons([]) == 0
    out = capsys.readouterr().out
    assert all(lesson.name in out and lesson.title["en"] in out for lesson in all_lessons())


def test_a_new_lesson_passes_the_check_and_nothing_is_overwritten(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    assert lessons(["new", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == TEMPLATE.read_text(encoding="utf-8")
    assert lessons(["check", str(path)]) == 0
    assert "mine: fine" in capsys.readouterr().out
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(Refusal, match="is there already"):
        lessons(["new", str(path)])
    assert path.read_text(encoding="utf-8") == "mine"
    for wrong in (tmp_path / "mine.txt", tmp_path / "nowhere" / "mine.yaml"):
        with pytest.raises(Refusal):
            lessons(["new", str(wrong)])
        assert not wrong.exists()


def test_the_check_tells_all_files_and_says_so_with_its_code(file, capsys):
    good, bad = FOLDER / "leaving.yaml", file(FINE.replace("line: trust", "line: thrust"))
    assert lessons(["check", str(good), str(bad)]) == 2
    out, err = capsys.readouterr()
    assert "leaving: fine" in out and "thrust" not in out
    assert err.startswith("own.yaml cannot be used:\n  line 19: moments[1].predict.line: ")


@pytest.mark.parametrize("words", [["chek"], ["check"], ["new"], ["check", "--all"]])
def test_words_that_mean_nothing_are_refused(words):
    with pytest.raises(Refusal):
        lessons(words)


def test_blanks_that_must_not_break_stay_in_a_text() -> None:
    assert one_line("Qui\u202f?\n  «\u00a0nous\u00a0» ") == "Qui\u202f? «\u00a0nous\u00a0»"
