"""Read a design from plain data, and refuse all of it that cannot be meant, before anything runs."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from mipo_sim.country.maps import available_maps
from mipo_sim.model import MOST_MONTHS
from mipo_sim.parameters import ParameterError, check_value, declared, nearest
from mipo_sim.parameters.checking import CONTRADICTIONS
from mipo_sim.parameters.options import Own, own_options
from mipo_sim.sweeps.designs.axes import CHOICES, RANGE, Axis, check_axis, read_axis, read_values, role_of
from mipo_sim.sweeps.designs.design import Design, composed
from mipo_sim.sweeps.designs.faults import LINES, Faults
from mipo_sim.sweeps.designs.layouts import (
    Grid,
    LatinHypercube,
    Layout,
    Morris,
    Named,
    OneAtATime,
    Saltelli,
    Sobol,
    Zipped,
)
from mipo_sim.sweeps.experiment import NAME

#: Kinds of design, and the numbers that each asks for.
KINDS: dict[str, tuple[str, ...]] = {
    "none": (),
    "grid": (),
    "list": (),
    "latin_hypercube": ("n", "seed"),
    "sobol": ("n", "seed"),
    "saltelli": ("n", "order", "seed"),
    "morris": ("n", "levels", "seed"),
    "one_at_a_time": (),
    "points": (),
}
MOST_POINTS = 10_000_000
MOST_KEPT = 20_000_000  # numbers of a design that has to be kept whole
NUMBERS = {
    "n": (1, MOST_POINTS, None),
    "levels": (2, 1000, 4),
    "order": (1, 2, 1),
    "seed": (0, 2**63 - 1, 2007),
}
WORDS = ("kind", "levers", "contexts", "base", "points", "own", *NUMBERS)
CHECKED = 2**16  # points checked together


def make_design(spec: Mapping[str, Any]) -> Design:
    """Make a design from plain data, as `configs/design` and `configs/study` hold it.

    Parameters
    ----------
    spec : mapping
        `kind`, one of `KINDS`; `levers` and `contexts`, each with axes by name (values, a range with
        `low`, `high`, `log`, `count`, or nothing for all that the declaration allows); `base`, what
        holds at every point; `n`, `seed`, `levels`, `order` where the kind asks for them; `points`, axes by
        the name of the point, for named points; `own`, options of a user's own (see
        `mipo_sim.parameters.options.own_options`).

    Raises
    ------
    ParameterError
        If anything in it cannot be meant, contradictory points included; all faults are listed.
    """
    own = spec.get("own") or {}
    with own_options(own):
        return _made(spec, own)


def _made(spec: Mapping[str, Any], own: Own) -> Design:
    """Make a design where all its options are known."""
    faults = Faults()
    given = {word: value for word, value in spec.items() if value not in (None, {})}
    kind = given.get("kind", "none")
    if kind not in KINDS:
        faults.note(
            f"no kind of design named {kind!r}{nearest(str(kind), KINDS)} (kinds: {', '.join(KINDS)})"
        )
    for word in given:
        if word not in WORDS:
            faults.note(f"a design has no {word!r}{nearest(str(word), WORDS)} ({', '.join(WORDS)})")
    numbers = _numbers(str(kind), given, faults)
    base = _base(_entries(given.get("base"), "base", faults), faults)
    if kind == "points":
        design = _named(given, base, faults)
    else:
        axes = _axes(str(kind), given, base, faults)
        faults.refuse()
        design = _laid_out(str(kind), axes, base, numbers, faults)
    design = replace(design, own=own)
    _note_clashes(design, faults)
    faults.refuse()
    return design


def _numbers(kind: str, given: Mapping[str, Any], faults: Faults) -> dict[str, int]:
    """Read `n`, `levels`, `order` and `seed`."""
    asked = KINDS.get(kind, tuple(NUMBERS))
    numbers = {}
    for name, (low, high, usual) in NUMBERS.items():
        value = given.get(name, usual)
        if name in given and name not in asked:
            faults.note(f"{name} says nothing in a design of kind {kind}; leave it out")
        elif name in asked:
            if type(value) is not int or not low <= value <= high:
                faults.note(f"{name} takes a whole number from {low} to {high}, not {value!r}")
            elif name == "levels" and value % 2:
                faults.note(f"levels takes an even number, so that a step is half of them, not {value}")
            else:
                numbers[name] = value
    return numbers


def _entries(tree: Any, word: str, faults: Faults) -> dict[str, Any]:
    """Read entries by name; `funding: {pooled: ...}` means `funding.pooled: ...`."""
    if not isinstance(tree, Mapping):
        if tree is not None:
            faults.note(f"{word} takes names with what they are, not {tree!r}")
        return {}
    families = {parameter.group for parameter in declared().values()}
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        nested = isinstance(value, Mapping) and name in families and not value.keys() <= set(RANGE)
        entries = {f"{name}.{key}": inner for key, inner in value.items()} if nested else {name: value}
        for full, entry in entries.items():
            if full in flat:
                faults.note(f"{full} stands twice under {word}")
            flat[full] = entry
    return flat


def _base(entries: dict[str, Any], faults: Faults) -> dict[str, Any]:
    """Read what holds at every point: options, parameters, the map and the months."""
    for name, value in entries.items():
        with faults.noted("base: "):
            if name == "months":
                if type(value) is not int or not 1 <= value <= MOST_MONTHS:
                    raise ParameterError(
                        f"months takes a whole number from 1 to {MOST_MONTHS}, not {value!r}"
                    )
            elif name == "map":
                known = [*available_maps(), "generated"]
                if value not in known:
                    raise ParameterError(
                        f"no map named {value!r}{nearest(str(value), known)} ({', '.join(known)})"
                    )
            elif name in CHOICES:
                read_axis(name, [value], True, faults)
            elif check_value(check_axis(name), value).ndim:
                raise ParameterError(f"{name} takes one number, not {value!r}")
    return entries


def _axes(kind: str, given: Mapping[str, Any], base: Mapping[str, Any], faults: Faults) -> list[Axis]:
    """Read levers and contexts, and note those that stand in the wrong place."""
    sides = {side: _entries(given.get(side), side, faults) for side in ("levers", "contexts")}
    axes = []
    for side, entries in sides.items():
        for name, value in entries.items():
            if side == "contexts" and name in sides["levers"]:
                faults.note(f"{name} is an axis twice, under levers and under contexts")
            elif name in base and kind != "one_at_a_time":
                faults.note(f"{name} is an axis and stands in base too; take it out of one")
            axis = read_axis(name, value, kind == "list", faults)
            with faults.noted():
                if (role_of(name) == "lever") != (side == "levers"):
                    faults.note(_misplaced(name, side))
            axes += [axis] if axis else []
    if "points" in given:
        faults.note("points goes with a design of kind points only")
    if kind == "none" and any(sides.values()):
        faults.note("a design of kind none has no axes; choose another kind")
    if kind in KINDS and kind not in ("none", "points") and not any(sides.values()):
        faults.note(f"a design of kind {kind} needs axes: name some under levers or contexts")
    return axes


def _misplaced(name: str, side: str) -> str:
    if side == "contexts":
        return f"{name} is a lever but stands under contexts; move it to levers"
    what = "how actors behave" if role_of(name) == "behaviour" else "the situation"
    return f"{name} describes {what}, which no one can choose, but stands under levers; move it to contexts"


def _laid_out(
    kind: str, axes: list[Axis], base: dict[str, Any], numbers: dict[str, int], faults: Faults
) -> Design:
    """Lay out the points over sound axes."""
    if kind == "one_at_a_time":
        axes = [_from_base(axis.stepped(), base) for axis in axes]
    elif kind not in ("latin_hypercube", "sobol", "saltelli"):
        axes = [axis.stepped(numbers.get("levels")) for axis in axes]
    sizes = tuple(len(axis.values) for axis in axes)
    n, seed = numbers.get("n", 0), numbers.get("seed", 0)
    if kind == "list" and len(set(sizes)) > 1:
        lengths = ", ".join(f"{axis.name} {size}" for axis, size in zip(axes, sizes, strict=True))
        faults.note(f"in a list all axes have as many values, but there are: {lengths}")
    if kind == "latin_hypercube" and n * len(axes) > MOST_KEPT:
        faults.note(
            f"a Latin hypercube is kept whole: n times axes is at most {MOST_KEPT:,}; sobol has no such limit"
        )
    for axis, size in zip(axes, sizes, strict=True):
        if size == 1 and kind in ("morris", "one_at_a_time"):
            faults.note(f"{axis.name} has nowhere to move: give it more than one value")
    faults.refuse()
    layouts: dict[str, Layout] = {
        "none": Grid(()),
        "grid": Grid(sizes),
        "list": Zipped(sizes[0] if sizes else 0, len(sizes)),
        "latin_hypercube": LatinHypercube(n, len(axes), seed),
        "sobol": Sobol(n, len(axes), seed),
        "saltelli": Saltelli(n, len(axes), numbers.get("order", 1), seed),
        "morris": Morris(n, sizes, seed),
        "one_at_a_time": OneAtATime(sizes),
    }
    layout = layouts[kind]
    if layout.points > MOST_POINTS:
        faults.note(f"a design has at most {MOST_POINTS:,} points, not {layout.points:,}")
    faults.refuse()
    return Design(kind, tuple(axes), layout, base, numbers)


def _from_base(axis: Axis, base: Mapping[str, Any]) -> Axis:
    """Put the value of the base point first."""
    (start,) = read_values(axis, [_value_at(base, axis.name)], Faults())
    return replace(axis, values=(start, *(value for value in axis.values if value != start)))


def _value_at(point: Mapping[str, Any], name: str) -> Any:
    """Look up a parameter or an option at a point that names some of them."""
    if name in point:
        return point[name]
    form = composed({group: point[group] for group in CHOICES if group in point})
    return form.choices[name] if name in CHOICES else form.values[list(declared()).index(name)]


def _named(given: Mapping[str, Any], base: dict[str, Any], faults: Faults) -> Design:
    """Read named points, in every context if there are any; what a point leaves out is as the base has it."""
    if "levers" in given:
        faults.note("named points name their levers themselves; take out levers")
    tree = given.get("points")
    if not isinstance(tree, Mapping):
        faults.note("a design of kind points needs points: names, each with its axes")
        tree = {}
    points = {name: _entries(point, f"point {name}", faults) for name, point in tree.items()}
    for point, entries in points.items():
        if not isinstance(point, str) or not NAME.fullmatch(point):
            faults.note(f"a point's name has letters, digits, _ and - (at most 64), not {point!r}")
        here = Faults()
        for name, value in entries.items():
            read_axis(name, [value], True, here)
        for line in here.lines:
            faults.note(f"point {point}: {line}")
    contexts = _axes("points", {"contexts": given.get("contexts") or {}}, base, faults)
    faults.refuse()
    points = _in_contexts(points, [axis.stepped() for axis in contexts], faults)
    names = dict.fromkeys(name for entries in points.values() for name in entries)
    axes, columns = [], []
    for name in sorted(names, key=lambda name: role_of(name) != "lever"):
        column = [_value_at({**base, **entries}, name) for entries in points.values()]
        axis = read_axis(name, list(dict.fromkeys(column)), True, faults)
        if axis:
            axes.append(axis)
            columns.append([axis.values.index(value) for value in column])
    rows = tuple(zip(*columns, strict=True)) or tuple(() for _ in points)
    return Design("points", tuple(axes), Named(rows), base, names=tuple(points))


def _in_contexts(
    points: dict[str, dict[str, Any]], contexts: list[Axis], faults: Faults
) -> dict[str, dict[str, Any]]:
    """Put each named point into all combinations of contexts, which are counted from 1 behind its name."""
    if not contexts:
        return points
    names = [axis.name for axis in contexts]
    for point, entries in points.items():
        for name in entries.keys() & set(names):
            faults.note(f"point {point}: {name} is an axis under contexts too; take it out of one")
    places = [
        dict(zip(names, values, strict=True)) for values in product(*(axis.values for axis in contexts))
    ]
    spread = {
        f"{point}-{number}": entries | place
        for point, entries in points.items()
        for number, place in enumerate(places, 1)
    }
    for name in spread:
        if not NAME.fullmatch(name):
            faults.note(f"with the number of its context {name!r} is longer than 64 letters")
    faults.refuse()
    return spread


def _note_clashes(design: Design, faults: Faults) -> None:
    """Find the points whose levers contradict each other, many at once; name some of each kind."""
    counts: dict[str, int] = {}
    first: dict[str, list[int]] = {}
    for lo in range(0, design.points, CHECKED):
        hi = min(lo + CHECKED, design.points)
        values = design.resolve(lo, hi).values
        for test, sentence in CONTRADICTIONS:
            wrong = np.flatnonzero(np.broadcast_to(test(values), hi - lo))
            if len(wrong):
                counts[sentence] = counts.get(sentence, 0) + len(wrong)
                known = first.setdefault(sentence, [])
                known += (lo + wrong[: LINES - len(known)]).tolist()
    for sentence, count in counts.items():
        told = [design.label(point) for point in first[sentence][: LINES // len(counts) - 2]]
        rest = [f"and {count - len(told):,} more points"] if count > len(told) else []
        faults.note("\n    ".join([f"{sentence} (at {count:,} of {design.points:,} points):", *told, *rest]))
