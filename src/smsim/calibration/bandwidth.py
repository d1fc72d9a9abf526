"""Bandwidth against occupancy, and against the number of SMs that take part: the curve's shape beside a published one.

Only shapes are compared: both curves are divided by their own largest value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from smsim import devices
from smsim.calibration import published
from smsim.calibration.kernels import run, text
from smsim.calibration.row import Source

#: The most that a point of the modelled shape may lie from the published one, as a share of the maximum.
NEAR = 0.15
#: How large an array is, in sizes of L2. Two waves of blocks are simulated, the others extrapolated.
_LARGER = 1.5


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve.

    Attributes:
        name: what was measured.
        device: the GPU that was modelled.
        x: where, and ``axis`` what it is.
        modelled, measured: bandwidths in GB/s at ``x``.
        source: who measured, on which GPU.
        gated: whether order and shape have to agree.
        why: what is to be known about it: why nothing is gated, or what the model lacks.
    """

    name: str
    device: str
    axis: str
    x: tuple[float, ...]
    modelled: tuple[float, ...]
    measured: tuple[float, ...]
    source: Source
    gated: bool
    why: str

    @property
    def shapes(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Both as shares of their own largest value."""
        return tuple(tuple(y / max(ys) for y in ys) for ys in (self.modelled, self.measured))

    @property
    def farthest(self) -> float:
        """The largest distance between the two shapes."""
        return max(abs(a - b) for a, b in zip(*self.shapes, strict=True))

    @property
    def in_order(self) -> bool:
        """Whether the modelled bandwidth never falls by more than a hundredth where the measured one rises."""
        steps = zip(self.shapes[0], self.shapes[0][1:], self.shapes[1], self.shapes[1][1:])
        return all(after >= before - 0.01 for before, after, low, high in steps if high > low)

    @property
    def holds(self) -> bool | None:
        """Whether order and shape agree; ``None`` where nothing is gated."""
        return self.in_order and self.farthest <= NEAR if self.gated else None


def curves() -> Iterator[Curve]:
    """Every curve of ``published.toml``, in its order."""
    for given in published.curves():
        spec = _gpu(given)
        if given["axis"] == "SMs":  # the L2 and DRAM of all SMs, for so many of them
            few = [
                devices.load({"name": f"{n} SMs", "like": given["like"], "sms": int(n)}) for n in given["x"]
            ]
            modelled = [stream(part, given["does"], 100.0) for part in few]
        else:
            modelled = [stream(spec, given["does"], share) for share in given["x"]]
        yield _curve(given, modelled)


def _curve(given: dict[str, Any], modelled: list[float]) -> Curve:
    source = Source(max(given["y"]), given["source"], given["date"], given["mark"])
    return Curve(
        given["title"], given["device"], given["axis"], tuple(given["x"]), tuple(modelled), tuple(given["y"]),
        source, given["gated"], given.get("why", ""),
    )  # fmt: skip


def _gpu(given: dict[str, Any]) -> devices.DeviceSpec:
    """The GPU of a curve: one that smsim has, with the figures in which the measured one differs."""
    changed = given.get("changed")
    if changed is None:
        return devices.load(given["like"])
    return devices.load({"name": given["device"], "like": given["like"], **changed})


def stream(spec: devices.DeviceSpec, does: str, occupancy: float) -> float:
    """GB/s of a kernel whose threads each read or write one double, or do both; two blocks an SM.

    As in the benchmark, shared memory keeps a third block away.
    """
    threads = round(occupancy / 100 * spec.max_threads_per_sm / 2 / 32) * 32
    blocks = int(_LARGER * spec.l2_bytes / (8 * threads))
    data = np.zeros(blocks * threads, np.float64)
    given = [data, np.uint32(data.size)] + [data.copy()] * (does == "scale")
    shared = spec.shared_per_sm // 2 - spec.shared_reserved_per_block
    shared -= shared % spec.shared_allocation_unit
    found = run(_KERNELS[does], blocks, threads, *given, device=spec, shared=shared, estimate=True)
    seconds = (found.cycles - found.launch_cycles) / spec.clock_hz
    return data.nbytes * (2 if does == "scale" else 1) / seconds / 1e9


_INDEX = [
    "ld.param.u32 %n, [n];",
    "mov.u32 %t, %tid.x;",
    "mov.u32 %u, %ctaid.x;",
    "mov.u32 %r0, %ntid.x;",
    "mad.lo.s32 %t, %u, %r0, %t;",
    "setp.ge.u32 %more, %t, %n;",
    "@%more bra DONE;",
    "mul.wide.u32 %a1, %t, 8;",
    "add.s64 %a1, %a0, %a1;",
]
_PARAMETERS = ".param .u64 at, .param .u32 n"
_READ = text(
    [
        *_INDEX,
        "ld.global.nc.f64 %d0, [%a1];",
        "setp.neu.f64 %more, %d0, 0d405EC00000000000;",
        "@%more bra DONE;",
        "st.global.f64 [%a1], %d0;",
        "DONE:",
    ],
    _PARAMETERS,
)
_SCALE = text(
    [
        *_INDEX,
        "ld.param.u64 %a2, [to];",
        "mul.wide.u32 %p0, %t, 8;",
        "add.s64 %a2, %a2, %p0;",
        "ld.global.nc.f64 %d0, [%a1];",
        "mul.rn.f64 %d0, %d0, 0d3FF3333333333333;",
        "st.global.f64 [%a2], %d0;",
        "DONE:",
    ],
    _PARAMETERS + ", .param .u64 to",
)
_INIT = text([*_INDEX, "mov.f64 %d0, 0d3FCD70A3D70A3D71;", "st.global.f64 [%a1], %d0;", "DONE:"], _PARAMETERS)

_KERNELS = {"read": _READ, "init": _INIT, "scale": _SCALE}
