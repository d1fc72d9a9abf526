"""What strong loads, stores and atomics tell the launch's knowledge: acquire, release, and at which scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.scopes import reach

if TYPE_CHECKING:
    from smsim.hazards.knowledge import Knowledge
    from smsim.hazards.tables import Seen
    from smsim.machine.bind.binding import Step


def observed(
    knowledge: Knowledge,
    byte_of: Callable[[np.ndarray], np.ndarray],
    number: Callable[[np.ndarray], np.ndarray],
) -> Seen:
    """Which strong writes a thread has seen by a strong read: they are over for what it does to the word after.

    Args:
        byte_of: from cells to the numbers of their first bytes, as words are numbered.
        number: from threads, as the asker counts them, to their linear numbers.
    """

    def seen(cell: np.ndarray, me: np.ndarray, other: np.ndarray, time: np.ndarray) -> np.ndarray:
        threads = number(me).tolist(), number(other).tolist()
        asked = zip(*threads, time.tolist(), byte_of(cell).tolist(), strict=True)
        return np.array([knowledge.observed(m, o, t, _words(b)) for m, o, t, b in asked], bool)

    return seen


def _words(byte: int) -> tuple[int, ...]:
    """The words of 1 to 8 bytes that ``byte`` may be in."""
    return tuple(dict.fromkeys(byte & -size for size in (1, 2, 4, 8)))


def synchronise(knowledge: Knowledge, step: Step, threads: np.ndarray, words: np.ndarray) -> None:
    """Strong accesses carry knowledge from thread to thread, in the order of the lanes.

    Args:
        threads: linear numbers in the grid, ``(n,)``.
        words: a number for the word that each of them touches, ``(n,)``.
    """
    flags, name = step.form.flags, step.form.row.semantics
    acquire, release = bool(flags & {"acquire", "acq_rel"}), bool(flags & {"release", "acq_rel"})
    scope = reach(flags)
    reads, atomic = name in ("memory.load", "memory.atomic"), name == "memory.atomic"
    for thread, word in zip(threads.tolist(), words.tolist(), strict=True):
        if reads:
            knowledge.read(thread, word, acquire=acquire, atomic=atomic, scope=scope)
        if name != "memory.load":
            combine = name != "memory.store"
            knowledge.write(thread, word, release=release, combine=combine, scope=scope)
