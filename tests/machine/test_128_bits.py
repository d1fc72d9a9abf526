"""Registers of 128 bits: packed, moved through every space, exchanged and compared in one step."""

from __future__ import annotations

import numpy as np
import pytest
from raw_ptx import kernel, run

from smsim.errors import MemoryFault

RNG = np.random.default_rng(128)
X = RNG.integers(0, 2**63, (32, 2)).astype(np.uint64)
WIDE = ".reg .b128 %q<5>; shl.b64 %rd6, %rd9, 4; add.s64 %rd7, %rd1, %rd6; add.s64 %rd8, %rd2, %rd6;"


@pytest.mark.parametrize("through", ["global", "shared", "local", "generic"])
def test_loads_and_stores(through: str) -> None:
    """The two halves change places on the way, in four words of 32 bits."""
    place = {"global": "[%rd8]", "shared": "[%rd10]", "local": "[mine]", "generic": "[%rd11]"}[through]
    name = "" if through == "generic" else f".{through}"
    body = f"""{WIDE} .local .align 16 .b8 mine[16];
        mov.u64 %rd10, buffer; add.s64 %rd10, %rd10, %rd6; cvta.shared.u64 %rd11, %rd10;
        ld.global.b128 %q1, [%rd7]; st{name}.b128 {place}, %q1; ld{name}.b128 %q2, {place};
        mov.b128 {{%r2, %r3, %r4, %r5}}, %q2; mov.b128 %q3, {{%r4, %r5, %r2, %r3}}; mov.b128 %q4, %q3;
        mov.b128 {{%rd3, %rd4}}, %q4; st.global.v2.u64 [%rd8], {{%rd3, %rd4}};"""
    text = kernel(body, 2, top=".shared .align 16 .b8 buffer[512];")
    assert np.array_equal(run(text, X, np.zeros_like(X))[1], X[:, ::-1])


def test_a_guard_keeps_the_old_value() -> None:
    body = f"""{WIDE} setp.lt.u32 %p1, %r1, 9; ld.global.b128 %q1, [%rd7]; ld.global.b128 %q2, [%rd1];
        @%p1 mov.b128 %q1, %q2; st.global.b128 [%rd8], %q1;"""
    want = np.where((np.arange(32) < 9)[:, None], X[0], X)
    assert np.array_equal(run(kernel(body, 2), X, np.zeros_like(X))[1], want)


@pytest.mark.parametrize("space", ["global", "shared"])
def test_exchange_and_compare(space: str) -> None:
    """All lanes expect what lane 5 wrote before; only the first that comes finds it."""
    place = "[%rd3]" if space == "global" else "[word]"
    body = f"""{WIDE} setp.eq.u32 %p1, %r1, 5; ld.global.b128 %q1, [%rd7]; ld.global.b128 %q3, [%rd1+80];
        @%p1 st.{space}.b128 {place}, %q1; bar.sync 0;
        atom.{space}.cas.b128 %q2, {place}, %q3, %q1; st.global.b128 [%rd8], %q2; bar.sync 0;
        @%p1 atom.{space}.exch.b128 %q4, {place}, %q3; @%p1 st.global.b128 [%rd3+16], %q4;"""
    text = kernel(body, 3, top=".shared .align 16 .b8 word[16];")
    _, old, kept = run(text, X, np.zeros_like(X), np.zeros((2, 2), np.uint64))
    assert np.array_equal(old[0], X[5]) and np.array_equal(old[1:], np.broadcast_to(X[0], (31, 2)))
    assert np.array_equal(kept[1], X[0])
    if space == "global":
        assert np.array_equal(kept[0], X[5])


def test_it_is_aligned_to_all_of_it() -> None:
    body = f"{WIDE} ld.global.b128 %q1, [%rd7+8]; st.global.b128 [%rd8], %q1;"
    with pytest.raises(MemoryFault, match="not a multiple of 16"):
        run(kernel(body, 2), X, np.zeros_like(X))
