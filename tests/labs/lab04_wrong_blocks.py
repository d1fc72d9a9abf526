"""Planted wrong answers to lab 4, sum and scan of a block. Each must be rejected for the right reason."""

from answers import Answer, collector
from numba.core.types import int32

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready

FULL = 0xFFFFFFFF


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
