"""What somebody on the same network, or a page of another site, may try with the pages that are served."""

import http.client
import json
import socket
import threading

import pytest
from serving import PLAN, STRANGER, Page, fetch, port_of, running, without_bands

from mipo_sim.live import connections
from mipo_sim.report.serve import Dashboard

__all__ = ["without_bands"]


@pytest.fixture(scope="module")
def shared(without_bands):
    with running(share=True) as server:
        yield port_of(server)


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory):
    with Dashboard(tmp_path_factory.mktemp("results"), port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(params=["shared", "dashboard"])
def port(request):
    """Of either server."""
    return request.getfixturevalue(request.param)


def connected(port):
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def said(connection):
    """All that comes until the other side ends, in whatever way it does."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionError:
        pass
    return b"".join(parts).decode(errors="replace")


def answer(port, head):
    with connected(port) as connection:
        connection.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode())
        return said(connection)


def status(port, head):
    return int(answer(port, head).split(" ", 2)[1])


# -- other sites ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",  # a name that was made to point here
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "127.0.0.1:80@evil.example",
        "127.0.0.1:80/?",
        "",
    ],
)
def test_other_names_are_refused(port, host):
    assert status(port, f"GET / HTTP/1.1\r\nHost: {host}") == 403


def test_a_request_without_a_name_or_with_two_is_refused(shared):
    assert status(shared, "GET / HTTP/1.0") == 403
    assert status(shared, f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{shared}\r\nHost: evil.example") == 400


def test_a_name_does_not_hide_the_path_that_is_asked_for(shared):
    """CVE-2026-48710: the gate looks at the path itself."""
    for host in (f"{STRANGER}/?", f"{STRANGER}:{shared}/?", f"{STRANGER}:{shared}"):
        assert status(shared, f"GET /words/en.json HTTP/1.1\r\nHost: {host}") == 403
    forwarded = "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: 127.0.0.1"
    assert status(shared, f"GET /words/en.json HTTP/1.1\r\nHost: {STRANGER}:{shared}\r\n{forwarded}") == 403


@pytest.mark.parametrize(
    "path",
    ["/..%2f..%2fetc%2fpasswd", "/../../etc/passwd", "/words/..%2f..%2fx.json", "/results/..%2f..", "//x"],
)
def test_paths_lead_nowhere_else(port, path):
    assert status(port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}") == 404


def test_other_sites_neither_frame_nor_load_a_page_and_nobody_learns_what_serves_it(port):
    head = answer(port, f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}").partition("\r\n\r\n")[0].lower()
    for line in (
        "content-security-policy: frame-ancestors 'none'",
        "x-frame-options: deny",
        "x-content-type-options: nosniff",
        "cross-origin-resource-policy: same-origin",
        "cache-control: no-store",
    ):
        assert f"\r\n{line}" in head
    assert "python" not in head and "uvicorn" not in head and "access-control" not in head


def test_what_is_no_text_in_a_recorded_run_is_refused_and_no_fault(without_bands, caplog):
    given = {"plan": PLAN, "told": [], "record": {"notes": "\ud800"}, "language": "en", "month": 3}
    with running() as server:
        origin = server.address.rstrip("/")
        code, _, text = fetch(server, "file", json.dumps(given).encode(), Origin=origin)
    assert code == 400 and "no text" in text and not caplog.records


# -- who would keep others out -------------------------------------------------------------------------


@pytest.mark.parametrize("word", [b"", b"GET / HTTP/1.1\r\nX: "])
def test_connections_that_ask_for_nothing_end_and_those_that_talk_stay(without_bands, monkeypatch, word):
    monkeypatch.setattr(connections, "SILENCE", 0.2)
    with running() as server, Page(server) as page:
        silent = [connected(port_of(server)) for _ in range(5)]
        for one in silent:
            one.sendall(word)
        assert [said(one) for one in silent] == [""] * 5
        page.open()
        assert page.hear()["tell"] == "opening"
        for one in silent:
            one.close()


def test_one_address_cannot_take_all_connections(without_bands, monkeypatch):
    monkeypatch.setattr(connections, "MOST_OF_ONE", 3)
    with running() as server, Page(server) as page:
        first, second = (connected(port_of(server)) for _ in range(2))
        with connected(port_of(server)) as one_too_many:
            assert said(one_too_many) == ""
        page.open()
        assert page.hear()["tell"] == "opening"
        first.close()
        second.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port_of(server)}\r\n\r\n".encode())
        assert second.recv(12) == b"HTTP/1.1 200"  # after the server has seen the other leave
        second.close()
        assert fetch(server, "")[0] == 200


def test_a_silent_connection_to_the_dashboard_ends(dashboard, monkeypatch):
    monkeypatch.setattr("mipo_sim.report.serve._Handler.timeout", 0.2)
    with connected(dashboard) as silent:
        assert said(silent) == ""
    asked = http.client.HTTPConnection("127.0.0.1", dashboard)
    asked.request("GET", "/")
    assert asked.getresponse().status == 200
    asked.close()
