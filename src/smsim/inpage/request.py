"""What the page asks for: the fields of its form, checked."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smsim.copied import Placed
from smsim.handwritten import PTXLaunch, load_ptx
from smsim.handwritten.module import ABIS
from smsim.handwritten.parameters import declared
from smsim.inpage.arguments import read_arguments
from smsim.inpage.problem import FieldProblem
from smsim.isolated import Call
from smsim.machine.arguments import ArrayArgument

#: Characters of PTX that are read. The longest text of the book has about a twentieth of it.
MOST_CHARACTERS = 256 << 10

#: Warps of one launch. The budget counts the steps of a chunk of blocks, so it alone would let a grid of a billion
#: short blocks run for days.
MOST_WARPS = 8192


@dataclass(frozen=True)
class Request:
    """The fields that say what to run, all as the reader typed them.

    Attributes:
        ptx: the text. Its first kernel runs.
        abi: ``"ptx"`` or ``"numba"``, as :func:`smsim.load_ptx` takes it.
        grid, block: extents, such as ``"4"`` or ``"4, 2"``.
        shared: bytes of dynamic shared memory.
        arguments: as :func:`read_arguments` reads them.
    """

    ptx: str
    abi: str
    grid: str
    block: str
    shared: str
    arguments: str

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Request:
        """From the page's form; what it does not have is left empty, other entries are not looked at."""
        return cls(**{name: str(fields.get(name, "")) for name in cls.__dataclass_fields__})

    def launch(self) -> tuple[PTXLaunch, dict[str, Any]]:
        """The configured kernel, and its arguments by name, in the order of its parameters.

        Raises:
            FieldProblem: a field cannot be used.
            PTXSyntaxError: the text is not PTX.
            LaunchError: there is no such launch.
        """
        if len(self.ptx) > MOST_CHARACTERS:
            raise FieldProblem(
                "ptx",
                f"the text has {len(self.ptx):,} characters, and the page takes {MOST_CHARACTERS:,} at most",
            )
        if self.abi not in ABIS:
            raise FieldProblem("abi", f"arguments are passed as {' or '.join(ABIS)}; not {self.abi[:40]!r}")
        module = load_ptx(self.ptx, abi=self.abi)
        if not module.kernels:
            raise FieldProblem("ptx", "the text has no kernel; one begins with  .visible .entry name(...)")
        kernel = module[module.kernels[0]]
        grid, block = extents("grid", self.grid), extents("block", self.block)
        configured = kernel[grid, block, 0, whole("shared", self.shared or "0")]
        _refuse_too_many_warps(configured)
        values = self._in_order(kernel.function.params, kernel.name)
        launch = NamedLaunch(
            kernel, configured.griddim, configured.blockdim, configured.stream, configured.sharedmem
        )
        launch.names = tuple(values)
        return launch, values

    def _in_order(self, params: Sequence[Any], kernel: str) -> dict[str, Any]:
        """The arguments by name, in the kernel's order. Numba's parameters have no names, so there the order
        is the one written."""
        given = read_arguments(self.arguments)
        if self.abi == "numba":
            return given
        names = [p.name for p in params]
        wanted = ", ".join(map(declared, params)) or "no parameters"
        for name in given:
            if name not in names:
                raise FieldProblem(
                    "arguments",
                    f"{kernel} declares no parameter `{name}`; it declares {wanted}. "
                    "(A name that begins with _ is a helper, and no argument.)",
                )
        missing = [name for name in names if name not in given]
        if missing:
            raise FieldProblem(
                "arguments",
                f"{kernel} declares {wanted}, and `{missing[0]}` is given no value. "
                f"Write a line such as  {missing[0]} = {_example(params[names.index(missing[0])])}",
            )
        return {name: given[name] for name in names}


def _refuse_too_many_warps(launch: PTXLaunch) -> None:
    blocks, threads = math.prod(launch.griddim), math.prod(launch.blockdim)
    warps = blocks * -(-threads // 32)
    if warps > MOST_WARPS:
        raise FieldProblem(
            "grid",
            f"{blocks:,} blocks of {threads:,} threads are {warps:,} warps, and the page runs {MOST_WARPS:,} at most; "
            "in a notebook there is no such limit",
        )


def extents(field: str, text: str) -> tuple[int, ...]:
    """One to three whole numbers, as the reader types them.

    Raises:
        FieldProblem: it is something else.
    """
    parts = re.split(r"[\s,x×]+", text.strip().strip("()").strip(" ,"))
    if not 1 <= len(parts) <= 3:
        raise FieldProblem(
            field, f"one to three whole numbers are expected, such as 4, or 4, 2; not {text[:40]!r}"
        )
    return tuple(whole(field, part) for part in parts)


def whole(field: str, text: str) -> int:
    """A whole number from 0 on.

    Raises:
        FieldProblem: it is something else.
    """
    # Written in plain digits: int() alone also takes 1_000, and numbers of any length.
    if not re.fullmatch(r"\s*[0-9]{1,18}\s*", text):
        raise FieldProblem(field, f"a whole number is expected, such as 4; not {text[:40]!r}")
    return int(text)


def _example(param: Any) -> str:
    if param.count != 1 or param.type in ("u64", "s64", "b64"):
        return "np.zeros(32, np.float32)"
    return "1.0" if param.type in ("f16", "f32", "f64") else "32"


class NamedLaunch(PTXLaunch):
    """A launch whose arguments are called what the reader calls them, whatever the PTX does.

    Attributes:
        names: of the arguments, in order.
    """

    names: tuple[str, ...] = ()

    def call(self, arguments: tuple[Any, ...]) -> Call:
        """As :meth:`PTXLaunch.call`."""
        call = super().call(arguments)

        def marshal(place: Callable[[Any], Placed]) -> tuple[list[bytes], list[ArrayArgument]]:
            raw, arrays = call.marshal(place)
            named = [n for n, value in zip(self.names, arguments) if isinstance(value, np.ndarray)]
            if len(named) != len(
                arrays
            ):  # the kernel was given something else; its own message is the better
                return raw, arrays
            return raw, [replace(array, name=name) for array, name in zip(arrays, named)]

        return replace(call, names=self.names, marshal=marshal)
