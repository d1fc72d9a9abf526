"""Instructions that treat a register as a row of bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops.formats import bits_of, dtype_of

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Operation = Callable[..., np.ndarray]


def bitwise_and(form: Form) -> Operation:
    """``and``; of predicates it is the logical one."""
    return np.bitwise_and


def bitwise_or(form: Form) -> Operation:
    """``or``."""
    return np.bitwise_or


def bitwise_xor(form: Form) -> Operation:
    """``xor``."""
    return np.bitwise_xor


def bitwise_not(form: Form) -> Operation:
    """``not``: every bit turned over; of a predicate, its opposite."""
    return np.invert


def cnot(form: Form) -> Operation:
    """``cnot``: 1 where a is 0, else 0."""
    dtype = dtype_of(form.type)
    return lambda a: np.equal(a, 0).astype(dtype)


def shl(form: Form) -> Operation:
    """``shl``: the amount is u32 and clamped, so shifting by the width or more gives 0."""
    return _shift(form, np.left_shift)


def shr(form: Form) -> Operation:
    """``shr``: signed types are filled with the sign; from the width on, only sign (or 0) is left."""
    return _shift(form, np.right_shift)


def _shift(form: Form, ufunc: np.ufunc) -> Operation:
    """NumPy defines shifts by too much as PTX does; an amount read as negative counts as too much.

    That holds if the amount keeps its value in the type of ``a``: a 16-bit type needs it clamped first.
    """
    dtype = dtype_of(form.type)
    if dtype.itemsize >= 4:
        return lambda a, amount: ufunc(a, amount.astype(dtype, copy=False))
    return lambda a, amount: ufunc(a, np.minimum(amount, 255).astype(dtype))


def lop3(form: Form) -> Operation:
    """``lop3 d, a, b, c, table``: any function of three bits, as a table of its eight results.

    Bit ``4 * a + 2 * b + c`` of the table is the result for the bits a, b, c. The table is an immediate.
    """

    def compute(a: np.ndarray, b: np.ndarray, c: np.ndarray, table: np.ndarray) -> np.ndarray:
        result = np.zeros((1, 1), np.uint32)
        for row in range(8):
            term = np.bitwise_and(a if row & 4 else ~a, b if row & 2 else ~b)
            term = np.bitwise_and(term, c if row & 1 else ~c)
            chosen = np.equal(np.bitwise_and(table, 1 << row), 0)
            result = np.bitwise_or(result, np.where(chosen, np.uint32(0), term))
        return result

    return compute


def lop3_predicate(form: Form) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """``lop3.and|.or d|p, a, b, c, table, q``: also p = (d != 0) combined with q."""
    function = lop3(form)
    combine = np.logical_and if "and" in form.flags else np.logical_or

    def compute(*operands: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        *sources, q = operands
        result = function(*sources)
        return result, combine(np.not_equal(result, 0), q)

    return compute


def shf(form: Form) -> Operation:
    """``shf.l`` and ``shf.r``: 32 bits out of the 64 of ``b:a``, after a shift.

    ``.l`` takes the upper word of (b:a) << n, ``.r`` the lower word of (b:a) >> n. ``.clamp`` limits n to
    32, ``.wrap`` takes it modulo 32.
    """
    wrap, left = "wrap" in form.flags, "l" in form.flags
    word = np.uint64(32)

    def compute(a: np.ndarray, b: np.ndarray, amount: np.ndarray) -> np.ndarray:
        n = np.bitwise_and(amount, 31) if wrap else np.minimum(amount, 32)
        pair = np.bitwise_or(np.left_shift(b.astype(np.uint64), word), a.astype(np.uint64))
        n = n.astype(np.uint64)
        shifted = np.right_shift(np.left_shift(pair, n), word) if left else np.right_shift(pair, n)
        return shifted.astype(np.uint32)

    return compute


def bfe(form: Form) -> Operation:
    """``bfe d, a, position, length``: a field of bits, filled up with zeros or with its own sign.

    Position and length are the low eight bits of their operands. Where the field reaches beyond the top
    of ``a``, the missing bits are the sign of ``a`` for signed types, else zero.
    """
    dtype, width = dtype_of(form.type), bits_of(form.type)

    def compute(a: np.ndarray, position: np.ndarray, length: np.ndarray) -> np.ndarray:
        start = np.bitwise_and(position, 255).astype(dtype)
        count = np.bitwise_and(length, 255).astype(dtype)
        field = np.right_shift(a, start)
        # Up against the top of the word and back: a field longer than the word needs no trimming.
        trim = np.subtract(dtype.type(width), np.minimum(count, dtype.type(width)))
        return np.right_shift(np.left_shift(field, trim), trim)

    return _empty_field_is_zero(compute)


def _empty_field_is_zero(compute: Operation) -> Operation:
    def run(a: np.ndarray, position: np.ndarray, length: np.ndarray) -> np.ndarray:
        empty = np.equal(np.bitwise_and(length, 255), 0)
        return np.where(empty, a.dtype.type(0), compute(a, position, length))

    return run


def bfi(form: Form) -> Operation:
    """``bfi d, a, b, position, length``: b with a field of it replaced by the low bits of a."""
    dtype = dtype_of(form.type)
    one = dtype.type(1)

    def compute(a: np.ndarray, b: np.ndarray, position: np.ndarray, length: np.ndarray) -> np.ndarray:
        start = np.bitwise_and(position, 255).astype(dtype)
        count = np.bitwise_and(length, 255).astype(dtype)
        # 1 << count is 0 once count reaches the width, and 0 - 1 is all ones: the whole word.
        mask = np.left_shift(np.subtract(np.left_shift(one, count), one), start)
        return np.bitwise_or(np.bitwise_and(np.left_shift(a, start), mask), np.bitwise_and(b, ~mask))

    return compute


def bmsk(form: Form) -> Operation:
    """``bmsk d, a, b``: b ones, beginning at bit a. Both are clamped to 32, or taken modulo 32."""
    wrap = "wrap" in form.flags
    one = np.uint32(1)

    def compute(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        start, count = (np.bitwise_and(x, 31) if wrap else np.minimum(x, 32) for x in (a, b))
        return np.left_shift(np.subtract(np.left_shift(one, count), one), start)

    return compute


def szext(form: Form) -> Operation:
    """``szext d, a, b``: the low b bits of a, extended by their sign (s32) or zeros (u32).

    b is clamped to 32 or taken modulo 32. No bits at all give 0.
    """
    wrap, dtype = "wrap" in form.flags, dtype_of(form.type)

    def compute(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        count = np.bitwise_and(b, 31) if wrap else np.minimum(b, 32)
        trim = np.subtract(np.uint32(32), count).astype(dtype)
        return np.right_shift(np.left_shift(a, trim), np.minimum(trim, 31).astype(dtype))

    return compute


def popc(form: Form) -> Operation:
    """``popc``: how many bits are set, as u32."""
    return lambda a: np.bitwise_count(a).astype(np.uint32)


def brev(form: Form) -> Operation:
    """``brev``: the bits in reverse order."""
    width = bits_of(form.type)
    # Swap neighbours, then pairs, then fours, ... Each mask marks the lower of two groups.
    steps = [1 << k for k in range(width.bit_length() - 1)]
    masks = [((1 << width) - 1) // ((1 << step) + 1) for step in steps]

    def compute(a: np.ndarray) -> np.ndarray:
        for step, mask in zip(steps, masks, strict=True):
            lower = np.left_shift(np.bitwise_and(a, mask), step)
            a = np.bitwise_or(lower, np.bitwise_and(np.right_shift(a, step), mask))
        return a

    return compute


def clz(form: Form) -> Operation:
    """``clz``: how many zeros lead, as u32; the width for 0."""
    width = bits_of(form.type)
    return lambda a: np.subtract(np.uint32(width), _bit_length(a))


def _bit_length(a: np.ndarray) -> np.ndarray:
    """Position of the highest set bit plus one, as uint32; 0 for 0. ``a`` is unsigned."""
    for step in (1, 2, 4, 8, 16, 32)[: (a.dtype.itemsize * 8).bit_length() - 1]:
        a = np.bitwise_or(a, np.right_shift(a, step))  # spreads the highest bit over all lower ones
    return np.bitwise_count(a).astype(np.uint32)


def bfind(form: Form) -> Operation:
    """``bfind{.shiftamt}``: where the highest bit stands that is not sign; all ones if there is none.

    ``.shiftamt`` gives the left shift that would bring it to the top.
    """
    dtype, width = dtype_of(form.type), bits_of(form.type)
    shift_amount = "shiftamt" in form.flags
    none = np.uint32(0xFFFFFFFF)

    def compute(a: np.ndarray) -> np.ndarray:
        if dtype.kind == "i":
            a = np.where(np.less(a, 0), ~a, a)
        length = _bit_length(a.view(f"u{dtype.itemsize}"))
        found = np.uint32(width) - length if shift_amount else length - np.uint32(1)
        return np.where(np.equal(length, 0), none, found)

    return compute


def fns(form: Form) -> Operation:
    """``fns d, mask, base, offset``: the position of the n-th set bit of ``mask``, counted from ``base``.

    A positive offset n looks upward for the n-th set bit at or above base, a negative one downward, and 0
    asks whether bit ``base`` itself is set. All ones where there is none.
    """
    none = np.uint32(0xFFFFFFFF)

    def compute(mask: np.ndarray, base: np.ndarray, offset: np.ndarray) -> np.ndarray:
        shape = np.broadcast_shapes(mask.shape, base.shape, offset.shape)
        wanted = np.where(np.equal(offset, 0), 1, np.abs(offset.astype(np.int64)))
        result = np.full(shape, none)
        found = np.zeros(shape, np.int64)
        for distance in range(32):
            position = base.astype(np.int64) + np.where(np.less(offset, 0), -distance, distance)
            inside = np.less_equal(0, position) & np.less(position, 32)
            inside &= np.not_equal(offset, 0) | (distance == 0)
            shift = np.where(inside, position, 0).astype(np.uint32)
            found = found + (np.bitwise_and(np.right_shift(mask, shift), 1).astype(bool) & inside)
            hit = inside & np.equal(found, wanted) & np.equal(result, none)
            result = np.where(hit, shift, result)
        return result

    return compute


#: For each mode of prmt and each byte of the result, which of the eight source bytes it takes.
_PRMT_MODES = {
    "f4e": [[n, n + 1, n + 2, n + 3] for n in range(4)],
    "b4e": [[n, (n - 1) % 8, (n - 2) % 8, (n - 3) % 8] for n in range(4)],
    "rc8": [[n, n, n, n] for n in range(4)],
    "ecl": [[0, 1, 2, 3], [1, 1, 2, 3], [2, 2, 2, 3], [3, 3, 3, 3]],
    "ecr": [[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 2, 2], [0, 1, 2, 3]],
    "rc16": [[0, 1, 0, 1], [2, 3, 2, 3], [0, 1, 0, 1], [2, 3, 2, 3]],
}


def prmt(form: Form) -> Operation:
    """``prmt``: picks four bytes out of the eight of ``b:a``.

    Without a mode each nibble of c names a byte (0-3 from a, 4-7 from b); its top bit asks for that byte's
    sign in all eight bits instead. With a mode the low two bits of c choose one of four patterns.
    """
    mode = next((m for m in _PRMT_MODES if m in form.flags), None)
    if mode is None:
        return _permute
    nibbles = [sum(s << 4 * k for k, s in enumerate(row)) for row in _PRMT_MODES[mode]]
    selectors = np.array(nibbles, np.uint32)
    return lambda a, b, c: _permute(a, b, selectors[np.bitwise_and(c, 3)])


def _permute(a: np.ndarray, b: np.ndarray, selector: np.ndarray) -> np.ndarray:
    pair = np.bitwise_or(np.left_shift(b.astype(np.uint64), np.uint64(32)), a.astype(np.uint64))
    result = np.zeros((1, 1), np.uint32)
    for place in range(4):
        choice = np.right_shift(selector, 4 * place)
        shift = np.left_shift(np.bitwise_and(choice, 7), 3).astype(np.uint64)
        byte = np.bitwise_and(np.right_shift(pair, shift), np.uint64(255)).astype(np.uint32)
        sign = np.where(np.equal(np.bitwise_and(byte, 128), 0), np.uint32(0), np.uint32(255))
        byte = np.where(np.equal(np.bitwise_and(choice, 8), 0), byte, sign)
        result = np.bitwise_or(result, np.left_shift(byte, 8 * place))
    return result
