"""The PTX of a Numba kernel for a given GPU, with or without a driver."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

from smsim.driver import linker, state
from smsim.driver.numba_patches import let_line_numbers_link, unbound, with_line_numbers

_compiled: WeakKeyDictionary = WeakKeyDictionary()
_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A kernel compiled for a GPU.

    Attributes:
        ptx: the text, linked: everything the kernel calls is in it.
        entry: the kernel's name in the text.
        types: the Numba types of its arguments.
    """

    ptx: str
    entry: str
    types: tuple[Any, ...]


def ptx_for(dispatcher: Any, argument_types: Any, cc: tuple = (9, 0, "a")) -> str:
    """The PTX of ``dispatcher`` for arguments of the given types; see :func:`compile_for`."""
    return compile_for(dispatcher, argument_types, cc).ptx


def compile_for(dispatcher: Any, argument_types: Any, cc: tuple = (9, 0, "a")) -> Compiled:
    """Compile a kernel for a GPU that need not be here. Neither GPU nor driver is asked.

    The compiler, its options and the link step are those of a launch, so that the text is the one that
    a launch on such a GPU executes. Results are kept.

    Args:
        dispatcher: what ``@cuda.jit`` returns.
        argument_types: Numba types in a tuple, or a signature.
        cc: compute capability as Numba takes it, with the ``"a"`` of ``sm_90a`` as a third item.

    Raises:
        numba.core.errors.NumbaError: the kernel does not compile for these types.
    """
    types = _normalised(argument_types)
    kept = _compiled.setdefault(dispatcher, {})
    found = kept.get((types, cc))
    if found is None:
        with _lock:
            found = _as_launched(dispatcher, types, cc)
            if found is None:
                with _device_of(cc):
                    found = _compile(dispatcher, types, _accepted(cc))
            kept[(types, cc)] = found
    return found


def types_of(dispatcher: Any, arguments: Sequence[Any]) -> tuple[Any, ...]:
    """The Numba types for which ``dispatcher`` would be compiled when called with ``arguments``.

    A kernel with one fixed signature keeps that, as a launch does.
    """
    if dispatcher.specialized:
        return tuple(next(iter(dispatcher.overloads.values())).argument_types)
    return tuple(dispatcher.typeof_pyval(a) for a in arguments)


def _normalised(argument_types: Any) -> tuple[Any, ...]:
    from numba.cuda.core import sigutils

    return tuple(sigutils.normalize_signature(argument_types)[0])


def _as_launched(dispatcher: Any, types: tuple[Any, ...], cc: tuple) -> Compiled | None:
    """What a plain launch runs, where that is the simulated GPU asked for: it is compiled only once."""
    simulated = state.installed()
    if simulated is None or simulated.spec.numba_cc != cc:
        return None
    if dispatcher.specialized or not dispatcher._can_compile:
        kernel = dispatcher.overloads.get(types)
    else:
        with unbound():
            kernel = dispatcher.compile(types)
    if kernel is None:
        return None
    text = kernel.library.get_cubin().code.decode()
    return Compiled(text, kernel.entry_name, types)


def _accepted(cc: tuple) -> tuple:
    """``cc`` as this numba-cuda takes it: 0.22 knows no ``sm_90a``."""
    from numba.cuda.cudadrv import nvrtc

    return cc[: len(inspect.signature(nvrtc.get_arch_option).parameters)]


def built(dispatcher: Any, argument_types: Any, cc: tuple = (9, 0, "a")) -> Any:
    """Numba's own kernel object for a GPU that need not be here, before anything is linked."""
    with _lock, _device_of(cc):
        return _built(dispatcher, _normalised(argument_types))


def _built(dispatcher: Any, types: tuple[Any, ...]) -> Any:
    from numba.cuda.dispatcher import _Kernel

    let_line_numbers_link()
    options = with_line_numbers(dispatcher.py_func, dispatcher.targetoptions)
    return _Kernel(dispatcher.py_func, types, **options)


def _compile(dispatcher: Any, types: tuple[Any, ...], cc: tuple) -> Compiled:
    from numba.cuda.cudadrv import driver

    kernel = _built(dispatcher, types)
    library = kernel.library
    library.needs_cudadevrt = False  # the simulated device has its functions
    link = driver._Linker(max_registers=library._max_registers, cc=cc, lto=library._lto)
    library._link_all(link, cc)
    return Compiled(linker.link_to_ptx(link), library._entry_name or kernel.entry_name, types)


@contextmanager
def _device_of(cc: tuple) -> Iterator[None]:
    """Let Numba's compiler believe that the current device has compute capability ``cc``."""
    from numba.cuda import codegen, dispatcher

    pretended = SimpleNamespace(compute_capability=cc[:2])
    context = SimpleNamespace(device=pretended)
    devices = SimpleNamespace(get_context=lambda *_: context)
    before = dispatcher.get_current_device, codegen.devices
    dispatcher.get_current_device = lambda: pretended
    codegen.devices = devices
    try:
        yield
    finally:
        dispatcher.get_current_device, codegen.devices = before
