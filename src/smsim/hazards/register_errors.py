"""Errors about ``setmaxnreg``: warps that ask for registers in a way that the ISA leaves undefined, or in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import Deadlock, RegisterError
from smsim.hazards.place import plural
from smsim.hazards.teller import Teller
from smsim.machine.lanes import WARP

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.registerpool import RegisterPool


class RegisterErrors(Teller):
    def registers_not_declared(self, step: Step) -> RegisterError:
        position = self.where(step)
        return RegisterError(
            f"setmaxnreg has no effect in {self.launch.called}: nothing says how many registers its "
            "threads start with. max_registers does, and .maxnreg, or launch bounds with the blocks of an SM."
            + position.lines(),
            kernel=self.launch.kernel_name,
            **position.facts(),
        )

    def registers_the_wrong_way(self, pool: RegisterPool, step: Step, wrong: np.ndarray) -> RegisterError:
        warp, block = (int(x[0]) for x in np.nonzero(wrong))
        has, asked = int(pool.current[warp, block]), step.instruction.operands[0].value
        verb = "gives back registers" if "dec" in step.form.flags else "asks for registers"
        way = "fewer" if has < asked else "more"
        return self._register_error(
            pool.chunk,
            block,
            (warp,),
            step,
            f"{verb} until each thread has {asked}, but it has {has}, which is {way}",
        )

    def different_setmaxnreg(
        self, chunk: Chunk, block: int, warp: int, step: Step, other: int, its: Step
    ) -> RegisterError:
        there = self.where(its)
        what = (
            f"executes another setmaxnreg than warp {other} of its warpgroup ({there.short()}). "
            "All four warps of a warpgroup execute the same one"
        )
        return self._register_error(chunk, block, (warp, other), step, what)

    def setmaxnreg_without_waiting(
        self, chunk: Chunk, block: int, warp: int, other: int, step: Step
    ) -> RegisterError:
        what = (
            f"executes its next setmaxnreg without having waited for warp {other} of its warpgroup. "
            "A barrier must lie between one setmaxnreg of a warpgroup and the next"
        )
        return self._register_error(chunk, block, (warp, other), step, what)

    def setmaxnreg_not_by_all(
        self, chunk: Chunk, block: int, warp: int, other: int, step: Step
    ) -> RegisterError:
        what = (
            f"executes setmaxnreg, and warp {other} of its warpgroup never does. "
            "All four warps of a warpgroup execute the same one"
        )
        return self._register_error(chunk, block, (warp, other), step, what)

    def _register_error(
        self, chunk: Chunk, block: int, warps: tuple[int, ...], step: Step, what: str
    ) -> RegisterError:
        position = self.where(step)
        return RegisterError(
            f"warp {warps[0]} of block {self.block(chunk, block)} in {self.launch.called} {what}."
            + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(chunk, block),
            threads=tuple(self.thread(warp * WARP) for warp in warps),
            **position.facts(),
        )

    def no_registers_left(self, pool: RegisterPool) -> Deadlock:
        """Warps wait for registers that nobody can give back any more: who waits, and who holds what."""
        wanting, chunk = pool.waiting[0], pool.chunk
        warp, block = (int(x[0]) for x in np.nonzero(pool.warps_of(wanting)))
        has, free = int(pool.current[warp, block]), int(pool.free[block])
        position = self.where(wanting.step)
        return Deadlock(
            f"warp {warp} of block {self.block(chunk, block)} in {self.launch.called} waits for "
            f"{plural(wanting.count - has, 'register')} a thread more than its {has}, and its block has {free} to "
            f"spare; nobody can give back any. Registers a thread: {_holdings(pool.current[:, block])}."
            + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(chunk, block),
            threads=(self.thread(warp * WARP),),
            **position.facts(),
        )


def _holdings(current: np.ndarray) -> str:
    """``warps 0 to 3 have 24, warps 4 to 11 have 168``."""
    ends = [*(np.flatnonzero(np.diff(current)) + 1), len(current)]
    parts, first = [], 0
    for end in ends:
        who = f"warp {first} has" if end - first == 1 else f"warps {first} to {end - 1} have"
        parts.append(f"{who} {int(current[first])}")
        first = end
    return ", ".join(parts)
