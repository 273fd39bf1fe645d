"""The same page served on this machine, for choosing among results."""

from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from mipo_sim.report.content import content_of
from mipo_sim.report.embedding import PageError
from mipo_sim.report.guards import GUARDS, HOME, host_of
from mipo_sim.report.page import page_of
from mipo_sim.report.source import SourceError, open_source
from mipo_sim.sweeps.loading import listing

HOST, PORT = HOME[0], 8007
SILENCE = 60.0  # seconds that a browser may keep a connection without a word
HEADERS = GUARDS | {"Content-Type": "text/html; charset=utf-8", "Referrer-Policy": "no-referrer"}


class Dashboard(ThreadingHTTPServer):
    """Serves a page for each result in a folder, to this machine only.

    Parameters
    ----------
    folder : path
        Where results are; or those of one run or sweep.
    port : int
        Where to listen; 0 for any that is free.

    Raises
    ------
    OSError
        If the port is taken.
    """

    daemon_threads = True

    def __init__(self, folder: Path | str, port: int = PORT) -> None:
        self.folder = Path(folder)
        self._pages: dict[tuple[str, float], str] = {}
        super().__init__((HOST, port), _Handler)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://{HOST}:{self.server_address[1]}/"

    def page(self, path: str) -> tuple[HTTPStatus, str]:
        """Give the page at a path: `/` for the choice, `/results/NAME` for one result."""
        if path == "/":
            return HTTPStatus.OK, page_of(self.choice())
        name = unquote(path).removeprefix("/results/")
        there = {self._name(row["folder"]): row["folder"] for row in self._rows()}
        if not path.startswith("/results/") or name not in there:
            return HTTPStatus.NOT_FOUND, page_of(_refusal(f"no results named {name!r}"))
        try:
            return HTTPStatus.OK, self._report(there[name])
        except SourceError as error:
            return HTTPStatus.OK, page_of(_refusal(str(error)))

    def choice(self) -> dict[str, Any]:
        """List the results in the folder, as the page shows them."""
        results = [
            {
                "link": f"results/{quote(self._name(row['folder']))}" if row["done"] else "",
                "name": self._name(row["folder"]),
                **{key: row[key] for key in ("what", "points", "worlds", "done", "seed", "note")},
            }
            for row in self._rows()
        ]
        return {"kind": "choice", "folder": self.folder.resolve().name, "results": results}

    def _rows(self) -> list[dict[str, Any]]:
        table = listing(self.folder)
        numbers = {name: 0 for name in ("points", "worlds", "done", "seed")}
        rows = table.fillna(numbers).to_dict("records")
        return [{str(key): int(row[key]) if key in numbers else row[key] for key in row} for row in rows]

    def _name(self, folder: str) -> str:
        inside = Path(folder).relative_to(self.folder).as_posix()
        return self.folder.resolve().name if inside == "." else inside

    def _report(self, folder: str) -> str:
        """Make a page once, and again when files have come."""
        newest = max((file.stat().st_mtime for file in Path(folder).rglob("*.parquet")), default=0.0)
        key = (folder, newest)
        if key not in self._pages:
            self._pages = {key: page_of({**content_of(open_source(folder)), "folder": "/"})}
        return self._pages[key]


def _refusal(text: str) -> dict[str, Any]:
    return {"kind": "refusal", "text": text}


class _Handler(BaseHTTPRequestHandler):
    server: Dashboard
    timeout = SILENCE
    server_version, sys_version = "mipo", ""  # which Python this is, is nobody's business

    def do_GET(self) -> None:
        """Answer with a page; names of other hosts are refused, so that no site can read along."""
        if host_of(self.headers.get("Host", "")) not in HOME:
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        try:
            status, text = self.server.page(urlsplit(self.path).path)
        except (PageError, OSError) as error:
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, explain=str(error))
            return
        body = text.encode()
        with suppress(ConnectionError):  # a reader that has gone
            self.send_response(status)
            for name, value in {**HEADERS, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal shows the address."""
