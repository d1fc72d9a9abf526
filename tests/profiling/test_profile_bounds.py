"""No part of the machine is busy for more than the whole time, in an estimate either."""

import numpy as np
import pytest
from numba import cuda

import smsim

THREADS = 256
BLOCKS = 1 << 12


@cuda.jit
def scattered(x, y):
    """Every lane touches a sector of its own, so a few blocks keep DRAM busy."""
    i = cuda.grid(1)
    y[(i * 33) % y.size] = x[(i * 65) % x.size]


@cuda.jit
def in_order(x, y):
    i = cuda.grid(1)
    y[i] = x[i]


@pytest.fixture(scope="module", params=[scattered, in_order], ids=lambda k: k.__name__)
def estimate(request):
    x = np.ones(BLOCKS * THREADS, "f4")
    launch = request.param[BLOCKS, THREADS]
    return smsim.profile(launch, x, np.zeros_like(x), device="RTX A6000", estimate=True)


def test_no_part_is_busier_than_the_whole_time(estimate):
    assert max(use.share for use in estimate.speed_of_light) <= 1
    assert all(value <= 100 for name, value in estimate.metrics.items() if "pct_of_peak" in name)


def test_the_bytes_moved_fit_into_the_time(estimate):
    moved = estimate.metrics["dram__bytes_read.sum"] + estimate.metrics["dram__bytes_write.sum"]
    assert moved / estimate.seconds <= smsim.devices.load("RTX A6000").timing.dram_bandwidth
