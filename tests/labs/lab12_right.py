"""Right answers to lab 12 in styles that readers bring along. All must be accepted."""

import math
from fractions import Fraction

import numpy as np
from answers import Answer, collector

RIGHT: list[Answer] = []
right = collector(RIGHT)
cuda = None  # put here by Answer.ready

TERA, GIGA = 1e12, 1e9


@right("lab12.parameters", on_host=True)
def a_list(hidden, size, layers, experts, per_token):
    return [3 * hidden * size * layers * n for n in (experts, per_token)]


@right("lab12.parameters", on_host=True)
def an_array(hidden, size, layers, experts, per_token):
    return layers * 3 * hidden * size * np.array([experts, per_token], dtype=np.int64)


@right("lab12.parameters", on_host=True)
def a_loop(hidden, size, layers, experts, per_token):
    stored = met = 0
    for _ in range(layers):
        stored += experts * (hidden * size + hidden * size + size * hidden)
        met += per_token * (hidden * size + hidden * size + size * hidden)
    return stored, met


@right("lab12.parameters", on_host=True)
def floats(hidden, size, layers, experts, per_token):
    met = 3.0 * layers * hidden * size * per_token
    return met / per_token * experts, met


@right("lab12.flop", on_host=True)
def forward_and_backward(stored_billion, met_billion, tokens_trillion):
    forward = 2 * met_billion * GIGA * tokens_trillion * TERA
    return forward + 2 * forward


@right("lab12.flop", on_host=True)
def one_power(stored_billion, met_billion, tokens_trillion):
    return 6e21 * met_billion * tokens_trillion


@right("lab12.flop", on_host=True)
def whole_numbers(stored_billion, met_billion, tokens_trillion):
    return 6 * round(met_billion * 10**9) * round(tokens_trillion * 10**12)


@right("lab12.flop", on_host=True)
def single_precision_scalar(stored_billion, met_billion, tokens_trillion):
    return np.float64(met_billion) * 1e9 * (6 * tokens_trillion * 1e12)


@right("lab12.attention", on_host=True)
def cancelled(layers, heads, qk_size, v_size, length):
    return 3 * layers * heads * length * (qk_size + v_size)


@right("lab12.attention", on_host=True)
def scores_then_values(layers, heads, qk_size, v_size, length):
    scores = 2 * qk_size * length / 2
    values = 2 * v_size * length / 2
    return (scores + values) * heads * layers * (1 + 2)


@right("lab12.attention", on_host=True)
def exactly(layers, heads, qk_size, v_size, length):
    return float(Fraction(length, 2) * 6 * layers * heads * (qk_size + v_size))


@right("lab12.mfu", on_host=True)
def seconds_of_a_day(gflop_per_token, tokens_per_day, gpus, peaks_tflops):
    second = tokens_per_day / (24 * 60 * 60)
    return gflop_per_token / 1000 * second / gpus / peaks_tflops["bf16"]


@right("lab12.mfu", on_host=True)
def a_day_of_peak(gflop_per_token, tokens_per_day, gpus, peaks_tflops):
    possible = peaks_tflops["bf16"] * 1e12 * 86400 * gpus
    return gflop_per_token * 1e9 * tokens_per_day / possible


@right("lab12.mfu", on_host=True)
def half_of_the_sparse_peak(gflop_per_token, tokens_per_day, gpus, peaks_tflops):
    dense = peaks_tflops["bf16_sparse"] / 2
    return gflop_per_token * tokens_per_day / 86_400 / gpus / (1000 * dense)


@right("lab12.hours", on_host=True)
def by_steps(flop, mfu, peak_tflops):
    peak_flop_an_hour = peak_tflops * TERA * 3600
    return flop / peak_flop_an_hour / mfu


@right("lab12.hours", on_host=True)
def minutes_twice(flop, mfu, peak_tflops):
    return flop / (mfu * peak_tflops) / 1e12 / 60 / 60


@right("lab12.hours", on_host=True)
def numpy_scalar(flop, mfu, peak_tflops):
    return np.divide(flop, mfu * peak_tflops * 3.6e15)


@right("lab12.hold", on_host=True)
def minus_minus(stored_billion, met_billion, bytes_each, gpu_gib):
    return int(-(-stored_billion * 1e9 * bytes_each // (gpu_gib * 1024**3)))


@right("lab12.hold", on_host=True)
def in_gib(stored_billion, met_billion, bytes_each, gpu_gib):
    gib = stored_billion * bytes_each * 1e9 / 2**30
    return math.ceil(gib / gpu_gib)


@right("lab12.hold", on_host=True)
def counted_up(stored_billion, met_billion, bytes_each, gpu_gib):
    gpus = 0
    while gpus * gpu_gib * 2**30 < stored_billion * 1e9 * bytes_each:
        gpus += 1
    return gpus


@right("lab12.owned", on_host=True)
def over_the_hours_worked(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    worked = years * 365 * 24 * utilisation
    energy = worked * watts / 1000 * pue
    return (price_usd + energy * usd_per_kwh) / worked


@right("lab12.owned", on_host=True)
def a_year(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    hours = 8760 * utilisation
    bill = price_usd / years + hours * watts * pue / 1000 * usd_per_kwh
    return bill / hours


@right("lab12.owned", on_host=True)
def kilowatts_first(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    kilowatts = watts * 1e-3
    return price_usd / (years * 8760) / utilisation + kilowatts * usd_per_kwh * pue
