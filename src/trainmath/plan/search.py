"""The best plan by trying all of them, and what a single change of a plan would bring."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache, partial

from trainmath.plan.choice import CHIPS, PRECISIONS, Plan, PlanError, Result, Task, evaluate
from trainmath.plan.reserved import best_sms
from trainmath.sweeping import spread

#: What is tried, choice by choice. How many SMs to reserve is not among it: the sweep over k says that for each plan.
SPACE = {
    "chip": CHIPS,
    "nodes": (16, 32, 64, 128, 256, 512),
    "stages": (1, 2, 4, 8, 16, 32),
    "expert_parallel": (1, 8, 16, 32, 64, 128),
    "precision": PRECISIONS,
}


def every_plan(task: Task, jobs: int | None = None) -> list[tuple[Plan, Result]]:
    """All plans of ``SPACE`` that can be run, whether or not they keep the task's limits.

    Each reserves as many SMs as make its step shortest (:func:`trainmath.plan.best_sms`). ``jobs`` is as
    :func:`trainmath.sweeping.spread` takes it; the order is that of ``SPACE`` in any case.
    """
    chips, *others = SPACE.values()
    found = spread(partial(_with, task, tuple(itertools.product(*others))), chips, jobs=jobs)
    return [one for plans in found for one in plans]


def _with(task: Task, others: tuple[tuple, ...], chip: str) -> list[tuple[Plan, Result]]:
    """All plans with one chip: a piece of work large enough to be sent away."""
    found = []
    for choices in others:
        plan = Plan(**dict(zip(SPACE, (chip, *choices), strict=True)), reserved_sms=0)
        try:
            plan = replace(plan, reserved_sms=best_sms(task, plan))
            found.append((plan, evaluate(task, plan)))
        except PlanError:
            continue
    return found


@cache
def best(task: Task) -> tuple[Plan, Result]:
    """The cheapest plan within memory, budget and days; of equally cheap ones the quickest.

    Raises ``ValueError`` where no plan of ``SPACE`` keeps the limits.
    """
    good = [(plan, result) for plan, result in every_plan(task) if not result.broken]
    if not good:
        raise ValueError("no plan keeps the limits of this task.")
    return min(good, key=lambda found: (found[1].bill.usd, found[1].bill.days))


def improvements(task: Task, plan: Plan) -> list[tuple[float, str, object]]:
    """``(saving, choice, value)``: what changing one choice alone would save, as a share of the bill, best first.

    Only plans that keep the limits count, and only one value for each choice. Of ``reserved_sms`` the sweep's best is
    tried.
    """
    now = evaluate(task, plan).bill.usd
    found = []
    for name, values in (SPACE | {"reserved_sms": (best_sms(task, plan),)}).items():
        options = []
        for option in values:
            try:
                result = evaluate(task, replace(plan, **{name: option}))
            except PlanError:
                continue
            if not result.broken and result.bill.usd < now:
                options.append((1 - result.bill.usd / now, name, option))
        if options:
            found.append(max(options, key=lambda one: one[0]))
    return sorted(found, key=lambda one: -one[0])
