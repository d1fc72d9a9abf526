"""Runs a launch once and keeps what the timing model needs of it: the trace, and the exact counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smsim.counting.metrics import Run
from smsim.errors import LaunchError
from smsim.isolated import Isolated
from smsim.machine.device import Device
from smsim.machine.launch import Launch
from smsim.timing.batches import Events
from smsim.timing.communication import how_it_communicates, polls
from smsim.timing.namedwaits import NamedWaits, NoWaits, of_events
from smsim.timing.plan import Plan
from smsim.timing.recorder import Recorder
from smsim.timing.routes import sector_links
from smsim.timing.sharing import Opening
from smsim.timing.trace import Trace
from smsim.timing.waits import Waits


@dataclass(frozen=True, eq=False)
class Recording:
    """What one functional run left.

    Attributes:
        trace: for the replay.
        run: exact counts of all that was executed.
        launch: the launch that was run.
        complete: whether that was the whole grid.
        blocks_executed: how many blocks ``run`` counts.
    """

    trace: Trace
    run: Run
    launch: Launch
    complete: bool
    blocks_executed: int


def record(isolated: Isolated, per_sm: int, estimate: bool = False) -> Recording:
    """Run a launch on its simulated device and record it.

    Args:
        isolated: the launch with its copied arguments.
        per_sm: thread blocks that an SM holds at a time.
        estimate: execute only the blocks of SM 0's first two waves (and the beginning of its peers').
            The arguments hold no results then.

    Raises:
        LaunchError: an estimate of a kernel whose threads wait for what others write.
        SimulationError: what the program did wrong.
    """
    launch = isolated.prepare()
    waiting = how_it_communicates(launch)
    if estimate and waiting is not None:
        raise LaunchError(
            f"{launch.kernel_name} cannot be estimated from some of its blocks, because {waiting}: "
            "what its threads wait for may be done by any block. Profile it without estimate=True."
        )
    polling = waiting is not None or polls(launch)
    if polling:  # blocks end behind each poll, so that what one repeats is nothing but the poll
        launch.program = launch.kernel.interruptible
    sms = isolated.device.spec.sms
    all_sms = waiting is not None and launch.blocks <= sms * per_sm
    plan = Plan(sms, per_sm, launch.blocks, launch.threads, all_sms)
    kernel = launch.kernel
    grain = None if not polling else min(kernel.grain, kernel.global_grain)
    recorder = launch.observer = Recorder(plan, grain=grain)
    openings = [recorder.opening]
    complete = not estimate or plan.blocks_on_sm <= 2 * per_sm
    if not complete:
        launch.chosen = plan.first_waves()
    launch.run()
    if not complete:
        openings.append(_opening_of_peers(isolated, plan))
    blocks = launch.blocks_to_run
    run = Run(recorder.tallies, blocks * plan.warps)
    return Recording(_trace(recorder, blocks, openings, launch.device), run, launch, complete, blocks)


def _opening_of_peers(isolated: Isolated, plan: Plan) -> Opening:
    """What the other SMs access first."""
    launch = isolated.prepare()
    launch.chosen = plan.peers()
    if not launch.chosen.size:
        return Opening(plan)
    peers = launch.observer = Recorder(plan, only_opening=True)
    launch.run()
    return peers.opening


def _trace(recorder: Recorder, executed: int, openings: list[Opening], device: Device) -> Trace:
    plan, log = recorder.plan, recorder.log
    recorded = plan.blocks if plan.all_sms else plan.blocks_on_sm
    if executed < plan.blocks:
        recorded = executed
    index, warps = np.arange(recorded, dtype=np.int64), recorded * plan.warps
    waits = None if log is None else Waits(recorder.batches, log, warps)
    events = Events(recorder.batches, warps, None if waits is None else waits.keep)
    number = {id(code): n for n, code in enumerate(events.codes)}
    shared = openings[0].sharing(*openings[1:])
    links = sector_links(events.sectors, device)
    named = NoWaits(events) if waits is None else NamedWaits(events, waits, recorder.batches)
    return Trace(
        codes=events.codes,
        block_sm=plan.sm(index).astype(np.int32),
        block_number=plan.number(index),
        warps_per_block=plan.warps,
        **of_events(events, named),
        sharing={(number[k], place): n for (k, place), n in sorted(shared.items()) if k in number},
        active_sms=plan.active_sms,
        blocks_on_sm=plan.blocks_on_sm,
        links=device.cluster.links if links.any() else (),
        sector_link=links if links.any() else links[:0],
    )
