"""Memory of other GPUs in the timing model: waits are dependencies over a link; bandwidth, latency and credits."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsim.devices.cluster import Cluster
from smsim.devices.links import LOCAL, NETWORK, NVLINK, Link, figures
from smsim.devices.spec import MARKS
from smsim.errors import LaunchError
from smsim.timing import microops as m
from smsim.timing.lowering import lower
from smsim.timing.replay import replay
from tests.hazards.beside import receive, send
from tests.timing.linked import CLOCK, H800, TRIP, Node, copy, replayed

DRAM = H800.timing.dram_latency
NVLINK_HOP = round(Cluster(2, 2).nvlink.hop * CLOCK)
NETWORK_HOP = round(Cluster(2, 1).network.hop * CLOCK)


def stall(result, name):
    return int(result.stalls[:, m.STALLS.index(name)].sum())


# -- a flag ------------------------------------------------------------------------------------------------


def message(cards, to=1, **links):
    """GPU 0 writes data and flag into memory of GPU ``to``, which waits for the flag there."""
    data, flag, out = (cards.array(name, to, 1) for name in ("data", "flag", "out"))
    sender = cards.launch(0, send(), [data, flag], name="sender")
    receiver = cards.launch(to, receive(), [data, flag, out], name="receiver")
    recording, result = replayed(sender, receiver, **links)
    assert out.values() == [42]
    return recording, result


def test_a_flag_is_waited_for_and_not_polled():
    recording, _ = message(Node())
    trace = recording.trace
    assert trace.sm_gpu[trace.block_sm].tolist() == [0, 1]
    assert (trace.event_wait >= 0).sum() == 1 and trace.wait_release.tolist() == [0]
    released = np.searchsorted(trace.event_record, trace.release_record[0], side="right") - 1
    assert released < trace.event_start[1], "the sender's store releases"


@pytest.mark.parametrize(("per_node", "hop"), [(2, NVLINK_HOP), (1, NETWORK_HOP)])
def test_a_message_takes_the_data_there_and_back_and_the_flag_there(per_node, hop):
    """The release waits until the data are acknowledged; the flag then goes one way and is polled."""
    _, result = message(Node(per_node=per_node))
    least = 2 * hop + TRIP + hop + TRIP  # data and answer; flag; the last poll
    # At home the data are looked for in DRAM, and the poll may just have missed the flag.
    assert least + DRAM < result.block_end[1] < least + DRAM + 2 * TRIP + 100
    assert stall(result, "membar") == pytest.approx(2 * hop + TRIP, abs=30)


def test_a_poll_over_a_link_goes_there_and_back():
    """The flag lies with the sender: the receiver's poll has the longer way."""
    cards = Node()
    data, flag, out = (cards.array(name, gpu, 1) for name, gpu in (("data", 0), ("flag", 0), ("out", 1)))
    sender = cards.launch(0, send(), [data, flag])
    receiver = cards.launch(1, receive(), [data, flag, out])
    recording, result = replayed(sender, receiver)
    assert stall(result, "membar") < TRIP + 30, "what it wrote is its own"
    ways = result.block_end[1] / (2 * NVLINK_HOP + TRIP)
    assert 2 < ways < 3.4  # a poll and the data, and up to a poll that came too early
    assert recording.trace.sector_link.max() == NVLINK


def test_launches_given_in_another_order_take_as_long():
    _, one = message(Node())
    cards = Node()
    data, flag, out = (cards.array(name, 1, 1) for name in ("data", "flag", "out"))
    sender = cards.launch(0, send(), [data, flag], name="sender")
    receiver = cards.launch(1, receive(), [data, flag, out], name="receiver")
    _, other = replayed(receiver, sender)
    assert one.cycles == other.cycles and one.block_end.tolist() == other.block_end[::-1].tolist()


PING_PONG = """
mov.u32 %r1, 0;
LOOP:
setp.ge.u32 %p1, %r1, %n1; @%p1 bra DONE;
add.u32 %r1, %r1, 1;
setp.eq.u32 %p2, %n0, 0; @!%p2 bra WAIT;
st.release.sys.global.u32 [%a0], %r1;
WAIT: ld.acquire.sys.global.u32 %r2, [%a1]; setp.lt.u32 %p3, %r2, %r1; @%p3 bra WAIT;
@%p2 bra LOOP;
st.release.sys.global.u32 [%a0], %r1;
bra LOOP;
DONE:
"""


def test_ping_pong_is_a_chain_of_hops():
    def cycles(turns):
        cards = Node()
        ping, pong = cards.array("ping", 1, 1), cards.array("pong", 0, 1)
        first = cards.launch(0, PING_PONG, [ping, pong], numbers=[0, turns])
        second = cards.launch(1, PING_PONG, [pong, ping], numbers=[1, turns])
        return replayed(first, second)[1].cycles

    a_turn = (cycles(12) - cycles(4)) / 8
    # Two hops, each followed by a poll that finds it; a poll may just have missed it.
    assert 2 * (NVLINK_HOP + TRIP) < a_turn < 2 * (NVLINK_HOP + 2 * TRIP + 60)


# -- latency and bandwidth ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("per_node", "hop"), [(2, NVLINK_HOP), (1, NETWORK_HOP)])
def test_one_load_takes_the_way_there_and_back(per_node, hop):
    _, result = replayed(copy(Node(per_node=per_node), source=1, target=0))
    _, own = replayed(copy(Node(per_node=per_node), source=0, target=0))
    more = result.cycles - own.cycles
    assert more == pytest.approx(2 * hop + TRIP - DRAM, abs=40), "instead of DRAM"


@pytest.mark.parametrize(("source", "target"), [(1, 0), (0, 1)])
def test_a_long_copy_takes_bytes_over_bandwidth_and_a_short_one_latency(source, target):
    """With 64 SMs, whose credits and loads are enough for the whole link."""
    cards = Node()
    _, short = replayed(copy(cards, source, target))
    _, result = replayed(copy(cards, source, target, blocks=64, threads=256, turns=8))
    moved = 64 * 256 * 8 * 16
    assert (result.link_sent_bytes if target else result.link_received_bytes).sum() == moved
    assert (result.link_received_bytes if target else result.link_sent_bytes).sum() == 0
    ideal = moved / cards.cluster.nvlink.bandwidth * CLOCK
    assert ideal < result.cycles < 1.25 * ideal + short.cycles
    round_trip = 2 * NVLINK_HOP + TRIP
    assert round_trip < short.cycles < round_trip + 1100  # and what is at home


def test_the_network_has_its_own_bandwidth():
    cards = Node(4, per_node=2)
    _, near = replayed(copy(cards, 0, 1, blocks=64, threads=256, turns=8))
    _, far = replayed(copy(cards, 0, 2, blocks=64, threads=256, turns=8))
    assert near.link_sent_bytes.sum(axis=0).tolist() == [64 * 256 * 8 * 16, 0]
    assert far.link_sent_bytes.sum(axis=0).tolist() == [0, 64 * 256 * 8 * 16]
    assert 2.5 < far.cycles / near.cycles < 4


def test_an_sm_alone_has_the_link_for_itself_and_two_share_it():
    def cycles(blocks):
        return replayed(copy(Node(), 1, 0, blocks=blocks, threads=1024, turns=16), bandwidth=8e9)[1].cycles

    assert cycles(2) == pytest.approx(2 * cycles(1), rel=0.1)


# -- credits -----------------------------------------------------------------------------------------------


def test_without_credits_left_stores_wait_for_acknowledgements():
    cards = Node()
    _, enough = replayed(copy(cards, 0, 1, threads=256, turns=32))
    _, few = replayed(copy(cards, 0, 1, threads=256, turns=32), credits=4096)
    moved, round_trip = 256 * 32 * 16, 2 * NVLINK_HOP + TRIP
    assert few.cycles == pytest.approx(moved / 4096 * round_trip, rel=0.1)
    assert enough.cycles < few.cycles / 2
    assert stall(few, "link_throttle") > stall(enough, "link_throttle")
    assert stall(few, "link_throttle") > sum(
        stall(few, name) for name in ("lg_throttle", "mio_throttle", "membar")
    )


def test_loads_take_no_credits():
    cards = Node()
    _, enough = replayed(copy(cards, 1, 0, threads=256, turns=4))
    _, few = replayed(copy(cards, 1, 0, threads=256, turns=4), credits=32)
    assert few.cycles == enough.cycles and stall(few, "link_throttle") == 0


ADD = """
mov.u32 %r1, %tid.x; mul.wide.u32 %rd1, %r1, 4; add.u64 %rd2, %a0, %rd1;
{add}
"""


def test_an_atomic_goes_both_ways_if_its_old_value_is_wanted():
    found = {}
    for name, add in {
        "red": "red.relaxed.sys.global.add.u32 [%rd2], 1;",
        "atom": "atom.relaxed.sys.global.add.u32 %r2, [%rd2], 1; st.global.u32 [%rd2+128], %r2;",
    }.items():
        cards = Node()
        counts = cards.array("counts", 1, 64)
        _, result = replayed(cards.launch(0, ADD.format(add=add), [counts], block=32))
        found[name] = int(result.link_sent_bytes.sum()), int(result.link_received_bytes.sum()), result.cycles
    assert found["red"][:2] == (128, 0) and found["atom"][:2] == (256, 128)
    round_trip = 2 * NVLINK_HOP + TRIP
    assert round_trip < found["red"][2] < 1.2 * round_trip
    assert 2 * round_trip < found["atom"][2] < 2.2 * round_trip


FENCED = """
mov.u32 %r1, %tid.x; mul.wide.u32 %rd1, %r1, 4; add.u64 %rd2, %a0, %rd1; st.global.u32 [%rd2], %r1;
bar.sync 0;
setp.ne.u32 %p1, %r1, 0; @%p1 bra DONE;
{fence}
mov.u32 %r2, 1; st.relaxed.sys.global.u32 [%a1], %r2;
DONE:
"""


def test_a_fence_waits_for_what_the_whole_block_stored_elsewhere():
    def membar(fence):
        cards = Node()
        arrays = [cards.array("data", 1, 256), cards.array("flag", 1, 1)]
        return stall(replayed(cards.launch(0, FENCED.format(fence=fence), arrays, block=256))[1], "membar")

    assert membar("fence.acq_rel.sys;") == pytest.approx(2 * NVLINK_HOP + TRIP, abs=100)
    assert membar("membar.sys;") == membar("fence.acq_rel.sys;")
    assert membar("membar.cta;") < 10, "which is no question of other GPUs"


# -- never slower ------------------------------------------------------------------------------------------

_RECORDED = {}


def recorded_once(kind):
    """A copy or a message, recorded once: only the links change."""
    if kind not in _RECORDED:
        if kind == "message":
            trace = message(Node())[0].trace
        else:
            way = (1, 0) if kind == "load" else (0, 1)
            trace = replayed(copy(Node(), *way, blocks=3, threads=128, turns=3))[0].trace
        _RECORDED[kind] = trace, lower(trace.codes, H800)
    return _RECORDED[kind]


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["load", "store", "message"]),
    bandwidth=st.floats(1e9, 1e12),
    hop=st.floats(0, 5e-6),
    credits=st.integers(32, 1 << 16),
    better=st.sampled_from(["bandwidth", "hop", "credits"]),
    factor=st.floats(1.01, 20),
)
def test_a_better_link_is_never_slower(kind, bandwidth, hop, credits, better, factor):
    trace, ops = recorded_once(kind)
    link = Link(bandwidth, hop, credits)
    change = {"bandwidth": bandwidth * factor, "hop": hop / factor, "credits": int(credits * factor) + 32}
    cycles = [
        replay(replace(trace, links=(one, one)), ops, H800, 2).cycles
        for one in (link, replace(link, **{better: change[better]}))
    ]
    # A poll is under way when the flag comes, or has just gone: a turn of polling more or less.
    slack = 2 * round(hop * CLOCK) + TRIP + 10 if kind == "message" else 2
    assert cycles[1] <= cycles[0] + slack


# -- what there is -----------------------------------------------------------------------------------------


def test_where_all_memory_is_ones_own_there_is_no_link():
    cards = Node()
    recording, result = replayed(copy(cards, 0, 0, blocks=2))
    assert recording.trace.links == () and not recording.trace.sector_link.size
    assert result.link_sent_bytes.tolist() == [[0]] == result.link_received_bytes.tolist()


def test_every_figure_of_a_link_has_its_origin():
    rows = figures()
    assert set(rows) == {f"{a}_{b}" for a in ("nvlink", "network") for b in ("bandwidth", "hop", "credits")}
    assert all(row.unit and row.source and row.date and row.mark in MARKS for row in rows.values())
    assert Cluster(8, 8).nvlink.bandwidth / Cluster(8, 8).network.bandwidth == 3.2


def test_routes_by_node():
    cluster = Cluster(8, 4)
    assert cluster.routes(5).tolist() == [NETWORK] * 4 + [NVLINK, LOCAL, NVLINK, NVLINK]


@pytest.mark.parametrize("wrong", [{"bandwidth": 0}, {"hop": -1e-9}, {"credits": 31}])
def test_an_impossible_link_is_refused(wrong):
    with pytest.raises(ValueError, match="a link"):
        replace(Cluster(2, 2).nvlink, **wrong)


def test_launches_that_cannot_be_recorded_together_are_refused():
    cards = Node()
    with pytest.raises(LaunchError, match="as many warps a block"):
        replayed(copy(cards, 0, 1, threads=32), copy(cards, 0, 1, threads=64))
    with pytest.raises(LaunchError, match="room at once: 400 blocks"):
        replayed(copy(cards, 0, 1, blocks=200), copy(cards, 0, 1, blocks=200))


def test_two_launches_of_one_gpu_have_sms_of_their_own():
    cards = Node()
    recording, _ = replayed(copy(cards, 0, 1, blocks=3), copy(cards, 0, 1, blocks=2))
    assert sorted(recording.trace.block_sm.tolist()) == [0, 1, 2, 3, 4]
    assert set(recording.trace.sm_gpu.tolist()) == {0}
    assert recording.trace.block_number.tolist() == [0, 1, 2, 0, 1] and recording.blocks_executed == 5
