"""Reads of what nobody has written *yet*: a missing write, or a missing barrier?

If another thread writes there later and nothing orders the two, the read races, and in another order of the
threads it would have found the value. The verdict must not depend on that order, so such a read is kept
until the write has come, or the launch has ended without it.
"""

from __future__ import annotations

from collections.abc import Iterable

from smsim.errors import DataRace, SimulationError, UninitializedRead

#: Engine steps that a launch goes on for with a value that nobody wrote, in the hope of the write.
_STEPS = 20_000


class Unconfirmed:
    """The unwritten reads of one run of a launch that are not told yet."""

    def __init__(self) -> None:
        self.reads: list[UninitializedRead] = []
        self._left = _STEPS

    def keep(self, error: SimulationError, told: Iterable[SimulationError]) -> bool:
        """Keep ``error`` if it is a read that may turn out to race. ``told``: what is known already."""
        if not isinstance(error, UninitializedRead) or error.array is None:
            return False
        if not any(_explains(known, error) for known in told):
            self.reads.append(error)
        return True

    def explained_by(self, error: SimulationError) -> None:
        """Forget the reads that ``error`` accounts for."""
        self.reads = [read for read in self.reads if not _explains(error, read)]

    def waited_long_enough(self, steps: int) -> bool:
        """The launch has executed ``steps`` more."""
        self._left -= steps
        return self._left < 0


def _explains(error: SimulationError, read: UninitializedRead) -> bool:
    return isinstance(error, DataRace) and error.array == read.array and read.ptx_line in error.ptx_lines
