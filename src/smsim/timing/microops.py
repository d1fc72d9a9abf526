"""What one SM issues: the instructions that are left of a kernel's PTX once the assembler has been over it.

PTX is not what the hardware executes. :mod:`smsim.timing.lowering` turns every basic block of PTX into
micro-operations, one for each instruction that an assembler would leave, in the order in which it would
put them. They are kept here as arrays, because the replay reads millions of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step

# What a micro-operation does, as far as its timing goes (``MicroOps.kind``).
COMPUTE = 0  # a result after a fixed number of cycles
LOAD = 1  # global, local or generic memory, through L1
STORE = 2
ATOMIC = 3  # of global memory: done at L2; with or without a result
SHARED_LOAD = 4
SHARED_STORE = 5
SHARED_ATOMIC = 6
BARRIER = 7  # bar.sync and its kin: the block's warps meet
ARRIVE = 8  # bar.arrive: counts, and goes on
FENCE = 9  # membar, fence: waits until this warp's own stores are done
VARIABLE = (
    10  # a result after a time that the assembler does not know: MUFU, shuffles, conversions to 64 bits
)
BRANCH = 11
EXIT = 12
SLEEP = 13
COPY = 14  # cp.async: a load whose bytes go to shared memory
COPY_COMMIT = 15  # closes the warp's group of copies
COPY_WAIT = (
    16  # waits until all but the last groups are over: ``width`` of them, -1: for copies in no group too
)
COPY_ARRIVE = 17  # arrives at an mbarrier when all copies of the warp so far are over
BULK_LOAD = 18  # cp.async.bulk from global to shared memory
BULK_STORE = 19  # and back
BULK_COMMIT = 20
BULK_WAIT = 21  # as COPY_WAIT
BULK_WAIT_READ = 22  # until the sources of bulk stores have been read
TRY_WAIT = 23  # mbarrier.try_wait: as SHARED_LOAD; where it waits, the warp is suspended and does not poll
REGISTERS = 24  # setmaxnreg: gives registers back to the block, or waits for some
#: Kinds that have a memory record in the trace.
RECORDED = (
    LOAD, STORE, ATOMIC, SHARED_LOAD, SHARED_STORE, SHARED_ATOMIC, BARRIER, ARRIVE, SLEEP, COPY, COPY_ARRIVE, BULK_LOAD,
    BULK_STORE, TRY_WAIT, REGISTERS,
)  # fmt: skip

# Where it is executed (``MicroOps.pipe``), under Nsight Compute's names.
PIPES = ("fma", "alu", "fp64", "fp16", "xu", "lsu", "tensor", "uniform", "cbu", "adu")
FMA, ALU, FP64, FP16, XU, LSU, TENSOR, UNIFORM, CBU, ADU = range(len(PIPES))

# Why a warp did not issue, under Nsight Compute's names (smsp__average_warps_issue_stalled_<name>...).
STALLS = (
    "selected",  # it did issue
    "not_selected",  # it could have, but another warp of its scheduler did
    "wait",  # a result of fixed latency
    "short_scoreboard",  # shared memory, MUFU, shuffles
    "long_scoreboard",  # global or local memory
    "math_pipe_throttle",  # the arithmetic pipe was taken
    "lg_throttle",  # the queue for global and local memory was full
    "mio_throttle",  # the queue for shared memory and shuffles was full
    "barrier",
    "membar",
    "branch_resolving",
    "sleeping",
    "no_instruction",  # the block's start-up
    "link_throttle",  # no credit for the link to another GPU; the name is ours
)


@dataclass(frozen=True, eq=False)
class MicroOps:
    """The micro-operations of all basic blocks that a trace visits.

    Attributes:
        start: where each block's micro-operations begin, int32 of shape ``(blocks + 1,)``.
        kind, pipe: as above, int8 of shape ``(n,)``.
        interval: cycles for which one warp's instruction takes its sub-core's pipe, int16.
        latency: cycles from issue until a dependent may issue, int16. For memory and ``VARIABLE``
            what comes on top of the unit's own queues: the replay adds the memory's latency itself.
        gap: cycles until the same warp may issue its next one, at least 1, int16.
        width: bytes a lane for memory; groups that may be under way for waits of copies; else 0. int16.
        record: which of the block's memory records it reads, -1 for none, int16.
        pc: the PTX instruction it comes from, as an index into ``instructions``, int32.
        dst_start, dst: the scoreboard places that it writes, as a compressed list, int32.
        src_start, src: those that it reads.
        records: how many memory records one execution of each block has, int32 of shape ``(blocks,)``.
        places: how many scoreboard places a warp needs.
        instructions: the PTX instructions, by ``pc``.
    """

    start: np.ndarray
    kind: np.ndarray
    pipe: np.ndarray
    interval: np.ndarray
    latency: np.ndarray
    gap: np.ndarray
    width: np.ndarray
    record: np.ndarray
    pc: np.ndarray
    dst_start: np.ndarray
    dst: np.ndarray
    src_start: np.ndarray
    src: np.ndarray
    records: np.ndarray
    places: int
    instructions: tuple[Step, ...]
