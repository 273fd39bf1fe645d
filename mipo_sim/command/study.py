"""`mipo study`: a question, lived through, answered, and written down."""

import argparse
import json
import shlex
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Any

from mipo_sim.analysis import AnalysisError
from mipo_sim.analysis.wording import WIDE
from mipo_sim.command.account import account
from mipo_sim.command.composing import as_sweep, carried_out, composed
from mipo_sim.command.listings import lay_out
from mipo_sim.command.refusals import Parser, Refusal
from mipo_sim.command.validate import CHECKOUT, DATA
from mipo_sim.evidence.validation import load
from mipo_sim.parameters import nearest
from mipo_sim.parameters.options import CONFIGS
from mipo_sim.studies import Findings, Study
from mipo_sim.studies.declaration import SMALL
from mipo_sim.studies.findings import MADE
from mipo_sim.studies.overview import findings_page
from mipo_sim.studies.page import study_page
from mipo_sim.sweeps.designs import make_design
from mipo_sim.sweeps.identity import code_digest
from mipo_sim.sweeps.sweep import Sweep

EXPERIMENTS, PAGE = CHECKOUT / "experiments", CHECKOUT / "docs" / "findings.md"
ALL = "all"
SPEED_ONLY = ("workers", "block", "output", "engine", "reuse", "name")  # settings that change no number
OF_SIZE = {"worlds": "worlds", "n": "design.n"}  # what a size sets, and how a word sets it
HELP = """\
Run a study: live through its design, compute its answers, say what they are. The same command goes on
where it was stopped.

  mipo study                                      what studies there are
  mipo study form_follows_function                the small size
  mipo study form_follows_function size=full      many more worlds: tighter answers
  mipo study funding_rules worlds=50 output=try   other settings, as for mipo sweep
  mipo study all --write                          all of them, into experiments/ and docs/findings.md
"""


def study(words: Sequence[str]) -> int:
    """List the studies, run one or all, and write their pages if asked to.

    Returns
    -------
    int
        0 when done, 130 when interrupted.

    Raises
    ------
    Refusal, ParameterError
        If something was asked for that cannot be done.
    """
    parser = Parser(prog="mipo study", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", nargs="?", help="which, or all; without one they are listed")
    parser.add_argument("words", nargs="*", metavar="name=value", help="size; settings of a sweep")
    parser.add_argument("--config-dir", metavar="FOLDER", help="studies, designs, options of your own")
    parser.add_argument("--write", action="store_true", help="write experiments/ and docs/findings.md anew")
    asked = parser.parse_intermixed_args(list(words))
    if asked.study is None:
        print(_listing(asked.config_dir))
        return 0
    if asked.write and asked.config_dir:
        raise Refusal("--write keeps the studies of this checkout, and none from --config-dir")
    if asked.write and not EXPERIMENTS.is_dir():
        raise Refusal("--write writes into a checkout, and this mipo_sim is installed without one")
    chosen = studies(asked.config_dir) if asked.study == ALL else [asked.study]
    read = [read_study(name, asked.words, asked.config_dir) for name in chosen]  # all, before any runs
    for one, sweep, command in read:
        if code := carried_out(sweep, partial(_run, one, sweep, command, asked.write)):
            return code
    if asked.write:
        _write_overview()
    return 0


def studies(config_dir: str | None = None) -> list[str]:
    """List the names of the studies: files of a folder `study` that ask a question, your own first."""
    places = [Path(config_dir)] if config_dir else []
    files = [file for place in (*places, CONFIGS) for file in sorted((place / "study").glob("*.yaml"))]
    return list(dict.fromkeys(file.stem for file in files if "\nstudy:" in _text_of(file)))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refusal(f"the study {str(file)!r} cannot be read: it is not text in UTF-8") from None


def read_study(
    name: str, words: Sequence[str] = (), config_dir: str | None = None
) -> tuple[Study, Sweep, str]:
    """Read a study in some size: what it asks, the sweep that it takes, and the command that asks for it.

    Parameters
    ----------
    name : str
        Which study.
    words : sequence of str
        `size=full`, and settings as for a sweep, which go before a size.
    config_dir : str, optional
        A folder with studies, designs and options of one's own.

    Raises
    ------
    Refusal, ParameterError
        If there is no such study, or something in it or in the words cannot be meant.
    """
    known = studies(config_dir)
    if name not in known:
        hint = nearest(name, [*known, ALL])
        raise Refusal(f"no study named {name!r}{hint} (studies: {', '.join(known)}; or all)")
    given = dict(word.partition("=")[::2] for word in words)
    if "precision" in given:
        raise Refusal("a study has as many worlds at every point; mipo sweep takes precision")
    kept = [word for word in words if not word.startswith("size=")]
    tree = _composed(name, kept, config_dir)
    sizes = _made(name, tree).size(given.get("size", SMALL))
    sized = [f"{OF_SIZE[key]}={value}" for key, value in sizes.items() if OF_SIZE[key] not in given]
    if sized:
        tree = _composed(name, [*kept, *sized], config_dir)
    one = _made(name, tree)
    telling = [word for word in words if word.partition("=")[0].split(".")[0] not in SPEED_ONLY]
    folder = f"{name}-{code_digest()[:8]}"  # of its own for other rules, so that a study can be run again
    own = [] if config_dir is None else ["--config-dir", config_dir]
    command = shlex.join(["mipo", "study", name, *telling, *own])
    return one, as_sweep(tree, one.design, folder), command


def _composed(name: str, words: Sequence[str], config_dir: str | None) -> dict[str, Any]:
    return composed([f"study={name}", *words], config_dir)


def _made(name: str, tree: dict[str, Any]) -> Study:
    return Study.read(name, tree["study"], tree["design"], make_design(tree["design"]))


def _run(one: Study, sweep: Sweep, command: str, write: bool) -> None:
    """Live through a study, say what came out, and keep it."""
    points = f"{one.design.points:,} points, {sweep.replicates:,} worlds each, seed {sweep.seed}"
    print(f"{one.title}\n{fill(one.question, WIDE)}\n\nSweep      {points}", flush=True)
    results = sweep.run(shown=None)
    try:
        findings = Findings.of(one, results, command)
    except AnalysisError as error:
        raise Refusal(f"{one.name}: {error} (more worlds may help: worlds={2 * sweep.replicates})") from None
    except ImportError as error:
        raise Refusal(str(error)) from None
    print(f"{account(results)}\n\n{told(findings)}\n")
    findings.save(sweep.folder / "answers")
    print(f"Answers    {sweep.folder / 'answers'}")
    if write:
        folder = EXPERIMENTS / one.name
        findings.save(folder, brief=True)
        page = study_page(Findings.read(one, folder))  # from what is kept, so that it can be written again
        (folder / "README.md").write_text(page, encoding="utf-8")
        print(f"Written    {folder}")


def told(findings: Findings) -> str:
    """Say what a study found, for people: each table, and what follows from it."""
    parts = []
    for name in findings.tables:
        lines = [tuple(cell.replace("**", "") for cell in line) for line in findings.lines(name)]
        said = [fill(sentence, WIDE) for sentence in findings.sentences(name)]
        parts.append("\n".join([name.replace("_", " ").capitalize(), lay_out(lines), *said]))
    return "\n\n".join([*parts, findings.source])


def _listing(config_dir: str | None) -> str:
    rows: list[Sequence[str]] = [("study", "points", "worlds", "question")]
    for name in studies(config_dir):
        one, sweep, _ = read_study(name, config_dir=config_dir)
        rows.append((name, f"{one.design.points:,}", f"{sweep.plan.worlds:,}", one.title))
    how = "Run one with `mipo study NAME`, size=full to publish; all with `mipo study all`."
    return f"{lay_out(rows)}\n\n{how}"


def committed(name: str) -> Findings:
    """Read what `experiments/` holds of a study, in the size in which it was run.

    Raises
    ------
    FileNotFoundError
        If it was never written.
    """
    folder = EXPERIMENTS / name
    command = json.loads((folder / MADE).read_text(encoding="utf-8"))["command"]
    one, _, _ = read_study(name, shlex.split(command)[3:])
    return Findings.read(one, folder)


def overview() -> str:
    """Give the text of `docs/findings.md`, from what `experiments/` holds."""
    validation, _, _ = load(CHECKOUT / DATA)
    return findings_page([committed(name) for name in studies()], validation)


def _write_overview() -> None:
    missing = [name for name in studies() if not (EXPERIMENTS / name / MADE).exists()]
    if missing:
        print(f"Not yet    {PAGE.name} needs all studies; still to be written: {', '.join(missing)}")
        return
    PAGE.write_text(overview(), encoding="utf-8")
    print(f"Written    {PAGE}")
