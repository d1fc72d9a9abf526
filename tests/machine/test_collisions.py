"""Atomics served together give what serving them one by one gives, old values included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsim.machine.collisions import serve

INTEGER = ["add", "and", "or", "xor", "min", "max", "exch", "inc", "dec", "cas"]


def new_value(operation, before, b, swap):
    one = before.dtype.type(1)
    match operation:
        case "add":
            return before + b
        case "and":
            return before & b
        case "or":
            return before | b
        case "xor":
            return before ^ b
        case "min":
            return min(before, b)
        case "max":
            return max(before, b)
        case "exch":
            return b
        case "inc":
            return 0 if before >= b else before + one
        case "dec":
            return b if before == 0 or before > b else before - one
    return swap if before == b else before


def one_by_one(operation, memory, index, value, swap):
    memory, old = memory.copy(), []
    for lane, at in enumerate(index):
        old.append(memory[at])
        memory[at] = new_value(operation, memory[at], value[lane], swap[lane])
    return memory, np.array(old, memory.dtype)


@st.composite
def cases(draw):
    n = draw(st.integers(1, 40))
    places = draw(st.integers(1, 6))
    small = st.integers(0, draw(st.sampled_from([2, 5, 2**32 - 1])))
    memory = np.array(draw(st.lists(small, min_size=places, max_size=places)), np.uint32)
    index = np.array(draw(st.lists(st.integers(0, places - 1), min_size=n, max_size=n)))
    value = np.array(draw(st.lists(small, min_size=n, max_size=n)), np.uint32)
    swap = np.array(draw(st.lists(small, min_size=n, max_size=n)), np.uint32)
    return memory, index, value, swap


@pytest.mark.parametrize("operation", INTEGER)
@given(case=cases())
def test_integers(operation, case):
    memory, index, value, swap = case
    with np.errstate(all="ignore"):
        expected, expected_old = one_by_one(operation, memory, index, value, swap)
        old = serve(operation, memory, index, value, swap if operation == "cas" else None)
    assert np.array_equal(memory, expected)
    assert np.array_equal(old, expected_old)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 200),
    st.integers(1, 4),
    st.sampled_from([np.float32, np.float64]),
)
def test_float_add_rounds_once_a_lane_and_in_lane_order(seed, n, places, dtype):
    rng = np.random.default_rng(seed)
    memory = rng.normal(size=places).astype(dtype)
    index = rng.integers(0, places, n)
    value = (rng.normal(size=n) * 10.0 ** rng.integers(-6, 7, n)).astype(dtype)
    expected, expected_old = one_by_one("add", memory, index, value, value)
    old = serve("add", memory, index, value)
    assert np.array_equal(memory, expected)
    assert np.array_equal(old, expected_old)
