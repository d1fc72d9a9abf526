"""Wrong answers to lab 10, each with the misconception that its check must name."""

import math

import numpy as np
from answers import Answer, collector
from lab10_right import BEST, _step

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready


@wrong("lab10.rate", "times added", on_host=True)
def one_after_the_other(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    links = infiniband_bytes / infiniband + nvlink_bytes / nvlink
    return (links + copied_bytes / (k * per_sm)) / 1e9 + latency / 1e6


@wrong("lab10.rate", "fastest of the three", on_host=True)
def quickest(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    gigabytes = np.array([infiniband_bytes, nvlink_bytes, copied_bytes]) / 1e9
    return np.min(gigabytes / [infiniband, nvlink, k * per_sm]) + latency / 1e6


@wrong("lab10.rate", "copied once", on_host=True)
def what_infiniband_brings(
    k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency
):
    links = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink)
    return max(links, infiniband_bytes / (k * per_sm)) / 1e9 + latency / 1e6


@wrong("lab10.rate", "copied once", on_host=True)
def what_both_links_bring(
    k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency
):
    links = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink)
    return max(links, (infiniband_bytes + nvlink_bytes) / (k * per_sm)) / 1e9 + latency / 1e6


@wrong("lab10.rate", "both directions", on_host=True)
def there_and_back(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    links = 2 * max(infiniband_bytes / infiniband, nvlink_bytes / nvlink)
    return max(links, copied_bytes / (k * per_sm)) / 1e9 + latency / 1e6


@wrong("lab10.rate", "a single SM", on_host=True)
def one_sm(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    links = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink)
    return max(links, copied_bytes / per_sm) / 1e9 + latency / 1e6


@wrong("lab10.rate", "k times the links", on_host=True)
def smallest_rate_times_k(
    k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency
):
    one = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink, copied_bytes / per_sm)
    return one / k / 1e9 + latency / 1e6


@wrong("lab10.rate", "NVLink forgotten", on_host=True)
def no_nvlink(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    return max(infiniband_bytes / infiniband, copied_bytes / (k * per_sm)) / 1e9 + latency / 1e6


@wrong("lab10.rate", "latency forgotten", on_host=True)
def at_once(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    return max(infiniband_bytes / infiniband, nvlink_bytes / nvlink, copied_bytes / (k * per_sm)) / 1e9


@wrong("lab10.rate", "latency for each SM", on_host=True)
def each_waits(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    slowest = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink, copied_bytes / (k * per_sm))
    return slowest / 1e9 + k * latency / 1e6


@wrong("lab10.rate", "microseconds for seconds", on_host=True)
def plain_latency(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    slowest = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink, copied_bytes / (k * per_sm))
    return slowest / 1e9 + latency


@wrong("lab10.rate", "copying on top", on_host=True)
def first_the_links_then_the_copying(
    k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency
):
    links = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink)
    return (links + copied_bytes / (k * per_sm)) / 1e9 + latency / 1e6


@wrong("lab10.rate", "latency of the copying alone", on_host=True)
def only_the_sms_are_late(
    k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency
):
    links = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink) / 1e9
    return max(links, copied_bytes / (k * per_sm * 1e9) + latency / 1e6)


@wrong("lab10.rate", "milliseconds for microseconds", on_host=True)
def a_latency_in_milliseconds(
    k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency
):
    links = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink)
    return max(links, copied_bytes / (k * per_sm)) / 1e9 + latency / 1e3


@wrong("lab10.rate", "bits for bytes", on_host=True)
def in_bits(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    slowest = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink, copied_bytes / (k * per_sm))
    return 8 * slowest / 1e9 + latency / 1e6


@wrong("lab10.rate", "GiB for GB", on_host=True)
def powers_of_two(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    slowest = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink, copied_bytes / (k * per_sm))
    return slowest / 2**30 + latency / 1e6


@wrong("lab10.rate", "no number", on_host=True)
def printed(k, infiniband_bytes, nvlink_bytes, copied_bytes, infiniband, nvlink, per_sm, latency):
    _ = copied_bytes / (k * per_sm)


@wrong("lab10.compute", "no waves", on_host=True)
def at_will(k, seconds, sms, tiles):
    return seconds * sms / (sms - k)


@wrong("lab10.compute", "rounded down", on_host=True)
def whole_division(k, seconds, sms, tiles):
    return seconds * (tiles // (sms - k)) / (tiles // sms)


@wrong("lab10.compute", "rounded down", on_host=True)
def floors(k, seconds, sms, tiles):
    return seconds * math.floor(tiles / (sms - k)) / max(math.floor(tiles / sms), 1)


@wrong("lab10.compute", "rounded down and one more", on_host=True)
def plus_one(k, seconds, sms, tiles):
    return seconds * (1 + tiles // (sms - k)) / (1 + tiles // sms)


@wrong("lab10.compute", "k SMs compute", on_host=True)
def by_the_wrong_ones(k, seconds, sms, tiles):
    return seconds * math.ceil(tiles / k) / math.ceil(tiles / sms)


@wrong("lab10.compute", "waves not compared", on_host=True)
def just_waves(k, seconds, sms, tiles):
    return seconds * math.ceil(tiles / (sms - k))


@wrong("lab10.compute", "fewer SMs, faster", on_host=True)
def upside_down(k, seconds, sms, tiles):
    return seconds / math.ceil(tiles / (sms - k)) * math.ceil(tiles / sms)


@wrong("lab10.compute", "part of a wave", on_host=True)
def a_part(k, seconds, sms, tiles):
    return seconds * (tiles / (sms - k)) / math.ceil(tiles / sms)


@wrong("lab10.compute", "part of the first wave", on_host=True)
def the_other_part(k, seconds, sms, tiles):
    return seconds * math.ceil(tiles / (sms - k)) / (tiles / sms)


@wrong("lab10.compute", "k forgotten", on_host=True)
def for_nothing(k, seconds, sms, tiles):
    return seconds


@wrong("lab10.compute", "ms for s", on_host=True)
def in_ms(k, seconds, sms, tiles):
    return 1e3 * seconds * math.ceil(tiles / (sms - k)) / math.ceil(tiles / sms)


def _data(k, c):
    links = max(c["infiniband_bytes"] / c["infiniband"], c["nvlink_bytes"] / c["nvlink"])
    return max(links, c["copied_bytes"] / k / c["per_sm"]) / 1e9 + c["latency"] / 1e6


def _arithmetic(k, c):
    return c["seconds"] * math.ceil(c["tiles"] / (c["sms"] - k)) / math.ceil(c["tiles"] / c["sms"])


def _shortest(step, cluster):
    return min(range(2, cluster["sms"], 2), key=lambda k: step(k, cluster))


@wrong("lab10.choose", "always 20", on_host=True)
def twenty(cluster):
    return 20


@wrong("lab10.choose", "always the same k", on_host=True)
def sixteen(cluster):
    return 16


@wrong("lab10.choose", "smallest k", on_host=True)
def two(cluster):
    return 2


@wrong("lab10.choose", "knee for optimum", on_host=True)
def full_link(cluster):
    return _shortest(_data, cluster)


@wrong("lab10.choose", "data alone", on_host=True)
def a_full_link_and_a_pair_to_be_safe(cluster):
    return min(_shortest(_data, cluster) + 2, (cluster["sms"] - 1) // 2 * 2)


@wrong("lab10.choose", "arithmetic alone", on_host=True)
def free_ones_only(cluster):
    return max(k for k in range(2, cluster["sms"], 2) if _arithmetic(k, cluster) == _arithmetic(2, cluster))


@wrong("lab10.choose", "InfiniBand alone", on_host=True)
def enough_for_the_card(cluster):
    k = math.ceil(cluster["infiniband"] / cluster["per_sm"])
    return min(k + k % 2, (cluster["sms"] - 1) // 2 * 2)


@wrong("lab10.choose", "copied once", on_host=True)
def each_byte_once(cluster):
    return _shortest(_step, cluster | {"copied_bytes": cluster["infiniband_bytes"]})


@wrong("lab10.choose", "sum for maximum", on_host=True)
def both_times(cluster):
    return _shortest(lambda k, c: _data(k, c) + _arithmetic(k, c), cluster)


@wrong("lab10.choose", "tiles forgotten", on_host=True)
def cut_at_will(cluster):
    return _shortest(lambda k, c: max(_data(k, c), c["seconds"] * c["sms"] / (c["sms"] - k)), cluster)


@wrong("lab10.choose", "first that hides", on_host=True)
def hidden(cluster):
    every = range(2, cluster["sms"], 2)
    return next((k for k in every if _data(k, cluster) <= _arithmetic(k, cluster)), every[-1])


@wrong("lab10.choose", "last that does not hide", on_host=True)
def just_before(cluster):
    return max(
        (k for k in range(2, cluster["sms"], 2) if _data(k, cluster) > _arithmetic(k, cluster)), default=2
    )


@wrong("lab10.choose", "longest step", on_host=True)
def max_for_min(cluster):
    return max(range(2, cluster["sms"], 2), key=lambda k: _step(k, cluster))


@wrong("lab10.choose", "odd k", on_host=True)
def one_more(cluster):
    return _shortest(_step, cluster) + 1


@wrong("lab10.choose", "time for k", on_host=True)
def its_step(cluster):
    return min(_step(k, cluster) for k in range(2, cluster["sms"], 2))


@wrong("lab10.choose", "no whole SM", on_host=True)
def a_fraction(cluster):
    return _shortest(_step, cluster) + 0.5


@wrong("lab10.choose", "nobody moves the data", on_host=True)
def none_at_all(cluster):
    return 0


@wrong("lab10.choose", "no SM left", on_host=True)
def all_of_them(cluster):
    return cluster["sms"]


@wrong("lab10.choose", "no number", on_host=True)
def forgot_to_return(cluster):
    _shortest(_step, cluster)


@wrong("lab10.choose", "raises", on_host=True)
def misspelt(cluster):
    return cluster["SMs"]


@wrong("lab10.choose", "too many", on_host=True)
def to_be_safe(cluster):
    return min(_shortest(_step, cluster) + 6, (cluster["sms"] - 1) // 2 * 2)


@wrong("lab10.choose", "too few", on_host=True)
def to_be_thrifty(cluster):
    return max(_shortest(_step, cluster) - 4, 2)


#: Defences, what their verdict must name, and a piece of what it must say.
DEFENCES = {
    "full link": (BEST | {"k": 24}, "knee for optimum", "before that"),
    "twenty": (BEST | {"k": 20}, "twenty by habit", r"32\.2 ms"),
    "another k": (BEST | {"k": 12}, "not the best", "choose_k"),
    "no knee": (BEST | {"knee": 10}, "optimum for knee", "first `k` with which a link limits"),
    "another knee": (BEST | {"knee": 26}, "not the knee", "first even"),
    "compute": (BEST | {"input": "seconds"}, "seconds for most", "cut off at the knee"),
    "InfiniBand": (BEST | {"input": "infiniband"}, "infiniband for most", "A faster InfiniBand"),
    "NVLink": (BEST | {"input": "nvlink"}, "nvlink for most", "NVLink is not"),
    "latency": (BEST | {"input": "latency"}, "latency for most", "small part"),
    "misspelt": (BEST | {"input": "per_sms"}, "no such input", "Did you mean 'per_sm'"),
    "a GPU": (BEST | {"input": "H800"}, "no such input", "They are seconds"),
    "exchanged": (BEST | {"low": 4, "high": 32}, "ends exchanged", "divided"),
    "twice": (BEST | {"low": 18, "high": 6}, "factor of 2", "4 is asked for"),
    "a wrong low end": (BEST | {"low": 30}, "wrong end", "low: .* divided"),
    "a wrong high end": (BEST | {"high": 6}, "wrong end", "high: .* multiplied"),
    "half": ({"k": 10}, "unanswered", "knee, input, low, high"),
    "too much": (BEST | {"best": 10}, "no such entry", "'best'"),
    "a list": ([10, 24, "per_sm", 32, 4], "wrong kind", "a dict with"),
}
