"""Small kernels that between them make Numba's compiler use all it has, each with what NumPy says of it.

A case is a kernel, its signature, arguments of which the last is the result, and a function of the other
arguments that gives the expected result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numba import cuda, float32, float64, from_dtype, int32, int64, types
from numba.cuda.random import (
    create_xoroshiro128p_states,
    xoroshiro128p_dtype,
    xoroshiro128p_uniform_float32,
)

RNG = np.random.default_rng(51)
N = 200
X32, Y32 = RNG.normal(size=(2, N)).astype("f4")
X64, Y64 = RNG.normal(size=(2, N))
I32 = RNG.integers(-(2**31), 2**31, N, dtype="i8").astype("i4")
J32 = RNG.integers(1, 1000, N).astype("i4")
I64 = RNG.integers(-(2**63), 2**63 - 1, N)
J64 = RNG.integers(1, 2**40, N)
TABLE = np.array([3, 1, 4, 1, 5, 9, 2, 6], "f4")


@dataclass
class Case:
    """A kernel and what is known of it. ``close`` is the relative error allowed; 0 asks for equality."""

    kernel: Callable
    signature: object
    arguments: tuple
    want: Callable
    grid: int = 2
    block: int = 128
    shared: int = 0
    close: float = 0.0
    options: dict = field(default_factory=dict)


CASES: list[Case] = []


def case(signature: object, arguments: tuple, want: Callable, **rest: object) -> Callable:
    def register(kernel: Callable) -> Callable:
        full = f"void({signature})" if isinstance(signature, str) else signature
        CASES.append(Case(kernel, full, arguments, want, **rest))
        return kernel

    return register


def zeros(kind: str, count: int = N) -> np.ndarray:
    return np.zeros(count, kind)


# -- arithmetic ----------------------------------------------------------------------------------------


@case("f4,f4[::1],f4[::1],f4[::1]", (np.float32(1.7), X32, Y32, zeros("f4")),
      lambda a, x, y: (np.float64(a) * x + y).astype("f4"))  # fmt: skip
def saxpy(a, x, y, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = a * x[i] + y[i]


@case("f8[::1],f8[::1],f8[::1]", (X64, Y64, zeros("f8")),
      lambda x, y: np.where(x > y, x / y, np.sqrt(abs(x)) - abs(y)) + np.maximum(x, y) - np.minimum(x, 1.0),
      close=1e-15)  # fmt: skip
def doubles(x, y, out):
    i = cuda.grid(1)
    if i < out.size:
        a, b = x[i], y[i]
        first = a / b if a > b else math.sqrt(abs(a)) - abs(b)
        out[i] = first + max(a, b) - min(a, 1.0)


@case("i4[::1],i4[::1],i4[::1]", (I32, J32, zeros("i4")),
      lambda x, y: ((x // y) ^ (x % y)) + (x >> 3) - (np.abs(y) << 2) + np.minimum(x, y))  # fmt: skip
def integers_of_32_bits(x, y, out):
    i = cuda.grid(1)
    if i < out.size:
        a, b = x[i], y[i]
        out[i] = int32(((a // b) ^ (a % b)) + (a >> 3) - (abs(b) << 2) + min(a, b))


@case("i8[::1],i8[::1],i8[::1]", (I64, J64, zeros("i8")),
      lambda x, y: (x // y) * 3 + (x % y) - (x >> 7) + (y << 5) + np.maximum(x, -y))  # fmt: skip
def integers_of_64_bits(x, y, out):
    i = cuda.grid(1)
    if i < out.size:
        a, b = x[i], y[i]
        out[i] = (a // b) * 3 + (a % b) - (a >> 7) + (b << 5) + max(a, -b)


@case("u8[::1],u8[::1],u8[::1]", (I64.view("u8"), J64.view("u8"), zeros("u8")),
      lambda x, y: x // y + x % y * np.uint64(5) + (x >> np.uint64(9)))  # fmt: skip
def unsigned_of_64_bits(x, y, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = x[i] // y[i] + x[i] % y[i] * np.uint64(5) + (x[i] >> np.uint64(9))


@case("i1[::1],u1[::1],i2[::1],u2[::1],i4[::1]",
      (I32.astype("i1"), I32.astype("u1"), I32.astype("i2"), I32.astype("u2"), zeros("i4")),
      lambda a, b, c, d: a.astype("i4") + 2 * b.astype("i4") - 3 * c.astype("i4") + 5 * d.astype("i4"))  # fmt: skip
def narrow_integers(a, b, c, d, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = a[i] + 2 * b[i] - 3 * c[i] + 5 * d[i]


@case("f4[::1],i8[::1],f4[::1]", (X32 * 1000, I64, zeros("f4")),
      lambda x, k: (x.astype("i4") + np.floor(x).astype("i8") + np.ceil(x)
                    + (k % 1000).astype("f4")).astype("f4"), close=1e-6)  # fmt: skip
def conversions(x, k, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = int32(x[i]) + int64(math.floor(x[i])) + math.ceil(x[i]) + float32(k[i] % 1000)


@case("c16[::1],f8[::1]", (X64 + 1j * Y64, zeros("f8")), lambda z: abs(z * z + 1) + z.real, close=1e-13)
def complex_numbers(z, out):
    i = cuda.grid(1)
    if i < out.size:
        w = z[i] * z[i] + 1
        out[i] = math.hypot(w.real, w.imag) + z[i].real


@case(
    "f4[::1],f4[::1]",
    (X32, zeros("f4")),
    lambda x: np.sin(x) * np.cos(x) + np.exp(x) - np.log1p(abs(x)) + np.tanh(x) + np.arctan(x),
    close=2e-5,
)
def math_of_floats(x, out):
    i = cuda.grid(1)
    if i < out.size:
        a = x[i]
        product = math.sin(a) * math.cos(a)
        out[i] = product + math.exp(a) - math.log1p(abs(a)) + math.tanh(a) + math.atan(a)


@case(
    "f8[::1],f8[::1]",
    (X64 * 1e6, zeros("f8")),
    lambda x: np.sin(x) + np.cos(x) + np.abs(x) ** 0.3 + np.log2(abs(x)) + np.fmod(x, 3.0),
    close=1e-9,
)
def math_of_doubles(x, out):
    i = cuda.grid(1)
    if i < out.size:
        a = x[i]
        out[i] = math.sin(a) + math.cos(a) + math.pow(abs(a), 0.3) + math.log2(abs(a)) + math.fmod(a, 3.0)


@case("f4[::1],f4[::1],f4[::1]", (X32, np.abs(Y32) + 1, zeros("f4")),
      lambda x, y: np.sin(x) / y + np.sqrt(y) + np.exp(x) + np.log(y), close=1e-4,
      options={"fastmath": True})  # fmt: skip
def fast_math(x, y, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = math.sin(x[i]) / y[i] + math.sqrt(y[i]) + math.exp(x[i]) + math.log(y[i])


@case("i4[::1],u8[::1],i8[::1]", (I32, I64.view("u8"), zeros("i8")),
      lambda a, b: np.array([int(p).bit_count() + 100 * (64 - int(q).bit_length())
                             + (int(f"{int(q):064b}"[::-1], 2) & 0xFF)
                             for p, q in zip(a.view("u4"), b)]))  # fmt: skip
def bits(a, b, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = cuda.popc(a[i]) + 100 * cuda.clz(b[i]) + (cuda.brev(b[i]) & 0xFF)


# -- control, local and constant memory ---------------------------------------------------------------


@case("i4[::1],i4[::1]", (J32, zeros("i4")), lambda n: np.array([_collatz(int(k)) for k in n]))
def collatz(n, out):
    i = cuda.grid(1)
    if i < out.size:
        k, steps = int64(n[i]), 0
        while k != 1:
            k = k // 2 if k % 2 == 0 else 3 * k + 1
            steps += 1
        out[i] = steps


def _collatz(k: int) -> int:
    steps = 0
    while k != 1:
        k, steps = (k // 2 if k % 2 == 0 else 3 * k + 1), steps + 1
    return steps


@cuda.jit("i8(i8)", device=True)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


@case("i8[::1],i8[::1]", (np.arange(N) % 12, zeros("i8")),
      lambda n: np.array([_fibonacci(int(k)) for k in n]))  # fmt: skip
def recursion(n, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = fibonacci(n[i])


def _fibonacci(k: int) -> int:
    a, b = 0, 1
    for _ in range(k):
        a, b = b, a + b
    return a


@case(
    "f4[::1],f4[::1]",
    (X32, zeros("f4")),
    lambda x: np.array([sum(x[max(0, i - 7) : i + 1][::-1].astype("f8")) for i in range(N)]),
    close=1e-5,
)
def local_array(x, out):
    window = cuda.local.array(8, float32)
    i = cuda.grid(1)
    if i < out.size:
        for k in range(8):
            window[(i + k) % 8] = x[i - k] if i >= k else 0.0
        total = float32(0)
        for k in range(8):
            total += window[k]
        out[i] = total


@case("i4[::1],f4[::1]", (J32, zeros("f4")), lambda k: TABLE[k % 8] * 2)
def constant_array(k, out):
    table = cuda.const.array_like(TABLE)
    i = cuda.grid(1)
    if i < out.size:
        out[i] = table[k[i] % 8] + TABLE[k[i] % 8]


@case("f4[:,:],f4[:,::1]", (np.asfortranarray(X32[:192].reshape(12, 16)), np.zeros((16, 12), "f4")),
      lambda a: a.T, grid=1, block=192)  # fmt: skip
def transpose(a, out):
    i = cuda.grid(1)
    out[i % 16, i // 16] = a[-12 + i // 16, i % 16]


@case("i4[::1],i4[::1]", (J32, zeros("i4")), lambda x: x + 1, options={"debug": True, "opt": False})
def with_debugging(x, out):
    i = cuda.grid(1)
    if i < out.size:
        assert x[i] > 0
        out[i] = x[i] + 1


# -- shared memory, barriers, atomics ------------------------------------------------------------------


@case("f8[::1],f8[::1]", (np.arange(256.0), zeros("f8", 2)), lambda x: x.reshape(2, 128).sum(axis=1))
def block_sum(x, out):
    part = cuda.shared.array(128, float64)
    t = cuda.threadIdx.x
    part[t] = x[cuda.grid(1)]
    cuda.syncthreads()
    half = 64
    while half > 0:
        if t < half:
            part[t] += part[t + half]
        cuda.syncthreads()
        half //= 2
    if t == 0:
        out[cuda.blockIdx.x] = part[0]


@case("f4[:,::1],f4[:,::1],f4[:,::1]",
      (X32[:144].reshape(12, 12), Y32[:144].reshape(12, 12), np.zeros((12, 12), "f4")),
      lambda a, b: a.astype("f8") @ b, grid=1, block=144, close=1e-5)  # fmt: skip
def tiled_matmul(a, b, c):
    tile_a, tile_b = cuda.shared.array((4, 12), float32), cuda.shared.array((12, 4), float32)
    i = cuda.grid(1)
    row, col, total = i // 12, i % 12, float32(0)
    for step in range(3):
        if i < 48:
            tile_b[i // 4, i % 4] = 0.0
            tile_a[i // 12, i % 12] = b[step * 4 + i // 12, i % 12]
        cuda.syncthreads()
        for k in range(4):
            total += a[row, step * 4 + k] * tile_a[k, col]
        cuda.syncthreads()
    c[row, col] = total


@case("u1[::1],i4[::1]", (I32.astype("u1"), zeros("i4", 16)), lambda x: np.bincount(x % 16, minlength=16))
def shared_histogram(x, out):
    counts = cuda.shared.array(16, int32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    if t < 16:
        counts[t] = 0
    cuda.syncthreads()
    if i < x.size:
        cuda.atomic.add(counts, x[i] % 16, 1)
    cuda.syncthreads()
    if t < 16:
        cuda.atomic.add(out, t, counts[t])


@case(
    "i4[::1],i4[::1]",
    (J32, zeros("i4", 6)),
    lambda x: np.array([x.max(), x.sum(), np.bitwise_or.reduce(x), np.bitwise_xor.reduce(x), -x.sum(), 7]),
)
def integer_atomics(x, out):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.max(out, 0, x[i])
        cuda.atomic.add(out, 1, x[i])
        cuda.atomic.or_(out, 2, x[i])
        cuda.atomic.xor(out, 3, x[i])
        cuda.atomic.sub(out, 4, x[i])
        cuda.atomic.cas(out, 5, 0, 7)


@case("f4[::1],f8[::1]", (np.arange(N, dtype="f4"), zeros("f8", 3)),
      lambda x: np.array([x.sum(), x.max(), 0.0]))  # fmt: skip
def float_atomics(x, out):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(out, 0, x[i])
        cuda.atomic.max(out, 1, x[i])
        cuda.atomic.min(out, 2, x[i])


@case("i4[::1],i4[::1]", (J32[:128], zeros("i4", 128)), lambda x: x[::-1], grid=1, shared=512)
def dynamic_shared(x, out):
    buffer = cuda.shared.array(0, int32)
    t = cuda.threadIdx.x
    buffer[t] = x[t]
    cuda.syncthreads()
    out[t] = buffer[127 - t]


@case("i4[::1],i4[::1]", (J32[:128], zeros("i4", 128)),
      lambda x: np.full(128, np.count_nonzero(x % 3 == 0) + 1000 * np.all(x > 0) + 2000 * np.any(x > 998)),
      grid=1)  # fmt: skip
def counting_barriers(x, out):
    t = cuda.threadIdx.x
    multiple = cuda.syncthreads_count(int32(x[t] % 3 == 0))
    out[t] = (
        multiple
        + 1000 * cuda.syncthreads_and(int32(x[t] > 0))
        + 2000 * cuda.syncthreads_or(int32(x[t] > 998))
    )


@case("i4[::1],i4[::1]", (J32[:128], zeros("i4", 128)), lambda x: _warp_work(x), grid=1)
def warp_work(x, out):
    t = cuda.threadIdx.x
    value = x[t]
    for distance in (16, 8, 4, 2, 1):
        value += cuda.shfl_xor_sync(0xFFFFFFFF, value, distance)
    first = cuda.shfl_sync(0xFFFFFFFF, x[t], 0)
    odd = cuda.ballot_sync(0xFFFFFFFF, x[t] % 2 == 1)
    alike = cuda.match_any_sync(0xFFFFFFFF, x[t] % 4)
    every = cuda.all_sync(0xFFFFFFFF, x[t] > 0)
    cuda.syncwarp()
    out[t] = value + first + cuda.popc(odd) + cuda.popc(alike) + every + cuda.laneid


def _warp_work(x: np.ndarray) -> np.ndarray:
    warps = x.reshape(-1, 32)
    alike = (warps[:, :, None] % 4 == warps[:, None, :] % 4).sum(axis=2)
    rest = warps.sum(axis=1) + warps[:, 0] + np.count_nonzero(warps % 2 == 1, axis=1) + 1
    return (rest[:, None] + alike + np.arange(32)).reshape(-1)


@case("i4[::1],i4[::1]", (J32, zeros("i4")), lambda x: x)
def cache_hints(x, out):
    i = cuda.grid(1)
    if i < out.size:
        cuda.stwt(out, i, cuda.ldcg(x, i) + cuda.ldcs(x, i) - cuda.ldca(x, i))
        cuda.threadfence()
        cuda.nanosleep(20)
        cuda.threadfence_block()
        cuda.threadfence_system()


STATES = 64


def _states() -> np.ndarray:
    return create_xoroshiro128p_states(STATES, seed=7).copy_to_host()


@case(types.void(from_dtype(xoroshiro128p_dtype)[::1], types.float32[::1]), (_states(), zeros("f4", STATES)),
      lambda states: _xoroshiro(states), grid=1, block=STATES)  # fmt: skip
def random_numbers(states, out):
    i = cuda.grid(1)
    out[i] = xoroshiro128p_uniform_float32(states, i)


def _xoroshiro(states: np.ndarray) -> np.ndarray:
    out = np.empty(STATES, "f4")
    for i, (s0, s1) in enumerate(states.tolist()):
        total = (s0 + s1) & (1 << 64) - 1
        out[i] = np.float32((total >> 11) * (1.0 / (1 << 53)))
    return out
