"""All planted mistakes in hand-written PTX."""

import wrong_ptx_async  # noqa: F401
import wrong_ptx_memory  # noqa: F401
import wrong_ptx_order  # noqa: F401
import wrong_ptx_tensor  # noqa: F401
import wrong_ptx_waiting  # noqa: F401
from planted_ptx import CASES

__all__ = ["CASES"]
