"""Errors about asynchronous copies and mbarriers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import CopyInFlight, Deadlock, MbarrierError, MemoryFault, SimulationError
from smsim.hazards.place import plural
from smsim.hazards.teller import Teller

if TYPE_CHECKING:
    from smsim.machine.asynccopies import Copy
    from smsim.machine.asyncview import View
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.mbarriers import Mbarrier

_VERB = {"memory.load": "reads", "memory.load_matrix": "reads", "memory.store": "writes"}


class AsyncErrors(Teller):
    def in_flight(
        self, chunk: Chunk, step: Step, thread: int, column: int, copy: Copy, address: int, target: bool
    ) -> CopyInFlight:
        """A thread touches the target of a copy, or writes its source, before anybody may."""
        shared = (copy.into == "shared") == target
        place = self.places.describe(chunk.shared if shared else self.launch.global_space, address, 4)
        verb = _VERB.get(
            step.form.row.semantics,
            "copies to" if step.form.row.semantics.startswith("async.") else "updates",
        )
        if step.form.row.semantics == "async.bulk_store" and target:
            verb = "copies"
        state = "its bytes may not be there yet" if target else "which may not have read them yet"
        began = self.where(copy.step)
        how = _how_to_wait(copy)
        what = (
            f"an asynchronous copy into it is under way and {state}"
            if target
            else f"an asynchronous copy reads it, {state}"
        )
        return self._async_error(
            CopyInFlight, chunk, step, thread, column,
            f"{verb} {place.at}, but {what}. {how}",
            f"\n    the copy begins at {began.short()}", array=place.array, address=place.offset,
        )  # fmt: skip

    def still_under_way(self, copy: Copy) -> CopyInFlight:
        thread, column = copy.owner
        where = "shared memory" if copy.into == "shared" else "it out of shared memory"
        return self._async_error(
            CopyInFlight, copy.view.chunk, copy.step, thread, column,
            f"ends while its bulk copy of {copy.total} bytes into {where} is under way; "
            f"the block's shared memory must stay until that is done. {_how_to_wait(copy)}",
        )  # fmt: skip

    def no_proxy_fence(
        self, chunk: Chunk, step: Step, thread: int, column: int, writer: int, address: int
    ) -> CopyInFlight:
        place = self.places.describe(chunk.shared, address, 4)
        return self._async_error(
            CopyInFlight, chunk, step, thread, column,
            f"copies {place.at} in bulk, and thread {self.thread(writer)} wrote it with an ordinary store that no "
            f"fence.proxy.async follows. Bulk copies need not see such writes: the writer fences, then a barrier, then "
            f"the copy.",
            array=place.array, address=place.offset,
        )  # fmt: skip

    def bulk_size(self, chunk: Chunk, step: Step, bad: np.ndarray, size: np.ndarray) -> MemoryFault:
        column, row = (int(x[0]) for x in np.nonzero(bad.T))
        return self._async_error(
            MemoryFault, chunk, step, row, column,
            f"copies {int(size[row, column])} bytes in bulk, which is not a multiple of 16.",
        )  # fmt: skip

    def plain_access(self, chunk: Chunk, step: Step, thread: int, column: int, address: int) -> MbarrierError:
        place = self.places.describe(chunk.shared, address, 4)
        verb = _VERB.get(step.form.row.semantics, "touches")
        return self._async_error(
            MbarrierError, chunk, step, thread, column,
            f"{verb} {place.at}, where an mbarrier is. Until mbarrier.inval only mbarrier instructions may touch it.",
            array=place.array, address=place.offset,
        )  # fmt: skip

    def no_mbarrier(self, view: View, step: Step, at: int, thread: int, column: int) -> MbarrierError:
        chunk = view.chunk
        return self._async_error(
            MbarrierError, chunk, step, thread, column,
            f"executes {step.instruction.spelling} on {self._mbarrier_place(chunk, at)}, and no mbarrier is there: it "
            f"was never initialised, or is no longer valid.",
        )  # fmt: skip

    def mbarrier_at(
        self, chunk: Chunk, step: Step, at: int, thread: int, column: int, said: str
    ) -> MbarrierError:
        block = self.block(chunk, column)
        whose = f"the mbarrier at {self._mbarrier_place(chunk, at)} is {said}"
        position = self.where(step)
        return MbarrierError(
            f"{whose}, by thread {self.thread(thread)} of block {block} in {self.launch.called}."
            + position.lines(),
            kernel=self.launch.kernel_name, block=block, threads=(self.thread(thread),), **position.facts(),
        )  # fmt: skip

    def mbarrier(self, chunk: Chunk, step: Step, thread: int, column: int, said: str) -> MbarrierError:
        return self._async_error(MbarrierError, chunk, step, thread, column, said + ".")

    def phase_never_over(
        self, chunk: Chunk, step: Step, at: int, object_: Mbarrier, thread: int, column: int, waiting: int
    ) -> Deadlock:
        phase, pending, expected = (
            int(x[column]) for x in (object_.phase, object_.pending, object_.expected)
        )
        bytes_ = int(object_.tx[column])
        lacks = []
        if pending:
            lacks.append(f"{pending} of {plural(expected, 'arrival')}")
        if bytes_ > 0:
            lacks.append(plural(bytes_, "byte"))
        message = f"waits for phase {phase} of the mbarrier at {self._mbarrier_place(chunk, at)}"
        if waiting > 1:
            message += f", as do {plural(waiting - 1, 'more thread')} of its block"
        if lacks:
            message += f", and {' and '.join(lacks)} of that phase never come"
        if bytes_ < 0:
            message += f", and {plural(-bytes_, 'byte')} more came than it was told to expect"
        return self._async_error(
            Deadlock, chunk, step, thread, column, message + ": nobody is left who could complete it.",
        )  # fmt: skip

    def _mbarrier_place(self, chunk: Chunk, at: int) -> str:
        return self.places.describe(chunk.shared, at, 8).at

    def _async_error(
        self, kind: type[SimulationError], chunk: Chunk, step: Step, thread: int, column: int, said: str,
        after: str = "", **facts: object,
    ) -> SimulationError:  # fmt: skip
        position = self.where(step)
        return kind(
            f"{self._who(chunk, thread, column)} in {self.launch.called} {said}"
            + position.lines() + after,
            kernel=self.launch.kernel_name, block=self.block(chunk, column), threads=(self.thread(thread),),
            **facts, **position.facts(),
        )  # fmt: skip


def _how_to_wait(copy: Copy) -> str:
    if copy.mbarrier is not None:
        return "Wait for the phase of its mbarrier first."
    if copy.into == "global":
        return "The thread that began it waits with cp.async.bulk.wait_group (.read, if only its source matters)."
    return "The thread that began it waits with cp.async.wait_group or wait_all; then a barrier lets others see it."
