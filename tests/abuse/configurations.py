"""Configurations at random, made from the declarations, so that new parameters join by themselves."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mipo_sim.parameters import Parameter, contradictions, declared
from mipo_sim.parameters.checking import CONTRADICTIONS
from mipo_sim.parameters.options import GROUPS, compose, options

MOST_MORE = 10  # agents of a kind above the fewest, so that a world stays small
SMALL = {"country.districts": (1, 6), "country.communities_per_district": (1, 6)}
FORBIDDEN = "0123456789=,'\"[]{}()$\\#:"  # letters that mean something to the grammar of overrides


@dataclass(frozen=True)
class Valid:
    """Words that can be meant: options and parameters that they set, and how large the run is."""

    words: tuple[str, ...]
    values: Mapping[str, float]
    worlds: int


@dataclass(frozen=True)
class Invalid:
    """Words that cannot be meant: what is wrong with them, and names of which a refusal says one."""

    words: tuple[str, ...]
    fault: str
    names: tuple[str, ...]


def value_of(parameter: Parameter, luck: random.Random) -> float:
    """A value within the bounds, each end among them now and then."""
    low, high = SMALL.get(parameter.name, (parameter.low, parameter.high))
    if parameter.structural and parameter.name not in SMALL:
        high = min(high, low + MOST_MORE)
    drawn = luck.choice([low, high, luck.uniform(low, high), luck.uniform(low, high)])
    return float(round(drawn)) if parameter.whole else drawn


def text_of(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def valid(luck: random.Random) -> Valid:
    """Options of some groups, some parameters, settings; never contradicting each other."""
    while True:
        chosen = {group: luck.choice(options(group)) for group in luck.sample(GROUPS, luck.randrange(4))}
        scenario = luck.choice(options("scenario"))
        names = dict.fromkeys([*SMALL, *luck.sample(list(declared()), luck.randrange(7))])
        values = {name: value_of(declared()[name], luck) for name in names}
        defaults = {name: p.default for name, p in declared().items()}
        if not contradictions(defaults | compose(scenario, **chosen).values | values):
            break
    worlds = luck.choice([1, 2])
    seed = luck.choice([0, 7, 2**63 - 1])
    texts = {"scenario": scenario, **chosen, **{name: text_of(value) for name, value in values.items()}}
    texts |= {"map": "generated", "worlds": str(worlds), "months": str(luck.randint(1, 4)), "seed": str(seed)}
    texts |= {"block": str(luck.choice([1, 256]))} if luck.random() < 0.2 else {}
    texts |= {"parameters": "posterior"} if luck.random() < 0.2 else {}
    words = [f"{name}={text}" for name, text in texts.items()]
    luck.shuffle(words)
    return Valid(tuple(words), values, worlds)


def invalid(luck: random.Random) -> Invalid:
    """Valid words with one thing that cannot be meant."""
    words, fault, names = luck.choice(FAULTS)(luck)
    sound = [
        word
        for word in valid(luck).words
        if word.partition("=")[0] not in {w.partition("=")[0] for w in words}
    ]
    given = [*sound, *words]
    luck.shuffle(given)
    return Invalid(tuple(given), fault, names)


# ---------------------------------------------------------------- faults, one at a time

Fault = tuple[list[str], str, tuple[str, ...]]


def _garbled(word: str, luck: random.Random, known: Sequence[str]) -> str:
    """The word with one letter lost, doubled or changed."""
    while True:
        place = luck.randrange(len(word))
        changed = luck.choice(
            [word[:place], word[: place + 1] + word[place], word[:place] + luck.choice("qxz")]
        )
        garbled = changed + word[place + 1 :]
        if garbled and garbled not in known and garbled[0].isalpha() and garbled[-1].isalnum():
            return garbled


def _misspelt_parameter(luck: random.Random) -> Fault:
    group, key = luck.choice(list(declared())).split(".")
    wrong = f"{group}.{_garbled(key, luck, [name.split('.')[1] for name in declared()])}"
    return [f"{wrong}=1"], "a parameter misspelt", (wrong,)


def _misspelt_group(luck: random.Random) -> Fault:
    known = ["scenario", *GROUPS]
    wrong = _garbled(luck.choice(known), luck, [*known, "map", "name", "block", "seed"])
    return [f"{wrong}=full"], "a group misspelt", (wrong,)


def _misspelt_option(luck: random.Random) -> Fault:
    group = luck.choice(["scenario", *GROUPS])
    wrong = _garbled(luck.choice(options(group)), luck, options(group))
    return [f"{group}={wrong}"], "an option that there is not", (wrong,)


def _out_of_bounds(luck: random.Random) -> Fault:
    p = declared()[luck.choice(list(declared()))]
    step = luck.choice([1e-6, 1.0, 1e6, 1e300]) if not p.whole else luck.choice([1, 1000, 10**9])
    value: Any = luck.choice([p.low - step, p.high + step])
    while p.low <= value <= p.high:  # a step too small to leave the bounds
        value = 2 * abs(value) + 1
    return (
        [f"{p.name}={text_of(value) if abs(value) < 1e15 else repr(value)}"],
        "a number out of bounds",
        (p.name,),
    )


def _no_number(luck: random.Random) -> Fault:
    name = luck.choice([name for name, p in declared().items() if p.unit != "switch"])  # which take true
    wrong = luck.choice(
        ["nan", "inf", "-inf", "many", "true", "null", "1e999", "0x", "[1,2]", "{a:1}", "''", "1_0x"]
    )
    if declared()[name].whole and luck.random() < 0.3:
        wrong = "0.5"
    return [f"{name}={wrong}"], "no number where one belongs", (name, name.split(".")[1], wrong)


def _wrong_setting(luck: random.Random) -> Fault:
    wrong = {
        "worlds": ["0", "-1", "1.5", "1e30", "many", "null", "[1]", str(10**12)],
        "seed": ["-1", str(2**70), "x", "1.5", "null"],
        "months": ["0", "-3", "1000000", "x", "2.5"],
        "map": ["heartlan", "../maps/heartland", "nowhere"],
        "parameters": ["posteriori", "none", "3"],
        "name": ["a/b", "..", "a*b", "~", "-", "x" * 65],
    }
    name = luck.choice(list(wrong))
    return [f"{name}={luck.choice(wrong[name])}"], "a setting that cannot be", (name, "option")


def _contradiction(luck: random.Random) -> Fault:
    """Values that one of the declared contradictions finds, drawn until it does."""
    number = luck.randrange(len(CONTRADICTIONS))
    test, sentence = CONTRADICTIONS[number]
    names = [name for name in declared() if name in sentence]
    defaults = {name: p.default for name, p in declared().items()}
    while True:
        values = {name: luck.choice([declared()[name].low, declared()[name].high]) for name in names}
        whole = defaults | values
        if test(whole) and not any(other(whole) for other, _ in CONTRADICTIONS[:number]):
            break
    fixed = {"exit": "stay", "mandate": "mix_2007"} if number else {}
    words = [f"{name}={text_of(value)}" for name, value in values.items()]
    return words + [f"{k}={v}" for k, v in fixed.items()], "levers that contradict each other", tuple(names)


def _broken_grammar(luck: random.Random) -> Fault:
    wrong = luck.choice(
        ["worlds=[", "seed={", "=3", "integration", "mandate.troops=(", "a=b=c=[", "'", "x:1=,", "~", "+"]
    )
    return [wrong], "words that cannot be read", (wrong, "cannot read", wrong.partition("=")[0])


def _unknown_flag(luck: random.Random) -> Fault:
    wrong = "--" + "".join(luck.choices("bdgjkqvwxyz", k=luck.randint(4, 9)))
    return [wrong], "a flag that there is not", (wrong,)


def _noise(luck: random.Random) -> Fault:
    scripts = [range(0xA1, 0x17F), range(0x410, 0x450), range(0x4E00, 0x4F00)]
    wrong = "".join(chr(luck.choice(luck.choice(scripts))) for _ in range(luck.randint(1, 12)))
    return [f"{wrong}=1"], "letters of any kind", (wrong, "cannot read")


def _asks_for_more(luck: random.Random) -> Fault:
    name = luck.choice(["name", "map", "parameters"])
    wrong = luck.choice(["${oc.env:HOME}", "${now:%Y}", "${oc.decode:1}", "${hydra:runtime.cwd}"])
    return [f"{name}='{wrong}'"], "a value that asks for the environment", (wrong, name)


FAULTS = (
    _misspelt_parameter,
    _misspelt_group,
    _misspelt_option,
    _out_of_bounds,
    _no_number,
    _wrong_setting,
    _contradiction,
    _broken_grammar,
    _unknown_flag,
    _noise,
    _asks_for_more,
)
