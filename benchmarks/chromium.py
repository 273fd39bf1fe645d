"""The machine's own Chromium, driven without a screen: for timings, tests, and pictures of the pages."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# What a browser does by itself must not reach for the network; small machines have little shared memory.
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)
MISSING = "no Chromium on the PATH or in MIPO_CHROMIUM"


def found() -> str | None:
    """Give the path of Chromium: what `MIPO_CHROMIUM` says, or what is on the PATH."""
    return os.environ.get("MIPO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """Start it, with more arguments if there are any, and end it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=[*ARGUMENTS, *more])
        yield browser
        browser.close()
