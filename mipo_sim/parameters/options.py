"""Named options and scenarios: what stands in `configs/`, read and composed as Hydra would, without Hydra.

Every group of levers has a folder of options; an option may build on another of its group. A scenario
describes the situation and may choose options of its own. What is asked for goes before what the
scenario chooses, and that before what `config.yaml` names; single parameters go before all of them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from mipo_sim.parameters.checking import ParameterError, nearest
from mipo_sim.parameters.settings import complete

_PACKAGE = Path(__file__).resolve().parents[1]
# In a wheel configs/ lies inside the package, in a checkout beside it.
CONFIGS = _PACKAGE / "configs" if (_PACKAGE / "configs").is_dir() else _PACKAGE.parent / "configs"

GROUPS = (
    "integration",
    "funding",
    "leadership",
    "mandate",
    "ownership",
    "partners",
    "quick_impact",
    "early_warning",
    "training",
    "exit",
)

Own = Mapping[str, Mapping[str, Mapping[str, Any]]]
_own: ContextVar[Own] = ContextVar("own", default=MappingProxyType({}))


@contextmanager
def own_options(own: Own) -> Iterator[None]:
    """Know options of a user's own beside those in `configs/`, as long as the context lasts.

    Parameters
    ----------
    own : mapping
        By group and name, what an option `sets` and, for a scenario, which options it `chooses` by
        group. A scenario sets parameters by dotted name, title, story, map, months and history; any
        other option sets parameters of its group, without the group's name.
    """
    before = _own.set(own)
    try:
        yield
    finally:
        _own.reset(before)


def known_own() -> Own:
    """Tell which options of a user's own are known here."""
    return _own.get()


@dataclass(frozen=True)
class Configuration:
    """A scenario and a form of mission, ready for the model.

    Attributes
    ----------
    values : dict of str to float
        Parameters that scenario, options and overrides set, by dotted name.
    map : str
        Name of the map.
    months : int
        Length of a run.
    title, story : str
        Short name of the scenario, and two plain sentences about it.
    history : list of dict
        Dated facts behind the scenario, by `month`, `event` and `source`; the model does not read them.
    choices : dict of str to str
        The option of every group, and the scenario.
    """

    values: dict[str, float]
    map: str
    months: int
    title: str
    story: str
    history: list[dict[str, Any]]
    choices: dict[str, str]


def options(group: str) -> list[str]:
    """Names of the options of a group; of the scenarios for "scenario"."""
    known = ("scenario", *GROUPS)
    if group not in known:
        raise ParameterError(f"no group named {group!r}{nearest(group, known)} (groups: {', '.join(known)})")
    return sorted({path.stem for path in (CONFIGS / group).glob("*.yaml")} | set(_own.get().get(group, {})))


def describe(group: str, option: str) -> str:
    """Say what an option is, in one plain sentence."""
    text = _find(group, option).read_text(encoding="utf-8")
    lines = takewhile(lambda line: line.startswith("#"), text.splitlines())
    words = " ".join(line.lstrip("# ") for line in lines if not line.startswith("# @"))
    return words.partition(". ")[0].removesuffix(".") + "."


def compose(
    scenario: str | None = None, *, overrides: Mapping[str, float] | None = None, **choices: str
) -> Configuration:
    """Put together a scenario, one option of every group and single parameters.

    Parameters
    ----------
    scenario : str, optional
        Name of the scenario; by default the one that `config.yaml` names.
    overrides : mapping of str to number, optional
        Single parameters by dotted name.
    **choices : str
        Options by group, as in `mandate="unmil"`.

    Raises
    ------
    ParameterError
        If a group, an option or a parameter is unknown, out of bounds, or contradicts another.
    """
    asked = choices if scenario is None else {"scenario": scenario, **choices}
    for group, option in asked.items():
        _check(group, option)
    named = _named() | asked
    case, preferred = _content("scenario", named["scenario"])
    chosen = {**named, **preferred, **asked}
    values = {name: value for name, value in case.items() if "." in name}
    for group in GROUPS:
        values |= option_sets(group, chosen[group])
    values |= overrides or {}
    checked = complete(values)
    return Configuration(
        values={name: float(checked[name]) for name in values},
        history=[dict(fact) for fact in case["history"]],
        choices=chosen,
        **{key: case[key] for key in ("map", "months", "title", "story")},
    )


def option_sets(group: str, option: str) -> dict[str, float]:
    """Tell what an option of a group of levers sets, by dotted name.

    Raises
    ------
    ParameterError
        If there is no such option.
    """
    return {f"{group}.{key}": value for key, value in _content(group, option)[0].items()}


def _check(group: str, option: str) -> None:
    known = options(group)
    if option not in known:
        hint = nearest(str(option), known)
        raise ParameterError(f"{group} has no option {option!r}{hint} (options: {', '.join(known)})")


def _find(group: str, option: str) -> Path:
    _check(group, option)
    return CONFIGS / group / f"{option}.yaml"


def _content(group: str, option: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Tell what an option sets, and what it chooses in other groups."""
    if found := _own.get().get(group, {}).get(option):
        return found["sets"], found.get("chooses", {})
    return _load(group, option)


def _read(path: Path) -> dict[str, Any]:
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        tree = None
    if not isinstance(tree, dict):
        raise ParameterError(f"{str(path)!r} is damaged; install mipo_sim anew")
    return tree


@cache
def _named() -> dict[str, str]:
    """Read the scenario and the options that `config.yaml` names."""
    entries = _read(CONFIGS / "config.yaml")["defaults"]
    return {group: entry[group] for entry in entries for group in ("scenario", *GROUPS) if group in entry}


@cache
def _load(group: str, option: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Read what an option sets, over what it builds on, and what it chooses in other groups."""
    own = _read(_find(group, option))
    content: dict[str, Any] = {}
    chosen: dict[str, str] = {}
    for entry in own.pop("defaults", ["_self_"]):
        if isinstance(entry, dict):
            chosen |= {key.removeprefix("override /"): choice for key, choice in entry.items()}
        elif entry == "_self_":
            content |= _flat(own)
        else:
            below, theirs = _load(group, entry)
            content |= below
            chosen |= theirs
    return content, chosen


def _flat(tree: Mapping[str, Any], stem: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{stem}{key}.")
        else:
            yield stem + key, value
