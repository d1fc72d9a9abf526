"""What floating-point instructions do besides rounding: one NaN, ``.ftz`` and ``.sat``.

``canonical`` writes into the array it is given: hand it a result that nobody else holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops.formats import format_of, unsigned

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

_SMALLEST_NORMAL = {np.dtype(t): np.finfo(t).tiny for t in (np.float16, np.float32, np.float64)}


def canonical(result: np.ndarray) -> np.ndarray:
    """``result`` with each NaN replaced by the one NaN of its format, in place.

    NumPy keeps an operand's payload or makes a NaN of the host's taste; hardware does neither.
    """
    nan = np.isnan(result)
    if nan.any():
        bits = result.view(unsigned(result.dtype))
        bits[nan] = format_of(result.dtype).nan
    return result


def flush(values: np.ndarray) -> np.ndarray:
    """``.ftz``: subnormal numbers become zeros of the same sign."""
    tiny = np.less(np.abs(values), _SMALLEST_NORMAL[values.dtype])
    if not tiny.any():
        return values
    return np.where(tiny, np.copysign(values.dtype.type(0), values), values)


def saturate(values: np.ndarray) -> np.ndarray:
    """``.sat``: clamped to [0, 1]; NaN and -0 become +0."""
    one, zero = values.dtype.type(1), values.dtype.type(0)
    return np.where(np.greater(values, zero), np.minimum(values, one), zero)


def finished(form: Form, compute: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """``compute`` with the ``.ftz`` and ``.sat`` of ``form`` around it, and canonical NaNs.

    ``compute`` must return an array of its own. A result is flushed after rounding: one that rounds up
    to the smallest normal number stays (the ISA does not say; assumed).
    """
    ftz, sat = "ftz" in form.flags, "sat" in form.flags
    if not ftz and not sat:
        return lambda *operands: canonical(compute(*operands))

    def run(*operands: np.ndarray) -> np.ndarray:
        if ftz:
            operands = tuple(map(flush, operands))
        result = compute(*operands)
        if ftz:
            result = flush(result)
        return saturate(result) if sat else canonical(result)

    return run
