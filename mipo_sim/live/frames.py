"""What a month shows: lines, places, money, staff and the mission's status, as the page wants them."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mipo_sim.actors.agencies import MissionComponent
from mipo_sim.ensemble import share_of, total
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import SERIES
from mipo_sim.outcomes.measures import CAUSES, Direction
from mipo_sim.parameters import declared


@dataclass(frozen=True)
class Line:
    """Something that is drawn over the months.

    Attributes
    ----------
    name, unit : str
        As in `mipo_sim.outcomes.SERIES`.
    better : {"less", "more", "neither"}
        Which way is better.
    low, high : float
        What the picture spans.
    """

    name: str
    unit: str
    better: Direction
    low: float = 0
    high: float = 1


def _recorded(*names: str) -> tuple[Line, ...]:
    measures = {measure.name: measure for measure in SERIES}
    return tuple(Line(name, measures[name].unit, measures[name].better) for name in names)


LINES = (
    *_recorded("violence", "need_met"),
    Line("overhead", "share", "less"),
    *_recorded(
        "duplication",
        "trust",
        "confidence",
        "grievance",
        "settlement",
        "state_capacity",
        "local_capacity",
        "humanitarian_access",
        "armed_strength",
    ),
)


def lines_of(series: Mapping[str, np.ndarray], months: slice) -> dict[str, np.ndarray]:
    """Read all lines from what the recorder wrote: each an array `[month, world]`."""
    lost = total(np.stack([series[f"in_{cause}"][months] for cause in CAUSES]), axis=0)
    overhead = share_of(lost, series["staff"][months])
    return {line.name: overhead if line.name == "overhead" else series[line.name][months] for line in LINES}


def scale_of(model: MissionModel) -> dict[str, float]:
    """What the largest byte stands for: all aid of a month, or all posts that a component may have.

    It hangs on the situation alone, so that runs which branch from one another can be shown together.

    Returns
    -------
    dict
        `money`, $m a month, and `staff`, person-months a month.
    """
    money, components = model.p.money, model.agencies.part(MissionComponent)
    posts = declared()["mandate.posts"].high / max(len(components), 1)
    aid = float(np.max(model.p.situation.aid)) / 12
    return {
        "money": max(aid, posts * float(np.max(money.post_cost)) / 1000),
        "staff": max(aid * 1000 / float(np.min(money.staff_cost)), posts),
    }


def unmet_need(model: MissionModel) -> np.ndarray:
    """Share of all need of a community that nobody meets, `[community, world]`."""
    people = model.communities
    met = total(people.need * people.coverage, axis=-2)
    return 1 - share_of(met, total(people.need, axis=-2))


def payments(model: MissionModel) -> np.ndarray:
    """Who paid whom in the month just lived, $m: `[donor, agency, world]`.

    Donors pay agencies by affinity, and through the pool, whose row says what each agency got of it; leaders
    raise money for the mission's components, whose posts are paid from dues. Time for raising money and
    shares of the pool have moved on since the payments, so that they are read off what arrived: all that
    agencies received is in the table, and all that donors paid but for troops, projects and offices.
    """
    donors, agencies = model.donors, model.agencies
    component = agencies.voluntary == 0
    received, pool = agencies.received, donors.disbursed[-1]
    given = donors.disbursed[donors.giving] * (1 - donors.pooled_part())
    straight = total(received[~component], axis=0) - pool  # what no pool or component took
    direct = np.clip(share_of(straight, total(given, axis=0)), 0, 1)
    paid = np.zeros((len(donors), len(agencies), model.worlds), np.float32)
    paid[donors.giving] = donors.affinity[donors.giving] * (given * direct)[:, None]
    raised = (given * (1 - direct))[:, None] / np.float32(max(component.sum(), 1))
    paid[donors.giving] = np.where(component[:, None], raised, paid[donors.giving])
    rest = np.maximum(received - total(paid, axis=0), 0)
    paid[0], paid[-1] = np.where(component[:, None], rest, 0), np.where(component[:, None], 0, rest)
    return paid


def status_of(model: MissionModel) -> list[str]:
    """Say of the mission of each world: absent, deployed, leaving, office or gone."""
    hq = model.headquarters
    return [
        _status(bool(there > 0), bool(left > 0), bool(office > 0))
        for there, left, office in zip(hq.presence, hq.leaving, hq.office, strict=True)
    ]


def _status(there: bool, left: bool, office: bool) -> str:
    if not left:
        return "deployed" if there else "absent"
    return "leaving" if there else "office" if office else "gone"


class Film:
    """Months of both missions, gathered to be told together.

    Parameters
    ----------
    model : MissionModel
        Of two worlds, the missions.
    """

    def __init__(self, model: MissionModel) -> None:
        self._model, self._scale = model, scale_of(model)
        self._start = model.month
        self._bytes: dict[str, list[np.ndarray]] = {}
        self._status: list[list[str]] = []

    def take(self) -> None:
        """Take in the month that was just lived."""
        model, agencies = self._model, self._model.agencies
        pictures = {
            "trust": model.communities.trust,
            "need": unmet_need(model),
            "violence": model.communities.violence,
            "money": np.sqrt(payments(model) / np.float32(self._scale["money"])),
            "staff": np.sqrt(agencies.staff / np.float32(self._scale["staff"])),
            "delivering": agencies.delivering,
        }
        for name, shares in pictures.items():
            self._bytes.setdefault(name, []).append(_as_bytes(shares))
        self._status.append(status_of(model))

    def told(self) -> dict[str, Any]:
        """Tell the months so far, as `Months` of the protocol without id and events; `to` is the next."""
        lines = lines_of(self._model.recorder.series, slice(self._start, self._model.month))
        return {
            "tell": "months",
            "from": self._start,
            "to": self._model.month,
            "missions": [self._of_mission(mission, lines) for mission in range(self._model.worlds)],
        }

    def _of_mission(self, mission: int, lines: Mapping[str, np.ndarray]) -> dict[str, Any]:
        texts = {name: _as_text(shares, mission) for name, shares in self._bytes.items()}
        return {
            "lines": {name: shortest(values[:, mission]) for name, values in lines.items()},
            "places": {name: texts.pop(name) for name in ("trust", "need", "violence")},
            **texts,
            "status": [status[mission] for status in self._status],
        }


def shortest(values: np.ndarray) -> list[float]:
    """Write single-precision numbers with as few digits as tell them apart."""
    return [float(str(value)) for value in values.astype(np.float32)]


def _as_bytes(shares: np.ndarray) -> np.ndarray:
    return (np.clip(shares, 0, 1) * 255 + np.float32(0.5)).astype(np.uint8)


def _as_text(months: list[np.ndarray], mission: int) -> str:
    whole = b"".join(np.ascontiguousarray(month[..., mission]).tobytes() for month in months)
    return b64encode(whole).decode()
