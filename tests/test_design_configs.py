"""Designs from words and files: multirun on the command line, the config groups `design` and `study`."""

import hydra
import pytest
import yaml
from omegaconf import OmegaConf
from sweeping import faults

from mipo_sim.command.study import studies
from mipo_sim.parameters import ParameterError
from mipo_sim.parameters.options import CONFIGS
from mipo_sim.sweeps.designs import KINDS, from_multirun, make_design

# -- multirun -----------------------------------------------------------------------------------------


def test_multirun_becomes_a_grid():
    words = [
        "integration=coexistence,full",
        "funding.pooled=range(0,0.3,0.1)",
        "worlds=50",
        "scenario=glob(*conflict)",
    ]
    spec, settings = from_multirun(
        [*words, "mandate.posts=900", "funding=earmarked", "leadership='able',\"weak\""]
    )
    assert settings == {"worlds": 50}
    assert spec == {
        "kind": "grid",
        "levers": {
            "integration": ["coexistence", "full"],
            "funding.pooled": [0.0, 0.1, 0.2],
            "leadership": ["able", "weak"],
        },
        "contexts": {"scenario": ["active_conflict", "regional_conflict"]},
        "base": {"mandate.posts": 900, "funding": "earmarked"},
    }
    assert make_design({**spec, "base": {"mandate.posts": 900}}).points == 24


def test_multirun_of_one_point():
    spec, _ = from_multirun(["integration=full", "mandate.troops=8"])
    assert make_design(spec).resolve(0, 1).values["mandate.troops"].tolist() == [8]


def test_multirun_tells_all_that_cannot_be_part_of_a_grid():
    words = [
        "+a=1",
        "~b",
        "hydra.x=1",
        "seed=1,2",
        "mandate.troops=interval(0,1)",
        "x=(",
        "training=a",
        "training=b",
    ]
    with pytest.raises(ParameterError) as refusal:
        from_multirun(words)
    for said in (
        "'+a=1'",
        "'~b'",
        "'hydra.x=1'",
        "seed takes one value",
        "interval(0,1)",
        "'x=('",
        "training is given",
    ):
        assert said in str(refusal.value)


def test_multirun_leaves_names_to_the_design():
    spec, _ = from_multirun(["integration=ful,full", "mandate.trops=3"])
    told = faults(spec)
    assert any("did you mean 'full'" in line for line in told)
    assert any("did you mean 'mandate.troops'" in line for line in told)


# -- configs ------------------------------------------------------------------------------------------


@pytest.fixture
def composed(tmp_path):
    """Compose a primary config that names designs and studies, as Hydra does."""
    defaults = ["_self_", {"design": "none"}, {"study": "none"}]
    text = yaml.safe_dump({"defaults": defaults, "worlds": 1, "hydra": {"searchpath": [f"file://{CONFIGS}"]}})
    (tmp_path / "config.yaml").write_text(text)

    def compose_with(*words):
        with hydra.initialize_config_dir(str(tmp_path), version_base="1.3"):
            return OmegaConf.to_container(hydra.compose("config", overrides=list(words)))

    return compose_with


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_config(composed, kind):
    spec = composed(f"design={kind}")["design"]
    assert spec["kind"] == kind
    if kind == "points":
        make_design({**spec, "points": {"deep": {"integration": "full"}}})
    else:
        make_design({**spec, "levers": {} if kind == "none" else {"training": "auto"}})


def test_axes_can_be_added_on_the_command_line(composed):
    spec = composed(
        "design=grid", "+design.levers.funding.pooled=[0,0.1]", "+design.levers.integration=[full]"
    )
    assert make_design(spec["design"]).points == 2


STUDIES = {"form_by_situation": 20, "funding_space": 1024, "levers_one_by_one": 53}


@pytest.mark.parametrize("study", STUDIES)
def test_studies(composed, study):
    config = composed(f"study={study}")
    assert make_design(config["design"]).points == STUDIES[study]
    assert config["worlds"] > 1


def test_every_study_is_tested():
    asked = set(studies())  # these have tests of their own
    assert {path.stem for path in (CONFIGS / "study").glob("*.yaml")} == {"none", *STUDIES} | asked
    assert not asked & STUDIES.keys()
