"""Watches a chunk's shared memory: values nobody wrote, and races between the threads of a block.

Lanes that run in lockstep hide a missing barrier, so the verdict must not come from the values. Each
access is noted; between two barriers, two threads that touch one cell, at least one of them writing,
race, whatever order the simulator happened to choose.

Most kernels do the same in every block. As long as they do, one column of tables serves all blocks of
the chunk. And an interval between barriers that repeats accesses already judged (a loop over tiles
does) is not judged again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.careful import Suspicion, Tag
from smsim.hazards.followed import Followed
from smsim.hazards.knowledge import EACH_THREAD
from smsim.hazards.order import InBlock
from smsim.hazards.ownedwritten import OwnedWritten
from smsim.hazards.sharedaccess import Access, same_in_all_blocks, value_of
from smsim.hazards.strong import observed, synchronise
from smsim.hazards.tables import CONFLICTS, Touched
from smsim.machine.kinds import ATOMIC, READ, WRITE
from smsim.machine.lanes import Lanes

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame

_JUDGE_AFTER = 256  # accesses noted before they are judged even without a barrier
_NOWHERE = np.empty((0, 0), np.int64)  # an address that nobody will ask for any more
_REMEMBERED = 64  # intervals known to be free of races


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
        self.order = InBlock(chunk)
        self.knowledge = chunk.launch.watch.knowledge
        many = self.knowledge is not None
        self.tables = {kind: Touched(self.cells, many) for kind in (READ, WRITE, ATOMIC)}
        self.followed = Followed()
        self._seen = observed(self.knowledge, self._byte_of, self.order.numbers) if many else None
        self.ordered = False
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
        if kind == ATOMIC and self.knowledge is not None:
            self._strong(frame, access)
        else:
            self._note(access)

    def atomic(self, frame: Frame, step: Step, address: np.ndarray, size: int) -> None:
        access = Access(ATOMIC, step, address, size, frame.mask, frame.lanes)
        if not self.written.full:
            self.written.update(frame, step, address, size)
        if self.knowledge is not None:
            self._strong(frame, access)
        else:
            self._note(access)

    def _strong(self, frame: Frame, access: Access) -> None:
        """A strong access is judged at its own time, and by what its thread knows once it has been made."""
        self.settle()
        who, cell = self._places(access, 0)
        access.time = self.order.now(who)
        active = np.broadcast_to(True if access.mask is None else access.mask, access.lanes.shape)
        word = np.broadcast_to(access.address, access.lanes.shape)[active]
        threads = self.order.numbers(who)
        if self.chunk.interleaving is not None:  # under a seed they are served in another order
            turns = self.chunk.interleaving.turns(np.flatnonzero(active))
            word, threads = word[turns], threads[turns]
        block = threads // self.chunk.launch.together.spacing
        synchronise(self.knowledge, access.step, threads, _word(block, word))
        self._note(access)
        self._judge()

    def _note(self, access: Access) -> None:
        self.accesses.append(access)
        if len(self.accesses) - self.judged >= _JUDGE_AFTER:
            self._judge()

    # -- the ends of intervals ---------------------------------------------------------------------------

    def barrier(self, complete: np.ndarray | None) -> None:
        """All threads of the ``complete`` blocks (``(1, B)``; ``None``: all) have met: order begins anew."""
        key = None
        if (
            not self.ordered
            and self.judged == 0
            and complete is None
            and all(t.clean for t in self.tables.values())
        ):
            key = tuple((a.kind, id(a.step), id(a.address), id(a.mask), a.tag is None) for a in self.accesses)
            if key in self._harmless:
                self.accesses.clear()
                return
        self._judge()
        if key is not None and len(self._harmless) < _REMEMBERED:
            self._harmless[key] = self.accesses  # kept, so that the identities in the key stay taken
        if complete is not None and self.columns == 1:
            self._spread()
        columns = None if complete is None else complete[0]
        for table in self.tables.values():
            table.clear(columns, self.blocks)
        self.followed.forget(columns, self.blocks)
        if complete is None:
            self.ordered = self.order.by_thread = False
        if complete is None:
            self.accesses = []
            self.judged = 0
        else:
            self._keep_for_the_others()

    def _keep_for_the_others(self) -> None:
        """Some blocks met, others are still in their interval: keep what messages about those need."""
        for access in self.accesses[:-_JUDGE_AFTER]:
            access.value = None  # too much memory to keep

    def settle(self) -> None:
        """Judge what was noted so far: the order of threads is about to change."""
        self._judge()
        self.ordered = True
        if self.columns == 1:
            self._spread()
        if self.knowledge is not None and not self.order.by_thread:
            self.order.by_thread = True
            for part in (*self.tables.values(), self.followed):
                part.stamp(self.order)

    def finish(self) -> None:
        """The chunk's threads have all ended."""
        self._judge()

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
            if self.columns == 1 and not same_in_all_blocks(access):
                self._spread()
            for part in range(max(access.size // self.grain, 1)):
                who, cell = self._places(access, part)
                self._conflicts(access, number, who, cell)
            if access.kind == ATOMIC and access.time is not None:  # polls: there may be very many
                self.accesses[number] = Access(ATOMIC, access.step, _NOWHERE, access.size, None, access.lanes)
        if self._suspects:
            raise Suspicion(self._suspects)

    def _byte_of(self, cell: np.ndarray) -> np.ndarray:
        block = cell % self.columns + self.chunk.first_block
        return _word(block.astype(np.int64), cell // self.columns * self.grain)

    def _places(self, access: Access, part: int) -> tuple[np.ndarray, np.ndarray]:
        """``(who, cell)`` of each active lane, flat; ``who`` is ``block * T + thread + 1``."""
        lanes = access.lanes
        shape = (lanes.shape[0], 1) if self.columns == 1 else lanes.shape
        cell = access.address // self.grain + part
        if self.columns > 1:
            cell = cell * self.blocks + lanes.block
        if cell.shape != shape:
            cell = np.broadcast_to(cell, shape)
        who = self._who(lanes, shape)
        if access.mask is None:
            return who.ravel(), cell.ravel()
        mask = np.broadcast_to(access.mask, shape)
        return who[mask], cell[mask]

    def _who(self, lanes: Lanes, shape: tuple[int, int]) -> np.ndarray:
        """``block * T + thread + 1`` of every lane, int32 of ``shape``."""
        if not lanes.full or self._everyone is None or self._everyone.shape != shape:
            block = lanes.block[:, : shape[1]]
            who = np.broadcast_to((lanes.thread + 1 + block * lanes.threads).astype(np.int32), shape).copy()
            if not lanes.full:
                return who
            self._everyone = who
        return self._everyone

    def _conflicts(self, access: Access, number: int, who: np.ndarray, cell: np.ndarray) -> None:
        """Enter an access into the tables, and see whether it races with an earlier one."""
        order = self.order
        if access.tag is None:
            self.tables[access.kind].add(cell, who, number, order, access.time)
        else:
            self.followed.add(access.tag, number, cell, who, order)
        if access.kind != READ:
            for read, lane, writer in self.followed.met_by(cell, who, order):
                by = np.full(lane.shape, number)
                self._poison(self.accesses[read.access], read.tag, read.who[lane], who[writer], by)
        for kind in CONFLICTS[access.kind]:
            table = self.tables[kind]
            if table.clean:
                continue
            other, by = table.other_than(cell, who, order, self._seen if kind == ATOMIC else None)
            met = np.flatnonzero(other)
            if not met.size:
                continue
            if self.knowledge is None and ATOMIC in (access.kind, kind):
                raise Suspicion(set(), full={EACH_THREAD})  # one may have seen what the other did
            if access.tag is not None:
                self._poison(access, access.tag, who[met], other[met], by[met])
            elif READ in (access.kind, kind):
                for entry in np.unique(by[met]):
                    reader = access if access.kind == READ else self.accesses[entry]
                    self._suspects.add(reader.step.instruction)
            else:
                self._two_writers(access, who, other, by, met)
        if access.kind == WRITE and not self._suspects:
            for kind in (READ, ATOMIC):
                self.tables[kind].settled(cell)

    def _two_writers(
        self, access: Access, who: np.ndarray, other: np.ndarray, by: np.ndarray, met: np.ndarray
    ) -> None:
        """Two threads wrote one place: harmless to the result if they wrote the same, an error if not."""
        explain = self.chunk.launch.explain
        for at in met.tolist():
            theirs = self.accesses[by[at]]
            block, mine = divmod(int(who[at]) - 1, self.chunk.lanes.threads)
            them = (int(other[at]) - 1) % self.chunk.lanes.threads
            wrote = value_of(access, mine, block)
            same = wrote is not None and wrote == value_of(theirs, them, block)
            error = explain.race(self.chunk, (access, mine), (theirs, them), block, same_value=same)
            if not same:
                self.chunk.launch.found(error)
                return
            self.chunk.launch.warn(error)
            if self.columns == 1 and met.size > 64:
                return

    def _poison(
        self, access: Access, tag: Tag, reader: np.ndarray, writer: np.ndarray, by: np.ndarray
    ) -> None:
        """The values that threads ``reader`` got are bad: ``writer`` wrote there, in accesses ``by``."""
        threads = self.chunk.lanes.threads
        bad = np.zeros(self.chunk.lanes.shape, bool)
        block, thread = np.divmod(reader - 1, threads)
        if self.columns == 1:
            bad[thread] = True
        else:
            bad[thread, block] = True
        lane_of = dict(zip(reader.tolist(), range(reader.size), strict=True))
        accesses, chunk = self.accesses, self.chunk

        def error(row: int, column: int) -> Exception:
            at = lane_of.get(column * threads + row + 1, lane_of.get(row + 1))
            theirs = (accesses[by[at]], (int(writer[at]) - 1) % threads)
            return chunk.launch.explain.race(chunk, (access, row), theirs, column)

        tag.poison(bad, error)

    def _spread(self) -> None:
        """From here on each block has tables of its own."""
        if self.blocks == 1:
            return
        threads = self.chunk.lanes.threads
        self.tables = {kind: table.spread(self.blocks, threads) for kind, table in self.tables.items()}
        self.followed.spread(self.blocks, threads)
        self.columns = self.blocks


def _word(block: np.ndarray, address: np.ndarray) -> np.ndarray:
    """The number of a word of shared memory: those of the blocks are apart, and below all of global memory."""
    return address - ((block + 1) << 32)
