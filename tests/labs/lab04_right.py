"""Right answers to lab 4 in styles that readers bring along. All must be accepted, within the budget or not."""

from answers import Answer, collector
from numba.core.types import int32

RIGHT: list[Answer] = []
right = collector(RIGHT)
cuda = None  # put here by Answer.ready

FULL = 0xFFFFFFFF


@right("lab04.warp_sum")
def butterfly(x, out):
    """All lanes hold the sum, and one of them stores it."""
    i = cuda.grid(1)
    v = x[i] if i < x.size else 0
    for m in (1, 2, 4, 8, 16):
        v += cuda.shfl_xor_sync(FULL, v, m)
    if i % 32 == 0 and i < x.size:
        out[i // 32] = v


@right("lab04.warp_sum")
def all_store_the_same(x, out):
    """Warns of 32 equal stores, and is right."""
    i = cuda.grid(1)
    v = int32(0)
    if i < x.size:
        v = x[i]
    m = 16
    while m > 0:
        v = int32(v + cuda.shfl_xor_sync(-1, v, m))
        m >>= 1
    if i // 32 < out.size:
        out[i // 32] = v


@right("lab04.warp_sum")
def upwards_into_the_last_lane(x, out):
    i = cuda.grid(1)
    v = int32(0)
    if i < x.size:
        v = x[i]
    for d in (1, 2, 4, 8, 16):
        w = cuda.shfl_up_sync(FULL, v, d)
        v = int32(v + w)
    first = i - cuda.laneid
    # Lanes that doubled themselves did so below lane 31 only.
    if cuda.laneid == 31 and first < x.size:
        out[i // 32] = v


@right("lab04.warp_sum")
def one_lane_does_it_all(x, out):
    """No shuffle at all: right, and far over the budget."""
    i = cuda.grid(1)
    if i % 32 == 0 and i < x.size:
        total = 0
        for k in range(i, min(i + 32, x.size)):
            total += x[k]
        out[i // 32] = total


@right("lab04.block_sum")
def tree(x, out):
    s = cuda.shared.array(128, int32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
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


@right("lab04.block_sum")
def atomics_in_shared_memory(x, out):
    total = cuda.shared.array(1, int32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    if t == 0:
        total[0] = 0
    cuda.syncthreads()
    if i < x.size:
        cuda.atomic.add(total, 0, x[i])
    cuda.syncthreads()
    if t == 0:
        out[cuda.blockIdx.x] = total[0]


@right("lab04.block_sum")
def all_warps_add_the_sums(x, out):
    part = cuda.shared.array(4, int32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    v = x[i] if i < x.size else int32(0)
    for m in (16, 8, 4, 2, 1):
        v = int32(v + cuda.shfl_xor_sync(FULL, v, m))
    part[t // 32] = v
    cuda.syncthreads()
    if t == 0:
        out[cuda.blockIdx.x] = part[0] + part[1] + part[2] + part[3]


@right("lab04.block_sum")
def one_warp_does_it_all(x, out):
    """Each lane of warp 0 adds four elements first."""
    t = cuda.threadIdx.x
    if t < 32:
        v = int32(0)
        for k in range(4):
            i = cuda.blockIdx.x * 128 + 32 * k + t
            if i < x.size:
                v = int32(v + x[i])
        for d in (16, 8, 4, 2, 1):
            v = int32(v + cuda.shfl_down_sync(FULL, v, d))
        if t == 0:
            out[cuda.blockIdx.x] = v


@right("lab04.warp_scan")
def while_loop(x, out):
    i = cuda.grid(1)
    lane = cuda.threadIdx.x % 32
    v = x[i] if i < x.size else 0
    d = 1
    while d < 32:
        left = cuda.shfl_up_sync(FULL, v, d)
        v += left if lane >= d else 0
        d *= 2
    if i < out.size:
        out[i] = v


@right("lab04.warp_scan")
def by_index(x, out):
    """Reads lane i - d by its number."""
    i, lane = cuda.grid(1), cuda.laneid
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        left = cuda.shfl_sync(FULL, v, max(lane - d, 0))
        if lane >= d:
            v = int32(v + left)
    if i < x.size:
        out[i] = v


@right("lab04.warp_scan")
def in_shared_memory(x, out):
    s = cuda.shared.array(64, int32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    lane = t % 32
    s[t] = x[i] if i < x.size else 0
    cuda.syncwarp()
    for d in (1, 2, 4, 8, 16):
        left = s[t - d] if lane >= d else 0
        cuda.syncwarp()
        s[t] += left
        cuda.syncwarp()
    if i < x.size:
        out[i] = s[t]


@right("lab04.warp_scan")
def exclusive_plus_own(x, out):
    """Every lane adds up all before it, one lane after the other."""
    i, lane = cuda.grid(1), cuda.laneid
    own = x[i] if i < x.size else int32(0)
    v = own
    for k in range(31):
        other = cuda.shfl_sync(FULL, own, k)
        if k < lane:
            v = int32(v + other)
    if i < x.size:
        out[i] = v


@right("lab04.block_scan")
def hillis_and_steele(x, out):
    s = cuda.shared.array(128, int32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t] = x[i] if i < x.size else 0
    cuda.syncthreads()
    d = 1
    while d < 128:
        left = s[t - d] if t >= d else 0
        cuda.syncthreads()
        s[t] += left
        cuda.syncthreads()
        d *= 2
    if i < x.size:
        out[i] = s[t]


@right("lab04.block_scan")
def two_buffers(x, out):
    s = cuda.shared.array((2, 128), int32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[0, t] = x[i] if i < x.size else 0
    now, d = 0, 1
    while d < 128:
        cuda.syncthreads()
        s[1 - now, t] = s[now, t] + (s[now, t - d] if t >= d else 0)
        now, d = 1 - now, 2 * d
    if i < x.size:
        out[i] = s[now, t]


@right("lab04.block_scan")
def totals_scanned_by_shuffles(x, out):
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
    total = part[lane] if lane < warp else int32(0)
    for m in (1, 2):
        total = int32(total + cuda.shfl_xor_sync(FULL, total, m))
    v = int32(v + cuda.shfl_sync(FULL, total, 0))
    if i < x.size:
        out[i] = v


@right("lab04.block_scan")
def one_thread(x, out):
    """Right, and over both budgets."""
    if cuda.threadIdx.x == 0:
        start = cuda.blockIdx.x * 128
        running = 0
        for i in range(start, min(start + 128, x.size)):
            running += x[i]
            out[i] = running


@right("lab04.block_scan")
def totals_of_full_warps_only(x, out):
    """A warp that is not full leaves no total; nobody with an element comes after it."""
    part = cuda.shared.array(4, int32)
    i, lane = cuda.grid(1), cuda.laneid
    warp = cuda.threadIdx.x // 32
    v = x[i] if i < x.size else int32(0)
    for d in (1, 2, 4, 8, 16):
        left = cuda.shfl_up_sync(FULL, v, d)
        if lane >= d:
            v = int32(v + left)
    if lane == 31 and i < x.size:
        part[warp] = v
    cuda.syncthreads()
    before = 0
    for w in range(4):
        if w < warp:
            before += part[w]
    if i < x.size:
        out[i] = v + before


@right("lab04.compact")
def rank_by_shift(x, out, count):
    lane, kept = cuda.laneid, 0
    below = (1 << lane) - 1
    start = 0
    while start < x.size:
        i = start + lane
        yes = i < x.size and x[i] > 0
        ballot = cuda.ballot_sync(FULL, yes)
        if yes:
            out[kept + cuda.popc(ballot & below)] = x[i]
        kept += cuda.popc(ballot)
        start += 32
    if lane == 0:
        count[0] = kept


@right("lab04.compact")
def by_a_scan(x, out, count):
    """Ranks from a scan of ones; the count travels with a shuffle."""
    lane, kept = cuda.laneid, int32(0)
    for start in range(0, x.size, 32):
        i = start + lane
        v = x[i] if i < x.size else int32(0)
        rank = int32(1) if v > 0 else int32(0)
        for d in (1, 2, 4, 8, 16):
            left = cuda.shfl_up_sync(FULL, rank, d)
            if lane >= d:
                rank = int32(rank + left)
        if v > 0:
            out[kept + rank - 1] = v
        kept = int32(kept + cuda.shfl_sync(FULL, rank, 31))
    if lane == 31:
        count[0] = kept


@right("lab04.compact")
def one_lane(x, out, count):
    """No ballot and no order to worry about: right, and over the budget."""
    if cuda.laneid == 0:
        kept = 0
        for i in range(x.size):
            if x[i] > 0:
                out[kept] = x[i]
                kept += 1
        count[0] = kept


@right("lab04.compact")
def count_by_an_atomic(x, out, count):
    """An atomic whose result nobody uses hands out no places."""
    counted = cuda.shared.array(1, int32)
    lane, kept = cuda.laneid, int32(0)
    if lane == 0:
        counted[0] = 0
    cuda.syncwarp()
    for start in range(0, x.size, 32):
        i = start + lane
        v = x[i] if i < x.size else int32(0)
        ballot = cuda.ballot_sync(FULL, v > 0)
        if v > 0:
            out[kept + cuda.popc(ballot & cuda.lanemask_lt())] = v
            cuda.atomic.add(counted, 0, 1)
        kept = int32(kept + cuda.popc(ballot))
    cuda.syncwarp()
    if lane == 0:
        count[0] = counted[0]


@right("lab04.histogram")
def straight_into_global(keys, bins):
    """Right, and over the budget of sectors."""
    for i in range(cuda.grid(1), keys.size, cuda.gridsize(1)):
        cuda.atomic.add(bins, keys[i], 1)


@right("lab04.histogram")
def private_with_loops(keys, bins):
    mine = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    for b in range(t, 64, cuda.blockDim.x):
        mine[b] = 0
    cuda.syncthreads()
    i = cuda.grid(1)
    while i < keys.size:
        cuda.atomic.add(mine, keys[i], 1)
        i += cuda.gridsize(1)
    cuda.syncthreads()
    for b in range(t, 64, cuda.blockDim.x):
        if mine[b] > 0:
            cuda.atomic.add(bins, b, mine[b])


@right("lab04.histogram")
def teams_of_equal_keys(keys, bins):
    """One atomic for each team that ``match_any_sync`` finds."""
    start = cuda.grid(1) - cuda.laneid
    for first in range(start, keys.size, cuda.gridsize(1)):
        i = first + cuda.laneid
        key = keys[i] if i < keys.size else int32(-1)
        team = cuda.match_any_sync(FULL, key)
        if key >= 0 and team & cuda.lanemask_lt() == 0:
            cuda.atomic.add(bins, key, cuda.popc(team))


@right("lab04.histogram")
def first_block_alone(keys, bins):
    """No other block takes part, so nothing has to be added up between blocks."""
    mine = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    if cuda.blockIdx.x > 0:
        return
    if t < bins.size:
        mine[t] = 0
    cuda.syncthreads()
    for i in range(t, keys.size, cuda.blockDim.x):
        cuda.atomic.add(mine, keys[i], 1)
    cuda.syncthreads()
    if t < bins.size:
        bins[t] = mine[t]
