"""The figures of a GPU that the timing model uses, by name, and the few parameters that were fitted.

Each is a row of the GPU's timing file, ``smsim/devices/*.timing.toml``, with unit, source and mark; two are
the GPU's own figures under other names.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """One GPU's timing. Latencies and intervals are in cycles of the SM's clock.

    ``*_lanes`` are results per cycle and SM (throughput table of the CUDA guides); ``*_latency`` is from issue
    until a dependent instruction may issue.

    Attributes:
        fp32_lanes, fp16_lanes, fp64_lanes, integer_lanes, multiply_lanes, logic_lanes, xu_lanes,
        convert_lanes, convert64_lanes, shuffle_lanes, bits_lanes: throughputs by class. ``bits`` is clz, popc
            and their kin, ``logic`` and, or, shifts, compares, selects. ``fp16_lanes`` counts halves: an
            instruction on packed pairs makes two results a thread. ``convert`` is from floats to integers.
        fp32_latency, integer_latency, crossing_latency, half_latency, fp64_latency: fixed latencies; ``crossing``
            is added where the fma pipe's result goes to the alu pipe or the other way.
        guard_latency: from a compare to an instruction that its predicate guards, a branch among them; as an
            operand, of a select, a predicate is there after ``integer_latency``.
        xu_latency, shuffle_latency, barrier_latency, branch_latency, constant_latency: of variable operations.
        shared_latency, shared_wide_latency: loads of 4 or 8, and of 16 bytes a lane.
        shared_atomic_latency, atomic_latency: of shared memory, and of global memory at L2.
        l1_latency, l2_latency, dram_latency: of loads that hit there.
        copy_latency: of a copy to shared memory (cp.async) that hits L1, until its bytes may be read there.
        bulk_latency: what a bulk copy takes longer than a load, through the SM's copy engine.
        lsu_queue: memory instructions that a sub-core takes in before the next has to wait.
        lsu_address_cycles: a sub-core's address stage, per instruction.
        lsu_request_cycles: the SM's shared stage, per request.
        l1_bytes_per_cycle, l2_bytes_per_cycle: returned to one SM by its L1, and by L2.
        l2_bandwidth, dram_bandwidth: of the whole device, bytes per second; the second is the GPU's
            ``memory_bandwidth``, its peak.
        dram_efficiency: the share of the memory's peak that reads reach.
        l1_bytes: L1 and shared memory together, the GPU's ``l1_and_shared_bytes``.
        mma_cycles: ``"m16n8k16"`` and ``"m16n8k8"`` (f16 or bf16, f32 accumulators) to the cycles that one warp's
            instruction takes its sub-core's tensor core; empty where there is none that takes them.
        mma_latency: of the larger of them.
        launch_cycles: from the launch to the first instruction, and back.
    """

    fp32_lanes: int
    fp16_lanes: int
    fp64_lanes: int
    integer_lanes: int
    multiply_lanes: int
    logic_lanes: int
    xu_lanes: int
    convert_lanes: int
    convert64_lanes: int
    shuffle_lanes: int
    bits_lanes: int
    fp32_latency: int
    integer_latency: int
    crossing_latency: int
    half_latency: int
    fp64_latency: int
    guard_latency: int
    xu_latency: int
    shuffle_latency: int
    barrier_latency: int
    branch_latency: int
    constant_latency: int
    shared_latency: int
    shared_wide_latency: int
    shared_atomic_latency: int
    atomic_latency: int
    l1_latency: int
    l2_latency: int
    dram_latency: int
    copy_latency: int
    bulk_latency: int
    lsu_queue: int
    lsu_address_cycles: int
    lsu_request_cycles: int
    l1_bytes_per_cycle: int
    l2_bytes_per_cycle: int
    l2_bandwidth: float
    dram_bandwidth: float
    dram_efficiency: float
    l1_bytes: int
    mma_cycles: dict[str, int]
    mma_latency: int
    launch_cycles: int
