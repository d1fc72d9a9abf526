"""What each thread knows of the others' work: flags, fences, and barriers for some threads.

A thread that *releases* leaves at the word it writes what it has done and what it knows; a thread that
*acquires* takes that from the word it reads. A fence turns the strong writes after it into releases, and
the strong reads before it into acquires. Lanes that meet at ``bar.warp.sync``, or threads at a barrier
that is for some of the block, tell each other all they know; a barrier of the whole block does so for it.

Knowledge is a pair of maps: block to the number of its intervals between barriers that are known to be
over, and thread to the time up to which its work is known. It is the same for shared and for global
memory. Kernels that order their threads by barriers of blocks and of whole warps alone never come here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from smsim.hazards.scopes import CTA, GPU, SYSTEM

#: A thread's time: intervals of its block from this bit on, below them the times it told others something.
INTERVAL = 32
#: Among the allocations to be entered in full: follow what each thread knows, whatever the kernel looks like.
EACH_THREAD = -1


@dataclass(slots=True)
class Known:
    """Work that is known to be over: ``blocks[b]`` intervals of block b, thread t before ``threads[t]``, and
    the strong writes to word w from number ``words[w][1]`` to ``words[w][0]``, which were seen by a strong read."""

    blocks: dict[int, int] = field(default_factory=dict)
    threads: dict[int, int] = field(default_factory=dict)
    words: dict[int, tuple[int, int]] = field(default_factory=dict)
    #: Its own number, and how often something was added: who has seen it like this need not look again.
    serial: int = field(default_factory=itertools.count().__next__)
    additions: int = 0
    #: Many threads may hold it, so it is replaced and never changed.
    left: bool = False

    def join(self, other: Known) -> None:
        self.additions += 1
        for mine, theirs in ((self.blocks, other.blocks), (self.threads, other.threads)):
            for key, count in theirs.items():
                if count > mine.get(key, 0):
                    mine[key] = count
        for word, seen in other.words.items():
            self.words[word] = max(seen, self.words.get(word, seen))

    def copy(self) -> Known:
        """The same, to be added to."""
        return Known(dict(self.blocks), dict(self.threads), dict(self.words))

    def leaving(self, given: Known) -> Known:
        """What stands at a word when ``given`` is left there too."""
        after = self.copy()
        after.serial, after.additions, after.left = self.serial, self.additions, True
        after.join(given)
        return after


#: Knowledge by how far it reaches: one entry a scope (see :mod:`smsim.hazards.scopes`).
Scoped = list[Known | None]


def _unknown() -> Scoped:
    return [None, None, None]


class Knowledge:
    """What all threads of launches that run together know. Threads and blocks go by their linear numbers.

    Args:
        threads: of all launches.
        threads_per_block: T.
        strict: an atomic followed by a barrier is no acquire; a fence must stand between.
        gpu_of_block: the number of each block's GPU, ``(blocks,)``; ``None``: all are of one.
    """

    def __init__(
        self,
        threads: int,
        threads_per_block: int,
        strict: bool = False,
        gpu_of_block: np.ndarray | None = None,
    ) -> None:
        self.per_block = threads_per_block
        self.strict = strict
        self._gpu_of_block = None if gpu_of_block is None else gpu_of_block.tolist()
        self._top = GPU if gpu_of_block is None else SYSTEM  # on one GPU nothing reaches further than it
        self.intervals = np.zeros(-(-threads // threads_per_block), np.int64)
        self._told = np.zeros(threads, np.int64)
        self._knows = np.zeros(threads, bool)
        self._of_block: dict[int, Known] = {}
        self._of_thread = np.full(threads, None, object)  # Known, or None
        self._informed: dict[int, set[int]] = {}  # by block: threads that know more than their block
        self._fenced: dict[int, Scoped] = {}
        self._released: dict[tuple[int, int], Scoped] = {}  # by thread and word: its own last release there
        self._read: dict[int, Scoped] = {}
        self._by_atomics: dict[int, dict[int, Known]] = {}  # by thread, then by whose state it is
        self._seen: dict[tuple[int, int], int] = {}
        #: What was left at a word: by word, then by scope and whose it is (see _whose).
        self._left: dict[int, dict[tuple[int, int], Known]] = {}
        self._at_barriers: dict[tuple[int, int], Known] = {}
        self._in_phase: dict[tuple[int, int], Known] = {}  # by block and mbarrier: told in its present phase
        self._by_phases: dict[tuple[int, int], Known] = {}  # and told in those that are over
        #: By word: how many strong writes it has had, and the last that was no atomic. By word and thread: the
        #: number and the time of the thread's last strong write there. By thread: what strong reads saw.
        self._writes: dict[int, tuple[int, int]] = {}
        self._written: dict[tuple[int, int], tuple[int, int]] = {}
        self._observed: dict[int, dict[int, tuple[int, int]]] = {}

    # -- what is asked -----------------------------------------------------------------------------------

    def now(self, thread: np.ndarray) -> np.ndarray:
        """The time of each thread, int64."""
        return (self.intervals[thread // self.per_block] << INTERVAL) + self._told[thread]

    def over(self, me: np.ndarray, other: np.ndarray, time: np.ndarray) -> np.ndarray:
        """Whether what ``other`` did at ``time`` is over for ``me``; all ``(n,)``, as the result."""
        block = me // self.per_block
        done = (block == other // self.per_block) & (time >> INTERVAL < self.intervals[block])
        done |= (me == other) & (time < self.now(me))
        maybe = np.flatnonzero(~done & self._knows[me])
        if maybe.size:
            then = time[maybe]
            threads_up_to, blocks_up_to = self._known_up_to(me[maybe], other[maybe])
            done[maybe] = (threads_up_to > then) | (blocks_up_to > then >> INTERVAL)
        return done

    def _known_up_to(self, me: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Up to which time ``me`` knows ``other``'s work, and up to which interval that of its block: ``(n,)`` each.

        Many threads hold the same knowledge and meet the same threads, so each pair of the two is looked up once.
        """
        held = self._of_thread[me]
        _, first, holder = np.unique(
            np.fromiter(map(id, held.tolist()), np.int64, held.size), return_index=True, return_inverse=True
        )
        threads_up_to, blocks_up_to = self._looked_up(held[first], holder, other)
        if self._of_block:
            blocks, of_me = np.unique(me // self.per_block, return_inverse=True)
            held = [self._of_block.get(block) for block in blocks.tolist()]
            by_block = self._looked_up(held, of_me, other)
            threads_up_to = np.maximum(threads_up_to, by_block[0])
            blocks_up_to = np.maximum(blocks_up_to, by_block[1])
        return threads_up_to, blocks_up_to

    def _looked_up(
        self, held: Sequence[Known | None], holder: np.ndarray, other: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """As :meth:`_known_up_to`, for who holds ``held[holder]``."""
        pair, place = np.unique(holder * self._knows.size + other, return_inverse=True)
        up_to = np.zeros((2, pair.size), np.int64)
        number, thread = np.divmod(pair, self._knows.size)
        for at, (n, t) in enumerate(zip(number.tolist(), thread.tolist(), strict=True)):
            if (known := held[n]) is not None:
                up_to[0, at] = known.threads.get(t, 0)
                up_to[1, at] = known.blocks.get(t // self.per_block, 0)
        return up_to[0, place], up_to[1, place]

    def observed(self, me: int, other: int, time: int, words: tuple[int, ...]) -> bool:
        """Whether I know of a strong read that saw what ``other`` did at ``time`` to one of ``words``."""
        for word in words:
            number, at = self._written.get((word, other), (0, -1))
            if at < time:
                continue
            for known in (self._of_thread[me], self._of_block.get(me // self.per_block)):
                last, first = (0, 1) if known is None else known.words.get(word, (0, 1))
                if first <= number <= last:
                    return True
            last, first = self._observed.get(me, {}).get(word, (0, 1))
            if first <= number <= last:
                return True
        return False

    # -- flags -------------------------------------------------------------------------------------------

    def fence(self, thread: int, scope: int) -> None:
        """``fence`` or ``membar`` at ``scope``: reads before it have acquired, writes after it will release."""
        scopes = self._scopes(scope)
        read = self._read.get(thread)
        if read is not None:
            for near in scopes:
                if read[near] is not None:
                    self._learn(thread, read[near])
                    read[near] = None
        given, fenced = self._all_of(thread), self._fenced.setdefault(thread, _unknown())
        for near in scopes:
            fenced[near] = given

    def write(self, thread: int, word: int, *, release: bool, combine: bool, scope: int) -> None:
        """A strong write to ``word``. ``combine``: it is an atomic, which continues what stood there."""
        given, scopes = [], self._scopes(scope)
        if release:
            all_of = self._all_of(thread)
            own = self._released.setdefault((thread, word), _unknown())
            for near in scopes:
                own[near] = all_of
            given.append(own)
        else:
            given = [
                s for s in (self._fenced.get(thread), self._released.get((thread, word))) if s is not None
            ]
        count, start = self._writes.get(word, (0, 1))
        self._writes[word] = (count + 1, start if combine else count + 1)
        time = int(self.intervals[thread // self.per_block]) << INTERVAL | int(self._told[thread])
        self._written[word, thread] = (count + 1, time)
        self._told[thread] += 1  # what it does to the word from here on is something else
        if not combine:
            self._left.pop(word, None)
        for scoped in given:
            left = self._left.setdefault(word, {})
            for near in scopes:
                if scoped[near] is not None:
                    key = near, self._whose(near, thread)
                    left[key] = left.get(key, Known()).leaving(scoped[near])

    def read(self, thread: int, word: int, *, acquire: bool, atomic: bool, scope: int) -> None:
        """A strong read of ``word``; ``atomic``: by an atomic."""
        if word in self._writes:
            self._observed.setdefault(thread, {})[word] = self._writes[word]
            self._informed.setdefault(thread // self.per_block, set()).add(thread)
        at_word = self._left.get(word)
        for near in self._scopes(scope) if at_word else ():
            left = at_word.get((near, self._whose(near, thread)))
            if left is None:
                continue
            key = (thread, left.serial)
            stage = 2 * left.additions + acquire
            if self._seen.get(key, -1) >= stage:
                continue
            self._seen[key] = stage
            if acquire:
                self._learn(thread, left)
                continue
            read = self._read.setdefault(thread, _unknown())
            read[near] = _together(read[near], left)
            if atomic:
                self._by_atomics.setdefault(thread, {})[left.serial] = left  # which holds what it was before
                self._informed.setdefault(thread // self.per_block, set()).add(thread)

    def _scopes(self, scope: int) -> range:
        """The scopes that an operation at ``scope`` holds good for."""
        return range(min(scope, self._top) + 1)

    def _whose(self, scope: int, thread: int) -> int:
        """Which block, or which GPU, ``thread`` belongs to at ``scope``."""
        if scope == CTA:
            return thread // self.per_block
        if scope == GPU and self._gpu_of_block is not None:
            return self._gpu_of_block[thread // self.per_block]
        return 0

    # -- meetings ----------------------------------------------------------------------------------------

    def grid_barrier(self, blocks: range) -> None:
        """All threads of a grid have met: what was done in it before is over for all of it."""
        for block in blocks:
            self.barrier(block)
        together = Known()
        for part in _different(self._of_block.get(block) for block in blocks):
            together.join(part)
        together.blocks.update((block, int(self.intervals[block])) for block in blocks)
        for block in blocks:
            self._of_block[block] = together.copy()
        self._knows[blocks.start * self.per_block : blocks.stop * self.per_block] = True

    def barrier(self, block: int) -> None:
        """All threads of ``block`` have met: what one knows, all know."""
        before = self._of_block.get(block)
        together = Known() if before is None else before
        first, end = block * self.per_block, (block + 1) * self.per_block
        informed = self._informed.pop(block, ())
        parts = [known for t in informed if (known := self._of_thread[t]) is not None]
        found = [known for t in informed for known in self._by_atomics.pop(t, {}).values()]
        seen = [Known(words=words) for t in informed if (words := self._observed.pop(t, None))]
        for known in _different(parts + seen if self.strict else parts + found + seen):
            together.join(known)
        if informed:  # its own threads' work of this interval is over by the barrier
            self._of_thread[first:end] = None
            for thread in [t for t in together.threads if first <= t < end]:
                del together.threads[thread]
            self._knows[first:end] = bool(together.threads or together.blocks)
            self._of_block[block] = together
        self.intervals[block] += 1

    def meet(self, threads: list[int]) -> None:
        """``threads`` of one block have waited for each other."""
        self._all_hold(threads, self._told_by(threads))

    def arrive(self, number: int, threads: list[int]) -> None:
        """``threads`` of one block arrive at barrier ``number``, which is for some of the block's threads."""
        key = (threads[0] // self.per_block, number)
        self._at_barriers[key] = self._at_barriers.get(key, Known()).leaving(self._told_by(threads))

    def forget_arrivals(self, number: int, thread: int) -> None:
        """That barrier of ``thread``'s block is complete, and nobody waited there."""
        self._at_barriers.pop((thread // self.per_block, number), None)

    def wait(self, number: int, threads: list[int]) -> None:
        """That barrier is complete, and ``threads`` waited there."""
        self.arrive(number, threads)
        self._all_hold(threads, self._at_barriers.pop((threads[0] // self.per_block, number)))

    def arrive_in_phase(self, mbarrier: tuple[int, int], threads: list[int]) -> None:
        """``threads`` arrive at an mbarrier, given by block and address."""
        before = self._in_phase.get(mbarrier, Known())
        self._in_phase[mbarrier] = before.leaving(self._told_by(threads))

    def end_phase(self, mbarrier: tuple[int, int]) -> None:
        """Its present phase is over: who waited for that knows what those who arrived have told."""
        told = self._in_phase.pop(mbarrier, None)
        if told is not None:
            self._by_phases[mbarrier] = self._by_phases.get(mbarrier, Known()).leaving(told)

    def acquire_phase(self, mbarrier: tuple[int, int], threads: list[int]) -> None:
        """``threads`` have seen that the last phase is over."""
        told = self._by_phases.get(mbarrier)
        if told is None:
            return
        after: dict[int | None, Known] = {}
        for thread in threads:
            mine = self._of_thread[thread]
            key = None if mine is None else id(mine)
            if key not in after:
                after[key] = _together(mine, told)
            self._of_thread[thread] = after[key]
        for known in after.values():
            known.left = True  # several threads hold it now
        self._knows[threads] = True
        self._informed.setdefault(threads[0] // self.per_block, set()).update(threads)

    def forget_phases(self, mbarrier: tuple[int, int]) -> None:
        """The mbarrier is gone."""
        self._in_phase.pop(mbarrier, None)
        self._by_phases.pop(mbarrier, None)

    def _told_by(self, threads: list[int]) -> Known:
        """What ``threads`` of one block know and have done, together."""
        together = Known(left=True)
        for part in _different(self._of_thread[t] for t in threads):
            together.join(part)
        for thread in threads:
            if thread in self._observed:
                together.join(Known(words=self._observed[thread]))
        interval = int(self.intervals[threads[0] // self.per_block]) << INTERVAL
        told = self._told[threads] + 1
        self._told[threads] = told
        together.threads.update(zip(threads, (told + interval).tolist(), strict=True))
        return together

    def _all_hold(self, threads: list[int], known: Known) -> None:
        """``known`` holds all that ``threads`` of one block know."""
        for thread in threads:
            self._of_thread[thread] = known
        self._knows[threads] = True
        self._informed.setdefault(threads[0] // self.per_block, set()).update(threads)

    def _all_of(self, thread: int) -> Known:
        """What ``thread`` knows and has done so far; what it does from here on is not part of it."""
        block = thread // self.per_block
        known = self._told_by([thread])
        part = self._of_block.get(block)
        if part is not None:
            known.join(part)
        if self.intervals[block]:
            known.blocks[block] = int(self.intervals[block])
        return known

    def _learn(self, thread: int, known: Known) -> None:
        self._of_thread[thread] = _together(self._of_thread[thread], known)
        self._knows[thread] = True
        self._informed.setdefault(thread // self.per_block, set()).add(thread)


def _different(parts: Iterable[Known | None]) -> list[Known]:
    """Each once, although many threads may hold it."""
    return list({id(part): part for part in parts if part is not None}.values())


def _together(mine: Known | None, found: Known) -> Known:
    """What a thread knows once it has found ``found``. It comes again and again to a word that others go on
    adding to, as one that waits for a lock does; then the later state holds all of the earlier one."""
    if mine is None or mine.serial == found.serial:
        return found
    if mine.left:
        mine = mine.copy()
    mine.join(found)
    return mine
