"""What outcomes depend on: shares of variance, sensitivity to axes, parts of the space."""

import numpy as np
import pandas as pd

from mipo_sim.analysis import morris_effects, scenario_boxes, sobol_indices, variance_shares
from mipo_sim.analysis.wording import records
from mipo_sim.figures.boxes import box_limits
from mipo_sim.figures.dependence import morris_points, sobol_bars, variance_bars
from mipo_sim.figures.page import measure_of
from mipo_sim.studies.method import Drawn, Lines, Method, Worlds, outcome_name, percent

SHOWN = 12  # axes that a sensitivity table lists


def _variance(worlds: Worlds) -> pd.DataFrame:
    situation = "situation" if worlds.rows["situation"].nunique() > 1 else None
    tables = [
        variance_shares(worlds.rows, outcome, situation=situation).assign(outcome=outcome)
        for outcome in worlds.outcomes
    ]
    return pd.concat(tables, ignore_index=True)


def _lay_out_variance(table: pd.DataFrame) -> Lines:
    outcomes = list(dict.fromkeys(table["outcome"]))
    said = {(row.effect, row.outcome): percent(row.share, row.low, row.high) for row in records(table)}
    effects = dict.fromkeys(table["effect"])
    heads = ("what worlds differ by", *(outcome_name(name) for name in outcomes))
    return [heads, *((effect, *(said.get((effect, name), "-") for name in outcomes)) for effect in effects)]


def _say_variance(table: pd.DataFrame) -> list[str]:
    said = []
    for outcome, rows in table.groupby("outcome", sort=False):
        parts = [f"{row.effect} {percent(row.share, row.low, row.high)}" for row in records(rows)]
        name = outcome_name(str(outcome))
        said.append(f"What makes worlds differ in {name[:1].lower()}{name[1:]}: {', '.join(parts)}.")
    return said


def _draw_variance(table: pd.DataFrame) -> Drawn:
    return variance_bars(table)


def _sobol(worlds: Worlds) -> pd.DataFrame:
    tables = [
        sobol_indices(worlds.rows, worlds.axes, outcome, order=worlds.order).assign(outcome=outcome)
        for outcome in worlds.outcomes
    ]
    return pd.concat(tables, ignore_index=True)


def _lay_out_sobol(table: pd.DataFrame) -> Lines:
    lines: Lines = [("outcome", "axis", "alone", "with interactions")]
    for outcome, rows in table.groupby("outcome", sort=False):
        found = {(row.axis, row.index): percent(row.value, row.low, row.high) for row in records(rows)}
        total = rows[rows["index"] == "total"].sort_values("value", ascending=False)
        for axis in total["axis"].head(SHOWN):
            lines.append((outcome_name(str(outcome)), axis, found[axis, "first"], found[axis, "total"]))
    return lines


def _say_sobol(table: pd.DataFrame) -> list[str]:
    said = []
    for outcome, rows in table.groupby("outcome", sort=False):
        total = rows[(rows["index"] == "total") & (rows["low"] > 0)].sort_values("value", ascending=False)
        parts = [f"{row.axis} {percent(row.value, row.low, row.high)}" for row in records(total.head(3))]
        most = ", ".join(parts) or "no axis clearly"
        noise = rows["noise"].iloc[0]
        luck = f" About {100 * noise:.0f} % of it is luck left in the points." if np.isfinite(noise) else ""
        luck += " A range that passes 100 % says that there are few points." * bool((total["high"] > 1).any())
        head = "Of the variance between points, with interactions, most comes from"
        said.append(f"{outcome_name(str(outcome))}. {head} {most}.{luck}")
    return said


def _draw_sobol(table: pd.DataFrame) -> Drawn:
    outcome = table["outcome"].iloc[0]
    return sobol_bars(table[table["outcome"] == outcome], outcome)


def _morris(worlds: Worlds) -> pd.DataFrame:
    tables = [
        morris_effects(worlds.rows, worlds.axes, outcome).assign(outcome=outcome)
        for outcome in worlds.outcomes
    ]
    return pd.concat(tables, ignore_index=True)


def _lay_out_morris(table: pd.DataFrame) -> Lines:
    lines: Lines = [("outcome", "axis", "mean size of an effect", "mean effect", "spread")]
    for outcome, rows in table.groupby("outcome", sort=False):
        found = {(row.axis, row.measure): _effect(row) for row in records(rows)}
        largest = rows[rows["measure"] == "mu_star"].sort_values("value", ascending=False)["axis"].head(SHOWN)
        for axis in largest:
            cells = (found[axis, measure] for measure in ("mu_star", "mu", "sigma"))
            lines.append((outcome_name(str(outcome)), axis, *cells))
    return lines


def _effect(row) -> str:
    return f"{row.value:.3f} ({row.low:.3f} to {row.high:.3f})"


def _say_morris(table: pd.DataFrame) -> list[str]:
    said = []
    for outcome, rows in table.groupby("outcome", sort=False):
        largest = rows[rows["measure"] == "mu_star"].sort_values("value", ascending=False).head(3)
        parts = [f"{row.axis} {_effect(row)}" for row in records(largest)]
        said.append(f"{outcome_name(str(outcome))} moves most with {', '.join(parts)}.")
    return said


def _draw_morris(table: pd.DataFrame) -> Drawn:
    outcome = table["outcome"].iloc[0]
    return morris_points(table[table["outcome"] == outcome], outcome)


def _boxes(worlds: Worlds) -> pd.DataFrame:
    (event,) = worlds.outcomes
    return scenario_boxes(worlds.rows, worlds.axes, event).assign(outcome=event)


def _lay_out_boxes(table: pd.DataFrame) -> Lines:
    lines: Lines = [("box", "bounded by", "share of worlds there", "everywhere", "clear")]
    for number, rows in table.groupby("box", sort=False):
        first = records(rows)[0]
        there = percent(first.density, first.density_low, first.density_high)
        clear = "yes" if first.clear else "no"
        bounds = "; ".join(_bound(row) for row in records(rows))
        lines.append((str(number), bounds, there, f"{100 * first.everywhere:.0f} %", clear))
    return lines


def _bound(row) -> str:
    if isinstance(row.options, str) and row.options:
        return f"{row.axis} only {row.options}"
    low = f"above {row.low:.3g}" if np.isfinite(row.low) else ""
    high = f"up to {row.high:.3g}" if np.isfinite(row.high) else ""
    return f"{row.axis} {' '.join(filter(None, (low, high)))}"


def _say_boxes(table: pd.DataFrame) -> list[str]:
    clear = [rows for _, rows in table.groupby("box", sort=False) if rows["clear"].all()]
    if not clear:
        return ["No part of the space stands out clearly."]
    first = records(clear[0])
    there = percent(first[0].density, first[0].density_low, first[0].density_high)
    bounds = "; ".join(_bound(row) for row in first)
    head = f"{outcome_name(first[0].outcome)} is most frequent where {bounds}"
    return [f"{head}: {there} of worlds, {100 * first[0].everywhere:.0f} % everywhere."]


def _draw_boxes(table: pd.DataFrame) -> Drawn:
    if table.empty:
        return None
    return box_limits(table.drop(columns="outcome"), measure_of(table["outcome"].iloc[0]).name)


VARIANCE = Method(_variance, _lay_out_variance, _say_variance, _draw_variance)
SOBOL = Method(_sobol, _lay_out_sobol, _say_sobol, _draw_sobol, sampled=True, kind="saltelli")
MORRIS = Method(_morris, _lay_out_morris, _say_morris, _draw_morris, sampled=True, kind="morris")
BOXES = Method(_boxes, _lay_out_boxes, _say_boxes, _draw_boxes, sampled=True)
