"""How many GPUs a program asks for, and how many of them share a node."""

from __future__ import annotations

import os
from dataclasses import dataclass

from smsim.errors import EnvironmentProblem

#: As many as there are windows of addresses; see :mod:`smsim.machine.windows`, which must not be imported so early.
MOST = 15


@dataclass(frozen=True, slots=True)
class WantedGPUs:
    """``gpus`` in all, ``per_node`` of them in a node (``None``: all of them)."""

    gpus: int
    per_node: int | None


def wanted_gpus(gpus: int | None, per_node: int | None) -> WantedGPUs:
    """What ``attach`` was asked for; where it was not, what ``SMSIM_GPUS`` asks for, or one GPU.

    Raises:
        EnvironmentProblem: that is no number of GPUs, or more than can be simulated.
    """
    if gpus is None:
        outside = os.environ.get("SMSIM_GPUS", "").strip()
        if outside and not (outside.isascii() and outside.isdigit() and 0 < int(outside) <= MOST):
            raise EnvironmentProblem(
                f"SMSIM_GPUS is {outside!r}: set it to a number from 1 to {MOST}, or unset it."
            )
        gpus = int(outside or 1)
    for name, value in (("gpus", gpus), ("gpus_per_node", per_node)):
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST
        ):
            raise EnvironmentProblem(f"{name}={value!r} is no number of GPUs from 1 to {MOST}.")
    return WantedGPUs(gpus, per_node)
