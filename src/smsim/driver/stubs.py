"""Machine code between NVIDIA's packages and our Python functions.

Two reasons keep a plain ctypes callback from standing in the table itself. cuda.core calls the driver
from C++ destructors after Python has ended, when a callback crashes the process. And most of the 500
functions have no implementation, so a callback for each would be waste. llvmlite, which Numba brings,
makes both small functions in one module:

* implemented: ``if (!alive) return 0; return callback(...)``
* not implemented: ``++calls[i]; return CUDA_ERROR_NOT_SUPPORTED``

``alive`` becomes 0 when Python begins to end.
"""

from __future__ import annotations

import atexit
import ctypes
from collections.abc import Callable

from smsim.driver import codes

_CTYPES = {8: ctypes.c_uint8, 16: ctypes.c_uint16, 32: ctypes.c_int32, 64: ctypes.c_uint64}


class Stubs:
    """Compiled stubs. ``addresses[name]`` is the function to call; all of it lives as long as the process.

    Args:
        callbacks: name -> (argument widths in bits, Python function returning a CUresult).
        unsupported: names that get the counting stub.
    """

    def __init__(
        self, callbacks: dict[str, tuple[list[int], Callable[..., int]]], unsupported: list[str]
    ) -> None:
        self._unsupported = unsupported
        self._closures: list[object] = []
        engine = _compile(self._source(callbacks, unsupported))
        self.addresses = {
            name: engine.get_function_address("stub_" + name) for name in [*callbacks, *unsupported]
        }
        self._alive = ctypes.c_int32.from_address(engine.get_global_value_address("alive"))
        size = max(1, len(unsupported))
        self._calls = (ctypes.c_int64 * size).from_address(engine.get_global_value_address("calls"))
        for kept in (self, engine):  # C code may call in until the very end of the process
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(kept))
        atexit.register(self._end)

    def unsupported_calls(self) -> dict[str, int]:
        """How often each unimplemented function was called; those never called are left out."""
        return {name: n for name, n in zip(self._unsupported, self._calls) if n}

    def _end(self) -> None:
        self._alive.value = 0

    def _source(
        self, callbacks: dict[str, tuple[list[int], Callable[..., int]]], unsupported: list[str]
    ) -> str:
        lines = [
            "@alive = global i32 1",
            f"@calls = global [{max(1, len(unsupported))} x i64] zeroinitializer",
        ]
        for name, (bits, function) in callbacks.items():
            prototype = ctypes.CFUNCTYPE(ctypes.c_int32, *(_CTYPES[b] for b in bits))
            closure = prototype(function)
            self._closures.append(closure)
            address = ctypes.cast(closure, ctypes.c_void_p).value
            lines.append(_forwarding_stub(name, bits, address))
        lines += [_counting_stub(name, i, len(unsupported)) for i, name in enumerate(unsupported)]
        return "\n".join(lines)


def _forwarding_stub(name: str, bits: list[int], address: int) -> str:
    parameters = ", ".join(f"i{b} %a{i}" for i, b in enumerate(bits))
    return f"""
define i32 @stub_{name}({parameters}) {{
  %state = load volatile i32, i32* @alive
  %dead = icmp eq i32 %state, 0
  br i1 %dead, label %ended, label %running
ended:
  ret i32 0
running:
  %callback = inttoptr i64 {address} to i32 ({", ".join(f"i{b}" for b in bits)})*
  %result = call i32 %callback({parameters})
  ret i32 %result
}}"""


def _counting_stub(name: str, index: int, count: int) -> str:
    """Ignores its arguments, which the platform's calling conventions allow for any signature."""
    return f"""
define i32 @stub_{name}() {{
  %slot = getelementptr [{count} x i64], [{count} x i64]* @calls, i64 0, i64 {index}
  %before = load i64, i64* %slot
  %after = add i64 %before, 1
  store i64 %after, i64* %slot
  ret i32 {codes.NOT_SUPPORTED}
}}"""


def _compile(source: str):
    import llvmlite.binding as llvm

    try:  # llvmlite before 0.45 must be told; later versions do it themselves and refuse
        llvm.initialize()
    except RuntimeError:
        pass
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    module = llvm.parse_assembly(source)
    machine = llvm.Target.from_default_triple().create_target_machine(opt=0)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine
