"""What the months were like: lines with bands, and the flow of money."""

from collections.abc import Sequence
from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from mipo_sim.analysis.wording import plain
from mipo_sim.figures.page import (
    MONTHLY,
    MOST_LINES,
    axes_or_new,
    better,
    columns_of,
    first_of,
    head,
    heads,
    house_style,
    in_columns,
    measure_axis,
    room_for,
    say_nothing,
    sheet,
)
from mipo_sim.figures.style import look_of, only_grid

BAND = "line: mean; band: the middle 90 % of worlds"
PLEDGED, PAID, ON_TIME = "money_pledged", "money_paid", "money_on_time"
FLOWS = {PLEDGED: ("#5f6368", (0, (4, 2)), "pledged"), PAID: ("#0072b2", "-", "paid out")}
MOST_FLOWS = 4  # forms side by side


@house_style
def lines_over_months(
    monthly: pd.DataFrame,
    measure: str,
    *,
    forms: Sequence[str] = (),
    named: bool = True,
    axes: Axes | None = None,
) -> Axes:
    """Draw a monthly measure of each form, as its mean and the middle of worlds.

    Parameters
    ----------
    monthly : DataFrame
        As `Results.monthly`: `form`, `measure`, `month`, `mean`, `low`, `high`.
    measure : str
        One of `mipo_sim.outcomes.SERIES`.
    forms : sequence of str
        All forms of the experiment, which decide colours; those of the table if not given.
    named : bool
        Whether to name the forms.
    axes : Axes, optional
        Where to draw; on a sheet of its own if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Of more than 7 forms the first are drawn, and a note counts the rest.
    """
    table = monthly[(monthly["measure"] == measure) & monthly["mean"].notna()]
    shown, left_out = first_of(table["form"], MOST_LINES)
    names = in_columns(shown)
    axes = axes_or_new(axes, 7.5, 4 + room_for(names))
    for form, name in names.items():
        look = look_of(form, list(forms) or shown)
        _line(axes, table[table["form"] == form], look.colour, look.dash, name)
    declared = MONTHLY[measure]
    head(axes, declared.label, BAND, left_out, key=columns_of(names) if named else 0)
    axes.set_xlabel("years")
    measure_axis(axes.yaxis, declared, better(declared))
    only_grid(axes, "y")
    if table.empty:
        say_nothing(axes, "not watched")
        return axes
    axes.set_xlim(0, max(table["month"].max() / 12, 1 / 12))
    if declared.unit == "share":
        axes.set_ylim(0, 1)
    return axes


def _line(axes: Axes, series: pd.DataFrame, colour: str, dash: object, label: str) -> None:
    years = series["month"] / 12
    axes.fill_between(years, series["low"], series["high"], color=colour, alpha=0.14, lw=0)
    axes.plot(years, series["mean"], color=colour, ls=dash, label=label)


@house_style
def money_flows(monthly: pd.DataFrame, *, figure: Figure | SubFigure | None = None) -> Figure | SubFigure:
    """Draw voluntary money pledged and paid out, and how much is paid on schedule, a column a form.

    Parameters
    ----------
    monthly : DataFrame
        As `Results.monthly`.
    figure : Figure or SubFigure, optional
        Where to draw; a sheet of its own if not given.

    Returns
    -------
    Figure or SubFigure
        Of more than 4 forms the first are drawn, and a note counts the rest.
    """
    flows = monthly[monthly["measure"].isin([*FLOWS, ON_TIME]) & monthly["mean"].notna()]
    shown, left_out = first_of(flows["form"], MOST_FLOWS)
    figure = figure or sheet(1.8 + 2.9 * max(len(shown), 1), 5)
    columns = max(len(shown), 1)
    grid = figure.subplots(2, columns, sharex=True, sharey="row", squeeze=False, height_ratios=(3, 2))
    if not shown:
        for axes in grid.flat:
            say_nothing(axes, "no money was watched")
        return figure
    for (money, on_time), form in zip(grid.T, shown, strict=True):
        mine = flows[flows["form"] == form]
        for measure, (colour, dash, label) in FLOWS.items():
            _line(money, mine[mine["measure"] == measure], colour, dash, label)
        _line(on_time, mine[mine["measure"] == ON_TIME], "#009e73", "-", "")
        on_time.set_xlabel("years")
        for axes in (money, on_time):
            only_grid(axes, "y")
    _scale(grid[0, 0], grid[1, 0])
    heads(grid[0], [fill(plain(form), 30) for form in shown], BAND, left_out, key=len(FLOWS))
    return figure


def _scale(money: Axes, on_time: Axes) -> None:
    money.set_ylim(bottom=0)
    on_time.set_ylim(0, 1)
    measure_axis(money.yaxis, MONTHLY[PAID])
    measure_axis(on_time.yaxis, MONTHLY[ON_TIME], "paid on schedule")
