"""The trace of kernels whose threads do not wait for each other's data."""

import numpy as np
import pytest
from recorded_kernels import launches, recorded, same

import smsim
import smsim.machine.launch
from smsim.timing.records import recorded as record_steps
from smsim.timing.trace import GLOBAL, LOCAL, SHARED

LAUNCHES = launches()
ATOMIC = ("memory.atomic", "memory.reduce")


@pytest.mark.parametrize("name", LAUNCHES)
def test_the_trace_of_one_sm_adds_up_to_the_counts(name):
    launch, arguments = LAUNCHES[name]
    counts = smsim.count(launch, *arguments)
    found = recorded(launch, arguments, sms=1, per_sm=4)
    trace, run = found.trace, found.run
    assert found.complete
    assert run.total() == counts._run.total()
    events = np.repeat(np.arange(trace.event_code.size), np.diff([*trace.event_record, trace.lanes.size]))
    lengths = np.array([len(c.steps) + (c.ending is not None) for c in trace.codes])
    assert lengths[trace.event_code].sum() == counts["smsp__inst_executed.sum"]
    assert (lengths[trace.event_code] * trace.event_lanes.astype(int)).sum() == (
        counts["smsp__thread_inst_executed.sum"]
    )
    steps = [record_steps(code) for code in trace.codes]
    place = np.arange(trace.lanes.size) - trace.event_record[events]
    step = [steps[trace.event_code[e]][p] for e, p in zip(events, place, strict=True)]
    sectors = np.diff(trace.sector_start)
    for space, number in (("global", GLOBAL), ("local", LOCAL), ("shared", SHARED)):
        for operation in ("load", "store", "atomic", "reduce"):
            wanted = f"memory.{operation}"
            mine = (trace.space == number) & np.array([s.form.row.semantics == wanted for s in step], bool)
            mine &= trace.lanes > 0
            traffic = [
                t.traffic[space]
                for s, t in run.tallies.items()
                if s.form.row.semantics == wanted and space in t.traffic
            ]
            assert mine.sum() == sum(t.requests for t in traffic)
            assert trace.lanes[mine].sum() == sum(t.threads for t in traffic)
            if space == "shared":
                assert trace.passes[mine].sum() == sum(t.wavefronts for t in traffic)
            elif wanted not in ATOMIC:
                assert sectors[mine].sum() == sum(t.sectors for t in traffic)


@pytest.mark.parametrize("name", LAUNCHES)
def test_the_same_trace_with_other_chunks(name, monkeypatch):
    launch, arguments = LAUNCHES[name]
    usual = recorded(launch, arguments).trace
    assert usual.block_number.tolist() == list(range(0, np.prod(launch.griddim), 2))
    for lanes in (128, 1024, 4096):
        monkeypatch.setattr(smsim.machine.launch, "CHUNK_LANES", lanes)
        assert same(usual, recorded(launch, arguments).trace)


@pytest.mark.parametrize("name", LAUNCHES)
def test_an_estimate_is_the_beginning_of_the_whole(name):
    launch, arguments = LAUNCHES[name]
    whole, part = recorded(launch, arguments, per_sm=2), recorded(launch, arguments, per_sm=2, estimate=True)
    blocks = 4
    assert not part.complete and part.blocks_executed == blocks
    assert part.trace.block_number.tolist() == [0, 2, 4, 6]
    warps = blocks * whole.trace.warps_per_block
    assert np.array_equal(part.trace.event_start, whole.trace.event_start[: warps + 1])
    events = part.trace.event_start[-1]
    records = part.trace.lanes.size
    for name in ("event_lanes", "event_record", "event_code"):
        assert np.array_equal(getattr(part.trace, name), getattr(whole.trace, name)[:events]), name
    for name in ("lanes", "space", "passes"):
        assert np.array_equal(getattr(part.trace, name), getattr(whole.trace, name)[:records]), name
    assert np.array_equal(part.trace.sectors, whole.trace.sectors[: part.trace.sectors.size])
    for key, number in part.trace.sharing.items():
        assert whole.trace.sharing[key] == number
    assert part.trace.blocks_on_sm == whole.trace.blocks_on_sm
    assert part.trace.active_sms == whole.trace.active_sms == 2


@pytest.mark.parametrize("name", LAUNCHES)
def test_an_estimate_of_less_than_two_waves_is_the_whole(name):
    launch, arguments = LAUNCHES[name]
    part = recorded(launch, arguments, per_sm=16, estimate=True)
    assert part.complete
    assert same(recorded(launch, arguments, per_sm=16).trace, part.trace)
