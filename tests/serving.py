"""What tests of the trainers' page share: a server in a thread, and a browser's side of its connection."""

import json
import multiprocessing
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import Future
from contextlib import contextmanager
from copy import deepcopy

import pytest
from websockets.sync.client import connect

from mipo_sim.live import stories
from mipo_sim.live.server import LiveServer

MONTHS = 24
PLAN = {
    "scenario": "fragile_ceasefire",
    "seed": 7,
    "world": 0,
    "months": MONTHS,
    "missions": [
        {"name": "one plan", "choices": {"integration": "full"}, "levers": {}, "decisions": []},
        {"name": "apart", "choices": {"integration": "coexistence"}, "levers": {}, "decisions": []},
    ],
    "lesson": "",
}
STRANGER = socket.gethostname()  # whoever calls this machine by its name may sit elsewhere


class NoBands:
    """Other worlds that never come, for what is not about them."""

    def __init__(self):
        self._wanted = []

    def of(self, plan):
        self._wanted.append(Future())
        return self._wanted[-1]

    def close(self):
        for future in self._wanted:
            future.cancel()


class Page:
    """A page's side of a connection."""

    def __init__(self, server, host="127.0.0.1", origin=True, cookie=""):
        address = f"{host}:{port_of(server)}"
        self._connection = connect(
            f"ws://{address}/live",
            sock=socket.create_connection(("127.0.0.1", port_of(server))),
            origin=f"http://{address}" if origin is True else origin,
            additional_headers={"Cookie": cookie} if cookie else {},
            max_size=None,
            proxy=None,
        )
        self.socket = self._connection.__enter__()

    def ask(self, kind, **more):
        self.socket.send(json.dumps({"ask": kind, **more}))

    def open(self, plan=PLAN, run=1, start=0):
        self.ask("open", id=run, plan=plan, **{"from": start})

    def hear(self):
        return json.loads(self.socket.recv(timeout=30))

    def until(self, kind):
        """All that is told up to the first message of a kind."""
        told = [self.hear()]
        while told[-1]["tell"] != kind:
            told.append(self.hear())
        return told

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self._connection.__exit__(*fault)


def port_of(server):
    return urllib.parse.urlsplit(server.address).port


@contextmanager
def running(port=0, **settings):
    """A server in a thread; afterwards nothing of it is left."""
    before, processes = set(threading.enumerate()), set(multiprocessing.active_children())
    with LiveServer(port, **settings) as server:
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield server
        finally:
            server.stop()
            thread.join(timeout=30)
    for left in set(threading.enumerate()) - before:
        left.join(timeout=30)
        assert not left.is_alive(), left
    assert set(multiprocessing.active_children()) <= processes


@pytest.fixture(scope="module")
def without_bands():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stories, "Bands", NoBands)
        yield


@pytest.fixture(scope="module")
def server(without_bands):
    with running() as server:
        yield server


def fetch(server, path, body=None, host=None, **headers):
    """Ask for a path: status, headers and text."""
    asked = urllib.request.Request(server.address + path, data=body)
    host = f"{host or '127.0.0.1'}:{port_of(server)}"
    for name, value in {"Host": host, **headers}.items():
        asked.add_unredirected_header(name, value)
    try:
        with urllib.request.build_opener(Stay).open(asked) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, refusal.read().decode()


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def content_in(page):
    text = page.partition('<script type="application/json" id="content">')[2].partition("</script>")[0]
    return json.loads(text)


def decided(plan=PLAN, mission=0, **decision):
    changed = deepcopy(plan)
    changed["missions"][mission]["decisions"].append({"choices": {}, "levers": {}, **decision})
    return changed


def with_lever(name, value):
    changed = deepcopy(PLAN)
    changed["missions"][0]["levers"] = {name: value}
    return changed


def lines(told, name, mission=0):
    months = [each for each in told if each["tell"] == "months"]
    return [value for each in months for value in each["missions"][mission]["lines"][name]]
