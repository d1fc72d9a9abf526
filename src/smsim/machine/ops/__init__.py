"""What one computing instruction computes, on NumPy arrays: the arithmetic of the simulated SM.

Each module is a family. Each public function of a module is the ``semantics`` of one or more rows of
:mod:`smsim.ptx.table`: ``add(form)`` is called once, when a kernel is decoded, and returns the function
that is called each time the instruction executes.

That function receives one array for each source operand, already viewed as the NumPy type of its PTX
type (see :mod:`~smsim.machine.ops.formats`), and returns a new array of the destination's type, or a
tuple for several destinations. Shapes are ``(T or 1, B or 1)``: T threads of a block by B blocks; NumPy
broadcasts. Operands are never written to. The caller holds ``np.errstate(all="ignore")``.

Two promises hold for every family. Integer results and correctly rounded floating-point results equal
the PTX ISA's to the bit. Results marked ``.approx`` stay within the ISA's error bounds and are made
of IEEE additions, multiplications, divisions and square roots only, so every machine gets the same
bits, the browser included.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops.allocation import keep_freed_memory

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

keep_freed_memory()

Operation = Callable[..., np.ndarray]


def operation(form: Form) -> Operation:
    """The function that executes ``form``; ``form.row.semantics`` names it as ``family.function``."""
    family, _, name = form.row.semantics.partition(".")
    return getattr(importlib.import_module(f"{__name__}.{family}"), name)(form)
