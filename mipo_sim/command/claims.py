"""`mipo claims`: every claim of the ledger as small studies, with verdicts."""

import argparse
from collections.abc import Sequence

from tqdm import tqdm

from mipo_sim.claims import CLAIMS, Claim
from mipo_sim.claims.findings import FOLDER, Findings
from mipo_sim.claims.ledger import ledger
from mipo_sim.claims.trial import SEED, conduct
from mipo_sim.claims.wording import report
from mipo_sim.command.refusals import Parser, Refusal
from mipo_sim.parameters import check_whole, nearest
from mipo_sim.sweeps.identity import code_digest

PAGE = FOLDER.parents[1] / "docs" / "claims.md"
MOST = 10_000  # worlds of each form
HELP = """\
Run the studies of claims: what is expected, the effect on matched luck, the verdict.

  mipo claims                    all claims, some minutes
  mipo claims A4 C8              two of them, some seconds
  mipo claims A4 --knock-out     and which mechanisms carry what is found
  mipo claims --write            all with knock-out, into experiments/claims and docs/claims.md
"""


def claims(words: Sequence[str]) -> int:
    """Run the studies of claims and print what they find.

    Returns
    -------
    int
        0 when done.
    """
    parser = Parser(
        prog="mipo claims", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="claims, as in docs/claims.md; by default all")
    parser.add_argument("--worlds", type=int, default=200, help="worlds of each form (default 200)")
    parser.add_argument("--seed", type=int, default=SEED, help=f"seed of all luck (default {SEED})")
    parser.add_argument("--workers", type=int, help="processes (default: one a core)")
    parser.add_argument("--knock-out", action="store_true", help="live again without each mechanism")
    parser.add_argument("--write", action="store_true", help="keep the results, and write the page anew")
    asked = parser.parse_args(list(words))
    check_whole("--worlds", asked.worlds, 2, MOST)
    check_whole("--seed", asked.seed, 0, 2**63 - 1)
    if asked.workers is not None:
        check_whole("--workers", asked.workers, 1, 1000)
    chosen = _chosen(asked.ids)
    if asked.write:
        _check_write(asked.ids)
    findings = run(chosen, asked.worlds, asked.seed, asked.knock_out or asked.write, asked.workers)
    print(report(findings, chosen))
    if asked.write:
        findings.write()
        PAGE.write_text(ledger(findings), encoding="utf-8")
        print(f"Results    {FOLDER}\nPage       {PAGE}")
    return 0


def _chosen(ids: Sequence[str]) -> list[Claim]:
    known = {claim.id: claim for claim in CLAIMS}
    asked = list(dict.fromkeys(word.upper() for word in ids)) or list(known)
    for word in asked:
        if word not in known:
            raise Refusal(f"no claim named {word!r}{nearest(word, known)} (claims: {', '.join(known)})")
    return [known[word] for word in asked]


def _check_write(ids: Sequence[str]) -> None:
    if ids:
        raise Refusal("--write takes all claims, not some of them")
    if not FOLDER.is_dir() or not PAGE.is_file():
        raise Refusal("--write needs a checkout with experiments/claims and docs/claims.md")


def run(
    chosen: Sequence[Claim], worlds: int, seed: int, knock_out: bool, workers: int | None = None
) -> Findings:
    """Run the studies of some claims, with a bar for people to watch."""
    code_digest()  # read, and kept, before anybody edits what is running
    studies = [(claim.id, number, study) for claim in chosen for number, study in enumerate(claim.studies, 1)]
    with tqdm(desc="worlds", unit=" worlds", leave=False, disable=None, dynamic_ncols=True) as bar:

        def show(done: int, planned: int) -> None:
            bar.total = planned
            bar.update(done - bar.n)

        cells = conduct(studies, worlds=worlds, seed=seed, knock_out=knock_out, workers=workers, report=show)
    return Findings.of(cells, worlds=worlds, seed=seed)
