"""``load_ptx(text)["name"][grid, block, stream, shared](*arguments)``: text, kernel, launch."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from typing import Any

from smsim.copied import Placed
from smsim.errors import LaunchError
from smsim.handwritten import running
from smsim.handwritten.parameters import declared, flatten, numbered
from smsim.isolated import Call, Dim3
from smsim.listing.names import short
from smsim.machine.arguments import ArrayArgument
from smsim.ptx import load_text
from smsim.ptx.nodes import Function

ABIS = ("ptx", "numba")


def load_ptx(text: str, *, abi: str = "ptx") -> PTXModule:
    """Kernels from PTX text, to be launched as Numba's are.

    ``load_ptx(text)["name"][blocks, threads](*arguments)`` runs where ``attach`` has chosen to run kernels:
    on the simulated SM, or on the GPU. Without ``attach`` it runs on a simulated H800.

    Args:
        text: one PTX module, as it would stand in a ``.ptx`` file.
        abi: how arguments become parameters. ``"ptx"``: one each, and an array is one ``.u64`` address.
            ``"numba"``: as in the PTX that Numba writes, where an array of n dimensions is 5 + 2n numbers.

    Raises:
        PTXSyntaxError: the text is not PTX; says line and column.
        ValueError: there is no such ``abi``.
    """
    if not isinstance(text, str):
        raise TypeError(f"load_ptx takes the PTX text itself, a str; it was given a {type(text).__name__}.")
    if abi not in ABIS:
        raise ValueError(f"abi={abi!r} is none of {', '.join(map(repr, ABIS))}.")
    return PTXModule(text, abi)


class PTXModule:
    """The kernels of a PTX text, by name. Made by :func:`load_ptx`.

    Attributes:
        text: as given.
        abi: ``"ptx"`` or ``"numba"``.
        kernels: the names of the kernels (``.entry``) in it.
    """

    def __init__(self, text: str, abi: str) -> None:
        self.text, self.abi = text, abi
        self.module = load_text(text)
        entries = {
            n: f for n, f in self.module.functions.items() if f.kind == "entry" and not f.declared_only
        }
        self._kernels = {name: PTXKernel(self, function) for name, function in entries.items()}
        self.engine = running.Engine(text)

    @property
    def kernels(self) -> tuple[str, ...]:
        return tuple(self._kernels)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kernels)

    def __len__(self) -> int:
        return len(self._kernels)

    def __contains__(self, name: object) -> bool:
        return name in self._kernels

    def __getitem__(self, name: str) -> PTXKernel:
        """The kernel called ``name``. Of a mangled name its readable part will do, if only one has it.

        Raises:
            LaunchError: there is no such kernel; says which there are.
        """
        if name in self._kernels:
            return self._kernels[name]
        same = [kernel for full, kernel in self._kernels.items() if short(full) == name]
        if len(same) == 1:
            return same[0]
        raise LaunchError(self._no_kernel(name))

    def _no_kernel(self, name: object) -> str:
        function = self.module.functions.get(name) if isinstance(name, str) else None
        if function is not None:
            return f"{name} is a function (.func) of this PTX; only kernels (.entry) can be launched."
        if not self._kernels:
            return f"This PTX has no kernel called {name!r}; it has no kernel (.entry) at all."
        near = difflib.get_close_matches(str(name), self._kernels, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return f"This PTX has no kernel called {name!r}; it has {', '.join(self._kernels)}.{hint}"

    def __repr__(self) -> str:
        return "\n".join(repr(kernel) for kernel in self._kernels.values()) or "PTX without a kernel"


class PTXKernel:
    """One kernel of hand-written PTX; ``kernel[blocks, threads]`` is a launch of it."""

    def __init__(self, module: PTXModule, function: Function) -> None:
        self.module, self.function = module, function
        self.entry = function.name
        self.name = short(function.name)

    def __getitem__(self, configuration: Any) -> PTXLaunch:
        """``kernel[grid, block]``, then if wanted stream and bytes of dynamic shared memory.

        Raises:
            LaunchError: that is no configuration.
        """
        if not isinstance(configuration, tuple) or not 2 <= len(configuration) <= 4:
            raise LaunchError(
                f"{self.name}[...] takes the blocks and the threads of each, and if wanted a stream and the "
                f"bytes of dynamic shared memory; it was given {configuration!r}."
            )
        grid, block, stream, shared = (*configuration, 0, 0)[:4]
        return PTXLaunch(
            self,
            self._extents("grid", grid),
            self._extents("block", block),
            stream or 0,
            self._integer("dynamic shared memory", shared),
        )

    def _extents(self, what: str, dims: Any) -> Dim3:
        dims = dims if isinstance(dims, (tuple, list)) else (dims,)
        if not 1 <= len(dims) <= 3:
            raise LaunchError(f"{self.name}: a {what} has 1, 2 or 3 extents; this one has {len(dims)}.")
        return (*(self._integer(f"an extent of the {what}", n) for n in dims), 1, 1)[:3]

    def _integer(self, what: str, value: Any) -> int:
        try:
            number = value.__index__()
        except (AttributeError, TypeError):
            raise LaunchError(f"{self.name}: {what} must be an integer; it is {value!r}.") from None
        if number < 0:
            raise LaunchError(f"{self.name}: {what} is {number}; it cannot be negative.")
        return number

    def __call__(self, *arguments: Any) -> None:
        raise LaunchError(
            f"Say how many blocks and threads: {self.name}[blocks, threads](...), as with a Numba kernel."
        )

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(map(declared, self.function.params))})"


class PTXLaunch:
    """A kernel with its configuration; calling it runs the kernel.

    Attributes:
        kernel: which.
        griddim, blockdim: ``(x, y, z)`` each.
        stream: 0 for the default stream, or what ``cuda.stream()`` returns.
        sharedmem: bytes of dynamic shared memory.
    """

    def __init__(self, kernel: PTXKernel, grid: Dim3, block: Dim3, stream: Any, shared: int) -> None:
        self.kernel, self.griddim, self.blockdim = kernel, grid, block
        self.stream, self.sharedmem = stream, shared

    def __call__(self, *arguments: Any) -> None:
        """Run the kernel. Host arrays are copied to the device and back; device arrays stay there.

        Raises:
            LaunchError: the configuration or an argument is impossible.
            SimulationError: the program did something wrong.
        """
        self.kernel.module.engine.run(self, self.call(arguments))

    def call(self, arguments: tuple[Any, ...]) -> Call:
        """This launch with its arguments, for an engine to run.

        Raises:
            LaunchError: the arguments are not those that the kernel declares.
        """
        function, abi = self.kernel.function, self.kernel.module.abi
        name = self.kernel.name

        def marshal(place: Callable[[Any], Placed]) -> tuple[list[bytes], list[ArrayArgument]]:
            return flatten(name, function.params, arguments, abi, place)

        names = tuple(p.name for p in function.params) if abi == "ptx" else numbered(len(arguments))
        return Call(
            self.kernel.module.text,
            self.kernel.entry,
            name,
            None,
            names,
            self.griddim,
            self.blockdim,
            self.sharedmem,
            marshal,
        )

    def __repr__(self) -> str:
        return f"{self.kernel.name}[{self.griddim}, {self.blockdim}]"
