"""The house stands as docs/architecture.md says: rooms on floors, imports one way, libraries in place."""

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from docs.architecture import (
    CHECKOUT,
    DOORS,
    FLOORS,
    LATE,
    PICTURE,
    Import,
    imports,
    libraries,
    modules,
    picture,
    room,
    shortest,
    uses,
)

LEVEL = {name: level for level, floor in enumerate(FLOORS) for name in floor}
# Who alone may open the door to a room.
GUESTS = {
    "command_line": set(),
    "command": {"command_line"},
    "live": {"command"},
    "studies": {"command"},
    "report": {"live", "command"},
    "mesa_view": {"model"},
}
# Libraries that stay in their rooms: a change of theirs is felt there and nowhere else.
LIBRARIES = {
    "mesa": {"ensemble", "model", "mesa_view"},
    "hydra": {"command", "sweeps"},
    "omegaconf": {"command"},
    "starlette": {"live"},
    "uvicorn": {"live"},
    "pyarrow": {"sweeps", "report"},
    "xarray": {"sweeps"},
    "sklearn": {"analysis"},
}
# What a worker of a sweep lives through needs neither tables of results nor pictures nor files of settings.
ENGINE = {"ensemble", "month", "actors", "outcomes", "mesa_view", "model"}
TOO_HEAVY = {"pandas", "pyarrow", "matplotlib", "hydra", "omegaconf", "tqdm", "yaml"}


@pytest.fixture(scope="module")
def found() -> list[Import]:
    return imports()


@pytest.fixture(scope="module")
def taken() -> dict[str, set[str]]:
    return libraries()


def upward(found: list[Import]) -> list[str]:
    """Imports at load that do not lead to a lower floor."""
    return [
        f"{each.source} imports {each.target}"
        for each in found
        if each.when == "load" and not DOORS & {*each.rooms}
        if each.rooms[0] != each.rooms[1] and LEVEL[each.rooms[0]] <= LEVEL[each.rooms[1]]
    ]


def cycle(found: list[Import]) -> list[str]:
    """Files that need one another before any of them is loaded."""
    needs: dict[str, set[str]] = {}
    for each in found:
        if each.when == "load":
            needs.setdefault(each.source, set()).add(each.target)
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_room_stands_on_a_floor():
    assert {room(module) for module in modules()} - DOORS == LEVEL.keys()


def test_what_a_room_imports_stands_below_it(found):
    assert not upward(found)


def test_no_files_import_each_other_in_a_circle(found):
    assert not cycle(found)


def test_imports_inside_functions_point_up_only_where_it_is_said(found):
    assert {pair for pair in uses(found, "call") if LEVEL[pair[0]] <= LEVEL[pair[1]]} == LATE


def test_nobody_inside_goes_through_the_front_door(found):
    """Names of `mipo_sim` are for users; a room takes what it needs from the room where it lives."""
    assert not [each for each in found if each.target in DOORS - {"version"}]


@pytest.mark.parametrize("name", GUESTS)
def test_some_rooms_have_few_guests(found, name):
    assert {upper for upper, lower in uses(found, "load", "call", "types") if lower == name} <= GUESTS[name]


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_stays_in_its_rooms(taken, library):
    assert taken[library] <= LIBRARIES[library]


@pytest.mark.parametrize("library", sorted(TOO_HEAVY))
def test_the_engine_is_light(taken, library):
    assert not taken[library] & ENGINE


def test_the_package_imports_nothing_that_only_a_checkout_has(taken):
    assert not taken.keys() & {"docs", "tests", "benchmarks", "experiments"}


def test_imports_say_their_whole_name(taken):
    assert "" not in taken, f"imports that begin with a dot: {taken['']}"


def test_the_checker_sees_what_is_wrong(tmp_path):
    """A planted house: a rule that prints by itself, and two files that need each other."""
    house = tmp_path / "mipo_sim"
    for file, text in {
        "actors/force.py": "from mipo_sim.command import run\nfrom mipo_sim.actors import donors",
        "actors/donors.py": "import mipo_sim.actors.force",
        "command/__init__.py": "",
        "command/run.py": "",
        "sweeps/plan.py": "def plot():\n    from mipo_sim.live import page",
        "live/page.py": "if typing.TYPE_CHECKING:\n    import mipo_sim.command.run",
    }.items():
        (house / file).parent.mkdir(parents=True, exist_ok=True)
        (house / file).write_text(text)
    found = imports(tmp_path)
    assert upward(found) == ["actors.force imports command.run"]
    assert set(cycle(found)) == {"actors.force", "actors.donors"}
    assert uses(found, "call") == {("sweeps", "live")} and uses(found, "types") == {("live", "command")}


def test_what_follows_from_other_arrows_is_not_drawn():
    assert shortest({("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")}) == {("a", "b"), ("b", "c"), ("a", "d")}


def test_picture_is_drawn_from_the_imports(found):
    assert PICTURE.read_text(encoding="utf-8") == picture(found), (
        "docs/images/architecture.svg lags behind the imports: python -m docs.architecture"
    )


def test_every_place_that_the_page_names_is_there():
    page = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w./]+/[\w.]*)`", page))
    missing = [name for name in sorted(named) if not any((root / name).exists() for root in roots())]
    assert named and not missing


def roots() -> tuple[Path, ...]:
    """Places are named from the checkout, or within the package."""
    return CHECKOUT, CHECKOUT / "mipo_sim"
