"""What Hydra is told of a run: every name, every type, and where the options are."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, make_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hydra
from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from mipo_sim.command.refusals import UNREADABLE, Refusal, sentence_of
from mipo_sim.model import SEED
from mipo_sim.parameters import declared
from mipo_sim.parameters.options import CONFIGS
from mipo_sim.sweeps.experiment import BLOCK

PRIMARY = "mipo"
#: What Hydra calls, writes or sets in the environment by itself.
OF_HYDRA = (
    *("callbacks", "launcher", "sweeper", "hydra_logging", "job_logging", "help", "hydra_help"),
    *("run", "sweep", "output_subdir", "job.env_set", "job.env_copy", "job.chdir"),
)
HELP = """\
mipo run - one situation, one form of mission, set beside no mission and the mix of 2007.

  mipo run                                              as it comes
  mipo run scenario=sierra_leone integration=full       options of groups
  mipo run mandate.troops=8 worlds=500 seed=7           single parameters and settings
  mipo run --cfg job                                    show the configuration instead of running it
  mipo run -m integration=coexistence,full funding=earmarked,pooled
                                                        all combinations, compared in one table and picture

Groups and their options (mipo scenarios says what they are; history and lesson have commands of their own):

$APP_CONFIG_GROUPS

Settings: worlds, seed, months, map, output, name, block, compare, parameters (default, posterior);
with -m also workers, engine, reuse.
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
    parameters: str = "default"
    history: list[Any] = field(default_factory=list)
    compare: dict[str, Any] = field(default_factory=dict)


@cache
def register_schema() -> None:
    """Tell Hydra all names and types, from the one declaration of every parameter."""
    OmegaConf.clear_resolver("oc.env")  # values are looked through; Hydra resolves choices before that
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
def composing(config_dir: str | None) -> Iterator[list[str]]:
    """Compose with Hydra in `configs/`, and say in plain words what it refuses.

    Parameters
    ----------
    config_dir : str, optional
        A folder with more options, studies and designs.

    Yields
    ------
    list of str
        Words that every composition needs, so that Hydra looks into that folder too.
    """
    if config_dir is not None and not Path(config_dir).is_dir():
        raise Refusal(f"folder {config_dir!r} of --config-dir not found")
    register_schema()
    try:
        with hydra.initialize_config_dir(str(CONFIGS), version_base="1.3"):
            yield [f"hydra.searchpath=['file://{Path(config_dir).absolute()}']"] if config_dir else []
    except UNREADABLE as error:
        raise Refusal(sentence_of(error)) from None


def check_hydra_alone(words: Sequence[str], config_dir: str | None, name: str | None = None) -> None:
    """Refuse a configuration that tells Hydra what to do, since Hydra would call whatever it names.

    Parameters
    ----------
    words : sequence of str
        The words of a command line.
    config_dir : str or None
        A folder with a user's own options.
    name : str, optional
        The configuration to begin with, if it is a user's own.

    Raises
    ------
    Refusal
        If anything that Hydra instantiates, logs with, or puts into the environment is not as ours.
    """
    with composing(config_dir) as always:
        ours = hydra.compose(PRIMARY, always, return_hydra_config=True)
        asked = hydra.compose(name or PRIMARY, [*words, *always], return_hydra_config=True)
    mine, theirs = (OmegaConf.to_container(tree.hydra, resolve=False) for tree in (ours, asked))
    for part in OF_HYDRA:
        if _part(mine, part) != _part(theirs, part):
            raise Refusal(
                f"hydra.{part} cannot be set: a configuration says what is simulated, not what is called"
            )


def _part(tree: Any, path: str) -> Any:
    for word in path.split("."):
        tree = tree.get(word) if isinstance(tree, dict) else None
    if path == "sweeper" and isinstance(tree, dict):  # its axes are read as plain words
        return {key: value for key, value in tree.items() if key != "params"}
    return tree
