"""Older values: what a relaxed load may still see of a word that has been written since. Only under a seed.

On a GPU a store reaches other SMs late, and a load that nothing orders after it may return what stood there
before. The simulated SM has one memory, in which every store is seen at once. So under a seed it keeps the
last values of the words that strong operations wrote (PTX ISA, memory consistency model), and lets a strong
relaxed load choose one of them, as long as

* the thread has not read or written a later value of that word (coherence),
* nothing orders the write of a later value before the load (causality): no barrier, no acquire of what was
  released after that write, no ``fence.sc``,
* it has not happened too often since the word was last written: every wait for a flag ends.

Time is counted in writes. A thread's *horizon* is a time from before which it misses nothing: whatever
happens before the load was executed by then. It may lie later than need be, which only hides older values.
Atomics and acquiring loads always see the last value, and so does every weak load: where it could see
another one, it races, and the race is found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.frame import Frame
    from smsim.machine.globalspace import FlatAccess
    from smsim.machine.interleaving import Interleaving

#: How many values of a word are kept.
_KEPT = 4
#: How many loads, counted by lanes, may miss the last value of a word.
_MISSES = 32


@dataclass(slots=True)
class Version:
    """A value of a word, by its bits: when it was written, and when last released (0: never)."""

    bits: int
    time: int = 0
    released: int = 0


@dataclass(slots=True)
class Word:
    """The last values of a word, and the time of the latest that each thread has read or written."""

    versions: list[Version]
    reached: dict[int, int] = field(default_factory=dict)
    misses_left: int = _MISSES


class Versions:
    """The words of global memory that strong operations of a launch have written.

    Args:
        interleaving: chooses among the values.

    Attributes:
        now: how many writes there have been.
    """

    def __init__(self, interleaving: Interleaving) -> None:
        self.interleaving = interleaving
        self.now = 0
        self._words: dict[tuple[int, int], Word] = {}
        self._horizon: dict[int, int] = {}
        self._read: dict[int, int] = {}  # by thread: what a fence would acquire
        self._fenced: set[int] = set()

    # -- what instructions do ----------------------------------------------------------------------------

    def load(self, frame: Frame, step: Step, accesses: Iterable[FlatAccess], value: np.ndarray) -> np.ndarray:
        """What a strong load returns instead of ``value``, which stands in memory."""
        acquires = "acquire" in step.form.flags
        out = None
        for access in accesses:
            threads, size = self._threads(frame, access), access.view.itemsize
            for lane, (thread, index) in enumerate(zip(threads, access.index.tolist(), strict=True)):
                word = self._words.get((access.allocation.base + index * size, size))
                if word is None:
                    continue
                bits = self._read_word(
                    word, thread, int(access.view[index]), acquires, frame.chunk.ordered_at
                )
                if bits is None:
                    continue
                if out is None:
                    out = np.broadcast_to(value, frame.lanes.shape).copy()
                old = np.array(bits, access.view.dtype).view(out.dtype)
                out[access.row[lane], access.column[lane]] = old
        return value if out is None else out

    def store(self, frame: Frame, step: Step, accesses: Iterable[FlatAccess], value: np.ndarray) -> None:
        """A strong store is about to write ``value``."""
        releases = "release" in step.form.flags
        for access in accesses:
            bits = np.broadcast_to(value, frame.lanes.shape)[access.row, access.column].view(
                access.view.dtype
            )
            stands: dict[int, int] = {}
            for thread, index, after in zip(
                self._threads(frame, access), access.index.tolist(), bits.tolist(), strict=True
            ):
                before = stands.get(index, int(access.view[index]))
                stands[index] = after
                word = self._word(access, index, before)
                self._write(word, thread, after, self._released(thread, releases))

    def atomic(self, frame: Frame, step: Step, access: FlatAccess, old: np.ndarray) -> None:
        """An atomic has been done for the lanes of ``access`` in turn; ``old`` is what each of them found."""
        flags = step.form.flags
        acquires, releases = bool(flags & {"acquire", "acq_rel"}), bool(flags & {"release", "acq_rel"})
        unsigned = np.dtype(f"u{access.view.itemsize}")
        befores = old.view(unsigned).tolist()
        stands = dict(
            zip(access.index.tolist(), access.view.view(unsigned)[access.index].tolist(), strict=True)
        )
        afters = []
        for index, before in zip(reversed(access.index.tolist()), reversed(befores), strict=True):
            afters.append(stands[index])
            stands[index] = before
        reads = step.form.row.semantics == "memory.atomic"
        for thread, index, before, after in zip(
            self._threads(frame, access), access.index.tolist(), befores, reversed(afters), strict=True
        ):
            word = self._word(access, index, before)
            last = word.versions[-1]
            if reads:
                self._observe(thread, last.released, acquires)
            released = max(last.released, self._released(thread, releases))
            if after != before:
                self._write(word, thread, after, released)
            else:
                last.released = released
                word.reached[thread] = last.time

    def elsewhere(self, frame: Frame, step: Step) -> None:
        """A strong read of shared memory: whatever was done before may be acquired by it."""
        acquires = bool(step.form.flags & {"acquire", "acq_rel"})
        for thread in self._all_threads(frame):
            self._observe(thread, self.now, acquires)

    def fence(self, frame: Frame, step: Step) -> None:
        """``fence`` or ``membar``: what was read before is acquired, what is written after is released. One
        that is sequentially consistent comes after all of them that came before it."""
        total = step.instruction.opcode == "membar" or "sc" in step.form.flags
        for thread in self._all_threads(frame):
            self._observe(thread, self.now if total else self._read.get(thread, 0), True)
            self._fenced.add(thread)

    # -- words -------------------------------------------------------------------------------------------

    def _word(self, access: FlatAccess, index: int, before: int) -> Word:
        size = access.view.itemsize
        key = (access.allocation.base + index * size, size)
        word = self._words.get(key)
        if word is None or word.versions[-1].bits != before:  # a weak write, in order with all others
            word = self._words[key] = Word([Version(before)])
        return word

    def _write(self, word: Word, thread: int, bits: int, released: int) -> None:
        word.versions.append(Version(bits, self.now, released))
        word.reached[thread] = self.now
        word.misses_left = _MISSES
        del word.versions[:-_KEPT]

    def _released(self, thread: int, releases: bool) -> int:
        """The time up to which a write that now follows says what is done; 0 if it says nothing."""
        self.now += 1
        return self.now if releases or thread in self._fenced else 0

    def _read_word(self, word: Word, thread: int, stands: int, acquires: bool, since: int) -> int | None:
        """The older value that ``thread`` reads, or ``None`` for the one that stands in memory."""
        versions = word.versions
        at = len(versions) - 1
        if versions[at].bits != stands:
            return None
        if not acquires and word.misses_left:
            horizon = max(since, self._horizon.get(thread, 0))
            reached = word.reached.get(thread, 0)
            while at and versions[at].time > max(horizon, reached) and self.interleaving.one_in(2):
                at -= 1
        chosen = versions[at]
        word.reached[thread] = max(word.reached.get(thread, 0), chosen.time)
        self._observe(thread, chosen.released, acquires)
        if at == len(versions) - 1:
            return None
        word.misses_left -= 1
        return chosen.bits

    def _observe(self, thread: int, released: int, acquires: bool) -> None:
        known = self._horizon if acquires else self._read
        known[thread] = max(known.get(thread, 0), released)

    # -- threads -----------------------------------------------------------------------------------------

    def _threads(self, frame: Frame, access: FlatAccess) -> list[int]:
        """The linear number in the grid of each lane's thread."""
        lanes, shape = frame.lanes, frame.lanes.shape
        thread = np.broadcast_to(lanes.thread, shape)[access.row, access.column]
        block = np.broadcast_to(lanes.block, shape)[access.row, access.column] + frame.chunk.first_block
        return (block * frame.chunk.launch.together.spacing + thread).tolist()

    def _all_threads(self, frame: Frame) -> list[int]:
        lanes, shape = frame.lanes, frame.lanes.shape
        numbers = np.broadcast_to(
            (lanes.block + frame.chunk.first_block) * frame.chunk.launch.together.spacing + lanes.thread,
            shape,
        )
        active = np.broadcast_to(True if frame.mask is None else frame.mask, shape)
        return numbers[active].tolist()
