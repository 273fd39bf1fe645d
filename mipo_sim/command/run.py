"""`mipo run`: a Hydra application around one experiment."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import Any, NoReturn
from unittest.mock import patch

import hydra
from hydra._internal.utils import get_args_parser
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from mipo_sim.analysis.wording import WIDE, plain
from mipo_sim.command.multirun import multirun
from mipo_sim.command.refusals import (
    UNREADABLE,
    Refusal,
    check_flags,
    check_overrides,
    check_tree,
    plain_tree,
    refuse_usage,
    sentence_of,
)
from mipo_sim.command.schema import PRIMARY, check_hydra_alone, register_schema
from mipo_sim.parameters import ParameterError, declared
from mipo_sim.parameters.options import CONFIGS, GROUPS
from mipo_sim.sweeps import Experiment
from mipo_sim.sweeps.mission import USUAL, Choices, as_configuration, progress_bar, side_by_side
from mipo_sim.sweeps.storage import check_writable


def run(words: Sequence[str]) -> int:
    """Run the Hydra application on the words of a command line.

    Raises
    ------
    Refusal, ParameterError
        If something was asked for that cannot be done.
    """
    parser = get_args_parser()
    parser.error = refuse_usage  # type: ignore[method-assign, assignment]
    asked = parser.parse_intermixed_args(list(words))
    check_flags(asked)
    if asked.multirun and not (asked.help or asked.hydra_help):
        return multirun(asked.overrides, asked.config_dir)
    if not asked.shell_completion:
        check_overrides(asked.overrides)
        own = asked.config_dir, asked.config_name
        if any(own) or any(word.lstrip("+~").startswith("hydra") for word in asked.overrides):
            check_hydra_alone(asked.overrides, *own)
    register_schema()
    application = hydra.main(version_base="1.3", config_path=str(CONFIGS), config_name=PRIMARY)(_job)
    flags = [word for word in words if word not in asked.overrides]
    with _as_hydra_wants_it([*flags, *asked.overrides]):  # which cannot read them mixed
        try:
            application()
        except UNREADABLE as error:
            raise Refusal(sentence_of(error)) from None
    return 0


def _job(config: DictConfig) -> None:
    # Hydra prints several lines about an error that leaves a job; SystemExit passes in silence.
    try:
        _run(config)
    except UNREADABLE as error:
        _stop(sentence_of(error))
    except (Refusal, ParameterError, OSError) as error:
        _stop(str(error))


def _stop(sentence: str) -> NoReturn:
    sys.stderr.write(f"mipo: {' '.join(sentence.split())}\n")
    raise SystemExit(2)


def _run(config: DictConfig) -> None:
    if HydraConfig.get().mode is RunMode.MULTIRUN:
        raise Refusal("an option asks for several runs (hydra.mode); ask for them with -m")
    tree = plain_tree(config)
    check_tree(tree)
    experiment = _experiment(tree)
    folder = Path(tree["output"]) / experiment.folder
    check_writable(folder)
    print(introduction(experiment, HydraConfig.get().runtime.choices))
    with progress_bar(experiment) as report:
        results = experiment.run(report)
    print(f"\n{results.table()}\n", flush=True)
    try:
        results.save(folder)
    except OSError as error:
        why = error.strerror or str(error)
        raise OSError(
            f"the results could not be saved in {str(folder)!r}: {why}; nothing was kept"
        ) from error
    print(f"{'Picture':<11}{folder / 'mission.png'}\n{'Results':<11}{folder}")


def _experiment(tree: Mapping[str, Any]) -> Experiment:
    chosen = as_configuration(tree, _choices(HydraConfig.get().runtime.choices))
    settings = {key: tree[key] for key in ("name", "worlds", "seed", "block", "parameters")}
    asked = {word.partition("=")[0].lstrip("+") for word in HydraConfig.get().overrides.task}
    others = {name: options for name, options in tree.get("compare", {}).items() if options}
    given = tuple(sorted(asked & set(declared())))
    return side_by_side(chosen, others, _values_of, asked=asked & set(GROUPS), given=given, **settings)


def _values_of(choices: Choices) -> Mapping[str, float]:
    """Compose with Hydra, so that options in a user's own folder count too."""
    config = hydra.compose(PRIMARY, overrides=[f"{group}={option}" for group, option in choices.items()])
    return as_configuration(plain_tree(config), choices).values


def _choices(composed: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(composed[key]) for key in ("scenario", *GROUPS) if composed.get(key) is not None}


def introduction(experiment: Experiment, choices: Mapping[str, Any]) -> str:
    """Say in two lines what is about to run: the situation, and the form."""
    where, (chosen, *others) = experiment.situation, experiment.forms
    options = _choices(choices)
    unusual = [f"{group}={options[group]}" for group in GROUPS if options.get(group, USUAL) != USUAL]
    against = f" against {' and '.join(plain(form) for form in others)}" if others else ""
    form = (
        f"{plain(chosen)} ({', '.join(unusual) or 'all as usual'}){against}, "
        f"{experiment.worlds:,} world{'s' * (experiment.worlds > 1)} each, {where.months} months"
        + ", parameters drawn from the posterior"
        * (experiment.parameters == "posterior")
    )
    lines = (("Situation", f"{where.title}. {where.story}"), ("Form", form))
    return "\n".join(
        fill(text, WIDE, initial_indent=f"{head:<11}", subsequent_indent=" " * 11) for head, text in lines
    )


@contextmanager
def _as_hydra_wants_it(words: Sequence[str]) -> Iterator[None]:
    """Hand Hydra the words, and have it raise its errors instead of printing them."""
    changed = {"HYDRA_FULL_ERROR": "1"}
    if "COMP_LINE" in os.environ:  # completion reads the whole line, and knows no word "run"
        changed["COMP_LINE"] = os.environ["COMP_LINE"].replace(" run ", " ", 1)
    with patch.dict(os.environ, changed), patch.object(sys, "argv", [sys.argv[0], *words]):
        yield
