"""Options of a user's own, from the folder of `--config-dir`: read once with Hydra, kept as plain data.

A sweep puts options together by itself, since Hydra would take a tenth of a second for each combination.
It therefore needs to know what an option sets, and its results have to say so, for the folder of a user
may change or be elsewhere when they are read again.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra import compose as compose_with_hydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from mipo_sim.command.refusals import Refusal, plain_tree
from mipo_sim.command.schema import PRIMARY, composing
from mipo_sim.parameters import complete, declared
from mipo_sim.parameters.options import GROUPS, Own, compose, options, own_options
from mipo_sim.sweeps.experiment import NAME
from mipo_sim.sweeps.mission import USUAL

CHOICES = ("scenario", *GROUPS)
PLACE_AND_TIME = ("title", "story", "map", "months", "history")  # what a scenario is beside its parameters


def names_of_own(config_dir: str | None) -> Own:
    """List the options in a user's folder by group and name, without a look at what they set."""
    if config_dir is None:
        return {}
    files = {group: sorted(Path(config_dir, group).glob("*.yaml")) for group in CHOICES}
    for file in (file for found in files.values() for file in found):
        if not NAME.fullmatch(file.stem):  # it goes into tables, where a spreadsheet might take it for more
            raise Refusal(f"the name of an option has letters, digits, _ and -, not {str(file)!r}")
    return {group: {file.stem: {} for file in found} for group, found in files.items()}


def own_of(design: Mapping[str, Any], config_dir: str | None) -> Own:
    """Read the options of a user's own that a design names, and those that they choose.

    Parameters
    ----------
    design : mapping
        A design as plain data.
    config_dir : str or None
        The user's folder.

    Returns
    -------
    mapping
        As `mipo_sim.parameters.options.own_options` takes it.

    Raises
    ------
    Refusal
        If Hydra cannot compose an option, or one does what an option of a sweep cannot.
    """
    own: dict[str, dict[str, Any]] = {}
    if config_dir is None:
        return own
    with composing(config_dir) as always:
        todo, trees = list(_named(design)), {}
        while todo:
            group, option = todo.pop()
            if option in options(group) or option in own.get(group, {}):
                continue
            tree, chosen = _composed(group, option, always)
            usual = _composed(group, USUAL, always)[0] if group in GROUPS else {}
            read = _read_scenario(tree, chosen) if group == "scenario" else _read_levers(group, tree, usual)
            own.setdefault(group, {})[option] = read
            trees[group, option] = tree
            todo += read.get("chooses", {}).items()
    with own_options(own):
        for (group, option), tree in trees.items():
            _check_alike(group, option, tree)
    return own


def swept_by_own(words: Sequence[str], config_dir: str | None) -> list[str]:
    """Read the axes that a user's own options bring with them, as Hydra's `hydra.sweeper.params`.

    Parameters
    ----------
    words : sequence of str
        The words of a command line, which go before such axes.
    config_dir : str or None
        The user's folder.
    """
    if config_dir is None:
        return []
    parsed = ((word, OverridesParser.create().parse_override(word)) for word in words)
    said = {override.key_or_group: (word, override) for word, override in parsed}
    chosen = [word for name, (word, o) in said.items() if name in CHOICES and not o.is_sweep_override()]
    with composing(config_dir) as always:
        tree = compose_with_hydra(PRIMARY, [*chosen, *always], return_hydra_config=True)
    found = tree.hydra.sweeper.params or {}
    return [f"{name}={values}" for name, values in found.items() if name not in said]


def _named(design: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """All options that a design names."""
    parts = [design.get(part) or {} for part in ("levers", "contexts", "base")]
    for part in [*parts, *(design.get("points") or {}).values()]:
        for group in CHOICES:
            values = part.get(group)
            yield from (
                (group, value)
                for value in (values if isinstance(values, list) else [values])
                if isinstance(value, str)
            )


def _composed(group: str, option: str, always: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Compose one option with Hydra: the tree, and the option of every group."""
    config = compose_with_hydra(PRIMARY, [f"{group}='{option}'", *always], return_hydra_config=True)
    choices = {name: str(config.hydra.runtime.choices[name]) for name in GROUPS}
    return plain_tree(OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])), choices


def _read_levers(group: str, tree: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Take what an option sets in its group: levers, and whatever else the usual option leaves alone."""
    mine = [p for p in declared().values() if p.group == group]
    return {
        "sets": {
            p.key: tree[group][p.key]
            for p in mine
            if tree[group][p.key] != (p.default if p.role == "lever" else usual[group][p.key])
        }
    }


def _read_scenario(tree: Mapping[str, Any], chosen: Mapping[str, str]) -> dict[str, Any]:
    found = {p.name: tree[p.group][p.key] for p in declared().values() if p.role != "lever"}
    sets = {name: value for name, value in found.items() if value != declared()[name].default}
    return {"sets": {key: tree[key] for key in PLACE_AND_TIME} | sets, "chooses": dict(chosen)}


def _check_alike(group: str, option: str, tree: Mapping[str, Any]) -> None:
    """Refuse an option that does more than set its group, as Hydra's own syntax allows."""
    ours = complete(compose(**{group: option}).values)  # type: ignore[arg-type]
    for p in declared().values():
        if float(ours[p.name]) != float(tree[p.group][p.key]):
            raise Refusal(
                f"{group}={option} sets {p.name}, which is not of its group; "
                "a grid takes options that set their own group only"
            )
