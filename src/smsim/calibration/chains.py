"""Chains of dependent instructions: cycles a link, beside the stall counts that NVIDIA's assembler writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from smsim import devices
from smsim.calibration import published
from smsim.calibration.kernels import per_link, text
from smsim.calibration.row import EQUAL, NOT_GATED, Row

#: Name to type, the PTX of one round, and how many links a round has.
CHAINS: dict[str, tuple[str, str, int]] = {
    "FADD": ("f32", "add.rn.f32 {x}, {x}, {a};", 1),
    "FFMA": ("f32", "fma.rn.f32 {x}, {x}, {a}, {b};", 1),
    "IADD3 to LOP3": ("b32", "add.s32 {x}, {x}, {a}; xor.b32 {x}, {x}, {b};", 2),
    "IMAD": ("b32", "mad.lo.s32 {x}, {x}, {a}, {b};", 1),
    "SHF": ("b32", "shf.l.wrap.b32 {x}, {x}, {a}, {b};", 1),
    "IMAD to LOP3": ("b32", "mad.lo.s32 {x}, {x}, {a}, {b}; xor.b32 {x}, {x}, {b};", 2),
    "FMNMX to FADD": ("f32", "min.f32 {x}, {x}, {a}; add.rn.f32 {x}, {x}, {b};", 2),
    "HFMA2": ("b32", "fma.rn.f16x2 {x}, {x}, {a}, {b};", 1),
    "DFMA": ("f64", "fma.rn.f64 {x}, {x}, {a}, {b};", 1),
}
_REGISTER = {"f32": "%f", "b32": "%r", "f64": "%d"}


def chain(kind: str, once: str) -> Callable[[int], str]:
    """The text of a kernel with ``n`` rounds."""
    size = 8 if kind == "f64" else 4
    name = _REGISTER[kind]
    step = once.format(x=f"{name}0", a=f"{name}1", b=f"{name}2")

    def of(rounds: int) -> str:
        loads = [f"ld.global.{kind} {name}{i}, [%a0+{i * size}];" for i in range(3)]
        return text([*loads, *[step] * rounds, f"st.global.{kind} [%a0], {name}0;"])

    return of


def rows() -> Iterator[Row]:
    """A row for each chain and GPU.

    Nothing is gated where the assembler uses a counter, and so says no latency, and where a pipe is so narrow
    that the next instruction waits for the pipe, not for the result.
    """
    memory = np.zeros(8, np.float64)
    for name, (kind, once, links) in CHAINS.items():
        for device in devices.names():
            cycles = per_link(chain(kind, once), 16, 48, memory, device=device) / links
            said = published.stalls(name, devices.load(device).arch)
            gate = EQUAL if said and not _throttled(name, device, said[0].value) else NOT_GATED
            yield Row("Dependent chains", name, device, cycles, "cycles", said, gate)


def _throttled(name: str, device: str, latency: float) -> bool:
    """Whether a warp's instruction keeps its sub-core's FP64 pipe for longer than its result takes."""
    spec = devices.load(device)
    interval = spec.warp_size * spec.subpartitions_per_sm / spec.timing.fp64_lanes
    return name == "DFMA" and interval > latency
