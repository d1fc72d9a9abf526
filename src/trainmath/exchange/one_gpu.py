"""All GPUs of an exchange as blocks of one launch on one GPU: to see it run, and to judge it.

Every rank has its own rings and its own flags, in arrays of their own, as it would on a GPU of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numba import cuda

from trainmath.exchange import combine, dispatch
from trainmath.exchange.experts import experts_function
from trainmath.exchange.orders import Orders
from trainmath.exchange.shape import LANES, Shape


@dataclass(frozen=True)
class Kernels:
    """Launch each with ``grid`` blocks of ``shape.threads`` threads; arguments as in :class:`Exchange`."""

    dispatch: Any
    experts: Any
    combine: Any


def kernels(shape: Shape, orders: Orders = Orders()) -> Kernels:  # noqa: B008 - frozen
    """The three kernels for a shape."""
    blocks, registers = shape.blocks, shape.registers
    of_dispatch = dispatch.block_function(shape, orders)
    of_combine = combine.block_function(shape, orders)
    of_record = experts_function(shape)

    @cuda.jit(max_registers=registers)
    def dispatch_all(
        values, scale, experts, weights, masks, sent, counts, rings, flags, received, arrived, passed
    ):
        r, b = cuda.blockIdx.x // blocks, cuda.blockIdx.x % blocks
        of_dispatch(
            r, b, values[r], scale[r], experts[r], weights[r], masks[r], sent[r], counts[r], rings, flags,
            received[r], arrived[r], passed[r],
        )  # fmt: skip

    @cuda.jit
    def experts_all(received, arrived, gains, partial):
        r, source = cuda.blockIdx.x, cuda.blockIdx.y
        warp, warps = cuda.threadIdx.x // LANES, cuda.blockDim.x // LANES
        for c in range(arrived.shape[2]):
            for i in range(warp, arrived[r, source, c], warps):
                of_record(r, received[r, source, c, i], gains, partial[r, source, c, i])

    @cuda.jit(max_registers=registers)
    def combine_all(partial, arrived, passed, came, wanted, rings, flags, out):
        r, b = cuda.blockIdx.x // blocks, cuda.blockIdx.x % blocks
        of_combine(r, b, partial[r], arrived[r], passed[r], came[r], wanted[r], rings, flags, out[r])

    return Kernels(dispatch_all, experts_all, combine_all)
