"""`mipo live`: the trainers' page, served to this machine and, if asked for, to the local network."""

import argparse
import errno
import os
import sys
import webbrowser
from collections.abc import Sequence

from mipo_sim.command.refusals import Refusal, refuse_usage
from mipo_sim.live.access import HOME
from mipo_sim.live.lessons import all_lessons
from mipo_sim.live.server import PORT, LiveServer
from mipo_sim.live.words import languages
from mipo_sim.parameters import check_whole, nearest
from mipo_sim.report.embedding import PageError


def live(words: Sequence[str]) -> int:
    """Serve the trainers' page until interrupted.

    Raises
    ------
    Refusal
        If there is no such lesson or language, or the port is taken.
    """
    parser = argparse.ArgumentParser(
        prog="mipo live",
        description="Two missions in one country under the same luck, month by month in the browser.",
    )
    parser.error = refuse_usage  # type: ignore[method-assign, assignment]
    parser.add_argument("lesson", nargs="?", metavar="lesson=NAME", help="open it (mipo lessons lists them)")
    parser.add_argument("--port", type=int, default=PORT, help=f"where to listen (default {PORT}; 0: any)")
    parser.add_argument("--share", action="store_true", help="let others on the local network follow")
    parser.add_argument("--language", default="en", help=f"one of {', '.join(languages())} (default en)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    asked = parser.parse_args(list(words))
    check_whole("--port", asked.port, 0, 65_535)
    if asked.language not in languages():
        raise Refusal(f"--language takes one of {', '.join(languages())}, not {asked.language!r}")
    lesson = _lesson(asked.lesson)
    with _server(asked.port, asked.share, asked.language) as server:
        address = f"{server.address}lesson/{lesson}" if lesson else server.address
        print(f"Live       {address} (Ctrl-C ends it)")
        if asked.share:
            print(f"Others     {' or '.join(server.shared) or 'find no network here'}, code {server.code}")
        sys.stdout.flush()
        if not asked.no_browser and _has_display():
            webbrowser.open(address)
        try:
            server.run()
        except KeyboardInterrupt:
            print("\nLive       ended; what was opened with a link opens again")
    return 0


def _lesson(word: str | None) -> str:
    """Read the name of a lesson from `lesson=NAME`, or plain `NAME`."""
    if word is None:
        return ""
    name, known = word.removeprefix("lesson="), [lesson.name for lesson in all_lessons()]
    if name not in known:
        raise Refusal(f"no lesson named {name!r}{nearest(name, known)} (lessons: {', '.join(known)})")
    return name


def _server(port: int, share: bool, language: str) -> LiveServer:
    try:
        return LiveServer(port, share, language)
    except PageError as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise Refusal(
            f"--port {port} is taken or not allowed; if mipo live runs there already, open "
            f"http://{HOME[0]}:{port}/, else choose another port, or 0 for any"
        ) from None


def _has_display() -> bool:
    """Whether a browser has somewhere to open; a browser of the terminal would take the terminal."""
    graphical = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in graphical)
