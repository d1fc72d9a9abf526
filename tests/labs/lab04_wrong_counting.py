"""Planted wrong answers to lab 4, compaction and histogram. Each must be rejected for the right reason."""

from answers import Answer, collector
from numba.core.types import int32

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready

FULL = 0xFFFFFFFF


# -- 5, compaction -----------------------------------------------------------------------------------------


@wrong("lab04.compact", "counts itself")
def rank_with_itself(x, out, count):
    lane, kept = cuda.laneid, int32(0)
    for start in range(0, x.size, 32):
        i = start + lane
        v = x[i] if i < x.size else int32(0)
        ballot = cuda.ballot_sync(FULL, v > 0)
        upto = cuda.lanemask_lt() | (1 << lane)
        if v > 0 and kept + cuda.popc(ballot & upto) < out.size:
            out[kept + cuda.popc(ballot & upto)] = v
        kept = int32(kept + cuda.popc(ballot))
    if lane == 0:
        count[0] = kept


@wrong("lab04.compact", "start never moves")
def forgets_the_start(x, out, count):
    lane, kept = cuda.laneid, int32(0)
    for start in range(0, x.size, 32):
        i = start + lane
        v = x[i] if i < x.size else int32(0)
        ballot = cuda.ballot_sync(FULL, v > 0)
        if v > 0:
            out[cuda.popc(ballot & cuda.lanemask_lt())] = v
        kept = int32(kept + cuda.popc(ballot))
    if lane == 0:
        count[0] = kept


@wrong("lab04.compact", "start moves by 32")
def moves_by_a_warp(x, out, count):
    lane, kept = cuda.laneid, int32(0)
    for start in range(0, x.size, 32):
        i = start + lane
        v = x[i] if i < x.size else int32(0)
        ballot = cuda.ballot_sync(FULL, v > 0)
        if v > 0:
            out[start + cuda.popc(ballot & cuda.lanemask_lt())] = v
        kept = int32(kept + cuda.popc(ballot))
    if lane == 0:
        count[0] = kept


@wrong("lab04.compact", "gaps")
def stays_where_it_was(x, out, count):
    lane, kept = cuda.laneid, int32(0)
    for start in range(0, x.size, 32):
        i = start + lane
        v = x[i] if i < x.size else int32(0)
        kept = int32(kept + cuda.popc(cuda.ballot_sync(FULL, v > 0)))
        if v > 0:
            out[i] = v
    if lane == 0:
        count[0] = kept


@wrong("lab04.compact", "only 32 elements")
def no_loop(x, out, count):
    lane = cuda.laneid
    v = x[lane] if lane < x.size else int32(0)
    ballot = cuda.ballot_sync(FULL, v > 0)
    if v > 0:
        out[cuda.popc(ballot & cuda.lanemask_lt())] = v
    if lane == 0:
        count[0] = cuda.popc(ballot)


@wrong("lab04.compact", "wrong mask")
def ballot_in_the_branch(x, out, count):
    lane, kept = cuda.laneid, int32(0)
    for start in range(0, x.size, 32):
        i = start + lane
        v = x[i] if i < x.size else int32(0)
        if v > 0:
            ballot = cuda.ballot_sync(FULL, v > 0)
            out[kept + cuda.popc(ballot & cuda.lanemask_lt())] = v
        cuda.syncwarp()
        kept = int32(kept + cuda.popc(cuda.ballot_sync(FULL, v > 0)))
    if lane == 0:
        count[0] = kept


@wrong("lab04.compact", "order by luck")
def places_from_an_atomic(x, out, count):
    next_place = cuda.shared.array(1, int32)
    lane = cuda.laneid
    if lane == 0:
        next_place[0] = 0
    cuda.syncwarp()
    for start in range(0, x.size, 32):
        i = start + lane
        if i < x.size and x[i] > 0:
            out[cuda.atomic.add(next_place, 0, 1)] = x[i]
    cuda.syncwarp()
    if lane == 0:
        count[0] = next_place[0]


@wrong("lab04.compact", "order by luck")
def places_from_an_atomic_in_a_strided_loop(x, out, count):
    """The compiler unrolls this loop: lanes that go round it more often no longer come first."""
    if cuda.laneid == 0:
        count[0] = 0
    cuda.syncwarp()
    for i in range(cuda.laneid, x.size, 32):
        if x[i] > 0:
            out[cuda.atomic.add(count, 0, 1)] = x[i]


@wrong("lab04.compact", "order by luck")
def from_the_last_to_the_first(x, out, count):
    """The ranks are counted from above: each 32 kept elements come in reverse."""
    lane, kept = cuda.laneid, int32(0)
    for start in range(0, x.size, 32):
        i = start + lane
        v = x[i] if i < x.size else int32(0)
        ballot = cuda.ballot_sync(FULL, v > 0)
        if v > 0:
            out[kept + cuda.popc(ballot) - 1 - cuda.popc(ballot & cuda.lanemask_lt())] = v
        kept = int32(kept + cuda.popc(ballot))
    if lane == 0:
        count[0] = kept


@wrong("lab04.compact", "zeros kept")
def keeps_zeros(x, out, count):
    lane, kept = cuda.laneid, int32(0)
    for start in range(0, x.size, 32):
        i = start + lane
        v = x[i] if i < x.size else int32(-1)
        ballot = cuda.ballot_sync(FULL, v >= 0)
        if v >= 0:
            out[kept + cuda.popc(ballot & cuda.lanemask_lt())] = v
        kept = int32(kept + cuda.popc(ballot))
    if lane == 0:
        count[0] = kept


@wrong("lab04.compact", "count is wrong")
def forgets_the_count(x, out, count):
    lane, kept = cuda.laneid, int32(0)
    for start in range(0, x.size, 32):
        i = start + lane
        v = x[i] if i < x.size else int32(0)
        ballot = cuda.ballot_sync(FULL, v > 0)
        if v > 0:
            out[kept + cuda.popc(ballot & cuda.lanemask_lt())] = v
        kept = int32(kept + cuda.popc(ballot))


# -- 6, a histogram ----------------------------------------------------------------------------------------


@wrong("lab04.histogram", "not atomic")
def plain_addition(keys, bins):
    for i in range(cuda.grid(1), keys.size, cuda.gridsize(1)):
        bins[keys[i]] += 1


@wrong("lab04.histogram", "not atomic")
def plain_addition_in_shared_memory(keys, bins):
    mine = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    if t < 64:
        mine[t] = 0
    cuda.syncthreads()
    for i in range(cuda.grid(1), keys.size, cuda.gridsize(1)):
        mine[keys[i]] += 1
    cuda.syncthreads()
    if t < 64:
        cuda.atomic.add(bins, t, mine[t])


@wrong("lab04.histogram", "copy not cleared")
def never_clears(keys, bins):
    mine = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    for i in range(cuda.grid(1), keys.size, cuda.gridsize(1)):
        cuda.atomic.add(mine, keys[i], 1)
    cuda.syncthreads()
    if t < 64:
        cuda.atomic.add(bins, t, mine[t])


@wrong("lab04.histogram", "missing barrier")
def counts_before_all_is_cleared(keys, bins):
    mine = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    if t < 64:
        mine[t] = 0
    for i in range(cuda.grid(1), keys.size, cuda.gridsize(1)):
        cuda.atomic.add(mine, keys[i], 1)
    cuda.syncthreads()
    if t < 64:
        cuda.atomic.add(bins, t, mine[t])


@wrong("lab04.histogram", "missing barrier")
def reads_before_all_is_counted(keys, bins):
    mine = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    if t < 64:
        mine[t] = 0
    cuda.syncthreads()
    for i in range(cuda.grid(1), keys.size, cuda.gridsize(1)):
        cuda.atomic.add(mine, keys[i], 1)
    if t < 64:
        cuda.atomic.add(bins, t, mine[t])


@wrong("lab04.histogram", "stored, not added")
def overwrites_other_blocks(keys, bins):
    mine = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    if t < 64:
        mine[t] = 0
    cuda.syncthreads()
    for i in range(cuda.grid(1), keys.size, cuda.gridsize(1)):
        cuda.atomic.add(mine, keys[i], 1)
    cuda.syncthreads()
    if t < 64:
        bins[t] = mine[t]


@wrong("lab04.histogram", "no loop")
def one_key_a_thread(keys, bins):
    i = cuda.grid(1)
    if i < keys.size:
        cuda.atomic.add(bins, keys[i], 1)


@wrong("lab04.histogram", "every block counts all")
def starts_at_the_local_index(keys, bins):
    for i in range(cuda.threadIdx.x, keys.size, cuda.blockDim.x):
        cuda.atomic.add(bins, keys[i], 1)


@wrong("lab04.histogram", "bins left out")
def adds_32_bins(keys, bins):
    mine = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    if t < 64:
        mine[t] = 0
    cuda.syncthreads()
    for i in range(cuda.grid(1), keys.size, cuda.gridsize(1)):
        cuda.atomic.add(mine, keys[i], 1)
    cuda.syncthreads()
    if t < 32:
        cuda.atomic.add(bins, t, mine[t])
