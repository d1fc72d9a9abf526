"""The driver's cuOccupancy... functions, asked as numba-cuda and other programs ask them."""

from contextlib import contextmanager

import numpy as np
import pytest
from cuda.bindings import driver
from numba import cuda, float32

import smsim


@cuda.jit("void(float32[::1])")
def held(x):
    room = cuda.shared.array(1000, float32)
    i = cuda.threadIdx.x
    room[i] = x[i]
    cuda.syncthreads()
    x[i] = room[31 - i]


@cuda.jit("void(float32[::1])", launch_bounds=200)
def bounded(x):
    x[cuda.threadIdx.x] = 1


def handle(kernel):
    x = np.zeros(32, np.float32)
    kernel[1, 32](x)
    return next(iter(kernel.overloads.values()))._codelibrary.get_cufunc()


def asked(function, *arguments):
    code, *found = function(*arguments)
    return (int(code), *map(int, found))


@contextmanager
def set_to(kernel, attribute, value, back):
    """With an attribute of the kernel set to ``value``; ``back`` afterwards."""
    _set(kernel, attribute, value)
    try:
        yield
    finally:
        _set(kernel, attribute, back)


def _set(kernel, attribute, value):
    if hasattr(driver, "cuKernelSetAttribute") and hasattr(kernel, "kernel"):
        (code,) = driver.cuKernelSetAttribute(attribute, value, kernel.handle, driver.CUdevice(0))
    else:
        (code,) = driver.cuFuncSetAttribute(kernel.handle, attribute, value)
    assert code == 0


DYNAMIC = driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
CARVEOUT = driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT
FREE = 48 * 1024 - 4000


@pytest.mark.parametrize("threads, dynamic", [(32, 0), (250, 0), (256, 30_000), (1024, 0), (64, 225_000)])
def test_active_blocks_are_those_of_smsim_occupancy(threads, dynamic):
    kernel = handle(held)
    with set_to(kernel, DYNAMIC, max(dynamic, FREE), FREE):
        ask = driver.cuOccupancyMaxActiveBlocksPerMultiprocessor
        assert asked(ask, kernel.handle, threads, dynamic) == (
            0,
            smsim.occupancy(held, threads, dynamic).blocks,
        )


def test_numba_asks_the_same():
    kernel = handle(held)
    context = cuda.current_context()
    assert context.get_active_blocks_per_multiprocessor(kernel, 256, 0) == smsim.occupancy(held, 256).blocks


@pytest.mark.parametrize("dynamic", [FREE + 1, 230_000])
def test_more_shared_memory_than_was_opted_in_to_leaves_no_block(dynamic):
    kernel = handle(held)
    assert asked(driver.cuOccupancyMaxActiveBlocksPerMultiprocessor, kernel.handle, 64, dynamic) == (0, 0)
    assert asked(driver.cuOccupancyMaxPotentialBlockSize, kernel.handle, None, dynamic, 0) == (0, 0, 0)


@pytest.mark.parametrize("percent", [0, 30, 100])
def test_a_wish_for_l1_counts(percent):
    kernel = handle(held)
    with set_to(kernel, CARVEOUT, percent, -1):
        code, blocks = asked(driver.cuOccupancyMaxActiveBlocksPerMultiprocessor, kernel.handle, 32, 0)
    assert code == 0 and blocks == smsim.occupancy(held, 32, carveout=percent).blocks


def test_no_threads_is_an_error():
    code, *_ = driver.cuOccupancyMaxActiveBlocksPerMultiprocessor(handle(held).handle, 0, 0)
    assert code == driver.CUresult.CUDA_ERROR_INVALID_VALUE


@pytest.mark.parametrize(
    "kernel, limit, dynamic", [(held, 0, 0), (held, 100, 0), (held, 0, 40_000), (bounded, 0, 0)]
)
def test_the_best_block_size_is_the_largest_of_the_best(kernel, limit, dynamic):
    ask = driver.cuOccupancyMaxPotentialBlockSize
    code, grid, block = asked(ask, handle(kernel).handle, None, dynamic, limit)
    most = min(200 if kernel is bounded else 1024, limit or 1024)
    sizes = [*range(32, most + 1, 32), most]
    found = {size: smsim.occupancy(kernel, size, dynamic) for size in sizes}
    threads = {size: f.active_threads for size, f in found.items()}
    assert code == 0 and block == max(sizes, key=lambda size: (threads[size], size))
    assert grid == 132 * found[block].blocks


@pytest.mark.parametrize("blocks", [1, 2, 5, 17, 32])
def test_the_dynamic_shared_memory_that_leaves_room_for_so_many_blocks(blocks):
    kernel, most = handle(held), 227 * 1024 - 4000
    with set_to(kernel, DYNAMIC, most, FREE):
        code, size = asked(driver.cuOccupancyAvailableDynamicSMemPerBlock, kernel.handle, blocks, 64)
    assert code == 0 and smsim.occupancy(held, 64, size).blocks >= blocks
    assert size == most if blocks == 1 else smsim.occupancy(held, 64, size + 1).blocks < blocks


@pytest.mark.parametrize("blocks", [0, 33])
def test_blocks_that_do_not_fit_even_so(blocks):
    code, *_ = driver.cuOccupancyAvailableDynamicSMemPerBlock(handle(held).handle, blocks, 64)
    assert code == driver.CUresult.CUDA_ERROR_INVALID_VALUE
