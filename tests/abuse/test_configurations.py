"""Thousands of configurations through the command line's own path."""

import random
import re
import shlex
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

import mipo_sim
from abuse.configurations import Invalid, Valid, invalid, valid
from abuse.conftest import Tried, cases, in_one_clear_line, mipo, written

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_pictures")]

SEED, EACH = 2007, 2000


def command(*words: str) -> str:
    return shlex.join(["mipo", *words])


def lived(one: Valid, place: Path) -> str:
    """Run it, and read what it left; what is wrong with that, or nothing."""
    said = mipo("run", *one.words, "output=out", "~compare")
    if said.code or said.err:
        return f"it ended with {said.code}: {said.err[-300:]}"
    (folder,) = (place / "out").iterdir()
    results = mipo_sim.load(folder)
    forms = results.experiment.forms
    asked = {name: value for values in forms.values() for name, value in values.items() if name in one.values}
    if asked != one.values or len(results.outcomes) != one.worlds:
        return "what it left is not what was asked for"
    return "" if np.isfinite(results.outcomes["need_met"]).all() else "an outcome is not a number"


def planned(one: Valid, place: Path) -> str:
    """Ask what a sweep over two forms would take; what is wrong with the answer, or nothing."""
    words = [word for word in one.words if not word.startswith(("integration=", "integration."))]
    said = mipo(
        "sweep", *words, "integration=coexistence,coordination", "--dry-run", "workers=1", "output=out"
    )
    if said.code or said.err:
        return f"it ended with {said.code}: {said.err[-300:]}"
    if not re.match(rf"Worlds +{2 * one.worlds} in 2 points", said.out):
        return f"no plan: {said.out[:200]}"
    return "it wrote something" if written(place) else ""


def shown(one: Valid, place: Path) -> str:
    """Ask for the whole configuration; what is wrong with it, or nothing."""
    said = mipo("run", *one.words, "--cfg", "job")
    if said.code or said.err:
        return f"it ended with {said.code}: {said.err[-300:]}"
    tree = yaml.safe_load(said.out)
    found = {name: tree[name.split(".")[0]][name.split(".")[1]] for name in one.values}
    if any(float(found[name]) != value for name, value in one.values.items()):
        return f"it shows {found}"
    return "it wrote something" if written(place) else ""


WAYS = {
    lived: ("run", "~compare", "output=out"),
    planned: ("sweep", "integration=coexistence,coordination", "--dry-run"),
    shown: ("run", "--cfg", "job"),
}


def test_valid_configurations(somewhere: Path, tried: Tried) -> None:
    """Random valid configurations: run, planned as a sweep with --dry-run, or shown with --cfg job."""
    luck, wrong, ways = random.Random(SEED), [], Counter[str]()
    for number in range(cases(EACH)):
        one, way = valid(luck), luck.choice(list(WAYS))
        place = somewhere / str(number)
        place.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(place)
            if why := way(one, place):
                wrong.append(f"{command(*WAYS[way], *one.words)}\n    {why}")
        shutil.rmtree(place)
        ways[way.__name__] += 1
    assert not wrong, f"{len(wrong)} of {ways.total()}:\n" + "\n".join(wrong[:10])
    tried.cases = ways.total()
    told = ", ".join(f"{count:,} {way}" for way, count in sorted(ways.items()))
    tried.outcome = f"all ended with 0 and what was asked for ({told})"


def refused(one: Invalid, command: str, place: Path) -> str:
    """Ask for what cannot be meant; what is wrong with the refusal, or nothing."""
    said = mipo(command, *one.words, *(["--dry-run", "workers=1"] if command == "sweep" else []))
    if command == "sweep" and one.fault == "levers that contradict each other":  # told with its points
        first, *points = said.err.splitlines(keepends=True)
        said = replace(said, err=first) if all(line.startswith("      ") for line in points) else said
    why = in_one_clear_line(said, *one.names)
    why = why or (f"it also said {said.out[:200]!r}" if said.out else "")
    return why or (f"it left {written(place)}" if written(place) else "")


def test_invalid_configurations(somewhere: Path, tried: Tried) -> None:
    """Random configurations with one thing that cannot be meant, to run and to sweep."""
    luck, wrong, faults = random.Random(SEED + 1), [], Counter[str]()
    for _ in range(cases(EACH)):
        one, first = invalid(luck), luck.choice(["run", "run", "sweep"])
        if why := refused(one, first, somewhere):
            wrong.append(f"{command(first, *one.words)}\n    {one.fault}: {why}")
        faults[one.fault] += 1
    assert not wrong, f"{len(wrong)} of {faults.total()}:\n" + "\n".join(wrong[:40])
    tried.cases = faults.total()
    tried.outcome = (
        f"all ended with 2 and one clear line that names the thing; nothing was written "
        f"({len(faults)} kinds of fault)"
    )
