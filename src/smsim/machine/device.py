"""A simulated GPU: memory, limits, and kernels that were loaded from PTX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from smsim.devices import DeviceSpec
from smsim.devices import load as load_spec
from smsim.errors import LaunchError
from smsim.hazards.order import orders_some_threads
from smsim.hazards.readonlypath import takes_read_only_path
from smsim.machine import windows
from smsim.machine.arguments import ArrayArgument
from smsim.machine.launch import DEFAULT_BUDGET, Launch
from smsim.machine.memory import Memory
from smsim.machine.placement import CODE_STEP, Placement, place_functions, place_variables
from smsim.machine.program import Program, talks
from smsim.machine.registerpool import entry_registers
from smsim.machine.retype import DTYPES
from smsim.machine.target import check_target
from smsim.ptx import load_text
from smsim.ptx.flow import reachable
from smsim.ptx.nodes import Function, Immediate, Instruction, Module
from smsim.ptx.registerlimit import register_limit

if TYPE_CHECKING:
    from smsim.devices.cluster import Cluster

__all__ = ["ArrayArgument", "Device", "LoadedFunction", "LoadedModule"]


#: What may happen to a wrong program. ``raise``: an exception, the default. ``warn``: a Python warning for
#: each finding, and the run goes on where it can. ``off``: nothing is looked for. ``strict``: as ``raise``,
#: and a strong read followed by a barrier is no acquire. ``isa``: as ``raise``, but threads that have exited
#: count at barriers, as the ISA has it. ``collect``: go on, and keep all errors in ``Launch.errors``.
HAZARDS = ("raise", "warn", "off", "strict", "isa", "collect")


class Device:
    """One simulated GPU.

    Args:
        spec: which one; a name such as ``"H800"``, a dict (:func:`smsim.devices.from_dict`) or a
            :class:`DeviceSpec`.
        memory: its global memory, shared with all GPUs that may reach into each other's; a fresh one by default.
        hazards: what happens to a wrong program, one of :data:`HAZARDS`.
        budget: engine steps that a chunk of blocks may take before it is stopped.
        seed: which of the orders that a GPU may run threads in; ``None`` for one that is always the same.
        ordinal: its number among the GPUs that share ``memory``.
        cluster: how these are linked; ``None`` for a GPU on its own.

    Attributes:
        peers: numbers of the GPUs whose memory its kernels may use (``cuCtxEnablePeerAccess``).

    Raises:
        LaunchError: ``hazards`` or ``seed`` is none of these.
        ValueError: there is no such GPU.
    """

    def __init__(
        self,
        spec: DeviceSpec | Mapping[str, Any] | str = "H800",
        *,
        memory: Memory | None = None,
        hazards: str = "raise",
        budget: int = DEFAULT_BUDGET,
        seed: int | None = None,
        ordinal: int = 0,
        cluster: Cluster | None = None,
    ) -> None:
        self.spec = load_spec(spec)
        self.memory = memory if memory is not None else Memory(self.spec.memory_bytes)
        self.ordinal, self.cluster = ordinal, cluster
        self.peers: set[int] = set()
        self.hazards, self.budget, self.seed = hazards, budget, seed
        self._launches = 0
        self._next_code = windows.CODE

    @property
    def reachable(self) -> frozenset[int] | None:
        """Numbers of the GPUs whose memory its kernels may use; ``None`` for a GPU on its own."""
        return None if self.cluster is None else frozenset({self.ordinal, *self.peers})

    @property
    def hazards(self) -> str:
        """What happens to a wrong program, one of :data:`HAZARDS`."""
        return self._hazards

    @hazards.setter
    def hazards(self, mode: str) -> None:
        if mode not in HAZARDS:
            raise LaunchError(f"hazards={mode!r} is not one of {', '.join(HAZARDS)}")
        self._hazards = mode

    @property
    def seed(self) -> int | None:
        """Which order threads run in: a whole number from 0 on, or ``None`` for the fixed one."""
        return self._seed

    @seed.setter
    def seed(self, seed: int | None) -> None:
        if seed is not None and (isinstance(seed, bool) or not hasattr(seed, "__index__") or seed < 0):
            raise LaunchError(f"seed={seed!r} is no seed: it is a whole number from 0 on, or None")
        self._seed = None if seed is None else int(seed)

    def load(self, ptx: str) -> LoadedModule:
        """Parse PTX and place its variables in memory.

        Raises:
            PTXSyntaxError: the text is not PTX.
            LaunchError: its ``.target`` is newer than this GPU.
        """
        module = load_text(ptx)
        check_target(module, self.spec)
        return LoadedModule(self, module, register_limit(ptx))

    def launch(
        self,
        function: LoadedFunction,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        shared: int,
        params: Sequence[bytes],
        *,
        kernel_name: str | None = None,
        arrays: Sequence[ArrayArgument] = (),
        cooperative: bool = False,
    ) -> Launch:
        """Run a kernel to its end; :meth:`prepare` without running it.

        Args:
            grid, block: ``(x, y, z)``.
            shared: dynamic shared memory in bytes.
            params: the bytes of each PTX parameter, in order.
            kernel_name, arrays: what the reader calls things, for messages.

        Raises:
            LaunchError: the configuration exceeds a limit of the device.
            UnsupportedPTX: the kernel can reach an instruction that is not executed.
            SimulationError: the program did something wrong.
        """
        launch = self.prepare(function, grid, block, shared, params, kernel_name=kernel_name, arrays=arrays)
        launch.run()
        return launch

    def prepare(
        self,
        function: LoadedFunction,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        shared: int,
        params: Sequence[bytes],
        *,
        kernel_name: str | None = None,
        arrays: Sequence[ArrayArgument] = (),
    ) -> Launch:
        """Check a launch and decode its kernel, and do not run it yet.

        Raises:
            LaunchError, UnsupportedPTX, PTXSyntaxError: as :meth:`launch`.
        """
        self._check(function, grid, block, shared, params)
        self._launches += 1
        return Launch(
            self,
            function,
            tuple(map(int, grid)),
            tuple(map(int, block)),
            int(shared),
            params,
            kernel_name=kernel_name,
            arrays=arrays,
            hazards=self.hazards,
            budget=self.budget,
            number=self._launches,
            seed=self.seed,
        )

    def _check(
        self, function: LoadedFunction, grid: tuple, block: tuple, shared: int, params: Sequence[bytes]
    ) -> None:
        spec, name = self.spec, function.name
        if len(params) != len(function.params):
            raise LaunchError(f"{name} takes {len(function.params)} parameters, {len(params)} were given")
        for given, variable in zip(params, function.params, strict=True):
            if len(given) != variable.size_bytes:
                raise LaunchError(
                    f"parameter {variable.name} of {name} has {variable.size_bytes} bytes, {len(given)} were given"
                )
        for what, dims, limits in (("grid", grid, spec.max_grid_dim), ("block", block, spec.max_block_dim)):
            for axis, number, limit in zip("xyz", dims, limits, strict=True):
                if number < 1:
                    raise LaunchError(f"a {what} of {tuple(dims)} has no thread: {axis} must be at least 1")
                if number > limit:
                    raise LaunchError(f"{number} in {axis} is too large for a {what}: the limit is {limit}")
        threads = block[0] * block[1] * block[2]
        limit = spec.max_threads_per_block
        if "maxntid" in function.directives:
            declared = 1
            for number in function.directives["maxntid"]:
                declared *= number
            limit = min(limit, declared)
        if threads > limit:
            raise LaunchError(f"{threads} threads in a block are too many: the limit is {limit}")
        total = function.shared_bytes + shared
        if total > spec.shared_per_block_optin:
            raise LaunchError(
                f"{total} bytes of shared memory a block are too many: "
                f"the limit is {spec.shared_per_block_optin}"
            )
        if function.shared_bytes > spec.shared_per_block:
            raise LaunchError(
                f"{function.shared_bytes} bytes of static shared memory are too many: "
                f"the limit is {spec.shared_per_block}; ask for the rest as dynamic shared memory"
            )


class LoadedModule:
    """PTX in a device: its kernels, and its variables with their addresses.

    Attributes:
        register_limit: the most registers a thread that the compiler was told of; ``None`` if it was not.
    """

    def __init__(self, device: Device, module: Module, register_limit: int | None = None) -> None:
        self.device, self.module, self.register_limit = device, module, register_limit
        self._code = place_functions(module, device._next_code)
        device._next_code += CODE_STEP * len(self._code)
        self._addresses = place_variables(module, device.memory, self._code, device.ordinal)
        self.variables = {
            name: (address, module.variables[name].size_bytes)
            for name, address in self._addresses.items()
            if name in module.variables
        }
        self.functions = {
            name: LoadedFunction(self, function)
            for name, function in module.functions.items()
            if function.kind == "entry"
        }

    def unload(self) -> None:
        """Give the variables' memory back."""
        for address in self._addresses.values():
            self.device.memory.free(address)
        self._addresses.clear()
        self.variables.clear()


class LoadedFunction:
    """A kernel in a device. It is decoded at its first launch.

    Attributes:
        entry_registers: registers a thread that it starts with, as far as ``setmaxnreg`` knows; ``None`` if nothing
            says it.
    """

    def __init__(self, module: LoadedModule, function: Function) -> None:
        self.module, self.function = module, function
        self.name, self.params, self.directives = function.name, function.params, function.directives
        functions = list(reachable(function, module.module))
        self.entry_registers = entry_registers(
            self.directives, module.register_limit, module.device.spec.registers_per_sm
        )
        self.placement = Placement(module.module, module._addresses, functions, module._code)
        self.shared_bytes = self.placement.shared.packed_bytes
        self._functions = functions
        self._programs: dict[tuple[str, bool], Program] = {}
        shared = _access_sizes(functions, "shared")
        self.cell, self.grain = max(shared, default=4), min(shared, default=4)
        self.global_grain = min(_access_sizes(functions, "global"), default=4)
        self.local_grain = min(_access_sizes(functions, "local"), default=4)
        body = [i for f in functions for i in f.body]
        self.orders_some = any(map(orders_some_threads, body))
        self.reads_non_coherently = any(map(takes_read_only_path, body))
        self.asynchronous = any(i.opcode in ("mbarrier", "cp") or "proxy" in i.modifiers for i in body)
        self.stores_in_bulk = any(i.opcode == "cp" and "bulk_group" in i.modifiers for i in body)
        self._talks = any(map(talks, body))
        self.reads_relaxed = any(map(_reads_relaxed, body)) and not any(map(_orders_otherwise, body))

    @property
    def program(self) -> Program:
        """The decoded kernel.

        Raises:
            UnsupportedPTX, PTXSyntaxError: something reachable cannot be executed.
        """
        return self._decoded(interruptible=False)

    @property
    def interruptible(self) -> Program:
        """The same, for a run in which threads come between each other."""
        return self._decoded(interruptible=self._talks)

    def programs(self, interruptible: bool) -> list[Program]:
        """The kernel and all functions that it may call, decoded."""
        self._decoded(interruptible)
        names = [f.name for f in self._functions if not f.declared_only]
        return [self._program(name, interruptible) for name in names]

    def _decoded(self, interruptible: bool) -> Program:
        for function in self._functions:
            if not function.declared_only:
                self._program(function.name, interruptible)
        return self._program(self.name, interruptible)

    def _program(self, name: str, interruptible: bool) -> Program:
        found = self._programs.get((name, interruptible))
        if found is None:
            function = self.module.module.functions[name]
            found = Program(
                function, self.placement, lambda other: self._program(other, interruptible), interruptible
            )
            self._programs[name, interruptible] = found
        return found


def _access_sizes(functions: list[Function], space: str) -> set[int]:
    """Bytes of every access that may go to ``space``: those that name it and those that name none."""
    elsewhere = {"global", "shared", "shared::cta", "const", "param", "local"} - {space, f"{space}::cta"}
    sizes = set()
    for function in functions:
        for instruction in function.body:
            words = instruction.modifiers
            if instruction.opcode in ("ldmatrix", "stmatrix") and space == "shared":
                sizes.add(2 if "trans" in words else 4)
            sizes |= _asynchronous_sizes(instruction, space)
            if instruction.opcode not in ("ld", "st", "atom", "red", "ldu") or elsewhere & set(words):
                continue
            kind = next((w for w in reversed(words) if w in DTYPES), None)
            if kind is not None:
                sizes.add(min(DTYPES[kind].itemsize, 8))  # 128 bits are two accesses
                if kind.endswith("x2"):  # an atomic takes the halves one by one
                    sizes.add(DTYPES[kind].itemsize // 2)
    return sizes


def _asynchronous_sizes(instruction: Instruction, space: str) -> set[int]:
    """Bytes of the accesses of an asynchronous copy, or of one to an mbarrier."""
    if space not in ("global", "shared") or instruction.opcode not in ("cp", "mbarrier"):
        return set()
    if instruction.opcode == "mbarrier" or {"bulk", "mbarrier"} & set(instruction.modifiers):
        return {8}
    if len(instruction.operands) < 3:
        return set()
    size = {min(instruction.operands[2].value, 8)}
    partly = len(instruction.operands) > 3 and not isinstance(instruction.operands[3], Immediate)
    return size | {1} if partly and space == "global" else size


def _reads_relaxed(instruction: Instruction) -> bool:
    """Whether an instruction is a strong load that acquires nothing, of what may be global memory."""
    words = set(instruction.modifiers)
    return instruction.opcode == "ld" and bool({"volatile", "relaxed"} & words) and "shared" not in words


def _orders_otherwise(instruction: Instruction) -> bool:
    """Whether it orders threads by means that :mod:`smsim.machine.versions` does not follow."""
    return instruction.opcode in ("mbarrier", "cp", "griddepcontrol") or "cluster" in instruction.modifiers
