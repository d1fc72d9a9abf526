"""Run in a process of its own by test_exchange_several_gpus.py: the exchange with a kernel on each of four GPUs."""

import json
import os
import sys

os.environ["NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS"] = "0"
os.environ["NUMBA_CUDA_WARN_ON_IMPLICIT_COPY"] = "0"

import smsim  # noqa: E402

smsim.attach(gpus=4, gpus_per_node=2, force=True)

import numpy as np  # noqa: E402
from numba import cuda, int32  # noqa: E402

from trainmath import exchange  # noqa: E402

SHAPE = exchange.Shape(
    nodes=2, gpus_per_node=2, experts=8, topk=3, tokens=2, hidden=128, channels=1, slots=1, chunk=1, senders=2
)
GAINS = np.random.default_rng(3).standard_normal(8).astype(np.float32)


@cuda.jit(device=True)
def publish_gpu(flag, value):
    smsim.asm("st.release.gpu.global.s32 [%0], %1;", "l, r, memory", flag, int32(value))


@cuda.jit(device=True)
def look_gpu(flag):
    return smsim.asm("ld.acquire.gpu.global.s32 %0, [%1];", "=r, l, memory", flag)


def found(orders):
    """The error of a dispatch with these orders, its name and its text."""
    tokens = exchange.random_tokens(SHAPE, 0)
    try:
        exchange.SeveralGPUs(SHAPE, orders).run_dispatch(exchange.for_dispatch(SHAPE, tokens))
    except smsim.SimulationError as error:
        return [type(error).__name__, str(error)]
    return ["nothing", ""]


def main():
    four = exchange.SeveralGPUs(SHAPE)
    right = []
    for seed in (None, *range(int(sys.argv[1]))):
        smsim.attach(seed=seed)
        tokens = exchange.random_tokens(SHAPE, seed or 0)
        result = four.run(tokens, GAINS)
        right.append(bool(np.array_equal(result.out, exchange.reference(SHAPE, tokens, GAINS))))
    smsim.attach(seed=None)
    wrong = {
        "publish at .gpu": found(exchange.Orders(publish=publish_gpu)),
        "look at .gpu": found(exchange.Orders(look=look_gpu)),
    }
    print(json.dumps({"right": right, "wrong": wrong}))


main()
