"""Where the variables of a module lie: globals and constants in memory, shared variables in a block's layout."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from smsim.machine import windows
from smsim.machine.memory import Memory
from smsim.machine.origins import shared_origins
from smsim.machine.ownedspace import Extent
from smsim.ptx.data import element_bytes
from smsim.ptx.nodes import Function, Module, Variable

RED_ZONE = 128  # between shared variables; a multiple of 128 bytes moves nothing to another bank
DYNAMIC = "dynamic shared memory"
CODE_STEP = 128  # bytes from one function's address to the next


@dataclass
class SharedLayout:
    """One kernel's shared memory.

    Attributes:
        offsets: variable to byte offset, red zones counted.
        extents: the same for bounds checks; the dynamic part comes last and is added by the launch.
        packed_bytes: what the variables take on a real SM, without red zones.
        end: first free byte after the last red zone.
        dynamic_at: where dynamic shared memory begins.
    """

    offsets: dict[str, int] = field(default_factory=dict)
    extents: list[Extent] = field(default_factory=list)
    packed_bytes: int = 0
    end: int = 0

    def add(self, variable: Variable) -> None:
        packed = -(-self.packed_bytes // variable.align) * variable.align
        start = self.end + (packed - self.end) % RED_ZONE
        self.offsets[variable.name] = start
        if variable.size_bytes:
            self.extents.append(Extent(start, variable.size_bytes, variable.name))
            self.packed_bytes = packed + variable.size_bytes
            self.end = start + variable.size_bytes + RED_ZONE


class Placement:
    """The addresses of a module's symbols, for the functions reachable from one kernel.

    Args:
        module: the linked module.
        variables: address of each module variable that lives in global memory.
        functions: the functions reachable from the kernel, the kernel first.
        code: address of each function that can be called, by name.
    """

    def __init__(
        self, module: Module, variables: dict[str, int], functions: list[Function], code: dict[str, int]
    ) -> None:
        self.module, self.variables, self.functions, self.code = module, variables, functions, code
        self._at = {address: name for name, address in code.items()}
        self.shared = SharedLayout()
        self._origins: dict[str, dict[str, str]] | None = None
        dynamic = []
        for variable in self._shared_variables():
            if variable.size_bytes:
                self.shared.add(variable)
            else:
                dynamic.append(variable)
        for variable in dynamic:  # all names of the dynamic part stand for the same bytes
            self.shared.add(variable)
        self.dynamic_at = max((self.shared.offsets[v.name] for v in dynamic), default=self.shared.end)

    def home_of(self, name: str, function: Function) -> int | None:
        """Where the one shared variable begins that ``name``, a register or a symbol, comes from; ``None``
        if it may come from another, or if there is only one."""
        if self._origins is None:
            several = len({*self.shared.offsets.values()}) > 1
            self._origins = shared_origins(self.functions, {*self.shared.offsets}) if several else {}
        variable = self._origins.get(function.name, {}).get(name)
        return None if variable is None else self.shared.offsets[variable]

    def _shared_variables(self) -> list[Variable]:
        used = {name for f in self.functions for i in f.body for name in _symbols(i)}
        found = [v for v in self.module.variables.values() if v.space == "shared" and v.name in used]
        for function in self.functions:
            found += [v for v in function.variables.values() if v.space == "shared"]
        return found

    def address_of(self, name: str, function: Function) -> int | None:
        """Address of a symbol in its own state space; ``None`` if it has none that is fixed."""
        if name in self.shared.offsets:
            return self.shared.offsets[name]
        if name in self.variables:
            return self.variables[name]
        return self.code.get(name)

    def function_at(self, address: int) -> Function | None:
        """The function whose address this is; ``None`` if there is none."""
        name = self._at.get(address)
        return None if name is None else self.module.functions[name]

    def is_shared(self, name: str) -> bool:
        return name in self.shared.offsets


def _symbols(instruction: object) -> list[str]:
    names = []
    stack = list(instruction.operands)
    while stack:
        operand = stack.pop()
        if hasattr(operand, "items"):
            stack.extend(operand.items)
        elif hasattr(operand, "base"):
            stack.append(operand.base)
        elif hasattr(operand, "name"):
            names.append(operand.name)
    return names


def place_functions(module: Module, first: int) -> dict[str, int]:
    """Addresses, from ``first`` on, for the functions that a module defines; kernels have none.

    Nothing lies there: an address of code is good for calls only.
    """
    callable_ones = [f.name for f in module.functions.values() if f.kind == "func" and not f.declared_only]
    return {name: first + CODE_STEP * number for number, name in enumerate(callable_ones)}


def place_variables(module: Module, memory: Memory, code: dict[str, int], gpu: int = 0) -> dict[str, int]:
    """Put a module's ``.global`` and ``.const`` variables into the memory of ``gpu``; returns their addresses.

    ``code`` has the addresses of functions, which initial values may ask for.
    """
    addresses: dict[str, int] = {}
    for variable in _in_memory(module):
        size = max(variable.size_bytes, 1)
        addresses[variable.name] = memory.allocate(size, fill=0, gpu=gpu)
    for variable in _in_memory(module):
        if variable.init is None:
            continue
        raw, size = bytearray(variable.init), element_bytes(variable.type)
        for offset, symbol, addend in variable.relocations:
            value = _value_of(symbol, addend, code | addresses, module)
            raw[offset : offset + size] = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
        memory.view(addresses[variable.name], variable.size_bytes)[:] = np.frombuffer(bytes(raw), np.uint8)
    return addresses


def _value_of(symbol: str, addend: int, addresses: dict[str, int], module: Module) -> int:
    """An address in an initial value. ``mask(0xff00)name`` is one byte of it, shifted down."""
    mask, found = 0, re.fullmatch(r"mask\((\w+)\)(.*)", symbol)
    if found:
        mask, symbol = int(found[1], 16), found[2]
    target = symbol.removeprefix("generic(").removesuffix(")")
    value = int(addresses.get(target, windows.SHARED if target in module.variables else 0) + addend)
    return (value & mask) >> (mask & -mask).bit_length() - 1 if mask else value


def _in_memory(module: Module) -> list[Variable]:
    found = [v for v in module.variables.values() if v.space in ("global", "const")]
    for function in module.functions.values():
        found += [v for v in function.variables.values() if v.space in ("global", "const")]
    return found
