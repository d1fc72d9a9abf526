"""The replay on traces written by hand, against figures and against an oracle that skips nothing."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsim.devices.spec import named
from smsim.timing import microops as m
from smsim.timing import trace as t
from smsim.timing.replay import ReplayError, replay
from smsim.timing.replay_state import BLOCK_START
from tests.timing.slow_replay import cycles
from tests.timing.small_traces import memory, micro_ops, op, trace

H100 = named("H100")
T = H100.timing
EXIT = op(m.EXIT, m.CBU, latency=0)
CHAIN = [op(dst=[0], src=[0]) for _ in range(24)]


def reason(result, name):
    return int(result.stalls[:, m.STALLS.index(name)].sum())


def test_a_chain_takes_its_latencies():
    ops = micro_ops([*CHAIN, EXIT])
    result = replay(trace(ops, [[0]]), ops, H100, 1)
    assert result.cycles == 23 * 4 + 2
    assert reason(result, "wait") == 23 * 3
    assert result.issue_active_cycles == reason(result, "selected") == 25


@pytest.mark.parametrize("warps", [1, 4, 16, 64])
def test_enough_warps_reach_the_peak(warps):
    ops = micro_ops([*CHAIN * 10, EXIT])
    result = replay(trace(ops, [[0]] * warps, warps), ops, H100, 1)
    rate = 32 * 240 * warps / result.cycles
    assert rate == pytest.approx(min(8 * warps, T.fp32_lanes), rel=0.02)


def load_chain(sectors):
    """Loads that each need the one before."""
    ops = micro_ops([memory(m.LOAD, n, [0], [0]) for n in range(len(sectors))] + [op(src=[0])])
    return ops, trace(ops, [[0]], records=[(t.GLOBAL, 0, [s]) for s in sectors])


def test_levels_have_the_latencies_of_the_file():
    ops, chain = load_chain([0, 0, 0])
    assert replay(chain, ops, H100, 1).cycles == T.dram_latency + 2 * T.l1_latency + 1
    past = micro_ops([memory(m.LOAD, n, [0], [0]) for n in range(2)] + [op(src=[0])], flags=["cg"])
    again = trace(past, [[0]], records=[(t.GLOBAL, 0, [5])] * 2)
    result = replay(again, past, H100, 1)
    assert result.cycles == T.dram_latency + T.l2_latency + 1
    assert (result.l2_sectors, result.l2_hits, result.l1_sectors) == (2, 1, 0)
    assert reason(result, "long_scoreboard") == T.dram_latency + T.l2_latency - 2


@pytest.mark.parametrize(
    ("flags", "looks", "hits"),
    [
        ([], 2, 1),
        (["ca"], 2, 1),
        (["nc"], 2, 1),
        (["L1::evict_first"], 2, 1),
        (["L1::no_allocate"], 2, 0),
        (["nc", "L1::no_allocate", "L2::256B"], 2, 0),
        (["cg"], 0, 0),
        (["cv"], 0, 0),
        (["relaxed", "gpu", "L1::no_allocate"], 0, 0),
        (["acquire", "gpu"], 0, 0),
    ],
)
def test_which_loads_look_into_l1_and_which_leave_their_sectors_there(flags, looks, hits):
    ops = micro_ops([memory(m.LOAD, n, [0], [0]) for n in range(2)] + [op(src=[0])], flags=flags)
    result = replay(trace(ops, [[0]], records=[(t.GLOBAL, 0, [5])] * 2), ops, H100, 1)
    assert (result.l1_sectors, result.l1_hits, result.l2_sectors) == (looks, hits, 2 - hits)
    assert result.cycles == T.dram_latency + (T.l1_latency if hits else T.l2_latency) + 1


def test_a_load_that_does_not_allocate_finds_what_another_left_in_l1():
    plain, passing = ([memory(m.LOAD, 0, [0], [0])], [memory(m.LOAD, 0, [0], [0]), op(src=[0])])
    ops = micro_ops(plain, passing)
    hinted = SimpleNamespace(form=SimpleNamespace(flags=frozenset({"L1::no_allocate"})))
    ops = replace(ops, instructions=(ops.instructions[0], hinted, ops.instructions[2]))
    result = replay(trace(ops, [[0, 1]], records=[(t.GLOBAL, 0, [5])] * 2), ops, H100, 1)
    assert (result.l1_sectors, result.l1_hits) == (2, 1)


def test_bank_conflicts_cost_their_wavefronts():
    ops = micro_ops([memory(m.SHARED_LOAD, 0, [0]), op(src=[0])])
    times = [
        replay(trace(ops, [[0]], records=[(t.SHARED, ways, [])]), ops, H100, 1).cycles
        for ways in (1, 2, 4, 8, 16, 32)
    ]
    assert times == [T.shared_latency + ways for ways in (1, 2, 4, 8, 16, 32)]


def stream(warps, loads=40):
    ops = micro_ops([*(memory(m.LOAD, n, [n % 2], [n % 2]) for n in range(loads)), op(src=[0, 1]), EXIT])
    records = [
        (t.GLOBAL, 0, list(range(4 * (w * loads + n), 4 * (w * loads + n) + 4)))
        for w in range(warps)
        for n in range(loads)
    ]
    return replay(trace(ops, [[0]] * warps, 1, records, active_sms=H100.sms), ops, H100, warps)


def test_bandwidth_grows_with_warps_up_to_the_share_of_dram():
    share = T.dram_bandwidth * T.dram_efficiency / H100.sms / H100.clock_hz
    rates = [(r := stream(warps)).dram_read_bytes / r.cycles for warps in (1, 2, 4, 8, 16, 32)]
    assert rates == sorted(rates)
    assert rates[1] == pytest.approx(2 * rates[0], rel=0.05)
    assert rates[0] == pytest.approx(2 * 128 / (T.dram_latency + 2 * 4 * 32 / share), rel=0.25)
    assert 0.95 * share < rates[-1] <= share


def test_a_barrier_waits_for_the_last_warp():
    ops = micro_ops([memory(m.BARRIER, 0), EXIT], CHAIN)
    events = [[0], [1, 0]]
    result = replay(trace(ops, events, 2, [(t.BLOCK_BARRIER, 0, [0])] * 2), ops, H100, 1)
    assert result.cycles == 23 * 4 + 1 + T.barrier_latency + 1
    assert reason(result, "barrier") > T.barrier_latency


def test_a_wait_ends_when_its_release_is_seen():
    ops = micro_ops(
        [memory(m.LOAD, 0, [0]), op(m.BRANCH, m.CBU, src=[0])],
        [*CHAIN, memory(m.STORE, 0)],
        flags=["volatile"],
    )
    flag = (t.GLOBAL, 1, [7])
    waiting = trace(ops, [[(0, 0)], [1]], 1, [flag, flag], sms=[0, 1], waits=[[0]], releases=[1])
    result = replay(waiting, ops, H100, 1)
    assert result.issued[0] == 2  # one poll failed
    met = trace(ops, [[(0, 0)], [1]], 1, [flag, flag], sms=[0, 1], waits=[[t.OUTSIDE]])
    assert replay(met, ops, H100, 1).issued[0] == 1
    never = trace(ops, [[(0, 0)]], 1, [flag], waits=[[0]], releases=[0])
    with pytest.raises(ReplayError, match="never comes"):
        replay(never, ops, H100, 1)


def test_blocks_follow_one_another():
    ops = micro_ops([*CHAIN, EXIT])
    result = replay(trace(ops, [[0]] * 4), ops, H100, 2)
    assert result.block_start.tolist() == [0, 0, 94 + BLOCK_START, 94 + BLOCK_START]
    with pytest.raises(ValueError, match="per_sm"):
        replay(trace(ops, [[0]]), ops, H100, 0)


COMPUTE = st.builds(
    op,
    pipe=st.sampled_from([m.FMA, m.ALU, m.FP64]),
    dst=st.lists(st.integers(0, 3), max_size=1),
    src=st.lists(st.integers(0, 3), max_size=2),
    latency=st.integers(1, 9),
    interval=st.integers(1, 4),
    gap=st.integers(1, 5),
)
BLOCKS = st.lists(st.lists(COMPUTE, min_size=1, max_size=8), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None)
@given(st.data(), BLOCKS)
def test_cycles_equal_those_of_the_slow_oracle(data, blocks):
    number = st.lists(st.integers(0, len(blocks) - 1), min_size=1, max_size=4)
    events = data.draw(st.lists(number, min_size=1, max_size=8))
    ops = micro_ops(*blocks)
    result = replay(trace(ops, events, len(events)), ops, H100, 1)
    assert result.cycles == cycles([[one for e in warp for one in blocks[e]] for warp in events])


ANY = st.one_of(COMPUTE, st.sampled_from([m.LOAD, m.STORE, m.ATOMIC, m.SHARED_LOAD, m.FENCE, m.BRANCH]))


@settings(max_examples=40, deadline=None)
@given(st.data(), st.lists(ANY, min_size=1, max_size=12), st.integers(1, 3))
def test_every_resident_warp_has_one_reason_in_every_cycle(data, what, per_sm):
    block, number = [], 0
    for one in what:
        if isinstance(one, dict):
            block.append(one)
        elif one in (m.FENCE, m.BRANCH):
            block.append(op(one, m.CBU))
        else:
            block.append(memory(one, number, [0] if one == m.LOAD else [], [1]))
            number += 1
    ops = micro_ops(block)
    warps = data.draw(st.sampled_from([1, 2, 5]))
    events = [[0] * data.draw(st.integers(1, 3)) for _ in range(warps * 4)]
    accesses = [one for one in what if not isinstance(one, dict) and one not in (m.FENCE, m.BRANCH)]
    draw = st.lists(st.integers(0, 40), min_size=1, max_size=6, unique=True).map(sorted)
    records = [
        (t.SHARED if kind == m.SHARED_LOAD else t.GLOBAL, data.draw(st.integers(1, 8)), data.draw(draw))
        for warp in events
        for _ in warp
        for kind in accesses
    ]
    small = trace(ops, events, warps, records)
    result = replay(small, ops, H100, per_sm)
    assert result.stalls.sum() == result.active_warp_cycles == result.timeline.sum()
    assert reason(result, "selected") == result.issued.sum() == result.issue_active_cycles
    assert result.eligible_warp_cycles == reason(result, "selected") + reason(result, "not_selected")
    assert (result.stalls >= 0).all()
    resident = (result.block_end - result.block_start).max()
    assert resident <= result.cycles
    again = replay(small, ops, H100, per_sm)
    assert np.array_equal(result.stalls, again.stalls)
