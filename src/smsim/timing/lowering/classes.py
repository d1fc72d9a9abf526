"""The classes of instructions that an assembler emits, and where and how fast each is executed."""

from __future__ import annotations

from dataclasses import dataclass

from smsim.timing import microops as m
from smsim.timing.figures import Timing


@dataclass(frozen=True, slots=True)
class Class:
    """One class of instructions.

    Attributes:
        pipe, kind: as in :mod:`smsim.timing.microops`.
        lanes, latency: names of the figures with its throughput and its latency.
        packed: results a thread in one instruction, 2 for packed halves.
    """

    pipe: int
    lanes: str
    latency: str
    kind: int = m.COMPUTE
    packed: int = 1

    def interval(self, timing: Timing) -> int:
        """Cycles for which one warp's instruction takes its pipe in one of the four sub-cores."""
        return max(1, -(-128 * self.packed // getattr(timing, self.lanes)))

    def cycles(self, timing: Timing) -> int:
        """Cycles until a dependent may issue."""
        return getattr(timing, self.latency)


CLASSES: dict[str, Class] = {
    "ffma": Class(m.FMA, "fp32_lanes", "fp32_latency"),
    "imad": Class(m.FMA, "multiply_lanes", "integer_latency"),
    "iadd": Class(m.ALU, "integer_lanes", "integer_latency"),
    "logic": Class(m.ALU, "logic_lanes", "integer_latency"),
    "fp64": Class(m.FP64, "fp64_lanes", "fp64_latency"),
    "half": Class(m.FP16, "fp16_lanes", "half_latency", packed=2),
    "mufu": Class(m.XU, "xu_lanes", "xu_latency", m.VARIABLE),
    "cvt": Class(m.XU, "convert_lanes", "xu_latency", m.VARIABLE),
    "cvt64": Class(m.XU, "convert64_lanes", "xu_latency", m.VARIABLE),
    "bits": Class(m.XU, "bits_lanes", "xu_latency", m.VARIABLE),
    "shfl": Class(m.LSU, "shuffle_lanes", "shuffle_latency", m.VARIABLE),
    # In SASS S2R and LDC have a counter, as MUFU has, so their time varies. Where they are executed, how many of them
    # in a cycle and how long they take is a guess: as MUFU, and as a shuffle with the latency of constants.
    "s2r": Class(m.XU, "xu_lanes", "xu_latency", m.VARIABLE),
    "ldc": Class(m.ADU, "shuffle_lanes", "constant_latency", m.VARIABLE),
    "uniform": Class(m.UNIFORM, "integer_lanes", "integer_latency"),
}
