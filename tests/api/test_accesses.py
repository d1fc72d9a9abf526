"""``accesses``: the addresses of one warp, as the kernel's own index arithmetic gives them."""

import numpy as np
import pytest
from numba import cuda

import smsim
from smsim.counting.accesses import accesses
from smsim.errors import MemoryFault
from smsim.timing import coalesce

LANE = np.arange(32)


@cuda.jit
def strided(x, out, stride):
    i = cuda.grid(1)
    out[i] = x[stride * i + 1]


@cuda.jit
def second_warp_only(x, out):
    i = cuda.grid(1)
    if i >= 40:
        out[i] = x[i]


@cuda.jit
def tally(counts):
    cuda.atomic.add(counts, cuda.grid(1) // 2, 1)


def arrays(count=1024):
    return np.arange(count, dtype=np.float32), np.zeros(64, np.float32)


def test_offsets_are_those_of_the_index():
    load, store = accesses(strided[2, 32], *arrays(), 3)
    assert (load.operation, load.array, load.width) == ("ld", "x", 4)
    assert load.offset.tolist() == (4 * (3 * LANE + 1)).tolist()
    assert load.text == "out[i] = x[stride * i + 1]" and load.line > 0
    assert (store.operation, store.array) == ("st", "out")
    assert (load.spelling, store.spelling) == ("ld.global.f32", "st.global.f32")
    assert store.offset.tolist() == (4 * LANE).tolist()
    assert load.active.all() and store.active.all()


def test_they_are_what_count_adds_up():
    for stride in (1, 2, 5, 8):
        load = accesses(strided[1, 32], *arrays(), stride)[0]
        counts = smsim.count(strided[1, 32], *arrays(), stride)
        found = coalesce.sectors(load.offset[None], load.active[None], load.width)[0]
        assert found == counts["l1tex__t_sectors_pipe_lsu_mem_global_op_ld.sum"]


def test_the_first_warp_that_takes_part_and_only_its_active_lanes():
    load, store = accesses(second_warp_only[1, 64], *arrays())
    for access in (load, store):
        assert access.active.tolist() == (LANE >= 8).tolist()
        assert access.offset[8:].tolist() == (4 * (32 + LANE[8:])).tolist()
        assert not access.offset[:8].any()


def test_atomics_are_accesses_too():
    (access,) = accesses(tally[1, 32], np.zeros(16, np.int32))
    assert access.operation in ("atom", "red")
    assert access.offset.tolist() == (4 * (LANE // 2)).tolist()


def test_a_slice_counts_from_its_own_first_element():
    base = cuda.to_device(arrays()[0])
    load = accesses(strided[1, 32], base[8:], np.zeros(32, np.float32), 1)[0]
    assert load.array == "x" and load.offset[0] == 4


def test_arguments_stay_and_wrong_programs_are_refused():
    x, out = arrays()
    accesses(strided[2, 32], x, out, 1)
    assert not out.any()
    with pytest.raises(MemoryFault):
        accesses(strided[2, 32], x[:10].copy(), out, 1)
