"""Write the tables of docs/tables from the declarations in the code: `python -m docs.tables`.

Parameters, states, acts of a month, measures, agencies and donors, maps, options and constants are declared
once, in the code or in the tables beside it. These pages show them; a test fails while they lag behind.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

import yaml

from mipo_sim import model as models
from mipo_sim import outcomes
from mipo_sim.actors import donors, headquarters, leadership, roster
from mipo_sim.actors.axes import LEVELS
from mipo_sim.country import available_maps, country, read_map
from mipo_sim.country.maps import COLUMNS
from mipo_sim.ensemble import Actor, Fact, State, luck
from mipo_sim.model import MissionModel
from mipo_sim.month import MONTH, Phase
from mipo_sim.outcomes import OUTCOMES, SERIES, Measure, world
from mipo_sim.parameters import SECTORS, Parameter, declared
from mipo_sim.parameters.checking import CONTRADICTIONS
from mipo_sim.parameters.declaration import TABLES, Grade, Role
from mipo_sim.parameters.options import GROUPS, compose, describe, option_sets, options

FOLDER = Path(__file__).parent / "tables"
SOURCE = "../../mipo_sim"
WRITTEN = "<!-- Written by `python -m docs.tables`; change the declarations in `mipo_sim/` instead. -->"

PARAMETERS = """\
# Parameters

All {count} of them, by role and group. Bounds are inclusive; a switch is 0 or 1; counts shape the world and
are one number for all worlds of a block. By the grade of their evidence: {grades}.
Sources are rows of the [figures](../figures.md) where they say so. `mipo parameters WORD` searches them.

Together they must not contradict one another:
"""
STATES = """\
# States

What every kind of actor holds. A state has one value for each agent and world, and for every place on its
axes; a fact is the same in all worlds. What a state is at the start is told in [the
model](../model.md#the-start). Axes of the default country: {axes}. A giver is a donor that may come, whether
or not it does.
"""
PHASES = f"""\
# Phases of a month

Phases, and the acts in each, always in this order; declared in [`month.py`]({SOURCE}/month.py). Where a
sub-kind acts in a way of its own it has a line of its own. Equations: [the model](../model.md#a-month).
"""
MEASURES = f"""\
# Measures

What is recorded each month, and what a world comes to. *Better* says which way is to be wished for. Names and
units are declared in [`measures.py`]({SOURCE}/outcomes/measures.py), definitions in
[`definitions.yaml`]({SOURCE}/outcomes/definitions.yaml), in the notation of [the
model](../model.md#notation). What *hot*, *peace* and *early* mean is told [there](../model.md#outcomes).
"""
ROSTER = f"""\
# Agencies and donors

Who is there in the default country; declared in [`roster.py`]({SOURCE}/actors/roster.py) and
[`model.py`]({SOURCE}/model.py). All numbers are assumptions, but for the ratio of donors' sizes, which makes
money as concentrated as row C5 of the [figures](../figures.md). Habits of agencies are the parameters
`agencies.*`.

## Abilities

By sector, 0 for none. An agency works where it has any. Further agencies of a sub-kind repeat its lines in
turn.
"""
MAP = f"""\
# Maps

Districts of the maps that come with the package. What is stylised and what the columns mean is told
[beside the files]({SOURCE}/country/maps/README.md).
"""
OPTIONS = """\
# Scenarios and options

The values behind the names. A scenario describes a situation and may choose options; an option sets the
levers of its group. Shown is what differs from the declared defaults. Where the values come from is told in
[scenarios](../scenarios.md) and in the files in `configs/`.
"""
CONSTANT = f"""\
# Constants

Numbers in the rules that are no parameters: definitions, units and the make-up of the country. What keeps a
division from failing stands in the equations. See also [agencies and donors](roster.md), [maps](maps.md).

Sectors, in their order: {", ".join(SECTORS)}. Levels: {", ".join(LEVELS)}.
"""
ROLES: dict[Role, str] = {
    "context": "Situation: what a scenario describes",
    "lever": "Levers: what those who shape a mission can choose",
    "behaviour": "Behaviour: how actors behave",
}
# Where a number stands, its name, and what it is.
CONSTANTS: tuple[tuple[Any, str, str], ...] = (
    (luck, "ERA", "Months of monthly luck that are drawn at once"),
    (country, "NEAREST", "Nearest other communities that violence can spread from"),
    (
        country,
        "CLOSE",
        "Second village's distance from the first, in the centre, against that to the next district",
    ),
    (country, "ALONE_KM", "The same in kilometres, where there is one district alone"),
    (country, "TURN", "Radians from one village of a district to the next"),
    (country, "OFF_ROAD", "Part of a village's remoteness that is its place in the district"),
    (models, "SEED", "Seed of a model that is given none"),
    (models, "MOST_GIVERS", "Donors that agencies draw a taste for, whoever comes"),
    (donors.BilateralDonor, "first", "The first of these that is a donor state; banks come before"),
    (donors, "BANKS_SHARE", "Share of voluntary money that banks give, where there are donor states too"),
    (donors, "DONOR_RATIO", "Size of each donor state against the next larger"),
    (headquarters, "FIRST_OPEN", "Step at which a sequential peace opens each sector"),
    (leadership, "NINE_TENTHS", "ln 10: `integration.set_up_months` count to nine tenths of the form"),
    (world, "WAR_MONTHS", "Hot months that make a war"),
    (world, "OF_MONTHS", "Months in a row among which they are counted"),
    (world, "PEACE_MONTHS", "Months in a row that are not hot, after which a country at war has peace"),
    (world, "EARLY", "Months over which delivery is judged"),
    (world, "LATE", "Last months of a run over which services must have held for durable peace"),
    (world, "HELD", "Need met then against the early one for services to have held"),
    (world, "LATER", "Months after exit at which ownership is looked at again"),
    (world, "DIVIDEND", "Need met against the first month's that is the first peace dividend"),
)


def main() -> None:
    """Write all pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, page in pages().items():
        (FOLDER / name).write_text(page, encoding="utf-8")


def pages() -> dict[str, str]:
    """All pages, by the name of the file."""
    model = MissionModel(worlds=1)
    made = {
        "parameters.md": parameters(),
        "states.md": states(model),
        "phases.md": phases(model),
        "measures.md": measures(),
        "roster.md": agencies_and_donors(model),
        "maps.md": maps(),
        "options.md": named_options(),
        "constants.md": constants(),
    }
    return {name: _page(WRITTEN, *lines) for name, lines in made.items()}


def definitions() -> dict[str, dict[str, str]]:
    """Read what each series and each outcome is, by its name."""
    text = Path(outcomes.__file__).with_name("definitions.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


# ---------------------------------------------------------------- pages


def parameters() -> Iterator[str]:
    """All parameters, by role and group."""
    everything = list(declared().values())
    graded = Counter(p.grade for p in everything)
    grades = ", ".join(f"{graded[grade]} {grade}" for grade in get_args(Grade))
    yield PARAMETERS.format(count=len(everything), grades=grades)
    yield from (f"- {sentence}." for _, sentence in CONTRADICTIONS)
    for role, title in ROLES.items():
        mine = [p for p in everything if p.role == role]
        file = f"[`{TABLES[role]}`]({SOURCE}/parameters/{TABLES[role]})"
        yield f"\n## {title}\n\n{len(mine)} parameters, declared in {file}."
        for group, members in groupby(mine, key=lambda p: p.group):
            yield f"\n### {role.capitalize()}: {group}\n"
            heads = ("name", "default", "bounds", "unit", "meaning", "source", "grade")
            yield from table(heads, map(_parameter, members))


def _parameter(p: Parameter) -> tuple[str, ...]:
    meaning = f"**{p.label}.** {p.meaning}"
    return f"`{p.name}`", f"{p.default:g}", f"{p.low:g} to {p.high:g}", p.unit, meaning, p.source, p.grade


def states(model: MissionModel) -> Iterator[str]:
    """All states and facts of all kinds of actor."""
    yield STATES.format(axes=", ".join(f"{axis} {size}" for axis, size in model.sizes.items()))
    for name, actor in model.actors().items():
        kind, count = type(actor), len(actor) if actor.is_kind else 1
        parts = ", ".join(f"{type(part).__name__} {len(part)}" for part in actor.parts)
        yield f"\n## {name}\n\n{_first_words(kind)} {_link(kind)}\n"
        yield f"Agents in the default country: {count}{parts and f' ({parts})'}.\n"
        heads = ("name", "unit", "bounds", "axes", "what it is")
        yield from table(heads, map(_state, kind.states().values()))


def _state(state: State) -> tuple[str, ...]:
    bounds = " ".join(
        f"{word} {end:g}" for word, end in (("from", state.low), ("to", state.high)) if end is not None
    )
    told = f"{state.doc} A fact." if isinstance(state, Fact) else state.doc
    return f"`{state.name}`", state.unit, bounds or "none", " × ".join(state.axes), told


def phases(model: MissionModel) -> Iterator[str]:
    """All phases of a month, with what is done in each."""
    yield PHASES
    for number, phase in enumerate(MONTH, 1):
        yield f"\n## {number}. {phase.name}\n"
        if phase.at_planning:
            yield "Only in months that are multiples of `coordination.planning_months`; month 0 is one.\n"
        yield from table(("act", "what it does", "file"), _acts(model, phase))


def _acts(model: MissionModel, phase: Phase) -> Iterator[tuple[str, ...]]:
    for act in phase.acts:
        name, _, behaviour = act.partition(".")
        actor = getattr(model, name)
        kind = type(actor)
        yield f"`{act}`", _first_words(getattr(kind, behaviour)), _link(kind)
        for part in actor.parts if isinstance(actor, Actor) else ():
            own = getattr(type(part), behaviour)
            if own is not getattr(kind, behaviour):
                yield f"{type(part).__name__} instead", _first_words(own), _link(kind)


def measures() -> Iterator[str]:
    """Monthly series and outcomes, with what exactly they are."""
    yield MEASURES
    told = definitions()
    listed = {"series": ("Monthly series", SERIES), "outcomes": ("Outcomes of a world", OUTCOMES)}
    for part, (title, found) in listed.items():
        yield f"\n## {title}\n"
        heads = ("name", "unit", "better", "label", "definition")
        yield from table(heads, (_measure(measure, told[part][measure.name]) for measure in found))


def _measure(m: Measure, definition: str) -> tuple[str, ...]:
    return f"`{m.name}`", m.unit, m.better, m.label, definition


def agencies_and_donors(model: MissionModel) -> Iterator[str]:
    """What agencies can do, how large they are, and how donors share voluntary money."""
    yield ROSTER
    lines = ((kind.__name__, line) for kind, lines in roster.ABILITIES.items() for line in lines)
    yield from table(("sub-kind", *SECTORS), ((name, *(f"{a:g}" for a in line)) for name, line in lines))
    sizes = ", ".join(f"{size:g}" for size in roster.WEIGHTS)
    yield f"\n## Sizes\n\nAgencies of a sub-kind have these in turn: {sizes}; components of the mission"
    yield "have none. A weight is a size against the sum of all.\n"
    rows = ((type(a).__name__, f"{a.weight.item():.4f}") for a in model.agencies)
    yield from table(("agency", "weight"), rows)
    yield "\n## Donors\n\nIn the order of their rows, with their share of voluntary money.\n"
    yield from table(("donor", "size"), ((type(d).__name__, f"{d.size.item():.4f}") for d in model.donors))


def maps() -> Iterator[str]:
    """Districts of all maps."""
    yield MAP
    for name in available_maps():
        ground = read_map(name)
        yield f"\n## {name}\n\nDeclared in [`{name}.csv`]({SOURCE}/country/maps/{name}.csv).\n"
        held = {**vars(ground), "people_thousands": ground.people}
        columns = [[c if isinstance(c, str) else f"{c:g}" for c in held[column]] for column in COLUMNS]
        yield from table(("district", *COLUMNS), zip(ground.districts, *columns, strict=True))


def named_options() -> Iterator[str]:
    """Scenarios and options with the values they set."""
    yield OPTIONS
    for group in ("scenario", *GROUPS):
        yield f"\n## {group}\n"
        rows = ((f"`{option}`", describe(group, option), _sets(group, option)) for option in options(group))
        yield from table(("option", "what it is", "sets"), rows)


def _sets(group: str, option: str) -> str:
    return _scenario(option) if group == "scenario" else _unusual(option_sets(group, option))


def _scenario(name: str) -> str:
    made, usual = compose(name), compose("fragile_ceasefire")
    chosen = [
        f"`{group}={made.choices[group]}`" for group in GROUPS if made.choices[group] != usual.choices[group]
    ]
    own = _unusual({key: value for key, value in made.values.items() if key.split(".")[0] not in GROUPS})
    return ", ".join((f"map {made.map}", f"{made.months} months", *chosen, *filter(None, [own])))


def _unusual(values: dict[str, float]) -> str:
    return ", ".join(
        f"`{name}={value:g}`" for name, value in values.items() if value != declared()[name].default
    )


def constants() -> Iterator[str]:
    """Numbers that are no parameters."""
    yield CONSTANT
    yield from table(("name", "value", "what it is", "file"), (_constant(*found) for found in CONSTANTS))


def _constant(place: Any, name: str, what: str) -> tuple[str, ...]:
    called = f"{place.__name__}.{name}" if isinstance(place, type) else name
    return f"`{called}`", str(getattr(place, name)), f"{what}.", _link(place)


# ---------------------------------------------------------------- words and links


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a Markdown table."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        cells = (cell.replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"


def _page(*lines: str) -> str:
    """Join lines, with one empty line at most between them."""
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _first_words(told: Any) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((told.__doc__ or "").partition("\n\n")[0].split())


def _link(place: Any) -> str:
    """Link the file of a class, or a module."""
    module: str = getattr(place, "__module__", None) or place.__name__
    file = module.removeprefix("mipo_sim.").replace(".", "/") + ".py"
    return f"[`{file}`]({SOURCE}/{file})"


if __name__ == "__main__":
    main()
