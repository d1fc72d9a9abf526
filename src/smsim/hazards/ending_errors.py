"""Errors that end a run: too long, a trap, an assertion, a stack that is full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import DeviceAssertion, InstructionBudgetExceeded, MemoryFault, SimulationError
from smsim.hazards.teller import Teller

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.frame import Frame, Mask
    from smsim.machine.program import Code


class EndingErrors(Teller):
    def budget(self, frame: Frame, code: Code) -> InstructionBudgetExceeded:
        step = next((s for s in (*code.steps, code.ending) if s is not None), None)
        active = np.ones((1, 1), bool) if frame.mask is None else frame.mask
        row, column, named, _ = self._first(frame, np.broadcast_to(active, frame.lanes.shape))
        position = None if step is None else self.where(step)
        if code.endless:
            message = (
                f"{self._who(frame.chunk, row, column)} in {self.launch.called} is in a loop that "
                f"nothing can end: it reads no memory and has no way out. If the source waits for a value "
                f"that another thread writes, the compiler has moved the read out of the loop; wait with an acquire "
                f"load or an atomic operation instead."
            )
        else:
            message = (
                f"{self.launch.called} was stopped after {self.launch.budget} steps of one chunk "
                f"of blocks, with {self._who(frame.chunk, row, column)} still running. It is stopped, not proved "
                f"wrong; a larger budget lets it go on."
            )
        return InstructionBudgetExceeded(
            message + (position.lines() if position else ""),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            **(position.facts() if position else {}),
        )

    def trap(self, frame: Frame, mask: Mask, step: Step) -> SimulationError:
        active = np.ones((1, 1), bool) if mask is None else mask
        row, column, named, _ = self._first(frame, np.broadcast_to(active, frame.lanes.shape))
        position = self.where(step)
        return SimulationError(
            f"{self._who(frame.chunk, row, column)} in {self.launch.called} executed trap, which "
            f"ends the kernel with an error." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            **position.facts(),
        )

    def no_function(self, frame: Frame, mask: Mask, step: Step, address: int) -> MemoryFault:
        return self._astray(frame, mask, step, f"calls address {address:#x}, where there is no function")

    def other_function(self, frame: Frame, mask: Mask, step: Step, name: str) -> MemoryFault:
        what = f"calls {name} through a register, as a function with other parameters or results than it has"
        return self._astray(frame, mask, step, what)

    def no_such_label(
        self, frame: Frame, mask: Mask, step: Step, index: np.ndarray, labels: int
    ) -> MemoryFault:
        active = np.broadcast_to(True if mask is None else mask, frame.lanes.shape)
        number = int(np.broadcast_to(index, frame.lanes.shape).T[active.T][0])
        what = f"branches to label {number} of a list of {labels}, which are counted from 0"
        return self._astray(frame, mask, step, what)

    def beyond_parameter(self, frame: Frame, step: Step, what: str) -> MemoryFault:
        return self._astray(frame, frame.mask, step, f"reads beyond {what}")

    def _astray(self, frame: Frame, mask: Mask, step: Step, what: str) -> MemoryFault:
        """A lane goes on where nothing is: no instruction, no parameter."""
        active = np.ones((1, 1), bool) if mask is None else mask
        row, column, named, _ = self._first(frame, np.broadcast_to(active, frame.lanes.shape))
        position = self.where(step)
        return MemoryFault(
            f"{self._who(frame.chunk, row, column)} in {self.launch.called} {what}." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            **position.facts(),
        )

    def assertion(self, frame: Frame, step: Step, text: str) -> DeviceAssertion:
        active = np.ones((1, 1), bool) if frame.mask is None else frame.mask
        row, column, named, _ = self._first(frame, active)
        position = self.where(step)
        return DeviceAssertion(
            f"{self._who(frame.chunk, row, column)} in {self.launch.called}: the assertion "
            f"`{text}` does not hold." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            **position.facts(),
        )

    def stack_overflow(self, frame: Frame, mask: Mask, step: Step) -> MemoryFault:
        active = np.ones((1, 1), bool) if mask is None else mask
        row, column, named, _ = self._first(frame, np.broadcast_to(active, frame.lanes.shape))
        position = self.where(step)
        return MemoryFault(
            f"{self._who(frame.chunk, row, column)} in {self.launch.called} called functions so "
            f"deeply that its stack is full; does the recursion end?" + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            **position.facts(),
        )
