"""Commands to copy: everything again, one point again, one world again."""

import shlex
from collections.abc import Mapping
from typing import Any

import yaml

from mipo_sim.parameters import ParameterError, complete
from mipo_sim.parameters.options import GROUPS, compose, options
from mipo_sim.report.source import Source

SETTINGS = ("map", "months")
AS_STUDY = """\
# @package _global_
# Save this as FOLDER/study/again.yaml, then: mipo sweep --config-dir FOLDER study=again"""


def again(source: Source) -> str:
    """Make all the results again: a command, or the study that a command would need as a file."""
    if source.kind == "run":
        return point_again(source, 0)
    tail = _tail(source)
    if source.kind == "grid":
        axes = [_word(name, ",".join(map(_value, values))) for name, values in _axes(source).items()]
        return " ".join(["mipo sweep", *axes, *_words(source.base), tail])
    study = {
        "defaults": [{"override /design": source.kind}, "_self_"],
        "worlds": source.planned,
        "seed": source.made["seed"],
        "parameters": source.made["parameters"],
        "design": {name: value for name, value in source.design.items() if name != "kind"},
    }
    text = yaml.safe_dump(study, sort_keys=False, allow_unicode=True, width=100)
    return f"{AS_STUDY}\n{text}"


def point_again(source: Source, point: int) -> str:
    """Run one point again, in as many worlds; empty where no command can say it."""
    if source.made.get("decisions") or source.made.get("first_replicate"):
        return ""
    tail = _tail(source)
    if source.kind == "run":
        try:
            words = _form_words(source, source.forms[str(source.points.loc[point, "form"])])
        except (ParameterError, KeyError):  # of a version with other names
            return ""
        return " ".join(["mipo run", *words, tail])
    return " ".join(["mipo run", *_words(source.choices(point)), tail])


def _axes(source: Source) -> dict[str, Any]:
    return {**(source.design.get("levers") or {}), **(source.design.get("contexts") or {})}


def _tail(source: Source) -> str:
    drawing = ["parameters=posterior"] if source.made.get("parameters") == "posterior" else []
    return " ".join([f"worlds={source.planned}", _word("seed", str(source.made["seed"])), *drawing])


def _form_words(source: Source, form: Mapping[str, float]) -> list[str]:
    """Say a form by options where they fit, and by single parameters where they do not."""
    scenario = source.base["scenario"]
    known = scenario in options("scenario")
    start = compose(scenario if known else None)
    words = [f"scenario={scenario}"] if known else []
    chosen: dict[str, str] = {}
    for group in GROUPS:
        fitting = [
            option
            for option in options(group)
            if _fits(
                group, compose(start.choices["scenario"], overrides=None, **{group: option}).values, form
            )
        ]
        if fitting and start.choices[group] not in fitting:
            chosen[group] = fitting[0]
    reached = complete(compose(start.choices["scenario"], overrides=None, **chosen).values)
    words += [f"{group}={option}" for group, option in chosen.items()]
    for name in SETTINGS:
        if source.base[name] != getattr(start, name):
            words.append(_word(name, str(source.base[name])))
    return words + [
        _word(name, _value(value)) for name, value in form.items() if float(reached[name]) != float(value)
    ]


def _fits(group: str, values: Mapping[str, float], form: Mapping[str, float]) -> bool:
    whole = complete(values)
    return all(
        float(whole[name]) == float(value) for name, value in form.items() if name.partition(".")[0] == group
    )


def _words(choices: Mapping[str, Any]) -> list[str]:
    return [_word(name, _value(value)) for name, value in choices.items()]


def _word(name: str, value: str) -> str:
    return shlex.quote(f"{name}={value}")


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    number = float(value)
    return str(int(number)) if number == int(number) else repr(number)
