"""Kernels that the recorder's tests run, and how they run them."""

from dataclasses import fields, replace

import numpy as np
from numba import cuda, float32, int32

from smsim.devices import load
from smsim.isolated import isolate
from smsim.timing.recording import record

TILE = 8
#: Settings of the device that runs a launch.
SETTINGS = {}


@cuda.jit
def saxpy(a, x, y, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = a * x[i] + y[i]


@cuda.jit
def divergent(x, out):
    i = cuda.grid(1)
    if i >= x.size:
        return
    value = x[i]
    steps = 0
    while value != 1 and steps < 50:
        if value % 2:
            value = 3 * value + 1
            out[i] += 1
        else:
            value //= 2
        steps += 1
    out[i] += steps


@cuda.jit
def matmul(a, b, c):
    left = cuda.shared.array((TILE, TILE), float32)
    right = cuda.shared.array((TILE, TILE), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    row, column = cuda.blockIdx.y * TILE + y, cuda.blockIdx.x * TILE + x
    total = float32(0)
    for tile in range(a.shape[1] // TILE):
        left[y, x] = a[row, tile * TILE + x]
        right[y, x] = b[tile * TILE + y, column]
        cuda.syncthreads()
        for k in range(TILE):
            total += left[y, k] * right[k, x]
        cuda.syncthreads()
    c[row, column] = total


@cuda.jit
def histogram(x, out):
    bins = cuda.shared.array(16, int32)
    t = cuda.threadIdx.x
    if t < 16:
        bins[t] = 0
    cuda.syncthreads()
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(bins, x[i] % 16, 1)
    cuda.syncthreads()
    if t < 16:
        cuda.atomic.add(out, t, bins[t])


@cuda.jit(device=True, inline=False)
def _gcd(a, b):
    while b:
        a, b = b, a % b
    return a


@cuda.jit(device=True, inline=False)
def _power(x, n):
    return 1 if n == 0 else x * _power(x, n - 1)


@cuda.jit
def calls(x, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = _power(3, x[i] % 4) if x[i] % 3 else _gcd(x[i], 360)


@cuda.jit
def strided_local(x, out):
    i = cuda.grid(1)
    mine = cuda.local.array(20, float32)
    for k in range(20):
        mine[k] = x[(i * 7 + k) % x.size]
    at = int(x[i]) % 20
    out[i] = mine[at] + mine[(at + i) % 20]


def launches() -> dict[str, tuple[object, tuple]]:
    """By name: a launch and its arguments. Warps of 32 and fewer lanes, a few blocks on each of two SMs."""
    draw = np.random.default_rng(7)
    x = draw.integers(1, 1000, 1900).astype("i4")
    f = draw.random(1900).astype("f4") * 100
    a = draw.random((48, 40)).astype("f4")
    b = draw.random((40, 56)).astype("f4")
    return {
        "saxpy": (saxpy[20, 100], (np.float32(2), f, f.copy(), f.copy())),
        "divergent": (divergent[20, 96], (x, np.zeros_like(x))),
        "matmul": (matmul[(7, 6), (TILE, TILE)], (a, b, np.zeros((48, 56), "f4"))),
        "histogram": (histogram[15, 128], (x, np.zeros(16, "i4"))),
        "calls": (calls[19, 104], (x, np.zeros_like(x))),
        "strided_local": (strided_local[19, 100], (f, f.copy())),
    }


def recorded(launch, arguments, sms=2, per_sm=3, estimate=False):
    """The recording of a launch on an H800 of so few SMs."""
    isolated = isolate("profile", launch, arguments, **SETTINGS)
    isolated.device.spec = replace(load("H800"), sms=sms)
    return record(isolated, per_sm, estimate)


def same(a, b):
    """Whether two traces are equal, bit for bit; their codes by the instructions in them."""
    for field in fields(a):
        one, other = getattr(a, field.name), getattr(b, field.name)
        if field.name == "codes":
            one, other = ([_lines(c) for c in codes] for codes in (one, other))
        assert np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other, field.name
    return True


def _lines(code):
    steps = [*code.steps] if code.ending is None else [*code.steps, code.ending]
    return [(s.function.name, s.instruction.line) for s in steps]
