"""``lab13.plan``: the capstone. A plan is right when it keeps all limits and costs little more than the best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from labkit.checking.choices import ChoicesExercise
from labkit.checking.verdict import Mark, Verdict
from trainmath import plan as plans
from trainmath import reserve
from trainmath.plan import Plan, Result, Task

TASK = Task(
    model="DeepSeek-V3",
    tokens=14.8e12,
    sequence_length=4096,
    sequences_per_step=15360,
    budget_usd=6e6,
    most_days=100,
)
#: How much more than the best a plan may cost and still be right.
ROOM = 0.05
NAMES = tuple(field.name for field in fields(Plan))


def show(choices: Mapping[str, Any]) -> None:
    """Print what a plan would take, or why it cannot be run."""
    try:
        result = plans.evaluate(TASK, Plan(**choices))
    except (plans.PlanError, TypeError) as refused:
        print(f"This plan cannot be run: {refused}")
        return
    used, total = result.memory, result.bill
    print(
        f"memory    {used.total / 1e9:6.1f} of {result.usable_memory / 1e9:.1f} GB a GPU; most: {used.largest}"
    )
    print(f"compute   {result.compute_seconds:6.1f} s a step")
    print(f"exchange  {result.communication_seconds:6.1f} s a step")
    print(f"bubble    {100 * result.bubble:6.1f} % of a step")
    print(f"step      {result.step_seconds:6.1f} s")
    print(f"bill      {total.gpu_hours / 1e6:6.2f} million GPU-hours, {total.usd / 1e6:.2f} million USD")
    print(f"time      {total.days:6.1f} days")
    print(f"limits      {'all kept' if not result.broken else 'broken: ' + ', '.join(result.broken)}")


def sweep(choices: Mapping[str, Any]) -> reserve.Sweep:
    """Chapter 16's sweep for a plan: arithmetic, exchange and the longer of the two, in s, for every ``k``.

    ``choices["reserved_sms"]`` does not matter, and may be missing.

    Raises:
        PlanError: the plan cannot be run with any ``k``.
    """
    return plans.sweep(TASK, Plan(**(dict(choices) | {"reserved_sms": 0})))


@dataclass(frozen=True)
class PlanExercise(ChoicesExercise):
    """A dict of choices, or a ``trainmath.plan.Plan``."""

    asked_for = "a dict of choices"

    def as_dict(self, answer: Any) -> Any:
        return {name: getattr(answer, name) for name in NAMES} if isinstance(answer, Plan) else answer

    def judge_choices(self, answer: Mapping[str, Any]) -> Verdict:
        strange = [str(key) for key in answer if key not in NAMES]
        if strange:
            said = f"there is no choice {strange[0]!r}; the choices are {', '.join(NAMES)}."
            return self.wrong(said, "no such choice")
        missing = [name for name in NAMES if name not in answer]
        if missing:
            return self.wrong(f"not chosen yet: {', '.join(missing)}.", "not chosen")
        return self._judged(Plan(**{name: _plain(answer[name]) for name in NAMES}))

    def _judged(self, plan: Plan) -> Verdict:
        try:
            result = plans.evaluate(TASK, plan)
        except plans.PlanError as refused:
            return self.wrong(f"this plan cannot be run: {refused}", refused.why)
        if result.communication_seconds == float("inf"):
            said = (
                f"experts lie on {plan.expert_parallel} GPUs, but no SM is reserved to move tokens to them: a step "
                "never ends."
            )
            return self.wrong(said, "nobody moves the data")
        if result.broken:
            return self.wrong(*_broken(result))
        _, best = plans.best(TASK)
        more = result.bill.usd / best.bill.usd - 1
        score = f"Score: {result.bill.gpu_hours / 1e6:.3f} million GPU-hours, {result.bill.usd / 1e6:.2f} million USD; "
        score += f"the best plan has {best.bill.gpu_hours / 1e6:.3f} and {best.bill.usd / 1e6:.2f}."
        if more <= ROOM:
            message = f"right: within limits, and {max(0.0, 100 * more):.1f} % above the best."
            return Verdict(self.name, Mark.RIGHT, message, details=(score,), score=result.bill.gpu_hours)
        message, misconception = _advice(plan, result, more)
        return Verdict(self.name, Mark.WRONG, message, misconception, (score,), score=result.bill.gpu_hours)


def _plain(value: Any) -> Any:
    """NumPy's whole numbers and floats without a fraction, as plain whole numbers."""
    if isinstance(value, np.integer) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    return value.strip() if isinstance(value, str) else value


_WAITING = "Moving data takes longer than the arithmetic, so SMs wait for data: reserve more, or send less."


def _exposed(result: Result) -> bool:
    """True where communication sets the time of a step, by more than a rounding."""
    return result.communication_seconds > 1.02 * result.compute_seconds


def _broken(result: Result) -> tuple[str, str]:
    used, total = result.memory, result.bill
    if "memory" in result.broken:
        part = {
            "weights": "the weights, which more stages or more expert parallelism cut",
            "gradients": "the gradients, which more stages or more expert parallelism cut",
            "optimiser": "the optimiser's numbers, which more GPUs would share",
            "activations": "the activations, which depend on the model alone here: take a chip with more memory",
        }[used.largest]
        return (
            f"it does not fit: {used.total / 1e9:.0f} GB a GPU, and {result.usable_memory / 1e9:.0f} are usable. "
            f"Most is taken by {part}.",
            "does not fit",
        )
    if "days" in result.broken:
        said = f"it takes {total.days:.0f} days, and {TASK.most_days:.0f} are allowed."
        return f"{said} {_WAITING if _exposed(result) else 'More nodes, or a faster step.'}", "too slow"
    said = (
        f"it costs {total.usd / 1e6:.2f} million USD, and the budget is {TASK.budget_usd / 1e6:.0f} million."
    )
    more = "More nodes do not help: the run gets shorter, but an hour costs more in the same measure."
    return f"{said} {_WAITING if _exposed(result) else more}", "over budget"


def _advice(plan: Plan, result: Result, more: float) -> tuple[str, str]:
    """What the costliest single choice of a plan is, in words."""
    head = f"it keeps the limits, but costs {100 * more:.0f} % more than the best."
    if _exposed(result):
        said = (
            "Moving data takes longer than the arithmetic, so SMs wait for data: reserve more, or send less."
        )
        return f"{head} {said}", "communication not hidden"
    better = plans.improvements(TASK, plan)
    if not better:
        return f"{head} No single change helps: change two at once.", "stuck"
    saving, name, _ = better[0]
    said = {
        "chip": "Another chip does the same work for less.",
        "nodes": "The number of nodes is not the best: look at the bubble.",
        "stages": "The number of stages is not the best: look at the bubble.",
        "expert_parallel": "The experts are spread over too many GPUs or too few.",
        "reserved_sms": "Communication is hidden long since: some of the reserved SMs could compute. "
        "`capstone.sweep(plan()).best` says how many are enough.",
        "precision": "Products in FP8 would be faster.",
    }[name]
    return f"{head} {said} That alone would save {100 * saving:.0f} %.", f"{name} not the best"


EXERCISE = PlanExercise("lab13.plan")
