"""How many SMs to give away: all choices at once, the best of them, the knee, and what they depend on."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from trainmath.reserve.model import (
    Machine,
    Work,
    communication_seconds,
    compute_seconds,
    limits,
    step_seconds,
)


@dataclass(frozen=True)
class Sweep:
    """Every choice of ``k``.

    Attributes:
        k: int64 ``(n,)``, ascending.
        compute, communication, step: seconds, float64 ``(n,)``.
        bound: for each ``k`` what the data wait for: ``InfiniBand``, ``NVLink`` or ``SMs``.
    """

    k: np.ndarray
    compute: np.ndarray
    communication: np.ndarray
    step: np.ndarray
    bound: tuple[str, ...]

    @property
    def best(self) -> int:
        """The ``k`` with the shortest step; of equal ones the smallest."""
        return int(self.k[np.argmin(self.step)])

    @property
    def knee(self) -> int | None:
        """The smallest ``k`` with which a link, and no longer the copying, limits the data; ``None``: no ``k`` does."""
        saturated = [int(k) for k, bound in zip(self.k, self.bound, strict=True) if bound != "SMs"]
        return min(saturated, default=None)

    def at(self, k: int) -> float:
        """Seconds of the step with ``k`` SMs.

        Raises:
            ValueError: the sweep has no such ``k``.
        """
        place = np.flatnonzero(self.k == k)
        if not place.size:
            raise ValueError(f"the sweep has no k = {k}")
        return float(self.step[place[0]])


def sweep(work: Work, machine: Machine, k: np.ndarray | None = None) -> Sweep:
    """Try every ``k`` in ``k``; ``None``: all that ``machine`` can give away."""
    k = machine.choices if k is None else np.asarray(k)
    asked = limits(k, work, machine)
    names = list(asked)
    # Where links and copying take equally long, the link is named: more SMs would not help.
    slowest = np.argmax(np.stack([asked[name] for name in names]), axis=0)
    return Sweep(
        k,
        compute_seconds(k, work, machine),
        communication_seconds(k, work, machine),
        step_seconds(k, work, machine),
        tuple(names[n] for n in slowest),
    )


@dataclass(frozen=True)
class Sensitivity:
    """What one input does to the answer.

    Attributes:
        name: of the input, as in :class:`Work` or :class:`Machine`.
        low, high: the best ``k`` with the input divided, and multiplied, by the factor.
        step_low, step_high: seconds of the step then.
    """

    name: str
    low: int
    high: int
    step_low: float
    step_high: float

    @property
    def swing(self) -> int:
        """By how many SMs the answer moves between the two."""
        return abs(self.high - self.low)


#: Inputs that a sensitivity is asked for: those with a unit.
INPUTS = ("compute", "infiniband", "nvlink", "copied", "per_sm", "latency", "infiniband_link", "nvlink_link")


def sensitivity(work: Work, machine: Machine, factor: float = 2.0) -> list[Sensitivity]:
    """The best ``k`` with each input in turn divided and multiplied by ``factor``, the largest swing first.

    Inputs are the volumes and times of ``work`` and the rates of ``machine``; of the two that both have, volumes are
    called ``infiniband`` and ``nvlink``, rates ``infiniband_link`` and ``nvlink_link``. An input that is 0 is left out.

    Raises:
        ValueError: ``factor`` is not greater than 1.
    """
    if factor <= 1:
        raise ValueError(f"factor is {factor}; it must be greater than 1")
    found = []
    for name in INPUTS:
        field = name.removesuffix("_link")
        of_machine = name.endswith("_link") or field not in {f.name for f in fields(Work)}
        value = getattr(machine if of_machine else work, field)
        if not value:
            continue
        ends = []
        for changed in (value / factor, value * factor):
            if of_machine:
                ends.append(sweep(work, replace(machine, **{field: changed})))
            else:
                ends.append(sweep(replace(work, **{field: changed}), machine))
        low, high = ends
        found.append(Sensitivity(name, low.best, high.best, float(low.step.min()), float(high.step.min())))
    return sorted(found, key=lambda one: -one.swing)
