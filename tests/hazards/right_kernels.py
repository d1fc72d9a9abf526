"""Correct kernels of unusual style. None of them may be accused of anything."""

import numpy as np
from numba import cuda, float32, float64, int32

N = 64
CASES = []


def correct(expected, *, grid=1, block=N, arguments=lambda: (np.arange(N, dtype="f4"), np.zeros(N, "f4"))):
    """Register a kernel: what its last argument must hold, given the first; and how to launch it."""

    def register(kernel):
        CASES.append((kernel, expected, grid, block, arguments))
        return kernel

    return register


@correct(lambda x: np.where(x > 40, x[::-1], 0))
@cuda.jit
def hoisted_load_of_half_a_tile(x, out):
    """NVIDIA's compiler makes the load unconditional; it reads what nobody wrote, and throws it away."""
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    if t < 32:
        tile[t] = x[t]
    cuda.syncthreads()
    v = float32(0)
    if x[t] > 40:
        v = tile[N - 1 - t]
    out[t] = v


@correct(lambda x: np.where(x < 8, 2 * x, x))
@cuda.jit
def hoisted_load_that_races_and_is_forgotten(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    tile[t] = x[t]
    cuda.syncthreads()
    v = float32(0)
    if x[t] < 8:
        v = tile[t]
    if t >= 32:
        tile[t - 24] = float32(0) if t == 32 else v
    out[t] = x[t] + v


@correct(lambda x: np.full(N, x.sum()))
@cuda.jit
def every_thread_reads_every_element(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    tile[t] = x[t]
    cuda.syncthreads()
    total = float32(0)
    for i in range(N):
        total += tile[i]
    out[t] = total


@correct(lambda x: x + 3)
@cuda.jit
def each_thread_keeps_to_its_own_cell(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    tile[t] = x[t]
    for _ in range(3):
        tile[t] += 1
    out[t] = tile[t]


@correct(lambda x: np.roll(x, -3))
@cuda.jit
def double_buffer_with_one_barrier_a_step(x, out):
    buffers = cuda.shared.array((2, N), float32)
    t = cuda.threadIdx.x
    buffers[0, t] = x[t]
    for step in range(3):
        cuda.syncthreads()
        buffers[(step + 1) % 2, t] = buffers[step % 2, (t + 1) % N]
    cuda.syncthreads()
    out[t] = buffers[1, t]


@correct(lambda x: np.full(N, N))
@cuda.jit
def counts_with_an_atomic(x, out):
    count = cuda.shared.array(1, int32)
    t = cuda.threadIdx.x
    if t == 5:
        count[0] = 0
    cuda.syncthreads()
    cuda.atomic.add(count, 0, 1)
    cuda.syncthreads()
    out[t] = count[0]


@correct(lambda x: x[::-1])
@cuda.jit
def one_thread_does_it_all(x, out):
    tile = cuda.shared.array(N, float32)
    if cuda.threadIdx.x == 17:
        for i in range(N):
            tile[i] = x[N - 1 - i]
    cuda.syncthreads()
    out[cuda.threadIdx.x] = tile[cuda.threadIdx.x]


@correct(lambda x: x[::-1])
@cuda.jit
def warps_use_barriers_of_their_own_branch(x, out):
    tile = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    tile[t] = x[t]
    if t < 32:
        cuda.syncthreads()
        out[t] = tile[N - 1 - t]
    else:
        cuda.syncthreads()
        out[t] = tile[N - 1 - t]


@correct(lambda x: x)
@cuda.jit
def early_return_without_a_barrier(x, out):
    t = cuda.threadIdx.x
    if t % 3 == 0:
        out[t] = x[t]
        return
    out[t] = x[t]


@correct(lambda x: x * 2, grid=3, block=40)
@cuda.jit
def guard_and_barrier_side_by_side(x, out):
    tile = cuda.shared.array(40, float32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    tile[t] = x[i] if i < x.size else float32(0)
    cuda.syncthreads()
    if i < x.size:
        out[i] = tile[t] * 2


@correct(lambda x: x + 1)
@cuda.jit
def negative_indices_are_numba_s_own(x, out):
    t = cuda.threadIdx.x
    out[t - N] = x[t - N] + 1


@correct(lambda x: x, arguments=lambda: (np.arange(N, dtype="f4"), np.zeros(N, "f4")))
@cuda.jit
def bytes_of_one_word_by_different_threads(x, out):
    small = cuda.shared.array(N, np.uint8)
    t = cuda.threadIdx.x
    small[t] = t
    out[t] = small[t]


@correct(lambda x: np.full(N, x.sum() + 64))
@cuda.jit
def reduction_by_halves(x, out):
    part = cuda.shared.array(N, float64)
    t = cuda.threadIdx.x
    part[t] = x[t] + 1
    cuda.syncthreads()
    half = N // 2
    while half > 0:
        if t < half:
            part[t] += part[t + half]
        cuda.syncthreads()
        half >>= 1
    out[t] = part[0]


@correct(lambda x: np.cumsum(x))
@cuda.jit
def scan_by_doubling(x, out):
    part = cuda.shared.array(N, float32)
    t = cuda.threadIdx.x
    part[t] = x[t]
    cuda.syncthreads()
    step = 1
    while step < N:
        v = part[t - step] if t >= step else float32(0)
        cuda.syncthreads()
        part[t] += v
        cuda.syncthreads()
        step *= 2
    out[t] = part[t]


@correct(lambda x: np.full(N, 1.0))
@cuda.jit
def all_threads_set_a_flag_in_turn(x, out):
    flag = cuda.shared.array(1, int32)
    t = cuda.threadIdx.x
    cuda.atomic.exch(flag, 0, 0) if False else None
    if t == 0:
        flag[0] = 0
    cuda.syncthreads()
    cuda.atomic.max(flag, 0, 1)
    cuda.syncthreads()
    out[t] = flag[0]


@correct(lambda x: np.minimum(x * 3, 100), block=(8, 8))
@cuda.jit
def nested_divergence(x, out):
    t = cuda.threadIdx.y * 8 + cuda.threadIdx.x
    v = x[t]
    if t % 2:
        if t % 3:
            v = v * 3
        else:
            v = v + v + v
    else:
        for _ in range(2):
            v += x[t]
    out[t] = min(v, float32(100))


@correct(lambda x: x[::-1])
@cuda.jit
def exchange_through_global_memory(x, out):
    t = cuda.threadIdx.x
    out[t] = x[t]
    cuda.syncthreads()
    v = out[N - 1 - t]
    cuda.syncthreads()
    out[t] = v


@correct(lambda x: x.reshape(2, 32)[:, ::-1].ravel(), grid=2, block=32)
@cuda.jit
def each_block_turns_its_part_round(x, out):
    i, t = cuda.grid(1), cuda.threadIdx.x
    out[i] = x[i]
    cuda.syncthreads()
    v = out[cuda.blockIdx.x * 32 + 31 - t]
    cuda.syncthreads()
    out[i] = v


@correct(lambda x: x * 4, grid=4, block=16)
@cuda.jit
def updates_in_place(x, out):
    i = cuda.grid(1)
    out[i] = x[i]
    out[i] *= 2
    out[i] += out[i]


@correct(lambda x: np.r_[np.full(1, N), np.zeros(N - 1)], grid=4, block=16)
@cuda.jit
def atomic_counter_in_global_memory(x, out):
    cuda.atomic.add(out, 0, 1)


@correct(lambda x: 64, grid=4, block=16, arguments=lambda: (np.zeros(1, "i4"), np.zeros(1, "i4")))
@cuda.jit
def lock_with_fences(mutex, count):
    while cuda.atomic.cas(mutex, 0, 0, 1) != 0:
        pass
    cuda.threadfence()
    count[0] += 1
    cuda.threadfence()
    cuda.atomic.exch(mutex, 0, 0)


@correct(lambda x: 6, grid=4, block=16, arguments=lambda: (np.zeros(4), np.zeros(1, "i4"), np.zeros(1)))
@cuda.jit
def last_block_with_a_fence(parts, arrived, out):
    last = cuda.shared.array(1, int32)
    t = cuda.threadIdx.x
    if t == 0:
        parts[cuda.blockIdx.x] = cuda.blockIdx.x
        cuda.threadfence()
        last[0] = cuda.atomic.add(arrived, 0, 1) == cuda.gridDim.x - 1
    cuda.syncthreads()
    if last[0] and t == 5:
        total = 0.0
        for b in range(cuda.gridDim.x):
            total += parts[b]
        out[0] = total


@correct(
    lambda x: np.argsort(np.argsort(x)),
    arguments=lambda: (np.cos(np.arange(N)), np.zeros(N, "f4")),
    grid=2,
    block=32,
)
@cuda.jit
def scatter_by_a_permutation(x, out):
    i = cuda.grid(1)
    rank = 0
    for j in range(x.size):
        if x[j] < x[i]:
            rank += 1
    out[i] = rank


@correct(lambda x: np.sort(x), arguments=lambda: (np.cos(np.arange(N)), np.zeros(N)), block=32)
@cuda.jit
def odd_even_sort_in_global_memory(x, out):
    t = cuda.threadIdx.x
    out[2 * t] = x[2 * t]
    out[2 * t + 1] = x[2 * t + 1]
    cuda.syncthreads()
    for step in range(N):
        j = 2 * t + step % 2
        if j + 1 < N and out[j] > out[j + 1]:
            v = out[j]
            out[j] = out[j + 1]
            out[j + 1] = v
        cuda.syncthreads()


@correct(lambda x: x, grid=2, block=32, arguments=lambda: (np.arange(N, dtype="i4"), np.zeros(N, "i4")))
@cuda.jit
def lanes_of_a_warp_pass_values_on(x, out):
    i = cuda.grid(1)
    v = cuda.shfl_xor_sync(0xFFFFFFFF, x[i], 1)
    out[i] = cuda.shfl_xor_sync(0xFFFFFFFF, v, 1)


@correct(lambda x: np.repeat(x.reshape(2, 32).sum(1), 32), grid=2, block=32)
@cuda.jit
def warp_reduction_in_shared_memory(x, out):
    part = cuda.shared.array(32, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    part[t] = x[i]
    cuda.syncwarp()
    half = 16
    while half > 0:
        if t < half:
            part[t] += part[t + half]
        cuda.syncwarp()
        half //= 2
    out[i] = part[0]


@correct(lambda x: np.where(x < 10, 1.0, 0.0))
@cuda.jit
def a_search_that_breaks_out(x, out):
    t = cuda.threadIdx.x
    for i in range(10):
        if x[i] == x[t]:
            out[t] = 1
            break


@correct(lambda x: x**2 + x)
@cuda.jit
def a_local_array_indexed_by_data(x, out):
    own = cuda.local.array(4, float32)
    t = cuda.threadIdx.x
    for k in range(4):
        own[k] = x[t] ** 2
    own[int(x[t]) % 4] += x[t]
    out[t] = own[t % 4]


@correct(lambda x: x + 64 * (x // 32), grid=2, block=32)
@cuda.jit
def a_warp_votes_and_one_lane_speaks_for_it(x, out):
    i = cuda.grid(1)
    all_high = cuda.all_sync(0xFFFFFFFF, x[i] >= 32)
    bonus = cuda.shfl_sync(0xFFFFFFFF, 64 if all_high and i % 32 == 0 else 0, 0)
    out[i] = x[i] + bonus


@correct(lambda x: x * 2, grid=2, block=16)
@cuda.jit
def a_grid_stride_loop(x, out):
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        out[i] = x[i] * 2


@correct(lambda x: x, block=(4, 4, 4))
@cuda.jit
def three_dimensions(x, out):
    cube = cuda.shared.array((4, 4, 4), float32)
    a, b, c = cuda.threadIdx.x, cuda.threadIdx.y, cuda.threadIdx.z
    cube[a, b, c] = x[16 * c + 4 * b + a]
    cuda.syncthreads()
    out[16 * a + 4 * b + c] = cube[c, b, a]


@correct(lambda x: [0, 64], grid=4, block=16, arguments=lambda: (np.zeros(1), np.zeros(2, "i4")))
@cuda.jit
def the_last_to_count_starts_the_counter_anew(x, out):
    if cuda.atomic.add(out, 0, 1) == 63:
        out[0] = 0
        out[1] = 64


@correct(lambda x: 3)
@cuda.jit
def the_last_to_count_in_shared_memory_starts_anew(x, out):
    count = cuda.shared.array(1, int32)
    t = cuda.threadIdx.x
    if t == 0:
        count[0] = 0
    cuda.syncthreads()
    if cuda.atomic.add(count, 0, 1) == 63:
        count[0] = 3
    cuda.syncthreads()
    out[t] = count[0]
