"""Runs a chunk: some whole blocks of a launch, all their threads as lanes of the same arrays.

Lanes that stand at the same place run together. Which place goes next: the deepest call first, then
the lowest in the program, so that lanes which took different ways meet again. Lanes that spin, trying
an atomic or polling memory, let all others go first; a contended lock would never be released else.
Under a seed another place may go next, and lanes may stay behind; see :mod:`.interleaving`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.asyncwatch import CopyWatch
from smsim.machine.asynccopies import Copies
from smsim.machine.barriers import Barriers, GridBarrier
from smsim.machine.collectives import from_warps, to_warps
from smsim.machine.frame import Frame, Mask, union, without
from smsim.machine.lanes import WARP, Lanes
from smsim.machine.mbarriers import Mbarriers
from smsim.machine.meetings import Meetings
from smsim.machine.registerpool import RegisterPool
from smsim.machine.retype import Value, merge, retype
from smsim.machine.stack import ThreadStack

if TYPE_CHECKING:
    from smsim.machine.launch import Launch
    from smsim.machine.program import Code

#: After so many turns of one loop, lanes that wait elsewhere get theirs even if nobody seems to spin.
PATIENCE = 4096
#: So many rounds in which all lanes only spun, and the chunk makes room for blocks not yet started.
ROUNDS_BEFORE_PARKING = 64
#: Engine steps that a turn of a spinning loop counts for: waiting in vain should not take the whole budget.
SPIN_COST = 64
#: A loop is run on its own lanes alone once fewer than one lane in so many is left in it.
SPARSE = 8
_WORTH_GATHERING = 512


class Chunk:
    """Blocks ``first_block`` to ``first_block + blocks - 1`` of those that a launch runs.

    Attributes:
        block_numbers: the linear number in the grid of each of them, int64 ``(B,)``. It is not the block's
            place in the launch where only chosen blocks are run.
    """

    def __init__(self, launch: Launch, first_block: int, blocks: int) -> None:
        self.launch, self.first_block = launch, first_block
        self.block_numbers = launch.numbers_of(np.arange(first_block, first_block + blocks))
        self.interleaving = launch.interleaving
        self.lanes = Lanes.of_chunk(launch.threads, blocks)
        self.memory = launch.global_space
        self.shared = launch.make_shared(blocks)
        self.stack = ThreadStack(self.lanes, launch.make_local_watch(self))
        self.watch = launch.make_watch(self)
        self.order = launch.make_order(self)
        self.copies = self.mbarriers = None
        if launch.kernel.asynchronous:
            self.copies, self.mbarriers = Copies(self), Mbarriers(self)
            self.copy_watch = CopyWatch(self)
        self.barriers = Barriers(self)
        self.meetings = Meetings(self)
        self.registers = RegisterPool(self)
        self.grid_barrier = GridBarrier(self)
        self.exited: Mask | bool = False
        self.steps = 0
        self.slept = 0  # nanoseconds that lanes have asked to sleep; the clocks count them
        self.rounds = 0
        self.at_grid_barrier = self.waited_in_vain = False
        self.moved = self.let_go = False  # see hold
        self.ordered_at = 0
        base, extents = self.stack.push(0, launch.program.local_variables, ())
        root = Frame(
            self,
            launch.program,
            self.lanes,
            launch.program.fresh_registers(self.lanes, launch, self.block_numbers),
            launch.params.of_a_chunk(),
            local_base=base,
            local_extents=extents,
        )
        root.pending[0] = None
        root.taint.update(launch.initial_taint(root))
        self.frames = [root]

    # -- who goes next --------------------------------------------------------------------------------

    def advance(self) -> bool:
        """Run until every lane has exited (true), or all that can move only spin or wait for the grid (false).

        Under a seed it may also stop because it is another chunk's turn.

        Raises:
            SimulationError: what the program did wrong.
        """
        self.rounds = 0
        self.at_grid_barrier = self.waited_in_vain = False
        turns = None if self.interleaving is None else self.interleaving.quantum()
        together = self.launch.observer is not None and self.launch.observer.together
        while True:
            if turns is not None:
                if turns <= 0 and self.launch.other_chunks_wait():
                    return False
                turns -= 1
                frame, block = self._any()
            else:
                frame, block = self._next()
            if frame is not None:
                if not together:
                    self.execute(frame, block)
                    continue
                elsewhere = frame.pending.keys() | frame.held.keys()
                self.execute(frame, block)
                if self._others_should_look(frame, block, elsewhere):
                    self.moved = True
                    return False
            elif self._release():
                self.rounds = 0
            elif self._everyone_yielded():
                self.rounds += 1
                if self.rounds > ROUNDS_BEFORE_PARKING:
                    self.waited_in_vain = True
                    return False
            elif self.grid_barrier.waiting and not (
                self.barriers.waiting or self.meetings.waiting or self.registers.waiting
            ):
                self.at_grid_barrier = self.waited_in_vain = True
                return False
            elif self.frames:
                self.barriers.explain_deadlock()
            else:
                self.registers.finish()
                if self.copies is not None:
                    self.copies.finish()
                self.watch.finish()
                return True

    def _next(self) -> tuple[Frame | None, int]:
        for frame in reversed(self.frames):  # deepest first
            pending = frame.pending
            if pending:
                if not frame.yielded:
                    return frame, min(pending)
                ready = pending.keys() - frame.yielded
                if ready:
                    return frame, min(ready)
        return None, -1

    def _any(self) -> tuple[Frame | None, int]:
        """As :meth:`_next`, in the order of the seed."""
        if not self.interleaving.takes_a_detour():
            return self._next()
        if self.interleaving.one_in(4):  # they need not wait until nobody else can move
            self._release()
        ready = [(f, block) for f in self.frames for block in f.pending if block not in f.yielded]
        return ready[self.interleaving.below(len(ready))] if ready else (None, -1)

    def _release(self) -> bool:
        """Let go those whose barrier or meeting is complete. True if anybody can move again."""
        if self.meetings.release() or self.registers.waiting and self.registers.release():
            return True
        released = self.barriers.release()
        if released:
            self.ordered()
        return released

    def ordered(self) -> None:
        """Threads have waited for each other: what was written until now, no later load of theirs misses."""
        if self.launch.versions is not None:
            self.ordered_at = self.launch.versions.now

    def pass_grid_barrier(self) -> None:
        """All threads of the grid have come to where those of this chunk wait."""
        self.at_grid_barrier = self.waited_in_vain = False
        self.grid_barrier.release()
        self.ordered()

    def _everyone_yielded(self) -> bool:
        """Start a new round if there is anybody to run in it."""
        if self.mbarriers is not None:
            self.mbarriers.round_over()
        spinning = self.let_go = False
        for frame in self.frames:
            spinning = spinning or bool(frame.yielded and frame.pending) or bool(frame.held)
            frame.yielded.clear()
            for block, mask in frame.held.items():
                frame.go(block, mask)
            frame.held.clear()
        return spinning

    def _others_should_look(self, frame: Frame, block: int, elsewhere: set[int]) -> bool:
        """Whether lanes have just seen what they polled for, and other chunks should before these go on.

        Else a counter may have gone further by the time that the others look at it, and what they are recorded
        to have waited for would depend on which blocks ran together. ``elsewhere``: where lanes stood before.
        """
        if not self.launch.other_chunks_wait():
            return False
        blocks = frame.program.blocks
        left = blocks[block].polls and not all(blocks[b].polls for b in frame.pending.keys() - elsewhere)
        return blocks[block].peels >= 0 or left

    def hold(self, frame: Frame, block: int, mask: Mask) -> Mask | bool:
        """Of lanes that would run ``block``, those that need not wait for others of their warp.

        Lanes behind a loop in which lanes of their warp poll are held until the next round. If then nobody
        gets anywhere, the launch lets them go: what is polled for may be theirs to do.

        Returns:
            the lanes that go on; ``False`` if there are none.
        """
        blocks, polling = frame.program.blocks, None
        for target in frame.yielded & frame.pending.keys():
            if 0 <= blocks[target].polls_to < block:
                polling = (
                    union(polling, frame.pending[target], self.lanes.shape)
                    if polling is not None
                    else (np.ones((1, 1), bool) if frame.pending[target] is None else frame.pending[target])
                )
        if polling is None:
            return mask
        shape = self.lanes.shape
        warps = to_warps(np.broadcast_to(polling, shape), shape).any(axis=1, keepdims=True)
        near = from_warps(np.repeat(warps, WARP, axis=1), shape[0])
        staying = near if mask is None else near & mask
        if not staying.any():
            return mask
        frame.held[block] = union(frame.held[block], staying, shape) if block in frame.held else staying
        return without(mask, staying)

    # -- running one block ----------------------------------------------------------------------------

    def execute(self, frame: Frame, block: int) -> None:
        """Run the lanes that stand before ``block`` through it, and put them where they go next."""
        mask = frame.pending.pop(block)
        if self.interleaving is not None:
            mask = self.interleaving.some(frame, block, mask)
        code = frame.program.blocks[block]
        observer = self.launch.observer
        if observer is not None and observer.together:
            if frame.yielded and frame.lanes.full and not self.let_go:
                mask = self.hold(frame, block, mask)
                if mask is False:
                    return
            self.moved = self.moved or not code.polls
        self.stack.show(frame.local_extents)
        # A block behind others (these have yielded) runs as usual: gathered lanes stop before those others.
        first = block < min((*frame.pending, *frame.held), default=len(frame.program.blocks))
        if code.is_loop_header and first and mask is not None and not self.launch.careful:
            if code.simple and not code.spins and self._sparse(frame, mask):
                self._run_gathered(frame, block, mask)
                return
        frame.mask = mask
        self._spend(len(code.steps) + 1, frame, code)
        needed = 0 if mask is None else frame.live_elsewhere()
        if observer is not None:
            observer.enter(frame, code)
        steps = code.steps if observer is None else observer.watched(code)
        if self.launch.careful:
            self.launch.careful.run(frame, steps, needed)
            if code.ending is not None:
                self.launch.careful.use(frame, code.ending)
        elif needed:
            run_merging(frame, steps, needed)
        else:
            for step in steps:
                step.run(frame)
        if observer is not None and code.ending is not None:
            observer.before(frame, code.ending)
        code.leave(frame, mask, block)

    def back_edge(self, frame: Frame, target: int) -> None:
        """Lanes go round a loop: note whether they should let others go first."""
        if frame.program.blocks[target].spins:
            frame.yielded.add(target)
            self.steps += SPIN_COST
            return
        frame.turns += 1
        if frame.turns >= PATIENCE and (len(frame.pending) > 1 or len(self.frames) > 1 or frame.waiting):
            frame.turns = 0
            frame.yielded.add(target)

    def _spend(self, steps: int, frame: Frame, code: Code) -> None:
        self.steps += steps
        if self.launch.unconfirmed.reads and self.launch.unconfirmed.waited_long_enough(steps):
            self.launch.tell_unconfirmed()
        if self.steps > self.launch.budget or code.endless:
            raise self.launch.explain.budget(frame, code)

    # -- few lanes of many ----------------------------------------------------------------------------

    def _sparse(self, frame: Frame, mask: np.ndarray) -> bool:
        if frame.lanes.count < _WORTH_GATHERING:
            return False
        per = frame.lanes.count // mask.size
        return np.count_nonzero(mask) * per * SPARSE < frame.lanes.count

    def _run_gathered(self, frame: Frame, block: int, mask: np.ndarray) -> None:
        """Run a loop on its few lanes alone, until they reach where others of the frame wait."""
        lanes, row, column = frame.lanes.compact(mask)
        shape, program = frame.lanes.shape, frame.program
        live = program.blocks[block].live_in | program.special_bits
        registers: list[Value] = list(frame.R)
        for slot in bits(live):
            value = registers[slot]
            if value.shape != (1, 1):
                gathered = np.broadcast_to(np.asarray(value), shape)[row, column]
                registers[slot] = gathered.reshape(-1, 1)
        before = list(registers)
        few = Frame(
            self, program, lanes, registers, frame.params, frame.depth, frame.local_base, frame.local_extents
        )
        few.pending[block] = None
        limit = min((*frame.pending, *frame.held), default=len(program.blocks))
        while few.pending:
            lowest = min(few.pending)
            if lowest >= limit or not program.blocks[lowest].simple:
                break
            self.execute(few, lowest)
            if few.yielded:
                break
        needed = 0
        for target in few.pending:
            needed |= program.blocks[target].live_in
        for slot in bits(needed):
            if registers[slot] is not before[slot]:
                frame.R[slot] = _scatter(frame.R[slot], registers[slot], shape, row, column)
        for target, where in few.pending.items():
            at = np.zeros(shape, bool)
            chosen = slice(None) if where is None else np.broadcast_to(where, lanes.shape)[:, 0]
            at[row[chosen], column[chosen]] = True
            frame.go(target, at)
        frame.yielded |= few.yielded & few.pending.keys()

    # -- the end of lanes and of calls ----------------------------------------------------------------

    def exit_lanes(self, frame: Frame, mask: Mask) -> None:
        """The lanes of ``mask`` have ended for good."""
        gone = self.in_chunk(frame, mask)
        if gone is None or self.exited is None:
            self.exited = None
        elif self.exited is False:
            self.exited = gone
        else:
            both = self.exited | gone
            self.exited = None if both.all() else both
        self.prune()

    def gone(self) -> np.ndarray:
        """Which threads have exited, ``(T, B)``."""
        return np.broadcast_to(True if self.exited is None else self.exited, self.lanes.shape)

    def in_chunk(self, frame: Frame, mask: Mask) -> Mask:
        """A mask over ``frame``'s lanes as one over all lanes of the chunk."""
        if frame.lanes.full:
            return mask
        lanes = frame.lanes
        chosen = slice(None) if mask is None else np.broadcast_to(mask, lanes.shape)[:, 0]
        out = np.zeros(self.lanes.shape, bool)
        out[lanes.thread[chosen, 0], lanes.block[chosen, 0]] = True
        return out

    def prune(self) -> None:
        """Close frames that no lane is in any more, deepest first; callers go on where they called.

        Lanes that a pointer sent to different functions are in frames side by side, so a frame may end
        before one above it.
        """
        for frame in reversed(self.frames):
            if not (frame.pending or frame.waiting or frame.held):
                self.frames.remove(frame)
                if frame.on_return is not None:
                    frame.on_return()


def run_merging(frame: Frame, steps: list, needed: int) -> None:
    """Run ``steps``, keeping what lanes elsewhere still need of the registers that are written."""
    registers = frame.R
    for step in steps:
        kept = step.writes & needed
        if not kept:
            step.run(frame)
            continue
        old = [(slot, registers[slot]) for slot in bits(kept)]
        step.run(frame)
        for slot, value in old:
            registers[slot] = merge(frame.mask, registers[slot], value)


def bits(number: int) -> list[int]:
    """The positions of the one bits of ``number``, lowest first."""
    found = []
    while number:
        low = number & -number
        found.append(low.bit_length() - 1)
        number ^= low
    return found


def _scatter(
    old: Value, new: Value, shape: tuple[int, int], row: np.ndarray, column: np.ndarray
) -> np.ndarray:
    """``old`` written out to ``shape``, with ``new`` at the gathered lanes."""
    new = np.asarray(new)
    if old.dtype is not new.dtype:
        old = retype(old, new.dtype)
    out = np.broadcast_to(np.asarray(old), shape).copy()
    out[row, column] = new[:, 0] if new.shape[0] > 1 else new[0, 0]
    return out
