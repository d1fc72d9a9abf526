"""Run in a process of its own: the exchange with a kernel on each GPU, in the order of no seed and of so many.

    python tests/exchange/several_gpus_exchange.py NODES GPUS_PER_NODE SEEDS [wrong]

It prints JSON: ``right``, whether all tokens were right in each order, and ``wrong``, what was said of planted
mistakes.
"""

import json
import os
import sys

os.environ["NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS"] = "0"
os.environ["NUMBA_CUDA_WARN_ON_IMPLICIT_COPY"] = "0"

import smsim  # noqa: E402

NODES, GPUS_PER_NODE, SEEDS = map(int, sys.argv[1:4])
smsim.attach(gpus=NODES * GPUS_PER_NODE, gpus_per_node=GPUS_PER_NODE, force=True)

import numpy as np  # noqa: E402
from numba import cuda, int32  # noqa: E402

from trainmath import exchange  # noqa: E402

SHAPE = exchange.Shape(
    nodes=NODES, gpus_per_node=GPUS_PER_NODE, experts=2 * NODES * GPUS_PER_NODE, topk=3, tokens=2, hidden=128,
    channels=1, slots=1, chunk=1, senders=2,
)  # fmt: skip
GAINS = np.random.default_rng(3).standard_normal(SHAPE.experts).astype(np.float32)


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
    several = exchange.SeveralGPUs(SHAPE)
    right = []
    for seed in (None, *range(SEEDS)):
        smsim.attach(seed=seed)
        tokens = exchange.random_tokens(SHAPE, seed or 0)
        result = several.run(tokens, GAINS)
        right.append(bool(np.array_equal(result.out, exchange.reference(SHAPE, tokens, GAINS))))
    smsim.attach(seed=None)
    wrong = {}
    if "wrong" in sys.argv:
        wrong["publish at .gpu"] = found(exchange.Orders(publish=publish_gpu))
        wrong["look at .gpu"] = found(exchange.Orders(look=look_gpu))
    print(json.dumps({"right": right, "wrong": wrong}))


main()
