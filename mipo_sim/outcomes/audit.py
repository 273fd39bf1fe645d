"""Keep the books of every world: staff time, money and bounds, checked while the months go by.

A breach means that the model broke its own rules, whatever the outcome looks like. Worlds with a breach
are not dropped: how many each has is an outcome like any other, so that breaches can be counted
and laid out over the parameters that lead to them.
"""

from typing import TYPE_CHECKING

import numpy as np

from mipo_sim.ensemble import Actor, Fact, State, total

if TYPE_CHECKING:
    from mipo_sim.model import MissionModel

ROUNDING = np.float32(2e-5)  # of what was added up: single precision over some dozens of terms
LEAST = np.float32(1e-6)
#: The outcomes that count breaches: of staff time, of money, of bounds.
BREACHES = ("breaches_effort", "breaches_money", "breaches_bounds")
WORK_EVERY, BOUNDS_EVERY = 12, 36  # months; and at the end. Large arrays are dear to look through


class Audit:
    """Counts, for every world, how often something did not add up.

    Attributes
    ----------
    effort : array, shape [world]
        Times that staff time did not add up to one (looked at every month), or that more work arrived
        than was done (every year).
    money : array, shape [world]
        Months in which a dollar was lost or made between donors, pool, agencies and their accounts.
    bounds : array, shape [world]
        Times that a state was outside the bounds it declares (looked at every three years).
    """

    def __init__(self, model: "MissionModel") -> None:
        self.model = model
        self.effort, self.money, self.bounds = (np.zeros(model.worlds, np.int16) for _ in range(3))
        self._keep()
        self._bounded: list[tuple[Actor, State]] = [
            (actor, state)
            for actor in model.actors().values()
            for state in type(actor).states().values()
            if not isinstance(state, Fact) and (state.low, state.high) != (None, None)
        ]

    def check_money(self) -> None:
        """Look at the books when everyone has been paid."""
        self.money += self._unpaid_pledges() | self._lost_payments() | self._wrong_accounts()
        self._keep()

    def check_work(self) -> None:
        """Look at where the month's time went, and now and then at where the work arrived."""
        self.effort += self._lost_time()
        if self._is_time_for(WORK_EVERY):
            self.effort += self._work_from_nowhere()

    def check_bounds(self) -> None:
        """Look at all states now and then."""
        if self._is_time_for(BOUNDS_EVERY):
            self.bounds += self._out_of_bounds()

    def _is_time_for(self, every: int) -> bool:
        lived = self.model.month + 1
        return lived % every == 0 or lived == self.model.months

    def breaches(self) -> dict[str, np.ndarray]:
        """Give the counts as outcomes of a world; see `measures.OUTCOMES`."""
        counts = (self.effort, self.money, self.bounds)
        return {name: count.astype(float) for name, count in zip(BREACHES, counts, strict=True)}

    def _keep(self) -> None:
        """Remember what the next month starts from."""
        donors, agencies = self.model.donors, self.model.agencies
        self._pipeline, self._balance = donors.pipeline.copy(), agencies.balance.copy()

    # -- effort ---------------------------------------------------------------------------------------

    def _lost_time(self) -> np.ndarray:
        """Coordination, reporting, waiting, rivalry and delivery are all of an agency's time."""
        a = self.model.agencies
        spent = a.coordinating + a.reporting + a.waiting + a.rivalry + a.delivering
        return _any(~(np.abs(spent - 1) <= ROUNDING))

    def _work_from_nowhere(self) -> np.ndarray:
        """No more aid reaches communities than programmes put to work."""
        people, work = self.model.communities, self.model.programmes
        weight = self.model.country.people[:, None, None] / 100  # aid is per 100,000, people in thousands
        arrived = total(total(people.aid * weight, axis=-2), axis=0)
        placed = sum(
            total(total(done, axis=-2), axis=0) for done in (work.habitual, work.needful, work.planned)
        )
        return ~(arrived <= placed * np.float32(1.001) + np.float32(1e-3))

    # -- money ----------------------------------------------------------------------------------------

    def _unpaid_pledges(self) -> np.ndarray:
        """What donors owed and pledged is paid out or still owed."""
        donors = self.model.donors
        owed = self._pipeline + donors.pledged
        return _any(_apart(donors.pipeline + donors.disbursed, owed, owed))

    def _lost_payments(self) -> np.ndarray:
        """What donors, pool and dues pay is what agencies receive and the mission's bills take."""
        donors = self.model.donors
        given = total(donors.disbursed[donors.giving], axis=0)
        wages = donors.disbursed[0] - donors.mission_bills()
        paid = given * (1 - donors.pooled_part()) + donors.disbursed[-1] + wages
        return _apart(total(self.model.agencies.received, axis=0), paid, paid)

    def _wrong_accounts(self) -> np.ndarray:
        """An agency has what it had, and what it received, less what it spent and handed back."""
        a = self.model.agencies
        moved = self._balance + a.received + a.spent + a.returned
        return _any(_apart(a.balance, self._balance + a.received - a.spent - a.returned, moved))

    # -- bounds ---------------------------------------------------------------------------------------

    def _out_of_bounds(self) -> np.ndarray:
        """Every state is a number inside the bounds that it declares."""
        found = np.zeros(self.model.worlds, bool)
        for actor, state in self._bounded:
            values = getattr(actor, state.name)
            rows = tuple(range(values.ndim - 1))
            if values.size and state.low is not None:
                found |= ~(values.min(axis=rows) >= state.low - ROUNDING * max(1, abs(state.low)))
            if values.size and state.high is not None:
                found |= ~(values.max(axis=rows) <= state.high + ROUNDING * max(1, abs(state.high)))
        return found


def _apart(these: np.ndarray, those: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Whether two sums differ by more than rounding; what is not a number differs from all."""
    close: np.ndarray = np.abs(these - those) <= ROUNDING * np.abs(scale) + LEAST
    return ~close


def _any(breach: np.ndarray) -> np.ndarray:
    """Whether any row of `[agent, world]` is in breach."""
    found: np.ndarray = np.logical_or.reduce(breach, axis=0)
    return found
