"""A launch of its own on another GPU: the kernel is compiled for that one."""

import numpy as np
import pytest
from numba import cuda

import smsim
from smsim.errors import LaunchError
from smsim.isolated import isolate


@cuda.jit
def smallest(x, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = x[i] + np.float32(1)


def _run(device):
    x, out = np.arange(64, dtype=np.float32), np.zeros(64, np.float32)
    isolated = isolate("count", smallest[2, 32], (x, out), device=device)
    isolated.prepare().run()
    assert (isolated.results()[1] == x + 1).all() and not out.any()
    return isolated


@pytest.mark.parametrize(
    "device, target, name",
    [
        (None, "sm_90a", "H800"),
        ("H100", "sm_90a", "H100"),
        ("a100", "sm_80", "A100"),
        ("RTX A6000", "sm_86", "RTX A6000"),
        ("T4", "sm_75", "T4"),
        ({"name": "Small", "like": "T4", "sms": 1}, "sm_75", "Small"),
    ],
)
def test_the_kernel_is_compiled_for_the_device(device, target, name):
    isolated = _run(device)
    assert f".target {target}\n" in isolated.call.ptx
    assert isolated.device.spec.name == name


def test_limits_are_those_of_the_device():
    x = np.zeros(1, np.float32)
    own = {"name": "Small", "like": "T4", "max_threads_per_block": 256}
    with pytest.raises(LaunchError, match="256"):
        isolate("count", smallest[1, 512], (x, x), device=own).prepare()


def test_there_is_no_such_device():
    x = np.zeros(1, np.float32)
    with pytest.raises(ValueError, match="no GPU called 'K80'"):
        isolate("count", smallest[1, 32], (x, x), device="K80")


def test_hand_written_ptx_for_a_newer_gpu_is_refused():
    text = ".version 8.0\n.target sm_90\n.address_size 64\n.visible .entry f() { ret; }\n"
    kernel = smsim.load_ptx(text)["f"]
    isolate("count", kernel[1, 32], (), device="H100").prepare().run()
    with pytest.raises(LaunchError, match=r"\.target sm_90, and the RTX A6000 is an sm_86"):
        isolate("count", kernel[1, 32], (), device="RTX A6000")
