"""Sweeps: the same bits whoever computes them, nothing lost, nothing computed twice, clear lines."""

import errno
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest import MonkeyPatch
from sweeping import EACH, SMALL, contents, grid

from mipo_sim.outcomes import OUTCOMES
from mipo_sim.parameters import ParameterError
from mipo_sim.sweeps import Experiment, Situation, identity, plan, storage, sweep
from mipo_sim.sweeps.designs import make_design
from mipo_sim.sweeps.loading import open_sweep
from mipo_sim.sweeps.local import Inline
from mipo_sim.sweeps.plan import Plan, Shard, live
from mipo_sim.sweeps.store import Store, SweepError
from mipo_sim.sweeps.sweep import Sweep
from mipo_sim.sweeps.tables import bands

Said = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("small_files")


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
        open_sweep(folder).outcomes  # noqa: B018
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
    assert len(open_sweep(folder).outcomes) == 2 * EACH
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
        return Inline().submit(fn, *args, **kwargs)


def test_a_dead_worker_costs_its_shard_only(
    undisturbed: Path, tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    lives = [2]

    @contextmanager
    def dying(*_: Any) -> Iterator[tuple[Executor, int]]:
        yield Dying(lives), lambda: 1

    monkeypatch.setattr(sweep, "engine", dying)
    Sweep(grid(), tmp_path / "died", replicates=EACH).run()
    assert not lives
    assert contents(tmp_path / "died") == contents(undisturbed)


def test_workers_that_keep_dying_end_the_sweep(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    rounds = []

    @contextmanager
    def dying(*_: Any) -> Iterator[tuple[Executor, int]]:
        rounds.append(1)
        yield Dying([0]), lambda: 1

    monkeypatch.setattr(sweep, "engine", dying)
    with pytest.raises(SweepError, match="workers keep dying"):
        Sweep(grid(), tmp_path / "died", replicates=EACH).run()
    assert len(rounds) == sweep.ROUNDS


def test_a_full_disk_is_said_and_loses_nothing(
    undisturbed: Path, tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    folder, write, written = tmp_path / "full", storage.pq.write_table, []

    def full(table: Any, file: Path, **how: Any) -> None:
        written.append(file)
        write(table, file, **how)
        if len(written) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(SweepError, match="disk is full; what is done stays"):
        patch.setattr(storage.pq, "write_table", full)
        Sweep(grid(), folder, replicates=EACH).run()
    assert not list(folder.glob("**/*.tmp"))
    assert len(open_sweep(folder).outcomes) == EACH
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


@pytest.mark.parametrize("wrong", [{"design": {"kind": "grid"}}, {"design": None}, {"folder": 5}])
def test_designs_and_folders_that_are_none(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=f"{next(iter(wrong))} takes"):
        Sweep(**({"design": grid(), "folder": tmp_path / "none"} | wrong))
