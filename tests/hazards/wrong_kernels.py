"""Kernels with one planted mistake each. The comment ``# <--`` marks a line that the error must name."""

import numpy as np
from numba import cuda, float32, float64, int32

from smsim import errors

N = 64
SHORT = N - 1
CASES = []


def planted(error, *, grid=1, block=N, arguments=lambda: (np.ones(N, "f4"), np.zeros(N, "f4"))):
    """Register a kernel: the error that it must end in, and how to launch it."""

    def register(kernel):
        CASES.append((kernel, error, grid, block, arguments))
        return kernel

    return register


# -- out of bounds -------------------------------------------------------------------------------------


@planted(errors.MemoryFault, grid=2)
@cuda.jit
def no_guard(x, out):
    i = cuda.grid(1)
    out[i] = x[i]  # <--


@planted(errors.MemoryFault)
@cuda.jit
def off_by_one(x, out):
    i = cuda.grid(1)
    out[i] = x[i + 1]  # <--


@planted(errors.MemoryFault, block=N + 1)
@cuda.jit
def guard_lets_one_too_many_in(x, out):
    i = cuda.grid(1)
    if i <= out.size:
        out[i] = 1  # <--


@planted(errors.MemoryFault)
@cuda.jit
def too_far_below_zero(x, out):
    i = cuda.grid(1)
    out[i] = x[i - 2 * x.size]  # <--


@planted(errors.MemoryFault, arguments=lambda: (np.ones((8, 4), "f4"), np.zeros((4, 8), "f4")), block=(8, 8))
@cuda.jit
def transposed_indices(x, out):
    c, r = cuda.grid(2)
    if r < 4 and c < 8:
        out[r, c] = x[8 + c, r]  # <--


@planted(errors.MemoryFault)
@cuda.jit
def past_the_tile(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    tile[t] = x[t]
    cuda.syncthreads()
    out[t] = tile[t + 1]  # <--


@planted(errors.MemoryFault)
@cuda.jit
def past_one_tile_into_another(x, out):
    first = cuda.shared.array(N, float32)
    second = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    first[t] = x[t]
    second[t] = 2 * x[t]
    cuda.syncthreads()
    out[t] = second[t] + first[t + N + 32 * int(x[t])]  # <--


@planted(errors.MemoryFault)
@cuda.jit
def writes_past_the_tile(x, out):
    tile = cuda.shared.array(SHORT, float32)
    t = cuda.threadIdx.x
    tile[t] = x[t]  # <--
    cuda.syncthreads()
    out[t] = tile[N - 2 - t] if t < N - 1 else float32(0)


@planted(errors.MemoryFault)
@cuda.jit
def atomic_past_the_end(x, out):
    cuda.atomic.add(out, cuda.threadIdx.x * 2, 1.0)  # <--


@planted(errors.MemoryFault, arguments=lambda: (np.full(N, 1000, "f4"), np.zeros(N, "f4")))
@cuda.jit
def index_from_data(x, out):
    i = cuda.grid(1)
    out[int(x[i])] = 1  # <--


# -- races in shared memory ----------------------------------------------------------------------------


@planted(errors.DataRace)
@cuda.jit
def no_barrier_before_reading(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    tile[t] = x[t]  # <--
    out[t] = tile[N - 1 - t]  # <--


@planted(errors.DataRace)
@cuda.jit
def reduction_without_barriers(x, out):
    part = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    part[t] = x[t]
    cuda.syncthreads()
    half = N // 2
    while half > 0:
        if t < half:
            part[t] += part[t + half]  # <--
        half //= 2
    if t == 0:
        out[0] = part[0]


@planted(errors.DataRace)
@cuda.jit
def barrier_only_before_the_loop_repeats(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    total = float32(0)
    for step in range(3):
        tile[t] = x[t] + step  # <--
        cuda.syncthreads()
        total += tile[(t + 1) % N]  # <--
    out[t] = total


@planted(errors.DataRace)
@cuda.jit
def shift_in_place(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    tile[t] = x[t]
    cuda.syncthreads()
    if t > 0:
        tile[t] = tile[t - 1]  # <--
    cuda.syncthreads()
    out[t] = tile[t]


@planted(errors.DataRace)
@cuda.jit
def counter_without_atomic(x, out):
    count = cuda.shared.array(1, int32)
    t = cuda.threadIdx.x
    if t == 0:
        count[0] = 0
    cuda.syncthreads()
    count[0] += 1  # <--
    cuda.syncthreads()
    out[t] = count[0]


@planted(errors.DataRace)
@cuda.jit
def two_threads_write_different_values(x, out):
    tile = cuda.shared.array(N, int32)
    t = cuda.threadIdx.x
    tile[t // 2] = t  # <--
    cuda.syncthreads()
    out[t] = tile[t // 2]


@planted(errors.DataRace)
@cuda.jit
def atomic_and_plain_write(x, out):
    count = cuda.shared.array(1, int32)
    t = cuda.threadIdx.x
    if t == 0:
        count[0] = 0  # <--
    cuda.atomic.add(count, 0, 1)  # <--
    cuda.syncthreads()
    out[t] = count[0]


@planted(errors.DataRace, grid=3, block=(16, 4), arguments=lambda: (np.ones(192, "f4"), np.zeros(192, "f4")))
@cuda.jit
def race_in_one_block_only(x, out):
    tile = cuda.shared.array(64, float32)
    t = cuda.threadIdx.y * 16 + cuda.threadIdx.x
    tile[t] = x[t]  # <--
    if cuda.blockIdx.x != 1:
        cuda.syncthreads()
    out[cuda.blockIdx.x * 64 + t] = tile[63 - t]  # <--


@planted(errors.DataRace, arguments=lambda: (np.arange(N) % 7, np.zeros(N, "f4")))
@cuda.jit
def race_decided_by_the_data(x, out):
    tile = cuda.shared.array(N, float64)
    t = cuda.threadIdx.x
    tile[t] = 0
    cuda.syncthreads()
    tile[x[t]] += t  # <--
    cuda.syncthreads()
    out[t] = tile[t]


def square_matrices():
    return np.ones((32, 32), "f4"), np.ones((32, 32), "f4"), np.zeros((32, 32), "f4")


@planted(errors.DataRace, grid=(2, 2), block=(16, 16), arguments=square_matrices)
@cuda.jit
def matmul_without_its_first_barrier(a, b, c):
    tile_a = cuda.shared.array((16, 16), float32)
    tile_b = cuda.shared.array((16, 16), float32)
    x, y = cuda.grid(2)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    total = float32(0)
    for step in range(2):
        tile_a[ty, tx] = a[y, step * 16 + tx]  # <--
        tile_b[ty, tx] = b[step * 16 + ty, x]  # <--
        for k in range(16):
            total += tile_a[ty, k] * tile_b[k, tx]  # <--
        cuda.syncthreads()
    c[y, x] = total


@planted(errors.DataRace, grid=(2, 2), block=(16, 16), arguments=square_matrices)
@cuda.jit
def matmul_without_its_second_barrier(a, b, c):
    tile_a = cuda.shared.array((16, 16), float32)
    tile_b = cuda.shared.array((16, 16), float32)
    x, y = cuda.grid(2)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    total = float32(0)
    for step in range(2):
        tile_a[ty, tx] = a[y, step * 16 + tx]  # <--
        tile_b[ty, tx] = b[step * 16 + ty, x]  # <--
        cuda.syncthreads()
        for k in range(16):
            total += tile_a[ty, k] * tile_b[k, tx]  # <--
    c[y, x] = total


# -- races in global memory ----------------------------------------------------------------------------


@planted(errors.DataRace, grid=2, block=32)
@cuda.jit
def two_threads_share_a_result(x, out):
    i = cuda.grid(1)
    out[i // 2] = i  # <--


@planted(errors.DataRace, grid=2, block=32)
@cuda.jit
def reads_a_neighbours_result(x, out):
    i = cuda.grid(1)
    if i > 0:
        x[i] = x[i - 1] + 1  # <--


@planted(errors.DataRace)
@cuda.jit
def exchange_through_global_memory_without_a_barrier(x, out):
    t = cuda.threadIdx.x
    x[t] = 2 * t  # <--
    out[t] = x[N - 1 - t]  # <--


@planted(errors.DataRace, grid=2, block=32)
@cuda.jit
def a_barrier_does_not_order_two_blocks(x, out):
    i = cuda.grid(1)
    x[i] = 2 * i  # <--
    cuda.syncthreads()
    out[i] = x[N - 1 - i]  # <--


@planted(errors.DataRace, grid=4, block=16)
@cuda.jit
def counter_in_global_memory_without_atomic(x, out):
    out[0] += 1  # <--


@planted(errors.DataRace, grid=4, block=16, arguments=lambda: (np.zeros(2, "i4"), np.zeros(1, "i4")))
@cuda.jit
def lock_released_without_a_fence(mutex, count):
    while cuda.atomic.cas(mutex, 0, 0, 1) != 0:
        pass
    cuda.threadfence()
    count[0] += 1  # <--
    cuda.atomic.exch(mutex, 0, 0)


@planted(
    errors.DataRace, grid=4, block=16, arguments=lambda: (np.zeros(4, "f8"), np.zeros(1, "i4"), np.zeros(1))
)
@cuda.jit
def last_block_without_a_fence(parts, arrived, out):
    if cuda.threadIdx.x == 0:
        parts[cuda.blockIdx.x] = cuda.blockIdx.x  # <--
        if cuda.atomic.add(arrived, 0, 1) == cuda.gridDim.x - 1:
            total = 0.0
            for b in range(cuda.gridDim.x):
                total += parts[b]  # <--
            out[0] = total


@planted(errors.DataRace, grid=2, block=32)
@cuda.jit
def plain_read_of_an_atomic_counter(x, out):
    i = cuda.grid(1)
    cuda.atomic.add(x, 0, 1)  # <--
    out[i] = x[0]  # <--


@planted(errors.DataRace, grid=2, block=32, arguments=lambda: (np.zeros(N, "i4"), np.zeros(N, "f4")))
@cuda.jit
def scatter_to_one_place(index, out):
    i = cuda.grid(1)
    out[index[i]] = i  # <--


# -- values nobody wrote -------------------------------------------------------------------------------


@planted(errors.UninitializedRead)
@cuda.jit
def nobody_wrote_the_upper_half(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    if t < N // 2:
        tile[t] = x[t]
    cuda.syncthreads()
    out[t] = tile[t]  # <--


@planted(errors.UninitializedRead)
@cuda.jit
def counter_never_set_to_zero(x, out):
    count = cuda.shared.array(1, int32)
    cuda.atomic.add(count, 0, 1)  # <--
    cuda.syncthreads()
    out[cuda.threadIdx.x] = count[0]


@planted(errors.UninitializedRead)
@cuda.jit
def branch_on_nothing(x, out):
    flag = cuda.shared.array(1, int32)
    t = cuda.threadIdx.x
    if x[t] > 5:
        flag[0] = t
    cuda.syncthreads()
    if flag[0] > 0:  # <--
        out[t] = x[t]


@planted(
    errors.UninitializedRead,
    arguments=lambda: (np.r_[np.ones(N - 1, "f4"), np.float32(-1)], np.zeros(N, "f4")),
)
@cuda.jit
def one_lane_picks_what_nobody_wrote(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    if t < N - 1:
        tile[t] = x[t]
    cuda.syncthreads()
    v = float32(0)
    if x[t] < 0:
        v = tile[t]  # <--
    out[t] = v


# -- barriers ------------------------------------------------------------------------------------------


@planted(errors.BarrierError)
@cuda.jit
def return_before_the_barrier(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    if t >= 40:
        return
    tile[t] = x[t]
    cuda.syncthreads()  # <--
    out[t] = tile[39 - t]


@planted(errors.BarrierError)
@cuda.jit
def barrier_in_a_branch_within_a_warp(x, out):
    t = cuda.threadIdx.x
    if t % 2 == 0:
        out[t] = 1
        cuda.syncthreads()  # <--
        out[t] = 2


@planted(errors.BarrierError)
@cuda.jit
def one_warp_by_two_ways(x, out):
    t = cuda.threadIdx.x
    if t % 2 == 0:
        out[t] = 1
        cuda.syncthreads()  # <--
        out[t] += 2
    else:
        out[t] = 3
        cuda.syncthreads()  # <--
        out[t] += 4


# -- runs that do not end ------------------------------------------------------------------------------


@planted(errors.InstructionBudgetExceeded)
@cuda.jit
def waits_for_a_plain_flag(x, out):
    if cuda.threadIdx.x == 0:
        while x[0] != 0:  # <--
            pass
    out[0] = 1


# -- lanes of a warp that should meet ------------------------------------------------------------------


@planted(errors.WarpSyncError)
@cuda.jit
def a_lane_that_its_mask_does_not_name(x, out):
    t = cuda.threadIdx.x
    out[t] = cuda.shfl_sync(0x0000FFFF, x[t], 0)  # <--


@planted(errors.WarpSyncError)
@cuda.jit
def half_a_warp_at_syncwarp_and_half_at_a_vote(x, out):
    t = cuda.threadIdx.x
    if t % 32 < 16:
        out[t] = 1
        cuda.syncwarp()  # <--
        out[t] += 1
    else:
        out[t] = cuda.ballot_sync(0xFFFFFFFF, t > 3)  # <--


@planted(errors.UninitializedRead)
@cuda.jit
def shuffle_from_the_half_that_takes_no_part(x, out):
    t = cuda.threadIdx.x
    if t % 32 < 16:
        out[t] = cuda.shfl_down_sync(0x0000FFFF, x[t], 8)  # <--


@planted(errors.DataRace)
@cuda.jit
def syncwarp_between_two_warps(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    tile[t] = x[t]  # <--
    cuda.syncwarp()
    out[t] = tile[N - 1 - t]  # <--
