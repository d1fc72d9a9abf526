"""What the parameters of a kernel are in Python: Numba hands an array over in 5 + 2 x dimensions pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from smsim.ptx.nodes import Function


@dataclass(frozen=True)
class Argument:
    """One argument and the PTX parameters it became.

    Attributes:
        name: as in Python; of an item of a tuple ``pair[0]``; of hand-written PTX the parameter's own.
        kind: the Numba type, or the PTX type of hand-written PTX.
        parts: what each of its parameters holds, in order; empty if it is a single parameter.
        first: position of its first parameter, from 0.
    """

    name: str
    kind: str
    parts: tuple[str, ...]
    first: int

    @property
    def count(self) -> int:
        """How many PTX parameters it has."""
        return len(self.parts) or 1

    @property
    def spellings(self) -> tuple[str, ...]:
        """How a listing writes each parameter: ``x.data``, or just ``n`` where there is one."""
        return tuple(f"{self.name}.{part}" for part in self.parts) or (self.name,)

    def __str__(self) -> str:
        if not self.parts:
            return f"{self.name}: {self.kind}"
        return f"{self.name}: {self.kind}, {len(self.parts)} parameters: {', '.join(self.parts)}"


def arguments_of(function: Function, types: Sequence[Any], names: Sequence[str]) -> tuple[Argument, ...]:
    """The arguments of a Numba kernel; its PTX parameters one by one if they do not fit the types."""
    from smsim.driver.arguments import _typed_leaves

    found: list[Argument] = []
    at = 0
    for kind, name in _typed_leaves(types, names):
        argument = Argument(name, str(kind), _parts(kind), at)
        found.append(argument)
        at += argument.count
    return tuple(found) if at == len(function.params) else as_written(function)


def as_written(function: Function) -> tuple[Argument, ...]:
    """The parameters of PTX that did not come from Python."""
    return tuple(
        Argument(p.name, _declared(p.type, p.count), (), number) for number, p in enumerate(function.params)
    )


def _declared(kind: str, count: int) -> str:
    return f".{kind}" if count == 1 else f".{kind}[{count}]"


def _parts(kind: Any) -> tuple[str, ...]:
    """The pieces of one value, as Numba's data model orders them."""
    if hasattr(kind, "layout") and hasattr(kind, "ndim"):
        shape = tuple(f"shape{axis}" for axis in range(kind.ndim))
        strides = tuple(f"stride{axis}" for axis in range(kind.ndim))
        return ("meminfo", "parent", "nitems", "itemsize", "data", *shape, *strides)
    if type(kind).__name__ == "Complex":
        return ("real", "imag")
    return ()
