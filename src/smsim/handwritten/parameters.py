"""From arguments to the bytes of the ``.param`` variables that a hand-written kernel declares.

Count, size and type of every argument are checked against the declarations, because nothing else would: a
GPU reads whatever bytes it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from smsim.copied import Placed
from smsim.errors import LaunchError
from smsim.handwritten.scalars import Misfit, scalar_bytes, struct_bytes
from smsim.machine.arguments import ArrayArgument
from smsim.ptx.nodes import Variable

_ADDRESS_TYPES = ("u64", "s64", "b64")


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one parameter is to hold: a value, or the address of an array.

    Attributes:
        argument: which argument it belongs to, from 0.
        part: which part of it, ``""`` if it is the whole.
    """

    argument: int
    part: str
    value: Any
    is_address: bool = False


def flatten(
    kernel: str,
    params: Sequence[Variable],
    arguments: Sequence[Any],
    abi: str,
    place: Callable[[Any], Placed],
) -> tuple[list[bytes], list[ArrayArgument]]:
    """The bytes of each parameter, little-endian, and the arrays among the arguments.

    Args:
        kernel: its name, for messages.
        params: what the kernel declares.
        arguments: what it is launched with.
        abi: ``"ptx"`` or ``"numba"``, as :func:`smsim.load_ptx` takes it.
        place: puts an array into device memory.

    Raises:
        LaunchError: an argument does not fit; says which, what the kernel declares, and what was given.
    """
    if abi == "ptx":
        _check_count(kernel, params, arguments)
    arrays: dict[int, ArrayArgument] = {}
    pieces = [
        piece
        for number, value in enumerate(arguments)
        for piece in _pieces(number, value, abi, _placing(kernel, params, number, abi, place, arrays))
    ]
    if len(pieces) != len(params):
        raise LaunchError(_count_of_pieces(kernel, params, pieces, len(arguments)))
    raw = []
    for piece, param in zip(pieces, params):
        try:
            raw.append(_bytes(piece, param))
        except Misfit as misfit:
            raise LaunchError(f"{kernel}: {_called(piece, param, abi)} {misfit}.", kernel=kernel) from None
    return raw, list(arrays.values())


def declared(param: Variable) -> str:
    """``.u64 x``, as PTX declares it."""
    kind = f".{param.type}" if param.count == 1 else f".b8[{param.size_bytes}]"
    return f"{kind} {param.name}"


def numbered(count: int) -> tuple[str, ...]:
    """Names for arguments that have none."""
    return tuple(f"argument {i + 1}" for i in range(count))


def is_array(value: Any) -> bool:
    """Whether a kernel gets the address of ``value`` rather than its value."""
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return hasattr(value, "__cuda_array_interface__")


# -- arguments to pieces -------------------------------------------------------------------------------


def _pieces(number: int, value: Any, abi: str, place: Callable[[Any], Placed]) -> Iterator[_Piece]:
    if abi == "ptx":
        if is_array(value):
            yield _Piece(number, "", place(value).address, is_address=True)
        else:
            yield _Piece(number, "", value)
        return
    yield from _as_numba(number, "", value, place)


def _as_numba(number: int, part: str, value: Any, place: Callable[[Any], Placed]) -> Iterator[_Piece]:
    """The parts of one value, in the order in which Numba's PTX takes them."""
    from smsim.driver.arguments import array_words

    if is_array(value):
        words = array_words(place(value))
        labels = ("meminfo", "parent", "size", "itemsize", "data")
        labels += tuple(
            f"{what}[{axis}]" for what in ("shape", "strides") for axis in range(len(words[5:]) // 2)
        )
        for label, word in zip(labels, words):
            yield _Piece(number, f"{part}.{label}", word, is_address=label == "data")
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _as_numba(number, f"{part}[{index}]", item, place)
    elif isinstance(value, (complex, np.complexfloating)):
        yield _Piece(number, f"{part}.real", value.real)
        yield _Piece(number, f"{part}.imag", value.imag)
    else:
        yield _Piece(number, part, value)


def _placing(
    kernel: str,
    params: Sequence[Variable],
    number: int,
    abi: str,
    place: Callable[[Any], Placed],
    arrays: dict[int, ArrayArgument],
) -> Callable[[Any], Placed]:
    """``place`` for one argument, which checks the array first and notes it for messages."""
    name = params[number].name if abi == "ptx" else numbered(number + 1)[-1]

    def placed(value: Any) -> Placed:
        if abi == "ptx" and not _without_gaps(value):
            raise LaunchError(
                f"{kernel}: argument {number + 1} (`{name}`) is an array with gaps or in reverse, and the "
                "kernel would get nothing but its address. Pass numpy.ascontiguousarray(...) of it.",
                kernel=kernel,
            )
        at = place(value)
        arrays[len(arrays)] = ArrayArgument(name, at.address, tuple(at.shape), tuple(at.strides), at.dtype)
        return at

    return placed


def _without_gaps(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.flags.c_contiguous or value.flags.f_contiguous
    interface = value.__cuda_array_interface__
    if interface.get("strides") is None or 0 in interface["shape"]:
        return True
    step = np.dtype(interface["typestr"]).itemsize
    for stride, extent in sorted(zip(interface["strides"], interface["shape"])):
        if extent > 1 and stride != step:
            return False
        step *= extent
    return True


# -- pieces to bytes -----------------------------------------------------------------------------------


def _bytes(piece: _Piece, param: Variable) -> bytes:
    """Raises Misfit: the parameter is of another size or type."""
    if piece.is_address:
        if param.count != 1 or param.type not in _ADDRESS_TYPES:
            raise Misfit("an array was given, which is an address and needs .u64")
        if param.pointee_align and piece.value % param.pointee_align:
            raise Misfit(f"the array given does not begin at a multiple of {param.pointee_align} bytes")
        return int(piece.value).to_bytes(8, "little")
    if param.count != 1:
        return struct_bytes(piece.value, param.size_bytes)
    return scalar_bytes(piece.value, param.type)


def _called(piece: _Piece, param: Variable, abi: str) -> str:
    """``argument 2 (`n`) is .u32:``, with what the kernel declares."""
    kind = f".{param.type}" if param.count == 1 else f"a struct of {param.size_bytes} bytes"
    if abi == "ptx":
        return f"argument {piece.argument + 1} (`{param.name}`) is {kind};"
    part = f" (its part {piece.part})" if piece.part else ""
    return f"argument {piece.argument + 1}{part} goes to a parameter of type {kind};"


def _check_count(kernel: str, params: Sequence[Variable], arguments: Sequence[Any]) -> None:
    if len(arguments) == len(params):
        return
    takes = f"{len(params)} argument" + ("" if len(params) == 1 else "s")
    listed = f" ({', '.join(map(declared, params))})" if params else ""
    given = f"{len(arguments)} {'was' if len(arguments) == 1 else 'were'} given"
    hint = ""
    if len(params) > len(arguments) and any(is_array(a) for a in arguments) and len(params) > 7:
        hint = ' PTX that Numba wrote takes an array in several parts: load_ptx(text, abi="numba").'
    raise LaunchError(f"{kernel} takes {takes}{listed}; {given}.{hint}", kernel=kernel)


def _count_of_pieces(
    kernel: str, params: Sequence[Variable], pieces: Sequence[_Piece], arguments: int
) -> str:
    counts = [sum(p.argument == number for p in pieces) for number in range(arguments)]
    listed = " + ".join(map(str, counts)) or "0"
    return (
        f"{kernel} has {len(params)} parameters; as Numba flattens them, the {arguments} arguments given make "
        f"{listed} = {len(pieces)}."
    )
