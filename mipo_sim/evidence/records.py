"""What is kept of each world so that it can be held against the published record."""

import numpy as np

from mipo_sim.actors import BilateralDonor
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import outcomes_of
from mipo_sim.parameters import ParameterError

ACTIVE = 0.15  # violence of a district that a year's event data would show as active; a judgement
NEAREST = 4  # districts that count as neighbours
RAMP = 36  # months over which deployment is watched
FIRST_YEARS = 24  # months over which vacancies and hiring are watched
CLASSES = 4  # active neighbours: 0, 1, 2, 3 and more


def keep_record(model: MissionModel) -> dict[str, np.ndarray]:
    """Live a block through, and keep what the targets need of each world, worlds last.

    Returns
    -------
    dict of str to array
        months_at_peace : [world]
            Whole months before relapse, not a number where there was none.
        months_gone : [world]
            Months from when the last of the mission had left to relapse or the end of the run; not a
            number where it did not leave, or not at peace.
        war : [2, world]
            Months at war with a year to go; those of them after which there was war a year later.
        deployed : [month, world]
            Share of the authorised troops that had arrived, over the first three years.
        vacancy, vacant, hired : [world]
            Over the first two years: mean share of posts vacant; vacant posts and posts filled, summed
            over months, against all posts.
        money : [donor, year, world]
            What each donor state paid, $m a year.
        persistence : [2, world]
            Active districts, and those of them active again in the next year.
        onset : [2, neighbours, world]
            Quiet districts by active neighbours (0, 1, 2, 3 and more), and those active in the next year.
        state_gain : [world]
            Gain of state capacity in ten years (or in the whole run) against the gap at the start.
        on_time, need_met, sector_gap, overhead, duplication : [world]
            Outcomes of the same or similar names.
    """
    if np.any(model.p.situation.violence >= model.p.conflict.war_threshold):
        raise ParameterError(
            "targets are counted from the start of a peace: situation.violence must be less than "
            "conflict.war_threshold"
        )
    districts, money, deployed = _months(model)
    outcomes, series = outcomes_of(model), model.recorder.series
    capacity = series["state_capacity"]
    gain = (capacity[:121][-1] - capacity[0]) / (1 - capacity[0])
    return (
        {name: outcomes[name] for name in ("need_met", "sector_gap", "overhead", "duplication")}
        | {"months_at_peace": outcomes["relapse_month"], "on_time": outcomes["money_on_time"]}
        | {"state_gain": gain, "deployed": deployed, "money": money, "war": _war(model)}
        | {"months_gone": _months_gone(model, outcomes)}
        | _hiring(model)
        | contagion(districts >= ACTIVE, model.country.district_distance)
    )


def _months(model: MissionModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Live all months: yearly peak of violence by district, yearly money by donor, troops that arrived."""
    years = model.months // 12
    states = model.donors.part(BilateralDonor)
    peaks = np.zeros((max(years, 1), len(model.districts), model.worlds), np.float32)
    money = np.zeros((len(states), max(years, 1), model.worlds), np.float32)
    deployed = np.zeros((min(RAMP, model.months), model.worlds), np.float32)
    regional = model.p.partners.regional_troops
    while model.month < model.months:
        year, month = model.month // 12, model.month
        model.step()
        if year < len(peaks):
            np.maximum(peaks[year], model.districts.violence, out=peaks[year])
            money[:, year] += states.disbursed
        if month < len(deployed):
            contingents, brigade = model.force.deployed
            deployed[month] = (1 - regional) * contingents + regional * brigade
    return peaks, money, deployed


def _war(model: MissionModel) -> np.ndarray:
    war = model.recorder.series["violence"] >= model.p.conflict.war_threshold
    return np.stack([war[:-12].sum(axis=0), (war[:-12] & war[12:]).sum(axis=0)])


def _months_gone(model: MissionModel, outcomes: dict[str, np.ndarray]) -> np.ndarray:
    """For worlds at peace when the last of the mission had left: how long peace held after that."""
    absent = model.recorder.series["presence"] <= 0
    gone = absent & (np.arange(model.months)[:, None] > outcomes["exit_month"])
    end = np.where(np.isnan(outcomes["relapse_month"]), model.months, outcomes["relapse_month"])
    after = end - gone.argmax(axis=0)
    return np.where(gone.any(axis=0) & (after > 0), after, np.nan)


def _hiring(model: MissionModel) -> dict[str, np.ndarray]:
    """Vacancies and hires: what was filled again after those who left in the month."""
    filled = model.recorder.series["posts_filled"][:FIRST_YEARS]
    stayed = filled[:-1] * (1 - model.p.headquarters.turnover / 12)
    return {
        "vacant": (1 - filled[:-1]).sum(axis=0),
        "hired": (filled[1:] - stayed).sum(axis=0),
        "vacancy": 1 - filled.mean(axis=0),
    }


def contagion(active: np.ndarray, distance: np.ndarray) -> dict[str, np.ndarray]:
    """Count districts by state and active neighbours, and what became of them in the next year.

    Parameters
    ----------
    active : array of bool, shape [year, district, world]
        Whether there was violence in a district in a year.
    distance : array, shape [district, district]
        How far apart districts are.

    Returns
    -------
    dict of str to array
        `persistence` and `onset` as in `keep_record`.
    """
    now, then = active[:-1], active[1:]
    beside = np.stack([now[:, near].sum(axis=1) for near in neighbours_of(distance)], axis=1)
    quiet = [~now & (np.minimum(beside, CLASSES - 1) == count) for count in range(CLASSES)]
    onset = [[cases.sum(axis=(0, 1)), (cases & then).sum(axis=(0, 1))] for cases in quiet]
    return {
        "persistence": np.stack([now.sum(axis=(0, 1)), (now & then).sum(axis=(0, 1))]),
        "onset": np.array(onset).swapaxes(0, 1),
    }


def neighbours_of(distance: np.ndarray) -> np.ndarray:
    """Find the nearest districts of each, `[district, neighbour]`; itself is nearest of all."""
    return np.argsort(distance, axis=1, kind="stable")[:, 1 : NEAREST + 1]
