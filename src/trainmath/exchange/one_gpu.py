"""All GPUs of an exchange as blocks of one launch on one GPU: to see it run, and to judge it.

Every rank has rings and flags of its own, and touches those of another only where it would over a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import cuda

from trainmath.exchange import arguments, combine, dispatch
from trainmath.exchange.experts import experts_function
from trainmath.exchange.fp8 import from_bf16
from trainmath.exchange.orders import Orders
from trainmath.exchange.shape import LANES, Shape
from trainmath.exchange.tokens import Tokens


@dataclass(frozen=True)
class Result:
    """What an exchange left.

    Attributes:
        dispatched, combined: the arrays of both kernels, as they are afterwards.
        out: float32 ``(gpus, tokens, hidden)``, each number a BF16.
    """

    dispatched: arguments.Dispatch
    combined: arguments.Combine

    @property
    def out(self) -> np.ndarray:
        return from_bf16(self.combined.out.view(np.uint16))


class OneGPU:
    """An exchange of a shape, compiled for one GPU.

    Attributes:
        shape: of the exchange.
        dispatch, experts, combine: the launches, to call, or to hand to ``smsim.check`` and its like.
    """

    def __init__(self, shape: Shape, orders: Orders | None = None) -> None:
        self.shape, orders = shape, orders or Orders()
        size = shape.gpus * shape.blocks, shape.threads
        self.dispatch = _dispatch(shape, orders)[size]
        self.experts = _experts(shape)[(shape.gpus, shape.gpus), 4 * LANES]
        self.combine = _combine(shape, orders)[size]

    def run(self, tokens: Tokens, gains: np.ndarray) -> Result:
        """Send ``tokens`` to their experts, and get the weighted sums back.

        Args:
            tokens: of all GPUs.
            gains: what each expert multiplies by, float32 ``(experts,)``.
        """
        dispatched = arguments.for_dispatch(self.shape, tokens)
        self.dispatch(*dispatched)
        partial = arguments.for_experts(self.shape)
        self.experts(dispatched.received, dispatched.arrived, gains, partial)
        combined = arguments.for_combine(self.shape, tokens, dispatched, partial)
        self.combine(*combined)
        return Result(dispatched, combined)


def _dispatch(shape: Shape, orders: Orders) -> Any:
    of_block, blocks = dispatch.block_function(shape, orders), shape.blocks

    @cuda.jit(max_registers=shape.registers)
    def dispatch_all(
        values,
        scale,
        experts,
        weights,
        masks,
        sent,
        counts,
        rings,
        flags,
        received,
        arrived,
        passed,
        came,
        chunk,
    ):
        r, b = cuda.blockIdx.x // blocks, cuda.blockIdx.x % blocks
        of_block(
            r, b, values[r], scale[r], experts[r], weights[r], masks[r], sent[r], counts[r], rings, flags,
            received[r], arrived[r], passed[r], came[r], chunk,
        )  # fmt: skip

    return dispatch_all


def _experts(shape: Shape) -> Any:
    of_record = experts_function(shape)

    @cuda.jit
    def experts_all(received, arrived, gains, partial):
        r, source = cuda.blockIdx.x, cuda.blockIdx.y
        warp, warps = cuda.threadIdx.x // LANES, cuda.blockDim.x // LANES
        for c in range(arrived.shape[2]):
            for i in range(warp, arrived[r, source, c], warps):
                of_record(r, received[r, source, c, i], gains, partial[r, source, c, i])

    return experts_all


def _combine(shape: Shape, orders: Orders) -> Any:
    of_block, blocks = combine.block_function(shape, orders), shape.blocks

    @cuda.jit(max_registers=shape.registers)
    def combine_all(partial, arrived, passed, came, wanted, rings, flags, out, chunk):
        r, b = cuda.blockIdx.x // blocks, cuda.blockIdx.x % blocks
        of_block(r, b, partial[r], arrived[r], passed[r], came[r], wanted[r], rings, flags, out[r], chunk)

    return combine_all
