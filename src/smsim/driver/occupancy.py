"""The driver's occupancy questions."""

from __future__ import annotations

from smsim.driver.cmemory import put_int, put_word
from smsim.driver.modules import Kernel
from smsim.driver.registry import implements
from smsim.driver.resources import blocks_per_sm, largest_block
from smsim.driver.state import driver


@implements(
    "cuOccupancyMaxActiveBlocksPerMultiprocessor", "cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags"
)
def active_blocks(number: int, function: int, threads: int, dynamic_shared: int, *_: int) -> None:
    used = driver().handles.take(function, Kernel).resources
    put_int(number, blocks_per_sm(used, driver().spec, threads, dynamic_shared))


@implements("cuOccupancyMaxPotentialBlockSize", "cuOccupancyMaxPotentialBlockSizeWithFlags")
def best_block(
    grid: int, block: int, function: int, _shared_of_block: int, dynamic: int, limit: int, *_: int
) -> None:
    """The block size with the most resident threads; the largest of equals."""
    spec, kernel = driver().spec, driver().handles.take(function, Kernel)
    most = largest_block(kernel.resources, spec, kernel.function.directives)
    most = min(most, limit) if limit else most

    def resident(threads: int) -> int:
        return threads * blocks_per_sm(kernel.resources, spec, threads, dynamic)

    sizes = range(spec.warp_size, most + 1, spec.warp_size)
    best = max(sizes, key=lambda threads: (resident(threads), threads), default=most)
    put_int(block, best)
    put_int(grid, blocks_per_sm(kernel.resources, spec, best, dynamic) * spec.sms)


@implements("cuOccupancyAvailableDynamicSMemPerBlock")
def available_shared(size: int, function: int, blocks: int, _threads: int) -> None:
    spec, kernel = driver().spec, driver().handles.take(function, Kernel)
    share = spec.shared_per_sm // max(1, blocks) - spec.shared_reserved_per_block
    put_word(size, max(0, min(share, spec.shared_per_block_optin) - kernel.function.shared_bytes))
