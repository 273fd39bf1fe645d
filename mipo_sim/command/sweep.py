"""`mipo sweep`, `mipo results`, `mipo replay`: many points, what there is of them, and one world again."""

import argparse
import hashlib
import json
import pdb
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from mipo_sim.command.account import account
from mipo_sim.command.listings import lay_out
from mipo_sim.command.refusals import Refusal, plain_tree, refuse_usage, sentence_of
from mipo_sim.model import SEED
from mipo_sim.parameters.options import CONFIGS
from mipo_sim.sweeps.designs import Design, from_multirun, make_design
from mipo_sim.sweeps.engine import EngineError
from mipo_sim.sweeps.experiment import BLOCK, NAME
from mipo_sim.sweeps.precision import CAP, compare
from mipo_sim.sweeps.reading import listing
from mipo_sim.sweeps.replay import find
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
settings: worlds (of each point), seed, workers (default: one a core), block, output, name,
engine (local, dask, or the address of a Dask scheduler), reuse (true: take worlds from earlier sweeps
in output), precision (add worlds until differences are known so well), outcomes, reference, cap
"""


@dataclass
class Settings:
    """What a sweep is made of beside its design; names and types for Hydra to check."""

    worlds: int = 100
    seed: int = SEED
    workers: int | None = None
    engine: str = "local"
    block: int = BLOCK
    output: str = "results"
    name: str | None = None
    reuse: bool = True
    precision: float | None = None
    outcomes: list[str] = field(default_factory=lambda: ["relapse_5_years"])
    reference: int | None = None
    cap: int = CAP
    design: Any = None


def sweep(words: Sequence[str]) -> int:
    """Run a sweep, or say what it would take.

    Returns
    -------
    int
        0 when done, 130 when interrupted.
    """
    parser = _parser("sweep", HELP, epilog=SETTINGS, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="name=value", help="design, axes, settings")
    parser.add_argument("--dry-run", action="store_true", help="say what it would take; write nothing")
    parser.add_argument("--config-dir", metavar="FOLDER", help="more studies, designs of your own")
    asked = parser.parse_intermixed_args(list(words))
    tree = _composed(asked.words, asked.config_dir)
    design = make_design(tree["design"])
    one = _sweep(tree, design, asked.words)
    try:
        if asked.dry_run:
            print(_told(one.forecast(), tree["engine"]))
        else:
            print(f"Sweep      {design.points:,} points, {tree['worlds']:,} worlds each, seed {one.seed}")
            _run(one, tree)
    except (SweepError, EngineError) as error:
        raise Refusal(str(error)) from None
    except KeyboardInterrupt:
        done = int(listing(one.folder)["done"].sum())
        sys.stderr.write(
            f"\nmipo: stopped; {done:,} worlds are done, and the same command goes on from there\n"
        )
        return 130
    return 0


def _run(one: Sweep, tree: Mapping[str, Any]) -> None:
    if tree["precision"] is not None:
        how = {"reference": tree["reference"], "cap": tree["cap"], "shown": None}
        comparison = compare(one, tree["precision"], tree["outcomes"], **how)
        comparison.table.to_csv(one.folder / "differences.csv", index=False)
        print(f"\n{comparison.table.round(4).to_string(index=False)}\n\n{comparison}.")
    else:
        print(account(one.run(shown=None)))
    print(f"Results    {one.folder}")


def _composed(words: Sequence[str], config_dir: str | None) -> dict[str, Any]:
    """Compose study, design and settings with Hydra; what else is asked for goes into the design."""
    ours = {"study", "design", *Settings.__dataclass_fields__}
    for_hydra = [word for word in words if word.partition("=")[0].lstrip("+~").split(".")[0] in ours]
    spec, left = from_multirun([word for word in words if word not in for_hydra])
    if left:
        raise Refusal(f"a sweep has no {next(iter(left))}; its settings are {', '.join(sorted(ours))}")
    store = ConfigStore.instance()
    store.store(name="sweep_settings", node=Settings)
    store.store(
        name="sweep", node={"defaults": ["sweep_settings", "_self_", {"design": "none"}, {"study": "none"}]}
    )
    if config_dir is not None:
        for_hydra.append(f"hydra.searchpath=['file://{Path(config_dir).absolute()}']")
    try:
        with initialize_config_dir(str(CONFIGS), version_base="1.3"):
            tree = plain_tree(compose("sweep", for_hydra))
    except (HydraException, OmegaConfBaseException) as error:
        raise Refusal(sentence_of(error)) from None
    tree["design"] = _merged(tree["design"], spec)
    return tree


def _merged(design: dict[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Put what was asked for on the command line over what a study says."""
    merged = dict(design)
    named = [name for part in ("levers", "contexts", "base") for name in asked[part]]
    for part in ("levers", "contexts", "base"):
        kept = {name: value for name, value in (design.get(part) or {}).items() if name not in named}
        merged[part] = kept | asked[part]
    if merged.get("kind", "none") == "none":
        merged["kind"] = asked["kind"]
    return merged


def _sweep(tree: Mapping[str, Any], design: Design, words: Sequence[str]) -> Sweep:
    study = next((word.partition("=")[2] for word in words if word.startswith("study=")), design.kind)
    identity = json.dumps([design.as_config(), tree["worlds"]], sort_keys=True)
    digest = hashlib.sha256(identity.encode()).hexdigest()[:8]
    precise = "" if tree["precision"] is None else "-precise"
    name = tree["name"] or f"{study}{precise}-{digest}-{tree['seed']}"
    if not NAME.fullmatch(name):
        raise Refusal(f"a name has letters, digits, _ and - (at most 64), not {name!r}")
    output = Path(tree["output"])
    return Sweep(
        design,
        output / name,
        replicates=tree["worlds"],
        seed=tree["seed"],
        workers=tree["workers"],
        engine=tree["engine"],
        block=tree["block"],
        reuse=output if tree["reuse"] else None,
    )


def _told(forecast: Forecast, engine: str) -> str:
    """Say what a sweep would take."""
    f, where = forecast, "here" if engine == "local" else "with workers as fast as this machine's"
    earlier = f", {f.taken:,} in earlier sweeps" if f.taken else ""
    workers = f"{f.workers} worker{'s' * (f.workers > 1)}"
    return "\n".join(
        (
            f"Worlds     {f.worlds:,} in {f.points:,} points; {f.done:,} done already{earlier}",
            f"Time       about {_duration(f.seconds)} with {workers} {where}",
            f"Disk       about {f.megabytes:,.1f} MB; {f.free:,.0f} MB are free",
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
    parser = _parser("results", "List the sweeps and runs in a folder.")
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
    parser = _parser(
        "replay", "Live through one world of a sweep again, month by month to its end or failure."
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


def _parser(command: str, what: str, **more: Any) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"mipo {command}", description=what, **more)
    parser.error = refuse_usage  # type: ignore[method-assign, assignment]
    return parser
