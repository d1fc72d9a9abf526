"""Reserving SMs: the step time against the number ``k`` of SMs that move data instead of computing.

from trainmath import reserve

work = reserve.Work(compute=1e-3, infiniband=25e6, nvlink=40e6, copied=130e6)      # s and bytes of one GPU
machine = reserve.Machine(infiniband=50e9, nvlink=160e9, per_sm=25e9)              # B/s
found = reserve.sweep(work, machine)
found.best, found.knee, found.bound[0]
reserve.sensitivity(work, machine)                                                 # largest swing first
"""

from trainmath.reserve.model import (
    Machine,
    Work,
    apart_seconds,
    communication_seconds,
    compute_seconds,
    limits,
    step_seconds,
)
from trainmath.reserve.sweep import Sensitivity, Sweep, sensitivity, sweep

__all__ = [
    "Machine",
    "Sensitivity",
    "Sweep",
    "Work",
    "apart_seconds",
    "communication_seconds",
    "compute_seconds",
    "limits",
    "sensitivity",
    "step_seconds",
    "sweep",
]
