"""How many blocks one SM holds at once: the rules of NVIDIA's occupancy calculator.

The rules are those of ``cuda_occupancy.h`` (CUDA toolkit) for compute capability 7.5 and later, and of the
CUDA C++ Programming Guide's tables of compute capabilities. The tests compile that header and compare.
Everything takes NumPy arrays as well as numbers, so that one call answers a whole curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from smsim.devices import DeviceSpec

#: The limit of a resource of which a block uses nothing.
UNLIMITED = 2**31 - 1
#: No wish about how L1 and shared memory divide their memory: as much shared memory as there is.
NO_PREFERENCE = -1
#: What limits the number of blocks, in the order in which Nsight Compute lists them.
RESOURCES = ("blocks", "registers", "shared", "warps", "barriers")


@dataclass(frozen=True, slots=True, eq=False)
class BlockLimits:
    """How many blocks of one kind each resource of an SM has room for; :data:`UNLIMITED` if it uses none.

    Attributes:
        blocks: the SM's own cap on blocks ("Block Limit SM" in Nsight Compute).
        registers, shared, warps, barriers: by these; int64, the shape of the arguments broadcast together.
        registers_per_block, shared_per_block: what a block is given, in 32-bit registers and in bytes.
    """

    blocks: np.ndarray
    registers: np.ndarray
    shared: np.ndarray
    warps: np.ndarray
    barriers: np.ndarray
    registers_per_block: np.ndarray
    shared_per_block: np.ndarray

    @property
    def resident(self) -> np.ndarray:
        """Blocks that are there at once, int64; 0 where not even one can start."""
        return np.minimum.reduce([getattr(self, name) for name in RESOURCES])


def block_limits(
    spec: DeviceSpec,
    threads: ArrayLike,
    registers: ArrayLike,
    shared: ArrayLike = 0,
    barriers: ArrayLike = 0,
    carveout: ArrayLike = NO_PREFERENCE,
) -> BlockLimits:
    """What each resource allows, for blocks of ``threads`` threads.

    Args:
        spec: the GPU.
        threads: threads of a block, from 1.
        registers: 32-bit registers of a thread.
        shared: bytes of shared memory of a block, static and dynamic together, without the driver's reserve.
        barriers: named barriers of a block. They limit from compute capability 9.0 on.
        carveout: the share of the SM's shared memory that the program would like to have, in percent (0 is
            "prefer L1", 100 "prefer shared"), or -1 for no preference. Rounded up to a size that the SM can
            be set to; overruled if a single block needs more.
    """
    threads, registers, shared, barriers, carveout = np.broadcast_arrays(
        *(np.asarray(a, np.int64) for a in (threads, registers, shared, barriers, carveout))
    )
    warps = _divided_up(threads, spec.warp_size)
    per_warp = registers_per_warp(registers, spec)
    by_shared, shared_per_block = _by_shared(spec, shared, carveout)
    return BlockLimits(
        blocks=np.full(threads.shape, spec.max_blocks_per_sm, np.int64),
        registers=_by_registers(spec, warps, registers, per_warp),
        shared=by_shared,
        warps=np.where(threads > spec.max_threads_per_block, 0, spec.max_warps_per_sm // warps),
        barriers=_by_barriers(spec, barriers),
        registers_per_block=per_warp * warps,
        shared_per_block=shared_per_block,
    )


def registers_per_warp(registers: ArrayLike, spec: DeviceSpec) -> np.ndarray:
    """Registers set aside for a warp whose threads use ``registers`` each: in units of the hardware's."""
    unit = spec.register_allocation_unit
    return _divided_up(np.asarray(registers, np.int64) * spec.warp_size, unit) * unit


def warps_of_largest_block(registers: ArrayLike, spec: DeviceSpec) -> np.ndarray:
    """The most warps that the registers let a block have.

    The hardware's check counts as if every sub-partition got as many warps as the fullest.
    """
    per_warp = registers_per_warp(registers, spec)
    warps = spec.registers_per_block // np.maximum(per_warp, 1)
    warps -= warps % spec.subpartitions_per_sm
    return np.where(np.asarray(registers) > spec.registers_per_thread, 0, warps)


def shared_that_fits(spec: DeviceSpec, blocks: int) -> int:
    """The most bytes of shared memory, static and dynamic, that each of ``blocks`` blocks on an SM can have.

    No preference about L1 is assumed.
    """
    unit = spec.shared_allocation_unit
    share = spec.shared_per_sm // blocks // unit * unit - spec.shared_reserved_per_block
    return max(0, min(share, spec.shared_per_block_optin))


def _by_registers(
    spec: DeviceSpec, warps: np.ndarray, registers: np.ndarray, per_warp: np.ndarray
) -> np.ndarray:
    """A warp's registers lie in its own sub-partition, so what is left over in each is lost."""
    part = spec.registers_per_sm // spec.subpartitions_per_sm
    held = part // np.maximum(per_warp, 1) * spec.subpartitions_per_sm
    blocks = np.where(per_warp > 0, held // warps, UNLIMITED)
    return np.where(warps > warps_of_largest_block(registers, spec), 0, blocks)


def _by_shared(spec: DeviceSpec, shared: np.ndarray, carveout: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Blocks, and the bytes that each is given."""
    unit = spec.shared_allocation_unit
    reserved = spec.shared_reserved_per_block
    given = _divided_up(shared + reserved, unit) * unit
    wished = np.where(carveout == NO_PREFERENCE, spec.shared_per_sm, carveout * spec.shared_per_sm // 100)
    sizes = np.asarray(spec.shared_carveouts, np.int64)
    needed = np.maximum(wished, given)
    at = np.minimum(np.searchsorted(sizes, needed), sizes.size - 1)
    blocks = np.where(given > 0, sizes[at] // np.maximum(given, 1), UNLIMITED)
    return np.where(given > spec.shared_per_block_optin + reserved, 0, blocks), given


def _by_barriers(spec: DeviceSpec, barriers: np.ndarray) -> np.ndarray:
    if spec.compute_capability < (9, 0):
        return np.full(barriers.shape, UNLIMITED, np.int64)
    return np.where(barriers > 0, spec.barriers_per_sm // np.maximum(barriers, 1), UNLIMITED)


def _divided_up(numbers: np.ndarray, by: int) -> np.ndarray:
    return -(-numbers // by)
