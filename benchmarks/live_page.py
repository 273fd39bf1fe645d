"""How quick the trainers' page is, in the machine's Chromium, served by a program of its own.

Every time is taken by the page's own clock, from what somebody does to the frame that shows it.
"""

import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median

from playwright.sync_api import Browser, Page, expect

from benchmarks.chromium import MISSING, chromium, found
from mipo_sim.live.page import link_to
from mipo_sim.live.plan import Mission, Plan

MONTHS = 144
OPENINGS = 5  # of the page; the middle one counts
TRIES = 9  # of a lever and of Pause; the middle one counts, the slowest is told too
LOOKED = 3000  # milliseconds in which a class looks at what came of a lever before it moves the next
SLOWER = 4  # times, as on an old laptop
SEEDS = count(1)  # a run of its own for every measurement, so that nothing is known before

PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") done(startTime);
}).observe({ type: "paint", buffered: true }))"""

# Counts frames and follows the month shown until the run has come to its end, or some seconds have gone by.
WATCHED = """(most) => new Promise((done) => {
  const slider = document.querySelector("input[type=range]");
  const [begun, shown] = [performance.now(), []];
  let frames = 0;
  const look = (now) => {
    frames += 1;
    if (!shown.length || shown.at(-1).month !== slider.value) shown.push({ month: slider.value, now });
    if (now - begun < most) return requestAnimationFrame(look);
    const [first, last] = [shown[1] ?? shown[0], shown.at(-1)];
    const months = (1000 * (last.month - first.month)) / (last.now - first.now);
    done({ frames: (1000 * frames) / (now - begun), months });
  };
  requestAnimationFrame(look);
})"""

# Takes another option for the levers that are open and goes one month on, until that month is seen.
DECIDED = """() => new Promise((done) => {
  const slider = document.querySelector("input[type=range]");
  const select = document.querySelector("section.levers fieldset select");
  const [begun, month] = [performance.now(), slider.value];
  select.selectedIndex = (select.selectedIndex + 1) % 4;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  const look = () => (slider.value === month ? requestAnimationFrame(look) : done(performance.now() - begun));
  requestAnimationFrame(look);
})"""

# From the key, as the system took it, to the frame after the page stands still.
PAUSED = """() => new Promise((done) => addEventListener("keydown", ({ timeStamp }) => {
  const play = document.querySelector("button.play").innerText;
  const look = () => document.querySelector("button.play").innerText === play
    ? requestAnimationFrame(look) : done(performance.now() - timeStamp);
  requestAnimationFrame(look);
}, { once: true, capture: true }))"""


def measure() -> dict[str, object]:
    """Measure all of it; nothing where there is no Chromium."""
    if not found():
        print(f"\nThe trainers' page was not timed: {MISSING}")
        return {}
    with served() as address, chromium() as browser:
        print(
            f"\nThe trainers' page in Chromium {browser.version}, runs of {MONTHS} months",
            flush=True,
        )
        with urllib.request.urlopen(address) as answer:
            size = len(answer.read()) / 1000
        paints = [painted(browser, address) for _ in range(OPENINGS)]
        levers, pauses = decided(browser, address), paused(browser, address)
        fast, slow = played(browser, address, 1), played(browser, address, SLOWER)
    for words, times in (
        ("first paint", paints),
        ("a lever moved, its first month seen", levers),
        ("Pause", pauses),
    ):
        print(f"  {words:36} {median(times):6.0f} ms, at most {max(times):.0f}")
    for words, pace in (("20 months a second", fast), (f"with the processor {SLOWER} times slower", slow)):
        print(f"  {words:36} {pace['frames']:6.1f} frames and {pace['months']:.1f} months a second")
    return {
        "page_kb": size,
        "page_paint_ms": median(paints),
        "page_lever_ms": median(levers),
        "page_pause_ms": median(pauses),
        "page_months": fast["months"],
        "page_frames": fast["frames"],
        "page_slow_months": slow["months"],
        "page_slow_frames": slow["frames"],
    }


@contextmanager
def served() -> Iterator[str]:
    """Serve the page as a trainer does, in a process of its own; gives its address."""
    command = [sys.executable, "-m", "mipo_sim", "live", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            line = program.stdout.readline() if program.stdout else ""
            yield re.findall(r"http://\S+", line)[0]
        finally:
            program.terminate()


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address)
    yield page
    page.close()


def painted(browser: Browser, address: str) -> float:
    """Milliseconds until something of the page is seen."""
    with opened(browser, address) as page:
        return float(page.evaluate(PAINTED))


@contextmanager
def begun(browser: Browser, address: str, month: int = 0) -> Iterator[Page]:
    """Open a run of its own in a month."""
    missions = (Mission(name="one"), Mission(name="other", choices={"integration": "coexistence"}))
    plan = Plan("fragile_ceasefire", seed=next(SEEDS), world=0, months=MONTHS, missions=missions, lesson="")
    with opened(browser, f"{address}{link_to(plan, month)}") as page:
        expect(page.locator("input[type=range]")).to_have_value(str(month))
        yield page


def decided(browser: Browser, address: str) -> list[float]:
    """Milliseconds from a lever to the first month that was lived with it, in months one after another."""
    with begun(browser, address, MONTHS // 2) as page:
        page.locator("section.levers .groups button").first.click()
        times = []
        for _ in range(TRIES):
            page.wait_for_timeout(LOOKED)
            times.append(float(page.evaluate(DECIDED)))
        return times


def paused(browser: Browser, address: str) -> list[float]:
    """Milliseconds from the key to a page that stands still, at twenty months a second."""
    times = []
    with begun(browser, address) as page:
        page.keyboard.press("5")
        for _ in range(TRIES):
            page.keyboard.press("Space")
            page.wait_for_timeout(300)
            times.append(_while(page, PAUSED, lambda: page.keyboard.press("Space")))
    return times


def _while(page: Page, watched: str, done: Callable[[], None]) -> float:
    """Do something while the page watches; gives what it saw."""
    page.evaluate(f"window.seen = ({watched})(); 0")  # and does not wait for it
    done()
    return float(page.evaluate("window.seen"))


def played(browser: Browser, address: str, slower: int) -> dict[str, float]:
    """Frames and months a second of a run that has just begun, while all else of it is still computed."""
    with begun(browser, address) as page:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.keyboard.press("5")
        page.keyboard.press("Space")
        pace: dict[str, float] = page.evaluate(WATCHED, 4000)
        return pace
