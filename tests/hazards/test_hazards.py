"""Every planted mistake is caught, by class, thread and line; no correct kernel is accused."""

import inspect

import numpy as np
import pytest
import right_kernels
import wrong_kernels

import smsim
from smsim import errors


def marked_lines(kernel):
    lines, start = inspect.getsourcelines(kernel.py_func)
    return {start + n for n, line in enumerate(lines) if "# <--" in line}


def name_of(case):
    return case[0].py_func.__name__


@pytest.mark.parametrize("case", wrong_kernels.CASES, ids=name_of)
def test_a_planted_mistake_is_caught(case):
    kernel, error, grid, block, arguments = case
    with pytest.raises(error) as caught:
        kernel[grid, block](*arguments())
    found = caught.value
    assert found.kernel == name_of(case)
    assert found.threads and found.block is not None
    assert found.source_line in marked_lines(kernel)
    assert f"line {found.source_line}" in str(found)
    if error is errors.DataRace:
        assert set(found.source_lines) <= marked_lines(kernel)
        assert (found.blocks[0], found.threads[0]) != (found.blocks[1], found.threads[1])
        assert all(str(t) in str(found) for t in found.threads)
    if error is errors.MemoryFault:
        assert found.array is not None and found.array in str(found)


@pytest.mark.parametrize("case", wrong_kernels.CASES, ids=name_of)
def test_check_finds_it_too_and_leaves_the_arguments_alone(case):
    kernel, error, grid, block, arguments = case
    given = arguments()
    before = [a.copy() for a in given]
    report = smsim.check(kernel[grid, block], *given)
    assert not report.ok
    assert any(isinstance(e, error) for e in report.errors)
    assert all(np.array_equal(a, b) for a, b in zip(given, before, strict=True))


@pytest.mark.parametrize("case", right_kernels.CASES, ids=name_of)
def test_a_correct_kernel_is_not_accused(case):
    kernel, expected, grid, block, arguments = case
    given = arguments()
    assert str(smsim.check(kernel[grid, block], *given)) == f"{name_of(case)}: no hazard found"
    kernel[grid, block](*given)
    assert np.array_equal(given[-1], np.broadcast_to(expected(given[0]), given[-1].shape))


def test_the_sentence_has_array_size_and_thread_and_no_pointer():
    with pytest.raises(errors.MemoryFault) as caught:
        wrong_kernels.no_guard[2, 48](np.ones(64, "f4"), np.zeros(64, "f4"))
    first, *lines = str(caught.value).splitlines()
    assert first == (
        "thread (16, 0, 0) of block (1, 0, 0) in kernel no_guard reads x[64], but x has 64 elements "
        "(float32). 31 more threads did the same."
    )
    assert lines[0].strip().startswith("Python line ") and lines[0].endswith("out[i] = x[i]  # <--")
    assert "0x" not in str(caught.value) and "/" not in str(caught.value)


def test_two_threads_that_write_the_same_value_are_a_warning():
    from numba import cuda, int32

    @cuda.jit
    def all_say_one(x, out):
        flag = cuda.shared.array(1, int32)
        flag[0] = x[cuda.threadIdx.x]
        cuda.syncthreads()
        out[cuda.threadIdx.x] = flag[0]

    report = smsim.check(all_say_one[1, 64], np.ones(64, "i4"), np.zeros(64, "i4"))
    assert report.ok and len(report.warnings) == 1
    assert "same value" in str(report)


def test_hazards_can_be_switched_off():
    smsim.attach(hazards="off")
    try:
        out = np.zeros(64, "f4")
        wrong_kernels.no_barrier_before_reading[1, 64](np.arange(64, dtype="f4"), out)
        assert np.array_equal(out, np.arange(64)[::-1])
    finally:
        smsim.attach(hazards="raise")


def test_hazards_can_be_told_as_warnings():
    smsim.attach(hazards="warn")
    try:
        out = np.zeros(64, "f4")
        with pytest.warns(errors.HazardWarning, match=r"MemoryFault: .* reads x\[64\]"):
            wrong_kernels.off_by_one[1, 64](np.ones(64, "f4"), out)
        assert (out[:63] == 1).all()
    finally:
        smsim.attach(hazards="raise")


def test_an_unknown_way_to_treat_hazards_is_refused():
    with pytest.raises(errors.LaunchError, match="raise, warn, off"):
        smsim.attach(hazards="maybe")


def test_a_thread_that_exits_counts_at_a_barrier_in_isa_mode():
    smsim.attach(hazards="isa")
    try:
        out = np.zeros(64, "f4")
        wrong_kernels.return_before_the_barrier[1, 64](np.arange(64, dtype="f4"), out)
        assert np.array_equal(out[:40], np.arange(40)[::-1])
    finally:
        smsim.attach(hazards="raise")


def test_the_device_is_usable_after_an_error():
    with pytest.raises(errors.DataRace):
        wrong_kernels.shift_in_place[1, 64](np.ones(64, "f4"), np.zeros(64, "f4"))
    given = (np.arange(64, dtype="f4"), np.zeros(64, "f4"))
    right_kernels.scan_by_doubling[1, 64](*given)
    assert np.array_equal(given[1], np.cumsum(given[0]))


def test_two_arguments_that_overlap_stay_so():
    from numba import cuda

    @cuda.jit
    def copy(x, out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = x[i]

    both = np.arange(65, dtype="f4")
    report = smsim.check(copy[3, 32], both[:64], both[1:])
    assert [type(e) for e in report.errors] == [errors.DataRace]
    device = cuda.to_device(both)
    with pytest.raises(errors.DataRace):
        copy[3, 32](device[:64], device[1:])
    assert smsim.check(copy[3, 32], both[:64], both[:64]).ok
