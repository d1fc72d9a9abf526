"""The GPUs' figures."""

from dataclasses import fields

import pytest

from smsim import devices
from smsim.timing.figures import Timing


@pytest.mark.parametrize("name", devices.names())
def test_every_figure_has_its_origin(name):
    spec = devices.load(name)
    assert spec.name == name and devices.load(name.lower()) is not None
    for figure in spec.figures.values():
        assert figure.unit and figure.source and figure.date
        assert figure.mark in devices.MARKS
    assert spec.arch.startswith("sm_{}{}".format(*spec.compute_capability))
    assert spec.shared_per_block <= spec.shared_per_block_optin <= spec.shared_per_sm
    assert spec.max_threads_per_sm >= spec.max_threads_per_block
    assert max(spec.shared_carveouts) == spec.shared_per_sm


@pytest.mark.parametrize("name", devices.names())
def test_every_figure_of_the_timing_has_its_origin(name):
    spec = devices.load(name)
    for field in fields(Timing):
        if field.name not in ("dram_bandwidth", "l1_bytes", "mma_cycles"):  # the first two are the GPU's own
            assert spec.figures[field.name].value == getattr(spec.timing, field.name)
    timing = spec.timing
    assert timing.mma_cycles
    for shape, cycles in timing.mma_cycles.items():
        assert spec.figures["mma_cycles_" + shape].value == cycles
    assert (timing.dram_bandwidth, timing.l1_bytes) == (spec.memory_bandwidth, spec.l1_and_shared_bytes)
    assert timing.shared_latency <= timing.l1_latency < timing.l2_latency < timing.dram_latency
    assert timing.l2_bandwidth > timing.dram_bandwidth and 0 < timing.dram_efficiency < 1


def test_the_simulated_h800():
    spec = devices.load("H800")
    assert (spec.sms, spec.arch, spec.numba_cc) == (132, "sm_90a", (9, 0, "a"))
    assert spec.shared_per_block_optin == 232448


def test_an_unknown_gpu_lists_the_known_ones():
    with pytest.raises(ValueError, match="A100, H100, H800, RTX A6000, T4"):
        devices.load("K80")
