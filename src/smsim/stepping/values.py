"""Register values as a reader wants them: addresses as places in arrays, 32 lanes in one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from smsim.machine.arguments import ArrayArgument
from smsim.machine.ops.formats import B128

_SHOWN = 4  # lanes written out before the line is shortened


def shown(value: np.generic, arrays: Sequence[ArrayArgument]) -> str:
    """One value: ``&x[3]`` for an address within an array argument, else the number."""
    if value.dtype.kind in "iu" and value.dtype.itemsize == 8:
        for array in arrays:
            place = _place(int(value), array)
            if place is not None:
                return place
    if value.dtype.kind == "u" and value >= 1 << 8 * value.dtype.itemsize - 1:
        return hex(value)  # a mask, or a negative number in a register without sign
    if value.dtype == B128:
        return hex(int(value["high"]) << 64 | int(value["low"]))
    if value.dtype.kind == "f":
        return f"{value:.6g}" if value.dtype.itemsize > 4 else f"{np.float32(value)!s}"
    return str(value.item())


def _place(address: int, array: ArrayArgument) -> str | None:
    low, high = array.span()
    if not low <= address < high:
        return None
    offset = address - array.address
    item = array.dtype.itemsize
    if len(array.shape) == 1 and offset % item == 0 and array.strides[0] == item:
        return f"&{array.name}[{offset // item}]"
    return f"&{array.name} + {offset} bytes"


def in_all_lanes(values: np.ndarray, lanes: np.ndarray, arrays: Sequence[ArrayArgument]) -> str:
    """A register in the ``lanes`` that hold it: ``7 (all lanes)``, or ``0, 1, 2, 3 ... 31``."""
    texts = [shown(value, arrays) for value in values[lanes]]
    if len(set(texts)) == 1:
        if len(texts) == 1:
            return f"{texts[0]} (lane {int(np.flatnonzero(lanes)[0])})"
        return f"{texts[0]} (in {len(texts)} lanes)"
    if len(texts) <= _SHOWN + 1:
        return ", ".join(texts)
    return f"{', '.join(texts[:_SHOWN])} ... {texts[-1]}"


def mask_text(lanes: np.ndarray) -> str:
    """Lane 0 first, a one for each lane in the set: ``11111111 11111111 11111111 11110000``."""
    bits = "".join("1" if lane else "0" for lane in lanes)
    return " ".join(bits[at : at + 8] for at in range(0, len(bits), 8))


def listed(error: Any) -> str:
    """An error's class and sentence."""
    return f"{type(error).__name__}: {error}"
