"""What the simulated driver remembers between calls: its devices, their contexts, handles, streams."""

from __future__ import annotations

import itertools
import os
import threading
import time
from dataclasses import dataclass
from typing import Any

from smsim.devices import DeviceSpec
from smsim.driver import codes
from smsim.driver.pinned import PinnedTable
from smsim.driver.registry import DriverFailure
from smsim.driver.work import WorkQueue

#: Every device has one context that is always there, so constants do as their handles.
_CONTEXT = 0x5EED_0000
_CONTEXT_STEP = 0x10
DEFAULT_POOL = 0x5EED_1000


def context_of(gpu: int) -> int:
    """The handle of a device's primary context."""
    return _CONTEXT + _CONTEXT_STEP * gpu


def gpu_of(context: int) -> int | None:
    """The number of the device whose primary context it is; ``None`` for any other handle."""
    gpu, rest = divmod(context - _CONTEXT, _CONTEXT_STEP)
    return gpu if not rest and 0 <= gpu < len(driver().devices) else None


@dataclass(frozen=True, slots=True)
class DefaultStream:
    """The default stream of one of several devices: it waits for the blocking streams of its device."""

    gpu: int
    blocking: bool = True
    default: bool = True


class Handles:
    """Numbers that stand for Python objects on the far side of the C interface."""

    def __init__(self) -> None:
        self._next = itertools.count(0x5EED_2000, 0x10)
        self._objects: dict[int, Any] = {}

    def give(self, thing: Any) -> int:
        """A new handle for ``thing``."""
        handle = next(self._next)
        self._objects[handle] = thing
        return handle

    def take(self, handle: int, kind: type) -> Any:
        """The object behind ``handle``; CUDA_ERROR_INVALID_HANDLE when it is none of ``kind``."""
        thing = self._objects.get(handle)
        if not isinstance(thing, kind):
            raise DriverFailure(codes.INVALID_HANDLE)
        return thing

    def items(self) -> list[tuple[int, Any]]:
        """All handles with their objects."""
        return list(self._objects.items())

    def drop(self, handle: int) -> Any:
        """Forget ``handle``. Finalizers come late and twice, so an unknown one is no error."""
        return self._objects.pop(handle, None)


class SimulatedDriver:
    """The state behind all driver functions of this process.

    Args:
        device: a ``smsim.machine.device.Device`` (anything with ``memory``, ``load`` and ``launch``).
        spec: the GPU that it plays.

    Attributes:
        devices: all of them, by their numbers; they share one memory and are alike.
    """

    def __init__(self, device: Any, spec: DeviceSpec) -> None:
        self.devices = [device]
        self.spec = spec
        self.default_streams: dict[int, DefaultStream] = {}
        self.pid = os.getpid()
        self.lock = threading.RLock()
        self.handles = Handles()
        self.work = WorkQueue()
        self.pinned = PinnedTable()
        self._local = threading.local()
        self._started = time.perf_counter()
        self._last_reading = 0.0

    @property
    def gpu(self) -> int:
        """The number of the calling thread's current device; 0 where none is."""
        stack = self.contexts
        return (gpu_of(stack[-1]) or 0) if stack else 0

    @property
    def device(self) -> Any:
        """The calling thread's current device."""
        return self.devices[self.gpu]

    def default_stream(self) -> DefaultStream:
        """The default stream of the current device."""
        return self.default_streams.setdefault(self.gpu, DefaultStream(self.gpu))

    @property
    def contexts(self) -> list[int]:
        """The calling thread's stack of contexts, top last."""
        if not hasattr(self._local, "contexts"):
            self._local.contexts = []
        return self._local.contexts

    def clock_ms(self) -> float:
        """Milliseconds since the driver started, on the host's clock. No two readings are equal."""
        now = (time.perf_counter() - self._started) * 1e3
        self._last_reading = max(now, self._last_reading + 1e-6)
        return self._last_reading


_driver: SimulatedDriver | None = None


def install(new: SimulatedDriver) -> None:
    """Make ``new`` the driver that all functions serve."""
    global _driver
    _driver = new


def installed() -> SimulatedDriver | None:
    """The driver of this process, or ``None`` where no GPU is simulated."""
    return _driver


def driver() -> SimulatedDriver:
    """The driver of this process; CUDA_ERROR_NOT_INITIALIZED before :func:`install`."""
    if _driver is None:
        raise DriverFailure(codes.NOT_INITIALIZED)
    return _driver
