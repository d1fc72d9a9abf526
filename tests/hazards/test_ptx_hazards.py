"""Hand-written PTX: every planted mistake is caught, by class, thread and line; no right program is accused."""

import numpy as np
import pytest
import right_ptx
import small_ptx
import wrong_ptx

from smsim import errors
from smsim.machine.device import Device


def _with_marks(cases):
    """The cases, those that are known not to be caught yet marked so."""
    return [
        pytest.param(
            c, id=c.name, marks=pytest.mark.xfail(strict=True, reason=c.missing) if c.missing else ()
        )
        for c in cases
    ]


@pytest.mark.parametrize("case", _with_marks(wrong_ptx.CASES))
def test_a_planted_mistake_is_caught(case):
    with pytest.raises(case.error) as caught:
        small_ptx.run(case.text, **case.launch)
    found = caught.value
    assert found.kernel == "k"
    assert found.block is not None and found.threads[0] == (case.thread, 0, 0)
    assert found.ptx_line in small_ptx.marked_lines(case.text)
    assert f"PTX line {found.ptx_line}" in str(found)
    if isinstance(found, errors.DataRace):
        assert set(found.ptx_lines) <= small_ptx.marked_lines(case.text)
        assert (found.blocks[0], found.threads[0]) != (found.blocks[1], found.threads[1])


@pytest.mark.parametrize("case", _with_marks(right_ptx.CASES))
def test_a_correct_program_is_not_accused(case):
    out = small_ptx.run(case.text, **case.launch)
    assert np.array_equal(out, case.expected(np.arange(small_ptx.WORDS)))


IMPOSSIBLE = {
    "too many threads": ((1, 1, 1), (1025, 1, 1), 0, 2, "1025"),
    "a block with no thread": ((1, 1, 1), (0, 1, 1), 0, 2, "at least 1"),
    "a grid with no block": ((0, 1, 1), (32, 1, 1), 0, 2, "at least 1"),
    "a block too deep": ((1, 1, 1), (1, 1, 65), 0, 2, "65 in z"),
    "a grid too high": ((1, 65536, 1), (1, 1, 1), 0, 2, "65536 in y"),
    "too much shared memory": ((1, 1, 1), (32, 1, 1), 232_448, 2, "shared memory"),
    "an argument too few": ((1, 1, 1), (32, 1, 1), 0, 1, "2 parameters, 1"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_a_launch_that_is_impossible_is_refused_before_anything_runs(case):
    grid, block, shared, arguments, said = IMPOSSIBLE[case]
    device = Device("H800")
    kernel = device.load(small_ptx.text_of("st.global.u32 [%rd4], %r1;")).functions["k"]
    with pytest.raises(errors.LaunchError, match=said):
        device.launch(kernel, grid, block, shared, [bytes(8)] * arguments)


def test_a_parameter_of_the_wrong_size_is_refused():
    device = Device("H800")
    kernel = device.load(small_ptx.text_of("st.global.u32 [%rd4], %r1;")).functions["k"]
    with pytest.raises(errors.LaunchError, match="has 8 bytes, 4 were given"):
        device.launch(kernel, (1, 1, 1), (32, 1, 1), 0, [bytes(8), bytes(4)])


def test_more_threads_than_the_kernel_was_declared_for():
    device = Device("H800")
    text = small_ptx.text_of("st.global.u32 [%rd4], %r1;").replace(
        ".param .u64 out)", ".param .u64 out)\n.maxntid 32"
    )
    kernel = device.load(text).functions["k"]
    with pytest.raises(errors.LaunchError, match="the limit is 32"):
        device.launch(kernel, (1, 1, 1), (64, 1, 1), 0, [bytes(8)] * 2)


@pytest.mark.parametrize("folder", [wrong_ptx, right_ptx])
def test_names_are_different(folder):
    names = [case.name for case in folder.CASES]
    assert len(names) == len(set(names))
