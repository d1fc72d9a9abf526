"""What is no profile: wrong launches, wrong programs, impossible settings."""

import numpy as np
import pytest
from made_up import made_up
from profiled_kernels import saxpy, too_far, waits_for_a_flag

import smsim
from smsim.driver import resources
from smsim.errors import LaunchError, MemoryFault

X = np.zeros(64, "f4")


def test_not_a_launch():
    with pytest.raises(LaunchError, match=r"smsim.profile\(saxpy\[1, 32\]"):
        smsim.profile(saxpy, np.float32(1), X, X, X)
    with pytest.raises(LaunchError, match="smsim.profile takes a launch"):
        smsim.profile(3)


def test_wrong_arguments():
    with pytest.raises(LaunchError, match="saxpy"):
        smsim.profile(saxpy[1, 32], X)


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_estimate_is_true_or_false(value):
    with pytest.raises(TypeError, match="estimate is True or False"):
        smsim.profile(saxpy[2, 32], np.float32(1), X, X, X.copy(), estimate=value)


@pytest.mark.parametrize("value", ["much", 0, 1.5, True])
def test_budget_is_a_number(value):
    with pytest.raises(TypeError, match="budget is a number"):
        smsim.profile(saxpy[2, 32], np.float32(1), X, X, X.copy(), budget=value)


def test_a_wrong_program_is_not_profiled():
    x = np.zeros(32, "f4")
    with pytest.raises(MemoryFault):
        smsim.profile(too_far[2, 32], x)
    assert not x.any()


def test_no_estimate_of_a_kernel_that_waits():
    flag, out = np.zeros(1, "i4"), np.zeros(2000, "i4")
    with pytest.raises(LaunchError, match="cannot be estimated"):
        smsim.profile(waits_for_a_flag[2000, 32], flag, out, estimate=True)


def test_registers_that_nobody_knows_are_marked(monkeypatch):
    def refuses(text, arch):
        raise RuntimeError("no assembler")

    monkeypatch.setattr(resources, "_assemble", refuses)
    resources.of.cache_clear()
    try:
        p = made_up(saxpy[2, 32], np.float32(1), X, X, X.copy())
    finally:
        resources.of.cache_clear()
    assert p.metrics["launch__registers_per_thread"] == 32
    assert p.metrics.origin("launch__registers_per_thread") == "assumed"
    assert "nvJitLink" in " ".join(p.notes) and "(assumed)" in str(p)
