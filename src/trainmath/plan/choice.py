"""A task, a plan for it, and what the plan would take."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from trainmath import model
from trainmath.figures import value
from trainmath.plan import step as steps
from trainmath.plan.step import GPUS_PER_NODE, Bill, Memory

CHIPS = ("A100", "H100", "H800")
PRECISIONS = ("bf16", "fp8")


class PlanError(ValueError):
    """A plan that cannot be run at all; ``why`` is a short name, the message says it in a sentence."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True)
class Task:
    """What is to be trained, and within which limits: a model that comes with the book, tokens, USD, days."""

    model: str
    tokens: float
    sequence_length: int
    sequences_per_step: int
    budget_usd: float
    most_days: float


@dataclass(frozen=True)
class Plan:
    """The choices. A node has eight GPUs; ``expert_parallel`` GPUs share the routed experts of each layer."""

    chip: str
    nodes: int
    stages: int
    expert_parallel: int
    reserved_sms: int
    precision: str

    @property
    def gpus(self) -> int:
        return self.nodes * GPUS_PER_NODE


@dataclass(frozen=True)
class Result:
    """What a plan would take: bytes a GPU, seconds a step, the bill, and which limits of the task it breaks.

    ``broken`` holds ``"memory"``, ``"budget"`` or ``"days"``.
    """

    memory: Memory
    usable_memory: float
    compute_seconds: float
    communication_seconds: float
    bubble: float
    step_seconds: float
    bill: Bill
    broken: tuple[str, ...]


@cache
def _sizes(name: str, sequence_length: int) -> tuple[float, float, float]:
    """Parameters outside and inside the routed experts, and FLOP a token."""
    shape = model.load(name).shape
    experts = model.by_part(shape).get("routed experts", (0, 0))[0]
    flop = model.training_flop_per_token(shape, sequence_length)
    return model.parameters(shape) - experts, experts, flop


@cache
def _rows(chip: str) -> dict[str, float]:
    keys = ("bf16_peak", "fp8_peak", "memory", "nvlink", "nic", "sms", "price")
    return {key: value(f"chip_{chip.lower()}.{key}") for key in keys}


def chip_sms(chip: str) -> int:
    """SMs of a chip."""
    return int(_rows(chip)["sms"])


@cache
def _row(key: str) -> float:
    return value(f"plan.{key}")


def check(task: Task, plan: Plan) -> None:
    """Raise ``PlanError`` for a plan that no cluster could run."""
    shape = model.load(task.model).shape
    if plan.chip not in CHIPS:
        raise PlanError("no such chip", f"chip is {plan.chip!r}; it is one of {', '.join(CHIPS)}.")
    if plan.precision not in PRECISIONS:
        raise PlanError("no such precision", f"precision is {plan.precision!r}; it is 'bf16' or 'fp8'.")
    for name in ("nodes", "stages", "expert_parallel", "reserved_sms"):
        number, least = getattr(plan, name), 0 if name == "reserved_sms" else 1
        if not isinstance(number, int) or isinstance(number, bool) or number < least:
            raise PlanError(
                "not a whole number", f"{name} is {number!r}; a whole number of at least {least}."
            )
    rows = _rows(plan.chip)
    if plan.precision == "fp8" and rows["fp8_peak"] <= rows["bf16_peak"]:
        raise PlanError("no FP8", f"the {plan.chip} has no FP8: it would run in BF16.")
    if plan.reserved_sms >= rows["sms"]:
        raise PlanError(
            "no SM left", f"the {plan.chip} has {rows['sms']} SMs; none would be left to compute."
        )
    if plan.stages > shape.layers:
        raise PlanError("stages without layers", f"{plan.stages} stages, but only {shape.layers} layers.")
    routed = shape.experts.routed if shape.experts else 1
    if routed % plan.expert_parallel:
        raise PlanError(
            "experts do not divide",
            f"expert_parallel is {plan.expert_parallel}; it must divide the {routed} experts of a layer.",
        )
    if plan.gpus % (plan.stages * plan.expert_parallel):
        raise PlanError(
            "GPUs do not divide",
            f"stages times expert_parallel is {plan.stages * plan.expert_parallel}; it must divide the "
            f"{plan.gpus} GPUs of {plan.nodes} nodes.",
        )
    if task.sequences_per_step * plan.stages % plan.gpus:
        raise PlanError(
            "sequences do not divide",
            f"{plan.gpus // plan.stages} pipelines cannot share {task.sequences_per_step} sequences evenly.",
        )


def evaluate(task: Task, plan: Plan) -> Result:
    """Memory, time and bill of a plan. Raises ``PlanError`` where it cannot be run at all."""
    check(task, plan)
    shape, rows = model.load(task.model).shape, _rows(plan.chip)
    shared, experts, flop_per_token = _sizes(task.model, task.sequence_length)
    tokens_per_step = task.sequences_per_step * task.sequence_length
    pipelines = plan.gpus // plan.stages
    fp8 = plan.precision == "fp8"

    used = steps.memory(
        shared,
        experts,
        plan.stages,
        plan.expert_parallel,
        plan.gpus,
        steps.activation_bytes(task.sequence_length, shape.hidden, shape.layers, _row("activation_bytes")),
        _row("weight_bytes"),
        _row("gradient_bytes"),
        _row("optimiser_bytes"),
    )
    compute = steps.compute_seconds(
        flop_per_token * tokens_per_step,
        plan.gpus,
        rows["bf16_peak"],
        _row("efficiency") / 100,
        plan.reserved_sms,
        chip_sms(plan.chip),
        _row("fp8_share") / 100 if fp8 else 0.0,
        _row("fp8_speedup"),
    )
    communication = steps.communication_seconds(*exchange(task, plan), plan.reserved_sms)
    micro_batches = task.sequences_per_step // pipelines
    step = steps.step_seconds(compute, communication, plan.stages, micro_batches)
    total = steps.bill(step, task.tokens, tokens_per_step, plan.gpus, rows["price"])
    usable = rows["memory"] * _row("usable_memory") / 100
    limits = {
        "memory": used.total > usable,
        "days": total.days > task.most_days,
        "budget": total.usd > task.budget_usd,
    }
    return Result(
        memory=used,
        usable_memory=usable,
        compute_seconds=compute,
        communication_seconds=communication,
        bubble=1 - max(compute, communication) / step if step < float("inf") else 0.0,
        step_seconds=step,
        bill=total,
        broken=tuple(name for name, broken in limits.items() if broken),
    )


def exchange(task: Task, plan: Plan) -> tuple[float, float, float]:
    """What one GPU exchanges in a step: bytes, B/s that one SM moves, and B/s of the link that they go over."""
    tokens = task.sequences_per_step * task.sequence_length * plan.stages / plan.gpus
    rows = _rows(plan.chip)
    if plan.expert_parallel <= GPUS_PER_NODE:
        return _volume(task, plan, tokens), _row("nvlink_per_sm"), rows["nvlink"]
    return _volume(task, plan, tokens), _row("nic_per_sm"), rows["nic"]


def _volume(task: Task, plan: Plan, tokens: float) -> float:
    """Bytes that one GPU sends to experts and back in a step, forward and backward."""
    shape = model.load(task.model).shape
    if shape.experts is None or plan.expert_parallel == 1:
        return 0.0
    sent = (1 if plan.precision == "fp8" else 2) + 2
    copies = steps.remote_copies(plan.expert_parallel, shape.experts.per_token, int(_row("nodes_a_token")))
    return 2 * tokens * shape.moe_layers / plan.stages * sent * shape.hidden * copies
