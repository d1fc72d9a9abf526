"""From Python arguments and Numba types to the bytes of PTX parameters, and back to array names.

Numba flattens a kernel's arguments. One PTX parameter each, in order:

=====================  ==============================================================================
array of n dimensions  0, 0, size, item size, address, n extents, n strides: 64 bits each
integer, bool          its own width; bool is one byte
float16, 32, 64        its bits
complex                real part, imaginary part
datetime, timedelta    64-bit integer
record                 address of a copy in device memory, 64 bits
tuple                  its items, flattened
enum member            its value
pointer                64 bits
=====================  ==============================================================================
"""

from __future__ import annotations

import inspect
import numbers
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from smsim.copied import Placed
from smsim.errors import LaunchError
from smsim.machine.arguments import ArrayArgument


class ArgumentError(LaunchError, TypeError):
    """An argument that this kernel cannot take. A TypeError too, as Numba's own are."""


@lru_cache(maxsize=1024)
def parameter_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a kernel's parameters in its Python source."""
    return tuple(inspect.signature(function).parameters)


def numbered_names(count: int) -> tuple[str, ...]:
    """Names for parameters whose source is not known."""
    return tuple(f"argument {i + 1}" for i in range(count))


def marshal(
    types: Sequence[Any],
    names: Sequence[str],
    values: Sequence[Any],
    place: Callable[[Any], Placed],
) -> tuple[list[bytes], list[ArrayArgument]]:
    """Parameter bytes, little-endian, one entry a PTX parameter, and the arrays among the arguments.

    Args:
        types: Numba type of each argument.
        names: the parameters' Python names.
        values: the arguments.
        place: puts an array (or a record) into device memory and says where.

    Raises:
        ArgumentError: a value that its type cannot take.
    """
    check_arguments(types, names, values)
    params: list[bytes] = []
    arrays: list[ArrayArgument] = []
    for kind, name, value in zip(types, names, values):
        for leaf_kind, leaf_name, leaf in _leaves(kind, name, value):
            _append(leaf_kind, leaf_name, leaf, place, params, arrays)
    return params, arrays


def _append(
    kind: Any,
    name: str,
    value: Any,
    place: Callable[[Any], Placed],
    params: list[bytes],
    arrays: list[ArrayArgument],
) -> None:
    t = _numba_types()
    if isinstance(kind, t.Array):
        at = place(getattr(value, "value", value))  # cuda.In, Out, InOut hold the array in .value
        params += [_word(w) for w in array_words(at)]
        arrays.append(ArrayArgument(name, at.address, tuple(at.shape), tuple(at.strides), at.dtype))
    elif isinstance(kind, t.Record):
        params.append(_word(place(getattr(value, "value", value)).address))
    elif isinstance(kind, t.Boolean):
        params.append(bytes([bool(value)]))
    elif isinstance(kind, t.Integer):
        params.append(int(value).to_bytes(kind.bitwidth // 8, "little", signed=kind.signed))
    elif isinstance(kind, t.Float):
        params.append(np.array(value, _dtype(kind)).tobytes())
    elif isinstance(kind, t.Complex):
        number = np.array(value, _dtype(kind))
        params += [number.real.tobytes(), number.imag.tobytes()]
    elif isinstance(kind, (t.NPDatetime, t.NPTimedelta)):
        params.append(value.view(np.int64).tobytes())
    elif isinstance(kind, (t.CPointer, t.RawPointer)):
        params.append(_word(int(value)))
    else:
        raise ArgumentError(f"`{name}` is of a type that kernels cannot take: {kind}.")


def array_words(at: Placed) -> tuple[int, ...]:
    """The 64-bit words that Numba's PTX takes for an array of n dimensions: 5 + 2n of them."""
    size = int(np.prod(at.shape, dtype=np.int64))
    return (0, 0, size, at.dtype.itemsize, at.address, *at.shape, *at.strides)


def _word(value: int) -> bytes:
    return struct.pack("<Q", value & 0xFFFF_FFFF_FFFF_FFFF)


def _leaves(kind: Any, name: str, value: Any) -> Iterator[tuple[Any, str, Any]]:
    """``value`` taken apart: tuples into items, enum members into values."""
    t = _numba_types()
    if isinstance(kind, t.BaseTuple):
        for i, (k, v) in enumerate(zip(kind, value)):
            yield from _leaves(k, f"{name}[{i}]", v)
    elif isinstance(kind, t.EnumMember):
        yield from _leaves(kind.dtype, name, value.value)
    else:
        yield kind, name, value


# -- reading the flattened form back -------------------------------------------------------------------


def arrays_among(types: tuple[Any, ...], names: tuple[str, ...], raw: Sequence[bytes]) -> list[ArrayArgument]:
    """The array arguments of a launch whose flattened parameters are ``raw``.

    Empty when the parameters are not those that ``types`` flatten to (an extension changed them, say).
    """
    plan = _plan(types, names)
    if plan.width != len(raw):
        return []
    found = []
    for at, name, ndim, dtype in plan.arrays:
        words = [int.from_bytes(r, "little", signed=True) for r in raw[at + 4 : at + 5 + 2 * ndim]]
        address = words[0] & 0xFFFF_FFFF_FFFF_FFFF
        shape, strides = tuple(words[1 : 1 + ndim]), tuple(words[1 + ndim :])
        found.append(ArrayArgument(name, address, shape, strides, dtype))
    return found


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where arrays stand among ``width`` flattened parameters: position, name, dimensions, dtype."""

    width: int
    arrays: tuple[tuple[int, str, int, np.dtype], ...]


@lru_cache(maxsize=512)
def _plan(types: tuple[Any, ...], names: tuple[str, ...]) -> _Plan:
    at, arrays = 0, []
    for kind, name in _typed_leaves(types, names):
        if isinstance(kind, _numba_types().Array):
            arrays.append((at, name, kind.ndim, _dtype(kind.dtype)))
        at += _width(kind)
    return _Plan(at, tuple(arrays))


def _typed_leaves(types: Sequence[Any], names: Sequence[str]) -> Iterator[tuple[Any, str]]:
    t = _numba_types()
    for kind, name in zip(types, names):
        if isinstance(kind, t.BaseTuple):
            yield from _typed_leaves(tuple(kind), [f"{name}[{i}]" for i in range(len(kind))])
        else:
            yield kind, name


def _width(kind: Any) -> int:
    """How many PTX parameters a leaf becomes."""
    t = _numba_types()
    if isinstance(kind, t.Array):
        return 5 + 2 * kind.ndim
    return 2 if isinstance(kind, t.Complex) else 1


# -- wrong arguments, said in the kernel's own names ---------------------------------------------------

_NEVER = {
    list: "a list; pass numpy.array(...) of it",
    dict: "a dict; pass its values as arrays or numbers",
    set: "a set; pass a NumPy array",
    str: "a string; kernels take arrays and numbers",
    bytes: "bytes; pass numpy.frombuffer(..., numpy.uint8)",
    type(None): "None; pass an array or a number",
}


def check_count(kernel: str, names: Sequence[str], values: Sequence[Any]) -> None:
    """Raises ArgumentError when there are more or fewer arguments than parameters."""
    if len(values) != len(names):
        listed = ", ".join(names)
        raise ArgumentError(
            f"{kernel} takes {_plural(len(names), 'argument')} ({listed}); {len(values)} were given.",
            kernel=kernel,
        )


def check_passable(kernel: str, names: Sequence[str], values: Sequence[Any]) -> None:
    """Raises ArgumentError for Python objects that no kernel can take."""
    for name, value in zip(names, values):
        reason = _NEVER.get(type(value))
        if reason:
            raise ArgumentError(f"{kernel}: `{name}` is {reason}.", kernel=kernel)


def check_arguments(types: Sequence[Any], names: Sequence[str], values: Sequence[Any]) -> None:
    """Each value against the type that the kernel was compiled for.

    Numba checks nothing when a kernel has a fixed signature: a float64 array passed for ``float32[:]``
    would silently be read as pairs of float32.

    Raises:
        ArgumentError: naming the argument, what it must be and what it is.
    """
    for kind, name, value in zip(types, names, values):
        wrong = _mismatch(kind, getattr(value, "value", value) if _is_hint(value) else value)
        if wrong:
            raise ArgumentError(f"`{name}` {wrong}.")


def _is_hint(value: Any) -> bool:
    return type(value).__name__ in ("In", "Out", "InOut") and hasattr(value, "to_device")


def _mismatch(kind: Any, value: Any) -> str | None:
    t = _numba_types()
    if isinstance(kind, t.Array):
        return _array_mismatch(kind, value)
    if isinstance(kind, t.Boolean):
        wanted, fits = "a bool", isinstance(value, (bool, np.bool_, numbers.Integral))
    elif isinstance(kind, t.Integer):
        fits = isinstance(value, (numbers.Integral, np.bool_))
        wanted = f"an integer ({kind})"
        if fits and not kind.minval <= int(value) <= kind.maxval:
            return f"is {value}, which does not fit {kind} ({kind.minval} to {kind.maxval})"
    elif isinstance(kind, t.Float):
        wanted, fits = f"a number ({kind})", isinstance(value, (numbers.Real, np.bool_))
    elif isinstance(kind, t.Complex):
        wanted, fits = f"a number ({kind})", isinstance(value, numbers.Number)
    elif isinstance(kind, t.BaseTuple):
        if not isinstance(value, tuple) or len(value) != len(kind):
            return f"must be a tuple of {len(kind)}; it is {_what(value)}"
        parts = (_mismatch(k, v) for k, v in zip(kind, value))
        return next((f"item {i} {p}" for i, p in enumerate(parts) if p), None)
    else:
        return None
    return None if fits else f"must be {wanted}; it is {_what(value)}"


def _array_mismatch(kind: Any, value: Any) -> str | None:
    wanted = _dtype(kind.dtype)
    if not hasattr(value, "shape") or not hasattr(value, "dtype"):
        if hasattr(value, "__cuda_array_interface__"):
            return None
        return f"must be {_array_name(kind.ndim, wanted)}; it is {_what(value)}"
    if not _same_bits(value.dtype, wanted) or len(value.shape) != kind.ndim:
        return f"must be {_array_name(kind.ndim, wanted)}; it is {_what(value)}"
    if kind.layout in "CF" and 0 not in value.shape:
        packed = _packed(value.shape, wanted.itemsize, kind.layout)
        steps = zip(value.shape, value.strides, packed)
        if any(extent > 1 and step != needed for extent, step, needed in steps):
            return (
                f"must be contiguous in {kind.layout} order, for which the kernel was compiled; "
                f"its strides are {tuple(value.strides)}"
            )
    return None


def _same_bits(given: np.dtype, wanted: np.dtype) -> bool:
    """Whether a kernel reads the same values: Numba programs do pass int32 for uint32."""
    if given.kind in "iub" and wanted.kind in "iub":
        return given.itemsize == wanted.itemsize
    return given == wanted


def _packed(shape: Sequence[int], itemsize: int, layout: str) -> tuple[int, ...]:
    strides, step = [], itemsize
    for extent in shape if layout == "F" else reversed(shape):
        strides.append(step)
        step *= extent
    return tuple(strides if layout == "F" else reversed(strides))


def _what(value: Any) -> str:
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return _array_name(len(value.shape), value.dtype) if value.shape else f"one {value.dtype}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _array_name(ndim: int, dtype: np.dtype) -> str:
    return f"a {ndim}-D array of {dtype}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


@lru_cache(maxsize=512)
def _dtype(kind: Any) -> np.dtype:
    """The NumPy dtype of a Numba scalar or record type."""
    try:
        from numba.cuda.np.numpy_support import as_dtype
    except ImportError:
        from numba.np.numpy_support import as_dtype
    return as_dtype(kind)


def _numba_types() -> Any:
    from numba.cuda import types

    return types
