"""Device memory: allocating, freeing, asking about it, and memory pools (which simply allocate)."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path

import numpy as np

from smsim.driver import codes
from smsim.driver.cmemory import put_int, put_word
from smsim.driver.registry import DriverFailure, implements
from smsim.driver.state import DEFAULT_POOL, context_of, driver
from smsim.driver.streams import submit
from smsim.machine.memory import OutOfMemory
from smsim.machine.windows import owner

_PAGE = 4096


@cache
def host_memory_bytes() -> int:
    """How much memory this computer (or this container) has."""
    limits = []
    try:
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        pass  # Windows: the allocation itself will tell
    try:
        limits.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    except (OSError, ValueError):
        pass  # no container, or one without a limit
    return min(limits, default=1 << 62)


def allocate(size: int, **how: object) -> int:
    """Allocate ``size`` bytes.

    CUDA_ERROR_OUT_OF_MEMORY beyond the device, or beyond half the memory of this computer: the simulated
    device's memory is the host's, and a computer that swaps helps nobody.
    """
    if size == 0:
        raise DriverFailure(codes.INVALID_VALUE)
    memory, gpu = driver().device.memory, driver().gpu
    there = memory.used_on(gpu) + size > driver().spec.memory_bytes
    if there or memory.used + size > host_memory_bytes() // 2:
        raise DriverFailure(codes.OUT_OF_MEMORY)
    try:
        return memory.allocate(size, gpu=gpu, **how)
    except (OutOfMemory, MemoryError):
        raise DriverFailure(codes.OUT_OF_MEMORY) from None


@implements("cuMemAlloc")
def alloc(pointer: int, size: int) -> None:
    put_word(pointer, allocate(size))


@implements("cuMemAllocPitch")
def alloc_pitch(pointer: int, pitch: int, width: int, height: int, _element: int) -> None:
    row = -(-width // 512) * 512
    put_word(pointer, allocate(row * height))
    put_word(pitch, row)


@implements("cuMemAllocAsync")
def alloc_async(pointer: int, size: int, _stream: int) -> None:
    """Memory is there at once: what is ordered by the stream is its use."""
    put_word(pointer, allocate(size))


@implements("cuMemAllocFromPoolAsync")
def alloc_from_pool(pointer: int, size: int, _pool: int, _stream: int) -> None:
    put_word(pointer, allocate(size))


@implements("cuMemAllocManaged")
def alloc_managed(pointer: int, size: int, _flags: int) -> None:
    """Managed memory has one address for host and device, so the host's address is it."""
    room = np.zeros(size + _PAGE, np.uint8)
    start = -room.ctypes.data % _PAGE
    data = room[start : start + size]
    driver().pinned.managed.add(allocate(size, data=data, base=data.ctypes.data))
    put_word(pointer, data.ctypes.data)


@implements("cuMemFree")
def free(address: int) -> None:
    memory = driver().device.memory
    driver().pinned.managed.discard(address)
    driver().work.when_idle(lambda: memory.free(address))


@implements("cuMemFreeAsync")
def free_async(address: int, stream: int) -> None:
    memory = driver().device.memory
    submit(stream, lambda: memory.free(address), upkeep=True)


@implements("cuMemGetInfo")
def info(free_bytes: int, total_bytes: int) -> None:
    total = driver().spec.memory_bytes
    put_word(free_bytes, total - driver().device.memory.used_on(driver().gpu))
    put_word(total_bytes, total)


@implements("cuMemGetAddressRange")
def address_range(base: int, size: int, address: int) -> None:
    found = driver().device.memory.range_of(address)
    if found is None:
        raise DriverFailure(codes.INVALID_VALUE)
    for target, value in zip((base, size), found):
        if target:
            put_word(target, value)


# -- pools ---------------------------------------------------------------------------------------------


@implements("cuDeviceGetMemPool", "cuDeviceGetDefaultMemPool")
def device_pool(pool: int, _device: int) -> None:
    put_word(pool, DEFAULT_POOL)


@implements("cuMemGetMemPool", "cuMemGetDefaultMemPool")
def location_pool(pool: int, _location: int, _kind: int) -> None:
    put_word(pool, DEFAULT_POOL)


@implements("cuMemPoolCreate")
def create_pool(pool: int, _properties: int) -> None:
    put_word(pool, DEFAULT_POOL)


@implements(
    "cuDeviceSetMemPool",
    "cuMemSetMemPool",
    "cuMemPoolDestroy",
    "cuMemPoolTrimTo",
    "cuMemPoolSetAttribute",
    "cuMemPoolSetAccess",
    "cuMemAdvise",
    "cuMemPrefetchAsync",
)
def accept(*_: int) -> None:
    """Advice about where memory should live; there is one place."""


@implements("cuMemPoolGetAccess")
def pool_access(flags: int, _pool: int, _location: int) -> None:
    put_int(flags, 3)  # read and write


@implements("cuMemPoolGetAttribute")
def pool_attribute(_pool: int, which: int, value: int) -> None:
    if which <= 3:  # reuse policies are ints, all else 64 bits wide
        put_int(value, 1)
    else:
        put_word(value, driver().device.memory.used_on(driver().gpu) if which in (5, 7) else 0)


# -- what a pointer is ---------------------------------------------------------------------------------

_WIDE = {1, 3, 4, 7, 11, 12}  # attributes that are 64 bits wide
_ATTRIBUTES = {
    1: lambda address, base, size, host: context_of(owner(address)),
    2: lambda address, base, size, host: 1 if host else 2,  # memory type: host or device
    3: lambda address, base, size, host: address,
    4: lambda address, base, size, host: address if host else 0,
    6: lambda address, base, size, host: 0,
    7: lambda address, base, size, host: base,
    8: lambda address, base, size, host: int(base in driver().pinned.managed),
    9: lambda address, base, size, host: owner(address),
    11: lambda address, base, size, host: base,
    12: lambda address, base, size, host: size,
    13: lambda address, base, size, host: 1,
}


def _pointer_attribute(target: int, which: int, address: int) -> bool:
    found = driver().device.memory.range_of(address)
    put = put_word if which in _WIDE else put_int
    buffer = driver().pinned.holding(address)
    if found is None and buffer is not None:
        found = (buffer.address, buffer.data.size)
    if found is None or which not in _ATTRIBUTES:
        put(target, -2 if which == 9 else 0)  # -2: the ordinal of an address that no device knows
        return False
    put(target, _ATTRIBUTES[which](address, *found, buffer is not None))
    return True


@implements("cuPointerGetAttribute")
def pointer_attribute(target: int, which: int, address: int) -> None:
    if not _pointer_attribute(target, which, address):
        raise DriverFailure(codes.INVALID_VALUE)


@implements("cuPointerGetAttributes")
def pointer_attributes(number: int, which: int, targets: int, address: int) -> None:
    """Like asking one by one, but an unknown pointer is answered with zeros."""
    kinds = (ctypes.c_int32 * number).from_address(which)
    places = (ctypes.c_uint64 * number).from_address(targets)
    for kind, place in zip(kinds, places):
        _pointer_attribute(place, kind, address)
