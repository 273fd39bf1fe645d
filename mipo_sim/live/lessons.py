"""Lessons: a situation, two missions, and the moments at which a class predicts and chooses.

A lesson is a file that a trainer writes without code; `docs/lessons.md` says how. Reading it checks it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from mipo_sim.claims import CLAIMS
from mipo_sim.live.band import MARGIN
from mipo_sim.live.frames import LINES
from mipo_sim.live.lesson_file import SETTING, LessonFile, Text, in_english
from mipo_sim.live.messages import MOST_NUMBER
from mipo_sim.live.plan import (
    FEWEST_MONTHS,
    FORMS,
    MOST_MONTHS,
    Decision,
    Mission,
    Plan,
    Setting,
    levers_of,
)
from mipo_sim.model import MOST_WORLDS, SEED
from mipo_sim.parameters import ParameterError, contradictions
from mipo_sim.parameters.options import CONFIGS, compose, options

FOLDER = CONFIGS / "lesson"
MOST_MOMENTS, MOST_OPTIONS, MOST_QUESTIONS = 6, 4, 10
# Letters that fit on the page: of a mission's name, a title or an option, a sentence, a few, a teaching note.
NAME, TITLE, SENTENCE, SENTENCES, NOTE = 30, 70, 200, 350, 700
FOR = {FORMS[0]: (0,), FORMS[1]: (1,), "both": (0, 1)}  # which missions an option is for


class LessonError(ParameterError):
    """All that is wrong with the file of a lesson.

    Attributes
    ----------
    faults : tuple of str
        One line each: where it is, what is wrong, and what is allowed.
    """

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join([f"{file} cannot be used:", *self.faults]))


@dataclass(frozen=True)
class Prediction:
    """What the class is asked to foresee: which mission is higher in a line, or which is back at war.

    Attributes
    ----------
    kind : {"line", "relapse"}
        What is asked.
    line : str
        The line, or "".
    month : int
        The month it is asked for.
    margin : float
        What one mission has to be higher by, in the unit of the line; nearer than that they are the same.
    """

    kind: str
    line: str
    month: int
    margin: float


@dataclass(frozen=True)
class Choice:
    """An option of a moment: what is done, in which missions (0, 1)."""

    label: Text
    says: Text
    missions: tuple[int, ...]
    setting: Setting

    def as_json(self) -> dict[str, Any]:
        """Write it as the page reads it."""
        told = {"label": self.label, "says": self.says, "missions": list(self.missions)}
        return told | {"setting": self.setting.as_json()}


@dataclass(frozen=True)
class Moment:
    """A month in which the run waits for the class."""

    month: int
    question: Text
    note: Text
    predict: Prediction | None
    options: tuple[Choice, ...]
    reveal: int

    def as_json(self) -> dict[str, Any]:
        """Write it as the page reads it."""
        return {
            "month": self.month,
            "question": self.question,
            "note": self.note,
            "predict": asdict(self.predict) if self.predict else None,
            "options": [choice.as_json() for choice in self.options],
            "reveal": self.reveal,
        }


@dataclass(frozen=True)
class Lesson:
    """A lesson, checked.

    Attributes
    ----------
    name : str
        Name of its file.
    title, theme, about : str or dict
        Texts, plain or by language.
    minutes : int
        How long it takes in class.
    claims : tuple of str
        Claims of the sources that it is about.
    plan : Plan
        The two missions as they begin, with their names in English.
    names : pair of str or dict
        Their names, plain or by language.
    moments : tuple of Moment
        In the order of their months.
    debrief : tuple of str or dict
        Questions for afterwards.
    """

    name: str
    title: Text
    theme: Text
    about: Text
    minutes: int
    claims: tuple[str, ...]
    plan: Plan
    names: tuple[Text, Text]
    moments: tuple[Moment, ...]
    debrief: tuple[Text, ...]

    def as_json(self) -> dict[str, Any]:
        """Write the lesson as the page reads it, `Lesson` of `web/src/live/protocol.ts`."""
        told = {name: getattr(self, name) for name in ("name", "title", "theme", "about", "minutes")}
        return told | {
            "claims": list(self.claims),
            "plan": self.plan.as_json(),
            "names": list(self.names),
            "moments": [moment.as_json() for moment in self.moments],
            "debrief": list(self.debrief),
        }


@cache
def all_lessons() -> tuple[Lesson, ...]:
    """Read the lessons that come with the program, by name; that they can be lived is tested before."""
    return tuple(read_lesson(path, thorough=False) for path in sorted(FOLDER.glob("*.yaml")))


def offered(own: Sequence[Lesson] = ()) -> tuple[Lesson, ...]:
    """Give one's own lessons, and those that come with the program and are not called the same."""
    names = {lesson.name for lesson in own}
    return (*own, *(lesson for lesson in all_lessons() if lesson.name not in names))


def read_lesson(path: Path | str, thorough: bool = True) -> Lesson:
    """Read the file of a lesson and check it.

    Parameters
    ----------
    path : path
        The file.
    thorough : bool
        Whether to follow all ways through its choices too, which takes about a second.

    Raises
    ------
    LessonError
        With everything that is wrong with it, one line each.
    """
    path = Path(path)
    file = LessonFile(path)
    lesson = _lesson(file, path.stem) if file.tree else None
    if lesson and thorough:
        _check_choices(file, lesson.plan, lesson.moments)
    if lesson is None or file.faults.lines:
        raise LessonError(path.name, list(file.faults.lines))
    return lesson


# -- from the entries of a file to a lesson; nothing is made of what has faults --------------------------


def _lesson(file: LessonFile, name: str) -> Lesson | None:
    needed = ("title", "theme", "about", "scenario", "missions", "moments", "debrief")
    told = file.entries("", file.tree, (*needed, "minutes", "claims", "months", "world", "seed"), needed)
    title, theme = (file.text(key, told.get(key), TITLE) for key in ("title", "theme"))
    about = file.text("about", told.get("about"), SENTENCES)
    minutes = file.whole("minutes", told.get("minutes", 45), 5, 480)
    world = file.whole("world", told.get("world", 0), 0, MOST_WORLDS - 1)
    seed = file.whole("seed", told.get("seed", SEED), 0, MOST_NUMBER)
    known = [claim.id for claim in CLAIMS]
    claims = [file.one_of(*row, known) for row in file.rows("claims", told.get("claims"), 0, len(known))]
    scenario = file.one_of("scenario", told.get("scenario"), options("scenario"))
    usual = compose(scenario).months if scenario else MOST_MONTHS
    months = file.whole("months", told.get("months", usual), FEWEST_MONTHS, MOST_MONTHS) or usual
    (one, first), (other, second) = _missions(file, told.get("missions"))
    moments = tuple(_moments(file, told.get("moments"), months))
    debrief = [
        file.text(*row, SENTENCES) for row in file.rows("debrief", told.get("debrief"), 1, MOST_QUESTIONS)
    ]
    file.check_languages()
    if file.faults or not (scenario and minutes) or world is None or seed is None:
        return None
    try:
        plan = Plan(scenario, (first, second), months, seed, world, name)
    except ParameterError as refusal:
        file.note("missions", str(refusal))
        return None
    ids = tuple(filter(None, claims))
    return Lesson(name, title, theme, about, minutes, ids, plan, (one, other), moments, tuple(debrief))


def _missions(file: LessonFile, given: Any) -> list[tuple[Text, Mission]]:
    """Read the missions, each with its name; in the plan itself a name is English."""
    told = file.entries("missions", given, FORMS, FORMS) if given is not None else {}
    missions = []
    for form in FORMS:
        place, each = f"missions.{form}", told.get(form)
        rest = file.entries(place, each, (*SETTING, "name"), ("name",)) if each is not None else {}
        name = file.text(f"{place}.name", rest.pop("name", None), NAME)
        setting = file.setting(place, rest)
        missions.append((name, Mission(setting.choices, setting.levers, in_english(name))))
    return missions


def _moments(file: LessonFile, given: Any, months: int) -> Iterator[Moment]:
    """Read the moments; what one asks is looked at before the next one begins, or as it does."""
    needed = ("month", "question", "note", "options")
    rows = [
        (place, file.entries(place, each, (*needed, "predict", "reveal"), needed))
        for place, each in file.rows("moments", given, 1, MOST_MOMENTS)
    ]
    starts = [file.whole(f"{place}.month", told.get("month"), 0, months - 2) for place, told in rows]
    ends = [*starts[1:], months - 1][: len(rows)]
    for (place, told), start, end in zip(rows, starts, ends, strict=True):
        if start is None or end is None:  # noted already
            start, end = 0, months - 1
        if end <= start:
            file.note(f"{place}.month", f"is {start}, and the next moment's {end}; moments stand in order")
            start, end = 0, months - 1
        predict = _prediction(file, f"{place}.predict", told.get("predict"), start + 1, end)
        first = predict.month if predict else start + 1
        reveal = file.whole(
            f"{place}.reveal", told.get("reveal", predict.month if predict else end), first, end
        )
        yield Moment(
            month=start,
            question=file.text(f"{place}.question", told.get("question"), SENTENCES),
            note=file.text(f"{place}.note", told.get("note"), NOTE),
            predict=predict,
            options=tuple(_choices(file, f"{place}.options", told.get("options"))),
            reveal=end if reveal is None else reveal,
        )


def _prediction(file: LessonFile, place: str, given: Any, first: int, last: int) -> Prediction | None:
    """Read what is to be predicted: `line` with `month`, or `relapse` with the month by which."""
    if given is None:
        return None
    told = file.entries(place, given, ("line", "month", "margin", "relapse"))
    if ("relapse" in told) == ("line" in told) or ("relapse" in told and len(told) > 1):
        file.note(place, "takes a line and its month, as in {line: trust, month: 24}, or {relapse: 60}")
        return None
    if "relapse" in told:
        by = file.whole(f"{place}.relapse", told["relapse"], first, last)
        return None if by is None else Prediction("relapse", "", by, 0.0)
    line = file.one_of(f"{place}.line", told["line"], [each.name for each in LINES])
    if "month" not in told:
        file.note(place, "month is missing")
    month = file.whole(f"{place}.month", told.get("month"), first, last)
    margin = file.number(f"{place}.margin", told.get("margin", MARGIN), 0, 1)
    if line is None or month is None or margin is None:
        return None
    return Prediction("line", line, month, margin)


def _choices(file: LessonFile, place: str, given: Any) -> Iterator[Choice]:
    """Read the options of a moment; one without a mission leaves all as it is."""
    for where, each in file.rows(place, given, 2, MOST_OPTIONS):
        told = file.entries(where, each, ("label", "says", *FOR), ("label", "says"))
        given_for = [whom for whom in FOR if whom in told]
        if len(given_for) > 1:
            file.note(where, f"takes one of {', '.join(FOR)}, not {' and '.join(given_for)}")
        whom = given_for[0] if given_for else None
        setting = Setting() if whom is None else file.setting(f"{where}.{whom}", told[whom])
        yield Choice(
            label=file.text(f"{where}.label", told.get("label"), TITLE),
            says=file.text(f"{where}.says", told.get("says"), SENTENCE),
            missions=() if whom is None else FOR[whom],
            setting=setting,
        )


# -- whether the choices go together -----------------------------------------------------------------------


def _check_choices(file: LessonFile, plan: Plan, moments: Sequence[Moment]) -> None:
    """Note choices that are the same, and any that cannot be lived through after those before them."""
    for number, moment in enumerate(moments, 1):
        for (one, these), (other, those) in combinations(enumerate(moment.options, 1), 2):
            if (these.missions, these.setting) == (those.missions, those.setting):
                file.note(f"moments[{number}].options[{other}]", f"does the same as options[{one}]")
    _walk(file, moments, 0, [plan.experiment(1).forms[form] for form in FORMS])
    if file.faults:
        return
    for nth in range(MOST_OPTIONS):  # every choice once, as the page asks for it
        chosen = [(each.month, each.options[min(nth, len(each.options) - 1)]) for each in moments]
        try:
            after(plan, chosen)
        except ParameterError as refusal:
            file.note("moments", str(refusal))


def _walk(
    file: LessonFile, moments: Sequence[Moment], number: int, held: Sequence[Mapping[str, float]]
) -> None:
    """Follow all ways through the choices, and note where levers come to contradict each other."""
    for nth, choice in enumerate(moments[number].options if number < len(moments) else (), 1):
        moved = levers_of(choice.setting)
        now = [{**each, **moved} if place in choice.missions else each for place, each in enumerate(held)]
        wrong = [sentence for place in choice.missions for sentence in contradictions(now[place])]
        for sentence in wrong:
            file.note(f"moments[{number + 1}].options[{nth}]", sentence)
        if not wrong:
            _walk(file, moments, number + 1, now)


def after(plan: Plan, chosen: Sequence[tuple[int, Choice]]) -> Plan:
    """Give the plan that a lesson becomes when choices have been made.

    Parameters
    ----------
    plan : Plan
        The lesson's plan.
    chosen : sequence of (int, Choice)
        The month of each moment, and what was chosen there.
    """
    first, second = (
        replace(
            mission,
            decisions=tuple(
                Decision(choice.setting.choices, choice.setting.levers, month)
                for month, choice in chosen
                if place in choice.missions
            ),
        )
        for place, mission in enumerate(plan.missions)
    )
    return replace(plan, missions=(first, second))
