"""A grid that has been lived through, as one table and one picture."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from mipo_sim.analysis.wording import WIDE, is_stylised
from mipo_sim.parameters.options import compose, own_options
from mipo_sim.sweeps.experiment import Situation
from mipo_sim.sweeps.identity import config_digest
from mipo_sim.sweeps.spreadsheet import as_csv
from mipo_sim.sweeps.store import SweepError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mipo_sim.sweeps.designs import Design
    from mipo_sim.sweeps.sweep_results import SweepResults


def situations_of(design: "Design") -> list[Situation]:
    """List the scenarios of a design, with the map and the length of their runs."""
    named = [axis.values for axis in design.axes if axis.name == "scenario"]
    with own_options(design.own):
        cases = [compose(name) for name in (named[0] if named else [design.base.get("scenario")])]
    return [
        Situation(
            case.choices["scenario"],
            case.title,
            case.story,
            design.base.get("map", case.map),
            design.base.get("months", case.months),
        )
        for case in cases
    ]


@dataclass(frozen=True)
class GridComparison:
    """The points of a sweep set side by side.

    Attributes
    ----------
    results : SweepResults
        What the sweep has come to.
    """

    results: "SweepResults"

    @property
    def design(self) -> "Design":
        """The design of the sweep."""
        return self.results.design

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row for each point and headline outcome; see `mipo_sim.analysis.compare_cells`."""
        from mipo_sim.analysis import compare_cells

        cells = self.design.rows(0, self.results.plan.points)
        return compare_cells(self.results.outcomes, cells, self.within)

    @property
    def axes(self) -> list[str]:
        """Names of the axes."""
        return [axis.name for axis in self.design.axes]

    @property
    def within(self) -> list[str]:
        """The axes that make up the situation, in which points are compared with the first.

        Where no lever varies, points of one scenario are compared although they differ in its details.
        """
        contexts = [axis.name for axis in self.design.contexts]
        return contexts if self.design.levers else [name for name in contexts if name == "scenario"]

    @cached_property
    def situations(self) -> list[Situation]:
        """The situations of the points."""
        return situations_of(self.design)

    @property
    def title(self) -> str:
        """What the situations are called."""
        return ", ".join(where.title for where in self.situations)

    @property
    def source(self) -> str:
        """What made it, in one line: worlds, months, version, digest of the configuration, seed."""
        there = self.results.about["identity"]
        worlds, digest = there["replicates"], config_digest(there["design"], there["replicates"])
        lengths = [where.months for where in self.situations]
        months = " to ".join(str(length) for length in sorted({min(lengths), max(lengths)}))
        return (
            f"{worlds:,} world{'s' * (worlds > 1)} of each cell · {months} months · "
            f"mipo_sim {there['mipo_sim']} · config {digest} · seed {there['seed']}"
        )

    @property
    def caveat(self) -> str:
        """What is to be kept in mind, wherever its figures show."""
        from mipo_sim.analysis.spread import caveat

        return " ".join([*self._stylised(), caveat()])

    def text(self, width: int = 1000) -> str:
        """Give the table as people read it, with how to read it and what made it."""
        from mipo_sim.analysis import readable_comparison

        table = readable_comparison(self._titled(), self.axes, self.within, "comparison.csv", width)
        below = [*self._stylised(), self.source]
        return "\n".join([table, *(fill(line, min(width, WIDE)) for line in below)])

    def plot(self) -> "Figure":
        """Draw the points side by side."""
        from mipo_sim.figures import comparison_figure

        table = self._titled()
        return comparison_figure(table, self.axes, self.within, self.title, self.caveat, self.source)

    def keep(self) -> None:
        """Keep the table and the picture in the folder of the sweep, in place of older ones.

        Raises
        ------
        SweepError
            If they cannot be written. The worlds stay.
        """
        from mipo_sim.figures import as_bytes

        figure = self.plot()
        files = {f"comparison.{kind}": as_bytes(figure, kind) for kind in ("png", "svg")}
        files["comparison.csv"] = as_csv(self.table).encode()
        for name, content in files.items():
            self._put(self.results.folder / name, content)

    def _titled(self) -> pd.DataFrame:
        """The table with situations called by their titles."""
        titles = {where.name: where.title for where in self.situations}
        return self.table.replace({"scenario": titles}) if "scenario" in self.table else self.table

    def _put(self, place: Path, content: bytes) -> None:
        draft = place.with_name(f".{place.name}.{os.getpid()}.tmp")
        try:
            draft.write_bytes(content)
            os.replace(draft, place)
        except OSError as error:
            raise SweepError(
                f"{place.name} could not be saved: {error.strerror or error}; the worlds are kept, and the "
                "same command goes on from there"
            ) from None
        finally:
            draft.unlink(missing_ok=True)

    def _stylised(self) -> list[str]:
        """Say which situations are stylised, wherever their figures show."""
        titles = [where.title for where in self.situations if is_stylised(where)]
        return (
            [f"Stylised, the outline of a case and not its history: {', '.join(titles)}."] if titles else []
        )
