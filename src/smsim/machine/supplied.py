"""Functions that a kernel calls and CUDA supplies: printing, device-side asserts, the device's heap.

The PTX only declares them. Each takes the frame with the calling lanes as ``frame.mask``, the names of
the ``.param`` variables that hold its arguments and results, and the step, for messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.bind.access import load_generic
from smsim.machine.memory import Memory
from smsim.machine.retype import as_address

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.frame import Frame

Supplied = Callable[["Frame", list[str], list[str], "Step"], None]

_CONVERSION = re.compile(
    r"%(?P<flags>[-+ #0]*)(?P<width>\d*)(?P<precision>\.\d+)?"
    r"(?P<length>hh|h|ll|l|z|j|t|L)?(?P<type>[diouxXeEfFgGaAcsp%])"
)
_INT, _LONG, _UINT, _ULONG, _DOUBLE = (np.dtype(t) for t in ("i4", "i8", "u4", "u8", "f8"))


def _lanes_in_order(frame: Frame) -> list[tuple[int, int]]:
    """The calling lanes as positions in the frame, block by block, thread by thread."""
    lanes = np.broadcast_to(True if frame.mask is None else frame.mask, frame.lanes.shape)
    column, row = np.nonzero(lanes.T)
    return list(zip(row.tolist(), column.tolist(), strict=True))


def _argument(frame: Frame, name: str, dtype: np.dtype) -> np.ndarray:
    return np.broadcast_to(np.asarray(frame.params.load(name, 0, dtype)), frame.lanes.shape)


def _string(memory: Memory, address: int) -> str:
    """The zero-terminated text at ``address``."""
    found = memory.find(address, address + 1)
    if found is None:
        return "(null)" if address == 0 else "(a string that is not in memory)"
    raw = found.data[address - found.base :].tobytes()
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace")


def print_formatted(frame: Frame, arguments: list[str], results: list[str], step: Step) -> None:
    """``vprintf(format, buffer)``: as C's ``printf``; the arguments lie packed in the buffer."""
    formats = _argument(frame, arguments[0], _LONG)
    buffer = as_address(frame.params.load(arguments[1], 0, _ULONG))
    memory = frame.chunk.launch.device.memory
    lanes = _lanes_in_order(frame)
    texts = {address: _string(memory, address) for address in {int(formats[lane]) for lane in lanes}}
    values = {address: _packed(frame, step, text, buffer) for address, text in texts.items()}
    out = []
    for lane in lanes:
        address = int(formats[lane])
        out.append(_formatted(texts[address], [v[lane] for v in values[address]], memory))
    frame.chunk.launch.printed.extend(out)
    if results:
        count = np.full((1, 1), 0, np.int32)
        frame.params.store(results[0], 0, count, frame.mask)


def _packed(frame: Frame, step: Step, text: str, buffer: np.ndarray) -> list[np.ndarray]:
    """The values that a format asks for, each over all lanes."""
    values, offset = [], 0
    for conversion in _CONVERSION.finditer(text):
        if conversion["type"] == "%":
            continue
        dtype = _type_of(conversion)
        offset = -(-offset // dtype.itemsize) * dtype.itemsize
        at = np.add(buffer, np.full((1, 1), offset, np.int64))
        value = load_generic(frame, step, at, dtype)
        values.append(np.broadcast_to(np.asarray(value), frame.lanes.shape))
        offset += dtype.itemsize
    return values


def _type_of(conversion: re.Match) -> np.dtype:
    kind, long = conversion["type"], conversion["length"] in ("l", "ll", "z", "j", "t")
    if kind in "eEfFgGaA":
        return _DOUBLE
    if kind in "sp":
        return _ULONG
    if kind in "dic":
        return _LONG if long else _INT
    return _ULONG if long else _UINT


def _formatted(text: str, values: list[np.generic], memory: Memory) -> str:
    pending = iter(values)

    def one(conversion: re.Match) -> str:
        kind = conversion["type"]
        if kind == "%":
            return "%"
        value = next(pending).item()
        if kind == "s":
            value = _string(memory, value)
        elif kind == "p":
            return f"{value:#x}"
        elif kind == "c":
            value = chr(value & 0xFF)
        elif kind in "aA":
            return float(value).hex()
        spec = f"%{conversion['flags']}{conversion['width']}{conversion['precision'] or ''}"
        return (spec + ("d" if kind in "iu" else kind)) % value

    return _CONVERSION.sub(one, text)


def assert_fails(frame: Frame, arguments: list[str], results: list[str], step: Step) -> None:
    """``__assertfail(message, file, line, function, size)``: an ``assert`` in CUDA C did not hold.

    Raises:
        DeviceAssertion: always.
    """
    memory, lane = frame.chunk.launch.device.memory, _lanes_in_order(frame)[0]
    message = _string(memory, int(_argument(frame, arguments[0], _LONG)[lane]))
    raise frame.chunk.launch.explain.assertion(frame, step, message)


def allocate(frame: Frame, arguments: list[str], results: list[str], step: Step) -> None:
    """``malloc(size)`` on the device: each lane's own."""
    sizes = _argument(frame, arguments[0], _LONG)
    device = frame.chunk.launch.device
    out = np.zeros(frame.lanes.shape, np.int64)
    for lane in _lanes_in_order(frame):
        out[lane] = device.memory.allocate(int(sizes[lane]), gpu=device.ordinal)
    frame.params.store(results[0], 0, out, frame.mask)


def release(frame: Frame, arguments: list[str], results: list[str], step: Step) -> None:
    """``free(address)``."""
    addresses = _argument(frame, arguments[0], _LONG)
    for lane in _lanes_in_order(frame):
        frame.chunk.launch.device.memory.free(int(addresses[lane]))


def grid_handle(frame: Frame, arguments: list[str], results: list[str], step: Step) -> None:
    """``cudaCGGetIntrinsicHandle(scope)``: something that stands for the grid; never zero."""
    frame.params.store(results[0], 0, np.ones((1, 1), np.int64), frame.mask)


def _never_called(frame: Frame, arguments: list[str], results: list[str], step: Step) -> None:
    raise AssertionError("a grid barrier ends a block; see bind.control.grid_barrier")


#: Waiting for the grid is no plain call: its lanes stop there.
GRID_BARRIER = "cudaCGSynchronize"

FUNCTIONS: dict[str, Supplied] = {
    "cudaCGGetIntrinsicHandle": grid_handle,
    GRID_BARRIER: _never_called,
    "vprintf": print_formatted,
    "__assertfail": assert_fails,
    "malloc": allocate,
    "free": release,
}
