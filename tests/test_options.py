"""Every option and scenario is sound, and Hydra and our own reader compose them alike."""

import re
from pathlib import Path

import hydra
import pytest
import yaml
from omegaconf import OmegaConf

from mipo_sim.country import available_maps, read_map
from mipo_sim.model import MissionModel
from mipo_sim.parameters import ParameterError, declared
from mipo_sim.parameters.options import CONFIGS, GROUPS, compose, describe, options

PRIMARY = yaml.safe_load((CONFIGS / "config.yaml").read_text("utf-8"))
PAGE = (Path(__file__).parents[1] / "docs" / "scenarios.md").read_text("utf-8")
OPTIONS = [(group, option) for group in GROUPS for option in options(group)]
SCENARIOS = options("scenario")
CASES = ("sierra_leone", "liberia", "liberia_1990", "eastern_congo", "darfur", "somalia")


def of_group(group, option):
    """What an option comes to, with all that it builds on."""
    values = compose(**{group: option}).values
    return {name: value for name, value in values.items() if name.startswith(f"{group}.")}


def head(group, option):
    text = (CONFIGS / group / f"{option}.yaml").read_text("utf-8")
    return [line for line in text.splitlines() if line.startswith("#") and "@package" not in line]


# -- options ----------------------------------------------------------------------------------------


def test_config_names_every_group_once():
    named = [key for entry in PRIMARY["defaults"] if isinstance(entry, dict) for key in entry]
    assert [key for key in named if not key.startswith("override ")] == [*GROUPS, "parameters", "scenario"]


@pytest.mark.parametrize(("group", "option"), [*OPTIONS, *(("scenario", name) for name in SCENARIOS)])
def test_name_and_comment(group, option):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", option)
    assert yaml.safe_load(option) == option, "YAML would read this name as something else"
    sentence = describe(group, option)
    assert 15 < len(sentence) < 120
    assert sentence.count(".") == 1
    assert re.fullmatch(
        r"# Claims? [A-F]\d+(, [A-F]\d+)*\. (Johannesburg|Oslo) 2007, .+\.", head(group, option)[1]
    )


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_option_sets_all_levers_of_its_group(group, option):
    levers = {name for name, p in declared().items() if p.group == group and p.role == "lever"}
    assert set(of_group(group, option)) == levers


@pytest.mark.parametrize("group", GROUPS)
def test_mix_2007_is_what_the_levers_declare(group):
    values = of_group(group, "mix_2007")
    assert values == {name: declared()[name].default for name in values}


@pytest.mark.parametrize("group", GROUPS)
def test_no_two_options_are_the_same(group):
    found = [tuple(of_group(group, option).values()) for option in options(group)]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("form", PRIMARY["compare"])
def test_forms_to_compare_with_compose(form):
    assert compose(**PRIMARY["compare"][form]).choices.items() >= PRIMARY["compare"][form].items()


# -- scenarios ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name):
    made = compose(name)
    assert made.map in available_maps()
    assert 120 <= made.months <= 240
    assert made.title and made.title[-1] != "."
    assert len(re.findall(r"\.(?: |$)", made.story)) == 2, "a story is two sentences"
    assert made.story.startswith("Stylised:") == (name in CASES)
    assert bool(made.history) == (name in CASES)
    months = [fact["month"] for fact in made.history]
    assert months == sorted(set(months))
    assert all(0 <= month < made.months for month in months)
    assert {fact["source"] for fact in made.history} <= {"found", "remembered"}
    each = made.values["country.communities_per_district"]
    assert 120 <= len(read_map(made.map).districts) * each <= 150


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_sets_contexts_and_leaves_levers_to_options(name):
    tree = yaml.safe_load((CONFIGS / "scenario" / f"{name}.yaml").read_text("utf-8"))
    words = {"title", "story", "map", "months", "history", "defaults"}
    for group in set(tree) - words:
        assert {declared()[f"{group}.{key}"].role for key in tree[group]} == {"context"}


def test_default_scenario_is_what_the_contexts_declare():
    made = compose()
    assert made.choices["scenario"] == "fragile_ceasefire"
    contexts = {name: value for name, value in made.values.items() if declared()[name].role == "context"}
    assert contexts == {name: declared()[name].default for name in contexts}


@pytest.mark.parametrize("name", SCENARIOS)
def test_model_lives_a_scenario(name):
    made = compose(name)
    model = MissionModel(made.values, map=made.map, months=2).run()
    assert model.month == 2


# -- what goes before what --------------------------------------------------------------------------


def test_config_names_what_nobody_asked_for():
    made = compose()
    assert made.choices["integration"] == "full"
    assert made.values["integration.strategic"] == 1


def test_scenario_chooses_before_config():
    made = compose("sierra_leone")
    assert made.choices["mandate"] == "unamsil"
    assert made.values["mandate.troops"] == 17.5


def test_choice_goes_before_scenario():
    made = compose("sierra_leone", mandate="none")
    assert made.choices["mandate"] == "none"
    assert made.choices["exit"] == "unamsil_uniosil"
    assert made.values["mandate.deploy"] == 0
    assert made.values["mandate.troops"] == 15, "something of the other option is left"


def test_override_goes_before_choice():
    made = compose("sierra_leone", mandate="unmil", overrides={"mandate.troops": 3, "conflict.attack": 1})
    assert made.values["mandate.troops"] == 3
    assert made.values["conflict.attack"] == 1
    assert made.choices["mandate"] == "unmil"


def test_composing_leaves_no_traces():
    compose("liberia").history[0]["month"] = 99
    assert compose("liberia").history[0]["month"] != 99


# -- Hydra ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def by_hydra():
    """Compose with Hydra: the parameters, the words and the choices."""
    with hydra.initialize_config_dir(version_base="1.3", config_dir=str(CONFIGS), job_name="test"):

        def composed(*words):
            tree = hydra.compose("config", overrides=list(words), return_hydra_config=True)
            choices = {group: tree.hydra.runtime.choices[group] for group in ("scenario", *GROUPS)}
            del tree.hydra
            plain = OmegaConf.to_container(tree)
            names = [name for name, p in declared().items() if p.key in plain.get(p.group, {})]
            values = {name: float(plain[declared()[name].group][declared()[name].key]) for name in names}
            return values, plain, choices

        yield composed


@pytest.mark.parametrize("name", SCENARIOS)
def test_hydra_agrees_on_scenarios(by_hydra, name):
    values, words, choices = by_hydra(f"scenario={name}")
    made = compose(name)
    assert made.values == values
    assert made.choices == choices
    for word in ("map", "months", "title", "story", "history"):
        assert getattr(made, word) == words[word]


@pytest.mark.parametrize(
    "choices",
    [
        {"mandate": "none"},
        {"integration": "asymmetric", "funding": "earmarked", "exit": "timetable_24"},
        {"scenario": "darfur", "mandate": "none", "partners": "west_african_system"},
        {"scenario": "liberia_1990", "integration": "adaptive", "exit": "stay", "training": "common_centres"},
        {"scenario": "weak_state", "quick_impact": "without", "early_warning": "without"},
        {"scenario": "osambria", "leadership": "built_team", "ownership": "compact"},
    ],
    ids=lambda choices: "-".join(choices.values()),
)
def test_hydra_agrees_on_choices(by_hydra, choices):
    values, _, chosen = by_hydra(*(f"{group}={option}" for group, option in choices.items()))
    made = compose(**choices)
    assert made.values == values
    assert made.choices == chosen


def test_hydra_agrees_on_overrides(by_hydra):
    values, _, _ = by_hydra("scenario=somalia", "mandate=delegated", "mandate.troops=8")
    assert compose("somalia", mandate="delegated", overrides={"mandate.troops": 8}).values == values


def test_every_option_loads_in_hydra(by_hydra):
    number = max(len(options(group)) for group in GROUPS)
    for turn in range(number):
        choices = {group: options(group)[turn % len(options(group))] for group in GROUPS}
        values, _, _ = by_hydra(*(f"{group}={option}" for group, option in choices.items()))
        assert compose(**choices).values == values


# -- what cannot be meant ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scenario": "sierra"}, "did you mean 'sierra_leone'"),
        ({"integraton": "full"}, "did you mean 'integration'"),
        ({"integration": "ful"}, "did you mean 'full'"),
        ({"mandate": "off"}, "options: amisom"),
        ({"mandate": None}, "mandate has no option None"),
        ({"overrides": {"mandate.trops": 8}}, "did you mean 'mandate.troops'"),
        ({"overrides": {"mandate.troops": 800}}, "from 0 to 60"),
        ({"overrides": {"funding.earmarked": 0.9}}, "must not exceed 1"),
        ({"overrides": {"exit.by_benchmarks": 0}}, "there is no exit"),
    ],
)
def test_refused_in_one_line(asked, said):
    with pytest.raises(ParameterError) as refusal:
        compose(**asked)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_misspelt_group_is_refused_everywhere():
    for question in (lambda: options("mandat"), lambda: describe("mandat", "none")):
        with pytest.raises(ParameterError, match=r"did you mean 'mandate'\? \(groups: scenario, integration"):
            question()


# -- the page about them ----------------------------------------------------------------------------


@pytest.mark.parametrize(("group", "option"), [*OPTIONS, *(("scenario", name) for name in SCENARIOS)])
def test_page_tells_of_it(group, option):
    claims = re.match(r"# Claims? ([^.]+)\.", head(group, option)[1]).group(1)
    part = PAGE.split(f"\n## {group}\n")[1].split("\n## ")[0]
    row = next(line for line in part.splitlines() if line.startswith(f"| `{option}` |"))
    assert describe(group, option) in row
    assert claims in row
