"""``smsim.check``: every hazard of one launch, found on a copy of its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from smsim.errors import SimulationError
from smsim.isolated import isolate_together
from smsim.machine.together import Together


@dataclass(frozen=True)
class CheckReport:
    """What :func:`check` found.

    Attributes:
        kernel: the kernel's name.
        errors: what makes the program wrong, in the order found.
        warnings: what is suspicious but does no harm, such as two threads that write the same value.
        results: the arguments as the run left them, in order: arrays as new NumPy arrays.
    """

    kernel: str
    errors: tuple[SimulationError, ...] = ()
    warnings: tuple[SimulationError, ...] = ()
    results: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether there is no error. Warnings do not count."""
        return not self.errors

    def __str__(self) -> str:
        if not self.errors and not self.warnings:
            return f"{self.kernel}: no hazard found"
        count = len(self.errors)
        what = {0: "no error", 1: "1 error"}.get(count, f"{count} errors")
        if self.warnings:
            what += f", {len(self.warnings)} warning" + ("s" if len(self.warnings) > 1 else "")
        lines = [f"{self.kernel}: {what}"]
        lines += [f"{type(e).__name__}: {e}" for e in self.errors]
        lines += [f"Warning, {type(w).__name__}: {w}" for w in self.warnings]
        return "\n".join(lines)

    __repr__ = __str__


def check(
    launch: Any,
    *arguments: Any,
    budget: int | None = None,
    seed: int | None = None,
    beside: Sequence[tuple[Any, ...]] = (),
) -> CheckReport:
    """Run a launch on the simulated SM and report every hazard; the arguments stay as they are.

    The kernel is compiled for the simulated H800 and runs there also where there is a GPU.

    Args:
        launch: a configured kernel, ``kernel[blocks, threads]`` or with stream and shared memory; also one
            of hand-written PTX, ``load_ptx(text)["name"][blocks, threads]``.
        arguments: what the kernel would be called with. Arrays that share memory go on sharing it.
        budget: engine steps that a chunk of blocks may take before it is stopped (by default about 20 s).
        seed: in which order threads run, as for :func:`smsim.attach`; ``None`` for the fixed order.
        beside: launches that run at the same time, each with its arguments: ``(kernel[blocks, threads, stream],
            x, y)``. Each runs on the GPU of its stream. Their hazards are reported too.

    Raises:
        LaunchError: the configuration, an argument or the seed is impossible.
        UnsupportedPTX: the kernel needs an instruction that is not executed yet.
    """
    settings = {"seed": seed} if budget is None else {"seed": seed, "budget": budget}
    pairs = [(launch, arguments), *((other, given) for other, *given in beside)]
    isolated = isolate_together("check", pairs, hazards="collect", **settings)
    runs = [one.prepare() for one in isolated]
    errors: list[SimulationError] = []
    try:
        Together(runs).run()
    except SimulationError as error:
        errors.append(error)
    found = [error for run in runs for error in run.errors]
    warnings = tuple(warning for run in runs for warning in run.warnings)
    return CheckReport(isolated[0].call.name, (*found, *errors), warnings, isolated[0].results())
