"""The watches of shared and global memory in kernels with asynchronous copies; see :mod:`.asyncwatch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.globalwatch import GlobalWatch
from smsim.hazards.sharedaccess import Access
from smsim.hazards.sharedwatch import SharedWatch
from smsim.machine.kinds import ATOMIC, READ, WRITE

if TYPE_CHECKING:
    from smsim.machine.asyncview import View
    from smsim.machine.bind.binding import Step
    from smsim.machine.frame import Frame


class WatchBesideCopies(SharedWatch):
    """As :class:`SharedWatch`, in a kernel with asynchronous copies or mbarriers."""

    def read(self, frame: Frame, step: Step, address: np.ndarray, size: int) -> None:
        self.chunk.copy_watch.touched(frame, step, address, size, writes=False)
        super().read(frame, step, address, size)

    def write(
        self, frame: Frame, step: Step, address: np.ndarray, value: np.ndarray, kind: str = WRITE
    ) -> None:
        self.chunk.copy_watch.touched(frame, step, address, value.dtype.itemsize, writes=True)
        super().write(frame, step, address, value, kind)

    def atomic(self, frame: Frame, step: Step, address: np.ndarray, size: int) -> None:
        writes = step.form.row.semantics != "memory.load"
        self.chunk.copy_watch.touched(frame, step, address, size, writes=writes)
        super().atomic(frame, step, address, size)

    def copies_into(self, view: View, step: Step, address: np.ndarray, value: np.ndarray) -> None:
        """A copy writes."""
        super().write(view, step, address, value)

    def copies_from(self, view: View, step: Step, address: np.ndarray, size: int) -> None:
        """A copy reads; what nobody wrote it takes along as that."""
        access = Access(READ, step, address, size, view.mask, view.lanes)
        careful = self.chunk.launch.careful
        if careful is not None and step.instruction in careful.sites:
            access.tag = careful.follow(view, self.chunk)
            access.tag.use(np.ones(access.tag.used.shape, bool))
        self._note(access)
        self._judge()

    def mbarrier(self, view: View, step: Step, address: np.ndarray, size: int) -> None:
        """Lanes use an mbarrier: no race with others who do, but with who makes or ends it."""
        if self.knowledge is None:
            return
        self.settle()
        access = Access(ATOMIC, step, address, size, view.mask, view.lanes)
        access.time = self.order.now(self._places(access, 0)[0])
        self._note(access)
        self._judge()


class GlobalWatchBesideCopies(GlobalWatch):
    """As :class:`GlobalWatch`, in a kernel with asynchronous copies."""

    def access(
        self, frame: Frame, step: Step, kind: str, address: object, size: int, value: np.ndarray | None = None
    ) -> None:
        frame.chunk.copy_watch.touched_global(frame, step, kind, address, size)
        super().access(frame, step, kind, address, size, value)

    def copies(
        self,
        view: View,
        step: Step,
        kind: str,
        address: np.ndarray,
        size: int,
        value: np.ndarray | None = None,
    ) -> None:
        """A copy reads or writes."""
        super().access(view, step, kind, address, size, value)
