"""Small pieces of PTX for the tests of the lowering, and what becomes of them."""

from __future__ import annotations

from smsim import devices
from smsim.machine.device import Device
from smsim.machine.memory import Memory
from smsim.timing import microops as m
from smsim.timing.lowering import lower

SPEC = devices.load("H100")

_KERNEL = """.version 8.0
.target sm_90a
.address_size 64
.visible .entry k(.param .u64 p, .param .u32 n) {{
.reg .pred %p<9>; .reg .f32 %f<40>; .reg .f64 %d<9>; .reg .b32 %r<40>; .reg .b64 %rd<20>;
.shared .align 16 .b8 tile[4096];
ld.param.u64 %rd1, [p]; ld.param.u32 %r1, [n];
mov.u32 %r2, %tid.x; mul.wide.u32 %rd2, %r2, 4; add.s64 %rd3, %rd1, %rd2;
{body}
ret; }}"""


def kernel(body: str) -> str:
    return _KERNEL.format(body=body)


def program(ptx: str) -> object:
    functions = Device(memory=Memory(1 << 20)).load(ptx).functions
    return next(iter(functions.values())).program


def programs(ptx: str) -> list[object]:
    """The kernel and the functions that it calls."""
    functions = Device(memory=Memory(1 << 20)).load(ptx).functions
    return next(iter(functions.values())).programs(False)


def lowered(body: str, spec: object = SPEC) -> m.MicroOps:
    return lower(program(kernel(body)).blocks, spec)


def texts(ops: m.MicroOps) -> list[str]:
    """The opcode of the PTX behind each micro-operation, in order; ``constant`` for one that brings a constant."""
    return [_text(ops, n) for n in range(len(ops.kind))]


def _text(ops: m.MicroOps, n: int) -> str:
    opcode = ops.instructions[ops.pc[n]].instruction.opcode
    computes = ops.kind[n] in (m.COMPUTE, m.VARIABLE) and opcode != "bar"
    return "constant" if computes and ops.dst_start[n] == ops.dst_start[n + 1] else opcode


def of(ops: m.MicroOps, opcode: str) -> list[int]:
    """The micro-operations that come from one opcode."""
    return [n for n, text in enumerate(texts(ops)) if text == opcode]
