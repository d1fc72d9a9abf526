"""Every event and every record of every warp, against a recorder that goes lane by lane."""

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest
from recorded_kernels import launches, recorded
from slow_recorder import SlowRecorder

from smsim.devices import load
from smsim.isolated import isolate
from smsim.timing.trace import GLOBAL, LOCAL, LOCAL_SECTORS, SHARED

LAUNCHES = launches()


def slowly(launch, arguments):
    isolated = isolate("profile", launch, arguments)
    isolated.device.spec = replace(load("H800"), sms=2)
    run = isolated.prepare()
    slow = run.observer = SlowRecorder()
    run.run()
    return slow.events


def lines_of(code):
    return tuple(s.instruction.line for s in code.steps), code.ending and code.ending.instruction.line


def wavefronts(addresses, atomic):
    """Of 4-byte accesses."""
    words = defaultdict(list)
    for address in addresses:
        words[address // 4 % 32].append(address // 4)
    return max(len(w) if atomic else len(set(w)) for w in words.values())


@pytest.mark.parametrize("name", LAUNCHES)
def test_every_warp_has_its_events_and_records(name):
    launch, arguments = LAUNCHES[name]
    trace, expected = recorded(launch, arguments).trace, slowly(launch, arguments)
    for warp in range(trace.warps):
        block, within = divmod(warp, trace.warps_per_block)
        number = int(trace.block_number[block])
        events = range(trace.event_start[warp], trace.event_start[warp + 1])
        wanted = expected[number, within]
        assert [(lines_of(trace.codes[trace.event_code[e]]), trace.event_lanes[e]) for e in events] == [
            (lines_of(code), lanes) for code, lanes, _ in wanted
        ]
        for event, (_, _, records) in zip(events, wanted, strict=True):
            first = trace.event_record[event]
            for r, (space, addresses, width) in enumerate(records, first):
                assert trace.lanes[r] == len(addresses)
                sectors = trace.sectors[trace.sector_start[r] : trace.sector_start[r + 1]].tolist()
                if space == "global" and addresses:
                    assert trace.space[r] == GLOBAL
                    assert sectors == sorted(
                        {(a + n) // 32 for a in addresses.values() for n in range(width)}
                    )
                    if trace.passes[r]:
                        assert trace.passes[r] == max(Counter(addresses.values()).values())
                elif space == "shared" and addresses:
                    assert trace.space[r] == SHARED and not sectors and width == 4
                    assert trace.passes[r] == wavefronts(
                        addresses.values(), name == "histogram" and r_is_atomic(trace, event, r)
                    )
                elif space == "local":
                    # the same word of a warp's lanes side by side, and each warp's apart from all others'
                    own = LOCAL_SECTORS + (number * trace.warps_per_block + within << 20)
                    lines = {
                        ((a + 4 * word) // 4 * 128 + lane * 4) // 32
                        for lane, a in addresses.items()
                        for word in range(width // 4)
                    }
                    assert trace.space[r] == LOCAL
                    assert sectors == sorted(own + line for line in lines)


def r_is_atomic(trace, event, record):
    from smsim.timing.records import recorded as record_steps

    step = record_steps(trace.codes[trace.event_code[event]])[record - trace.event_record[event]]
    return step.form.row.semantics in ("memory.atomic", "memory.reduce")


def test_local_memory_and_calls_are_among_them():
    spaces = {name: set(recorded(*LAUNCHES[name]).trace.space.tolist()) for name in LAUNCHES}
    assert LOCAL in spaces["strided_local"] and SHARED in spaces["matmul"]
    codes = recorded(*LAUNCHES["calls"]).trace.codes
    assert len({s.function.name for c in codes for s in c.steps}) == 2
    assert np.any(np.diff(recorded(*LAUNCHES["divergent"]).trace.event_start) > 20)
