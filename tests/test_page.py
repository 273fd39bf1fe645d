"""The page in a real browser: numbers, filters, keyboard, screen readers, no network, clear words."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from browsing import Open, axe, browser, faults, opened
from pages import FORMS, MONTHS, SITUATIONS, always, changed, failing, forms_by_situation, never, sweep_of
from playwright.sync_api import Locator, Page

from mipo_sim.analysis import (
    best_by_situation,
    means,
    odds,
    overhead_by_cause,
    paired_differences,
    robustness,
    survival,
    trade_off_front,
)
from mipo_sim.report import content_of, open_source, page_of, write_report
from mipo_sim.report.serve import Dashboard
from mipo_sim.sweeps.designs import make_design
from mipo_sim.sweeps.sweep_results import SweepResults

__all__ = ["browser", "faults", "opened"]

TITLES = {"weak_state": "Weak state", "post_crisis": "Post-crisis"}


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sweep_of(tmp_path_factory.mktemp("page") / "grid", forms_by_situation(), 60)


@pytest.fixture(scope="module")
def address(grid: Path) -> str:
    return write_report(grid).as_uri()


@pytest.fixture(scope="module")
def worlds(grid: Path) -> pd.DataFrame:
    return SweepResults(grid).outcomes.assign(form=lambda rows: rows["integration"])


def table_of(page: Page, figure: str) -> pd.DataFrame:
    """The table behind a figure, opened as a reader would."""
    section = page.locator(f"#{figure}")
    if not section.locator("table.values").count():
        section.locator("details summary").first.click()
    lines = section.locator("table.values").evaluate(
        "table => [...table.rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return pd.DataFrame([[read(text) for text in line] for line in lines[1:]], columns=lines[0])


def read(text: str) -> Any:
    plain = text.replace(",", "").replace("−", "-")
    try:
        return float("nan") if plain == "–" else float(plain)
    except ValueError:
        return text


def choose(page: Page, select: str, label: str) -> None:
    page.locator(f"#{select}").select_option(label=label)


def tick(page: Page, level: str) -> Locator:
    return page.get_by_role("checkbox", name=level, exact=True)


def downloaded(page: Page, figure: str) -> tuple[str, Path]:
    """Name and place of the table that a figure hands out."""
    with page.expect_download() as download:
        page.locator(f"#{figure}").get_by_role("button", name="Download CSV").click()
    return download.value.suggested_filename, Path(download.value.path())


def kept(page: str, folder: Path) -> str:
    """Address of a page that was made by hand."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    return (folder / "page.html").as_uri()


def of_situation(worlds: pd.DataFrame, situation: str) -> pd.DataFrame:
    return worlds[worlds["scenario"] == situation]


@pytest.mark.parametrize(
    ("label", "name"), [("Relapse within 5 years", "relapse_5_years"), ("Need met", "need_met")]
)
def test_the_table_has_the_numbers_of_the_parquet(
    opened: Open, address: str, worlds: pd.DataFrame, label: str, name: str
) -> None:
    page = opened(address)
    choose(page, "outcome", label)
    found = table_of(page, "heatmap")
    for place, situation in enumerate(SITUATIONS):
        mine = of_situation(worlds, situation)
        table = (
            odds(mine, [name]).rename(columns={"share": "mean"})
            if name.startswith("relapse")
            else means(mine, [name])
        )
        shown = found.iloc[place * len(FORMS) : (place + 1) * len(FORMS)]
        assert shown.iloc[:, 0].tolist() == FORMS
        for column, expected in zip((2, 3, 4, 5), ("mean", "low", "high", "worlds"), strict=True):
            assert shown.iloc[:, column].tolist() == pytest.approx(
                table[expected].tolist(), rel=1e-3, abs=1e-4
            )


@pytest.mark.parametrize(
    ("label", "name"), [("Relapse within 5 years", "relapse_5_years"), ("Need met", "need_met")]
)
def test_differences_are_those_of_the_analysis(
    opened: Open, address: str, worlds: pd.DataFrame, label: str, name: str
) -> None:
    page = opened(address)
    choose(page, "outcome", label)
    choose(page, "situation", TITLES["post_crisis"])
    choose(page, "reference", "full")
    found = table_of(page, "differences")
    mine = of_situation(worlds, "post_crisis")
    expected = pd.concat(
        [paired_differences(mine, form, "full", [name]) for form in ("coexistence", "coordination")]
    )
    assert found.iloc[:, 0].tolist() == expected["form"].tolist()
    for column, head in zip((3, 4, 5, 6), ("difference", "low", "high", "pairs"), strict=True):
        assert found.iloc[:, column].tolist() == pytest.approx(expected[head].tolist(), rel=1e-3, abs=1e-4)
    assert (found.iloc[:, 7] != "not clear").tolist() == expected["clear"].tolist()


def test_the_survival_curve_is_that_of_the_analysis(opened: Open, address: str, worlds: pd.DataFrame) -> None:
    page = opened(address)
    choose(page, "situation", TITLES["post_crisis"])
    found = table_of(page, "survival")
    expected = survival(of_situation(worlds, "post_crisis"), MONTHS)
    expected = expected[expected["at_risk"] > 0].reset_index(drop=True)
    for column, head in zip((2, 3, 4, 5, 6), ("month", "at_peace", "low", "high", "at_risk"), strict=True):
        assert found.iloc[:, column].tolist() == pytest.approx(expected[head].tolist(), rel=1e-3, abs=1e-4)


def test_a_form_is_marked_best_only_where_the_analysis_says_so(
    opened: Open, address: str, worlds: pd.DataFrame
) -> None:
    page = opened(address)
    verdicts = set()
    for label, name in (("Relapse within 5 years", "relapse_5_years"), ("Need met", "need_met")):
        choose(page, "outcome", label)
        said = page.locator("#heatmap tfoot td").all_inner_texts()
        table = best_by_situation(worlds, name)
        for situation, text in zip(SITUATIONS, said, strict=True):
            mine = table[table["scenario"] == situation]
            clear = mine.loc[mine["clear"], "form"].tolist()
            assert text == (clear[0] if clear else "too close to call")
            verdicts.add(bool(clear))
    assert verdicts == {True, False}  # both were seen


@pytest.mark.parametrize(
    ("label", "name"), [("Relapse within 5 years", "relapse_5_years"), ("Need met", "need_met")]
)
def test_regret_is_that_of_the_analysis(
    opened: Open, address: str, worlds: pd.DataFrame, label: str, name: str
) -> None:
    page = opened(address)
    choose(page, "outcome", label)
    found = table_of(page, "robust").iloc[:, 1:4].astype(float)
    table = robustness(worlds, name, resamples=2)
    expected = table.loc[table["measure"] == "maximum_regret", "value"]
    assert found.iloc[:, 0].tolist() == pytest.approx(expected.tolist(), rel=1e-3, abs=1e-6)
    assert (found.iloc[:, 1] <= found.iloc[:, 0]).all() and (found.iloc[:, 0] <= found.iloc[:, 2]).all()


def test_the_front_and_the_causes_are_those_of_the_analysis(
    opened: Open, address: str, worlds: pd.DataFrame
) -> None:
    page = opened(address)
    choose(page, "outcome", "Need met")
    mine = of_situation(worlds, SITUATIONS[0])
    front = trade_off_front(mine, ["cost", "need_met"], resamples=2).drop_duplicates("form")
    assert (table_of(page, "trade-off")["Standing"] == "On the front").tolist() == front["on_front"].tolist()
    causes = overhead_by_cause(mine)
    assert table_of(page, "overhead")["Mean"].tolist() == pytest.approx(causes["mean"].tolist(), rel=1e-3)


def test_filters_change_every_figure_and_can_be_undone(opened: Open, address: str) -> None:
    page = opened(address)
    before = page.locator("#figures").inner_text()
    page.get_by_text("Filters", exact=True).click()
    tick(page, "coexistence").uncheck()
    tick(page, "weak state").uncheck()
    assert page.locator("#shown").inner_text() == "6 of 12 cells shown, 360 worlds"
    assert page.locator("#heatmap tbody th").all_inner_texts() == ["coordination", "full"]
    assert page.locator("#heatmap thead th").count() == 1 + 3
    worlds = dict.fromkeys(
        ("differences", "survival", "trade-off", "overhead", "months"), "120 worlds (2 × 60)"
    )
    for figure, said in (worlds | {"robust": "360 worlds (6 × 60)"}).items():
        text = page.locator(f"#{figure}").inner_text()
        assert "coexistence" not in text and f"\n{said} · " in text
        assert "coexistence" not in page.locator(f"#{figure} svg").first.inner_html()
    assert "\n720 worlds · " in page.locator("#faults").inner_text()  # of the whole design
    page.get_by_role("button", name="Show everything").click()
    assert page.locator("#figures").inner_text() == before


def test_the_address_keeps_the_view(opened: Open, address: str) -> None:
    page = opened(address)
    choose(page, "outcome", "Need met")
    choose(page, "situation", TITLES["post_crisis"])
    page.get_by_text("Filters", exact=True).click()
    tick(page, "full").uncheck()
    before = page.locator("#figures").inner_text()
    again = opened(page.url)
    assert again.locator("#figures").inner_text() == before
    odd = opened(f"{address}#outcome=nonsense&plane=99&situation=-1&reference=x&hide=no=such")
    assert odd.locator("#heatmap h2").inner_text().startswith("Relapse within 5 years")


def test_filtering_everything_away_is_said(opened: Open, address: str) -> None:
    page = opened(address)
    page.get_by_text("Filters", exact=True).click()
    for form in FORMS:
        tick(page, form).uncheck()
    assert "Nothing is left to show" in page.get_by_role("alert").inner_text()


def test_a_csv_has_the_rows_of_the_table_and_what_made_them(opened: Open, address: str, grid: Path) -> None:
    page = opened(address)
    choose(page, "outcome", "Need met")
    table = table_of(page, "heatmap")
    name, file = downloaded(page, "heatmap")
    found = pd.read_csv(file, encoding="utf-8-sig", dtype={"config": str})
    about = content_of(open_source(grid))["about"]
    assert name == "grid-need_met-heatmap.csv"
    assert found.columns.tolist() == [*table.columns, "mipo_sim", "config", "seed"]
    assert found.iloc[:, 2].tolist() == pytest.approx(table.iloc[:, 2].tolist(), rel=1e-3)
    made = [about["version"], about["config"], about["seed"]]
    assert found.iloc[:, -3:].to_numpy().tolist() == [made] * len(table)


def test_a_csv_is_named_by_what_it_holds(opened: Open, address: str) -> None:
    page = opened(address)
    assert downloaded(page, "survival")[0] == "grid-survival.csv"
    assert downloaded(page, "trade-off")[0] == "grid-cost-relapse_5_years-trade-off.csv"
    assert downloaded(page, "months")[0] == "grid-violence-months.csv"


@pytest.mark.parametrize(("situation", "end"), [("weak_state", 24), ("post_crisis", MONTHS)])
def test_curves_end_where_their_own_situation_does(
    opened: Open, grid: Path, tmp_path: Path, situation: str, end: int
) -> None:
    """A sweep over situations of several lengths has no months of the shorter ones after their end."""
    content = content_of(open_source(grid))
    (plane,) = content["planes"]
    short = [cell for cell, column in enumerate(plane["cells"]["column"]) if column == 0]
    for cells in plane["months"]["lines"].values():
        for values in chain.from_iterable(cells[cell] for cell in short):
            values[24:] = [None] * (MONTHS - 24)
    page = opened(kept(page_of(content), tmp_path))
    choose(page, "situation", TITLES[situation])
    for figure in ("money", "months"):
        ticks = page.locator(f"#{figure} svg text[text-anchor=middle]").evaluate_all(
            "ticks => ticks.map(one => Number(one.textContent))"
        )
        assert ticks[-1] == end
        assert table_of(page, figure)["Month"].max() == end


def test_differences_say_which_side_is_better(opened: Open, address: str, grid: Path) -> None:
    page = opened(address)
    ways = {measure["better"]: measure["label"] for measure in content_of(open_source(grid))["outcomes"]}
    said = {"less": ["← better", "worse →"], "more": ["← worse", "better →"], "neither": []}
    assert set(ways) == set(said)
    for way, label in ways.items():
        choose(page, "outcome", label)
        texts = page.locator("#differences svg text").evaluate_all("all => all.map(one => one.textContent)")
        assert [text for text in texts if "←" in text or "→" in text] == said[way]


def test_names_of_situations_are_whole_on_a_telephone(opened: Open, tmp_path: Path) -> None:
    contexts = {"scenario": SITUATIONS[:2], "partners.humanitarian_agencies": [4, 12]}
    spec = {
        "kind": "grid",
        "levers": {"integration": FORMS},
        "contexts": contexts,
        "base": {"months": MONTHS},
    }
    page = opened(write_report(sweep_of(tmp_path / "agencies", make_design(spec), 2)).as_uri(), 390)
    short, long = (
        page.locator(f"#{name}").evaluate("one => one.offsetHeight") for name in ("reference", "situation")
    )
    assert long > 1.5 * short  # it has a second line


def test_the_threshold_moves_the_share_of_acceptable_situations(opened: Open, address: str) -> None:
    page = opened(address)
    field = page.locator("#robust input")
    for threshold, acceptable in (("100", 4.0), ("0", 0.0)):
        field.fill(threshold)
        field.press("Tab")
        assert table_of(page, "robust")["Clearly acceptable"].tolist() == [acceptable] * 3


def test_everything_can_be_done_by_keyboard(opened: Open, address: str) -> None:
    page = opened(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the figures"
    page.locator("#outcome").focus()
    first = page.locator("#heatmap h2").inner_text()
    page.keyboard.press("ArrowDown")
    assert page.locator("#heatmap h2").inner_text() != first
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the filters
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert "8 of 12 cells" in page.locator("#shown").inner_text()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 1100), ("light", 320)])
def test_axe_finds_nothing(opened: Open, address: str, scheme: str, width: int) -> None:
    page = opened(address, width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    for summary in page.locator("summary").all():
        summary.click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_print_leaves_controls_out(opened: Open, address: str) -> None:
    page = opened(address, color_scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("#outcome").is_visible()
    assert page.locator("#heatmap td").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_names_in_results_stay_text(opened: Open, tmp_path: Path) -> None:
    folder = sweep_of(tmp_path / "a<img src=x onerror=alert(1)>", forms_by_situation(1), 4, failing)
    page = opened(write_report(folder).as_uri())
    assert page.locator("h1").inner_text() == folder.name
    assert "<b>a bug</b>" in page.locator("#faults").inner_text()
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(
    ("live", "replicates", "said"),
    [
        (changed(never), 6, "No world relapsed here"),
        (changed(always), 6, "Every world that came to peace relapsed here"),
        (
            changed(lambda found: {"peace_month": found["peace_month"] * float("nan")}),
            6,
            "No world came to peace",
        ),
        (failing, 6, "6 worlds failed"),
        (changed(lambda _: {}), 1, "One world of each point"),
    ],
)
def test_odd_results_make_a_sensible_page(
    opened: Open, tmp_path: Path, live: Any, replicates: int, said: str
) -> None:
    page = opened(write_report(sweep_of(tmp_path / "odd", forms_by_situation(2), replicates, live)).as_uri())
    text = page.locator("body").inner_text()
    assert said in text
    assert "NaN" not in text and "undefined" not in text and "Infinity" not in text
    drawn = page.locator("svg").evaluate_all("pictures => pictures.map(one => one.outerHTML).join()")
    assert "NaN" not in drawn and "Infinity" not in drawn


def test_many_points_are_shown_by_classes(opened: Open, tmp_path: Path) -> None:
    spec = {
        "kind": "saltelli",
        "n": 32,
        "levers": {"funding.predictable": "auto", "leadership.competence": "auto", "mandate.clarity": "auto"},
        "base": {"months": MONTHS},
    }
    page = opened(write_report(sweep_of(tmp_path / "many", make_design(spec), 4)).as_uri())
    assert page.locator("#sensitivity svg").count() and page.locator("#boxes").count()
    before = page.locator("#heatmap h2").inner_text()
    page.locator("#plane").select_option(index=1)
    assert page.locator("#heatmap h2").inner_text() != before
    assert axe(page) == []
    shown = table_of(page, "heatmap").iloc[:, 2:5]
    assert (shown.iloc[:, 1] <= shown.iloc[:, 0]).all() and (shown.iloc[:, 0] <= shown.iloc[:, 2]).all()
    assert shown.min().min() >= 0 and shown.max().max() <= 1


@pytest.fixture
def served(grid: Path) -> Iterator[str]:
    with Dashboard(grid.parent, port=0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.address
        server.shutdown()
        thread.join()


def test_the_dashboard_offers_results_and_shows_them(opened: Open, served: str) -> None:
    page = opened(served)
    assert axe(page) == []
    page.get_by_role("searchbox").fill("nothing like it")
    assert page.get_by_role("status").inner_text() == "0 of 1"
    page.get_by_role("searchbox").fill("gri")
    page.get_by_role("link", name="grid").click()
    assert page.locator("#heatmap tbody tr").count() == 3
    page.get_by_role("link", name="All results").click()
    assert page.get_by_role("heading", name="Results").count()


def test_the_dashboard_says_kinds_in_words_and_notes_where_there_are_any(
    opened: Open, tmp_path: Path
) -> None:
    sweep_of(tmp_path / "results" / "alone", make_design({"kind": "none", "base": {"months": MONTHS}}), 2)
    for noted in (False, True):
        if noted:
            sweep_of(tmp_path / "results" / "begun", forms_by_situation(1), 2)
            next((tmp_path / "results" / "begun" / "rows").glob("*.parquet")).unlink()
        with Dashboard(tmp_path / "results", port=0) as server:
            page = opened(kept(page_of(server.choice()), tmp_path))
        assert ("Note" in page.locator("thead th").all_inner_texts()) == noted
        assert page.locator("tbody tr").first.locator("td").first.inner_text() == "one point"
        widths = page.locator("tr").evaluate_all("rows => rows.map(row => row.cells.length)")
        assert set(widths) == {6 if noted else 5}


def test_the_dashboard_answers_nobody_else(served: str) -> None:
    for path, host, status in (("", "evil.example", 403), ("results/../../etc", "127.0.0.1", 404)):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(urllib.request.Request(served + path, headers={"Host": host}))
        assert refusal.value.code == status
        refusal.value.close()
