"""Results of a sweep: tables, labelled arrays, and answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mipo_sim.outcomes import HEADLINE
from mipo_sim.outcomes.audit import BREACHES
from mipo_sim.sweeps.answers import Answers, Only
from mipo_sim.sweeps.faulty_worlds import by_axis
from mipo_sim.sweeps.finding import Finding
from mipo_sim.sweeps.labelled import labelled
from mipo_sim.sweeps.plan import Plan
from mipo_sim.sweeps.store import Store

if TYPE_CHECKING:
    import xarray

    from mipo_sim.sweeps.designs import Design
    from mipo_sim.sweeps.experiment import Situation
    from mipo_sim.sweeps.grids import GridComparison

FIXED = ("world", "point", "replicate", "key")  # the columns before the axes


@dataclass(frozen=True)
class SweepResults(Answers):
    """What a sweep has come to, complete or not.

    Attributes
    ----------
    folder : Path
        Where it is kept.
    """

    folder: Path

    @property
    def store(self) -> Store:
        """The files."""
        return Store(self.folder)

    @cached_property
    def about(self) -> dict[str, Any]:
        """What decides the numbers, and what made them: versions, parameters, units."""
        return self.store.about()

    @property
    def plan(self) -> Plan:
        """Which worlds there are to be."""
        return self.store.plan()

    @cached_property
    def design(self) -> "Design":
        """The design whose points were run."""
        from mipo_sim.sweeps.designs import make_design

        return make_design(self.about["identity"]["design"])

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a world: point, replicate, axes of the design, outcomes, and why it failed if it did.

        An axis that shares its name with an outcome stands as `axis.name`.
        """
        return self.store.read("rows").drop(columns="key", errors="ignore")

    @cached_property
    def monthly(self) -> pd.DataFrame:
        """What the months were like: `point`, `measure`, `month`, and `mean`, `sd`, `low`, `high`.

        They are taken over the first worlds of each point, as many as `worlds` says; `low` and `high`
        are 5 % and 95 %.
        """
        return self.store.read("series")

    @property
    def axes(self) -> list[str]:
        """Names of the columns that are axes of the design."""
        columns = list(self.outcomes.columns)
        return columns[len(FIXED) - 1 : columns.index("failed")] if columns else []

    @property
    def points(self) -> pd.DataFrame:
        """One row a point that has been reached: its axes."""
        if self.outcomes.empty:
            return pd.DataFrame()
        return self.outcomes.drop_duplicates("point").set_index("point")[self.axes]

    @cached_property
    def failures(self) -> pd.DataFrame:
        """The worlds that failed: which, where in the design, in which month, and why."""
        return self._found(("failed_month", "failed"), lambda table: pc.is_valid(table["failed"]))

    @cached_property
    def breaches(self) -> pd.DataFrame:
        """The worlds in which work, money or bounds did not add up: which, where, and how often.

        That is a fault of the model, not of the mission; see `mipo_sim.outcomes.audit`.
        """

        def broken(table: pa.Table) -> pa.Array:
            counts = (pc.fill_null(pc.greater(table[name], 0), False) for name in BREACHES)
            return reduce(pc.or_, counts)

        return self._found(BREACHES, broken)

    def _found(self, columns: Sequence[str], which: Callable[[pa.Table], pa.Array]) -> pd.DataFrame:
        """Some worlds, found file by file, so that a sweep need not fit into memory."""
        found = []
        for table in self.store.tables("rows"):
            names = table.column_names
            wanted = [*names[:3], *names[len(FIXED) : names.index("failed")], *columns]
            found.append(table.filter(which(table)).select(wanted).to_pandas())
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame()

    def where(self, faulty: pd.DataFrame) -> pd.DataFrame:
        """Lay failures or breaches out over the axes; see `mipo_sim.sweeps.faulty_worlds.by_axis`."""
        return by_axis(self.design.rows(0, self.plan.points), self.plan.replicates, faulty)

    def comparison(self) -> Finding:
        """Set the points side by side in what matters most; see `mipo_sim.analysis.compare_cells`."""
        grid = self._grid
        return Finding(grid.table, grid.title, grid.source, grid.plot)

    @cached_property
    def _grid(self) -> "GridComparison":
        from mipo_sim.sweeps.grids import GridComparison

        return GridComparison(self)

    def sensitivity(
        self, outcome: str = "need_met", against: "SweepResults | None" = None, only: Only = None
    ) -> Finding:
        """Tell which axes an outcome depends on, for a design of kind `saltelli` or `morris`.

        Parameters
        ----------
        outcome : str
            It must be defined at every point.
        against : SweepResults, optional
            The same design run for another form: the answer is then what the difference between the two
            depends on, each world against the world of the same luck.
        only : mapping, optional
            Which worlds; all points must be among them.

        Returns
        -------
        Finding
            As from `mipo_sim.analysis.sobol_indices` or `morris_effects`.

        Raises
        ------
        AnalysisError
            If the design is of another kind, or not complete.
        """
        from mipo_sim import analysis, figures

        kind = self.design.kind
        if kind not in ("saltelli", "morris"):
            raise analysis.AnalysisError(
                f"sensitivity needs a design of kind saltelli or morris; this is of kind {kind}"
            )
        worlds = self._worlds(only)
        if against is not None:
            both = [worlds.assign(form="this"), against._worlds(only).assign(form="that")]
            worlds = analysis.differences_by_point(pd.concat(both), outcome, "this", "that")
        if kind == "morris":
            table = analysis.morris_effects(worlds, self.axes, outcome)
            return self._answer(table, worlds, lambda: figures.morris_points(table, outcome))
        order = self.design.numbers.get("order", 1)
        table = analysis.sobol_indices(worlds, self.axes, outcome, order=order)
        return self._answer(table, worlds, lambda: figures.sobol_bars(table, outcome))

    def boxes(self, event: str = HEADLINE, only: Only = None) -> Finding:
        """Tell in which parts of the space an event is frequent; see `mipo_sim.analysis.scenario_boxes`."""
        from mipo_sim import analysis, figures

        worlds = self._worlds(only)
        table = analysis.scenario_boxes(worlds, self.axes, event)
        swept = zip(self.axes, self.design.axes, strict=True)
        ranges = {name: (axis.low, axis.high) for name, axis in swept if not axis.values}
        return self._answer(table, worlds, lambda: figures.box_limits(table, event, ranges=ranges))

    @property
    def source(self) -> str:
        """What made it, in one line: worlds, months, version, digest of the configuration, seed."""
        return self._grid.source

    @property
    def caveat(self) -> str:
        """What is to be kept in mind, wherever its figures show."""
        return self._grid.caveat

    @property
    def chosen(self) -> None:
        """No form is in question: all are compared."""
        return None

    @property
    def draws_parameters(self) -> bool:
        """Whether each replicate has parameters of its own."""
        return self.plan.parameters != "default"

    def worlds_by_form(self) -> pd.DataFrame:
        """One row a world that did not fail, with `form` and `situation`: the levers and the contexts.

        Named points give their forms their names. Where no lever varies there is a single form, and where
        no context varies a single situation.
        """
        lived = self.outcomes[self.outcomes["failed"].isna()]
        named = self._named_points
        of = lived["point"]
        return lived.assign(form=of.map(named["form"]), situation=of.map(named["situation"]))

    @cached_property
    def _named_points(self) -> pd.DataFrame:
        """Form and situation of each point that has been reached."""
        from mipo_sim.analysis import name_forms, names_of_points

        axes, levers = self.axes, len(self.design.levers)
        points = self.points.assign(
            form="the mission", situation=self.design.base.get("scenario", "the situation")
        )
        named = name_forms(points, axes[:levers], axes[levers:])
        if self.design.names:
            forms = self.design.rows(0, len(self.design.names))[[axis.name for axis in self.design.levers]]
            if called := names_of_points(self.design.names, forms):
                named["form"] = [called[point] for point in named.index]
        return named[["form", "situation"]]

    def monthly_by_form(self) -> pd.DataFrame:
        """What the months were like, with `form` and `situation`."""
        points = self.worlds_by_form().drop_duplicates("point")[["point", "form", "situation"]]
        return self.monthly.merge(points, on="point")

    def length_of(self, worlds: pd.DataFrame) -> int:
        """Months for which worlds of one situation were run."""
        return self._situations_of(worlds)[0].months

    def title_of(self, worlds: pd.DataFrame) -> str:
        """Say what situations worlds are of, and which other contexts all of these share."""
        from mipo_sim.analysis.cells import cell_name

        shared = [axis for axis in self._contexts_of(worlds) if worlds[axis].nunique() == 1]
        words = [cell_name([worlds[axis].iloc[0]], [axis]) for axis in shared if axis != "scenario"]
        return ", ".join([*(where.title for where in self._situations_of(worlds)), *words])

    def titles_of(self, worlds: pd.DataFrame) -> dict[str, str]:
        """Call each `situation` of worlds by what sets it apart from the others."""
        from mipo_sim.analysis.cells import cell_name

        apart = [axis for axis in self._contexts_of(worlds) if worlds[axis].nunique() > 1]
        if not apart:
            return super().titles_of(worlds)
        titles = {"scenario": {where.name: where.title for where in self._grid.situations}}
        cells = worlds.drop_duplicates("situation").set_index("situation")[apart].replace(titles)
        return {str(name): cell_name(list(cell), apart) for name, *cell in cells.itertuples(name=None)}

    def _contexts_of(self, worlds: pd.DataFrame) -> list[str]:
        """The contexts that worlds tell of, the scenario first."""
        contexts = [axis for axis in self.axes[len(self.design.levers) :] if axis in worlds]
        return sorted(contexts, key=lambda axis: axis != "scenario")

    def _situations_of(self, worlds: pd.DataFrame) -> "list[Situation]":
        there = set(worlds["scenario"]) if "scenario" in worlds else None
        known = self._grid.situations
        return [where for where in known if there is None or where.name in there]

    @property
    def complete(self) -> bool:
        """Whether all worlds are there."""
        return len(self.outcomes) == self.plan.worlds

    def to_xarray(self) -> "xarray.Dataset":
        """Give the outcomes as arrays by point and replicate, with the axes as coordinates of the points.

        Raises
        ------
        ImportError
            If xarray is not installed.
        """
        outcomes = self.outcomes.drop(columns=["world", *self.axes])
        found = labelled(outcomes, ["point", "replicate"], self.about["made"]["outcomes"])
        return found.assign_coords({axis: ("point", self.points[axis].to_numpy()) for axis in self.axes})
