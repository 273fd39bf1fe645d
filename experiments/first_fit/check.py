"""Hold the default parameters against published figures on fresh worlds."""

import csv
import sys
from pathlib import Path

import numpy as np

from mipo_sim.model import MissionModel
from mipo_sim.outcomes import outcomes_of

WORLDS, BLOCK, SEED, MONTHS = 500, 125, 90210, 181
ACTIVE = 0.15  # violence of a district that a year's event data would show as active; a judgement
FORMS: dict[str, dict[str, float]] = {
    "no mission": {"mandate.deploy": 0},
    "mission": {},
    "stay": {"exit.by_benchmarks": 0, "exit.follow_on": 0},
    "leave at 24": {
        "exit.by_benchmarks": 0,
        "exit.by_timetable": 1,
        "exit.timetable_month": 24,
        "exit.drawdown_months": 6,
        "exit.follow_on": 0,
    },
    "truce": {"mandate.deploy": 0, "situation.settlement": 0.15},
    "inclusive deal": {"mandate.deploy": 0, "situation.settlement": 0.9},
}


def live(form: dict[str, float]) -> dict[str, np.ndarray]:
    """Run a form and keep relapse times, series and district violence, worlds last."""
    parts: list[dict[str, np.ndarray]] = []
    for first in range(0, WORLDS, BLOCK):
        model = MissionModel(
            form, worlds=BLOCK, replicates=range(first, first + BLOCK), seed=SEED, months=MONTHS
        )
        places = []
        while model.month < MONTHS:
            model.step()
            places.append(model.districts.violence.copy())
        parts.append(
            dict(model.recorder.series)
            | outcomes_of(model)
            | {"places": np.stack(places), "donors": yearly(model)}
        )
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


def yearly(model: MissionModel) -> np.ndarray:
    """Years of voluntary money, for its volatility."""
    paid = model.recorder.series["money_pledged"][: 12 * (MONTHS // 12)]
    return paid.reshape(-1, 12, model.worlds).sum(axis=1)


def failed(run: dict[str, np.ndarray], years: float) -> float:
    """Share of worlds that relapsed within so many years."""
    return float(np.mean(run["relapse_month"] < 12 * years))


def hazard(run: dict[str, np.ndarray], start: float, end: float) -> float:
    """Yearly hazard of relapse between two years."""
    at_risk, by_end = 1 - failed(run, start), 1 - failed(run, end)
    return float(-np.log(by_end / at_risk) / (end - start)) if at_risk and by_end else np.nan


def weibull_shape(run: dict[str, np.ndarray], months: int = 120) -> float:
    """Shape of a Weibull fit with right censoring, from month 0; below one the hazard falls."""
    time = np.where(np.isnan(run["relapse_month"]), months, run["relapse_month"] + 0.5)
    event = time < months
    time = np.minimum(time, months)
    low, high = 0.05, 5.0
    for _ in range(60):  # the score in the shape is monotone: bisect it
        shape = (low + high) / 2
        power = time**shape
        score = 1 / shape + np.mean(np.log(time[event])) - np.sum(power * np.log(time)) / np.sum(power)
        low, high = (shape, high) if score > 0 else (low, shape)
    return shape


def districts(run: dict[str, np.ndarray], neighbours: list[np.ndarray]) -> tuple[float, list[float]]:
    """Yearly persistence of an active district, and onset in a quiet one by its active neighbours."""
    years = (
        run["places"][: 12 * (MONTHS // 12)].reshape(-1, 12, *run["places"].shape[1:]).max(axis=1) >= ACTIVE
    )
    now, then = years[:-1], years[1:]
    beside = np.stack([now[:, near].sum(axis=1) for near in neighbours], axis=1)
    onset = [float(then[~now & (beside == n)].mean()) for n in (0, 1, 2)]
    return float(then[now].mean()), onset


def neighbours_of(districts: int = 14) -> list[np.ndarray]:
    """The four nearest districts of each."""
    distance = MissionModel(months=1).country.district_distance
    return [np.argsort(distance[d])[1:5] for d in range(districts)]


def table() -> list[tuple[str, str, float, float, float]]:
    """Rows of (target, what, low, high, simulated)."""
    run = {name: live(form) for name, form in FORMS.items()}
    none, mission = run["no mission"], run["mission"]
    persistence, onset = districts(none, neighbours_of())
    war = none["violence"] >= 0.25
    again = float((war[12:] & war[:-12]).sum() / max(war[:-12].sum(), 1))
    cumulative = [-np.log(1 - failed(r, 10)) for r in (mission, none)]
    deal = -np.log(1 - failed(run["inclusive deal"], 10)) / -np.log(1 - failed(run["truce"], 10))
    peace = {"no mission": none, "mission": mission}
    bands = {
        "no mission": ("T1", ((1, 0.25, 0.45), (5, 0.45, 0.70), (10, 0.55, 0.78), (15, 0.60, 0.82))),
        "mission": ("T2", ((1, 0.08, 0.30), (5, 0.22, 0.48), (10, 0.28, 0.55), (15, 0.32, 0.60))),
    }
    rows = [
        (target, f"relapse by {years} years, {name}", low, high, failed(peace[name], years))
        for name, (target, limits) in bands.items()
        for years, low, high in limits
    ]
    ramp = mission["troops"].mean(axis=1)
    late = hazard(none, 5, 10) / hazard(none, 0, 1)
    leaving = failed(run["leave at 24"], 10) - failed(run["stay"], 10)
    swings = float(np.diff(np.log(mission["donors"]), axis=0).std())
    return [
        *rows,
        ("T3", "ratio of cumulative hazards, 10 years", 0.25, 0.75, cumulative[0] / cumulative[1]),
        ("T4", "Weibull shape, no mission", 0.38, 0.70, weibull_shape(none)),
        ("T4", "Weibull shape, mission", 0.38, 0.70, weibull_shape(mission)),
        ("T4", "hazard in years 5-10 against year 1", 0, 0.30, late),
        (
            "T5",
            "5-year share of 10-year relapses, no mission",
            0.63,
            0.93,
            failed(none, 5) / failed(none, 10),
        ),
        ("T5", "the same, mission", 0.63, 0.93, failed(mission, 5) / failed(mission, 10)),
        ("T7", "cumulative hazard, inclusive deal against truce", 0.20, 0.70, deal),
        ("T9", "leaving at month 24 against staying, 10 years", 0.05, 0.30, leaving),
        ("T10", "month with 95 % of the most troops", 7, 17, float(np.argmax(ramp >= 0.95 * ramp.max()))),
        ("T11", "vacancy in the first two years", 0.15, 0.40, 1 - float(mission["posts_filled"][:24].mean())),
        ("T12", "paid on schedule", 0.35, 0.60, float(mission["money_on_time"].mean())),
        ("T12", "need met in the first six years", 0.45, 0.80, float(mission["need_met"][:72].mean())),
        ("T12", "best against worst sector", 0.25, 0.60, float(mission["sector_gap"].mean())),
        ("T14", "s.d. of yearly change of voluntary money (ln)", 0.15, 0.45, swings),
        ("T16", "yearly persistence of an active district", 0.35, 0.60, persistence),
        ("T16", "onset, no active neighbour", 0.01, 0.04, onset[0]),
        ("T16", "onset, one active neighbour", 0.03, 0.12, onset[1]),
        ("T16", "onset, two active neighbours", 0.055, 0.22, onset[2]),
        (
            "T17",
            "gain of state capacity, 10 years",
            0,
            0.4,
            float((mission["state_capacity"][120] - 0.2).max()),
        ),
        ("-", "war a year after war, no mission", 0.60, 0.90, again),
        ("-", "overhead, mix of 2007", 0.10, 0.25, float(mission["overhead"].mean())),
        ("-", "duplication, mix of 2007", 0.10, 0.30, float(mission["duplication"].mean())),
    ]


def main() -> None:
    """Print the table and keep it beside this file."""
    rows = table()
    with (Path(__file__).parent / "result.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["target", "what", "low", "high", "simulated", "inside"])
        for target, what, low, high, value in rows:
            inside = low <= value <= high
            out.writerow([target, what, low, high, f"{value:.3f}", "yes" if inside else "no"])
            mark = "" if inside else "outside"
            sys.stdout.write(f"{target:4s} {what:50s} {low:5.2f} .. {high:5.2f}  {value:7.3f}  {mark}\n")


if __name__ == "__main__":
    main()
