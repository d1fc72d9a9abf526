"""Where a launch of hand-written PTX runs: under the attached CUDA driver, or on a simulated H800."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from smsim.copied import Copies, Placed
from smsim.errors import LaunchError
from smsim.machine.device import Device, LoadedModule

if TYPE_CHECKING:
    from smsim.handwritten.module import PTXLaunch
    from smsim.isolated import Call


class Engine:
    """Runs the kernels of one PTX text. Its ``.global`` variables keep their values between launches."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._loaded: LoadedModule | None = None
        self._driver: Any = None

    def run(self, launch: PTXLaunch, call: Call) -> None:
        """Copy arrays to the device, run the kernel, copy them back.

        Raises:
            LaunchError, SimulationError: as the engine says.
        """
        if _attached():
            if self._driver is None:
                from smsim.driver.handwritten import DriverModule

                self._driver = DriverModule(self.text)
            self._driver.run(launch.stream, call)
        else:
            self._run_alone(launch.stream, call)

    def _run_alone(self, stream: Any, call: Call) -> None:
        if stream:
            raise LaunchError(f"{call.name}: there are no streams before smsim.attach().")
        if self._loaded is None:
            self._loaded = Device("H800").load(self.text)
        device = self._loaded.device
        memory = device.memory
        addresses: list[int] = []

        def put(data: np.ndarray) -> int:
            addresses.append(memory.allocate(max(data.size, 1), fill=0))
            memory.write(addresses[-1], data)
            return addresses[-1]

        def on_device(value: Any, there: Placed, put_once: Any) -> Placed:
            raise LaunchError(
                f"{call.name}: an array in a GPU's memory was given, and no GPU is attached; "
                "call smsim.attach() first."
            )

        copies = Copies(put, on_device)
        try:
            params, arrays = call.marshal(copies.place)
            function = self._loaded.functions[call.entry]
            device.launch(
                function, call.grid, call.block, call.shared, params, kernel_name=call.name, arrays=arrays
            )
            bring_back(call.name, copies, memory.read)
        finally:
            for address in addresses:
                memory.free(address)


def bring_back(kernel: str, copies: Copies, read: Any) -> None:
    """Copy every host array of a launch back, as the kernel left it.

    Args:
        kernel: its name, for messages.
        copies: where the arrays went.
        read: ``read(address, size)`` gives bytes of device memory.

    Raises:
        LaunchError: the kernel has changed an array that is read-only on the host.
    """
    for value, placed in copies.host_arrays():
        raw = np.frombuffer(read(*placed.span()), np.uint8)
        offset = placed.address - placed.span()[0]
        after = np.ndarray(placed.shape, placed.dtype, raw, offset, placed.strides)
        if value.flags.writeable:
            value[...] = after
        elif after.tobytes() != value.tobytes():
            raise LaunchError(f"{kernel} wrote to an array that is read-only; it was left as it is.")


def _attached() -> bool:
    """Whether ``smsim.attach`` has chosen an engine; asks without importing Numba."""
    module = sys.modules.get("smsim.driver.attach")
    return module is not None and module.attached() is not None
