"""The driver's occupancy questions; the rules are those of :mod:`smsim.timing.occupancy`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from smsim.driver import codes
from smsim.driver.cmemory import put_int, put_word
from smsim.driver.modules import MAX_DYNAMIC_SHARED, PREFERRED_CARVEOUT, Kernel, attribute_of
from smsim.driver.registry import DriverFailure, implements
from smsim.driver.resources import blocks_per_sm, largest_block
from smsim.driver.state import driver
from smsim.timing.occupancy import shared_that_fits


def _resident(kernel: Kernel, threads: ArrayLike, dynamic_shared: int) -> np.ndarray:
    """Blocks of so many threads on an SM: none with more dynamic shared memory than the kernel has opted in to."""
    carveout = attribute_of(kernel, PREFERRED_CARVEOUT)
    found = blocks_per_sm(kernel.resources, driver().spec, threads, dynamic_shared, carveout)
    return found * (dynamic_shared <= attribute_of(kernel, MAX_DYNAMIC_SHARED))


@implements(
    "cuOccupancyMaxActiveBlocksPerMultiprocessor", "cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags"
)
def active_blocks(number: int, function: int, threads: int, dynamic_shared: int, *_: int) -> None:
    if threads < 1:
        raise DriverFailure(codes.INVALID_VALUE)
    put_int(number, int(_resident(driver().handles.take(function, Kernel), threads, dynamic_shared)))


@implements("cuOccupancyMaxPotentialBlockSize", "cuOccupancyMaxPotentialBlockSizeWithFlags")
def best_block(
    grid: int, block: int, function: int, _shared_of_block: int, dynamic: int, limit: int, *_: int
) -> None:
    """The block size with the most resident threads; the largest of equals; 0 if no block can start."""
    if limit < 0:
        raise DriverFailure(codes.INVALID_VALUE)
    spec, kernel = driver().spec, driver().handles.take(function, Kernel)
    most = largest_block(kernel.resources, spec, kernel.function.directives)
    most = min(most, limit) if limit else most
    sizes = np.unique([*range(spec.warp_size, most + 1, spec.warp_size), most])[::-1]
    blocks = _resident(kernel, sizes, dynamic)
    best = int(np.argmax(sizes * blocks))
    put_int(block, int(sizes[best]) if blocks[best] else 0)
    put_int(grid, int(blocks[best]) * spec.sms)


@implements("cuOccupancyAvailableDynamicSMemPerBlock")
def available_shared(size: int, function: int, blocks: int, threads: int) -> None:
    """The most dynamic shared memory with which so many blocks fit; an error if they do not fit without any."""
    kernel = driver().handles.take(function, Kernel)
    if blocks < 1 or threads < 1 or _resident(kernel, threads, 0) < blocks:
        raise DriverFailure(codes.INVALID_VALUE)
    room = shared_that_fits(driver().spec, blocks) - kernel.function.shared_bytes
    put_word(size, max(0, min(room, attribute_of(kernel, MAX_DYNAMIC_SHARED))))
