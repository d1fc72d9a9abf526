"""What the replay is given: what each warp executed, and what its memory accesses touched.

A trace holds no times and no registers, and nothing that depends on the order in which the functional run
happened to execute warps. Three things make it up:

* for every warp its *events*, one for each basic block that it executed, in its own order;
* for every event the *records* of the block's memory instructions (:mod:`smsim.timing.records`);
* the *waits*. A loop that polls a word until another thread changes it is not recorded as so many polls:
  how many there were is an accident of the functional run. The polls that failed are left out, and the event
  of the one that succeeded carries a wait: *not before release n*. A release is an execution of one memory
  instruction: a store or an atomic of some warp, an arrival at an mbarrier, a bulk copy that lands. The replay
  decides when that happens, and how many polls the waiting warp issued until then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from smsim.devices.links import Link

if TYPE_CHECKING:
    from smsim.machine.program import Code

# The space that a record's access went to (``Trace.space``).
NOWHERE, GLOBAL, SHARED, LOCAL, BLOCK_BARRIER, GRID_BARRIER = range(6)
#: A wait for something that happened outside the trace: it is met from the start.
OUTSIDE = -1


@dataclass(frozen=True, eq=False)
class Trace:
    """The warps of one or several SMs, for the replay.

    Warps are numbered block by block, in the order in which their SM starts the blocks.

    Attributes:
        codes: the basic blocks that events name, by number.
        block_sm: the SM, from 0, of each recorded thread block, int32 of shape ``(B,)``.
        block_number: its linear number in the grid, int64 ``(B,)``.
        warps_per_block: warps of each block.
        event_start: where each warp's events begin, int64 ``(B * warps_per_block + 1,)``.
        event_code: the basic block of each event, int32 ``(E,)``.
        event_lanes: active lanes, uint8 ``(E,)``.
        event_record: where the event's records begin, int64 ``(E,)``.
        event_wait: the wait that comes before the event, -1 for none, int32 ``(E,)``.
        lanes: lanes that took part in each record's access, 0 if the guard let none, uint8 ``(R,)``.
        space: one of the numbers above, uint8 ``(R,)``.
        passes: shared memory: wavefronts; atomics of global memory: the most lanes that met at one address;
            barriers: the warps that have to come, 0 for all of the block; nanosleep: nanoseconds; copies: wavefronts of
            what they write to shared memory; setmaxnreg: registers a thread that the warp gets, below zero that it
            gives back. int32 ``(R,)``.
        sector_start, sectors: the different 32-byte sectors that a record touches in global or local memory,
            ascending, int64; local memory lies above ``LOCAL_SECTORS``. Barriers: their number.
        wait_start, wait_release: the releases that each wait is for, all of them, or ``OUTSIDE``, int32;
            wait ``n`` is for ``wait_release[wait_start[n]:wait_start[n + 1]]``.
        wait_code: the basic block in which a failed poll goes round, for what polling costs, int32 ``(N,)``.
        release_record: the record that makes each release happen, int64 ``(M,)``.
        sharing: for each PTX load or store instruction (by its place in ``recorded`` of its code:
            ``(code, place)``), how many SMs touch each of its sectors at about the same time, on average;
            those that no warp executes in its opening (:mod:`smsim.timing.sharing`) are missing.
        active_sms: SMs of the device that have work.
        blocks_on_sm: blocks that SM 0 gets in the whole launch; more than are recorded in an estimate.
        links: NVLink and the network, if any memory of another GPU is reached.
        sector_link: how each of ``sectors`` is reached, as :mod:`smsim.devices.links` numbers it, uint8; empty
            where all memory is the GPU's own.
        sm_gpu: the GPU, by number, of each SM, int32; empty where there is one GPU only.
    """

    codes: tuple[Code, ...]
    block_sm: np.ndarray
    block_number: np.ndarray
    warps_per_block: int
    event_start: np.ndarray
    event_code: np.ndarray
    event_lanes: np.ndarray
    event_record: np.ndarray
    event_wait: np.ndarray
    lanes: np.ndarray
    space: np.ndarray
    passes: np.ndarray
    sector_start: np.ndarray
    sectors: np.ndarray
    wait_start: np.ndarray
    wait_release: np.ndarray
    wait_code: np.ndarray
    release_record: np.ndarray
    sharing: dict[tuple[int, int], float]
    active_sms: int
    blocks_on_sm: int
    links: tuple[Link, ...] = ()
    sector_link: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint8))
    sm_gpu: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))

    @property
    def warps(self) -> int:
        """How many warps are recorded."""
        return len(self.event_start) - 1


#: Sector numbers of local memory begin here: thread-private, so no other SM shares them.
LOCAL_SECTORS = 1 << 58
