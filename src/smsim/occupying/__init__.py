"""Which of an SM's resources a kernel's blocks use up: ``smsim.occupancy`` and the pieces it is made of."""

from smsim.occupying.ask import occupancy, of_call
from smsim.occupying.result import Occupancy

__all__ = ["Occupancy", "occupancy", "of_call"]
