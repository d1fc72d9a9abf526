"""What Numba works out again and again while it compiles, remembered. The answers are the same.

For a kernel of some size this takes a third of the time.
"""

from __future__ import annotations

import functools
from typing import Any


def apply() -> None:
    """Patch numba-cuda 0.22 to 0.30; a class whose methods are others is left alone."""
    from numba.cuda import target
    from numba.cuda.core.targetconfig import TargetConfig

    context = target.CUDATargetContext
    context.get_abi_sizeof = _remembering_sizes(context.get_abi_sizeof)
    if all(name in vars(TargetConfig) for name in ("values", "__hash__", "__eq__")):
        TargetConfig.values = values_of_flags
        TargetConfig.__hash__ = hash_of_flags


def _remembering_sizes(get_abi_sizeof: Any) -> Any:
    """To learn the size of a type, Numba writes a module with that type's text and has LLVM read it. With line
    numbers it asks a hundred times a kernel, mostly for the same few."""
    known: dict[str, int] = {}

    @functools.wraps(get_abi_sizeof)
    def size(self: Any, llvm_type: Any) -> int:
        text = str(llvm_type)
        if text not in known:
            known[text] = get_abi_sizeof(self, llvm_type)
        return known[text]

    return size


def values_of_flags(flags: Any) -> dict[str, Any]:
    """All options of a ``TargetConfig`` by name, in their order: what was set, and of the others the default.

    For every call in a kernel Numba looks for an implementation with the same flags, and reads thirty-odd options
    through properties to compare them.
    """
    return {**_defaults(type(flags)), **flags._values}


def hash_of_flags(flags: Any) -> int:
    """A hash of the options' names, as Numba has it: flags of one class share it."""
    return _hash_of_names(type(flags))


@functools.cache
def _defaults(kind: type) -> dict[str, Any]:
    return {name: option.default for name, option in kind.options.items()}


@functools.cache
def _hash_of_names(kind: type) -> int:
    return hash(tuple(sorted(kind.options)))
