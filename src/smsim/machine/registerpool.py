"""``setmaxnreg``: warps that give registers back to their block, and warps that wait for them.

A block starts with as many registers a thread as its kernel declares, and with none to spare. ``setmaxnreg.dec`` puts
registers of a warp into the block's pool; ``setmaxnreg.inc`` takes some from there, and waits while there are too few.
All warps of a warpgroup (four, the first of them a multiple of four) execute the same instruction, and wait for each
other before the next one (PTX ISA, "setmaxnreg"). What a warp does with its registers is the assembler's affair: PTX
has as many as it likes. So all that can be seen here is who waits.

Where the kernel does not declare how many registers it starts with, the instruction has no effect, as the ISA allows
and NVIDIA's assembler does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.collectives import LANES, from_warps, to_warps
from smsim.machine.frame import Frame, without
from smsim.machine.meetings import Part

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk

#: Warps of a warpgroup.
GROUP = 4
#: Registers a thread are handed out in units of so many.
_UNIT = 8


def entry_registers(
    directives: Mapping[str, tuple[int, ...]], limit: int | None, registers_per_sm: int = 65536
) -> int | None:
    """Registers a thread that a kernel starts with; ``None`` where nothing says it.

    ``.maxnreg`` says it, or the compiler's option for the whole module (``limit``), or launch bounds: the most
    threads of a block together with how many blocks an SM should hold. Every GPU since compute capability 5.0 has
    65,536 registers an SM.
    """
    if "maxnreg" in directives:
        most = directives["maxnreg"][0]
    elif limit:
        most = limit
    else:
        bounds = directives.get("reqntid", directives.get("maxntid"))
        if bounds is None or "minnctapersm" not in directives:
            return None
        threads = -(-prod(bounds) // LANES) * LANES
        most = min(256, registers_per_sm // (threads * directives["minnctapersm"][0])) // _UNIT * _UNIT
    return -(-most // _UNIT) * _UNIT


@dataclass(eq=False)
class Wanting:
    """Lanes of whole warps, in one part or several, that wait until their warp has ``count`` registers a thread."""

    parts: list[Part]
    step: Step
    count: int


@dataclass(slots=True)
class _Done:
    """One ``setmaxnreg`` of a warp: which, and when: barriers of the block, and the first thread's time."""

    step: Step
    barriers: int
    time: int


class RegisterPool:
    """The registers of a chunk's blocks.

    Attributes:
        current: registers a thread of each warp, int64 ``(W, B)``; ``None`` where the kernel declares no number.
        free: in each block's pool, a thread's worth for one warp each, int64 ``(B,)``.
        waiting: who waits for registers.
    """

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        warps, blocks = -(-chunk.lanes.threads // LANES), chunk.lanes.blocks
        entry = chunk.launch.kernel.entry_registers
        self.current = None if entry is None else np.full((warps, blocks), entry, np.int64)
        self.free = np.zeros(blocks, np.int64)
        self._shape = warps, blocks
        self.waiting: list[Wanting] = []
        self._barriers = np.zeros(blocks, np.int64)
        self._done: dict[tuple[int, int], list[_Done]] = {}

    def barrier(self, complete: np.ndarray | None) -> None:
        """All threads of the ``complete`` blocks (``(1, B)``; ``None``: all) have met."""
        self._barriers += 1 if complete is None else complete[0]

    # -- executing ---------------------------------------------------------------------------------------

    def set(self, parts: list[Part], step: Step) -> None:
        """Whole warps execute ``setmaxnreg``: those that have what they ask for go on.

        Raises:
            RegisterError: another warp of the warpgroup executed something else, they have not waited for each
                other since the last one, or the number does not suit what the warp has.
        """
        explain, judging = self.chunk.launch.explain, self.chunk.launch.hazards != "off"
        count = step.instruction.operands[0].value
        warps = self._warps(parts)
        if judging:
            for warp, block in zip(*np.nonzero(warps), strict=True):
                self._judge(int(warp), int(block), step)
        if self.current is None:
            if judging:
                self.chunk.launch.warn(explain.registers_not_declared(step))
            _go(parts)
            return
        releases = "dec" in step.form.flags
        wrong = warps & ((self.current < count) if releases else (self.current > count))
        if wrong.any() and judging:
            raise explain.registers_the_wrong_way(self, step, wrong)
        if releases:
            self.free += np.where(warps, np.maximum(self.current - count, 0), 0).sum(axis=0)
            self.current = np.where(warps, np.minimum(self.current, count), self.current)
            _go(parts)
            return
        self.waiting.append(Wanting(parts, step, count))
        for frame, _, resume in parts:
            frame.waiting.append(resume)
        self.release()

    def change(self, frame: Frame, step: Step) -> np.ndarray:
        """Registers a thread that each lane of ``frame`` would get by ``step``, less than none if it gives some back.

        int64, broadcastable to the lanes' shape; none at all where the instruction has no effect.
        """
        if self.current is None:
            return np.zeros((1, 1), np.int64)
        has = self.current[frame.lanes.thread // LANES, frame.lanes.block]
        return step.instruction.operands[0].value - has

    def release(self) -> bool:
        """Hand out what is in the pools, to those who came first and lower warps first. True if anybody goes on."""
        moved = False
        for wanting in tuple(self.waiting):
            warps = self.warps_of(wanting)
            served = np.zeros_like(warps)
            for warp, block in zip(*np.nonzero(warps), strict=True):
                more = max(0, wanting.count - int(self.current[warp, block]))
                if more <= self.free[block]:
                    self.free[block] -= more
                    self.current[warp, block] += more
                    served[warp, block] = True
            if served.any():
                moved = True
                self._let_go(wanting, served)
        return moved

    def _let_go(self, wanting: Wanting, served: np.ndarray) -> None:
        whole = from_warps(np.repeat(served[:, None, :], LANES, axis=1), self.chunk.lanes.threads)
        staying: list[Part] = []
        for frame, mask, resume in wanting.parts:
            own = whole if frame.lanes.full else whole[frame.lanes.thread, frame.lanes.block]
            freed, left = own if mask is None else own & mask, without(mask, own)
            if left is False:
                frame.waiting.remove(resume)
            else:
                staying.append((frame, left, resume))
            if freed.any():
                frame.go(resume, None if freed.all() else freed)
        wanting.parts = staying
        if not staying:
            self.waiting.remove(wanting)

    def warps_of(self, wanting: Wanting) -> np.ndarray:
        """The warps that wait, boolean ``(W, B)``."""
        return self._warps(wanting.parts)

    def _warps(self, parts: list[Part]) -> np.ndarray:
        """Which warps ``parts`` hold lanes of, boolean ``(W, B)``."""
        shape = self.chunk.lanes.shape
        found = np.zeros(self._shape, bool)
        for frame, mask, _ in parts:
            here = self.chunk.in_chunk(frame, mask)
            found |= to_warps(np.broadcast_to(True if here is None else here, shape), shape).any(axis=1)
        return found

    # -- judging -----------------------------------------------------------------------------------------

    def _judge(self, warp: int, block: int, step: Step) -> None:
        explain = self.chunk.launch.explain
        mine = self._done.setdefault((warp, block), [])
        turn = len(mine)
        first = warp // GROUP * GROUP
        for other in range(first, min(first + GROUP, -(-self.chunk.lanes.threads // LANES))):
            theirs = self._done.get((other, block), ())
            if other == warp:
                continue
            if len(theirs) > turn and theirs[turn].step is not step:
                raise explain.different_setmaxnreg(self.chunk, block, warp, step, other, theirs[turn].step)
            if turn and (len(theirs) < turn or not self._over(warp, other, block, theirs[turn - 1])):
                raise explain.setmaxnreg_without_waiting(self.chunk, block, warp, other, step)
        mine.append(_Done(step, int(self._barriers[block]), self._now(warp, block)))

    def _thread(self, warp: int, block: int) -> int:
        """The linear number in the launch of a warp's first thread."""
        return (self.chunk.first_block + block) * self.chunk.launch.together.spacing + warp * LANES

    def _now(self, warp: int, block: int) -> int:
        knowledge = self.chunk.order.knowledge
        if knowledge is None:
            return 0
        return int(knowledge.now(np.array([self._thread(warp, block)]))[0])

    def _over(self, me: int, other: int, block: int, done: _Done) -> bool:
        """Whether what warp ``other`` did is over for warp ``me``: a barrier or a flag lies between."""
        if done.barriers < self._barriers[block]:
            return True
        knowledge = self.chunk.order.knowledge
        if knowledge is None:
            return False
        threads = [np.array([self._thread(warp, block)]) for warp in (me, other)]
        return bool(knowledge.over(*threads, np.array([done.time]))[0])

    def finish(self) -> None:
        """The chunk's threads have all ended.

        Raises:
            RegisterError: warps of a warpgroup executed ``setmaxnreg`` differently often.
        """
        if self.chunk.launch.hazards == "off":
            return
        warps = -(-self.chunk.lanes.threads // LANES)
        for (warp, block), mine in self._done.items():
            first = warp // GROUP * GROUP
            for other in range(first, min(first + GROUP, warps)):
                theirs = self._done.get((other, block), [])
                if len(theirs) < len(mine):
                    step = mine[len(theirs)].step
                    raise self.chunk.launch.explain.setmaxnreg_not_by_all(
                        self.chunk, block, warp, other, step
                    )


def _go(parts: list[Part]) -> None:
    for frame, mask, resume in parts:
        frame.go(resume, mask)
