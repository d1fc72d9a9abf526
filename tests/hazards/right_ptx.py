"""All correct hand-written kernels, of unusual style. None of them may be accused of anything."""

import right_ptx_async  # noqa: F401
import right_ptx_bulk  # noqa: F401
import right_ptx_flow  # noqa: F401
import right_ptx_meeting  # noqa: F401
import right_ptx_memory  # noqa: F401
import right_ptx_order  # noqa: F401
from correct_ptx import CASES

__all__ = ["CASES"]
