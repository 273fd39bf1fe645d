"""A study as it stands in its file: question, expectation, and which analyses are to answer it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis import names_by
from mipo_sim.outcomes import OUTCOMES
from mipo_sim.parameters import ParameterError, nearest
from mipo_sim.studies.methods import METHODS
from mipo_sim.sweeps.designs import Design
from mipo_sim.sweeps.designs.faults import Faults
from mipo_sim.sweeps.experiment import NAME

WORDS = ("title", "question", "expectation", "change_our_mind")
OF_SIZE = ("worlds", "n")
SMALL = "small"
RESERVED = ("spread", "figure")  # what else stands in the folder of a study


@dataclass(frozen=True)
class Answer:
    """One analysis that a study asks for.

    Attributes
    ----------
    name : str
        What its table is called.
    analysis : str
        One of `METHODS`.
    outcomes : tuple of str
        What it looks at.
    reference : str
        The form with which others are compared.
    form, situation : tuple of str
        Axes that make a form and a situation; by default the named points, or all levers, and all contexts.
    forms : tuple of str
        Forms to keep; all if not given.
    where : mapping of str to list
        Values to keep of an axis.
    thresholds : tuple of float
        Values of the outcome that are just acceptable.
    overall : bool
        Whether differences are also taken on the mean over situations, and told for that.
    """

    name: str
    analysis: str
    outcomes: tuple[str, ...] = ()
    reference: str = ""
    form: tuple[str, ...] = ()
    situation: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    where: Mapping[str, list[Any]] = field(default_factory=dict)
    thresholds: tuple[float, ...] = ()
    overall: bool = True


@dataclass(frozen=True)
class Study:
    """A study, read from plain data and checked against its design before anything runs.

    Attributes
    ----------
    name : str
        Name of its file, and of its folder in `experiments/`.
    title, question, expectation, change_our_mind : str
        Written by hand: what is asked, what was expected before it ran, what would be a reason to doubt it.
    sizes : mapping of str to mapping
        Sizes beside the small one, each with `worlds` of a point and, where the design has one, `n`.
    answers : tuple of Answer
        What is to be computed, the headline first.
    design : Design
        The points.
    named : mapping of str to mapping
        The settings of each form by its name, where the design has named points.
    contexts : tuple of str
        The axes that make a situation.
    """

    name: str
    title: str
    question: str
    expectation: str
    change_our_mind: str
    sizes: Mapping[str, Mapping[str, int]]
    answers: tuple[Answer, ...]
    design: Design
    named: Mapping[str, Mapping[str, Any]]
    contexts: tuple[str, ...]

    @classmethod
    def read(cls, name: str, told: Any, spec: Mapping[str, Any], design: Design) -> "Study":
        """Read a study.

        Parameters
        ----------
        name : str
            Its name.
        told : mapping
            The block `study:` of its file.
        spec : mapping
            Its design as plain data, which knows named points by themselves.
        design : Design
            The same design, made.

        Raises
        ------
        ParameterError
            If something in the block cannot be meant; all faults are listed.
        """
        if not isinstance(told, Mapping):
            raise ParameterError(f"{name} is a design without a question; mipo sweep study={name} runs it")
        faults = Faults()
        known = (*WORDS, "sizes", "answers")
        _only(told, known, f"study {name}", faults)
        for word in WORDS:
            if not isinstance(told.get(word), str) or not told[word].strip():
                faults.note(f"study {name} needs words for {word}")
        answers = [_answer(key, entry, faults) for key, entry in (told.get("answers") or {}).items()]
        if not answers:
            faults.note(f"study {name} has no answers")
        faults.refuse()
        words: dict[str, Any] = {word: " ".join(told[word].split()) for word in WORDS}
        study = cls(
            name,
            **words,
            sizes=_sizes(told.get("sizes") or {}, design, faults),
            answers=tuple(answer for answer in answers if answer),
            design=design,
            named=dict(spec.get("points") or {}) if spec.get("kind") == "points" else {},
            contexts=tuple(_names(design.contexts)),
        )
        for answer in study.answers:
            with faults.noted(f"answer {answer.name}: "):
                study.check(answer)
        faults.refuse()
        return study

    @property
    def headline(self) -> Answer:
        """The answer that the picture shows."""
        return self.answers[0]

    def size(self, name: str) -> Mapping[str, int]:
        """Say how large a named size is; nothing for the small one, which is the study as it stands.

        Raises
        ------
        ParameterError
            If there is no such size.
        """
        known = [SMALL, *self.sizes]
        if name not in known:
            raise ParameterError(
                f"{self.name} has no size {name!r}{nearest(name, known)} (sizes: {', '.join(known)})"
            )
        return self.sizes.get(name, {})

    @cached_property
    def _points(self) -> pd.DataFrame:
        return self.design.rows(0, self.design.points)

    def cells(self, answer: Answer) -> pd.DataFrame:
        """Name the form and the situation of each point that an answer looks at.

        Returns
        -------
        DataFrame
            `form` and `situation`, by point.
        """
        points = self._points
        if self.named and not answer.form:
            each = len(points) // len(self.named)
            form = pd.Series(np.repeat(list(self.named), each), points.index, dtype=object)
        else:
            levers = list(answer.form or _names(self.design.levers))
            form = pd.Series(names_by(points[levers]), points.index, dtype=object)
        contexts = list(answer.situation or self.contexts)
        situation = pd.Series(names_by(points[contexts]), points.index, dtype=object)
        if not contexts:
            situation[:] = self.design.base.get("scenario", "fragile_ceasefire")
        kept = pd.Series(True, points.index)
        for axis, values in answer.where.items():
            kept &= points[axis].isin(values)
        if answer.forms:
            kept &= form.isin(answer.forms)
        return pd.DataFrame({"form": form, "situation": situation})[kept]

    def months(self, answer: Answer) -> list[int]:
        """Lengths of the runs that an answer looks at, each once."""
        every = self.design.resolve(0, self.design.points).months
        if METHODS[answer.analysis].sampled:
            return sorted(set(every))
        return sorted({every[point] for point in self.cells(answer).index})

    def check(self, answer: Answer) -> None:
        """Refuse an answer that the design cannot give.

        Raises
        ------
        ParameterError
            Naming what is missing and what there is.
        """
        axes = _names(self.design.axes)
        for axis in (*answer.form, *answer.situation, *answer.where):
            if axis not in axes:
                raise ParameterError(
                    f"the design has no axis {axis!r}{nearest(axis, axes)} (axes: {', '.join(axes)})"
                )
        kind = METHODS[answer.analysis].kind
        if kind and kind != self.design.kind:
            raise ParameterError(f"{answer.analysis} needs a design of kind {kind}, not {self.design.kind}")
        if METHODS[answer.analysis].sampled:
            return
        cells = self.cells(answer)
        if cells.empty:
            raise ParameterError("no point of the design meets its conditions")
        known = list(dict.fromkeys(cells["form"]))
        for form in filter(None, (answer.reference, *answer.forms)):
            if form not in known:
                raise ParameterError(f"no form {form!r}{nearest(form, known)} (forms: {', '.join(known)})")
        if cells.duplicated().any():
            raise ParameterError("two points have the same form and situation; name more axes, or use where")
        if METHODS[answer.analysis].timed and len(self.months(answer)) > 1:
            raise ParameterError(f"{answer.analysis} needs runs of one length; choose situations with where")


def _names(axes: Iterable[Any]) -> list[str]:
    return [axis.name for axis in axes]


def _only(tree: Mapping[str, Any], known: Iterable[str], what: str, faults: Faults) -> None:
    for word in tree:
        if word not in known:
            faults.note(f"{what} has no {word!r}{nearest(str(word), list(known))} ({', '.join(known)})")


def _answer(name: Any, entry: Any, faults: Faults) -> Answer | None:
    """Read one answer, or note all that is wrong with it."""
    before, what = len(faults), f"answer {name}"
    if not isinstance(name, str) or not NAME.fullmatch(name) or name in RESERVED:
        taken = " and ".join(RESERVED)
        faults.note(
            f"an answer's name has letters, digits, _ and - (at most 64), not {name!r}; {taken} are taken"
        )
    if not isinstance(entry, Mapping):
        faults.note(f"{what} takes an analysis with what it needs, not {entry!r}")
        return None
    told = dict(entry)
    if "outcome" in told:
        told["outcomes"] = [told.pop("outcome")]
    _only(told, [each.name for each in fields(Answer)][1:], what, faults)
    analysis = str(told.get("analysis"))
    if analysis not in METHODS:
        faults.note(f"{what}: no analysis {analysis!r}{nearest(analysis, METHODS)} ({', '.join(METHODS)})")
    else:
        needs = METHODS[analysis].needs
        for word in needs:
            if not told.get(word):
                faults.note(f"{what}: {analysis} needs {word}")
        for word in ("outcomes", "reference", "thresholds"):
            if told.get(word) and word not in (*needs, *METHODS[analysis].may):
                faults.note(f"{what}: {analysis} takes no {word}")
    known = [measure.name for measure in OUTCOMES]
    for outcome in told.get("outcomes", ()):
        if outcome not in known:
            faults.note(f"{what}: no outcome {outcome!r}{nearest(str(outcome), known)}")
    if len(faults) > before:
        return None
    for word in ("outcomes", "form", "situation", "forms", "thresholds"):
        told[word] = tuple(told.get(word) or ())
    where = told.get("where") or {}
    told["where"] = {axis: value if isinstance(value, list) else [value] for axis, value in where.items()}
    return Answer(str(name), **{str(word): value for word, value in told.items()})


def _sizes(told: Mapping[str, Any], design: Design, faults: Faults) -> dict[str, dict[str, int]]:
    for name, size in told.items():
        _only(size, OF_SIZE, f"size {name}", faults)
        for word, value in size.items():
            if type(value) is not int or value < 2:
                faults.note(f"size {name}: {word} takes a whole number from 2, not {value!r}")
        if "n" in size and "n" not in design.numbers:
            faults.note(f"size {name}: a design of kind {design.kind} has no n")
    return {str(name): dict(size) for name, size in told.items()}
