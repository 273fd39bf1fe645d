"""A plan lived through, month by month, in a model of two worlds that share their luck: the two missions."""

import re
from collections import OrderedDict
from threading import Lock
from typing import Any

import numpy as np

from mipo_sim.live.events import Teller
from mipo_sim.live.frames import Film, scale_of
from mipo_sim.live.memory import Memory
from mipo_sim.live.plan import FORMS, Plan
from mipo_sim.model import MissionModel
from mipo_sim.version import __version__

EVERY = 3  # months from one memory to the next: so few are lived again when a lever is moved
LEADERS = ("head", "political", "humanitarian", "commander", "support")
MOST_BYTES = 64 * 2**20  # of all memories together


class Memories:
    """How runs stood at the start of some months, shared by all runs that begin alike; safe for threads.

    Parameters
    ----------
    most : int
        Bytes that may be kept; what was asked for longest ago is forgotten first.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[tuple[str, int], tuple[Memory, Teller]] = OrderedDict()
        self._lock = Lock()

    def keep(self, plan: Plan, model: MissionModel, teller: Teller) -> None:
        """Keep how a run stands, and what its teller has in mind."""
        key = (plan.key(model.month), model.month)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return
        memory = Memory.of(model)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = memory, teller.copy(plan)
                self._size += memory.size
            while self._size > self._most and len(self._kept) > 1:
                _, (oldest, _) = self._kept.popitem(last=False)
                self._size -= oldest.size

    def last(self, plan: Plan, month: int) -> tuple[Memory, Teller] | None:
        """Give the last memory of a plan at or before a month, if there is one."""
        for start in range(month - month % EVERY, -1, -EVERY):
            key = (plan.key(start), start)
            with self._lock:
                if found := self._kept.get(key):
                    self._kept.move_to_end(key)
                    return found[0], found[1].copy(plan)
        return None


class Recording:
    """A run that is told as it is lived.

    Parameters
    ----------
    plan : Plan
        What decides it.
    start : int
        First month to tell.
    memories : Memories
        Where the run may begin from, and what it leaves behind.

    Attributes
    ----------
    month : int
        The month to be told next.
    """

    def __init__(self, plan: Plan, start: int, memories: Memories) -> None:
        self.plan, self._memories = plan, memories
        self._model = _model_of(plan)
        self._teller = Teller(plan, self._model)
        if found := memories.last(plan, start):
            found[0].bring_back(self._model)
            self._teller = found[1]
        while self._model.month < start:
            self._live_month()

    @property
    def month(self) -> int:
        """The month to be told next."""
        return self._model.month

    def opening(self) -> dict[str, Any]:
        """Tell what does not change, as `Opening` of the protocol without its id."""
        model = self._model
        return {
            "tell": "opening",
            "plan": self.plan.as_json(),
            "digest": self.plan.digest,
            "version": __version__,
            "from": self.month,
            "map": _map_of(model),
            "agencies": [_kind(part) for part in model.agencies.parts if len(part)],
            "donors": [_kind(part) for part in model.donors.parts if len(part)],
            "leaders": list(LEADERS),
            "scale": scale_of(model),
        }

    def live(self, months: int) -> dict[str, Any]:
        """Live some months on, or to the end, and tell them as `Months` of the protocol without its id."""
        film = Film(self._model)
        events: list[dict[str, Any]] = []
        for _ in range(min(months, self.plan.months - self.month)):
            events += self._live_month()
            film.take()
        return {**film.told(), "events": events}

    def _live_month(self) -> list[dict[str, Any]]:
        if self.month % EVERY == 0:
            self._memories.keep(self.plan, self._model, self._teller)
        self._model.step()
        return self._teller.tell(self._model)


def model_at(plan: Plan, month: int, memories: Memories) -> MissionModel:
    """Give both missions of a plan as they stand at the start of a month."""
    model = _model_of(plan)
    if found := memories.last(plan, month):
        found[0].bring_back(model)
    while model.month < month:
        model.step()
    return model


def _model_of(plan: Plan) -> MissionModel:
    return plan.experiment(1).model(FORMS, np.array([plan.world]))


def _kind(part: Any) -> dict[str, Any]:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", type(part).__name__)
    return {"kind": words.lower(), "number": len(part)}


def _map_of(model: MissionModel) -> dict[str, Any]:
    """Districts, communities and neighbours; people are counted in thousands, places in kilometres."""
    country, map = model.country, model.country.map
    districts = zip(map.districts, map.x_km, map.y_km, map.people, map.border, map.remoteness, strict=True)
    communities = zip(country.x_km, country.y_km, country.people, country.district_of, strict=True)
    return {
        "name": map.name,
        "districts": [
            {"name": name, "x": x, "y": y, "people": people, "border": border, "remoteness": far}
            for name, x, y, people, border, far in (_plain(row) for row in districts)
        ],
        "communities": [
            {"x": x, "y": y, "people": people, "district": district}
            for x, y, people, district in (_plain(row) for row in communities)
        ],
        "abroad": list(country.neighbour_names) if map.neighbours else [],
    }


def _plain(row: tuple[Any, ...]) -> list[Any]:
    return [round(value.item(), 3) if isinstance(value, np.generic) else value for value in row]
