"""Who may come in to the trainers' page: this machine leads, those with the code follow, nobody else."""

import json
import urllib.parse

import pytest
from serving import (
    MONTHS,
    PLAN,
    STRANGER,
    Page,
    content_in,
    fetch,
    lines,
    port_of,
    running,
    server,
    with_lever,
    without_bands,
)
from websockets.exceptions import InvalidStatus

from mipo_sim.live.access import COOKIE, MOST_OF_ALL, MOST_TRIES, PAUSE, Access
from mipo_sim.live.words import LANGUAGES

__all__ = ["server", "without_bands"]


@pytest.fixture(scope="module")
def shared(without_bands):
    with running(share=True) as server:
        yield server


@pytest.mark.parametrize("host", ["evil.example", STRANGER, "192.0.2.1"])
def test_a_server_that_is_not_shared_answers_to_this_machine_alone(server, host):
    assert fetch(server, "", host=host)[0] == 403
    with pytest.raises(InvalidStatus):
        Page(server, host=host)


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1:1"])
def test_pages_of_other_sites_cannot_talk(server, origin):
    with pytest.raises(InvalidStatus):
        Page(server, origin=origin)
    status, _, _ = fetch(server, "file", b"{}", **({"Origin": origin} if origin else {}))
    assert status == 403


def test_nobody_frames_keeps_or_guesses_the_page(server):
    status, headers, text = fetch(server, "")
    assert status == 200 and content_in(text)["role"] == "trainer"
    assert headers["X-Frame-Options"] == "DENY" and headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff" and "Server" not in headers
    assert fetch(server, "../../etc/passwd")[0] == 404


def test_a_page_opens_in_a_language_and_can_turn_to_another(server):
    assert content_in(fetch(server, "?lang=en")[2])["language"] == "en"
    assert content_in(fetch(server, "?lang=xx")[2])["language"] == "en"
    french = json.loads(fetch(server, "words/fr.json")[2])
    assert french["words"]["code.title"] and french["lessons"][0]["title"].keys() == {"fr"}
    assert fetch(server, "words/xx.json")[0] == 404
    for language in LANGUAGES:
        if fetch(server, f"words/{language}.json")[0] == 200:
            assert content_in(fetch(server, f"?lang={language}")[2])["language"] == language


def test_a_lesson_has_an_address(server):
    lessons = content_in(fetch(server, "")[2])["lessons"]
    for lesson in lessons:
        status, headers, _ = fetch(server, f"lesson/{lesson['name']}")
        assert status == 303 and headers["Location"].startswith("/#plan=")
    assert fetch(server, "lesson/none")[1]["Location"] == "/#lesson"


class Follower:
    """Somebody on the local network."""

    def __init__(self, server):
        self.server = server
        self.origin = f"http://{STRANGER}:{port_of(server)}"

    def type(self, code):
        body = urllib.parse.urlencode({"code": code}).encode()
        return fetch(self.server, "code", body, host=STRANGER, Origin=self.origin)

    def enter(self):
        return self.type(self.server.code)[1]["Set-Cookie"].partition(";")[0]


def test_others_need_the_code(shared):
    status, _, text = fetch(shared, "", host=STRANGER)
    assert status == 200 and "<form" in text and 'id="content"' not in text and shared.code not in text
    for path in ("words/en.json", "lesson/none"):
        assert fetch(shared, path, host=STRANGER)[0] == 403
    with pytest.raises(InvalidStatus):
        Page(shared, host=STRANGER)
    with pytest.raises(InvalidStatus):
        Page(shared, host=STRANGER, cookie=f"{COOKIE}=guess")
    assert fetch(shared, "", host="evil.example")[0] == 403


def test_the_trainer_sees_the_code_and_others_do_not(shared):
    assert content_in(fetch(shared, "")[2])["share"]["code"] == shared.code
    cookie = Follower(shared).enter()
    content = content_in(fetch(shared, "", host=STRANGER, Cookie=cookie)[2])
    assert (content["role"], content["share"]) == ("viewer", None)


def test_the_code_may_be_typed_in_any_digits_and_opens_a_cookie_that_scripts_cannot_read(shared):
    arabic = "".join(chr(0x0660 + int(digit)) for digit in shared.code)
    for typed in (shared.code, f"{shared.code[:4]} {shared.code[4:]}", arabic):
        status, headers, _ = Follower(shared).type(typed)
        assert (status, headers["Location"]) == (303, "/?lang=en")
        assert {"HttpOnly", "SameSite=strict"} <= set(headers["Set-Cookie"].split("; "))


def test_viewers_follow_what_is_shown_and_decide_nothing(shared):
    cookie = Follower(shared).enter()
    shown = {"plan": PLAN, "month": 3, "playing": True, "speed": 4, "view": "stage trust"}
    with Page(shared) as trainer, Page(shared, host=STRANGER, cookie=cookie) as viewer:
        viewer.open()
        assert viewer.hear()["key"] == "refusal.follow"
        trainer.ask("show", shown=shown)
        told = viewer.hear()
        assert told["tell"] == "shown" and told["shown"]["month"] == 3
        viewer.open()
        assert len(lines(viewer.until("done"), "trust")) == MONTHS
        viewer.open(with_lever("funding.pooled", 0.5), run=2)
        assert viewer.until("refusal")[-1]["key"] == "refusal.follow"
        viewer.ask("show", shown=shown)
        assert viewer.until("refusal")[-1]["key"] == "refusal.follow"
        trainer.ask("show", shown={**shown, "month": MONTHS + 1})
        assert "month" in trainer.until("refusal")[-1]["text"]
        trainer.ask("show", shown={**shown, "month": 4})
        assert viewer.until("shown")[-1]["shown"]["month"] == 4
        with Page(shared, host=STRANGER, cookie=cookie) as late:
            assert late.hear()["shown"]["month"] == 4
    origin = f"http://{STRANGER}:{port_of(shared)}"
    assert fetch(shared, "file", b"{}", host=STRANGER, Cookie=cookie, Origin=origin)[0] == 403


def test_codes_cannot_be_guessed_at_speed():
    with running(share=True) as server:
        guesser = Follower(server)
        wrong = "0" * 8 if server.code != "0" * 8 else "1" * 8
        assert [guesser.type(wrong)[0] for _ in range(MOST_TRIES + 1)] == [403] * MOST_TRIES + [429]
        assert guesser.type(server.code)[0] == 429
        assert guesser.type(wrong * 1000)[0] == 413


def test_who_waits_may_try_again():
    now = [0.0]
    access = Access(share=True, clock=lambda: now[0])
    for _ in range(MOST_TRIES):
        assert access.may_try("192.0.2.7") and access.token_for("wrong", "192.0.2.7") is None
    assert not access.may_try("192.0.2.7") and access.may_try("192.0.2.8")
    now[0] = PAUSE
    assert access.may_try("192.0.2.7") and access.token_for(access.code, "192.0.2.7")


def test_nor_by_a_machine_that_gives_itself_many_addresses():
    now = [0.0]
    access = Access(share=True, clock=lambda: now[0])
    tried = 0
    for place in range(10 * MOST_OF_ALL):
        if access.may_try(f"198.51.{place // 256}.{place % 256}"):
            access.token_for("wrong", f"198.51.{place // 256}.{place % 256}")
            tried += 1
    assert tried == MOST_OF_ALL
    now[0] = PAUSE
    assert access.may_try("198.51.0.1")


def test_codes_are_made_anew():
    codes = {Access(share=True).code for _ in range(5)}
    assert len(codes) == 5 and all(len(code) == 8 and code.isdigit() for code in codes)
    alone = Access(share=False)
    assert alone.code == "" and alone.token_for("", "192.0.2.7") is None
