"""Arithmetic throughput: independent chains in as many warps as hide their latency."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from smsim import devices
from smsim.calibration import published
from smsim.calibration.kernels import per_link, text
from smsim.calibration.row import NOT_GATED, WITHIN_2, Row

_WARPS = 16
_CHAINS = 8


def ffma(rounds: int) -> str:
    """A kernel with eight independent FFMA chains a thread."""
    loads = [f"ld.global.f32 %f{i}, [%a0+{4 * i}];" for i in range(_CHAINS + 2)]
    once = [f"fma.rn.f32 %f{i}, %f{i}, %f{_CHAINS}, %f{_CHAINS + 1};" for i in range(_CHAINS)]
    sums = [f"add.rn.f32 %f0, %f0, %f{i};" for i in range(1, _CHAINS)]
    return text([*loads, *once * rounds, *sums, *_store("f32", "%f0")])


def unary(step: str, name: str, kind: str) -> Callable[[int], str]:
    """A kernel with eight chains of an instruction on one register, ``{x}``."""

    def of(rounds: int) -> str:
        loads = [f"ld.global.{kind} {name}{i}, [%a0+{4 * i}];" for i in range(_CHAINS)]
        once = [step.format(x=f"{name}{i}") for i in range(_CHAINS)]
        add = "add.rn.f32" if kind == "f32" else "xor.b32"
        sums = [f"{add} {name}0, {name}0, {name}{i};" for i in range(1, _CHAINS)]
        return text([*loads, *once * rounds, *sums, *_store(kind, f"{name}0")])

    return of


def _store(kind: str, name: str) -> list[str]:
    """Each thread's result to a place that nobody reads."""
    return ["mov.u32 %t, %tid.x;", "mad.wide.u32 %a1, %t, 4, %a0;", f"st.global.{kind} [%a1+64], {name};"]


def rows() -> Iterator[Row]:
    """FP32 against the peak that NVIDIA states; the special function units and shuffles for the record."""
    for device in devices.names():
        spec = devices.load(device)
        flops = 2 * _a_cycle(ffma, device) * spec.sms * spec.clock_hz / 1e12
        said = published.values("FP32 peak", device)
        yield Row("Throughput", "FFMA, whole GPU", device, flops, "TFLOP/s", said, WITHIN_2)
        for what, step, name, kind in (
            ("MUFU", "ex2.approx.ftz.f32 {x}, {x};", "%f", "f32"),
            ("SHFL", "shfl.sync.bfly.b32 {x}, {x}, 1, 31, -1;", "%r", "b32"),
            ("POPC", "popc.b32 {x}, {x};", "%r", "b32"),
        ):
            found = _a_cycle(unary(step, name, kind), device)
            said = published.values(f"throughput of {what}", device)
            yield Row("Throughput", what, device, found, "results/cycle/SM", said, NOT_GATED)


def _a_cycle(ptx: Callable[[int], str], device: str) -> float:
    """Results a cycle of one SM."""
    threads = 32 * _WARPS
    cycles = per_link(ptx, 4, 12, np.zeros(16 + threads, np.float32), device=device, threads=threads)
    return threads * _CHAINS / cycles
