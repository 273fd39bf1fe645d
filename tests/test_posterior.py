"""`parameters=posterior`: every replicate has a draw of its own, the same in all forms."""

import json

import numpy as np
import pytest

import mipo_sim
from mipo_sim.command_line import main
from mipo_sim.parameters import ParameterError, declared
from mipo_sim.parameters.options import compose
from mipo_sim.parameters.posterior import drawn, posterior
from mipo_sim.sweeps.designs import make_design
from mipo_sim.sweeps.plan import Plan, Shard
from mipo_sim.sweeps.sweep import Sweep

HERE = mipo_sim.Situation(name="here", title="Here", story="A place.", map="heartland", months=6)
FORMS = {"mission": {}, "none": {"mandate.deploy": 0}}
FREE, OTHER = "conflict.threshold", "conflict.choice_spread"


def experiment(forms=FORMS, worlds=5, parameters="posterior", **settings):
    return mipo_sim.Experiment(forms, HERE, worlds=worlds, parameters=parameters, **settings)


def values_of(one, name, replicates):
    return one.model(list(one.forms), np.asarray(replicates)).p.of(name)


# -- the sample -------------------------------------------------------------------------------------------


def test_the_sample_is_of_declared_behaviour_and_long_enough():
    roles = {declared()[name].role for name in posterior()}
    assert roles == {"behaviour"}
    assert 20 <= len(posterior()) <= 35
    assert {len(column) for column in posterior().values()} <= set(range(200, 501))


def test_the_default_is_no_surer_than_the_sample():
    for name, column in posterior().items():
        assert column.std() > 0, name


# -- who draws what -------------------------------------------------------------------------------------


def test_a_replicate_has_one_draw_whatever_its_form():
    found = values_of(experiment(), FREE, [0, 3]).reshape(2, 2)
    assert found == pytest.approx(np.tile(posterior()[FREE][[0, 3]], (2, 1)))


def test_draws_are_counted_round_and_round():
    count = len(posterior()[FREE])
    found = drawn({}, np.array([1, count + 1]))[FREE]
    assert found[0] == found[1] == posterior()[FREE][1]


def test_what_a_form_sets_goes_before_a_draw():
    forms = {"mission": {FREE: 0.5}, "none": {"mandate.deploy": 0}}
    found = values_of(experiment(forms), FREE, [0, 1]).reshape(2, 2)
    assert found == pytest.approx(np.array([[0.5, 0.5], posterior()[FREE][:2]]))


def test_what_is_asked_for_by_name_goes_before_a_draw_even_if_it_is_the_default():
    usual = declared()[FREE].default
    one = experiment({"mission": {FREE: usual}}, given=(FREE,))
    assert values_of(one, FREE, [0, 1]) == pytest.approx(usual)
    assert values_of(one, OTHER, [0, 1]) == pytest.approx(posterior()[OTHER][:2])


# -- runs -----------------------------------------------------------------------------------------------


def test_a_run_says_what_it_drew_and_can_be_made_again(tmp_path):
    results = experiment(given=(OTHER,)).run()
    again = mipo_sim.Experiment.from_config(experiment(given=(OTHER,)).as_config()).run()
    assert results.manifest["parameters"] == "posterior"
    assert results.outcomes.equals(again.outcomes)
    assert not results.outcomes.equals(experiment(parameters="default").run().outcomes)


def test_the_digest_tells_runs_apart():
    digests = {
        experiment(parameters=p, given=g).digest for p in ("default", "posterior") for g in ((), (FREE,))
    }
    assert len(digests) == 3  # without draws it does not matter what would go before them


def test_blocks_do_not_matter():
    assert experiment().run().outcomes.equals(experiment(block=4).run().outcomes)


def test_a_library_run_takes_it():
    results = mipo_sim.run(worlds=2, months=3, parameters="posterior", compare=False, overrides={FREE: 0.61})
    assert results.experiment.parameters == "posterior"
    assert results.experiment.given == (FREE,)


def test_a_misspelling_is_refused():
    with pytest.raises(ParameterError, match="did you mean 'posterior'"):
        experiment(parameters="posterier")


# -- sweeps ---------------------------------------------------------------------------------------------


def design_of(**base):
    return make_design({"kind": "grid", "levers": {"mandate.deploy": [1, 0]}, "base": {"months": 6, **base}})


def test_a_sweep_draws_what_a_run_draws(tmp_path):
    swept = Sweep(design_of(), tmp_path / "sweep", replicates=5, parameters="posterior").run().outcomes
    usual = compose().values
    run = experiment({"mission": usual, "none": usual | {"mandate.deploy": 0}}).run().outcomes
    assert swept["need_met"].to_numpy() == pytest.approx(run["need_met"].to_numpy(np.float32))


def test_points_that_draw_are_no_points_that_do_not(tmp_path):
    plans = [
        Plan(2, 2),
        Plan(2, 2, parameters="posterior"),
        Plan(2, 2, parameters="posterior", given=(FREE,)),
    ]
    keys = [tuple(Shard.of(design_of(), plan, 7, 0, 4).keys("code")) for plan in plans]
    assert len(set(keys)) == 3


def test_a_sweep_says_what_it_drew(tmp_path):
    one = Sweep(design_of(), tmp_path / "sweep", replicates=2, parameters="posterior", given=(FREE,))
    one.run()
    identity = one.store.identity()
    assert (identity["parameters"], identity["given"]) == ("posterior", [FREE])
    assert one.store.plan() == one.plan


# -- the command line -----------------------------------------------------------------------------------


def test_the_command_line_takes_it(tmp_path, capsys):
    words = ["run", "parameters=posterior", "worlds=2", "months=3", f"output={tmp_path}", f"{FREE}=0.5"]
    assert main(words) == 0
    (folder,) = tmp_path.iterdir()
    assert json.loads((folder / "manifest.json").read_text())["parameters"] == "posterior"
    assert mipo_sim.load(folder).experiment.given == (FREE,)
    assert "drawn from the posterior" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("command", [["run"], ["run", "-m"], ["sweep"]])
def test_the_command_line_refuses_what_there_is_not(command, tmp_path, capsys):
    assert main([*command, "parameters=posterier", "worlds=2", f"output={tmp_path}"]) == 2
    assert "posterior" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [["run", "-m"], ["sweep"]])
def test_grids_and_sweeps_take_it(command, tmp_path):
    words = ["integration=coexistence,full", "worlds=2", "months=3", "workers=1", "parameters=posterior"]
    assert main([*command, *words, f"output={tmp_path}"]) == 0
    (folder,) = (path.parent for path in tmp_path.glob("*/run.json"))
    assert json.loads((folder / "run.json").read_text())["identity"]["parameters"] == "posterior"
