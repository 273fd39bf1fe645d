"""Runs told once for all who follow them: computed in threads, month by month, as fast as somebody reads.

A story goes on only while a page asks for more of it: a page that is slow, or has gone, costs nothing.
Threads take turns after a few months each, so that many pages share the machine fairly.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Iterator
from functools import partial
from itertools import chain, groupby, repeat
from operator import itemgetter

from anyio import CapacityLimiter, Event, Lock, to_thread

from mipo_sim.live.band import Bands
from mipo_sim.live.explaining import Explainer
from mipo_sim.live.messages import Message, as_text
from mipo_sim.live.plan import Plan
from mipo_sim.live.recording import Memories, Recording
from mipo_sim.sweeps.local import cores

PACE = (1, 2, 4, 6)  # months computed at a time: the first is there at once, later ones cost little each
KEPT = 48  # stories, by when they were last opened; half a megabyte each when told in full


class Telling:
    """Messages that are made one after another by whoever asks first, and kept for the others.

    Parameters
    ----------
    messages : iterator of mapping
        Makes them; it runs in threads, one call at a time.
    turns : CapacityLimiter
        Whose turn it is to compute.
    """

    def __init__(self, messages: Iterator[Message], turns: CapacityLimiter) -> None:
        self._messages, self._turns = messages, turns
        self._texts: list[str] = []
        self._over = False
        self._fault: Exception | None = None
        self._asked, self._making = Lock(), threading.Lock()

    async def text(self, place: int) -> str | None:
        """Give the message at a place as JSON, or None after the last.

        Raises
        ------
        Exception
            Whatever went wrong in making it, for all who ask.
        """
        while place >= len(self._texts) and not self._over:
            async with self._asked:
                await to_thread.run_sync(self._make, place, limiter=self._turns, abandon_on_cancel=True)
        if place < len(self._texts):
            return self._texts[place]
        if self._fault:
            raise self._fault
        return None

    @property
    def faulty(self) -> bool:
        """Whether something went wrong in making the messages."""
        return self._fault is not None

    @property
    def whole(self) -> bool:
        """Whether all messages are made."""
        return self._over and not self._fault

    def _make(self, place: int) -> None:
        """Make the message at a place; it is kept here, in the thread, even if who asked has gone."""
        with self._making:
            if place < len(self._texts) or self._over:
                return
            try:
                message = next(self._messages, None)
                if message is not None:
                    self._texts.append(as_text(message))
            except Exception as fault:
                message, self._fault = None, fault
            self._over = message is None


class Workshop:
    """What stories are made with, to be closed at the end.

    Attributes
    ----------
    memories : Memories
        How runs stood in some of their months.
    bands : Bands
        Computes how it goes in other worlds.
    explainer : Explainer
        Looks for causes.
    living, explaining, asking : CapacityLimiter
        Turns at computing months, and at waiting for causes of what happened and for answers.
    """

    def __init__(self) -> None:
        self.memories, self.bands, self.explainer = Memories(), Bands(), Explainer()
        self.living = CapacityLimiter(cores())
        self.explaining, self.asking = CapacityLimiter(1), CapacityLimiter(1)

    def close(self) -> None:
        """End what is computed in other processes."""
        self.bands.close()
        self.explainer.close()


class Story:
    """One run, from a month on: its months, why they went as they did, and how it goes in other worlds.

    Parameters
    ----------
    plan : Plan
        The run.
    start : int
        The first month that is told.
    workshop : Workshop
        What it is made with.

    Attributes
    ----------
    months, reasons : Telling
        Opening, months and the end; and then the causes of all that happened, the oldest first.
    """

    def __init__(self, plan: Plan, start: int, workshop: Workshop) -> None:
        self.plan, self.start, self._workshop = plan, start, workshop
        self.months = Telling(self._live(), workshop.living)
        self.reasons = Telling(self._explain(), workshop.explaining)
        self._happened: list[Message] = []

    def _live(self) -> Iterator[Message]:
        recording = Recording(self.plan, self.start, self._workshop.memories)
        yield recording.opening()
        pace = chain(PACE, repeat(PACE[-1]))
        while recording.month < self.plan.months:
            months = recording.live(next(pace))
            self._happened += months["events"]
            yield months
        yield {"tell": "done"}

    def _explain(self) -> Iterator[Message]:
        for _, events in groupby(self._happened, key=itemgetter("month")):
            causes = self._workshop.explainer.reasons(self.plan, list(events))
            yield {"tell": "reasons", "reasons": causes}

    async def why(self, of: Message, mission: int, month: int) -> str:
        """Tell what moved a state, as `Why` of the protocol without its id.

        Raises
        ------
        ParameterError
            If there is no such state, mission or month.
        """
        ask = partial(self._workshop.explainer.why, self.plan, of, mission, month)
        return as_text(await to_thread.run_sync(ask, limiter=self._workshop.asking, abandon_on_cancel=True))

    async def band(self) -> str | None:
        """Tell how it goes in other worlds, as `Band` of the protocol without its id, once it is known.

        Returns
        -------
        str or None
            None if the program ends before.
        """
        known, loop = Event(), asyncio.get_running_loop()
        future = await to_thread.run_sync(self._workshop.bands.of, self.plan)
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(known.set))
        try:
            await known.wait()
        finally:
            future.cancel()  # of no effect once it is known
        if future.cancelled():
            return None
        return await to_thread.run_sync(lambda: as_text(future.result()), limiter=self._workshop.living)


class Shelf:
    """The stories that were opened last.

    Parameters
    ----------
    workshop : Workshop
        What they are made with.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._stories: OrderedDict[tuple[str, int], Story] = OrderedDict()

    def story(self, plan: Plan, start: int) -> Story:
        """Give the story of a plan from a month on, the same to all who ask."""
        key = (plan.digest, start)
        story = self._stories.pop(key, None)
        if story is None or story.months.faulty:
            story = Story(plan, start, self._workshop)
        self._stories[key] = story
        while len(self._stories) > KEPT:
            self._stories.popitem(last=False)
        return story

    def whole(self, plan: Plan, start: int) -> list[Story]:
        """Give the stories of a plan that are told to the end, from this month or earlier ones on."""
        return [
            story
            for (digest, begin), story in self._stories.items()
            if digest == plan.digest and begin <= start and story.months.whole
        ]
