"""Which accesses are over for which threads: the order that barriers, warps and flags make.

A moment of a thread is one number, its *time*: the intervals between barriers of its block that are
behind it, then how often something less than such a barrier ordered it since the launch began. An
access is remembered with its thread's time; whether it is over for another thread is what is asked here.

Most kernels order their threads by barriers of whole blocks, or of whole warps, and a count tells all.
Where a kernel does more (flags, fences, barriers for some of the threads, ``bar.warp.sync`` for some
lanes) the launch's :class:`~smsim.hazards.knowledge.Knowledge` follows each thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.knowledge import INTERVAL
from smsim.machine.lanes import WARP
from smsim.ptx.nodes import Immediate, Instruction

if TYPE_CHECKING:
    from smsim.hazards.knowledge import Knowledge
    from smsim.machine.chunk import Chunk

_ALL_LANES = (-1, 0xFFFFFFFF)
#: Operands of a barrier that is for the whole block, by what it does.
_UNCOUNTED = {"sync": 1, "red": 3}


def orders_some_threads(instruction: Instruction) -> bool:
    """Whether an instruction can order some threads of a block, or threads of different blocks."""
    words, operands = instruction.modifiers, instruction.operands
    if "proxy" in words or "mbarrier_init" in words or instruction.opcode == "cp":
        return "mbarrier" in words or "mbarrier::complete_tx::bytes" in words
    if instruction.opcode in ("fence", "membar", "mbarrier"):
        return True
    if instruction.opcode not in ("bar", "barrier"):
        return bool({"acquire", "release", "acq_rel", "cta"} & set(words))
    if "warp" in words:
        mask = operands[0]
        return not (isinstance(mask, Immediate) and mask.value in _ALL_LANES)
    return "arrive" in words or any(w in words and len(operands) > n for w, n in _UNCOUNTED.items())


class BlockOrder:
    """What orders the threads of a chunk's blocks, told to those who judge their accesses.

    Attributes:
        turns: how often the lanes of each warp have all met since their block's last barrier, int64
            ``(W, B)``; ``None`` until any did. Not kept where the launch has knowledge.
    """

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.turns: np.ndarray | None = None

    @property
    def knowledge(self) -> Knowledge | None:
        return self.chunk.launch.watch.knowledge

    def barrier(self, complete: np.ndarray | None) -> None:
        """All threads of the ``complete`` blocks (``(1, B)``; ``None``: all) have met."""
        self.chunk.watch.barrier(complete)
        self.chunk.registers.barrier(complete)
        self.chunk.launch.watch.barrier(self.chunk, complete)
        if self.turns is not None:
            self.turns[:, slice(None) if complete is None else complete[0]] = 0

    def warp_sync(self, ready: np.ndarray | None, member: np.ndarray) -> None:
        """The ``ready`` lanes (``(W, 32, B)``; ``None``: all) have waited for those that their masks name.

        Args:
            member: their masks, uint32, broadcastable to ``(W, 32, B)``.
        """
        threads, blocks = self.chunk.lanes.shape
        shape = (-(-threads // WARP), WARP, blocks)
        self.chunk.watch.settle()
        here = np.broadcast_to(True if ready is None else ready, shape)
        if self.knowledge is None:
            if self.turns is None:
                self.turns = np.zeros((shape[0], blocks), np.int64)
            self.turns += here.any(axis=1)
            return
        member = np.broadcast_to(member, shape)
        lanes = np.arange(WARP, dtype=np.uint32)
        for warp, block in zip(*np.nonzero(here.any(axis=1)), strict=True):
            first = self._first_thread(block) + warp * WARP
            living = min(WARP, threads - warp * WARP)
            for mask in np.unique(member[warp, here[warp, :, block], block]):
                named = np.flatnonzero(mask >> lanes[:living] & 1)
                self.knowledge.meet((first + named).tolist())

    def arrive(self, number: int, lanes: np.ndarray) -> None:
        """``lanes`` (boolean, ``(T, B)``) arrive at barrier ``number`` without waiting there."""
        if self.knowledge is None:
            return
        self.chunk.watch.settle()
        for block in np.flatnonzero(lanes.any(axis=0)).tolist():
            self.knowledge.arrive(number, self._threads(lanes, block))

    def forget_arrivals(self, number: int, complete: np.ndarray) -> None:
        """Barrier ``number`` is complete by threads that did not wait, in the ``complete`` blocks (``(1, B)``)."""
        if self.knowledge is not None:
            for block in np.flatnonzero(complete[0]).tolist():
                self.knowledge.forget_arrivals(number, self._first_thread(block))

    def meet(self, number: int, lanes: np.ndarray, complete: np.ndarray) -> None:
        """``lanes`` have waited at barrier ``number``, which is for some of the block's threads only;
        ``complete`` (``(1, B)``) says in which blocks."""
        if self.knowledge is None:
            return
        self.chunk.watch.settle()
        for block in np.flatnonzero(complete[0]).tolist():
            self.knowledge.wait(number, self._threads(lanes, block))

    def arrive_at_mbarrier(self, at: int, lanes: np.ndarray) -> None:
        """``lanes`` (boolean, ``(T, B)``) arrive at the mbarrier at address ``at``."""
        self._at_mbarrier(at, lanes, waits=False)

    def arrive_for_copies(self, address: np.ndarray, lanes: np.ndarray) -> None:
        """``lanes`` have copies under way whose end is an arrival at the mbarrier at ``address`` (as ``lanes``)."""
        for at in np.unique(address[lanes]).tolist():
            self._at_mbarrier(at, lanes & (address == at), waits=False)

    def wait_at_mbarrier(self, at: int, lanes: np.ndarray) -> None:
        """``lanes`` have seen that the last phase of the mbarrier at ``at`` is over."""
        self._at_mbarrier(at, lanes, waits=True)

    def _at_mbarrier(self, at: int, lanes: np.ndarray, waits: bool) -> None:
        if self.knowledge is None:
            return
        self.chunk.watch.settle()
        tell = self.knowledge.acquire_phase if waits else self.knowledge.arrive_in_phase
        for block in np.flatnonzero(lanes.any(axis=0)).tolist():
            tell((self.chunk.first_block + block, at), self._threads(lanes, block))

    def phase_over(self, at: int, columns: np.ndarray) -> None:
        """A phase of the mbarrier at ``at`` is over in the blocks ``columns``."""
        if self.knowledge is not None:
            for block in columns.tolist():
                self.knowledge.end_phase((self.chunk.first_block + block, at))

    def end_of_mbarrier(self, at: int, columns: np.ndarray) -> None:
        """There is no mbarrier at ``at`` any more."""
        if self.knowledge is not None:
            for block in np.unique(columns).tolist():
                self.knowledge.forget_phases((self.chunk.first_block + block, at))

    def _threads(self, lanes: np.ndarray, block: int) -> list[int]:
        return (self._first_thread(block) + np.flatnonzero(lanes[:, block])).tolist()

    def _first_thread(self, block: int) -> int:
        return (self.chunk.first_block + int(block)) * self.chunk.launch.together.spacing


class InBlock:
    """Questions about the threads of a chunk's blocks since their last barrier, for shared memory.

    Threads are ``block * T + thread + 1``, blocks counted within the chunk.

    Attributes:
        by_thread: whether the launch's knowledge has changed since the last barrier of all blocks.
    """

    def __init__(self, chunk: Chunk) -> None:
        self.chunk, self.threads = chunk, chunk.lanes.threads
        self.by_thread = False

    def now(self, who: np.ndarray) -> np.ndarray | None:
        """Each thread's time; ``None`` while nothing but barriers of the block made any order."""
        knowledge, turns = self.chunk.order.knowledge, self.chunk.order.turns
        if knowledge is not None:
            return knowledge.now(self.numbers(who)) if self.by_thread else None
        return None if turns is None else turns[self._warp(who)]

    def over(self, me: np.ndarray, other: np.ndarray, time: np.ndarray) -> np.ndarray | None:
        """Whether what ``other`` did at ``time`` is over for ``me``; ``None`` stands for never."""
        knowledge, turns = self.chunk.order.knowledge, self.chunk.order.turns
        if knowledge is not None:
            return knowledge.over(self.numbers(me), self.numbers(other), time) if self.by_thread else None
        if turns is None:
            return None
        mine, theirs = self._warp(me), self._warp(other)
        return (mine[0] == theirs[0]) & (mine[1] == theirs[1]) & (turns[mine] > time)

    def numbers(self, who: np.ndarray) -> np.ndarray:
        """The linear numbers, among all launches that run together, of threads of the chunk; int64."""
        spacing = self.chunk.launch.together.spacing
        who = who.astype(np.int64) - 1
        if spacing == self.threads:
            return who + self.chunk.first_block * spacing
        return (who // self.threads + self.chunk.first_block) * spacing + who % self.threads

    def distance(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """1 for threads of different warps, else 0."""
        (warp_a, block_a), (warp_b, block_b) = self._warp(a), self._warp(b)
        return ((warp_a != warp_b) | (block_a != block_b)).astype(np.int8)

    def _warp(self, who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (who - 1) % self.threads // WARP, (who - 1) // self.threads


class InGrid:
    """Questions about all threads of launches that run together, for global memory. Threads are linear numbers + 1.

    Args:
        threads, blocks: how far apart blocks are numbered, and how many there are.
        knowledge: what each thread knows; ``None``: barriers of blocks and of warps are all there is.
        ended_before: whether the launch of one block had ended before that of another began, for arrays of blocks;
            ``None``: there is one launch.

    Attributes:
        epochs: barriers that each block has met at, int64 ``(blocks,)``; ``None`` until any did.
        chunk: the one whose threads are asked about.
    """

    def __init__(
        self,
        threads: int,
        blocks: int,
        knowledge: Knowledge | None,
        ended_before: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None,
    ) -> None:
        self.threads, self.blocks, self.knowledge = threads, blocks, knowledge
        self.ended_before = ended_before
        self.epochs: np.ndarray | None = None
        self.chunk: Chunk | None = None

    def barrier(self, blocks: np.ndarray) -> None:
        if self.epochs is None:
            self.epochs = np.zeros(self.blocks, np.int64)
        self.epochs[blocks] += 1
        if self.knowledge is not None:
            for block in blocks.tolist():
                self.knowledge.barrier(block)

    def now(self, who: np.ndarray) -> np.ndarray | None:
        """Each thread's time; ``None`` while nothing ordered any."""
        if self.knowledge is not None:
            return self.knowledge.now(who - 1)
        turns = self.chunk.order.turns
        if self.epochs is None and turns is None:
            return None
        block = (who - 1) // self.threads
        time = np.zeros(who.shape, np.int64) if self.epochs is None else self.epochs[block] << INTERVAL
        return time if turns is None else time + turns[self._warp(who)]

    def over(self, me: np.ndarray, other: np.ndarray, time: np.ndarray) -> np.ndarray | None:
        """Whether what ``other`` did at ``time`` is over for ``me``; ``None`` stands for never."""
        if self.knowledge is not None:
            over = self.knowledge.over(me - 1, other - 1, time)
            if self.ended_before is not None:
                over |= self.ended_before((other - 1) // self.threads, (me - 1) // self.threads)
            return over
        turns = self.chunk.order.turns
        if self.epochs is None and turns is None:
            return None
        together = (me - 1) // self.threads == (other - 1) // self.threads
        if turns is None:
            return together & (time < self.epochs[(me - 1) // self.threads] << INTERVAL)
        in_warp = together & ((me - 1) % self.threads // WARP == (other - 1) % self.threads // WARP)
        now = self.now(me)
        return in_warp & (time < now) | together & (time >> INTERVAL < now >> INTERVAL)

    def distance(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """2 for threads of different blocks, 1 for different warps of a block, 0 within a warp."""
        a, b = a - 1, b - 1
        apart = (a // self.threads != b // self.threads).astype(np.int8) * 2
        return np.maximum(apart, a % self.threads // WARP != b % self.threads // WARP)

    def _warp(self, who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        thread, block = (who - 1) % self.threads, (who - 1) // self.threads
        return thread // WARP, block - self.chunk.first_block
