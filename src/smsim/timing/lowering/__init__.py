"""From basic blocks of PTX to what an assembler would leave of them, as far as the timing depends on it."""

from smsim.timing.lowering.lower import lower

__all__ = ["lower"]
