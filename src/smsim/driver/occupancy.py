"""The driver's occupancy questions; the rules are those of :mod:`smsim.timing.occupancy`."""

from __future__ import annotations

import numpy as np

from smsim.driver import codes
from smsim.driver.cmemory import put_int, put_word
from smsim.driver.modules import Kernel
from smsim.driver.registry import DriverFailure, implements
from smsim.driver.resources import blocks_per_sm, largest_block
from smsim.driver.state import driver
from smsim.timing.occupancy import shared_that_fits


@implements(
    "cuOccupancyMaxActiveBlocksPerMultiprocessor", "cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags"
)
def active_blocks(number: int, function: int, threads: int, dynamic_shared: int, *_: int) -> None:
    if threads < 1:
        raise DriverFailure(codes.INVALID_VALUE)
    used = driver().handles.take(function, Kernel).resources
    put_int(number, int(blocks_per_sm(used, driver().spec, threads, dynamic_shared)))


@implements("cuOccupancyMaxPotentialBlockSize", "cuOccupancyMaxPotentialBlockSizeWithFlags")
def best_block(
    grid: int, block: int, function: int, _shared_of_block: int, dynamic: int, limit: int, *_: int
) -> None:
    """The block size with the most resident threads; the largest of equals."""
    spec, kernel = driver().spec, driver().handles.take(function, Kernel)
    most = largest_block(kernel.resources, spec, kernel.function.directives)
    if limit < 0:
        raise DriverFailure(codes.INVALID_VALUE)
    most = min(most, limit) if limit else most
    sizes = np.arange(spec.warp_size, most + 1, spec.warp_size)
    if most % spec.warp_size:
        sizes = np.append(sizes, most)
    blocks = blocks_per_sm(kernel.resources, spec, sizes, dynamic)
    best = sizes.size - 1 - int(np.argmax((sizes * blocks)[::-1]))
    put_int(block, int(sizes[best]))
    put_int(grid, int(blocks[best]) * spec.sms)


@implements("cuOccupancyAvailableDynamicSMemPerBlock")
def available_shared(size: int, function: int, blocks: int, _threads: int) -> None:
    spec, kernel = driver().spec, driver().handles.take(function, Kernel)
    put_word(size, max(0, shared_that_fits(spec, max(1, blocks)) - kernel.function.shared_bytes))
