"""Everything that is wrong with a design, told at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from mipo_sim.parameters import ParameterError

LINES = 20  # as many faults as one message lists; the rest are counted


class Faults:
    """Faults found so far, one line each; the same line is told once."""

    def __init__(self) -> None:
        self.lines: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self.lines)

    def note(self, line: str) -> None:
        """Add a fault."""
        self.lines[line] = None

    @contextmanager
    def noted(self, where: str = "") -> Iterator[None]:
        """Note a refusal instead of stopping at it."""
        try:
            yield
        except ParameterError as refusal:
            self.note(f"{where}{refusal}")

    def refuse(self) -> None:
        """Refuse the design if anything is wrong with it.

        Raises
        ------
        ParameterError
            With one line for each fault, at most 20 of them, and a count of the rest; a single fault
            speaks for itself.
        """
        if not self.lines:
            return
        if len(self) == 1:
            raise ParameterError(next(iter(self.lines)))
        told = [f"the design has {len(self):,} faults:", *list(self.lines)[:LINES]]
        if len(self) > LINES:
            told.append(f"and {len(self) - LINES:,} more")
        raise ParameterError("\n  ".join(told))
