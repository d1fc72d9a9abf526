"""Which bytes of a block's shared memory, or of a thread's local memory, somebody has written.

Most kernels do the same in every block, and zero their local arrays in every thread. As long as they do,
one column stands for all owners.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.careful import Suspicion, Tag
from smsim.machine.ownedspace import Extent, OwnedSpace

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame


class OwnedWritten:
    """Finds values that nobody wrote in a memory of which every owner has a copy.

    Args:
        chunk: whose memory.
        grain: the narrowest access of the kernel in bytes; what one cell of the record covers.

    Attributes:
        space: the memory.
        cells: which cells are written: boolean, ``(cells, 1)`` or ``(cells, owners)``. Cells of no variable
            count as written.
        full: whether all are.
    """

    def __init__(self, chunk: Chunk, space: OwnedSpace, grain: int) -> None:
        self.chunk, self.space, self.grain = chunk, space, grain
        self.cells = np.ones((-(-space.size // grain), 1), bool)
        self.full = True
        for extent in space.extents:
            self.begin(extent, None)

    # -- beginnings --------------------------------------------------------------------------------------

    def begin(self, extent: Extent, owners: np.ndarray | None) -> None:
        """A variable comes to life, with nothing in it, for ``owners`` (``None``: all)."""
        rows = slice(extent.start // self.grain, -(-(extent.start + extent.size) // self.grain))
        if owners is None:
            self.cells[rows] = False
        else:
            self._spread()
            self.cells[rows, owners] = False
        self.full = self.full and not extent.size

    def grow(self, space: OwnedSpace) -> None:
        """``space`` is the same memory with more room."""
        cells = np.ones((-(-space.size // self.grain), self.cells.shape[1]), bool)
        cells[: len(self.cells)] = self.cells
        self.space, self.cells = space, cells

    # -- accesses ----------------------------------------------------------------------------------------

    def read(self, frame: Frame, step: Step, address: np.ndarray, size: int) -> None:
        """Lanes of ``frame`` have loaded ``size`` bytes at ``address``.

        Raises:
            Suspicion: nobody has written them; whether the value matters is not known yet.
        """
        bad = self.unwritten(frame, address, size)
        if bad is not None:
            self._follow(frame, step, address, bad)

    def write(self, frame: Frame, address: np.ndarray, size: int) -> None:
        """Lanes of ``frame`` write ``size`` bytes at ``address``."""
        mask, lanes = frame.mask, frame.lanes
        uniform = lanes.full and address.shape[1] == 1 and (mask is None or mask.shape[1] == 1)
        if self.space.by_thread:
            uniform = uniform and address.size == 1 and mask is None
        if not uniform:
            self._spread()
        shape = (lanes.shape[0], 1) if self.cells.shape[1] == 1 else lanes.shape
        owner = np.zeros((1, 1), np.intp) if self.cells.shape[1] == 1 else self.space.owner(lanes)
        for part in range(max(size // self.grain, 1)):
            cell = address // self.grain + part
            rows, columns = np.broadcast_to(cell, shape), np.broadcast_to(owner, shape)
            if mask is not None:
                chosen = np.broadcast_to(mask, shape)
                rows, columns = rows[chosen], columns[chosen]
            self.cells[rows, columns] = True
        self.full = bool(self.cells.all())

    def update(self, frame: Frame, step: Step, address: np.ndarray, size: int) -> None:
        """A strong access. An atomic uses what it finds; an exchange only brings it back, to the first lane.

        Raises:
            UninitializedRead: nobody has written it.
            Suspicion: a load or an exchange brought it back; whether the value matters is not known yet.
        """
        if step.form.row.semantics == "memory.load":  # a strong load: it changes nothing
            self.read(frame, step, address, size)
            return
        bad = self.unwritten(frame, address, size)
        if bad is not None and "exch" not in step.form.flags:
            row, column = (int(x[0]) for x in np.nonzero(bad))
            lanes, explain = frame.lanes, self.chunk.launch.explain
            thread, block = (
                int(np.broadcast_to(part, bad.shape)[row, column]) for part in (lanes.thread, lanes.block)
            )
            byte = int(np.broadcast_to(address, bad.shape)[row, column])
            self.chunk.launch.found(explain.unwritten(self.chunk, step, thread, block, self.space, byte))
        elif bad is not None and step.writes:
            place = address * self.space.owners + self.space.owner(frame.lanes)
            self._follow(frame, step, address, first_of_each(bad, np.broadcast_to(place, bad.shape)))
        self.write(frame, address, size)

    def forget(self, frame: Frame, address: np.ndarray, size: int, lanes: np.ndarray) -> None:
        """What ``lanes`` (boolean, as the frame's) just wrote is a copy of what nobody wrote."""
        self._spread()
        owner = np.broadcast_to(self.space.owner(frame.lanes), lanes.shape)[lanes]
        for part in range(max(size // self.grain, 1)):
            cell = np.broadcast_to(address // self.grain + part, lanes.shape)[lanes]
            self.cells[cell, owner] = False
        self.full = False

    # -- what lies behind --------------------------------------------------------------------------------

    def unwritten(self, frame: Frame, address: np.ndarray, size: int) -> np.ndarray | None:
        """The active lanes that read a byte nobody wrote, of the frame's shape, or ``None``."""
        column = 0 if self.cells.shape[1] == 1 else self.space.owner(frame.lanes)
        good: np.ndarray | bool = True
        for part in range(max(size // self.grain, 1)):
            cell = np.clip(address // self.grain + part, 0, len(self.cells) - 1)
            good = self.cells[cell, column] & good
        bad = ~good if frame.mask is None else frame.mask & ~good
        return np.broadcast_to(bad, frame.lanes.shape) if bad.any() else None

    def _follow(self, frame: Frame, step: Step, address: np.ndarray, bad: np.ndarray) -> None:
        launch, chunk, space = self.chunk.launch, self.chunk, self.space
        if launch.careful is None:
            raise Suspicion(set())
        address = np.broadcast_to(address, bad.shape)
        tag: Tag = launch.careful.follow(frame, chunk)
        tag.unwritten = step.form.row.semantics in ("memory.load", "memory.load_matrix")
        tag.poison(
            bad,
            lambda row, column: launch.explain.unwritten(
                chunk, step, row, column, space, int(address[row, column])
            ),
        )

    def _spread(self) -> None:
        """From here on each owner has a column of its own."""
        if self.cells.shape[1] != self.space.owners:
            self.cells = np.repeat(self.cells, self.space.owners, axis=1)


def first_of_each(lanes: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Of ``lanes`` (boolean, ``(T, B)``) those that an atomic serves first at their ``place`` (same shape)."""
    column, row = np.nonzero(lanes.T)  # in the order in which lanes are served
    first = np.unique(place[row, column], return_index=True)[1]
    out = np.zeros(lanes.shape, bool)
    out[row[first], column[first]] = True
    return out
