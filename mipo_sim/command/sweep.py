"""`mipo sweep`, `mipo results`, `mipo replay`: many points, what there is of them, and one world again."""

import argparse
import pdb
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from mipo_sim.command.account import account
from mipo_sim.command.composing import as_sweep, carried_out, composed
from mipo_sim.command.listings import lay_out
from mipo_sim.command.refusals import Parser, Refusal
from mipo_sim.sweeps.designs import make_design
from mipo_sim.sweeps.loading import listing
from mipo_sim.sweeps.precision import check_wish, compare
from mipo_sim.sweeps.replay import find
from mipo_sim.sweeps.spreadsheet import as_csv
from mipo_sim.sweeps.storage import write_text
from mipo_sim.sweeps.store import SweepError
from mipo_sim.sweeps.sweep import Forecast, Sweep

HELP = """\
Live through all points of a design, in many worlds each. The same command goes on where it was stopped.

  mipo sweep study=form_by_situation                       a study from configs/study
  mipo sweep integration=coexistence,full funding=pooled   a grid, on the spot
  mipo sweep study=funding_space design.n=256 worlds=50    a study, changed
  mipo sweep study=form_by_situation --dry-run             how many worlds, how long, how much disk
"""
SETTINGS = """\
settings: worlds (of each point), seed, parameters, workers (default: one a core), block, output, name,
engine (local, dask, slurm; engine.address=, engine.jobs= and the like set it up), reuse (true: take
worlds from earlier sweeps in output), precision (add worlds until differences are known so well),
outcomes, reference, cap
"""


def sweep(words: Sequence[str]) -> int:
    """Run a sweep, or say what it would take.

    Returns
    -------
    int
        0 when done, 130 when interrupted.
    """
    parser = Parser(
        prog="mipo sweep",
        description=HELP,
        epilog=SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", metavar="name=value", help="design, axes, settings")
    parser.add_argument("--dry-run", action="store_true", help="say what it would take; write nothing")
    parser.add_argument("--config-dir", metavar="FOLDER", help="studies, designs, options of your own")
    asked = parser.parse_intermixed_args(list(words))
    tree = composed(asked.words, asked.config_dir)
    design = make_design(tree["design"])
    study = next((word.partition("=")[2] for word in asked.words if word.startswith("study=")), design.kind)
    one = as_sweep(tree, design, study if tree["precision"] is None else f"{study}-precise")

    if tree["precision"] is not None:
        check_wish(one, *(tree[key] for key in ("precision", "outcomes", "reference", "cap")))

    def work() -> None:
        if asked.dry_run:
            print(_told(one.forecast(), tree["engine"]["kind"]))
        else:
            print(f"Sweep      {design.points:,} points, {tree['worlds']:,} worlds each, seed {one.seed}")
            _run(one, tree)

    return carried_out(one, work)


def _run(one: Sweep, tree: Mapping[str, Any]) -> None:
    if tree["precision"] is not None:
        how = {"reference": tree["reference"], "cap": tree["cap"], "shown": None}
        comparison = compare(one, tree["precision"], tree["outcomes"], **how)
        write_text(as_csv(comparison.table), one.folder / "differences.csv")
        print(f"\n{comparison.table.round(4).to_string(index=False)}\n\n{comparison}.")
    else:
        print(account(one.run(shown=None)))
    print(f"Results    {one.folder}")


def _told(forecast: Forecast, engine: str) -> str:
    """Say what a sweep would take."""
    f, where = forecast, "here" if engine == "local" else "as fast as this machine's"
    earlier = f", {f.taken:,} in earlier sweeps" if f.taken else ""
    workers = f"{f.workers} worker{'s' * (f.workers > 1)}"
    return "\n".join(
        (
            f"Worlds     {f.worlds:,} in {f.points:,} points; {f.done:,} done already{earlier}",
            f"Time       about {_duration(f.seconds)} with {workers} {where}",
            f"Disk       about {f.megabytes:,.1f} MB; {f.free:,.0f} MB are free"
            + ", which is not enough" * (f.megabytes > f.free),
        )
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def results(words: Sequence[str]) -> int:
    """List the sweeps and runs in a folder.

    Returns
    -------
    int
        0, or 1 if there are none.
    """
    parser = Parser(prog="mipo results", description="List the sweeps and runs in a folder.")
    parser.add_argument("folder", nargs="?", default="results", help="where to look (default: results)")
    folder = parser.parse_args(list(words)).folder
    found = listing(folder)
    if found.empty:
        print(f"No results in {folder!r}.")
        return 1
    rows: list[Sequence[str]] = [("points", "worlds", "done", "seed", "MB", "what", "folder")]
    for one in found.fillna({"points": 0, "worlds": 0, "done": 0, "seed": 0}).to_dict("records"):
        numbers = [f"{int(one[key]):,}" for key in ("points", "worlds", "done")]
        note = f" ({one['note']})" if one["note"] else ""
        rows.append(
            (
                *numbers,
                str(int(one["seed"])),
                f"{one['megabytes']:.1f}",
                one["what"],
                f"{one['folder']}{note}",
            )
        )
    print(lay_out(rows))
    return 0


def replay(words: Sequence[str]) -> int:
    """Live through one world of a sweep again, up to the month that matters, then through that month.

    Returns
    -------
    int
        0.
    """
    parser = Parser(
        prog="mipo replay",
        description="Live through one world of a sweep again, month by month to its end or failure.",
    )
    parser.add_argument("results", help="folder of the sweep")
    parser.add_argument("world", type=int, help="number of the world, as in the column `world`")
    parser.add_argument("--debug", action="store_true", help="open a debugger before the month that matters")
    asked = parser.parse_args(list(words))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        try:
            one = find(asked.results, asked.world)
        except SweepError as error:
            raise Refusal(str(error)) from None
    for warning in caught:
        print(f"Note       {warning.message}")
    print(f"World      {asked.world}: point {one.point}, replicate {one.replicate}")
    print(f"Then       {one.failed or 'it did not fail'} (month {one.month})")
    try:
        model = one.model()
        print(f"Now        stopped before month {model.month}")
        pdb.Pdb().runcall(model.step) if asked.debug else model.step()
    except Exception as error:
        print(f"Now        {type(error).__name__}: {error}")
        if asked.debug:
            pdb.post_mortem(error.__traceback__)
        return 0
    violence = model.recorder.series["violence"][one.month, 0]
    print(f"Now        month {one.month} went by; violence {violence:.3f}")
    return 0
