"""What a replay finds out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Replay:
    """The recorded SM (or SMs), cycle by cycle, summed up. Counts are of what was replayed, not of the grid.

    Attributes:
        cycles: from the first issue to the end of the last block; no launch overhead in it.
        block_start, block_end: the cycles in which each recorded block started and ended, int64 ``(B,)``.
        issued: micro-operations issued by PTX instruction, int64 ``(instructions,)``.
        stalls: warp-cycles by PTX instruction at which the warp stood, and by reason
            (:data:`smsim.timing.microops.STALLS`), int64 ``(instructions, reasons)``; the sum over all is
            the warp-cycles of all resident warps.
        active_warp_cycles: resident warps summed over cycles.
        eligible_warp_cycles: warps that could have issued, summed over cycles.
        issue_active_cycles: cycles in which a scheduler issued, summed over schedulers.
        pipe_cycles: cycles in which each pipe was taken, summed over sub-cores, int64 ``(pipes,)``.
        pipe_issued: micro-operations of each pipe, int64 ``(pipes,)``.
        lsu_cycles: cycles in which the SM's shared load and store stage was taken.
        shared_cycles: cycles in which the banks were taken.
        l1_sectors, l1_hits: sectors that global and local loads asked L1 for, and those it had.
        l2_sectors, l2_hits: sectors that went on to L2 (reads, writes, atomics), and those it had.
        l2_read_bytes, l2_write_bytes: between the SM and L2.
        dram_read_bytes, dram_write_bytes: the SM's share of what DRAM moved.
        dram_cycles: cycles in which the SM's share of DRAM was taken.
        link_sent_bytes, link_received_bytes: by SM and link (NVLink, the network), int64 ``(SMs, links)``; all 0 in
            one row where no memory of another GPU was reached.
        timeline: what happened in each of up to 200 equal spans of time, int64 ``(spans, len(STALLS))``
            warp-cycles by reason; their width in cycles is ``span``.
        span: cycles of one row of the timeline.
    """

    cycles: int
    block_start: np.ndarray
    block_end: np.ndarray
    issued: np.ndarray
    stalls: np.ndarray
    active_warp_cycles: int
    eligible_warp_cycles: int
    issue_active_cycles: int
    pipe_cycles: np.ndarray
    pipe_issued: np.ndarray
    lsu_cycles: int
    shared_cycles: int
    l1_sectors: int
    l1_hits: int
    l2_sectors: int
    l2_hits: int
    l2_read_bytes: int
    l2_write_bytes: int
    dram_read_bytes: float
    dram_write_bytes: float
    dram_cycles: int
    timeline: np.ndarray
    span: int
    link_sent_bytes: np.ndarray = field(default_factory=lambda: np.zeros((1, 1), np.int64))
    link_received_bytes: np.ndarray = field(default_factory=lambda: np.zeros((1, 1), np.int64))
