"""Judges accesses to global memory cell by cell: who was there before, and does anything order the two?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.careful import Suspicion, Tag
from smsim.hazards.cells import LastWriter, Note
from smsim.hazards.followed import Followed
from smsim.hazards.knowledge import EACH_THREAD
from smsim.hazards.scopes import reach
from smsim.hazards.strong import observed, synchronise
from smsim.hazards.tables import CONFLICTS, Touched
from smsim.machine.globalspace import FlatAccess
from smsim.machine.kinds import ATOMIC, READ, WRITE
from smsim.machine.memory import Allocation
from smsim.machine.outersum import OuterSum

if TYPE_CHECKING:
    from smsim.hazards.globalrecord import GlobalRecord
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame
    from smsim.machine.launch import Launch

#: After notes of these kinds, an access of that kind needs them entered one by one instead.
_UNSETTLED_BY = {READ: (ATOMIC,), WRITE: (READ, ATOMIC), ATOMIC: (READ,)}


class GlobalJudge:
    """The verdicts on one launch's accesses to global memory.

    Args:
        launch: the launch.
        record: the accesses so far, those of launches that run at the same time among them.
    """

    def __init__(self, launch: Launch, record: GlobalRecord) -> None:
        self.launch, self.record, self.space = launch, record, launch.global_space
        self.grain, self.in_full, self.threads = record.grain, record.in_full, record.threads
        self.knowledge, self.order, self.steps = record.knowledge, record.order, record.steps
        self._number = record.number
        self._notes, self._writers, self._visitors = record.notes, record.writers, record.visitors
        self._followed, self._strong = record.followed, record.strong
        self._ids: tuple[Chunk | None, np.ndarray] = (None, np.empty(0))

    def _one_by_one(
        self,
        frame: Frame,
        step: Step,
        kind: str,
        address: np.ndarray | OuterSum,
        size: int,
        value: np.ndarray | None,
    ) -> None:
        unsigned = np.dtype(f"u{size}")
        tag = self._follow(frame, step) if kind == READ else None
        self.order.chunk = frame.chunk
        ids_of_lanes = self._lane_ids(frame)
        for flat in self.space.flat(address, unsigned, frame.mask, frame.lanes.shape, writes=False):
            base = flat.allocation.base
            ids = ids_of_lanes[flat.row, flat.column]
            new = None
            if value is not None:
                bits = np.ascontiguousarray(np.asarray(value)).view(unsigned)
                new = np.broadcast_to(bits, frame.lanes.shape)[flat.row, flat.column]
            time = None
            if self.knowledge is not None and kind == ATOMIC:
                if reach(step.form.flags) < self.record.widest and base not in self.in_full:
                    raise Suspicion(set(), full={base})  # it may race with strong accesses of other blocks
                frame.chunk.watch.settle()
                time = self.order.now(ids)  # a release is part of what it releases, the rest is not
                synchronise(self.knowledge, step, ids - 1, flat.index * size + base)
            for part in range(max(size // self.grain, 1)):
                cell = flat.index * max(size // self.grain, 1) + part
                self._judge(frame, step, kind, flat, base, ids, cell, time, new, tag)

    def _judge(
        self, frame: Frame, step: Step, kind: str, flat: FlatAccess, base: int, ids: np.ndarray,
        cell: np.ndarray, time: np.ndarray | None, new: np.ndarray | None, tag: Tag | None,
    ) -> None:  # fmt: skip
        suspects: set[object] = set()
        writer = self._writers.get(base)
        if writer is not None:
            same = None if new is None else flat.view[flat.index] == new
            other, by = writer.unordered(cell, ids, self.order)
            if kind == WRITE and other.any():
                at = np.flatnonzero(other)
                self._visited(WRITE, flat).add(
                    cell[at], other[at], by[at], self.order, writer.times(cell[at])
                )
            suspects |= self._conflicts(step, kind, WRITE, base, ids, cell, other, by, tag, same)
            if base in self._visitors[WRITE] and kind != WRITE:
                other, by = self._visitors[WRITE][base].other_than(cell, ids, self.order)
                suspects |= self._conflicts(step, kind, WRITE, base, ids, cell, other, by, tag, same)
        if kind == WRITE:
            self._writer(flat.allocation).put(cell, ids, self._number(step), self.order.now(ids))
            self._same_instruction(step, flat, base, ids, cell, new)
        if base in self.in_full:
            suspects |= self._against_visitors(step, kind, flat, base, ids, cell, time, tag)
        else:
            low, high = base + int(cell.min()) * self.grain, base + (int(cell.max()) + 1) * self.grain
            self._against_notes(frame, kind, base, low, high, None)
            if kind != WRITE:
                Note.add(self._notes[kind].setdefault(base, []), frame.chunk.first_block, low, high, None)
        if suspects:
            raise Suspicion(suspects)

    def _against_visitors(
        self, step: Step, kind: str, flat: FlatAccess, base: int, ids: np.ndarray, cell: np.ndarray,
        time: np.ndarray | None, tag: Tag | None,
    ) -> set[object]:  # fmt: skip
        """An access to an allocation of which every access is entered. Returns the reads to be followed."""
        suspects: set[object] = set()
        if kind == ATOMIC and self.knowledge is not None and self.record.widest:
            self._against_strong(step, base, ids, cell, time, flat.allocation)
        for other in CONFLICTS[kind]:
            visitors = self._visitors[other].get(base)
            if other != WRITE and visitors is not None:
                seen = None
                if other == ATOMIC and self.knowledge is not None:
                    seen = observed(self.knowledge, lambda cell: cell * self.grain + base, lambda id: id - 1)
                whose, by = visitors.other_than(cell, ids, self.order, seen)
                suspects |= self._conflicts(step, kind, other, base, ids, cell, whose, by, tag)
        followed = self._followed.get(base)
        if tag is not None:
            if followed is None:
                followed = self._followed[base] = Followed()
            followed.add(tag, self._number(step), cell, ids, self.order)
            return suspects
        if kind != READ and followed is not None:
            for read, lane, mine in followed.met_by(cell, ids, self.order):
                theirs = self.steps[read.access]
                facts = {
                    int(read.who[i]): (
                        step,
                        kind,
                        int(ids[j]),
                        theirs,
                        READ,
                        int(read.who[i]),
                        base,
                        int(cell[j]),
                    )
                    for i, j in zip(lane.tolist(), mine.tolist(), strict=True)
                }
                self._poison(read.tag, facts)
        if kind != WRITE:
            self._visited(kind, flat).add(cell, ids, self._number(step), self.order, time)
        elif not suspects:
            strong = self._strong.get(base, {}).values()
            for visitors in (self._visitors[READ].get(base), self._visitors[ATOMIC].get(base), *strong):
                if visitors is not None:
                    visitors.settled(cell)
        return suspects

    def _against_strong(
        self, step: Step, base: int, ids: np.ndarray, cell: np.ndarray, time: np.ndarray | None,
        allocation: Allocation,
    ) -> None:  # fmt: skip
        """Strong accesses race too, where the scope of one does not hold the other's thread."""
        mine = step.form.row.semantics != "memory.load", min(reach(step.form.flags), self.record.widest)
        tables = self._strong.setdefault(base, {})
        if mine not in tables:
            tables[mine] = Touched(-(-allocation.size // self.grain), many=True)
        tables[mine].add(cell, ids, self._number(step), self.order, time)

        for theirs, table in tables.items():
            scope = min(mine[1], theirs[1])
            if (mine[0] or theirs[0]) and scope < self.record.widest:

                def in_scope(
                    cell: np.ndarray, me: np.ndarray, other: np.ndarray, time: np.ndarray, scope: int = scope
                ) -> np.ndarray:
                    return self.record.in_scope(scope, me, other)

                whose, by = table.other_than(cell, ids, self.order, in_scope)
                self._conflicts(step, ATOMIC, ATOMIC, base, ids, cell, whose, by, None)

    def _against_notes(
        self, frame: Frame, kind: str, base: int, low: int, high: int, signature: object
    ) -> None:
        """Have accesses of another kind been noted in these bytes, by whoever it was?

        Raises:
            Suspicion: they have, and the note does not say which thread it was.
        """
        mine = frame.chunk.first_block
        for other in _UNSETTLED_BY[kind]:
            for note in self._notes[other].get(base, ()):
                same_lanes = note.chunk == mine and signature is not None and note.signature == signature
                if note.low < high and low < note.high and not same_lanes:
                    raise Suspicion(set(), full={base})

    def _same_instruction(
        self, step: Step, flat: FlatAccess, base: int, ids: np.ndarray, cell: np.ndarray, new: np.ndarray
    ) -> None:
        """Lanes of one store that meet in one cell: the table keeps one of them."""
        last = self._writers[base].who[cell]
        lost = np.flatnonzero(last != ids)
        if not lost.size:
            return
        winner_value = dict(zip(cell.tolist(), new.tolist(), strict=True))
        for at in lost.tolist():
            same = winner_value[int(cell[at])] == int(new[at])
            self._tell(step, WRITE, int(ids[at]), step, WRITE, int(last[at]), base, int(cell[at]), same)
            if not same:
                return
        self._visited(WRITE, flat).add(cell[lost], ids[lost], self._number(step), self.order)

    def _conflicts(
        self, step: Step, kind: str, other: str, base: int, ids: np.ndarray, cell: np.ndarray,
        whose: np.ndarray, by: np.ndarray, tag: Tag | None, same: np.ndarray | None = None,
    ) -> set[object]:  # fmt: skip
        """The lanes that meet somebody (``whose`` is not 0) whom nothing orders. Returns reads to follow."""
        met = np.flatnonzero(whose)
        if met.size and self.knowledge is None and ATOMIC in (kind, other):
            raise Suspicion(set(), full={EACH_THREAD})  # one may have seen what the other did
        if READ in (kind, other) and met.size:
            if tag is None:
                found = {step} if kind == READ else {self.steps[n] for n in np.unique(by[met])}
                return {reader.instruction for reader in found}
            facts = {
                int(ids[i]): (
                    step,
                    kind,
                    int(ids[i]),
                    self.steps[by[i]],
                    other,
                    int(whose[i]),
                    base,
                    int(cell[i]),
                )
                for i in met.tolist()
            }
            self._poison(tag, facts)
            return set()
        for i in met.tolist():
            theirs = self.steps[by[i]]
            harmless = same is not None and bool(same[i])
            self._tell(step, kind, int(ids[i]), theirs, other, int(whose[i]), base, int(cell[i]), harmless)
            if not harmless:
                break
        return set()

    def _poison(self, tag: Tag, facts: dict[int, tuple]) -> None:
        """Tell the values that were read that they are bad; ``facts`` say of each reader with whom it races."""
        bad = np.zeros(tag.bad.shape, bool)
        block, thread = np.divmod(np.array(list(facts)) - 1, self.threads)
        bad[thread, block - tag.chunk.first_block] = True

        def error(row: int, column: int) -> Exception:
            reader = (tag.chunk.first_block + column) * self.threads + row + 1
            return self.launch.explain.global_race(*facts[reader], self.grain, False)

        tag.poison(bad, error)

    def _tell(self, step, kind, mine, theirs, other, whose, base, cell, same) -> None:
        error = self.launch.explain.global_race(
            step, kind, mine, theirs, other, whose, base, cell, self.grain, same
        )
        if same:
            self.launch.warn(error)
        else:
            self.launch.found(error)

    def _follow(self, frame: Frame, step: Step) -> Tag | None:
        careful = self.launch.careful
        if careful is None or step.instruction not in careful.sites:
            return None
        return careful.follow(frame, frame.chunk)

    def _visited(self, kind: str, flat: FlatAccess) -> Touched:
        base = flat.allocation.base
        table = self._visitors[kind].get(base)
        if table is None:
            cells = -(-flat.allocation.size // self.grain)
            table = self._visitors[kind][base] = Touched(cells, self.knowledge is not None)
        return table

    def _writer(self, allocation: Allocation) -> LastWriter:
        writer = self._writers.get(allocation.base)
        if writer is None:
            cells = -(-allocation.size // self.grain)
            writer = self._writers[allocation.base] = LastWriter(cells)
        return writer

    def _lane_ids(self, frame: Frame) -> np.ndarray:
        """Linear thread number in the grid + 1 of every lane of ``frame``: int32, ``(T, B)``."""
        lanes = frame.lanes
        if lanes.full and self._ids[0] is frame.chunk:
            return self._ids[1]
        ids = (
            ((lanes.block.T + frame.chunk.first_block) * self.threads + lanes.thread.T + 1).astype(np.int32).T
        )
        if not lanes.full:
            return ids.reshape(lanes.shape)
        self._ids = (frame.chunk, ids)
        return ids
