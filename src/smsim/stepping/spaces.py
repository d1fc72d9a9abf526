"""Reading memory by name at some moment of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smsim.hazards.where import shared_names
from smsim.isolated import Isolated
from smsim.machine.ops.formats import DTYPES
from smsim.machine.placement import DYNAMIC
from smsim.ptx.nodes import Variable

if TYPE_CHECKING:
    from smsim.machine.chunk import Chunk

_BYTES = ("b8", "u8", "s8")


class Spaces:
    """The memory that one block of a launch can see.

    Args:
        isolated: the launch.
        chunk: the chunk that the block belongs to; ``None`` before it runs.
        column: the block's place in the chunk.
    """

    def __init__(self, isolated: Isolated, chunk: Chunk | None, column: int) -> None:
        self.isolated, self.chunk, self.column = isolated, chunk, column

    def read(self, what: Any, dtype: Any = None) -> Any:
        """An argument (itself or its name), a shared array or a variable of the PTX.

        Raises:
            ValueError: there is nothing of that name; says what there is.
        """
        if not isinstance(what, str):
            if id(what) not in self.isolated.placed:
                raise ValueError("That array is none of the launch's arguments.")
            return self.isolated.after(what)
        names = self.isolated.call.names
        if what in names:
            return self.isolated.after(self.isolated.arguments[names.index(what)])
        shared = self._shared()
        if what in shared:
            return self._read_shared(shared[what], dtype)
        module = self.isolated.function.module
        if what in module.variables:
            address, size = module.variables[what]
            raw = np.frombuffer(self.isolated.device.memory.read(address, size), np.uint8)
            return raw.view(_type_of(module.module.variables[what], dtype)).copy()
        known = ", ".join((*names, *shared, *module.variables))
        raise ValueError(f"There is no memory called {what!r}; there is {known or 'none'}.")

    @property
    def shared(self) -> tuple[str, ...]:
        """What the reader calls the block's shared variables."""
        return tuple(self._shared())

    def _shared(self) -> dict[str, str]:
        """What the reader calls each shared variable, to its symbol."""
        function = self.isolated.function
        offsets = function.placement.shared.offsets
        in_python = shared_names(function.function, function.module.module)
        found = {in_python.get(symbol, symbol): symbol for symbol in offsets}
        return {**found, **({DYNAMIC: DYNAMIC} if self.isolated.call.shared else {})}

    def _read_shared(self, symbol: str, dtype: Any) -> np.ndarray:
        function = self.isolated.function
        layout = function.placement.shared
        variable = self._variable(symbol)
        size = variable.size_bytes if variable is not None else 0
        start = layout.offsets.get(symbol, function.placement.dynamic_at)
        size = size or self.isolated.call.shared
        kind = _type_of(variable, dtype, self._accessed_as())
        if self.chunk is None:
            return np.full(size, 0xCD, np.uint8).view(kind)
        raw = np.ascontiguousarray(self.chunk.shared.data[:, self.column, :]).reshape(-1)
        return raw[start : start + size].copy().view(kind)

    def _variable(self, symbol: str) -> Variable | None:
        module = self.isolated.function.module.module
        for function in module.functions.values():
            if symbol in function.variables:
                return function.variables[symbol]
        return module.variables.get(symbol)

    def _accessed_as(self) -> str | None:
        """The type of the kernel's shared accesses, if they all have one: Numba declares plain bytes."""
        body = self.isolated.function.function.body
        kinds = {
            next((m for m in reversed(i.modifiers) if m in DTYPES), None)
            for i in body
            if i.opcode in ("ld", "st", "atom", "red") and "shared" in i.modifiers
        }
        return kinds.pop() if len(kinds) == 1 else None


def _type_of(variable: Variable | None, wanted: Any, accessed_as: str | None = None) -> np.dtype:
    """How to read a variable: as asked for, else as it is declared, else as it is accessed, else as bytes."""
    if wanted is not None:
        return np.dtype(wanted)
    declared = variable.type if variable is not None else "b8"
    for kind in (declared if declared not in _BYTES else None, accessed_as):
        if kind in DTYPES:
            return DTYPES[kind]
    return np.dtype(np.uint8)
