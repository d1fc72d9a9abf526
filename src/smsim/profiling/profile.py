"""What :func:`smsim.profile` gives back."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from smsim.occupying import Occupancy
from smsim.profiling import limiter, page, plain, stalls, utilisation
from smsim.profiling.evidence import Evidence
from smsim.profiling.hotlines import HotLines, hot_lines
from smsim.profiling.limiter import Limiter
from smsim.profiling.metric_table import Metrics
from smsim.profiling.roofline import Roofline, roofline
from smsim.profiling.timeline import Timeline, timeline
from smsim.profiling.utilisation import Use


class Profile:
    """One launch's time and where it went. Printed, it is a table; a notebook draws it.

    Attributes:
        kernel: the kernel's name.
        device: the GPU's name.
        estimate: whether later waves were extrapolated.
        metrics: Nsight Compute's names to numbers, with units, meanings and origins.
        occupancy: what fits on an SM and what limits it; ``achieved`` is :attr:`achieved_occupancy`.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.kernel: str = evidence.isolated.call.name
        self.device: str = evidence.spec.name
        self.estimate: bool = evidence.estimate
        self.occupancy: Occupancy = evidence.occupancy
        self.metrics = Metrics(evidence)

    @cached_property
    def results(self) -> tuple[Any, ...] | None:
        """The arguments as the run left them, in order, arrays as new NumPy arrays; ``None`` in an estimate."""
        return None if self.estimate else self._evidence.isolated.results()

    # -- time --------------------------------------------------------------------------------------------

    @property
    def cycles(self) -> int:
        """Cycles of the SM's clock from launch to end, all waves and the launch's own cost included."""
        return self._evidence.cycles

    @property
    def seconds(self) -> float:
        """The same in seconds: :attr:`cycles` over the clock. :attr:`launch_seconds` of them are the launch."""
        return self._evidence.seconds

    @property
    def launch_cycles(self) -> int:
        """Of :attr:`cycles`, what the launch itself costs."""
        return self._evidence.launch_cycles

    @property
    def launch_seconds(self) -> float:
        """Of :attr:`seconds`, what the launch itself costs."""
        return self.launch_cycles / self._evidence.spec.clock_hz

    # -- why ---------------------------------------------------------------------------------------------

    @cached_property
    def stalls(self) -> dict[str, float]:
        """Reason to cycles a warp spent in it for each instruction issued, largest first (Nsight Compute's
        ``smsp__average_warps_issue_stalled_..._per_issue_active.ratio``)."""
        return stalls.per_issue(self._evidence)

    @property
    def achieved_occupancy(self) -> float:
        """Warps resident on average as a fraction of the most that an SM can hold."""
        return self._evidence.warps_active / self._evidence.spec.max_warps_per_sm

    @cached_property
    def limiter(self) -> Limiter:
        """What bounds the kernel, by the rule in :mod:`smsim.profiling.limiter`."""
        return limiter.judge(self._evidence)

    @cached_property
    def speed_of_light(self) -> tuple[Use, ...]:
        """How busy each part was while the SM was active: issue slots and pipes, LSU, caches, DRAM."""
        return (*utilisation.compute(self._evidence), *utilisation.memory(self._evidence))

    def roofline(self) -> Roofline:
        """Arithmetic intensity and FLOP/s against the device's roofs."""
        return roofline(self._evidence)

    def timeline(self) -> Timeline:
        """What the warps of the SM did over time."""
        return timeline(self._evidence)

    def source(self) -> HotLines:
        """Where the warps' cycles went, by Python line and by PTX instruction."""
        return hot_lines(self._evidence)

    # -- said --------------------------------------------------------------------------------------------

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know about these numbers: what was extrapolated, and what was assumed."""
        return plain.notes(self._evidence)

    def to_dict(self) -> dict[str, Any]:
        """All numbers, as plain numbers, strings, lists and dicts; the same every time."""
        return {
            "kernel": self.kernel,
            "device": self.device,
            "grid": list(self._evidence.isolated.call.grid),
            "block": list(self._evidence.isolated.call.block),
            "estimate": self.estimate,
            "cycles": self.cycles,
            "launch_cycles": self.launch_cycles,
            "seconds": self.seconds,
            "limiter": self.limiter.name,
            "stalls": dict(self.stalls),
            "speed_of_light": {use.name: use.share for use in self.speed_of_light},
            "achieved_occupancy": self.achieved_occupancy,
            "occupancy": self.occupancy.to_dict(),
            "metrics": dict(self.metrics),
            "roofline": self.roofline().to_dict(),
            "timeline": self.timeline().to_dict(),
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return plain.text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return page.html(self)
