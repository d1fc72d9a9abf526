"""What is counted for one instruction of a kernel."""

from __future__ import annotations

from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class Traffic:
    """Accesses to one state space by one instruction.

    Attributes:
        requests: warps that accessed it, once for every execution.
        threads: lanes that did.
        bytes: what those lanes asked for.
        sectors, lines: 32-byte sectors and 128-byte lines touched (global and local memory).
        wavefronts: passes over the banks (shared memory).
        conflicts: those of them that bank conflicts cost.
    """

    requests: int = 0
    threads: int = 0
    bytes: int = 0
    sectors: int = 0
    lines: int = 0
    wavefronts: int = 0
    conflicts: int = 0

    def __add__(self, other: Traffic) -> Traffic:
        return Traffic(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Traffic)))


@dataclass(slots=True)
class Tally:
    """One instruction's counts over a whole launch.

    Attributes:
        executed: warps that executed it: a warp counts once if any of its lanes is active.
        threads: its active lanes.
        pred_on: those of them whose guard let them act.
        divergent: warps of whose active lanes some branched and some did not.
        traffic: state space to what it accessed there.
    """

    executed: int = 0
    threads: int = 0
    pred_on: int = 0
    divergent: int = 0
    traffic: dict[str, Traffic] = field(default_factory=dict)

    def into(self, space: str) -> Traffic:
        return self.traffic.setdefault(space, Traffic())

    def __add__(self, other: Tally) -> Tally:
        total = Tally(
            self.executed + other.executed,
            self.threads + other.threads,
            self.pred_on + other.pred_on,
            self.divergent + other.divergent,
        )
        for tally in (self, other):
            for space, traffic in tally.traffic.items():
                total.traffic[space] = total.into(space) + traffic
        return total

    def all_traffic(self) -> Traffic:
        """Over all state spaces."""
        return sum(self.traffic.values(), Traffic())
