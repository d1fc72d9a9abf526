"""Asynchronous copies in the replay: when they land, who waits for which group, rings of buffers, moving registers."""

from dataclasses import replace

import pytest

from smsim.devices.spec import named
from smsim.timing import microops as m
from smsim.timing import trace as t
from smsim.timing.replay import replay
from smsim.timing.replay_state import RING
from tests.timing.small_traces import memory, micro_ops, op, trace

H100 = named("H100")
T = H100.timing
EXIT = op(m.EXIT, m.CBU, latency=0)
COMMIT, BULK_COMMIT = op(m.COPY_COMMIT, m.ADU, width=0), op(m.BULK_COMMIT, m.UNIFORM, width=0)
#: Cycles that an SM's share of L2 takes for a sector, where it has all of L2.
SECTOR = 32 / T.l2_bytes_per_cycle
EXTRA = T.copy_latency - T.l1_latency


def waits_for(most, kind=m.COPY_WAIT):
    """A wait until no more than ``most`` groups are under way."""
    return op(kind, m.ADU, width=most)


def stall(result, name):
    return int(result.stalls[:, m.STALLS.index(name)].sum())


def run(ops, events, warps=1, records=(), per_sm=1, spec=H100, **more):
    return replay(trace(ops, events, warps, records, **more), ops, spec, per_sm)


def far(line):
    """The four sectors of a line that no cache has."""
    return t.GLOBAL, 4, [4 * line + n for n in range(4)]


# -- copies and their groups ---------------------------------------------------------------------------


def test_a_copy_lands_a_little_later_than_a_load():
    loads = micro_ops([memory(m.LOAD, 0, [0]), op(src=[0])])
    copies = micro_ops([memory(m.COPY), COMMIT, waits_for(0), op()])
    load, copy = (run(ops, [[0]], records=[far(1)]) for ops in (loads, copies))
    assert copy.cycles == load.cycles + EXTRA
    assert stall(copy, "long_scoreboard") > T.dram_latency - 10
    assert copy.l2_read_bytes == copy.dram_read_bytes == 128 and copy.shared_cycles == 4


def test_who_never_waits_goes_on_at_once():
    chain = [op(dst=[0], src=[0]) for _ in range(50)]
    ops = micro_ops([memory(m.COPY), COMMIT, *chain, EXIT], [*chain, EXIT])
    with_copy, without = run(ops, [[0]], records=[far(1)]), run(ops, [[1]])
    assert stall(with_copy, "wait") <= stall(without, "wait") + 5
    assert with_copy.cycles == pytest.approx(
        T.dram_latency + EXTRA, abs=3
    )  # the block stays until its bytes have landed


@pytest.mark.parametrize("flags, hits", [([], 4), (["cg"], 0)])
def test_a_copy_looks_into_l1_unless_it_goes_past_it(flags, hits):
    ops = micro_ops([memory(m.COPY), COMMIT, waits_for(0)], flags=flags)
    result = run(ops, [[0, 0]], records=[far(1)] * 2)
    assert result.l1_hits == hits and result.l2_hits == 4 - hits


@pytest.mark.parametrize("most", [0, 1, 2])
def test_a_wait_names_the_groups_that_may_be_under_way(most):
    """Three groups: a line of DRAM each, but the second has what the first brings to L1."""
    first, again, last = far(1), far(1), far(9)
    groups = [part for n in range(3) for part in (memory(m.COPY, n), COMMIT)]
    ops = micro_ops([*groups, waits_for(most), op(dst=[1]), EXIT])
    result = run(ops, [[0]], records=[first, again, last])
    begins = result.cycles if most == 0 else T.dram_latency + EXTRA
    assert stall(result, "long_scoreboard") == pytest.approx(begins, abs=30)
    ops = micro_ops([*groups, waits_for(most), op(dst=[1]), *[op(dst=[1], src=[1]) for _ in range(300)]])
    chained = run(ops, [[0]], records=[first, again, last])
    ready = {0: 16, 1: 12, 2: 8}[most]  # the later its group was issued
    assert chained.cycles == pytest.approx(T.dram_latency + EXTRA + 300 * 4 + ready, abs=12)


def test_groups_are_waited_for_in_their_order():
    """A group that lands before an older one is not over before it."""
    near = (t.GLOBAL, 4, [0, 1, 2, 3])
    warm = [memory(m.LOAD, 0, [0]), op(src=[0])]
    ops = micro_ops([*warm, memory(m.COPY, 1), COMMIT, memory(m.COPY, 2), COMMIT, waits_for(0), op()])
    late_first = run(ops, [[0]], records=[near, far(9), near])
    late_last = run(ops, [[0]], records=[near, near, far(9)])
    assert late_first.cycles == pytest.approx(late_last.cycles, abs=8)
    ops = micro_ops([*warm, memory(m.COPY, 1), COMMIT, memory(m.COPY, 2), COMMIT, waits_for(1), op(), EXIT])
    assert run(ops, [[0]], records=[near, near, far(9)]).stalls[7].sum() <= T.copy_latency + 4
    assert run(ops, [[0]], records=[near, near, near]).cycles < T.dram_latency + T.copy_latency + 40


def test_waiting_for_all_waits_for_copies_in_no_group_too():
    ops = micro_ops([memory(m.COPY), waits_for(0), op(), EXIT], [memory(m.COPY), waits_for(-1), op(), EXIT])
    none, every = (run(ops, [[n]], records=[far(1)]) for n in (0, 1))
    assert none.stalls[2].sum() < 5 and every.stalls[6].sum() > T.dram_latency - 10


def test_more_groups_than_are_remembered():
    """Whoever may leave more groups under way than that waits for the oldest that is remembered."""
    groups = [part for n in range(RING + 8) for part in (memory(m.COPY, n), COMMIT)]
    records = [far(n) for n in range(RING + 8)]
    ops = micro_ops([*groups, waits_for(0), op()])
    assert run(ops, [[0]], records=records).cycles > T.dram_latency
    ops = micro_ops([*groups, waits_for(RING + 7), op()])
    assert run(ops, [[0]], records=records).cycles > T.dram_latency


def test_groups_belong_to_their_warp():
    ops = micro_ops([memory(m.COPY), COMMIT, waits_for(0), op()], [COMMIT, waits_for(0), op(), EXIT])
    result = run(ops, [[0], [1]], 2, [far(1)])
    assert stall(result, "long_scoreboard") < T.dram_latency + EXTRA


# -- double buffering ----------------------------------------------------------------------------------


def tiles(number, work, ahead):
    """``number`` tiles, a line each: copied, waited for, worked on; ``ahead`` of them are under way meanwhile."""
    computing = [op(dst=[0], src=[0]) for _ in range(work)]
    fill = [part for _ in range(ahead) for part in (memory(m.COPY), COMMIT)]
    fill = [{**one, "record": at} for at, one in zip(_counted(fill), fill, strict=True)]
    step = [memory(m.COPY), COMMIT, waits_for(ahead), *computing]
    drain = [waits_for(0), *computing * ahead, EXIT]
    ops = micro_ops(fill, step, drain)
    events = [[0, *[1] * (number - ahead), 2]]
    return run(ops, events, records=[far(5 * n) for n in range(number)])


def _counted(ops):
    number = -1
    for one in ops:
        number += one["record"] >= 0
        yield number if one["record"] >= 0 else -1


def test_double_buffering_hides_latency():
    number, work = 20, 100
    alone, double = tiles(number, work, 0), tiles(number, work, 1)
    computing = number * work * 4
    assert alone.cycles == pytest.approx(computing + number * (T.dram_latency + EXTRA), rel=0.02)
    assert (
        double.cycles < alone.cycles - 0.9 * (number - 2) * work * 4
    )  # what is worked meanwhile costs nothing
    assert double.cycles > max(
        computing, number / 2 * (T.dram_latency + EXTRA)
    )  # two are under way at a time


def test_more_buffers_do_not_move_more_than_memory_gives():
    slow = replace(H100, memory_bandwidth=1e10, timing=replace(T, dram_bandwidth=1e10))
    number = 40
    fill = [part for n in range(number) for part in (memory(m.COPY, n), COMMIT)]
    ops = micro_ops([*fill, waits_for(0), op()])
    result = run(ops, [[0]], records=[far(n) for n in range(number)], spec=slow)
    per_cycle = 1e10 * T.dram_efficiency / slow.clock_hz
    assert result.cycles >= number * 128 / per_cycle
    assert result.cycles == pytest.approx(number * 128 / per_cycle + T.dram_latency, rel=0.05)


# -- bulk copies ---------------------------------------------------------------------------------------


def bulk_copy(record=0, kind=m.BULK_LOAD):
    return op(kind, m.UNIFORM, width=0, record=record)


def bulk(size, first=0):
    """The record of a bulk copy of ``size`` bytes."""
    return t.GLOBAL, 0, [first + n for n in range(size // 32)]


@pytest.mark.parametrize("size", [32, 1024, 4096, 16384])
def test_a_bulk_copy_takes_its_latency_and_its_bytes(size):
    ops = micro_ops([bulk_copy()], [memory(m.TRY_WAIT, 0, [1]), op(src=[1]), EXIT])
    records = [bulk(size), (t.SHARED, 1, [])]
    result = run(ops, [[0, (1, 0)]], records=records, waits=[[0]], releases=[0], polls=[1])
    bytes_per_cycle = min(T.l2_bytes_per_cycle, T.dram_bandwidth * T.dram_efficiency / H100.clock_hz)
    expected = 1 + T.dram_latency + T.bulk_latency + size / bytes_per_cycle + T.shared_latency
    assert result.cycles == pytest.approx(expected, abs=8)
    assert result.dram_read_bytes == result.l2_read_bytes == size
    assert result.issued.sum() == 4 and result.pipe_issued[m.LSU] == 1  # one instruction, however many bytes


def test_bulk_copies_go_one_after_the_other():
    ops = micro_ops([bulk_copy(0), bulk_copy(1), EXIT])
    one, two = (run(ops, [[0]], records=[bulk(8192), bulk(size, first=4096)]).cycles for size in (32, 8192))
    assert two - one == pytest.approx(8192 * SECTOR / 32, rel=0.02)


@pytest.mark.parametrize("kind", [m.BULK_WAIT, m.BULK_WAIT_READ])
def test_a_bulk_store_has_read_its_source_before_it_is_over(kind):
    ops = micro_ops([bulk_copy(kind=m.BULK_STORE), BULK_COMMIT, waits_for(0, kind), op(), EXIT])
    result = run(ops, [[0]], records=[bulk(2048)])
    moving = 2048 * SECTOR / 32 + T.bulk_latency
    later = T.l2_latency - SECTOR if kind == m.BULK_WAIT else 0
    assert result.stalls[3].sum() == pytest.approx(moving + later, abs=6)
    assert result.l2_write_bytes == 2048 and result.dram_read_bytes == 0


def test_a_predicated_off_copy_moves_nothing():
    ops = micro_ops([bulk_copy(), memory(m.COPY, 1), COMMIT, waits_for(0), EXIT])
    made = trace(ops, [[0]], 1, [bulk(2048), far(1)])
    result = replay(replace(made, lanes=made.lanes * 0), ops, H100, 1)
    assert result.cycles < 20 and result.l2_sectors == 0


# -- mbarriers -----------------------------------------------------------------------------------------


def test_a_suspended_warp_issues_no_polls():
    ops = micro_ops([bulk_copy(), EXIT], [memory(m.TRY_WAIT, 0, [1]), op(src=[1]), EXIT])
    records = [bulk(1024), (t.SHARED, 1, [])]
    result = run(ops, [[0], [(1, 0)]], 2, records, waits=[[0]], releases=[0], polls=[1])
    assert result.issued[2] == 1
    assert stall(result, "short_scoreboard") > T.dram_latency


def test_a_polling_warp_issues_many_at_the_distance_of_shared_memory():
    poll = [memory(m.SHARED_LOAD, 0, [1]), op(src=[1], kind=m.BRANCH, pipe=m.CBU)]
    ops = micro_ops(poll, [bulk_copy(), EXIT], [EXIT])
    records = [bulk(1024), (t.SHARED, 1, [])]
    result = run(ops, [[1], [(0, 0), 2]], 2, records, waits=[[0]], releases=[0])
    assert result.issued[0] == pytest.approx(result.cycles / (T.shared_latency + 2), rel=0.1)


def test_an_arrival_for_copies_comes_when_they_have_landed():
    ops = micro_ops(
        [memory(m.COPY, 0), memory(m.COPY_ARRIVE, 1), EXIT],
        [memory(m.TRY_WAIT, 0, [1]), op(src=[1]), EXIT],
        [memory(m.SHARED_ATOMIC, 0), EXIT],
    )
    shared = (t.SHARED, 1, [])
    result = run(ops, [[0], [(1, 0)]], 2, [far(1), shared, shared], waits=[[0]], releases=[1], polls=[1])
    assert result.cycles == pytest.approx(T.dram_latency + EXTRA + T.shared_latency, abs=8)
    result = run(ops, [[2], [(1, 0)]], 2, [shared, shared], waits=[[0]], releases=[0], polls=[1])
    assert result.cycles < T.shared_atomic_latency + T.shared_latency + 10


def ring(depth, stages, size, work=1):
    """A producer fills ``depth`` buffers in turn by bulk copies of ``size`` bytes, a consumer empties them."""
    shared = (t.SHARED, 1, [])
    produce = [memory(m.TRY_WAIT, 0, [1]), bulk_copy(1)]
    consume = [
        memory(m.TRY_WAIT, 0, [1]),
        *[op(dst=[0], src=[0]) for _ in range(work)],
        memory(m.SHARED_ATOMIC, 1),
    ]
    ops = micro_ops(produce, consume, [EXIT])
    records, producer, consumer, waits, releases = [], [], [], [], []
    for n in range(stages):
        producer.append((0, len(waits) if n >= depth else -1))
        if n >= depth:
            waits.append([stages + n - depth])
        records += [shared, bulk(size, first=n * (size // 32))]
    for n in range(stages):
        consumer.append((1, len(waits)))
        waits.append([n])
        records += [shared, shared]
    releases = [2 * n + 1 for n in range(2 * stages)]
    events = [[*producer, 2], [*consumer, 2]]
    return run(ops, events, 2, records, waits=waits, releases=releases)


def test_a_ring_hides_latency_as_littles_law_says():
    stages, size = 96, 1024
    one = ring(1, stages, size).cycles / stages
    assert one > T.dram_latency + T.bulk_latency
    for depth in (2, 4, 8):
        assert ring(depth, stages, size).cycles / stages == pytest.approx(one / depth, rel=0.15)


def test_a_deep_ring_is_bound_by_bandwidth():
    stages, size = 64, 8192
    bound = size * SECTOR / 32
    times = [ring(depth, stages, size).cycles / stages for depth in (1, 2, 4, 8, 16)]
    assert all(a >= b for a, b in zip(times, times[1:], strict=False))
    assert times[-1] == pytest.approx(bound, rel=0.12) and min(times) >= bound


def test_a_slow_consumer_is_what_counts():
    stages = 40
    slow = ring(4, stages, 1024, work=300).cycles / stages
    assert slow == pytest.approx(300 * 4, rel=0.06)


# -- registers -----------------------------------------------------------------------------------------


def changes(registers):
    return t.NOWHERE, registers, []


def test_who_takes_registers_waits_for_who_gives_them():
    chain = [op(dst=[0], src=[0]) for _ in range(50)]
    ops = micro_ops(
        [*chain, op(m.REGISTERS, m.ADU, record=0), EXIT], [op(m.REGISTERS, m.ADU, record=0), *chain, EXIT]
    )
    result = run(ops, [[0], [1]], 2, [changes(-144), changes(72)])
    assert result.cycles == pytest.approx(2 * 50 * 4 + T.barrier_latency, abs=8)
    assert stall(result, "barrier") == pytest.approx(50 * 4 + T.barrier_latency, abs=8)
    both = run(ops, [[1], [0], [1]], 3, [changes(72), changes(-144), changes(72)])
    assert both.cycles == pytest.approx(result.cycles, abs=4)


def test_registers_belong_to_their_block():
    ops = micro_ops([op(m.REGISTERS, m.ADU, record=0), EXIT])
    with pytest.raises(RuntimeError):
        run(ops, [[0], [0]], 1, [changes(-72), changes(72)], per_sm=2)
