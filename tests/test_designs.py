"""Designs: known answers of every kind, any rows without the others, all faults told before a run."""

import pickle
from itertools import product

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.stats import qmc
from sweeping import faults

from mipo_sim.parameters import declared
from mipo_sim.parameters.options import compose, options
from mipo_sim.sweeps.designs import KINDS, make_design

LEVERS = {
    "integration": ["coexistence", "coordination", "full"],
    "funding.predictable": {"low": 0.2, "high": 0.8, "count": 3},
    "exit.follow_on_months": {"low": 1, "high": 100, "log": True, "count": 3},
}
CONTEXTS = {"scenario": ["liberia", "somalia"], "situation.limited_groups": {"low": 1, "high": 4, "count": 4}}
SPACE = {"levers": LEVERS, "contexts": CONTEXTS}
DESIGNS = {
    "none": {"kind": "none"},
    "grid": {"kind": "grid", **SPACE},
    "list": {"kind": "list", "levers": {"integration": ["full", "full"], "mandate.troops": [4, 8]}},
    "latin_hypercube": {"kind": "latin_hypercube", "n": 300, "seed": 1, **SPACE},
    "sobol": {"kind": "sobol", "n": 5000, "seed": 1, **SPACE},
    "saltelli": {"kind": "saltelli", "n": 500, "order": 2, "seed": 1, **SPACE},
    "morris": {"kind": "morris", "n": 40, "levels": 6, **SPACE},
    "one_at_a_time": {"kind": "one_at_a_time", **SPACE},
    "points": {
        "kind": "points",
        "points": {
            "calm": {"scenario": "post_crisis"},
            "deep": {"integration": "full", "funding": {"pooled": 0.1}},
        },
    },
}


@pytest.fixture(params=DESIGNS, scope="module")
def design(request):
    return make_design(DESIGNS[request.param])


def places(design, name):
    """Where in its values each point has an axis."""
    (axis,) = (axis for axis in design.axes if axis.name == name)
    return np.array([axis.values.index(value) for value in design.rows(0, design.points)[name]])


# -- what holds for all kinds -------------------------------------------------------------------------


def test_every_kind_is_tested():
    assert DESIGNS.keys() == KINDS.keys()


def test_rows_are_the_same_however_they_are_asked_for(design):
    whole = design.rows(0, design.points)
    assert len(whole) == design.points
    assert list(whole.columns) == [axis.name for axis in design.axes]
    rng = np.random.default_rng(3)
    for _ in range(10):
        lo = int(rng.integers(0, design.points))
        hi = int(rng.integers(lo + 1, design.points + 1))
        pd.testing.assert_frame_equal(design.rows(lo, hi), whole.iloc[lo:hi])


@pytest.mark.parametrize(("lo", "hi"), [(-1, 1), (1, 1), (0, 10**9)])
def test_no_other_points(design, lo, hi):
    with pytest.raises(IndexError):
        design.rows(lo, hi)
    with pytest.raises(IndexError):
        design.resolve(lo, hi)


def test_resolved_points_are_options_composed_and_axes_over_them(design):
    whole = design.resolve(0, design.points)
    assert whole.values.keys() == declared().keys()
    assert len(whole) == design.points
    for point in {0, design.points // 3, design.points - 1}:
        (row,) = design.rows(point, point + 1).to_dict("records")
        numbers = {name: value for name, value in row.items() if "." in name}
        form = compose(
            overrides=numbers, **{group: option for group, option in row.items() if "." not in group}
        )
        for name, parameter in declared().items():
            assert whole.values[name][point] == form.values.get(name, parameter.default), name
        assert (whole.map[point], whole.months[point]) == (form.map, form.months)
        assert {group: options[point] for group, options in whole.labels.items()} == form.choices


def test_part_of_the_points_resolves_alike(design):
    whole, lo, hi = design.resolve(0, design.points), design.points // 2, design.points
    part = design.resolve(lo, hi)
    assert all(np.array_equal(part.values[name], whole.values[name][lo:hi]) for name in declared())
    assert (part.map, part.months) == (whole.map[lo:hi], whole.months[lo:hi])
    assert all(np.array_equal(part.labels[group], whole.labels[group][lo:hi]) for group in whole.labels)


def test_plain_data_makes_the_same_design(design):
    text = yaml.safe_dump(design.as_config(), sort_keys=False)
    again = make_design(yaml.safe_load(text))
    assert again.as_config() == design.as_config()
    pd.testing.assert_frame_equal(again.rows(0, again.points), design.rows(0, design.points))


def test_travels_to_workers(design):
    copy = pickle.loads(pickle.dumps(design))
    pd.testing.assert_frame_equal(copy.rows(0, 1), design.rows(0, 1))


def test_levers_and_contexts_kept_apart():
    design = make_design(DESIGNS["sobol"])
    assert [axis.name for axis in design.levers] == list(LEVERS)
    assert [axis.name for axis in design.contexts] == list(CONTEXTS)
    units = [(axis.kind, axis.unit, axis.role) for axis in design.axes]
    assert units == [
        ("option", "option", "lever"),
        ("number", "share", "lever"),
        ("number", "months", "lever"),
        ("option", "option", "context"),
        ("whole", "count", "context"),
    ]


# -- known answers ------------------------------------------------------------------------------------


def test_grid_is_nested_loops():
    rows = make_design(DESIGNS["grid"]).rows(0, 3 * 3 * 3 * 2 * 4)
    values = [[0.2, 0.5, 0.8], [1, 10, 100], ["liberia", "somalia"], [1, 2, 3, 4]]
    expected = pd.DataFrame(list(product(LEVERS["integration"], *values)), columns=rows.columns)
    for name in rows:
        if rows[name].dtype.kind == "f":
            np.testing.assert_allclose(rows[name], expected[name])
        else:
            assert rows[name].tolist() == expected[name].tolist()


def test_what_is_not_given_comes_from_the_declaration():
    levers = {
        "integration": "auto",
        "mandate.troops": None,
        "exit.by_timetable": {},
        "leadership.hats": {"high": 3},
    }
    design = make_design({"kind": "grid", "levers": levers})
    values = [list(axis.values) for axis in design.axes]
    assert values == [options("integration"), [0, 15, 30, 45, 60], [0, 1], [1, 1.5, 2, 2.5, 3]]


def test_list_zips_values():
    rows = make_design(DESIGNS["list"]).rows(0, 2)
    assert rows.values.tolist() == [["full", 4], ["full", 8]]


def test_latin_hypercube_has_one_point_in_each_part():
    n = 60
    levers = {"mandate.troops": None, "funding.aligned": {"low": 0.5}, "integration": LEVERS["integration"]}
    rows = make_design({"kind": "latin_hypercube", "n": n, "levers": levers}).rows(0, n)
    for name, low, high in (("mandate.troops", 0, 60), ("funding.aligned", 0.5, 1)):
        parts = np.floor((rows[name] - low) / (high - low) * n)
        assert sorted(parts) == list(range(n))
    assert set(rows["integration"].value_counts()) == {n // 3}


def test_sobol_rows_are_those_of_scipy():
    design = make_design(DESIGNS["sobol"])
    unit = qmc.Sobol(5, rng=1).random(8192)[:5000]
    rows = design.rows(0, 5000)
    assert (
        rows["integration"].tolist() == np.array(LEVERS["integration"])[(unit[:, 0] * 3).astype(int)].tolist()
    )
    np.testing.assert_allclose(rows["funding.predictable"], 0.2 + 0.6 * unit[:, 1])
    np.testing.assert_allclose(np.log10(rows["exit.follow_on_months"]), 2 * unit[:, 2], atol=1e-12)
    assert rows["situation.limited_groups"].tolist() == (1 + (unit[:, 4] * 4).astype(int)).tolist()


def test_sobol_grows_without_moving():
    more = make_design(DESIGNS["sobol"] | {"n": 6000})
    pd.testing.assert_frame_equal(more.rows(4000, 5000), make_design(DESIGNS["sobol"]).rows(4000, 5000))


@pytest.mark.parametrize("order", [1, 2])
def test_saltelli_rows_are_those_of_salib(order):
    from SALib.sample import sobol

    names = ["funding.predictable", "funding.aligned", "mandate.clarity"]
    spec = {"kind": "saltelli", "n": 64, "order": order, "seed": 5, "levers": dict.fromkeys(names)}
    design = make_design(spec)
    bounds = [(declared()[name].low, declared()[name].high) for name in names]
    problem = {"num_vars": 3, "names": names, "bounds": bounds}
    theirs = sobol.sample(problem, 64, calc_second_order=order == 2, seed=np.random.default_rng(5))
    assert design.points == len(theirs) == 64 * (2 + 3 * order)
    np.testing.assert_allclose(design.rows(0, design.points)[names], theirs)


def test_morris_moves_every_axis_once_by_half_its_levels():
    design = make_design(DESIGNS["morris"])
    axes = len(design.axes)
    assert design.points == 40 * (axes + 1)
    at = np.stack([places(design, axis.name) for axis in design.axes], axis=1).reshape(40, axes + 1, axes)
    moves = np.diff(at, axis=1)
    assert ((moves != 0).sum(axis=2) == 1).all(), "one axis a step"
    assert ((moves != 0).sum(axis=1) == 1).all(), "each axis once a trajectory"
    sizes = np.array([len(axis.values) for axis in design.axes])
    assert sizes.tolist() == [3, 6, 6, 2, 4]
    assert (moves.sum(axis=1) % sizes == sizes // 2).all()
    assert [set(at[:, 0, i]) for i in range(axes)] == [set(range(size)) for size in sizes]
    assert len({tuple(np.argmax(move != 0, axis=1)) for move in moves}) > 20, "in many orders"


def test_morris_finds_the_slopes_of_a_plane():
    levers = {"funding.predictable": None, "funding.aligned": None, "mandate.clarity": None}
    design = make_design({"kind": "morris", "n": 30, "levers": levers})
    at = design.rows(0, design.points).to_numpy().reshape(30, 4, 3)
    came = at @ [1.0, -2.0, 0.5]
    steps, rises = np.diff(at, axis=1), np.diff(came, axis=1)
    np.testing.assert_allclose(np.abs(steps).sum(axis=2), 2 / 3)  # p / 2 (p - 1) with 4 levels
    slopes = (rises[:, :, None] / np.where(steps == 0, np.nan, steps)).transpose(2, 0, 1)
    for axis, slope in enumerate((1, -2, 0.5)):
        found = slopes[axis][np.isfinite(slopes[axis])]
        np.testing.assert_allclose(found, slope)
        assert len(found) == 30


def test_one_at_a_time_leaves_the_base_in_one_axis():
    base = {"scenario": "liberia", "integration": "coordination", "funding.predictable": 0.5}
    design = make_design(DESIGNS["one_at_a_time"] | {"base": base})
    rows = design.rows(0, design.points)
    months = compose("liberia").values["exit.follow_on_months"]
    first = {"integration": "coordination", "funding.predictable": 0.5, "exit.follow_on_months": months}
    assert rows.iloc[0].to_dict() == first | {"scenario": "liberia", "situation.limited_groups": 2}
    assert ((rows.iloc[1:] != rows.iloc[0]).sum(axis=1) == 1).all()
    assert rows["integration"].tolist()[:3] == ["coordination", "coexistence", "full"]
    assert design.points == 1 + 2 + 2 + 3 + 1 + 3
    assert not rows.duplicated().any()


def test_named_points_leave_the_rest_to_their_base():
    design = make_design(DESIGNS["points"] | {"base": {"funding": "softly_earmarked", "months": 12}})
    assert design.names == ("calm", "deep")
    rows = design.rows(0, 2)
    assert rows["scenario"].tolist() == ["post_crisis", compose().choices["scenario"]]
    assert rows["funding.pooled"].tolist() == [
        compose(funding="softly_earmarked").values["funding.pooled"],
        0.1,
    ]
    assert design.resolve(0, 2).months == [12, 12]
    assert "point deep (" in design.label(1)


def test_named_points_stand_in_every_context():
    contexts = {"scenario": ["weak_state", "post_crisis"], "situation.revenue": [0.1, 0.5]}
    design = make_design(
        {"kind": "points", "points": {"deep": {"integration": "full"}, "as_ever": {}}, "contexts": contexts}
    )
    assert design.names[:5] == ("deep-1", "deep-2", "deep-3", "deep-4", "as_ever-1")
    rows = design.rows(0, design.points)
    assert rows["integration"].tolist() == ["full"] * 4 + [compose().choices["integration"]] * 4
    assert rows["scenario"].tolist() == ["weak_state", "weak_state", "post_crisis", "post_crisis"] * 2
    assert rows["situation.revenue"].tolist() == [0.1, 0.5] * 4
    again = make_design(design.as_config())
    pd.testing.assert_frame_equal(again.rows(0, again.points), rows)


def test_base_holds_at_every_point():
    base = {"funding": "earmarked", "mandate.troops": 3, "map": "somalia", "months": 24}
    points = make_design(DESIGNS["grid"] | {"base": base}).resolve(0, 216)
    assert set(points.labels["funding"]) == {"earmarked"}
    assert set(points.values["mandate.troops"]) == {3}
    assert (set(points.map), set(points.months)) == ({"somalia"}, {24})


def test_scenario_chooses_what_nobody_asked_for():
    points = make_design({"kind": "grid", "contexts": {"scenario": ["liberia", "post_crisis"]}}).resolve(0, 2)
    assert points.labels["mandate"].tolist() == ["unmil", "mix_2007"]


def test_many_points_resolve_in_chunks():
    levers = {"integration": "auto", "mandate.troops": None, "ownership.share": None}
    design = make_design({"kind": "sobol", "n": 100_000, "levers": levers})
    means = []
    for lo in range(0, design.points, 20_000):
        points = design.resolve(lo, lo + 20_000)
        assert not any(points.values["funding.pooled"].strides), "what never varies takes no memory"
        means.append(points.values["mandate.troops"].mean())
    assert np.mean(means) == pytest.approx(30, abs=0.01)


# -- faults -------------------------------------------------------------------------------------------


def test_all_faults_are_told_at_once():
    told = faults(
        {
            "kind": "sobl",
            "n": 0,
            "sed": 1,
            "levers": {
                "integraton": ["full"],
                "integration": ["coexistnce", "full", 3],
                "funding.poold": None,
                "funding.aligned": [0.1, 1.7, "much"],
                "funding.bilateral": {"low": 0.5, "high": 0.2},
                "funding.predictable": [],
                "mandate": {"low": 0},
                "mandate.troops": {"hgh": 3},
                "scenario": ["liberia"],
                "conflict.threshold": [1],
                "ownership.share": [0.1, 0.2, 0.1],
            },
            "contexts": {"funding.aligned": [0.1], "training": ["common_centres"]},
            "base": {"funding.bilateral": 0.1, "months": 0},
        }
    )
    expected = (
        "kind of design named 'sobl'; did you mean 'sobol'",
        "'sed'; did you mean 'seed'",
        "n takes",
        "months takes",
        "'integraton'; did you mean 'integration'",
        "no option 'coexistnce'; did you mean 'coexistence'",
        "no option 3",
        "'funding.poold'; did you mean 'funding.pooled'",
        "funding.aligned takes a number (share) from 0 to 1, not 1.7",
        "not 'much'",
        "funding.bilateral is an axis and stands in base too",
        "the range from 0.5 to 0.2 is empty",
        "funding.predictable needs 1 to",
        "mandate is a group and takes names",
        "'hgh'; did you mean 'high'",
        "scenario describes the situation",
        "conflict.threshold describes how actors behave",
        "same value more than once: 0.1",
        "funding.aligned is an axis twice",
        "funding.aligned is a lever but stands under contexts",
        "and 1 more",  # training too
    )
    assert [words for words in expected if not any(words in line for line in told)] == []
    assert len(told) == 21


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"kind": "grid"}, "needs axes"),
        ({"kind": "none", "levers": LEVERS}, "has no axes"),
        ({"kind": "grid", "n": 5, "levers": LEVERS}, "n says nothing"),
        ({"kind": "grid", "levers": ["integration"]}, "levers takes names"),
        ({"kind": "grid", "levers": {"training": ["mix_2007"]}, "points": {"a": {}}}, "kind points only"),
        (
            {"kind": "grid", "levers": {n: {"count": 999} for n in list(declared())[32:36]}},
            "at most 10,000,000",
        ),
        ({"kind": "grid", "levers": {"funding.pooled": [[0.1], [0.2]]}}, "one number at a time, not [0.1]"),
        ({"kind": "grid", "levers": {"training": [{"a": 1}]}}, "no option {'a': 1}"),
        ({"kind": "grid", "levers": {"mandate.troops": {"log": True}}}, "low above 0"),
        ({"kind": "grid", "levers": {"mandate.troops": {"count": 1}}}, "count takes"),
        ({"kind": "grid", "levers": {"mandate.troops": {"low": [1, 2]}}}, "one number at a time, not [1, 2]"),
        ({"kind": "grid", "levers": {"mandate.troops": {"high": 61}}}, "from 0 to 60, not 61"),
        ({"kind": "grid", "contexts": {"situation.limited_groups": [1.5]}}, "a whole number"),
        (
            {"kind": "list", "levers": {"training": "auto", "mandate.troops": [1]}},
            "training 4, mandate.troops 1",
        ),
        ({"kind": "sobol", "levers": LEVERS}, "n takes a whole number"),
        ({"kind": "morris", "n": 2, "levels": 5, "levers": LEVERS}, "even"),
        ({"kind": "morris", "n": 2, "levers": {"training": ["mix_2007"]}}, "nowhere to move"),
        ({"kind": "one_at_a_time", "levers": {"training": ["mix_2007"]}}, "nowhere to move"),
        ({"kind": "latin_hypercube", "n": 10**7, **SPACE}, "at most 20,000,000"),
        ({"kind": "points"}, "needs points"),
        ({"kind": "points", "points": {"a": {}}, "levers": LEVERS}, "take out levers"),
        ({"kind": "points", "points": {"a": {}}, "contexts": {"training": "auto"}}, "move it to levers"),
        (
            {
                "kind": "points",
                "points": {"a": {"scenario": "somalia"}},
                "contexts": {"scenario": ["liberia"]},
            },
            "point a: scenario is an axis under contexts too",
        ),
        ({"kind": "points", "points": {"a b": {}}}, "not 'a b'"),
        ({"kind": "points", "points": {"a": {"integration": "ful"}}}, "point a: integration has no option"),
        ({"kind": "none", "base": {"map": "atlantis"}}, "no map named 'atlantis'"),
        ({"kind": "none", "base": {"training": "nowhere"}}, "training has no option 'nowhere'"),
        ({"kind": "none", "base": {"mandate.troops": [1, 2]}}, "one number"),
    ],
)
def test_fault(spec, words):
    assert any(words in line for line in faults(spec))


def test_contradictions_are_counted_and_their_points_named():
    levers = {"funding.earmarked": [0.2, 0.9], "funding.pooled": [0.1, 0.7], "exit.by_benchmarks": [0, 1]}
    lines = faults({"kind": "grid", "levers": levers, "base": {"funding.softly_earmarked": 0.1}})
    assert [line for line in lines if line.startswith("    point")] == [
        *(
            f"    point {p} (funding.earmarked={e}, funding.pooled={q}, exit.by_benchmarks={b})"
            for p, e, q, b in ((4, 0.9, 0.1, 0), (5, 0.9, 0.1, 1), (6, 0.9, 0.7, 0), (7, 0.9, 0.7, 1))
        ),
        *(
            f"    point {p} (funding.earmarked={e}, funding.pooled={q}, exit.by_benchmarks=0)"
            for p, e, q in ((0, 0.2, 0.1), (2, 0.2, 0.7), (4, 0.9, 0.1), (6, 0.9, 0.7))
        ),
    ]
    assert sum("must not exceed 1 (at 4 of 8 points):" in line for line in lines) == 1
    assert sum("there is no exit" in line for line in lines) == 1


def test_contradictions_of_many_points_are_counted():
    levers = {"funding.earmarked": {"count": 400}, "funding.pooled": {"count": 400}}
    *_, last = faults({"kind": "grid", "levers": levers, "base": {"funding.softly_earmarked": 0}})
    assert last.strip() == f"and {400 * 399 // 2 - 18:,} more points"
