"""What Numba's own simulator lacks or gets wrong, right here.

Each test is one item: intrinsics it has not, results it gets wrong, and mistakes it lets pass.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numba import cuda, float32, int32

import smsim
from smsim.errors import BarrierError, DataRace, SimulationError

ALL = 0xFFFFFFFF
LANES = np.arange(32)


def launched(kernel, *arguments, blocks=1, threads=32):
    """The last argument as the kernel leaves it."""
    kernel[blocks, threads](*arguments)
    return arguments[-1]


# -- what it has not -----------------------------------------------------------------------------------


@cuda.jit
def shuffles(out):
    lane = cuda.laneid
    out[0, lane] = cuda.shfl_sync(ALL, lane * lane, 5)
    out[1, lane] = cuda.shfl_up_sync(ALL, lane, 3)
    out[2, lane] = cuda.shfl_down_sync(ALL, lane, 4)
    out[3, lane] = cuda.shfl_xor_sync(ALL, lane, 9)


def test_shuffles():
    up, down = np.where(LANES < 3, LANES, LANES - 3), np.where(LANES > 27, LANES, LANES + 4)
    assert launched(shuffles, np.zeros((4, 32), "i4")).tolist() == [
        [25] * 32, up.tolist(), down.tolist(), (LANES ^ 9).tolist()
    ]  # fmt: skip


@cuda.jit
def votes(out):
    lane = cuda.laneid
    out[0, lane] = cuda.ballot_sync(ALL, lane % 3 == 0)
    out[1, lane] = cuda.all_sync(ALL, lane < 32) + 2 * cuda.all_sync(ALL, lane < 31)
    out[2, lane] = cuda.any_sync(ALL, lane == 7) + 2 * cuda.any_sync(ALL, lane == 77)
    out[3, lane] = cuda.eq_sync(ALL, lane == 77) + 2 * cuda.eq_sync(ALL, lane == 7)
    out[4, lane] = cuda.activemask()
    out[5, lane] = cuda.lanemask_lt()


def test_votes_and_masks():
    out = launched(votes, np.zeros((6, 32), "u4"))
    thirds = sum(1 << n for n in range(0, 32, 3))
    assert [set(row.tolist()) for row in out[:5]] == [{thirds}, {1}, {1}, {1}, {ALL}]
    assert out[5].tolist() == [(1 << n) - 1 for n in range(32)]


@cuda.jit
def matches(out):
    lane = cuda.laneid
    out[0, lane] = cuda.match_any_sync(ALL, lane % 5)
    mask, every = cuda.match_all_sync(ALL, 3)
    other, none = cuda.match_all_sync(ALL, lane // 31)
    out[1, lane] = mask
    out[2, lane] = other + 2 * int32(every) + int32(none)


def test_matches():
    out = launched(matches, np.zeros((3, 32), "u4"))
    alike = [sum(1 << m for m in range(32) if m % 5 == n % 5) for n in range(32)]
    assert out[0].tolist() == alike and set(out[1]) == {ALL} and set(out[2]) == {2}


@cuda.jit
def halves_wait_apart(out):
    shared = cuda.shared.array(32, int32)
    lane = cuda.laneid
    shared[lane] = lane
    if lane < 16:
        cuda.syncwarp(0xFFFF)
        out[lane] = shared[15 - lane]
    else:
        cuda.syncwarp(0xFFFF0000)
        out[lane] = shared[47 - lane]


def test_syncwarp():
    assert launched(halves_wait_apart, np.zeros(32, "i4")).tolist() == [
        *range(15, -1, -1),
        *range(31, 15, -1),
    ]


@cuda.jit
def hints(x, out):
    i = cuda.grid(1)
    cuda.nanosleep(100)
    total = cuda.ldca(x, i) + cuda.ldcg(x, i) + cuda.ldcs(x, i) + cuda.ldlu(x, i) + cuda.ldcv(x, i)
    cuda.stcg(out, i, total)
    cuda.stcs(out, i, total)
    cuda.stwb(out, i, total)
    cuda.stwt(out, i, total + 1)


def test_cache_hints_and_sleeping():
    x = np.arange(32, dtype="i4")
    assert np.array_equal(launched(hints, x, np.zeros(32, "i4")), 5 * x + 1)


def test_the_ptx_can_be_read():
    hints[1, 32](np.zeros(32, "i4"), np.zeros(32, "i4"))
    (text,) = hints.inspect_asm().values()
    assert "ld.global.cg.b32" in text and "nanosleep.u32" in text


# -- what it gets wrong --------------------------------------------------------------------------------


@cuda.jit
def multiply_add(a, b, c, out):
    out[0] = cuda.fma(a[0], b[0], c[0])
    out[1] = a[0] * b[0] + c[0]


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_multiply_add_rounds_once(kind):
    step = 2.0**-12 if kind == "f4" else 2.0**-30
    a, b, c = (np.array([v], kind) for v in (1 + step, 1 + step, -(1 + 2 * step)))
    exact = Fraction(1 + step) ** 2 - Fraction(1 + 2 * step)
    out = launched(multiply_add, a, b, c, np.zeros(2, kind), threads=1)
    assert [Fraction(float(x)) for x in out] == [exact, exact] and exact == Fraction(step) ** 2
    assert a[0] * b[0] + c[0] == 0  # rounded twice, nothing is left


@cuda.jit
def bits_of_64(x, out):
    out[0] = cuda.clz(x[0])
    out[1] = cuda.brev(x[0])


@pytest.mark.parametrize("value", [1, 0x123456789A, 1 << 63])
def test_clz_and_brev_see_64_bits(value):
    out = launched(bits_of_64, np.array([value], "u8"), np.zeros(2, "u8"), threads=1)
    assert out.tolist() == [64 - value.bit_length(), int(f"{value:064b}"[::-1], 2)]


@cuda.jit
def ones(x, out):
    out[0] = cuda.popc(x[0])


def test_minus_one_has_32_bits_set():
    assert launched(ones, np.array([-1], "i4"), np.zeros(1, "i4"), threads=1)[0] == 32


@cuda.jit
def floors(x, out):
    i = cuda.grid(1)
    out[i] = cuda.fp16.hfloor(x[i])


def test_hfloor_goes_down():
    x = np.array([1.5, -1.5, 0.25, -0.25, 7], np.float16)
    assert launched(floors, x, np.zeros(5, np.float16), threads=5).tolist() == [1, -2, 0, -1, 7]


@cuda.jit
def two_on_a_line(out):
    a, b = cuda.shared.array(32, int32), cuda.shared.array(32, int32)
    t = cuda.threadIdx.x
    a[t] = t
    b[t] = 100 + t
    cuda.syncthreads()
    out[t] = a[31 - t]


def test_two_shared_arrays_on_one_line_are_two():
    assert launched(two_on_a_line, np.zeros(32, "i4")).tolist() == list(range(31, -1, -1))


@cuda.jit
def own_shared_memory(out):
    mine = cuda.shared.array(1, int32)
    if cuda.threadIdx.x == 0:
        mine[0] = cuda.blockIdx.x
    cuda.syncthreads()
    out[cuda.grid(1)] = mine[0]


def test_shared_memory_is_a_blocks_own():
    out = launched(own_shared_memory, np.zeros(6 * 32, "i4"), blocks=6)
    assert np.array_equal(out, np.arange(6).repeat(32))


@cuda.jit
def leftover(out):
    mine = cuda.shared.array(32, int32)
    t = cuda.threadIdx.x
    if cuda.blockIdx.x == 0:
        mine[t] = 7
    cuda.syncthreads()
    out[cuda.grid(1)] = mine[31 - t]


def test_no_block_finds_what_another_left_in_shared_memory():
    with pytest.raises(SimulationError, match="nobody has written"):
        launched(leftover, np.zeros(64, "i4"), blocks=2)


@cuda.jit
def up_and_down(out):
    cuda.atomic.add(out, 0, 5)
    cuda.atomic.sub(out, 0, 5)
    cuda.atomic.max(out, 1, cuda.grid(1))
    cuda.atomic.min(out, 1, 1000)


def test_different_atomics_on_one_element():
    assert launched(up_and_down, np.zeros(2, "i4"), blocks=8, threads=64).tolist() == [0, 511]


@cuda.jit
def both_blocks_meet(x, out):
    i = cuda.grid(1)
    grid = cuda.cg.this_grid()
    x[i] = i
    grid.sync()
    out[i] = x[x.size - 1 - i]


def test_a_grid_of_two_blocks_meets():
    out = launched(both_blocks_meet, np.zeros(64, "i4"), np.zeros(64, "i4"), blocks=2)
    assert out.tolist() == list(range(63, -1, -1))


@cuda.jit
def first_waits_for_last(flag, out):
    if cuda.threadIdx.x == 0:
        if cuda.blockIdx.x == cuda.gridDim.x - 1:
            cuda.atomic.exch(flag, 0, 41)
        elif cuda.blockIdx.x == 0:
            while cuda.atomic.add(flag, 0, 0) == 0:
                pass
            out[0] = cuda.atomic.add(flag, 0, 0) + 1


def test_a_block_may_wait_for_a_later_one():
    assert launched(first_waits_for_last, np.zeros(1, "i4"), np.zeros(1, "i4"), blocks=500).tolist() == [42]


# -- mistakes it lets pass -----------------------------------------------------------------------------


@cuda.jit
def barrier_missing(x, out):
    shared = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    shared[t] = x[t]
    out[t] = shared[63 - t]


def test_a_missing_barrier_is_caught():
    with pytest.raises(DataRace, match="shared"):
        launched(barrier_missing, np.arange(64, dtype="f4"), np.zeros(64, "f4"), threads=64)


@cuda.jit
def barrier_in_a_branch(out):
    t = cuda.threadIdx.x
    if t < 40:
        cuda.syncthreads()
    out[t] = t


def test_a_barrier_that_some_threads_pass_by_is_caught():
    with pytest.raises(BarrierError):
        launched(barrier_in_a_branch, np.zeros(64, "i4"), threads=64)


def test_the_simulated_sm_is_what_ran():
    assert smsim.attached() is not None
