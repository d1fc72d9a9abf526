"""A matrix product on the tensor cores, written in Python with three lines of PTX."""

import numpy as np
import pytest
from numba import cuda, float32

import smsim

LOAD_A = """{ .reg .b64 row; cvta.to.shared.u64 row, %4;
ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [row]; }"""
LOAD_B = """{ .reg .b64 row; cvta.to.shared.u64 row, %2;
ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [row]; }"""
MULTIPLY = """mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32
{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"""


@cuda.jit
def tensor_matmul(a, b, c):
    """c = a @ b, one warp for each 16 by 8 tile of c; a and b are float16, c is float32."""
    tile_a = cuda.shared.array((16, 16), np.float16, alignment=16)
    tile_b = cuda.shared.array((16, 8), np.float16, alignment=16)
    lane = cuda.threadIdx.x
    row, column = 16 * cuda.blockIdx.y, 8 * cuda.blockIdx.x
    d0 = d1 = d2 = d3 = float32(0)
    for k in range(0, a.shape[1], 16):
        for i in range(lane, 256, 32):
            tile_a[i // 16, i % 16] = a[row + i // 16, k + i % 16]
        for i in range(lane, 128, 32):
            tile_b[i // 8, i % 8] = b[k + i // 8, column + i % 8]
        cuda.syncwarp()
        row_of_a, row_of_b = tile_a[lane % 16, lane // 16 * 8 :], tile_b[lane % 16]
        a0, a1, a2, a3 = smsim.asm(LOAD_A, "=r, =r, =r, =r, l, memory", row_of_a)
        b0, b1 = smsim.asm(LOAD_B, "=r, =r, l, memory", row_of_b)
        d0, d1, d2, d3 = smsim.asm(
            MULTIPLY, "+f, +f, +f, +f, r, r, r, r, r, r", d0, d1, d2, d3, a0, a1, a2, a3, b0, b1
        )
        cuda.syncwarp()
    i, j = row + lane // 4, column + lane % 4 * 2
    c[i, j], c[i, j + 1] = d0, d1
    c[i + 8, j], c[i + 8, j + 1] = d2, d3


def matrices(m, n, k, seed=0):
    random = np.random.default_rng(seed)
    a = random.standard_normal((m, k)).astype(np.float16)
    b = random.standard_normal((k, n)).astype(np.float16)
    return a, b, np.zeros((m, n), np.float32)


@pytest.mark.parametrize("shape", [(16, 8, 16), (64, 32, 96), (32, 48, 256)])
def test_it_agrees_with_numpy_in_float64(shape):
    a, b, c = matrices(*shape)
    m, n, k = shape
    tensor_matmul[(n // 8, m // 16), 32](a, b, c)
    exact = a.astype(float) @ b.astype(float)
    terms = np.abs(a.astype(float)) @ np.abs(b.astype(float))
    assert (np.abs(c - exact) <= (k // 16) * 2.0**-24 * 1.01 * terms).all()


def test_small_integers_come_out_exact():
    a, b, c = matrices(32, 16, 64)
    a[:], b[:] = np.round(4 * a), np.round(4 * b)
    tensor_matmul[(2, 2), 32](a, b, c)
    assert np.array_equal(c, a.astype(float) @ b.astype(float))


def test_what_it_counts():
    """An mma and a load of each fragment for 16 steps of k in each tile; a.x4 is 4 wavefronts, b.x2 is 2,
    but the rows of A lie 32 bytes apart, so that two meet in every bank."""
    a, b, c = matrices(32, 16, 64)
    counts = smsim.count(tensor_matmul[(2, 2), 32], a, b, c)
    times = (32 // 16) * (16 // 8) * (64 // 16)
    assert counts["smsp__inst_executed_pipe_tensor_op_hmma.sum"] == times
    assert counts["smsp__sass_inst_executed_op_shared_ld.sum"] == 2 * times
    assert counts["smsp__sass_data_bytes_mem_shared_op_ld.sum"] == (4 + 2) * 128 * times
    assert counts["l1tex__data_pipe_lsu_wavefronts_mem_shared_op_ld.sum"] == (2 * 4 + 2) * times
    assert counts["l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_ld.sum"] == 4 * times
