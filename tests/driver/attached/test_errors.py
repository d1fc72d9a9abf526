"""Exceptions cross the C interface as themselves."""

import numpy as np
import pytest
from kernels import add_one, unguarded
from numba import cuda

from smsim.errors import MemoryFault, SimulationError


def test_an_unguarded_kernel():
    with pytest.raises(MemoryFault) as caught:
        unguarded[1, 64](np.zeros(50, np.float32))
    error = caught.value
    assert error.kernel == "unguarded" and error.array == "x"
    assert error.source_line is not None and "x[i] = 1" in error.source_text
    assert error.__cause__ is None and error.__suppress_context__


def test_the_device_is_usable_afterwards():
    with pytest.raises(MemoryFault):
        unguarded[1, 64](np.zeros(50, np.float32))
    x = np.zeros(8, np.int32)
    add_one[1, 8](x)
    assert (x == 1).all()


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_interrupts_are_not_swallowed(device, monkeypatch, kind):
    def interrupted(*_, **__):
        raise kind("from within")

    monkeypatch.setattr(device, "prepare", interrupted)
    with pytest.raises(kind, match="from within"):
        add_one[1, 8](np.zeros(8, np.int32))


def test_an_interrupted_stream_is_empty_afterwards(device, monkeypatch):
    stream, d = cuda.stream(), cuda.to_device(np.zeros(8, np.int32))
    with monkeypatch.context() as patch:

        def interrupted(*_, **__):
            raise KeyboardInterrupt

        patch.setattr(device, "prepare", interrupted)
        add_one[1, 8, stream](d)
        with pytest.raises(KeyboardInterrupt):
            stream.synchronize()
    add_one[1, 8, stream](d)
    stream.synchronize()
    assert (d.copy_to_host() == 1).all()


def test_ptx_that_cannot_be_loaded():
    from smsim.driver.cudacore import cuda_core

    cuda_core().Device(0).set_current()
    code = cuda_core().ObjectCode.from_ptx(
        b".version 8.0\n.target sm_90\n.address_size 64\n.visible .entry f( { }"
    )
    with pytest.raises(Exception, match="LAUNCH_FAILED|unspecified launch failure"):
        code.get_kernel("f")
    from smsim.driver import crossing

    assert isinstance(crossing.pending(), SimulationError)
    crossing.forget()


def test_debug_raises_pythons_own_exception():
    @cuda.jit(debug=True, opt=False)
    def picky(x):
        i = cuda.threadIdx.x
        if x[i] > 3:
            raise ValueError("too large")
        x[i] = -1

    x = np.arange(5, dtype=np.int32)
    with pytest.raises(ValueError, match=r"tid=\[0, 0, 4\] ctaid=\[0, 0, 0\]: too large"):
        picky[1, 5](x)
