"""What a few threads did to global memory in one run, in the order of the run, and what happened before what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smsim.machine.launch import Launch

#: More of them would not fit beside each other.
MOST_THREADS = 4
_KINDS = {"memory.load": "read", "memory.store": "write", "memory.fence": "fence"}


@dataclass(frozen=True)
class Access:
    """One access of one thread, or its fence.

    Attributes:
        thread: linear number in the grid.
        kind: ``"read"``, ``"write"``, ``"update"`` (an atomic) or ``"fence"``.
        spelling: the instruction without state space and type, such as ``"ld.acquire.gpu"``.
        place, value: such as ``"flag[0]"`` and what was read or written; empty and ``None`` for a fence.
        ptx_line: where it stands.
        times: how often in a row it was done with the same outcome, as by a thread that polls.
        after: numbers of those accesses of other threads that happened before it.
    """

    thread: int
    kind: str
    spelling: str
    place: str
    value: int | float | None
    ptx_line: int
    times: int = 1
    after: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Watched:
    """The accesses of a run, in its order.

    Attributes:
        names: of each thread, by linear number, block and thread.
        races: pairs of numbers of accesses that nothing orders.
    """

    accesses: tuple[Access, ...]
    names: tuple[str, ...]
    races: frozenset[tuple[int, int]]


def watch(
    launch: Any,
    *arguments: Any,
    arrays: Sequence[str] | None = None,
    seed: int | None = None,
    budget: int | None = None,
) -> Watched:
    """Run a launch of up to four threads on the simulated SM and note what it does to global memory.

    Args:
        launch: a configured kernel, as ``smsim.check`` takes it; the arguments stay as they are.
        arrays: names of the arrays that matter; all if it is left out.
        seed: which order of threads; ``None`` for the usual one.
        budget: engine steps after which the run counts as endless; ``None`` for the usual number.

    Raises:
        ValueError: the launch has more than four threads.
        SimulationError: the run ends in something other than a race.
    """
    from smsim.errors import DataRace
    from smsim.isolated import isolate

    limit = {} if budget is None else {"budget": budget}
    isolated = isolate("watch", launch, arguments, hazards="collect", seed=seed, **limit)
    run = isolated.prepare()
    threads = run.threads * run.blocks
    if threads > MOST_THREADS:
        raise ValueError(f"watch takes up to {MOST_THREADS} threads; this launch has {threads}")
    run.observer = watcher = _watcher(run, arrays)
    run.run()
    other = next((error for error in run.errors if not isinstance(error, DataRace)), None)
    if other is not None:
        raise other
    accesses = tuple(watcher.accesses)
    races = {_numbers(error, accesses, run) for error in run.errors}
    names = [
        f"block {t // run.threads}" + (f", thread {t % run.threads}" if run.threads > 1 else "")
        for t in range(threads)
    ]
    return Watched(accesses, tuple(names), frozenset(races - {None}))


def _numbers(error: Any, accesses: Sequence[Access], run: Launch) -> tuple[int, int] | None:
    """Which two accesses an error speaks of: the last of each."""
    found = []
    for block, thread, line in zip(error.blocks, error.threads, error.ptx_lines, strict=True):
        who = block[0] * run.threads + thread[0]
        mine = [n for n, one in enumerate(accesses) if (one.thread, one.ptx_line) == (who, line)]
        if not mine:
            return None
        found.append(mine[-1])
    return min(found), max(found)


def _watcher(launch: Launch, arrays: Sequence[str] | None) -> Any:
    from smsim.counting.counter import Counter

    class Watcher(Counter):
        """Counts, as whoever sees addresses does, and keeps what is done at them."""

        def __init__(self) -> None:
            super().__init__()
            self.restart()

        def restart(self) -> None:
            super().restart()
            self.accesses: list[Access] = []
            self._times: list[int] = []
            self._pending: list[tuple[int, str, int, int, int]] = []  # thread, place, its time, lane

        def before(self, frame, step):
            self._pending = []
            super().before(frame, step)
            if step.form.row.semantics == "memory.fence":
                self._await(frame, frame.mask, lambda row, column: "")

        def _add(self, frame, step, tally, space, address, mask, width):
            super()._add(frame, step, tally, space, address, mask, width)
            if space == "global":
                at = np.broadcast_to(np.asarray(address), frame.lanes.shape)
                places = launch.explain.places
                self._await(
                    frame,
                    mask,
                    lambda row, column: (
                        places.describe(launch.global_space, int(at[row, column]), width, step=step).at
                    ),
                )

        def _await(self, frame, mask, place_of):
            lanes, shape = frame.lanes, frame.lanes.shape
            acting = np.broadcast_to(True if mask is None else mask, shape)
            block, thread = (np.broadcast_to(part, shape) for part in (lanes.block, lanes.thread))
            for column, row in np.argwhere(acting.T).tolist():
                who = int(block[row, column] + frame.chunk.first_block) * launch.threads + int(
                    thread[row, column]
                )
                place = place_of(row, column)
                if arrays is None or not place or place.split("[")[0] in arrays:
                    self._pending.append((who, place, self._time(who), row, column))

        def _time(self, who):
            knowledge = launch.watch.knowledge
            return 0 if knowledge is None else int(knowledge.now(np.array([who]))[0])

        def after(self, frame, step):
            super().after(frame, step)
            for who, place, time, row, column in self._pending:
                one = Access(
                    who,
                    _KINDS.get(step.form.row.semantics, "update"),
                    _spelling(step),
                    place,
                    _value(frame, step, row, column),
                    launch.explain.where(step).ptx_line,
                    after=self._known_to(who),
                )
                self._keep(one, time)
            self._pending = []

        def _known_to(self, who):
            knowledge = launch.watch.knowledge
            if knowledge is None:
                return frozenset()
            others = [n for n, one in enumerate(self.accesses) if one.thread != who]
            asked = np.array([(who, self.accesses[n].thread, self._times[n]) for n in others], np.int64)
            if not others:
                return frozenset()
            over = knowledge.over(*asked.T)
            return frozenset(n for n, known in zip(others, over.tolist(), strict=True) if known)

        def _keep(self, one, time):
            last = next(
                (n for n in reversed(range(len(self.accesses))) if self.accesses[n].thread == one.thread),
                None,
            )
            if last is not None:
                previous = self.accesses[last]
                if replace(one, times=previous.times) == previous and one.kind == "read":
                    self.accesses[last], self._times[last] = replace(one, times=previous.times + 1), time
                    return
            self.accesses.append(one)
            self._times.append(time)

    return Watcher()


def _spelling(step: Any) -> str:
    left_out = {"global", step.form.type}
    instruction = step.instruction
    return ".".join([instruction.opcode, *(word for word in instruction.modifiers if word not in left_out)])


def _value(frame: Any, step: Any, row: int, column: int) -> int | float | None:
    """What a load brought, or a store put down, in one lane."""
    from smsim.machine.chunk import bits

    name = step.form.row.semantics
    if name == "memory.store":
        slots = step.reads[-1:] if step.instruction.guard is None else step.reads[-2:-1]
    else:
        slots = tuple(bits(step.writes))[:1]
    if not slots:
        return None
    value = np.broadcast_to(np.asarray(frame.R[slots[0]]), frame.lanes.shape)[row, column]
    return value.item()
