"""Pinned, mapped and registered host memory."""

from __future__ import annotations

import numpy as np

from smsim.driver import codes
from smsim.driver.allocation import allocate
from smsim.driver.cmemory import host_bytes, put_int, put_word
from smsim.driver.registry import DriverFailure, implements
from smsim.driver.state import driver


@implements("cuMemHostAlloc")
def host_alloc(pointer: int, size: int, _flags: int) -> None:
    if size == 0:
        raise DriverFailure(codes.INVALID_VALUE)
    room = np.zeros(size + 256, np.uint8)
    start = -room.ctypes.data % 256
    data = room[start : start + size]
    driver().pinned.add(data, data.ctypes.data)
    put_word(pointer, data.ctypes.data)


@implements("cuMemAllocHost")
def alloc_host(pointer: int, size: int) -> None:
    host_alloc(pointer, size, 0)


@implements("cuMemFreeHost")
def free_host(address: int) -> None:
    _release(address)


@implements("cuMemHostRegister")
def register(address: int, size: int, _flags: int) -> None:
    if driver().pinned.holding(address) is not None:
        raise DriverFailure(codes.HOST_MEMORY_ALREADY_REGISTERED)
    driver().pinned.add(host_bytes(address, size), address)


@implements("cuMemHostUnregister")
def unregister(address: int) -> None:
    """The owner may free the memory next, so queued copies that use it are done first."""
    driver().work.finish()
    if not _release(address):
        raise DriverFailure(codes.HOST_MEMORY_NOT_REGISTERED)


def _release(address: int) -> bool:
    buffer = driver().pinned.remove(address)
    if buffer is None:
        return False

    def unmap() -> None:  # holds the buffer, so that queued work finds it alive
        if buffer.device_address is not None:
            driver().device.memory.free(buffer.device_address)

    driver().work.when_idle(unmap)
    return True


@implements("cuMemHostGetDevicePointer")
def device_pointer(pointer: int, address: int, _flags: int) -> None:
    """Where the device sees host memory: an allocation of its own address over the same bytes."""
    buffer = driver().pinned.holding(address)
    if buffer is None:
        raise DriverFailure(codes.INVALID_VALUE)
    if buffer.device_address is None:
        buffer.device_address = allocate(buffer.data.size, data=buffer.data)
    put_word(pointer, buffer.device_address + address - buffer.address)


@implements("cuMemHostGetFlags")
def flags(value: int, address: int) -> None:
    if driver().pinned.holding(address) is None:
        raise DriverFailure(codes.INVALID_VALUE)
    put_int(value, codes.MEMHOSTALLOC_DEVICEMAP)
