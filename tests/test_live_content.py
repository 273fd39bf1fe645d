"""What the trainers' page is made with: the page's own sums give the levers that the program would."""

import base64
import json
import re
from html import escape

import pytest

from mipo_sim.command.lessons import TEMPLATE
from mipo_sim.live.band import OUTCOMES
from mipo_sim.live.content import content_of, recorded_content, spoken, words_of
from mipo_sim.live.lessons import all_lessons, read_lesson
from mipo_sim.live.page import code_page, link_to, page_of
from mipo_sim.live.plan import Mission, Plan
from mipo_sim.live.words import languages
from mipo_sim.parameters import declared
from mipo_sim.parameters.options import GROUPS, compose, options

EVIL = "</script><script>alert(1)</script><!--"


@pytest.fixture(scope="module")
def content():
    return content_of("trainer", "en")


def levers_as_the_page_does(content, scenario, chosen):
    """Option over default; what is asked for goes before what the situation chooses."""
    (situation,) = (each for each in content["situations"] if each["name"] == scenario)
    found = {}
    for group in content["groups"]:
        wanted = chosen.get(group["name"], situation["chooses"][group["name"]])
        (option,) = (each for each in group["options"] if each["name"] == wanted)
        for lever in group["levers"]:
            known = {lever["name"]: lever["default"]} | option["sets"]
            found[lever["name"]] = known[lever["name"]]
    return found


def levers_of(configuration):
    return {
        name: configuration.values.get(name, parameter.default)
        for name, parameter in declared().items()
        if parameter.role == "lever" and not parameter.structural
    }


@pytest.mark.parametrize("scenario", options("scenario"))
def test_levers_are_those_that_the_program_composes(content, scenario):
    assert levers_as_the_page_does(content, scenario, {}) == levers_of(compose(scenario))


@pytest.mark.parametrize("group", GROUPS)
def test_levers_of_options_are_those_that_the_program_composes(content, group):
    for option in options(group):
        chosen = {group: option}
        expected = levers_of(compose("weak_state", **chosen))
        assert levers_as_the_page_does(content, "weak_state", chosen) == expected, option


def test_situations_last_as_long_as_the_program_says(content):
    for situation in content["situations"]:
        assert situation["months"] == compose(situation["name"]).months


def test_a_page_speaks_one_language_and_is_given_others_in_the_same_shape(content):
    (lesson,) = (each for each in content["lessons"] if each["name"] == "leaving")
    (french,) = (each for each in spoken("fr")["lessons"] if each["name"] == "leaving")
    assert list(lesson["title"]) == ["en"] and list(french["title"]) == ["fr"]
    assert len(lesson["moments"]) == len(french["moments"])
    recorded = recorded_content("en", [], None, 0)
    assert {"en", "fr", "ar"} <= set(recorded["lessons"][0]["title"])


def test_real_cases_and_what_was_made_for_them_are_marked(content):
    stylised = {each["name"] for each in content["situations"] if each["stylised"]}
    assert stylised == {"darfur", "eastern_congo", "liberia", "liberia_1990", "sierra_leone", "somalia"}
    cases = {
        f"{group['name']}={option['name']}"
        for group in content["groups"]
        for option in group["options"]
        if option["case"]
    }
    assert {"mandate=unmil", "exit=unamid", "partners=amisom"} <= cases
    assert cases.isdisjoint({"integration=full", "exit=stay", "partners=interlocked"})


def test_levers_can_be_moved_within_their_bounds(content):
    levers = [lever for group in content["groups"] for lever in group["levers"]]
    assert len(levers) == len({lever["name"] for lever in levers})
    assert all(lever["low"] <= lever["default"] <= lever["high"] for lever in levers)
    assert all(lever["whole"] == (lever["unit"] == "switch") for lever in levers)


def test_outcomes_of_the_band_have_unit_and_direction(content):
    outcomes = {each["name"]: each for each in content["outcomes"]}
    assert tuple(outcomes) == OUTCOMES
    assert (outcomes["cost"]["unit"], outcomes["cost"]["better"]) == ("$m a year", "less")
    assert outcomes["durable_peace"]["better"] == "more"


def test_ones_own_lesson_is_offered_first_and_stands_for_one_of_the_same_name(tmp_path):
    shipped = [lesson.name for lesson in all_lessons()]
    paths = tmp_path / "mine.yaml", tmp_path / f"{shipped[0]}.yaml"
    for path in paths:
        path.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
    new, same = (read_lesson(path) for path in paths)
    offered = content_of("trainer", "en", lessons=[new])["lessons"]
    assert [each["name"] for each in offered] == ["mine", *shipped]
    offered = recorded_content("en", [], None, 0, [same])["lessons"]
    assert [each["name"] for each in offered] == shipped and offered[0]["title"] == same.title


def test_only_the_trainer_sees_the_code():
    addresses = ["http://192.0.2.1:8008/"]
    assert content_of("trainer", "en", addresses, "123")["share"] == {"addresses": addresses, "code": "123"}
    assert content_of("viewer", "en", addresses, "123")["share"] is None
    assert content_of("trainer", "en")["share"] is None


@pytest.mark.parametrize("language", languages())
def test_a_served_page_has_one_catalogue_and_no_text_is_missing(language):
    words = content_of("trainer", language)["words"]
    assert list(words) == [language]
    assert words[language].keys() == words_of("en").keys()


def test_the_file_of_a_recorded_run_has_all_languages_and_cannot_be_broken_out_of():
    told = [{"tell": "refusal", "text": EVIL}]
    page = page_of(recorded_content("en", told, {"notes": EVIL}, 3))
    assert EVIL not in page and "</script><script>alert" not in page
    text = re.search(r'<script type="application/json" id="content">(.*?)</script>', page, re.DOTALL)
    found = json.loads(text[1])
    assert (found["role"], list(found["words"]), found["share"]) == ("file", languages(), None)
    assert found["recorded"] == {"told": told, "record": {"notes": EVIL}, "month": 3}


@pytest.mark.parametrize("language", languages())
def test_the_page_for_the_code_is_in_every_language(language):
    page = code_page(language, "code.wrong")
    assert f'lang="{language}"' in page and escape(words_of(language)["code.wrong"]) in page
    assert "$" not in page and "<script" not in page


def test_a_link_holds_the_plan():
    plan = Plan("weak_state", (Mission(levers={"funding.pooled": 0.3}), Mission()), 24)
    place, month = re.fullmatch(r"#plan=([\w-]+)&month=(\d+)", link_to(plan, 7)).groups()
    assert Plan.from_json(json.loads(base64.urlsafe_b64decode(place + "==="))) == plan and month == "7"
