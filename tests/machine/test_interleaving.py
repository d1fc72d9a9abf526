"""What a seed may change, and what it may not."""

import numpy as np
import pytest
from numba import cuda, float32, int32

import smsim
from smsim import errors
from smsim.driver.attach import attached

SEEDS = range(12)
N = 512


@pytest.fixture(autouse=True)
def fixed_order_afterwards():
    yield
    smsim.attach(seed=None, hazards="raise")


def results(launch, *arguments, seeds=SEEDS):
    """What the last argument holds after the launch, by seed."""
    out = []
    for seed in seeds:
        smsim.attach(seed=seed)
        given = [np.array(a) for a in arguments]
        launch(*given)
        out.append(given[-1])
    return out


@cuda.jit
def sums_of_blocks(x, out):
    part = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    part[t] = x[cuda.grid(1)]
    cuda.syncthreads()
    half = 32
    while half > 0:
        if t < half:
            part[t] += part[t + half]
        cuda.syncthreads()
        half //= 2
    if t == 0:
        cuda.atomic.add(out, 0, part[0])
        cuda.atomic.max(out, 1, part[0])


def test_whole_numbers_without_a_race_are_the_same_under_every_seed():
    x = np.random.default_rng(1).integers(0, 1000, N).astype("i4")
    blocks = x.reshape(-1, 64).sum(axis=1)
    for out in results(sums_of_blocks[N // 64, 64], x, np.zeros(2, "i4")):
        assert out.tolist() == [blocks.sum(), blocks.max()]


@cuda.jit
def steps_to_one(out):
    i = cuda.grid(1)
    n, count = i + 1, 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        count += 1
    out[i] = count


def test_threads_that_go_round_a_loop_for_different_times():
    first, *others = results(steps_to_one[4, 32], np.zeros(128, "i4"), seeds=(None, *SEEDS[:6]))
    assert first[26] == 111
    assert all(np.array_equal(first, out) for out in others)


@cuda.jit
def float_sum(x, out):
    cuda.atomic.add(out, 0, x[cuda.grid(1)])


def test_sums_of_floats_differ_in_rounding_only():
    x = np.random.default_rng(2).normal(size=N).astype("f4")
    sums = np.array([out[0] for out in results(float_sum[8, 64], x, np.zeros(1, "f4"))], "f8")
    assert np.unique(sums).size > 1
    assert np.abs(sums - x.astype("f8").sum()).max() < N * np.finfo("f4").eps * np.abs(x).sum()


@cuda.jit
def take_slots(counter, slot):
    slot[cuda.grid(1)] = cuda.atomic.add(counter, 0, 1)


def test_slots_are_handed_out_once_each_in_an_order_of_the_seed():
    orders = results(take_slots[8, 64], np.zeros(1, "i4"), np.zeros(N, "i4"))
    assert all(np.array_equal(np.sort(order), np.arange(N)) for order in orders)
    assert len({order.tobytes() for order in orders}) == len(SEEDS)


def test_a_seed_repeats_bit_for_bit_and_no_seed_is_the_order_of_lanes():
    arguments = np.zeros(1, "i4"), np.zeros(N, "i4")
    again = results(take_slots[8, 64], *arguments, seeds=(3, 3, None, None, 3))
    assert again[0].tobytes() == again[1].tobytes() == again[4].tobytes()
    assert again[2].tolist() == again[3].tolist() == list(range(N))


@cuda.jit
def everybody_writes(out):
    out[0] = cuda.grid(1)
    mine = cuda.shared.array(1, int32)
    mine[0] = cuda.grid(1)
    cuda.syncthreads()
    out[1 + cuda.blockIdx.x] = mine[0]


def test_where_stores_race_another_one_may_win():
    smsim.attach(hazards="off")
    found = np.array(results(everybody_writes[4, 64], np.zeros(5, "i4")))
    assert all(np.unique(column).size > 3 for column in found.T)
    assert (found[:, 1:] // 64 == np.arange(4)).all()


@cuda.jit
def increments(out):
    i = cuda.grid(1)
    k = 0
    while k < 1 + i % 3:
        out[0] += 1
        k += 1


def test_an_increment_that_is_no_atomic_loses_a_varying_number():
    smsim.attach(hazards="off")
    assert len({int(out[0]) for out in results(increments[2, 64], np.zeros(1, "i4"))}) > 2


@cuda.jit
def where_am_i(out):
    out[cuda.grid(1)] = smsim.asm("mov.u32 %0, %%smid;", "=r")


def test_smid_is_the_block_modulo_the_sms_renamed_by_the_seed():
    plain, *renamed = results(where_am_i[200, 1], np.zeros(200, "i4"), seeds=(None, *SEEDS))
    assert np.array_equal(plain, np.arange(200) % 132)
    for smids in renamed:
        assert np.array_equal(np.sort(smids[:132]), np.arange(132))
        assert np.array_equal(smids[132:], smids[:68])
    assert len({smids.tobytes() for smids in renamed}) == len(SEEDS)


@cuda.jit
def who_runs_with_me(out):
    i = cuda.grid(1)
    out[i] = cuda.activemask()


def test_activemask_may_be_split_into_sets_that_run_together():
    split = 0
    for out in results(who_runs_with_me[2, 64], np.zeros(128, "u4")):
        for warp in out.reshape(-1, 32):
            bits = warp[:, None] >> np.arange(32, dtype="u4") & 1
            assert np.array_equal(bits, bits.T) and bits.diagonal().all()
            assert all((warp[bits[lane] == 1] == warp[lane]).all() for lane in range(32))
            split += np.unique(warp).size > 1
    assert split


@cuda.jit
def one_atomic_for_those_who_are_here(out):
    here = cuda.activemask()
    leader = cuda.ffs(here) - 1
    first = 0
    if cuda.laneid == leader:
        first = cuda.atomic.add(out, 0, cuda.popc(here))
    first = cuda.shfl_sync(here, first, leader)
    rank = cuda.popc(here & ((1 << cuda.laneid) - 1))
    out[1 + first + rank] = cuda.grid(1)


def test_lanes_that_count_themselves_get_a_place_each():
    found = results(one_atomic_for_those_who_are_here[4, 64], np.zeros(257, "i4"))
    assert all(out[0] == 256 and np.array_equal(np.sort(out[1:]), np.arange(256)) for out in found)
    assert len({out.tobytes() for out in found}) > 3


@cuda.jit
def rotate(a, out):
    grid = cuda.cg.this_grid()
    i = cuda.grid(1)
    for _ in range(3):
        out[i] = a[(i + 1) % a.size]
        grid.sync()
        a[i] = out[i]
        grid.sync()


def test_the_grid_waits_for_itself_under_every_seed():
    for out in results(rotate[10, 32], np.arange(320.0), np.zeros(320)):
        assert np.array_equal(out, np.roll(np.arange(320.0), -3))


@cuda.jit(device=True, inline="never")
def through_shared(tile, t, value):
    tile[t] = value
    cuda.syncthreads()
    return tile[63 - t]


@cuda.jit
def two_ways_to_a_call(x, out):
    tile = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    if t < 32:
        out[cuda.grid(1)] = through_shared(tile, t, x[cuda.grid(1)])
    else:
        out[cuda.grid(1)] = through_shared(tile, t, -x[cuda.grid(1)])


def test_a_barrier_inside_a_function_that_warps_call_from_two_places():
    x = np.arange(1, 129, dtype="f4")
    y = x.reshape(2, 64).copy()
    y[:, 32:] *= -1
    for out in results(two_ways_to_a_call[2, 64], x, np.zeros(128, "f4")):
        assert np.array_equal(out.reshape(2, 64), y[:, ::-1])


@pytest.mark.parametrize("seed", [-1, 1.5, "7", True])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(errors.LaunchError, match="whole number from 0 on"):
        smsim.attach(seed=seed)
    with pytest.raises(errors.LaunchError, match="whole number from 0 on"):
        smsim.check(take_slots[1, 32], np.zeros(1, "i4"), np.zeros(32, "i4"), seed=seed)


def test_check_takes_a_seed_of_its_own():
    given = np.zeros(1, "i4"), np.zeros(N, "i4")
    slots = [smsim.check(take_slots[8, 64], *given, seed=seed).results[1] for seed in (None, 5, 5, 6)]
    assert slots[0].tolist() == list(range(N))
    assert slots[1].tobytes() == slots[2].tobytes() != slots[3].tobytes()


def test_a_second_attach_without_a_seed_leaves_it_as_it_is():
    smsim.attach(seed=np.int64(7))
    engine = smsim.attach()
    assert engine.device.seed == 7 and str(engine).endswith("Threads run in the order of seed 7.")
    smsim.attach(seed=None)
    assert attached().device.seed is None and "seed" not in str(engine)
