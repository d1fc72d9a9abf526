"""A reader's own GPU, given as a dict."""

import numpy as np
import pytest

from smsim import devices
from smsim.errors import LaunchError
from smsim.machine.device import Device

HALF = {"name": "Half", "like": "H800", "sms": 66}


def test_what_is_not_given_comes_from_the_gpu_that_it_is_like():
    base, half = devices.load("H800"), devices.load(HALF)
    assert (half.name, half.product, half.sms) == ("Half", "Half", 66)
    assert half.timing == base.timing and half.l2_bytes == base.l2_bytes
    assert half.figures["sms"].mark == "assumed" and half.figures["l2_bytes"] == base.figures["l2_bytes"]
    assert devices.load(half) is half


def test_figures_of_the_timing_are_given_by_the_same_names():
    row = {"value": 5, "unit": "cycles/instruction of a warp", "source": "a thought", "mark": "fitted"}
    own = devices.from_dict(HALF | {"l2_latency": 200, "memory_bandwidth": 2e12, "mma_cycles_m16n8k16": row})
    assert own.timing.l2_latency == 200 and own.figures["l2_latency"].unit == "cycles"
    assert own.timing.dram_bandwidth == own.memory_bandwidth == 2e12
    assert own.timing.mma_cycles == {"m16n8k16": 5, "m16n8k8": 3}
    assert (own.figures["mma_cycles_m16n8k16"].source, own.figures["mma_cycles_m16n8k16"].mark) == (
        "a thought",
        "fitted",
    )


def test_numbers_may_come_from_numpy_and_whole_ones_as_floats():
    own = devices.load(
        HALF | {"sms": np.int32(7), "clock_hz": 2e9, "shared_carveouts": np.array([0, 233472])}
    )
    assert (own.sms, own.clock_hz, own.shared_carveouts) == (7, 2_000_000_000, (0, 233472))
    assert all(type(value) is int for value in (own.sms, own.clock_hz, *own.shared_carveouts))


@pytest.mark.parametrize(
    "target",
    [{"compute_capability": (8, 0)}, {"arch": "sm_80"}, {"arch": "sm_80", "compute_capability": [8, 0]}],
)
def test_of_capability_and_architecture_one_is_enough(target):
    own = devices.load(HALF | target)
    assert (own.arch, own.compute_capability, own.numba_cc) == ("sm_80", (8, 0), (8, 0))


def test_without_another_gpu_every_figure_is_needed():
    base = devices.load("T4")
    whole = {key: figure.value for key, figure in base.figures.items()}
    own = devices.load({"name": "T4 again", "product": base.product} | whole)
    assert own.timing == base.timing
    assert {key: f.value for key, f in own.figures.items()} == whole
    for key in whole:
        if key.startswith("mma_cycles") or key in ("arch", "compute_capability"):
            continue
        less = {k: v for k, v in whole.items() if k != key}
        with pytest.raises(ValueError, match=f"lacks '{key}'; give them, or say which GPU it is like"):
            devices.load({"name": "less"} | less)


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"like": "K80"}, "no GPU called 'K80'; it has A100, H100"),
        ({"name": ""}, "'name' of a device is a text, not ''"),
        ({"name": 7}, "'name' of a device is a text, not 7"),
        ({"sm": 4}, "no figure called 'sm'; the nearest is 'sms'"),
        ({"L2_latency": 4}, "no figure called 'L2_latency'; the nearest is 'l2_latency'"),
        ({7: 4}, "no figure called 7"),
        ({"sms": 0}, "'sms' is at least 1 SMs; it was 0"),
        ({"sms": -3}, "'sms' is at least 1 SMs; it was -3"),
        ({"sms": 1.5}, r"'sms' is a whole number \(SMs\), not 1.5"),
        ({"sms": "many"}, r"'sms' is a whole number \(SMs\), not 'many'"),
        ({"sms": True}, r"'sms' is a whole number \(SMs\), not True"),
        ({"sms": None}, r"'sms' is a whole number \(SMs\), not None"),
        ({"sms": float("nan")}, "'sms' is a whole number"),
        ({"clock_hz": float("inf")}, "'clock_hz' is a whole number"),
        ({"memory_bandwidth": float("inf")}, "'memory_bandwidth' is at least 1 B/s; it was inf"),
        ({"memory_bandwidth": float("nan")}, r"'memory_bandwidth' is a number \(B/s\), not nan"),
        ({"memory_bandwidth": 3j}, "'memory_bandwidth' is a number"),
        ({"sms": {"value": 4, "unit": "pieces"}}, "'sms' is in SMs, not in 'pieces': convert the value"),
        ({"sms": {"unit": "SMs"}}, "The row of 'sms' has no 'value'"),
        ({"sms": {"value": 4, "units": "SMs"}}, "no 'units'; the nearest is 'unit'"),
        ({"sms": {"value": 4, "mark": "guessed"}}, "'sms' is 'guessed'; marks are measured, published"),
        ({"max_block_dim": [1024, 1024]}, "'max_block_dim' is 3 whole numbers"),
        ({"max_block_dim": 1024}, "'max_block_dim' is 3 whole numbers"),
        ({"max_block_dim": [1024, 1024, 0]}, "'max_block_dim' is at least 1 threads; it was 0"),
        ({"shared_carveouts": []}, "'shared_carveouts' is some whole numbers"),
        (
            {"shared_carveouts": [0, 1024]},
            "largest of 'shared_carveouts' is 1024, and 'shared_per_sm' is 233472",
        ),
        (
            {"max_warps_per_sm": 16},
            "'max_threads_per_block' is 1024, more than the threads in 'max_warps_per_sm', 512",
        ),
        ({"max_warps_per_sm": 62}, "does not divide over 'subpartitions_per_sm' 4"),
        ({"shared_per_sm": 300000}, "'shared_per_sm' is 300000, more than 'l1_and_shared_bytes', 262144"),
        ({"warp_size": 64}, "'warp_size' is 32: the simulated SM has no warps of 64"),
        ({"registers_per_thread": 512}, "'registers_per_thread' is at most 255"),
        ({"dram_efficiency": 1.2}, "'dram_efficiency' is a share above 0 and up to 1, not 1.2"),
        ({"l2_latency": 30}, "'l1_latency' is 38, more than 'l2_latency', 30"),
        ({"fp32_latency": 0}, "'fp32_latency' is at least 1 cycles; it was 0"),
        ({"arch": "Hopper"}, "'arch' is 'Hopper': write it like \"sm_90\""),
        ({"arch": 90}, "'arch' of a device is a text, not 90"),
        (
            {"arch": "sm_80", "compute_capability": (9, 0)},
            r"'arch' is 'sm_80', and 'compute_capability' \(9, 0\)",
        ),
        ({"arch": "sm_70"}, "the compiler here writes code from sm_75 on"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(wrong, message):
    with pytest.raises(ValueError, match=message):
        devices.load(HALF | wrong)


def test_a_device_needs_a_name_and_is_a_name_or_a_dict():
    with pytest.raises(ValueError, match="A device needs a name"):
        devices.load({"like": "H800"})
    with pytest.raises(ValueError, match="the name of a GPU .* or a dict of its figures, not int 7"):
        devices.load(7)


TEXT = ".version 8.0\n.target {}\n.address_size 64\n.visible .entry f() {{ ret; }}\n"


@pytest.mark.parametrize(
    "target, device, message",
    [
        ("sm_90", "T4", "The PTX says .target sm_90, and the T4 is an sm_75: PTX runs on newer GPUs"),
        ("sm_80", "T4", "an sm_75"),
        ("sm_75", "T4", None),
        ("sm_80", "RTX A6000", None),
        ("sm_86", "A100", "an sm_80"),
        ("sm_90a", "H100", None),
        ("sm_80a", "H800", "an sm_90: the letter ties it to its own kind"),
    ],
)
def test_ptx_for_a_newer_gpu_is_refused(target, device, message):
    if message is None:
        assert "f" in Device(device).load(TEXT.format(target)).functions
        return
    with pytest.raises(LaunchError, match=message):
        Device(device).load(TEXT.format(target))


def test_limits_of_a_device_of_ones_own_hold():
    own = Device(HALF | {"max_threads_per_block": 64, "max_warps_per_sm": 4, "sms": 1})
    function = own.load(TEXT.format("sm_75")).functions["f"]
    own.launch(function, (1, 1, 1), (64, 1, 1), 0, ())
    with pytest.raises(LaunchError, match="64"):
        own.launch(function, (1, 1, 1), (96, 1, 1), 0, ())


KERNEL = """
import numpy as np
from numba import cuda

@cuda.jit
def double(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] *= 2

x = np.arange(100, dtype=np.float32)
double[4, 32](x)
assert (x == 2 * np.arange(100)).all()
device = cuda.get_current_device()
print(engine.engine, device.MULTIPROCESSOR_COUNT, tuple(device.compute_capability), str(device.name))
"""


def test_attach_takes_a_dict(python):
    own = {"name": "Little", "like": "RTX A6000", "sms": 2}
    done = python(
        f"import smsim\nown = {own!r}\nengine = smsim.attach(device=own, force=True)\n"
        f"assert smsim.attach(device=own) is engine\n{KERNEL}"
        "try:\n    smsim.attach(device='T4')\nexcept smsim.errors.EnvironmentProblem as e:\n    print(e)\n"
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "simulated Little 2 (8, 6) simulated Little"
    assert second.startswith("This process runs kernels on the simulated Little already")


def test_attach_says_what_is_wrong_with_a_dict(python):
    done = python("import smsim\nsmsim.attach(device={'name': 'x', 'like': 'H800', 'sm': 2}, force=True)")
    assert done.returncode and "EnvironmentProblem: A device has no figure called 'sm'" in done.stderr


def test_the_environment_names_the_device(python):
    done = python(f"import smsim\nengine = smsim.attach()\n{KERNEL}", SMSIM="1", SMSIM_DEVICE="rtx a6000")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("simulated RTX A6000 84 (8, 6)")
