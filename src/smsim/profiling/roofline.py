"""The roofline of a launch: FLOP/s it reaches, against what its arithmetic intensity allows at each memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smsim.counting.metrics import Run, ratio
from smsim.counting.text import columns
from smsim.profiling.evidence import Evidence
from smsim.profiling.quantities import digits, percent, prefixed, rate

_FLOPS = {"add": 1, "sub": 1, "mul": 1, "fma": 2, "mad": 2}
_TYPES = {"f16": 1, "bf16": 1, "f16x2": 2, "bf16x2": 2, "f32": 1, "f64": 1}


@dataclass(frozen=True)
class Level:
    """One memory.

    Attributes:
        name: ``"DRAM"``, ``"L2"`` or ``"L1"``.
        bytes: moved to and from it by the whole grid.
        bandwidth: its peak, bytes per second of the whole device.
        intensity: floating-point operations a byte moved; ``inf`` if nothing was.
        roof: FLOP/s that this intensity allows.
    """

    name: str
    bytes: float
    bandwidth: float
    intensity: float
    roof: float


@dataclass(frozen=True, repr=False)
class Roofline:
    """A launch's point under the device's roofs. Printed, it is a table.

    Attributes:
        kernel: its name.
        flop: floating-point operations of the grid: additions and multiplications, an ``fma`` two.
        seconds: from launch to end.
        achieved: FLOP/s.
        peak: FLOP/s of the pipe for :attr:`kind`.
        kind: ``"FP32"``, or ``"FP64"`` or ``"FP16"`` where most operations are of these.
        levels: DRAM, L2 and L1.
    """

    kernel: str
    flop: int
    seconds: float
    achieved: float
    peak: float
    kind: str
    levels: tuple[Level, ...]

    @property
    def bound(self) -> str:
        """The lowest roof over the launch: a memory's name, or the pipe's kind."""
        lowest = min(self.levels, key=lambda level: level.roof)
        return lowest.name if lowest.roof < self.peak else self.kind

    def to_dict(self) -> dict[str, Any]:
        """All numbers; an intensity without bytes is ``None``."""
        return {
            "flop": self.flop,
            "achieved": self.achieved,
            "peak": self.peak,
            "kind": self.kind,
            "bound": self.bound if self.flop else None,
            "levels": {
                level.name: {
                    "bytes": level.bytes,
                    "bandwidth": level.bandwidth,
                    "intensity": level.intensity if level.bytes else None,
                    "roof": level.roof,
                }
                for level in self.levels
            },
        }

    def __str__(self) -> str:
        if not self.flop:
            return f"{self.kernel}: no floating-point operations, so no roofline"
        rows = [("", "FLOP/B", "bandwidth", "roof", "reached")]
        for level in self.levels:
            intensity = digits(level.intensity) if level.bytes else "any"
            reached = percent(ratio(self.achieved, level.roof))
            rows.append(
                (level.name, intensity, rate(level.bandwidth), prefixed(level.roof, "FLOP/s"), reached)
            )
        rows.append((self.kind, "", "", prefixed(self.peak, "FLOP/s"), percent(self.achieved / self.peak)))
        return (
            f"{self.kernel}: {prefixed(self.flop, 'FLOP')}, {prefixed(self.achieved, 'FLOP/s')}; "
            f"the lowest roof is {self.bound}\n" + columns(rows, indent="")
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from smsim.profiling import roofpage

        return roofpage.html(self)


def roofline(evidence: Evidence) -> Roofline:
    """The roofline of a profiled launch."""
    spec, timing = evidence.spec, evidence.spec.timing
    counted = _flop(evidence.run)
    if evidence.estimate:
        counted = {kind: round(evidence.in_grid(n)) for kind, n in counted.items()}
    flop = sum(counted.values())
    kind = max(counted, key=counted.get) if flop else "FP32"
    lanes = {"FP32": timing.fp32_lanes, "FP64": timing.fp64_lanes, "FP16": timing.fp16_lanes}[kind]
    peak = 2.0 * lanes * spec.sms * spec.clock_hz
    moved = {
        "DRAM": (evidence.in_grid(evidence.dram_bytes), float(timing.dram_bandwidth)),
        "L2": (evidence.in_grid(evidence.l2_bytes), float(timing.l2_bandwidth)),
        "L1": (
            evidence.in_grid(32 * evidence.replay.l1_sectors),
            float(timing.l1_bytes_per_cycle) * spec.sms * spec.clock_hz,
        ),
    }
    levels = []
    for name, (size, bandwidth) in moved.items():
        intensity = flop / size if size else float("inf")
        levels.append(
            Level(name, size, bandwidth, intensity, min(peak, intensity * bandwidth) if size else peak)
        )
    seconds = evidence.seconds
    return Roofline(evidence.isolated.call.name, flop, seconds, flop / seconds, peak, kind, tuple(levels))


def _flop(run: Run) -> dict[str, int]:
    counted = {"FP32": 0, "FP64": 0, "FP16": 0}
    for step, tally in run.tallies.items():
        form = step.form
        if form.opcode in _FLOPS and form.type in _TYPES:
            kind = {"f32": "FP32", "f64": "FP64"}.get(form.type, "FP16")
            counted[kind] += _FLOPS[form.opcode] * _TYPES[form.type] * tally.pred_on
    return counted
