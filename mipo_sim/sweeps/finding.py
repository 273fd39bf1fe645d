"""A finding: a table, and the picture that belongs to it."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mipo_sim.sweeps.spreadsheet import as_csv

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Finding:
    """What an analysis found. In a notebook it shows its table; `plot()` draws its picture.

    Attributes
    ----------
    table : DataFrame
        As from the function of `mipo_sim.analysis` that found it.
    title : str
        What it is about.
    source : str
        What made it: number of worlds, version, digest of the configuration, seed.
    draw : callable
        Draws its picture.
    """

    table: pd.DataFrame
    title: str
    source: str
    draw: Callable[[], "Figure"]

    def plot(self) -> "Figure":
        """Draw it, with what made it below."""
        return self.draw()

    def save(self, place: Path | str, dpi: int = 200) -> None:
        """Keep the picture as `place` says: `.png`, `.svg` or `.pdf`; or, with `.csv`, the table.

        Raises
        ------
        ParameterError
            If pictures have no such ending.
        OSError
            If it cannot be written.
        """
        from mipo_sim.figures import as_bytes

        place = Path(place)
        if place.suffix == ".csv":
            content = as_csv(self.table).encode()
        else:
            content = as_bytes(self.plot(), place.suffix.removeprefix("."), dpi)
        place.write_bytes(content)

    def __str__(self) -> str:
        return f"{self.title}\n\n{self.table.to_string(index=False)}\n\n{self.source}"

    def __repr__(self) -> str:
        columns = ", ".join(map(str, self.table.columns))
        return f"<Finding on {self.title}, {len(self.table)} rows of {columns}; {self.source}>"

    def _repr_html_(self) -> str:
        title, source = escape(self.title), escape(self.source)
        return f"<b>{title}</b>{self.table.to_html(index=False, max_rows=60)}<small>{source}</small>"
