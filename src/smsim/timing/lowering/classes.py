"""Which pipe executes an instruction, how many machine instructions it becomes, and how long they take.

The counts were read from what NVIDIA's assembler makes of small kernels for sm_75 to sm_90.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsim.ptx.rows import TYPE_BITS
from smsim.timing import microops as m

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.timing.figures import Timing

_LANES_A_CORE = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """One micro-operation of an instruction, before registers are known.

    ``chained``: it needs the piece before it, as the upper half of an addition needs the carry.
    """

    kind: int
    pipe: int
    interval: int
    latency: int
    gap: int = 1
    chained: bool = False


class Classes:
    """The pieces of every instruction on one GPU."""

    def __init__(self, timing: Timing) -> None:
        self.timing = timing

    def of(self, step: Step) -> list[Piece]:
        """The micro-operations that ``step`` becomes where nothing can be folded into its neighbours."""
        semantics = step.form.row.semantics
        family = semantics.partition(".")[0]
        maker = getattr(self, f"_{family}", None)
        if maker is not None:
            return maker(step, semantics)
        return self._by_unit(step)

    # -- helpers -----------------------------------------------------------------------------------------

    def _piece(self, pipe: int, lanes: int, latency: int, kind: int = m.COMPUTE, chained: bool = False):
        interval = max(1, 32 * _LANES_A_CORE // max(1, lanes))
        return Piece(kind, pipe, interval, latency, 1, chained)

    def _alu(self, lanes: int | None = None, chained: bool = False) -> Piece:
        t = self.timing
        return self._piece(m.ALU, lanes or t.logic_lanes, t.integer_latency, chained=chained)

    def _imad(self, chained: bool = False) -> Piece:
        t = self.timing
        return self._piece(m.FMA, t.multiply_lanes, t.integer_latency, chained=chained)

    def _fp32(self) -> Piece:
        return self._piece(m.FMA, self.timing.fp32_lanes, self.timing.fp32_latency)

    def _xu(self, lanes: int | None = None, chained: bool = False) -> Piece:
        t = self.timing
        return self._piece(m.XU, lanes or t.xu_lanes, t.xu_latency, m.VARIABLE, chained)

    def _fp64(self, chained: bool = False) -> Piece:
        return self._piece(m.FP64, self.timing.fp64_lanes, self.timing.fp64_latency, chained=chained)

    def _chain(self, *pieces: Piece) -> list[Piece]:
        first, *rest = pieces
        return [first, *(Piece(p.kind, p.pipe, p.interval, p.latency, p.gap, True) for p in rest)]

    # -- families ----------------------------------------------------------------------------------------

    def _integer(self, step: Step, semantics: str) -> list[Piece]:
        wide = _bits(step) == 64
        name = semantics.partition(".")[2]
        if name in ("mul", "mad"):
            flags = step.form.flags
            if "wide" in flags or not wide:
                return [self._imad()]
            return self._chain(*[self._imad()] * (4 if "hi" in flags else 3))
        if name in ("mul24", "mad24"):
            return [self._imad(), self._alu()]
        lanes = self.timing.integer_lanes
        return self._chain(*[self._alu(lanes)] * (2 if wide else 1))

    _carry = _integer

    def _bits(self, step: Step, semantics: str) -> list[Piece]:
        name = semantics.partition(".")[2]
        wide = _bits(step) == 64
        if name in ("popc", "clz", "brev", "bfind"):
            one = self._xu(self.timing.bits_lanes)
            return [one, one, self._alu()] if wide else [one]
        if name in ("bfe", "bfi", "bmsk", "szext"):
            return self._chain(*[self._alu()] * (4 if wide else 2))
        if name == "fns":
            return self._chain(*[self._alu()] * 12)
        return [self._alu()] * (2 if wide else 1)

    def _compare(self, step: Step, semantics: str) -> list[Piece]:
        if step.form.row.unit == "fp64":
            return [self._fp64()]
        wide = any(TYPE_BITS.get(t, 0) == 64 for t in step.form.types)
        if semantics in ("compare.selp", "compare.slct"):
            return [self._alu()] * (2 if wide else 1)
        return self._chain(*[self._alu()] * (2 if wide else 1))

    def _convert(self, step: Step, semantics: str) -> list[Piece]:
        t = self.timing
        if semantics == "convert.integer_to_integer":
            return [self._alu()]
        if any(TYPE_BITS.get(k, 0) == 64 for k in step.form.types):
            return [self._xu(t.convert64_lanes)]
        return [self._xu(t.convert_lanes)]

    _convert_small = _convert

    def _quotient(self, step: Step, semantics: str) -> list[Piece]:
        """Division, reciprocal, square root, correctly rounded: an estimate and Newton's steps."""
        if step.form.type == "f64":
            return self._chain(self._xu(), *[self._fp64()] * 8)
        return self._chain(self._xu(), *[self._fp32()] * 6)

    def _division(self, step: Step, semantics: str) -> list[Piece]:
        """Integer division: through a float reciprocal; 64 bits is a call."""
        if _bits(step) == 64:
            return self._chain(self._xu(), *[self._imad(), self._alu()] * 30)
        return self._chain(self._xu(), self._xu(), *[self._imad(), self._alu()] * 5)

    def _half(self, step: Step, semantics: str) -> list[Piece]:
        t = self.timing
        return [self._piece(m.FMA, t.fp16_lanes // 2, t.half_latency)]

    def _dot(self, step: Step, semantics: str) -> list[Piece]:
        return [self._imad()]

    def _tensor(self, step: Step, semantics: str) -> list[Piece]:
        t = self.timing
        shape = next((f for f in step.form.flags if f.startswith("m16n8")), "m16n8k16")
        cycles = t.mma_cycles.get(shape, 32)
        return [Piece(m.COMPUTE, m.TENSOR, cycles, t.mma_latency)]

    def _warp(self, step: Step, semantics: str) -> list[Piece]:
        t = self.timing
        if semantics == "warp.shuffle":
            interval = max(1, 32 * _LANES_A_CORE // t.shuffle_lanes)
            return [Piece(m.VARIABLE, m.LSU, interval, t.shuffle_latency)]
        if semantics in ("warp.match", "warp.redux"):
            return [self._xu()]
        return [self._alu()]

    def _memory(self, step: Step, semantics: str) -> list[Piece]:
        space, name = step.form.space, semantics.partition(".")[2]
        if name == "fence":
            return [Piece(m.FENCE, m.LSU, 1, 0)]
        if name in ("prefetch", "policy"):
            return [self._alu()]
        if name in ("convert_address", "is_space"):
            return [] if name == "convert_address" else [self._alu()]
        if space in ("param", "const"):
            return []
        shared = space == "shared"
        kind = {
            "load": m.SHARED_LOAD if shared else m.LOAD,
            "load_matrix": m.SHARED_LOAD,
            "store": m.SHARED_STORE if shared else m.STORE,
            "atomic": m.SHARED_ATOMIC if shared else m.ATOMIC,
            "reduce": m.SHARED_ATOMIC if shared else m.ATOMIC,
        }[name]
        return [Piece(kind, m.LSU, 1, 0)]

    def _barrier(self, step: Step, semantics: str) -> list[Piece]:
        if semantics == "barrier.warp_sync":
            return [Piece(m.COMPUTE, m.ADU, 1, 1)]
        kind = m.ARRIVE if semantics == "barrier.arrive" else m.BARRIER
        return [Piece(kind, m.ADU, 1, self.timing.barrier_latency)]

    def _control(self, step: Step, semantics: str) -> list[Piece]:
        name = semantics.partition(".")[2]
        if name == "nanosleep":
            return [Piece(m.SLEEP, m.CBU, 1, 1)]
        if name in ("return", "exit"):
            return [Piece(m.EXIT, m.CBU, 1, 1)]
        if name == "nothing":
            return []
        return [Piece(m.BRANCH, m.CBU, 1, 1)]

    def _move(self, step: Step, semantics: str) -> list[Piece]:
        return []

    def _by_unit(self, step: Step) -> list[Piece]:
        unit = step.form.row.unit
        if unit == "xu":
            return [self._xu()]
        if unit == "fp64":
            return [self._fp64()]
        if unit == "fma":
            return [self._fp32()]
        return [self._alu()]


def _bits(step: Step) -> int:
    return TYPE_BITS.get(step.form.type, 32)
