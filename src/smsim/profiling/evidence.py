"""All that a profile is computed from, and how one SM stands for the device.

Counts of a replay are those of the recorded blocks. They become the whole grid's in proportion to the blocks.
Time is SM 0's: it has as many blocks as any SM.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smsim.counting.metrics import Run
    from smsim.devices import DeviceSpec
    from smsim.isolated import Isolated
    from smsim.occupying import Occupancy
    from smsim.timing.microops import MicroOps
    from smsim.timing.outcome import Replay
    from smsim.timing.trace import Trace


@dataclass(frozen=True, eq=False)
class Evidence:
    """One profiled launch.

    Attributes:
        isolated: the launch.
        spec: the GPU that it was profiled for.
        occupancy: what fits on an SM.
        trace, ops, replay: what the recorded SM did, as micro-operations, and cycle by cycle.
        run: exact counts, of the blocks that were executed.
        estimate: whether only SM 0's first blocks were executed.
        gpus: how many GPUs ran it at the same time; their blocks and SMs count together.
    """

    isolated: Isolated
    spec: DeviceSpec
    occupancy: Occupancy
    trace: Trace
    ops: MicroOps
    replay: Replay
    run: Run
    estimate: bool
    gpus: int = 1

    @property
    def blocks(self) -> int:
        """Blocks of the grid, or of the grids of all GPUs."""
        return prod(self.isolated.call.grid) * self.gpus

    @property
    def threads(self) -> int:
        """Threads of a block."""
        return prod(self.isolated.call.block)

    @property
    def recorded(self) -> int:
        """Blocks that were replayed."""
        return len(self.trace.block_number)

    @cached_property
    def recorded_sms(self) -> int:
        """SMs that were replayed."""
        return len(np.unique(self.trace.block_sm))

    # -- time --------------------------------------------------------------------------------------------

    @cached_property
    def active_cycles(self) -> int:
        """Cycles from the first issue on SM 0 to the end of its last block.

        An estimate adds the steady state for the blocks that were not executed. Never less than the busiest part
        needs for all of them: the first waves are few, and a short difference of their ends can promise more than
        DRAM or the LSU can do.
        """
        left = self.trace.blocks_on_sm * self.recorded_sms - self.recorded
        if not self.estimate or left <= 0:
            return self.replay.cycles
        steady = self.replay.cycles + round(left * self.cycles_per_block)
        return max(steady, ceil(self.on_sm(self.busiest_cycles)))

    @cached_property
    def busiest_cycles(self) -> float:
        """Cycles for which the replayed blocks took the part of an SM, or of its share of memory, they took most."""
        replay, timing = self.replay, self.spec.timing
        return max(
            replay.issue_active_cycles / self.sm_parts,
            replay.pipe_cycles.max() / self.sm_parts,
            replay.lsu_cycles,
            replay.shared_cycles,
            32 * replay.l1_sectors / timing.l1_bytes_per_cycle,
            self.l2_bytes / self.l2_bytes_per_cycle,
            replay.dram_cycles,
        )

    @cached_property
    def cycles_per_block(self) -> float:
        """Of the steady state: how much later, on average, blocks of the second wave end than those of the first.

        0 with one wave. (The last end of a wave is no measure: the next one's first blocks are under way by then.)
        """
        ends = np.sort(self.replay.block_end)
        wave = min(self.occupancy.blocks, len(ends))
        second = ends[wave:]
        if not len(second):
            return 0.0
        return float(second.mean() - ends[:wave].mean()) / wave

    @property
    def launch_cycles(self) -> int:
        """What a launch costs before its first instruction and after its last."""
        return self.spec.timing.launch_cycles

    @property
    def cycles(self) -> int:
        """Of the whole launch."""
        return self.active_cycles + self.launch_cycles

    @property
    def seconds(self) -> float:
        """Of the whole launch."""
        return self.cycles / self.spec.clock_hz

    # -- one SM for the device ---------------------------------------------------------------------------

    def on_sm(self, counted: float) -> float:
        """Of what the replay counted, what falls to one SM in the whole launch."""
        more = self.trace.blocks_on_sm / self.recorded if self.estimate else 1.0
        return float(counted) / self.recorded_sms * more

    def in_grid(self, counted: float) -> float:
        """Of what the replay counted, what that makes in the whole grid."""
        return float(counted) * self.blocks / self.recorded

    def busy(self, cycles: float, units: int = 1) -> float:
        """The share of SM 0's active time in which one of its ``units`` was taken."""
        return self.on_sm(cycles) / (max(self.active_cycles, 1) * units)

    def busy_elapsed(self, cycles: float, units: int = 1) -> float:
        """The same over all SMs of the device, from launch to end."""
        return self.in_grid(cycles) / (self.cycles * self.spec.sms * self.gpus * units)

    @property
    def sm_parts(self) -> int:
        """Sub-cores of an SM, each with a scheduler."""
        return self.spec.subpartitions_per_sm

    @cached_property
    def issued(self) -> int:
        """Micro-operations that were replayed."""
        return int(self.replay.issued.sum())

    @cached_property
    def warps_active(self) -> float:
        """Warps resident on the SM, on average over its active cycles; no more than there is room for.

        In an estimate the first waves, whose caches are cold, may stay longer than those that follow.
        """
        return min(self.busy(self.replay.active_warp_cycles), float(self.occupancy.warps))

    @cached_property
    def filled(self) -> float:
        """How much of the room that the grid's blocks could take they take, over all SMs and cycles."""
        taken = self.in_grid(float(np.sum(self.replay.block_end - self.replay.block_start)))
        room = min(self.occupancy.blocks, self.trace.blocks_on_sm)
        return min(1.0, taken / (room * self.spec.sms * self.gpus * max(self.active_cycles, 1)))

    # -- bandwidth ---------------------------------------------------------------------------------------

    @cached_property
    def l2_bytes_per_cycle(self) -> float:
        """What L2 can give one SM: its share of the whole, and no more than its link carries."""
        share = self.spec.timing.l2_bandwidth / self.spec.clock_hz / max(self.trace.active_sms, 1)
        return min(float(self.spec.timing.l2_bytes_per_cycle), share)

    @property
    def l2_bytes(self) -> int:
        """Bytes between the replayed SMs and L2."""
        return self.replay.l2_read_bytes + self.replay.l2_write_bytes

    @property
    def dram_bytes(self) -> float:
        """The replayed SMs' share of what DRAM moved."""
        return self.replay.dram_read_bytes + self.replay.dram_write_bytes
