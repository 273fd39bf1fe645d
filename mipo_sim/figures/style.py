"""The house style: quiet axes, one typeface, colours that every eye can tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mipo_sim.parameters.checking import ParameterError, nearest

INK, SOFT, FAINT = "#222222", "#5f6368", "#d9dce0"
# Okabe and Ito's colours. A form keeps its colour in every picture; the form in question is blue.
FIXED = {"no_mission": "#6f7378", "mix_of_2007": "#d55e00"}
OTHERS = ("#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
# Marks and dashes tell forms apart without colour. Their numbers share no factor with that of colours, so
# that looks repeat late.
FIXED_MARKS = {"no_mission": "s", "mix_of_2007": "^"}
FIXED_DASHES: dict[str, Any] = {"no_mission": (0, (1.2, 1.4)), "mix_of_2007": (0, (5, 1.6))}
MARKS = ("o", "D", "v", "P", "X", "<", ">")
DASHES: tuple[Any, ...] = ("-", (0, (7, 1.5, 1.5, 1.5)), (0, (3, 1)), (0, (7, 1.5, 1.5, 1.5, 1.5, 1.5)))
# Causes of overhead are parts of one thing: one hue, from dark to light.
CAUSE_COLOURS = {
    "coordination": "#4a2c82",
    "reporting": "#8765b8",
    "waiting": "#b9a2db",
    "rivalry": "#e0d5f0",
}
CAUSE_HATCHES = {"coordination": "", "reporting": "///", "waiting": "...", "rivalry": "\\\\\\"}
# What worlds differ by: luck, which nobody chooses, is grey; interactions are pale and hatched.
EFFECT_COLOURS = {
    "luck": "#9aa0a6",
    "luck and parameters": "#9aa0a6",
    "parameters": "#56b4e9",
    "situation": "#e69f00",
    "form": "#0072b2",
}
INTERACTION_COLOURS = ("#eceef0", "#f6e7c8", "#d9ecf8", "#e7e1ef")
INTERACTION_HATCHES = ("////", "....", "\\\\\\\\")
KINDS = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}

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
    "pdf.fonttype": 42,  # letters stay letters
    "hatch.linewidth": 0.5,
}


@dataclass(frozen=True)
class Look:
    """How a form looks in every picture.

    Attributes
    ----------
    colour, mark : str
        Colour of lines and marks, and the mark itself.
    dash : str or tuple
        Line style, as matplotlib takes it.
    """

    colour: str
    mark: str
    dash: Any


def look_of(form: str, forms: Sequence[str]) -> Look:
    """Find the look of a form among the forms of an experiment."""
    if form in FIXED:
        return Look(FIXED[form], FIXED_MARKS[form], FIXED_DASHES[form])
    place = [name for name in forms if name not in FIXED].index(form)
    return Look(OTHERS[place % len(OTHERS)], MARKS[place % len(MARKS)], DASHES[place % len(DASHES)])


def colour_of(form: str, forms: Sequence[str]) -> str:
    """Find the colour of a form among the forms of an experiment."""
    return look_of(form, forms).colour


def only_grid(axes: Axes, direction: str) -> None:
    """Keep the grid lines that help to read values along one axis, and no tick marks."""
    axes.grid(False, axis="x" if direction == "y" else "y")
    axes.tick_params(length=0)


def as_bytes(figure: Figure, kind: str, dpi: int = 120) -> bytes:
    """Draw a figure as "png", "svg" or "pdf"; the same figure gives the same bytes.

    Raises
    ------
    ParameterError
        If there is no such kind.
    """
    if kind not in KINDS:
        raise ParameterError(f"a picture is {', '.join(KINDS)}, not {kind!r}{nearest(kind, KINDS)}")
    buffer = BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=KINDS[kind])
    return buffer.getvalue()
