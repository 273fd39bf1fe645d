"""How it goes in other worlds: both missions of a plan in many replicates, computed in another process."""

from collections import OrderedDict
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from threading import RLock
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis import compare_cells
from mipo_sim.live.frames import LINES, lines_of, shortest
from mipo_sim.live.plan import FORMS, Plan
from mipo_sim.live.process import TRIES, GivenUp, SideProcess, go_on
from mipo_sim.model import MissionModel

WORLDS = 200
KEPT = 64  # bands, by when they were last asked for; some 100 kB each
MARGIN = 0.02  # of a share: less counts as alike
PARTS = {"low": 0.05, "middle": 0.5, "high": 0.95}
OUTCOMES = (
    "relapse",
    "relapse_5_years",
    "durable_peace",
    "war_share",
    "need_met",
    "need_met_after",
    "overhead",
    "duplication",
    "trust",
    "confidence",
    "local_capacity",
    "cost",
)

Lived = dict[str, np.ndarray]
Band = dict[str, Any]


def band_of(plan: Plan, worlds: int = WORLDS) -> Band:
    """Live through both missions of a plan in other worlds.

    Parameters
    ----------
    plan : Plan
        The run; the world that is shown does not matter.
    worlds : int
        How many replicates, from 0.

    Returns
    -------
    dict
        `Band` of the protocol without its id. Outcomes that no world defines are left out.

    Raises
    ------
    GivenUp
        If nobody waits for it any longer, at the next month.
    """
    experiment = plan.experiment(worlds)
    size = (plan.months, worlds)
    lived = {form: {line.name: np.empty(size, np.float32) for line in LINES} for form in FORMS}

    def watch(model: MissionModel, forms: list[str], replicates: np.ndarray, months: int) -> None:
        go_on()
        if months < plan.months:
            return
        for name, values in lines_of(model.recorder.series, slice(None)).items():
            for form, mine in zip(forms, np.split(values, len(forms), axis=1), strict=True):
                lived[form][name][:, replicates] = mine

    outcomes = experiment.run(watch=watch).outcomes
    table = _compared(outcomes)
    return {
        "tell": "band",
        "worlds": worlds,
        "missions": [
            {
                "lines": {name: _parts(values) for name, values in lived[form].items()},
                "relapsed": _relapsed(outcomes[outcomes["form"] == form], plan.months),
                "outcomes": _intervals(table[table["point"] == place], "mean", "low", "high"),
            }
            for place, form in enumerate(FORMS)
        ],
        "pairs": _pairs(*(lived[form] for form in FORMS)),
        "differences": _intervals(
            table[table["point"] == 1], "difference", "difference_low", "difference_high"
        ),
    }


def _compared(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Means of each mission, and the second less the first in pairs, with 95 % intervals."""
    cells = pd.DataFrame({"form": FORMS}, index=pd.RangeIndex(len(FORMS), name="point"))
    with np.errstate(invalid="ignore"):
        return compare_cells(outcomes.assign(point=outcomes["form"].map(FORMS.index)), cells, (), OUTCOMES)


def _intervals(rows: pd.DataFrame, *columns: str) -> dict[str, list[float]]:
    known = rows.dropna(subset=list(columns)).set_index("outcome")[list(columns)]
    return {str(name): [float(number) for number in row] for name, row in known.iterrows()}


def _parts(values: np.ndarray) -> dict[str, list[float]]:
    quantiles = np.quantile(values, list(PARTS.values()), axis=1)
    return {part: shortest(numbers) for part, numbers in zip(PARTS, quantiles, strict=True)}


def _relapsed(worlds: pd.DataFrame, months: int) -> list[float]:
    """Share of worlds back at war by the end of each month; where peace was never counted, none is back."""
    back = worlds["relapse_month"].to_numpy()[:, None] <= np.arange(months)
    return shortest(back.mean(axis=0))


def _pairs(first: Lived, second: Lived) -> dict[str, dict[str, Any]]:
    """Share of worlds in which the second mission is clearly higher, or lower, under the same luck."""
    found = {}
    for name in first:
        change = second[name] - first[name]
        more, less = (change > MARGIN).mean(axis=1), (change < -MARGIN).mean(axis=1)
        found[name] = {"margin": MARGIN, "more": shortest(more), "less": shortest(less)}
    return found


@dataclass
class _Wish:
    """A band that is asked for, and all who wait for it."""

    key: str
    plan: Plan
    futures: list[Future[Band]] = field(default_factory=list)
    tries: int = 0

    @property
    def forsaken(self) -> bool:
        """Whether nobody waits for it any longer."""
        return all(future.cancelled() for future in self.futures)


class Bands:
    """Bands that pages wait for: computed one at a time in another process, the newest wish first.

    One that nobody waits for any longer is given up, so that the next begins at once.

    Parameters
    ----------
    worlds : int
        Of each band.
    """

    def __init__(self, worlds: int = WORLDS) -> None:
        self._worlds = worlds
        self._known: OrderedDict[str, Band] = OrderedDict()
        self._wishes: OrderedDict[str, _Wish] = OrderedDict()
        self._current: _Wish | None = None
        self._process = SideProcess()
        self._closed = False
        self._lock = RLock()  # what is done at once tells so while it is being asked for

    def of(self, plan: Plan) -> Future[Band]:
        """Ask for the band of a plan; who has no use for it any longer cancels the future."""
        experiment = plan.experiment(self._worlds)
        key, future = f"{experiment.digest}-{experiment.seed}", Future[Band]()  # whatever world is shown
        with self._lock:
            if self._closed:
                future.cancel()
            elif key in self._known:
                self._known.move_to_end(key)
                future.set_result(self._known[key])
            elif self._current and self._current.key == key:
                self._current.futures.append(future)
            else:
                self._wishes.setdefault(key, _Wish(key, plan)).futures.append(future)
                self._wishes.move_to_end(key)
                self._go_on()
        future.add_done_callback(partial(self._left, key))
        return future

    def close(self) -> None:
        """End the process; who still waits is told that there will be nothing."""
        with self._lock:
            self._closed = True
            for wish in self._wishes.values():
                for future in wish.futures:
                    future.cancel()
        self._process.end()

    def _go_on(self) -> None:
        """Begin the newest wish that somebody still has; the lock is held."""
        while self._wishes and self._current is None and not self._closed:
            _, wish = self._wishes.popitem()
            if wish.forsaken:
                continue
            self._current = wish
            work = self._process.submit(band_of, wish.plan, self._worlds)
            work.add_done_callback(partial(self._done, wish))

    def _left(self, key: str, _: Future[Band]) -> None:
        """Give up the band under way where this was the last who waited for it."""
        with self._lock:
            current = self._current
            if current and current.key == key and current.forsaken:
                self._process.give_up()

    def _done(self, wish: _Wish, work: Future[Band]) -> None:
        with self._lock:
            self._current = None
            error = CancelledError() if work.cancelled() else work.exception()
            if self._wants_more(wish, error):
                self._wishes[wish.key] = wish
            else:
                self._tell(wish, work, error)
            self._go_on()

    def _wants_more(self, wish: _Wish, error: BaseException | None) -> bool:
        """Whether a band begins anew: its process broke, or it was given up and asked for again since."""
        if self._closed:
            return False
        if isinstance(error, BrokenProcessPool):
            self._process.forget()
            wish.tries += 1
            return wish.tries < TRIES
        return isinstance(error, GivenUp) and not wish.forsaken

    def _tell(self, wish: _Wish, work: Future[Band], error: BaseException | None) -> None:
        """Tell all who wait what came of a band, and keep it."""
        if error is None:
            self._known[wish.key] = work.result()
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        for future in wish.futures:
            if self._closed:
                future.cancel()
            elif future.set_running_or_notify_cancel():
                future.set_result(work.result()) if error is None else future.set_exception(error)
