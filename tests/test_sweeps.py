"""Sweeps: the same bits whoever computes them, nothing lost, nothing computed twice, clear lines."""

import errno
import json
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import MonkeyPatch

from mipo_sim.command import sweep as command
from mipo_sim.command.refusals import Refusal
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import OUTCOMES
from mipo_sim.parameters import ParameterError, declared
from mipo_sim.sweeps import Experiment, Situation, engine, identity, plan, precision, store, sweep
from mipo_sim.sweeps.designs import Design, make_design
from mipo_sim.sweeps.plan import Plan, Shard, live
from mipo_sim.sweeps.precision import compare, differences, references
from mipo_sim.sweeps.reading import listing, open_sweep
from mipo_sim.sweeps.replay import find, replay
from mipo_sim.sweeps.store import Store, SweepError
from mipo_sim.sweeps.sweep import Sweep
from mipo_sim.sweeps.tables import bands

Said = pytest.CaptureFixture[str]
SMALL = {"map": "generated", "country.districts": 4, "country.communities_per_district": 3, "months": 8}
EACH = 10  # replicates: one point a file


def grid(levers: dict[str, Any] | None = None, **contexts: Any) -> Design:
    levers = levers or {"integration": ["coexistence", "full"], "mandate.troops": [2, 12]}
    spec = {"kind": "grid", "levers": levers, "contexts": contexts, "base": SMALL}
    return make_design(spec)


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*.*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


@pytest.fixture(scope="module", autouse=True)
def small_files() -> Iterator[None]:
    with MonkeyPatch.context() as patch:
        patch.setattr(plan, "LEAST_SHARD", 16)
        patch.setattr(plan, "WATCHED", 10)
        yield


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, small_files: None) -> Path:
    folder = tmp_path_factory.mktemp("sweeps") / "undisturbed"
    Sweep(grid(), folder, replicates=EACH).run()
    return folder


# ---------------------------------------------------------------- the plan


@pytest.mark.parametrize(
    ("points", "replicates"),
    [(1, 1), (4, 70), (1, 5000), (3, 129), (1000, 1), (7, 1025), (300, 30), (200, 1000)],
)
def test_shards_cover_all_worlds_once_and_know_their_points(points: int, replicates: int) -> None:
    whole = Plan(points, replicates)
    shards = list(whole.shards())
    assert [lo for lo, _ in shards] == [0, *(hi for _, hi in shards[:-1])]
    assert shards[-1][1] == whole.worlds
    assert max(hi - lo for lo, hi in shards) <= 2 * plan.MOST_SHARD
    for point in {0, points // 2, points - 1}:
        mine = [(lo, hi) for lo, hi in shards if lo < (point + 1) * replicates and hi > point * replicates]
        assert list(whole.shards_of(point)) == mine
        assert whole.watches(mine[0][0]) or mine[0][0] < point * replicates
        assert mine[0][1] - max(mine[0][0], point * replicates) >= whole.watched


@pytest.mark.parametrize("block", [1, 3, 1000])
def test_blocks_do_not_change_a_bit(block: int) -> None:
    counts = {"situation.limited_groups": [1, 2], "situation.greedy_groups": [0, 1]}
    design = grid({"mandate.troops": [2, 12]}, **counts)
    shard = Shard.of(design, Plan(design.points, 2), 7, 0, 2 * design.points)
    whole, other = live(shard, block=5), live(shard, block=block)
    for name in whole.outcomes:
        np.testing.assert_array_equal(whole.outcomes[name], other.outcomes[name])
    for name in whole.months:
        np.testing.assert_array_equal(whole.months[name], other.months[name])


def test_points_may_differ_in_length_and_map() -> None:
    places = {"scenario": ["darfur", "liberia"]}
    design = make_design({"kind": "grid", "contexts": places, "base": {"months": 3}})
    whole = Plan(2, 2)
    resolved = design.resolve(0, 2)
    mixed = type(resolved)(resolved.values, resolved.map, [3, 5], resolved.labels)
    shard = Shard(whole, 0, 4, 7, mixed.values, tuple(mixed.map), np.array(mixed.months), design.rows(0, 2))
    months = live(shard).months["violence"]
    assert np.isfinite(months).tolist() == [[True] * 4] * 3 + [[False, False, True, True]] * 2


def test_rows_are_what_an_experiment_finds(undisturbed: Path) -> None:
    troops = {"country.districts": 4, "country.communities_per_district": 3, "mandate.troops": 12}
    design = make_design({"kind": "grid", "levers": {"mandate.troops": [12]}, "base": SMALL})
    values = {name: column[0] for name, column in design.resolve(0, 1).values.items()} | troops
    where = Situation(map="generated", months=8)
    expected = Experiment({"one": values}, where, worlds=5, seed=7).run().outcomes
    lived = live(Shard.of(design, Plan(1, 5), 7, 0, 5))
    for measure in OUTCOMES:
        np.testing.assert_array_equal(lived.outcomes[measure.name], expected[measure.name].astype(np.float32))


def test_bands_are_quantiles_of_what_is_a_number() -> None:
    values = np.random.default_rng(1).random((3, 2, 50)).astype(np.float32)
    values[1, 1, :20] = np.nan
    found = bands(values)
    for name, expected in (
        ("mean", np.nanmean(values, axis=-1)),
        ("sd", np.nanstd(values, axis=-1, ddof=1)),
        ("low", np.nanquantile(values, 0.05, axis=-1)),
        ("high", np.nanquantile(values, 0.95, axis=-1)),
    ):
        np.testing.assert_allclose(found[name], expected, rtol=1e-5)
    assert found["worlds"].tolist() == [[50, 50], [50, 30], [50, 50]]


# ---------------------------------------------------------------- the same files, whatever happens


def test_files_do_not_depend_on_workers_and_blocks(undisturbed: Path, tmp_path: Path) -> None:
    results = Sweep(grid(), tmp_path / "two", replicates=EACH, workers=2, block=3).run()
    assert contents(tmp_path / "two") == contents(undisturbed)
    assert results.complete


def test_a_sweep_takes_up_what_is_left(undisturbed: Path, tmp_path: Path, capsys: Said) -> None:
    folder = tmp_path / "left"
    Sweep(grid(), folder, replicates=EACH).run()
    rows, series = (sorted((folder / family).glob("*.parquet")) for family in ("rows", "series"))
    rows[0].unlink()
    rows[1].write_bytes(rows[1].read_bytes()[:1000])
    middle = bytearray(rows[2].read_bytes())
    middle[200] ^= 1  # one bit
    rows[2].write_bytes(middle)
    series[3].unlink()
    (folder / "rows" / ".rows-of-a-killed-worker.tmp").write_bytes(b"half")
    with pytest.raises(SweepError, match="is damaged; the same sweep, run again"):
        open_sweep(folder).rows  # noqa: B018
    Sweep(grid(), folder, replicates=EACH).run(shown=True)
    assert contents(folder) == contents(undisturbed)
    said = capsys.readouterr()
    assert f"{rows[1].name} was damaged and is computed anew" in said.out
    assert f"{rows[2].name} was damaged" in said.out


def test_what_is_done_is_not_done_again(undisturbed: Path, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "work", None)
    Sweep(grid(), undisturbed, replicates=EACH).run()


def test_an_interrupted_sweep_keeps_what_is_done(
    undisturbed: Path, tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    folder, work = tmp_path / "stopped", sweep.work

    def stopped(shard: Shard, *rest: Any) -> sweep.Done:
        if shard.lo == 2 * EACH:
            raise KeyboardInterrupt
        return work(shard, *rest)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sweep, "work", stopped)
        Sweep(grid(), folder, replicates=EACH).run()
    assert len(open_sweep(folder).rows) == 2 * EACH
    Sweep(grid(), folder, replicates=EACH).run()
    assert contents(folder) == contents(undisturbed)


class Dying(Executor):
    """Workers that die at once, so many times."""

    def __init__(self, lives: list[int]) -> None:
        self.lives = lives

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.lives:
            self.lives[0] -= 1
            if self.lives[0] < 0:
                self.lives.pop()
                raise BrokenProcessPool
        return engine.Inline().submit(fn, *args, **kwargs)


def test_a_dead_worker_costs_its_shard_only(
    undisturbed: Path, tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    lives = [2]

    @contextmanager
    def dying(*_: Any) -> Iterator[tuple[Executor, int]]:
        yield Dying(lives), 1

    monkeypatch.setattr(sweep, "engine", dying)
    Sweep(grid(), tmp_path / "died", replicates=EACH).run()
    assert not lives
    assert contents(tmp_path / "died") == contents(undisturbed)


def test_workers_that_keep_dying_end_the_sweep(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    rounds = []

    @contextmanager
    def dying(*_: Any) -> Iterator[tuple[Executor, int]]:
        rounds.append(1)
        yield Dying([0]), 1

    monkeypatch.setattr(sweep, "engine", dying)
    with pytest.raises(SweepError, match="workers keep dying"):
        Sweep(grid(), tmp_path / "died", replicates=EACH).run()
    assert len(rounds) == sweep.ROUNDS


def test_a_full_disk_is_said_and_loses_nothing(
    undisturbed: Path, tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    folder, write, written = tmp_path / "full", store.pq.write_table, []

    def full(table: Any, file: Path, **how: Any) -> None:
        written.append(file)
        write(table, file, **how)
        if len(written) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(SweepError, match="disk is full; what is done stays"):
        patch.setattr(store.pq, "write_table", full)
        Sweep(grid(), folder, replicates=EACH).run()
    assert not list(folder.glob("**/*.tmp"))
    assert len(open_sweep(folder).rows) == EACH
    Sweep(grid(), folder, replicates=EACH).run()
    assert contents(folder) == contents(undisturbed)


# ---------------------------------------------------------------- refusals


def test_another_sweep_in_the_folder_is_refused_by_name(undisturbed: Path) -> None:
    before = contents(undisturbed)
    with pytest.raises(SweepError, match=r"differs in seed \(there 2007, here 8\); choose"):
        Sweep(grid(), undisturbed, replicates=EACH, seed=8).run()
    with pytest.raises(SweepError, match=r"replicates \(there 10, here 11\)"):
        Sweep(grid(), undisturbed, replicates=11).forecast()
    with pytest.raises(SweepError, match=r"design\.levers\.mandate\.troops \(there"):
        other = grid({"integration": ["coexistence", "full"], "mandate.troops": [2, 13]})
        Sweep(other, undisturbed, replicates=EACH).run()
    assert contents(undisturbed) == before


def test_other_code_is_another_sweep(undisturbed: Path, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "code_digest", lambda: "other")
    with pytest.raises(SweepError, match=r"differs in code \(there"):
        Sweep(grid(), undisturbed, replicates=EACH).run()


def test_two_sweeps_into_one_folder(undisturbed: Path) -> None:
    with Store(undisturbed).locked(), pytest.raises(SweepError, match="another sweep is running in"):
        Sweep(grid(), undisturbed, replicates=EACH).run()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ('{"identity": {"format": 0}}', "by another version of mipo_sim"),
    ],
)
def test_a_damaged_or_strange_manifest(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "run.json").write_text(text)
    for attempt in (lambda: open_sweep(tmp_path), lambda: Sweep(grid(), tmp_path).run()):
        with pytest.raises(SweepError, match=said):
            attempt()


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SweepError, match=r"holds something else \(thesis.txt\)"):
        Sweep(grid(), tmp_path).run()
    with pytest.raises(SweepError, match="no sweep in"):
        open_sweep(tmp_path)


@pytest.mark.parametrize("wrong", [{"replicates": 0}, {"seed": -1}, {"workers": 0}, {"block": 1.5}])
def test_numbers_that_cannot_be_meant(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=f"{next(iter(wrong))} takes a whole number"):
        Sweep(grid(), tmp_path / "none", **wrong)


def test_engines_that_cannot_be_had() -> None:
    with pytest.raises(engine.EngineError, match="engine takes local, dask or the address"):
        engine.engine("locl")


# ---------------------------------------------------------------- worlds that fail


class Faulty(MissionModel):
    """With 12 thousand troops replicate 3 breaks in month 5, and replicate 4 loses a number in month 6."""

    def step(self) -> None:
        many = self.p.mandate.troops == 12
        if self.month == 5 and (many & (self.replicates == 3)).any():
            raise ZeroDivisionError("a bug")
        super().step()
        if self.month == 7:
            self.recorder.series["trust"][6, many & (self.replicates == 4)] = np.nan


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory, small_files: None) -> Path:
    folder = tmp_path_factory.mktemp("failing") / "sweep"
    with MonkeyPatch.context() as patch:
        patch.setattr(plan, "MissionModel", Faulty)
        Sweep(grid(), folder, replicates=EACH).run()
    return folder


def test_a_world_that_fails_is_a_row_with_its_reason(failing: Path, undisturbed: Path) -> None:
    results, good = open_sweep(failing), open_sweep(undisturbed).rows
    failures = results.failures
    assert failures["world"].tolist() == [13, 14, 33, 34]
    assert failures["failed"].tolist() == ["ZeroDivisionError: a bug", "trust is not a number"] * 2
    assert failures["failed_month"].tolist() == [5, 6] * 2
    assert failures["mandate.troops"].tolist() == [12] * 4
    assert results.rows.loc[failures["world"], [m.name for m in OUTCOMES]].isna().all(axis=None)
    healthy = results.rows["failed"].isna()
    pd.testing.assert_frame_equal(results.rows[healthy], good[healthy])
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
    row = open_sweep(undisturbed).rows.iloc[23]
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
    assert results.rows["world"].tolist() == list(range(40))
    assert results.rows["replicate"].tolist() == list(range(EACH)) * 4
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
    assert results.rows["ownership"].between(0, 1).all()


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


# ---------------------------------------------------------------- differences known well enough


class Toy(Sweep):
    """A sweep with known spread: luck is shared, and each point adds a little of its own."""

    OWN = (0.0, 0.1, 0.4)

    def run(self, shown: bool | None = False) -> Any:
        replicates = np.arange(self.first, self.first + self.replicates)
        chosen = getattr(self.design, "chosen", range(self.design.points))
        tables = []
        for place, point in enumerate(chosen):
            shared = np.random.default_rng(1).standard_normal(10_000)[replicates]
            own = self.OWN[point] * np.random.default_rng(2 + point).standard_normal(10_000)[replicates]
            trust = shared + own + point
            tables.append(pd.DataFrame({"point": place, "replicate": replicates, "trust": trust}))
        rows = pd.concat(tables, ignore_index=True)
        return type("Found", (), {"rows": rows})


def test_worlds_are_added_only_where_a_difference_is_unclear(tmp_path: Path) -> None:
    toy = Toy(grid({"mandate.troops": [1, 2, 3]}), tmp_path, replicates=50)
    found = compare(toy, 0.035, ["trust"])
    table = found.table.set_index("point")
    assert table["known"].all() and (table["half_width"] <= 0.035).all()
    assert table.loc[1, "pairs"] == 50  # 1.96 * 0.1 / sqrt(50) = 0.028
    assert 450 < table.loc[2, "pairs"] < 750  # (1.96 * 0.4 / 0.035)^2 = 502
    assert table["difference"].tolist() == pytest.approx([1, 2], abs=0.05)
    assert table["mandate.troops"].tolist() == [2, 3]
    # without matched luck: (1 + 1 + 0.4^2) / 0.4^2 = 13.5 times as many
    assert table.loc[2, "pairing"] == pytest.approx(13.5, rel=0.15)
    more = table["pairs"] * (table["pairing"] - 1)
    assert found.saved == round(more.sum() + more.max())  # of each point, and of the reference they share
    assert "2 of 2 differences known to within 0.035" in str(found)


def test_a_cap_ends_the_search(tmp_path: Path) -> None:
    toy = Toy(grid({"mandate.troops": [1, 2, 3]}), tmp_path, replicates=50)
    found = compare(toy, 0.001, ["trust"], cap=120)
    assert set(found.table["pairs"]) == {120}
    assert not found.table["known"].any()


def test_rounds_are_sweeps_that_can_be_taken_up(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    one = Sweep(grid(), tmp_path / "precise", replicates=8)
    found = compare(one, 0.05, ["trust", "relapse"], cap=16)
    assert found.table["pairs"].max() == 16
    assert len(listing(tmp_path / "precise")) >= 2
    monkeypatch.setattr(sweep, "work", None)
    again = compare(one, 0.05, ["trust", "relapse"], cap=16)
    pd.testing.assert_frame_equal(found.table, again.table)


def test_forms_are_compared_in_their_own_context() -> None:
    design = grid({"mandate.troops": [2, 12]}, **{"situation.violence": [0.1, 0.3]})
    assert references(design) == [0, 1, 0, 1]
    rows = pd.DataFrame({"point": [0, 0, 2, 2], "replicate": [0, 1, 0, 1], "relapse": [0.0, 1, 0, 0]})
    (found,) = differences(rows, references(design), ["relapse"], 0.1).to_dict("records")
    assert (found["reference"], found["difference"], found["pairs"]) == (0, -0.5, 2)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"precision": 0}, "precision takes a number above 0"),
        ({"outcomes": ["relaps"]}, "no outcome named 'relaps'; did you mean 'relapse'"),
        ({"reference": 9}, "the design has points 0 to 3"),
        ({"cap": 1}, "cap takes a whole number from 2"),
    ],
)
def test_comparisons_that_cannot_be_meant(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        compare(Sweep(grid(), tmp_path), **({"precision": 0.1} | wrong))


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
        (["engine=locl", *WORDS, "worlds=1"], "engine takes local, dask or the address"),
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
    assert precision.UNITS["relapse"] == "0 or 1"
