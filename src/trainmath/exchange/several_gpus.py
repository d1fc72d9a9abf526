"""An exchange with a kernel on every GPU, all running together; rings and flags lie in the memory of each."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import cuda

from trainmath.exchange import arguments, combine, dispatch
from trainmath.exchange.experts import experts_function
from trainmath.exchange.one_gpu import Result
from trainmath.exchange.orders import Orders
from trainmath.exchange.peers import open_access
from trainmath.exchange.shape import LANES, Shape
from trainmath.exchange.tokens import Tokens

Arrays = TypeVar("Arrays", bound=NamedTuple)


class SeveralGPUs:
    """An exchange of a shape, compiled for as many GPUs.

    Simulated ones are there after ``smsim.attach(gpus=8, gpus_per_node=4)``.

    Attributes:
        shape: of the exchange.
        dispatch, experts, combine: the kernels, not yet configured; the first argument is the GPU's number, and
            ``rings`` and ``flags`` are tuples with the arrays of all GPUs.

    Raises:
        ValueError: there are fewer GPUs.
    """

    def __init__(self, shape: Shape, orders: Orders | None = None) -> None:
        if len(cuda.gpus) < shape.gpus:
            raise ValueError(
                f"an exchange among {shape.gpus} GPUs, and there are {len(cuda.gpus)}: "
                f"smsim.attach(gpus={shape.gpus}, gpus_per_node={shape.gpus_per_node}) simulates them"
            )
        open_access(shape.gpus)
        self.shape, orders = shape, orders or Orders()
        self.dispatch = _dispatch(shape, orders)
        self.experts = _experts(shape)
        self.combine = _combine(shape, orders)

    def run(self, tokens: Tokens, gains: np.ndarray) -> Result:
        """Send ``tokens`` to their experts, and get the weighted sums back.

        Args:
            tokens: of all GPUs.
            gains: what each expert multiplies by, float32 ``(experts,)``.
        """
        dispatched = self.run_dispatch(arguments.for_dispatch(self.shape, tokens))
        partial = self.run_experts(dispatched, gains)
        return Result(
            dispatched, self.run_combine(arguments.for_combine(self.shape, tokens, dispatched, partial))
        )

    def run_dispatch(self, given: arguments.Dispatch) -> arguments.Dispatch:
        """The arrays after a dispatch; those given stay as they are."""
        return self._together(self.dispatch, given)

    def run_combine(self, given: arguments.Combine) -> arguments.Combine:
        """The arrays after a combine; those given stay as they are."""
        return self._together(self.combine, given)

    def run_experts(self, dispatched: arguments.Dispatch, gains: np.ndarray) -> np.ndarray:
        """What every GPU's experts make of what it has received: BF16, uint32 as
        :func:`~trainmath.exchange.arguments.for_experts` gives it."""
        made = arguments.for_experts(self.shape)
        for gpu in range(self.shape.gpus):
            with cuda.gpus[gpu]:
                partial = cuda.to_device(made[gpu])
                received, arrived = (
                    cuda.to_device(a[gpu]) for a in (dispatched.received, dispatched.arrived)
                )
                self.experts[self.shape.gpus, 4 * LANES](np.int32(gpu), received, arrived, gains, partial)
                made[gpu] = partial.copy_to_host()
        return made

    def launches(self, kernel: Any, given: Arrays) -> list[tuple[Any, ...]]:
        """Launches that run together, one a GPU: ``(configured kernel, *arguments)``.

        The arguments lie on their GPUs, and each launch has a stream of its own. ``launch(*arguments)`` starts one;
        ``smsim.check`` and ``smsim.profile`` take the first, and the others as ``beside``.

        Args:
            kernel: ``dispatch`` or ``combine`` of this exchange.
            given: what :func:`~trainmath.exchange.arguments.for_dispatch` or ``for_combine`` gives.
        """
        placed = []
        for gpu in range(self.shape.gpus):
            with cuda.gpus[gpu]:
                placed.append(type(given)(*(_placed(a, gpu) for a in given)))
        rings, flags = tuple(p.rings for p in placed), tuple(p.flags for p in placed)
        found = []
        for gpu, arrays in enumerate(placed):
            with cuda.gpus[gpu]:
                launch = kernel[self.shape.blocks, self.shape.threads, cuda.stream()]
            found.append((launch, np.int32(gpu), *arrays._replace(rings=rings, flags=flags)))
        return found

    def _together(self, kernel: Any, given: Arrays) -> Arrays:
        launches = self.launches(kernel, given)
        for gpu, (launch, *there) in enumerate(launches):
            with cuda.gpus[gpu]:
                launch(*there)
        for gpu in range(self.shape.gpus):
            with cuda.gpus[gpu]:
                cuda.synchronize()
        placed = [type(given)(*there) for _, _, *there in launches]
        rings, flags = placed[0].rings, placed[0].flags
        own = [p._replace(rings=rings[gpu], flags=flags[gpu]) for gpu, p in enumerate(placed)]
        read = (np.stack([a.copy_to_host() for a in of_gpus]) for of_gpus in zip(*(p[:-1] for p in own)))
        return type(given)(*read, given.chunk)


def _placed(value: Any, gpu: int) -> Any:
    """A GPU's part of an array, on this GPU; a number as it is."""
    return cuda.to_device(np.ascontiguousarray(value[gpu])) if isinstance(value, np.ndarray) else value


def _dispatch(shape: Shape, orders: Orders) -> Any:
    of_block = dispatch.block_function(shape, orders)

    @cuda.jit(max_registers=shape.registers)
    def dispatch_one(
        rank,
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
        of_block(
            rank, cuda.blockIdx.x, values, scale, experts, weights, masks, sent, counts, rings, flags,
            received, arrived, passed, came, chunk,
        )  # fmt: skip

    return dispatch_one


def _experts(shape: Shape) -> Any:
    of_record = experts_function(shape)

    @cuda.jit
    def experts_one(rank, received, arrived, gains, partial):
        source = cuda.blockIdx.x
        warp, warps = cuda.threadIdx.x // LANES, cuda.blockDim.x // LANES
        for c in range(arrived.shape[1]):
            for i in range(warp, arrived[source, c], warps):
                of_record(rank, received[source, c, i], gains, partial[source, c, i])

    return experts_one


def _combine(shape: Shape, orders: Orders) -> Any:
    of_block = combine.block_function(shape, orders)

    @cuda.jit(max_registers=shape.registers)
    def combine_one(rank, partial, arrived, passed, came, wanted, rings, flags, out, chunk):
        of_block(rank, cuda.blockIdx.x, partial, arrived, passed, came, wanted, rings, flags, out, chunk)

    return combine_one
