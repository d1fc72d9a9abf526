"""Chapter 07 says that NVIDIA's C++ compiler leaves as many loads of shared memory as Numba does of our kernel."""

from __future__ import annotations

from collections import Counter

import pytest
from sass import disassembled

SOURCE = """
extern "C" __global__ void shared(const float *A, const float *B, float *C, int K, int N) {
    __shared__ float a[32][32], b[32][32];
    int x = threadIdx.x, y = threadIdx.y, j = blockIdx.x * 32 + x, i = blockIdx.y * 32 + y;
    float total = 0;
    for (int k0 = 0; k0 < K; k0 += 32) {
        a[y][x] = A[i * K + k0 + x];
        b[y][x] = B[(k0 + y) * N + j];
        __syncthreads();
        for (int k = 0; k < 32; ++k) total += a[y][k] * b[k][x];
        __syncthreads();
    }
    C[i * N + j] = total;
}
"""


def compiled(arch: str) -> bytes:
    nvrtc = pytest.importorskip("cuda.bindings.nvrtc")
    _, program = nvrtc.nvrtcCreateProgram(SOURCE.encode(), b"shared.cu", 0, [], [])
    (status,) = nvrtc.nvrtcCompileProgram(program, 1, [f"--gpu-architecture={arch}".encode()])
    assert status == nvrtc.nvrtcResult.NVRTC_SUCCESS
    _, size = nvrtc.nvrtcGetCUBINSize(program)
    cubin = b" " * size
    nvrtc.nvrtcGetCUBIN(program, cubin)
    return cubin


def test_eight_loads_of_four_and_32_of_one_for_32_products():
    (code,) = disassembled(compiled("sm_86")).values()
    counts = Counter(instruction.opcode for instruction in code)
    assert (counts["LDS.128"], counts["LDS"], counts["FFMA"]) == (8, 32, 32)
