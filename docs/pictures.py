"""Take the pictures of the trainers' page and of the report for the README: `python -m docs.pictures`."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from benchmarks.chromium import MISSING, chromium, found
from benchmarks.live_page import served
from docs.gallery import lived
from mipo_sim.live.lessons import all_lessons
from mipo_sim.live.page import link_to
from mipo_sim.live.words import catalogue
from mipo_sim.report import write_report

IMAGES = Path(__file__).parent / "images" / "live"
WIDTH, HEIGHT = 1360, 900
COLOURS = 256  # of a file; more can hardly be seen, and weigh
LESSON, MONTH = "form_follows_function", 44  # between two questions to the class
PATIENCE = 120_000  # milliseconds until the other worlds are computed


def main() -> None:
    """Take all pictures."""
    if not found():
        raise SystemExit(f"no pictures were taken: {MISSING}")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        with served() as address:
            of_live(browser, address)
        with tempfile.TemporaryDirectory() as folder:
            report = write_report(lived("grid", Path(folder)).folder)
            with opened(browser, report.as_uri(), "light") as page:
                keep(page, "report")


def of_live(browser: Browser, address: str) -> None:
    """Take the pictures of the trainers' page, of one lesson in one month."""
    lesson = next(lesson for lesson in all_lessons() if lesson.name == LESSON)
    link = link_to(lesson.plan, MONTH)
    with opened(browser, address, "light") as page:
        keep(page, "setup")
    for name, scheme, language in (
        ("stage-light", "light", "en"),
        ("stage-dark", "dark", "en"),
        ("arabic", "light", "ar"),
    ):
        with opened(browser, f"{address}?lang={language}{link}", scheme) as page:
            when_whole(page, language)
            keep(page, name)
    with opened(browser, f"{address}{link}", "light") as page:
        when_whole(page, "en")
        page.get_by_role("log").get_by_role("button", name=catalogue("en")["log.why"]).first.click()
        expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible(timeout=PATIENCE)
        keep(page, "why")


@contextmanager
def opened(browser: Browser, address: str, scheme: str) -> Iterator[Page]:
    """Open a page in a browser of its own, light or dark."""
    size = {"width": WIDTH, "height": HEIGHT}
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("h1")
    yield page
    context.close()


def when_whole(page: Page, language: str) -> None:
    """Wait until the other worlds stand behind the lines."""
    waiting = catalogue(language)["lines.no_band"].partition("[[")[0]
    expect(page.get_by_role("slider").first).to_have_value(str(MONTH), timeout=PATIENCE)
    expect(page.get_by_text(waiting)).to_be_hidden(timeout=PATIENCE)
    expect(page.locator("svg[role=img] path[fill-opacity]").first).to_be_visible(timeout=PATIENCE)


def keep(page: Page, name: str) -> None:
    """Write what is seen, in few colours; those of thin lines are kept, not mixed with commoner ones."""
    with Image.open(BytesIO(page.screenshot())) as picture:
        whole, method = picture.convert("RGB"), Image.Quantize.MAXCOVERAGE
        few = whole.quantize(COLOURS, method=method, kmeans=1, dither=Image.Dither.NONE)
        few.save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
