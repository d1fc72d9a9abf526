"""One launch: a kernel over a grid, chunk after chunk, and what to do when something is suspected."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import SimulationError
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
from smsim.machine.together import Together

if TYPE_CHECKING:
    from smsim.hazards.globalrecord import GlobalRecord
    from smsim.machine.arguments import ArrayArgument
    from smsim.machine.bind.binding import Step
    from smsim.machine.device import Device, LoadedFunction
    from smsim.machine.observer import Observer
    from smsim.machine.versions import Versions

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
        together: the launches that run at the same time as this one, itself among them.
        first_place: the number of its first block among these.
        parked: the chunks that have begun and wait.
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
        self.global_space = GlobalSpace(device.memory, self.interleaving, device.reachable)
        self.explain = Explain(self)
        self.careful: CarefulRun | None = None
        self.watch: GlobalWatch | NoGlobalWatch = NoGlobalWatch()
        self.observer: Observer | None = None
        self.chosen: np.ndarray | None = None
        self.printed: list[str] = []
        self.errors: list[SimulationError] = []
        self.unconfirmed = Unconfirmed()
        self.first_place = self._first_sm = 0
        self._queued: deque[int] = deque()
        self.parked: deque[Chunk] = deque()
        self.warnings: list[SimulationError] = []
        layout = kernel.placement.shared
        self._shared_extents = list(layout.extents)
        self._shared_size = layout.end
        if dynamic_shared:
            self._shared_extents.append(Extent(kernel.placement.dynamic_at, dynamic_shared, DYNAMIC))
            self._shared_size = kernel.placement.dynamic_at + dynamic_shared
        self.together = Together([self])

    @property
    def called(self) -> str:
        """What messages call the kernel, with its GPU where there are several."""
        where = "" if self.device.cluster is None else f" on GPU {self.device.ordinal}"
        return f"kernel {self.kernel_name}{where}"

    @property
    def end_place(self) -> int:
        """One more than the number of its last block among the launches that run together."""
        return self.first_place + self.blocks_to_run

    @property
    def versions(self) -> Versions | None:
        """Older values that a relaxed load may return; ``None`` without a seed or such loads."""
        return self.together.versions

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
        """Execute the whole grid, and the launches that run together with it.

        Raises:
            SimulationError: what the program did wrong; memory keeps what was written so far.
        """
        self.together.run()

    def expect_unset_registers(self) -> None:
        """If registers may be read before anything set them, follow them from the start."""
        if self.program.unset and self.hazards != "off":
            self.careful = CarefulRun(self, set())

    def begin(self, record: GlobalRecord | None) -> None:
        """A run begins; ``record``: what is known of accesses to global memory, ``None`` if nobody judges."""
        if record is None:
            self.watch = NoGlobalWatch()
        else:
            kind = GlobalWatchBesideCopies if self.kernel.asynchronous else GlobalWatch
            self.watch = kind(self, record)
        self.unconfirmed = Unconfirmed()
        if self.interleaving is not None:
            self.interleaving.begin()

    def rewind(self, suspicion: Suspicion) -> None:
        """The run is given up for one that looks more carefully."""
        self.printed.clear()
        self.errors.clear()
        self.warnings.clear()
        if suspicion.follow or self.careful is not None:
            known = set() if self.careful is None else self.careful.sites
            self.careful = CarefulRun(self, suspicion.sites | known)
        if self.observer is not None:
            self.observer.restart()

    def end(self) -> None:
        """There is no further run. The watch's tables are large, and whoever keeps the launch needs none."""
        self.watch = NoGlobalWatch()

    def start(self, first_sm: int = 0) -> None:
        """Queue all blocks; the first goes to SM ``first_sm``."""
        self._first_sm = first_sm
        blocks = self.blocks_to_run
        self._per_chunk = max(1, min(self.chunk_blocks(), blocks))
        self._resident_limit = max(1, self._resident_blocks() // self._per_chunk)
        self._queued = self._starting_order(self._per_chunk)
        self.parked = deque()

    @property
    def over(self) -> bool:
        """Whether all blocks have ended."""
        return not (self._queued or self.parked)

    def go_on(self) -> bool | None:
        """Run one chunk as far as it gets.

        Returns:
            whether it got anywhere; ``None`` if it came to its end, or if there was none to run.
        """
        if self._starts_another():
            first = self._queued.popleft()
            chunk = Chunk(self, first, min(self._per_chunk, self.end_place - first))
        elif self.parked:
            chunk = self.parked.popleft()
        else:
            return None  # other launches have the GPU
        moved = None
        if not self._advance(chunk):
            self.parked.append(chunk)
            moved, chunk.moved = chunk.moved, False
        self._meet_as_grid()
        return moved

    def let_all_go(self) -> None:
        """Nobody gets anywhere, so none need wait for others of their warp: see :meth:`Chunk.hold`."""
        for chunk in self.parked:
            chunk.let_go = True

    def _advance(self, chunk: Chunk) -> bool:
        """Whether ``chunk`` has come to its end, or as far as the observer cares."""
        try:
            return chunk.advance()
        except Enough:
            return True

    def _starting_order(self, per_chunk: int) -> deque[int]:
        """The first block of every chunk."""
        firsts = range(self.first_place, self.end_place, per_chunk)
        if self.interleaving is None:
            return deque(firsts)
        return deque(firsts[n] for n in self.interleaving.starting_order(len(firsts)))

    def _starts_another(self) -> bool:
        """Whether a new chunk comes next, rather than the first of those that are parked.

        Under a seed any chunk may come; but those that have waited in vain mostly let others go first.
        """
        room = bool(self._queued) and self._has_room()
        if self.interleaving is None:
            return room
        ready = [place for place, chunk in enumerate(self.parked) if not chunk.waited_in_vain]
        if room and (not ready or self.interleaving.one_in(2)):
            return True
        if ready and not self.interleaving.one_in(4):
            self.parked.rotate(-ready[self.interleaving.below(len(ready))])
        return False

    def _has_room(self) -> bool:
        """Whether the GPU can hold another chunk beside those that wait on it."""
        others = self.together.others_on_the_device(self)
        taken = [(len(launch.parked), launch._resident_limit) for launch in others if launch.parked]
        if not taken:
            return len(self.parked) < self._resident_limit
        return sum(n / limit for n, limit in taken) + (len(self.parked) + 1) / self._resident_limit <= 1

    def other_chunks_wait(self) -> bool:
        """Whether there is a chunk to go on with in place of the one that runs."""
        return bool(self._queued or self.parked) or self.together.others_wait(self)

    def _meet_as_grid(self) -> None:
        """Let the grid's threads go on if all of them wait for each other.

        Raises:
            Deadlock: some blocks cannot start before the others end, and those wait for them.
        """
        parked = self.parked
        if not parked or not all(chunk.at_grid_barrier for chunk in parked):
            return
        if not self._queued:
            self.watch.grid_barrier()
            for chunk in parked:
                chunk.pass_grid_barrier()
        elif len(parked) >= self._resident_limit:
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
        """The linear numbers in the grid of blocks, by their number among the launches that run together."""
        places = places - self.first_place
        return places if self.chosen is None else self.chosen[places]

    def sm_of(self, blocks: np.ndarray) -> np.ndarray:
        """The SM that each block runs on, by the block's number in the grid: uint32 of the same shape."""
        sms = self.device.spec.sms
        blocks = blocks + self._first_sm
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
