"""What is known of all accesses to global memory in one run of launches, whoever of them made the access.

Each launch judges its own accesses (:class:`~smsim.hazards.globalwatch.GlobalWatch`); launches that run at
the same time share this record, and so find each other's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.cells import LastWriter, Note
from smsim.hazards.followed import Followed
from smsim.hazards.knowledge import EACH_THREAD, Knowledge
from smsim.hazards.order import InGrid
from smsim.hazards.readonlypath import ReadOnlyRecord
from smsim.hazards.scopes import CTA, GPU, SYSTEM
from smsim.hazards.tables import Touched
from smsim.machine.kinds import ATOMIC, READ, WRITE

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.together import Together


class GlobalRecord:
    """The tables of one run.

    Args:
        together: the launches.
        in_full: allocations (by base) of which every access is entered.

    Attributes:
        grain: the narrowest global access of the kernels in bytes; what one cell covers.
        threads: how far apart the first threads of two blocks are numbered.
        knowledge: what each thread knows; ``None`` where barriers of blocks and of whole warps are all there is.
        widest: the least scope that holds all threads.
    """

    def __init__(self, together: Together, in_full: set[int]) -> None:
        launches, self.in_full = together.launches, in_full
        self.together, self.threads, self.blocks = together, together.spacing, together.blocks
        self.grain = min(launch.kernel.global_grain for launch in launches)
        gpus = np.repeat(
            [launch.device.ordinal for launch in launches], [launch.blocks_to_run for launch in launches]
        )
        several = bool((gpus != gpus[0]).any())
        self.gpu_of_block = gpus if several else None
        self.widest = SYSTEM if several else GPU if self.blocks > 1 else CTA
        self.knowledge: Knowledge | None = None
        ordered = any(launch.kernel.orders_some for launch in launches)
        if ordered or EACH_THREAD in in_full or len(launches) > 1:
            strict = launches[0].hazards == "strict"
            self.knowledge = Knowledge(self.threads * self.blocks, self.threads, strict, self.gpu_of_block)
        before = together.ended_before if len(launches) > 1 else None
        self.order = InGrid(self.threads, self.blocks, self.knowledge, before)
        self.steps: list[Step] = []
        self.numbers: dict[int, int] = {}
        self.notes: dict[str, dict[int, list[Note]]] = {READ: {}, ATOMIC: {}}
        self.writers: dict[int, LastWriter] = {}
        #: Also earlier writers, where several wrote the same and nothing ordered them.
        self.visitors: dict[str, dict[int, Touched]] = {READ: {}, ATOMIC: {}, WRITE: {}}
        self.followed: dict[int, Followed] = {}
        #: Strong accesses to an allocation that some touch at a scope that is too narrow for all, by whether they
        #: write and by their scope.
        self.strong: dict[int, dict[tuple[bool, int], Touched]] = {}
        reads = any(launch.kernel.reads_non_coherently for launch in launches)
        self.read_only = ReadOnlyRecord() if reads else None

    def number(self, step: Step) -> int:
        """The number by which the tables know ``step``."""
        number = self.numbers.get(id(step))
        if number is None:
            number = self.numbers[id(step)] = len(self.steps)
            self.steps.append(step)
        return number

    def in_scope(self, scope: int, me: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Whether threads (numbers + 1, ``(n,)``) are in each other's ``scope``; bool ``(n,)``."""
        mine, theirs = (me - 1) // self.threads, (other - 1) // self.threads
        if scope == CTA:
            return mine == theirs
        if scope == GPU and self.gpu_of_block is not None:
            return self.gpu_of_block[mine] == self.gpu_of_block[theirs]
        return np.ones(mine.shape, bool)

    def clear(self) -> None:
        """Whatever was done before is over for everybody."""
        self.writers.clear()
        self.followed.clear()
        for by_base in (*self.notes.values(), *self.visitors.values()):
            by_base.clear()
