"""A launch on a simulated GPU of its own, on copies of its arguments: what check, step and count run.

The kernel is compiled for the simulated GPU, an H800 unless another is asked for, and runs there also where
there is a real one. A launch comes from
Numba, ``kernel[blocks, threads]``, or from hand-written PTX, ``load_ptx(text)["name"][blocks, threads]``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from smsim.copied import Copies, Placed
from smsim.devices import DeviceSpec, load
from smsim.errors import LaunchError
from smsim.machine.arguments import ArrayArgument
from smsim.machine.device import Device, LoadedFunction
from smsim.machine.launch import Launch
from smsim.machine.memory import Memory
from smsim.machine.windows import owner

Dim3 = tuple[int, int, int]


@dataclass(frozen=True)
class Call:
    """A configured kernel with its arguments, whoever it came from.

    Attributes:
        ptx, entry: the text, and the kernel's name in it.
        name: the kernel's name as the reader wrote it.
        python: the Python function that it was compiled from, if any.
        names: what the arguments are called.
        grid, block, shared: the configuration; ``shared`` in bytes.
        marshal: the parameter bytes and the arrays among them, once it is known where arrays are placed.
    """

    ptx: str
    entry: str
    name: str
    python: Callable[..., Any] | None
    names: tuple[str, ...]
    grid: Dim3
    block: Dim3
    shared: int
    marshal: Callable[[Callable[[Any], Placed]], tuple[list[bytes], list[ArrayArgument]]]


@dataclass
class Isolated:
    """A launch that can be run, and run again, without anybody noticing.

    Attributes:
        call: what is launched.
        device: the simulated GPU that nobody else uses.
        function: the kernel in it.
        arguments: as given.
        arrays: the array arguments, as they lie on the device.
    """

    call: Call
    device: Device
    function: LoadedFunction
    arguments: tuple[Any, ...]
    params: Sequence[bytes]
    arrays: Sequence[ArrayArgument]
    placed: dict[int, Placed]
    _copies: Copies = field(repr=False)

    def prepare(self) -> Launch:
        """The launch, checked and decoded; ``run()`` starts it.

        Raises:
            LaunchError: the configuration is impossible.
            UnsupportedPTX: the kernel can reach an instruction that is not executed.
        """
        call = self.call
        return self.device.prepare(
            self.function,
            call.grid,
            call.block,
            call.shared,
            self.params,
            kernel_name=call.name,
            arrays=self.arrays,
        )

    def results(self) -> tuple[Any, ...]:
        """The arguments as the run left them: arrays as new NumPy arrays, all else as given."""
        return tuple(self.after(value) for value in self.arguments)

    def after(self, value: Any) -> Any:
        """One of the arguments as the run left it."""
        placed = self.placed.get(id(value))
        if placed is None:
            return value
        memory = self.device.memory
        base, size = memory.range_of(placed.address) or (placed.address, 0)
        raw = memory.view(base, size) if size else np.empty(0, np.uint8)
        return np.ndarray(placed.shape, placed.dtype, raw, placed.address - base, placed.strides).copy()


def isolate(
    what: str,
    launch: Any,
    arguments: Sequence[Any],
    *,
    device: str | Mapping[str, Any] | DeviceSpec | None = None,
    **settings: Any,
) -> Isolated:
    """Copy the arguments of a launch to a simulated GPU of its own and load the kernel there.

    Args:
        what: the function that the reader called, for messages.
        launch: a configured kernel.
        arguments: what the kernel would be called with.
        device: which GPU, as :func:`smsim.devices.load` takes it; ``None`` for the H800.
        settings: for the :class:`Device`, such as ``hazards`` and ``budget``.

    Raises:
        LaunchError: ``launch`` is none, an argument is impossible, or hand-written PTX is for a newer GPU.
        ValueError: there is no such GPU, or a dict does not describe one.
    """
    return isolate_together(what, [(launch, arguments)], device=device, **settings)[0]


def isolate_together(
    what: str,
    launches: Sequence[tuple[Any, Sequence[Any]]],
    *,
    device: str | Mapping[str, Any] | DeviceSpec | None = None,
    **settings: Any,
) -> list[Isolated]:
    """As :func:`isolate`, for launches that run at the same time: pairs of a launch and its arguments.

    Each runs on a copy of the GPU that it would run on: that of its stream, or else the current one. Arrays stay
    on the GPU that they are on; an array that is given to several launches is one array.

    Raises:
        LaunchError, ValueError: as :func:`isolate`.
    """
    spec = load("H800" if device is None else device)
    memory, gpus = Memory(), _GPUs(settings)
    isolated = []
    copies = Copies(
        lambda data: memory.allocate(data.size, fill=None, data=data.copy(), gpu=gpus.current),
        lambda value, there, put: copied_from_device(memory, value, there, put, gpus),
    )
    for launch, arguments in launches:
        call = call_of(what, launch, tuple(arguments), spec)
        gpus.current = gpu_of_launch(launch)
        gpu = gpus.like(gpus.current, spec, memory)
        function = gpu.load(call.ptx).functions[call.entry]
        params, arrays = call.marshal(copies.place)
        isolated.append(
            Isolated(call, gpu, function, tuple(arguments), params, arrays, copies.placed, copies)
        )
    return isolated


class _GPUs:
    """The simulated GPUs of some isolated launches, made after those that are attached.

    Attributes:
        current: where arrays of the host go.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.current = 0
        self._settings = settings
        self._made: dict[int, Device] = {}

    def like(self, ordinal: int, spec: DeviceSpec, memory: Memory) -> Device:
        """The GPU of that number, with the access to others that the attached one has."""
        from smsim.driver.state import installed

        if ordinal not in self._made:
            driver = installed()
            attached = driver.devices[ordinal] if driver is not None else None
            cluster = None if attached is None else attached.cluster
            made = Device(spec, memory=memory, ordinal=ordinal, cluster=cluster, **self._settings)
            made.peers = set() if attached is None else set(attached.peers)
            self._made[ordinal] = made
        return self._made[ordinal]


def gpu_of_launch(launch: Any) -> int:
    """The number of the simulated GPU that a launch would run on; 0 where there is one, or a real one."""
    from smsim.driver.state import installed

    driver = installed()
    if driver is None or len(driver.devices) == 1:
        return 0
    from smsim.driver.streams import gpu_of_stream

    stream = getattr(launch, "stream", 0)
    return gpu_of_stream(int(getattr(stream, "handle", stream) or 0))


def call_of(what: str, launch: Any, arguments: tuple[Any, ...], spec: DeviceSpec) -> Call:
    """What ``launch`` is a launch of, compiled for the GPU ``spec``.

    Raises:
        LaunchError: it is no configured kernel, or it does not take these arguments.
    """
    from smsim.handwritten import PTXKernel, PTXLaunch
    from smsim.handwritten.scalars import name_of

    if isinstance(launch, PTXLaunch):
        return launch.call(arguments)
    if hasattr(launch, "dispatcher"):
        return _numba_call(launch, arguments, spec)
    name = getattr(getattr(launch, "py_func", None), "__name__", None)
    name = launch.name if isinstance(launch, PTXKernel) else name
    if name is not None:
        raise LaunchError(
            f"smsim.{what} takes a launch: say how many blocks and threads, "
            f"as in smsim.{what}({name}[1, 32], ...)."
        )
    raise LaunchError(
        f"smsim.{what} takes a launch, kernel[blocks, threads], and then the kernel's arguments; "
        f"its first argument was {name_of(launch)}."
    )


def _numba_call(launch: Any, arguments: tuple[Any, ...], spec: DeviceSpec) -> Call:
    from smsim.driver.arguments import check_count, check_passable, marshal, parameter_names
    from smsim.driver.compile import compile_for, types_of

    dispatcher = launch.dispatcher
    python = dispatcher.py_func
    names = parameter_names(python)
    check_count(python.__name__, names, arguments)
    if not dispatcher.extensions:
        check_passable(python.__name__, names, arguments)
    compiled = compile_for(dispatcher, types_of(dispatcher, arguments), spec.numba_cc)
    return Call(
        compiled.ptx,
        compiled.entry,
        python.__name__,
        python,
        names,
        three(launch.griddim),
        three(launch.blockdim),
        int(launch.sharedmem),
        lambda place: marshal(compiled.types, names, arguments, place),
    )


def three(dims: Any) -> Dim3:
    """Extents as ``(x, y, z)``; those not given are 1."""
    dims = tuple(dims) if np.iterable(dims) else (dims,)
    return (*map(int, dims), 1, 1)[:3]


def copied_from_device(
    memory: Memory, value: Any, there: Placed, put: Callable[[int, np.ndarray], int], gpus: _GPUs
) -> Placed:
    """Copy an array that is in a device's memory into ``memory``: from a simulated device the allocation,
    and with it what nobody has written; from a real one the array."""
    from smsim.driver.state import installed

    driver = installed()
    if driver is not None and there.address:
        base, size = driver.device.memory.range_of(there.address)
        before, gpus.current = gpus.current, int(owner(base))
        start = put(base, driver.device.memory.view(base, size))
        gpus.current = before
        memory.written_like(start, driver.device.memory, base)
        return Placed(start + there.address - base, there.shape, there.strides, there.dtype)
    host = np.ascontiguousarray(value.copy_to_host())
    start = put(there.address, host.view(np.uint8).ravel())
    return Placed(start, there.shape, host.strides, there.dtype)
