"""Tensor cores against exact fractions: where each number of a fragment belongs, and how sums are rounded."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsim.machine import tensor
from smsim.ptx.nodes import Instruction, Register, Vector
from smsim.ptx.rows import resolve

LANE = np.arange(32)
GROUP, NUMBER = LANE // 4, LANE % 4
SHAPES = [
    "m16n8k8.row.col.f32.f16.f16.f32",
    "m16n8k16.row.col.f32.f16.f16.f32",
    "m16n8k8.row.col.f32.bf16.bf16.f32",
    "m16n8k16.row.col.f32.bf16.bf16.f32",
    "m16n8k8.row.col.f16.f16.f16.f16",
    "m16n8k16.row.col.f16.f16.f16.f16",
]
NAN32, NAN16 = 0x7FFFFFFF, 0x7FFF


def numbers(patterns, kind):
    """16-bit patterns as float64."""
    if kind == "f16":
        return patterns.view(np.float16).astype(float)
    return (patterns.astype(np.uint32) << np.uint32(16)).view(np.float32).astype(float)


def pair(low, high):
    return (low.astype(np.uint32) | high.astype(np.uint32) << np.uint32(16)).reshape(1, 32, 1)


def multiply(shape, a, b, c):
    """D of one warp as bit patterns; a ``(16, K)`` and b ``(K, 8)`` uint16, c ``(16, 8)`` float32 or float16."""
    k, sums = a.shape[1], shape.split(".")[3]
    lengths = (4 if sums == "f32" else 2, k // 4, k // 8, 4 if sums == "f32" else 2)
    operands = tuple(Vector(tuple(Register(f"%x{n}") for n in range(length))) for length in lengths)
    modifiers = ("sync", "aligned", *shape.split("."))
    form = resolve(Instruction("mma", modifiers, None, False, operands, 1, 1, shape, None))
    values = []
    for column in range(0, k, 8):
        for row in (0, 8):
            at = a[GROUP + row], 2 * NUMBER + column
            values.append(pair(at[0][LANE, at[1]], at[0][LANE, at[1] + 1]))
    values += [pair(b[2 * NUMBER + row, GROUP], b[2 * NUMBER + row + 1, GROUP]) for row in range(0, k, 8)]
    parts = [c[GROUP + row, 2 * NUMBER + right] for row in (0, 8) for right in (0, 1)]
    if sums == "f32":
        values += [part.reshape(1, 32, 1) for part in parts]
    else:
        bits = [part.view(np.uint16) for part in parts]
        values += [pair(*bits[:2]), pair(*bits[2:])]
    registers = tensor.mma(form)(values, None, None)
    out = np.zeros((16, 8), np.uint32 if sums == "f32" else np.uint16)
    for number, register in enumerate(registers):
        flat = register.reshape(32)
        if sums == "f32":
            out[GROUP + number // 2 * 8, 2 * NUMBER + number % 2] = flat.view(np.uint32)
        else:
            out[GROUP + number * 8, 2 * NUMBER] = flat.astype(np.uint16)
            out[GROUP + number * 8, 2 * NUMBER + 1] = (flat >> np.uint32(16)).astype(np.uint16)
    return out


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1))
def test_it_is_within_its_bound_of_the_exact_sum(shape, seed):
    random, (_, _, _, sums, kind, _, _) = np.random.default_rng(seed), shape.split(".")
    k = tensor_depth = int(shape.split(".")[0].rpartition("k")[2])
    a, b = (random.integers(0, 1 << 16, size, np.uint16) for size in ((16, k), (tensor_depth, 8)))
    for x in (a, b):  # finite, and small enough that no sum overflows
        x &= np.uint16(0xBBFF if kind == "f16" else 0xBFFF)
    c = random.standard_normal((16, 8)).astype(np.float32 if sums == "f32" else np.float16)
    left, right = numbers(a, kind), numbers(b, kind)
    result = multiply(shape, a, b, c).view(c.dtype)
    digits, smallest = (24, -149) if sums == "f32" else (11, -24)
    for i, j in zip(*(random.integers(0, n, 12) for n in (16, 8)), strict=True):
        terms = [Fraction(float(c[i, j]))]
        terms += [Fraction(left[i, n]) * Fraction(right[n, j]) for n in range(k)]
        exact, size = sum(terms), sum(map(abs, terms))
        in_float64 = (k + 1) * Fraction(2) ** -53 * size * Fraction(101, 100)
        half_a_bit = max(abs(exact) * Fraction(2) ** -digits, Fraction(2) ** (smallest - 1))
        assert abs(Fraction(float(result[i, j])) - exact) <= half_a_bit + 2 * in_float64


def one(shape, a, b, c):
    """The element at row 3, column 5 when row 3 of A and column 5 of B begin with these numbers."""
    kind, sums = shape.split(".")[4], shape.split(".")[3]
    k = int(shape.split(".")[0].rpartition("k")[2])
    left, right = np.zeros((16, k), np.uint16), np.zeros((k, 8), np.uint16)
    for into, values in ((left[3], a), (right[:, 5], b)):
        exact = np.array(values, np.float16 if kind == "f16" else np.float32)
        into[: len(values)] = exact.view(np.uint16) if kind == "f16" else exact.view(np.uint32) >> 16
    start = np.full((16, 8), c, np.float32 if sums == "f32" else np.float16)
    return int(multiply(shape, left, right, start)[3, 5])


INF = np.inf


@pytest.mark.parametrize("shape", SHAPES)
def test_infinities_nan_and_zeros(shape):
    wide = shape.split(".")[3] == "f32"
    nan, inf, zero = (NAN32, 0x7F800000, 0x80000000) if wide else (NAN16, 0x7C00, 0x8000)
    assert one(shape, [INF], [1], 0) == inf
    assert one(shape, [INF, INF], [1, -1], 0) == nan
    assert one(shape, [INF], [0], 0) == nan
    assert one(shape, [np.nan], [1], 0) == nan
    assert one(shape, [1], [1], np.nan) == nan
    assert one(shape, [1], [1], -INF) == inf + zero
    assert one(shape, [1, 1], [1, -1], 0) == 0
    assert one(shape, [0], [-1], -0.0) == 0  # the other products are +0


def test_subnormal_numbers_count():
    tiny = 2.0**-24
    assert one(SHAPES[1], [tiny], [1], 0) == np.float32(tiny).view(np.uint32)
    assert one(SHAPES[5], [tiny], [1], 0) == 1
    assert one(SHAPES[3], [2.0**-133], [1], 0) == np.float32(2.0**-133).view(np.uint32)
    assert one(SHAPES[3], [2.0**-100], [2.0**-49], 0) == 1


def test_a_sum_is_rounded_once():
    """2048 + 1 + 1 is exact at the end; a sum in f16 would lose each 1 by itself."""
    assert one(SHAPES[5], [2048, 1, 1], [1, 1, 1], 0) == np.float16(2050).view(np.uint16)
    assert one(SHAPES[1], [4096, 2.0**-12, 2.0**-12], [4096, 1, 1], 0) == np.float32(2**24).view(np.uint32)


def test_each_lane_gets_its_part_of_each_matrix():
    rows = (1000 * np.arange(32)).reshape(1, 32, 1)
    for matrices in (1, 2, 4):
        plain = tensor.element_addresses(rows, matrices, transposed=False)
        turned = tensor.element_addresses(rows, matrices, transposed=True)
        assert len(plain) == matrices and len(turned) == 2 * matrices
        for m in range(matrices):
            for lane in range(32):
                assert plain[m][0, lane, 0] == 1000 * (8 * m + lane // 4) + 4 * (lane % 4)
                for half in (0, 1):
                    row = 8 * m + lane % 4 * 2 + half
                    assert turned[2 * m + half][0, lane, 0] == 1000 * row + 2 * (lane // 4)
