"""``smsim.count``: exact counts, the same however the engine groups its lanes."""

import numpy as np
import pytest
from numba import cuda, float32, float64, int32
from ptx_texts import BLOCK_SUM, HEAD, SAXPY

import smsim
import smsim.machine.launch
from smsim.errors import LaunchError, MemoryFault

REQUESTS = "l1tex__t_requests_pipe_lsu_mem_global_op_{}.sum"
SECTORS = "l1tex__t_sectors_pipe_lsu_mem_global_op_{}.sum"
CONFLICTS = "l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_{}.sum"
X = np.arange(1024, dtype="f4")


@cuda.jit
def strided(x, out, step):
    i = cuda.grid(1)
    if i * step < x.size:
        out[i * step] = x[i * step]


@pytest.mark.parametrize(("step", "sectors"), [(1, 4), (2, 8), (4, 16), (8, 32), (16, 32)])
def test_sectors_of_a_strided_access(step, sectors):
    x = np.zeros(32 * step * 4, "f4")
    counts = smsim.count(strided[4, 32], x, x.copy(), step)
    for operation in ("ld", "st"):
        assert counts[REQUESTS.format(operation)] == 4
        assert counts[SECTORS.format(operation)] == 4 * sectors
        ratio = "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_{}.ratio"
        assert counts[ratio.format(operation)] == sectors
        assert counts[f"smsp__sass_data_bytes_mem_global_op_{operation}.sum"] == 4 * 32 * 4
        assert counts[f"l1tex__t_bytes_pipe_lsu_mem_global_op_{operation}.sum"] == 4 * sectors * 32


def test_every_number_of_a_small_kernel():
    launch = smsim.load_ptx(SAXPY)["saxpy"][3, 40]  # warps of 32 and of 8 threads
    counts = smsim.count(launch, 1.0, X, X.copy(), 100)  # the last block has 20 threads inside
    assert counts["smsp__warps_launched.sum"] == 6
    before, inside = 10, 7  # instructions up to the branch, and in the body
    assert counts["smsp__inst_executed.sum"] == 6 * before + 5 * inside + 6
    assert counts["smsp__thread_inst_executed.sum"] == 120 * before + 100 * inside + 120
    assert counts["smsp__thread_inst_executed_pred_on.sum"] == 120 * (before - 1) + 20 + 100 * inside + 120
    assert counts["smsp__sass_branch_targets.sum"] == 6
    assert counts["smsp__sass_branch_targets_threads_divergent.sum"] == 1
    assert counts["smsp__sass_average_branch_targets_threads_uniform.pct"] == pytest.approx(500 / 6)
    assert counts[REQUESTS.format("ld")] == 10
    assert counts[SECTORS.format("st")] == 4 + 1 + 4 + 1 + 3  # 40 floats of a block are five sectors
    assert counts["smsp__sass_thread_inst_executed_op_ffma_pred_on.sum"] == 100
    assert counts["smsp__inst_executed_pipe_lsu.sum"] == 15
    assert counts["smsp__inst_executed_pipe_cbu.sum"] == 12
    assert counts.families["ld.global"] == 10


@cuda.jit
def branchy(x, out):
    i = cuda.grid(1)
    if i % 32 < 8:
        for _ in range(3):
            out[i] += x[i]
    else:
        out[i] -= x[i]


def test_divergence_is_in_the_lanes_and_in_the_branches():
    counts = smsim.count(branchy[2, 64], X, X.copy())
    assert counts["smsp__sass_branch_targets_threads_divergent.sum"] == 4
    assert counts["smsp__thread_inst_executed_per_inst_executed.ratio"] < 32
    straight = smsim.count(strided[2, 64], X, X.copy(), 1)
    assert straight["smsp__thread_inst_executed_per_inst_executed.ratio"] == 32


@cuda.jit
def transpose(x, out):
    tile = cuda.shared.array((32, 32), float32)
    i, j = cuda.threadIdx.x, cuda.threadIdx.y
    tile[j, i] = x[j, i]
    cuda.syncthreads()
    out[j, i] = tile[i, j]


@cuda.jit
def padded(x, out):
    tile = cuda.shared.array((32, 33), float32)
    i, j = cuda.threadIdx.x, cuda.threadIdx.y
    tile[j, i] = x[j, i]
    cuda.syncthreads()
    out[j, i] = tile[i, j]


def test_bank_conflicts_of_a_transpose_and_of_its_padded_twin():
    x = X.reshape(32, 32)
    counts = smsim.count(transpose[1, (32, 32)], x, np.zeros_like(x))
    assert counts[CONFLICTS.format("st")] == 0
    assert counts[CONFLICTS.format("ld")] == 32 * 31
    assert counts["l1tex__data_pipe_lsu_wavefronts_mem_shared_op_ld.sum"] == 32 * 32
    assert counts["l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum"] == 32 * 31
    assert np.array_equal(counts.results[1], x.T)
    counts = smsim.count(padded[1, (32, 32)], x, np.zeros_like(x))
    assert counts["l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum"] == 0


@cuda.jit
def doubles(x, out):
    tile = cuda.shared.array(64, float64)
    i = cuda.threadIdx.x
    tile[i] = x[i]
    cuda.syncthreads()
    out[i] = tile[63 - i]


def test_doubles_take_two_passes_and_no_conflict():
    counts = smsim.count(doubles[1, 64], np.zeros(64), np.zeros(64))
    assert counts["l1tex__data_pipe_lsu_wavefronts_mem_shared_op_ld.sum"] == 4
    assert counts[CONFLICTS.format("ld")] == 0


@cuda.jit
def histogram(x, bins):
    own = cuda.shared.array(32, int32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    if t < 32:
        own[t] = 0
    cuda.syncthreads()
    cuda.atomic.add(own, x[i] % 8, 1)
    cuda.syncthreads()
    if t < 8:
        cuda.atomic.add(bins, t, own[t])


def test_atomics_in_shared_and_global_memory():
    counts = smsim.count(histogram[2, 64], np.arange(128, dtype="i4"), np.zeros(8, "i4"))
    assert counts["smsp__inst_executed_op_shared_atom.sum"] == 4
    assert counts[CONFLICTS.format("atom")] == 4 * 3  # four lanes in each bin
    assert counts[REQUESTS.format("atom")] == 2
    assert counts[SECTORS.format("atom")] == 2
    assert counts.results[1].tolist() == [16] * 8


VECTORS = (
    HEAD
    + """
.visible .entry vectors(.param .u64 x, .param .u64 y)
{
    .local .align 16 .b8 mine[16];
    .reg .f32 %f<6>; .reg .b32 %r<4>; .reg .b64 %rd<8>; .reg .pred %p<2>;
    ld.param.u64 %rd1, [x];
    ld.param.u64 %rd2, [y];
    mov.u32 %r1, %tid.x;
    mul.wide.u32 %rd3, %r1, 16;
    add.s64 %rd4, %rd1, %rd3;
    add.s64 %rd5, %rd2, %rd3;
    ld.global.v4.f32 {%f1, %f2, %f3, %f4}, [%rd4];
    setp.lt.u32 %p1, %r1, 2;
    @%p1 st.v4.f32 [%rd5], {%f1, %f2, %f3, %f4};
    st.local.f32 [mine+4], %f1;
    ld.local.f32 %f5, [mine+4];
    @!%p1 red.global.add.f32 [%rd2+512], %f5;
    ret;
}
"""
)


def test_wide_generic_local_and_guarded_accesses():
    launch = smsim.load_ptx(VECTORS)["vectors"][1, 32]
    counts = smsim.count(launch, np.ones(128, "f4"), np.zeros(160, "f4"))
    assert (counts[REQUESTS.format("ld")], counts[SECTORS.format("ld")]) == (1, 16)
    assert (counts[REQUESTS.format("st")], counts[SECTORS.format("st")]) == (1, 1)
    assert counts["smsp__sass_data_bytes_mem_global_op_st.sum"] == 32
    assert counts["l1tex__t_sectors_pipe_lsu_mem_local_op_st.sum"] == 4
    assert counts["l1tex__t_sectors_pipe_lsu_mem_local_op_ld.sum"] == 4
    assert (counts[REQUESTS.format("red")], counts[SECTORS.format("red")]) == (1, 30)
    assert counts["smsp__thread_inst_executed_pred_on.sum"] == 13 * 32 - 30 - 2
    assert counts.results[1][128] == 30


SWITCH = (
    HEAD
    + """
.visible .entry pick(.param .u64 out)
{
    .reg .b32 %r<4>;
    mov.u32 %r1, %tid.x;
    shr.u32 %r2, %r1, 5;
    and.b32 %r3, %r1, 1;
    mul.lo.u32 %r2, %r2, %r3;
    TABLE: .branchtargets A, B, A;
    brx.idx %r2, TABLE;
A:  ret;
B:  ret;
}
"""
)


def test_a_branch_by_index_diverges_where_lanes_take_different_labels():
    counts = smsim.count(smsim.load_ptx(SWITCH)["pick"][3, 96], np.zeros(1))
    assert counts["smsp__sass_branch_targets.sum"] == 9
    assert (
        counts["smsp__sass_branch_targets_threads_divergent.sum"] == 3
    )  # warp 1 of each block; 0 and 2 say A


@cuda.jit
def collatz(out):
    i = cuda.grid(1)
    if i < out.size:
        n, steps = i + 1, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        out[i] = steps


def test_counts_do_not_depend_on_how_the_engine_groups_lanes(monkeypatch):
    together = smsim.count(collatz[20, 128], np.zeros(2500, "i8"))
    monkeypatch.setattr(smsim.machine.launch, "CHUNK_LANES", 128)
    block_by_block = smsim.count(collatz[20, 128], np.zeros(2500, "i8"))
    assert dict(together) == dict(block_by_block)
    monkeypatch.setattr("smsim.machine.chunk.SPARSE", 1 << 30)  # never gathers the few lanes left in a loop
    assert dict(smsim.count(collatz[20, 128], np.zeros(2500, "i8"))) == dict(together)


def test_lines_of_python_and_of_ptx_add_up():
    counts = smsim.count(branchy[2, 64], X, X.copy())
    total = counts["smsp__inst_executed.sum"]
    assert sum(row.tally.executed for row in counts.ptx_lines) == total
    assert sum(row.tally.executed for row in counts.python_lines) == total
    first = branchy.py_func.__code__.co_firstlineno
    row = counts.python_lines.at(first + 5)
    assert row.text == "out[i] += x[i]" and row.active == 8
    assert row.tally.all_traffic().requests > 0
    with pytest.raises(KeyError, match="line 1$|line 1'"):
        counts.python_lines.at(1)
    assert "out[i] += x[i]" in str(counts.python_lines)
    assert "ld.global.f32" in str(counts.ptx_lines)


def test_the_report_can_be_read():
    text = str(smsim.count(histogram[2, 64], np.arange(128, dtype="i4"), np.zeros(8, "i4")))
    assert text.splitlines()[0] == "histogram[2, 64]: 4 warps, counted in PTX instructions"
    assert "shared memory  requests" in text and "bank conflicts" in text
    assert repr(smsim.count(strided[1, 32], X, X.copy(), 1)).count("shared") == 0


def test_the_arguments_stay_as_they_are_and_a_plain_run_has_no_observer():
    x, out = X.copy(), np.zeros(1024, "f4")
    counts = smsim.count(strided[32, 32], x, out, 1)
    assert not out.any() and np.array_equal(counts.results[1], X)


def test_hand_written_ptx_is_counted_alike():
    counts = smsim.count(smsim.load_ptx(BLOCK_SUM)["block_sum"][2, 64], X[:64].copy(), np.zeros(1, "f4"))
    assert counts["smsp__inst_executed_pipe_adu.sum"] == 2 * 2 * 6  # a barrier for each of six rounds
    assert counts[CONFLICTS.format("ld")] == 0


def test_wrong_uses():
    counts = smsim.count(strided[1, 32], X, X.copy(), 1)
    with pytest.raises(KeyError, match="perhaps smsp__inst_executed.sum"):
        counts["smsp__inst_executed"]
    with pytest.raises(LaunchError, match=r"smsim.count takes a launch: .* smsim.count\(strided\[1, 32\]"):
        smsim.count(strided, X, X, 1)
    with pytest.raises(LaunchError, match=r"smsim.count\(saxpy\[1, 32\]"):
        smsim.count(smsim.load_ptx(SAXPY)["saxpy"], X, X, 1)
    with pytest.raises(LaunchError, match="its first argument was an int"):
        smsim.count(3)
    with pytest.raises(LaunchError, match="strided takes 3 arguments"):
        smsim.count(strided[1, 32], X)
    with pytest.raises(MemoryFault):
        smsim.count(branchy[64, 64], X, X.copy())
