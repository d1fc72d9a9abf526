"""What the figures of a GPU cannot be, one by one and together."""

from __future__ import annotations

from typing import Any

#: Figures that may be nothing at all.
_MAY_BE_ZERO = ("nvlink_bandwidth", "shared_reserved_per_block", "shared_carveouts", "crossing_latency")
_OLDEST = (7, 5)


def check_value(key: str, value: Any, unit: str) -> None:
    """Raise ``ValueError`` if no GPU could have this figure."""
    least = 0 if key in (*_MAY_BE_ZERO, "compute_capability") else 1
    if key == "dram_efficiency":
        if not 0 < value <= 1:
            raise ValueError(f"'dram_efficiency' is a share above 0 and up to 1, not {value}.")
        return
    for number in value if isinstance(value, list) else [value]:
        if not isinstance(number, str) and not least <= number < float("inf"):
            raise ValueError(f"{key!r} is at least {least} {unit}; it was {number}.")
    if key == "warp_size" and value != 32:
        raise ValueError(f"'warp_size' is 32: the simulated SM has no warps of {value}.")
    if key == "registers_per_thread" and value > 255:
        raise ValueError(f"'registers_per_thread' is at most 255, as the instructions have it, not {value}.")


def check_together(name: str, of: dict[str, Any]) -> None:
    """Raise ``ValueError`` if figures contradict each other; says which of them and how.

    Args:
        name: what the GPU is called.
        of: values by the figures' names.
    """
    prefix = "sm_{}{}".format(*of["compute_capability"])
    if of["arch"].rstrip("af") != prefix:
        raise ValueError(
            f"{name!r}: 'arch' is {of['arch']!r}, and 'compute_capability' "
            f"{tuple(of['compute_capability'])} is {prefix!r}."
        )
    if tuple(of["compute_capability"]) < _OLDEST:
        raise ValueError(f"{name!r}: the compiler here writes code from sm_75 on; 'arch' is {of['arch']!r}.")
    at_most = (
        (
            "max_threads_per_block",
            of["max_warps_per_sm"] * of["warp_size"],
            "the threads in 'max_warps_per_sm'",
        ),
        ("shared_per_block", of["shared_per_block_optin"], "'shared_per_block_optin'"),
        ("shared_per_block_optin", of["shared_per_sm"], "'shared_per_sm'"),
        ("shared_per_sm", of["l1_and_shared_bytes"], "'l1_and_shared_bytes'"),
        ("registers_per_block", of["registers_per_sm"], "'registers_per_sm'"),
        ("l1_latency", of["l2_latency"], "'l2_latency'"),
        ("l2_latency", of["dram_latency"], "'dram_latency'"),
    )
    for key, most, whose in at_most:
        if of[key] > most:
            raise ValueError(f"{name!r}: {key!r} is {of[key]}, more than {whose}, {most}.")
    if max(of["shared_carveouts"]) != of["shared_per_sm"]:
        raise ValueError(
            f"{name!r}: the largest of 'shared_carveouts' is {max(of['shared_carveouts'])}, and "
            f"'shared_per_sm' is {of['shared_per_sm']}: both say what an SM can give to shared memory."
        )
    if of["max_warps_per_sm"] % of["subpartitions_per_sm"]:
        raise ValueError(
            f"{name!r}: 'max_warps_per_sm' is {of['max_warps_per_sm']}, which does not divide over "
            f"'subpartitions_per_sm' {of['subpartitions_per_sm']}."
        )
