"""``smsim.check``: every hazard of one launch, found on a copy of its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from smsim.errors import SimulationError
from smsim.machine.device import Device
from smsim.machine.memory import Memory


@dataclass(frozen=True)
class CheckReport:
    """What :func:`check` found.

    Attributes:
        kernel: the kernel's name.
        errors: what makes the program wrong, in the order found.
        warnings: what is suspicious but does no harm, such as two threads that write the same value.
        results: the arguments as the run left them, in order: arrays as new NumPy arrays.
    """

    kernel: str
    errors: tuple[SimulationError, ...] = ()
    warnings: tuple[SimulationError, ...] = ()
    results: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether there is no error. Warnings do not count."""
        return not self.errors

    def __str__(self) -> str:
        if not self.errors and not self.warnings:
            return f"{self.kernel}: no hazard found"
        count = len(self.errors)
        what = {0: "no error", 1: "1 error"}.get(count, f"{count} errors")
        if self.warnings:
            what += f", {len(self.warnings)} warning" + ("s" if len(self.warnings) > 1 else "")
        lines = [f"{self.kernel}: {what}"]
        lines += [f"{type(e).__name__}: {e}" for e in self.errors]
        lines += [f"Warning, {type(w).__name__}: {w}" for w in self.warnings]
        return "\n".join(lines)

    __repr__ = __str__


def check(launch: Any, *arguments: Any, budget: int | None = None) -> CheckReport:
    """Run a launch on the simulated SM and report every hazard; the arguments stay as they are.

    The kernel is compiled for the simulated H800 and runs there also where there is a GPU.

    Args:
        launch: a configured kernel, ``kernel[blocks, threads]`` or with stream and shared memory.
        arguments: what the kernel would be called with. Arrays that share memory go on sharing it.
        budget: engine steps that a chunk of blocks may take before it is stopped (by default about 20 s).

    Raises:
        LaunchError: the configuration or an argument is impossible.
        UnsupportedPTX: the kernel needs an instruction that is not executed yet.
    """
    from smsim.driver.arguments import marshal, parameter_names
    from smsim.driver.compile import compile_for, types_of

    dispatcher = launch.dispatcher
    types = types_of(dispatcher, arguments)
    compiled = compile_for(dispatcher, types)
    settings = {} if budget is None else {"budget": budget}
    device = Device("H800", memory=Memory(), hazards="collect", **settings)
    function = device.load(compiled.ptx).functions[compiled.entry]
    names = parameter_names(dispatcher.py_func)
    placed: dict[int, Any] = {}
    params, arrays = marshal(compiled.types, names, arguments, _placer(device.memory, placed))
    name = dispatcher.py_func.__name__
    grid, block = _three(launch.griddim), _three(launch.blockdim)
    run = device.prepare(
        function, grid, block, int(launch.sharedmem), params, kernel_name=name, arrays=arrays
    )
    errors: list[SimulationError] = []
    try:
        run.run()
    except SimulationError as error:
        errors.append(error)
    results = tuple(_after(device.memory, placed.get(id(a)), a) for a in arguments)
    return CheckReport(name, (*run.errors, *errors), tuple(run.warnings), results)


def _after(memory: Memory, placed: Any, given: Any) -> Any:
    """An argument as the run left it: the array at ``placed``, or what was ``given`` if it is none."""
    if placed is None:
        return given
    base, size = memory.range_of(placed.address) or (placed.address, 0)
    raw = memory.view(base, size) if size else np.empty(0, np.uint8)
    return np.ndarray(placed.shape, placed.dtype, raw, placed.address - base, placed.strides).copy()


def _three(dims: Any) -> tuple[int, int, int]:
    dims = tuple(dims) if np.iterable(dims) else (dims,)
    return (*map(int, dims), 1, 1)[:3]


def _placer(memory: Memory, placed: dict[int, Any]) -> Callable[[Any], Any]:
    """Copies arrays into ``memory``, whole allocations at a time, so that overlaps stay overlaps.

    Notes in ``placed`` where each argument went, by its identity.
    """
    from smsim.driver.arguments import Placed

    bases: dict[int, int] = {}

    def copied(start: int, data: np.ndarray) -> int:
        if start not in bases:
            bases[start] = memory.allocate(data.size, fill=None, data=data.copy())
        return bases[start]

    def place(value: Any) -> Placed:
        placed[id(value)] = where = _place(value)
        return where

    def _place(value: Any) -> Placed:
        interface = getattr(value, "__cuda_array_interface__", None)
        if interface is not None:
            return _place_device_array(value, interface, memory, copied)
        array = value if isinstance(value, np.ndarray) else np.asarray(value)
        root = array
        while isinstance(root.base, np.ndarray):
            root = root.base
        if not root.flags.c_contiguous and not root.flags.f_contiguous:
            root = array if array.flags.c_contiguous else np.ascontiguousarray(array)
            array = root
        start = root.__array_interface__["data"][0]
        offset = array.__array_interface__["data"][0] - start
        raw = root.ravel(order="K").view(np.uint8) if root.size else np.empty(0, np.uint8)
        address = copied(start, raw) + offset
        return Placed(address, array.shape, array.strides, array.dtype)

    return place


def _place_device_array(value: Any, interface: dict, memory: Memory, copied: Callable) -> Any:
    """An array that is in device memory already: simulated (copy the allocation) or real (fetch it)."""
    from smsim.driver.arguments import Placed
    from smsim.driver.state import installed

    shape, dtype = tuple(interface["shape"]), np.dtype(interface["typestr"])
    if "descr" in interface and dtype.kind == "V":
        dtype = np.dtype(interface["descr"])
    address = interface["data"][0]
    strides = interface.get("strides") or _packed_strides(shape, dtype.itemsize)
    driver = installed()
    if driver is not None and address:
        base, size = driver.device.memory.range_of(address)
        there = copied(base, driver.device.memory.view(base, size))
        return Placed(there + address - base, shape, tuple(strides), dtype)
    host = np.ascontiguousarray(value.copy_to_host())
    there = copied(address, host.view(np.uint8).ravel())
    return Placed(there, shape, host.strides, dtype)


def _packed_strides(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    strides, step = [], itemsize
    for extent in reversed(shape):
        strides.append(step)
        step *= extent
    return tuple(reversed(strides))
