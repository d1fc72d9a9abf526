"""The replay's parts one by one: barriers, fences, sleep, queues, caches, sharing, several SMs, waves, the timeline."""

from dataclasses import replace

import numpy as np
import pytest

from smsim.devices.spec import named
from smsim.timing import microops as m
from smsim.timing import trace as t
from smsim.timing.replay import replay
from smsim.timing.replay_state import BLOCK_START
from tests.timing.small_traces import memory, micro_ops, op, trace

H100 = named("H100")
T = H100.timing
EXIT = op(m.EXIT, m.CBU, latency=0)
CHAIN = [op(dst=[0], src=[0]) for _ in range(24)]
CHAIN_CYCLES = 23 * 4 + 1  # until the last of them has been issued


def stall(result, name):
    return int(result.stalls[:, m.STALLS.index(name)].sum())


def run(ops, events, warps=1, records=(), per_sm=1, spec=H100, **more):
    return replay(trace(ops, events, warps, records, **more), ops, spec, per_sm)


def with_figures(**figures):
    return replace(H100, timing=replace(T, **figures))


def test_a_grid_barrier_waits_for_all_warps_of_all_sms():
    ops = micro_ops([op(m.BARRIER, m.ADU, record=0), EXIT], CHAIN)
    records = [(t.GRID_BARRIER, 0, [])] * 2
    result = run(ops, [[0], [1, 0]], 1, records, sms=[0, 1])
    assert result.cycles == CHAIN_CYCLES + 2 * T.l2_latency + 1
    assert (result.block_end == result.cycles).all()


def test_a_named_barrier_counts_those_that_only_arrive():
    ops = micro_ops(
        [op(m.BARRIER, m.ADU, record=0), EXIT], [*CHAIN, op(m.ARRIVE, m.ADU, record=0), *CHAIN, EXIT]
    )
    records = [(t.BLOCK_BARRIER, 2, [3])] * 2
    result = run(ops, [[0], [1], [1]], 3, [*records, (t.BLOCK_BARRIER, 2, [4])])
    assert result.stalls[0].sum() + result.stalls[1].sum() == CHAIN_CYCLES + T.barrier_latency + 1
    assert result.cycles > CHAIN_CYCLES + T.barrier_latency + 1  # who arrives does not stop


def test_a_sleeping_warp_sleeps_its_nanoseconds():
    ops = micro_ops([op(m.SLEEP, m.CBU, record=0, width=0), EXIT])
    result = run(ops, [[0]], records=[(t.NOWHERE, 500, [])])
    assert result.cycles == pytest.approx(500e-9 * H100.clock_hz, abs=2)
    assert stall(result, "sleeping") == result.cycles - 2


def test_a_fence_waits_for_the_stores_of_its_warp():
    ops = micro_ops([memory(m.STORE), op(m.FENCE, m.LSU), EXIT], [op(m.FENCE, m.LSU), EXIT])
    records = [(t.GLOBAL, 0, [0])]
    assert run(ops, [[0]], records=records).cycles == T.l2_latency + 1
    assert stall(run(ops, [[0]], records=records), "membar") > T.l2_latency / 2
    assert run(ops, [[1]]).cycles == 2


@pytest.mark.parametrize("kind, space, name", [
    (m.LOAD, t.GLOBAL, "lg_throttle"), (m.SHARED_LOAD, t.SHARED, "mio_throttle"),
])  # fmt: skip
def test_a_full_queue_stops_the_next_memory_instruction(kind, space, name):
    loads = 3 * T.lsu_queue
    ops = micro_ops([memory(kind, n, [n]) for n in range(loads)])
    records = [(space, 1, [n] if space == t.GLOBAL else []) for n in range(loads)]
    deep, flat = (
        run(ops, [[0]], records=records, spec=with_figures(lsu_queue=n)) for n in (loads, T.lsu_queue)
    )
    assert stall(deep, name) == 0 < stall(flat, name)


def test_atomics_on_one_address_take_turns():
    ops = micro_ops([memory(m.ATOMIC, 0, [0]), op(src=[0])])
    times = [run(ops, [[0]], records=[(t.GLOBAL, n, [0])]).cycles for n in (1, 2, 32)]
    assert times == [T.atomic_latency + n for n in (1, 2, 32)]
    two = run(ops, [[0], [0]], 1, [(t.GLOBAL, 32, [0])] * 2, per_sm=2)
    assert two.cycles >= T.atomic_latency + 64


def test_local_memory_stays_in_l1_and_a_global_store_does_not():
    ops = micro_ops([memory(m.STORE, 0), memory(m.LOAD, 1, [0]), op(src=[0])])
    for space, base, hits in ((t.LOCAL, t.LOCAL_SECTORS, 1), (t.GLOBAL, 0, 0)):
        result = run(ops, [[0]], records=[(space, 1, [base + 4])] * 2)
        assert (result.l1_sectors, result.l1_hits) == (1, hits)
        assert result.dram_read_bytes == 0  # L2 has what was written


def test_a_sector_that_is_still_on_its_way_to_l2_comes_no_sooner():
    ops = micro_ops([memory(m.LOAD, 0, [0]), memory(m.LOAD, 1, [1]), op(src=[1])], flags=["cg"])
    result = run(ops, [[0]], records=[(t.GLOBAL, 1, [4])] * 2)
    assert (result.l2_sectors, result.l2_hits) == (2, 1)
    assert result.cycles >= T.dram_latency


def written(lines, l2_lines):
    """Stores to so many lines with room for fewer in L2."""
    ops = micro_ops([memory(m.STORE, n) for n in range(lines)])
    spec = replace(H100, l2_bytes=l2_lines * 128)
    return run(ops, [[0]], records=[(t.GLOBAL, 1, [4 * n]) for n in range(lines)], spec=spec)


def test_dirty_sectors_go_to_dram_when_l2_is_full():
    assert written(64, 1024).dram_write_bytes == 0
    full = written(200, 64)
    assert full.dram_write_bytes == pytest.approx(32 * (200 - 64), rel=1e-3)
    assert full.dram_cycles > 0 and full.l2_write_bytes == 200 * 32


def test_a_shared_sector_costs_its_part_of_dram_and_finds_more_of_l2():
    lines = 400
    ops = micro_ops([memory(m.LOAD, n, [0], [0]) for n in range(lines)] * 2, flags=["cg"])
    ops = replace(ops, records=np.array([2 * lines], np.int32))
    ops.record[lines:] += lines
    records = [(t.GLOBAL, 1, [4 * n]) for n in range(lines)] * 2
    spec = replace(H100, l2_bytes=lines * 128 * 3)
    alone, shared = (
        run(ops, [[0]], records=records, spec=spec, active_sms=4,
            sharing={(0, n): n_sms for n in range(2 * lines)})
        for n_sms in (1.0, 4.0)
    )  # fmt: skip
    assert alone.l2_hits < shared.l2_hits
    assert shared.l2_hits >= 0.9 * lines  # all four have room for what they share
    assert shared.dram_read_bytes == pytest.approx(32 * (shared.l2_sectors - shared.l2_hits) / 4, rel=0.01)


def test_several_sms_do_not_disturb_each_other():
    ops = micro_ops([memory(m.LOAD, 0, [0]), op(src=[0]), EXIT])
    records = [(t.GLOBAL, 1, [4 * n]) for n in range(6)]
    one = run(ops, [[0]] * 2, 1, records[:2], per_sm=2)
    three = run(ops, [[0]] * 6, 1, records, per_sm=2, sms=[0, 1, 2] * 2)
    assert one.cycles == three.cycles
    assert three.l2_sectors == 3 * one.l2_sectors
    assert np.array_equal(three.stalls, 3 * one.stalls)


def test_a_wait_behind_a_barrier_begins_when_the_barrier_opens():
    ops = micro_ops(
        [op(m.BARRIER, m.ADU, record=0)],
        [memory(m.LOAD, 0, [0]), EXIT],
        [*CHAIN, op(m.BARRIER, m.ADU, record=0)],
    )
    barrier, flag = (t.BLOCK_BARRIER, 0, [0]), (t.GLOBAL, 1, [7])
    events = [[0, (1, 0)], [2]]
    result = run(ops, events, 2, [barrier, flag, barrier], waits=[[t.OUTSIDE]])
    opens = CHAIN_CYCLES + T.barrier_latency
    assert result.issued[1] == 1
    assert result.cycles == opens + T.dram_latency


def test_waves_and_a_tail():
    ops = micro_ops([*CHAIN, EXIT])
    ends = [run(ops, [[0]] * blocks, per_sm=2).cycles for blocks in (1, 2, 3, 4, 5)]
    assert ends[0] == ends[1] < ends[2] == ends[3] < ends[4]
    assert ends[4] - ends[2] == ends[2] - ends[0]


def test_a_block_stays_until_its_loads_are_back():
    ops = micro_ops([memory(m.LOAD, 0, [0]), EXIT])
    result = run(ops, [[0]] * 2, records=[(t.GLOBAL, 1, [4])] * 2)
    assert result.block_end[0] == result.block_start[1] - BLOCK_START == T.dram_latency
    assert stall(result, "long_scoreboard") > T.dram_latency - 4


def test_nothing_to_replay():
    ops = micro_ops([EXIT], [])
    empty = run(ops, [])
    assert (empty.cycles, empty.active_warp_cycles, len(empty.block_end)) == (0, 0, 0)
    hollow = run(ops, [[1], [1, 1], [], [0]], per_sm=1)
    assert hollow.issued.sum() == 1 and hollow.stalls.sum() == hollow.block_end.max() - hollow.block_start[3]


def test_both_ways_of_a_branch_take_their_turn():
    ops = micro_ops([op(m.BRANCH, m.CBU)], CHAIN, [EXIT])
    once, both = run(ops, [[0, 1, 2]]), run(ops, [[0, 1, 1, 2]])
    assert both.cycles - once.cycles == 24 * 4
    assert stall(once, "branch_resolving") == T.branch_latency - 1


def test_the_timeline_folds_and_loses_nothing():
    ops = micro_ops([op(dst=[0], src=[0], latency=4000) for _ in range(200)])
    result = run(ops, [[0] * 100])
    assert result.cycles > 70_000_000
    assert len(result.timeline) <= 200
    assert result.span & (result.span - 1) == 0 and result.span * len(result.timeline) >= result.cycles
    assert np.array_equal(result.timeline.sum(axis=0), result.stalls.sum(axis=0))
