"""Judges accesses to global memory cell by cell: who was there before, and does anything order the two?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.careful import Suspicion, Tag
from smsim.hazards.cells import LastWriter, Note, Visitors
from smsim.hazards.knowledge import Knowledge
from smsim.hazards.tables import CONFLICTS
from smsim.machine.globalspace import FlatAccess
from smsim.machine.kinds import ATOMIC, READ, WRITE
from smsim.machine.memory import Allocation
from smsim.machine.outersum import OuterSum

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame
    from smsim.machine.launch import Launch

#: After notes of these kinds, an access of that kind needs them entered one by one instead.
_UNSETTLED_BY = {READ: (ATOMIC,), WRITE: (READ, ATOMIC), ATOMIC: (READ,)}
_EPOCH = 4096  # intervals of a warp between two barriers of its block; more wrap into the next


class GlobalJudge:
    """What is known of all accesses to global memory in one run of a launch, and the verdicts.

    Args:
        launch: the launch.
        grain: the narrowest global access of the kernel in bytes; what one cell covers.
        in_full: allocations (by base) of which every access is entered.
    """

    def __init__(self, launch: Launch, grain: int, in_full: set[int]) -> None:
        self.launch, self.grain, self.in_full = launch, grain, in_full
        self.threads = launch.threads
        self.space = launch.global_space
        self.knowledge: Knowledge | None = None
        if launch.kernel.synchronises:
            total = launch.threads * launch.blocks
            self.knowledge = Knowledge(total, launch.threads, launch.hazards == "strict")
        self.epochs: np.ndarray | None = None
        self.steps: list[Step] = []
        self._numbers: dict[int, int] = {}
        self._notes: dict[str, dict[int, list[Note]]] = {READ: {}, ATOMIC: {}}
        self._writers: dict[int, LastWriter] = {}
        self._visitors: dict[str, dict[int, Visitors]] = {READ: {}, ATOMIC: {}}
        self._tags: dict[tuple[int, int], list[Tag]] = {}
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
        tag = self._followed(frame, step) if kind == READ else None
        ids_of_lanes = self._lane_ids(frame)
        for flat in self.space.flat(address, unsigned, frame.mask, frame.lanes.shape, writes=False):
            base = flat.allocation.base
            ids = ids_of_lanes[flat.row, flat.column]
            new = None
            if value is not None:
                bits = np.ascontiguousarray(np.asarray(value)).view(unsigned)
                new = np.broadcast_to(bits, frame.lanes.shape)[flat.row, flat.column]
            if self.knowledge is not None and kind == ATOMIC:
                self._synchronise(step, kind, ids, flat.index * size + base)
            for part in range(max(size // self.grain, 1)):
                cell = flat.index * max(size // self.grain, 1) + part
                self._judge(frame, step, kind, flat, base, ids, cell, new, tag)

    def _judge(
        self,
        frame: Frame,
        step: Step,
        kind: str,
        flat: FlatAccess,
        base: int,
        ids: np.ndarray,
        cell: np.ndarray,
        new: np.ndarray | None,
        tag: Tag | None,
    ) -> None:
        stamps = self._stamps(frame, ids)
        if kind == WRITE:
            self._against_writers(frame, step, kind, flat, base, ids, cell, new, tag)
            self._writer(flat.allocation).put(cell, ids, self._number(step), *stamps)
            self._same_instruction(frame, step, flat, base, ids, cell, new)
        elif base in self._writers:
            self._against_writers(frame, step, kind, flat, base, ids, cell, new, tag)
        if base not in self.in_full:
            low, high = base + int(cell.min()) * self.grain, base + (int(cell.max()) + 1) * self.grain
            self._against_notes(frame, kind, base, low, high, None)
            if kind != WRITE:
                Note.add(self._notes[kind].setdefault(base, []), frame.chunk.first_block, low, high, None)
            return
        for other in CONFLICTS[kind]:
            if other == WRITE:
                continue
            visitors = self._visitors[other].get(base)
            if visitors is None:
                continue
            for who, access, when, released in visitors.at(cell):
                self._conflicts(frame, step, kind, other, base, ids, cell, who, access, when, released, tag)
        if kind != WRITE:
            table = self._visitors[kind].get(base)
            if table is None:
                cells = -(-flat.allocation.size // self.grain)
                table = self._visitors[kind][base] = Visitors(cells)
            table.put(cell, ids, self._number(step), *stamps)

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

    def _against_writers(
        self, frame: Frame, step: Step, kind: str, flat: FlatAccess, base: int, ids: np.ndarray,
        cell: np.ndarray, new: np.ndarray | None, tag: Tag | None,
    ) -> None:  # fmt: skip
        writer = self._writers.get(base)
        if writer is None:
            return
        who, access, when, released = writer.at(cell)
        same = None
        if new is not None:
            same = flat.view[flat.index] == new
        self._conflicts(frame, step, kind, WRITE, base, ids, cell, who, access, when, released, tag, same)

    def _same_instruction(
        self, frame: Frame, step: Step, flat: FlatAccess, base: int, ids: np.ndarray, cell: np.ndarray,
        new: np.ndarray,
    ) -> None:  # fmt: skip
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

    def _conflicts(
        self, frame: Frame, step: Step, kind: str, other: str, base: int, ids: np.ndarray, cell: np.ndarray,
        who: np.ndarray, access: np.ndarray, when: np.ndarray, released: np.ndarray, tag: Tag | None,
        same: np.ndarray | None = None,
    ) -> None:  # fmt: skip
        """Of the lanes that meet somebody in their cell, find those that nothing orders."""
        met = (who != 0) & (who != ids)
        if not met.any():
            return
        at = np.flatnonzero(met)
        at = at[~self._ordered_in_block(frame, ids[at], who[at], when[at])]
        if self.knowledge is not None:
            over = self.knowledge.over
            at = [
                i
                for i in at.tolist()
                if not over(int(ids[i]) - 1, int(who[i]) - 1, int(when[i]) // _EPOCH, int(released[i]))
            ]
        else:
            at = at.tolist()
        suspects = set()
        for i in at:
            theirs = self.steps[access[i]]
            if kind == READ or other == READ:
                reader = step if kind == READ else theirs
                facts = (step, kind, int(ids[i]), theirs, other, int(who[i]), base, int(cell[i]))
                if not self._poison(reader, tag if kind == READ else None, facts):
                    suspects.add(reader.instruction)
                continue
            harmless = same is not None and bool(same[i])
            self._tell(step, kind, int(ids[i]), theirs, other, int(who[i]), base, int(cell[i]), harmless)
            if not harmless:
                return
        if suspects:
            raise Suspicion(suspects)

    def _poison(self, reader: Step, tag: Tag | None, facts: tuple) -> bool:
        """Tell the value that was read that it is bad; false if nobody follows it."""
        _, kind, mine, _, other, theirs, _, _ = facts
        thread = (mine if kind == READ else theirs) - 1
        first, blocks = self._chunk_of(thread // self.threads)
        tags = [tag] if tag is not None else self._tags.get((id(reader.instruction), first), [])
        for one in tags:
            bad = np.zeros(one.bad.shape, bool)
            bad[thread % self.threads, thread // self.threads - first] = True
            one.poison(bad, lambda row, column: self.launch.explain.global_race(*facts, self.grain, False))
        return bool(tags)

    def _tell(self, step, kind, mine, theirs, other, whose, base, cell, same) -> None:
        error = self.launch.explain.global_race(
            step, kind, mine, theirs, other, whose, base, cell, self.grain, same
        )
        if same:
            self.launch.warn(error)
        else:
            self.launch.found(error)

    def _ordered_in_block(
        self, frame: Frame, ids: np.ndarray, who: np.ndarray, when: np.ndarray
    ) -> np.ndarray:
        """Whether a barrier of their block, or of their warp, stands between two threads of one block."""
        mine, theirs = (ids - 1) // self.threads, (who - 1) // self.threads
        together = mine == theirs
        if self.epochs is None and frame.chunk.order.clocks is None:
            return np.zeros(ids.shape, bool)
        now = np.zeros(ids.shape, np.int32) if self.epochs is None else self.epochs[mine]
        before = when // _EPOCH < now
        clocks = frame.chunk.order.clocks
        if clocks is not None:
            me, other = (ids - 1) % self.threads, (who - 1) % self.threads
            column = np.where(together, mine - frame.chunk.first_block, 0)
            waited = clocks.before(me, column, other, when % _EPOCH)
            before |= (when // _EPOCH == now) & waited
        return together & before

    def _stamps(self, frame: Frame, ids: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
        """``(when, released)`` of each thread now; ``None`` where nothing has made it matter yet."""
        when = released = None
        thread = ids - 1
        if self.epochs is not None:
            when = self.epochs[thread // self.threads] * _EPOCH
        clocks = frame.chunk.order.clocks
        if clocks is not None:
            column = thread // self.threads - frame.chunk.first_block
            now = clocks.now(thread % self.threads, column)
            when = now if when is None else when + now
        if self.knowledge is not None:
            released = self.knowledge.releases[thread]
        return when, released

    def _synchronise(self, step: Step, kind: str, ids: np.ndarray, address: np.ndarray) -> None:
        """Strong accesses carry knowledge from thread to thread, in the order of the lanes."""
        flags, name = step.form.flags, step.form.row.semantics
        acquire, release = bool(flags & {"acquire", "acq_rel"}), bool(flags & {"release", "acq_rel"})
        block_scope = "cta" in flags
        reads = name in ("memory.load", "memory.atomic")
        for thread, word in zip((ids - 1).tolist(), address.tolist(), strict=True):
            if reads:
                self.knowledge.read(thread, word, acquire=acquire)
            if name != "memory.load":
                combine = name != "memory.store"
                self.knowledge.write(thread, word, release=release, combine=combine, block_scope=block_scope)

    def _followed(self, frame: Frame, step: Step) -> Tag | None:
        careful = self.launch.careful
        if careful is None or step.instruction not in careful.sites:
            return None
        tag = careful.follow(frame, frame.chunk)
        key = (id(step.instruction), frame.chunk.first_block)
        self._tags.setdefault(key, []).append(tag)
        return tag

    def _chunk_of(self, block: int) -> tuple[int, int]:
        """``(first block, number of blocks)`` of the chunk that holds ``block``."""
        per_chunk = self.launch.chunk_blocks()
        return block // per_chunk * per_chunk, per_chunk

    def _number(self, step: Step) -> int:
        number = self._numbers.get(id(step))
        if number is None:
            number = self._numbers[id(step)] = len(self.steps)
            self.steps.append(step)
        return number

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
