"""Hand-written PTX with 16-bit and 8-bit floats, launched: registers of every kind that may hold them."""

from __future__ import annotations

import ml_dtypes
import numpy as np

from smsim.machine.device import Device

PTX = """
.version 8.4
.target sm_90
.address_size 64
.visible .entry k(.param .u64 data, .param .u64 out)
{
    .reg .pred %p<2>; .reg .b16 %h<4>; .reg .f16 %e<2>; .reg .f16x2 %g<2>;
    .reg .b32 %r<9>; .reg .f32 %f<3>; .reg .b64 %rd<6>;
    ld.param.u64 %rd1, [data];
    ld.param.u64 %rd2, [out];
    mov.u32 %r1, %tid.x;
    mul.wide.u32 %rd3, %r1, 4;
    add.s64 %rd4, %rd1, %rd3;
    mul.wide.u32 %rd5, %r1, 16;
    add.s64 %rd5, %rd2, %rd5;
    ld.global.b32 %r2, [%rd4];
    mov.b32 %g0, %r2;
    mul.f16x2 %g1, %g0, %g0;
    mov.b32 %r3, %g1;
    mov.b32 {%h1, %h2}, %r2;
    mov.b16 %e0, %h1;
    cvt.f32.f16 %f1, %e0;
    cvt.f32.f16 %f2, %h2;
    cvt.rn.bf16x2.f32 %r4, %f2, %f1;
    cvt.rn.satfinite.e4m3x2.f32 %h3, %f2, %f1;
    cvt.u32.u16 %r5, %h3;
    setp.lt.f16x2 %p0|%p1, %r2, %r3;
    selp.b32 %r6, 1, 0, %p0;
    @%p1 add.u16x2 %r6, %r6, %r6;
    st.global.v4.b32 [%rd5], {%r3, %r4, %r5, %r6};
    ret;
}
"""


def test_a_kernel_on_small_floats() -> None:
    halves = np.random.default_rng(8).normal(0, 3, (40, 2)).astype(np.float16)
    device = Device("H800")
    data = device.memory.allocate(halves.nbytes, data=halves.view(np.uint8).reshape(-1).copy())
    out = device.memory.allocate(40 * 16)
    kernel = device.load(PTX).functions["k"]
    device.launch(kernel, (1, 1, 1), (40, 1, 1), 0, [p.to_bytes(8, "little") for p in (data, out)])
    words = np.frombuffer(device.memory.read(out, 40 * 16), np.uint32).reshape(40, 4)
    squares, bfloats, eights, flags = (words[:, n].copy() for n in range(4))
    product = halves.astype(np.float64) ** 2
    assert np.array_equal(squares.view(np.float16).reshape(40, 2), product.astype(np.float16))
    singles = halves.astype(np.float32)
    assert np.array_equal(
        bfloats.view(np.uint16).reshape(40, 2), singles.astype(ml_dtypes.bfloat16).view(np.uint16)
    )
    bytes_of = singles.astype(ml_dtypes.float8_e4m3fn).view(np.uint8).astype(np.uint32)
    assert np.array_equal(eights, bytes_of[:, 0] | bytes_of[:, 1] << 8)
    less = halves < squares.view(np.float16).reshape(40, 2)
    assert np.array_equal(flags, less[:, 0] * (1 + less[:, 1].astype(np.uint32)))
