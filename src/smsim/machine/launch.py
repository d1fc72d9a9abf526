"""One launch: a kernel over a grid, chunk after chunk, and what to do when something is suspected."""

from __future__ import annotations

import sys
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import HazardWarning, SimulationError
from smsim.hazards.besidecopies import GlobalWatchBesideCopies, WatchBesideCopies
from smsim.hazards.careful import CarefulRun, Suspicion
from smsim.hazards.explain import Explain
from smsim.hazards.globalwatch import GlobalWatch, NoGlobalWatch
from smsim.hazards.order import BlockOrder
from smsim.hazards.ownedwritten import OwnedWritten
from smsim.hazards.sharedwatch import NoWatch, SharedWatch
from smsim.hazards.unconfirmed import Unconfirmed
from smsim.machine.chunk import Chunk
from smsim.machine.faults import AccessFault
from smsim.machine.frame import Frame
from smsim.machine.globalspace import GlobalSpace
from smsim.machine.interleaving import Interleaving
from smsim.machine.lanes import Dim3
from smsim.machine.observer import Enough
from smsim.machine.ownedspace import Extent, OwnedSpace
from smsim.machine.params import ParamCells
from smsim.machine.placement import DYNAMIC
from smsim.machine.versions import Versions

if TYPE_CHECKING:
    from smsim.machine.arguments import ArrayArgument
    from smsim.machine.bind.binding import Step
    from smsim.machine.device import Device, LoadedFunction
    from smsim.machine.observer import Observer

#: Lanes that a chunk has if the grid is large enough: where NumPy's cost a lane is lowest.
CHUNK_LANES = 32768
#: Engine steps (instructions executed for a whole chunk) that one chunk may take: about 20 seconds.
DEFAULT_BUDGET = 2_000_000
_CHUNK_BYTES = 64 << 20


class Launch:
    """A kernel, its configuration, and the state that its chunks share.

    Args:
        device: whose memory and limits.
        kernel: the decoded entry.
        grid_dim, block_dim: ``(x, y, z)`` each; checked by the device.
        dynamic_shared: bytes.
        params: the raw bytes of each PTX parameter.
        kernel_name: as the reader wrote it.
        arrays: what the arguments are called, for messages.
        hazards: ``"raise"``, ``"off"``, ``"isa"`` or ``"collect"``.
        budget: engine steps a chunk.
        seed: which of the orders that a GPU may run in; ``None`` for the fixed one.

    Attributes:
        interleaving: the choices of the seed; ``None`` without one.
        versions: older values that a relaxed load may return; ``None`` without a seed or such loads.
        observer: who watches the run, instruction by instruction; to be set before :meth:`run`.
        chosen: linear numbers of the blocks to run, in their order, int64; ``None`` for the whole grid.
    """

    def __init__(
        self,
        device: Device,
        kernel: LoadedFunction,
        grid_dim: Dim3,
        block_dim: Dim3,
        dynamic_shared: int,
        params: Sequence[bytes],
        *,
        kernel_name: str | None = None,
        arrays: Sequence[ArrayArgument] = (),
        hazards: str = "raise",
        budget: int = DEFAULT_BUDGET,
        number: int = 1,
        seed: int | None = None,
    ) -> None:
        self.device, self.kernel = device, kernel
        self.program = kernel.program if seed is None else kernel.interruptible
        self.grid_dim, self.block_dim, self.dynamic_shared = grid_dim, block_dim, dynamic_shared
        self.threads = int(np.prod(block_dim))
        self.blocks = int(np.prod([int(n) for n in grid_dim], dtype=object))
        names = [p.name for p in kernel.function.params]
        self.params = ParamCells(dict(zip(names, map(bytes, params), strict=True)))
        self.kernel_name = kernel_name or kernel.name
        self.arrays = tuple(arrays)
        self.hazards, self.budget, self.number = hazards, budget, number
        self.interleaving = None if seed is None else Interleaving(seed)
        self.versions: Versions | None = None
        self.global_space = GlobalSpace(device.memory, self.interleaving)
        self.explain = Explain(self)
        self.careful: CarefulRun | None = None
        self.watch: GlobalWatch | NoGlobalWatch = NoGlobalWatch()
        self.observer: Observer | None = None
        self.chosen: np.ndarray | None = None
        self.printed: list[str] = []
        self.errors: list[SimulationError] = []
        self.unconfirmed = Unconfirmed()
        self._queued: deque[int] = deque()
        self._parked: deque[Chunk] = deque()
        self.warnings: list[SimulationError] = []
        layout = kernel.placement.shared
        self._shared_extents = list(layout.extents)
        self._shared_size = layout.end
        if dynamic_shared:
            self._shared_extents.append(Extent(kernel.placement.dynamic_at, dynamic_shared, DYNAMIC))
            self._shared_size = kernel.placement.dynamic_at + dynamic_shared

    # -- what chunks ask for -----------------------------------------------------------------------------

    def make_shared(self, blocks: int) -> OwnedSpace:
        size, extents = self._shared_size, self._shared_extents
        return OwnedSpace("shared", size, extents, blocks, self.kernel.cell, False, self.interleaving)

    def make_watch(self, chunk: Chunk) -> SharedWatch | NoWatch:
        if self.hazards == "off" or not self._shared_size:
            return NoWatch()
        kind = WatchBesideCopies if self.kernel.asynchronous else SharedWatch
        return kind(chunk, self._shared_size, self.kernel.grain)

    def make_local_watch(self, chunk: Chunk) -> Callable[[OwnedSpace], OwnedWritten] | None:
        """What keeps the record of written local memory, made once a thread has any; ``None``: nobody does."""
        if self.hazards == "off":
            return None
        return lambda space: OwnedWritten(chunk, space, self.kernel.local_grain)

    def make_order(self, chunk: Chunk) -> BlockOrder:
        return BlockOrder(chunk)

    def _make_global_watch(self, in_full: set[int]) -> GlobalWatch | NoGlobalWatch:
        if self.hazards == "off":
            return NoGlobalWatch()
        kind = GlobalWatchBesideCopies if self.kernel.asynchronous else GlobalWatch
        return kind(self, self.kernel.global_grain, in_full)

    def initial_taint(self, frame: Frame) -> dict:
        return {} if self.careful is None else self.careful.initial_taint(frame)

    def found(self, error: SimulationError) -> None:
        """An error was found: raise it, or note it and go on where errors are collected.

        A read of what nobody wrote is kept back until it is clear that it does not race.

        Raises:
            SimulationError: ``error`` itself, or a read that was kept back before it.
        """
        if self.unconfirmed.keep(error, self.errors):
            return
        self.unconfirmed.explained_by(error)
        self.tell_unconfirmed()
        self._tell(error)

    def tell_unconfirmed(self) -> None:
        """The reads that were kept back do not race, as far as the launch went: they are told.

        Raises:
            UninitializedRead: the first of them, unless errors are collected.
        """
        reads, self.unconfirmed.reads = self.unconfirmed.reads, []
        for read in reads:
            self._tell(read)

    def _tell(self, error: SimulationError) -> None:
        if self.hazards not in ("collect", "warn"):
            raise error
        if not any(_same_finding(error, known) for known in self.errors):
            self.errors.append(error)

    def undefined(self, frame: Frame, step: Step, slot: int | None, lanes: np.ndarray) -> None:
        """A result that the ISA leaves undefined in ``lanes``: an error if it gets anywhere.

        Raises:
            Suspicion: in a first run; the launch is then repeated, following the value.
        """
        if self.hazards == "off" or slot is None:
            return
        if self.careful is None:
            raise Suspicion(set())
        self.careful.undefined(frame, step, slot, lanes)

    def beside_the_array(self, frame: Frame, step: Step, fault: AccessFault) -> None:
        """A vector load that begins in an array has ended beside it: an error if that value gets anywhere.

        Raises:
            Suspicion: in a first run; the launch is then repeated, following the value.
        """
        if self.hazards == "off":
            return
        if self.careful is None:
            raise Suspicion(set())
        self.careful.beside(frame, step, fault)

    def warn(self, warning: SimulationError) -> None:
        if not any(_same_finding(warning, known) for known in self.warnings):
            self.warnings.append(warning)

    # -- running -----------------------------------------------------------------------------------------

    def run(self) -> None:
        """Execute the whole grid.

        A suspicion (a value that nobody wrote, a read that races) is not yet an error: compilers load
        values early and throw them away. The launch is then run again from the start, carefully,
        following the suspected values to where they are used or forgotten.

        Raises:
            SimulationError: what the program did wrong; memory keeps what was written so far.
        """
        memory = self.device.memory
        if self.program.unset and self.hazards != "off":
            self.careful = CarefulRun(self, set())
        in_full: set[int] = set()
        if self.hazards != "off":
            memory.begin_journal()
        try:
            while True:
                self.watch = self._make_global_watch(in_full)
                self.unconfirmed = Unconfirmed()
                try:
                    self._run_grid()
                    self.tell_unconfirmed()
                    if self.hazards == "warn":
                        for error in self.errors:
                            warnings.warn(f"{type(error).__name__}: {error}", HazardWarning, stacklevel=2)
                    return
                except Suspicion as suspicion:
                    memory.rewind()
                    self.printed.clear()
                    self.errors.clear()
                    self.warnings.clear()
                    in_full |= suspicion.full
                    if suspicion.follow or self.careful is not None:
                        known = set() if self.careful is None else self.careful.sites
                        self.careful = CarefulRun(self, suspicion.sites | known)
                    if self.observer is not None:
                        self.observer.restart()
                except SimulationError as error:
                    self.unconfirmed.explained_by(error)
                    self.tell_unconfirmed()
                    raise
        finally:
            memory.end_journal()
            sys.stdout.write("".join(self.printed))  # as CUDA does: when the kernel has ended
            self.watch = NoGlobalWatch()  # its tables are large, and whoever keeps the launch needs none

    def _run_grid(self) -> None:
        if self.interleaving is not None:
            self.interleaving.begin()
            if self.kernel.reads_relaxed:
                self.versions = Versions(self.interleaving)
        blocks = self.blocks_to_run
        per_chunk = max(1, min(self.chunk_blocks(), blocks))
        resident_limit = max(1, self._resident_blocks() // per_chunk)
        self._queued = self._starting_order(per_chunk)
        self._parked = deque()
        stuck = 0
        with np.errstate(all="ignore"):
            while self._queued or self._parked:
                if self._starts_another(resident_limit):
                    first = self._queued.popleft()
                    chunk = Chunk(self, first, min(per_chunk, blocks - first))
                else:
                    chunk = self._parked.popleft()
                if not self._advance(chunk):
                    self._parked.append(chunk)
                    stuck = 0 if chunk.moved else stuck + 1
                    chunk.moved = False
                    if stuck > len(self._parked):  # nobody gets anywhere: see Chunk.hold
                        for waiting in self._parked:
                            waiting.let_go = True
                        stuck = 0
                self._meet_as_grid(resident_limit)

    def _advance(self, chunk: Chunk) -> bool:
        """Whether ``chunk`` has come to its end, or as far as the observer cares."""
        try:
            return chunk.advance()
        except Enough:
            return True

    def _starting_order(self, per_chunk: int) -> deque[int]:
        """The first block of every chunk."""
        firsts = range(0, self.blocks_to_run, per_chunk)
        if self.interleaving is None:
            return deque(firsts)
        return deque(firsts[n] for n in self.interleaving.starting_order(len(firsts)))

    def _starts_another(self, resident_limit: int) -> bool:
        """Whether a new chunk comes next, rather than the first of those that are parked.

        Under a seed any chunk may come; but those that have waited in vain mostly let others go first.
        """
        room = bool(self._queued) and len(self._parked) < resident_limit
        if self.interleaving is None:
            return room
        ready = [place for place, chunk in enumerate(self._parked) if not chunk.waited_in_vain]
        if room and (not ready or self.interleaving.one_in(2)):
            return True
        if ready and not self.interleaving.one_in(4):
            self._parked.rotate(-ready[self.interleaving.below(len(ready))])
        return False

    def other_chunks_wait(self) -> bool:
        """Whether there is a chunk to go on with in place of the one that runs."""
        return bool(self._queued or self._parked)

    def _meet_as_grid(self, room: int) -> None:
        """Let the grid's threads go on if all of them wait for each other.

        Raises:
            Deadlock: some blocks cannot start before the others end, and those wait for them.
        """
        parked = self._parked
        if not parked or not all(chunk.at_grid_barrier for chunk in parked):
            return
        if not self._queued:
            self.watch.grid_barrier()
            for chunk in parked:
                chunk.pass_grid_barrier()
        elif len(parked) >= room:
            raise self.explain.grid_too_large(self._resident_blocks(), parked[0].grid_barrier.waiting[0].step)

    def chunk_blocks(self) -> int:
        """How many blocks are run at a time."""
        by_lanes = CHUNK_LANES // self.threads
        a_block = self._shared_size + self.threads * self.program.local_bytes
        most = max(1, min(by_lanes, _CHUNK_BYTES // a_block if a_block else by_lanes))
        return (
            most if self.interleaving is None else self.interleaving.blocks_together(self.blocks_to_run, most)
        )

    @property
    def blocks_to_run(self) -> int:
        """How many blocks a run executes: those of the grid, or those chosen."""
        return self.blocks if self.chosen is None else len(self.chosen)

    def numbers_of(self, places: np.ndarray) -> np.ndarray:
        """The linear numbers in the grid of the blocks that are run, by their place among these."""
        return places if self.chosen is None else self.chosen[places]

    def sm_of(self, blocks: np.ndarray) -> np.ndarray:
        """The SM that each block runs on, by the block's number in the grid: uint32 of the same shape."""
        sms = self.device.spec.sms
        return (
            (blocks % sms).astype(np.uint32)
            if self.interleaving is None
            else self.interleaving.sm_of(blocks, sms)
        )

    def _resident_blocks(self) -> int:
        spec = self.device.spec
        warps = -(-self.threads // spec.warp_size)
        return spec.sms * max(1, min(spec.max_blocks_per_sm, spec.max_warps_per_sm // warps))


def _same_finding(a: SimulationError, b: SimulationError) -> bool:
    """One mistake is told once, however often the compiler has unrolled it."""
    return type(a) is type(b) and _lines(a) == _lines(b) and a.array == b.array


def _lines(error: SimulationError) -> tuple:
    lines = getattr(error, "source_lines", (error.source_line,))
    return lines if None not in lines else (error.ptx_line,)
