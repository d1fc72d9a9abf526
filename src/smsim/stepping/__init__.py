"""Running a kernel instruction by instruction: ``smsim.step`` and the pieces it is made of."""

from smsim.stepping.stepper import Stepper, step

__all__ = ["Stepper", "step"]
