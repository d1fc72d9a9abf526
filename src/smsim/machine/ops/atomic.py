"""How ``atom`` and ``red`` combine floats: what was in memory, and the operand.

Sums are rounded to nearest, NaN is the one NaN of its format. In global memory ``.add.f32`` treats
subnormals as zeros, in shared memory it keeps them (PTX ISA, ``atom``; NVIDIA's forum says the same of the
hardware, "AtomicAdd float does not add very small values"). All others keep them: ``.noftz``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops import floating, half

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Step = Callable[[np.ndarray, np.ndarray], np.ndarray]

_BY_NAME = {"add": "add", "min": "minimum", "max": "maximum"}
_SMALLEST_NORMAL = float(np.finfo(np.float32).tiny)


def step(form: Form, operation: str, space: str) -> Step | None:
    """``(old, operand) -> new`` for a float type; ``None`` for integers.

    Args:
        operation: ``add``, ``min`` or ``max``.
        space: where the word lies, ``"global"`` or ``"shared"``.
    """
    if form.type[0] not in "fb" or form.type in ("b16", "b32", "b64") or operation not in _BY_NAME:
        return None
    flags = {"rn"} | ({"ftz"} if form.type == "f32" and space == "global" else set())
    plain = replace(form, types=(form.type,), flags=frozenset(flags))
    return getattr(floating if form.type in ("f32", "f64") else half, _BY_NAME[operation])(plain)


def is_plain(values: np.ndarray) -> bool:
    """Whether NumPy adds these f32 or f64 as the SM does in every space: no NaN, and no subnormal f32."""
    if np.isnan(values).any():
        return False
    return values.dtype.itemsize > 4 or not np.any((np.abs(values) < _SMALLEST_NORMAL) & (values != 0))
