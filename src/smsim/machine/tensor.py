"""What the tensor cores compute: ``D = A B + C`` on fragments spread over the lanes of a warp.

A is 16 by K, B is K by 8, C and D are 16 by 8. Lane n is number ``n % 4`` of group ``n // 4``. Where each
register of a lane belongs is written in the PTX ISA, "Matrix fragments for mma.m16n8k8" and
"mma.m16n8k16"; the functions below say it again in code.

**Rounding.** NVIDIA does not document in which order and with how many bits a tensor core adds. Here the
products are exact; they are added to C in the order of k in float64, each sum rounded to nearest; the result is
rounded once to D's type. Published experiments (Fasi, Higham, Mikaitis, Pranesh, "Numerical behavior of NVIDIA
tensor cores", PeerJ Computer Science 7:e330, 2021) found sums of a few products that are truncated instead. So
the last bits of D may differ from a GPU's. Results that need no rounding at all are the same. Subnormal numbers
count; every NaN is 0x7fffffff (0x7fff in f16).
"""

from __future__ import annotations

import numpy as np

from smsim.machine.collectives import LANES
from smsim.machine.meetings import Collective
from smsim.machine.ops.packed import join, split
from smsim.machine.ops.special import canonical
from smsim.ptx.rows import Form

ROWS, COLUMNS = 16, 8
_LANE = np.arange(LANES)
_GROUP, _NUMBER = _LANE // 4, _LANE % 4


def depth(form: Form) -> int:
    """K: 8 or 16."""
    return next(k for k in (8, 16) if f"m16n8k{k}" in form.flags)


def mma(form: Form) -> Collective:
    """The product for whole warps; values and results are ``(W, 32, B)``, in the order of the operands."""
    k, kind, sums = depth(form), form.types[1], form.types[0]
    of_a, of_b = k // 4, k // 8

    def multiply(values: list[np.ndarray], here: object, member: object) -> tuple[np.ndarray, ...]:
        values = np.broadcast_arrays(*values)
        a, b, c = values[:of_a], values[of_a : of_a + of_b], values[of_a + of_b :]
        with np.errstate(all="ignore"):
            total = _gathered_c(c, sums)
            left, right = _gathered_a(a, k, kind), _gathered_b(b, k, kind)
            for step in range(k):
                total += left[:, step, None] * right[None, step]
            return _scattered(total, sums)

    return multiply


def _numbers(halves: np.ndarray, kind: str) -> np.ndarray:
    """16-bit patterns as float64, lanes first: ``(32, W, B)``."""
    lanes_first = np.ascontiguousarray(halves.transpose(1, 0, 2))
    if kind == "f16":
        return lanes_first.view(np.float16).astype(np.float64)
    return np.left_shift(lanes_first.astype(np.uint32), np.uint32(16)).view(np.float32).astype(np.float64)


def _gathered_a(registers: list[np.ndarray], k: int, kind: str) -> np.ndarray:
    """A as ``(16, K, W, B)``: registers go down by eight rows, then right by eight columns."""
    out = np.empty((ROWS, k, registers[0].shape[0], registers[0].shape[2]))
    for number, register in enumerate(registers):
        for half, values in enumerate(split(register)):
            row, column = _GROUP + 8 * (number % 2), 2 * _NUMBER + half + 8 * (number // 2)
            out[row, column] = _numbers(values, kind)
    return out


def _gathered_b(registers: list[np.ndarray], k: int, kind: str) -> np.ndarray:
    """B as ``(K, 8, W, B)``: a lane's pairs lie one above the other."""
    out = np.empty((k, COLUMNS, registers[0].shape[0], registers[0].shape[2]))
    for number, register in enumerate(registers):
        for half, values in enumerate(split(register)):
            out[2 * _NUMBER + half + 8 * number, _GROUP] = _numbers(values, kind)
    return out


def _gathered_c(registers: list[np.ndarray], sums: str) -> np.ndarray:
    """C as ``(16, 8, W, B)``: two neighbours in a row, then two eight rows below."""
    out = np.empty((ROWS, COLUMNS, registers[0].shape[0], registers[0].shape[2]))
    if sums == "f32":
        values = [register.transpose(1, 0, 2) for register in registers]
    else:
        values = [_numbers(half, "f16") for register in registers for half in split(register)]
    for number, value in enumerate(values):
        out[_GROUP + 8 * (number // 2), 2 * _NUMBER + number % 2] = value
    return out


def _scattered(total: np.ndarray, sums: str) -> tuple[np.ndarray, ...]:
    """D as the registers of the lanes, rounded to its type."""
    rounded = canonical(total.astype(np.float32 if sums == "f32" else np.float16))
    parts = [
        np.ascontiguousarray(rounded[_GROUP + 8 * (number // 2), 2 * _NUMBER + number % 2].transpose(1, 0, 2))
        for number in range(4)
    ]
    return tuple(parts) if sums == "f32" else (join(*parts[:2]), join(*parts[2:]))


# -- ldmatrix, stmatrix ------------------------------------------------------------------------------------------


def element_addresses(rows: np.ndarray, matrices: int, transposed: bool) -> tuple[np.ndarray, ...]:
    """Where in shared memory each lane's part of each matrix lies.

    Args:
        rows: int64 ``(W, 32, B)``: lane n names the first byte of row ``n % 8`` of matrix ``n // 8``.
        matrices: 1, 2 or 4.
        transposed: ``.trans``.

    Returns:
        one array a matrix, of the two neighbours in 4 bytes that a lane gets; with ``.trans`` two arrays a
        matrix, of 2 bytes each, from two rows.
    """
    found = []
    for number in range(matrices):
        if transposed:
            for half in (0, 1):
                found.append(rows[:, 8 * number + 2 * _NUMBER + half] + 2 * _GROUP.reshape(1, LANES, 1))
        else:
            found.append(rows[:, 8 * number + _GROUP] + 4 * _NUMBER.reshape(1, LANES, 1))
    return tuple(found)
