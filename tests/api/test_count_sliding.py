"""Counts of accesses that slide along, which are remembered where they are the same but for whole lines."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import cuda, float32

import smsim


@cuda.jit
def sliding(x, out, start, step, turns):
    """Half a warp reads along a row, and all along the tile: the same pattern, a little further on each time."""
    tile = cuda.shared.array(1024, float32)
    x_of, row = cuda.threadIdx.x, cuda.blockIdx.x * 4 + cuda.threadIdx.y
    t = 16 * cuda.threadIdx.y + x_of
    for n in range(t, 1024, 64):
        tile[n] = n
    cuda.syncthreads()
    total, k = float32(0), 0
    while k < turns:
        total += x[row, start + x_of + k] + tile[(t * step + k) % 1024]
        k += 1
    out[row, x_of] = total


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 40), st.integers(1, 70), st.integers(1, 12))
def test_places_that_come_again_are_counted_as_if_each_was_new(start, step, turns):
    blocks, threads, columns = 3, 64, start + turns + 15
    x, out = np.zeros((blocks * threads // 16, columns), np.float32), np.zeros((blocks * 4, 16), np.float32)
    counts = smsim.count(sliding[blocks, (16, 4)], x, out, start, step, turns)
    sectors = wavefronts = 0
    for k in range(turns):
        for lanes in np.arange(blocks * threads).reshape(-1, 32):
            sectors += np.unique(4 * (lanes // 16 * columns + start + lanes % 16 + k) // 32).size
            words = np.unique((lanes % threads * step + k) % 1024)
            wavefronts += np.bincount(words % 32).max()
    assert counts["l1tex__t_sectors_pipe_lsu_mem_global_op_ld.sum"] == sectors
    assert counts["l1tex__data_pipe_lsu_wavefronts_mem_shared_op_ld.sum"] == wavefronts
