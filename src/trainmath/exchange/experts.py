"""Experts to test an exchange with: each multiplies a vector by a gain of its own.

What the experts of a GPU make of a token is weighted and added up there, in float32, and becomes one BF16 vector. A
real model has two matrices for each expert in this place.
"""

from __future__ import annotations

from collections.abc import Callable

from numba import cuda, float32, int32

import smsim
from trainmath.exchange.combine import packed
from trainmath.exchange.shape import GROUP, LANES, Shape

UNPACK = """{ .reg .b16 a, b, c, d; .reg .b32 x, y;
mov.b32 {a, b}, %4; cvt.rn.f16x2.e4m3x2 x, a; cvt.rn.f16x2.e4m3x2 y, b;
mov.b32 {a, b}, x; mov.b32 {c, d}, y;
cvt.f32.f16 %0, a; cvt.f32.f16 %1, b; cvt.f32.f16 %2, c; cvt.f32.f16 %3, d; }"""


@cuda.jit(device=True)
def four_values(word):
    """The float32 of four E4M3 in a word, the lowest byte first."""
    return smsim.asm(UNPACK, "=f, =f, =f, =f : r", word)


@cuda.jit(device=True)
def times(a, b):
    """A product that is rounded by itself, and not fused with a sum, so that NumPy gets the same bits."""
    return smsim.asm("mul.rn.f32 %0, %1, %2;", "=f : f, f", a, b)


@cuda.jit(device=True)
def as_float(bits):
    return smsim.asm("mov.b32 %0, %1;", "=f : r", bits)


def experts_function(shape: Shape) -> Callable[..., None]:
    """The device function of one warp: a received record to a partial sum.

    Arguments: ``rank``, ``record`` ``(record_words,)``, ``gains`` float32 ``(experts,)``, ``partial``
    ``(hidden / 2,)``.
    """
    per_gpu, topk, value_words = shape.experts // shape.gpus, shape.topk, shape.value_words
    scale_at, expert_at, weight_at = shape.scale_at, shape.expert_at, shape.weight_at

    @cuda.jit(device=True)
    def of_record(rank, record, gains, partial):
        for w in range(cuda.laneid, value_words, LANES):
            values, scale = four_values(record[w]), as_float(record[scale_at + 4 * w // GROUP])
            a, b, c, d = float32(0), float32(0), float32(0), float32(0)
            for j in range(topk):
                expert = int32(record[expert_at + j])
                if expert // per_gpu == rank:
                    factor = times(as_float(record[weight_at + j]), gains[expert])
                    a += times(factor, times(values[0], scale))
                    b += times(factor, times(values[1], scale))
                    c += times(factor, times(values[2], scale))
                    d += times(factor, times(values[3], scale))
            partial[2 * w], partial[2 * w + 1] = packed(a, b), packed(c, d)

    return of_record
