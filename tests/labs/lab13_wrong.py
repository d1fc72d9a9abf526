"""Wrong answers to lab 13, each with the misconception that its check must name."""

from answers import Answer, collector
from lab13_right import BEST

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready


@wrong("lab13.memory", "experts everywhere", on_host=True)
def all_experts(shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb):
    mine = (shared_billion + experts_billion) / stages
    return 6 * mine + 12 * mine / (gpus / stages) + activations_gb


@wrong("lab13.memory", "shared part cut by experts", on_host=True)
def all_cut(shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb):
    mine = (shared_billion + experts_billion) / stages / expert_parallel
    return 6 * mine + 12 * mine / (gpus / stages / expert_parallel) + activations_gb


@wrong("lab13.memory", "optimiser on every GPU", on_host=True)
def no_zero(shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb):
    return 18 * (shared_billion / stages + experts_billion / stages / expert_parallel) + activations_gb


@wrong("lab13.memory", "optimiser shared too widely", on_host=True)
def over_all(shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb):
    mine = shared_billion / stages + experts_billion / stages / expert_parallel
    return 6 * mine + 12 * mine / gpus + activations_gb


@wrong("lab13.memory", "stages forgotten", on_host=True)
def no_pipeline(shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb):
    optimiser = shared_billion / gpus + experts_billion / expert_parallel / (gpus / expert_parallel)
    return 6 * (shared_billion + experts_billion / expert_parallel) + 12 * optimiser + activations_gb


@wrong("lab13.memory", "activations forgotten", on_host=True)
def parameters_only(shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb):
    mine = shared_billion / stages + experts_billion / stages / expert_parallel
    return 6 * mine + 12 * (shared_billion + experts_billion) / gpus


@wrong("lab13.memory", "no number", on_host=True)
def printed(shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb):
    _ = 6 * shared_billion / stages


@wrong("lab13.compute", "fewer SMs, faster", on_host=True)
def upside_down(flop, gpus, peak_tflops, efficiency, k, sms, share, speedup):
    return flop / (gpus * peak_tflops * 1e12 * efficiency) * (sms - k) / sms * (1 - share + share / speedup)


@wrong("lab13.compute", "share added", on_host=True)
def plus_a_share(flop, gpus, peak_tflops, efficiency, k, sms, share, speedup):
    return flop / (gpus * peak_tflops * 1e12 * efficiency) * (1 + k / sms) * (1 - share + share / speedup)


@wrong("lab13.compute", "all in FP8", on_host=True)
def everything_faster(flop, gpus, peak_tflops, efficiency, k, sms, share, speedup):
    return flop / (gpus * peak_tflops * 1e12 * efficiency) * sms / (sms - k) / speedup


@wrong("lab13.compute", "share of the speed-up", on_host=True)
def mean_speed(flop, gpus, peak_tflops, efficiency, k, sms, share, speedup):
    return flop / (gpus * peak_tflops * 1e12 * efficiency) * sms / (sms - k) / (1 - share + share * speedup)


@wrong("lab13.compute", "TFLOP for FLOP", on_host=True)
def plain_peak(flop, gpus, peak_tflops, efficiency, k, sms, share, speedup):
    return flop / (gpus * peak_tflops * efficiency) * sms / (sms - k) * (1 - share + share / speedup)


@wrong("lab13.communication", "link without limit", on_host=True)
def ever_faster(gigabytes, k, sm_gbs, link_gbs):
    return gigabytes / (k * sm_gbs)


@wrong("lab13.communication", "SMs without limit", on_host=True)
def always_full(gigabytes, k, sm_gbs, link_gbs):
    return gigabytes / link_gbs


@wrong("lab13.communication", "rates added", on_host=True)
def both_rates(gigabytes, k, sm_gbs, link_gbs):
    return gigabytes / (link_gbs + k * sm_gbs)


@wrong("lab13.communication", "faster of the two", on_host=True)
def largest_rate(gigabytes, k, sm_gbs, link_gbs):
    return gigabytes / max(link_gbs, k * sm_gbs)


@wrong("lab13.step", "no overlap", on_host=True)
def one_then_the_other(compute, communication, stages, micro_batches):
    return (compute + communication) * (micro_batches + stages - 1) / micro_batches


@wrong("lab13.step", "bubble forgotten", on_host=True)
def no_bubble(compute, communication, stages, micro_batches):
    return max(compute, communication)


@wrong("lab13.step", "bubble subtracted", on_host=True)
def shorter(compute, communication, stages, micro_batches):
    return max(compute, communication) * (1 - (stages - 1) / (micro_batches + stages - 1))


@wrong("lab13.step", "bubble added as a share", on_host=True)
def one_plus(compute, communication, stages, micro_batches):
    return max(compute, communication) * (1 + (stages - 1) / (micro_batches + stages - 1))


@wrong("lab13.bill", "GPU-days for days", on_host=True)
def days_of_all(step_seconds, tokens_trillion, tokens_per_step, gpus, usd_per_gpu_hour):
    hours = tokens_trillion * 1e12 / tokens_per_step * step_seconds / 3600 * gpus
    return hours, hours * usd_per_gpu_hour, hours / 24


@wrong("lab13.bill", "hours for GPU-hours", on_host=True)
def one_gpu(step_seconds, tokens_trillion, tokens_per_step, gpus, usd_per_gpu_hour):
    hours = tokens_trillion * 1e12 / tokens_per_step * step_seconds / 3600
    return hours, hours * usd_per_gpu_hour, hours / 24


@wrong("lab13.bill", "seconds for hours", on_host=True)
def gpu_seconds(step_seconds, tokens_trillion, tokens_per_step, gpus, usd_per_gpu_hour):
    time = tokens_trillion * 1e12 / tokens_per_step * step_seconds
    return time * gpus, time * gpus * usd_per_gpu_hour, time / 24


@wrong("lab13.compute", "all of the share saved", on_host=True)
def subtracts_what_is_left(flop, gpus, peak_tflops, efficiency, k, sms, share, speedup):
    return flop / (gpus * peak_tflops * 1e12 * efficiency) * sms / (sms - k) * (1 - share / speedup)


@wrong("lab13.compute", "efficiency multiplied", on_host=True)
def efficient_is_short(flop, gpus, peak_tflops, efficiency, k, sms, share, speedup):
    return flop * efficiency / (gpus * peak_tflops * 1e12) * sms / (sms - k) * (1 - share + share / speedup)


@wrong("lab13.step", "bubble on one side", on_host=True)
def only_arithmetic_waits(compute, communication, stages, micro_batches):
    return max(compute * (micro_batches + stages - 1) / micro_batches, communication)


@wrong("lab13.bill", "not these three", on_host=True)
def days_first(step_seconds, tokens_trillion, tokens_per_step, gpus, usd_per_gpu_hour):
    hours = tokens_trillion * 1e12 / tokens_per_step * step_seconds / 3600
    return hours / 24, gpus * hours, gpus * hours * usd_per_gpu_hour


@wrong("lab13.bill", "not these three", on_host=True)
def without_days(step_seconds, tokens_trillion, tokens_per_step, gpus, usd_per_gpu_hour):
    hours = gpus * tokens_trillion * 1e12 / tokens_per_step * step_seconds / 3600
    return hours, hours * usd_per_gpu_hour


@wrong("lab13.bill", "a step shared out", on_host=True)
def gpus_share_a_step(step_seconds, tokens_trillion, tokens_per_step, gpus, usd_per_gpu_hour):
    hours = tokens_trillion * 1e12 / tokens_per_step * step_seconds / 3600
    return hours, hours * usd_per_gpu_hour, hours / gpus / 24


@wrong("lab13.bill", "USD in millions", on_host=True)
def in_millions(step_seconds, tokens_trillion, tokens_per_step, gpus, usd_per_gpu_hour):
    hours = gpus * tokens_trillion * 1e12 / tokens_per_step * step_seconds / 3600
    return hours, hours * usd_per_gpu_hour / 1e6, hours / gpus / 24


#: Plans, what their verdict must name, and a piece of what it must say.
PLANS = {
    "DeepSeek's own": (
        BEST | {"nodes": 256, "expert_parallel": 64, "reserved_sms": 20},
        "reserved_sms not the best",
        "hidden long since",
    ),
    "bf16": (BEST | {"nodes": 256, "precision": "bf16", "reserved_sms": 6}, "over budget", "million"),
    "nobody moves": (BEST | {"reserved_sms": 0}, "nobody moves the data", "no SM is reserved"),
    "no cut": (BEST | {"stages": 1}, "does not fit", "does not fit: "),
    "too few nodes": (BEST | {"nodes": 64}, "too slow", "100 are allowed"),
    "dear chip": (BEST | {"chip": "H100"}, "chip not the best", "Another chip"),
    "old chip": (BEST | {"chip": "A100"}, "no FP8", "no FP8"),
    "not hidden": (
        BEST | {"expert_parallel": 8, "reserved_sms": 4},
        "communication not hidden",
        "SMs wait for data",
    ),
    "far from hidden": (BEST | {"expert_parallel": 64}, "too slow", "SMs wait for data"),
    "not hidden, and over budget": (
        BEST | {"nodes": 256, "expert_parallel": 64, "reserved_sms": 4},
        "over budget",
        "SMs wait for data",
    ),
    "long pipeline": (
        BEST | {"nodes": 512, "reserved_sms": 4},
        "nodes not the best",
        "look at the bubble",
    ),
    "seven": (BEST | {"expert_parallel": 7}, "experts do not divide", "256 experts"),
    "too many groups": (BEST | {"nodes": 1, "stages": 16}, "GPUs do not divide", "8 GPUs"),
    "sixty-two stages": (BEST | {"stages": 64}, "stages without layers", "61 layers"),
    "no SM left": (BEST | {"reserved_sms": 132}, "no SM left", "none would be left"),
    "half a node": (BEST | {"nodes": 12.5}, "not a whole number", "nodes is 12.5"),
    "unknown chip": (BEST | {"chip": "B200"}, "no such chip", "A100, H100, H800"),
    "unknown precision": (BEST | {"precision": "fp4"}, "no such precision", "'bf16' or 'fp8'"),
    "unknown choice": (BEST | {"experts": 8}, "no such choice", "'experts'"),
    "forgotten": ({"chip": "H800"}, "not chosen", "nodes, stages"),
    "text": ("H800", "wrong kind", "a dict of choices"),
    "nothing": (None, "wrong kind", "forget `return`"),
}
