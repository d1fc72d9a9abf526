"""A profile's numbers, worked out on paper from a replay made up by hand."""

import numpy as np
import pytest
from made_up import CLOCK, TIMING, made_up
from profiled_kernels import saxpy, shift

from smsim.counting.metrics import METRICS
from smsim.profiling.limiter import NAMES
from smsim.profiling.metrics import OF_LINKS, PROFILE_METRICS
from smsim.profiling.stalls import MEANINGS, TITLES
from smsim.timing.microops import STALLS

BLOCKS = 2 * 132  # two a SM, so SM 0 stands for all of them exactly
N = BLOCKS * 256


def launch(blocks: int = BLOCKS, **changed):
    x = np.arange(blocks * 256, dtype="f4")
    return made_up(saxpy[blocks, 256], np.float32(2), x, x, np.zeros_like(x), **changed)


def test_time_is_the_replay_and_the_launch():
    p = launch()
    assert (p.cycles, p.launch_cycles) == (12_000, 2_000)
    assert p.seconds == pytest.approx(12_000 / CLOCK)
    assert p.metrics["gpu__time_duration.sum"] == pytest.approx(1e9 * p.seconds)
    assert p.metrics["sm__cycles_elapsed.max"] == 12_000
    assert p.metrics["sm__cycles_active.avg"] == 10_000
    np.testing.assert_array_equal(p.results[3], 3 * np.arange(N, dtype="f4"))


def test_metrics_of_the_model():
    m = launch().metrics
    assert m["sm__warps_active.avg.per_cycle_active"] == 1.8  # 18,000 warp-cycles in 10,000
    assert m["sm__warps_active.avg.pct_of_peak_sustained_active"] == pytest.approx(100 * 1.8 / 64)
    assert m["smsp__issue_active.avg.pct_of_peak_sustained_active"] == 10  # 4,000 of 40,000 slots
    assert m["sm__inst_executed.avg.per_cycle_active"] == 0.4
    assert m["sm__inst_executed.avg.per_cycle_elapsed"] == pytest.approx(4000 / 12000)
    assert m["sm__inst_executed.sum"] == 132 * 4000
    assert m["l1tex__t_sector_hit_rate.pct"] == 25
    assert m["lts__t_sector_hit_rate.pct"] == 20
    assert m["dram__bytes_read.sum"] == 132 * 76800
    assert m["dram__throughput.avg.pct_of_peak_sustained_elapsed"] == pytest.approx(
        100 * 132 * 96800 / (12000 * 1320)
    )
    assert m["launch__waves_per_multiprocessor"] == pytest.approx(2 / 8)
    assert m["sm__maximum_warps_per_active_cycle_pct"] == 100


def test_stalls_are_cycles_an_issued_instruction():
    p = launch()
    assert p.stalls["selected"] == 1
    assert p.stalls["long_scoreboard"] == 3
    assert list(p.stalls)[0] == "long_scoreboard"
    name = "smsp__average_warps_issue_stalled_long_scoreboard_per_issue_active.ratio"
    assert p.metrics[name] == 3
    assert p.metrics["smsp__average_warp_latency_per_inst_issued.ratio"] == pytest.approx(
        sum(p.stalls.values())
    )


def test_exact_counts_are_there_too():
    p = launch()
    assert p.metrics["l1tex__t_sectors_pipe_lsu_mem_global_op_ld.sum"] == 2 * N * 4 // 32
    assert p.metrics["smsp__warps_launched.sum"] == N // 32
    assert set(p.metrics) == (set(PROFILE_METRICS) - OF_LINKS) | set(METRICS)
    assert len(p.metrics) == len(list(p.metrics))


def test_each_metric_says_where_it_comes_from():
    m = launch().metrics
    assert m.origin("l1tex__t_sectors_pipe_lsu_mem_global_op_ld.sum") == "counted"
    assert m.origin("launch__registers_per_thread") == "assembler"
    assert m.origin("gpu__time_duration.sum") == "modelled"
    assert m.origin("launch__grid_size") == "given"
    assert all(m.meaning(name) and isinstance(m.unit(name), str) for name in m)
    with pytest.raises(KeyError, match=r"perhaps .*dram__bytes_read.sum"):
        m["dram__byte_read.sum"]
    with pytest.raises(KeyError, match="not in a profile"):
        m.meaning("nothing like it")


def test_every_reason_has_a_title():
    assert set(TITLES) == set(MEANINGS) == set(STALLS)


SATURATED = 24_001  # of 40,000: above 60 %
LIMITS = [
    ({"cycles": 1_900}, "launch overhead"),
    ({"pipes": {"fma": SATURATED}}, "FP32 pipe"),
    ({"pipes": {"fp64": SATURATED}}, "FP64 pipe"),
    ({"pipes": {"xu": SATURATED}}, "XU pipe"),
    ({"stalls": {"selected": SATURATED}}, "issue slots"),
    ({"lsu_cycles": 6_001}, "LSU/shared memory"),
    ({"shared_cycles": 6_001}, "LSU/shared memory"),
    ({"l1_sectors": 24_001}, "L1 bandwidth"),
    ({"l2_read_bytes": 300_000}, "L2 bandwidth"),  # L2 gives an SM 50 bytes a cycle: its share of 6,600
    ({"dram_cycles": 6_001}, "DRAM bandwidth"),
    ({"dram_cycles": 5_999}, "latency: long scoreboard"),
    ({"stalls": {"barrier": 20_000}}, "barrier"),
    ({"stalls": {"wait": 20_000}}, "latency: wait"),
    ({"stalls": {"mio_throttle": 20_000}}, "LSU/shared memory"),
]


@pytest.mark.parametrize(("changed", "name"), LIMITS, ids=[f"{n}-{list(c)[0]}" for c, n in LIMITS])
def test_limiter(changed, name):
    found = launch(**changed).limiter
    assert found.name == name and name in NAMES
    assert 0 < found.share <= 1
    assert str(found).startswith(f"{name}. ")


def test_a_small_grid_is_the_limiter_whatever_one_sm_does():
    p = launch(33, pipes={"fma": 39_000})
    assert p.limiter.name == "too few blocks"
    assert "33 of 132 SMs" in p.limiter.sentence


def test_a_tail_is_the_limiter():
    blocks = 8 * 132 + 1  # SM 0 has a block more than fit at once: half of the time the others stand idle
    ends = np.array([1000] * 8 + [10_000])
    p = launch(blocks, block_start=np.array([0] * 8 + [1000]), block_end=ends)
    assert p.limiter.name == "tail"


def test_an_estimate_goes_on_as_the_second_wave_did():
    blocks = 132 * 40  # 40 a SM, 8 at once: 16 are executed
    ends = np.array([4_000] * 8 + [10_000] * 8)
    p = launch(blocks, estimate=True, block_end=ends)
    assert p.estimate and p.results is None
    assert p.cycles == 10_000 + 24 * (6_000 / 8) + 2_000
    assert "16 of SM 0's 40 blocks" in p.notes[0] and "750" in p.notes[0]
    loads = "l1tex__t_sectors_pipe_lsu_mem_global_op_ld.sum"
    assert p.metrics[loads] == 2 * blocks * 256 * 4 // 32
    assert p.metrics["smsp__warps_launched.sum"] == blocks * 8
    assert p.metrics.origin(loads) == "counted, scaled to the grid"
    assert p.metrics["sm__inst_executed.sum"] == 132 * 4000 * 40 / 16
    assert p.metrics["sm__inst_executed.avg.per_cycle_active"] == pytest.approx(4000 * 2.5 / 28_000)


def test_roofline():
    roof = launch().roofline()
    assert (roof.flop, roof.kind) == (2 * N, "FP32")
    assert roof.achieved == pytest.approx(2 * N / (12_000 / CLOCK))
    assert roof.peak == pytest.approx(2 * 128 * 132 * 1.98e9)
    dram = roof.levels[0]
    assert dram.intensity == pytest.approx(2 * N / (132 * 96800))
    assert dram.roof == pytest.approx(dram.intensity * TIMING.dram_bandwidth)
    assert roof.bound == "DRAM"
    x = np.arange(512)
    whole = made_up(shift[2, 256], x, x.copy()).roofline()
    assert whole.flop == 0 and "no floating-point operations" in str(whole)


def test_timeline():
    found = launch().timeline()
    assert found.warps.sum() * found.span == pytest.approx(18_000)
    assert found.largest == ["long_scoreboard", "selected", "wait"]
    assert found.merged(3).shape[0] == 3
    assert "10,000 cycles" in str(found)
