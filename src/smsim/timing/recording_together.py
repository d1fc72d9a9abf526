"""Records launches that run at the same time, on one simulated GPU or on several, as one trace.

What one of them waits for may be released by another, so their events are kept in one order, and the replay plays all
of their SMs. Whatever a thread waits for is then a release of the trace: no other GPU is assumed to be quick or slow.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smsim.counting.metrics import Run
from smsim.errors import LaunchError
from smsim.isolated import Isolated
from smsim.machine.launch import Launch
from smsim.machine.together import Together
from smsim.timing.batches import Events
from smsim.timing.communication import polls
from smsim.timing.namedwaits import NamedWaits, NoWaits, of_events
from smsim.timing.plan import Plan
from smsim.timing.recorder import Recorder
from smsim.timing.recording import Recording
from smsim.timing.records import is_grid_barrier
from smsim.timing.routes import sector_links
from smsim.timing.trace import Trace
from smsim.timing.waits import Waits


def record_together(isolated: Sequence[Isolated], per_sm: int) -> Recording:
    """Run launches of several GPUs at the same time and record all of them.

    Args:
        isolated: the launches with their copied arguments, each on another GPU.
        per_sm: thread blocks that an SM holds at a time.

    Raises:
        LaunchError: they are not launches of one kernel with one configuration on different GPUs, or an SM would have
            more than one block; or as :func:`record_launches`.
        SimulationError: what the programs did wrong.
    """
    launches = [one.prepare() for one in isolated]
    _raise_unless_alike(isolated, launches)
    return record_launches(launches, per_sm)


def record_launches(launches: Sequence[Launch], per_sm: int) -> Recording:
    """Run launches, of any kernels and on any GPUs, at the same time and record all of their blocks.

    The trace's blocks come launch by launch; its counts are of all of them.

    Args:
        launches: prepared, and not yet run; all with as many warps a block.
        per_sm: thread blocks that an SM holds at a time.

    Raises:
        LaunchError: their blocks have different numbers of warps, do not all have room on their GPU at once, or wait
            for their whole grid.
        SimulationError: what a program did wrong.
    """
    launches = tuple(launches)
    starts = _check(launches, per_sm)
    grain = None
    if any(polls(launch) for launch in launches):
        grain = min(min(launch.kernel.grain, launch.kernel.global_grain) for launch in launches)
        for launch in launches:
            launch.program = launch.kernel.interruptible
    recorders: list[Recorder] = []
    for launch in launches:
        plan = Plan(launch.device.spec.sms, per_sm, launch.blocks, launch.threads, all_sms=True)
        recorder = Recorder(plan, grain=grain, beside=recorders[-1] if recorders else None)
        recorders.append(recorder)
        launch.observer = recorder
    Together(launches).run()
    blocks = recorders[-1].end
    run = Run(recorders[-1].tallies, blocks * recorders[-1].plan.warps)
    return Recording(_trace(launches, recorders, starts), run, launches[0], True, blocks)


def _raise_unless_alike(isolated: Sequence[Isolated], launches: Sequence[Launch]) -> None:
    first, sms = isolated[0].call, launches[0].device.spec.sms
    gpus = {one.device.ordinal for one in isolated}
    for one in isolated:
        call = one.call
        if (call.ptx, call.grid, call.block, call.shared) != (
            first.ptx,
            first.grid,
            first.block,
            first.shared,
        ):
            raise LaunchError(
                f"{call.name} cannot be profiled beside {first.name}: launches that are profiled together are of one "
                "kernel, with one number of blocks and threads."
            )
    if len(gpus) < len(isolated):
        raise LaunchError(
            f"{first.name}: launches that are profiled together run on a GPU each; give each a stream of its own GPU."
        )
    if launches[0].blocks > sms:
        raise LaunchError(
            f"{first.name}: {launches[0].blocks} blocks on {sms} SMs cannot be profiled beside other launches; there, "
            "every block needs an SM of its own."
        )


def _check(launches: tuple[Launch, ...], per_sm: int) -> list[int]:
    """Of each launch, how many blocks of earlier ones its GPU has; where it begins among the SMs."""
    first, on_gpu, starts = launches[0], {}, []
    for launch in launches:
        if -(-launch.threads // 32) != -(-first.threads // 32):
            raise LaunchError(
                f"launches that are recorded together have as many warps a block: {first.called} has "
                f"{first.threads} threads a block, {launch.called} {launch.threads}."
            )
        if _waits_for_its_grid(launch):
            raise LaunchError(
                f"{launch.called} waits for its whole grid (grid.sync); launches that do are recorded alone."
            )
        before = on_gpu.get(launch.device.ordinal, 0)
        starts.append(before)
        on_gpu[launch.device.ordinal] = before + launch.blocks
        room = launch.device.spec.sms * per_sm
        if before + launch.blocks > room:
            raise LaunchError(
                f"launches that are recorded together have room at once: {before + launch.blocks} blocks are too "
                f"many for GPU {launch.device.ordinal}, which holds {room} ({per_sm} an SM)."
            )
    return starts


def _waits_for_its_grid(launch: Launch) -> bool:
    programs = launch.kernel.programs(launch.program is not launch.kernel.program)
    endings = (code.ending for program in programs for code in program.blocks)
    return any(ending is not None and is_grid_barrier(ending) for ending in endings)


def _trace(launches: tuple[Launch, ...], recorders: list[Recorder], starts: list[int]) -> Trace:
    last = recorders[-1]
    warps = last.plan.warps
    waits = None if last.log is None else Waits(last.batches, last.log, last.end * warps)
    events = Events(last.batches, last.end * warps, None if waits is None else waits.keep)
    named = NoWaits(events) if waits is None else NamedWaits(events, waits, last.batches)
    number = {id(code): n for n, code in enumerate(events.codes)}
    shared = {key: n for recorder in recorders for key, n in recorder.opening.sharing().items()}
    sm, gpu, numbers = [], [], []
    for launch, recorder, start in zip(launches, recorders, starts, strict=True):
        index = np.arange(recorder.plan.blocks, dtype=np.int64)
        sm.append((recorder.plan.sm(index) + start) % launch.device.spec.sms)
        gpu.append(np.full(index.size, launch.device.ordinal))
        numbers.append(recorder.plan.number(index))
    places, block_sm = np.unique(np.stack([*map(np.concatenate, (gpu, sm))]), axis=1, return_inverse=True)
    links = np.concatenate(
        [
            sector_links(_sectors_of(events, first * warps, recorder.end * warps), launch.device)
            for launch, recorder, first in zip(launches, recorders, [0, *(r.end for r in recorders)])
        ]
    )
    cluster = launches[0].device.cluster
    return Trace(
        codes=events.codes,
        block_sm=block_sm.reshape(-1).astype(np.int32),
        block_number=np.concatenate(numbers),
        warps_per_block=warps,
        **of_events(events, named),
        sharing={(number[k], place): n for (k, place), n in sorted(shared.items()) if k in number},
        active_sms=int(np.bincount(places[0]).max()),
        blocks_on_sm=max(1, last.end // places.shape[1]),
        links=cluster.links if links.any() else (),
        sector_link=links if links.any() else links[:0],
        sm_gpu=places[0].astype(np.int32),
    )


def _sectors_of(events: Events, first: int, end: int) -> np.ndarray:
    """The sectors that warps ``first`` to ``end`` touch."""
    edges = []
    for warp in (first, end):
        event = int(events.start[warp])
        record = int(events.record[event]) if event < len(events.record) else len(events.record_lanes)
        edges.append(int(events.sector_start[record]))
    return events.sectors[edges[0] : edges[1]]
