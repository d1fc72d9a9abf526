"""What every error message needs: who, in which block, at which lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.place import Places
from smsim.hazards.where import Where, where
from smsim.machine.lanes import Dim3, unflatten

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame
    from smsim.machine.launch import Launch

_NAMED = 8  # threads listed in an error; the sentence names one or two


class Teller:
    """Speaks of the threads and lines of one launch."""

    def __init__(self, launch: Launch) -> None:
        self.launch = launch
        self.places = Places(launch)

    def where(self, step: Step) -> Where:
        return where(step.instruction, self.launch.kernel.module.module)

    def thread(self, row: int) -> Dim3:
        return unflatten(int(row), self.launch.block_dim)

    def block(self, chunk: Chunk, column: int) -> Dim3:
        return unflatten(int(chunk.block_numbers[int(column)]), self.launch.grid_dim)

    def _first(self, frame: Frame, lanes: np.ndarray) -> tuple[int, int, list[Dim3], int]:
        """``(thread, block column, some threads of that block, number of lanes)`` of a set of lanes."""
        lanes = np.broadcast_to(lanes, frame.lanes.shape)
        column, row = np.nonzero(lanes.T)
        threads = np.broadcast_to(frame.lanes.thread, lanes.shape)[row, column]
        blocks = np.broadcast_to(frame.lanes.block, lanes.shape)[row, column]
        same = threads[blocks == blocks[0]]
        named = [self.thread(t) for t in same[:_NAMED].tolist()]
        return int(threads[0]), int(blocks[0]), named, row.size

    def _who(self, chunk: Chunk, row: int, column: int) -> str:
        return f"thread {self.thread(row)} of block {self.block(chunk, column)}"
