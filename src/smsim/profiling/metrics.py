"""Nsight Compute's names for what the timing model finds, each with unit, meaning and where it comes from.

What is counted exactly stands in :mod:`smsim.counting.metrics`; a profile has both. Instructions here are
micro-operations, what the lowering leaves of the PTX; those there are PTX instructions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smsim.counting.metrics import ratio
from smsim.profiling import links, stalls, utilisation
from smsim.profiling.evidence import Evidence
from smsim.timing.microops import PIPES, STALLS

# Where a metric comes from.
COUNTED = "counted"  # exact for the PTX and the arguments
SCALED = "counted, scaled to the grid"  # in an estimate
ASSEMBLER = "assembler"  # NVIDIA's, through nvJitLink; and what follows from its figures exactly
GIVEN = "given"  # by the launch or the device
MODELLED = "modelled"


@dataclass(frozen=True)
class ProfileMetric:
    """One name, its unit, origin and meaning, and its value for a profiled launch."""

    name: str
    unit: str
    origin: str
    meaning: str
    value: Callable[[Evidence], float]


def _grid(e: Evidence, counted: float) -> int:
    return round(e.in_grid(counted))


def _time() -> list[ProfileMetric]:
    return [
        ProfileMetric(
            "gpu__time_duration.sum", "ns", MODELLED, "from launch to end", lambda e: e.seconds * 1e9
        ),
        ProfileMetric("sm__cycles_elapsed.max", "cycles", MODELLED, "from launch to end", lambda e: e.cycles),
        ProfileMetric(
            "sm__cycles_active.avg",
            "cycles",
            MODELLED,
            "in which an SM had warps, over all SMs of the device",
            lambda e: e.active_cycles * e.trace.active_sms / e.spec.sms,
        ),
        ProfileMetric(
            "smsp__cycles_per_second", "Hz", GIVEN, "the SM's clock", lambda e: float(e.spec.clock_hz)
        ),
    ]


def _warps() -> list[ProfileMetric]:
    return [
        ProfileMetric(
            "sm__warps_active.avg.pct_of_peak_sustained_active",
            "%",
            MODELLED,
            "achieved occupancy",
            lambda e: 100 * e.warps_active / e.spec.max_warps_per_sm,
        ),
        ProfileMetric(
            "sm__warps_active.avg.per_cycle_active",
            "warps",
            MODELLED,
            "warps resident on an SM",
            lambda e: e.warps_active,
        ),
        ProfileMetric(
            "sm__maximum_warps_per_active_cycle_pct",
            "%",
            ASSEMBLER,
            "theoretical occupancy",
            lambda e: 100 * e.occupancy.warps / e.spec.max_warps_per_sm,
        ),
        ProfileMetric(
            "sm__maximum_warps_avg_per_active_cycle",
            "warps",
            ASSEMBLER,
            "warps that fit on an SM",
            lambda e: e.occupancy.warps,
        ),
        ProfileMetric(
            "smsp__warps_active.avg.per_cycle_active",
            "warps",
            MODELLED,
            "warps resident on a sub-core",
            lambda e: e.warps_active / e.sm_parts,
        ),
        ProfileMetric(
            "smsp__warps_eligible.avg.per_cycle_active",
            "warps",
            MODELLED,
            "warps of a sub-core that could issue",
            lambda e: e.busy(e.replay.eligible_warp_cycles, e.sm_parts),
        ),
    ]


def _issue() -> list[ProfileMetric]:
    def slots(e: Evidence) -> float:
        return e.busy(e.replay.issue_active_cycles, e.sm_parts)

    return [
        ProfileMetric(
            "smsp__issue_active.avg.pct_of_peak_sustained_active",
            "%",
            MODELLED,
            "cycles in which a scheduler issued",
            lambda e: 100 * slots(e),
        ),
        ProfileMetric(
            "smsp__issue_active.avg.per_cycle_active",
            "",
            MODELLED,
            "instructions a scheduler issued each cycle",
            slots,
        ),
        ProfileMetric(
            "sm__inst_executed.sum",
            "instructions",
            MODELLED,
            "micro-operations, once a warp: what an assembler leaves of the PTX",
            lambda e: _grid(e, e.issued),
        ),
        ProfileMetric(
            "sm__inst_executed.avg.per_cycle_active",
            "",
            MODELLED,
            "micro-operations an SM issued each active cycle (IPC)",
            lambda e: e.busy(e.issued),
        ),
        ProfileMetric(
            "sm__inst_executed.avg.per_cycle_elapsed",
            "",
            MODELLED,
            "the same over all SMs, from launch to end",
            lambda e: e.busy_elapsed(e.issued),
        ),
        ProfileMetric(
            "smsp__average_warp_latency_per_inst_issued.ratio",
            "cycles",
            MODELLED,
            "between two instructions of a warp, on average",
            lambda e: ratio(float(e.replay.stalls.sum()), e.issued),
        ),
    ]


def _throughput() -> list[ProfileMetric]:
    def elapsed(e: Evidence, counted: float, units: int = 1) -> float:
        return 100 * e.busy_elapsed(counted, units)

    def compute(e: Evidence) -> float:
        busiest = max([e.replay.issue_active_cycles, *e.replay.pipe_cycles.tolist()])
        return elapsed(e, busiest, e.sm_parts)

    def dram(e: Evidence) -> float:
        return 100 * e.in_grid(e.dram_bytes) / (e.seconds * e.spec.timing.dram_bandwidth)

    def l1(e: Evidence) -> float:
        timing, replay = e.spec.timing, e.replay
        return elapsed(
            e,
            max(replay.lsu_cycles, replay.shared_cycles, 32 * replay.l1_sectors / timing.l1_bytes_per_cycle),
        )

    def l2(e: Evidence) -> float:
        return 100 * e.in_grid(e.l2_bytes) / (e.seconds * e.spec.timing.l2_bandwidth)

    said = "of the peak, over all SMs from launch to end"
    return [
        ProfileMetric(
            "sm__throughput.avg.pct_of_peak_sustained_elapsed",
            "%",
            MODELLED,
            f"the busiest of issue slots and pipes, {said}",
            compute,
        ),
        ProfileMetric(
            "l1tex__throughput.avg.pct_of_peak_sustained_elapsed",
            "%",
            MODELLED,
            f"the busiest of LSU, shared memory and L1, {said}",
            l1,
        ),
        ProfileMetric(
            "lts__throughput.avg.pct_of_peak_sustained_elapsed", "%", MODELLED, f"L2 bandwidth, {said}", l2
        ),
        ProfileMetric(
            "dram__throughput.avg.pct_of_peak_sustained_elapsed",
            "%",
            MODELLED,
            f"DRAM bandwidth, {said}",
            dram,
        ),
        ProfileMetric(
            "gpu__compute_memory_throughput.avg.pct_of_peak_sustained_elapsed",
            "%",
            MODELLED,
            f"the busiest of L1, L2 and DRAM, {said}",
            lambda e: max(l1(e), l2(e), dram(e)),
        ),
    ]


def _caches() -> list[ProfileMetric]:
    return [
        ProfileMetric(
            "l1tex__t_sector_hit_rate.pct",
            "%",
            MODELLED,
            "sectors of loads that L1 had",
            lambda e: 100 * ratio(e.replay.l1_hits, e.replay.l1_sectors),
        ),
        ProfileMetric(
            "lts__t_sector_hit_rate.pct",
            "%",
            MODELLED,
            "sectors that L2 had",
            lambda e: 100 * ratio(e.replay.l2_hits, e.replay.l2_sectors),
        ),
        ProfileMetric(
            "lts__t_sectors.sum",
            "sectors",
            MODELLED,
            "32-byte sectors at L2: reads, writes, atomics",
            lambda e: _grid(e, e.replay.l2_sectors),
        ),
        ProfileMetric(
            "l1tex__m_xbar2l1tex_read_bytes.sum",
            "B",
            MODELLED,
            "from L2 to the SMs",
            lambda e: _grid(e, e.replay.l2_read_bytes),
        ),
        ProfileMetric(
            "l1tex__m_l1tex2xbar_write_bytes.sum",
            "B",
            MODELLED,
            "from the SMs to L2",
            lambda e: _grid(e, e.replay.l2_write_bytes),
        ),
        ProfileMetric(
            "dram__bytes_read.sum",
            "B",
            MODELLED,
            "read from DRAM",
            lambda e: _grid(e, e.replay.dram_read_bytes),
        ),
        ProfileMetric(
            "dram__bytes_write.sum",
            "B",
            MODELLED,
            "written to DRAM",
            lambda e: _grid(e, e.replay.dram_write_bytes),
        ),
        ProfileMetric(
            "dram__bytes.sum.per_second",
            "B/s",
            MODELLED,
            "read and written, from launch to end",
            lambda e: e.in_grid(e.dram_bytes) / e.seconds,
        ),
    ]


def _links() -> list[ProfileMetric]:
    said = {True: "sent to other GPUs", False: "received from other GPUs"}
    over = {"nvlink": "of the node over NVLink", "network": "of other nodes (the name is ours)"}
    return [
        ProfileMetric(
            name,
            "B",
            MODELLED,
            f"{said[sent]} {over[link]}, headers and requests left out",
            lambda e, link=link, sent=sent: _grid(e, links.replayed_bytes(e, link, sent)),
        )
        for (link, sent), name in links.METRICS.items()
    ]


def _pipes() -> list[ProfileMetric]:
    out = []
    for at, pipe in enumerate(PIPES):
        name = utilisation.PIPE_NAMES.get(pipe, pipe.upper())
        out.append(
            ProfileMetric(
                f"sm__inst_executed_pipe_{pipe}.sum",
                "instructions",
                MODELLED,
                f"micro-operations of the {name}",
                lambda e, at=at: _grid(e, e.replay.pipe_issued[at]),
            )
        )
        out.append(
            ProfileMetric(
                f"sm__inst_executed_pipe_{pipe}.avg.pct_of_peak_sustained_active",
                "%",
                MODELLED,
                f"how busy the {name} was",
                lambda e, at=at: 100 * e.busy(e.replay.pipe_cycles[at], e.sm_parts),
            )
        )
    return out


def _stalls() -> list[ProfileMetric]:
    return [
        ProfileMetric(
            stalls.metric_name(reason),
            "cycles",
            MODELLED,
            f"{stalls.TITLES[reason]}: cycles an issued instruction in which {_a_warp(reason)}",
            lambda e, reason=reason: stalls.per_issue(e)[reason],
        )
        for reason in STALLS
    ]


def _a_warp(reason: str) -> str:
    meaning = stalls.MEANINGS[reason]
    return "a warp" + meaning.removeprefix("it") if meaning.startswith("it ") else meaning


_LIMITS = {
    "registers": ("launch__occupancy_limit_registers", "registers"),
    "shared": ("launch__occupancy_limit_shared_mem", "shared memory"),
    "warps": ("launch__occupancy_limit_warps", "warp slots"),
    "blocks": ("launch__occupancy_limit_blocks", "block slots"),
    "barriers": ("launch__occupancy_limit_barriers", "barriers"),
}


def _limit(e: Evidence, resource: str) -> int:
    """Blocks that a resource has room for; the SM's own cap where a block uses none of it."""
    limit = e.occupancy.limits[resource]
    return e.spec.max_blocks_per_sm if limit is None else limit


def _launch() -> list[ProfileMetric]:
    out = [
        ProfileMetric("launch__grid_size", "blocks", GIVEN, "blocks of the grid", lambda e: e.blocks),
        ProfileMetric("launch__block_size", "threads", GIVEN, "threads of a block", lambda e: e.threads),
        ProfileMetric(
            "launch__thread_count", "threads", GIVEN, "threads of the grid", lambda e: e.blocks * e.threads
        ),
        ProfileMetric("launch__sm_count", "SMs", GIVEN, "SMs of the device", lambda e: e.spec.sms),
        ProfileMetric(
            "launch__registers_per_thread",
            "registers",
            ASSEMBLER,
            "registers of a thread",
            lambda e: e.occupancy.registers,
        ),
        ProfileMetric(
            "launch__waves_per_multiprocessor",
            "waves",
            ASSEMBLER,
            "how often the grid fills the device",
            lambda e: e.blocks / (e.occupancy.blocks * e.spec.sms),
        ),
    ]
    shared = {
        "static": ("the kernel's own", lambda e: e.occupancy.static_shared),
        "dynamic": ("asked for at launch", lambda e: e.occupancy.dynamic_shared),
        "allocated": ("with the driver's, rounded up", lambda e: e.occupancy.shared_per_block),
    }
    out += [
        ProfileMetric(
            f"launch__shared_mem_per_block_{what}", "B", GIVEN, f"shared memory of a block, {said}", value
        )
        for what, (said, value) in shared.items()
    ]
    return out + [
        ProfileMetric(
            name,
            "blocks",
            ASSEMBLER,
            f"blocks on an SM that its {said} allow",
            lambda e, resource=resource: _limit(e, resource),
        )
        for resource, (name, said) in _LIMITS.items()
    ]


PROFILE_METRICS: dict[str, ProfileMetric] = {
    metric.name: metric
    for metric in (
        *_time(),
        *_throughput(),
        *_warps(),
        *_issue(),
        *_stalls(),
        *_caches(),
        *_links(),
        *_pipes(),
        *_launch(),
    )
}

#: The names that say something only where memory of another GPU is reached.
OF_LINKS = frozenset({*links.METRICS.values(), stalls.metric_name("link_throttle")})
