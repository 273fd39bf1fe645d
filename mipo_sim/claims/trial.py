"""Living the worlds of many small studies side by side, and reading the effects off them.

Every arm (worlds under one set of parameters) is lived once, however many studies it serves. Arms of one
map, length and shape go side by side in a block, so that the luck they share is drawn once.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass

import numpy as np

from mipo_sim.claims.margins import MATTERS
from mipo_sim.claims.mechanisms import MECHANISMS, Mechanism
from mipo_sim.claims.study import SPREAD, Arm, Sign, Study
from mipo_sim.claims.verdict import Effect, Share, effect, is_clear, shares, verdict
from mipo_sim.model import MissionModel
from mipo_sim.month import MONTH, Phase
from mipo_sim.outcomes import OUTCOMES, outcomes_of
from mipo_sim.parameters import declared
from mipo_sim.sweeps.engine import engine

SEED = 4747  # used for no other study
TOGETHER, REPLICATES = 256, 25  # worlds of a block, and of an arm in it
COUNTED = {measure.name for measure in OUTCOMES if measure.counted}

Named = tuple[str, int, Study]  # id of the claim, number of the study, the study
Lived = dict[Arm, dict[str, np.ndarray]]
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Cell:
    """A study in one of its contexts, or over all of them, and what came of it.

    Attributes
    ----------
    claim, number, study
        Id of the claim, which of its studies, and the study.
    context : int or None
        Which context; None where the study sums them up.
    effect : Effect
        What was found.
    shares : tuple of Share
        What goes without each mechanism; empty where that was not asked.
    """

    claim: str
    number: int
    study: Study
    context: int | None
    effect: Effect
    shares: tuple[Share, ...] = ()

    @property
    def expected(self) -> Sign:
        """What was expected here."""
        return self.study.expected[self.context or 0]

    @property
    def margin(self) -> float:
        """The smallest effect that matters."""
        return MATTERS[self.study.measure][0]

    @property
    def verdict(self) -> str:
        """How effect and expectation go together."""
        return verdict(self.effect, self.expected, self.margin)


def conduct(
    studies: Sequence[Named],
    *,
    worlds: int,
    seed: int = SEED,
    knock_out: bool = False,
    workers: int | None = None,
    report: Report | None = None,
) -> list[Cell]:
    """Run studies, and find what carries their effects.

    Parameters
    ----------
    studies : sequence of (str, int, Study)
        Id of the claim, number and study.
    worlds : int
        Worlds of each form in each context. Mechanisms are switched off in a quarter of them, at least 25.
    seed : int
        Seed of all luck.
    knock_out : bool
        Whether to live again without each mechanism, for every study that found an effect, in the
        context where it is clearest.
    workers : int, optional
        Processes; by default one a core.
    report : callable, optional
        Called with worlds done and worlds planned, as they are known so far.
    """
    fewer = min(worlds, max(REPLICATES, worlds // 4))
    measures = sorted({study.measure for _, _, study in studies})
    with engine("local", workers) as (executor, _):
        living = _Living(executor, seed, measures, report)
        lived = living.live({arm for _, _, s in studies for arm in _arms(s)}, worlds)
        found = [
            Cell(claim, number, study, context, _effect(study, context, lived))
            for claim, number, study in studies
            for context in _contexts(study)
        ]
        if not knock_out:
            return found
        chosen = _clearest(found)
        places = [(cell.study, cell.context, cell.effect.reference) for cell in chosen]
        extra = {
            arm for s, context, rival in places for m in MECHANISMS for arm in _arms(s, context, m, rival)
        }
        without = living.live(extra, fewer)
    return [_with_shares(cell, lived, without, fewer) if cell in chosen else cell for cell in found]


def _contexts(study: Study) -> Iterable[int | None]:
    return range(len(study.contexts)) if study.over == "each" else (None,)


def _weights(study: Study, context: int | None) -> dict[str, float]:
    """Contexts that count, and how much."""
    if context is not None:
        return {study.contexts[context]: 1.0}
    if study.over == "difference":
        return dict(zip(study.contexts, (-1.0, 1.0), strict=True))
    return dict.fromkeys(study.contexts, 1 / len(study.contexts))


def _arms(
    study: Study, context: int | None = None, off: Mechanism | None = None, reference: int | None = None
) -> Iterator[Arm]:
    """All arms of a study, or those of a context and one reference, with or without a mechanism."""
    asked = study.contexts if context is None else (study.contexts[context],)
    for settings in asked:
        *rivals, form = study.arms(settings)
        for arm in (*(rivals if reference is None else [rivals[reference]]), form):
            yield arm if off is None else arm.lacking(off)


def differences(
    study: Study,
    context: int | None,
    lived: Lived,
    off: Mechanism | None = None,
    reference: int | None = None,
) -> np.ndarray:
    """Form less reference in worlds of the same luck, `[reference, world]`."""
    found = 0.0
    for settings, weight in _weights(study, context).items():
        number = study.contexts.index(settings)
        *rivals, form = (_read(study, lived[arm]) for arm in _arms(study, number, off, reference))
        found = found + weight * (form - np.stack(rivals))
    return np.asarray(found)


def _read(study: Study, outcomes: Mapping[str, np.ndarray]) -> np.ndarray:
    values = outcomes[study.measure].astype(np.float64)
    return np.abs(values - np.nanmedian(values)) if study.outcome.startswith(SPREAD) else values


def _effect(study: Study, context: int | None, lived: Lived) -> Effect:
    counted = study.outcome in COUNTED and study.over == "each"
    return effect(differences(study, context, lived), study.expected[context or 0], counted=counted)


def _clearest(found: Sequence[Cell]) -> list[Cell]:
    """Of every study that found an effect, the context in which it is clearest."""
    best: dict[tuple[str, int], Cell] = {}
    for cell in found:
        if is_clear(cell.effect, cell.margin):
            key = cell.claim, cell.number
            best[key] = max(best.get(key, cell), cell, key=lambda c: c.effect.clarity)
    return list(best.values())


def _with_shares(cell: Cell, lived: Lived, without: Lived, worlds: int) -> Cell:
    where, reference = (cell.study, cell.context), cell.effect.reference
    whole = differences(*where, lived)[reference, :worlds]
    rest = {m.name: differences(*where, without, m, reference)[0] for m in MECHANISMS}
    return Cell(cell.claim, cell.number, *where, cell.effect, tuple(shares(whole, rest)))


@dataclass
class _Living:
    """Lives blocks of arms, and keeps count."""

    executor: Executor
    seed: int
    measures: list[str]
    report: Report | None
    done: int = 0
    planned: int = 0

    def live(self, arms: Iterable[Arm], worlds: int) -> Lived:
        """What came of every arm, `{arm: {measure: array [world]}}`."""
        arms = sorted(arms, key=repr)  # sets have no order, and like arms belong together
        lived: Lived = {
            arm: {name: np.full(worlds, np.nan, np.float32) for name in self.measures} for arm in arms
        }
        self.planned += len(arms) * worlds
        tasks = list(_blocks(arms, worlds))
        waiting = {self.executor.submit(live_block, *task, self.seed, self.measures): task for task in tasks}
        for future in as_completed(waiting):
            block, replicates = waiting[future]
            for arm, outcomes in zip(block, future.result(), strict=True):
                for name, values in outcomes.items():
                    lived[arm][name][replicates.start : replicates.stop] = values
            self.done += len(block) * len(replicates)
            if self.report is not None:
                self.report(self.done, self.planned)
        return lived


def _blocks(arms: Sequence[Arm], worlds: int) -> Iterator[tuple[list[Arm], range]]:
    """Arms and replicates that are lived together."""
    alike: dict[object, list[Arm]] = {}
    for arm in arms:
        alike.setdefault(arm.shape, []).append(arm)
    size = max(1, TOGETHER // min(worlds, REPLICATES))
    for family in alike.values():
        for place in range(0, len(family), size):
            for first in range(0, worlds, REPLICATES):
                yield family[place : place + size], range(first, min(first + REPLICATES, worlds))


def live_block(
    arms: Sequence[Arm], replicates: range, seed: int, measures: Sequence[str]
) -> list[dict[str, np.ndarray]]:
    """Live arms of one shape side by side.

    Parameters
    ----------
    arms : sequence of Arm
        Arms of the same map, length, shape and acts left out.
    replicates : range
        Whose luck the worlds of every arm have.
    seed : int
        Seed of all luck.
    measures : sequence of str
        Outcomes, or monthly series of which the mean over the run is taken.

    Returns
    -------
    list of dict of str to array, shape [replicate]
        One an arm, in order.
    """
    first, each = arms[0], [dict(arm.values) for arm in arms]
    values = {}
    for name in {name for one in each for name in one}:
        column = [one.get(name, declared()[name].default) for one in each]
        values[name] = column[0] if len(set(column)) == 1 else np.repeat(column, len(replicates))
    model = MissionModel(
        values,
        worlds=len(arms) * len(replicates),
        replicates=np.tile(np.arange(replicates.start, replicates.stop), len(arms)),
        seed=seed,
        map=first.map,
        months=first.months,
        phases=_month_without(first.without),
    )
    for act, state in first.undone:
        _undo(model, act, state)
    model.run()
    outcomes, series = outcomes_of(model), model.recorder.series
    read = {name: outcomes[name] if name in outcomes else series[name].mean(axis=0) for name in measures}
    del model
    gc.collect()  # a model and its agents know each other, and would linger
    places = np.split(np.arange(len(arms) * len(replicates)), len(arms))
    return [{name: np.asarray(found[mine], np.float32) for name, found in read.items()} for mine in places]


def _month_without(acts: Sequence[str]) -> tuple[Phase, ...]:
    kept = (tuple(act for act in phase.acts if act not in acts) for phase in MONTH)
    return tuple(Phase(phase.name, left, phase.at_planning) for phase, left in zip(MONTH, kept, strict=True))


def _undo(model: MissionModel, act: str, state: str) -> None:
    """Have a state set to nothing whenever an act has written it."""
    kind, _, name = state.partition(".")
    for phase, acts in model.phases:
        if act in phase.acts:
            acts.insert(phase.acts.index(act) + 1, lambda: getattr(getattr(model, kind), name).fill(0))
