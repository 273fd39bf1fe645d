"""`mipo run`: a Hydra application around one experiment."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, make_dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill
from typing import Any, NoReturn
from unittest.mock import patch

import hydra
from hydra._internal.utils import get_args_parser
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from mipo_sim.analysis.wording import WIDE, plain
from mipo_sim.command.refusals import (
    Refusal,
    check_flags,
    check_overrides,
    check_tree,
    plain_tree,
    refuse_usage,
    sentence_of,
)
from mipo_sim.model import SEED
from mipo_sim.parameters import ParameterError, declared
from mipo_sim.parameters.options import CONFIGS, GROUPS
from mipo_sim.sweeps import Experiment
from mipo_sim.sweeps.experiment import BLOCK
from mipo_sim.sweeps.mission import USUAL, Choices, as_configuration, progress_bar, side_by_side
from mipo_sim.sweeps.storage import check_writable

PRIMARY = "mipo"
HELP = """\
mipo run - one situation, one form of mission, set beside no mission and the mix of 2007.

  mipo run                                              as it comes
  mipo run scenario=sierra_leone integration=full       options of groups
  mipo run mandate.troops=8 worlds=500 seed=7           single parameters and settings
  mipo run --cfg job                                    show the configuration instead of running it
  mipo run -m integration=full,coordination             several runs, one after the other

Groups and their options (mipo scenarios says what they are):

$APP_CONFIG_GROUPS

Settings: worlds, seed, months, map, output, name, block, compare.
Single parameters are written group.parameter=value; mipo parameters lists them.
Your own options and scenarios: --config-dir FOLDER. Tab completion: eval "$$(mipo -sc install=bash)".
"""


@dataclass
class Run:
    """What a run is made of beside its parameters; names and types for Hydra to check."""

    worlds: int = 200
    seed: int = SEED
    block: int = BLOCK
    output: str = "results"
    name: str | None = None
    title: str = ""
    story: str = ""
    map: str = "heartland"
    months: int = 144
    history: list[Any] = field(default_factory=list)
    compare: dict[str, Any] = field(default_factory=dict)


def run(words: Sequence[str]) -> int:
    """Run the Hydra application on the words of a command line.

    Raises
    ------
    Refusal, ParameterError
        If something was asked for that cannot be done.
    """
    parser = get_args_parser()
    parser.error = refuse_usage  # type: ignore[method-assign, assignment]
    asked = parser.parse_args(list(words))
    check_flags(asked)
    if not asked.shell_completion:
        check_overrides(asked.overrides)
    _register_schema()
    application = hydra.main(version_base="1.3", config_path=str(CONFIGS), config_name=PRIMARY)(_job)
    with TemporaryDirectory() as scratch:  # where Hydra may note what a multirun was made of
        said = list(words)
        if asked.multirun:  # beside the first override, since argparse wants all of them in a row
            place = said.index(asked.overrides[0]) if asked.overrides else len(said)
            said.insert(place, f"hydra.sweep.dir='{scratch}'")
        with _as_hydra_wants_it(said):
            try:
                application()
            except (HydraException, OmegaConfBaseException) as error:
                raise Refusal(sentence_of(error)) from None
    return 0


def _job(config: DictConfig) -> None:
    # Hydra prints several lines about an error that leaves a job; SystemExit passes in silence.
    try:
        _run(config)
    except (HydraException, OmegaConfBaseException) as error:
        _stop(sentence_of(error))
    except (Refusal, ParameterError, OSError) as error:
        _stop(str(error))


def _stop(sentence: str) -> NoReturn:
    sys.stderr.write(f"mipo: {' '.join(sentence.split())}\n")
    raise SystemExit(2)


def _run(config: DictConfig) -> None:
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
    settings = {key: tree[key] for key in ("name", "worlds", "seed", "block")}
    asked = {word.partition("=")[0].lstrip("+") for word in HydraConfig.get().overrides.task}
    others = {name: options for name, options in tree.get("compare", {}).items() if options}
    return side_by_side(chosen, others, _values_of, asked=asked & set(GROUPS), **settings)


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
    )
    lines = (("Situation", f"{where.title}. {where.story}"), ("Form", form))
    return "\n".join(
        fill(text, WIDE, initial_indent=f"{head:<11}", subsequent_indent=" " * 11) for head, text in lines
    )


@cache
def _register_schema() -> None:
    """Tell Hydra all names and types, from the one declaration of every parameter."""
    fields: dict[str, list[Any]] = {}
    for parameter in declared().values():
        kind = int if parameter.structural else float
        fields.setdefault(parameter.group, []).append(
            (parameter.key, kind, field(default=kind(parameter.default)))
        )
    groups = {group: make_dataclass(group.title(), entries) for group, entries in fields.items()}
    schema = make_dataclass(
        "Schema", [(group, kind, field(default_factory=kind)) for group, kind in groups.items()], bases=(Run,)
    )
    store = ConfigStore.instance()
    store.store(name="schema", node=schema)
    store.store(
        name=PRIMARY,
        node={
            "defaults": ["schema", "config", "_self_"],
            "hydra": {"help": {"app_name": "mipo run", "template": HELP}},
        },
    )


@contextmanager
def _as_hydra_wants_it(words: Sequence[str]) -> Iterator[None]:
    """Hand Hydra the words, and have it raise its errors instead of printing them."""
    changed = {"HYDRA_FULL_ERROR": "1"}
    if "COMP_LINE" in os.environ:  # completion reads the whole line, and knows no word "run"
        changed["COMP_LINE"] = os.environ["COMP_LINE"].replace(" run ", " ", 1)
    with patch.dict(os.environ, changed), patch.object(sys, "argv", [sys.argv[0], *words]):
        yield
