"""Names for the columns of the tables that the replay's inner loop works on.

The loop knows no classes: whatever it reads and writes is a table of 64-bit integers, with a row for each thing
and a column for each of its properties. That is what Numba compiles fastest and runs fastest. Tables have one capital:

* ``P`` the parameters: the device's figures. One row.
* ``A`` the amounts that are added up; ``A_SPAN`` is the binary logarithm of a span of the timeline, and
  ``A_ACKNOWLEDGED`` the cycle by which other GPUs have acknowledged all that was stored there. One row.
* ``S`` the SMs: when the stages that their sub-cores share are free again.
* ``C`` the sub-cores. A scheduler each.
* ``B`` the thread blocks.
* ``W`` the warps of all blocks.
* ``E`` the events: basic blocks that warps execute, in order.
* ``M`` the micro-operations.
* ``G`` the groups of copies: by warp, queue and number, when they are over.
* ``V`` the values: the scoreboard, by a warp's slot on its SM and by place.
* ``L1``, ``L2`` the caches: by SM, set and way.
* ``N`` the links to other GPUs: by SM and link.

Times are cycles from the first issue. FINE parts of a cycle are used where a cycle is too coarse.
"""

from __future__ import annotations

import numpy as np

#: Parts of a cycle in which the queues of L2 and DRAM are kept.
FINE = 1 << 16
#: A time that never comes.
NEVER = np.int64(1 << 60)
#: Sub-cores of an SM, each with a scheduler.
SUBCORES = 4
#: Spans of the timeline: when they are full, two become one.
SPANS = 200
#: Ways of the caches. NVIDIA publishes neither; with hashed sets the number hardly matters.
L1_WAYS, L2_WAYS = 4, 16
#: Cycles from a block's end until the first instruction of the next. Fitted to the lowest occupancies of RRZE
#: gpu-benches' gpu-stream ``init`` (A100, A40, H200), whose threads each store one double: a block's place is taken
#: 372 to 451 cycles there, of which the block itself is about 80.
BLOCK_START = 320
#: Named barriers of a block; the number after the last stands for the grid's barrier.
NAMED_BARRIERS = 16
#: Groups of copies of which each warp remembers when they are over. Who waits for older ones waits for the oldest.
RING = 32
#: Queues of groups, as columns behind W_OPEN and W_COUNT: copies; bulk copies; and what these read.
COPIES, BULK, BULK_READ = range(3)
GRID = NAMED_BARRIERS
#: No pipe made the value: it was there from the start.
NO_PIPE = 99

(
    P_CROSSING, P_SHARED, P_SHARED_WIDE, P_SHARED_ATOMIC, P_ATOMIC, P_L1, P_L2, P_DRAM, P_QUEUE, P_ADDRESS,
    P_REQUEST, P_L1_BYTES, P_L2_FINE, P_DRAM_FINE, P_BARRIER, P_BRANCH, P_START, P_SLEEP_FINE, P_PER_SM,
    P_WARPS, P_COPY, P_BULK, P_SIZE,
) = range(23)  # fmt: skip

(
    A_ISSUE, A_LSU, A_SHARED, A_L1, A_L1_HIT, A_L2, A_L2_HIT, A_L2_READ, A_L2_WRITE, A_DRAM_READ,
    A_DRAM_WRITE, A_DRAM_BUSY, A_SPAN, A_ACKNOWLEDGED, A_SIZE,
) = range(15)  # fmt: skip

# Free again: the request stage; the link to L2 and the share of DRAM, in FINE parts; the atomics at L2; the engine of
# bulk copies. Its blocks. When the last it sent to another GPU was on the link, and when there was a credit for it, in
# FINE parts; from when on the LSU takes accesses of memory again that a lack of credits held up.
(
    S_REQUEST, S_LINK, S_DRAM, S_ATOMIC, S_BULK, S_NEXT_BLOCK, S_LAST_BLOCK, S_SENT, S_CREDIT, S_BLOCKED, S_SIZE,
) = range(11)  # fmt: skip

# The next cycle in which a warp may issue, the warp that issued last, the address stage, the queue's oldest entry.
C_NEXT, C_LAST, C_ADDRESS, C_OLDEST, C_SIZE = range(5)

# First and last cycle, warps that have not ended, its place among the blocks that SMs hold, the registers that its
# warps have given back, a thread's worth for one warp each, and when other GPUs have acknowledged what it stored there.
B_START, B_END, B_LIVE, B_PLACE, B_SPARE, B_ACKNOWLEDGED, B_SIZE = range(7)

# A warp's next issue and what holds it up until then; up to where its cycles are booked; its event and micro-operation;
# its slot and sub-core; when its stores and its loads are done; when it came; what it is parked at, and the registers
# that it waits for. Of each queue of groups: when the copies in its open group are over, and how many are closed.
(
    W_NEXT, W_WHY, W_SEEN, W_EVENT, W_EVENT_END, W_OP, W_OP_END, W_SLOT, W_CORE, W_BLOCK, W_STORED, W_LOADED,
    W_AGE, W_WAIT, W_BARRIER, W_NEED,
) = range(16)  # fmt: skip
W_OPEN, W_COUNT, W_SIZE = 16, 19, 22

# Its micro-operations, its first record, and the wait before it (-1: none).
E_OP, E_OP_END, E_RECORD, E_WAIT, E_SIZE = range(5)

# The fields of MicroOps; its operands' places; what it does with L1; a sector's cost in DRAM, in FINE parts.
(
    M_KIND, M_PIPE, M_INTERVAL, M_LATENCY, M_GAP, M_WIDTH, M_RECORD, M_PC, M_DST, M_DST_END, M_SRC, M_SRC_END,
    M_USE_OF_L1, M_COST, M_SIZE,
) = range(15)  # fmt: skip

# What an access or a fence does with L1 (M_USE_OF_L1): a load looks there and leaves there what it brings; looks and
# leaves nothing; asks L2 at once. An acquire asks L2 and then empties L1, as a fence does for more than the block; one
# for the block leaves it as it is.
FILLS_L1, LEAVES_L1, PASSES_L1, EMPTIES_L1 = range(4)

# When a value may be read, the pipe that made it, and the stall of those who wait for it.
V_READY, V_PIPE, V_WHY, V_SIZE = range(4)

# A link as one SM has it. What a way takes longer than within the GPU, and a sector of this SM's share, in FINE parts;
# sectors that may be under way. When each direction is free, in FINE parts; sectors sent and received; sectors sent
# that had to have a credit; and when each credit is given back, N_BACK + n % N_CREDITS.
N_HOP, N_COST, N_CREDITS, N_OUT, N_IN, N_SENT, N_RECEIVED, N_TAKEN, N_BACK = range(9)

# A cache line: its number, bits of its sectors, when it was last used, and when each of its sectors is there.
K_LINE, K_VALID, K_DIRTY, K_USED, K_THERE, K_SIZE = 0, 1, 2, 3, 4, 8
