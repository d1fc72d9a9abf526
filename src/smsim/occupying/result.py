"""What :func:`smsim.occupancy` finds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from smsim.devices import DeviceSpec
from smsim.occupying import page, plain
from smsim.occupying.steps import Step, next_steps
from smsim.timing.occupancy import NO_PREFERENCE, RESOURCES, UNLIMITED, BlockLimits, block_limits

Dim3 = tuple[int, int, int]

#: What :meth:`Occupancy.against` can vary.
VARIED = ("threads", "registers", "shared", "barriers")


@dataclass(frozen=True, eq=False, repr=False)
class Occupancy:
    """How a kernel's blocks fill an SM. Printed, it is a table; a notebook draws the SM.

    Attributes:
        kernel: the kernel's name, or ``None`` for a what-if.
        spec: the GPU.
        block: threads of a block, ``(x, y, z)``.
        registers: 32-bit registers of a thread.
        static_shared, dynamic_shared: bytes of shared memory of a block: the kernel's own, and asked for at launch.
        barriers: named barriers of a block.
        local: bytes of a thread's stack frame in local memory.
        spill_stores, spill_loads: bytes of a thread that are moved for want of registers.
        carveout: percent of the SM's shared memory asked for, -1 for no preference.
        known: whether NVIDIA's assembler gave the kernel's figures. If not, 32 registers are assumed.
    """

    kernel: str | None
    spec: DeviceSpec
    block: Dim3
    registers: int
    static_shared: int = 0
    dynamic_shared: int = 0
    barriers: int = 0
    local: int = 0
    spill_stores: int = 0
    spill_loads: int = 0
    carveout: int = NO_PREFERENCE
    known: bool = True

    @property
    def threads(self) -> int:
        """Threads of a block."""
        return self.block[0] * self.block[1] * self.block[2]

    @property
    def shared(self) -> int:
        """Bytes of shared memory of a block, static and dynamic, without the driver's reserve."""
        return self.static_shared + self.dynamic_shared

    @property
    def warps_per_block(self) -> int:
        """Warps of a block; the last one may be partly empty."""
        return -(-self.threads // self.spec.warp_size)

    @cached_property
    def _limits(self) -> BlockLimits:
        return self.limits_with()

    def limits_with(self, **changed: ArrayLike) -> BlockLimits:
        """Each resource's room for blocks, if some of ``threads``, ``registers``, ``shared`` (bytes of a block,
        static and dynamic) and ``barriers`` were other numbers; arrays give arrays."""
        now = {name: getattr(self, name) for name in VARIED}
        return block_limits(self.spec, **{**now, **changed}, carveout=self.carveout)

    @property
    def limits(self) -> dict[str, int | None]:
        """Blocks that each resource has room for, ``None`` where a block uses none of it. ``"blocks"`` is the
        SM's own cap, which Nsight Compute calls *Block Limit SM*."""
        found = {name: int(getattr(self._limits, name)) for name in RESOURCES}
        return {name: None if limit == UNLIMITED else limit for name, limit in found.items()}

    @property
    def blocks(self) -> int:
        """Blocks that the SM holds at once; 0 if not even one can start."""
        return int(self._limits.resident)

    @property
    def warps(self) -> int:
        """Warps that the SM holds at once: Nsight Compute's *Theoretical Active Warps per SM*."""
        return self.blocks * self.warps_per_block

    @property
    def active_threads(self) -> int:
        """Threads that the SM holds at once."""
        return self.blocks * self.threads

    @property
    def occupancy(self) -> float:
        """Resident warps as a fraction of the most that the SM can hold: *Theoretical Occupancy*."""
        return self.warps / self.spec.max_warps_per_sm

    @property
    def limiters(self) -> tuple[str, ...]:
        """The resources that leave no room for another block, of :data:`RESOURCES`; several in a tie."""
        return tuple(name for name, limit in self.limits.items() if limit == self.blocks)

    @property
    def limiter(self) -> str:
        """The same in words: ``"registers"``, ``"warps and blocks"``."""
        return " and ".join(plain.NAMES[name] for name in self.limiters)

    @property
    def registers_per_block(self) -> int:
        """Registers that a block is given, in the hardware's units."""
        return int(self._limits.registers_per_block)

    @property
    def shared_per_block(self) -> int:
        """Bytes of shared memory that a block is given: its own, the driver's reserve, rounded up."""
        return int(self._limits.shared_per_block)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What would have to change for more warps, each by itself the smallest change that helps."""
        return next_steps(self)

    def against(self, what: str, values: ArrayLike) -> np.ndarray:
        """The occupancy if one thing were different: a curve to draw.

        Args:
            what: ``"threads"`` of a block, ``"registers"`` of a thread, ``"shared"`` bytes of a block (static and
                dynamic) or its ``"barriers"``.
            values: whole numbers, not negative.

        Returns:
            Fractions of the SM's warps, float64, the shape of ``values``; 0 where no block can start.

        Raises:
            ValueError: there is no such thing to vary, or a value is impossible.
        """
        if what not in VARIED:
            raise ValueError(f"against takes {', '.join(map(repr, VARIED))}, not {what!r}.")
        numbers = np.asarray(values)
        least = 1 if what == "threads" else 0
        if numbers.dtype.kind not in "iu" or (numbers < least).any():
            raise ValueError(f"against({what!r}, values) takes whole numbers from {least} on.")
        resident = self.limits_with(**{what: numbers}).resident
        threads = numbers if what == "threads" else self.threads
        return resident * -(-threads // self.spec.warp_size) / self.spec.max_warps_per_sm

    @property
    def metrics(self) -> dict[str, float]:
        """The figures under Nsight Compute's names; a limit that does not apply is left out."""
        names = {
            "blocks": "launch__occupancy_limit_blocks",
            "registers": "launch__occupancy_limit_registers",
            "shared": "launch__occupancy_limit_shared_mem",
            "warps": "launch__occupancy_limit_warps",
            "barriers": "launch__occupancy_limit_barriers",
        }
        found: dict[str, float] = {
            names[resource]: limit for resource, limit in self.limits.items() if limit is not None
        }
        return found | {
            "launch__block_size": self.threads,
            "launch__registers_per_thread": self.registers,
            "launch__shared_mem_per_block_static": self.static_shared,
            "launch__shared_mem_per_block_dynamic": self.dynamic_shared,
            "launch__shared_mem_per_block_driver": self.spec.shared_reserved_per_block,
            "launch__shared_mem_per_block_allocated": self.shared_per_block,
            "sm__maximum_warps_per_active_cycle": self.warps,
            "sm__maximum_warps_per_active_cycle_pct": 100 * self.occupancy,
        }

    def to_dict(self) -> dict[str, Any]:
        """All figures, as plain numbers, strings, lists and dicts."""
        return {
            "kernel": self.kernel,
            "device": self.spec.name,
            "block": list(self.block),
            "threads": self.threads,
            "blocks": self.blocks,
            "warps": self.warps,
            "active_threads": self.active_threads,
            "occupancy": self.occupancy,
            "limits": self.limits,
            "limiters": list(self.limiters),
            "registers": self.registers,
            "registers_per_block": self.registers_per_block,
            "static_shared": self.static_shared,
            "dynamic_shared": self.dynamic_shared,
            "shared_per_block": self.shared_per_block,
            "barriers": self.barriers,
            "local": self.local,
            "spill_stores": self.spill_stores,
            "spill_loads": self.spill_loads,
            "carveout": self.carveout,
            "known": self.known,
            "steps": [str(step) for step in self.steps],
        }

    def __str__(self) -> str:
        return plain.text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return page.html(self)
