"""What was found wrong with one launch: told at once, or noted, or kept until more is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import SimulationError
from smsim.hazards.careful import CarefulRun, Suspicion
from smsim.hazards.unconfirmed import Unconfirmed

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.faults import AccessFault
    from smsim.machine.frame import Frame


class Findings:
    """The errors and warnings of a launch.

    Args:
        hazards: what is done about errors: ``"collect"`` and ``"warn"`` note them, all else raises the first.

    Attributes:
        errors, warnings: those noted, each once.
        unconfirmed: reads that may yet turn out to race.
        careful: follows suspected values in a run that is a repetition; ``None`` in a first run.
    """

    def __init__(self, hazards: str) -> None:
        self.hazards = hazards
        self.errors: list[SimulationError] = []
        self.warnings: list[SimulationError] = []
        self.unconfirmed = Unconfirmed()
        self.careful: CarefulRun | None = None

    def found(self, error: SimulationError) -> None:
        """An error was found: raise it, or note it and go on where errors are collected.

        A read of what nobody wrote is kept back until it is clear that it does not race.

        Raises:
            SimulationError: ``error`` itself, or a read that was kept back before it.
        """
        if self.unconfirmed.keep(error, self.errors):
            return
        self.unconfirmed.explained_by(error)
        self.tell_unconfirmed()
        self._tell(error)

    def tell_unconfirmed(self) -> None:
        """The reads that were kept back do not race, as far as the launch went: they are told.

        Raises:
            UninitializedRead: the first of them, unless errors are collected.
        """
        reads, self.unconfirmed.reads = self.unconfirmed.reads, []
        for read in reads:
            self._tell(read)

    def _tell(self, error: SimulationError) -> None:
        if self.hazards not in ("collect", "warn"):
            raise error
        if not any(_same_finding(error, known) for known in self.errors):
            self.errors.append(error)

    def undefined(self, frame: Frame, step: Step, slot: int | None, lanes: np.ndarray) -> None:
        """A result that the ISA leaves undefined in ``lanes``: an error if it gets anywhere.

        Raises:
            Suspicion: in a first run; the launch is then repeated, following the value.
        """
        if self.hazards == "off" or slot is None:
            return
        if self.careful is None:
            raise Suspicion(set())
        self.careful.undefined(frame, step, slot, lanes)

    def beside_the_array(self, frame: Frame, step: Step, fault: AccessFault) -> None:
        """A vector load that begins in an array has ended beside it: an error if that value gets anywhere.

        Raises:
            Suspicion: in a first run; the launch is then repeated, following the value.
        """
        if self.hazards == "off":
            return
        if self.careful is None:
            raise Suspicion(set())
        self.careful.beside(frame, step, fault)

    def warn(self, warning: SimulationError) -> None:
        if not any(_same_finding(warning, known) for known in self.warnings):
            self.warnings.append(warning)


def _same_finding(a: SimulationError, b: SimulationError) -> bool:
    """One mistake is told once, however often the compiler has unrolled it."""
    return type(a) is type(b) and _lines(a) == _lines(b) and a.array == b.array


def _lines(error: SimulationError) -> tuple:
    lines = getattr(error, "source_lines", (error.source_line,))
    return lines if None not in lines else (error.ptx_line,)
