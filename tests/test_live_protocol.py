"""What the trainers' page and the program say to each other has the entries of `web/src/live/protocol.ts`."""

import re
from pathlib import Path

import pytest
from serving import MONTHS, Page, decided, server, without_bands

from mipo_sim.live.band import band_of
from mipo_sim.live.content import content_of, recorded_content
from mipo_sim.live.plan import Plan
from mipo_sim.live.talk import ASKS

__all__ = ["server", "without_bands"]

PROTOCOL = Path(__file__).parents[1] / "web/src/live/protocol.ts"
PLAN = decided(month=6, choices={"integration": "coexistence"})
PLEDGES = {"kind": "donors", "state": "pledged", "row": None}


def types():
    """The types of the protocol as they are written, by name."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", PROTOCOL.read_text(encoding="utf-8"), flags=re.DOTALL)
    parts = re.split(r"^(?:export )?type (\w+) =", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


TYPES = types()


def entries_of(kind):
    """Names of the entries that an object of a type has, with those of types that it is made of."""
    text, depth, flat = TYPES[kind], 0, ""
    for sign in text:
        depth += sign in "{[(<"
        flat += sign if depth <= 1 else ""
        depth -= sign in "}])>"
    taken = re.findall(r'"(\w+)"', "".join(re.findall(r"Pick<.*?>", text)))
    return set(re.findall(r"(\w+):", flat)).union(taken, *map(entries_of, re.findall(r"(\w+) &", text)))


@pytest.fixture(scope="module")
def told(server):
    """The last that is told of each kind in a run."""
    with Page(server) as page:
        page.open(PLAN)
        found = page.until("reasons")
        page.ask("why", id=1, of=PLEDGES, mission=0, month=MONTHS - 1)
        found += page.until("why")
        page.ask("close", id="one")
        found += page.until("refusal")
    happened = [event for one in found if one["tell"] == "months" for event in one["events"]]
    return {one["tell"]: one for one in found} | {"event": happened[-1]}


@pytest.mark.parametrize("kind", ["opening", "months", "done", "reasons", "why", "refusal"])
def test_messages_have_the_entries_of_the_protocol(told, kind):
    assert told[kind].keys() == entries_of(kind.capitalize())


def test_what_messages_hold_has_the_entries_of_the_protocol(told):
    assert told["why"]["causes"][0].keys() == entries_of("Cause")
    assert told["event"].keys() == entries_of("Happening")
    assert told["event"]["of"].keys() == told["why"]["of"].keys() == entries_of("Node")
    assert told["months"]["missions"][0].keys() == entries_of("MissionMonths")


def test_the_band_has_the_entries_of_the_protocol():
    band = band_of(Plan.from_json(PLAN), worlds=2)
    assert band.keys() | {"id"} == entries_of("Band")
    assert band["missions"][0].keys() == entries_of("BandOfMission")


def test_a_plan_has_the_entries_of_the_protocol():
    plan = Plan.from_json(PLAN).as_json()
    mission = plan["missions"][0]
    assert plan.keys() == entries_of("Plan")
    assert mission.keys() == entries_of("Mission")
    assert mission["decisions"][0].keys() == entries_of("Decision")


def test_what_the_page_is_made_with_has_the_entries_of_the_protocol():
    content = content_of("trainer", "en")
    assert content.keys() == recorded_content("en", [], None, 0).keys() == entries_of("Content")
    group, lesson = content["groups"][0], content["lessons"][0]
    moment = next(one for one in lesson["moments"] if one["predict"])
    for kind, one in {
        "Limits": content["limits"],
        "Language": content["languages"][0],
        "Situation": content["situations"][0],
        "Line": content["lines"][0],
        "Outcome": content["outcomes"][0],
        "Group": group,
        "Lever": group["levers"][0],
        "Option": group["options"][0],
        "Lesson": lesson,
        "Moment": moment,
        "Prediction": moment["predict"],
        "Choice": moment["options"][0],
    }.items():
        assert one.keys() == entries_of(kind), kind


def test_the_program_knows_what_the_page_asks():
    asks = dict(re.findall(r'\{ ask: "(\w+)";(.*?)\}', TYPES["Asked"]))
    assert {ask: set(re.findall(r"(\w+):", text)) for ask, text in asks.items()} == {
        ask: set(names) for ask, names in ASKS.items()
    }
