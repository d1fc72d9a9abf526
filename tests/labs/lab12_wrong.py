"""Planted wrong answers to lab 12. Each must be rejected for the right reason."""

import math

from answers import Answer, collector

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready


@wrong("lab12.parameters", "stored and met swapped", on_host=True)
def swapped(hidden, size, layers, experts, per_token):
    one = 3 * hidden * size
    return layers * per_token * one, layers * experts * one


@wrong("lab12.parameters", "stored for met", on_host=True)
def all_are_met(hidden, size, layers, experts, per_token):
    stored = layers * experts * 3 * hidden * size
    return stored, stored


@wrong("lab12.parameters", "met for stored", on_host=True)
def only_met(hidden, size, layers, experts, per_token):
    met = layers * per_token * 3 * hidden * size
    return met, met


@wrong("lab12.parameters", "two matrices", on_host=True)
def no_gate(hidden, size, layers, experts, per_token):
    one = hidden * size + size * hidden
    return layers * experts * one, layers * per_token * one


@wrong("lab12.parameters", "one layer", on_host=True)
def forgets_layers(hidden, size, layers, experts, per_token):
    return experts * 3 * hidden * size, per_token * 3 * hidden * size


@wrong("lab12.parameters", "in billions", on_host=True)
def billions(hidden, size, layers, experts, per_token):
    one = 3 * hidden * size / 1e9
    return layers * experts * one, layers * per_token * one


@wrong("lab12.parameters", "not a pair", on_host=True)
def only_one(hidden, size, layers, experts, per_token):
    return layers * experts * 3 * hidden * size


@wrong("lab12.parameters", "no number", on_host=True)
def forgets_return(hidden, size, layers, experts, per_token):
    stored = layers * experts * 3 * hidden * size
    met = stored / experts * per_token
    print(stored, met)


@wrong("lab12.flop", "stored for met", on_host=True)
def total_parameters(stored_billion, met_billion, tokens_trillion):
    return 6 * stored_billion * 1e9 * tokens_trillion * 1e12


@wrong("lab12.flop", "per token, not the run", on_host=True)
def one_token(stored_billion, met_billion, tokens_trillion):
    return 6 * met_billion * 1e9


@wrong("lab12.flop", "forward only", on_host=True)
def forward(stored_billion, met_billion, tokens_trillion):
    return 2 * met_billion * 1e9 * tokens_trillion * 1e12


@wrong("lab12.flop", "no addition", on_host=True)
def multiplications(stored_billion, met_billion, tokens_trillion):
    return 3 * met_billion * 1e9 * tokens_trillion * 1e12


@wrong("lab12.flop", "millions for billions", on_host=True)
def millions(stored_billion, met_billion, tokens_trillion):
    return 6 * met_billion * 1e6 * tokens_trillion * 1e12


@wrong("lab12.flop", "TFLOP for FLOP", on_host=True)
def teraflop(stored_billion, met_billion, tokens_trillion):
    return 6 * met_billion * 1e9 * tokens_trillion


@wrong("lab12.flop", "scales forgotten", on_host=True)
def as_given(stored_billion, met_billion, tokens_trillion):
    return 6 * met_billion * tokens_trillion


@wrong("lab12.attention", "full square for causal", on_host=True)
def full_square(layers, heads, qk_size, v_size, length):
    return 3 * layers * 2 * length * heads * (qk_size + v_size)


@wrong("lab12.attention", "forward only", on_host=True)
def no_backward(layers, heads, qk_size, v_size, length):
    return layers * length * heads * (qk_size + v_size)


@wrong("lab12.attention", "scores only", on_host=True)
def scores(layers, heads, qk_size, v_size, length):
    return 3 * layers * length * heads * qk_size


@wrong("lab12.attention", "per sequence, not per token", on_host=True)
def whole_sequence(layers, heads, qk_size, v_size, length):
    return 3 * layers * length**2 * heads * (qk_size + v_size)


@wrong("lab12.attention", "one layer", on_host=True)
def first_layer(layers, heads, qk_size, v_size, length):
    return 3 * length * heads * (qk_size + v_size)


@wrong("lab12.mfu", "FP8 peak for BF16", on_host=True)
def fp8(gflop_per_token, tokens_per_day, gpus, peaks_tflops):
    return gflop_per_token * 1e9 * tokens_per_day / 86_400 / gpus / (peaks_tflops["fp8"] * 1e12)


@wrong("lab12.mfu", "sparse peak for dense", on_host=True)
def sparse(gflop_per_token, tokens_per_day, gpus, peaks_tflops):
    return gflop_per_token * 1e9 * tokens_per_day / 86_400 / gpus / (peaks_tflops["bf16_sparse"] * 1e12)


@wrong("lab12.mfu", "sparse peak for dense", on_host=True)
def largest(gflop_per_token, tokens_per_day, gpus, peaks_tflops):
    return gflop_per_token * 1e9 * tokens_per_day / 86_400 / gpus / (max(peaks_tflops.values()) * 1e12)


@wrong("lab12.mfu", "hours for seconds", on_host=True)
def per_hour(gflop_per_token, tokens_per_day, gpus, peaks_tflops):
    return gflop_per_token * 1e9 * tokens_per_day / 24 / gpus / (peaks_tflops["bf16"] * 1e12)


@wrong("lab12.mfu", "in percent", on_host=True)
def percent(gflop_per_token, tokens_per_day, gpus, peaks_tflops):
    return 100 * gflop_per_token * 1e9 * tokens_per_day / 86_400 / gpus / (peaks_tflops["bf16"] * 1e12)


@wrong("lab12.mfu", "all GPUs for one", on_host=True)
def whole_cluster(gflop_per_token, tokens_per_day, gpus, peaks_tflops):
    return gflop_per_token * 1e9 * tokens_per_day / 86_400 / (peaks_tflops["bf16"] * 1e12)


@wrong("lab12.mfu", "GFLOP for TFLOP", on_host=True)
def both_giga(gflop_per_token, tokens_per_day, gpus, peaks_tflops):
    return gflop_per_token * tokens_per_day / 86_400 / gpus / peaks_tflops["bf16"]


@wrong("lab12.hours", "seconds for hours", on_host=True)
def seconds(flop, mfu, peak_tflops):
    return flop / (mfu * peak_tflops * 1e12)


@wrong("lab12.hours", "minutes for hours", on_host=True)
def minutes(flop, mfu, peak_tflops):
    return flop / (mfu * peak_tflops * 1e12) / 60


@wrong("lab12.hours", "TFLOP for FLOP", on_host=True)
def plain_peak(flop, mfu, peak_tflops):
    return flop / (mfu * peak_tflops) / 3600


@wrong("lab12.hours", "peak without MFU", on_host=True)
def at_peak(flop, mfu, peak_tflops):
    return flop / (peak_tflops * 1e12) / 3600


@wrong("lab12.hours", "multiplied by MFU", on_host=True)
def times_mfu(flop, mfu, peak_tflops):
    return flop / (peak_tflops * 1e12) * mfu / 3600


@wrong("lab12.hours", "no number", on_host=True)
def as_text(flop, mfu, peak_tflops):
    return f"{flop / (mfu * peak_tflops * 1e12) / 3600} GPU-hours"


@wrong("lab12.hold", "GB for GiB", on_host=True)
def gigabytes(stored_billion, met_billion, bytes_each, gpu_gib):
    return math.ceil(stored_billion * bytes_each / gpu_gib)


@wrong("lab12.hold", "met for stored", on_host=True)
def active_only(stored_billion, met_billion, bytes_each, gpu_gib):
    return math.ceil(met_billion * 1e9 * bytes_each / (gpu_gib * 2**30))


@wrong("lab12.hold", "rounded down", on_host=True)
def down(stored_billion, met_billion, bytes_each, gpu_gib):
    return int(stored_billion * 1e9 * bytes_each / (gpu_gib * 2**30))


@wrong("lab12.hold", "not a whole number", on_host=True)
def part_of_a_gpu(stored_billion, met_billion, bytes_each, gpu_gib):
    return stored_billion * 1e9 * bytes_each / (gpu_gib * 2**30)


@wrong("lab12.hold", "bits for bytes", on_host=True)
def bits(stored_billion, met_billion, bytes_each, gpu_gib):
    return math.ceil(8 * stored_billion * 1e9 * bytes_each / (gpu_gib * 2**30))


@wrong("lab12.owned", "hour of the clock", on_host=True)
def clock(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return price_usd / years / 8760 + watts / 1000 * pue * usd_per_kwh


@wrong("lab12.owned", "W for kW", on_host=True)
def watt_hours(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return price_usd / years / 8760 / utilisation + watts * pue * usd_per_kwh


@wrong("lab12.owned", "days for hours", on_host=True)
def per_day(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return price_usd / years / 365 / utilisation + watts / 1000 * pue * usd_per_kwh


@wrong("lab12.owned", "multiplied by utilisation", on_host=True)
def times_utilisation(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return price_usd / years / 8760 * utilisation + watts / 1000 * pue * usd_per_kwh


@wrong("lab12.owned", "utilisation on electricity too", on_host=True)
def all_divided(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return (price_usd / years / 8760 + watts / 1000 * pue * usd_per_kwh) / utilisation


@wrong("lab12.owned", "PUE forgotten", on_host=True)
def no_cooling(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return price_usd / years / 8760 / utilisation + watts / 1000 * usd_per_kwh


@wrong("lab12.owned", "cents for dollars", on_host=True)
def cents(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return 100 * (price_usd / years / 8760 / utilisation + watts / 1000 * pue * usd_per_kwh)


@wrong("lab12.owned", "wrong result", on_host=True)
def nobody_s_formula(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return price_usd / years / 8760 / utilisation**2 + watts / 1000 * pue * usd_per_kwh


@wrong("lab12.flop", "both counts added", on_host=True)
def adds_both_counts(stored_billion, met_billion, tokens_trillion):
    return 6 * (stored_billion + met_billion) * 1e21 * tokens_trillion


@wrong("lab12.attention", "average to the token", on_host=True)
def counts_itself(layers, heads, qk_size, v_size, length):
    return 3 * layers * heads * (length + 1) * (qk_size + v_size)


@wrong("lab12.attention", "average to the token", on_host=True)
def only_the_earlier_ones(layers, heads, qk_size, v_size, length):
    return 6 * layers * heads * sum(range(length)) / length * (qk_size + v_size)


@wrong("lab12.mfu", "an hour for a day", on_host=True)
def seconds_of_an_hour(gflop_per_token, tokens_per_day, gpus, peaks_tflops):
    return gflop_per_token * 1e9 * tokens_per_day / 3600 / gpus / (peaks_tflops["bf16"] * 1e12)


@wrong("lab12.hold", "rounded to the nearest", on_host=True)
def nearest(stored_billion, met_billion, bytes_each, gpu_gib):
    return round(stored_billion * 1e9 * bytes_each / gpu_gib / 2**30)


@wrong("lab12.owned", "electricity by the clock", on_host=True)
def draws_for_a_part_of_the_hour(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return price_usd / years / 8760 / utilisation + utilisation * watts / 1000 * pue * usd_per_kwh


@wrong("lab12.owned", "rounded", on_host=True)
def in_whole_cents(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return round(price_usd / years / 8760 / utilisation + watts / 1000 * pue * usd_per_kwh, 2)
