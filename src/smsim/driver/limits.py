"""Whether a launch is possible at all, said before anything runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from smsim.devices import DeviceSpec
from smsim.errors import LaunchError


def check_shape(spec: DeviceSpec, kernel: str, grid: Sequence[int], block: Sequence[int]) -> None:
    """Grid and block against the device's limits.

    Raises:
        LaunchError: naming what was asked for and the limit.
    """
    for what, extents, limits in (
        ("block", block, spec.max_block_dim),
        ("grid", grid, spec.max_grid_dim),
    ):
        unit = "thread" if what == "block" else "block"
        for axis, extent, limit in zip("xyz", extents, limits):
            if extent < 1:
                raise LaunchError(
                    f"{kernel}: the {what} is {_shape(extents)}; it needs at least one {unit} in each "
                    f"direction, and {axis} is {extent}.",
                    kernel=kernel,
                )
            if extent > limit:
                raise LaunchError(
                    f"{kernel}: the {what} is {_shape(extents)}; the {spec.name} allows at most "
                    f"{limit} {unit}s in {axis}, and {extent} were asked for.",
                    kernel=kernel,
                )
    threads = math.prod(block)
    if threads > spec.max_threads_per_block:
        raise LaunchError(
            f"{kernel}: a block of {_shape(block)} has {threads} threads; the {spec.name} allows at most "
            f"{spec.max_threads_per_block} threads a block.",
            kernel=kernel,
        )


def check_shared(spec: DeviceSpec, kernel: str, static: int, dynamic: int, allowed: int) -> None:
    """Shared memory against the device's limits. All sizes in bytes; ``allowed`` bounds their sum.

    Raises:
        LaunchError: naming what was asked for and the limit.
    """
    if static + dynamic <= allowed:
        return
    parts = f"{static} bytes of its own and {dynamic} asked for at launch" if dynamic else "all of its own"
    remedy = ""
    if static + dynamic <= spec.shared_per_block_optin:
        remedy = (
            f" (Up to {spec.shared_per_block_optin} bytes are there for kernels that opt in through the "
            "driver's attribute MAX_DYNAMIC_SHARED_SIZE_BYTES.)"
        )
    raise LaunchError(
        f"{kernel}: a block needs {static + dynamic} bytes of shared memory ({parts}); the {spec.name} "
        f"allows at most {allowed} bytes a block.{remedy}",
        kernel=kernel,
    )


def check_bounds(
    kernel: str, block: Sequence[int], directives: Mapping[str, tuple[int, ...]], registers_allow: int
) -> None:
    """The block against the kernel's own launch bounds and its registers.

    Raises:
        LaunchError: naming what was asked for and the limit.
    """
    threads = math.prod(block)
    bound = math.prod(directives.get("maxntid", ())) if "maxntid" in directives else None
    if bound is not None and threads > bound:
        raise LaunchError(
            f"{kernel}: a block of {threads} threads; the kernel was compiled for at most {bound} "
            "(its launch bounds).",
            kernel=kernel,
        )
    exact = directives.get("reqntid")
    if exact is not None and threads != math.prod(exact):
        raise LaunchError(
            f"{kernel}: a block of {threads} threads; the kernel was compiled for exactly "
            f"{math.prod(exact)}.",
            kernel=kernel,
        )
    if threads > registers_allow:
        raise LaunchError(
            f"{kernel}: a block of {threads} threads; with the registers that the kernel uses, at most "
            f"{registers_allow} threads fit.",
            kernel=kernel,
        )


def check_resident(spec: DeviceSpec, kernel: str, grid: Sequence[int], per_sm: int) -> None:
    """A cooperative grid must be on the device all at once.

    Raises:
        LaunchError: naming what was asked for and the limit.
    """
    blocks, limit = math.prod(grid), per_sm * spec.sms
    if blocks > limit:
        raise LaunchError(
            f"{kernel}: a cooperative grid of {blocks} blocks; the {spec.name} holds {limit} of them at "
            f"once ({per_sm} on each of its {spec.sms} SMs).",
            kernel=kernel,
        )


def _shape(extents: Sequence[int]) -> str:
    return "(" + ", ".join(str(e) for e in extents) + ")"
