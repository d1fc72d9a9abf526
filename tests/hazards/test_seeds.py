"""The verdict does not depend on the order of threads: every planted program under many seeds."""

import inspect

import numpy as np
import pytest
import right_kernels
import right_ptx
import small_ptx
import wrong_kernels
import wrong_ptx
from touches import Touches

from smsim import errors
from smsim.isolated import isolate
from smsim.machine.device import ArrayArgument, Device

SEEDS = range(20)
WATCHED = 5  # of so many seeds one has its threads watched, which takes a while


def name_of(case):
    return case[0].py_func.__name__


class Repeated:
    """A launch that is run again and again from the same memory; its kernel is decoded once."""

    def __init__(self, device, prepare):
        self.device, self.prepare = device, prepare
        self.before = device.memory.remember()

    def run(self, seed, observer=None):
        self.device.memory.restore(self.before)
        self.device.seed = seed
        launch = self.prepare()
        launch.observer = observer
        launch.run()
        return launch


def of_kernel(case):
    kernel, _, grid, block, arguments = case
    given = arguments()
    isolated = isolate("check", kernel[grid, block], given)
    return Repeated(isolated.device, isolated.prepare), isolated, given


def of_ptx(case):
    """As ``small_ptx.run`` would launch it."""
    how = {"grid": 1, "block": 64, "written": True, "free": "", **case.launch}
    device = Device("H800", budget=20_000)
    kernel = device.load(case.text).functions["k"]
    memory, size = device.memory, 4 * small_ptx.WORDS
    x, out = memory.allocate(size), memory.allocate(size, fill=0)
    if how["written"]:
        memory.write(x, np.arange(small_ptx.WORDS, dtype="u4"))
    arrays = [
        ArrayArgument(name, address, (small_ptx.WORDS,), (4,), np.dtype("u4"))
        for name, address in (("x", x), ("out", out))
    ]
    if how["free"]:
        memory.free({"x": x, "out": out}[how["free"]])
    params = [address.to_bytes(8, "little") for address in (x, out)]
    sizes = (how["grid"], 1, 1), (how["block"], 1, 1)
    return Repeated(device, lambda: device.prepare(kernel, *sizes, 0, params, arrays=arrays)), out


def caught(launches, seed, error):
    """The error of a run, and the threads that it names, if they are two, have really met."""
    touches = Touches() if error is errors.DataRace and seed % WATCHED == 0 else None
    with pytest.raises(errors.SimulationError) as found:
        launches.run(seed, touches)
    assert type(found.value) is error, (seed, str(found.value))
    if touches is not None:
        launch = launches.prepare()
        assert touches.met(found.value, launch.grid_dim, launch.block_dim), (seed, str(found.value))
    return found.value


@pytest.mark.parametrize("case", wrong_kernels.CASES, ids=name_of)
def test_a_planted_mistake_is_caught_under_every_seed(case):
    kernel, error = case[:2]
    lines, start = inspect.getsourcelines(kernel.py_func)
    marked = {start + n for n, line in enumerate(lines) if "# <--" in line}
    launches, _, _ = of_kernel(case)
    for seed in SEEDS:
        found = caught(launches, seed, error)
        assert found.source_line in marked
        assert set(getattr(found, "source_lines", ())) <= marked


@pytest.mark.parametrize("case", [c for c in wrong_ptx.CASES if not c.missing], ids=lambda c: c.name)
def test_a_planted_mistake_in_ptx_is_caught_under_every_seed(case):
    launches, _ = of_ptx(case)
    marked = small_ptx.marked_lines(case.text)
    for seed in SEEDS:
        found = caught(launches, seed, case.error)
        assert found.ptx_line in marked
        assert set(getattr(found, "ptx_lines", ())) <= marked


@pytest.mark.parametrize("case", right_kernels.CASES, ids=name_of)
def test_a_correct_kernel_is_accused_under_no_seed(case):
    expected = case[1]
    launches, isolated, given = of_kernel(case)
    for seed in SEEDS:
        assert not launches.run(seed).warnings
        out = isolated.results()[-1]
        assert np.array_equal(out, np.broadcast_to(expected(given[0]), out.shape)), seed


@pytest.mark.parametrize("case", [c for c in right_ptx.CASES if not c.missing], ids=lambda c: c.name)
def test_a_correct_program_in_ptx_is_accused_under_no_seed(case):
    launches, out = of_ptx(case)
    for seed in SEEDS:
        launches.run(seed)
        words = np.frombuffer(launches.device.memory.read(out, 4 * small_ptx.WORDS), np.uint32)
        assert np.array_equal(words, case.expected(np.arange(small_ptx.WORDS))), seed
