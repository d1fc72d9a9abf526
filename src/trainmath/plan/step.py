"""The model of one training step: memory a GPU, arithmetic, expert communication, pipeline, bill.

Plain arguments in SI units (bytes, FLOP, B/s, s), so that each formula can be read and checked alone. Each is a
first-order estimate; what is left out stands in its docstring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainmath import reserve
from trainmath.cost.run import bubble_1f1b, bubble_factor, precision_factor, reserved_sm_factor

GPUS_PER_NODE = 8


@dataclass(frozen=True)
class Memory:
    """Bytes on one GPU, by what they are for."""

    weights: float
    gradients: float
    optimiser: float
    activations: float

    @property
    def total(self) -> float:
        return self.weights + self.gradients + self.optimiser + self.activations

    @property
    def largest(self) -> str:
        """The name of the part that takes most."""
        return max(vars(self), key=lambda name: vars(self)[name])


def memory(
    shared: float,
    experts: float,
    stages: int,
    expert_parallel: int,
    gpus: int,
    activations: float,
    weight_bytes: float,
    gradient_bytes: float,
    optimiser_bytes: float,
) -> Memory:
    """Bytes on one GPU. ``shared`` and ``experts`` are parameters outside and inside the routed experts.

    Both are cut into ``stages``; the experts also over ``expert_parallel`` GPUs. Weights and gradients of a
    GPU's part are whole on it. The optimiser's numbers are spread over all GPUs that hold the same part (ZeRO-1).
    ``activations``: bytes on the fullest stage. Buffers for communication are left out.
    """
    own_shared = shared / stages
    own_experts = experts / stages / expert_parallel
    copies = gpus / stages
    own = own_shared + own_experts
    return Memory(
        weights=weight_bytes * own,
        gradients=gradient_bytes * own,
        optimiser=optimiser_bytes * (own_shared / copies + own_experts / (copies / expert_parallel)),
        activations=activations,
    )


def activation_bytes(sequence_length: int, hidden: int, layers: int, bytes_each: float) -> float:
    """Bytes on the first stage, with one sequence a micro-batch: 1F1B holds ``stages`` of them there.

    Each covers ``layers / stages`` layers, so the number of stages cancels.
    """
    return sequence_length * hidden * layers * bytes_each


def compute_seconds(
    flop: float,
    gpus: int,
    peak_flops: float,
    efficiency: float,
    reserved_sms: int,
    sms: int,
    fp8_share: float,
    fp8_speedup: float,
) -> float:
    """Seconds of arithmetic a step; ``efficiency`` is of the BF16 peak, with all SMs. ``fp8_share`` 0 is BF16."""
    at_best = flop / (gpus * peak_flops * efficiency)
    return float(at_best * reserved_sm_factor(reserved_sms, sms) * precision_factor(fp8_share, fp8_speedup))


def remote_copies(expert_parallel: int, experts_per_token: int, nodes_a_token: int) -> float:
    """How often a token's vector leaves its GPU by the slower link, on average.

    Within a node each copy for another GPU goes over NVLink. Across nodes a token is sent once to each node that
    it needs, at most ``nodes_a_token``, and what NVLink adds behind that is hidden.
    """
    if expert_parallel <= GPUS_PER_NODE:
        return experts_per_token * (1 - 1 / expert_parallel)
    nodes = expert_parallel / GPUS_PER_NODE
    return min(nodes, nodes_a_token) * (1 - 1 / nodes)


def reservation(
    volume: float, per_sm: float, link: float, sms: int, compute: float = 1.0
) -> tuple[reserve.Work, reserve.Machine]:
    """A step as :mod:`trainmath.reserve` has it: ``volume`` bytes over one link, each copied once, without latency.

    ``compute``: seconds of arithmetic on all ``sms``; the time of the data does not depend on it.
    """
    work = reserve.Work(compute=compute, infiniband=volume, nvlink=0.0, copied=volume)
    return work, reserve.Machine(infiniband=link, nvlink=link, per_sm=per_sm, sms=sms)


def communication_seconds(volume: float, per_sm: float, link: float, reserved_sms: int) -> float:
    """Seconds to move ``volume`` bytes over one link, as :mod:`trainmath.reserve` has it, without latency.

    Each reserved SM moves ``per_sm`` B/s, up to what the link carries.

    Nothing to move takes no time; something to move and no SM takes for ever.
    """
    if volume == 0:
        return 0.0
    if reserved_sms == 0:
        return float("inf")
    # How many SMs are left to compute does not enter into this time.
    work, machine = reservation(volume, per_sm, link, sms=max(3, reserved_sms + 1))
    return float(reserve.communication_seconds(np.array(reserved_sms), work, machine))


def step_seconds(compute: float, communication: float, stages: int, micro_batches: float) -> float:
    """Seconds of one step: the longer of the two hides the shorter, and the pipeline's bubble comes on top."""
    return max(compute, communication) * bubble_factor(bubble_1f1b(stages, micro_batches))


@dataclass(frozen=True)
class Bill:
    """GPU-hours, USD, and days of wall time."""

    gpu_hours: float
    usd: float
    days: float


def bill(step: float, tokens: float, tokens_per_step: float, gpus: int, usd_per_gpu_hour: float) -> Bill:
    """What a run of ``tokens`` costs when a step of ``tokens_per_step`` takes ``step`` seconds on all GPUs."""
    hours = tokens / tokens_per_step * step / 3600
    return Bill(hours * gpus, hours * gpus * usd_per_gpu_hour, hours / 24)
