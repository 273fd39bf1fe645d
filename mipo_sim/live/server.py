"""The trainers' page served: to this machine alone, or with a code to the local network too."""

import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Self, TypedDict
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from mipo_sim.live.access import COOKIE, Access, Role, addresses
from mipo_sim.live.connections import Connection
from mipo_sim.live.content import content_of, recorded_content, spoken
from mipo_sim.live.lessons import Lesson, offered
from mipo_sim.live.messages import entries, read_json
from mipo_sim.live.page import code_page, link_to, page_of
from mipo_sim.live.plan import Plan
from mipo_sim.live.stories import Shelf, Workshop
from mipo_sim.live.talk import Stage, Talk
from mipo_sim.live.words import languages
from mipo_sim.parameters import ParameterError, check_whole
from mipo_sim.report.guards import GUARDS, HOME

PORT = 8008
LARGEST_FILE = 32 * 2**20  # bytes that a page may send of a recorded run; a long one has some two million
LARGEST_MESSAGE = 4 * 2**20  # bytes; who sends more is cut off
LARGEST_FORM = 1000  # bytes of a code that is typed
PATIENCE = 2  # seconds that open connections have to end when the server does
HEADERS = GUARDS | {"Referrer-Policy": "same-origin"}


class LiveServer:
    """Serves the trainers' page, and lives the runs that it asks for.

    Parameters
    ----------
    port : int
        Where to listen; 0 for any that is free.
    share : bool
        Whether others on the local network may follow, with the code in `code`.
    language : str
        Code of the language that pages open in.
    lessons : sequence of Lesson
        One's own, beside those that come with the program.

    Raises
    ------
    OSError
        If the port is taken.
    PageError
        If the package came without the page.
    """

    def __init__(
        self, port: int = PORT, share: bool = False, language: str = "en", lessons: Sequence[Lesson] = ()
    ) -> None:
        self._access = Access(share)
        self._socket = _listening("" if share else HOME[0], port)
        self._desk = _Desk(self._access, self._port, language, lessons)
        config = uvicorn.Config(
            self._desk.app(),
            loop="asyncio",
            http=Connection,
            lifespan="on",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,  # nobody stands between, and whoever says so is not to be believed
            server_header=False,
            headers=list(HEADERS.items()),
            ws_max_size=LARGEST_MESSAGE,
            ws_per_message_deflate=share,  # worth its time on a network only
            timeout_graceful_shutdown=PATIENCE,
        )
        self._server = uvicorn.Server(config)

    @property
    def address(self) -> str:
        """What to open in a browser of this machine."""
        return f"http://{HOME[0]}:{self._port}/"

    @property
    def shared(self) -> list[str]:
        """What to open in other browsers on the local network."""
        return self._desk.addresses

    @property
    def code(self) -> str:
        """What others type there; "" where the page is not shared."""
        return self._access.code

    def run(self) -> None:
        """Serve until stopped or, in the main thread, interrupted."""
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End `run`, which may be in another thread."""
        self._server.should_exit = True

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port


class _Lasting(TypedDict):
    """What lasts as long as the server runs."""

    shelf: Shelf
    stage: Stage


class _Desk:
    """Answers what browsers ask for."""

    def __init__(self, access: Access, port: int, language: str, lessons: Sequence[Lesson]) -> None:
        self._access, self._language, self._lessons = access, language, lessons
        self.addresses = addresses(port) if access.code else []
        self._pages: dict[tuple[Role, str], str] = {}
        self._page("trainer", language)  # what is missing shows before anybody asks

    def app(self) -> ASGIApp:
        """Make the application."""
        routes = [
            Route("/", self._start),
            Route("/lesson/{name}", self._lesson),
            Route("/words/{language}.json", self._words),
            Route("/code", self._code, methods=["POST"]),
            Route("/file", self._file, methods=["POST"]),
            WebSocketRoute("/live", self._talk),
        ]
        return _Gate(Starlette(routes=routes, lifespan=_lasting), self._access)

    def _start(self, request: Request) -> Response:
        language = self._language_of(request)
        role = self._access.role(request)
        if role is None:
            return HTMLResponse(code_page(language))
        return HTMLResponse(self._page(role, language))

    def _page(self, role: Role, language: str) -> str:
        if (role, language) not in self._pages:
            content = content_of(role, language, self.addresses, self._access.code, self._lessons)
            self._pages[role, language] = page_of(content)
        return self._pages[role, language]

    def _lesson(self, request: Request) -> Response:
        """Send on to the link that opens a lesson; the page says so if there is none."""
        plans = {lesson.name: lesson.plan for lesson in offered(self._lessons)}
        plan = plans.get(request.path_params["name"])
        return RedirectResponse(f"/{link_to(plan)}" if plan else "/#lesson", 303)

    def _words(self, request: Request) -> Response:
        language = request.path_params["language"]
        if language not in languages():
            return PlainTextResponse("no such language", 404)
        return JSONResponse(spoken(language, self._lessons))

    async def _code(self, request: Request) -> Response:
        """Let in who knows the code."""
        language, address = self._language_of(request), request.client.host if request.client else ""
        form = parse_qs((await _body(request, LARGEST_FORM)).decode(errors="replace"))
        if not self._access.may_try(address):  # asked last, so that tries cannot be piled up before it
            return HTMLResponse(code_page(language, "code.wait"), 429)
        token = self._access.token_for(form.get("code", [""])[0], address)
        if token is None:
            return HTMLResponse(code_page(language, "code.wrong"), 403)
        answer = RedirectResponse(f"/?lang={language}", 303)
        answer.set_cookie(COOKIE, token, httponly=True, samesite="strict")
        return answer

    async def _file(self, request: Request) -> Response:
        """Make the file of a recorded run."""
        if self._access.role(request) != "trainer":
            return PlainTextResponse("only the trainer's page can do this", 403)
        try:
            body = await _body(request, LARGEST_FILE)
            page = await run_in_threadpool(_recorded_page, body, self._lessons)
        except ParameterError as error:
            return PlainTextResponse(str(error), 400)
        return HTMLResponse(page, headers={"Content-Disposition": 'attachment; filename="mipo-run.html"'})

    async def _talk(self, socket: WebSocket) -> None:
        role = self._access.role(socket)
        if role is not None:  # the gate has seen to it
            await Talk(socket, role, socket.state.shelf, socket.state.stage).run()

    def _language_of(self, request: Request) -> str:
        asked = request.query_params.get("lang", self._language)
        return asked if asked in languages() else self._language


class _Gate:
    """Lets nobody in who calls this server by another name, comes from another site, or has no right."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (refusal := self._refusal(HTTPConnection(scope))) is None:
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse(refusal, 403)(scope, receive, send)

    def _refusal(self, asked: HTTPConnection) -> str | None:
        if not self._access.knows(asked):
            return "this server answers to its own address only"
        acts = asked.scope["type"] == "websocket" or asked.scope["method"] not in ("GET", "HEAD")
        if acts and not self._access.from_own_page(asked):
            return "only a page of this server can do this"
        if asked.scope["path"] not in ("/", "/code") and self._access.role(asked) is None:
            return "the code comes first"
        return None


@asynccontextmanager
async def _lasting(app: Starlette) -> AsyncIterator[_Lasting]:
    workshop = Workshop()
    try:
        yield {"shelf": Shelf(workshop), "stage": Stage()}
    finally:
        await run_in_threadpool(workshop.close)


async def _body(request: Request, largest: int) -> bytes:
    """Read what is sent, up to a size."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise HTTPException(413, f"at most {largest} bytes can be sent here")
        parts.append(part)
    return b"".join(parts)


def _recorded_page(body: bytes, lessons: Sequence[Lesson]) -> bytes:
    given = entries("the recorded run", read_json(body), ("plan", "told", "record", "language", "month"))
    plan = Plan.from_json(given["plan"])
    check_whole("month", given["month"], 0, plan.months)
    if given["language"] not in languages():
        raise ParameterError(f"language takes one of {', '.join(languages())}, not {given['language']!r}")
    if not isinstance(given["told"], list) or not all(isinstance(one, dict) for one in given["told"]):
        raise ParameterError("told takes a list of what was told")
    content = recorded_content(given["language"], given["told"], given["record"], given["month"], lessons)
    try:
        return page_of(content).encode()
    except ValueError:
        raise ParameterError("the recorded run holds what is no number or no text") from None


def _listening(host: str, port: int) -> socket.socket:
    """Take a port now, so that one that is taken is known before anything else happens."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let two servers have the same port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening
