"""Putting the simulated driver in the real one's place.

Done once a process and before ``numba.cuda``, ``cuda.core`` or ``cuda.bindings.driver`` is imported, since
these copy the driver's function pointers. Nothing in site-packages is touched.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from smsim.devices import DeviceSpec
from smsim.driver import capsules, codes, crossing, numba_patches, state
from smsim.driver.registry import DriverFailure, lookup
from smsim.driver.stubs import Stubs

_PARTS = ("contexts", "attributes", "allocation", "hostmemory", "copies", "streams", "modules")
_PARTS += ("occupancy", "launch")

_stubs: Stubs | None = None


def imported_too_early() -> list[str]:
    """Modules already imported that have copied, or hide, the driver's function pointers."""
    names = ("numba.cuda", "cuda.core", "cuda.bindings.driver")
    return [name for name in names if name in sys.modules]


def install(device: Any, spec: DeviceSpec) -> None:
    """Make ``device`` the GPU that NVIDIA's packages find in this process.

    Args:
        device: a ``smsim.machine.device.Device``.
        spec: the figures of the GPU that it plays.
    """
    for part in _PARTS:  # each registers its functions
        importlib.import_module(f"smsim.driver.{part}")
    state.install(state.SimulatedDriver(device, spec))
    _replace_pointers()
    numba_patches.apply()


def add_devices(devices: Sequence[Any]) -> None:
    """Let NVIDIA's packages find more GPUs in this process: ``devices`` come after those that there are."""
    state.driver().devices += devices
    numba_patches.look_for_devices_again()


def unsupported_calls() -> dict[str, int]:
    """Driver functions that were called and that the simulated driver does not have, with counts."""
    return _stubs.unsupported_calls() if _stubs else {}


def _replace_pointers() -> None:
    global _stubs
    from cuda.bindings import cydriver

    callbacks, unsupported = {}, []
    for name, capsule in cydriver.__pyx_capi__.items():
        if not name.startswith("cu"):
            continue
        function = lookup(name)
        if function is None:
            unsupported.append(name)
        else:
            bits = capsules.argument_bits(capsules.signature(capsule))
            callbacks[name] = (bits, _answer(function))
    _stubs = Stubs(callbacks, unsupported)
    capsules.replace(cydriver, _stubs.addresses)


def _answer(function: Callable[..., None]) -> Callable[..., int]:
    """``function`` as C sees it: returns a CUresult and lets nothing else out."""

    def answer(*arguments: int) -> int:
        try:
            served = state.driver()
            if served.pid != os.getpid():  # CUDA cannot be used in a forked child either
                return codes.NOT_INITIALIZED
            with served.lock:
                function(*arguments)
        except DriverFailure as failure:
            return failure.code
        except BaseException as error:  # Ctrl-C too: C would swallow it
            crossing.keep(error)
            return codes.LAUNCH_FAILED
        return codes.SUCCESS

    return answer
