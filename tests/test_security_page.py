"""A page of results that a stranger made, in a real browser: it shows their words and obeys none."""

import csv
import io
import json
from pathlib import Path

import pytest
import yaml
from browsing import browser, faults, opened  # noqa: F401 - fixtures
from pages import forms_by_situation, sweep_of

import mipo_sim
from mipo_sim.report import content_of, open_source, write_report
from mipo_sim.report.page import page_of

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


def test_a_table_that_is_downloaded_runs_nothing_in_a_spreadsheet(tmp_path, opened):  # noqa: F811
    content = content_of(open_source(sweep_of(tmp_path / "sweep", forms_by_situation(1), 4)))
    rows = content["planes"][0]["rows"]
    content["about"] |= {"name": "../=a<b>", "version": "=1+1", "config": "@SUM(1)", "seed": "-x"}
    for labels, written in (
        (["=1+1", " @SUM(1)", "a\r=1"], ["'=1+1", "' @SUM(1)", "a\n=1"]),
        (["-0.5", "+2e-3", '-x,"y"'], ["-0.5", "+2e-3", '\'-x,"y"']),
        (["\t1", "\uff1d1", "a=1"], ["'\t1", "'\uff1d1", "a=1"]),
    ):
        rows["labels"] = labels
        (tmp_path / "page.html").write_text(page_of(content), encoding="utf-8")
        page = opened((tmp_path / "page.html").as_uri())
        with page.expect_download() as download:
            page.locator("#heatmap").get_by_role("button", name="Download CSV").click()
        text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
        _, *lines = csv.reader(io.StringIO(text, newline=""))
        assert download.value.suggested_filename == "_a_b_-relapse_5_years-heatmap.csv"
        assert [line[0] for line in lines] == written
        assert [line[-3:] for line in lines] == [["'=1+1", "'@SUM(1)", "'-x"]] * len(lines)
        assert all(float(line[2]) >= 0 for line in lines)
