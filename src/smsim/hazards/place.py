"""Which array an address belongs to, in the reader's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.where import shared_names
from smsim.machine import windows
from smsim.machine.arguments import ArrayArgument
from smsim.machine.globalspace import GlobalSpace
from smsim.machine.origins import Origins, argument_origins
from smsim.machine.ownedspace import Extent, OwnedSpace
from smsim.ptx.nodes import Address, Register, Variable

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.launch import Launch


@dataclass(frozen=True)
class Place:
    """``at``: the place, as in ``x[1000]``; ``limit``: what lies there or how far the array goes."""

    at: str
    limit: str
    array: str | None
    offset: int | None


class Places:
    """Finds arrays by address for one launch."""

    def __init__(self, launch: Launch) -> None:
        self.launch = launch
        self._shared: dict[str, str] | None = None
        self._came_from: tuple[dict[str, ArrayArgument], Origins] | None = None

    def describe(
        self, space: object, address: int, size: int, meant: Extent | None = None, step: Step | None = None
    ) -> Place:
        """What is at ``address`` of ``space``, for an access of ``size`` bytes by ``step`` that was ``meant``
        for a certain variable, if that is known."""
        if isinstance(space, GlobalSpace):
            return self._global(address, None if step is None else self._argument(step))
        return self._owned(space, address, size, meant)

    def _argument(self, step: Step) -> ArrayArgument | None:
        """The array whose address went into that of ``step``, if it is one alone."""
        kernel = self.launch.kernel.function
        if step.function is not kernel:
            return None
        if self._came_from is None:
            at = {array.address: array for array in self.launch.arrays if array.size}
            values = {p.name: self._value_of(p) for p in kernel.params}
            pointers = {name: at[value] for name, value in values.items() if value in at}
            self._came_from = pointers, argument_origins(kernel, {*pointers})
        pointers, origins = self._came_from
        bases = [o.base for o in step.instruction.operands if isinstance(o, Address)]
        found = {p for base in bases if isinstance(base, Register) for p in origins.get(base.name, ())}
        return pointers[found.pop()] if len(found) == 1 else None

    def _value_of(self, parameter: Variable) -> int | None:
        """What a parameter of eight bytes holds."""
        if parameter.size_bytes != 8:
            return None
        return int(self.launch.params.load(parameter.name, 0, np.dtype("u8"))[0, 0])

    def _global(self, address: int, argument: ArrayArgument | None) -> Place:
        if 0 <= address < 4096:
            return Place("the null pointer", "nothing is stored there", None, address)
        if self.launch.device.memory.was_freed(address):
            return Place("memory that was freed", "it no longer belongs to any array", None, None)
        place = self._element_of_an_array(address, argument)
        reachable, owner = self.launch.device.reachable, windows.owner(address)
        if reachable is None or owner in reachable or self.launch.device.memory.range_of(address) is None:
            return place
        return Place(
            f"{place.at}, which lies on GPU {owner}",
            f"the context of GPU {self.launch.device.ordinal} has not been given access to the memory of GPU "
            f"{owner} (enable_peer_access)",
            place.array,
            place.offset,
        )

    def _element_of_an_array(self, address: int, argument: ArrayArgument | None) -> Place:
        if argument is not None:
            return _element(argument, address)
        arrays = [a for a in self.launch.arrays if a.size]
        nearest = min(arrays, key=lambda a: _distance(a, address), default=None)
        if nearest is None or _distance(nearest, address) > 1 << 40:
            return Place("an address outside every array", "nothing is stored there", None, None)
        return _element(nearest, address)

    def _owned(self, space: OwnedSpace, address: int, size: int, meant: Extent | None) -> Place:
        extent = space.extent_of(address) if meant is None else meant
        if extent is None:
            return Place(f"{space.name} memory", f"the kernel has no {space.name} memory", None, address)
        offset = address - extent.start
        name = self._shared_name(extent.name) if space.name == "shared" else None
        called = name or ("a local array" if space.name == "local" else extent.name)
        if called.startswith("_cudapy_smem"):
            called = "a shared array"
        at = f"element {offset // size} ({size} bytes each) of {called}"
        if name is not None:
            at = f"{name}, element {offset // size}"
        if offset % size:
            at = f"byte {offset} of {called}"
        return Place(at, f"it has {plural(extent.size // size, 'element')}", name or called, offset)

    def _shared_name(self, symbol: str) -> str | None:
        if self._shared is None:
            kernel = self.launch.kernel
            self._shared = shared_names(kernel.function, kernel.module.module)
        return self._shared.get(symbol, None if symbol.startswith("_cudapy_smem") else symbol)


def _distance(array: ArrayArgument, address: int) -> int:
    low, high = array.span()
    return max(low - address, address - (high - 1), 0)


def _element(array: ArrayArgument, address: int) -> Place:
    item = array.dtype.itemsize
    offset = address - array.address
    if offset % item:
        at = f"byte {offset} of {array.name}"
    elif len(array.shape) == 1 and array.strides[0] and offset % array.strides[0] == 0:
        at = f"{array.name}[{offset // array.strides[0]}]"
    else:
        at = f"{array.name} at element {offset // item} counted from its start"
    if len(array.shape) == 1:
        limit = f"{array.name} has {plural(array.shape[0], 'element')} ({array.dtype})"
    else:
        limit = f"{array.name} has shape {tuple(int(n) for n in array.shape)} ({array.dtype})"
    return Place(at, limit, array.name, offset)


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
