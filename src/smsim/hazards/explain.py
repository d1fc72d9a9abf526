"""Turns what went wrong in a launch into an exception with a sentence, and the facts behind it.

A sentence names thread, block, kernel, array and element as the reader wrote them, then the Python
line and the PTX line. It holds no pointer and no file name, so the same program gives the same text
everywhere.
"""

from __future__ import annotations

from smsim.hazards.async_errors import AsyncErrors
from smsim.hazards.ending_errors import EndingErrors
from smsim.hazards.memory_errors import MemoryErrors
from smsim.hazards.register_errors import RegisterErrors
from smsim.hazards.waiting_errors import WaitingErrors


class Explain(MemoryErrors, WaitingErrors, RegisterErrors, EndingErrors, AsyncErrors):
    """Builds the errors of one launch."""
