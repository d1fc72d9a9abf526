"""Planted wrong answers to lab 4. Each must be rejected for the right reason."""

from answers import Answer, collector
from numba.core.types import int32

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready

FULL = 0xFFFFFFFF


# -- 1, the sum of a warp ----------------------------------------------------------------------------------


@wrong("lab04.warp_sum", "lanes missing from a shuffle")
def returns_early(x, out):
    i = cuda.grid(1)
    if i >= x.size:
        return
    v = x[i]
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 0:
        out[i // 32] = v


@wrong("lab04.warp_sum", "lanes missing from a shuffle")
def only_lower_lanes_shuffle(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        if cuda.laneid < d:
            v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 0 and i < x.size:
        out[i // 32] = v


@wrong("lab04.warp_sum", "wrong mask")
def mask_of_lane_zero(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(1, v, d))
    if cuda.laneid == 0 and i < x.size:
        out[i // 32] = v


@wrong("lab04.warp_sum", "no guard")
def loads_past_the_end(x, out):
    i = cuda.grid(1)
    v = x[i]
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 0:
        out[i // 32] = v


@wrong("lab04.warp_sum", "every lane writes")
def all_lanes_store(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if i < x.size:
        out[i // 32] = v


@wrong("lab04.warp_sum", "one place for two warps")
def place_of_the_block(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 0:
        out[cuda.blockIdx.x] = v


@wrong("lab04.warp_sum", "a warp without elements stores")
def stores_unasked(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 0:
        out[i // 32] = v


@wrong("lab04.warp_sum", "local index")
def warp_of_the_block(x, out):
    i, t = cuda.grid(1), cuda.threadIdx.x
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 0 and i < x.size:
        out[t // 32] = v


@wrong("lab04.warp_sum", "a round is missing")
def starts_at_eight(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 0 and i < x.size:
        out[i // 32] = v


@wrong("lab04.warp_sum", "a round is missing")
def loop_stops_before_one(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    d = 16
    while d > 1:
        v += cuda.shfl_down_sync(FULL, v, d)
        d //= 2
    if cuda.laneid == 0 and i < x.size:
        out[i // 32] = v


@wrong("lab04.warp_sum", "wrong direction")
def shuffles_up(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_up_sync(FULL, v, d))
    if cuda.laneid == 0 and i < x.size:
        out[i // 32] = v


@wrong("lab04.warp_sum", "value replaced")
def replaces_the_value(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = cuda.shfl_down_sync(FULL, v, d)
    if cuda.laneid == 0 and i < x.size:
        out[i // 32] = v


@wrong("lab04.warp_sum", "adds to the mark")
def adds_by_atomics(x, out):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(out, i // 32, x[i])


@wrong("lab04.warp_sum", "wrong lane")
def stores_lane_31(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 31 and i // 32 < out.size:
        out[i // 32] = v


# -- 2, the sum of a block ---------------------------------------------------------------------------------


@wrong("lab04.block_sum", "missing barrier")
def no_barrier_between_warps(x, out):
    part = cuda.shared.array(4, int32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 0:
        part[t // 32] = v
    if t == 0:
        out[cuda.blockIdx.x] = part[0] + part[1] + part[2] + part[3]


@wrong("lab04.block_sum", "missing barrier")
def tree_without_barriers(x, out):
    s = cuda.shared.array(128, int32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    s[t] = x[i] if i < x.size else 0
    cuda.syncthreads()
    half = 64
    while half > 0:
        if t < half:
            s[t] += s[t + half]
        half //= 2
    if t == 0:
        out[cuda.blockIdx.x] = s[0]


@wrong("lab04.block_sum", "barrier in a branch")
def barrier_inside_the_if(x, out):
    s = cuda.shared.array(128, int32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    s[t] = x[i] if i < x.size else 0
    cuda.syncthreads()
    half = 64
    while half > 0:
        if t < half:
            s[t] += s[t + half]
            cuda.syncthreads()
        half //= 2
    if t == 0:
        out[cuda.blockIdx.x] = s[0]


@wrong("lab04.block_sum", "only the first warp")
def forgets_the_other_warps(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.threadIdx.x == 0:
        out[cuda.blockIdx.x] = v


@wrong("lab04.block_sum", "shuffles across warps")
def shuffles_across_warps(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (64, 32, 16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.threadIdx.x == 0:
        out[cuda.blockIdx.x] = v


@wrong("lab04.block_sum", "every warp writes")
def every_warp_stores(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 0:
        out[cuda.blockIdx.x] = v


@wrong("lab04.block_sum", "reads what nobody wrote")
def adds_32_places(x, out):
    part = cuda.shared.array(32, int32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 0:
        part[t // 32] = v
    cuda.syncthreads()
    if t < 32:
        v = part[t]
        for d in (16, 8, 4, 2, 1):
            v = int32(v + cuda.shfl_down_sync(FULL, v, d))
        if t == 0:
            out[cuda.blockIdx.x] = v


@wrong("lab04.block_sum", "adds to the mark")
def one_atomic_a_warp(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_down_sync(FULL, v, d))
    if cuda.laneid == 0:
        cuda.atomic.add(out, cuda.blockIdx.x, v)


# -- 3, the scan of a warp ---------------------------------------------------------------------------------


@wrong("lab04.warp_scan", "own value at the edge")
def always_adds(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        v = int32(v + cuda.shfl_up_sync(FULL, v, d))
    if i < x.size:
        out[i] = v


@wrong("lab04.warp_scan", "lanes missing from a shuffle")
def shuffles_inside_the_if(x, out):
    i, lane = cuda.grid(1), cuda.laneid
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        if lane >= d:
            v = int32(v + cuda.shfl_up_sync(FULL, v, d))
    if i < x.size:
        out[i] = v


@wrong("lab04.warp_scan", "thread for lane")
def compares_the_thread(x, out):
    i, t = cuda.grid(1), cuda.threadIdx.x
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        left = cuda.shfl_up_sync(FULL, v, d)
        if t >= d:
            v = int32(v + left)
    if i < x.size:
        out[i] = v


@wrong("lab04.warp_scan", "exclusive")
def leaves_itself_out(x, out):
    i, lane = cuda.grid(1), cuda.laneid
    own = x[i] if i < x.size else int32(0)
    v = own
    for d in (1, 2, 4, 8, 16):
        left = cuda.shfl_up_sync(FULL, v, d)
        if lane >= d:
            v = int32(v + left)
    if i < x.size:
        out[i] = v - own


@wrong("lab04.warp_scan", "wrong direction")
def from_the_right(x, out):
    i, lane = cuda.grid(1), cuda.laneid
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        right = cuda.shfl_down_sync(FULL, v, d)
        if lane + d < 32:
            v = int32(v + right)
    if i < x.size:
        out[i] = v


@wrong("lab04.warp_scan", "condition too strict")
def greater_than(x, out):
    i, lane = cuda.grid(1), cuda.laneid
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        left = cuda.shfl_up_sync(FULL, v, d)
        if lane > d:
            v = int32(v + left)
    if i < x.size:
        out[i] = v


@wrong("lab04.warp_scan", "a round is missing")
def four_rounds(x, out):
    i, lane = cuda.grid(1), cuda.laneid
    v = x[i] if i < x.size else int32(0)
    d = 1
    while d < 16:
        left = cuda.shfl_up_sync(FULL, v, d)
        if lane >= d:
            v = int32(v + left)
        d *= 2
    if i < x.size:
        out[i] = v


@wrong("lab04.warp_scan", "total everywhere")
def butterfly_for_scan(x, out):
    i = cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for m in (1, 2, 4, 8, 16):
        v = int32(v + cuda.shfl_xor_sync(FULL, v, m))
    if i < x.size:
        out[i] = v


# -- 4, the scan of a block --------------------------------------------------------------------------------


@wrong("lab04.block_scan", "warps apart")
def scans_warps_only(x, out):
    i, lane = cuda.grid(1), cuda.laneid
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        left = cuda.shfl_up_sync(FULL, v, d)
        if lane >= d:
            v = int32(v + left)
    if i < x.size:
        out[i] = v


@wrong("lab04.block_scan", "only the warp before")
def one_warp_before(x, out):
    part = cuda.shared.array(4, int32)
    i, lane = cuda.grid(1), cuda.laneid
    warp = cuda.threadIdx.x // 32
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        left = cuda.shfl_up_sync(FULL, v, d)
        if lane >= d:
            v = int32(v + left)
    if lane == 31:
        part[warp] = v
    cuda.syncthreads()
    if warp > 0:
        v = int32(v + part[warp - 1])
    if i < x.size:
        out[i] = v


@wrong("lab04.block_scan", "own total included")
def own_total_too(x, out):
    part = cuda.shared.array(4, int32)
    i, lane = cuda.grid(1), cuda.laneid
    warp = cuda.threadIdx.x // 32
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        left = cuda.shfl_up_sync(FULL, v, d)
        if lane >= d:
            v = int32(v + left)
    if lane == 31:
        part[warp] = v
    cuda.syncthreads()
    for w in range(warp + 1):
        v = int32(v + part[w])
    if i < x.size:
        out[i] = v


@wrong("lab04.block_scan", "wrong lane")
def total_from_lane_zero(x, out):
    part = cuda.shared.array(4, int32)
    i, lane = cuda.grid(1), cuda.laneid
    warp = cuda.threadIdx.x // 32
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        left = cuda.shfl_up_sync(FULL, v, d)
        if lane >= d:
            v = int32(v + left)
    if lane == 0:
        part[warp] = v
    cuda.syncthreads()
    for w in range(warp):
        v = int32(v + part[w])
    if i < x.size:
        out[i] = v


@wrong("lab04.block_scan", "missing barrier")
def in_place_with_one_barrier(x, out):
    s = cuda.shared.array(128, int32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    s[t] = x[i] if i < x.size else 0
    cuda.syncthreads()
    d = 1
    while d < 128:
        if t >= d:
            s[t] += s[t - d]
        cuda.syncthreads()
        d *= 2
    if i < x.size:
        out[i] = s[t]


@wrong("lab04.block_scan", "barrier in a branch")
def returns_before_the_barrier(x, out):
    s = cuda.shared.array(128, int32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    if i >= x.size:
        return
    s[t] = x[i]
    cuda.syncthreads()
    total = 0
    for k in range(t + 1):
        total += s[k]
    out[i] = total


@wrong("lab04.block_scan", "reads what nobody wrote")
def lane_for_warp(x, out):
    part = cuda.shared.array(32, int32)
    i, lane = cuda.grid(1), cuda.laneid
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        left = cuda.shfl_up_sync(FULL, v, d)
        if lane >= d:
            v = int32(v + left)
    if lane == 31:
        part[cuda.threadIdx.x // 32] = v
    cuda.syncthreads()
    for w in range(lane):
        v = int32(v + part[w])
    if i < x.size:
        out[i] = v


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
