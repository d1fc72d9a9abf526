"""Watches a chunk's shared memory: values nobody wrote, and races between the threads of a block.

Lanes that run in lockstep hide a missing barrier, so the verdict must not come from the values. Each
access is noted; between two barriers, two threads that touch one cell, at least one of them writing,
race, whatever order the simulator happened to choose.

Most kernels do the same in every block. As long as they do, one column of tables serves all blocks of
the chunk. And an interval between barriers that repeats accesses already judged (a loop over tiles
does) is not judged again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.careful import Suspicion, Tag
from smsim.hazards.ownedwritten import OwnedWritten
from smsim.hazards.tables import CONFLICTS, Touched
from smsim.machine.kinds import ATOMIC, READ, WRITE
from smsim.machine.lanes import Lanes

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame, Mask

_JUDGE_AFTER = 256  # accesses noted before they are judged even without a barrier
_REMEMBERED = 64  # intervals known to be free of races


@dataclass(eq=False, slots=True)
class Access:
    """One instruction's accesses to shared memory: who, where, and what was written."""

    kind: str
    step: Step
    address: np.ndarray
    size: int
    mask: Mask
    lanes: Lanes
    value: np.ndarray | None = None
    tag: Tag | None = None


class NoWatch:
    """Stands in where nothing is to be watched."""

    def read(self, frame: Frame, step: Step, address: np.ndarray, size: int) -> None: ...

    def write(self, frame: Frame, step: Step, address: np.ndarray, value: np.ndarray, kind: str) -> None: ...

    def atomic(self, frame: Frame, step: Step, address: np.ndarray, size: int) -> None: ...

    def barrier(self, complete: np.ndarray | None) -> None: ...

    def settle(self) -> None: ...

    def finish(self) -> None: ...


class SharedWatch:
    """Judges the accesses to shared memory of one chunk.

    Args:
        chunk: whose blocks.
        size: bytes of shared memory of a block, red zones included.
        grain: the narrowest access of the kernel in bytes; what one cell of the tables covers.
    """

    def __init__(self, chunk: Chunk, size: int, grain: int) -> None:
        self.chunk, self.grain = chunk, grain
        self.blocks = chunk.lanes.blocks
        self.cells = -(-size // grain)
        self.columns = 1
        self.tables = {kind: Touched(self.cells) for kind in (READ, WRITE, ATOMIC)}
        self.accesses: list[Access] = []
        self.judged = 0
        self._harmless: dict[tuple, list[Access]] = {}
        self._suspects: set[object] = set()
        self._everyone: tuple[np.ndarray, np.ndarray] | None = None
        self.written = OwnedWritten(chunk, chunk.shared, grain)

    # -- noting ------------------------------------------------------------------------------------------

    def read(self, frame: Frame, step: Step, address: np.ndarray, size: int) -> None:
        access = Access(READ, step, address, size, frame.mask, frame.lanes)
        if not self.written.full:
            self.written.read(frame, step, address, size)
        careful = self.chunk.launch.careful
        if careful is not None and step.instruction in careful.sites:
            access.tag = careful.follow(frame, self.chunk)
        self._note(access)

    def write(
        self, frame: Frame, step: Step, address: np.ndarray, value: np.ndarray, kind: str = WRITE
    ) -> None:
        access = Access(kind, step, address, value.dtype.itemsize, frame.mask, frame.lanes, value)
        if not self.written.full:
            self.written.write(frame, address, access.size)
        self._note(access)

    def atomic(self, frame: Frame, step: Step, address: np.ndarray, size: int) -> None:
        access = Access(ATOMIC, step, address, size, frame.mask, frame.lanes)
        if not self.written.full:
            self.written.update(frame, step, address, size)
        self._note(access)

    def _note(self, access: Access) -> None:
        self.accesses.append(access)
        if len(self.accesses) - self.judged >= _JUDGE_AFTER:
            self._judge()

    # -- the ends of intervals ---------------------------------------------------------------------------

    def barrier(self, complete: np.ndarray | None) -> None:
        """All threads of the ``complete`` blocks (``(1, B)``; ``None``: all) have met: order begins anew."""
        key = None
        if (
            self.chunk.order.clocks is None
            and self.judged == 0
            and complete is None
            and all(t.clean for t in self.tables.values())
        ):
            key = tuple((a.kind, id(a.step), id(a.address), id(a.mask), a.tag is None) for a in self.accesses)
            if key in self._harmless:
                self.accesses.clear()
                return
        self._judge()
        self._judge_followed(complete)
        if key is not None and len(self._harmless) < _REMEMBERED:
            self._harmless[key] = self.accesses  # kept, so that the identities in the key stay taken
        if complete is not None and self.columns == 1:
            self._spread()
        columns = None if complete is None else complete[0]
        for table in self.tables.values():
            table.clear(columns, self.blocks)
        if complete is None:
            self.accesses = []
            self.judged = 0
        else:
            self._keep_for_the_others(complete)

    def _keep_for_the_others(self, complete: np.ndarray) -> None:
        """Some blocks met, others are still in their interval: keep what messages about those need."""
        for age, access in enumerate(reversed(self.accesses)):
            if access.tag is not None:
                mine = np.broadcast_to(~complete, access.lanes.shape)
                access.mask = mine if access.mask is None else access.mask & mine
            elif age > _JUDGE_AFTER:
                access.value = None  # 256 accesses ago: too much memory to keep

    def settle(self) -> None:
        """Judge what was noted so far: the order of threads is about to change."""
        self._judge()
        if self.columns == 1:
            self._spread()
        if any(a.tag is not None for a in self.accesses):
            self._judge_followed(None)

    def finish(self) -> None:
        """The chunk's threads have all ended."""
        self._judge()
        self._judge_followed(None)

    # -- races -------------------------------------------------------------------------------------------

    def _judge(self) -> None:
        """Enter the accesses not yet judged into the tables and look for conflicts.

        Raises:
            DataRace: two writes of different values to one place.
            Suspicion: a read that races; whether its value matters is not known yet.
        """
        while self.judged < len(self.accesses):
            number = self.judged
            self.judged += 1
            access = self.accesses[number]
            if self.columns == 1 and not _same_in_all_blocks(access):
                self._spread()
            for part in range(max(access.size // self.grain, 1)):
                thread, block, cell = self._places(access, part)
                if access.tag is None:
                    self.tables[access.kind].add(cell, thread, number, block, self.chunk.order.clocks)
                    self._conflicts(access, number, thread, block, cell)
        if self._suspects:
            raise Suspicion(self._suspects)

    def _places(self, access: Access, part: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """``(thread + 1, block, cell)`` of each active lane, flat."""
        lanes = access.lanes
        shape = (lanes.shape[0], 1) if self.columns == 1 else lanes.shape
        cell = access.address // self.grain + part
        if self.columns > 1:
            cell = cell * self.blocks + lanes.block
        if cell.shape != shape:
            cell = np.broadcast_to(cell, shape)
        thread, block = self._who(lanes, shape)
        if access.mask is None:
            return thread.ravel(), block.ravel(), cell.ravel()
        mask = np.broadcast_to(access.mask, shape)
        return thread[mask], block[mask], cell[mask]

    def _who(self, lanes: Lanes, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """``(thread + 1, block)`` of every lane, int32 and int64 of ``shape``."""
        if not lanes.full or self._everyone is None or self._everyone[0].shape != shape:
            thread = np.broadcast_to((lanes.thread + 1).astype(np.int32), shape).copy()
            block = np.broadcast_to(lanes.block[:, : shape[1]], shape).copy()
            if not lanes.full:
                return thread, block
            self._everyone = (thread, block)
        return self._everyone

    def _conflicts(
        self, access: Access, number: int, thread: np.ndarray, block: np.ndarray, cell: np.ndarray
    ) -> None:
        for kind in CONFLICTS[access.kind]:
            table = self.tables[kind]
            if table.clean:
                continue
            other, by = table.other_than(cell, thread, block, self.chunk.order.clocks)
            met = np.flatnonzero(other)
            if not met.size:
                continue
            if READ in (access.kind, kind):
                for entry in np.unique(by[met]):
                    reader = access if access.kind == READ else self.accesses[entry]
                    self._suspects.add(reader.step.instruction)
                continue
            self._two_writers(access, thread, block, other, by, met)

    def _two_writers(
        self,
        access: Access,
        thread: np.ndarray,
        block: np.ndarray,
        other: np.ndarray,
        by: np.ndarray,
        met: np.ndarray,
    ) -> None:
        """Two threads wrote one place: harmless to the result if they wrote the same, an error if not."""
        explain = self.chunk.launch.explain
        for at in met.tolist():
            theirs = self.accesses[by[at]]
            mine = (int(thread[at]) - 1, int(block[at]))
            them = (int(other[at]) - 1, int(block[at]))
            wrote = _value(access, *mine)
            same = wrote is not None and wrote == _value(theirs, *them)
            error = explain.race(self.chunk, (access, mine[0]), (theirs, them[0]), mine[1], same_value=same)
            if not same:
                self.chunk.launch.found(error)
                return
            self.chunk.launch.warn(error)
            if self.columns == 1 and met.size > 64:
                return

    def _judge_followed(self, complete: np.ndarray | None) -> None:
        """Reads whose values are followed: did anyone else write there in this interval?"""
        for access in self.accesses:
            if access.tag is None:
                continue
            if self.columns == 1 and not _same_in_all_blocks(access):
                self._spread()
            for part in range(max(access.size // self.grain, 1)):
                thread, block, cell = self._places(access, part)
                for kind in (WRITE, ATOMIC):
                    other, by = self.tables[kind].other_than(cell, thread, block, self.chunk.order.clocks)
                    met = np.flatnonzero(other)
                    if complete is not None:
                        met = met[complete[0][block[met]]]
                    if met.size:
                        self._poison(access, thread[met] - 1, block[met], other[met] - 1, by[met])

    def _poison(
        self, access: Access, thread: np.ndarray, block: np.ndarray, other: np.ndarray, by: np.ndarray
    ) -> None:
        bad = np.zeros(self.chunk.lanes.shape, bool)
        if self.columns == 1:
            bad[thread] = True
        else:
            bad[thread, block] = True
        writers = dict(
            zip(zip(thread.tolist(), block.tolist(), strict=True), range(thread.size), strict=True)
        )
        accesses = self.accesses
        chunk = self.chunk

        def error(row: int, column: int) -> Exception:
            at = writers.get((row, column), writers.get((row, 0)))
            theirs = (accesses[by[at]], int(other[at]))
            return chunk.launch.explain.race(chunk, (access, row), theirs, column)

        access.tag.poison(bad, error)

    def _spread(self) -> None:
        """From here on each block has tables of its own."""
        self.tables = {kind: table.spread(self.blocks) for kind, table in self.tables.items()}
        self.columns = self.blocks if self.blocks > 1 else 1


def _same_in_all_blocks(access: Access) -> bool:
    """Whether every block of the chunk does the same in this access."""
    if access.lanes.shape[1] == access.lanes.blocks == 1 and access.lanes.full:
        return True
    by_thread = access.mask is None or access.mask.shape[1] == 1
    return access.lanes.full and access.address.shape[1] == 1 and by_thread


def _value(access: Access, thread: int, block: int) -> bytes | None:
    """The bits that a thread wrote."""
    if access.value is None:
        return None
    lanes = access.lanes
    value = np.broadcast_to(access.value, lanes.shape)
    if lanes.full:
        return value[thread, block].tobytes()
    at = np.flatnonzero((lanes.thread[:, 0] == thread) & (lanes.block[:, 0] == block))
    return value[at[0], 0].tobytes()
