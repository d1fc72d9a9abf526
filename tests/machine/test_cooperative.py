"""Cooperative groups: all threads of the grid wait for each other."""

import numpy as np
import pytest
from numba import cuda

from smsim import errors


@cuda.jit
def rotate(a, out):
    grid = cuda.cg.this_grid()
    i = cuda.grid(1)
    for _ in range(3):
        out[i] = a[(i + 1) % a.size]
        grid.sync()
        a[i] = out[i]
        grid.sync()


@cuda.jit
def rotate_without_waiting(a, out):
    i = cuda.grid(1)
    out[i] = a[(i + 1) % a.size]
    cuda.syncthreads()
    a[i] = out[i]
    cuda.cg.this_grid().sync()


@pytest.mark.parametrize("blocks", [1, 10, 900])
def test_the_grid_meets_also_when_it_is_run_in_several_parts(blocks):
    a, out = np.arange(64.0 * blocks), np.zeros(64 * blocks)
    rotate[blocks, 64](a, out)
    assert np.array_equal(a, np.roll(np.arange(64.0 * blocks), -3))


def test_a_barrier_of_the_block_is_not_enough():
    a, out = np.arange(640.0), np.zeros(640)
    with pytest.raises(errors.DataRace, match="nothing orders the two blocks"):
        rotate_without_waiting[10, 64](a, out)
