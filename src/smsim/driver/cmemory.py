"""Reading and writing host memory at addresses that C callers hand over."""

from __future__ import annotations

import ctypes

import numpy as np


def put_int(address: int, value: int) -> None:
    """Store a C ``int`` (or an enum) at ``address``."""
    ctypes.c_int32.from_address(address).value = value


def put_word(address: int, value: int) -> None:
    """Store a pointer, handle or ``size_t`` at ``address``."""
    ctypes.c_uint64.from_address(address).value = value


def put_float(address: int, value: float) -> None:
    """Store a C ``float`` at ``address``."""
    ctypes.c_float.from_address(address).value = value


def put_text(address: int, room: int, text: str) -> None:
    """Store ``text`` as a C string in ``room`` bytes, cut where it does not fit."""
    raw = text.encode()[: room - 1] + b"\0"
    ctypes.memmove(address, raw, len(raw))


def text_at(address: int) -> str:
    """The C string at ``address``."""
    return ctypes.string_at(address).decode("utf-8", "replace")


class _Bytes:
    """What NumPy needs to see raw memory as an array."""

    def __init__(self, address: int, size: int) -> None:
        self.__array_interface__ = {
            "data": (address, False),
            "shape": (size,),
            "typestr": "|u1",
            "version": 3,
        }


def host_bytes(address: int, size: int) -> np.ndarray:
    """Host memory as a uint8 array of ``size`` bytes that shares it."""
    if size == 0:
        return np.empty(0, np.uint8)
    return np.asarray(_Bytes(address, size))
