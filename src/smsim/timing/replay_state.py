"""Names for the places in the arrays that the replay's inner loop works on."""

from __future__ import annotations

#: Parts of a cycle in which the queues of L2 and DRAM are kept.
FINE = 1024
#: A time that never comes.
NEVER = 1 << 60
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

# The device's figures, in cycles unless they say otherwise (``P``).
(
    P_CROSSING, P_SHARED, P_SHARED_WIDE, P_SHARED_ATOMIC, P_ATOMIC, P_L1, P_L2, P_DRAM, P_QUEUE, P_ADDRESS,
    P_REQUEST, P_L1_BYTES, P_L2_FINE, P_DRAM_FINE, P_BARRIER, P_BRANCH, P_START, P_SLEEP_FINE, P_L1_SETS,
    P_L2_SETS, P_SIZE,
) = range(21)  # fmt: skip

# What is added up (``A``).
(
    A_ISSUE, A_LSU, A_SHARED, A_L1, A_L1_HIT, A_L2, A_L2_HIT, A_L2_READ, A_L2_WRITE, A_DRAM_READ,
    A_DRAM_WRITE, A_DRAM_BUSY, A_SPAN, A_SIZE,
) = range(14)  # fmt: skip

# Times at which parts of an SM are free (``S``, one row an SM).
S_REQUEST, S_LINK, S_DRAM, S_ATOMIC, S_SIZE = range(5)
