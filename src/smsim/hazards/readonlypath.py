"""``ld.global.nc``: a read through the read-only path, of what nobody may write while the kernel runs.

The PTX ISA leaves open what such a load returns if anybody writes there during the launch. No barrier, fence or
flag helps, because the path is not kept coherent, so neither order nor thread matters here: one read and
one write of the same byte are enough, whichever came first.

Most kernels write elsewhere, and for these a note of which allocations are read in this way and which are
written is enough. If one is both, the launch runs again and its accesses are entered cell by cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.careful import Suspicion, Tag
from smsim.hazards.tables import Slot, pairs
from smsim.machine.globalspace import FlatAccess
from smsim.machine.outersum import OuterSum
from smsim.ptx.nodes import Instruction

if TYPE_CHECKING:
    from smsim.hazards.globaljudge import GlobalJudge
    from smsim.machine.bind.binding import Step
    from smsim.machine.frame import Frame

#: Whose value is followed, with its threads (numbers from 1) and their cells, ``(n,)`` each.
_FollowedRead = tuple[Tag, "Step", np.ndarray, np.ndarray]


def takes_read_only_path(instruction: Instruction) -> bool:
    return instruction.opcode == "ld" and "nc" in instruction.modifiers


class ReadOnlyRecord:
    """Who read through the read-only path, and who wrote, in one run of launches; by allocation."""

    def __init__(self) -> None:
        self.noted: dict[bool, set[int]] = {False: set(), True: set()}  # by whether it was a write
        self.writers: dict[int, Slot] = {}
        self.readers: dict[int, Slot] = {}  # those whose values are not followed
        self.followed: dict[int, list[_FollowedRead]] = {}


class ReadOnlyPath:
    """Judges the reads of one launch through the read-only path, and its writes.

    Launches that run at the same time share the record. One that waits for another to end begins after it and may
    read what that wrote; but where others run beside both, the two are taken for one.

    Args:
        judge: whose launch, threads and numbered steps; its ``in_full`` says which allocations are entered.
    """

    def __init__(self, judge: GlobalJudge, record: ReadOnlyRecord) -> None:
        self._judge = judge
        self._noted, self._writers = record.noted, record.writers
        self._readers, self._followed = record.readers, record.followed

    def access(self, frame: Frame, step: Step, address: np.ndarray | OuterSum, size: int) -> None:
        """Lanes of ``frame`` are about to touch ``size`` bytes of global memory at ``address``.

        Raises:
            NonCoherentRead: a followed value was read where somebody writes, and got somewhere.
            Suspicion: it may be so, and a closer look is needed.
        """
        writes = step.form.row.semantics != "memory.load"
        if not writes and not takes_read_only_path(step.instruction):
            return
        judge, unsigned = self._judge, np.dtype(f"u{size}")
        whole = judge.space.whole(address, size)
        if whole is not None and whole.base not in judge.in_full:
            self._note(whole.base, writes)
            return
        tag = None if writes else judge._follow(frame, step)
        ids_of_lanes = judge._lane_ids(frame)
        for flat in judge.space.flat(address, unsigned, frame.mask, frame.lanes.shape, writes=False):
            if flat.allocation.base not in judge.in_full:
                self._note(flat.allocation.base, writes)
                continue
            ids = ids_of_lanes[flat.row, flat.column]
            parts = max(size // judge.grain, 1)
            for part in range(parts):
                cell = flat.index * parts + part
                if writes:
                    self._write(step, flat, ids, cell)
                else:
                    self._read(step, flat, ids, cell, tag)

    def _note(self, base: int, writes: bool) -> None:
        self._noted[writes].add(base)
        if base in self._noted[not writes]:
            raise Suspicion(set(), full={base})

    def _read(self, step: Step, flat: FlatAccess, ids: np.ndarray, cell: np.ndarray, tag: Tag | None) -> None:
        base = flat.allocation.base
        writers = self._table(self._writers, flat)
        met = np.flatnonzero(writers.who[cell])
        if tag is None:
            if met.size:
                raise Suspicion({step.instruction})
            self._table(self._readers, flat).put(cell, ids, self._judge._number(step), None)
            return
        self._followed.setdefault(base, []).append((tag, step, ids, cell))
        by = writers.access[cell]
        self._poison(
            tag,
            base,
            {
                int(ids[i]): (step, self._judge.steps[by[i]], int(writers.who[cell[i]]), int(cell[i]))
                for i in met.tolist()
            },
        )

    def _write(self, step: Step, flat: FlatAccess, ids: np.ndarray, cell: np.ndarray) -> None:
        base = flat.allocation.base
        readers = self._table(self._readers, flat)
        met = cell[readers.who[cell] != 0]
        if met.size:
            found = np.unique(readers.access[met])
            raise Suspicion({self._judge.steps[n].instruction for n in found})
        for tag, reader, who, where in self._followed.get(base, ()):
            lane, mine = pairs(where, cell)
            self._poison(
                tag,
                base,
                {
                    int(who[i]): (reader, step, int(ids[j]), int(where[i]))
                    for i, j in zip(lane.tolist(), mine.tolist(), strict=True)
                },
            )
        self._table(self._writers, flat).put(cell, ids, self._judge._number(step), None)

    def _poison(self, tag: Tag, base: int, facts: dict[int, tuple[Step, Step, int, int]]) -> None:
        """Tell the values that were read that they are undefined; ``facts`` say of each reader who writes."""
        if not facts:
            return
        judge = self._judge
        bad = np.zeros(tag.bad.shape, bool)
        block, thread = np.divmod(np.array(list(facts)) - 1, judge.threads)
        bad[thread, block - tag.chunk.first_block] = True

        def error(row: int, column: int) -> Exception:
            reader = (tag.chunk.first_block + column) * judge.threads + row + 1
            return judge.launch.explain.non_coherent(reader, *facts[reader], base, judge.grain)

        tag.poison(bad, error)

    def _table(self, tables: dict[int, Slot], flat: FlatAccess) -> Slot:
        base = flat.allocation.base
        if base not in tables:
            tables[base] = Slot(-(-flat.allocation.size // self._judge.grain))
        return tables[base]
