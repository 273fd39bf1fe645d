"""What Hydra is told of a run: every name, every type, and where the options are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, make_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hydra
from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from mipo_sim.command.refusals import Refusal, sentence_of
from mipo_sim.model import SEED
from mipo_sim.parameters import declared
from mipo_sim.parameters.options import CONFIGS
from mipo_sim.sweeps.experiment import BLOCK

PRIMARY = "mipo"
HELP = """\
mipo run - one situation, one form of mission, set beside no mission and the mix of 2007.

  mipo run                                              as it comes
  mipo run scenario=sierra_leone integration=full       options of groups
  mipo run mandate.troops=8 worlds=500 seed=7           single parameters and settings
  mipo run --cfg job                                    show the configuration instead of running it
  mipo run -m integration=coexistence,full funding=earmarked,pooled
                                                        all combinations, compared in one table and picture

Groups and their options (mipo scenarios says what they are; those of history are for mipo history):

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
    except (HydraException, OmegaConfBaseException) as error:
        raise Refusal(sentence_of(error)) from None
