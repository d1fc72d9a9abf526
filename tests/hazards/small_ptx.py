"""Small hand-written kernels: what they have in common, and how they are run."""

from __future__ import annotations

import numpy as np

from smsim.machine.device import ArrayArgument, Device

WORDS = 64

#: Before every body. ``%rd1`` and ``%rd2`` are the arrays x and out, ``%rd3`` and ``%rd4`` this thread's
#: word of each; ``%r1`` is the thread in its block, ``%r2`` the block, ``%r4`` the thread in the grid,
#: ``%r5`` the thread's word in the shared array ``tile`` and ``%r6`` its lane.
_HEAD = """.version 8.0
.target sm_90
.address_size 64
.global .align 4 .u32 table[8] = {1, 2, 3, 4, 5, 6, 7, 8};
.const .align 4 .u32 primes[4] = {2, 3, 5, 7};
.extern .func __assertfail (.param .b64 a, .param .b64 b, .param .b32 c, .param .b64 d, .param .b64 e);
.func (.param .b32 result) twice (.param .b32 given)
{
    .reg .b32 %r<2>;
    ld.param.u32 %r1, [given];
    add.u32 %r1, %r1, %r1;
    st.param.u32 [result], %r1;
    ret;
}
.visible .entry k(.param .u64 x, .param .u64 out)
{
    .reg .pred %p<10>;
    .reg .b16 %h<10>;
    .reg .b32 %r<40>;
    .reg .f32 %f<10>;
    .reg .b64 %rd<20>;
    .shared .align 16 .b8 tile[256];
    .shared .align 16 .b8 other[256];
    .local .align 16 .b8 depot[32];
    ld.param.u64 %rd1, [x];
    ld.param.u64 %rd2, [out];
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, %ctaid.x;
    mov.u32 %r3, %ntid.x;
    mad.lo.u32 %r4, %r2, %r3, %r1;
    mul.wide.u32 %rd5, %r4, 4;
    add.u64 %rd3, %rd1, %rd5;
    add.u64 %rd4, %rd2, %rd5;
    mov.u32 %r5, tile;
    shl.b32 %r6, %r1, 2;
    add.u32 %r5, %r5, %r6;
    mov.u32 %r6, %laneid;
"""


def text_of(body: str) -> str:
    """A whole module with one kernel ``k`` of that body."""
    return f"{_HEAD}{body}\n    ret;\n}}\n"


def marked_lines(text: str) -> set[int]:
    """The numbers of the lines that an error must name."""
    return {number for number, line in enumerate(text.splitlines(), 1) if "// <--" in line}


def run(text: str, *, grid: int = 1, block: int = 64, written: bool = True, free: str = "") -> np.ndarray:
    """Run the kernel on x = 0, 1, ... 63 and out = zeros, both uint32 of shape ``(64,)``; returns out.

    Args:
        written: whether x holds anything.
        free: ``"x"`` or ``"out"``, to give that array back before the launch.

    Raises:
        SimulationError: what the kernel did wrong.
    """
    device = Device("H800", budget=20_000)
    kernel = device.load(text).functions["k"]
    x, out = device.memory.allocate(4 * WORDS), device.memory.allocate(4 * WORDS, fill=0)
    if written:
        device.memory.write(x, np.arange(WORDS, dtype="u4"))
    arrays = [
        ArrayArgument(name, address, (WORDS,), (4,), np.dtype("u4"))
        for name, address in (("x", x), ("out", out))
    ]
    if free:
        device.memory.free({"x": x, "out": out}[free])
    params = [address.to_bytes(8, "little") for address in (x, out)]
    device.launch(kernel, (grid, 1, 1), (block, 1, 1), 0, params, arrays=arrays)
    return np.frombuffer(device.memory.read(out, 4 * WORDS), np.uint32)
