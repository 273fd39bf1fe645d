"""An experiment: named forms of mission in one situation, each lived through in the same worlds."""

import gc
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from mipo_sim.country.maps import check_map
from mipo_sim.model import MOST_MONTHS, MOST_WORLDS, SEED, MissionModel
from mipo_sim.outcomes import OUTCOMES, SERIES, outcomes_of
from mipo_sim.parameters import (
    ParameterError,
    check_name,
    check_value,
    check_whole,
    complete,
    declared,
)
from mipo_sim.parameters.posterior import check_parameters, drawn
from mipo_sim.parameters.settings import decided

if TYPE_CHECKING:
    from mipo_sim.sweeps.results import Results

BLOCK = 256  # worlds computed together: where a core is used best and memory stays small
WATCHED_OF_FORM = 1000  # worlds of each form whose months are kept for means and bands over time
BAND = (0.05, 0.95)  # shares of worlds below the lower and the upper end of such a band
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
Watch = Callable[[MissionModel, list[str], np.ndarray, int], None]


@dataclass(frozen=True)
class Situation:
    """Where and how long: the part of an experiment that all its forms share.

    Attributes
    ----------
    name : str
        Name of the scenario; part of the results folder's name.
    title, story : str
        For people: a few words, and one or two sentences.
    map : str
        Name of a map in `country/maps`, or "generated".
    months : int
        Length of a run.
    """

    name: str = "own"
    title: str = "A situation of one's own"
    story: str = ""
    map: str = "heartland"
    months: int = 144


@dataclass(frozen=True, repr=False)
class Experiment:
    """Named forms in one situation, each in the worlds of replicates 0, 1, 2 ...

    Worlds of the same replicate share their luck whatever their form, so that forms can be compared
    world by world. What comes out depends on the values, the seed and the replicate alone: not on
    the size of blocks, the order of forms, or how many worlds are asked for.

    Parameters
    ----------
    forms : mapping of str to mapping
        For each form, by a short name, the parameters that differ from their defaults: dotted name
        to number. The first form is the one the others are compared with.
    situation : Situation
        Where and how long.
    worlds : int
        How many worlds of each form.
    seed : int
        Seed of all luck, 0 or more.
    block : int
        How many worlds to compute together; changes speed and memory, never results.
    decisions : mapping, optional
        What is decided during the run: for a form, by month from 0, the levers that move in it.
    parameters : {"default", "posterior"}
        Whether replicate r of every form draws set r of the posterior sample, so that results carry what
        is not known of the parameters.
    given : sequence of str
        Parameters that were asked for by name and go before a draw, even with their default.

    Raises
    ------
    ParameterError
        If a parameter, name or number cannot be meant; before anything is computed.
    """

    forms: Mapping[str, Mapping[str, Any]]
    situation: Situation = field(default_factory=Situation)
    worlds: int = 200
    seed: int = SEED
    block: int = BLOCK
    decisions: Mapping[str, Mapping[int, Mapping[str, float]]] = field(default_factory=dict)
    parameters: str = "default"
    given: Sequence[str] = ()

    def __post_init__(self) -> None:
        self._check_kinds()
        check_whole("worlds", self.worlds, 1, MOST_WORLDS)
        check_whole("seed", self.seed, 0, 2**63 - 1)
        check_whole("block", self.block, 1, 100_000)
        check_whole("months", self.situation.months, 1, MOST_MONTHS)
        check_map(self.situation.map)
        check_parameters(self.parameters)
        for parameter in self.given:
            check_name(parameter)
        object.__setattr__(self, "given", tuple(sorted(set(self.given))))
        for name in (self.situation.name, *self.forms):
            if not isinstance(name, str) or not NAME.fullmatch(name):
                raise ParameterError(f"a name has letters, digits, _ and - (at most 64), not {name!r}")
        if not self.forms:
            raise ParameterError("an experiment needs at least one form of mission")
        object.__setattr__(self, "forms", {form: _all_of(values) for form, values in self.forms.items()})
        for form, decisions in self.decisions.items():
            if form not in self.forms:
                raise ParameterError(f"decisions for {form!r}, but the forms are {', '.join(self.forms)}")
            _check_decisions(form, self.forms[form], decisions, self.situation.months)

    def _check_kinds(self) -> None:
        """Refuse what is easily mistaken: names for a situation or a form, which `mipo_sim.run` takes."""
        if not isinstance(self.situation, Situation):
            raise ParameterError(
                f"situation takes a Situation, not {self.situation!r}; mipo_sim.run takes scenarios by name"
            )
        for kind, by_form in (("forms", self.forms), ("decisions", self.decisions)):
            if not isinstance(by_form, Mapping) or not all(isinstance(v, Mapping) for v in by_form.values()):
                raise ParameterError(f"{kind} takes a mapping of names to mappings, not {by_form!r}")

    def __repr__(self) -> str:
        forms, where = ", ".join(self.forms), self.situation
        return (
            f"<Experiment in {where.name}, {where.months} months: {forms}; "
            f"{self.worlds} worlds of each, seed {self.seed}>"
        )

    @property
    def chosen(self) -> str:
        """The form that the others are compared with."""
        return next(iter(self.forms))

    @cached_property
    def digest(self) -> str:
        """Eight hexadecimal digits of everything that decides the numbers, but for the seed."""
        identity = [self.situation.map, self.situation.months, self.worlds, dict(self.forms)]
        if self.decisions:
            identity.append({form: _in_order(decisions) for form, decisions in self.decisions.items()})
        if self.parameters != "default":
            identity.append([self.parameters, list(self.given)])
        text = json.dumps(identity, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def folder(self) -> str:
        """Name of the folder for its results: the same experiment always has the same."""
        return f"{self.situation.name}-{self.chosen}-{self.digest}-{self.seed}"

    def run(self, progress: Callable[[int], None] | None = None, watch: Watch | None = None) -> "Results":
        """Live through all worlds of all forms.

        Parameters
        ----------
        progress : callable, optional
            Called now and then with the number of worlds done so far, counted over all forms.
        watch : callable, optional
            Called after each month of each block with its model, its forms, its replicates (the model
            has those of the first form first) and the number of months lived.

        Returns
        -------
        Results
            Outcomes of every world, and what the months were like.
        """
        from mipo_sim.sweeps.results import Results

        watched = min(self.worlds, WATCHED_OF_FORM)
        found = {f: {m.name: np.full(self.worlds, np.nan) for m in OUTCOMES} for f in self.forms}
        size = (self.situation.months, watched)
        lived = {f: {m.name: np.empty(size, np.float32) for m in SERIES} for f in self.forms}
        done = 0
        for forms, replicates in self._blocks():
            if done:
                gc.collect()  # the last model and its agents know each other, and would linger
            model = self.model(forms, replicates)
            model.run(partial(watch, model, forms, replicates) if watch else None)
            came = outcomes_of(model)
            for place, form in enumerate(forms):
                mine = slice(place * len(replicates), (place + 1) * len(replicates))
                kept = replicates[replicates < watched]
                for name, column in found[form].items():
                    column[replicates] = came[name][mine]
                for name, series in lived[form].items():
                    series[:, kept] = model.recorder.series[name][:, mine][:, : len(kept)]
            del model
            done += len(forms) * len(replicates)
            if progress is not None:
                progress(done)
        outcomes = pd.concat([_of_form(form, columns) for form, columns in found.items()], ignore_index=True)
        monthly = pd.concat([_monthly(form, series) for form, series in lived.items()], ignore_index=True)
        return Results(self, outcomes, monthly)

    def model(self, forms: Sequence[str], replicates: np.ndarray) -> MissionModel:
        """Make a model of some worlds, before their first month.

        Parameters
        ----------
        forms : sequence of str
            Names of forms; structural parameters have to be alike in them.
        replicates : array of int
            Which worlds of each.

        Returns
        -------
        MissionModel
            With a world for each form and replicate, in that order.
        """
        values: dict[str, Any] = {}
        for name in declared():
            of_forms = np.array([self.forms[form][name] for form in forms])
            alike = (of_forms == of_forms[0]).all()
            values[name] = of_forms[0] if alike else np.repeat(of_forms, len(replicates))
        of_worlds = np.tile(replicates, len(forms))
        if self.parameters == "posterior":
            values = drawn(values, of_worlds, self.given)
        return MissionModel(
            values,
            worlds=len(of_worlds),
            replicates=of_worlds,
            seed=self.seed,
            map=self.situation.map,
            months=self.situation.months,
            decisions=self._decisions(forms, len(replicates)),
        )

    def _blocks(self) -> Iterator[tuple[list[str], np.ndarray]]:
        """Forms and replicates that are computed together.

        Forms of like structure go side by side, so that the luck they share is drawn once.
        """
        structural = [name for name, parameter in declared().items() if parameter.structural]
        alike: dict[tuple[float, ...], list[str]] = {}
        for form, values in self.forms.items():
            alike.setdefault(tuple(values[name] for name in structural), []).append(form)
        for forms in alike.values():
            size = max(1, self.block // len(forms))
            for start in range(0, self.worlds, size):
                yield forms, np.arange(start, min(start + size, self.worlds))

    def _decisions(self, forms: Sequence[str], worlds: int) -> dict[int, dict[str, np.ndarray]]:
        """Put decisions of forms side by side: a lever that moves in one keeps its value in the others."""
        held = {form: dict(self.forms[form]) for form in forms}
        taken = {form: self.decisions.get(form, {}) for form in forms}
        joint: dict[int, dict[str, np.ndarray]] = {}
        for month in sorted({month for decisions in taken.values() for month in decisions}):
            for form in forms:
                held[form].update(taken[form].get(month, {}))
            moved = dict.fromkeys(name for form in forms for name in taken[form].get(month, {}))
            joint[month] = {name: np.repeat([held[form][name] for form in forms], worlds) for name in moved}
        return joint

    def as_config(self) -> dict[str, Any]:
        """Write down the exact configuration, every parameter of every form, in plain numbers and words."""
        where = self.situation
        forms: dict[str, Any] = {}
        for form, values in self.forms.items():
            groups: dict[str, Any] = forms.setdefault(form, {})
            for name, value in values.items():
                group, _, key = name.partition(".")
                groups.setdefault(group, {})[key] = int(value) if value == int(value) else value
        return {
            "scenario": where.name,
            "title": where.title,
            "story": where.story,
            "map": where.map,
            "months": where.months,
            "worlds": self.worlds,
            "seed": self.seed,
            "forms": forms,
            "parameters": self.parameters,
            "given": list(self.given),
            **({"decisions": {f: _in_order(d) for f, d in self.decisions.items()}} if self.decisions else {}),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read what `as_config` wrote down; running it gives the same outcomes again."""
        where = Situation(config["scenario"], *(config[key] for key in ("title", "story", "map", "months")))
        forms = {
            form: {f"{group}.{key}": value for group, keys in groups.items() for key, value in keys.items()}
            for form, groups in config["forms"].items()
        }
        drawn_from = {key: config[key] for key in ("parameters", "given") if key in config}
        decisions = config.get("decisions", {})
        return cls(
            forms, where, worlds=config["worlds"], seed=config["seed"], decisions=decisions, **drawn_from
        )


def _all_of(values: Mapping[str, Any]) -> dict[str, float]:
    """Check the parameters of a form and add the defaults; a form has one number for each."""
    _check_single(values)
    return {name: float(value) for name, value in complete(values).items()}


def _check_single(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if check_value(check_name(name), value).ndim:
            raise ParameterError(f"{name} takes one number in a form, not {value!r}")


def _check_decisions(
    form: str, values: Mapping[str, float], decisions: Mapping[int, Mapping[str, float]], months: int
) -> None:
    """Refuse decisions that could not be taken, before anything is computed."""
    held: Mapping[str, Any] = values
    for month in sorted(decisions):
        check_whole(f"the month of a decision of {form}", month, 0, months - 1)
        _check_single(decisions[month])
        held = decided(held, decisions[month])


def _in_order(decisions: Mapping[int, Mapping[str, float]]) -> dict[int, dict[str, float]]:
    return {month: dict(decisions[month]) for month in sorted(decisions)}


def _of_form(form: str, columns: dict[str, np.ndarray]) -> pd.DataFrame:
    replicates = np.arange(len(next(iter(columns.values()))))
    return pd.DataFrame({"form": form, "replicate": replicates, **columns})


def _monthly(form: str, series: dict[str, np.ndarray]) -> pd.DataFrame:
    """Mean, 5 % and 95 % over worlds of each measure in each month."""
    tables = []
    for name, values in series.items():
        low, high = np.quantile(values, BAND, axis=1)
        mean = values.mean(axis=1, dtype=np.float64)
        table = pd.DataFrame({"mean": mean, "low": low, "high": high})
        tables.append(table.rename_axis("month").reset_index().assign(form=form, measure=name))
    columns = ["form", "measure", "month", "mean", "low", "high"]
    return pd.concat(tables, ignore_index=True)[columns]
