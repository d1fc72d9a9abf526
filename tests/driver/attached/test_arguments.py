"""Arguments: Numba's flattening, our own, and what is refused."""

import enum

import numpy as np
import pytest
from kernels import saxpy
from numba import cuda, types

from smsim.driver.arguments import Placed, marshal, parameter_names
from smsim.errors import LaunchError

POINT = np.dtype([("x", np.float32), ("n", np.int32)])


class Colour(enum.IntEnum):
    RED = 7


@cuda.jit
def take(flag, small, wide, half, z, pair, when, matrix, colour, out):
    if flag:
        out[0] = small
        out[1] = wide
        out[2] = float(half)
        out[3] = z.real
        out[4] = z.imag
        out[5] = pair[0]
        out[6] = pair[1][2]
        out[7] = matrix[1, 0]
        if colour == Colour.RED:
            out[8] = 7


ARGUMENTS = (
    True,
    np.int8(-3),
    np.uint64(2**40),
    np.float16(1.5),
    np.complex64(2 - 4j),
    (np.int16(-9), np.array([1.0, 2.0, 3.0])),
    np.datetime64(12345, "s"),
    np.arange(6, dtype=np.float32).reshape(2, 3),
    Colour.RED,
)


def _launch_it(launches):
    out = np.zeros(9)
    arguments = (*ARGUMENTS, out)
    take[1, 1](*arguments)
    return arguments, out, launches[-1]


def test_every_kind_arrives(launches):
    _, out, _ = _launch_it(launches)
    np.testing.assert_array_equal(out, [-3, 2.0**40, 1.5, 2, -4, -9, 3, 3, 7])


def test_our_marshalling_gives_the_same_bytes_as_numbas(launches):
    arguments, _, seen = _launch_it(launches)
    types_ = next(iter(take.overloads.values())).argument_types
    placed = iter(seen["arrays"])

    def place(_array):
        at = next(placed)
        return Placed(at.address, at.shape, at.strides, at.dtype)

    params, arrays = marshal(types_, parameter_names(take.py_func), arguments, place)
    assert params == seen["params"]
    assert [a.name for a in arrays] == ["pair[1]", "matrix", "out"]
    assert arrays == list(seen["arrays"])


def test_arrays_are_named_as_in_python(launches):
    x = np.ones((4, 4), np.float32)[:, 1].copy()
    saxpy[1, 4](np.float32(1), x, x, x)
    seen = launches[-1]
    assert seen["kernel_name"] == "saxpy"
    assert [(a.name, a.shape, a.strides, a.dtype) for a in seen["arrays"]] == [
        (name, (4,), (4,), np.dtype(np.float32)) for name in ("x", "y", "out")
    ]


def test_records():
    @cuda.jit
    def move(points, one):
        i = cuda.grid(1)
        if i < points.size:
            points[i].x += one.x
            points[i].n = i

    points, one = np.zeros(5, POINT), np.zeros(1, POINT)
    one["x"] = 2.5
    move[1, 8](points, one[0])
    np.testing.assert_array_equal(points["x"], 2.5)
    np.testing.assert_array_equal(points["n"], range(5))


def test_strided_device_array(launches):
    x = np.arange(10, dtype=np.float32)
    d = cuda.to_device(x)
    saxpy[1, 5](np.float32(1), d[::2], d[::2], d[::2])
    assert launches[-1]["arrays"][0].strides == (8,)
    np.testing.assert_array_equal(d.copy_to_host()[::2], 2 * x[::2])


def test_in_and_out_hints():
    x, out = np.ones(4, np.float32), np.zeros(4, np.float32)
    saxpy[1, 4](np.float32(2), cuda.In(x), cuda.In(x), cuda.Out(out))
    assert (out == 3).all()


@pytest.mark.parametrize(
    "arguments, text",
    [
        ((1,), "saxpy takes 4 arguments .a, x, y, out.; 1 were given"),
        ((1, [1.0], 2, 3), "`x` is a list; pass numpy.array"),
        ((None, 1, 2, 3), "`a` is None"),
        ((1, "abc", 2, 3), "`x` is a string"),
    ],
)
def test_what_no_kernel_can_take(arguments, text):
    with pytest.raises(LaunchError, match=text) as caught:
        saxpy[1, 1](*arguments)
    assert isinstance(caught.value, TypeError)


def test_a_fixed_signature_is_enforced():
    @cuda.jit("void(float32[::1], int32)")
    def fixed(values, count):
        values[0] = count

    good = np.zeros(2, np.float32)
    fixed[1, 1](good, 3)
    assert good[0] == 3
    for values, count, text in (
        (np.zeros(2), 1, "`values` must be a 1-D array of float32; it is a 1-D array of float64"),
        (np.zeros((2, 2), np.float32), 1, "it is a 2-D array of float32"),
        (np.zeros(8, np.float32)[::2], 1, "`values` must be contiguous"),
        (good, 2.5, "`count` must be an integer .int32.; it is a float"),
        (good, 2**40, "`count` is 1099511627776, which does not fit int32"),
    ):
        with pytest.raises(LaunchError, match=text):
            fixed[1, 1](values, count)


def test_marshal_without_a_device():
    params, arrays = marshal((types.int32, types.boolean), ("n", "on"), (-2, True), lambda _: None)
    assert params == [b"\xfe\xff\xff\xff", b"\x01"]
    assert arrays == []


def test_an_empty_tuple_of_tuples():
    """Numba cannot describe it to a debugger, so line numbers must give way."""

    @cuda.jit
    def count(nothing, out):
        out[0] = len(nothing)

    out = np.zeros(1, np.int32)
    count[1, 1](((), (), ()), out)
    assert out[0] == 3
