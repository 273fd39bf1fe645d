"""`mipo validate`: the model held against the published record, and against what must hold at its limits."""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from mipo_sim.analysis.spread import FILE as SPREAD
from mipo_sim.analysis.wording import records
from mipo_sim.command.listings import lay_out
from mipo_sim.command.refusals import Parser, Refusal
from mipo_sim.evidence import spread
from mipo_sim.evidence.limit_settings import LIMITS
from mipo_sim.evidence.page import SIGNS, band, in_words, limits_page, validation_page, with_range
from mipo_sim.evidence.signs import declared_tests
from mipo_sim.evidence.targets import declared_targets
from mipo_sim.evidence.validation import SEED, WORLDS, count_worlds, judge, live, load, made_by, save
from mipo_sim.parameters import check_whole

CHECKOUT = Path(__file__).resolve().parents[2]
DATA = Path("experiments") / "validation"
FEWEST, FEWEST_TO_WRITE = 50, 200  # worlds; with fewer an interval can be empty


def validate(words: Sequence[str]) -> int:
    """Recompute targets and sign tests, or limits; print them, and write the pages if asked to.

    Returns
    -------
    int
        0: what is outside its band is a finding, and no fault of the command.
    """
    asked = _asked(words)
    if asked.spread:
        _spread(asked)
        return 0
    if asked.limits:
        print(limits_text())
    if asked.limits and not asked.write:
        return 0
    made = made_by(asked.worlds, asked.seed)  # of the rules that are run, before anybody edits them
    with _bar(count_worlds(asked.worlds)) as progress:
        table = judge(live(asked.worlds, asked.seed, asked.workers, progress), asked.worlds, asked.seed)
    print(validation_text(table, made))
    if asked.write:
        save(CHECKOUT / DATA, table, made)
        for page, text in pages(CHECKOUT / DATA).items():
            (CHECKOUT / page).write_text(text, encoding="utf-8")
        print(f"\nWritten: {', '.join(pages(CHECKOUT / DATA))}, {DATA.as_posix()}/")
    return 0


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        prog="mipo validate",
        description="Hold the model against published figures, and effects against their known direction.",
    )
    parser.add_argument("--worlds", type=int, default=WORLDS, help=f"of each form (default {WORLDS})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of all luck (default {SEED})")
    parser.add_argument("--workers", type=int, help="processes (default one a core)")
    parser.add_argument(
        "--limits", action="store_true", help="print what happens in extreme settings instead"
    )
    parser.add_argument("--spread", action="store_true", help="tell what makes worlds differ instead")
    parser.add_argument("--write", action="store_true", help="write the pages in docs/ anew")
    asked = parser.parse_args(list(words))
    for name, low, high in (("worlds", FEWEST, 100_000), ("seed", 0, 2**63 - 1), ("workers", 1, 1000)):
        number = getattr(asked, name)
        if number is not None:
            check_whole(f"--{name}", number, low, high)
    if asked.write and asked.worlds < FEWEST_TO_WRITE:
        raise Refusal(f"--write takes --worlds {FEWEST_TO_WRITE} at least, not {asked.worlds}")
    if asked.write and not (CHECKOUT / "docs").is_dir():
        raise Refusal("--write writes pages of the checkout, and this mipo_sim is installed without one")
    return asked


def _spread(asked: argparse.Namespace) -> None:
    """Divide the spread of outcomes between luck, parameters, situation and form."""
    with _bar(spread.count_worlds()) as progress:
        table = spread.spread(workers=asked.workers, progress=progress)
    print(f"{lay_out(spread.account(table))}\n\n{table['worlds'].max():,} worlds, seed {spread.SEED}")
    if asked.write:
        table.round(5).to_csv(SPREAD, index=False, lineterminator="\n")
        (CHECKOUT / "docs" / "spread.md").write_text(spread.page(pd.read_csv(SPREAD)), encoding="utf-8")


@contextmanager
def _bar(worlds: int) -> Iterator[Callable[[int], None]]:
    with tqdm(
        total=worlds, desc="worlds", unit=" worlds", leave=False, disable=None, dynamic_ncols=True
    ) as bar:

        def report(done: int) -> None:
            bar.update(done - bar.n)

        yield report


def pages(data: Path) -> dict[str, str]:
    """Give the text of both pages, by their place in the checkout, from the results in a folder."""
    table, limits, made = load(data)
    return {"docs/validation.md": validation_page(table, made), "docs/limits.md": limits_page(limits)}


def validation_text(table: pd.DataFrame, made: Mapping[str, Any]) -> str:
    """Lay out targets and sign tests as text."""
    rows = {row.row: row for row in records(table)}
    targets = [("target", "what", "band", "simulated (95 %)", "verdict")]
    targets += [
        (row, target.what, band(target.low, target.high), with_range(rows[row]), rows[row].verdict)
        for row, target in declared_targets().items()
    ]
    signs = [("sign", "expected", "effect (95 %)", "verdict")]
    signs += [
        (row, test.what, with_range(rows[row]), in_words(row, rows[row].verdict))
        for row, test in declared_tests().items()
    ]
    return "\n\n".join((lay_out(targets), lay_out(signs), _summary(table, made)))


def _summary(table: pd.DataFrame, made: Mapping[str, Any]) -> str:
    found = Counter((row.part, row.verdict) for row in records(table))
    of_targets = ", ".join(f"{found['target', verdict]} {verdict}" for verdict in SIGNS)
    of_signs = ", ".join(f"{found['sign', verdict]} {word}" for verdict, word in SIGNS.items())
    return (
        f"Targets: {of_targets}. Sign tests: {of_signs}. Undecided and unclear: the range crosses an edge.\n"
        f"{made['worlds']:,} worlds of each form, mipo_sim {made['mipo_sim']}, rules {made['rules']}, "
        f"forms {made['forms']}, seed {made['seed']}"
    )


def limits_text() -> str:
    """Lay out what happens in extreme settings as text."""
    rows = [("what must happen", "measured", "must be", "holds")]
    held = 0
    for name, setting in LIMITS.settings.items():
        rows.append((setting.label, "", "", ""))
        for _, what, low, high, value in LIMITS.rows(name):
            held += low <= value <= high
            fine = "yes" if low <= value <= high else "NO"
            rows.append((f"  {what}", f"{value:.3g}", band(low, high), fine))
    return f"{lay_out(rows)}\n\n{held} of {len(rows) - 1 - len(LIMITS.settings)} hold."
