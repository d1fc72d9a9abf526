"""f16, bf16, 8-bit floats and pairs: which registers, constants and modifiers go with them."""

from __future__ import annotations

import pytest
from ptx_assembler import differences
from ptx_samples import kernel

pytest.importorskip("cuda.bindings.nvjitlink", reason="NVIDIA's linker has no wheel for this platform")

_REGISTERS = ".reg .f16 %e<9>; .reg .f16x2 %g<9>; .reg .u16 %us<9>; .reg .u32 %uw<9>;"

_STATEMENTS = """
    add.f16 %h1, %h2, %h3;          add.f16 %e1, %e2, %h3;          add.f16 %us1, %us2, %us3;
    add.f16 %r1, %r2, %r3;          add.f16 %h1, %h2, 1.0;          add.f16 %h1, %h2, 0x3C00;
    add.f16x2 %g1, %g2, %r3;        add.f16x2 %uw1, %uw2, %uw3;     add.f16x2 %f1, %f2, %f3;
    add.f16x2 %r1, %r2, 1;          add.bf16 %h1, %h2, %h3;         add.bf16 %e1, %e2, %e3;
    add.bf16 %us1, %us2, %us3;      add.bf16x2 %r1, %r2, %r3;       add.bf16x2 %g1, %g2, %g3;
    add.bf16x2 %uw1, %uw2, %uw3;    add.bf16x2 %f1, %f2, %f3;       add.f32 %g1, %g2, %g3;
    add.rz.f16 %h1, %h2, %h3;       add.sat.bf16 %h1, %h2, %h3;     add.relu.f16 %h1, %h2, %h3;
    fma.f16 %h1, %h2, %h3, %h4;     fma.rn.sat.relu.f16 %h1, %h2, %h3, %h4;
    fma.rn.ftz.bf16 %h1, %h2, %h3, %h4;                             div.rn.f16 %h1, %h2, %h3;
    neg.ftz.bf16 %h1, %h2;          min.relu.f16 %h1, %h2, %h3;     min.f16 %h1, %h2, %h3, %h4;
    tanh.approx.ftz.f16 %h1, %h2;   ex2.approx.bf16 %h1, %h2;       lg2.approx.f16 %h1, %h2;
    selp.f16 %h1, %h2, %h3, %p1;    mov.f16 %h1, %h2;               ld.global.f16 %h1, [%rd1];
    setp.eq.f16 %p1|%p2, %h1, %h2;  setp.eq.f16x2 %p1, %r1, %r2;    setp.eq.f16x2 _|%p2, %r1, %r2;
    setp.lo.f16 %p1, %h1, %h2;      setp.eq.f16 %p1, %h1, 0;        setp.eq.ftz.bf16 %p1, %h1, %h2;
    set.eq.f32.f16 %f1, %h2, %h3;   set.eq.u64.f16 %rd1, %h2, %h3;  set.eq.f16x2.bf16x2 %r1, %r2, %r3;
    set.eq.ftz.f16.f64 %h1, %d2, %d3;                               set.ge.f16.b32 %h1, %r2, %r3;
    set.eq.f16.bf16 %h1, %h2, %h3;  set.eq.bf16.f16 %h1, %h2, %h3;  set.eq.ftz.f16.s32 %h1, %r2, %r3;
    cvt.f32.f16 %f1, %e1;           cvt.f32.f16 %f1, %us1;          cvt.f32.f16 %f1, %r1;
    cvt.f32.f16 %f1, %f2;           cvt.rn.f16.f32 %r1, %f2;        cvt.rn.f16.f32 %f1, %f2;
    cvt.rn.f16.f32 %us1, %f2;       cvt.rn.f16.f32 %h1, 1.0;        cvt.f32.f16 %f1, 0x3c00;
    cvt.rn.bf16.f32 %e1, %f2;       cvt.rn.bf16.f32 %r1, %f2;       cvt.rn.bf16.f32 %us1, %f2;
    cvt.f32.bf16 %f1, %r1;          cvt.f32.bf16 %f1, %e1;          cvt.f32.bf16 %f1, 5;
    cvt.rn.sat.bf16.f32 %h1, %f1;   cvt.rm.relu.f16.f32 %h1, %f1;   cvt.rn.u8.bf16 %h1, %h2;
    cvt.rn.f16x2.f32 %g1, %f1, %f2; cvt.rn.f16x2.f32 %uw1, %f1, %f2;                cvt.f64.bf16 %d1, %h1;
    cvt.rn.f16x2.f32 %rd1, %f1, %f2;                                cvt.rn.bf16x2.f32 %g1, %f1, %f2;
    cvt.rn.f16x2.f32 %r1, 1.0, %f1; cvt.rn.f16x2.f32 %r1, %f1;      cvt.rm.f16x2.f32 %r1, %f1, %f2;
    cvt.rna.tf32.f32 %r1, %f2;      cvt.rna.tf32.f32 %f1, %f2;      cvt.rna.tf32.f32 %uw1, %f2;
    cvt.rna.relu.tf32.f32 %r1, %f2; cvt.rn.satfinite.tf32.f32 %r1, %f2;             cvt.rm.tf32.f32 %r1, %f2;
    cvt.rn.e4m3x2.f32 %h1, %f1, %f2;                                cvt.rz.satfinite.e4m3x2.f32 %h1, %f1, %f2;
    cvt.rn.satfinite.e4m3x2.f32 %us1, %f1, %f2;                     cvt.rn.satfinite.e4m3x2.f32 %r1, %f1, %f2;
    cvt.rn.satfinite.e4m3x2.f16x2 %h1, %g1;                         cvt.rn.satfinite.e5m2x2.f16x2 %h1, %f1;
    cvt.rn.f16x2.e4m3x2 %g1, %h1;   cvt.rn.f16x2.e4m3x2 %r1, %r1;   cvt.rn.satfinite.f16x2.e4m3x2 %r1, %h1;
    cvt.pack.sat.u8.s32 %r1, %r2, %r3;                              cvt.pack.sat.u16.u32 %r1, %r2, %r3;
    cvt.pack.sat.u16.s32.b32 %r1, %r2, %r3, %r4;                    cvt.pack.u16.s32 %r1, %r2, %r3;
    cvt.sat.u32.u16 %r1, %h1;       cvt.sat.u16.u32 %h1, %r1;       cvt.sat.s32.u32 %r1, %r2;
    dp4a.u32.u32 %r1, %r2, 1, 2;    dp4a.s32.u32 %f1, %r2, 1, 2;    dp2a.s32.s32 %r1, %r2, %r3, %r4;
    add.u16x2 %r1, %r2, 5;          add.u16x2 %g1, %g2, %g2;        add.u16x2 %uw1, %uw2, %uw3;
    add.u16x2 %f1, %f2, %f3;        sub.s16x2 %r1, %r2, %r3;        max.relu.u16x2 %r1, %r2, %r3;
    min.f32 %f1, %f2, %f3, %f4;     min.s32 %r1, %r2, %r3, %r4;
    .reg .bf16 x;                   .reg .f16x2 x;                  .reg .e4m3x2 x;     .reg .u16x2 x;
"""


def test_it_agrees_on_small_types() -> None:
    statements = [s.strip() + ";" for s in _STATEMENTS.split(";") if s.strip()]
    assert differences(statements, [kernel(_REGISTERS + s) for s in statements]) == []
