"""`mipo history`: cases lived through as they were decided, against what was and what might have been."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

from mipo_sim.analysis.wording import WIDE, plain
from mipo_sim.command.listings import lay_out
from mipo_sim.command.refusals import Parser, Refusal
from mipo_sim.evidence.histories import WORLDS, History
from mipo_sim.evidence.history_files import cases, read_history
from mipo_sim.evidence.history_page import case_page, index_page, tally
from mipo_sim.evidence.history_tables import CHANGES, FACTS, change_rows, fact_rows
from mipo_sim.evidence.retelling import Retelling, retell
from mipo_sim.model import SEED
from mipo_sim.parameters import check_whole
from mipo_sim.sweeps.mission import progress_bar
from mipo_sim.sweeps.storage import check_writable, write_text

CHECKOUT = Path(__file__).resolve().parents[2]
DATA, PAGES, PICTURES = Path("experiments/histories"), Path("docs/cases"), Path("docs/images/cases")


def history(words: Sequence[str]) -> int:
    """List the cases, run one, or write their pages anew.

    Raises
    ------
    Refusal, ParameterError
        If something was asked for that cannot be done.
    """
    asked = _asked(words)
    if asked.write:
        return _write([asked.case] if asked.case else cases(), asked)
    if asked.case:
        return _run(read_history(asked.case), asked)
    print(listing())
    return 0


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        prog="mipo history", description="Run a case through its real decisions, and two that were not taken."
    )
    parser.add_argument("case", nargs="?", help="which; without one, the cases are listed")
    parser.add_argument("--worlds", type=int, default=WORLDS, help=f"of each form (default {WORLDS})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of all luck (default {SEED})")
    parser.add_argument(
        "--parameters", choices=("default", "posterior"), default="default", help="what each world draws"
    )
    parser.add_argument("--output", default="results", help="folder for results (default results)")
    parser.add_argument("--write", action="store_true", help="write results, pages and pictures anew")
    asked = parser.parse_args(list(words))
    check_whole("--worlds", asked.worlds, 2, 1_000_000)
    check_whole("--seed", asked.seed, 0, 2**63 - 1)
    if asked.write and not (CHECKOUT / "docs").is_dir():
        raise Refusal("--write writes pages of the checkout, and this mipo_sim is installed without one")
    return asked


def listing() -> str:
    """List the cases, what they hold, and the questions that they ask."""
    told = []
    for each in map(read_history, cases()):
        counts = f"{len(each.decisions)} decisions, {len(each.happened)} facts"
        told.append(f"{each.case:<15} {each.scene.title}, {each.span}: {counts}")
        told += [f"{'':<15} {other.question}" for other in each.counterfactuals]
    return "\n".join(
        [*told, "", "Run one with `mipo history CASE`; how cases are written: docs/cases/README.md."]
    )


def _run(case: History, asked: argparse.Namespace) -> int:
    experiment = case.experiment(asked.worlds, asked.seed, asked.parameters)
    folder = Path(asked.output) / experiment.folder
    try:
        check_writable(folder)
        with progress_bar(experiment) as report:
            results, retelling = retell(case, asked.worlds, asked.seed, asked.parameters, report)
        print(as_text(retelling), flush=True)
        beside = {"history.png": _picture(retelling), "history.csv": retelling.as_csv().encode()}
        results.save(folder, beside=beside)
    except OSError as error:
        raise Refusal(f"results cannot be saved in {str(folder)!r}: {error.strerror or error}") from None
    print(f"\n{'Picture':<11}{folder / 'history.png'}\n{'Results':<11}{folder}")
    return 0


def as_text(retelling: Retelling) -> str:
    """Lay out a case as text: facts against the model, then each counterfactual, then how it was made."""
    case, made = retelling.history, retelling.made
    rows = zip(case.happened, fact_rows(retelling), strict=True)
    facts = [(plain(fact.name), row[1], *row[3:]) for fact, row in rows]
    parts = [
        fill(f"{case.scene.title}, {case.span}. {case.outline}", WIDE),
        lay_out([("fact", FACTS[1], *FACTS[3:]), *facts]),
        f"{tally(retelling)}.",
    ]
    for other in case.counterfactuals:
        parts += [other.question, lay_out([CHANGES, *change_rows(retelling, other)])]
    reading = (
        "How to read it: these are odds over many worlds of a stylised case, not an account of it. In "
        "brackets stand 95 % intervals; a fact is inside if it lies in the middle 90 % of worlds; "
        "differences are of worlds with the same luck, those of shares in percentage points, and where zero "
        "lies inside their range they are not clear."
    )
    parts.append(
        f"{fill(reading, WIDE)}\n{made['worlds']} worlds of each form, {made['months']} months, "
        f"mipo_sim {made['mipo_sim']}, config {made['config']}, seed {made['seed']}, "
        f"parameters: {made['parameters']}"
    )
    return "\n\n".join(parts)


def _picture(retelling: Retelling) -> bytes:
    from mipo_sim.figures import as_bytes
    from mipo_sim.figures.history import history_figure

    return as_bytes(history_figure(retelling), "png")


def _write(names: Sequence[str], asked: argparse.Namespace) -> int:
    for place in (DATA, PICTURES):
        (CHECKOUT / place).mkdir(parents=True, exist_ok=True)
    for case in map(read_history, names):
        with progress_bar(case.experiment(asked.worlds)) as report:
            _, retelling = retell(case, asked.worlds, asked.seed, asked.parameters, report)
        write_text(retelling.as_csv(), CHECKOUT / DATA / f"{case.case}.csv")
        kept = Retelling.from_csv(case, CHECKOUT / DATA / f"{case.case}.csv")
        (CHECKOUT / PICTURES / f"{case.case}.png").write_bytes(_picture(kept))
        print(f"{case.scene.title}: {tally(kept)}")
    for place, text in pages().items():
        write_text(text, CHECKOUT / place)
    return 0


def pages() -> dict[Path, str]:
    """Write all pages from the results that are kept; by their place in the checkout.

    Raises
    ------
    ParameterError
        If results are missing, or were made for another state of a case.
    """
    told = [Retelling.from_csv(read_history(case), CHECKOUT / DATA / f"{case}.csv") for case in cases()]
    written = {PAGES / f"{each.history.case}.md": case_page(each) for each in told}
    index = PAGES / "README.md"
    return written | {index: index_page((CHECKOUT / index).read_text(encoding="utf-8"), told)}
