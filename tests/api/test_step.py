"""``smsim.step``: a kernel instruction by instruction, forwards and backwards."""

import re

import numpy as np
import pytest
from numba import cuda, float32
from ptx_texts import BLOCK_SUM, HEAD, SAXPY

import smsim
from smsim.errors import BarrierError, LaunchError, MemoryFault

X = np.arange(64, dtype="f4")


def at(statement):
    """The line of the hand-written saxpy in which a statement begins so."""
    return next(n for n, text in enumerate(SAXPY.splitlines(), 1) if text.strip().startswith(statement))


def saxpy_step(n=40, **where):
    return smsim.step(smsim.load_ptx(SAXPY)["saxpy"][2, 32], 2.0, X, np.ones(64, "f4"), n, **where)


def test_it_starts_before_the_first_instruction():
    s = saxpy_step()
    assert s.position == 0 and not s.done and s.error is None
    assert (s.line.ptx_line, s.line.ptx_text) == (at("ld.param"), "ld.param.f32 %f1, [a]")
    assert s.line.source_line is None
    assert s.registers(0) == {}
    assert s.active.all() and s.active.shape == (32,)


def test_registers_lane_by_lane():
    s = saxpy_step(block=1)
    s.run_to(at("setp"))
    assert s.line.ptx_text == "setp.ge.u32 %p1, %r5, %r1"
    assert s.registers(3) == {
        "%f1": 2.0, "%rd1": s.registers(0)["%rd1"], "%rd2": s.registers(0)["%rd2"],
        "%r1": 40, "%r2": 1, "%r3": 32, "%r4": 3, "%r5": 35,
    }  # fmt: skip
    assert s.changed == ("%r5",)
    values, written = s.values("%r5")
    assert values.tolist() == list(range(32, 64)) and written.all()


def test_the_active_mask_follows_a_branch():
    s = saxpy_step(block=1).run_to(at("mul.wide"))
    assert s.active.tolist() == [True] * 8 + [False] * 24
    assert set(s.registers(3)) - set(s.registers(20)) == set()
    s.next()
    assert set(s.registers(3)) - set(s.registers(20)) == {"%rd3"}  # lane 20 has not executed it
    s.run_to(at("ret"))
    assert s.line.ptx_text == "ret" and s.active.all()
    assert s.next().done and s.line is None and not s.active.any()
    assert s.next().position == s.position


def test_memory_as_it_is_at_each_moment():
    y = np.ones(64, "f4")
    s = smsim.step(smsim.load_ptx(SAXPY)["saxpy"][2, 32], 2.0, X, y, 40, block=1)
    s.run_to(at("st.global"))
    assert s.line.ptx_text.startswith("st.global")
    assert (s.memory("y")[32:] == 1).all()
    assert s.next().memory("y")[32:40].tolist() == (2 * X[32:40] + 1).tolist()
    assert s.memory(y)[39] == 79 and (s.memory(y)[40:] == 1).all()
    assert s.memory("n") == 40
    s.back()
    assert (s.memory("y")[32:] == 1).all()
    assert (y == 1).all()
    with pytest.raises(ValueError, match="no memory called 'z'; there is a, x, y, n"):
        s.memory("z")
    with pytest.raises(ValueError, match="none of the launch's arguments"):
        s.memory(np.ones(3))


def test_back_and_forth_finds_the_same():
    forth = saxpy_step()
    seen = []
    while not forth.done:
        seen.append((str(forth), forth.registers(5)))
        forth.next()
    for expected in reversed(seen):
        forth.back()
        assert (str(forth), forth.registers(5)) == expected
    assert forth.back(3).position == 0
    assert forth.next(7).back(-2).next(-4).position == 5


@cuda.jit
def reverse(x, out):
    tile = cuda.shared.array(64, float32)
    i = cuda.threadIdx.x
    v = x[i] + cuda.shfl_xor_sync(0xFFFFFFFF, x[i], 1)
    tile[i] = v
    cuda.syncthreads()
    out[i] = tile[63 - i]


def test_a_numba_kernel_with_its_python_lines_and_shared_memory():
    first = reverse.py_func.__code__.co_firstlineno
    s = smsim.step(reverse[1, 64], X, np.zeros(64, "f4"), warp=1)
    s.run_to(python=first + 5)
    assert s.line.source_text == "tile[i] = v"
    s.run_to(python=first + 7)
    pairs = X + X.reshape(-1, 2)[:, ::-1].ravel()
    assert np.array_equal(s.memory("tile"), pairs)
    assert s.memory("tile", dtype="u1").size == 256
    s.next(100)
    assert s.done and np.array_equal(s.memory("out"), pairs[::-1])


def test_results_that_come_when_all_lanes_have_met():
    s = smsim.step(reverse[1, 64], X, np.zeros(64, "f4"))
    while not (s.done or s.instruction.opcode == "shfl"):
        s.next()
    s.next()
    name = s.changed[0]
    values, written = s.values(name)
    assert written.all()
    assert np.array_equal(values.view("f4"), X[:32].reshape(-1, 2)[:, ::-1].ravel())


@cuda.jit
def spiral(out):
    i = cuda.threadIdx.x
    n = i
    for k in range(i * 40):
        n = n * 3 + k
    out[i] = n


def test_a_long_loop_is_looked_at_only_as_far_as_one_goes():
    s = smsim.step(spiral[1, 32], np.zeros(32, "i8"))
    ahead = len(s._moments)
    s.next(ahead + 50)
    assert s.position == ahead + 50 and not s.done


def test_run_to_the_same_line_goes_once_round_a_loop():
    s = smsim.step(smsim.load_ptx(BLOCK_SUM)["block_sum"][1, 64], X, np.zeros(1, "f4"))
    rounds = []
    line = BLOCK_SUM.splitlines().index("    bar.sync 0;") + 1
    while not s.run_to(line).done:
        rounds.append(s.registers(0)["%r5"])
    assert rounds == [32, 16, 8, 4, 2, 1]
    assert s.memory("partial")[0] == X.sum() and s.memory("out")[0] == X.sum()


CALLS = (
    HEAD
    + """
.func (.param .b32 r) twice(.param .b32 v) {
    .reg .b32 %r<3>;
    ld.param.b32 %r1, [v];
    add.s32 %r2, %r1, %r1;
    st.param.b32 [r], %r2;
    ret;
}
.visible .entry k(.param .u64 out) {
    .reg .b32 %r<4>; .reg .b64 %rd<4>; .reg .pred %p<2>;
    mov.u32 %r1, %tid.x;
    { .param .b32 a; .param .b32 b;
      st.param.b32 [a], %r1;
      call (b), twice, (a);
      ld.param.b32 %r3, [b]; }
    setp.lt.s32 %p1, %r1, 4;
    @%p1 add.s32 %r3, %r3, 100;
    ld.param.u64 %rd1, [out];
    mul.wide.s32 %rd2, %r1, 4;
    add.s64 %rd3, %rd1, %rd2;
    st.global.b32 [%rd3], %r3;
    ret;
}
"""
)


def test_a_called_function_has_registers_of_its_own():
    s = smsim.step(smsim.load_ptx(CALLS)["k"][1, 20], np.zeros(20, "i4"))
    assert s.lanes == 20 and s.active.sum() == 20
    while s.function.name != "twice":
        s.next()
    assert s.registers(3) == {}
    assert s.next(2).registers(3) == {"%r1": 3, "%r2": 6}
    while s.function.name == "twice":
        s.next()
    assert s.registers(3) == {"%r1": 3}
    with pytest.raises(ValueError, match="lanes 0 to 19; there is no lane 20"):
        s.registers(20)


def test_a_guard_holds_lanes_back():
    s = smsim.step(smsim.load_ptx(CALLS)["k"][1, 20], np.zeros(20, "i4"))
    while s.instruction.guard is None:
        s.next()
    assert s.active.sum() == 20 and s.acting.sum() == 4
    assert "acting 4 of these" in str(s)
    s.next()
    assert [s.registers(lane)["%r3"] for lane in (3, 4)] == [106, 8]


@cuda.jit
def too_far(x):
    i = cuda.grid(1)
    x[i] = i


def test_it_stops_before_the_instruction_that_goes_wrong():
    s = smsim.step(too_far[1, 64], np.zeros(40, "i8"), warp=1).next(1000)
    assert s.done and isinstance(s.error, MemoryFault)
    assert s.instruction.opcode == "st" and s.active.all()
    assert "-> " in str(s) and "MemoryFault: thread (40, 0, 0)" in str(s)
    s.back()
    assert not s.done and s.error is None
    assert smsim.step(too_far[1, 64], np.zeros(64, "i8"), warp=1).next(1000).error is None


@cuda.jit
def half_a_barrier(x):
    if cuda.threadIdx.x < 32:
        cuda.syncthreads()
    x[cuda.threadIdx.x] = 1


def test_a_barrier_that_is_never_met():
    s = smsim.step(half_a_barrier[1, 64], np.zeros(64, "i4")).next(1000)
    assert isinstance(s.error, BarrierError)


@cuda.jit
def says(x):
    print(cuda.threadIdx.x)
    x[0] = 1


def test_what_the_kernel_prints_is_kept_and_not_printed_again(capsys):
    s = smsim.step(says[1, 1], np.zeros(1, "i4"))
    assert s.printed == ""
    assert s.next(1000).printed.strip() == "0"
    s.memory("x")
    assert capsys.readouterr().out == ""


def test_it_prints_as_text():
    s = saxpy_step(block=1).run_to(at("ld.global.f32 %f3"))
    text = str(s)
    assert text.splitlines()[0] == "saxpy, block (1, 0, 0), warp 0: 14 instructions executed"
    assert f"-> {s.line.ptx_line}  ld.global.f32 %f3, [%rd5]" in text
    assert "active 8 of 32 lanes  11111111 00000000 00000000 00000000" in text
    assert "changed %f2 = 32.0, 33.0, 34.0, 35.0 ... 39.0" in text
    assert "&y[32]" in str(s.back(1)) or "&y[32]" in str(s.back(1))
    assert "0x7" not in text


def test_it_draws_itself_without_a_script():
    page = saxpy_step(block=1).run_to(at("ld.global.f32 %f3"))._repr_html_()
    assert "<script" not in page and "http" not in page and "<link" not in page
    assert page.count('class="st-lane st-on"') == 8
    assert page.count("st-here") == 2  # in the style and at one line
    assert len(re.findall("<div", page)) == len(re.findall("</div>", page))
    ended = smsim.step(too_far[1, 64], np.zeros(40, "i8"), warp=1).next(1000)._repr_html_()
    assert "MemoryFault: thread (40, 0, 0)" in ended and "stopped" in ended


def test_wrong_uses():
    with pytest.raises(LaunchError, match="has no block"):
        saxpy_step(block=2)
    with pytest.raises(LaunchError, match=r"no block \(0, 1, 0\)"):
        saxpy_step(block=(0, 1))
    with pytest.raises(LaunchError, match="has one warp, 0; there is no warp 1"):
        saxpy_step(warp=1)
    with pytest.raises(LaunchError, match="smsim.step takes a launch"):
        smsim.step(too_far, np.zeros(4))
    s = saxpy_step()
    with pytest.raises(ValueError, match="No instruction comes from PTX line 3; the nearest are 11"):
        s.run_to(3)
    with pytest.raises(ValueError, match="No instruction comes from Python line 3"):
        s.run_to(python=3)
    with pytest.raises(ValueError, match=r"run_to\(42\)"):
        s.run_to()
    with pytest.raises(ValueError, match="No lane has written %r9 here; written so far: none yet"):
        s.values("%r9")
