"""Launching a kernel: three C functions, one way in."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass

from smsim.driver import codes, launching
from smsim.driver.limits import check_bounds, check_resident, check_shape, check_shared
from smsim.driver.modules import MAX_DYNAMIC_SHARED, Kernel, attribute_of
from smsim.driver.registry import DriverFailure, implements
from smsim.driver.resources import blocks_per_sm, largest_block
from smsim.driver.state import driver
from smsim.driver.streams import submit_kernel
from smsim.errors import LaunchError
from smsim.machine.launch import Launch

_ATTRIBUTE_BYTES = 72
_ATTRIBUTE_VALUE = 8


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything about a launch but the kernel and its parameters. ``shared`` in bytes."""

    grid: tuple[int, int, int]
    block: tuple[int, int, int]
    shared: int
    stream: int
    cooperative: bool


@implements("cuLaunchKernel")
def launch_kernel(function, gx, gy, gz, bx, by, bz, shared, stream, params, extra) -> None:
    if extra:
        raise DriverFailure(codes.NOT_SUPPORTED)
    _launch(function, _configuration((gx, gy, gz, bx, by, bz, shared), stream, False), params)


@implements("cuLaunchCooperativeKernel")
def launch_cooperative(function, gx, gy, gz, bx, by, bz, shared, stream, params) -> None:
    _launch(function, _configuration((gx, gy, gz, bx, by, bz, shared), stream, True), params)


@implements("cuLaunchKernelEx")
def launch_with_attributes(config: int, function: int, params: int, extra: int) -> None:
    """``CUlaunchConfig``: seven 32-bit words, the stream at 32, attributes at 40, their number at 48."""
    if extra:
        raise DriverFailure(codes.NOT_SUPPORTED)
    words = (ctypes.c_int32 * 7).from_address(config)
    stream, attributes = (ctypes.c_uint64 * 2).from_address(config + 32)
    number = ctypes.c_uint32.from_address(config + 48).value
    cooperative = False
    for index in range(number):
        at = attributes + index * _ATTRIBUTE_BYTES
        which = ctypes.c_int32.from_address(at).value
        value = (ctypes.c_uint32 * 3).from_address(at + _ATTRIBUTE_VALUE)
        if which == codes.LAUNCH_ATTRIBUTE_COOPERATIVE:
            cooperative = bool(value[0])
        elif which == codes.LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION and value[0] * value[1] * value[2] > 1:
            raise LaunchError("The simulated SM has no thread-block clusters yet.")
    _launch(function, _configuration(tuple(words), stream, cooperative), params)


def _configuration(words: tuple[int, ...], stream: int, cooperative: bool) -> Configuration:
    return Configuration(tuple(words[0:3]), tuple(words[3:6]), words[6] & 0xFFFFFFFF, stream, cooperative)


def _launch(handle: int, how: Configuration, params: int) -> None:
    kernel: Kernel = driver().handles.take(handle, Kernel)
    function, spec = kernel.function, driver().spec
    device = driver().device
    about = launching.current()
    name = about.name if about else function.name
    used = kernel.resources
    check_shape(spec, name, how.grid, how.block)
    allowed = spec.shared_per_block
    if MAX_DYNAMIC_SHARED in kernel.settings:
        allowed = max(allowed, function.shared_bytes + attribute_of(kernel, MAX_DYNAMIC_SHARED))
    check_shared(spec, name, function.shared_bytes, how.shared, allowed)
    check_bounds(name, how.block, function.directives, largest_block(used, spec))
    if how.cooperative:
        per_sm = int(blocks_per_sm(used, spec, math.prod(how.block), how.shared))
        check_resident(spec, name, how.grid, per_sm)
    raw = _parameters(function, params)
    arrays = about.arrays(raw) if about else ()

    def prepare() -> Launch:
        return device.prepare(function, how.grid, how.block, how.shared, raw, kernel_name=name, arrays=arrays)

    submit_kernel(how.stream, prepare)


def _parameters(function, params: int) -> list[bytes]:
    """The bytes of every parameter; their sizes come from the PTX declaration."""
    if not function.params:
        return []
    pointers = (ctypes.c_uint64 * len(function.params)).from_address(params)
    return [ctypes.string_at(p, v.size_bytes) for p, v in zip(pointers, function.params)]
