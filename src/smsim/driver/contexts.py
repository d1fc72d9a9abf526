"""Starting the driver, errors' names, the contexts on each thread's stack, and access to each other's memory."""

from __future__ import annotations

import ctypes

from smsim.driver import codes
from smsim.driver.cmemory import put_int, put_word
from smsim.driver.registry import DriverFailure, implements
from smsim.driver.state import context_of, driver, gpu_of

#: The CUDA version that the driver claims: that of the pinned toolkit. Newer than every toolkit we test.
DRIVER_VERSION = 13000

_c_strings: dict[str, ctypes.Array] = {}


def c_string(text: str) -> int:
    """Address of ``text`` as a C string that is never freed."""
    if text not in _c_strings:
        _c_strings[text] = ctypes.create_string_buffer(text.encode())
    return ctypes.addressof(_c_strings[text])


@implements("cuInit", "cuProfilerStart", "cuProfilerStop", "cuCtxResetPersistingL2Cache")
def nothing_to_do(*_: int) -> None:
    """A call that succeeds and changes nothing."""


@implements("cuDriverGetVersion")
def driver_version(version: int) -> None:
    put_int(version, DRIVER_VERSION)


@implements("cuGetErrorName", "cuGetErrorString")
def error_name(code: int, text: int) -> None:
    put_word(text, c_string(codes.NAMES.get(code, "CUDA_ERROR_UNKNOWN")))


@implements("cuDevicePrimaryCtxRetain")
def retain_primary(context: int, device: int) -> None:
    check_device(device)
    put_word(context, context_of(device))


@implements("cuDevicePrimaryCtxRelease", "cuDevicePrimaryCtxReset", "cuDevicePrimaryCtxSetFlags")
def change_primary(device: int, *_: int) -> None:
    check_device(device)


@implements("cuDevicePrimaryCtxGetState")
def primary_state(device: int, flags: int, active: int) -> None:
    check_device(device)
    put_int(flags, 0)
    put_int(active, 1)


@implements("cuCtxGetCurrent")
def current(context: int) -> None:
    stack = driver().contexts
    put_word(context, stack[-1] if stack else 0)


@implements("cuCtxSetCurrent")
def set_current(context: int) -> None:
    """Replace the top of the stack; 0 removes it."""
    stack = driver().contexts
    if stack:
        stack.pop()
    if context:
        stack.append(context)


@implements("cuCtxPushCurrent")
def push(context: int) -> None:
    if gpu_of(context) is None:
        driver().handles.take(context, OtherContext)
    driver().contexts.append(context)


class OtherContext:
    """A context that the program made itself. Numba refuses to work in one, and says so."""


@implements("cuCtxCreate")
def create(context: int, *_: int) -> None:
    handle = driver().handles.give(OtherContext())
    driver().contexts.append(handle)
    put_word(context, handle)


@implements("cuCtxDestroy")
def destroy(context: int) -> None:
    driver().handles.take(context, OtherContext)
    driver().handles.drop(context)
    stack = driver().contexts
    if stack and stack[-1] == context:
        stack.pop()


@implements("cuCtxPopCurrent")
def pop(context: int) -> None:
    stack = driver().contexts
    if not stack:
        raise DriverFailure(codes.INVALID_CONTEXT)
    top = stack.pop()
    if context:
        put_word(context, top)


@implements("cuCtxGetDevice")
def context_device(device: int, *_: int) -> None:
    if not driver().contexts:
        raise DriverFailure(codes.INVALID_CONTEXT)
    put_int(device, driver().gpu)


@implements("cuCtxGetId")
def context_id(context: int, identity: int) -> None:
    put_word(identity, 1 + (gpu_of(context) or 0))


@implements("cuCtxEnablePeerAccess")
def enable_peer_access(peer: int, _flags: int) -> None:
    """Kernels of the current device may use the memory of ``peer``'s device from now on."""
    device, gpu = driver().device, gpu_of(peer)
    if gpu is None or gpu == device.ordinal:
        raise DriverFailure(codes.INVALID_CONTEXT if gpu is None else codes.INVALID_DEVICE)
    if gpu in device.peers:
        raise DriverFailure(codes.PEER_ACCESS_ALREADY_ENABLED)
    device.peers.add(gpu)


@implements("cuCtxDisablePeerAccess")
def disable_peer_access(peer: int) -> None:
    device, gpu = driver().device, gpu_of(peer)
    if gpu is None or gpu not in device.peers:
        raise DriverFailure(codes.INVALID_CONTEXT if gpu is None else codes.PEER_ACCESS_NOT_ENABLED)
    driver().work.finish()  # what waits was given while it had access
    device.peers.discard(gpu)


@implements("cuCtxGetApiVersion")
def api_version(_context: int, version: int) -> None:
    put_int(version, 3020)


@implements("cuCtxGetFlags")
def context_flags(flags: int) -> None:
    put_int(flags, 0)


@implements("cuCtxGetLimit")
def limit(value: int, which: int) -> None:
    """Stack and heap limits have no meaning here; CUDA's usual ones are told."""
    put_word(value, {0: 1024, 1: 1 << 20, 2: 8 << 20}.get(which, 0))


@implements("cuCtxSetLimit", "cuCtxSetCacheConfig", "cuCtxSetSharedMemConfig")
def accept_preference(*_: int) -> None:
    """Preferences of the hardware that the simulated SM does not have."""


@implements("cuCtxGetCacheConfig", "cuCtxGetSharedMemConfig")
def default_preference(value: int) -> None:
    put_int(value, 0)


@implements("cuCtxGetStreamPriorityRange")
def priorities(least: int, greatest: int) -> None:
    for address in (least, greatest):
        if address:
            put_int(address, 0)


@implements("cuCtxSynchronize")
def synchronize(*_: int) -> None:
    driver().work.finish()


def check_device(device: int) -> None:
    """CUDA_ERROR_INVALID_DEVICE unless there is such a device."""
    if not 0 <= device < len(driver().devices):
        raise DriverFailure(codes.INVALID_DEVICE)
