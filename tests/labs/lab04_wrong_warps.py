"""Planted wrong answers to lab 4, sum and scan of a warp. Each must be rejected for the right reason."""

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
