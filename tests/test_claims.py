"""Every claim of the two proceedings has a mechanism, and the mechanism is live.

Live means: the same worlds with the same luck, and one switch turned, differ where they should. No test
here says that a claim is true; that is what studies ask (tests/test_claim_studies.py).
"""

from collections import defaultdict
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from mipo_sim.claims import CLAIMS, SYSTEMS, Claim, Probe
from mipo_sim.claims.findings import Findings
from mipo_sim.claims.ledger import ledger
from mipo_sim.ensemble import Actor, Fact
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import SERIES
from mipo_sim.parameters import declared
from mipo_sim.parameters.options import options

REPLICATES = 4
NOTICEABLE = 0.001  # share of its own size by which a state has to move
ROWS = {"A": 11, "B": 10, "C": 9, "D": 12, "E": 13, "F": 5}
each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)


def read(model: MissionModel, measure: str, worlds: slice, months: int) -> np.ndarray:
    kind, *rest = measure.split(".")
    if kind == "series":
        return model.recorder.series[rest[0]][:months, worlds].mean(axis=0)
    actor: Actor = getattr(model, kind)
    if len(rest) == 2:
        actor = next(part for part in actor.parts if type(part).__name__ == rest[0])
    values = getattr(actor, rest[-1])
    if isinstance(type(actor).states()[rest[-1]], Fact):  # the same in all worlds
        return np.repeat(values[..., None], REPLICATES, axis=-1)
    return values[..., worlds]


def live_together(probes: list[Probe]) -> dict[tuple[int, str], list[np.ndarray]]:
    """Live all probes in few models; what was read, by number of the probe and measure: base, changed."""
    blocks: dict[tuple, list[tuple[int, dict[str, float]]]] = defaultdict(list)
    for number, probe in enumerate(probes):
        for values in (probe.base, probe.base | probe.changed):
            shape = tuple(sorted((name, v) for name, v in values.items() if declared()[name].structural))
            blocks[shape].append((number, dict(values)))
    found: dict[tuple[int, str], list[np.ndarray]] = defaultdict(list)
    for shape, sides in blocks.items():
        names = {name for _, values in sides for name in values}
        columns = {
            name: np.repeat([values.get(name, declared()[name].default) for _, values in sides], REPLICATES)
            for name in names - dict(shape).keys()
        }
        months = max(probes[number].months for number, _ in sides)
        luck = np.tile(np.arange(REPLICATES), len(sides))
        model = MissionModel(columns | dict(shape), worlds=len(luck), replicates=luck, seed=7, months=months)
        while model.month < months:
            model.step()
            for side, (number, _) in enumerate(sides):
                if probes[number].months == model.month:
                    worlds = slice(side * REPLICATES, (side + 1) * REPLICATES)
                    for measure, _ in probes[number].expected:
                        found[number, measure].append(read(model, measure, worlds, model.month).copy())
    return found


@pytest.fixture(scope="module")
def lived() -> dict[str, list[tuple[Probe, dict[str, list[np.ndarray]]]]]:
    """What every probe found, by claim."""
    probes = [(claim.id, probe) for claim in CLAIMS for probe in claim.probes]
    found = live_together([probe for _, probe in probes])
    by_claim = defaultdict(list)
    for number, (claim, probe) in enumerate(probes):
        by_claim[claim].append((probe, {m: found[number, m] for m, _ in probe.expected}))
    return by_claim


def fault(direction: str, before: np.ndarray, after: np.ndarray) -> str:
    """What is wrong with a move, in plain words; nothing if it is right."""
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        return "is not a number somewhere"
    if direction == "same":
        return "" if np.array_equal(before, after) else "moved, and nothing should have moved it"
    alike = before.shape == after.shape and direction == "other"
    pairs = [x if alike else x.reshape(-1, REPLICATES).mean(axis=0) for x in (before, after)]
    change = pairs[1] - pairs[0]
    if np.abs(change).mean() <= NOTICEABLE * np.abs(pairs[0]).mean():
        return "did not move"
    if direction == "more" and not (change > 0).all():
        return f"should grow in every world, and changed by {np.round(change, 4)}"
    if direction == "less" and not (change < 0).all():
        return f"should shrink in every world, and changed by {np.round(change, 4)}"
    return ""


@each_claim
def test_mechanism_is_live(claim: Claim, lived) -> None:
    assert claim.probes, f"{claim.id} has no probe: nothing shows that its mechanism is live"
    faults = []
    for probe, found in lived[claim.id]:
        switch = ", ".join(f"{name} from {probe.base[name]:g} to {v:g}" for name, v in probe.changed.items())
        for measure, direction in probe.expected:
            if wrong := fault(direction, *found[measure]):
                faults.append(f"after {switch} and {probe.months} months, {measure} {wrong}")
    assert not faults, f"{claim.id} ({claim.text}): " + "; ".join(faults)


@each_claim
def test_code_that_carries_a_claim_exists(claim: Claim) -> None:
    assert claim.carried_by, f"nothing carries {claim.id}"
    for place in claim.carried_by:
        find(place)


def find(place: str) -> object:
    file, _, path = place.partition(":")
    found: object = import_module("mipo_sim." + file.removesuffix(".py").replace("/", "."))
    for name in path.split("."):
        assert hasattr(found, name), f"{place} is named in the claims, and there is no {name}"
        found = getattr(found, name)
    return found


@each_claim
def test_parameters_and_measures_of_a_claim_exist(claim: Claim) -> None:
    for name in claim.parameters:
        assert name in declared(), f"{claim.id} names the parameter {name}, which is not declared"
    series = {measure.name for measure in SERIES}
    for probe in claim.probes:
        assert probe.changed, f"{claim.id} has a probe that changes nothing"
        assert probe.changed.keys() & set(claim.parameters), (
            f"{claim.id} has a probe of none of its parameters"
        )
        for name, value in probe.changed.items():
            assert name in declared(), f"{claim.id} changes the parameter {name}, which is not declared"
            assert value != probe.base[name], f"{claim.id}: {name} is {value:g} in both worlds of a probe"
        for measure, _ in probe.expected:
            kind, _, state = measure.rpartition(".")
            assert kind != "series" or state in series, f"{claim.id} reads {measure}, which is not recorded"


def test_every_claim_of_the_design_is_there() -> None:
    wanted = [f"{part}{number}" for part, count in ROWS.items() for number in range(1, count + 1)]
    assert [claim.id for claim in CLAIMS] == wanted


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_every_named_system_is_an_option_or_an_actor(system) -> None:
    for place in system.found_in:
        if ":" in place:
            find(place)
        else:
            group, option = place.split("/")
            assert option in options(group), f"{system.name}: there is no option {option} in configs/{group}"


def test_ledger_is_up_to_date() -> None:
    page = Path(__file__).parents[1] / "docs" / "claims.md"
    assert page.read_text(encoding="utf-8") == ledger(Findings.read()), (
        "docs/claims.md lags behind mipo_sim/claims or experiments/claims; "
        "python -m mipo_sim.claims > docs/claims.md"
    )
