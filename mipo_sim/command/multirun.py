"""`mipo run -m`: all combinations of what is asked for, as one sweep with one table and one picture."""

import shutil
from collections.abc import Sequence
from textwrap import fill

from hydra.core.override_parser.overrides_parser import OverridesParser

from mipo_sim.analysis.wording import WIDE
from mipo_sim.command.account import account
from mipo_sim.command.composing import as_sweep, carried_out, composed
from mipo_sim.command.own import swept_by_own
from mipo_sim.command.refusals import OF_SCENARIO, Refusal, check_overrides
from mipo_sim.command.schema import Run
from mipo_sim.sweeps.designs import Axis, Design, make_design
from mipo_sim.sweeps.grids import GridComparison, situations_of
from mipo_sim.sweeps.storage import check_writable
from mipo_sim.sweeps.sweep import Sweep

OF_SWEEP = ("workers", "engine", "reuse")  # settings of a sweep that a grid has too
ONE_VALUE = ("worlds", "block", "output", "name", "parameters", *OF_SWEEP)
NO_LIMIT = 1000  # characters in a line where nobody's screen sets a limit


def multirun(words: Sequence[str], config_dir: str | None) -> int:
    """Run a grid in one folder, and set its cells side by side.

    Parameters
    ----------
    words : sequence of str
        Axes, what holds in all cells, settings.
    config_dir : str or None
        A folder with options of the user's own.

    Returns
    -------
    int
        0 when done, 130 when interrupted.

    Raises
    ------
    Refusal, ParameterError
        If something was asked for that cannot be done.
    """
    check_overrides(words, OF_SWEEP)
    for word in words:
        _check(word)
    words = [*words, *swept_by_own(words, config_dir)]
    tree = composed([f"worlds={Run.worlds}", *words], config_dir)
    design = make_design(tree["design"])
    one = as_sweep(tree, design, "grid")
    try:
        check_writable(one.folder)
    except OSError as error:
        raise Refusal(str(error)) from None
    width = shutil.get_terminal_size((NO_LIMIT, 24)).columns

    def work() -> None:
        print(_introduction(one, design, min(width, WIDE)))
        results = one.run(shown=None)
        grid = GridComparison(results)
        print(f"{account(results)}\n\n{grid.text(width)}\n", flush=True)
        grid.keep()
        print(f"{'Picture':<11}{one.folder / 'comparison.png'}\n{'Table':<11}{one.folder / 'comparison.csv'}")
        print(f"{'Results':<11}{one.folder}")

    return carried_out(one, work)


def _check(word: str) -> None:
    """Refuse what a run takes but a grid cannot."""
    override = OverridesParser.create().parse_override(word)
    name = override.key_or_group
    if name.split(".")[0] == "compare":
        raise Refusal("with -m the cells are compared with each other; leave compare out")
    if name.startswith("hydra."):
        raise Refusal(
            f"{name} says nothing with -m, which runs all in one; workers=2 sets how many processes"
        )
    if name in OF_SCENARIO:
        raise Refusal(f"{name} cannot be set with -m: it is told by the scenario of each cell")
    if override.is_sweep_override() and name == "seed":
        raise Refusal("seed takes one value: seeds are no axis of a grid; for more luck ask for more worlds")
    if override.is_sweep_override() and name in ONE_VALUE:
        raise Refusal(f"{name} takes one value, not {override.get_value_string()!r}")


def _unit(axis: Axis) -> str:
    return "" if axis.unit in ("option", "share", "switch") else f", {axis.unit}"


def _introduction(one: Sweep, design: Design, width: int) -> str:
    """Say in a few lines what is about to run."""
    sizes = " x ".join(f"{axis.name} ({len(axis.values)}{_unit(axis)})" for axis in design.axes)
    cells = f"{design.points:,} cell{'s' * (design.points > 1)}"
    each = f"{one.replicates:,} world{'s' * (one.replicates > 1)} each, seed {one.seed}"
    where = situations_of(design)
    told = f"{where[0].title}. {where[0].story}" if len(where) == 1 else ", ".join(one.title for one in where)
    lines = [("Situations" if len(where) > 1 else "Situation", told)]
    lines += [("Grid", f"{f'{sizes}: ' if sizes else ''}{cells}, {each}")]
    lines += [("All with", ", ".join(f"{name}={value}" for name, value in design.base.items()))] * bool(
        design.base
    )
    return "\n".join(
        fill(text, width, initial_indent=f"{head:<11}", subsequent_indent=" " * 11) for head, text in lines
    )
