"""What a study of a claim is, and a short way to write one down.

A study states what a claim expects before any world has lived: which forms of mission, in which situations,
which outcome, and which way. Forms and situations are written as on the command line (`scenario=weak_state
funding=pooled mandate.troops=8`); `integration.levels` is short for all three levels. What is not named is as
in the mix of 2007, or as a case has it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from mipo_sim.actors.axes import LEVELS
from mipo_sim.claims.mechanisms import Mechanism
from mipo_sim.parameters import ParameterError, check_name, declared
from mipo_sim.parameters.options import GROUPS, compose
from mipo_sim.sweeps.mission import USUAL

Sign = Literal["more", "less", "none", "open"]
Over = Literal["each", "difference", "mean"]
MONTHS = 72  # as long as delivery is judged, and a first mandate lasts
SPREAD = "spread."
DEPTHS = tuple(f"integration.{level}" for level in LEVELS)


@dataclass(frozen=True)
class Study:
    """A form of mission against others, under the same luck, with what the claim expects of it.

    Attributes
    ----------
    question : str
        What is expected, in a plain sentence.
    references : tuple of str
        What the form is set against: settings. It has to differ as expected from every one of them.
    form : str
        The form in question: settings.
    outcome : str
        An outcome of a world, or a monthly series of which the mean over the run is taken; before it
        `spread.` for its distance from the median over all worlds of the form.
    expected : tuple of Sign
        "more" or "less" than the references, "none" for no difference that matters, "open" where
        the source asks and does not say: one for each context.
    base : str
        Settings that hold for all forms in all contexts; forms and contexts come on top.
    contexts : tuple of str
        Settings of each context.
    over : {"each", "difference", "mean"}
        What becomes of contexts: an effect in each, that in the second less that in the first, or
        the effect on the mean over all of them.
    months : int
        Length of the runs.
    """

    question: str
    references: tuple[str, ...]
    form: str
    outcome: str
    expected: tuple[Sign, ...]
    base: str
    contexts: tuple[str, ...]
    over: Over
    months: int

    @property
    def measure(self) -> str:
        """The outcome or series that is read, without what is made of it."""
        return self.outcome.removeprefix(SPREAD)

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits of what is declared, but for the words: results belong to one of them."""
        told = repr((self.references, self.form, self.outcome, self.expected, self.base, self.contexts))
        return hashlib.sha256(f"{told}{self.over}{self.months}".encode()).hexdigest()[:8]

    def arms(self, context: str) -> tuple["Arm", ...]:
        """What is lived in a context: all references, then the form."""
        return tuple(
            arm(f"{self.base} {context} {form}", self.months) for form in (*self.references, self.form)
        )


@dataclass(frozen=True)
class Arm:
    """Worlds that live under one set of parameters.

    Attributes
    ----------
    map : str
        Name of the map.
    months : int
        Length of the runs.
    values : tuple of (str, float)
        Parameters that differ from their defaults, by name, in order.
    without : tuple of str
        Acts left out of every month, as `kind.behaviour`.
    undone : tuple of (str, str)
        Acts, and the state that is set to nothing after each.
    """

    map: str
    months: int
    values: tuple[tuple[str, float], ...]
    without: tuple[str, ...] = ()
    undone: tuple[tuple[str, str], ...] = ()

    def lacking(self, mechanism: Mechanism) -> "Arm":
        """The same worlds with a mechanism switched off."""
        values = _in_order({**dict(self.values), **mechanism.off})
        return Arm(self.map, self.months, values, mechanism.without, tuple(mechanism.undone.items()))

    @property
    def shape(self) -> tuple[object, ...]:
        """What all arms of a block of worlds have in common."""
        structural = tuple((name, value) for name, value in self.values if declared()[name].structural)
        return self.map, self.months, self.without, self.undone, structural


def contrast(
    question: str, forms: str, expected: str, *, base: str = "", across: str = "", months: int = MONTHS
) -> Study:
    """Read `reference | other reference > form` and `outcome more`: an effect in each context.

    Contexts are divided by `|` in `across`; `outcome more | none` expects something else in each.
    """
    return _study(question, forms, expected, base, across, "each", months)


def interaction(
    question: str, forms: str, expected: str, *, across: str, base: str = "", months: int = MONTHS
) -> Study:
    """As `contrast`, for the effect in the second of two contexts less that in the first."""
    return _study(question, forms, expected, base, across, "difference", months)


def overall(
    question: str, forms: str, expected: str, *, across: str, base: str = "", months: int = MONTHS
) -> Study:
    """As `contrast`, for the mean over all contexts."""
    return _study(question, forms, expected, base, across, "mean", months)


def _study(
    question: str, forms: str, expected: str, base: str, across: str, over: Over, months: int
) -> Study:
    references, arrow, form = forms.partition(">")
    outcome, _, signs = expected.partition(" ")
    contexts = tuple(part.strip() for part in across.split("|"))
    said = tuple(part.strip() for part in signs.split("|"))
    if not arrow or not set(said) <= set(get_args(Sign)):
        raise ValueError(f"{question}: write `reference > form` and `outcome more`, less, none or open")
    told = said * len(contexts) if over == "each" and len(said) == 1 else said
    if len(told) != (len(contexts) if over == "each" else 1) or (over == "difference" and len(contexts) != 2):
        raise ValueError(f"{question}: {len(said)} expectations do not go with {len(contexts)} contexts")
    rivals = tuple(part.strip() for part in references.split("|"))
    if len(rivals) > 1 and not {*told} <= {"more", "less"}:
        raise ValueError(f"{question}: against several references a form can be expected to be more or less")
    return Study(question, rivals, form.strip(), outcome, told, base, contexts, over, months)  # type: ignore[arg-type]


@cache
def arm(settings: str, months: int) -> Arm:
    """Read settings, later ones before earlier ones; groups not named are as usual, or as a case has them.

    Raises
    ------
    ParameterError
        If something is unknown, out of bounds, or contradicts something else.
    """
    chosen: dict[str, str] = {}
    single: dict[str, float] = {}
    for word in settings.split():
        name, _, value = word.partition("=")
        if "." not in name:
            chosen[name] = value
        elif name == "integration.levels":
            single |= dict.fromkeys(DEPTHS, float(value))
        else:
            single[name] = float(value)
    if not chosen.keys() <= {"scenario", *GROUPS}:
        raise ParameterError(f"no group named {', '.join(sorted(chosen.keys() - {'scenario', *GROUPS}))}")
    scenario = chosen.pop("scenario", None)
    found = compose(scenario, overrides=single, **{**_usual(scenario), **chosen})
    return Arm(found.map, months, _in_order(found.values))


@cache
def _usual(scenario: str | None) -> dict[str, str]:
    """Options of all groups where nothing is said: as a case has them, else those of the mix of 2007."""
    plain, case = compose().choices, compose(scenario).choices
    return {group: case[group] if case[group] != plain[group] else USUAL for group in GROUPS}


def _in_order(values: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    for name in values:
        check_name(name)
    return tuple(
        (name, values[name]) for name, p in declared().items() if values.get(name, p.default) != p.default
    )
