"""Failed polls are taken out of the trace, and those that succeed name what they waited for.

A loop that polls is one whose end depends on what a strong load or an atomic in it saw (``Code.polls_to``).
Of a warp's turns of such a loop those are *failed polls* that went round with all lanes, wrote nothing, and
were followed by a turn that looked at the same words. They go. A turn that wrote, or that was followed by
a look at other words, made progress and stays.

What a poll of a turn that stays saw was left there by a *release*: the store that last wrote the word, or the
atomics that did, back to the last store or exchange. The order of the functional run says which that is.
A warp does not wait for itself: it has its own order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from smsim.machine.program import Code
from smsim.timing.batches import Batch, flat_order
from smsim.timing.communication import Entry, Log
from smsim.timing.trace import OUTSIDE

#: A record before events are laid out: batch, row, place.
Source = tuple[int, int, int]


@dataclass(eq=False)
class _Turn:
    """A warp's turn of a polling loop."""

    code: Code
    program: object
    depth: int
    last: int
    first: int
    lanes: int
    events: list[int] = field(default_factory=list)
    wrote: bool = False
    left: bool = False
    looked: list[tuple[int, bytes]] = field(default_factory=list)
    before: _Turn | None = None


class Waits:
    """What the polls of a run come to.

    Attributes:
        keep: which events stay, bool, by their place in the batches one after the other.
        of_event: event to the number of its wait.
        releases: of each wait its releases, as numbers in ``sources`` or ``OUTSIDE``.
        code: of each wait the block of code that a failed poll goes round.
        sources: the records that make the releases happen.
    """

    def __init__(self, batches: list[Batch], log: Log, warps: int) -> None:
        self._batches, self._log = batches, log
        sizes = np.array([b.rows.warp.size for b in batches], np.int64)
        self._first = np.cumsum(sizes) - sizes
        self.keep = np.ones(int(sizes.sum()), bool)
        self.of_event: dict[int, int] = {}
        self.releases: list[list[int]] = []
        self.code: list[Code] = []
        self.sources: list[Source] = []
        self._known_sources: dict[Source, int] = {}
        self._known_waits: dict[tuple, int] = {}
        self._polls: list[tuple[int, Code, int, list[Entry]]] = []
        self._by_batch: dict[int, list[Entry]] = defaultdict(list)
        for entry in log.entries:
            self._by_batch[entry.batch].append(entry)
        polling = [n for n, b in enumerate(batches) if b.code.polls_to >= 0]
        if polling:
            who = {int(w) for n in polling for w in batches[n].rows.warp}
            order, start = flat_order(batches, warps)
            self._batch_of = np.repeat(np.arange(sizes.size), sizes)
            for warp in sorted(who):
                self._walk(order[start[warp] : start[warp + 1]].tolist())
            self._name_releases()

    # -- failed polls -------------------------------------------------------------------------------------

    def _walk(self, events: list[int]) -> None:
        """Follow one warp through its events."""
        turns: list[_Turn] = []
        for event in events:
            number = int(self._batch_of[event])
            batch = self._batches[number]
            row = event - int(self._first[number])
            lanes, depth = int(batch.bits[row]), batch.depth
            again = None
            for turn in list(turns):
                if not turn.lanes & lanes:
                    continue
                same = batch.program is turn.program and depth == turn.depth
                if same and batch.code is turn.code:
                    again = turn
                    self._ends(turn)
                    turns.remove(turn)
                    if lanes != turn.lanes:
                        turn.left = True
                        rest = turn.lanes & ~lanes
                        if rest:
                            turn.lanes = rest
                elif depth < turn.depth or same and not turn.first <= batch.number <= turn.last:
                    turn.left = True
                    turn.lanes &= ~lanes
                    if not turn.lanes:
                        self._ends(turn)
                        turns.remove(turn)
            if batch.code.polls_to >= 0:
                turn = _Turn(batch.code, batch.program, depth, batch.code.polls_to, batch.number, lanes)
                turn.before = again
                turns.append(turn)
            for turn in turns:
                if not lanes & ~turn.lanes:
                    self._joins(turn, event, number, row)
        for turn in turns:
            self._ends(turn)

    def _joins(self, turn: _Turn, event: int, number: int, row: int) -> None:
        turn.events.append(event)
        batch = self._batches[number]
        if batch.waits:
            turn.wrote = True
        for entry in self._by_batch.get(number, ()):
            if entry.writes is not None and entry.writes[row].any():
                turn.wrote = True
            if entry.reads:
                words = np.unique(entry.keys[row][entry.active[row]])
                turn.looked.append((entry.place, words.tobytes()))

    def _ends(self, turn: _Turn) -> None:
        """Of the turn before it is now known whether it failed; of this one once another has followed."""
        before, turn.before = turn.before, None
        if before is None:
            self._settle(turn)
            return
        if not (before.wrote or before.left) and _same_words(before.looked, turn.looked):
            self.keep[before.events] = False
        self._settle(turn)

    def _settle(self, turn: _Turn) -> None:
        for event in turn.events:
            number = int(self._batch_of[event])
            entries = [e for e in self._by_batch.get(number, ()) if e.reads]
            if entries:
                self._polls.append((event, turn.code, number, entries))

    # -- what was waited for ------------------------------------------------------------------------------

    def _name_releases(self) -> None:
        history = self._history()
        position = {id(entry): n for n, entry in enumerate(self._log.entries)}
        for event, code, number, entries in self._polls:
            if not self.keep[event] or event in self.of_event:
                continue
            row = event - int(self._first[number])
            warp = int(self._batches[number].rows.warp[row])
            found: set[Source | int] = set()
            for entry in entries:
                for key in set(entry.keys[row][entry.active[row]].tolist()):
                    if key in history:
                        found |= self._chain(history[key], position[id(entry)])
            others = {s for s in found if s == OUTSIDE or self._warp(s) != warp}
            if others:
                self.of_event[event] = self._wait(found, code)

    def _history(self) -> dict[int, list[tuple[int, bool, list[Source | int]]]]:
        """Who wrote each word that is polled: ``(place in the log, adds, records)``, in order."""
        polled = {
            key
            for event, _, number, entries in self._polls
            if self.keep[event]
            for entry in entries
            for key in entry.keys[event - self._first[number]][
                entry.active[event - self._first[number]]
            ].tolist()
        }
        wanted = np.array(sorted(polled), np.int64)
        history: dict[int, list] = defaultdict(list)
        for place, entry in enumerate(self._log.entries):
            if entry.writes is None:
                continue
            rows, columns = np.nonzero(entry.writes & np.isin(entry.keys, wanted))
            by_key: dict[int, set] = defaultdict(set)
            for row, key in zip(rows.tolist(), entry.keys[rows, columns].tolist(), strict=True):
                by_key[key].add(OUTSIDE if entry.batch < 0 else (entry.batch, row, entry.place))
            for key, sources in by_key.items():
                history[key].append((place, entry.adds, sources))
        return history

    def _chain(self, writes: list[tuple[int, bool, set]], before: int) -> set[Source | int]:
        found: set[Source | int] = set()
        for _, adds, sources in reversed(writes[: bisect_left(writes, before, key=lambda w: w[0])]):
            found |= sources
            if not adds:
                break
        return found

    def _warp(self, source: Source) -> int:
        return int(self._batches[source[0]].rows.warp[source[1]])

    def _wait(self, found: set[Source | int], code: Code) -> int:
        numbers = [OUTSIDE if s == OUTSIDE else self._release(s) for s in sorted(found, key=_by_place)]
        key = (id(code), *numbers)
        known = self._known_waits.get(key)
        if known is None:
            known = self._known_waits[key] = len(self.releases)
            self.releases.append(numbers)
            self.code.append(code)
        return known

    def _release(self, source: Source) -> int:
        number = self._known_sources.get(source)
        if number is None:
            number = self._known_sources[source] = len(self.sources)
            self.sources.append(source)
        return number


def _by_place(source: Source | int) -> Source:
    return (-1, -1, -1) if source == OUTSIDE else source


def _same_words(a: list[tuple[int, bytes]], b: list[tuple[int, bytes]]) -> bool:
    """Whether a turn looked at nothing but what the next one looked at as well."""
    return bool(a) and {words for _, words in a} <= {words for _, words in b}
