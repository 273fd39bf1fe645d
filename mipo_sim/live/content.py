"""What the trainers' page is made with, from the declarations: `Content` of `web/src/live/protocol.ts`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from mipo_sim.claims.margins import ALSO_TOLD, MATTERS
from mipo_sim.live.access import Role
from mipo_sim.live.band import OUTCOMES, WORLDS
from mipo_sim.live.frames import LINES
from mipo_sim.live.lessons import Lesson, offered
from mipo_sim.live.messages import MOST_NUMBER
from mipo_sim.live.plan import FEWEST_MONTHS, LONGEST, MOST_DECISIONS, MOST_MONTHS
from mipo_sim.live.words import LANGUAGES, catalogue, languages
from mipo_sim.model import MOST_WORLDS, SEED
from mipo_sim.outcomes import OUTCOMES as MEASURES
from mipo_sim.parameters import declared
from mipo_sim.parameters.options import GROUPS, compose, describe, option_sets, options
from mipo_sim.version import __version__

STYLISED = "Stylised"  # how a scenario or option that is taken from one real case begins to say so
LIMITS = {  # of a plan, as `plan.py` has them
    "world": (0, MOST_WORLDS - 1),
    "seed": (0, MOST_NUMBER),
    "months": (FEWEST_MONTHS, MOST_MONTHS),
    "decisions": MOST_DECISIONS,
    "name": LONGEST,
}


def content_of(
    role: Role,
    language: str,
    addresses: Sequence[str] = (),
    code: str = "",
    lessons: Sequence[Lesson] = (),
) -> dict[str, Any]:
    """Gather what a page that is served begins with, with texts in one language; `spoken` gives others.

    Parameters
    ----------
    role : {"trainer", "viewer"}
        Who looks at it.
    language : str
        Code of the language that it opens in.
    addresses, code : sequence of str, str
        Where others find the page and what they type there, where it is shared.
    lessons : sequence of Lesson
        One's own, beside those that come with the program.
    """
    told = spoken(language, lessons)
    return _content(role, language, {language: told["words"]}, told["lessons"]) | {
        "share": {"addresses": list(addresses), "code": code} if code and role == "trainer" else None
    }


def recorded_content(
    language: str, told: Sequence[Any], record: Any, month: int, lessons: Sequence[Lesson] = ()
) -> dict[str, Any]:
    """Gather what the file of a recorded run holds: every language, and all that was told.

    Parameters
    ----------
    language : str
        Code of the language that it opens in.
    told : sequence
        `Told` of the protocol, in the order in which it came.
    record : JSON
        What the class did, as the page keeps it.
    month : int
        Where the file opens.
    lessons : sequence of Lesson
        One's own, beside those that come with the program.
    """
    words = {code: words_of(code) for code in languages()}
    recorded = {"told": list(told), "record": record, "month": month}
    told = [lesson.as_json() for lesson in offered(lessons)]
    return _content("file", language, words, told) | {"recorded": recorded}


def spoken(language: str, lessons: Sequence[Lesson] = ()) -> dict[str, Any]:
    """Give all that is said in a language: the catalogue as `words`, and the `lessons`.

    Raises
    ------
    KeyError
        If there is no catalogue of that language.
    """
    told = [_in_language(lesson.as_json(), language) for lesson in offered(lessons)]
    return {"words": words_of(language), "lessons": told}


def _in_language(part: Any, language: str) -> Any:
    """Keep of texts by language the one, or English where it is missing."""
    if isinstance(part, dict):
        if "en" in part:
            return {language: part.get(language, part["en"])}
        return {key: _in_language(value, language) for key, value in part.items()}
    return [_in_language(value, language) for value in part] if isinstance(part, list) else part


def words_of(language: str) -> dict[str, str]:
    """Give all texts of a language, in English where it has none.

    Raises
    ------
    KeyError
        If there is no catalogue of that language.
    """
    return {**catalogue("en"), **catalogue(language)}


def _content(
    role: str, language: str, words: Mapping[str, Mapping[str, str]], lessons: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "kind": "live",
        "version": __version__,
        "role": role,
        "share": None,
        "language": language,
        "languages": [
            {"code": code, "name": LANGUAGES[code][0], "direction": LANGUAGES[code][1]}
            for code in languages()
        ],
        "words": words,
        "situations": [_situation(name) for name in options("scenario")],
        "groups": [_group(name) for name in GROUPS],
        "lines": [asdict(line) for line in LINES],
        "outcomes": [_outcome(name) for name in OUTCOMES],
        "lessons": lessons,
        "limits": LIMITS,
        "seed": SEED,
        "worlds": WORLDS,
        "recorded": None,
    }


def _situation(name: str) -> dict[str, Any]:
    composed = compose(name)
    return {
        "name": name,
        "months": composed.months,
        "stylised": composed.story.startswith(STYLISED),
        "chooses": {group: composed.choices[group] for group in GROUPS},
    }


def _outcome(name: str) -> dict[str, Any]:
    measure = next(measure for measure in MEASURES if measure.name == name)
    smallest, _ = (MATTERS | ALSO_TOLD)[name]
    return {"name": name, "unit": measure.unit, "better": measure.better, "matters": smallest}


def _group(name: str) -> dict[str, Any]:
    levers = [p for p in declared().values() if p.group == name and p.role == "lever" and not p.structural]
    facts = ("name", "default", "low", "high", "unit", "whole")
    return {
        "name": name,
        "levers": [{fact: getattr(lever, fact) for fact in facts} for lever in levers],
        "options": [
            {
                "name": option,
                "sets": {
                    lever: value
                    for lever, value in option_sets(name, option).items()
                    if value != declared()[lever].default
                },
                "case": describe(name, option).startswith(STYLISED),
            }
            for option in options(name)
        ],
    }
