"""From tensors to FLOPs, and from FLOPs to utilisation and GPU-hours. Plain SI: FLOP, FLOP/s, s; GPU-hours last."""

from __future__ import annotations

from trainmath.model.config import Shape
from trainmath.model.tensors import multiplied_parameters

SECONDS_PER_HOUR = 3600
HOURS_PER_DAY = 24


def six_nd(parameters: float, tokens: float) -> float:
    """FLOP of a training run by the rule of thumb, ``6 N D``; ``parameters`` are those that one token meets.

    A multiplication and an addition for each parameter forward, and twice that backward.
    """
    return 6 * parameters * tokens


def attention_flop_per_token(shape: Shape, sequence_length: float, causal: bool = True) -> float:
    """FLOP a trained token for scores and weighted sums, forward and backward, in all layers.

    Each head takes ``qk_size`` multiply-adds for a score and ``v_size`` for its share of the sum. A token looks
    at ``sequence_length`` places in the full square and at half as many, on average, when attention is causal.
    """
    places = sequence_length / 2 if causal else sequence_length
    a = shape.attention
    return 3 * shape.layers * 2 * places * a.heads * (a.qk_size + a.v_size)


def training_flop_per_token(shape: Shape, sequence_length: float, causal: bool = True) -> float:
    """FLOP a trained token: ``6 N`` for the matrices, and attention. Prediction modules are left out."""
    return 6 * multiplied_parameters(shape) + attention_flop_per_token(shape, sequence_length, causal)


def flops_per_gpu(flop_per_token: float, tokens_per_second: float, gpus: float) -> float:
    """FLOP/s that each GPU sustains when all of them together train ``tokens_per_second``."""
    return flop_per_token * tokens_per_second / gpus


def mfu(flops_per_gpu: float, peak_flops: float) -> float:
    """Model FLOPs utilisation, 0 to 1: useful FLOP/s over the peak's FLOP/s. Say which peak you took."""
    return flops_per_gpu / peak_flops


def gpu_hours(flop: float, mfu: float, peak_flops: float) -> float:
    """GPU-hours for ``flop`` at utilisation ``mfu`` (0 to 1) of a peak in FLOP/s."""
    return flop / (mfu * peak_flops) / SECONDS_PER_HOUR


def gpu_hours_at_rate(tokens: float, tokens_per_day: float, gpus: float) -> float:
    """GPU-hours for ``tokens`` when ``gpus`` GPUs train ``tokens_per_day``."""
    return tokens / tokens_per_day * HOURS_PER_DAY * gpus


def days(gpu_hours: float, gpus: float) -> float:
    """Days of wall time when ``gpus`` GPUs work all the time."""
    return gpu_hours / gpus / HOURS_PER_DAY


def mfu_of_run(flop: float, gpu_hours: float, peak_flops: float) -> float:
    """Utilisation, 0 to 1, of a run of which the GPU-hours are known."""
    return flop / (gpu_hours * SECONDS_PER_HOUR) / peak_flops
