"""Quantities that are worth a word when they pass a level, and what is said of them then.

The levels decide what is told and nothing else: they are no findings, and no rule of the country reads them.
What was told once is not told again before the quantity has gone all the way back, so that nothing flickers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from mipo_sim.actors.agencies import HumanitarianAgency
from mipo_sim.ensemble import total
from mipo_sim.live.frames import lines_of
from mipo_sim.model import MissionModel

Read = Callable[[MissionModel], np.ndarray]


@dataclass(frozen=True)
class Mark:
    """A quantity with two levels.

    Attributes
    ----------
    of : str
        The state that it is, or is made of: "kind.state".
    read : callable
        The quantity, `[world]` or `[row, world]`.
    low, high : float
        At or below the one and at or above the other there is something to tell.
    up, down : str
        What is told then; "" for nothing.
    weight_up, weight_down : int
        How much it weighs, 1 to 3.
    first : {"up", "down", "either"}
        Which is told first: fighting ends only where it has broken out.
    rows : {"", "district", "who"}
        What the rows are.
    value : callable, optional
        The number that is told, where it is not the quantity itself.
    who : callable, optional
        The row that is pointed at, of the kind of `of`, by world or by row and world.
    settles : bool
        Whether it is not known before the first month, which then counts as its start.
    """

    of: str
    read: Read
    low: float
    high: float
    up: str = ""
    down: str = ""
    weight_up: int = 2
    weight_down: int = 1
    first: Literal["up", "down", "either"] = "up"
    rows: Literal["", "district", "who"] = ""
    value: Read | None = None
    who: Read | None = None
    settles: bool = False

    def side(self, quantity: np.ndarray) -> np.ndarray:
        """Which side of the levels a quantity starts on: 1, -1, or 0 where both can be told."""
        between = {"up": -1, "down": 1, "either": 0}[self.first]
        return np.where(quantity >= self.high, 1, np.where(quantity <= self.low, -1, between))


def _state(name: str) -> Read:
    kind, state = name.split(".")
    return lambda model: getattr(getattr(model, kind), state)


def _plain(of: str, low: float, high: float, up: str, down: str, **more: Any) -> Mark:
    """A state that is told as it is."""
    return Mark(of, _state(of), low, high, up, down, **more)


def _capacity(of: str, read: Read, what: str) -> list[Mark]:
    """A capacity at three steps, told on the way up and where it is lost again."""
    return [
        Mark(of, read, step - 0.05, step, f"{what}_abler", f"{what}_weaker", weight_down=2)
        for step in (0.3, 0.5, 0.7)
    ]


def _line(name: str) -> Read:
    """A line as it was drawn for the month just lived."""

    def read(model: MissionModel) -> np.ndarray:
        last = max(model.month - 1, 0)
        if model.month == 0:  # nothing is drawn before the first month
            return np.zeros(model.worlds, np.float32)
        return lines_of(model.recorder.series, slice(last, last + 1))[name][0]

    return read


def _trust_here(model: MissionModel) -> np.ndarray:
    return model.country.district_mean(model.communities.trust)


def _local_capacity(model: MissionModel) -> np.ndarray:
    country = model.country
    return country.national_mean(country.district_mean(model.communities.local_capacity))


def _against_war(model: MissionModel) -> np.ndarray:
    return model.districts.violence / model.p.conflict.war_threshold


def _posts(model: MissionModel) -> np.ndarray:
    hq = model.headquarters
    return hq.filled * (hq.presence > 0)


def _arrived(model: MissionModel) -> np.ndarray:
    """Share of the authorised troops that is there, where any are authorised."""
    force = model.force
    return total(force.deployed, axis=0) / len(force) * (model.p.mandate.troops > 0)


def _effective(model: MissionModel) -> np.ndarray:
    return total(model.force.effective, axis=0)


def _opened(model: MissionModel) -> np.ndarray:
    """Sectors that the sequence has reached, `[sector, world]`; without a mission none is waited for."""
    hq = model.headquarters
    return np.where((hq.presence > 0) & (hq.scope > 0), hq.gate, 1)


def formal_depth(model: MissionModel) -> np.ndarray:
    """How deep the form on paper goes, in the mean of its levels."""
    return total(model.team.formal, axis=0) / len(model.team.formal)


def _run_depth(model: MissionModel) -> np.ndarray:
    return total(model.team.in_force, axis=0) / len(model.team.in_force)


def _set_up(model: MissionModel) -> np.ndarray:
    return model.team.set_up * (_run_depth(model) > 0)


def _patience(model: MissionModel) -> np.ndarray:
    """What is left of member states' patience, where it decides and there is something to be tired of."""
    hq = model.headquarters
    decides = (model.p.exit.by_patience > 0) & (hq.presence > 0) & (hq.leaving == 0)
    return np.where(decides, hq.patience, 1)


def _humanitarians(model: MissionModel) -> np.ndarray:
    kinds = [np.full(len(part), isinstance(part, HumanitarianAgency)) for part in model.agencies.parts]
    return np.flatnonzero(np.concatenate(kinds))


def _access(model: MissionModel) -> np.ndarray:
    """Humanitarians' mean access by district, `[district, world]`; open where there are none."""
    rows = _humanitarians(model)
    if not len(rows):
        return np.ones_like(model.districts.violence)
    return total(model.agencies.access[rows], axis=0) / np.float32(len(rows))


def _least_access(model: MissionModel) -> np.ndarray:
    rows = _humanitarians(model)
    return rows[model.agencies.access[rows].argmin(axis=0)]


def _attacked(model: MissionModel) -> np.ndarray:
    return model.agencies.attacked * model.agencies.staff / 1000


def _most_attacked(model: MissionModel) -> np.ndarray:
    return _attacked(model).max(axis=0, initial=0)


def _lost_staff(model: MissionModel) -> np.ndarray:
    return (model.agencies.staff * (1 - model.agencies.delivering)).argmax(axis=0)


MARKS = (
    # the mission and its form
    Mark("headquarters.filled", _posts, 0.3, 0.5, "posts_half", weight_up=1),
    Mark("headquarters.filled", _posts, 0.6, 0.8, "posts_most"),
    Mark("force.deployed", _arrived, 0.5, 0.8, "troops_there", value=_effective),
    Mark("headquarters.gate", _opened, 0.4, 0.5, "sector_opens", weight_up=1, first="down", rows="who"),
    Mark("team.set_up", _run_depth, 0.005, 0.02, "form_begins", value=formal_depth),
    Mark("team.set_up", _set_up, 0.5, 0.9, "form_set_up", value=_run_depth),
    _plain("team.cohesion", 0.2, 0.6, "team_united", "team_apart", weight_down=2, first="either"),
    _plain("team.delay", 1, 2, "decisions_pile_up", "decisions_flow"),
    Mark("headquarters.patience", _patience, 0.25, 0.5, down="patience_thin", weight_down=2, first="down"),
    # the country
    _plain(
        "government.settlement",
        *(0.45, 0.5, "deal_past_half", "deal_under_half"),
        weight_up=3,
        weight_down=3,
    ),
    Mark(
        "districts.violence",
        _against_war,
        *(0.5, 1, "fighting_breaks_out", "fighting_ends"),
        rows="district",
        value=_state("districts.violence"),
    ),
    _plain("armed_groups.strength", 0.15, 0.5, "group_gathers", "group_fades", first="either", rows="who"),
    _plain("government.arrears", 1.5, 3, "soldiers_unpaid", "soldiers_paid"),
    *_capacity("government.capacity", _state("government.capacity"), "state"),
    *_capacity("communities.local_capacity", _local_capacity, "local"),
    _plain("neighbours.conflict", 0.35, 0.5, "neighbour_flares", "neighbour_calms", rows="who"),
    _plain("neighbours.spill", 0.3, 0.5, "arms_cross", "", weight_up=1, rows="who"),
    # people
    _plain("government.need_met", 0.45, 0.5, "need_half_met", "need_under_half", weight_down=2),
    _plain("government.trust", 0.35, 0.65, "trust_won", "trust_lost", weight_down=2, first="either"),
    _plain(
        "government.confidence",
        *(0.15, 0.5, "confidence_won", "confidence_lost"),
        weight_down=2,
        first="either",
    ),
    Mark(
        "communities.trust",
        _trust_here,
        *(0.3, 0.5, "trust_won_here", "trust_lost_here"),
        weight_up=1,
        first="down",
        rows="district",
    ),
    # agencies
    Mark(
        "agencies.access",
        _access,
        *(0.8, 0.9, "access_regained", "access_lost"),
        weight_up=1,
        weight_down=2,
        first="down",
        rows="district",
        who=_least_access,
        settles=True,
    ),
    Mark(
        "agencies.attacked",
        _most_attacked,
        *(0.1, 0.25, "agency_attacked"),
        settles=True,
        who=lambda model: _attacked(model).argmax(axis=0),
    ),
    Mark("agencies.delivering", _line("overhead"), 0.3, 1 / 3, "time_lost", "time_won_back", who=_lost_staff),
    _plain("forum.duplication", 0.2, 0.3, "work_doubled", "work_sorted_out"),
    Mark(
        "donors.disbursed",
        lambda model: model.donors.disbursed[-1],
        *(0.01, 0.05, "pool_pays"),
        weight_up=1,
        who=lambda model: np.full(model.worlds, len(model.donors) - 1),
    ),
)
