"""The house style: quiet axes, one typeface, colours that every eye can tell apart."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, SOFT, FAINT = "#222222", "#5f6368", "#d9dce0"
# Okabe and Ito's colours. A form keeps its colour in every picture; the form in question is blue.
FIXED = {"no_mission": "#6f7378", "mix_of_2007": "#d55e00"}
OTHERS = ("#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
# Causes of overhead are parts of one thing: one hue, from dark to light.
CAUSE_COLOURS = {
    "coordination": "#4a2c82",
    "reporting": "#8765b8",
    "waiting": "#b9a2db",
    "rivalry": "#e0d5f0",
}

STYLE: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine draws the same
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": SOFT,
    "axes.labelsize": 9,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "lines.linewidth": 2,
    "figure.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "mipo_sim",  # the same figure gives the same file
}


def colour_of(form: str, forms: Sequence[str]) -> str:
    """Find the colour of a form among the forms of an experiment."""
    if form in FIXED:
        return FIXED[form]
    free = [name for name in forms if name not in FIXED]
    return OTHERS[free.index(form) % len(OTHERS)]


def only_grid(axes: Axes, direction: str) -> None:
    """Keep the grid lines that help to read values along one axis, and no tick marks."""
    axes.grid(False, axis="x" if direction == "y" else "y")
    axes.tick_params(length=0)


def as_bytes(figure: Figure, kind: str) -> bytes:
    """Draw a figure as "png" or "svg"; the same figure gives the same bytes."""
    buffer = BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with mpl.rc_context(STYLE):
        figure.savefig(buffer, format=kind, dpi=120, metadata=metadata)
    return buffer.getvalue()
