"""What strong loads, stores and atomics tell the launch's knowledge: acquire, release, and at which scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smsim.hazards.knowledge import Knowledge
    from smsim.machine.bind.binding import Step


def synchronise(knowledge: Knowledge, step: Step, threads: np.ndarray, words: np.ndarray) -> None:
    """Strong accesses carry knowledge from thread to thread, in the order of the lanes.

    Args:
        threads: linear numbers in the grid, ``(n,)``.
        words: a number for the word that each of them touches, ``(n,)``.
    """
    flags, name = step.form.flags, step.form.row.semantics
    acquire, release = bool(flags & {"acquire", "acq_rel"}), bool(flags & {"release", "acq_rel"})
    near = "cta" in flags
    reads, atomic = name in ("memory.load", "memory.atomic"), name == "memory.atomic"
    for thread, word in zip(threads.tolist(), words.tolist(), strict=True):
        if reads:
            knowledge.read(thread, word, acquire=acquire, atomic=atomic, block_scope=near)
        if name != "memory.load":
            combine = name != "memory.store"
            knowledge.write(thread, word, release=release, combine=combine, block_scope=near)
