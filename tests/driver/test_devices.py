"""The GPUs' figures."""

import pytest

from smsim import devices


@pytest.mark.parametrize("name", devices.names())
def test_every_figure_has_its_origin(name):
    spec = devices.load(name)
    assert spec.name == name and devices.load(name.lower()) is not None
    for figure in spec.figures.values():
        assert figure.unit and figure.source and figure.date
        assert figure.mark in ("measured", "published", "recalled")
    assert spec.arch.startswith("sm_{}{}".format(*spec.compute_capability))
    assert spec.shared_per_block <= spec.shared_per_block_optin <= spec.shared_per_sm
    assert spec.max_threads_per_sm >= spec.max_threads_per_block
    assert max(spec.shared_carveouts) == spec.shared_per_sm


def test_the_simulated_h800():
    spec = devices.load("H800")
    assert (spec.sms, spec.arch, spec.numba_cc) == (132, "sm_90a", (9, 0, "a"))
    assert spec.shared_per_block_optin == 232448


def test_an_unknown_gpu_lists_the_known_ones():
    with pytest.raises(ValueError, match="A100, H100, H800, RTX A6000, T4"):
        devices.load("K80")
