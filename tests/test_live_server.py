"""The trainers' page served, spoken to as browsers do: runs are told, and bad asks refused."""

import json
import logging
import socket
from contextlib import ExitStack
from functools import partial

import anyio
import pytest
from serving import (
    MONTHS,
    PLAN,
    Page,
    content_in,
    decided,
    fetch,
    lines,
    port_of,
    running,
    server,
    with_lever,
    without_bands,
)
from websockets.exceptions import ConnectionClosed

from mipo_sim.live import server as service
from mipo_sim.live import stories
from mipo_sim.live.band import Bands
from mipo_sim.live.plan import Plan
from mipo_sim.live.recording import Memories, Recording
from mipo_sim.live.server import LiveServer
from mipo_sim.live.talk import LONGEST_ASKED

__all__ = ["server", "without_bands"]


@pytest.fixture
def page(server):
    with Page(server) as page:
        yield page


# -- runs ----------------------------------------------------------------------------------------------


def test_a_run_is_told_from_the_first_month_to_the_last(page):
    page.open()
    told = page.until("done")
    opening, *months, _ = told
    assert (opening["tell"], opening["from"], opening["plan"]) == (
        "opening",
        0,
        Plan.from_json(PLAN).as_json(),
    )
    assert [each["from"] for each in months] == [0, *(each["to"] for each in months[:-1])]
    assert (months[0]["to"], months[-1]["to"]) == (1, MONTHS)  # the first month does not wait for others
    assert {each["id"] for each in told} == {1}


def test_what_is_told_is_what_was_lived(page):
    page.open()
    lived = Recording(Plan.from_json(PLAN), 0, Memories()).live(MONTHS)
    told = page.until("done")
    for mission in (0, 1):
        assert lines(told, "trust", mission) == lived["missions"][mission]["lines"]["trust"]
    assert [event for each in told[1:-1] for event in each["events"]] == lived["events"]


def test_a_decision_keeps_past_and_luck(page):
    page.open()
    before = lines(page.until("done"), "trust")
    changed = decided(month=12, choices={"integration": "coexistence"})
    page.open(changed, run=2, start=12)
    branch = [each for each in page.until("done") if each["id"] == 2]
    assert branch[0]["from"] == branch[1]["from"] == 12
    page.open(changed, run=3)
    anew = lines([each for each in page.until("done") if each["id"] == 3], "trust")
    assert anew == before[:12] + lines(branch, "trust")
    assert anew != before


def test_a_run_that_is_known_to_its_end_goes_on_with_what_is_missing(page):
    page.open()
    page.until("done")
    page.open(run=2, start=MONTHS)
    assert [each["tell"] for each in page.until("done") if each["id"] == 2] == ["opening", "done"]
    assert page.until("reasons")[-1]["id"] == 2  # of months that were told before


def test_events_have_reasons(page):
    page.open()
    told = page.until("reasons")
    events = {event["key"] for each in told if each["tell"] == "months" for event in each["events"]}
    assert told[-1]["reasons"].keys() <= events


def test_a_state_can_be_asked_about(page):
    page.open()
    page.until("done")
    of = {"kind": "communities", "state": "trust", "row": None}
    page.ask("why", id=1, of=of, mission=0, month=20)
    why = page.until("why")[-1]
    assert (why["id"], why["of"], why["mission"], why["month"]) == (1, of, 0, 20)
    for wrong in ({"of": {**of, "state": "trusst"}}, {"of": []}, {"month": MONTHS}, {"mission": "0"}):
        page.ask("why", **{"id": 1, "of": of, "mission": 0, "month": 20, **wrong})
        refusal = page.until("refusal")[-1]
        assert refusal["id"] == 1 and refusal["key"] == "" and refusal["text"]


def test_another_run_ends_the_one_before(page):
    for run in range(1, 9):
        page.open(with_lever("funding.pooled", run / 100), run)
    told = page.until("done")
    while told[-1]["id"] != 8:
        told += page.until("done")
    opened = next(place for place, each in enumerate(told) if each["id"] == 8)
    assert {each["id"] for each in told[opened:]} == {8}


def test_a_run_can_be_closed(page):
    page.open()
    page.ask("close", id=1)
    page.ask("why", id=1, of={}, mission=0, month=1)
    assert page.until("refusal")[-1]["key"] == "refusal.closed"


def test_a_class_follows_one_run_that_is_computed_once_while_others_go_their_own_way(server, monkeypatch):
    begun = []

    class Counted(Recording):
        def __init__(self, plan, start, memories):
            begun.append(plan.digest)
            super().__init__(plan, start, memories)

    monkeypatch.setattr(stories, "Recording", Counted)
    together = with_lever("funding.pooled", 0.2)
    plans = [together] * 30 + [with_lever("funding.predictable", each / 9) for each in range(1, 9)]
    with ExitStack() as stack:
        pages = [stack.enter_context(Page(server)) for _ in plans]
        for each, plan in zip(pages, plans, strict=True):
            each.open(plan)
        told = [each.until("done") for each in pages]
    assert all(len(lines(each, "trust")) == MONTHS for each in told)
    assert all(each == told[0] for each in told[:30])
    assert len({tuple(lines(each, "trust")) for each in told}) > 5
    assert sorted(begun) == sorted({Plan.from_json(plan).digest for plan in plans})


def test_months_are_made_as_they_are_read():
    made = []

    def messages():
        for month in range(100):
            made.append(month)
            yield {"month": month}

    async def read(places):
        telling = stories.Telling(messages(), anyio.CapacityLimiter(1))
        return [await telling.text(place) for place in places]

    assert anyio.run(read, [0, 1, 1]) == ['{"month":0}', '{"month":1}', '{"month":1}']
    assert made == [0, 1]


def test_other_worlds_come_from_another_process_and_leave_with_the_server(monkeypatch):
    monkeypatch.setattr(stories, "Bands", partial(Bands, worlds=3))
    with running() as server, Page(server) as page:
        page.open()
        band = page.until("band")[-1]
    assert (band["id"], band["worlds"]) == (1, 3)
    assert len(band["missions"][0]["lines"]["trust"]["middle"]) == MONTHS


# -- what cannot be done -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"plan": with_lever("funding.poold", 0.3)}, "did you mean 'funding.pooled'?"),
        ({"plan": with_lever("funding.pooled", 1.3)}, "from 0 to 1, not 1.3"),
        ({"plan": {**PLAN, "scenario": "weak_stat"}}, "did you mean 'weak_state'?"),
        ({"plan": decided(month=99)}, "month"),
        ({"plan": []}, "plan"),
        ({"from": MONTHS + 1}, "from takes a whole number"),
        ({"id": "1"}, "id takes a whole number"),
        ({"ask": "opn"}, "did you mean 'open'?"),
        ({"ask": ["open"]}, "asks: open"),
        ({"form": 0}, "did you mean 'from'?"),
    ],
)
def test_bad_asks_are_refused_in_one_line_and_the_page_goes_on(page, asked, said):
    page.socket.send(json.dumps({"ask": "open", "id": 1, "plan": PLAN, "from": 0, **asked}))
    refusal = page.hear()
    assert refusal["tell"] == "refusal" and said in refusal["text"] and "\n" not in refusal["text"]
    page.open()
    assert page.hear()["tell"] == "opening"


@pytest.mark.parametrize(
    "message",
    ["{", "[1]", "null", '{"ask": NaN}', b"\x00\x01", "[" * 100_000, " " * (LONGEST_ASKED + 1)],
    ids=["torn", "list", "null", "NaN", "bytes", "nested", "long"],
)
def test_what_is_no_message_is_refused_and_the_page_goes_on(page, message):
    page.socket.send(message)
    assert page.hear()["tell"] == "refusal"
    page.open()
    assert page.hear()["tell"] == "opening"


def test_who_sends_far_too_much_is_cut_off_alone(server, page):
    with Page(server) as other, pytest.raises(ConnectionClosed):
        other.socket.send("x" * (service.LARGEST_MESSAGE + 1))
        other.hear()
    page.open()
    assert page.hear()["tell"] == "opening"


def test_a_fault_of_the_program_is_told_and_ends_nothing_else(page, monkeypatch, caplog):
    def faulty(self, months):
        raise ZeroDivisionError("a bug")

    plan = with_lever("funding.pooled", 0.11)
    with monkeypatch.context() as patch, caplog.at_level(logging.CRITICAL, logger="mipo_sim.live.talk"):
        patch.setattr(Recording, "live", faulty)
        page.open(plan)
        refusal = page.until("refusal")[-1]
    assert refusal["key"] == "refusal.fault" and "ZeroDivisionError: a bug" in refusal["text"]
    page.open(plan, run=2)
    assert len(lines(page.until("done"), "trust")) == MONTHS


# -- the file of a run ---------------------------------------------------------------------------------


def post_file(server, **changed):
    told = [{"tell": "refusal", "text": "</script><script>alert(1)"}]
    given = {"plan": PLAN, "told": told, "record": {"notes": "é"}, "language": "en", "month": 3, **changed}
    return fetch(server, "file", json.dumps(given).encode(), Origin=server.address.rstrip("/"))


def test_a_recorded_run_is_one_file(server):
    status, headers, text = post_file(server)
    assert status == 200 and "attachment" in headers["Content-Disposition"]
    content = content_in(text)
    assert (content["role"], content["recorded"]["month"]) == ("file", 3)
    assert content["recorded"]["record"] == {"notes": "é"} and "<script>alert" not in text


@pytest.mark.parametrize(
    "changed",
    [
        {"plan": {}},
        {"told": "x"},
        {"month": MONTHS + 1},
        {"language": "xx"},
        {"more": 1},
        {"record": float("inf")},
    ],
)
def test_a_file_of_something_else_is_refused(server, changed):
    status, _, text = post_file(server, **changed)
    assert status == 400 and text and "\n" not in text


def test_a_file_has_a_largest_size(server, monkeypatch):
    monkeypatch.setattr(service, "LARGEST_FILE", 100)
    assert post_file(server)[0] == 413


# -- beginning and end ---------------------------------------------------------------------------------


def test_a_server_that_ends_tells_its_pages_and_leaves_nothing_running():
    with running() as server, Page(server) as page:
        port = port_of(server)
        page.open({**PLAN, "months": 240})
        page.hear()
        server.stop()
        with pytest.raises(ConnectionClosed):
            while True:
                page.hear()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port))


def test_a_port_that_is_taken_is_refused_with_what_to_do(server, mipo):
    code, _, error = mipo("live", "--port", str(port_of(server)), "--no-browser")
    assert code == 2 and error.count("\n") == 1
    assert f"http://127.0.0.1:{port_of(server)}/" in error and "another port" in error


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--language", "xx"], "--language takes one of en"),
        (["--port", "70000"], "--port"),
        (["lesson=nothing_like_it"], "no lesson named"),
        (["--colour"], "--colour"),
    ],
)
def test_bad_words_are_refused_in_one_line(mipo, words, said):
    code, _, error = mipo("live", *words)
    assert code == 2 and said in error and error.count("\n") == 1


@pytest.mark.parametrize("share", [False, True])
def test_the_command_says_where_to_look_until_interrupted(mipo, monkeypatch, share):
    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(LiveServer, "run", interrupted)
    monkeypatch.setattr(service, "addresses", lambda port: ["http://192.0.2.9:1/"])
    code, said, error = mipo("live", "--port", "0", "--no-browser", *(["--share"] if share else []))
    assert (code, error) == (0, "") and "http://127.0.0.1:" in said and "ended" in said
    assert ("192.0.2.9" in said and "code" in said) == share
