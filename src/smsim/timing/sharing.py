"""How many SMs touch the same memory at about the same time: seen in the opening of the first wave.

Only one SM is replayed, and it has its share of L2 and DRAM. How much of what it asks for its peers ask for
too decides how much of it comes from L2. Measured are the warps that start first, and of each only its
*opening*: it ends when the warp executes one access of global memory more than ``OPENING`` times. So a warp's
opening depends on nothing but the warp, and an estimate need not run the peers to their end.
"""

from __future__ import annotations

import numpy as np

from smsim.machine.frame import Frame, Mask
from smsim.timing.plan import Plan
from smsim.timing.touched import sectors
from smsim.timing.warprows import Columns

#: Executions of one access by a warp that count.
OPENING = 8

#: A memory instruction: its basic block's identity, and its place among the block's records.
Key = tuple[int, int]


class Opening:
    """The sectors of global memory that each SM touches first, by instruction."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._warps = min(plan.blocks, plan.sms * plan.per_sm) * plan.warps
        self.restart()

    def restart(self) -> None:
        self.open = np.ones(self._warps, bool)
        self._times: dict[Key, np.ndarray] = {}
        self._pairs: dict[Key, list[np.ndarray]] = {}

    def columns(self, numbers: np.ndarray) -> Columns | None:
        """The blocks of a chunk, by their numbers in the grid, that start first; ``None`` if none does."""
        index = self.plan.opening(numbers)
        return Columns(index, self.plan.warps) if (index >= 0).any() else None

    def still_open(self, columns: Columns) -> bool:
        """Whether any warp of ``columns`` has more to show."""
        return bool(self.open[columns.warp].any())

    def look(self, key: Key, columns: Columns, frame: Frame, address: object, mask: Mask, width: int) -> None:
        """The lanes of ``mask`` access global memory."""
        rows = columns.rows(frame, mask)
        times = self._times.get(key)
        if times is None:
            times = self._times[key] = np.zeros(self._warps, np.uint8)
        warp = rows.warp
        counted = self.open[warp]
        times[warp[counted]] += 1
        over = warp[times[warp] > OPENING]
        if over.size:
            self.open[over] = False
            counted = self.open[warp]
        if not counted.any():
            return
        where, active = rows.of(frame, address), rows.active
        if not counted.all():
            warp, where, active = warp[counted], where[counted], active[counted]
        count, found = sectors(where, active, width)
        sm = warp // self.plan.warps % self.plan.sms
        pairs = found * self.plan.sms + np.repeat(sm, count)
        self._pairs.setdefault(key, []).append(_distinct(pairs))

    def sharing(self, *others: Opening) -> dict[Key, float]:
        """By instruction, how many SMs touch one of its sectors, on average; these SMs and the others'."""
        out = {}
        for key in {k for opening in (self, *others) for k in opening._pairs}:
            parts = [p for opening in (self, *others) for p in opening._pairs.get(key, [])]
            pairs = _distinct(np.concatenate(parts))
            out[key] = pairs.size / _distinct(pairs // self.plan.sms).size
        return out


def _distinct(numbers: np.ndarray) -> np.ndarray:
    """Each of ``numbers`` once, ascending. Sorting beats what :func:`numpy.unique` does with these."""
    ordered = np.sort(numbers)
    new = np.ones(ordered.size, bool)
    new[1:] = ordered[1:] != ordered[:-1]
    return ordered[new]
