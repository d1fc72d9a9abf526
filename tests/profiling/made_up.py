"""A recorded launch with a replay made up by hand: every number of a profile can then be worked out on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smsim.devices import DeviceSpec
from smsim.isolated import isolate
from smsim.profiling.evidence import Evidence
from smsim.profiling.profile import Profile
from smsim.profiling.profiler import _occupancy
from smsim.timing.figures import Timing
from smsim.timing.microops import PIPES, STALLS, MicroOps
from smsim.timing.outcome import Replay
from smsim.timing.recording import record

#: Round figures: L2 gives all 132 SMs together 6,600 bytes a cycle, DRAM 1,320, at 1.98 GHz.
CLOCK = 1.98e9
TIMING = Timing(
    fp32_lanes=128, fp16_lanes=256, fp64_lanes=64, integer_lanes=64, multiply_lanes=64, logic_lanes=64,
    xu_lanes=16, convert_lanes=64, convert64_lanes=16, shuffle_lanes=32, bits_lanes=16,
    fp32_latency=4, integer_latency=4, crossing_latency=1, half_latency=6, fp64_latency=8, xu_latency=20,
    shuffle_latency=23, barrier_latency=20, branch_latency=10, guard_latency=13, constant_latency=26, shared_latency=29,
    shared_wide_latency=33, shared_atomic_latency=60, atomic_latency=300, l1_latency=38, l2_latency=260,
    dram_latency=600, copy_latency=45, bulk_latency=170, lsu_queue=5, lsu_address_cycles=4, lsu_request_cycles=2,
    l1_bytes_per_cycle=128,
    l2_bytes_per_cycle=64, l2_bandwidth=6600 * CLOCK, dram_bandwidth=1320 * CLOCK, dram_efficiency=0.92,
    l1_bytes=262144, mma_cycles={}, mma_latency=33, launch_cycles=2000,
)  # fmt: skip


@dataclass(frozen=True)
class Device:
    """A device with the timing above."""

    spec: DeviceSpec
    timing: Timing

    def __getattr__(self, name: str) -> Any:
        return getattr(self.spec, name)


def made_up(launch: Any, *arguments: Any, estimate: bool = False, **changed: Any) -> Profile:
    """A profile of a launch that was really run, with a replay of 10,000 cycles; ``changed`` are its fields.

    ``stalls`` is given as reason to warp-cycles, all at the last PTX instruction, ``pipes`` as pipe to cycles.
    """
    timing = changed.pop("timing", TIMING)
    isolated = isolate("profile", launch, arguments)
    room = _occupancy(isolated)
    recording = record(isolated, room.blocks, estimate)
    steps = tuple(recording.run.tallies)
    n, blocks = len(steps), len(recording.trace.block_number)
    zero = np.zeros(0, np.int32)
    ops = MicroOps(*[zero] * 14, 0, steps)
    cycles = changed.pop("cycles", 10_000)
    waves = -(-blocks // room.blocks)
    wave = np.arange(blocks) // room.blocks
    reasons = {"selected": 4000, "long_scoreboard": 12000, "wait": 2000, **changed.pop("stalls", {})}
    stalls = np.zeros((n, len(STALLS)), np.int64)
    stalls[-1] = [reasons.get(reason, 0) for reason in STALLS]
    issued = np.zeros(n, np.int64)
    issued[-1] = reasons["selected"]
    pipes = changed.pop("pipes", {})
    fields = {
        "cycles": cycles,
        "block_start": wave * cycles // waves,
        "block_end": (wave + 1) * cycles // waves,
        "issued": issued,
        "stalls": stalls,
        "active_warp_cycles": int(stalls.sum()),
        "eligible_warp_cycles": 5000,
        "issue_active_cycles": int(issued.sum()),
        "pipe_cycles": np.array([pipes.get(pipe, 0) for pipe in PIPES], np.int64),
        "pipe_issued": np.full(len(PIPES), 100, np.int64),
        "lsu_cycles": 1000, "shared_cycles": 0, "l1_sectors": 4000, "l1_hits": 1000, "l2_sectors": 3000,
        "l2_hits": 600, "l2_read_bytes": 96000, "l2_write_bytes": 32000, "dram_read_bytes": 76800.0,
        "dram_write_bytes": 20000.0, "dram_cycles": 1200,
        "timeline": np.tile(stalls.sum(axis=0) // 10, (10, 1)),
        "span": cycles // 10,
    }  # fmt: skip
    replay = Replay(**{**fields, **changed})
    spec = Device(isolated.device.spec, timing)
    evidence = Evidence(
        isolated, spec, room, recording.trace, ops, replay, recording.run, not recording.complete
    )
    return Profile(evidence)
