"""The questions that results of a run and of a sweep answer alike, each by a table and its picture."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from mipo_sim.outcomes import HEADLINE
from mipo_sim.sweeps.finding import Finding

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

#: Outcomes that are compared when nothing else is asked for.
COMPARED = (
    "relapse_2_years",
    "relapse_5_years",
    "relapse_10_years",
    "war_share",
    "overhead",
    "duplication",
    "need_met",
    "trust",
    "local_capacity",
    "cost",
)
LUCK_AND_PARAMETERS = "luck and parameters"  # where each replicate draws its own parameters

Only = Mapping[str, Any] | None


class Answers(ABC):
    """Results that answer questions, and hold what they answer from.

    Each question but `comparison` takes `only`, which narrows the worlds down: a mapping of columns to a
    value or several, such as `{"scenario": "liberia"}` or `{"form": ["full", "no_mission"]}`. What is asked
    of a table that cannot answer it raises `mipo_sim.analysis.AnalysisError`, in one clear line.

    Attributes
    ----------
    outcomes : DataFrame
        One row a world.
    monthly : DataFrame
        What the months were like, over worlds.
    """

    @property
    @abstractmethod
    def source(self) -> str:
        """What made the results, in one line: worlds, months, version, digest, seed."""

    @property
    @abstractmethod
    def caveat(self) -> str:
        """What is to be kept in mind, in a sentence or two."""

    @property
    @abstractmethod
    def draws_parameters(self) -> bool:
        """Whether each replicate has parameters of its own."""

    @property
    @abstractmethod
    def chosen(self) -> str | None:
        """The form in question, if there is one."""

    @abstractmethod
    def worlds_by_form(self) -> pd.DataFrame:
        """One row a world, with `form` and `situation`."""

    @abstractmethod
    def monthly_by_form(self) -> pd.DataFrame:
        """What the months were like: `form`, `situation`, `measure`, `month`, `mean`, `low`, `high`."""

    @abstractmethod
    def length_of(self, worlds: pd.DataFrame) -> int:
        """Months for which worlds of one situation were run."""

    @abstractmethod
    def title_of(self, worlds: pd.DataFrame) -> str:
        """Say what situations worlds are of, and what these share."""

    def titles_of(self, worlds: pd.DataFrame) -> dict[str, str]:
        """Call each `situation` of worlds by what sets it apart from the others."""
        return {str(name): self.title_of(here) for name, here in worlds.groupby("situation", sort=False)}

    @abstractmethod
    def to_xarray(self) -> "xarray.Dataset":
        """Give the outcomes as labelled arrays, with their units."""

    @abstractmethod
    def comparison(self) -> Finding:
        """Set forms, or points, side by side in what matters most; see `mipo_sim.analysis.compare_cells`."""

    def survival(self, only: Only = None) -> Finding:
        """Tell how long peace lasts in each form; see `mipo_sim.analysis.survival`."""
        from mipo_sim import analysis, figures

        worlds = self._in_one_situation(only)
        table = analysis.survival(worlds, self.length_of(worlds))
        return self._answer(table, worlds, lambda: figures.survival_curves(table))

    def ends(self, only: Only = None) -> Finding:
        """Tell what ends peace under a mission; see `mipo_sim.analysis.competing_ends`."""
        from mipo_sim import analysis, figures

        worlds = self._in_one_situation(only)
        table = analysis.competing_ends(worlds, self.length_of(worlds))
        return self._answer(table, worlds, lambda: figures.ends_over_time(table))

    def hazard(self, period: int = 12, only: Only = None) -> Finding:
        """Tell how often peace fails in each period; see `mipo_sim.analysis.hazard_by_period`."""
        from mipo_sim import analysis, figures

        worlds = self._in_one_situation(only)
        table = analysis.hazard_by_period(worlds, self.length_of(worlds), period)
        return self._answer(table, worlds, lambda: figures.hazards(table))

    def differences(
        self, reference: str | None = None, columns: Sequence[str] = COMPARED, only: Only = None
    ) -> Finding:
        """Differences between forms, each world against the world of the same luck.

        Parameters
        ----------
        reference : str, optional
            Which form to compare with. The form in question is compared with it, or with all others if
            it is not given; where no form is in question, all others are compared with it, or with the
            first.
        columns : sequence of str
            Which outcomes.
        only : mapping, optional
            Which worlds.

        Returns
        -------
        Finding
            As from `mipo_sim.analysis.paired_differences`, with `situation` where there are several.

        Raises
        ------
        AnalysisError
            If there is no such form or outcome.
        """
        from mipo_sim import analysis, figures

        worlds = self._worlds(only)
        if reference is not None:
            analysis.check_value_of(worlds, "form", reference)
        columns, tables = _listed(columns), []
        for situation, here in worlds.groupby("situation", sort=False):
            for form, other in self._pairs(list(pd.unique(here["form"])), reference):
                table = analysis.paired_differences(_shared(here, form, other), form, other, columns)
                tables.append(table.assign(situation=situation))
        table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
        if worlds["situation"].nunique() == 1:
            table = table.drop(columns="situation", errors="ignore")
        return self._answer(
            table,
            worlds,
            lambda: figures.forest(table, forms=_forms(worlds), titles=self.titles_of(worlds)),
        )

    def variance(self, outcomes: Sequence[str] = (HEADLINE,), only: Only = None) -> Finding:
        """Tell what makes worlds differ; see `mipo_sim.analysis.variance_shares`.

        Where each replicate draws its own parameters, luck and parameters cannot be told apart, and
        share a name.
        """
        from mipo_sim import analysis, figures

        worlds = self._worlds(only)
        tables = [self._shares(worlds, outcome).assign(outcome=outcome) for outcome in _listed(outcomes)]
        table = pd.concat(tables, ignore_index=True)
        if not len(table):
            raise analysis.AnalysisError("there is nothing by which worlds could differ")
        return self._answer(table, worlds, lambda: figures.variance_bars(table))

    def best(self, outcome: str = HEADLINE, better: str | None = None, only: Only = None) -> Finding:
        """Tell which form is best in each situation; see `mipo_sim.analysis.best_by_situation`."""
        from mipo_sim import analysis, figures

        worlds = self._worlds(only)
        table = analysis.best_by_situation(worlds, outcome, "situation", better)

        def draw() -> "Axes":
            try:
                shares = self._shares(worlds, outcome)
            except analysis.AnalysisError:  # not crossed, or a single world: the picture does without
                shares = None
            return figures.best_heatmap(table, outcome, titles=self.titles_of(worlds), shares=shares)

        return self._answer(table, worlds, draw)

    def robustness(
        self, outcome: str = HEADLINE, thresholds: Sequence[float] = (), only: Only = None, **settings: Any
    ) -> Finding:
        """Tell how forms stand over situations; see `mipo_sim.analysis.robustness` for the settings."""
        from mipo_sim import analysis, figures

        worlds = self._worlds(only)
        table = analysis.robustness(worlds, outcome, "situation", thresholds=thresholds, **settings)
        return self._answer(
            table, worlds, lambda: figures.robustness_dots(table, outcome, forms=_forms(worlds))
        )

    def trade_off(self, columns: Sequence[str] = (HEADLINE, "cost"), only: Only = None) -> Finding:
        """Tell what can be had together; see `mipo_sim.analysis.trade_off_front`."""
        from mipo_sim import analysis, figures

        worlds = self._in_one_situation(only)
        table = analysis.trade_off_front(worlds, columns)
        return self._answer(table, worlds, lambda: figures.trade_off(table, pair=columns[:2]))

    def overhead(self, only: Only = None) -> Finding:
        """Tell what takes staff time from the work; see `mipo_sim.analysis.overhead_by_cause`."""
        from mipo_sim import analysis, figures

        worlds = self._in_one_situation(only)
        table = analysis.overhead_by_cause(worlds)
        return self._answer(table, worlds, lambda: figures.overhead_bars(table))

    def months(self, measure: str = "need_met", only: Only = None) -> Finding:
        """Tell what a measure of `mipo_sim.outcomes.SERIES` was like over the months."""
        from mipo_sim import analysis, figures

        worlds = self._in_one_situation(only)
        monthly = self._of_same(worlds)
        analysis.check_value_of(monthly, "measure", measure)
        table = monthly[monthly["measure"] == measure]
        return self._answer(
            table, worlds, lambda: figures.lines_over_months(table, measure, forms=_forms(worlds))
        )

    def money(self, only: Only = None) -> Finding:
        """Tell how voluntary money flowed: pledged, paid out, and paid on schedule."""
        from mipo_sim import figures

        worlds = self._in_one_situation(only)
        monthly = self._of_same(worlds)
        table = monthly[monthly["measure"].str.startswith("money_")]
        return self._answer(table, worlds, lambda: figures.money_flows(table))

    def _worlds(self, only: Only) -> pd.DataFrame:
        """The worlds asked for."""
        from mipo_sim.analysis import AnalysisError, check_value_of

        if not isinstance(only or {}, Mapping):
            raise AnalysisError(f"only takes columns with what is wanted of each, not {only!r}")
        worlds = self.worlds_by_form()
        for column, wanted in (only or {}).items():
            values = [wanted] if isinstance(wanted, str | int | float) else list(wanted)
            check_value_of(worlds, column, *values)
            worlds = worlds[worlds[column].isin(values)]
        if worlds.empty:
            raise AnalysisError(f"no world is of all of {dict(only or {})}")
        return worlds

    def _in_one_situation(self, only: Only) -> pd.DataFrame:
        from mipo_sim.analysis import AnalysisError

        worlds = self._worlds(only)
        known = list(pd.unique(worlds["situation"]))
        if len(known) > 1:
            listed = ", ".join(map(str, known[:8])) + ", ..." * (len(known) > 8)
            raise AnalysisError(
                f"this is asked of one situation at a time: only={{'situation': {known[0]!r}}} ({listed})"
            )
        return worlds

    def _of_same(self, worlds: pd.DataFrame) -> pd.DataFrame:
        """The months of the forms and the situation of some worlds."""
        monthly = self.monthly_by_form()
        same = [monthly[column].isin(worlds[column].unique()) for column in ("form", "situation")]
        return monthly[same[0] & same[1]].drop(columns="situation")

    def _pairs(self, forms: list[str], reference: str | None) -> list[tuple[str, str]]:
        if self.chosen in forms and reference != self.chosen:
            others = [form for form in forms if form != self.chosen]
            return [(str(self.chosen), other) for other in ([reference] if reference else others)]
        first = reference or forms[0]
        return [(form, first) for form in forms if form != first]

    def _shares(self, worlds: pd.DataFrame, outcome: str) -> pd.DataFrame:
        from mipo_sim.analysis import variance_shares

        shares = variance_shares(worlds, outcome, situation="situation")
        if self.draws_parameters:
            shares["effect"] = shares["effect"].str.replace("luck", LUCK_AND_PARAMETERS)
        return shares

    def _answer(
        self, table: pd.DataFrame, worlds: pd.DataFrame, draw: "Callable[[], Axes | Figure | SubFigure]"
    ) -> Finding:
        """Make a finding whose picture is signed."""
        from mipo_sim.figures import sign

        title = self.title_of(worlds)
        return Finding(table, title, self.source, lambda: sign(draw(), self.source, title, self.caveat))


def _listed(names: str | Sequence[str]) -> Sequence[str]:
    """One name alone is a list of one; as a list of its letters it helps nobody."""
    return [names] if isinstance(names, str) else names


def _forms(worlds: pd.DataFrame) -> list[str]:
    return list(pd.unique(worlds["form"]))


def _shared(worlds: pd.DataFrame, form: str, other: str) -> pd.DataFrame:
    """The worlds of two forms whose luck both have lived through, as far as a sweep has come."""
    luck = [set(worlds.loc[worlds["form"] == name, "replicate"]) for name in (form, other)]
    if not all(luck):
        return worlds  # the analysis says which form there is not
    return worlds[worlds["replicate"].isin(luck[0] & luck[1])]
