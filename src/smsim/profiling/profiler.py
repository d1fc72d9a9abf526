"""``smsim.profile``: runs a launch once, records one SM, and replays it cycle by cycle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smsim.driver.resources import Resources, of
from smsim.errors import LaunchError
from smsim.isolated import Isolated, isolate_together
from smsim.occupying import Occupancy
from smsim.profiling.evidence import Evidence
from smsim.profiling.profile import Profile
from smsim.timing.recording import record, record_together


def profile(
    launch: Any,
    *arguments: Any,
    device: Any = None,
    estimate: bool = False,
    budget: int | None = None,
    beside: Sequence[tuple[Any, ...]] = (),
) -> Profile:
    """How long a launch would take, and why; the arguments stay as they are.

    The launch runs on the simulated GPU, also where there is a real one. One SM's warps are then replayed
    cycle by cycle. Counts are exact, registers are those of NVIDIA's assembler, times are modelled:
    :meth:`~smsim.profiling.metric_table.Metrics.origin` says which a number is.

    Args:
        launch: a configured kernel, ``kernel[blocks, threads]``, of Numba or of hand-written PTX.
        arguments: what the kernel would be called with.
        device: the GPU, by name or as :func:`smsim.attach` takes it; the H800 if left out.
        estimate: execute only the blocks of SM 0's first two waves, and extrapolate. There are no results then.
        budget: engine steps that a chunk of blocks may take before it is stopped.
        beside: launches of the same kernel and configuration that other GPUs run at the same time, each with its
            arguments: ``(kernel[blocks, threads, stream], x, y)``; each runs on the GPU of its stream. All of them
            are replayed together; counts and times are then those of all GPUs, and each block has an SM of its own.

    Raises:
        LaunchError: ``launch`` is none, an argument is impossible, the kernel cannot be estimated, or launches are
            not alike that should be profiled together.
        ValueError, TypeError: there is no such device, or a setting is of the wrong type.
        SimulationError: the program did something wrong; a wrong program is not profiled.
    """
    if not isinstance(estimate, bool):
        raise TypeError(f"estimate is True or False, not {estimate!r}.")
    if budget is not None and (isinstance(budget, bool) or not hasattr(budget, "__index__") or budget < 1):
        raise TypeError(f"budget is a number of engine steps from 1 on, not {budget!r}.")
    settings = {} if budget is None else {"budget": int(budget)}
    if device is not None:
        settings["device"] = device
    pairs = [(launch, arguments), *((other, given) for other, *given in beside)]
    if estimate and beside:
        raise LaunchError(
            "Launches that run together cannot be estimated: what one waits for another may do."
        )
    together = isolate_together("profile", pairs, **settings)
    isolated = together[0]
    spec = isolated.device.spec
    room = _occupancy(isolated)
    if not room.blocks:
        raise LaunchError(
            f"{room.kernel}: not even one block fits on an SM of the {spec.name}: {room.limiter}."
        )
    if beside:
        recording = record_together(together, room.blocks)
    else:
        recording = record(isolated, room.blocks, estimate)
    # The replay brings Numba in, where there is Numba: only when there is something to replay.
    from smsim.timing.lowering import lower
    from smsim.timing.replay import replay

    trace = recording.trace
    ops = lower(trace.codes, spec)
    evidence = Evidence(
        isolated=isolated,
        spec=spec,
        occupancy=room,
        trace=trace,
        ops=ops,
        replay=replay(trace, ops, spec, room.blocks, room.shared),
        run=recording.run,
        estimate=not recording.complete,
        gpus=len(together),
    )
    return Profile(evidence)


def _occupancy(isolated: Isolated) -> Occupancy:
    call, spec = isolated.call, isolated.device.spec
    used = of(call.ptx, spec.arch).get(call.entry, Resources())
    return Occupancy(
        kernel=call.name,
        spec=spec,
        block=call.block,
        registers=used.registers,
        static_shared=isolated.function.shared_bytes,
        dynamic_shared=call.shared,
        barriers=used.barriers,
        local=used.local,
        spill_stores=used.spill_stores,
        spill_loads=used.spill_loads,
        known=used.known,
    )
