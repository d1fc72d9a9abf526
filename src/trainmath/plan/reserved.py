"""How many SMs a plan should reserve: what :mod:`trainmath.reserve` finds by trying every ``k``."""

from __future__ import annotations

from dataclasses import replace

from trainmath import reserve
from trainmath.plan import step as steps
from trainmath.plan.choice import Plan, Task, chip_sms, evaluate, exchange


def sweep(task: Task, plan: Plan) -> reserve.Sweep:
    """A step's arithmetic, exchange and longer of the two, in seconds and without the bubble, for every ``k``.

    ``plan.reserved_sms`` does not matter. SMs are given away in pairs.

    Raises:
        PlanError: the plan cannot be run with any ``k``.
    """
    compute = evaluate(task, replace(plan, reserved_sms=0)).compute_seconds
    volume, per_sm, link = exchange(task, plan)
    return reserve.sweep(*steps.reservation(volume, per_sm, link, chip_sms(plan.chip), compute))


def best_sms(task: Task, plan: Plan) -> int:
    """The ``k`` with the shortest step, of equal ones the smallest; 0 where there is nothing to exchange.

    Raises:
        PlanError: the plan cannot be run with any ``k``.
    """
    found = sweep(task, plan)
    return found.best if exchange(task, plan)[0] else 0
