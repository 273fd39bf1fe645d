"""From words to a sweep: settings and studies composed by Hydra, axes read as a design."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra import compose
from hydra.core.config_store import ConfigStore

from mipo_sim.command.own import names_of_own, own_of
from mipo_sim.command.refusals import CHOSEN, Refusal, check_choice, plain_tree, read_word
from mipo_sim.command.schema import composing
from mipo_sim.model import MOST_WORLDS, SEED
from mipo_sim.outcomes import HEADLINE
from mipo_sim.parameters import check_whole, declared
from mipo_sim.parameters.options import own_options
from mipo_sim.sweeps.designs import Design, from_multirun
from mipo_sim.sweeps.engine import EngineError, is_here
from mipo_sim.sweeps.experiment import BLOCK, NAME
from mipo_sim.sweeps.identity import config_digest
from mipo_sim.sweeps.loading import listing
from mipo_sim.sweeps.precision import CAP
from mipo_sim.sweeps.store import SweepError
from mipo_sim.sweeps.sweep import Sweep

PARTS = ("levers", "contexts", "base")  # of a design


@dataclass
class Settings:
    """What a sweep is made of beside its design; names and types for Hydra to check."""

    worlds: int = 100
    seed: int = SEED
    workers: int | None = None
    engine: Any = None
    block: int = BLOCK
    output: str = "results"
    name: str | None = None
    reuse: bool = True
    precision: float | None = None
    outcomes: list[str] = field(default_factory=lambda: [HEADLINE])
    reference: int | None = None
    cap: int = CAP
    parameters: str = "default"
    design: Any = None
    study: Any = None  # what a study asks; see `mipo_sim.studies`


def composed(words: Sequence[str], config_dir: str | None) -> dict[str, Any]:
    """Compose study, design and settings with Hydra; what else is asked for goes into the design.

    Parameters
    ----------
    words : sequence of str
        Axes, what holds at all points, settings: `integration=coexistence,full`, `worlds=50`.
    config_dir : str or None
        A folder with more studies, designs and options.

    Returns
    -------
    dict
        The settings, and under `design` what `make_design` takes.

    Raises
    ------
    Refusal, ParameterError
        If a word cannot be meant.
    """
    ours = set(Settings.__dataclass_fields__)
    for_hydra = [word for word in words if word.partition("=")[0].lstrip("+~").split(".")[0] in ours]
    with own_options(names_of_own(config_dir)):
        spec, left = from_multirun([word for word in words if word not in for_hydra])
    if left:
        raise Refusal(f"a sweep has no {next(iter(left))}; its settings are {', '.join(sorted(ours))}")
    _register_settings()
    for word in for_hydra:
        override = read_word(word)
        if override.is_delete():
            raise Refusal(f"{word!r}: nothing of a sweep can be taken away; choose another option or value")
        if override.key_or_group in CHOSEN:
            check_choice(word)
    for_hydra = [_as_list(word) for word in for_hydra]
    # An engine's settings are checked with the engine, which knows the nearest right spelling.
    for_hydra = [f"++{word}" if word.startswith("engine.") else word for word in for_hydra]
    with composing(config_dir) as always:
        tree = plain_tree(compose("sweep", [*for_hydra, *always]))
        if config_dir is not None:
            _check_engine(tree, for_hydra, always)
    if not isinstance(tree["study"] or {}, Mapping):
        raise Refusal(f"a study takes names with what they are, not {tree['study']!r}")
    tree["design"] = _merged(tree["design"], spec)
    if own := own_of(tree["design"], config_dir):
        tree["design"]["own"] = own
    return tree


def _as_list(word: str) -> str:
    """Let outcomes be named without the brackets that Hydra wants around a list."""
    name, _, value = word.partition("=")
    return f"{name}=[{value}]" if name == "outcomes" and not value.startswith("[") else word


def _register_settings() -> None:
    """Tell Hydra the settings of a sweep, and the options that hold where nobody chooses others."""
    usual = {"engine": "local", "design": "none", "study": "none", "parameters": "default"}
    defaults = ["sweep_settings", "_self_", *({group: option} for group, option in usual.items())]
    store = ConfigStore.instance()
    store.store(name="sweep_settings", node=Settings)
    store.store(name="sweep", node={"defaults": defaults})


def _check_engine(tree: Mapping[str, Any], words: Sequence[str], always: Sequence[str]) -> None:
    """Refuse a study that chooses its engine: a cluster and those who run it have to be trusted."""
    asked = [word for word in words if word.lstrip("+~").partition("=")[0].split(".")[0] == "engine"]
    if tree["engine"] != plain_tree(compose("sweep", [*asked, *always]))["engine"]:
        raise Refusal("a study cannot choose its engine; ask for it beside the study: engine=dask")


def _merged(design: dict[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Put what was asked for on the command line over what a study says."""
    for part in PARTS:
        if not isinstance(design.get(part) or {}, Mapping):
            raise Refusal(f"design.{part} takes names with what they are, not {design[part]!r}")
    merged = dict(design)
    named = [name for part in PARTS for name in asked[part]]
    for part in PARTS:
        kept = {name: value for name, value in (design.get(part) or {}).items() if name not in named}
        merged[part] = kept | asked[part]
    if merged.get("kind", "none") == "none":
        merged["kind"] = asked["kind"]
    return merged


def as_sweep(tree: Mapping[str, Any], design: Design, kind: str) -> Sweep:
    """Make the sweep that settings and a design ask for, in a folder that always is the same for them.

    Parameters
    ----------
    tree : mapping
        The settings, as `composed` gives them.
    design : Design
        The points.
    kind : str
        What the name of the folder begins with, unless the settings have a name.
    """
    check_whole("worlds", tree["worlds"], 1, MOST_WORLDS)
    drawn = {} if tree["parameters"] == "default" else {"parameters": tree["parameters"]}
    digest = config_digest(design.as_config() | drawn, tree["worlds"])
    name = tree["name"] or f"{kind}-{digest}-{tree['seed']}"
    if not NAME.fullmatch(name):
        raise Refusal(f"a name has letters, digits, _ and - (at most 64), not {name!r}")
    if tree["workers"] is not None and not is_here(tree["engine"]):
        raise Refusal(
            "workers counts processes of this machine, but the engine asked for has its own workers"
        )
    output = Path(tree["output"])
    return Sweep(
        design,
        output / name,
        replicates=tree["worlds"],
        seed=tree["seed"],
        workers=tree["workers"],
        engine=tree["engine"],
        block=tree["block"],
        reuse=output if tree["reuse"] else None,
        parameters=tree["parameters"],
        given=tuple(sorted(declared().keys() & {*design.base, *(axis.name for axis in design.axes)})),
    )


def carried_out(one: Sweep, work: Callable[[], None]) -> int:
    """Do the work of a sweep, and say in plain words what stands in the way.

    Returns
    -------
    int
        0 when done, 130 when interrupted.

    Raises
    ------
    Refusal
        If it cannot be done.
    """
    try:
        work()
    except (SweepError, EngineError) as error:
        raise Refusal(str(error)) from None
    except KeyboardInterrupt:
        done = int(listing(one.folder)["done"].sum())
        sys.stderr.write(
            f"\nmipo: stopped; {done:,} worlds are done, and the same command goes on from there\n"
        )
        return 130
    return 0
