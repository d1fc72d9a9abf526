"""The whole way: a launch is run, recorded, lowered, replayed and profiled."""

import json

import numpy as np
import pytest
from profiled_kernels import saxpy

import smsim
import smsim.machine.launch

N = 200_000
GRID = -(-N // 256)


def whole(**settings):
    x = np.arange(N, dtype="f4")
    return smsim.profile(saxpy[GRID, 256], np.float32(2), x, x, np.zeros_like(x), **settings)


def test_arguments_stay_and_results_come():
    x, out = np.arange(N, dtype="f4"), np.zeros(N, "f4")
    p = smsim.profile(saxpy[GRID, 256], np.float32(2), x, x, out)
    assert not out.any()
    np.testing.assert_array_equal(p.results[3], 3 * x)
    assert p.cycles > p.launch_cycles > 0


def test_the_same_bit_for_bit(monkeypatch):
    first = json.dumps(whole().to_dict())
    assert json.dumps(whole().to_dict()) == first
    monkeypatch.setattr(smsim.machine.launch, "CHUNK_LANES", 1024)
    assert json.dumps(whole().to_dict()) == first


def test_counts_are_those_of_count():
    x = np.arange(N, dtype="f4")
    counts = smsim.count(saxpy[GRID, 256], np.float32(2), x, x, np.zeros_like(x))
    metrics = whole().metrics
    assert {name: metrics[name] for name in counts} == dict(counts)


def test_an_estimate_is_near():
    n = 132 * 8 * 6 * 256
    x = np.arange(n, dtype="f4")
    launch = saxpy[n // 256, 256]
    full = smsim.profile(launch, np.float32(2), x, x, np.zeros_like(x))
    guess = smsim.profile(launch, np.float32(2), x, x, np.zeros_like(x), estimate=True)
    assert guess.results is None and guess.estimate
    assert guess.cycles == pytest.approx(full.cycles, rel=0.15)


def test_stalls_add_up():
    p = whole()
    warp_cycles = p.metrics["smsp__average_warp_latency_per_inst_issued.ratio"]
    assert sum(p.stalls.values()) == pytest.approx(warp_cycles)
    assert p.stalls["selected"] == pytest.approx(1)


def test_unknown_device():
    with pytest.raises(ValueError, match="H800"):
        whole(device="H900")


def test_another_device():
    assert whole(device="T4").device == "T4"
