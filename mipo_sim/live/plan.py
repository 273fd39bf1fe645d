"""A plan: what decides a run on the trainers' page, read from what the page sends, checked and worked out."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from mipo_sim.live.messages import MOST_NUMBER, entries, shown
from mipo_sim.model import MOST_WORLDS, SEED
from mipo_sim.parameters import (
    ParameterError,
    check_name,
    check_value,
    check_whole,
    contradictions,
    declared,
    nearest,
)
from mipo_sim.parameters.options import GROUPS, Configuration, compose, option_sets, options
from mipo_sim.sweeps.experiment import Experiment, Situation

FORMS = ("first", "second")
FEWEST_MONTHS, MOST_MONTHS = 12, 240
MOST_DECISIONS = 60  # of one mission
LONGEST = 80  # characters of a name


@dataclass(frozen=True)
class Setting:
    """What is chosen for a mission.

    Attributes
    ----------
    choices : mapping of str to str
        An option by group of levers.
    levers : mapping of str to float
        Single levers by dotted name; they go before the options.
    """

    choices: Mapping[str, str] = field(default_factory=dict)
    levers: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Write it as the page reads it."""
        levers = {name: float(value) for name, value in self.levers.items()}
        return {"choices": dict(self.choices), "levers": levers}


@dataclass(frozen=True)
class Decision(Setting):
    """What is chosen during a mission, from a month on."""

    month: int = 0

    def as_json(self) -> dict[str, Any]:
        """Write it as the page reads it."""
        return {"month": self.month, **super().as_json()}


@dataclass(frozen=True)
class Mission(Setting):
    """A mission as it begins, and what is decided while it is under way."""

    name: str = ""
    decisions: tuple[Decision, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Write it as the page reads it."""
        decisions = [decision.as_json() for decision in self.decisions]
        return {"name": self.name, **super().as_json(), "decisions": decisions}


@dataclass(frozen=True)
class Plan:
    """An exact run: two missions in one country under the same luck.

    Attributes
    ----------
    scenario : str
        Name of the situation.
    missions : pair of Mission
        Both missions; their names decide nothing.
    months : int
        Length of the run.
    seed : int
        Seed of all luck.
    world : int
        The replicate that is shown.
    lesson : str
        Name of the lesson that the run belongs to, or "".

    Raises
    ------
    ParameterError
        If something cannot be meant: one line naming it, what is allowed and the nearest name.
    """

    scenario: str
    missions: tuple[Mission, Mission]
    months: int
    seed: int = SEED
    world: int = 0
    lesson: str = ""
    _experiment: Experiment = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_whole("months", self.months, FEWEST_MONTHS, MOST_MONTHS)
        check_whole("seed", self.seed, 0, MOST_NUMBER)
        check_whole("world", self.world, 0, MOST_WORLDS - 1)
        _check_text("lesson", self.lesson)
        if self.scenario not in (known := options("scenario")):
            near = nearest(str(self.scenario), known)
            raise ParameterError(f"no situation named {self.scenario!r}{near} ({', '.join(known)})")
        configurations, decided = [], {}
        for form, mission in zip(FORMS, self.missions, strict=True):
            with _named(f"{form} mission"):
                _check_text("name", mission.name)
                configurations.append(_begin(self.scenario, mission))
                decided[form] = _decided(configurations[-1].values, mission, self.months)
        _check_alike(*configurations)
        where = configurations[0]
        experiment = Experiment(
            forms={form: each.values for form, each in zip(FORMS, configurations, strict=True)},
            situation=Situation(self.scenario, where.title, where.story, where.map, self.months),
            worlds=1,
            seed=self.seed,
            decisions={form: moved for form, moved in decided.items() if moved},
        )
        object.__setattr__(self, "_experiment", experiment)

    @classmethod
    def from_json(cls, given: Any) -> Self:
        """Read a plan as the page sends it, or a lesson holds it.

        Parameters
        ----------
        given : mapping
            `scenario`, `missions` and, where they are not as usual, `seed`, `world`, `months`, `lesson`;
            see `Plan` in `web/src/live/protocol.ts`.
        """
        needed = ("scenario", "missions")
        plan = entries("the plan", given, (*needed, "seed", "world", "months", "lesson"), needed)
        missions = _rows("missions", plan["missions"], 2)
        if len(missions) != 2:
            raise ParameterError(f"missions are two, not {len(missions)}")
        _check_text("scenario", scenario := plan["scenario"])
        first, second = (
            _mission(f"{form} mission", mission) for form, mission in zip(FORMS, missions, strict=True)
        )
        usual = {"months": compose(scenario).months} if "months" not in plan else {}
        return cls(**{**plan, **usual, "missions": (first, second)})

    def as_json(self) -> dict[str, Any]:
        """Write the plan as the page reads it; `from_json` makes the same plan of it."""
        return {
            "scenario": self.scenario,
            "seed": self.seed,
            "world": self.world,
            "months": self.months,
            "missions": [mission.as_json() for mission in self.missions],
            "lesson": self.lesson,
        }

    def experiment(self, worlds: int) -> Experiment:
        """Set both missions, as forms "first" and "second", in so many worlds."""
        one = self._experiment
        return one if worlds == one.worlds else replace(one, worlds=worlds)

    @property
    def decided(self) -> tuple[Mapping[int, Mapping[str, float]], ...]:
        """For each mission, by month, the levers that its decisions move."""
        return tuple(self._experiment.decisions.get(form, {}) for form in FORMS)

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits of all that decides the run."""
        return self.key(self.months)

    def key(self, month: int) -> str:
        """Give sixteen hexadecimal digits of all that decides the states at the start of a month."""
        taken = [
            {taken_in: dict(moved) for taken_in, moved in decided.items() if taken_in < month}
            for decided in self.decided
        ]
        text = self._start + json.dumps(taken, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def _start(self) -> str:
        run = self._experiment
        return json.dumps([run.situation.map, self.months, self.seed, self.world, dict(run.forms)])


# -- from settings to levers ------------------------------------------------------------------------


def _begin(scenario: str, mission: Mission) -> Configuration:
    """Put together the parameters that a mission begins with."""
    check_setting(mission)
    return compose(scenario, overrides=mission.levers, **mission.choices)


def _decided(begin: Mapping[str, float], mission: Mission, months: int) -> dict[int, dict[str, float]]:
    """Work out which levers a mission's decisions move, by month; what is so already is no move."""
    held = {name: parameter.default for name, parameter in declared().items()} | dict(begin)
    moved: dict[int, dict[str, float]] = {}
    since, open_by_then = 0, False
    for decision in mission.decisions:
        month = check_whole("the month of a decision", decision.month, 0, months - 1)
        with _named(f"decision of month {month}"):
            check_setting(decision)
            open_by_then = open_by_then or _opens(held, since, month)
            changes = {name: value for name, value in levers_of(decision).items() if held[name] != value}
            if open_by_then and changes.get("mandate.deploy") == 0:
                raise ParameterError("an open mission is ended by exit.* levers, not by mandate.deploy=0")
            held |= changes
            if faults := contradictions(held):
                raise ParameterError("; ".join(faults))
        since = month
        if changes:
            moved[month] = moved.get(month, {}) | changes
    return moved


def _opens(held: Mapping[str, float], since: int, until: int) -> bool:
    """Whether a mission opens in a month from `since` to before `until`, under the levers held then."""
    return held["mandate.deploy"] > 0 and max(since, held["mandate.start_month"]) <= until - 1


def levers_of(decision: Setting) -> dict[str, float]:
    """Give all levers of the groups in which something is chosen, and the single ones over them."""
    levers: dict[str, float] = {}
    for group, option in decision.choices.items():
        levers |= {name: each.default for name, each in declared().items() if _is_lever_of(group, name)}
        levers |= option_sets(group, option)
    levers |= decision.levers
    for name, value in levers.items():
        _check_lever(name)
        levers[name] = float(check_value(declared()[name], value))
    return levers


def _is_lever_of(group: str, name: str) -> bool:
    parameter = declared()[name]
    return parameter.group == group and parameter.role == "lever"


# -- what is refused ----------------------------------------------------------------------------------


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Say whose fault it is."""
    try:
        yield
    except ParameterError as wrong:
        raise ParameterError(f"{what}: {wrong}") from None


def check_setting(setting: Setting) -> None:
    """Refuse a choice or a lever that there is not, before anything is put together.

    Raises
    ------
    ParameterError
        Naming it, what there is, and the nearest name.
    """
    for group, option in setting.choices.items():
        if group not in GROUPS:
            raise ParameterError(
                f"no group of levers named {group!r}{nearest(group, GROUPS)} (groups: {', '.join(GROUPS)})"
            )
        if option not in (known := options(group)):
            near = nearest(str(option), known)
            raise ParameterError(f"{group} has no option {option!r}{near} (options: {', '.join(known)})")
    for name, value in setting.levers.items():
        _check_lever(name)
        if not isinstance(value, int | float):
            raise ParameterError(f"{name} takes one number, not {shown(value)}")


def _check_lever(name: str) -> None:
    if check_name(name).role != "lever":
        raise ParameterError(f"{name} is no lever: a mission sets and moves levers only")


def _check_alike(first: Configuration, second: Configuration) -> None:
    """Refuse two missions that do not find the same country: only levers may differ between them."""
    for name, parameter in declared().items():
        one, other = (each.values.get(name, parameter.default) for each in (first, second))
        if parameter.role != "lever" and one != other:
            raise ParameterError(
                f"{name} is {one:g} for the first mission and {other:g} for the second, but is no lever"
            )


def _check_text(what: str, text: Any) -> None:
    if not isinstance(text, str) or len(text) > LONGEST:
        raise ParameterError(f"{what} takes a text of at most {LONGEST} characters, not {shown(text)}")


# -- from JSON ---------------------------------------------------------------------------------------


def _mission(place: str, given: Any) -> Mission:
    mission = _setting(place, given, ("name", "choices", "levers", "decisions"))
    decisions = [
        Decision(**_setting(f"a decision of the {place}", each, ("month", "choices", "levers")))
        for each in _rows(f"decisions of the {place}", mission.pop("decisions", []), MOST_DECISIONS)
    ]
    for decision in decisions:
        check_whole(f"the month of a decision of the {place}", decision.month, 0, MOST_MONTHS - 1)
    return Mission(**mission, decisions=tuple(sorted(decisions, key=lambda each: each.month)))


def _setting(place: str, given: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Read an object; what it chooses and which levers it sets are objects too."""
    found = dict(entries(place, given, names, needed=()))
    for key in {"choices", "levers"} & found.keys():
        if not isinstance(found[key], Mapping) or not all(isinstance(name, str) for name in found[key]):
            raise ParameterError(f"{key} of {place} takes names and values, not {shown(found[key])}")
        found[key] = dict(found[key])
    return found


def _rows(what: str, given: Any, most: int) -> list[Any]:
    if not isinstance(given, list | tuple) or len(given) > most:
        raise ParameterError(f"{what} takes a list of at most {most}, not {shown(given)}")
    return list(given)
