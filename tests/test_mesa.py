"""The model is a real Mesa model: agents, agent sets, data collection and batch runs work on one world."""

from inspect import signature

import mesa
import numpy as np
import pandas as pd
import pytest

from mipo_sim.actors import Agency, ArmedGroup, BilateralDonor, Community, Leader
from mipo_sim.actors.agencies import HumanitarianAgency, MissionComponent, NGOGroup
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import SERIES

MONTHS = 5


@pytest.fixture(scope="module")
def lived() -> MissionModel:
    return MissionModel(months=MONTHS).run()


# ---------------------------------------------------------------- agents


def test_model_and_agents_are_mesas_own(lived: MissionModel) -> None:
    assert isinstance(lived, mesa.Model)
    assert all(isinstance(agent, mesa.Agent) for agent in lived.agents)
    assert all(agent.model is lived for agent in lived.agents)


def test_every_agent_is_registered_once(lived: MissionModel) -> None:
    members = [agent for kind in lived.actors().values() for agent in kind.members]
    assert len(lived.agents) == len(members) == len(set(members))
    ids = [agent.unique_id for agent in lived.agents]
    assert len(set(ids)) == len(ids)


def test_agents_are_counted_by_type(lived: MissionModel) -> None:
    by_type = lived.agents_by_type
    assert len(by_type[Community]) == len(lived.communities) == 14 * 9
    assert len(by_type[Leader]) == 5
    assert len(by_type[HumanitarianAgency]) == 4 and len(by_type[NGOGroup]) == 2
    assert Agency not in by_type, "agencies are known by their sub-kinds"
    assert sum(len(agents) for agents in by_type.values()) == len(lived.agents)
    assert set(lived.agent_types) == set(by_type)


def test_agents_can_be_selected(lived: MissionModel) -> None:
    communities = lived.agents_by_type[Community]
    trust = np.median([agent.value("trust") for agent in communities])
    trusting = communities.select(lambda agent: agent.value("trust") > trust)
    assert 0 < len(trusting) < len(communities)
    assert all(agent.value("trust") > trust for agent in trusting)
    agencies = lived.agents.select(agent_type=Agency)
    assert len(agencies) == len(lived.agencies)


def test_agents_can_be_summed_up_sorted_and_grouped(lived: MissionModel) -> None:
    communities = lived.agents_by_type[Community]
    mean = communities.agg("trust", np.mean)
    assert float(np.squeeze(mean)) == pytest.approx(float(lived.communities.trust.mean()), rel=1e-5)
    by_violence = communities.sort(lambda agent: agent.value("violence"), ascending=True)
    ordered = [agent.value("violence") for agent in by_violence]
    assert ordered == sorted(ordered)
    groups = lived.agents.groupby(lambda agent: type(agent).__name__)
    assert groups.count()["BilateralDonor"] == len(lived.agents_by_type[BilateralDonor])


def test_value_of_an_agent_is_a_number_and_of_many_sectors_an_array(lived: MissionModel) -> None:
    community = lived.communities[3]
    assert isinstance(community.value("trust"), float)
    assert community.value("trust") == lived.communities.trust[3, 0]
    assert community.value("need").shape == (5,)


def test_models_agents_and_states_say_what_they_are(lived: MissionModel) -> None:
    assert repr(lived) == f"<MissionModel: heartland, 1 world, month {lived.month} of {lived.months}>"
    assert repr(lived.communities) == "<Community: 126 of 126, worlds: 1>"
    assert repr(lived.communities[3]) == "<Community: row 3 of 126, worlds: 1>"
    assert repr(lived.agencies.alike("join")[0]).startswith("<Agency: 6 of 18")
    assert repr(type(lived.agencies).staff) == "<State staff, person-months a month: Filled posts.>"


def test_agents_act_one_by_one_through_mesa() -> None:
    """`AgentSet.do` and the plural call come to the same bits; shuffled, too."""
    models = [MissionModel(months=4) for _ in range(3)]
    for model in models:
        model.step()
    together, one_by_one, shuffled = (model.agents_by_type[Community] for model in models)
    models[0].communities.judge()
    one_by_one.do("judge")
    shuffled.shuffle_do("judge")
    for model in models[1:]:
        assert np.array_equal(model.communities.trust, models[0].communities.trust)
    assert len(together) == len(models[0].communities)


def test_agents_can_be_set_by_hand() -> None:
    model = MissionModel(months=2)
    model.agents_by_type[ArmedGroup.__subclasses__()[0]].set("hostility", 0.25)
    first = model.armed_groups.parts[0]
    assert (first.hostility == 0.25).all()


# ---------------------------------------------------------------- stepping


def test_steps_are_counted_and_the_run_ends_by_itself() -> None:
    model = MissionModel(months=3)
    assert model.running
    seen = []
    while model.running:
        model.step()
        seen.append((_steps(model), model.month))
    assert seen == [(1, 1), (2, 2), (3, 3)]


def test_run_model_of_mesa_runs_to_the_end() -> None:
    model = MissionModel(months=3)
    model.run_model()
    assert model.month == 3 and not model.running


def test_step_and_run_come_to_the_same() -> None:
    stepped, run = MissionModel(months=4), MissionModel(months=4).run()
    for _ in range(4):
        stepped.step()
    for name, series in run.recorder.series.items():
        assert np.array_equal(series, stepped.recorder.series[name]), name


def test_seed_and_rng_are_one_and_the_same() -> None:
    def violence(**seed: int) -> float:
        return float(MissionModel(months=2, **seed).run().recorder.series["violence"][-1, 0])

    assert violence(seed=5) == violence(rng=5) != violence(seed=6)
    assert violence(rng=None) == violence() == violence(seed=2007)


def test_run_does_not_touch_the_random_numbers_of_others() -> None:
    """Luck is the model's own; neither numpy's nor Mesa's common streams are drawn from."""
    np.random.seed(4)
    expected = np.random.RandomState(4).random(3)
    MissionModel(months=2).run()
    assert np.array_equal(np.random.random(3), expected)


def _steps(model: mesa.Model) -> int:
    return int(model.steps)


# ---------------------------------------------------------------- data collection


def test_data_collector_has_all_series_by_month(lived: MissionModel) -> None:
    table = lived.datacollector.get_model_vars_dataframe()
    assert isinstance(table, pd.DataFrame) and len(table) == MONTHS
    assert list(table.columns) == [measure.name for measure in SERIES]
    for name in ("violence", "need_met", "staff"):
        assert table[name].to_numpy() == pytest.approx(lived.recorder.series[name][:, 0])


@pytest.mark.parametrize("kind", [Community, Leader, Agency, ArmedGroup])
def test_data_collector_has_states_of_agents_by_type(kind: type[mesa.Agent], lived: MissionModel) -> None:
    table = lived.datacollector.get_agenttype_vars_dataframe(kind)
    agents = [agent for agent in lived.agents if isinstance(agent, kind)]
    assert len(table) == MONTHS * len(agents)
    last = table.loc[MONTHS]
    for name in table.columns:
        expected = {agent.unique_id: agent.value(name) for agent in agents}
        assert last[name].to_dict() == pytest.approx(expected)


def test_many_worlds_have_no_data_collector() -> None:
    assert MissionModel(worlds=2, months=1).run().datacollector is None


def test_world_without_some_kind_can_be_collected() -> None:
    none = {"situation.limited_groups": 0, "situation.greedy_groups": 0, "situation.total_groups": 0}
    model = MissionModel(none, months=2).run()
    assert len(model.datacollector.get_model_vars_dataframe()) == 2


# ---------------------------------------------------------------- batch runs

LEVERS = {"funding.pooled": [0.0, 0.2], "mandate.troops": 10, "months": MONTHS}


def test_batch_run_sweeps_levers_and_seeds() -> None:
    found = pd.DataFrame(_batch({**LEVERS, "seed": [1, 2]}))
    assert len(found.drop_duplicates(["funding.pooled", "seed"])) == 4
    for (pooled, seed), rows in found.groupby(["funding.pooled", "seed"]):
        alone = MissionModel({"funding.pooled": pooled, "mandate.troops": 10}, months=MONTHS, seed=seed).run()
        assert rows["need_met"].iloc[-1] == pytest.approx(alone.recorder.series["need_met"][-1, 0])
    assert found["violence"].nunique() >= 2


def test_batch_run_works_without_a_seed() -> None:
    found = pd.DataFrame(_batch(LEVERS))
    assert set(found["funding.pooled"]) == {0.0, 0.2}


def _batch(parameters: dict[str, object]) -> list[dict[str, object]]:
    """Run a batch as users of each Mesa do: 3.5 takes seeds by its own argument, 3.3 as a parameter."""
    seeds = parameters.get("seed")
    if seeds is None or "rng" not in signature(mesa.batch_run).parameters:
        return mesa.batch_run(MissionModel, parameters, display_progress=False)
    others = {name: value for name, value in parameters.items() if name != "seed"}
    return mesa.batch_run(MissionModel, others, rng=seeds, display_progress=False)


# ---------------------------------------------------------------- what users write


def test_mission_components_can_be_told_apart_from_the_rest(lived: MissionModel) -> None:
    mission = lived.agents_by_type[MissionComponent]
    staff = sum(agent.value("staff") for agent in mission)
    assert 0 < staff < float(lived.recorder.series["staff"][-1, 0])
