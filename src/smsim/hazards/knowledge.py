"""What threads know of other blocks' work: release, acquire and fences, followed word by word.

A thread that *releases* leaves at the word it writes what it has done and what it knows; a thread that
*acquires* takes that from the word it reads. A fence turns the strong writes after it into releases, and
the strong reads before it into acquires. A barrier shares what one thread learned with its block.

Knowledge is a pair of maps: block to the number of its intervals between barriers that are known to be
over, and thread to the number of its releases up to which its work is known. Both start empty, and
kernels without fences, releases and acquires never come here.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class Known:
    """Work that is known to be over: ``blocks[b]`` intervals of block b, ``threads[t]`` releases of thread t."""

    blocks: dict[int, int] = field(default_factory=dict)
    threads: dict[int, int] = field(default_factory=dict)
    #: Its own number, and how often something was added: who has seen it like this need not look again.
    serial: int = field(default_factory=itertools.count().__next__)
    additions: int = 0
    #: It is what was left at a word: many threads may hold it, so it is replaced and never changed.
    left: bool = False

    def join(self, other: Known) -> None:
        self.additions += 1
        for mine, theirs in ((self.blocks, other.blocks), (self.threads, other.threads)):
            for key, count in theirs.items():
                if count > mine.get(key, 0):
                    mine[key] = count

    def leaving(self, given: Known) -> Known:
        """What stands at a word when ``given`` is left there too."""
        after = Known(dict(self.blocks), dict(self.threads), self.serial, self.additions, left=True)
        after.join(given)
        return after


class Knowledge:
    """Release and acquire among all threads of a launch. Threads and blocks go by their linear numbers.

    Args:
        threads: of the whole launch.
        threads_per_block: T.
        strict: a strong read followed by a barrier is no acquire; a fence must stand between.
    """

    def __init__(self, threads: int, threads_per_block: int, strict: bool = False) -> None:
        self.per_block = threads_per_block
        self.strict = strict
        self.releases = np.zeros(threads, np.int32)
        self.intervals: dict[int, int] = {}
        self._of_block: dict[int, Known] = {}
        self._of_thread: dict[int, Known] = {}
        self._fenced: dict[int, tuple[Known, bool]] = {}
        self._read: dict[int, Known] = {}
        self._informed: dict[int, set[int]] = {}  # by block: threads that know more than their block
        self._seen: dict[tuple[int, int], int] = {}
        self._words: dict[int, Known] = {}
        self._words_of_block: dict[tuple[int, int], Known] = {}

    # -- what is asked -----------------------------------------------------------------------------------

    def over(self, me: int, other: int, interval: int, release: int) -> bool:
        """Whether what ``other`` did in ``interval`` of its block, after ``release`` releases, is over for me."""
        block = other // self.per_block
        for known in (self._of_thread.get(me), self._of_block.get(me // self.per_block)):
            if known is not None and (
                known.blocks.get(block, 0) > interval or known.threads.get(other, 0) > release
            ):
                return True
        return False

    # -- what happens ------------------------------------------------------------------------------------

    def fence(self, thread: int, block_scope: bool) -> None:
        """``fence`` or ``membar``: reads before it have acquired, writes after it will release."""
        read = self._read.pop(thread, None)
        if read is not None:
            self._learn(thread, read)
        self._fenced[thread] = (self._all_of(thread), block_scope)

    def write(self, thread: int, word: int, *, release: bool, combine: bool, block_scope: bool) -> None:
        """A strong write to ``word``. ``combine``: it is an atomic, which continues what stood there."""
        given, fenced_for_block = None, False
        if release:
            given = self._all_of(thread)
        elif thread in self._fenced:
            given, fenced_for_block = self._fenced[thread]
        if not combine:
            self._words.pop(word, None)
        if given is None:
            return
        if block_scope or fenced_for_block:
            key = (word, thread // self.per_block)
            self._words_of_block[key] = self._words_of_block.get(key, Known()).leaving(given)
        else:
            self._words[word] = self._words.get(word, Known()).leaving(given)

    def read(self, thread: int, word: int, *, acquire: bool) -> None:
        """A strong read of ``word``."""
        for left in (self._words.get(word), self._words_of_block.get((word, thread // self.per_block))):
            if left is None or self._seen.get((thread, left.serial)) == left.additions:
                continue
            self._seen[thread, left.serial] = left.additions
            if acquire:
                self._learn(thread, left)
            else:
                self._read[thread] = _together(self._read.get(thread), left)
                self._informed.setdefault(thread // self.per_block, set()).add(thread)

    def barrier(self, block: int) -> None:
        """All threads of ``block`` have met: what one knows, all know."""
        together = self._of_block.setdefault(block, Known())
        for thread in self._informed.pop(block, ()):
            known = self._of_thread.pop(thread, None)
            if known is not None:
                together.join(known)
            read = self._read.get(thread)
            if read is not None and not self.strict:
                together.join(read)
        self.intervals[block] = self.intervals.get(block, 0) + 1

    def _all_of(self, thread: int) -> Known:
        """What ``thread`` knows and has done so far; what it does from here on is not part of it."""
        block = thread // self.per_block
        known = Known()
        for part in (self._of_block.get(block), self._of_thread.get(thread)):
            if part is not None:
                known.join(part)
        releases = int(self.releases[thread]) + 1
        self.releases[thread] = releases
        known.threads[thread] = releases
        if self.intervals.get(block):
            known.blocks[block] = self.intervals[block]
        return known

    def _learn(self, thread: int, known: Known) -> None:
        self._of_thread[thread] = _together(self._of_thread.get(thread), known)
        self._informed.setdefault(thread // self.per_block, set()).add(thread)


def _together(mine: Known | None, found: Known) -> Known:
    """What a thread knows once it has found ``found``. It comes again and again to a word that others go on
    adding to, as one that waits for a lock does; then the later state holds all of the earlier one."""
    if mine is None or mine.serial == found.serial:
        return found
    if mine.left:
        mine = Known(dict(mine.blocks), dict(mine.threads))
    mine.join(found)
    return mine
