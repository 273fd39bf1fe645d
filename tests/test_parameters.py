"""Parameters: bad ones are refused in one clear line, declared ones are sound, read and not in vain."""

import ast
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import FEW_AGENTS, differing, measured, reconciled, tunable

import mipo_sim.model
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import outcomes_of
from mipo_sim.parameters import (
    Parameter,
    ParameterError,
    Settings,
    complete,
    contradictions,
    declaration,
    declared,
    nearest,
)

# ---------------------------------------------------------------- what is refused


def refusal(values: Mapping[str, Any], worlds: int = 2) -> str:
    with pytest.raises(ParameterError) as error:
        MissionModel(values, worlds=worlds)
    text = str(error.value)
    assert "\n" not in text and len(text) < 600, f"not one clear line: {text}"
    return text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("funding.poled", "funding.pooled"),
        ("fundng.pooled", "funding.pooled"),
        ("pooled", "funding.pooled"),
        ("mandate.troop", "mandate.troops"),
        ("integration.Strategic", "integration.strategic"),
        ("leadership.competance", "leadership.competence"),
    ],
)
def test_misspelt_name_is_refused_with_the_nearest_spelling(wrong: str, right: str) -> None:
    text = refusal({wrong: 0.5})
    assert repr(wrong) in text and f"did you mean {right!r}?" in text


def test_unknown_name_lists_what_its_group_knows() -> None:
    text = refusal({"quick_impact.zzz": 0.5})
    assert "budget" in text and "planning" in text


def test_name_like_no_other_is_refused_without_a_guess() -> None:
    assert "did you mean" not in refusal({"xqzw": 1})
    assert nearest("xqzw", declared()) == ""


BAD_VALUES = {
    "above": 1.01,
    "below": -0.01,
    "NaN": float("nan"),
    "infinite": float("inf"),
    "text": "a lot",
    "number as text": "0.5",
    "numbers as text": ["0.1", "0.2"],
    "nothing": None,
    "a mapping": {"a": 1},
    "a complex number": 1j,
    "one world above": [0.5, 1.01],
    "one world NaN": [0.5, float("nan")],
    "ragged": [[0.1], [0.1, 0.2]],
}


@pytest.mark.parametrize("value", BAD_VALUES.values(), ids=BAD_VALUES.keys())
def test_value_that_cannot_be_meant_is_refused_with_name_and_bounds(value: object) -> None:
    text = refusal({"funding.pooled": value})
    assert text.startswith("funding.pooled takes ") and "from 0 to 1" in text


@pytest.mark.parametrize("value", [0.5, -1, 2, "yes"])
def test_switch_is_nought_or_one(value: object) -> None:
    assert "0 (no) or 1 (yes)" in refusal({"exit.by_timetable": value})


def test_switch_may_be_true_or_false() -> None:
    model = MissionModel({"exit.by_timetable": True, "exit.by_benchmarks": False}, worlds=2)
    assert model.p.exit.by_timetable == 1 and model.p.exit.by_benchmarks == 0


def test_count_is_whole_and_one_for_all_worlds() -> None:
    assert "a whole number from 0 to" in refusal({"situation.total_groups": 1.5})
    text = refusal({"situation.total_groups": [1, 2]})
    assert text.startswith("situation.total_groups") and "one number" in text


@pytest.mark.parametrize("length", [0, 1, 3, 4])
def test_column_of_wrong_length_is_refused(length: int) -> None:
    if length == 1:
        assert MissionModel({"funding.pooled": [0.1]}, worlds=2).p.funding.pooled == np.float32(0.1)
        return
    text = refusal({"funding.pooled": [0.1] * length})
    assert text.startswith("funding.pooled") and str(length) in text and "2 worlds" in text


def test_table_of_values_is_refused() -> None:
    assert "funding.pooled" in refusal({"funding.pooled": [[0.1, 0.2]]})


CONTRADICTIONS = {
    "more than all the money": ({"funding.earmarked": 0.9, "funding.pooled": 0.2}, "funding.pooled"),
    "an office after no exit": (
        {"exit.by_benchmarks": 0, "exit.follow_on": 0.2},
        "exit.follow_on",
    ),
    "a mission without a task": (
        {f"mandate.{task}": 0 for task in ("security", "relief", "justice", "livelihoods", "reintegration")},
        "mandate.deploy",
    ),
    "more months saved than needed": (
        {"headquarters.months_to_fill": 5, "headquarters.months_saved": 6},
        "headquarters.months_saved",
    ),
}


@pytest.mark.parametrize(("values", "named"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_contradictions_are_refused_by_name(values: dict[str, float], named: str) -> None:
    assert named in refusal(values)
    one_world = {name: [p.default, values[name]] for name, p in declared().items() if name in values}
    assert named in refusal(one_world), "a contradiction in one world of two must be refused too"


@pytest.mark.parametrize(("values", "named"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_contradictions_can_be_reconciled(values: dict[str, float], named: str) -> None:
    """The helper that the tests of random worlds use does its work."""
    assert contradictions({name: p.default for name, p in declared().items()} | reconciled(values)) == []


def test_money_may_be_tied_to_the_last_dollar() -> None:
    complete({"funding.earmarked": 0.7, "funding.softly_earmarked": 0.2, "funding.pooled": 0.1})


@pytest.mark.parametrize("replicates", [[0], [0, 1, 2], [0, -1], [0, 0.5], ["a", "b"]])
def test_replicates_that_do_not_number_the_worlds_are_refused(replicates: list[Any]) -> None:
    with pytest.raises(ValueError, match="replicates"):
        MissionModel(worlds=2, replicates=replicates, months=2)


@pytest.mark.parametrize(("name", "value"), [("worlds", 0), ("worlds", -1), ("months", 0), ("seed", -1)])
def test_model_of_no_size_is_refused(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=name):
        MissionModel(**{"worlds": 1, "months": 2, name: value})


# ---------------------------------------------------------------- what is declared


def test_declarations_are_sound() -> None:
    faults = []
    for name, p in declared().items():
        rules = {
            "is not called group.parameter": p.name == name and name.count(".") == 1 and p.group and p.key,
            "has bounds that leave no room": p.low < p.high,
            "has a default out of bounds": p.low <= p.default <= p.high,
            "is a switch that is not 0 or 1": p.unit != "switch" or (p.low, p.high) == (0, 1),
            "should be whole numbers": not p.whole or {p.default % 1, p.low % 1, p.high % 1} == {0},
            "is a share below nothing": p.unit != "share" or p.low >= 0,
        }
        faults += [f"{name} {fault}" for fault, right in rules.items() if not right]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("text", ["unit", "label", "meaning", "source"])
def test_declarations_say_what_they_are(text: str) -> None:
    silent = [name for name, p in declared().items() if getattr(p, text).strip() in ("", "?", "TODO")]
    assert not silent, f"no {text} for: {', '.join(silent)}"


def test_meanings_are_sentences() -> None:
    short = [n for n, p in declared().items() if len(p.meaning.split()) < 3 or not p.meaning.endswith(".")]
    assert not short, f"the meaning is no sentence: {', '.join(short)}"


@pytest.mark.parametrize("text", ["label", "meaning"])
def test_no_two_parameters_are_said_to_be_the_same(text: str) -> None:
    seen: dict[str, str] = {}
    for name, p in declared().items():
        words = getattr(p, text)
        if words == "?":
            continue
        assert words not in seen, f"{name} and {seen[words]} have the same {text}: {words!r}"
        seen[words] = name


def test_defaults_do_not_contradict_each_other() -> None:
    assert contradictions({name: p.default for name, p in declared().items()}) == []


def test_grade_found_or_computed_names_its_source() -> None:
    vague = [
        name
        for name, p in declared().items()
        if p.grade in ("found", "computed") and p.source.strip().lower() in ("?", "assumption")
    ]
    assert not vague, f"graded as found or computed, but without a source: {', '.join(vague)}"


def test_settings_give_each_world_its_own_value() -> None:
    settings = Settings({"funding.pooled": [0.1, 0.15, 0.2], "mandate.troops": 5}, worlds=3)
    assert settings.funding.pooled.tolist() == pytest.approx([0.1, 0.15, 0.2])
    assert settings.mandate.troops == 5
    assert settings.funding.earmarked == pytest.approx(declared()["funding.earmarked"].default)
    assert settings.funding.pooled.dtype == np.float32
    assert settings.counts["situation.total_groups"] == 1


def test_misspelt_parameter_in_a_rule_is_named_with_the_nearest_spelling() -> None:
    settings = Settings({}, worlds=1)
    with pytest.raises(AttributeError, match="'fundin'; did you mean 'funding'"):
        _ = settings.fundin
    with pytest.raises(AttributeError, match=r"'poled'.*did you mean 'pooled'"):
        _ = settings.funding.poled


def test_settings_say_what_is_not_at_its_default() -> None:
    assert "defaults: mandate.troops" in repr(Settings({"mandate.troops": 5}, worlds=1))


# ---------------------------------------------------------------- what is read


class _Watched(SimpleNamespace):
    """A group of parameters that writes down which of them are read."""

    def __init__(self, group: str, values: Mapping[str, Any], read: set[str]) -> None:
        super().__init__(**values)
        object.__setattr__(self, "_note", lambda key: read.add(f"{group}.{key}"))

    def __getattribute__(self, key: str) -> Any:
        if not key.startswith("_"):
            object.__getattribute__(self, "_note")(key)
        return object.__getattribute__(self, key)


class _WatchedCounts(dict[str, int]):
    read: set[str]

    def __getitem__(self, name: str) -> int:
        self.read.add(name)
        return super().__getitem__(name)


def _read_by_runs(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names that are read while a few short and eventful runs are made and measured."""
    read: set[str] = set()

    class WatchedSettings(Settings):
        def __init__(self, values: Mapping[str, Any], worlds: int) -> None:
            super().__init__(values, worlds)
            for group, namespace in list(vars(self).items()):
                if isinstance(namespace, SimpleNamespace):
                    vars(self)[group] = _Watched(group, vars(namespace), read)
            self.counts = _WatchedCounts(self.counts)
            self.counts.read = read

    monkeypatch.setattr(mipo_sim.model, "Settings", WatchedSettings)
    for values, map in (({}, "heartland"), ({"integration.adaptive": 1, "exit.by_patience": 1}, "generated")):
        outcomes_of(MissionModel({**values, **FEW_AGENTS}, worlds=2, months=7, map=map).run())
    return read


def test_every_declared_parameter_is_read_by_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    unread = set(declared()) - _read_by_runs(monkeypatch)
    assert not unread, f"declared, but nobody reads: {', '.join(sorted(unread))}"


def _declare(monkeypatch: pytest.MonkeyPatch, table: dict[str, Parameter]) -> None:
    for module in (mipo_sim.parameters.settings, mipo_sim.parameters.checking):
        monkeypatch.setattr(module, "declared", lambda: MappingProxyType(table))


def test_parameter_that_nobody_reads_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail."""
    table = dict(declared())
    table["mandate.patience"] = replace(table["mandate.strength"], name="mandate.patience")
    _declare(monkeypatch, table)
    assert set(table) - _read_by_runs(monkeypatch) == {"mandate.patience"}


def test_parameter_that_is_declared_misspelt_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules ask for a name that the tables do not have: the run stops and names it."""
    table = {n: p for n, p in declared().items() if n != "conflict.contagion"}
    table["conflict.contagoin"] = replace(declared()["conflict.contagion"], name="conflict.contagoin")
    _declare(monkeypatch, table)
    with pytest.raises(AttributeError, match="contagion"):
        _read_by_runs(monkeypatch)


def test_name_declared_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    head = "name,default,low,high,unit,label,meaning,source,grade\n"
    row = "a.b,0,0,1,share,B,B.,none,assumed\n"
    (tmp_path / "twice.csv").write_text(head + 2 * row, encoding="utf-8")
    monkeypatch.setattr(declaration, "TABLES", {"context": "twice.csv"})
    monkeypatch.setattr(declaration, "__file__", str(tmp_path / "declaration.py"))
    with pytest.raises(ValueError, match=r"a\.b is declared twice"):
        declaration.declared.__wrapped__()


# Numbers that may stand in a rule, beside whole ones up to ten, and guards against division by nothing.
PLAIN = {
    ("agencies", 12): 1,  # months of a year
    ("agencies", 1000): 4,  # dollars of a thousand
    ("agencies", 0.01): 1,  # guard
    ("armed_groups", 0.5): 1,  # middle of a scale
    ("communities", 0.5): 2,  # half a variance, so that the mean is one
    ("donors", 0.1): 1,  # ten donors: the unit of `capacity.donor_burden`
    ("donors", 0.01): 1,  # guard
    ("donors", 0.5): 1,  # half a variance
    ("donors", 12): 3,
    ("donors", 1000): 2,
    ("force", 1000): 1,  # people of a thousand
    ("forum", 100): 3,  # thousands of 100,000 people
    ("government", 12): 1,
    ("government", 100): 2,
    ("headquarters", 12): 1,
    ("programmes", 0.01): 1,  # guard
}


def test_no_number_hides_in_a_rule() -> None:
    package = Path(mipo_sim.__file__).parent
    found: Counter[tuple[str, float]] = Counter()
    for file in (*package.glob("actors/*.py"), package / "country" / "district.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                found.update((file.stem, number) for number in _numbers(node))
    assert found == Counter(PLAIN), "declare it in parameters/behaviour.csv, or say here what it is"


def _numbers(function: ast.FunctionDef) -> list[float]:
    numbers = [node.value for node in ast.walk(function) if isinstance(node, ast.Constant)]
    plain = [n for n in numbers if isinstance(n, int | float) and n > 1e-5]
    return [n for n in plain if n > 10 or n % 1]


# ---------------------------------------------------------------- what matters

WEIGHTS = {
    "judging the helpers": ("weight_safety", "weight_use", "weight_respect"),
    "respect": ("respect_ownership", "respect_communication", "respect_local_say", "respect_training"),
    "judging the state": ("state_by_settlement", "state_by_service", "state_by_capacity"),
}


@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS.keys())
def test_weights_count_only_against_each_other(weights: tuple[str, ...]) -> None:
    half = {f"reception.{weight}": declared()[f"reception.{weight}"].default / 2 for weight in weights}
    first = f"reception.{weights[0]}"
    usual, halved, tilted = (_opinions(values) for values in ({}, half, {first: half[first]}))
    assert halved == pytest.approx(usual, abs=1e-5)
    assert np.abs(tilted - usual).max() > 1e-4


def _opinions(values: Mapping[str, float]) -> np.ndarray:
    people = MissionModel({**values, **FEW_AGENTS}, worlds=2, months=18, map="generated").run().communities
    return np.stack([people.trust, people.confidence])


def test_home_reach_is_how_far_a_group_is_at_home() -> None:
    far, near = (MissionModel({"conflict.home_reach": km}).armed_groups.home for km in (1000, 10))
    assert far.min() > 0.5, "a group of long reach is at home nearly everywhere"
    assert (near.max(axis=1) == 1).all() and ((near > 0.1).sum(axis=1) == 1).all(), "or at its seat alone"


EVENTFUL = {  # much going on, so that behaviour can show
    "integration.adaptive": 1,
    "exit.by_timetable": 1,
    "exit.by_patience": 1,
    "exit.timetable_month": 30,
    "exit.earliest_month": 24,
    "exit.capacity_benchmark": 0,
    "exit.confidence_benchmark": 0,
    "exit.calm_level": 1,
    "exit.patience_months": 24,
    "exit.drawdown_months": 4,
    "exit.handover": 0.5,
    "ownership.compact": 0.5,
    "mandate.cross_border": 0.5,
}


def test_every_context_and_behaviour_changes_something_measured() -> None:
    """Reading is not enough: each parameter at either bound gives other figures than at its default."""
    watched = [name for name, p in tunable().items() if p.role != "lever"]
    dead = _without_effect(watched)
    assert not dead, f"change nothing that is measured: {', '.join(dead)}"


def _without_effect(names: list[str]) -> list[str]:
    moved = [(name, value) for name in names for value in (tunable()[name].low, tunable()[name].high)]
    worlds = len(moved) + 1  # the last one has all defaults
    values = {name: np.full(worlds, p.default) for name, p in tunable().items()} | EVENTFUL
    values = {name: v if np.ndim(v) else np.full(worlds, float(v)) for name, v in values.items()}
    for world, (name, value) in enumerate(moved):
        values[name][world] = value
    limit = 0.9 * values["headquarters.months_to_fill"]
    values["headquarters.months_saved"] = np.minimum(values["headquarters.months_saved"], limit)
    model = MissionModel(
        {**values, **FEW_AGENTS}, worlds=worlds, replicates=[0] * worlds, months=40, map="generated"
    )
    with np.errstate(all="ignore"):
        found = measured(model.run())
    changed = {
        name
        for world, (name, _) in enumerate(moved)
        if differing({n: v[..., world] for n, v in found.items()}, {n: v[..., -1] for n, v in found.items()})
    }
    return [name for name in names if name not in changed]
