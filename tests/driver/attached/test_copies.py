"""Arrays between host and device."""

import numpy as np
import pytest
from kernels import add_one
from numba import cuda
from numba.cuda.cudadrv.driver import CudaAPIError

from smsim.errors import MemoryFault


def test_there_and_back():
    x = np.arange(1000, dtype=np.float64)
    d = cuda.to_device(x)
    np.testing.assert_array_equal(d.copy_to_host(), x)
    d.copy_to_device(x[::-1].copy())
    np.testing.assert_array_equal(d.copy_to_host(), x[::-1])


def test_fresh_device_memory_is_not_zero():
    assert (cuda.device_array(16, np.uint8).copy_to_host() == 0xCD).all()


def test_slices_and_items():
    x = np.arange(24, dtype=np.int32).reshape(4, 6)
    d = cuda.to_device(x)
    np.testing.assert_array_equal(d[1:3].copy_to_host(), x[1:3])
    np.testing.assert_array_equal(d[2].copy_to_host(), x[2])
    assert d[3, 4] == x[3, 4]
    d[0] = np.full(6, 7, np.int32)
    assert (d.copy_to_host()[0] == 7).all()


@pytest.mark.parametrize("order", ["C", "F"])
def test_layouts(order):
    x = np.asarray(np.arange(12.0).reshape(3, 4), order=order)
    d = cuda.to_device(x)
    assert d.strides == x.strides
    np.testing.assert_array_equal(d.copy_to_host(), x)


def test_device_to_device():
    x = cuda.to_device(np.arange(8))
    y = cuda.device_array_like(x)
    y.copy_to_device(x)
    np.testing.assert_array_equal(y.copy_to_host(), np.arange(8))


def test_host_array_argument_is_copied_in_and_back():
    x = np.zeros(100, np.int32)
    add_one[1, 128](x)
    assert (x == 1).all()


def test_pinned():
    x = cuda.pinned_array(100, np.int32)
    x[:] = 5
    d = cuda.to_device(x)
    add_one[1, 128](d)
    d.copy_to_host(x)
    assert (x == 6).all()


def test_pinning_an_array_for_a_while():
    x = np.arange(64, dtype=np.int32)
    stream = cuda.stream()
    with cuda.pinned(x):
        d = cuda.to_device(x, stream=stream)
        add_one[1, 64, stream](d)
        d.copy_to_host(x, stream=stream)
        stream.synchronize()
    np.testing.assert_array_equal(x, np.arange(64) + 1)


def test_mapped():
    x = cuda.mapped_array(64, np.int32)
    x[:] = 1
    add_one[1, 64](x)
    assert (np.asarray(x) == 2).all()


def test_managed():
    x = cuda.managed_array(64, np.int32)
    x[:] = 1
    add_one[1, 64](x)
    cuda.synchronize()
    assert (np.asarray(x) == 2).all()


def test_memset_of_a_slice():
    d = cuda.to_device(np.zeros(8, np.float32))
    d[2:4] = 3.0
    np.testing.assert_array_equal(d.copy_to_host(), [0, 0, 3, 3, 0, 0, 0, 0])


def test_out_of_memory_is_cudas_own_error():
    with pytest.raises(CudaAPIError, match="CUDA_ERROR_OUT_OF_MEMORY"):
        cuda.device_array(1 << 40, np.float64)


def test_memory_information_follows_allocations():
    before = cuda.current_context().get_memory_info()
    assert before.total == 84943110144
    kept = cuda.device_array(1 << 20, np.uint8)
    assert before.free - cuda.current_context().get_memory_info().free == kept.nbytes


def test_copy_past_the_end_is_explained(device):
    from numba.cuda.cudadrv import driver

    d = cuda.to_device(np.zeros(4, np.uint8))
    target = np.zeros(64, np.uint8)
    with pytest.raises(MemoryFault, match="64 bytes.*ends after 4 bytes"):
        driver.device_to_host(target, d, 64)


def test_freed_memory_is_given_back(device):
    d = cuda.device_array(12345, np.uint8)
    address = d.device_ctypes_pointer.value
    assert device.memory.range_of(address) == (address, 12345)
    del d
    cuda.current_context().deallocations.clear()
    cuda.current_context().memory_manager.deallocations.clear()
    assert device.memory.range_of(address) is None


def test_cuda_array_interface():
    d = cuda.to_device(np.arange(10, dtype=np.int32))

    class Other:
        __cuda_array_interface__ = d.__cuda_array_interface__

    view = cuda.as_cuda_array(Other())
    add_one[1, 32](view)
    np.testing.assert_array_equal(d.copy_to_host(), np.arange(10) + 1)
