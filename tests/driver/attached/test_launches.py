"""Launching: shapes, limits, and Numba's other ways to start a kernel."""

import numpy as np
import pytest
from kernels import add_one, saxpy
from numba import cuda, float32, int32, vectorize

from smsim.errors import LaunchError


def test_saxpy():
    x = np.arange(1000, dtype=np.float32)
    y, out = np.ones_like(x), np.zeros_like(x)
    saxpy[8, 128](np.float32(2), x, y, out)
    np.testing.assert_array_equal(out, 2 * x + y)


def test_two_dimensions():
    @cuda.jit
    def where(out):
        i, j = cuda.grid(2)
        if i < out.shape[0] and j < out.shape[1]:
            out[i, j] = 100 * i + j

    out = np.zeros((7, 5), np.int32)
    where[(2, 2), (4, 4)](out)
    np.testing.assert_array_equal(out, 100 * np.arange(7)[:, None] + np.arange(5))


def test_shared_memory_of_both_kinds():
    @cuda.jit
    def reverse(x, out):
        fixed = cuda.shared.array(64, int32)
        asked = cuda.shared.array(0, int32)
        i = cuda.threadIdx.x
        asked[i] = x[i]
        fixed[i] = 10 * x[i]
        cuda.syncthreads()
        out[i] = asked[63 - i] + fixed[63 - i]

    x = np.arange(64, dtype=np.int32)
    out = np.zeros(64, np.int32)
    reverse[1, 64, 0, 256](x, out)
    np.testing.assert_array_equal(out, 11 * x[::-1])


def test_forall():
    x = np.zeros(1000, np.int32)
    add_one.forall(x.size)(x)
    assert (x == 1).all()


def test_vectorize():
    @vectorize(["float32(float32, float32)"], target="cuda")
    def norm(a, b):
        return a * a + b * b

    a = np.arange(100, dtype=np.float32)
    np.testing.assert_array_equal(norm(a, a), 2 * a * a)


def test_device_function_and_constant_array():
    table = np.array([10, 20, 30], np.int32)

    @cuda.jit(device=True)
    def look(i):
        return cuda.const.array_like(table)[i]

    @cuda.jit
    def copy(out):
        i = cuda.threadIdx.x
        out[i] = look(i)

    out = np.zeros(3, np.int32)
    copy[1, 3](out)
    np.testing.assert_array_equal(out, table)


def test_atomics():
    @cuda.jit
    def count(x, bins):
        i = cuda.grid(1)
        if i < x.size:
            cuda.atomic.add(bins, x[i], 1)

    x = (np.arange(1000) % 7).astype(np.int32)
    bins = np.zeros(7, np.int32)
    count[8, 128](x, bins)
    np.testing.assert_array_equal(bins, np.bincount(x))


@pytest.mark.parametrize(
    "grid, block, text",
    [
        (0, 32, "the grid is .0, 1, 1.; it needs at least one block"),
        (1, 0, "the block is .0, 1, 1.; it needs at least one thread"),
        (1, 1025, "at most 1024 threads in x, and 1025"),
        (1, (32, 64), "has 2048 threads; the H800 allows at most 1024"),
        (1, (1, 1, 65), "at most 64 threads in z, and 65"),
        ((1, 70000), 1, "at most 65535 blocks in y, and 70000"),
    ],
)
def test_impossible_shapes(grid, block, text, launches):
    x = np.zeros(4, np.int32)
    with pytest.raises(LaunchError, match=text) as caught:
        add_one[grid, block](x)
    assert caught.value.kernel == "add_one"
    assert not launches


def test_too_much_shared_memory(launches):
    x = np.zeros(4, np.int32)
    with pytest.raises(LaunchError, match="needs 60000 bytes of shared memory.*at most 49152"):
        add_one[1, 1, 0, 60000](x)
    assert not launches


def test_opting_in_to_more_shared_memory():
    from cuda.bindings import driver

    x = np.zeros(4, np.int32)
    add_one[1, 4](x)
    kernel = next(iter(add_one.overloads.values()))._codelibrary.get_cufunc()
    attribute = driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
    if hasattr(driver, "cuKernelSetAttribute") and hasattr(kernel, "kernel"):
        (code,) = driver.cuKernelSetAttribute(attribute, 200000, kernel.handle, driver.CUdevice(0))
    else:
        (code,) = driver.cuFuncSetAttribute(kernel.handle, attribute, 200000)
    assert code == 0
    add_one[1, 4, 0, 200000](x)
    assert (x == 2).all()


def test_launch_bounds():
    @cuda.jit("void(int32[::1])", launch_bounds=64)
    def bounded(x):
        x[cuda.threadIdx.x] = 1

    x = np.zeros(128, np.int32)
    with pytest.raises(LaunchError, match="compiled for at most 64"):
        bounded[1, 128](x)


def test_registers_are_those_of_nvidias_assembler():
    saxpy[1, 1](np.float32(1), *(np.zeros(1, np.float32),) * 3)
    registers = saxpy.get_regs_per_thread()
    assert all(8 <= n <= 32 for n in registers.values())


def test_cooperative_grid_that_does_not_fit():
    @cuda.jit
    def together(x):
        cuda.cg.this_grid().sync()
        x[0] = 1

    with pytest.raises(LaunchError, match="a cooperative grid of 100000 blocks; the H800 holds"):
        together[100000, 1024](np.zeros(1, float32.name))
