"""Atomics whose lanes meet at one address: each is served in turn, in the order of the lanes.

Every lane sees the value that the lanes before it left (its *old* value), with its own rounding. Lanes
are sorted by address; within one address a running operation (``np.add.accumulate`` and its like)
gives all old values at once, rounded step by step as a machine that serves them one by one would.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

#: ``(old, operand) -> new``, elementwise.
Step = Callable[[np.ndarray, np.ndarray], np.ndarray]

#: Operations that are one NumPy ufunc, so that a run of them is its ``accumulate``.
RUNNING: dict[str, np.ufunc] = {
    "add": np.add,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "min": np.minimum,
    "max": np.maximum,
}


def serve(
    operation: str,
    view: np.ndarray,
    index: np.ndarray,
    value: np.ndarray,
    swap: np.ndarray | None = None,
    *,
    step: Step | None = None,
    plain: Callable[[np.ndarray], bool] | None = None,
) -> np.ndarray:
    """Do ``operation`` at ``view[index]`` for n lanes in order; returns each lane's old value.

    Args:
        operation: ``add and or xor min max exch inc dec cas``.
        view: 1-D memory of the operation's type, changed in place.
        index: ``(n,)`` positions; lanes are served in this order.
        value: ``(n,)`` operand b (for ``cas``: the value compared with).
        swap: ``(n,)`` operand c of ``cas``.
        step: ``(old, operand) -> new``, where NumPy's operation of that name does not do what the
            instruction does.
        plain: whether for all of these values NumPy's operation does the same as ``step``.
    """
    if index.size == 0:
        return np.empty(0, view.dtype)
    if step is not None:
        return _with_own_step(operation, view, index, value, step, plain)
    order = _order(index)
    place = index[order]
    first = np.flatnonzero(np.r_[True, place[1:] != place[:-1]])
    if first.size == index.size:
        return _all_apart(operation, view, index, value, swap)
    length = np.diff(np.r_[first, index.size])
    sorted_value = value[order]
    sorted_swap = None if swap is None else swap[order]
    old = np.empty(index.size, view.dtype)
    if operation == "exch":
        old[1:] = sorted_value[:-1]
        old[first] = view[place[first]]
        view[place[first]] = sorted_value[first + length - 1]
    elif operation == "cas":
        _compare_and_swap(view, place, first, length, sorted_value, sorted_swap, old)
    elif operation == "add" and view.dtype.kind in "iu":
        _running_sums(view, place, first, length, sorted_value, old)
    elif operation in RUNNING and first.size <= int(length.max()):
        _run_by_run(RUNNING[operation], view, place, first, length, sorted_value, old)
    else:
        _turn_by_turn(combine(operation), view, place, first, length, sorted_value, old)
    out = np.empty_like(old)
    out[order] = old
    return out


def _with_own_step(
    operation: str,
    view: np.ndarray,
    index: np.ndarray,
    value: np.ndarray,
    step: Step,
    plain: Callable[[np.ndarray], bool] | None,
) -> np.ndarray:
    """``step`` for each lane in turn; by NumPy's operation where no value on the way needs more than that."""
    places = np.unique(index)
    if plain is not None and plain(value) and plain(view[places]):
        before = view[places]
        old = serve(operation, view, index, value)
        if plain(old) and plain(view[places]):
            return old
        view[places] = before
    order = _order(index)
    place = index[order]
    first = np.flatnonzero(np.r_[True, place[1:] != place[:-1]])
    length = np.diff(np.r_[first, index.size])
    old, out = np.empty(index.size, view.dtype), np.empty(index.size, view.dtype)
    _turn_by_turn(step, view, place, first, length, value[order], old)
    out[order] = old
    return out


def _order(index: np.ndarray) -> np.ndarray:
    """A stable sort; NumPy sorts 16-bit keys by their digits, several times as fast as by comparing."""
    lowest = index.min()
    if index.max() - lowest < 1 << 16:
        index = (index - lowest).astype(np.uint16)
    return np.argsort(index, kind="stable")


def combine(operation: str) -> Step:
    """``(old, operand) -> new`` of an operation without collisions."""
    if operation in RUNNING:
        return RUNNING[operation]
    return {"exch": lambda old, b: b, "inc": _increment, "dec": _decrement}[operation]


def _increment(old: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.where(old >= b, 0, old + old.dtype.type(1)).astype(old.dtype)


def _decrement(old: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.where((old == 0) | (old > b), b, old - old.dtype.type(1)).astype(old.dtype)


def _all_apart(
    operation: str, view: np.ndarray, index: np.ndarray, value: np.ndarray, swap: np.ndarray | None
) -> np.ndarray:
    old = view[index]
    view[index] = np.where(old == value, swap, old) if operation == "cas" else combine(operation)(old, value)
    return old


def _run_by_run(
    ufunc: np.ufunc,
    view: np.ndarray,
    place: np.ndarray,
    first: np.ndarray,
    length: np.ndarray,
    value: np.ndarray,
    old: np.ndarray,
) -> None:
    """Few addresses, many lanes each: one ``accumulate`` an address."""
    for start, count in zip(first.tolist(), length.tolist(), strict=True):
        at = place[start]
        run = ufunc.accumulate(np.r_[view[at : at + 1], value[start : start + count]])
        old[start : start + count] = run[:-1]
        view[at] = run[-1]


def _running_sums(
    view: np.ndarray,
    place: np.ndarray,
    first: np.ndarray,
    length: np.ndarray,
    value: np.ndarray,
    old: np.ndarray,
) -> None:
    """Whole numbers wrap, so that one sum over all lanes, less what came before each address, is exact."""
    total = np.cumsum(value, dtype=view.dtype)
    before = total - value
    start = view[place[first]]
    old[:] = before + np.repeat(start - before[first], length)
    last = first + length - 1
    view[place[first]] = start + (total[last] - before[first])


def _turn_by_turn(
    step: Step,
    view: np.ndarray,
    place: np.ndarray,
    first: np.ndarray,
    length: np.ndarray,
    value: np.ndarray,
    old: np.ndarray,
) -> None:
    """Many addresses, few lanes each: the first lane of every address, then the second ..."""
    for turn in range(int(length.max())):
        lanes = first[length > turn] + turn
        before = view[place[lanes]]
        old[lanes] = before
        view[place[lanes]] = step(before, value[lanes])


def _compare_and_swap(
    view: np.ndarray,
    place: np.ndarray,
    first: np.ndarray,
    length: np.ndarray,
    compare: np.ndarray,
    swap: np.ndarray,
    old: np.ndarray,
) -> None:
    """Between two successes nothing changes, so go from success to success."""
    for start, count in zip(first.tolist(), length.tolist(), strict=True):
        at, position, end = place[start], start, start + count
        while position < end:
            current = view[at]
            hits = np.flatnonzero(compare[position:end] == current)
            until = position + int(hits[0]) if hits.size else end
            old[position : until + 1 if hits.size else end] = current
            if hits.size:
                view[at] = swap[until]
            position = until + 1
