"""How busy each part of the machine was: the bars of *speed of light*, and what the limiter is judged by."""

from __future__ import annotations

from dataclasses import dataclass

from smsim.profiling import links
from smsim.profiling.evidence import Evidence
from smsim.profiling.quantities import rate
from smsim.timing.microops import PIPES

#: Nsight Compute's pipes as a reader calls them.
PIPE_NAMES = {
    "fma": "FP32 pipe",
    "alu": "ALU pipe",
    "fp64": "FP64 pipe",
    "fp16": "FP16 pipe",
    "xu": "XU pipe",
    "tensor": "tensor pipe",
}


@dataclass(frozen=True)
class Use:
    """One part and how busy it was.

    Attributes:
        name: ``"DRAM bandwidth"``.
        share: of its peak while the SM was active, from 0 to 1.
        amount: the same as a rate with its unit, where there is one.
    """

    name: str
    share: float
    amount: str = ""


def compute(evidence: Evidence) -> list[Use]:
    """The issue slots and the pipes of an SM, busiest first."""
    parts = evidence.sm_parts
    replay = evidence.replay
    rate_of_issue = evidence.busy(replay.issue_active_cycles)
    uses = [
        Use("issue slots", evidence.busy(replay.issue_active_cycles, parts), f"{rate_of_issue:.2f} a cycle")
    ]
    for pipe, name in PIPE_NAMES.items():
        uses.append(Use(name, evidence.busy(replay.pipe_cycles[PIPES.index(pipe)], parts)))
    return sorted(uses, key=lambda use: -use.share)


def memory(evidence: Evidence) -> list[Use]:
    """From the SM outwards: LSU, shared memory, L1, L2, DRAM, used links. Rates are of the whole device."""
    replay, timing = evidence.replay, evidence.spec.timing
    device = evidence.trace.active_sms * evidence.spec.clock_hz / max(evidence.active_cycles, 1)

    def moved(counted: float) -> str:
        return rate(evidence.on_sm(counted) * device) if counted else ""

    uses = [
        Use("LSU", evidence.busy(replay.lsu_cycles)),
        Use("shared memory", evidence.busy(replay.shared_cycles)),
        Use(
            "L1 bandwidth",
            evidence.busy(32 * replay.l1_sectors / timing.l1_bytes_per_cycle),
            moved(32 * replay.l1_sectors),
        ),
        Use(
            "L2 bandwidth",
            evidence.busy(evidence.l2_bytes / evidence.l2_bytes_per_cycle),
            moved(evidence.l2_bytes),
        ),
        Use("DRAM bandwidth", evidence.busy(replay.dram_cycles), moved(evidence.dram_bytes)),
    ]
    return uses + [Use(t.title, t.share, moved(t.replayed)) for t in links.traffic(evidence)]
