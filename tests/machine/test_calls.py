"""Calls: what they pass and take back, through names and through registers."""

from __future__ import annotations

import numpy as np
import pytest
from raw_ptx import kernel, run

from smsim.errors import MemoryFault

FUNCTIONS = """
.func (.param .b32 out) twice(.param .b32 in) {
  .reg .b32 %v<3>; ld.param.b32 %v1, [in]; shl.b32 %v2, %v1, 1; st.param.b32 [out], %v2; ret; }
.func (.param .b32 out) squared(.param .b32 in) {
  .reg .b32 %v<3>; ld.param.b32 %v1, [in]; mul.lo.u32 %v2, %v1, %v1; st.param.b32 [out], %v2; ret; }
.func (.param .b32 out) after_a_barrier(.param .b32 in) {
  .reg .b32 %v<3>; ld.param.b32 %v1, [in]; bar.sync 0; add.u32 %v2, %v1, 1000; st.param.b32 [out], %v2; ret; }
.func (.reg .b32 out) in_registers(.reg .b32 a, .reg .b32 b) { sub.u32 out, a, b; ret; }
.func nothing() { ret; }
.global .align 8 .u64 table[3] = {twice, squared, generic(after_a_barrier)};
"""
STORE = "shl.b64 %rd10, %rd9, 2; add.s64 %rd10, %rd10, %rd1; st.global.u32 [%rd10], %r9;"
PROTOTYPE = "kind: .callprototype (.param .b32 _) _ (.param .b32 _);"
N = np.arange(64, dtype=np.uint32)


def result(body: str, block: int = 64) -> np.ndarray:
    return run(kernel(body, 1, top=FUNCTIONS), np.zeros(block, np.uint32), block=block)[0]


def test_values_in_registers_and_constants() -> None:
    assert np.array_equal(result(f"call (%r9), in_registers, (%r1, 7); {STORE}"), N - np.uint32(7))
    assert np.array_equal(result(f"call (%r9), twice, (%r1); {STORE}"), 2 * N)


def test_only_guarded_lanes_call() -> None:
    body = f"setp.lt.u32 %p1, %r1, 40; mov.u32 %r9, 5; @!%p1 call (%r9), squared, (%r1); {STORE}"
    assert np.array_equal(result(body), np.where(N < 40, 5, N * N))


@pytest.mark.parametrize("how", ["prototype", "targets"])
def test_each_lane_calls_what_its_pointer_says(how: str) -> None:
    """The pointers come from a table in memory; one of the functions has a barrier for its whole warps."""
    label = PROTOTYPE if how == "prototype" else "kind: .calltargets twice, squared, after_a_barrier;"
    body = f"""
        {label}
        and.b32 %r2, %r1, 1; setp.ge.u32 %p1, %r1, 32; selp.u32 %r2, 2, %r2, %p1;
        mul.wide.u32 %rd5, %r2, 8; mov.u64 %rd6, table; add.s64 %rd6, %rd6, %rd5; ld.global.u64 %rd7, [%rd6];
        call (%r9), %rd7, (%r1), kind;
        @!%p1 bar.sync 0;
        {STORE}"""
    want = np.where(N >= 32, N + 1000, np.where(N % 2, N * N, 2 * N))
    assert np.array_equal(result(body), want)


def test_the_address_of_a_function_is_a_value() -> None:
    body = f"""
        {PROTOTYPE} mov.u64 %rd5, twice; mov.u64 %rd6, squared; setp.eq.u32 %p1, %r1, 3;
        selp.b64 %rd7, %rd5, %rd6, %p1; call (%r9), %rd7, (%r1), kind; {STORE}"""
    assert np.array_equal(result(body), np.where(N == 3, 6, N * N))


@pytest.mark.parametrize(
    ("pointer", "says"),
    [
        ("mov.u64 %rd7, 0;", "calls address 0x0, where there is no function"),
        ("mov.u64 %rd7, %rd1;", "where there is no function"),
        ("mov.u64 %rd7, twice; add.s64 %rd7, %rd7, 4;", "where there is no function"),
        ("mov.u64 %rd7, nothing;", "calls nothing through a register, as a function with other parameters"),
    ],
)
def test_a_pointer_to_no_such_function(pointer: str, says: str) -> None:
    with pytest.raises(MemoryFault, match=says) as caught:
        result(f"{PROTOTYPE} {pointer} call (%r9), %rd7, (%r1), kind; {STORE}")
    assert caught.value.threads[0] == (0, 0, 0) and "call" in caught.value.ptx_text


def test_code_is_not_memory() -> None:
    with pytest.raises(MemoryFault, match="reads"):
        result(f"mov.u64 %rd7, twice; ld.u32 %r9, [%rd7]; {STORE}")


def test_a_list_of_labels() -> None:
    body = f"""
        labels: .branchtargets A, B, C;
        {{}} brx.idx %r2, labels;
        A: mov.u32 %r9, 1; bra END; B: mov.u32 %r9, 2; bra END; C: mov.u32 %r9, 3; END: {STORE}"""
    picked = result(body.format("rem.u32 %r2, %r1, 3;"))
    assert np.array_equal(picked, N % 3 + 1)
    guarded = body.replace("brx.idx", "mov.u32 %r9, 9; setp.lt.u32 %p1, %r1, 8; @%p1 brx.idx").replace(
        "A: mov", "bra END; A: mov"
    )
    assert np.array_equal(result(guarded.format("rem.u32 %r2, %r1, 3;")), np.where(N < 8, N % 3 + 1, 9))
    with pytest.raises(MemoryFault, match="branches to label 60 of a list of 60"):
        wide = body.replace("A, B, C", ", ".join("ABC" * 20))
        result(wide.format("mov.u32 %r2, %r1;"))


def test_guarded_barriers_and_warp_operations() -> None:
    """A barrier for the first warp alone; a shuffle among the lanes whose predicate holds."""
    body = f"""
        setp.lt.u32 %p1, %r1, 32; mov.u32 %r9, %r1;
        @%p1 bar.sync 1, 32;
        setp.lt.u32 %p2, %r1, 16;
        @%p2 shfl.sync.bfly.b32 %r9, %r1, 1, 31, 0xffff;
        {STORE}"""
    assert np.array_equal(result(body), np.where(N < 16, N ^ 1, N))


STACKS = """
.func small() {
  .local .align 4 .b8 a[8], b[8]; .reg .b64 %x; mov.u64 %x, a; st.local.u32 [%x], 1;
  mov.u64 %x, b; st.local.u32 [%x], 1; ret; }
.func (.param .b32 out) large(.param .b32 in) {
  .local .align 4 .b8 a[400]; .reg .b64 %x, %i; .reg .b32 %v, %j; .reg .pred %q;
  ld.param.b32 %v, [in]; mov.u64 %x, a; mul.wide.u32 %i, %v, 12; add.u64 %x, %x, %i;
  setp.lt.u32 %q, %v, 31; @%q st.local.u32 [%x], %v; @%q ld.local.u32 %j, [%x]; @!%q mov.u32 %j, 0;
  st.param.b32 [out], %j; ret; }
"""


def test_what_an_earlier_call_had_on_the_stack_is_gone() -> None:
    """The second function's array lies over the gap that kept the first one's variables apart."""
    body = f"call small, (); call (%r9), large, (%r1); {STORE}"
    out = run(kernel(body, 1, top=STACKS), np.zeros(64, np.uint32), block=64)[0]
    assert np.array_equal(out, np.where(N < 31, N, 0))
    with pytest.raises(MemoryFault, match="local"):
        late = STACKS.replace("%v, 31", "%v, 40")
        run(kernel(body, 1, top=late), np.zeros(64, np.uint32), block=64)
