"""Asynchronous copies in a profile: what they hide, what they cannot, and that it is the same every time."""

import numpy as np
import pytest

from smsim.devices import load
from smsim.machine import launch as launching
from tests.timing.copy_kernels import THREADS, TILE, computed, double_buffered, profiled, ring, synchronous

H800 = load("H800")
T = H800.timing


def first_words(tiles):
    """What each thread of the first block adds up: the first word of its 16 bytes in each tile."""
    x = np.arange(tiles * TILE // 4, dtype=np.float64).reshape(tiles, -1)
    return x[:, 4 * np.arange(THREADS)].sum(axis=0)


@pytest.mark.parametrize("text", [synchronous(), double_buffered()], ids=["loads", "copies"])
def test_both_compute_the_same(text):
    assert np.array_equal(computed(text, 6), first_words(6))


def test_a_ring_computes_its_sums():
    x = np.arange(6 * TILE // 4, dtype=np.float64).reshape(6, -1)
    assert np.array_equal(computed(ring(3), 6)[32:], x[:, np.arange(96)].sum(axis=0))


def test_copies_ahead_hide_latency():
    """Latency bound: with about as much work as latency, copying ahead saves most of one of the two."""
    tiles, work = 24, 40
    alone, ahead = profiled(synchronous(), tiles, work), profiled(double_buffered(), tiles, work)
    assert ahead.cycles < 0.8 * alone.cycles
    assert alone.cycles - ahead.cycles < tiles * T.dram_latency  # and no more than there was
    assert alone.stalls["long_scoreboard"] > ahead.stalls["long_scoreboard"]


@pytest.mark.parametrize(
    "text, blocks", [(double_buffered(), 4 * H800.sms), (ring(8), 8)], ids=["copies", "ring"]
)
def test_no_copy_is_faster_than_memory(text, blocks):
    tiles = 16
    found = profiled(text, tiles, 1, blocks)
    moved = blocks * tiles * TILE
    assert found.metrics["dram__bytes_read.sum"] == pytest.approx(moved, rel=0.02)
    of_dram = moved / (T.dram_bandwidth * T.dram_efficiency) * H800.clock_hz
    of_l2 = tiles * TILE * -(-blocks // H800.sms) / T.l2_bytes_per_cycle
    assert found.cycles - found.launch_cycles >= max(of_dram, of_l2)


def test_a_deeper_ring_hides_more():
    """Little's law: d tiles under way take d-th part of the latency each, until something else is the limit."""
    tiles = 24
    times = {depth: profiled(ring(depth), tiles, 1) for depth in (1, 2, 4, 8)}
    cycles = {depth: p.cycles - p.launch_cycles for depth, p in times.items()}
    one = cycles[1] / tiles
    assert one > T.dram_latency + T.bulk_latency
    assert cycles[2] / tiles == pytest.approx(one / 2, rel=0.15)
    assert cycles[4] / tiles == pytest.approx(one / 4, rel=0.25)
    assert cycles[8] < cycles[4]


def test_what_a_consumer_waits_for_has_its_name():
    found = profiled(ring(1), 24, 1)
    assert max(found.stalls, key=found.stalls.get) == "short_scoreboard"
    waiting = max(found.source().ptx, key=lambda line: line.cycles)
    assert "mbarrier.try_wait" in waiting.text


def test_the_bytes_of_a_bulk_copy_are_counted_once():
    found = profiled(ring(4), 16, 1)
    assert found.metrics["dram__bytes_read.sum"] == pytest.approx(16 * TILE, rel=0.01)


@pytest.mark.parametrize("text", [double_buffered(), ring(4)], ids=["copies", "ring"])
def test_it_is_the_same_however_blocks_are_run(text, monkeypatch):
    whole = profiled(text, 8, 3, 6).to_dict()
    assert profiled(text, 8, 3, 6).to_dict() == whole
    monkeypatch.setattr(launching, "CHUNK_LANES", 2 * THREADS)
    assert profiled(text, 8, 3, 6).to_dict() == whole
