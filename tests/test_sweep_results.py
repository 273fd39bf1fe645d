"""What sweeps leave: failed worlds, reading back, worlds taken from earlier sweeps, the commands."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import MonkeyPatch
from sweeping import EACH, SMALL, Faulty, contents, grid

from mipo_sim.command import sweep as command
from mipo_sim.command.refusals import Refusal
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import OUTCOMES
from mipo_sim.parameters import ParameterError, declared
from mipo_sim.sweeps import plan, sweep
from mipo_sim.sweeps.loading import listing, open_sweep
from mipo_sim.sweeps.plan import Shard
from mipo_sim.sweeps.replay import find, replay
from mipo_sim.sweeps.sweep import Sweep

Said = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("small_files")


# ---------------------------------------------------------------- worlds that fail


def test_a_world_that_fails_is_a_row_with_its_reason(failing: Path, undisturbed: Path) -> None:
    results, good = open_sweep(failing), open_sweep(undisturbed).outcomes
    failures = results.failures
    assert failures["world"].tolist() == [13, 14, 33, 34]
    assert failures["failed"].tolist() == ["ZeroDivisionError: a bug", "trust is not a number"] * 2
    assert failures["failed_month"].tolist() == [5, 6] * 2
    assert failures["mandate.troops"].tolist() == [12] * 4
    assert results.outcomes.loc[failures["world"], [m.name for m in OUTCOMES]].isna().all(axis=None)
    healthy = results.outcomes["failed"].isna()
    pd.testing.assert_frame_equal(results.outcomes[healthy], good[healthy])
    months = results.monthly.query("measure == 'trust' and month == 2")
    assert months["worlds"].tolist() == [10, 8, 10, 8]


def test_replay_stops_the_month_before(failing: Path, undisturbed: Path, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MissionModel", Faulty)
    model = replay(failing, 13)
    assert (model.worlds, model.month, model.replicates.tolist()) == (1, 5, [3])
    with pytest.raises(ZeroDivisionError):
        model.step()
    assert replay(failing, 15).month == 7
    assert find(undisturbed, 13).failed is None


def test_a_world_replayed_is_the_world(undisturbed: Path) -> None:
    row = open_sweep(undisturbed).outcomes.iloc[23]
    model = replay(undisturbed, 23).run()
    duplication = model.recorder.series["duplication"]
    assert np.float32(row["duplication"]) == pytest.approx(duplication.mean(), rel=1e-5)
    with pytest.raises(ParameterError, match="worlds 0 to 39, not 40"):
        replay(undisturbed, 40)


# ---------------------------------------------------------------- reading, listing, forecasts


def test_reading_back(undisturbed: Path) -> None:
    results = open_sweep(undisturbed)
    assert results.axes == ["integration", "mandate.troops"]
    assert results.points["mandate.troops"].tolist() == [2, 12, 2, 12]
    assert results.outcomes["world"].tolist() == list(range(40))
    assert results.outcomes["replicate"].tolist() == list(range(EACH)) * 4
    assert set(results.monthly["worlds"]) == {EACH}
    assert len(results.monthly) == 4 * 8 * results.monthly["measure"].nunique()
    made = results.about["made"]
    assert made["parameters"]["mandate.troops"]["unit"] == declared()["mandate.troops"].unit
    assert results.design.as_config() == grid().as_config()


def test_nothing_tells_whose_machine_it_was(undisturbed: Path) -> None:
    import getpass
    import platform

    text = (undisturbed / "run.json").read_text()
    assert str(undisturbed) not in text
    assert platform.node() not in text
    assert f'"{getpass.getuser()}"' not in text


def test_an_axis_that_shares_its_name_with_an_outcome(tmp_path: Path) -> None:
    design = grid({"ownership": ["mix_2007", "compact"]})
    results = Sweep(design, tmp_path / "ownership", replicates=2).run()
    assert results.axes == ["axis.ownership"]
    assert results.outcomes["ownership"].between(0, 1).all()


def test_labelled_arrays(undisturbed: Path) -> None:
    try:
        import xarray  # noqa: F401
    except ImportError:
        with pytest.raises(ImportError, match="labelled arrays need xarray: pip install"):
            open_sweep(undisturbed).to_xarray()
    else:
        arrays = open_sweep(undisturbed).to_xarray()
        assert dict(arrays.sizes) == {"point": 4, "replicate": EACH}
        assert arrays["mandate.troops"].values.tolist() == [2, 12, 2, 12]
        assert arrays["cost"].attrs["units"] == "$m a year"


def test_listing(undisturbed: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{")
    assert "is damaged" in listing(tmp_path)["note"].iloc[0]
    there = listing(undisturbed.parent).iloc[0]
    assert (there["what"], there["points"], there["worlds"], there["done"]) == ("grid", 4, 40, 40)


def test_a_forecast_writes_nothing(undisturbed: Path, tmp_path: Path) -> None:
    forecast = Sweep(grid(), tmp_path / "never", replicates=EACH).forecast()
    assert not (tmp_path / "never").exists()
    assert (forecast.points, forecast.worlds, forecast.done, forecast.taken) == (4, 40, 0, 0)
    files = contents(undisturbed)
    real = sum(len(content) for name, content in files.items() if name.endswith("parquet")) / 1e6
    assert 0.3 * real < forecast.megabytes < 3 * real
    assert forecast.seconds > 0
    done = Sweep(grid(), undisturbed, replicates=EACH).forecast()
    assert (done.done, done.seconds) == (40, 0)


# ---------------------------------------------------------------- worlds of earlier sweeps


def test_worlds_of_earlier_sweeps_are_taken(
    undisturbed: Path, tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    wider = grid({"integration": ["full", "coordination"], "mandate.troops": [2, 12]})
    Sweep(wider, tmp_path / "alone", replicates=EACH).run()
    reusing = Sweep(wider, tmp_path / "taken", replicates=EACH, reuse=undisturbed.parent)
    assert reusing.forecast().taken == 2 * EACH
    lived: list[int] = []
    model = Shard.model

    def counted(shard: Shard, block: np.ndarray) -> MissionModel:
        lived.append(len(block))
        return model(shard, block)

    monkeypatch.setattr(Shard, "model", counted)
    reusing.run()
    assert sum(lived) == 2 * EACH
    assert contents(tmp_path / "taken") == contents(tmp_path / "alone")


def test_more_replicates_take_those_that_are_there(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    design = grid({"mandate.troops": [2, 12]})
    Sweep(design, tmp_path / "sweeps" / "few", replicates=11).run()
    Sweep(design, tmp_path / "alone", replicates=13).run()
    more = Sweep(design, tmp_path / "sweeps" / "more", replicates=13, reuse=tmp_path / "sweeps")
    assert more.forecast().taken == 22
    more.run()
    assert contents(more.folder) == contents(tmp_path / "alone")


def test_other_seeds_and_failures_are_not_taken(failing: Path, tmp_path: Path) -> None:
    assert Sweep(grid(), tmp_path / "x", replicates=EACH, seed=3, reuse=failing.parent).forecast().taken == 0
    assert Sweep(grid(), tmp_path / "x", replicates=EACH, reuse=failing.parent).forecast().taken == 2 * EACH


# ---------------------------------------------------------------- the commands

WORDS = [f"{name}={value}" for name, value in SMALL.items()]


def test_commands(tmp_path: Path, capsys: Said, monkeypatch: MonkeyPatch) -> None:
    words = ["integration=coexistence,full", "worlds=10", "workers=1", f"output={tmp_path}", *WORDS]
    assert command.sweep([*words, "--dry-run"]) == 0
    assert "20 in 2 points; 0 done already" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(plan, "MissionModel", Faulty)
        assert command.sweep([*words, "mandate.troops=12"]) == 0
    (folder,) = tmp_path.iterdir()
    said = capsys.readouterr().out
    assert "20, of which 4 failed" in said and "world 3, month 5: ZeroDivisionError: a bug" in said
    assert f"mipo replay {folder} 3" in said and str(folder) in said
    assert command.results([str(tmp_path)]) == 0
    assert str(folder) in capsys.readouterr().out
    assert command.replay([str(folder), "3"]) == 0
    said = capsys.readouterr().out
    assert "ZeroDivisionError: a bug (month 5)" in said and "month 5 went by" in said  # the bug is mended
    assert command.results([str(folder / "rows")]) == 1


def test_a_stopped_command_says_what_is_done(tmp_path: Path, capsys: Said, monkeypatch: MonkeyPatch) -> None:
    def stopped(shard: Shard, *rest: Any) -> sweep.Done:
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "work", stopped)
    assert command.sweep(["integration=full,mix_2007", "workers=1", f"output={tmp_path}", *WORDS]) == 130
    assert "stopped; 0 worlds are done, and the same command goes on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["study=none_such"], "study has no option 'none_such'"),
        (["worlds=many"], "worlds takes a whole number, not 'many'"),
        (["integration=ful,coexistence"], "did you mean 'full'"),
        (["compare=x"], "a sweep has no compare"),
        (["engine=locl", *WORDS, "worlds=1"], "engine has no option 'locl'; did you mean 'local'"),
        (["engine=slurm", "engine.jbos=3", *WORDS], "no setting 'jbos'; did you mean 'jobs'"),
        (["engine=slurm", "workers=3", *WORDS], "workers counts processes of this machine"),
        (["name=../x"], "a name has letters, digits"),
        (["--dry"], "unrecognized arguments|--dry-run"),
    ],
)
def test_commands_that_cannot_be_meant(tmp_path: Path, words: list[str], said: str) -> None:
    with pytest.raises((Refusal, ParameterError), match=said):
        assert command.sweep([*words, f"output={tmp_path}"]) == 0
        raise Refusal("--dry-run")  # the beginning of a flag is enough


def test_a_command_that_wants_precision(tmp_path: Path, capsys: Said) -> None:
    words = ["integration=coexistence,full", "worlds=4", "workers=1", f"output={tmp_path}", *WORDS]
    assert command.sweep([*words, "precision=0.5", "outcomes=[trust]", "cap=8"]) == 0
    assert "1 of 1 differences known to within 0.5" in capsys.readouterr().out
    (folder,) = tmp_path.iterdir()
    assert pd.read_csv(folder / "differences.csv")["outcome"].tolist() == ["trust"]


def test_identity_is_plain(undisturbed: Path) -> None:
    there = json.loads((undisturbed / "run.json").read_text())["identity"]
    assert there["points"] == 4 and there["replicates"] == EACH
