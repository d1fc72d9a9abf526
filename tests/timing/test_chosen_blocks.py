"""A launch may run chosen blocks only: they are the blocks of the grid that they say they are."""

import numpy as np
import pytest
from numba import cuda
from recorded_kernels import recorded

import smsim.machine.launch
from smsim.errors import DataRace, MemoryFault
from smsim.isolated import isolate


@cuda.jit
def where_am_i(out):
    b = cuda.blockIdx.x + cuda.gridDim.x * (cuda.blockIdx.y + cuda.gridDim.y * cuda.blockIdx.z)
    out[b, cuda.threadIdx.x] = 1000 * b + cuda.threadIdx.x


@pytest.mark.parametrize("lanes", [64, 32768])
def test_chosen_blocks_know_their_numbers(lanes, monkeypatch):
    monkeypatch.setattr(smsim.machine.launch, "CHUNK_LANES", lanes)
    isolated = isolate("profile", where_am_i[(3, 5, 2), 32], (np.full((30, 32), -1),))
    launch = isolated.prepare()
    launch.chosen = np.array([2, 7, 28, 11])
    launch.run()
    (out,) = isolated.results()
    expected = np.full((30, 32), -1)
    for b in launch.chosen:
        expected[b] = 1000 * b + np.arange(32)
    assert np.array_equal(out, expected)


@cuda.jit
def far(out):
    if cuda.blockIdx.x == 6 and cuda.threadIdx.x == 5:
        out[1000] = 1


@cuda.jit
def neighbours(out):
    out[cuda.blockIdx.x // 8] = cuda.blockIdx.x


def test_an_estimate_finds_what_is_wrong_in_its_blocks_and_names_them():
    with pytest.raises(MemoryFault) as caught:
        recorded(far[16, 32], (np.zeros(4),), per_sm=2, estimate=True)
    assert caught.value.block == (6, 0, 0) and caught.value.threads == ((5, 0, 0),)
    with pytest.raises(DataRace) as caught:
        recorded(neighbours[32, 32], (np.zeros(4),), per_sm=2, estimate=True)
    assert {b % 2 for b, _, _ in caught.value.blocks} == {0}
    assert (6, 0, 0) in caught.value.blocks


def test_a_wrong_program_is_not_recorded():
    with pytest.raises(MemoryFault):
        recorded(far[16, 32], (np.zeros(4),))
