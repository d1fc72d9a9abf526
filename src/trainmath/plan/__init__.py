"""A cluster of your own: choose chip, nodes, parallelism, reserved SMs and precision; get memory, time and bill.

A small explicit model (``trainmath.plan.step``) over rows of ``trainmath.figures`` (``chip_*``, ``plan``): it ranks
choices, and says why; it is no promise. ``best(task)`` finds the optimum by trying every plan, each with
the number of reserved SMs that ``sweep(task, plan)`` finds for it.
"""

from trainmath.plan.choice import CHIPS, Plan, PlanError, Result, Task, evaluate
from trainmath.plan.reserved import best_sms, sweep
from trainmath.plan.search import SPACE, best, every_plan, improvements
from trainmath.plan.step import (
    Bill,
    Memory,
    activation_bytes,
    bill,
    communication_seconds,
    compute_seconds,
    memory,
    remote_copies,
    step_seconds,
)

__all__ = [
    "CHIPS",
    "SPACE",
    "Bill",
    "Memory",
    "Plan",
    "PlanError",
    "Result",
    "Task",
    "activation_bytes",
    "best",
    "best_sms",
    "bill",
    "communication_seconds",
    "compute_seconds",
    "evaluate",
    "every_plan",
    "improvements",
    "memory",
    "remote_copies",
    "step_seconds",
    "sweep",
]
