"""Whole Numba programs, run from the PTX that NVIDIA's compiler makes of them."""

import math

import numpy as np
import pytest
from numba import cuda, float32, float64, int32

RNG = np.random.default_rng(132)


@cuda.jit
def saxpy(a, x, y, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = a * x[i] + y[i]


@pytest.mark.parametrize("n", [1, 31, 128, 1000, 70_001])
def test_saxpy_is_one_fused_multiply_add(n):
    x, y, out = RNG.normal(size=n).astype("f4"), RNG.normal(size=n).astype("f4"), np.zeros(n, "f4")
    saxpy[-(-n // 128), 128](np.float32(1.7), x, y, out)
    exact = (
        np.float32(1.7).astype("f8") * x + y
    )  # exact product; the sum is rounded twice, hardly ever wrongly
    assert np.array_equal(out, exact.astype("f4"))


@cuda.jit
def transpose(a, out):
    x, y = cuda.grid(2)
    if x < out.shape[1] and y < out.shape[0]:
        out[y, x] = a[x, y]


@pytest.mark.parametrize("block", [(32, 16), (1, 64), (7, 5)])
def test_two_dimensions(block):
    a = RNG.random((37, 53))
    out = np.zeros((53, 37))
    transpose[(-(-37 // block[0]), -(-53 // block[1])), block](a, out)
    assert np.array_equal(out, a.T)


def test_strided_and_reversed_arrays():
    a = RNG.random((40, 60))
    out = np.zeros((25, 20))
    device = cuda.to_device(a)
    transpose[(2, 4), (16, 16)](device[::2, :50:2], out)
    assert np.array_equal(out, a[::2, :50:2].T)


@cuda.jit
def grid_3d(out):
    x, y, z = cuda.grid(3)
    if x < out.shape[0] and y < out.shape[1] and z < out.shape[2]:
        out[x, y, z] = 100 * x + 10 * y + z


def test_three_dimensions():
    out = np.zeros((5, 6, 7), "i4")
    grid_3d[(2, 2, 2), (4, 4, 4)](out)
    x, y, z = np.indices(out.shape)
    assert np.array_equal(out, 100 * x + 10 * y + z)


@cuda.jit
def collatz(out):
    i = cuda.grid(1)
    if i < out.size:
        n, steps = i + 1, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        out[i] = steps


def test_a_loop_that_every_lane_leaves_at_its_own_time():
    out = np.zeros(5000, "i8")
    collatz[-(-out.size // 128), 128](out)

    def steps(n):
        count = 0
        while n != 1:
            n, count = (n // 2 if n % 2 == 0 else 3 * n + 1), count + 1
        return count

    assert out.tolist() == [steps(n) for n in range(1, 5001)]


TILE = 16


@cuda.jit
def matmul(a, b, c):
    tile_a = cuda.shared.array((TILE, TILE), float32)
    tile_b = cuda.shared.array((TILE, TILE), float32)
    x, y = cuda.grid(2)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    total = float32(0)
    for step in range((a.shape[1] + TILE - 1) // TILE):
        tile_a[ty, tx] = 0
        tile_b[ty, tx] = 0
        if y < a.shape[0] and step * TILE + tx < a.shape[1]:
            tile_a[ty, tx] = a[y, step * TILE + tx]
        if x < b.shape[1] and step * TILE + ty < b.shape[0]:
            tile_b[ty, tx] = b[step * TILE + ty, x]
        cuda.syncthreads()
        for k in range(TILE):
            total += tile_a[ty, k] * tile_b[k, tx]
        cuda.syncthreads()
    if y < c.shape[0] and x < c.shape[1]:
        c[y, x] = total


@pytest.mark.parametrize("shape", [(16, 16, 16), (33, 50, 17), (64, 128, 96)])
def test_tiled_matmul(shape):
    m, k, n = shape
    a, b, c = RNG.random((m, k), "f4"), RNG.random((k, n), "f4"), np.zeros((m, n), "f4")
    matmul[(-(-n // TILE), -(-m // TILE)), (TILE, TILE)](a, b, c)
    assert np.allclose(c, a.astype("f8") @ b, rtol=1e-5)


@cuda.jit
def block_sum(x, out):
    part = cuda.shared.array(128, float64)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    part[t] = x[i] if i < x.size else 0.0
    cuda.syncthreads()
    half = 64
    while half > 0:
        if t < half:
            part[t] += part[t + half]
        cuda.syncthreads()
        half //= 2
    if t == 0:
        cuda.atomic.add(out, 0, part[0])


def test_reduction_in_shared_memory():
    x, out = np.arange(1000.0), np.zeros(1)
    block_sum[8, 128](x, out)
    assert out[0] == x.sum()


@cuda.jit
def locked_count(mutex, count):
    while cuda.atomic.cas(mutex, 0, 0, 1) != 0:
        pass
    cuda.threadfence()
    count[0] += 1
    cuda.threadfence()
    cuda.atomic.exch(mutex, 0, 0)


@pytest.mark.parametrize("grid", [(1, 32), (6, 40)])
def test_compare_and_swap_lock(grid):
    count = np.zeros(1, "i4")
    locked_count[grid](np.zeros(1, "i4"), count)
    assert count[0] == grid[0] * grid[1]


@cuda.jit
def histogram(x, out):
    local = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    if t < 64:
        local[t] = 0
    cuda.syncthreads()
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        cuda.atomic.add(local, x[i], 1)
    cuda.syncthreads()
    if t < 64:
        cuda.atomic.add(out, t, local[t])


def test_histogram():
    x, out = RNG.integers(0, 64, 20_000).astype("i4"), np.zeros(64, "i4")
    histogram[16, 128](x, out)
    assert np.array_equal(out, np.bincount(x, minlength=64))


@cuda.jit
def local_array(x, out):
    i = cuda.grid(1)
    mine = cuda.local.array(16, float32)
    for j in range(16):
        mine[j] = x[i] * j
    total = float32(0)
    for j in range(16):
        total += mine[(j * 7 + i) % 16]
    out[i] = total


def test_local_arrays_are_each_threads_own():
    x, out = RNG.random(256, "f4"), np.zeros(256, "f4")
    local_array[2, 128](x, out)
    assert np.allclose(out, 120 * x, rtol=1e-5)


@cuda.jit("i8(i8)", device=True)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


@cuda.jit
def recursive(out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = fibonacci(i % 12)


def test_recursion_of_different_depth_in_every_lane():
    out = np.zeros(70, "i8")
    recursive[2, 64](out)
    known = [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]
    assert out.tolist() == [known[i % 12] for i in range(70)]


@cuda.jit
def functions(x, out):
    i = cuda.grid(1)
    if i < x.size:
        v = x[i]
        out[i] = (
            math.sin(v) + math.log(v + 1) + math.atan2(v, 2.0) + v**0.3 + math.erf(v) + math.cos(1e10 * v)
        )


def test_libdevice_with_its_slow_paths():
    x, out = RNG.random(300) * 100, np.zeros(300)
    functions[3, 128](x, out)
    expected = [
        math.sin(v) + math.log(v + 1) + math.atan2(v, 2.0) + v**0.3 + math.erf(v) + math.cos(1e10 * v)
        for v in x
    ]
    assert np.allclose(out, expected, rtol=0, atol=1e-9)


TABLE = np.arange(10, dtype="f4") ** 2


@cuda.jit
def constant(out):
    table = cuda.const.array_like(TABLE)
    i = cuda.grid(1)
    out[i] = table[i % 10]


def test_constant_memory():
    out = np.zeros(64, "f4")
    constant[1, 64](out)
    assert np.array_equal(out, TABLE[np.arange(64) % 10])


@cuda.jit
def backwards(x, out):
    buffer = cuda.shared.array(0, float32)
    t = cuda.threadIdx.x
    buffer[t] = x[t]
    cuda.syncthreads()
    out[t] = buffer[cuda.blockDim.x - 1 - t]


def test_dynamic_shared_memory():
    x, out = RNG.random(100, "f4"), np.zeros(100, "f4")
    backwards[1, 100, 0, 400](x, out)
    assert np.array_equal(out, x[::-1])


@cuda.jit
def vote(x, count, every, some):
    i = cuda.grid(1)
    count[i] = cuda.syncthreads_count(1 if x[i] > 0 else 0)
    every[i] = cuda.syncthreads_and(1 if x[i] > -2 else 0)
    some[i] = cuda.syncthreads_or(1 if x[i] > 2 else 0)


def test_barriers_that_count():
    x = RNG.normal(size=256)
    count, every, some = (np.zeros(256, "i4") for _ in range(3))
    vote[2, 128](x, count, every, some)
    blocks = x.reshape(2, 128)
    assert np.array_equal(count.reshape(2, 128), np.repeat((blocks > 0).sum(1)[:, None], 128, 1))
    assert np.array_equal(every.reshape(2, 128)[:, 5] != 0, (blocks > -2).all(1))
    assert np.array_equal(some.reshape(2, 128)[:, 9] != 0, (blocks > 2).any(1))


@cuda.jit
def last_block_adds_up(x, parts, arrived, out):
    last = cuda.shared.array(1, int32)
    t = cuda.threadIdx.x
    if t == 0:
        total = 0.0
        for i in range(cuda.blockIdx.x * 32, cuda.blockIdx.x * 32 + 32):
            total += x[i]
        parts[cuda.blockIdx.x] = total
        cuda.threadfence()
        last[0] = cuda.atomic.add(arrived, 0, 1) == cuda.gridDim.x - 1
    cuda.syncthreads()
    if last[0] and t == 0:
        total = 0.0
        for b in range(cuda.gridDim.x):
            total += parts[b]
        out[0] = total


def test_last_block_reduction():
    x, out = np.arange(320.0), np.zeros(1)
    last_block_adds_up[10, 64](x, np.zeros(10), np.zeros(1, "i4"), out)
    assert out[0] == x.sum()


@cuda.jit
def wait_for_a_later_block(flag, out):
    if cuda.blockIdx.x == 0:
        while cuda.atomic.add(flag, 0, 0) == 0:
            pass
        out[0] = 42
    else:
        cuda.atomic.exch(flag, 0, 1)


def test_blocks_that_spin_make_room_for_blocks_not_yet_started():
    out = np.zeros(1, "i4")
    wait_for_a_later_block[400, 128](np.zeros(1, "i4"), out)
    assert out[0] == 42


def test_the_same_launch_gives_the_same_bits():
    x = RNG.normal(size=4000).astype("f4")
    results = set()
    for _ in range(3):
        out = np.zeros(1, "f8")
        block_sum[32, 128](x, out)
        results.add(out.tobytes())
    assert len(results) == 1


@cuda.jit
def warps_meet_at_two_places(out):
    shared = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    shared[t] = t
    if t < 32:
        cuda.syncthreads()
    else:
        cuda.syncthreads()
    out[t] = shared[63 - t]


def test_whole_warps_may_reach_a_barrier_by_different_instructions():
    out = np.zeros(64, "i4")
    warps_meet_at_two_places[1, 64](out)
    assert np.array_equal(out, np.arange(64)[::-1])


def test_many_blocks_of_few_threads_and_few_blocks_of_many():
    for grid in [(70_000, 1), (3, 1024), (1, 1)]:
        n = grid[0] * grid[1]
        out = np.zeros(n, "f4")
        saxpy[grid](np.float32(2), np.ones(n, "f4"), np.ones(n, "f4"), out)
        assert (out == 3).all()


@cuda.jit
def scan_by_one_thread_of_each_block(x, out):
    if cuda.threadIdx.x == 0:
        start, running = cuda.blockIdx.x * 128, 0
        for i in range(start, min(start + 128, x.size)):
            running += x[i]
            out[i] = running


@pytest.mark.parametrize("n", [300, 512, 1000])
def test_few_lanes_in_a_long_loop_let_others_go_and_come_back(n):
    """Lanes that yield leave others to run a loop further down; gathering those must make progress."""
    x, out = RNG.integers(0, 9, n).astype("i4"), np.zeros(n, "i4")
    scan_by_one_thread_of_each_block[-(-n // 128), 128](x, out)
    parts = [np.cumsum(x[s : s + 128]) for s in range(0, n, 128)]
    assert np.array_equal(out, np.concatenate(parts))
