"""A profile's metrics by name: those of the timing model and those that are counted exactly."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from smsim.counting.metrics import METRICS
from smsim.profiling.evidence import Evidence
from smsim.profiling.metrics import COUNTED, OF_LINKS, PROFILE_METRICS, SCALED

_WARPS = "smsp__warps_launched.sum"


class Metrics(Mapping[str, "int | float"]):
    """Nsight Compute's metric names to numbers.

    :meth:`unit`, :meth:`meaning` and :meth:`origin` say what a number is and where it comes from. Those of links to
    other GPUs are listed where a link was used; elsewhere they can be asked for, and are 0.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def __getitem__(self, name: str) -> int | float:
        """The metric called ``name``.

        Raises:
            KeyError: there is none; names the nearest that are.
        """
        self._known(name)
        evidence = self._evidence
        if name in PROFILE_METRICS:
            return PROFILE_METRICS[name].value(evidence)
        if name == _WARPS:
            return evidence.blocks * evidence.trace.warps_per_block
        value = METRICS[name].value(evidence.run)
        return round(evidence.in_grid(value)) if evidence.estimate and name.endswith(".sum") else value

    def __iter__(self) -> Iterator[str]:
        linked = bool(self._evidence.trace.links)
        yield from (name for name in PROFILE_METRICS if linked or name not in OF_LINKS)
        yield from METRICS

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _known(self, name: str) -> None:
        if name in PROFILE_METRICS or name in METRICS:
            return
        near = difflib.get_close_matches(str(name), [*self], 3)
        hint = f"; perhaps {' or '.join(near)}" if near else ""
        raise KeyError(f"{name} is not in a profile{hint}")

    def meaning(self, name: str) -> str:
        """What a metric says, in half a sentence."""
        self._known(name)
        return (PROFILE_METRICS.get(name) or METRICS[name]).meaning

    def unit(self, name: str) -> str:
        """Its unit; empty for ratios."""
        self._known(name)
        if name in PROFILE_METRICS:
            return PROFILE_METRICS[name].unit
        if name.endswith(".pct"):
            return "%"
        return "B" if "bytes" in name and name.endswith(".sum") else ""

    def origin(self, name: str) -> str:
        """Where it comes from.

        ``"counted"`` is exact for the PTX and the arguments, ``"assembler"`` exact for NVIDIA's assembler,
        ``"given"`` by launch and device, ``"modelled"`` by the timing model. An estimate's counts are
        ``"counted, scaled to the grid"``, and registers without the assembler ``"assumed"``.
        """
        self._known(name)
        if name not in PROFILE_METRICS:
            exact = not self._evidence.estimate or name == _WARPS
            return COUNTED if exact else SCALED
        origin = PROFILE_METRICS[name].origin
        return "assumed" if origin == "assembler" and not self._evidence.occupancy.known else origin
