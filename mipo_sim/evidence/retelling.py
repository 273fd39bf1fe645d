"""Live a case through as it was decided, and hold it against what happened and what might have been.

All numbers that a page or a table shows are kept in one long table, the findings: a row a number, with its
interval, so that pages can be written again without running anything.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis import levels, paired_differences
from mipo_sim.analysis.intervals import paired, student, wilson
from mipo_sim.evidence.histories import AS_DECIDED, UNIFORMED, WAR, WORLDS, Fact, History
from mipo_sim.model import SEED, MissionModel
from mipo_sim.parameters import ParameterError
from mipo_sim.sweeps.experiment import BAND
from mipo_sim.sweeps.results import Results
from mipo_sim.version import __version__

NONE = (np.nan, np.nan)
DRAWN = ("violence", UNIFORMED, "need_met")  # what the picture shows, month by month
COMPARED = ("war_share", "relapse", "need_met", "trust", "local_capacity", "cost")
COLUMNS = ["part", "form", "what", "month", "mean", "from", "to", "low", "high", "worlds"]

Lived = Mapping[str, Mapping[str, np.ndarray]]  # by form and measure, `[month, world]`


@dataclass(frozen=True, eq=False)
class Retelling:
    """What came of a case, in numbers.

    Attributes
    ----------
    history : History
        The case.
    findings : DataFrame
        One row a number: `part` says what it is - `fact` (a fact's measure), `alike` (share of worlds
        within the fact's range), `level` (an outcome), `difference` (of a counterfactual from the case
        as decided, in an outcome or a fact's measure) or `month` - `form`, `what` and `month` which
        one. `mean` with its 95 % interval `from` and `to`; `low` and `high` hold the middle 90 % of
        worlds; `worlds` (or pairs) in which it is defined.
    made : dict of str to str
        Version, configuration, worlds, seed, months, and which parameters.
    """

    history: History
    findings: pd.DataFrame
    made: Mapping[str, str]

    @cached_property
    def _numbers(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        named = self.findings[self.findings["part"] != "month"]
        rows = [{str(key): value for key, value in row.items()} for row in named.to_dict("records")]
        return {(row["part"], row["form"], row["what"]): row for row in rows}

    def number(self, part: str, what: str, form: str = AS_DECIDED) -> dict[str, Any]:
        """One row of the findings, by column."""
        return self._numbers[part, form, what]

    def months(self, form: str, what: str) -> pd.DataFrame:
        """The months of one of `DRAWN`, with mean and band."""
        table = self.findings
        return table[(table["part"] == "month") & (table["form"] == form) & (table["what"] == what)]

    def verdict(self, fact: Fact) -> str:
        """Say whether a fact lies inside the band of worlds: inside, model higher, model lower."""
        row = self.number("fact", fact.name)
        if np.isnan(row["low"]):
            return "not defined"
        if fact.high < row["low"]:
            return "model higher"
        return "model lower" if fact.low > row["high"] else "inside"

    def as_csv(self) -> str:
        """Write the findings down, with a first line that says how they were made."""
        table = self.findings.copy()
        table["month"] = table["month"].astype("Int64")
        head = ", ".join(f"{key} {value}" for key, value in self.made.items())
        body = table.to_csv(index=False, float_format="%.4g", lineterminator="\n")
        return f"# {head}\n{body}"

    @classmethod
    def from_csv(cls, history: History, file: Path) -> "Retelling":
        """Read what `as_csv` wrote.

        Raises
        ------
        ParameterError
            If the file is not there, or was written for another state of the case.
        """
        if not file.is_file():
            raise ParameterError(
                f"no results of {history.case} in {file.name}; mipo history --write makes them"
            )
        text = file.read_text(encoding="utf-8")
        head, _, table = text.partition("\n")
        made = dict(part.split(" ", 1) for part in head.removeprefix("# ").split(", "))
        findings = pd.read_csv(StringIO(table))
        wanted = history.experiment(int(made["worlds"]), int(made["seed"]), made["parameters"]).digest
        if made["config"] != wanted:
            raise ParameterError(
                f"{file.name} was made with configuration {made['config']}, and the case is now {wanted}; "
                "mipo history --write makes it anew"
            )
        return cls(history, findings, made)


def retell(
    history: History,
    worlds: int = WORLDS,
    seed: int = SEED,
    parameters: str = "default",
    progress: Callable[[int], None] | None = None,
) -> tuple[Results, Retelling]:
    """Live a case and its counterfactuals through, in the same worlds.

    Parameters
    ----------
    history : History
        The case.
    worlds : int
        How many worlds of each form.
    seed : int
        Seed of all luck.
    parameters : {"default", "posterior"}
        Whether replicate r of every form draws set r of the posterior sample.
    progress : callable, optional
        Called now and then with the number of worlds done so far.

    Returns
    -------
    results : Results
        As of any experiment.
    retelling : Retelling
        The case held against what happened.
    """
    experiment = history.experiment(worlds, seed, parameters)
    measures = {*DRAWN, *(m for fact in history.happened for m in (fact.measure, fact.per) if m)}
    size = (experiment.situation.months, worlds)
    lived = {form: {m: np.full(size, np.nan, np.float32) for m in measures} for form in experiment.forms}

    def watch(model: MissionModel, forms: list[str], replicates: np.ndarray, month: int) -> None:
        for measure in measures:
            values = np.broadcast_to(_read(model, measure, month - 1), model.worlds)
            for form, mine in zip(forms, np.split(values, len(forms)), strict=True):
                lived[form][measure][month - 1, replicates] = mine

    results = experiment.run(progress, watch)
    made = {
        "mipo_sim": __version__,
        "config": experiment.digest,
        "worlds": str(worlds),
        "seed": str(seed),
        "months": str(experiment.situation.months),
        "parameters": parameters,
    }
    findings = _in_four_digits(_findings(history, results.outcomes, lived))
    return results, Retelling(history, findings, made)


def _in_four_digits(table: pd.DataFrame) -> pd.DataFrame:
    """Round as the file does, so that what is read back tells the same story to the last digit shown."""
    numbers = table.select_dtypes("float").columns
    return table.assign(**{name: table[name].map(lambda value: float(f"{value:.4g}")) for name in numbers})


def _read(model: MissionModel, measure: str, month: int) -> np.ndarray:
    if measure == UNIFORMED:
        regional, (contingents, brigade) = model.p.partners.regional_troops, model.force.deployed
        here: np.ndarray = model.p.mandate.troops * ((1 - regional) * contingents + regional * brigade)
        return here
    if measure == WAR:
        at_war: np.ndarray = model.recorder.series["violence"][month] >= model.p.conflict.war_threshold
        return at_war
    series: np.ndarray = model.recorder.series[measure][month]
    return series


def held_against(fact: Fact, lived: Mapping[str, np.ndarray]) -> np.ndarray:
    """Read what a fact is held against in every world of a form; not a number where it is undefined."""
    value = _window(lived[fact.measure], fact.months)
    below = np.ones_like(value)
    if fact.per:
        below = below * _window(lived[fact.per], fact.months)
    if fact.against is not None:
        below = below * _window(lived[fact.measure], fact.against)
    ratio: np.ndarray = np.where(below > 0, value / np.where(below > 0, below, 1), np.nan)
    return ratio


def _window(months: np.ndarray, window: tuple[int, int]) -> np.ndarray:
    mean: np.ndarray = months[window[0] : window[1] + 1].mean(axis=0, dtype=np.float64)
    return mean


def _findings(history: History, outcomes: pd.DataFrame, lived: Lived) -> pd.DataFrame:
    rows = [row for fact in history.happened for row in _of_fact(fact, lived)]
    rows += _levels(outcomes) + _differences(outcomes)
    for form, measures in lived.items():
        rows += [row for what in DRAWN for row in _of_months(form, what, measures[what])]
    return pd.DataFrame(rows, columns=COLUMNS)


def _of_fact(fact: Fact, lived: Lived) -> list[Sequence[Any]]:
    """The fact's measure in each form, the worlds that are like it, and its difference between forms."""
    values = {form: held_against(fact, measures) for form, measures in lived.items()}
    rows: list[Sequence[Any]] = []
    for form, found in values.items():
        known, where = found[~np.isnan(found)], (form, fact.name, None)
        rows.append(("fact", *where, _mean(known), *student(known), *_band(known), len(known)))
        alike = (known >= fact.low) & (known <= fact.high)
        share = wilson(int(alike.sum()), len(known))
        rows.append(("alike", *where, _mean(alike), *share, *NONE, len(known)))
        if form != AS_DECIDED:
            both = ~np.isnan(found) & ~np.isnan(values[AS_DECIDED])
            first, second = found[both], values[AS_DECIDED][both]
            bounds = paired(first, second, counted=False)
            rows.append(("difference", *where, _mean(first - second), *bounds, *NONE, len(first)))
    return rows


def _levels(outcomes: pd.DataFrame) -> list[Sequence[Any]]:
    return [
        ("level", r["form"], r["outcome"], None, r["mean"], r["low"], r["high"], *NONE, r["worlds"])
        for r in levels(outcomes, COMPARED).to_dict("records")
    ]


def _differences(outcomes: pd.DataFrame) -> list[Sequence[Any]]:
    others = [form for form in outcomes["form"].unique() if form != AS_DECIDED]
    tables = [paired_differences(outcomes, form, AS_DECIDED, COMPARED) for form in others]
    return [
        ("difference", r["form"], r["outcome"], None, r["difference"], r["low"], r["high"], *NONE, r["pairs"])
        for table in tables
        for r in table.to_dict("records")
    ]


def _of_months(form: str, what: str, months: np.ndarray) -> list[Sequence[Any]]:
    mean = months.mean(axis=1, dtype=np.float64)
    low, high = np.quantile(months, BAND, axis=1)
    return [
        ("month", form, what, month, mean[month], *NONE, low[month], high[month], months.shape[1])
        for month in range(len(months))
    ]


def _band(values: np.ndarray) -> tuple[float, float]:
    if not len(values):
        return NONE
    low, high = np.quantile(values, BAND)
    return float(low), float(high)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan
