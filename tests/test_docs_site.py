"""The docs site builds without a warning, leads everywhere, and asks nothing of a network."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

CHECKOUT = Path(__file__).parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
BUILD = ["-q", "-W", "--keep-going", "-b", "html", "-c", "docs/site", "."]  # as in the Makefile
FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "object": "data"}


class Page(HTMLParser):
    """What one built page fetches, links, and can be linked at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if (name := FETCHED.get(tag)) in said:
            self.fetched.append(said[name])
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        self.places |= {said[name] for name in ("id", "name") if name in said}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    words = [
        "-m",
        "sphinx",
        "-q",
        "-E",
        "-W",
        "--keep-going",
        "-b",
        "html",
        "-c",
        "docs/site",
        ".",
        str(folder),
    ]
    built = subprocess.run([sys.executable, *words], cwd=CHECKOUT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Page]:
    return {file: Page(file.read_text(encoding="utf-8")) for file in site.rglob("*.html")}


def outside(address: str) -> bool:
    return bool(urlsplit(address).netloc)


@pytest.mark.slow
def test_every_page_of_the_checkout_is_on_the_site(site):
    sources = [
        *(CHECKOUT / name for name in PAGES),
        *(page for page in (CHECKOUT / "docs").rglob("*.md")),
        *(CHECKOUT / "experiments").glob("*/README.md"),
    ]
    missing = [
        str(source.relative_to(CHECKOUT))
        for source in sources
        if not (site / source.relative_to(CHECKOUT).with_suffix(".html")).exists()
    ]
    assert not missing


@pytest.mark.slow
def test_nothing_is_asked_of_a_network(site, pages):
    asked = {str(file.relative_to(site)): list(filter(outside, page.fetched)) for file, page in pages.items()}
    assert not {file: addresses for file, addresses in asked.items() if addresses}
    styles = {
        file: re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", file.read_text())
        for file in site.rglob("*.css")
    }
    assert styles and not any(styles.values())


@pytest.mark.slow
def test_links_on_the_site_lead_somewhere(site, pages):
    broken = {
        (str(file.relative_to(site)), link)
        for file, page in pages.items()
        for link in {*page.links, *page.fetched}
        if not outside(link) and not link.startswith(("mailto:", "data:")) and not leads(file, link, pages)
    }
    assert not broken


def leads(file: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    there = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    place = unquote(parts.fragment)
    return there.exists() and (not place or there not in pages or place in pages[there].places)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("room", "name"),
    [
        ("sweeps", "mipo_sim.sweeps.mission.run"),
        ("sweeps", "mipo_sim.sweeps.Results.differences"),
        ("model", "mipo_sim.model.MissionModel"),
        ("analysis", "mipo_sim.analysis.paired_differences"),
        ("figures", "mipo_sim.figures.survival_curves"),
        ("actors", "mipo_sim.actors.Community.judge"),
    ],
)
def test_reference_has_what_a_script_builds_on(site, pages, room, name):
    places = pages[site / "docs" / "site" / "api" / f"{room}.html"].places
    assert name in places


def test_make_docs_builds_the_same():
    assert f"-m sphinx {' '.join(BUILD)} build/docs\n" in (CHECKOUT / "Makefile").read_text(encoding="utf-8")
