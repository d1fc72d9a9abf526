"""Which thread blocks of a launch are recorded, and how the trace numbers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.lanes import WARP

if TYPE_CHECKING:
    from smsim.machine.chunk import Chunk


@dataclass(frozen=True)
class Plan:
    """Block ``b`` runs on SM ``b % sms``; an SM starts its blocks in ascending order, ``per_sm`` at once.

    Attributes:
        sms: SMs of the device.
        per_sm: blocks that an SM holds at a time.
        blocks: blocks of the grid.
        threads: threads of a block.
        all_sms: whether the blocks of all SMs are recorded, and not only those of SM 0.
    """

    sms: int
    per_sm: int
    blocks: int
    threads: int
    all_sms: bool = False

    @property
    def warps(self) -> int:
        """Warps of a block."""
        return -(-self.threads // WARP)

    @property
    def active_sms(self) -> int:
        """SMs that have work."""
        return min(self.sms, self.blocks)

    @property
    def blocks_on_sm(self) -> int:
        """Blocks of SM 0 in the whole launch."""
        return -(-self.blocks // self.sms)

    def numbers(self, chunk: Chunk) -> np.ndarray:
        """The numbers of a chunk's blocks, as the other methods take them."""
        return chunk.block_numbers

    def index(self, numbers: np.ndarray) -> np.ndarray:
        """The place of each block among the recorded ones, -1 if it is not recorded; int64."""
        if self.all_sms:
            return self._before(numbers % self.sms) + numbers // self.sms
        return np.where(numbers % self.sms == 0, numbers // self.sms, -1)

    def number(self, index: np.ndarray) -> np.ndarray:
        """The number in the grid of each recorded block: what :meth:`index` undoes."""
        sm = self.sm(index)
        return (index - self._before(sm)) * self.sms + sm

    def sm(self, index: np.ndarray) -> np.ndarray:
        """The SM of each recorded block."""
        if not self.all_sms:
            return np.zeros_like(index)
        return np.searchsorted(self._before(np.arange(self.active_sms)), index, side="right") - 1

    def _before(self, sm: np.ndarray) -> np.ndarray:
        """How many blocks the SMs before each ``sm`` have together, where all are recorded."""
        if not self.all_sms:
            return np.zeros_like(sm)
        return sm * (self.blocks // self.sms) + np.minimum(sm, self.blocks % self.sms)

    def opening(self, numbers: np.ndarray) -> np.ndarray:
        """Of each block its place among those that start first on any SM, -1 for all others."""
        return np.where(numbers < self.sms * self.per_sm, numbers, -1)

    def first_waves(self) -> np.ndarray:
        """The blocks of SM 0's first two waves."""
        return np.arange(min(self.blocks_on_sm, 2 * self.per_sm), dtype=np.int64) * self.sms

    def peers(self) -> np.ndarray:
        """The blocks that the other SMs start first."""
        first = np.arange(min(self.blocks, self.sms * self.per_sm), dtype=np.int64)
        return first[first % self.sms != 0]


@dataclass(frozen=True)
class PlanOfSeveral(Plan):
    """Launches that run together, each of a GPU of its own, each block on an SM of its own: all are recorded.

    Blocks are numbered through all launches; ``blocks`` is how many there are in all.

    Attributes:
        launches: how many.
    """

    launches: int = 1

    def numbers(self, chunk: Chunk) -> np.ndarray:
        return chunk.first_block + np.arange(chunk.lanes.blocks)

    @property
    def active_sms(self) -> int:
        """SMs that have work on each GPU."""
        return self.blocks // self.launches

    @property
    def blocks_on_sm(self) -> int:
        return 1

    def index(self, numbers: np.ndarray) -> np.ndarray:
        return numbers

    def number(self, index: np.ndarray) -> np.ndarray:
        return index

    def sm(self, index: np.ndarray) -> np.ndarray:
        return index

    def opening(self, numbers: np.ndarray) -> np.ndarray:
        return numbers
