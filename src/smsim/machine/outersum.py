"""A value that is a per-thread part plus a per-block part, kept as the two parts.

Index arithmetic on a GPU is mostly of this kind: ``blockIdx.x * blockDim.x + threadIdx.x``, times an
item size, plus the start of an array. Written out it has ``T x B`` elements (T threads of a block by
B blocks); kept as ``rows + cols`` it has ``T + B``, its range is known, and a load can see at once
that its addresses form a rectangle in memory.

``OuterSum`` implements NumPy's ``__array_ufunc__``, so the arithmetic in :mod:`smsim.machine.ops` is
written once, for arrays. What stays exact in the two parts stays lazy; anything else is written out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_RANGE = {np.dtype(t): (int(np.iinfo(t).min), int(np.iinfo(t).max)) for t in "bhilBHILqQ"}
_SAFE = 1 << 62  # parts are int64; beyond this a sum could wrap, so it is written out instead


Steps = tuple[int | None, int | None]


class OuterSum:
    """``rows + cols + offset`` as an integer array of shape ``(T, B)`` and type ``dtype``, not yet written out.

    Args:
        rows: int64, shape ``(T, 1)``.
        cols: int64, shape ``(1, B)``.
        offset: what is added to every element.
        dtype: the integer type it stands for; every element lies within that type's range.
        low, high: bounds of all elements, exact unless ``exact`` is false (then merely safe).
        steps: the even steps of ``rows`` and ``cols`` if they are known, see :meth:`even_steps`.
    """

    __slots__ = ("rows", "cols", "offset", "dtype", "low", "high", "exact", "steps")
    ndim = 2

    def __init__(
        self,
        rows: np.ndarray,
        cols: np.ndarray,
        offset: int,
        dtype: np.dtype,
        low: int,
        high: int,
        exact: bool,
        steps: Steps | None = None,
    ) -> None:
        self.rows, self.cols, self.offset, self.dtype = rows, cols, offset, dtype
        self.low, self.high, self.exact, self.steps = low, high, exact, steps

    @property
    def shape(self) -> tuple[int, int]:
        return (self.rows.shape[0], self.cols.shape[1])

    def bounds(self) -> tuple[int, int]:
        """Exact smallest and largest element."""
        if not self.exact:
            self.low = int(self.rows.min()) + int(self.cols.min()) + self.offset
            self.high = int(self.rows.max()) + int(self.cols.max()) + self.offset
            self.exact = True
        return self.low, self.high

    def first(self) -> int:
        """The element of thread 0 in block 0."""
        return int(self.rows[0, 0]) + int(self.cols[0, 0]) + self.offset

    def even_steps(self) -> Steps:
        """The difference from thread to thread and from block to block, each ``None`` if it is not even."""
        if self.steps is None:
            self.steps = (_even_step(self.rows), _even_step(self.cols))
        return self.steps

    def dense(self) -> np.ndarray:
        return (self.rows + (self.cols + self.offset)).astype(self.dtype, copy=False)

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> np.ndarray:
        out = self.dense()
        return out if dtype is None else out.astype(dtype, copy=False)

    def view(self, dtype: np.dtype) -> OuterSum | np.ndarray:
        """The same bits as another type of the same width."""
        return self.astype(dtype) if self._fits(dtype) else self.dense().view(dtype)

    def astype(self, dtype: np.dtype, copy: bool = True) -> OuterSum | np.ndarray:
        """The same values as another integer type, lazy where every value fits it."""
        dtype = np.dtype(dtype)
        if not self._fits(dtype):
            return self.dense().astype(dtype)
        return self._like(self.offset, dtype, self.low, self.high)

    def _like(self, offset: int, dtype: np.dtype, low: int, high: int) -> OuterSum:
        return OuterSum(self.rows, self.cols, offset, dtype, low, high, self.exact, self.steps)

    def _fits(self, dtype: np.dtype) -> bool:
        limits = _RANGE.get(np.dtype(dtype))
        return limits is not None and limits[0] <= self.low and self.high <= limits[1]

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: object, **kwargs: object) -> object:
        handler = _HANDLERS.get(ufunc)
        if handler is not None and method == "__call__" and not kwargs and len(inputs) == 2:
            result = handler(*inputs)
            if result is not None:
                return result
        written = [x.dense() if isinstance(x, OuterSum) else x for x in inputs]
        return getattr(ufunc, method)(*written, **kwargs)


def lazy_sum(a: np.ndarray, b: np.ndarray) -> OuterSum | None:
    """``a + b`` for a per-thread and a per-block integer array of one type, lazily; ``None`` if it wraps."""
    if a.shape[1] != 1:
        a, b = b, a
    return _make(a.astype(np.int64), b.astype(np.int64), a.dtype)


def _make(rows: np.ndarray, cols: np.ndarray, dtype: np.dtype) -> OuterSum | None:
    low = int(rows.min()) + int(cols.min())
    high = int(rows.max()) + int(cols.max())
    if not _in_range(low, high, dtype):
        return None
    return OuterSum(rows, cols, 0, dtype, low, high, True)


def _in_range(low: int, high: int, dtype: np.dtype) -> bool:
    limits = _RANGE[dtype]
    return limits[0] <= low and high <= limits[1] and -_SAFE <= low and high <= _SAFE


def _even_step(part: np.ndarray) -> int | None:
    """The constant difference of consecutive elements, or ``None``."""
    flat = part.ravel()
    if flat.size == 1:
        return 0
    step = int(flat[1]) - int(flat[0])
    return step if flat.size == 2 or bool((flat[1:] - flat[:-1] == step).all()) else None


def _uniform(x: object) -> int | None:
    """The value of an operand that is the same in every lane, else ``None``."""
    return x.item() if isinstance(x, np.ndarray) and x.size == 1 else None


def _add(a: object, b: object, sign: int = 1) -> OuterSum | None:
    if not isinstance(a, OuterSum):
        if sign < 0:
            return None
        a, b = b, a
    value = _uniform(b)
    if value is not None:
        if value == 0:
            return a
        value *= sign
        if abs(value) > _SAFE:
            return None
        low, high = a.low + value, a.high + value
        return a._like(a.offset + value, a.dtype, low, high) if _in_range(low, high, a.dtype) else None
    offset = 0
    if isinstance(b, OuterSum):
        rows, cols, offset, low, high = b.rows, b.cols, b.offset, b.low, b.high
    elif isinstance(b, np.ndarray) and 1 in b.shape:
        low, high = int(b.min()), int(b.max())
        if max(abs(low), abs(high)) > _SAFE:
            return None
        part = b.astype(np.int64)
        rows, cols = (part, None) if b.shape[1] == 1 else (None, part)
    else:
        return None
    if sign < 0:
        low, high = -high, -low
    new_rows = a.rows if rows is None else (a.rows + rows if sign > 0 else a.rows - rows)
    new_cols = a.cols if cols is None else (a.cols + cols if sign > 0 else a.cols - cols)
    low, high = a.low + low, a.high + high
    if not _in_range(low, high, a.dtype):
        return None
    return OuterSum(new_rows, new_cols, a.offset + sign * offset, a.dtype, low, high, False)


def _subtract(a: object, b: object) -> OuterSum | None:
    return _add(a, b, -1)


def _scale(a: OuterSum, factor: int) -> OuterSum | None:
    if max(abs(a.low), abs(a.high), 1) * abs(factor) > _SAFE:
        return None
    low, high = sorted((a.low * factor, a.high * factor))
    if not _in_range(low, high, a.dtype):
        return None
    steps = None if a.steps is None else tuple(None if s is None else s * factor for s in a.steps)
    rows, cols = a.rows * factor, a.cols * factor
    return OuterSum(rows, cols, a.offset * factor, a.dtype, low, high, a.exact, steps)


def _multiply(a: object, b: object) -> OuterSum | None:
    if not isinstance(a, OuterSum):
        a, b = b, a
    factor = _uniform(b)
    return None if factor is None else _scale(a, int(factor))


def _left_shift(a: object, b: object) -> OuterSum | None:
    amount = _uniform(b)
    if amount is None or not isinstance(a, OuterSum) or not 0 <= amount < 62:
        return None
    return _scale(a, 1 << int(amount))


def _right_shift(a: object, b: object) -> np.ndarray | None:
    """Only the sign test that Numba's negative-index rule compiles to: every bit of the result alike."""
    amount = _uniform(b)
    if amount is None or not isinstance(a, OuterSum) or not 0 <= amount < 64:
        return None
    low, high = a.low >> int(amount), a.high >> int(amount)
    return np.full((1, 1), low, a.dtype) if low == high else None


def _and(a: object, b: object) -> np.ndarray | None:
    if not isinstance(a, OuterSum):
        a, b = b, a
    return np.zeros((1, 1), a.dtype) if _uniform(b) == 0 else None


def _comparison(
    always: Callable[[int, int, int], bool], never: Callable[[int, int, int], bool]
) -> Callable[[object, object], np.ndarray | None]:
    """Decide ``a OP value`` from the range of ``a`` alone, where the range settles it."""

    def compare(a: object, b: object) -> np.ndarray | None:
        value = _uniform(b)
        if value is None or not isinstance(a, OuterSum):
            return None
        if always(a.low, a.high, value):
            return np.ones((1, 1), bool)
        if never(a.low, a.high, value):
            return np.zeros((1, 1), bool)
        return None

    return compare


_HANDLERS: dict[np.ufunc, Callable[[object, object], object | None]] = {
    np.add: _add,
    np.subtract: _subtract,
    np.multiply: _multiply,
    np.left_shift: _left_shift,
    np.right_shift: _right_shift,
    np.bitwise_and: _and,
    np.less: _comparison(lambda lo, hi, v: hi < v, lambda lo, hi, v: lo >= v),
    np.less_equal: _comparison(lambda lo, hi, v: hi <= v, lambda lo, hi, v: lo > v),
    np.greater: _comparison(lambda lo, hi, v: lo > v, lambda lo, hi, v: hi <= v),
    np.greater_equal: _comparison(lambda lo, hi, v: lo >= v, lambda lo, hi, v: hi < v),
    np.equal: _comparison(lambda lo, hi, v: False, lambda lo, hi, v: v < lo or v > hi),
    np.not_equal: _comparison(lambda lo, hi, v: v < lo or v > hi, lambda lo, hi, v: False),
}
