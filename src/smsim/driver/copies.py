"""Copies and memsets, at once or in a stream.

An asynchronous copy out of pageable host memory takes the bytes at the call, and one into pageable memory
is done before the call returns: CUDA does the same, and no pointer is kept that its owner may free.
"""

from __future__ import annotations

import numpy as np

from smsim.driver.cmemory import host_bytes
from smsim.driver.registry import implements
from smsim.driver.state import driver
from smsim.driver.streams import is_default, submit
from smsim.errors import MemoryFault


def _device_bytes(address: int, size: int) -> np.ndarray:
    """A live view of device memory.

    Raises:
        MemoryFault: the bytes do not lie within one allocation.
    """
    if size == 0:
        return np.empty(0, np.uint8)
    memory = driver().device.memory
    try:
        return memory.view(address, size)
    except MemoryError:
        found = memory.range_of(address)
        if found is None:
            what = "which is no device memory (it may have been freed)"
        else:
            what = f"but the allocation there ends after {found[0] + found[1] - address} bytes"
        raise MemoryFault(f"A copy needs {size} bytes of device memory, {what}.") from None


def _to_device(target: int, source: np.ndarray) -> None:
    _device_bytes(target, source.size)  # to complain in our own words
    driver().device.memory.write(target, source)


def _within_device(target: int, source: int, size: int) -> None:
    _device_bytes(source, size)
    _device_bytes(target, size)
    driver().device.memory.copy(target, source, size)


@implements("cuMemcpyHtoD", "cuMemcpyHtoDAsync")
def host_to_device(target: int, source: int, size: int, stream: int = 0) -> None:
    data = host_bytes(source, size)
    if not is_default(stream) and not driver().pinned.is_pinned(source):
        data = data.copy()
    submit(stream, lambda: _to_device(target, data))


@implements("cuMemcpyDtoH", "cuMemcpyDtoHAsync")
def device_to_host(target: int, source: int, size: int, stream: int = 0) -> None:
    def copy() -> None:
        host_bytes(target, size)[:] = _device_bytes(source, size)

    if is_default(stream) or driver().pinned.is_pinned(target):
        submit(stream, copy)
    else:
        driver().work.finish()
        copy()


@implements("cuMemcpyDtoD", "cuMemcpyDtoDAsync")
def device_to_device(target: int, source: int, size: int, stream: int = 0) -> None:
    submit(stream, lambda: _within_device(target, source, size))


@implements("cuMemcpy", "cuMemcpyAsync")
def copy_any(target: int, source: int, size: int, stream: int = 0) -> None:
    """Either side may be host or device memory; told apart by address."""
    memory = driver().device.memory
    into_device = memory.range_of(target) is not None
    from_device = memory.range_of(source) is not None
    if into_device and from_device:
        device_to_device(target, source, size, stream)
    elif into_device:
        host_to_device(target, source, size, stream)
    elif from_device:
        device_to_host(target, source, size, stream)
    else:
        host_bytes(target, size)[:] = host_bytes(source, size)


@implements("cuMemcpyPeer")
def peer(target: int, _target_context: int, source: int, _source_context: int, size: int) -> None:
    device_to_device(target, source, size)


def _memset(address: int, pattern: bytes, count: int, stream: int) -> None:
    def action() -> None:
        _device_bytes(address, len(pattern) * count)
        driver().device.memory.fill(address, pattern, count)

    submit(stream, action)


@implements("cuMemsetD8", "cuMemsetD8Async")
def memset8(address: int, value: int, count: int, stream: int = 0) -> None:
    _memset(address, bytes([value]), count, stream)


@implements("cuMemsetD16", "cuMemsetD16Async")
def memset16(address: int, value: int, count: int, stream: int = 0) -> None:
    _memset(address, value.to_bytes(2, "little"), count, stream)


@implements("cuMemsetD32", "cuMemsetD32Async")
def memset32(address: int, value: int, count: int, stream: int = 0) -> None:
    _memset(address, (value & 0xFFFFFFFF).to_bytes(4, "little"), count, stream)


@implements("cuMemsetD2D8", "cuMemsetD2D8Async")
def memset2d8(address: int, pitch: int, value: int, width: int, height: int, stream: int = 0) -> None:
    for row in range(height):
        memset8(address + row * pitch, value, width, stream)


@implements("cuMemsetD2D32", "cuMemsetD2D32Async")
def memset2d32(address: int, pitch: int, value: int, width: int, height: int, stream: int = 0) -> None:
    for row in range(height):
        memset32(address + row * pitch, value, width, stream)
