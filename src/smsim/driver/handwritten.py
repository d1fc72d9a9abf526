"""Hand-written PTX under a CUDA driver: a real GPU's, or the simulated one that stands in for it.

One path for both: ``cuda.bindings`` calls in Numba's own context, so that Numba's device arrays and streams
can be used. The tests exercise it against the simulated driver only; no real GPU has run it yet.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from smsim.copied import Copies, Placed
from smsim.driver import crossing, launching
from smsim.errors import LaunchError
from smsim.handwritten.running import bring_back
from smsim.isolated import Call

_FREE_SHARED_BYTES = 48 * 1024  # beyond this a kernel must ask the driver


@dataclass(frozen=True, slots=True)
class _Noted:
    """What errors call the kernel and its arrays; stands in for :class:`launching.Launching`."""

    name: str
    known: list[Any]

    def arrays(self, raw: Any) -> list[Any]:
        return self.known


class DriverModule:
    """One PTX text, loaded into the current context at its first launch."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._module: Any = None

    @crossing.carried
    def run(self, stream: Any, call: Call) -> None:
        """Launch on ``stream``. With host arrays this waits for the end, to copy them back.

        Raises:
            LaunchError: the driver refuses the text or the launch.
            SimulationError: on the simulated SM, what the program did wrong.
        """
        from cuda.bindings import driver
        from numba import cuda

        cuda.current_context()  # makes Numba's context the current one of this thread
        if self._module is None:
            self._module = _checked(call.name, driver.cuModuleLoadData(self.text.encode() + b"\0"))
        function = _checked(call.name, driver.cuModuleGetFunction(self._module, call.entry.encode()))
        if call.shared > _FREE_SHARED_BYTES:
            more = driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
            _checked(call.name, driver.cuFuncSetAttribute(function, more, call.shared))
        copies, buffers = _copies()
        params, arrays = call.marshal(copies.place)
        held = [ctypes.create_string_buffer(raw, len(raw)) for raw in params]
        pointers = (ctypes.c_void_p * max(len(held), 1))(*map(ctypes.addressof, held))
        handle = int(stream)
        with launching.under_way(_Noted(call.name, arrays)):
            _checked(
                call.name,
                driver.cuLaunchKernel(
                    function, *call.grid, *call.block, call.shared, handle, ctypes.addressof(pointers), 0
                ),
            )
        if buffers:
            _checked(call.name, driver.cuStreamSynchronize(handle))
            bring_back(call.name, copies, _reader(buffers))


def _copies() -> tuple[Copies, dict[int, Any]]:
    """Arguments in the context's memory, and by address the Numba arrays that hold them."""
    from numba import cuda

    buffers: dict[int, Any] = {}

    def put(data: np.ndarray) -> int:
        there = cuda.device_array(max(data.size, 1), np.uint8)
        if data.size:
            there[: data.size].copy_to_device(np.ascontiguousarray(data))
        address = there.__cuda_array_interface__["data"][0]
        buffers[address] = there
        return address

    def on_device(value: Any, there: Placed, put_once: Callable[..., int]) -> Placed:
        return there

    return Copies(put, on_device), buffers


def _reader(buffers: dict[int, Any]) -> Callable[[int, int], bytes]:
    """``read(address, size)`` of what the buffers hold now; each is fetched once."""
    fetched: dict[int, np.ndarray] = {}

    def read(address: int, size: int) -> bytes:
        base = max(start for start in buffers if start <= address)
        if base not in fetched:
            fetched[base] = buffers[base].copy_to_host()
        return fetched[base][address - base : address - base + size].tobytes()

    return read


def _checked(kernel: str, answer: tuple) -> Any:
    """The result of a driver call.

    Raises:
        SimulationError: the simulated SM's own error, if it had one.
        LaunchError: the driver's.
    """
    from cuda.bindings import driver

    error, *results = answer
    if int(error) == 0:
        return results[0] if results else None
    crossing.raise_pending()
    found = driver.cuGetErrorString(error)
    said = found[1].decode() if int(found[0]) == 0 and found[1] else "no explanation"
    raise LaunchError(f"{kernel}: the CUDA driver says {error.name}: {said}.", kernel=kernel)
