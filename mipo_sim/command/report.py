"""`mipo report` and `mipo dashboard`: results as a page to send, and as a page to choose from."""

import errno
from collections.abc import Sequence
from pathlib import Path

from mipo_sim.command.refusals import Parser, Refusal
from mipo_sim.parameters import check_whole, nearest
from mipo_sim.report.embedding import PageError
from mipo_sim.report.page import write_report
from mipo_sim.report.serve import PORT, Dashboard
from mipo_sim.report.source import SourceError
from mipo_sim.sweeps.loading import listing


def report(words: Sequence[str]) -> int:
    """Make one page of some results.

    Raises
    ------
    Refusal
        If there are no results, or the page cannot be written.
    """
    parser = Parser(
        prog="mipo report",
        description="Make one page of the results of a run or a sweep; it opens without a network.",
    )
    parser.add_argument("results", help="folder of a run or a sweep")
    parser.add_argument("--output", metavar="FILE", help="the page (default: report.html beside the results)")
    asked = parser.parse_args(list(words))
    _check_folder(asked.results)
    try:
        page = write_report(asked.results, asked.output)
    except (SourceError, PageError) as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        raise Refusal(f"{asked.results!r} cannot be read: {error.strerror or error}") from None
    print(f"Page       {page} ({page.stat().st_size / 1000:,.0f} kB)")
    return 0


def dashboard(words: Sequence[str]) -> int:
    """Serve the pages of all results in a folder on this machine, until interrupted.

    Raises
    ------
    Refusal
        If there is no such folder, or the port is taken.
    """
    parser = Parser(
        prog="mipo dashboard",
        description="Show results in the browser, chosen from a folder; this machine alone sees it.",
    )
    parser.add_argument("results", nargs="?", default="results", help="where to look (default: results)")
    parser.add_argument("--port", type=int, default=PORT, help=f"where to listen (default {PORT}; 0: any)")
    asked = parser.parse_args(list(words))
    check_whole("--port", asked.port, 0, 65_535)
    if not Path(asked.results).is_dir():
        raise Refusal(f"no folder {asked.results!r}")
    try:
        server = Dashboard(asked.results, asked.port)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise Refusal(f"--port {asked.port} is taken or not allowed; choose another, or 0 for any") from None
    with server:
        print(f"Dashboard  {server.address} (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


def _check_folder(folder: str) -> None:
    """Refuse what holds no results, with the nearest name that does."""
    place = Path(folder)
    if any((place / name).is_file() for name in ("run.json", "manifest.json")):
        return
    known = {Path(row).name: row for row in listing(place.parent)["folder"]}
    raise Refusal(f"no results in {folder!r}{nearest(place.name, known)} (mipo results lists what there is)")
