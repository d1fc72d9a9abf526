"""mbarriers: objects in shared memory that count arrivals and bytes, phase after phase.

A phase is complete when as many arrivals came as the object expects and all bytes that it was told of. Then the next
begins at once. Which phase it is, what is still to come of it, and how many arrivals each is for are the whole state.
The bytes in shared memory where it lies are opaque; what is kept here is kept by address and block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.asyncview import View

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk

LIMIT = (1 << 20) - 1  # of arrivals, and of bytes either way
BYTES = 8
_PENDING_BITS = 21
#: Rounds in which all lanes only polled mbarriers and none of these changed, before that is a deadlock.
_PATIENCE = 48


class Mbarrier:
    """The mbarriers at one address of shared memory, one a block: ``(B,)`` each.

    Attributes:
        valid: whether the block has one here.
        expected: arrivals a phase; pending: of them still to come; tx: bytes still to come; phase: from 0.
    """

    __slots__ = ("valid", "expected", "pending", "tx", "phase")

    def __init__(self, blocks: int) -> None:
        self.valid = np.zeros(blocks, bool)
        self.expected, self.pending, self.tx, self.phase = (np.zeros(blocks, np.int64) for _ in range(4))


class Mbarriers:
    """All mbarriers of a chunk's blocks.

    Attributes:
        changes: how often any of them changed.
    """

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.at: dict[int, Mbarrier] = {}
        self.changes = 0
        self._quiet, self._changes_then = 0, -1
        self._in_vain: dict[int, tuple[Step, int, np.ndarray, np.ndarray]] = {}

    # -- beginning and end -----------------------------------------------------------------------------

    def init(self, view: View, step: Step, address: np.ndarray, count: np.ndarray) -> None:
        """``mbarrier.init``. Raises MbarrierError: one is there, or the count is out of bounds."""
        self._bounds(view, step, count, 1, "count of arrivals")
        for at, row, column in _by_address(view, address):
            object_ = self.at.setdefault(at, Mbarrier(self.chunk.lanes.blocks))
            self._refuse(
                view,
                step,
                row,
                column,
                object_.valid[column],
                at,
                "initialised again before it was invalidated",
            )
            again = np.append(False, column[1:] == column[:-1])
            self._refuse(view, step, row, column, again, at, "initialised by two threads at once")
            object_.valid[column] = True
            object_.expected[column] = object_.pending[column] = count[row, column]
            object_.tx[column] = object_.phase[column] = 0
        self._changed()

    def inval(self, view: View, step: Step, address: np.ndarray) -> None:
        for at, row, column in _by_address(view, address):
            self._known(view, step, at, row, column).valid[column] = False
            self.chunk.order.end_of_mbarrier(at, column)
        self._changed()

    # -- arrivals and bytes ----------------------------------------------------------------------------

    def arrive(
        self, view: View, step: Step, address: np.ndarray, count: np.ndarray, *,
        drop: bool = False, expect: np.ndarray | None = None, may_complete: bool = True, tells: bool = True,
    ) -> np.ndarray:  # fmt: skip
        """Arrivals, ``count`` by each lane, after ``expect`` bytes more were announced.

        Args:
            tells: an arrival releases what its thread did.

        Returns:
            what each lane's mbarrier was like before its arrival: uint64 ``(T, B)``.
        """
        self._bounds(view, step, count, 1, "count of arrivals")
        if expect is not None:
            self._bounds(view, step, expect, 0, "number of bytes")
        states = np.zeros(view.lanes.shape, np.uint64)
        for at, row, column in _by_address(view, address):
            object_ = self._known(view, step, at, row, column)
            own = count[row, column]
            bytes_ = None if expect is None else expect[row, column]
            total = np.bincount(column, own, object_.phase.size).astype(np.int64)
            if tells:
                here = np.zeros(view.lanes.shape, bool)
                here[row, column] = True
            if (total <= object_.pending).all() and may_complete:
                if tells:
                    self.chunk.order.arrive_at_mbarrier(at, here)
                if bytes_ is not None:
                    self._announce(view, step, object_, at, row, column, bytes_)
                before = np.cumsum(own) - own
                first = np.concatenate([[True], column[1:] != column[:-1]])
                before = before - np.repeat(
                    before[first], np.diff(np.append(np.flatnonzero(first), column.size))
                )
                states[row, column] = _state(object_.phase[column], object_.pending[column] - before)
                object_.pending -= total
                if drop:
                    object_.expected -= total
                self._complete(at, object_, np.unique(column))
                continue
            for n in range(row.size):  # a phase may end between two of the lanes
                lane, b = (row[n : n + 1], column[n : n + 1]), int(column[n])
                if bytes_ is not None:
                    self._announce(view, step, object_, at, *lane, bytes_[n : n + 1])
                left = int(object_.pending[b]) - int(own[n])
                if left < 0 or left == 0 and not may_complete:
                    self._too_many(view, step, at, object_, *lane, int(own[n]))
                    continue
                states[lane] = _state(object_.phase[b], object_.pending[b])
                if tells:
                    here[:] = False
                    here[lane] = True
                    self.chunk.order.arrive_at_mbarrier(at, here)
                object_.pending[b] = left
                if drop:
                    object_.expected[b] -= own[n]
                self._complete(at, object_, lane[1])
        self._changed()
        return states

    def more_pending(self, view: View, step: Step, address: np.ndarray) -> None:
        """One arrival more by each lane is to come in the present phase."""
        for at, row, column in _by_address(view, address):
            object_ = self._known(view, step, at, row, column)
            np.add.at(object_.pending, column, 1)
        self._changed()

    def expect(self, view: View, step: Step, address: np.ndarray, number: np.ndarray) -> None:
        """``mbarrier.expect_tx``."""
        self._bounds(view, step, number, 0, "number of bytes")
        for at, row, column in _by_address(view, address):
            object_ = self._known(view, step, at, row, column)
            self._announce(view, step, object_, at, row, column, number[row, column])
        self._changed()

    def bytes_here(self, at: int, step: Step, come: dict[int, int], whose: dict[int, int]) -> None:
        """Bulk copies into the mbarrier's blocks are there: ``come`` bytes by block, of the threads ``whose``."""
        columns = np.array(list(come), np.int64)
        rows = np.array([whose[column] for column in come], np.int64)
        object_, view = self.at[at], View(self.chunk, self.chunk.lanes, None)
        self._announce(view, step, object_, at, rows, columns, -np.array(list(come.values()), np.int64))
        self._complete(at, object_, columns)
        self._changed()

    def come(self, view: View, step: Step, address: np.ndarray, number: np.ndarray) -> None:
        """``mbarrier.complete_tx``."""
        for at, row, column in _by_address(view, address):
            object_ = self._known(view, step, at, row, column)
            self._announce(view, step, object_, at, row, column, -number[row, column])
            self._complete(at, object_, np.unique(column))
        self._changed()

    def _announce(
        self,
        view: View,
        step: Step,
        object_: Mbarrier,
        at: int,
        row: np.ndarray,
        column: np.ndarray,
        number: np.ndarray,
    ) -> None:
        np.add.at(object_.tx, column, number)
        self._refuse(
            view, step, row, column, np.abs(object_.tx[column]) > LIMIT, at,
            f"made to wait for more than {LIMIT} bytes in one phase",
        )  # fmt: skip

    def _complete(self, at: int, object_: Mbarrier, columns: np.ndarray) -> None:
        over = columns[(object_.pending[columns] == 0) & (object_.tx[columns] == 0) & object_.valid[columns]]
        if over.size:
            object_.phase[over] += 1
            object_.pending[over] = object_.expected[over]
            self.chunk.order.phase_over(at, over)

    # -- waits -----------------------------------------------------------------------------------------

    def test(
        self, view: View, step: Step, address: np.ndarray, asked: np.ndarray, parity: bool
    ) -> np.ndarray:
        """Whether the phase that each lane asks for is over: bool ``(T, B)``.

        Args:
            asked: its parity, or a state that an arrival gave.
        """
        found = np.zeros(view.lanes.shape, bool)
        for at, row, column in _by_address(view, address):
            self._known(view, step, at, row, column)
            want = asked[row, column].astype(np.int64)
            over = self._over(view, step, at, row, column, want, parity)
            if not over.all():  # bytes that somebody needs now come as late as that
                self.chunk.copies.land_at(at, np.unique(column[~over]))
                over = self._over(view, step, at, row, column, want, parity)
            found[row, column] = over
            here = np.zeros(view.lanes.shape, bool)
            here[row[over], column[over]] = True
            if here.any():
                self.chunk.order.wait_at_mbarrier(at, here)
            if over.all():
                self._in_vain.pop(id(step), None)
            else:
                self._in_vain[id(step)] = (step, at, row[~over], column[~over])
        return found

    def _over(
        self,
        view: View,
        step: Step,
        at: int,
        row: np.ndarray,
        column: np.ndarray,
        want: np.ndarray,
        parity: bool,
    ) -> np.ndarray:
        """Whether the phases that lanes ask for are over, as things are."""
        phase = self.at[at].phase[column]
        if parity:
            self._refuse(view, step, row, column, want > 1, at, "asked for a parity that is neither 0 nor 1")
            return (phase & 1) != want
        want = want >> _PENDING_BITS
        wrong = (want != phase) & (want != phase - 1)
        said = "asked for a phase that is neither the present nor the last"
        self._refuse(view, step, row, column, wrong, at, said)
        return want != phase

    def round_over(self) -> None:
        """All lanes that could go on have polled, once more.

        Raises:
            Deadlock: they poll mbarriers, and nobody is left to change one.
        """
        if self.changes != self._changes_then or not self._all_poll():
            self._quiet, self._changes_then = 0, self.changes
            return
        self._quiet += 1
        if self._quiet > _PATIENCE and self._in_vain:
            step, at, row, column = next(iter(self._in_vain.values()))
            b = int(column[0])
            raise self.chunk.launch.explain.phase_never_over(
                self.chunk, step, at, self.at[at], int(row[0]), b, int((column == b).sum())
            )

    def _all_poll(self) -> bool:
        return all(
            not frame.held and all(frame.program.blocks[b].awaits for b in frame.pending)
            for frame in self.chunk.frames
        )

    def _changed(self) -> None:
        self.changes += 1

    def check(self, view: View, step: Step, address: np.ndarray) -> None:
        """Raise MbarrierError if a lane of ``view`` has no mbarrier at its ``address``."""
        for at, row, column in _by_address(view, address):
            self._known(view, step, at, row, column)

    # -- what is wrong ---------------------------------------------------------------------------------

    def _known(self, view: View, step: Step, at: int, row: np.ndarray, column: np.ndarray) -> Mbarrier:
        object_ = self.at.get(at)
        bad = np.ones(row.shape, bool) if object_ is None else ~object_.valid[column]
        if bad.any():
            raise self.chunk.launch.explain.no_mbarrier(view, step, at, int(row[bad][0]), int(column[bad][0]))
        return object_

    def _bounds(self, view: View, step: Step, value: np.ndarray, least: int, what: str) -> None:
        bad = view.mask & ((value < least) | (value > LIMIT))
        if bad.any():
            column, row = (int(x[0]) for x in np.nonzero(bad.T))
            said = f"gives an mbarrier the {what} {int(value[row, column])}; it goes from {least} to {LIMIT}"
            raise self.chunk.launch.explain.mbarrier(self.chunk, step, row, column, said)

    def _refuse(
        self, view: View, step: Step, row: np.ndarray, column: np.ndarray, bad: np.ndarray, at: int, said: str
    ) -> None:
        if bad.any():
            n = int(np.argmax(bad))
            raise self.chunk.launch.explain.mbarrier_at(
                self.chunk, step, at, int(row[n]), int(column[n]), said
            )

    def _too_many(
        self,
        view: View,
        step: Step,
        at: int,
        object_: Mbarrier,
        row: np.ndarray,
        column: np.ndarray,
        count: int,
    ) -> None:
        b = int(column[0])
        times = "an arrival" if count == 1 else f"{count} arrivals"
        left, phase = int(object_.pending[b]), int(object_.phase[b])
        said = f"given {times} when {left} of phase {phase} are still to come"
        if "noComplete" in step.form.flags:
            said += ", and .noComplete may not complete it"
        raise self.chunk.launch.explain.mbarrier_at(self.chunk, step, at, int(row[0]), b, said)


def pending_of(state: np.ndarray) -> np.ndarray:
    """``mbarrier.pending_count``: what was still to come in a state."""
    return (state & np.uint64((1 << _PENDING_BITS) - 1)).astype(np.uint32)


def _state(phase: np.ndarray, pending: np.ndarray) -> np.ndarray:
    return (phase << _PENDING_BITS | pending).astype(np.uint64)


def _by_address(view: View, address: np.ndarray) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """Each different address with the active lanes that name it, as rows and columns, block by block."""
    column, row = np.nonzero(np.broadcast_to(view.mask, view.lanes.shape).T)
    named = address[row, column]
    return [(int(at), row[named == at], column[named == at]) for at in np.unique(named)]
