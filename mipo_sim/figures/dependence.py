"""What an outcome depends on: sensitivity to axes, and what makes worlds differ."""

from textwrap import fill, shorten

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mipo_sim.analysis.wording import records
from mipo_sim.figures.page import (
    SMALL,
    Style,
    axes_or_new,
    first_of,
    head,
    house_style,
    measure_axis,
    measure_of,
    name_of,
    number_of,
    percentages,
    rows_of,
    whisker,
)
from mipo_sim.figures.style import (
    EFFECT_COLOURS,
    FAINT,
    INK,
    INTERACTION_COLOURS,
    INTERACTION_HATCHES,
    OTHERS,
    SOFT,
    only_grid,
)

MOST_AXES = 20
INDEX_WORDS = {"first": "alone (first order)", "total": "with all interactions (total)"}
NAMED = 8  # axes whose name has room in a scatter
ROOM = 0.13  # of a bar: the least part that has room for its words
STRIP_ROOM = 0.1
BAR = 95  # letters that a bar is wide
NOTHING = "0 % (0–0)"


@house_style
def sobol_bars(indices: pd.DataFrame, outcome: str, *, axes: Axes | None = None) -> Axes:
    """Draw first-order and total Sobol indices with intervals, the largest first.

    Parameters
    ----------
    indices : DataFrame
        As from `mipo_sim.analysis.sobol_indices`; indices of the second order are left to the table.
    outcome : str
        Whose variance.
    axes : Axes, optional
        Where to draw; on a sheet of its own if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Of more than 20 axes the largest are drawn, and a note counts the rest.
    """
    total = indices[indices["index"] == "total"].sort_values("value", ascending=False, na_position="last")
    shown, left_out = first_of(total["axis"], MOST_AXES, "axes, by total index")
    axes = axes_or_new(axes, 8.5, 2 + 0.42 * len(shown))
    looks = {"first": (-0.18, "#56b4e9", ""), "total": (0.18, "#cfe6f5", "////")}
    for index, (shift, colour, hatch) in looks.items():
        found = indices[indices["index"] == index].set_index("axis").loc[shown]
        places = np.arange(len(shown)) + shift
        style: Style = {"color": colour, "hatch": hatch, "ec": "white", "lw": 0, "label": INDEX_WORDS[index]}
        axes.barh(places, found["value"], height=0.34, **style)
        for place, row in zip(places, records(found), strict=True):
            whisker(axes, row.low, row.high, place, INK)
    axes.axvline(0, color=INK, lw=1)
    first = indices.iloc[0]
    note = (
        f"share of the variance, from {first['samples']:,} samples and {first['worlds']:,} worlds; whisker: "
    )
    title = f"{name_of(measure_of(outcome))}: what it depends on"
    percentages(axes.xaxis)
    rows_of(axes, [shorten(str(name), 44) for name in shown])
    head(axes, title, f"{note}95 % interval{_luck(first['noise'])}", left_out, key=2)
    only_grid(axes, "x")
    if indices["value"].isna().all():
        axes.text(0.5, 0.5, "the outcome is the same at all points", transform=axes.transAxes, ha="center")
        axes.set_xlim(0, 1)
    return axes


def _luck(noise: float) -> str:
    """Say how much of what is seen between points is luck."""
    return "" if np.isnan(noise) else f"; luck left between points: about {100 * noise:.0f} %"


@house_style
def morris_points(effects: pd.DataFrame, outcome: str, *, axes: Axes | None = None) -> Axes:
    """Draw how far each axis moves an outcome, against how unevenly it does.

    Parameters
    ----------
    effects : DataFrame
        As from `mipo_sim.analysis.morris_effects`.
    outcome : str
        What is moved.
    axes : Axes, optional
        Where to draw; on a sheet of its own if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The largest effects are numbered and named; those of the others are told from the table.
    """
    axes = axes_or_new(axes, 9, 4.8)
    table = effects.pivot(index="axis", columns="measure", values=["value", "low", "high"])
    table = table.sort_values(("value", "mu_star"), ascending=False)
    named, left_out = first_of(table.index, NAMED, "axes named, by mean size")
    for place, (name, row) in enumerate(table.iterrows()):
        colour = OTHERS[0] if name in named else SOFT
        x, y = row["value", "mu_star"], row["value", "sigma"]
        whisker(axes, row["low", "mu_star"], row["high", "mu_star"], y, FAINT if colour == SOFT else colour)
        whisker(axes, row["low", "sigma"], row["high", "sigma"], x, FAINT if colour == SOFT else colour, True)
        label = f"{place + 1}  {shorten(str(name), 44)}" if name in named else None
        axes.plot(x, y, "o", color=colour, ms=13 if name in named else 4, zorder=3, label=label)
        if name in named:
            axes.text(x, y, str(place + 1), color="white", ha="center", va="center", fontsize=8, zorder=4)
    edge = 1.05 * max(np.nanmax(table.to_numpy(), initial=0), 1e-9)
    axes.plot([0, edge], [0, edge], color=SOFT, lw=0.9, ls=(0, (4, 3)), zorder=1)
    first = effects.iloc[0]
    note = (
        f"one axis at a time by half of its range, {first['trajectories']:,} trajectories, "
        f"{first['worlds']:,} worlds; whisker: 95 % interval{_luck(first['noise'])}"
    )
    uneven = "above the dashed line an axis acts unevenly, or through others"
    measure = measure_of(outcome)
    head(axes, f"{name_of(measure)}: how far each axis moves it", note, uneven, left_out)
    axes.set_xlim(0, edge)
    axes.set_ylim(0, edge)
    measure_axis(axes.xaxis, measure, "mean size of an effect (mu*)")
    measure_axis(axes.yaxis, measure, "its spread (sigma)")
    beside: Style = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5), "handlelength": 0, "markerscale": 0}
    axes.legend(**beside, frameon=False, fontsize=SMALL)
    return axes


@house_style
def variance_bars(shares: pd.DataFrame, *, axes: Axes | None = None) -> Axes:
    """Draw what makes worlds differ: a stacked bar an outcome, with the interval of every part.

    Parameters
    ----------
    shares : DataFrame
        As from `mipo_sim.analysis.variance_shares`; with a column `outcome` where there are several.
    axes : Axes, optional
        Where to draw; on a sheet of its own if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Shares a little below zero, which stand for none, are drawn as none.
    """
    table = shares if "outcome" in shares else shares.assign(outcome="")
    outcomes, left_out = first_of(table["outcome"], 12, "outcomes")
    axes = axes_or_new(axes, 9.5, 1.9 + 0.85 * len(outcomes))
    effects = list(dict.fromkeys(table["effect"]))
    for place, outcome in enumerate(outcomes):
        mine = table[table["outcome"] == outcome]
        small = _split(axes, mine, effects, place, ROOM)
        said = " · ".join(small) if mine["share"].notna().any() else "no two worlds differ"
        axes.text(0.004, place + 0.3, fill(said, BAR), fontsize=SMALL, color=SOFT, va="top")
    worlds, dropped = table["worlds"].max(), table["left_out"].max()
    note = f"share of the variance between {number_of(worlds, 'world')}; in brackets 95 % intervals"
    undefined = (
        f"up to {dropped:,} worlds left out, where the outcome is not always defined" if dropped else ""
    )
    for effect in effects:
        colour, hatch = _effect_look(effect, effects)
        axes.barh(0, 0, fc=colour, hatch=hatch, ec=SOFT if hatch else "white", label=effect)
    axes.set_xlim(0, 1)
    rows_of(axes, [name_of(measure_of(outcome)) if outcome else "" for outcome in outcomes])
    head(axes, "What makes worlds differ", note, undefined, left_out, key=min(len(effects), 4))
    axes.set_ylim(len(outcomes) - 0.35, -0.45)
    percentages(axes.xaxis)
    only_grid(axes, "x")
    return axes


@house_style
def spread_strip(axes: Axes, shares: pd.DataFrame) -> Axes:
    """Put what makes worlds differ on another picture, as one thin bar with words.

    Parameters
    ----------
    axes : Axes
        A flat stretch of the picture, about a third of an inch high.
    shares : DataFrame
        As from `mipo_sim.analysis.variance_shares` or `mipo_sim.analysis.spread.spread_of`, of one
        outcome. What factors do together is drawn as one part.
    """
    parts = _interactions_as_one(shares)
    small = _split(axes, parts, list(parts["effect"]), 0, STRIP_ROOM, height=1)
    axes.set_xlim(0, 1)
    axes.set_ylim(0.5, -0.5)
    axes.axis("off")
    said = "; ".join(small) if shares["share"].notna().any() else "no two worlds differ"
    words = f"what makes worlds differ{': ' * bool(said)}{said}"
    axes.text(0, 0.62, words, fontsize=SMALL, color=SOFT, va="top")
    return axes


def _interactions_as_one(shares: pd.DataFrame) -> pd.DataFrame:
    single = shares["effect"].isin(EFFECT_COLOURS)
    together = pd.DataFrame({"effect": ["several together"], "share": [shares.loc[~single, "share"].sum()]})
    return pd.concat([shares[single], together]) if not single.all() else shares


def _split(
    axes: Axes, shares: pd.DataFrame, effects: list[str], place: float, room: float, height: float = 0.5
) -> list[str]:
    """Divide a bar, with words where there is room for them; hand back the words of the other parts."""
    rows = records(shares)
    drawn = sum(max(row.share, 0) for row in rows if np.isfinite(row.share))
    start, nothing = 0.0, 0
    small: list[str] = []
    for row in rows:
        if not np.isfinite(row.share):
            continue
        width = max(row.share, 0) / drawn
        colour, hatch = _effect_look(row.effect, effects)
        edge = SOFT if hatch else "white"
        axes.barh(place, width, left=start, height=height, fc=colour, hatch=hatch, ec=edge, lw=0.6)
        percent = f"{max(100 * row.share, 0):.0f} %"
        known = f" ({_percent(row.low)}–{_percent(row.high)})" if np.isfinite(row.low) else ""
        if width >= room:
            box = {"fc": colour, "ec": "none", "pad": 1.2}
            axes.text(
                start + width / 2,
                place,
                f"{row.effect}\n{percent}{known}",
                ha="center",
                va="center",
                fontsize=8,
                color="white" if row.effect == "form" else INK,
                bbox=box if hatch else None,
            )
        elif row.effect not in EFFECT_COLOURS and f"{percent}{known}" == NOTHING:
            nothing += 1
        else:
            small.append(f"{row.effect} {percent}{known}")
        start += width
    return [*small, f"{number_of(nothing, 'interaction')} {NOTHING}"] if nothing else small


def _percent(share: float) -> str:
    return f"{max(100 * share, 0):.0f}"


def _effect_look(effect: str, effects: list[str]) -> tuple[str, str]:
    """Colour and hatch: single factors are plain, interactions pale and hatched."""
    if effect in EFFECT_COLOURS:
        return EFFECT_COLOURS[effect], ""
    place = [name for name in effects if name not in EFFECT_COLOURS].index(effect)
    return (
        INTERACTION_COLOURS[place % len(INTERACTION_COLOURS)],
        INTERACTION_HATCHES[place % len(INTERACTION_HATCHES)],
    )
