"""`mipo live`: the trainers' page, served to this machine and, if asked for, to the local network."""

import errno
import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from mipo_sim.command.refusals import Parser, Refusal
from mipo_sim.live.lessons import Lesson, all_lessons, read_lesson
from mipo_sim.live.server import PORT, LiveServer
from mipo_sim.live.words import languages
from mipo_sim.parameters import check_whole, nearest
from mipo_sim.report.embedding import PageError
from mipo_sim.report.guards import HOME

HELP = "open a lesson: one that mipo lessons lists, or the file of your own"


def live(words: Sequence[str]) -> int:
    """Serve the trainers' page until interrupted.

    Raises
    ------
    Refusal
        If there is no such lesson or language, or the port is taken.
    LessonError
        With everything that is wrong with the file of a lesson.
    """
    parser = Parser(
        prog="mipo live",
        description="Two missions in one country under the same luck, month by month in the browser.",
    )
    parser.add_argument("lesson", nargs="?", metavar="lesson=NAME", help=HELP)
    parser.add_argument("--port", type=int, default=PORT, help=f"where to listen (default {PORT}; 0: any)")
    parser.add_argument("--share", action="store_true", help="let others on the local network follow")
    parser.add_argument("--language", default="en", help=f"one of {', '.join(languages())} (default en)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    asked = parser.parse_args(list(words))
    check_whole("--port", asked.port, 0, 65_535)
    if asked.language not in languages():
        raise Refusal(f"--language takes one of {', '.join(languages())}, not {asked.language!r}")
    lesson = _lesson(asked.lesson)
    own = [lesson] if lesson and lesson not in all_lessons() else []
    with _server(asked.port, asked.share, asked.language, own) as server:
        address = f"{server.address}lesson/{quote(lesson.name)}" if lesson else server.address
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


def _lesson(word: str | None) -> Lesson | None:
    """Find a lesson by `lesson=NAME` or plain `NAME`, or read it from a file."""
    if word is None:
        return None
    name, known = word.removeprefix("lesson="), {lesson.name: lesson for lesson in all_lessons()}
    if name in known:
        return known[name]
    path = Path(name).expanduser()
    if path.is_file() or path.suffix in (".yaml", ".yml"):
        return read_lesson(path)
    raise Refusal(
        f"no lesson named {name!r}{nearest(name, known)} (lessons: {', '.join(known)}; or a file of your own)"
    )


def _server(port: int, share: bool, language: str, own: Sequence[Lesson]) -> LiveServer:
    try:
        return LiveServer(port, share, language, own)
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
