"""Right answers to lab 13 in styles that readers bring along. All must be accepted."""

import math

import numpy as np
from answers import Answer, collector

from trainmath import cost, plan

RIGHT: list[Answer] = []
right = collector(RIGHT)
cuda = None  # put here by Answer.ready


@right("lab13.memory", on_host=True)
def in_parts(shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb):
    total = activations_gb
    for parameters, cut in ((shared_billion, 1), (experts_billion, expert_parallel)):
        mine = parameters / (stages * cut)
        total += 2 * mine + 4 * mine + 12 * mine * stages * cut / gpus
    return total


@right("lab13.memory", on_host=True)
def optimiser_of_the_whole_model(
    shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb
):
    # Shared out evenly, the optimiser's numbers of all parameters lie on all GPUs together.
    mine = shared_billion / stages + experts_billion / (stages * expert_parallel)
    return 6 * mine + 12 * (shared_billion + experts_billion) / gpus + activations_gb


@right("lab13.memory", on_host=True)
def by_trainmath(shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb):
    sizes = plan.memory(
        shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb, 2, 4, 12
    )
    return np.float64(sizes.total)


@right("lab13.compute", on_host=True)
def amdahl(flop, gpus, peak_tflops, efficiency, k, sms, share, speedup):
    per_gpu = peak_tflops * 1e12 * efficiency * (1 - k / sms)
    bf16 = flop / gpus / per_gpu
    return bf16 * (1 - share) + bf16 * share / speedup


@right("lab13.compute", on_host=True)
def factors(flop, gpus, peak_tflops, efficiency, k, sms, share, speedup):
    slower = cost.reserved_sm_factor(k, sms) * cost.precision_factor(share, speedup)
    return flop * slower / (1e12 * gpus * peak_tflops * efficiency)


@right("lab13.communication", on_host=True)
def slower_time(gigabytes, k, sm_gbs, link_gbs):
    return max(gigabytes / link_gbs, gigabytes / (k * sm_gbs))


@right("lab13.communication", on_host=True)
def if_else(gigabytes, k, sm_gbs, link_gbs):
    if k * sm_gbs < link_gbs:
        return gigabytes / (k * sm_gbs)
    return gigabytes / link_gbs


@right("lab13.step", on_host=True)
def over_what_is_left(compute, communication, stages, micro_batches):
    bubble = (stages - 1) / (micro_batches + stages - 1)
    return np.maximum(compute, communication) / (1 - bubble)


@right("lab13.step", on_host=True)
def place_by_place(compute, communication, stages, micro_batches):
    one = sorted([compute, communication])[-1] / micro_batches
    return sum(one for _ in range(micro_batches + stages - 1))


@right("lab13.bill", on_host=True)
def whole_steps(step_seconds, tokens_trillion, tokens_per_step, gpus, usd_per_gpu_hour):
    hours = math.ceil(tokens_trillion * 1e12 / tokens_per_step) * step_seconds / 3600
    return gpus * hours, gpus * hours * usd_per_gpu_hour, hours / 24


@right("lab13.bill", on_host=True)
def a_list(step_seconds, tokens_trillion, tokens_per_step, gpus, usd_per_gpu_hour):
    days = tokens_trillion * 1e12 / tokens_per_step * step_seconds / 86_400
    return [24 * gpus * days, 24 * gpus * days * usd_per_gpu_hour, days]


@right("lab13.bill", on_host=True)
def an_array(step_seconds, tokens_trillion, tokens_per_step, gpus, usd_per_gpu_hour):
    hours = np.float64(tokens_trillion * 1e12) / tokens_per_step * step_seconds / 3600
    return np.array([gpus, gpus * usd_per_gpu_hour, 1 / 24]) * hours


BEST = {
    "chip": "H800",
    "nodes": 128,
    "stages": 16,
    "expert_parallel": 16,
    "reserved_sms": 2,
    "precision": "fp8",
}
#: Plans that are right; some stand off the grid that is searched.
PLANS = {
    "best": BEST,
    "more stages": BEST | {"stages": 32},
    "more SMs": BEST | {"reserved_sms": 4},
    "wider experts": BEST | {"stages": 8, "expert_parallel": 32, "reserved_sms": 6},
    "one node": BEST | {"expert_parallel": 8, "reserved_sms": 6},
    "NumPy's numbers": BEST | {"nodes": np.int64(128), "stages": 16.0},
    "off the grid": BEST | {"reserved_sms": 3},
    "a Plan": plan.Plan(**BEST),
}
