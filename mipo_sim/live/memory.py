"""What a model remembers: all that decides how its months go on, kept and brought back to the last bit."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from mipo_sim.ensemble import Fact
from mipo_sim.model import MissionModel

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Memory:
    """A model at the start of a month. Luck needs no keeping: every draw follows from its month.

    Attributes
    ----------
    month : int
        Months lived.
    states : dict of str to dict
        All states by kind of actor and name.
    levers : dict of str to number or array
        The parameters as decisions have left them.
    series : dict of str to array, shape [month, world]
        What was recorded so far.
    books : pair of dict
        What else the recorder and the audit hold from one month to the next.
    """

    month: int
    states: dict[str, Arrays]
    levers: dict[str, Any]
    series: Arrays
    books: tuple[Arrays, Arrays]

    @classmethod
    def of(cls, model: MissionModel) -> Self:
        """Keep how a model stands between two months."""
        return cls(
            month=model.month,
            states={
                kind: {
                    name: getattr(actor, name).copy()
                    for name, state in type(actor).states().items()
                    if not isinstance(state, Fact)
                }
                for kind, actor in model.actors().items()
            },
            levers=dict(model.p.full),
            series={name: values[: model.month].copy() for name, values in model.recorder.series.items()},
            books=(_arrays_of(model.recorder), _arrays_of(model.audit)),
        )

    def bring_back(self, model: MissionModel) -> None:
        """Put a model of the same plan, wherever it stands, back to where this was kept.

        Parameters
        ----------
        model : MissionModel
            Of the same parameters at the start, worlds, seed, map and length.
        """
        model.month = model.steps = self.month
        model.running = self.month < model.months
        for kind, actor in model.actors().items():
            for name, values in self.states[kind].items():
                setattr(actor, name, values)
        if moved := model.p.differing(self.levers):
            model.p.decide(moved)
        for name, values in model.recorder.series.items():
            values[: self.month], values[self.month :] = self.series[name], np.nan
        for holder, kept in zip((model.recorder, model.audit), self.books, strict=True):
            vars(holder).update({name: values.copy() for name, values in kept.items()})

    @property
    def size(self) -> int:
        """Bytes of all arrays."""
        tables = (*self.states.values(), self.series, *self.books)
        return sum(values.nbytes for table in tables for values in table.values())


def _arrays_of(holder: object) -> Arrays:
    return {name: values.copy() for name, values in vars(holder).items() if isinstance(values, np.ndarray)}
