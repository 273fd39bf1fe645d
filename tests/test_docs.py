"""Pages about the model are whole and true: tables follow the code, names exist, links lead somewhere."""

import json
import re
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from numpy.random import Generator, Philox, SeedSequence

from benchmarks import scaling
from benchmarks.scaling_page import page_of as page_of_scaling
from docs import tables
from mipo_sim.claims import CLAIMS
from mipo_sim.ensemble import Actor, Luck
from mipo_sim.live.words import catalogue
from mipo_sim.model import MissionModel
from mipo_sim.month import MONTH
from mipo_sim.outcomes import OUTCOMES, SERIES
from mipo_sim.parameters import declared
from mipo_sim.parameters.options import GROUPS, options

CHECKOUT = Path(__file__).parents[1]
DOCS = CHECKOUT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
# One entry of the glossary: the word, what it is, where the model has it.
ENTRY = re.compile(r"^\*\*(.+)\.\*\* (.+) \*In the model:\* (.+)\.$", re.MULTILINE)
# The design concepts of the protocol, in its order (Grimm et al. 2020).
CONCEPTS = [
    *("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing"),
    *("Interaction", "Stochasticity", "Collectives", "Observation"),
]
ELEMENTS = [
    *("1. Purpose and patterns", "2. Entities, state variables and scales"),
    *("3. Process overview and scheduling", "4. Design concepts", "5. Initialisation", "6. Input data"),
    "7. Submodels",
]


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(page: str, title: str) -> str:
    """The text of a section, up to the next heading of its level."""
    level = title.partition(" ")[0]
    return re.split(rf"^{level} ", page.partition(f"\n{title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def titles(page: str, level: int) -> list[str]:
    return re.findall(rf"^{'#' * level} (.+)$", page, re.MULTILINE)


def names(page: str, name: str) -> bool:
    """Whether a name stands on a page; indices, as in `need_cs`, may follow it."""
    return re.search(rf"(?<![a-z_.]){re.escape(name)}(?:_[a-z]{{1,2}})?(?![a-z_])", page) is not None


@pytest.fixture(scope="module")
def actors() -> dict[str, Actor]:
    return MissionModel(worlds=1).actors()


# ---------------------------------------------------------------- tables


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return tables.pages()


def test_tables_follow_the_code(made):
    kept = {file.name: file.read_text(encoding="utf-8") for file in tables.FOLDER.iterdir()}
    lagging = [name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name)]
    assert not lagging, f"docs/tables lags behind the code ({', '.join(lagging)}): python -m docs.tables"


def test_tables_are_whole(made, actors):
    told = {name: set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)) for name, page in made.items()}
    assert told["parameters.md"] == declared().keys()
    assert told["phases.md"] == {act for phase in MONTH for act in phase.acts}
    assert told["measures.md"] == {measure.name for measure in (*SERIES, *OUTCOMES)}
    assert told["states.md"] == {name for actor in actors.values() for name in type(actor).states()}


def test_rows_of_a_table_have_as_many_cells_as_its_head(made):
    for name, page in made.items():
        for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(cells) == 1, f"{name}: {block.splitlines()[0]}"


@pytest.mark.parametrize(("part", "listed"), [("series", SERIES), ("outcomes", OUTCOMES)])
def test_every_measure_has_a_definition_and_no_other(part, listed):
    assert list(tables.definitions()[part]) == [measure.name for measure in listed]


# ---------------------------------------------------------------- the equations


def test_every_parameter_stands_in_an_equation():
    page = read("model.md")
    missing = [name for name in declared() if not names(page, name)]
    assert not missing, f"docs/model.md has no {', '.join(missing)}"


def test_every_state_stands_in_an_equation(actors):
    page = read("model.md")
    states = {name for actor in actors.values() for name in type(actor).states()}
    missing = [name for name in states if not names(page, name)]
    assert not missing, f"docs/model.md has no {', '.join(missing)}"


def test_what_does_not_start_at_nought_is_told(actors):
    start = section(read("model.md"), "## The start")
    untold = [
        f"{kind}.{name}"
        for kind, actor in actors.items()
        for name in type(actor).states()
        if np.any(getattr(actor, name)) and not names(start, name)
    ]
    assert not untold, f"docs/model.md, The start, does not say at what these start: {', '.join(untold)}"


def test_phases_stand_in_their_order():
    told = titles(section(read("model.md"), "## A month"), 3)
    assert [title.lower() for title in told] == [
        f"{number}. {phase.name}" for number, phase in enumerate(MONTH, 1)
    ]


@pytest.mark.parametrize(("month", "each"), [(0, 1), (71, 7), (80, 7)])
def test_luck_can_be_made_as_the_page_says(month, each):
    """The recipe of the page, in other code than the model's."""

    def stream(name: str, replicate: int, era: int) -> Generator:
        seed = SeedSequence(7, spawn_key=(crc32(name.encode("utf-8")),))
        return Generator(Philox(counter=[0, 0, era, replicate], key=seed.generate_state(2, np.uint64)))

    luck, name = Luck(7, np.array([3, 12])), "district of District"
    series = stream(name, 12, 1 + month // 72).standard_normal((4, 72, each), dtype=np.float32)
    ours = luck.monthly(name, 4, month, each).reshape(4, each, 2)
    assert np.array_equal(ours[..., 1], series[:, month % 72])
    start = stream(name, 3, 0).standard_normal((4, 5), dtype=np.float32)
    assert np.array_equal(luck.normal(name, 4, 5)[..., 0], start)


def test_streams_of_the_page_are_those_that_a_run_draws(monkeypatch):
    drawn = set()
    draw = Luck._draw
    monkeypatch.setattr(Luck, "_draw", lambda luck, name, *rest: drawn.add(name) or draw(luck, name, *rest))
    MissionModel(worlds=1, months=13).run()
    rows = re.findall(r"^\| (`.+?) \|", section(read("model.md"), "## Chance"), re.MULTILINE)
    told = {name for row in rows for name in re.findall("`([^`]+)`", row)}
    assert {name.partition(" of ")[0] if name != "mix of needs" else name for name in drawn} == told


# ---------------------------------------------------------------- the protocol


def test_protocol_has_all_elements_and_design_concepts():
    page = read("odd.md")
    assert titles(page, 2)[:7] == ELEMENTS
    assert titles(section(page, "## 4. Design concepts"), 3) == CONCEPTS


def test_protocol_names_every_phase():
    told = re.findall(r"^\| (\d+ [a-z ]+?) \|", section(read("odd.md"), f"## {ELEMENTS[2]}"), re.MULTILINE)
    assert told == [f"{number} {phase.name}" for number, phase in enumerate(MONTH, 1)]


def test_record_of_evaluation_has_its_eight_parts():
    assert [title.partition(".")[0] for title in titles(read("trace.md"), 2)] == list("12345678")


def test_tests_that_the_record_names_exist():
    named = set(re.findall(r"`((?:tests|benchmarks)/\w+\.py)`", read("trace.md") + read("odd.md")))
    assert named and all((CHECKOUT / file).is_file() for file in named)


# ---------------------------------------------------------------- the glossary


def glossary() -> dict[str, tuple[str, str]]:
    return {word: (says, where) for word, says, where in ENTRY.findall(read("glossary.md"))}


def test_glossary_is_sorted_and_every_entry_is_read():
    page = read("glossary.md")
    words = [word for word, _, _ in ENTRY.findall(page)]
    assert len(words) == len(set(words)) == page.count("\n**")
    assert words == sorted(words, key=str.casefold)


def test_names_in_the_glossary_exist(actors):
    measures = {measure.name for measure in (*SERIES, *OUTCOMES)}
    states = {f"{kind}.{name}" for kind, actor in actors.items() for name in type(actor).states()}
    chosen = {f"{group}={option}" for group in ("scenario", *GROUPS) for option in options(group)}
    known = measures | states | chosen | declared().keys() | {"parameters=posterior", "seed"}
    for word, (_, where) in glossary().items():
        for name in re.findall("`([^`]+)`", where):
            assert name in known or (CHECKOUT / name).is_file(), (
                f"{word} names {name}, and there is no such thing"
            )


def test_glossary_and_the_trainers_page_say_the_same():
    texts = catalogue("en")
    entries = {word.casefold(): says for word, (says, _) in glossary().items()}
    for key, name in texts.items():
        if key.startswith("terms.") and key.endswith(".name") and name.casefold() in entries:
            says = re.sub(r"\[\[.*?\|(.*?)\]\]", r"\1", texts[key.removesuffix("name") + "says"])
            assert entries[name.casefold()].startswith(says), f"{name}: docs/glossary.md and {key} differ"


# ---------------------------------------------------------------- the ledger, and links


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_ledger_leads_from_claim_to_mechanism_test_study_and_verdict(claim):
    page = read("claims.md")
    row = next(line for line in page.splitlines() if line.startswith(f"| {claim.id} |"))
    *_, code, _, test, studies, verdict = (cell.strip() for cell in row.strip("|").split(" | "))
    assert claim.mechanism in row and "](../mipo_sim/" in code and verdict.startswith("**")
    assert f"test_mechanism_is_live[{claim.id}]`](../tests/test_claims.py)" in test
    assert re.findall(rf"\[{claim.id}\.(\d+)\]\(#", studies) == [
        str(n + 1) for n in range(len(claim.studies))
    ]


def anchors(page: str) -> set[str]:
    """Names of headings as they are linked, and places that are named by hand."""
    heads = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head).lower() for head in heads)
    slugs = {re.sub(r"[^\w\- ]", "", head).strip().replace(" ", "-") for head in plain}
    return slugs | set(re.findall(r'<a id="([^"]+)">', page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"https?://", link):
            continue
        file, _, place = link.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), f"{page.name} links {link}, and there is no such file"
        if place and there.suffix == ".md":
            assert place in anchors(there.read_text(encoding="utf-8")), (
                f"{page.name} links {link}: no such place"
            )


def test_the_page_of_scaling_is_made_from_what_was_measured() -> None:
    found = json.loads(scaling.KEPT.read_text(encoding="utf-8"))
    page = scaling.PAGE.read_text(encoding="utf-8")
    assert page == page_of_scaling(found), "run `python -m benchmarks.scaling --page`"
