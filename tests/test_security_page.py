"""A page of results that a stranger made, in a real browser: it shows their words and obeys none."""

import json

import pytest
import yaml
from browsing import browser, faults, opened  # noqa: F401 - fixtures

import mipo_sim
from mipo_sim.report import write_report

EVIL = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>{@html 1}"


@pytest.fixture
def hostile(tmp_path):
    """A run whose title, story, map, versions and forms are written by somebody who means harm."""
    folder = mipo_sim.run(worlds=4, months=12, compare=False).save(tmp_path / "run", picture=False)
    config = yaml.safe_load((folder / "config.yaml").read_text("utf-8"))
    config |= {"title": EVIL, "story": f"Stylised {EVIL}", "map": EVIL, "scenario": EVIL}
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest |= {"python": EVIL, "commit": EVIL, "seed": EVIL, "config": EVIL, "mipo_sim": EVIL}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return write_report(folder)


def test_words_of_strangers_are_shown_and_not_obeyed(hostile, opened):  # noqa: F811
    page = opened(hostile.as_uri())
    assert page.title() != "pwned"
    assert EVIL in page.locator("body").inner_text()
    assert page.locator("img[src=x]").count() == 0
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert page.title() != "pwned" and page.locator("img[src=x]").count() == 0
