"""One row of the calibration: what the model says, what others measured, and whether that is near enough."""

from __future__ import annotations

from dataclasses import dataclass

#: How a row can be gated. The number of a percentage is the most that the model may miss by.
EQUAL, WITHIN_2, WITHIN_15, NOT_GATED = "equal", "within 2 %", "within 15 %", "not gated"
_MOST = {EQUAL: 1e-9, WITHIN_2: 0.02, WITHIN_15: 0.15}


@dataclass(frozen=True, slots=True)
class Source:
    """One published value.

    ``mark`` is one of :data:`smsim.devices.spec.MARKS`.
    """

    value: float
    source: str
    date: str
    mark: str


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison.

    Attributes:
        subject: the section it belongs to.
        name: what was measured.
        device: the GPU that was modelled.
        modelled: what the model says.
        unit: of it and of the sources.
        sources: what others found. The gate is against the first.
        gate: one of the four above.
    """

    subject: str
    name: str
    device: str
    modelled: float
    unit: str
    sources: tuple[Source, ...]
    gate: str

    @property
    def off(self) -> float | None:
        """By what share the model is off its first source; ``None`` without one, or where that is 0."""
        if not self.sources or not self.sources[0].value:
            return None
        return self.modelled / self.sources[0].value - 1

    @property
    def holds(self) -> bool | None:
        """Whether the gate holds; ``None`` where there is none."""
        if self.gate == NOT_GATED:
            return None
        reference = self.sources[0].value
        return abs(self.modelled - reference) <= _MOST[self.gate] * abs(reference)
