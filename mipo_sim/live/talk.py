"""One page's connection: what it asks for, and what it is told, as `web/src/live/protocol.ts` has it."""

import logging
from collections.abc import Mapping
from typing import Any

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup
from starlette.websockets import WebSocket, WebSocketDisconnect

from mipo_sim.live.access import Role
from mipo_sim.live.messages import MOST_NUMBER, as_text, entries, read_json
from mipo_sim.live.plan import Plan
from mipo_sim.live.stories import Shelf, Story, Telling
from mipo_sim.parameters import ParameterError, check_whole, nearest

LONGEST_ASKED = 256 * 1024  # characters of a message
LONGEST_VIEW = 1000
MOST_WHYS = 8  # questions of one page that wait
FASTEST = 1000
ASKS = {
    "open": ("id", "plan", "from"),
    "close": ("id",),
    "why": ("id", "of", "mission", "month"),
    "show": ("shown",),
}


class NotDone(Exception):
    """Something that a page asked for and cannot have; `key` names a sentence of the catalogue."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


class Stage:
    """What the trainer shows to those who follow."""

    def __init__(self) -> None:
        self.shown: Mapping[str, Any] | None = None
        self.digest = ""
        self._plan: tuple[Any, Plan] | None = None
        self.changed = anyio.Event()

    def show(self, given: Any) -> None:
        """Read what the trainer's page shows, and tell those who follow.

        Raises
        ------
        ParameterError
            If it cannot be meant.
        """
        shown = entries("shown", given, ("plan", "month", "playing", "speed", "view"))
        if self._plan is None or self._plan[0] != shown["plan"]:  # the same plan is shown month after month
            self._plan = shown["plan"], Plan.from_json(shown["plan"])
        plan = self._plan[1]
        month, speed, view = shown["month"], shown["speed"], shown["view"]
        if type(month) not in (int, float) or not 0 <= month <= plan.months:
            raise ParameterError(f"month takes a number from 0 to {plan.months}, not {month!r}")
        if type(speed) not in (int, float) or not 0 <= speed <= FASTEST:
            raise ParameterError(f"speed takes a number from 0 to {FASTEST}, not {speed!r}")
        if not isinstance(shown["playing"], bool):
            raise ParameterError(f"playing takes true or false, not {shown['playing']!r}")
        if not isinstance(view, str) or len(view) > LONGEST_VIEW:
            raise ParameterError(f"view takes a text of at most {LONGEST_VIEW} characters")
        self.shown, self.digest = {**shown, "plan": plan.as_json()}, plan.digest
        self.changed.set()
        self.changed = anyio.Event()


class Talk:
    """One connection, from its beginning to its end.

    Parameters
    ----------
    socket : WebSocket
        The connection.
    role : {"trainer", "viewer"}
        Who is at the other end.
    shelf : Shelf
        The runs.
    stage : Stage
        What the trainer shows.
    """

    def __init__(self, socket: WebSocket, role: Role, shelf: Shelf, stage: Stage) -> None:
        self._socket, self._role, self._shelf, self._stage = socket, role, shelf, stage
        self._run: tuple[int, Story, anyio.CancelScope] | None = None
        self._asking = anyio.CapacityLimiter(1)
        self._tasks: TaskGroup

    async def run(self) -> None:
        """Listen and answer until the page has gone; all that it asked for ends with it."""
        await self._socket.accept()
        async with anyio.create_task_group() as self._tasks:
            if self._role == "viewer":
                self._tasks.start_soon(self._follow)
            while (message := await self._socket.receive())["type"] == "websocket.receive":
                await self._hear(message.get("text"))
            self._tasks.cancel_scope.cancel()

    # -- asked ---------------------------------------------------------------------------------------------

    async def _hear(self, text: str | None) -> None:
        asked: Mapping[str, Any] = {}
        try:
            asked = read_asked(text)
            answers = {"open": self._open, "close": self._close, "why": self._why, "show": self._show}
            answers[asked["ask"]](asked)
        except Exception as error:
            await self._refuse(asked.get("id"), error)

    def _open(self, asked: Mapping[str, Any]) -> None:
        plan = Plan.from_json(asked["plan"])
        start = check_whole("from", asked["from"], 0, plan.months)
        if self._role == "viewer" and plan.digest != self._stage.digest:
            raise NotDone("refusal.follow", "This page follows the trainer's, and opens no run of its own.")
        self._end()
        self._run = asked["id"], self._shelf.story(plan, start), anyio.CancelScope()
        self._tasks.start_soon(self._tell, *self._run)

    def _close(self, asked: Mapping[str, Any]) -> None:
        if self._run and self._run[0] == asked["id"]:
            self._end()

    def _end(self) -> None:
        """A page follows one run at a time: what it has left costs nothing more."""
        if self._run:
            self._run[2].cancel()
            self._run = None

    def _why(self, asked: Mapping[str, Any]) -> None:
        if not self._run or self._run[0] != asked["id"]:
            raise NotDone("refusal.closed", "This run is not open any longer.")
        entries("of", asked["of"], ("kind", "state", "row"))
        if self._asking.statistics().tasks_waiting >= MOST_WHYS:
            raise NotDone("refusal.busy", "Too many questions at once; ask again when some are answered.")
        self._tasks.start_soon(self._answer, asked, *self._run)

    def _show(self, asked: Mapping[str, Any]) -> None:
        if self._role != "trainer":
            raise NotDone("refusal.follow", "Only the trainer's page shows something to the others.")
        self._stage.show(asked["shown"])

    # -- told ----------------------------------------------------------------------------------------------

    async def _tell(self, run: int, story: Story, job: anyio.CancelScope) -> None:
        """Tell a run: its months, then other worlds and reasons as they come."""
        with job:
            if await self._tell_all(run, story.months):
                async with anyio.create_task_group() as later:
                    later.start_soon(self._tell_band, run, story)
                    for one in self._shelf.whole(story.plan, story.start):
                        await self._tell_all(run, one.reasons)

    async def _tell_all(self, run: int, telling: Telling) -> bool:
        """Tell one message after another; say whether all could be made."""
        place = 0
        try:
            while (text := await telling.text(place)) is not None:
                await self._send(text, run)
                place += 1
        except Exception as error:
            await self._refuse(run, error)
            return False
        return True

    async def _tell_band(self, run: int, story: Story) -> None:
        try:
            if (text := await story.band()) is not None:
                await self._send(text, run)
        except Exception as error:
            await self._refuse(run, error)

    async def _answer(self, asked: Mapping[str, Any], run: int, story: Story, job: anyio.CancelScope) -> None:
        async with self._asking:
            if job.cancel_called:
                return
            try:
                await self._send(await story.why(asked["of"], asked["mission"], asked["month"]), run)
            except Exception as error:
                await self._refuse(run, error)

    async def _follow(self) -> None:
        while True:
            changed = self._stage.changed
            if self._stage.shown:
                await self._send(as_text({"tell": "shown", "shown": self._stage.shown}))
            await changed.wait()

    async def _refuse(self, run: int | None, error: Exception) -> None:
        if isinstance(error, NotDone):
            key, text = error.key, str(error)
        elif isinstance(error, ParameterError):
            key, text = "", " ".join(str(error).split())
        else:
            logging.getLogger(__name__).error("a run could not be told", exc_info=error)
            key = "refusal.fault"
            text = f"The program met a fault of its own: {type(error).__name__}: {error}"
        await self._send(as_text({"tell": "refusal", "key": key, "text": text, "id": run}))

    async def _send(self, text: str, run: int | None = None) -> None:
        """Send a message, with the number that the page gave its run; wait while the page is slow."""
        try:
            await self._socket.send_text(text if run is None else f'{{"id":{run},{text[1:]}')
        except WebSocketDisconnect:
            self._tasks.cancel_scope.cancel()
            await anyio.lowlevel.checkpoint()


def read_asked(text: str | None) -> Mapping[str, Any]:
    """Read a message of the page.

    Raises
    ------
    ParameterError, NotDone
        If it cannot be meant.
    """
    if text is None or len(text) > LONGEST_ASKED:
        raise NotDone("refusal.too_long", f"A message takes at most {LONGEST_ASKED} characters of text.")
    asked = read_json(text)
    kind = asked.get("ask") if isinstance(asked, dict) else None
    if not isinstance(kind, str) or kind not in ASKS:
        name = str(kind)[:80]
        raise ParameterError(f"nothing is asked by {name!r}{nearest(name, ASKS)} (asks: {', '.join(ASKS)})")
    entries("the message", asked, ("ask", *ASKS[kind]))
    if "id" in asked:
        check_whole("id", asked["id"], 0, MOST_NUMBER)
    return asked
