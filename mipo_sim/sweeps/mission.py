"""The main job: one form of mission in one situation, set beside no mission and the mix of 2007."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import yaml

from mipo_sim.model import SEED
from mipo_sim.parameters import ParameterError, complete, declared, nearest
from mipo_sim.parameters.options import CONFIGS, GROUPS, Configuration, compose, options
from mipo_sim.sweeps.experiment import BLOCK, Experiment, Situation
from mipo_sim.sweeps.results import Results

Choices = Mapping[str, str]
USUAL = "mix_2007"  # the option of every group that a form's name need not mention


def run(
    scenario: str | None = None,
    *,
    worlds: int = 200,
    seed: int = SEED,
    months: int | None = None,
    overrides: Mapping[str, float] | None = None,
    parameters: str = "default",
    compare: bool | Mapping[str, Choices] = True,
    name: str | None = None,
    progress: bool = False,
    block: int = BLOCK,
    **choices: str,
) -> Results:
    """Run a form of mission in a situation, beside others in the same worlds.

    Parameters
    ----------
    scenario : str, optional
        Name of the situation; `mipo scenarios` lists them.
    worlds : int
        How many worlds of each form.
    seed : int
        Seed of all luck.
    months : int, optional
        Length of a run; by default the scenario's own.
    overrides : mapping of str to number, optional
        Single parameters by dotted name; `mipo parameters` lists them.
    parameters : {"default", "posterior"}
        Whether each replicate draws a set of the calibration's posterior sample, the same in all forms,
        so that the results carry what is not known of the parameters. What `overrides` name stays.
    compare : bool or mapping
        Whether to run no mission and the mix of 2007 too; or other forms by name, each with the
        options in which it differs: `{"pooled": {"funding": "pooled"}}`.
    name : str, optional
        Name of the form; by itself it gets one from its options.
    progress : bool
        Whether to show a progress bar.
    block : int
        How many worlds to compute together; changes speed, not results.
    **choices : str
        Options by group: `integration="full"`, `funding="pooled"` ...

    Returns
    -------
    Results
        With `.outcomes` (one row a world), `.table()`, `.plot()`, `.differences()`, `.save()`.

    Raises
    ------
    ParameterError
        If something is misspelt, out of bounds, or contradicts something else.
    """
    _check_words(choices)
    chosen = compose(scenario, overrides=overrides, **choices)
    others = default_comparison() if compare is True else compare or {}

    def values_of(these: Choices) -> Mapping[str, float]:
        return compose(these["scenario"], overrides=None, **{group: these[group] for group in GROUPS}).values

    experiment = side_by_side(
        chosen,
        others,
        values_of,
        name=name,
        asked=choices,
        months=months,
        worlds=worlds,
        seed=seed,
        block=block,
        parameters=parameters,
        given=tuple(overrides or {}),
    )
    with progress_bar(experiment, shown=progress) as report:
        return experiment.run(report)


def _check_words(choices: Collection[str]) -> None:
    """Refuse what `run` does not take, be it meant for a group of options or for something else."""
    known = (*GROUPS, "scenario", *(run.__kwdefaults__ or ()))
    for word in choices:
        if word in declared():
            raise ParameterError(f"{word} is a parameter: run(overrides={{{word!r}: ...}})")
        if word not in known:
            groups = ", ".join(GROUPS)
            raise ParameterError(f"run takes no {word!r}{nearest(word, known)} (groups of options: {groups})")


def default_comparison() -> Mapping[str, Choices]:
    """Read what a run is set beside by default: forms by name, each with its options."""
    comparison: Mapping[str, Choices] = yaml.safe_load((CONFIGS / "config.yaml").read_text("utf-8"))[
        "compare"
    ]
    return comparison


def side_by_side(
    chosen: Configuration,
    others: Mapping[str, Choices],
    values_of: Callable[[Choices], Mapping[str, float]],
    *,
    name: str | None = None,
    asked: Collection[str] = (),
    months: int | None = None,
    worlds: int = 200,
    seed: int = SEED,
    block: int = BLOCK,
    parameters: str = "default",
    given: Sequence[str] = (),
) -> Experiment:
    """Set a form beside others that differ from it in some groups of levers, in the same situation.

    Parameters
    ----------
    chosen : Configuration
        The form in question and its situation.
    others : mapping
        Forms by name, each with the options in which it differs from the chosen one. One that turns
        out to be the chosen form is left out.
    values_of : callable
        Gives the parameters of a full set of choices.
    name : str, optional
        Name of the chosen form.
    asked : collection of str
        Groups whose option was asked for, and so belongs in the name.
    months, worlds, seed, block, parameters
        As in `run`.
    given : sequence of str
        Parameters that were asked for by name.
    """
    where = Situation(
        name=chosen.choices.get("scenario", "own"),
        title=chosen.title,
        story=chosen.story,
        map=chosen.map,
        months=chosen.months if months is None else months,
    )
    label = name or name_of(chosen.choices, asked)
    alone = Experiment(  # refuses bad input
        {label: chosen.values},
        where,
        worlds=worlds,
        seed=seed,
        block=block,
        parameters=parameters,
        given=given,
    )
    forms = dict(alone.forms)
    for other, options_of in others.items():
        if other == label:
            raise ParameterError(f"a form it is compared with is named {label!r} too; choose another name")
        _check_groups(other, options_of)
        theirs = complete(values_of({**chosen.choices, **options_of}))
        form = _with_levers(forms[label], theirs, options_of)
        if form != forms[label]:
            forms[other] = form
    return replace(alone, forms=forms)


def _check_groups(form: str, groups: Iterable[str]) -> None:
    for group in groups:
        if group not in GROUPS:
            options(group)  # refuses what is misspelt
            raise ParameterError(f"{form} cannot differ in {group}: forms are compared in one situation")


def _with_levers(
    mine: Mapping[str, Any], theirs: Mapping[str, Any], groups: Collection[str]
) -> dict[str, float]:
    """Take over the levers of some groups."""
    taken = {name for name, p in declared().items() if p.role == "lever" and p.group in groups}
    return {name: float(theirs[name] if name in taken else mine[name]) for name in declared()}


def name_of(choices: Choices, asked: Collection[str]) -> str:
    """Name a form by its integration, and by whatever else is unusual or was asked for."""
    said = [group for group in GROUPS[1:] if group in {*asked, "funding"} and choices[group] != USUAL]
    words = [choices[group] for group in (GROUPS[0], *said)]
    return "-".join(words)[:64].rstrip("-_")


@contextmanager
def progress_bar(experiment: Experiment, shown: bool | None = None) -> Iterator[Callable[[int], None]]:
    """Show worlds done and time left while an experiment runs; None shows them to people only."""
    from tqdm import tqdm

    total = experiment.worlds * len(experiment.forms)
    hidden = None if shown is None else not shown
    with tqdm(
        total=total, desc="worlds", unit=" worlds", leave=False, disable=hidden, dynamic_ncols=True
    ) as bar:

        def report(done: int) -> None:
            bar.update(done - bar.n)

        yield report


def as_configuration(tree: Mapping[str, Any], choices: Choices) -> Configuration:
    """Read a composed tree of plain values, as Hydra gives it, as a scenario and a form."""
    values = {name: float(tree[p.group][p.key]) for name, p in declared().items()}
    words = {key: tree[key] for key in ("map", "months", "title", "story")}
    return Configuration(values=values, choices=dict(choices), history=tree.get("history") or [], **words)
