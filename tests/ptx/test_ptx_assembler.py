"""What NVIDIA's assembler accepts we accept, and what it refuses we refuse."""

from __future__ import annotations

import random

import pytest
from ptx_assembler import complaints, differences, our_complaint
from ptx_samples import SAMPLES, kernel
from ptx_spellings import spellings, statement

from smsim.ptx.table import ROWS

pytest.importorskip("cuda.bindings.nvjitlink", reason="NVIDIA's linker has no wheel for this platform")

#: Instructions whose operands are names (labels, functions) are covered by the samples.
_BY_NAME = ("bra", "brx", "call")

#: The assembler crashes on these two.
_CRASHES = ("st.param.b8", "st.param::func.b8")


def test_it_accepts_the_samples():
    texts = [text.replace("sm_70, debug", "sm_90a").replace("sm_70", "sm_90a") for text in SAMPLES.values()]
    texts = [text.replace(".version 7.", ".version 8.") for text in texts]
    answers = complaints(texts)
    assert [a for a in answers if a and "Undefined reference to 'vprintf'" not in a] == []


def test_it_accepts_what_the_table_spells():
    """A sample of all spellings; the choice is the same in every run."""
    everything = [
        statement(row, spelling)
        for row in ROWS
        if row.opcode not in _BY_NAME
        for spelling in spellings(row)
        if spelling not in _CRASHES
    ]
    chosen = random.Random(132).sample(everything, min(300, len(everything)))
    assert differences(chosen, list(map(kernel, chosen))) == []


_STATEMENTS = [
    "add.s32 %r1, %r2, 1+2*3;",
    "add .s32 %r1, %r2, %r3;",
    "add.f32.rn %f1, %f2, %f3;",
    "add. s32 %r1, %r2, %r3;",
    ";",
    "add.f32 %f1, %f2, -1.5;",
    "add.f32 %f1, %f2, 1;",
    "add.f32 %f1, %f2, -0f3f800000;",
    "add.f32 %f1, %f2, 1.0+1;",
    "add.s32 %r1, %r2, 1.0;",
    "add.s32 %r1, %r2, 0xffffffffff;",
    "add.s32 %r1, %r2, 99999999999999999999;",
    "add.s32 %r1, %r2, %rd3;",
    "add.s32 %f1, %f2, %f3;",
    "add.f32 %r1, %r2, %r3;",
    "add.u32 %r1, %tid.x, %r1;",
    "add.s32 _, %r1, %r2;",
    "setp.eq.s32 _, %r1, %r2;",
    "setp.eq.s32 %p1|%p2, %r1, %r2;",
    "setp.eq.s32 _|_, %r1, %r2;",
    "ld.global.u32 %r1, [%rd1+-4];",
    "ld.global.u32 %r1, [%rd1-4];",
    "ld.global.u32 %r1, [4+%rd1];",
    *(f"ld{space}.u32 %r1, [%r2];" for space in ("", ".global", ".const", ".local", ".shared", ".param")),
    *(f"st{space}.u32 [%r2+4], %r1;" for space in ("", ".global", ".local", ".shared")),
    *(f"atom{space}.add.u32 %r1, [%r2], %r3;" for space in ("", ".global", ".shared", ".shared::cluster")),
    "red.global.add.u32 [%r2], %r3;",
    "ld.global.nc.u32 %r1, [%r2];",
    "ld.volatile.u32 %r1, [%r2];",
    "prefetch.global.L2 [%r2];",
    "prefetchu.L1 [%r2];",
    "mbarrier.init.b64 [%r2], %r1;",
    "mbarrier.init.shared.b64 [%r2], %r1;",
    "cp.async.ca.shared.global [%r1], [%r2], 4;",
    "ld.u32 %r1, %rd1;",
    "ld.global.u32 %r1, [64];",
    "ld.local.u32 %r1, [64];",
    "ld.global.u8 %rd1, [%rd1];",
    "ld.global.u32 %h1, [%rd1];",
    "ld.f32 %d1, [%rd1];",
    "ld.b8 %f1, [%rd1];",
    "ld.volatile.global.u32 %r1, [%rd1];",
    "ld.global.volatile.u32 %r1, [%rd1];",
    "ld.global.v2.u32 {%r1, %rd2}, [%rd1];",
    "ld.global.v2.u32 {_, %r2}, [%rd1];",
    "ld.global.v2.u32 {_, _}, [%rd1];",
    "ld.param.u64 %rd1, [a+4];",
    "ld.u64 %rd1, [a];",
    "mov.u64 %rd1, a;",
    "mov.u64 %rd1, g+4;",
    "mov.u64 %rd1, g-4;",
    "ld.shared.u32 %r1, [g];",
    "ld.u32 %r1, [g];",
    "cvta.shared.u64 %rd1, g;",
    "cvta.to.global.u64 %rd1, g;",
    "mov.b64 %rd1, {%r1, %f1};",
    "mov.b64 %rd1, {%r1, %h1};",
    "mov.b64 {%h1, %h2, %h3, %h4}, %rd1;",
    "mov.u32 %r1, %clock64;",
    "mov.u16 %h1, %tid.x;",
    "mov.u64 %rd1, %tid.x;",
    "mov.f32 %f1, %r1;",
    "mov.u32 %r1, %f1;",
    "mov.pred %p1, 1;",
    "x: y: bra x;",
    "bra nowhere;",
    "{ x: } bra x;",
    "{ x: bra x; } { x: bra x; }",
    "x: { bra x; }",
    "x: mov.b32 %r1, x;",
    ".reg .b32 q; { .reg .b32 q; mov.b32 q, 1; }",
    ".reg .b32 q, q;",
    "mov.b32 q, 1; .reg .b32 q;",
    ".reg .b32 q; q:",
    "@%p1 trap;",
    "@!%p1 trap;",
    "@%r1 trap;",
    "@%p1;",
    "@%p1 { trap; }",
    "bar.sync 16;",
    "bar.sync 0, 33;",
    "bar.arrive 0;",
    "t: .branchtargets A, B; A: B: brx.idx %r1, t;",
    "brx.idx %r1, g;",
    ".shared .b32 s = 3;",
    ".local .align 3 .b8 s[4];",
    "call f, (%r1);",
    "call f, (1);",
    "call f, (%rd1);",
    "call f, ();",
    "call (%r1), f, (%r2);",
    "call g, (%r1);",
    "call k, (%rd1);",
    "p: .callprototype _ (.param .b32 _); call %rd1, (%r1), p;",
    "call %rd1, (%r1);",
    "exit.uni;",
    "fence.sc;",
    "membar.gpu;",
    "setmaxnreg.inc.sync.aligned.u32 240;",
    "setmaxnreg.dec.sync.aligned.u32 16+8;",
    "@%p1 setmaxnreg.dec.sync.aligned.u32 256;",
    "setmaxnreg.dec.sync.aligned.u32 20;",
    "setmaxnreg.dec.sync.aligned.u32 28;",
    "setmaxnreg.inc.sync.aligned.u32 264;",
    "setmaxnreg.inc.sync.aligned.u32 %r1;",
    "setmaxnreg.sync.aligned.u32 40;",
]


def test_it_agrees_on_single_statements():
    top = ".global .align 4 .b32 g[4]; .func f(.param .b32 x) {ret;}"
    texts = [kernel(text, top=top) for text in _STATEMENTS]
    assert differences(_STATEMENTS, texts) == []


def test_it_knows_the_same_versions():
    """All but those that came after it, which it cannot know."""
    newest = (9, 0)
    versions = [(major, minor) for major in range(11) for minor in range(10)]
    texts = [f".version {major}.{minor}\n.target sm_90a\n.address_size 64\n" for major, minor in versions]
    theirs = ["Unsupported .version" in (answer or "") for answer in complaints(texts)]
    ours = ["published version" in (our_complaint(text) or "") for text in texts]
    known = [number for number, version in enumerate(versions) if version <= newest or version >= (10, 0)]
    assert [ours[n] for n in known] == [theirs[n] for n in known]


def test_it_refuses_addresses_of_32_bits():
    text = kernel("ret;")
    assert differences(["64", "32"], [text, text.replace(".address_size 64", ".address_size 32")]) == []
    assert our_complaint(text.replace(".address_size 64", ".address_size 32"))
