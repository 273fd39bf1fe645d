"""The words of the trainers' page: every text that is asked for is there, in every language alike."""

import ast
import json
import re
from pathlib import Path

import pytest

from mipo_sim.live import events, marks
from mipo_sim.live.band import OUTCOMES
from mipo_sim.live.content import content_of
from mipo_sim.live.frames import LINES
from mipo_sim.live.plan import Plan
from mipo_sim.live.recording import Memories, Recording
from mipo_sim.live.tracing import tellable, writers
from mipo_sim.live.words import WORDS, catalogue, languages
from mipo_sim.model import MissionModel
from mipo_sim.parameters.options import options

FOLDERS = sorted(folder.name for folder in WORDS.iterdir() if folder.is_dir())
FILES = sorted(file.name for file in (WORDS / "en").glob("*.json"))
PAGE = sorted(
    file
    for file in (Path(__file__).parents[1] / "web/src/live").rglob("*")
    if file.suffix in (".ts", ".svelte")
)
OF_AN_EVENT = {"mission", "district", "who", "value", "before"}
# Signs not set as the language does: French has a space that does not break, Arabic signs of its own.
STRANGE = {
    "fr": re.compile("[^\u00a0\u202f][:;?!»](?![\\w/])|«[^\u00a0]"),
    "ar": re.compile(r"[,;?](?!\w)"),
}
# Signs that the page itself would put after a value: in what it shows, and in a text that it puts together.
JOINED = re.compile(r'\}[:;,?!](?=[\s<"])'), re.compile(r"\$\{[^{}]*\}[:;,?!] ")
# Where the page shows plain words only: no marks of terms.
PLAIN = re.compile(
    r"(levers|options)\..*\.label|situations\..*\.title|terms\.|groups\.[a-z_]*$"
    r"|(lines|outcomes|states|agencies|donors|leaders|sectors|status|units)\."
)


def texts(language, file):
    """One catalogue, in which no key may stand twice."""

    def unique(pairs):
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), [key for key in keys if keys.count(key) > 1]
        return dict(pairs)

    return json.loads((WORDS / language / file).read_text(encoding="utf-8"), object_pairs_hook=unique)


def placeholders(text):
    return set(re.findall(r"\{(\w+)\}", text))


def terms_in(text):
    return set(re.findall(r"\[\[([^|\]]*)\|[^\]]+\]\]", text))


def asked_by_page():
    """All calls of `say`, `marked` and `has` in the page: the words of the key, and the rest of the call."""
    for file in PAGE:
        text = file.read_text(encoding="utf-8")
        for call in re.finditer(r"\b(?:say|marked|has)\(", text):
            yield file.name, *first_and_rest(text, call.end())


def first_and_rest(text, start):
    """Cut the arguments of a call after the first, at the closing bracket."""
    depth, cut = 0, None
    for place in range(start, len(text)):
        sign = text[place]
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0 and cut is None:
            cut = place
        if depth < 0:
            return text[start : cut or place], text[cut or place : place]
    raise AssertionError(f"a call that does not end: {text[start : start + 60]}")


# -- every language ---------------------------------------------------------------------------------------


def test_english_is_first_and_every_folder_is_a_language():
    assert languages()[0] == "en"
    assert set(languages()) == set(FOLDERS)


@pytest.mark.parametrize("language", FOLDERS)
@pytest.mark.parametrize("file", FILES)
def test_catalogues_are_in_order_and_say_something(language, file):
    found = texts(language, file)
    assert list(found) == sorted(found), "keys stand in the order of the alphabet"
    for key, text in found.items():
        assert isinstance(text, str) and text.strip() == text and text, key
        left = re.sub(r"\[\[[^|\]]+\|[^\]]+\]\]|\{\w+\}", "", text)
        assert not set(left) & set("[]{}|"), f"{key}: a placeholder or a term is not written right"


def test_no_text_stands_in_two_files():
    keys = [key for file in FILES for key in texts("en", file)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("language", FOLDERS)
@pytest.mark.parametrize("file", FILES)
def test_languages_say_the_same(language, file):
    english, other = texts("en", file), texts(language, file)
    assert english.keys() == other.keys()
    for key, text in english.items():
        assert placeholders(text) == placeholders(other[key]), key
        assert terms_in(text) == terms_in(other[key]), key


@pytest.mark.parametrize("language", STRANGE)
def test_signs_are_those_of_the_language(language):
    found = {key: STRANGE[language].search(text) for key, text in catalogue(language).items()}
    assert [key for key, strange in found.items() if strange] == []


def test_signs_between_words_are_left_to_the_catalogue():
    for file in PAGE:
        code = file.read_text(encoding="utf-8")
        shown = re.sub(r"<(script|style).*?</\1>|\{#each[^\n]*?\)\}", "", code, flags=re.DOTALL)
        texts_put = [shown if file.suffix == ".svelte" else "", code]
        found = [sign.findall(text) for sign, text in zip(JOINED, texts_put, strict=True)]
        assert found == [[], []], file.name


# -- terms ------------------------------------------------------------------------------------------------


def test_every_term_is_explained_and_met():
    words = catalogue("en")
    explained = {key.split(".")[1] for key in words if key.startswith("terms.")}
    assert all(f"terms.{term}.{part}" in words for term in explained for part in ("name", "says"))
    assert set().union(*(terms_in(text) for text in words.values())) == explained


def test_terms_are_marked_only_where_the_page_can_explain_them():
    words = texts("en", "content.json")
    assert [key for key, text in words.items() if PLAIN.match(key) and "[[" in text] == []


# -- what the program asks for ------------------------------------------------------------------------------


def test_all_that_can_be_chosen_has_words():
    content, words = content_of("trainer", "en"), catalogue("en")
    wanted = {
        f"situations.{each['name']}.{part}" for each in content["situations"] for part in ("title", "story")
    }
    for group in content["groups"]:
        name = group["name"]
        wanted |= {f"groups.{name}", f"groups.{name}.says"}
        wanted |= {
            f"levers.{lever['name']}.{part}" for lever in group["levers"] for part in ("label", "help")
        }
        wanted |= {
            f"options.{name}.{each['name']}.{part}" for each in group["options"] for part in ("label", "says")
        }
    families = ("situations.", "groups.", "levers.", "options.")
    assert wanted == {key for key in words if key.startswith(families)}, "and nothing else has"


def test_all_that_is_shown_has_words():
    words, model = catalogue("en"), MissionModel(worlds=1)
    opening = Recording(
        Plan.from_json({"scenario": "osambria", "missions": [{}, {}]}), 0, Memories()
    ).opening()
    wanted = {f"lines.{line.name}" for line in LINES} | {f"outcomes.{name}" for name in OUTCOMES}
    wanted |= {f"{part}.{each['kind']}" for part in ("agencies", "donors") for each in opening[part]}
    wanted |= {f"leaders.{row}" for row in range(len(model.leaders))} | {f"sectors.{row}" for row in range(5)}
    wanted |= {f"status.{status}" for status in ("absent", "deployed", "leaving", "office", "gone")}
    assert wanted - words.keys() == set()


def test_states_that_have_words_change_in_a_run():
    """Words for what never changes would be words for what is never told, as cause or effect."""
    named = {tuple(key.split(".")[1:]) for key in catalogue("en") if key.startswith("states.")}
    assert named <= writers().keys()
    assert tellable() <= named


def test_every_event_has_its_sentence():
    known = {key.removeprefix("events.") for key in catalogue("en") if key.startswith("events.")}
    named = {name for mark in marks.MARKS for name in (mark.up, mark.down) if name}
    for module in (events, marks):
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named |= set(re.findall(r"^(?:decision|[a-z]+(?:_[a-z]+)+)$", node.value))
    assert named - known == set()
    of_events = {mark.of for mark in marks.MARKS}
    assert {f"states.{of}" for of in of_events} - catalogue("en").keys() == set(), "why? asks about these"


@pytest.mark.parametrize("scenario", ["somalia", "regional_conflict"])
def test_events_that_happen_have_sentences(scenario):
    missions = [{"choices": {"exit": "early_pull_out"}}, {"choices": {"integration": "adaptive"}}]
    plan = Plan.from_json({"scenario": scenario, "months": 60, "missions": missions})
    told = Recording(plan, 0, Memories()).live(60)["events"]
    assert told
    for event in told:
        said = placeholders(catalogue("en")[f"events.{event['what']}"])
        assert said <= OF_AN_EVENT
        assert all(event[name] is not None for name in said), event
        if event["what"] not in {"decision", "attention_fades", *counted_by_page()}:  # the page says per cent
            shares = {name: event[name] for name in said & {"value", "before"}}
            assert all(0 <= share <= 1 for share in shares.values()), (event["what"], shares)


def counted_by_page():
    """Events whose numbers the page counts, instead of saying them in per cent."""
    (file,) = (file for file in PAGE if file.name == "sentences.ts")
    (listed,) = re.findall(r"COUNTED = new Set\((.*?)\);", file.read_text(encoding="utf-8"), re.DOTALL)
    return set(re.findall(r'"(\w+)"', listed))


def test_what_the_page_counts_are_events():
    assert {f"events.{what}" for what in counted_by_page()} <= catalogue("en").keys()


def test_stylised_situations_say_that_they_are_simplified():
    words = catalogue("en")
    for name in options("scenario"):
        story = words[f"situations.{name}.story"]
        assert ("stylised" in terms_in(story)) == (name in CASES), name


CASES = ("darfur", "eastern_congo", "liberia", "liberia_1990", "sierra_leone", "somalia")


# -- what the page asks for ------------------------------------------------------------------------------


def test_the_page_asks_for_nothing_that_is_missing():
    words = catalogue("en")
    for file, first, _ in asked_by_page():
        for key in re.findall(r'"([^"]+)"', re.sub(r"`[^`]*`", "", first)):
            if re.fullmatch(r"[a-z_]+(\.\w+)+", key):
                assert key in words, f"{file} asks for {key}"
        for template in re.findall(r"`([^`]*)`", first):
            pattern = re.sub(r"\\\$\\\{.*?\\\}", ".+", re.escape(template))
            assert any(re.fullmatch(pattern, key) for key in words), f"{file} asks for {template}"


def test_no_text_of_the_page_waits_in_vain():
    """Its key stands in the page or the program, or what does not vary of it: `moment.${kind}.${guess}`."""
    hole, said, patterns = re.compile(r"\$?\{[^}]*\}"), set(), set()
    for file in (*PAGE, *Path(events.__file__).parent.glob("*.py")):
        code = file.read_text(encoding="utf-8")
        said |= set(re.findall(r'"([a-z_]+(?:\.\w+)+)"', code))
        varied = re.findall(r'`([a-z_]+\.[^`]*)`|f"([a-z_]+\.[^"]*)"', code)
        patterns |= {hole.sub(".+", hole.sub("[^.]+", max(either), count=1)) for either in varied}
    keys = [key for file in ("page.json", "setup.json") for key in texts("en", file)]
    varying = re.compile("|".join(patterns))
    assert [key for key in keys if key not in said and not varying.fullmatch(key)] == []


def test_the_page_fills_every_placeholder():
    words = catalogue("en")
    for file, first, rest in asked_by_page():
        literal = re.fullmatch(r'\s*"([^"]+)"\s*', first)
        if literal and "..." not in rest and (not rest or "{" in rest):
            given = set(re.findall(r"(\w+)\s*[:,}]", rest))
            assert placeholders(words[literal[1]]) <= given, f"{file}: {literal[1]}"
