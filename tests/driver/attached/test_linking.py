"""What is handed over as PTX, and other code linked into a kernel."""

import numpy as np
import pytest
from kernels import saxpy
from numba import cuda, float32

from smsim.driver.compile import compile_for, ptx_for, types_of

TWICE = r'extern "C" __device__ int twice(float *result, float x) { *result = 2 * x; return 0; }'


def _text(dispatcher) -> str:
    return next(iter(dispatcher.overloads.values())).library.get_cubin().code.decode()


def test_line_numbers_survive_the_link():
    saxpy[1, 1](np.float32(1), *(np.zeros(1, np.float32),) * 3)
    text = _text(saxpy)
    assert "\t.loc\t" in text and "kernels.py" in text
    assert text.count(".version") == 1


def test_inspection_still_works():
    types = types_of(saxpy, (np.float32(1), *(np.zeros(1, np.float32),) * 3))
    saxpy[1, 1](np.float32(1), *(np.zeros(1, np.float32),) * 3)
    assert ".visible .entry" in saxpy.inspect_asm()[types]
    assert "define" in saxpy.inspect_llvm()[types]


def test_cuda_c_linked_into_a_kernel():
    twice = cuda.declare_device("twice", "float32(float32)", link=cuda.CUSource(TWICE))

    @cuda.jit
    def apply(x):
        i = cuda.threadIdx.x
        x[i] = twice(x[i])

    x = np.arange(8, dtype=np.float32)
    apply[1, 8](x)
    np.testing.assert_array_equal(x, 2 * np.arange(8))


def test_without_link_time_optimisation():
    @cuda.jit("void(float32[::1])", lto=False)
    def triple(x):
        i = cuda.threadIdx.x
        x[i] *= float32(3)

    x = np.ones(8, np.float32)
    triple[1, 8](x)
    assert (x == 3).all()


def test_machine_code_is_refused(tmp_path):
    from numba.cuda.cudadrv.driver import LinkerError

    cubin = tmp_path / "code.cubin"
    cubin.write_bytes(b"\x7fELF" + bytes(64))
    twice = cuda.declare_device("twice", "float32(float32)")

    @cuda.jit(link=[str(cubin)])
    def apply(x):
        x[0] = twice(x[0])

    with pytest.raises(LinkerError, match="executes PTX"):
        apply[1, 1](np.ones(1, np.float32))


def test_the_text_that_is_compiled_is_the_text_that_is_launched(launches):
    arguments = (np.float32(1), *(np.zeros(4, np.float32),) * 3)
    saxpy[1, 4](*arguments)
    compiled = compile_for(saxpy, types_of(saxpy, arguments))
    assert compiled.ptx.strip() == _text(saxpy).strip()
    assert compiled.entry == launches[-1]["function"].name


def test_other_gpus_can_be_compiled_for():
    arguments = (np.float32(1), *(np.zeros(4, np.float32),) * 3)
    text = ptx_for(saxpy, types_of(saxpy, arguments), (7, 5))
    assert ".target sm_75" in text
    assert ptx_for(saxpy, types_of(saxpy, arguments), (7, 5)) is text


def test_a_limit_on_registers_reaches_the_assembler():
    def many(x, out):
        i = cuda.grid(1)
        a, b, c, d = x[i], x[i + 1], x[i + 2], x[i + 3]
        for _ in range(8):
            a, b, c, d = b * c + d, c * d + a, d * a + b, a * b + c
        out[i] = a + b + c + d

    signature = "void(float64[::1], float64[::1])"
    free, limited = cuda.jit(signature)(many), cuda.jit(signature, max_registers=24)(many)

    def registers(kernel):
        return next(iter(kernel.overloads.values())).regs_per_thread

    assert registers(limited) <= 24 < registers(free)
