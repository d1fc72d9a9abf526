"""Reads whose values are followed, each with all its lanes: whoever wrote there unordered makes them bad."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smsim.hazards.careful import Tag
from smsim.hazards.tables import Order, pairs


@dataclass(eq=False, slots=True)
class FollowedRead:
    """Lanes ``who`` read ``cell`` at ``time`` (``(n,)`` each) in access number ``access``."""

    tag: Tag
    access: int
    cell: np.ndarray
    who: np.ndarray
    time: np.ndarray | None
    low: int
    high: int


class Followed:
    """The followed reads that a later write could still meet."""

    def __init__(self) -> None:
        self.reads: list[FollowedRead] = []

    def add(self, tag: Tag, access: int, cell: np.ndarray, who: np.ndarray, order: Order) -> None:
        if cell.size:
            low, high = int(cell.min()), int(cell.max())
            self.reads.append(FollowedRead(tag, access, cell, who, order.now(who), low, high))

    def met_by(
        self, cell: np.ndarray, who: np.ndarray, order: Order
    ) -> list[tuple[FollowedRead, np.ndarray, np.ndarray]]:
        """The reads that threads ``who``, who are writing ``cell``, race with: ``(read, its lanes, the
        lane of who that each of them meets)``."""
        found = []
        if not self.reads or not cell.size:
            return found
        low, high = int(cell.min()), int(cell.max())
        for read in self.reads:
            if read.high < low or high < read.low:
                continue
            lane, writer = pairs(read.cell, cell)
            apart = read.who[lane] != who[writer]
            lane, writer = lane[apart], writer[apart]
            time = np.zeros(lane.shape, np.int64) if read.time is None else read.time[lane]
            over = order.over(who[writer], read.who[lane], time)
            if over is not None:
                lane, writer = lane[~over], writer[~over]
            if lane.size:
                found.append((read, lane, writer))
        return found

    def forget(self, columns: np.ndarray | None, blocks: int) -> None:
        """Forget everything, or what was read by the blocks of ``columns`` (boolean, ``(B,)``)."""
        if columns is None:
            self.reads.clear()
            return
        left = []
        for read in self.reads:
            kept = ~columns[read.cell % blocks]
            if kept.any():
                read.cell, read.who = read.cell[kept], read.who[kept]
                read.time = None if read.time is None else read.time[kept]
                left.append(read)
        self.reads = left

    def stamp(self, order: Order) -> None:
        """The order of single threads begins to matter: nobody's time has changed since these reads."""
        for read in self.reads:
            read.time = order.now(read.who)

    def spread(self, blocks: int, threads: int) -> None:
        """What was noted for one block stands for each of ``blocks``: cell ``c`` becomes ``c * blocks + b``."""
        block = np.arange(blocks)
        for read in self.reads:
            read.cell = (read.cell[:, None] * blocks + block).ravel()
            read.who = (read.who[:, None] + block * threads).ravel()
            read.time = None if read.time is None else np.repeat(read.time, blocks)
            read.low, read.high = read.low * blocks, read.high * blocks + blocks - 1
