"""What Numba makes of a kernel before there is PTX: its typed intermediate representation, and its LLVM IR."""

from __future__ import annotations

import io
from typing import Any

from smsim.driver.compile import built


def typed_and_llvm(dispatcher: Any, argument_types: Any, cc: tuple = (9, 0, "a")) -> tuple[str, str]:
    """The typed representation as Numba prints it between the lines of the source, and the kernel's LLVM IR.

    They are compiled as :func:`smsim.driver.compile.compile_for` does it, so they are what the PTX comes from.
    """
    kernel = built(dispatcher, argument_types, cc)
    printed = io.StringIO()
    kernel.inspect_types(file=printed)
    return printed.getvalue(), kernel.inspect_llvm()
