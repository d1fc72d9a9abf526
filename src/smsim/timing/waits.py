"""Failed polls are taken out of the trace, and those that succeed name what they waited for.

A loop that polls is one whose end depends on what a strong load or an atomic in it saw (``Code.polls_to``).
Of a warp's turns of such a loop those are *failed polls* that went round with all lanes, wrote nothing, and
were followed by a turn that looked at the same words. They go. A turn that wrote, or that was followed by
a look at other words, made progress and stays.

Compilers turn ``while`` into ``if`` and ``do while``, so the first turn may stand before the loop as a copy
(``Code.peels``). Then that copy stays, for it is there whether it succeeds or not, and the turns of the loop go
that only repeat it.

What a poll of a turn that stays saw was left there by a *release*: the store that last wrote the word, or the
atomics that did, back to the last store or exchange. The order of the functional run says which that is.
An atomic that adds something takes effect at once and waits for nobody. A warp does not wait for itself: it
has its own order. But it waits for copies of its own, which land later.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from smsim.machine.program import Code, Program
from smsim.timing.batches import Batch, flat_order
from smsim.timing.communication import Entry, Log
from smsim.timing.trace import OUTSIDE

#: A record before events are laid out: batch, row, place.
Source = tuple[int, int, int]


@dataclass(eq=False)
class _Turn:
    """A warp's turn of a polling loop: blocks ``first`` to ``last`` of ``program``, around to ``header``.

    Attributes:
        entered: the lanes that began it; lanes: those that are still in it.
        partly: they did not stay together.
        wrote: something was written, other than by what it polls with (``took``).
        looked: the words that it saw, and how.
        before: the turn before it.
        peeled: the turn before the loop that this one repeats, see :class:`Waits`.
    """

    code: Code
    program: Program
    depth: int
    first: int
    last: int
    header: int
    entered: int
    lanes: int
    events: list[int] = field(default_factory=list)
    partly: bool = False
    wrote: bool = False
    took: bool = False
    looked: list[bytes] = field(default_factory=list)
    looks: list[tuple[Entry, int]] = field(default_factory=list)
    before: _Turn | None = None
    peeled: _Turn | None = None


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
        self._chains: dict[tuple[int, int], frozenset[Source | int]] = {}
        self._polls: list[_Turn] = []
        self._final: dict[int, _Turn] = {}
        self._same: dict[Source, Source] = {}
        self._late = {
            (entry.batch, row, entry.place)
            for entry in log.entries
            if entry.late
            for row in range(len(entry.keys))
        }
        self._by_batch: dict[int, list[Entry]] = defaultdict(list)
        for entry in log.entries:
            self._by_batch[entry.batch].append(entry)
        polling = [n for n, b in enumerate(batches) if b.code.polls_to >= 0 or b.code.peels >= 0]
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
            lanes = int(batch.bits[row])
            again = self._leaves(turns, batch, lanes)
            header, last = batch.number, batch.code.polls_to
            if batch.code.peels >= 0 and again is None:
                header, last = batch.code.peels, batch.program.blocks[batch.code.peels].polls_to
            if last >= batch.number:
                first = again.first if again is not None else batch.number
                turn = _Turn(
                    batch.code, batch.program, batch.depth, first, last, header, lanes, lanes, before=again
                )
                if header != batch.number:
                    turn.peeled = turn
                elif again is not None:
                    turn.peeled = again.peeled
                turns.append(turn)
            for turn in turns:
                if not lanes & ~turn.lanes:
                    self._joins(turn, event, number, row)
        for turn in turns:
            self._ends(turn)

    def _leaves(self, turns: list[_Turn], batch: Batch, lanes: int) -> _Turn | None:
        """Lanes come to a block: whose turns does that end? The turn is returned that begins anew."""
        again = None
        for turn in list(turns):
            if not turn.lanes & lanes:
                continue
            same = batch.program is turn.program and batch.depth == turn.depth
            around = same and batch.number == turn.header and bool(turn.events)
            if not around and (batch.depth > turn.depth or same and turn.first <= batch.number <= turn.last):
                continue
            left = turn.lanes & ~lanes
            turn.partly = turn.partly or bool(left)
            if around:
                again = turn
            turn.lanes = left
            if around or not left:
                self._ends(turn)
                turns.remove(turn)
        return again

    def _joins(self, turn: _Turn, event: int, number: int, row: int) -> None:
        turn.events.append(event)
        if self._batches[number].waits:
            turn.wrote = True
        for entry in self._by_batch.get(number, ()):
            writes = entry.writes is not None and bool(entry.writes[row].any())
            if entry.reads:
                turn.took = turn.took or writes
                turn.looked.append(np.unique(entry.keys[row][entry.active[row]]).tobytes())
                turn.looks.append((entry, row))
            else:
                turn.wrote = turn.wrote or writes

    def _ends(self, turn: _Turn) -> None:
        """Of the turn before it is now known whether it failed; of this one once another has followed."""
        before, turn.before = turn.before, None
        peeled = turn.peeled
        if before is not None and before is not peeled:
            if not (before.wrote or before.took or before.partly) and set(before.looked) <= set(turn.looked):
                self.keep[before.events] = False
        if peeled is not None and peeled is not turn:
            if turn.wrote or turn.partly or turn.entered != peeled.entered or turn.looked != peeled.looked:
                turn.peeled = None
            elif peeled.took or peeled.wrote:
                turn.peeled = None
            else:
                self._stands_for(peeled, turn)
                return
        if turn.looks and not (peeled is turn and turn.wrote):
            self._polls.append(turn)

    def _stands_for(self, peeled: _Turn, turn: _Turn) -> None:
        """The turn before the loop is the one that is kept; it saw what this turn, its repetition, saw."""
        self.keep[turn.events] = False
        for (entry, row), (other, its_row) in zip(peeled.looks, turn.looks, strict=True):
            self._same[other.batch, its_row, other.place] = entry.batch, row, entry.place
        self._final[id(peeled)] = turn
        if turn.took:
            peeled.took = True

    # -- what was waited for ------------------------------------------------------------------------------

    def _name_releases(self) -> None:
        looks = [
            (event, turn.code, entry, row)
            for turn in self._polls
            for event, entry, row in self._looks(turn)
            if self.keep[event] and not _takes_at_once(entry, row)
        ]
        history = self._history({k for _, _, e, row in looks for k in e.keys[row][e.active[row]].tolist()})
        position = {id(entry): n for n, entry in enumerate(self._log.entries)}
        found: dict[int, frozenset[Source | int]] = {}
        codes: dict[int, Code] = {}
        for event, code, entry, row in looks:
            codes.setdefault(event, code)
            for key in set(entry.keys[row][entry.active[row]].tolist()):
                if key in history:
                    chain = self._chain(key, history[key], position[id(entry)])
                    found[event] = found[event] | chain if event in found else chain
        for event, sources in found.items():
            number = int(self._batch_of[event])
            warp = int(self._batches[number].rows.warp[event - self._first[number]])
            if any(s == OUTSIDE or s in self._late or self._warp(s) != warp for s in sources):
                self.of_event[event] = self._wait(sources, codes[event])

    def _looks(self, turn: _Turn) -> list[tuple[int, Entry, int]]:
        """``(event, entry, row)``: the polls of a turn, and what was in the log when they succeeded."""
        final = self._final.get(id(turn), turn)
        return [
            (int(self._first[entry.batch]) + row, last, its_row)
            for (entry, row), (last, its_row) in zip(turn.looks, final.looks, strict=True)
        ]

    def _history(self, polled: set[int]) -> dict[int, list[tuple[int, bool, set[Source | int]]]]:
        """Who wrote each word that is polled: ``(place in the log, adds, records)``, in order."""
        wanted = np.array(sorted(polled), np.int64)
        history: dict[int, list] = defaultdict(list)
        for place, entry in enumerate(self._log.entries):
            if entry.writes is None:
                continue
            rows, columns = np.nonzero(entry.writes & np.isin(entry.keys, wanted))
            by_key: dict[int, set] = defaultdict(set)
            for row, key in zip(rows.tolist(), entry.keys[rows, columns].tolist(), strict=True):
                source = entry.batch, row, entry.place
                by_key[key].add(OUTSIDE if entry.batch < 0 else self._same.get(source, source))
            for key, sources in by_key.items():
                history[key].append((place, entry.adds, sources))
        return history

    def _chain(self, key: int, writes: list[tuple[int, bool, set]], before: int) -> frozenset[Source | int]:
        """What left in a word what was there ``before`` some place in the log."""
        end = bisect_left(writes, before, key=lambda w: w[0])
        known = self._chains.get((key, end))
        if known is None:
            found: set[Source | int] = set()
            for _, adds, sources in reversed(writes[:end]):
                found |= sources
                if not adds:
                    break
            known = self._chains[key, end] = frozenset(found)
        return known

    def _warp(self, source: Source) -> int:
        return int(self._batches[source[0]].rows.warp[source[1]])

    def _wait(self, found: frozenset[Source | int], code: Code) -> int:
        known = self._known_waits.get((id(code), found))
        if known is None:
            known = self._known_waits[id(code), found] = len(self.releases)
            self.releases.append([OUTSIDE if s == OUTSIDE else self._release(s) for s in found])
            self.code.append(code)
        return known

    def _release(self, source: Source) -> int:
        number = self._known_sources.get(source)
        if number is None:
            number = self._known_sources[source] = len(self.sources)
            self.sources.append(source)
        return number


def _takes_at_once(entry: Entry, row: int) -> bool:
    """Whether an atomic added to what was there, whatever that was: a ticket is taken, not waited for."""
    return entry.adds and entry.writes is not None and bool(entry.writes[row].any())
