"""Right answers to lab 10 in styles that readers bring along. All must be accepted."""

import math

import numpy as np
from answers import Answer, collector

from trainmath import reserve

RIGHT: list[Answer] = []
right = collector(RIGHT)
cuda = None  # put here by Answer.ready


@right("lab10.rate", on_host=True)
def smallest_rate_first(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    gigabytes = np.array([infiniband_bytes, nvlink_bytes, copied_bytes]) / 1e9
    return np.max(gigabytes / [infiniband, nvlink, k * per_sm]) + latency / 1e6


@right("lab10.rate", on_host=True)
def one_by_one(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    slowest = infiniband_bytes / infiniband
    if nvlink_bytes / nvlink > slowest:
        slowest = nvlink_bytes / nvlink
    if copied_bytes / per_sm / k > slowest:
        slowest = copied_bytes / per_sm / k
    return (slowest + 1000 * latency) / 1e9


@right("lab10.rate", on_host=True)
def rate_by_trainmath(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    work = reserve.Work(1.0, infiniband_bytes, nvlink_bytes, copied_bytes)
    machine = reserve.Machine(infiniband * 1e9, nvlink * 1e9, per_sm * 1e9, latency=latency * 1e-6)
    return reserve.communication_seconds(np.array([k]), work, machine)[0]


@right("lab10.compute", on_host=True)
def floor_of_the_negative(k, seconds, sms, tiles):
    return seconds * -(-tiles // (sms - k)) / -(-tiles // sms)


@right("lab10.compute", on_host=True)
def wave_by_wave(k, seconds, sms, tiles):
    def waves(n):
        count, left = 0, tiles
        while left > 0:
            count, left = count + 1, left - n
        return count

    one = seconds / waves(sms)
    return sum(one for _ in range(waves(sms - k)))


@right("lab10.compute", on_host=True)
def by_numpy(k, seconds, sms, tiles):
    return np.float64(seconds) * np.ceil(tiles / (sms - k)) / np.ceil(tiles / sms)


def _step(k, c):
    data = max(
        c["infiniband_bytes"] / c["infiniband"],
        c["nvlink_bytes"] / c["nvlink"],
        c["copied_bytes"] / k / c["per_sm"],
    )
    waves = math.ceil(c["tiles"] / (c["sms"] - k)) / math.ceil(c["tiles"] / c["sms"])
    return max(data / 1e9 + c["latency"] / 1e6, c["seconds"] * waves)


@right("lab10.choose", on_host=True)
def a_loop(cluster):
    best, shortest = None, float("inf")
    for k in range(2, cluster["sms"], 2):
        if _step(k, cluster) < shortest:
            best, shortest = k, _step(k, cluster)
    return best


@right("lab10.choose", on_host=True)
def the_largest_of_equal_ones(cluster):
    return min(range(cluster["sms"] // 2 * 2 - 2, 0, -2), key=lambda k: _step(k, cluster))


@right("lab10.choose", on_host=True)
def with_arrays(cluster):
    k = np.arange(2, cluster["sms"], 2)
    return k[np.argmin([_step(n, cluster) for n in k])]


@right("lab10.choose", on_host=True)
def as_a_float(cluster):
    return float(a_loop(cluster))


@right("lab10.choose", on_host=True)
def by_trainmath(cluster):
    work = reserve.Work(
        cluster["seconds"],
        cluster["infiniband_bytes"],
        cluster["nvlink_bytes"],
        cluster["copied_bytes"],
        cluster["tiles"],
    )
    machine = reserve.Machine(
        cluster["infiniband"] * 1e9,
        cluster["nvlink"] * 1e9,
        cluster["per_sm"] * 1e9,
        cluster["sms"],
        cluster["latency"] * 1e-6,
    )
    return reserve.sweep(work, machine).best


BEST = {"k": 10, "knee": 24, "input": "per_sm", "low": 32, "high": 4}
#: Defences that are right.
DEFENCES = {
    "a dict": BEST,
    "NumPy's numbers": BEST | {"k": np.int64(10), "knee": 24.0},
    "in another order": dict(reversed(BEST.items())),
}
