"""Bad input, told in one clear line: what it is, what is allowed, the nearest right spelling."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException, MissingConfigException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from mipo_sim.parameters import ParameterError, check_name, check_value, declared, nearest
from mipo_sim.parameters.options import GROUPS, options

#: Settings of a run that are not parameters of the model, and what they take.
SETTINGS = {
    "worlds": "a whole number",
    "seed": "a whole number",
    "block": "a whole number",
    "months": "a whole number",
    "output": "a folder",
    "name": "a word",
    "map": "the name of a map",
    "parameters": "default or posterior",
    "compare": "forms by name, each with its options",
}
#: Settings of a sweep beside these.
OF_SWEEP = {
    "workers": "a whole number",
    "reuse": "true or false",
    "precision": "a number",
    "outcomes": "names of outcomes",
    "reference": "the number of a point",
    "cap": "a whole number",
    "design": "the name of a design",
    "study": "the name of a study",
}
#: Flags by the commands that have them.
FLAGS = {"--dry-run": "mipo sweep", "-m": "mipo run", "--multirun": "mipo run"}
OF_SCENARIO = ("title", "story", "history")  # texts that come with a scenario and are not set
CHOSEN = ("scenario", *GROUPS, "parameters", "engine", "study", "design")  # by the name of a file
#: Beginnings of lines in Hydra's messages that help nobody here.
NOISE = ("full_key:", "object_type=", "reference_type=", "provider=", "Config search path", "See http")
#: How Hydra's messages introduce another's.
WRAPPED = re.compile(r" \w+ raised while composing config:")
#: What composing raises where a configuration or a word cannot be read.
UNREADABLE = (HydraException, OmegaConfBaseException, yaml.YAMLError, UnicodeDecodeError)
#: An interpolation that asks a resolver: `${oc.env:HOME}`, but not `${worlds}`.
RESOLVER = re.compile(r"\$\{[^{}:]*:")


class Refusal(Exception):
    """Something was asked for that cannot be done; the text is one clear line."""


def check_flags(asked: Namespace) -> None:
    """Refuse flags that do not go together, and the one that would run code from a file."""
    modes = [asked.run, asked.multirun, asked.shell_completion, asked.cfg is not None, asked.info is not None]
    if sum(modes) > 1:
        raise Refusal("only one of --run, --multirun, --cfg, --info and --shell-completion can be asked for")
    if asked.resolve and asked.cfg is None:
        raise Refusal("--resolve goes with --cfg only")
    if asked.experimental_rerun is not None:
        raise Refusal("--experimental-rerun is not offered; the folder of a run has its config.yaml")
    if asked.config_path is not None:
        raise Refusal("--config-path is not offered; --config-dir FOLDER adds options of your own")
    for flag in ("package", "config_name"):
        if asked.multirun and getattr(asked, flag) is not None:
            raise Refusal(f"--{flag.replace('_', '-')} does not go with --multirun")


def check_overrides(words: Sequence[str], more: Sequence[str] = ()) -> None:
    """Refuse words that name no group, setting or parameter, before anything is composed.

    Additions (`+name=value`) are left to Hydra, which knows what a user's own folder adds.

    Parameters
    ----------
    words : sequence of str
        The words of a command line.
    more : sequence of str
        Settings that can be set beside those of a run.
    """
    for word in words:
        override = read_word(word)
        key = override.key_or_group
        if key == "history":
            raise Refusal("history is nothing that a run can be given; mipo history CASE runs a case")
        if override.is_delete() and key.split(".")[0] != "compare":
            raise Refusal(f"{word!r}: nothing but compare can be taken away; choose another option or value")
        if key in CHOSEN:
            check_choice(word)
        if key == "hydra.mode":
            raise Refusal("hydra.mode cannot be set; -m asks for all combinations")
        if not override.is_add() and key.split(".")[0] not in more:
            _check_key(key, more)


def read_word(word: str) -> Override:
    """Read a word as Hydra does, or refuse it."""
    try:
        return OverridesParser.create().parse_override(word)
    except HydraException:
        raise Refusal(f"cannot read {word!r}; write group=option or parameter=value") from None


def check_choice(word: str) -> None:
    """Refuse a word that asks a group for something that can be no name; Hydra would fail on a number."""
    override = read_word(word)
    asked = override.value()
    if not override.is_sweep_override() and not override.is_delete() and not isinstance(asked, str):
        raise Refusal(f"{override.key_or_group} takes one option, not {word.partition('=')[2]!r}")


def _check_key(key: str, more: Sequence[str]) -> None:
    stem, dot, _ = key.partition(".")
    if (
        stem in ("hydra", "compare")
        or key in declared()
        or key in (*SETTINGS, *OF_SCENARIO, "scenario", *GROUPS)
    ):
        return
    if stem in {parameter.group for parameter in declared().values()} and dot:
        check_name(key)
    raise ParameterError(_nothing_named(key, more))


def _nothing_named(key: str, more: Sequence[str] = ()) -> str:
    known = ["scenario", *GROUPS, *SETTINGS, *more]
    if "." in key:
        last = key.split(".")[-1]
        meant = last if last in SETTINGS else key.removeprefix("parameters.")
        hint = nearest(meant, [*declared(), *SETTINGS])
        return f"no parameter named {key!r}{hint} (mipo parameters lists them)"
    if key in OF_SWEEP and key not in more:
        return f"{key} is of a sweep: mipo sweep {key}=..."
    return f"nothing named {key!r} can be set{nearest(key, known)} (there are: {', '.join(known)})"


def check_tree(tree: Any) -> None:
    """Refuse what was added to a composed configuration but nobody reads."""
    groups = {parameter.group for parameter in declared().values()}
    for key, value in tree.items():
        if key in groups and isinstance(value, dict):
            for inner in value:
                check_name(f"{key}.{inner}")
        elif key not in SETTINGS and key not in OF_SCENARIO:
            raise ParameterError(_nothing_named(str(key)))


def sentence_of(error: Exception) -> str:
    """Put an error of composing, one of `UNREADABLE`, into one line of our own words."""
    if isinstance(error, yaml.YAMLError):
        return _sentence_on_yaml(error)
    if isinstance(error, UnicodeDecodeError):
        return "a file of the configuration cannot be read: it is not text in UTF-8"
    lost = re.search(r"Could not find '(?P<group>\w+)/(?P<option>[^']*)'", str(error))
    if isinstance(error, MissingConfigException) and lost:
        group, option, known = lost["group"], lost["option"], sorted(error.options or options(lost["group"]))
        return f"{group} has no option {option!r}{nearest(option, known)} (options: {', '.join(known)})"
    merging = re.match(r"Error merging override \+*(?P<key>[^=]+)=(?P<value>.*)", str(error), re.DOTALL)
    if merging and merging["key"] in declared():
        return _sentence_on_value(merging["key"], merging["value"])
    if merging and (kind := (SETTINGS | OF_SWEEP).get(merging["key"])):
        return f"{merging['key']} takes {kind}, not {merging['value']!r}"
    if merging and merging["key"].split(".")[0] in SETTINGS:  # something in what has no parts
        return _nothing_named(merging["key"])
    several = re.match(r"Ambiguous value for argument '(?P<key>[^=]+)=(?P<values>.*)'", str(error))
    if several:
        return (
            f"{several['key']} takes one value in a run, not {several['values']!r}; "
            "mipo run -m compares several, and so does mipo sweep"
        )
    lines = [line.strip() for text in (error, error.__cause__) if text for line in str(text).splitlines()]
    kept = [WRAPPED.sub("", line.rstrip(".")) for line in lines if line and not line.startswith(NOISE)]
    return "; ".join(dict.fromkeys(kept)).replace(":; ", ": ")


def _sentence_on_yaml(error: yaml.YAMLError) -> str:
    """Say which file cannot be read, and where it goes wrong."""
    mark = getattr(error, "problem_mark", None)
    place = f" ({mark.name}, line {mark.line + 1})" if mark else ""
    why = getattr(error, "problem", None) or str(error)
    return f"a file of the configuration cannot be read{place}: {why}"


def _sentence_on_value(key: str, value: str) -> str:
    try:
        check_value(declared()[key], value)
    except ParameterError as refusal:
        return str(refusal)
    return f"{key} takes a number, not {value!r}"


def refuse_usage(message: str) -> NoReturn:
    """Stand in for argparse's own error, which prints the whole usage."""
    flag = message.removeprefix("unrecognized arguments: ").split()[0]
    if flag in FLAGS:
        raise Refusal(f"there is no {flag} here; {FLAGS[flag]} has it")
    if (name := flag.removeprefix("--").replace("-", "_")) in SETTINGS | OF_SWEEP:
        raise Refusal(f"there is no {flag}; settings are written {name}=...")
    raise Refusal(f"{message} (mipo --help says what there is)")


class Parser(ArgumentParser):
    """Reads the words of a command, and refuses wrong ones in one line."""

    def error(self, message: str) -> NoReturn:
        """Refuse."""
        refuse_usage(message)


def plain_tree(config: Any) -> dict[str, Any]:
    """Turn a composed configuration into plain dictionaries and values.

    Raises
    ------
    Refusal
        If it asks for more than stands in it, such as the environment: results would carry that along.
    """
    for text in _texts(OmegaConf.to_container(config, resolve=False)):
        if RESOLVER.search(text):
            raise Refusal(f"{text!r}: a configuration refers to its own entries only, as in ${{worlds}}")
    tree: dict[str, Any] = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)  # type: ignore[assignment]
    return tree


def _texts(tree: Any) -> Iterator[str]:
    """All texts of a configuration, names and values."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _texts(value)
