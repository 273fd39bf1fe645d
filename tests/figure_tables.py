"""Small tables made by hand, with the columns that the analyses give, and the pictures drawn from them."""

import numpy as np
import pandas as pd

from mipo_sim import figures
from mipo_sim.figures.page import sheet

FORMS = ("full", "no_mission", "mix_of_2007")
NAN = float("nan")


def table(columns, *rows):
    return pd.DataFrame(rows, columns=columns.split())


def joined(*tables):
    return pd.concat(tables, ignore_index=True)


def curve(form, monthly, months=60, worlds=100, watched=1.0):
    """Survival with a constant monthly hazard."""
    month = np.arange(months + 1)
    at_peace = (1 - monthly) ** month
    reach = 0.4 * at_peace * (1 - at_peace)
    left = np.round(worlds * at_peace * watched ** (month / 12)).astype(int)
    bounds = {"low": np.maximum(at_peace - reach, 0), "high": np.minimum(at_peace + reach, 1)}
    return pd.DataFrame({"form": form, "month": month, "at_peace": at_peace, **bounds, "at_risk": left})


def curves():
    return joined(*map(curve, FORMS, (0.005, 0.03, 0.012)))


def ends():
    tables = []
    for form, relapse, leaving in (("full", 0.25, 0.5), ("no_mission", 0.6, 0.0)):
        month = np.arange(61)
        shares = {"relapse": relapse * month / 60, "exit": leaving * (month / 60) ** 2}
        shares["neither"] = 1 - shares["relapse"] - shares["exit"]
        for end, share in shares.items():
            reach = 0.3 * share * (1 - share)
            bounds = {"low": share - reach, "high": share + reach}
            at_risk = np.round(100 * shares["neither"]).astype(int)
            tables.append(
                pd.DataFrame(
                    {"form": form, "month": month, "end": end, "share": share, **bounds, "at_risk": at_risk}
                )
            )
    return joined(*tables)


HAZARDS = table(
    "form first_month last_month relapses years hazard low high",
    ("full", 1, 12, 10, 95, 0.105, 0.05, 0.19),
    ("full", 13, 24, 4, 88, 0.045, 0.012, 0.12),
    ("full", 25, 36, 0, 80, 0, 0, 0.046),
    ("no_mission", 1, 12, 30, 85, 0.353, 0.24, 0.5),
    ("no_mission", 13, 24, 12, 60, 0.2, 0.1, 0.35),
    ("no_mission", 25, 36, 0, 0, NAN, NAN, NAN),
)

DIFFERENCES = table(
    "form reference outcome difference low high pairs clear",
    ("full", "no_mission", "relapse_5_years", -0.12, -0.2, -0.04, 200, True),
    ("full", "mix_of_2007", "relapse_5_years", 0.02, -0.05, 0.09, 200, False),
    ("full", "no_mission", "need_met", 0.21, 0.18, 0.24, 200, True),
    ("full", "mix_of_2007", "need_met", -0.01, -0.03, 0.01, 200, False),
    ("full", "no_mission", "cost", 310, 290, 330, 200, True),
    ("full", "mix_of_2007", "cost", 15, -4, 34, 200, False),
)

CAUSES = {"coordination": 0.12, "reporting": 0.06, "waiting": 0.04, "rivalry": 0.02}
OVERHEAD = table(
    "form cause mean low high worlds",
    *((form, cause, share * by, share * by * 0.9, share * by * 1.1, 200)
      for form, by in (("full", 1.0), ("mix_of_2007", 0.6))
      for cause, share in CAUSES.items()),
)  # fmt: skip


def monthly():
    """Need met and the flow of money over five years."""
    tables, month = [], np.arange(60)
    for form, level in (("full", 1.0), ("mix_of_2007", 0.7)):
        series = {
            "need_met": 0.6 * level * (1 - np.exp(-month / 20)),
            "money_pledged": 30 * level * np.exp(-month / 40),
            "money_paid": 22 * level * np.exp(-((month - 15) ** 2) / 600),
            "money_on_time": 0.5 + 0.3 * level * month / 60,
        }
        for measure, mean in series.items():
            bounds = {"low": 0.8 * mean, "high": np.minimum(1.2 * mean, 1 if mean.max() < 1 else np.inf)}
            tables.append(
                pd.DataFrame({"form": form, "measure": measure, "month": month, "mean": mean, **bounds})
            )
    return joined(*tables)


BEST = table(
    "scenario form mean mean_low mean_high worlds leader difference low high pairs possible clear",
    ("calm", "full", 0.1, 0.06, 0.16, 100, True, 0, 0, 0, 100, True, True),
    ("calm", "no_mission", 0.3, 0.22, 0.4, 100, False, 0.2, 0.1, 0.3, 100, False, False),
    ("calm", "mix_of_2007", 0.2, 0.13, 0.29, 100, False, 0.1, 0.02, 0.2, 100, False, False),
    ("harsh", "full", 0.52, 0.42, 0.62, 100, False, 0.02, -0.1, 0.14, 100, True, False),
    ("harsh", "no_mission", 0.8, 0.71, 0.87, 100, False, 0.3, 0.2, 0.4, 100, False, False),
    ("harsh", "mix_of_2007", 0.5, 0.4, 0.6, 100, True, 0, 0, 0, 100, True, False),
)

ROBUST = table(
    "form measure value low high situations worlds",
    ("full", "mean", 0.31, 0.25, 0.37, 5, 500),
    ("full", "maximum_regret", 0.02, 0, 0.06, 5, 500),
    ("full", "satisficing", 0.8, 0.4, 1, 5, 500),
    ("mix_of_2007", "mean", 0.35, 0.3, 0.4, 5, 500),
    ("mix_of_2007", "maximum_regret", 0.1, 0.04, 0.14, 5, 500),
    ("mix_of_2007", "satisficing", 0.6, 0.2, 1, 5, 500),
    ("no_mission", "mean", 0.55, 0.5, 0.6, 5, 500),
    ("no_mission", "maximum_regret", 0.3, 0.2, 0.35, 5, 500),
    ("no_mission", "satisficing", 0.2, 0, 0.6, 5, 500),
)

FRONT = table(
    "form outcome mean low high worlds on_front probability",
    ("full", "relapse_5_years", 0.3, 0.25, 0.35, 200, True, 0.97),
    ("full", "cost", 420, 400, 440, 200, True, 0.97),
    ("mix_of_2007", "relapse_5_years", 0.36, 0.3, 0.42, 200, True, 0.8),
    ("mix_of_2007", "cost", 390, 370, 410, 200, True, 0.8),
    ("no_mission", "relapse_5_years", 0.55, 0.5, 0.6, 200, True, 1.0),
    ("no_mission", "cost", 0, 0, 0, 200, True, 1.0),
    ("pooled", "relapse_5_years", 0.4, 0.35, 0.45, 200, False, 0.1),
    ("pooled", "cost", 430, 410, 450, 200, False, 0.1),
)

SOBOL = table(
    "axis index value low high samples worlds noise",
    ("situation.hostility", "first", 0.42, 0.3, 0.54, 64, 2560, 0.05),
    ("integration.tactical", "first", 0.1, 0.02, 0.18, 64, 2560, 0.05),
    ("mandate.troops", "first", -0.01, -0.05, 0.03, 64, 2560, 0.05),
    ("situation.hostility", "total", 0.6, 0.45, 0.75, 64, 2560, 0.05),
    ("integration.tactical", "total", 0.3, 0.2, 0.4, 64, 2560, 0.05),
    ("mandate.troops", "total", 0.02, 0, 0.04, 64, 2560, 0.05),
)

AXES = ("situation.hostility", "integration.tactical", "mandate.troops")
MORRIS = table(
    "axis measure value low high trajectories worlds noise",
    *((axis, measure, size * by, 0.7 * size * by, 1.3 * size * by, 10, 400, 0.1)
      for axis, size in zip(AXES, (0.3, 0.12, 0.05), strict=True)
      for measure, by in (("mu_star", 1.0), ("mu", -0.8), ("sigma", 0.6 if size > 0.1 else 1.5))),
)  # fmt: skip

SHARES = table(
    "effect variance share low high worlds left_out",
    ("luck", 0.55, 0.55, 0.48, 0.61, 600, 0),
    ("situation", 0.2, 0.2, 0.15, 0.26, 600, 0),
    ("form", 0.08, 0.08, 0.05, 0.12, 600, 0),
    ("luck × situation", 0.14, 0.14, 0.1, 0.19, 600, 0),
    ("luck × form", 0.035, 0.035, 0.01, 0.06, 600, 0),
    ("situation × form", -0.005, -0.005, -0.02, 0.01, 600, 0),
)

BOXES = table(
    "box axis low high options reproduced density density_low density_high coverage coverage_low "
    "coverage_high everywhere clear points worlds",
    (1, "situation.hostility", 0.6, np.inf, "", 0.95, 0.7, 0.6, 0.78, 0.4, 0.3, 0.5, 0.25, True, 40, 400),
    (1, "funding", NAN, NAN, "earmarked", 0.5, 0.7, 0.6, 0.78, 0.4, 0.3, 0.5, 0.25, True, 40, 400),
    (2, "mandate.troops", 2, 8, "", 0.6, 0.35, 0.2, 0.45, 0.3, 0.2, 0.4, 0.25, False, 60, 600),
)


def strip():
    """The split of the spread, on axes of their own."""
    return figures.spread_strip(sheet(7, 1.6).subplots(), SHARES)


PICTURES = {
    "survival": lambda: figures.survival_curves(curves()),
    "ends": lambda: figures.ends_over_time(ends()),
    "hazards": lambda: figures.hazards(HAZARDS),
    "differences": lambda: figures.forest(DIFFERENCES),
    "overhead": lambda: figures.overhead_bars(OVERHEAD),
    "months": lambda: figures.lines_over_months(monthly(), "need_met"),
    "money": lambda: figures.money_flows(monthly()),
    "best": lambda: figures.best_heatmap(BEST, "relapse_5_years", shares=SHARES),
    "robustness": lambda: figures.robustness_dots(ROBUST, "relapse_5_years"),
    "trade_off": lambda: figures.trade_off(FRONT),
    "sobol": lambda: figures.sobol_bars(SOBOL, "need_met"),
    "morris": lambda: figures.morris_points(MORRIS, "need_met"),
    "variance": lambda: figures.variance_bars(SHARES),
    "strip": strip,
    "boxes": lambda: figures.box_limits(BOXES, "relapse_5_years"),
}
