"""A lazy sum behaves as the array it stands for, whatever is done with it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsim.machine.outersum import OuterSum, lazy_sum

DTYPES = [np.dtype(t) for t in (np.int32, np.uint32, np.int64, np.uint64)]


@st.composite
def parts(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """A per-thread and a per-block array of one type, some with values near the type's limits."""
    dtype = draw(st.sampled_from(DTYPES))
    limits = np.iinfo(dtype)
    number = st.one_of(
        st.integers(max(limits.min, -1000), 1000),
        st.integers(limits.min, limits.max),
    )
    rows = draw(st.lists(number, min_size=2, max_size=5))
    cols = draw(st.lists(number, min_size=2, max_size=4))
    return np.array(rows, dtype).reshape(-1, 1), np.array(cols, dtype).reshape(1, -1)


OPERATIONS = [
    lambda x, u: np.add(x, u),
    lambda x, u: np.add(u, x),
    lambda x, u: np.subtract(x, u),
    lambda x, u: np.subtract(u, x),
    lambda x, u: np.multiply(x, u),
    lambda x, u: np.bitwise_and(x, u),
    lambda x, u: np.less(x, u),
    lambda x, u: np.less_equal(x, u),
    lambda x, u: np.greater(x, u),
    lambda x, u: np.greater_equal(u, x),
    lambda x, u: np.equal(x, u),
    lambda x, u: np.not_equal(x, u),
    lambda x, u: np.right_shift(x, x.dtype.type(31)),
    lambda x, u: np.left_shift(x, np.full((1, 1), 2, x.dtype)),
    lambda x, u: np.right_shift(x, np.full((1, 1), 31, x.dtype)),
    lambda x, u: np.bitwise_xor(x, u),
]


@given(parts(), st.data())
def test_every_operation_gives_what_the_dense_array_gives(pair, data):
    rows, cols = pair
    dense = rows + cols
    lazy = lazy_sum(rows, cols)
    if lazy is None:  # the sum wraps, so it may not stay a sum of parts
        exact = rows.astype(object) + cols.astype(object)
        limits = np.iinfo(rows.dtype)
        assert exact.min() < limits.min or exact.max() > limits.max or abs(exact).max() > 2**61
        return
    assert np.array_equal(lazy, dense)
    for _ in range(3):
        operation = data.draw(st.sampled_from(OPERATIONS))
        shape = data.draw(st.sampled_from([(1, 1), rows.shape, cols.shape, dense.shape]))
        value = data.draw(st.sampled_from([0, 1, 4, 7, int(dense.flat[0]), int(dense.flat[-1])]))
        operand = np.full(shape, 0, rows.dtype) + rows.dtype.type(value)
        with np.errstate(all="ignore"):
            expected, got = operation(dense, operand), operation(lazy, operand)
        assert got.dtype == expected.dtype
        assert np.array_equal(np.broadcast_to(np.asarray(got), expected.shape), expected)
        if expected.shape != dense.shape or expected.dtype == bool or not isinstance(got, OuterSum):
            return
        dense, lazy = expected, got


@given(parts())
def test_bounds_are_exact(pair):
    lazy = lazy_sum(*pair)
    if lazy is not None:
        lazy = np.add(lazy, pair[0] * 0)
        assert lazy.bounds() == (int(np.asarray(lazy).min()), int(np.asarray(lazy).max()))


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_view_as_another_type_keeps_the_bits(dtype):
    lazy = lazy_sum(np.array([[-3], [5]], np.int64), np.array([[1, 2, 100]], np.int64))
    dense = np.asarray(lazy)
    assert np.array_equal(np.asarray(lazy.astype(dtype)), dense.astype(dtype))
    assert np.array_equal(np.asarray(lazy.view(np.uint64)), dense.view(np.uint64))


def test_it_stays_lazy_through_index_arithmetic():
    """What Numba makes of ``x[blockIdx.x * blockDim.x + threadIdx.x]`` never has to be written out."""
    index = lazy_sum(
        np.arange(128, dtype=np.int64).reshape(-1, 1), (np.arange(7, dtype=np.int64) * 128).reshape(1, -1)
    )
    sign = np.right_shift(index, np.full((1, 1), 63))
    assert isinstance(sign, np.ndarray) and sign.shape == (1, 1)
    index = np.add(index, np.bitwise_and(sign, np.full((1, 1), 896)))
    address = np.add(np.left_shift(index, np.full((1, 1), 2)), np.full((1, 1), 0x7000_0000_0000))
    assert isinstance(address, OuterSum)
    assert address.bounds() == (0x7000_0000_0000, 0x7000_0000_0000 + 4 * 895)
