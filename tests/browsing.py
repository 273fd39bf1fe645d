"""What tests of pages share: a real browser, and a guard that no request leaves and no page complains."""

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, WebSocket

from benchmarks.chromium import MISSING, chromium, found

if not found():
    pytest.skip(f"the page was not tried: {MISSING}", allow_module_level=True)

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
STRANGER = socket.gethostname()  # the name that others on the network call this machine by
HERE = re.compile(rf"(file:|data:|blob:|(http|ws)://(127\.0\.0\.1|{re.escape(STRANGER)}):)", re.IGNORECASE)
# What a part of the page is called for those who hear it.
NAME = """one => one.getAttribute('aria-label')
  ?? document.getElementById(one.getAttribute('aria-labelledby'))?.innerText
  ?? one.labels?.[0]?.innerText ?? one.innerText"""
# What has the focus, and whether that can be seen.
FOCUS = f"""() => {{
  const one = document.activeElement;
  const seen = one.matches(":focus-visible") && one.checkVisibility();
  return [String(({NAME})(one) ?? "").replace(/\\s+/g, " ").trim(), seen];
}}"""

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(f"--host-resolver-rules=MAP {STRANGER} 127.0.0.1") as browser:
        yield browser


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What pages must not do; a test may take out what it brought about itself."""
    faults: list[str] = []
    yield faults
    assert faults == []


@pytest.fixture
def opened(browser: Browser, faults: list[str]) -> Iterator[Open]:
    """Open a page in a browser of its own, or beside another page in the same one."""
    contexts: list[BrowserContext] = []

    def open_page(address: str, width: int = 1100, beside: Page | None = None, **more: Any) -> Page:
        if beside is None:
            contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **more))
            guard(contexts[-1], faults)
        page = (beside.context if beside else contexts[-1]).new_page()
        page.goto(address)
        page.wait_for_selector("h1")
        return page

    yield open_page
    for context in contexts:
        context.close()


def guard(context: BrowserContext, faults: list[str]) -> None:
    """Note every request that would leave the machine, and all that a page complains of."""
    context.set_default_timeout(20_000)  # machines may be busy with other things

    def routed(route: Route) -> None:
        faults.append(f"asked for {route.request.url}")
        route.abort()

    def connected(socket: WebSocket) -> None:
        if not HERE.match(socket.url):
            faults.append(f"asked for {socket.url}")

    context.route(lambda address: not HERE.match(address), routed)
    context.on("page", lambda page: page.on("websocket", connected))
    context.on("console", lambda message: faults.append(f"console: {message.text}"))
    context.on("weberror", lambda error: faults.append(f"error: {error.error}"))
    context.on("dialog", lambda dialog: (faults.append("a dialog"), dialog.dismiss()))


def axe(page: Page) -> list[str]:
    """Violations of the rules of accessibility that can be checked by a program."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found["violations"]]
