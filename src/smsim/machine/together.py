"""Launches that run at the same time: kernels of several streams, or of several GPUs that use each other's memory.

A launch on its own is the simplest case. What is suspected in one launch may be due to another, so all of them
are judged together and, where need be, run again together.

Blocks and threads are numbered through all launches, so that one record knows them apart: the blocks of a launch
follow those of the launch before it, and every block is given as many thread numbers as the largest has threads.
"""

from __future__ import annotations

import sys
import warnings
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import HazardWarning, SimulationError
from smsim.hazards.careful import Suspicion
from smsim.hazards.globalrecord import GlobalRecord
from smsim.machine.versions import Versions

if TYPE_CHECKING:
    from smsim.machine.launch import Launch

#: Something that the host asked for, to be done between launches: a copy, say. It must bear being done twice.
Errand = Callable[[], None]


class Together:
    """A set of launches, and errands between them.

    Args:
        work: launches, and errands for the host. All launches are of GPUs with one memory.
        after: for each piece of work, the positions of those that must have ended before it begins.

    Attributes:
        launches: those among ``work``, in its order.
        spacing: how far apart the first threads of two blocks are numbered.
        versions: older values that a relaxed load may return; ``None`` without a seed or such loads.
    """

    def __init__(self, work: Sequence[Launch | Errand], after: Sequence[set[int]] | None = None) -> None:
        self.work = list(work)
        self.after = [set() for _ in self.work] if after is None else [set(a) for a in after]
        self.launches = [piece for piece in self.work if not callable(piece)]
        self.spacing = max(launch.threads for launch in self.launches)
        self.versions: Versions | None = None
        self._live: list[Launch] = []
        for launch in self.launches:
            launch.together = self

    # -- numbers -----------------------------------------------------------------------------------------

    @property
    def blocks(self) -> int:
        """How many blocks the launches run in all."""
        return sum(launch.blocks_to_run for launch in self.launches)

    def _number(self) -> None:
        """Give every launch its blocks' numbers; not before it is known which blocks it runs."""
        first = 0
        for launch in self.launches:
            launch.first_place = first
            first += launch.blocks_to_run
        self._firsts = [launch.first_place for launch in self.launches]
        self._launch_of_block = np.repeat(
            np.arange(len(self.launches)), [launch.blocks_to_run for launch in self.launches]
        )
        self._ended_before = self._order_of_launches()

    def launch_of(self, block: int) -> Launch:
        """The launch that a block belongs to."""
        return self.launches[bisect_right(self._firsts, block) - 1]

    def ended_before(self, block: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Whether the launch of ``block`` has to end before that of ``other`` begins; all ``(n,)``."""
        return self._ended_before[self._launch_of_block[block], self._launch_of_block[other]]

    def _order_of_launches(self) -> np.ndarray:
        """``(launches, launches)``, bool: must the one of the row end before that of the column begins?"""
        before = [set(after) for after in self.after]
        for known in before:  # work comes in an order that is possible
            for earlier in list(known):
                known |= before[earlier]
        places = [place for place, piece in enumerate(self.work) if not callable(piece)]
        return np.array([[a in before[b] for b in places] for a in places], bool)

    # -- running -----------------------------------------------------------------------------------------

    def run(self) -> None:
        """Do all the work.

        A suspicion (a value that nobody wrote, a read that races) is not yet an error: compilers load
        values early and throw them away. Everything is then run again from the start, carefully,
        following the suspected values to where they are used or forgotten.

        Raises:
            SimulationError: what a program did wrong; memory keeps what was written so far.
        """
        judged = self.launches[0].hazards != "off"
        memory = self.launches[0].device.memory
        self._number()
        in_full: set[int] = set()
        for launch in self.launches:
            launch.expect_unset_registers()
        if judged:
            memory.begin_journal()
        try:
            while True:
                record = GlobalRecord(self, in_full) if judged else None
                for launch in self.launches:
                    launch.begin(record)
                try:
                    self._do_the_work()
                    for launch in self.launches:
                        launch.tell_unconfirmed()
                    self._warn()
                    return
                except Suspicion as suspicion:
                    memory.rewind()
                    in_full |= suspicion.full
                    for launch in self.launches:
                        launch.rewind(suspicion)
                except SimulationError as error:
                    for launch in self.launches:
                        launch.unconfirmed.explained_by(error)
                    for launch in self.launches:
                        launch.tell_unconfirmed()
                    raise
        finally:
            memory.end_journal()
            for launch in self.launches:  # as CUDA does: when the kernel has ended
                sys.stdout.write("".join(launch.printed))
                launch.end()

    def _warn(self) -> None:
        for launch in self.launches:
            if launch.hazards == "warn":
                for error in launch.errors:
                    warnings.warn(f"{type(error).__name__}: {error}", HazardWarning, stacklevel=3)

    def _do_the_work(self) -> None:
        waiting, done = list(range(len(self.work))), set()
        places = {id(piece): place for place, piece in enumerate(self.work)}
        self._live, stuck, turn = [], 0, 0
        self.versions = None
        first = self.launches[0]
        if first.interleaving is not None and all(launch.kernel.reads_relaxed for launch in self.launches):
            self.versions = Versions(first.interleaving)
        with np.errstate(all="ignore"):
            while waiting or self._live:
                self._start_what_is_ready(waiting, done)
                if not self._live:
                    continue
                turn = (turn + 1) % len(self._live)
                launch = self._live[turn]
                moved = launch.go_on()
                if launch.over:
                    self._live.remove(launch)
                    done.add(places[id(launch)])
                elif moved is not None:
                    stuck = 0 if moved else stuck + 1
                    if stuck > sum(
                        len(live.parked) for live in self._live
                    ):  # nobody gets anywhere: see Chunk.hold
                        for live in self._live:
                            live.let_all_go()
                        stuck = 0

    def _start_what_is_ready(self, waiting: list[int], done: set[int]) -> None:
        """Start the launches, and do the errands, that nothing stands before any more."""
        for place in list(waiting):
            if not self.after[place] <= done:
                continue
            waiting.remove(place)
            piece = self.work[place]
            if not callable(piece):
                piece.start(self._first_free_sm(piece))
                self._live.append(piece)
            else:
                piece()
                done.add(place)

    # -- what launches ask -------------------------------------------------------------------------------

    def others_on_the_device(self, launch: Launch) -> list[Launch]:
        """The launches that run on the same GPU now."""
        return [other for other in self._live if other is not launch and other.device is launch.device]

    def others_wait(self, launch: Launch) -> bool:
        """Whether another launch has a chunk to go on with."""
        return any(other is not launch for other in self._live)

    def _first_free_sm(self, launch: Launch) -> int:
        """Where the first block goes: beside the blocks of the launches that the GPU runs already."""
        before = sum(other.blocks for other in self._live if other.device is launch.device)
        return before % launch.device.spec.sms
