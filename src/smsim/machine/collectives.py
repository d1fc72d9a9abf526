"""What the lanes of a warp do together, as functions of whole warps.

Arrays have shape ``(W, 32, B)``: warps of a block, lanes of a warp, blocks. ``here`` says which lanes take
part; ``member`` is the mask that each lane gave (``uint32``). A lane only looks at lanes of its own mask.
"""

from __future__ import annotations

import numpy as np

LANES = 32
_NUMBERS = np.arange(LANES, dtype=np.uint32).reshape(1, LANES, 1)


def to_warps(value: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """``(T|1, B|1)`` as ``(W, 32, B|1)``; lanes beyond the block's last thread are zero."""
    threads = shape[0]
    value = np.broadcast_to(value, (threads, value.shape[1]))
    missing = -threads % LANES
    if missing:
        value = np.concatenate([value, np.zeros((missing, value.shape[1]), value.dtype)])
    return value.reshape(-1, LANES, value.shape[1])


def from_warps(value: np.ndarray, threads: int) -> np.ndarray:
    """``(W, 32, B)`` as ``(T, B)``."""
    return value.reshape(-1, value.shape[2])[:threads]


def ballot(yes: np.ndarray) -> np.ndarray:
    """A bit for each lane that says yes: ``(W, 1, B)`` uint32."""
    return np.where(yes, np.left_shift(np.uint32(1), _NUMBERS), np.uint32(0)).sum(
        axis=1, keepdims=True, dtype=np.uint32
    )


def shuffle(
    kind: str, value: np.ndarray, b: np.ndarray, c: np.ndarray, here: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``shfl.sync``: ``(value of the source lane, whether it was in range, whether it takes part)``.

    Args:
        kind: ``up``, ``down``, ``bfly`` or ``idx``.
        b: lane number or distance; c: ``segment mask << 8 | clamp`` (PTX ISA, ``shfl.sync``).
    """
    distance, clamp, segment = b & 31, c & 31, c >> 8 & 31
    lane = _NUMBERS.astype(np.int64)
    distance, clamp, segment = (x.astype(np.int64) for x in (distance, clamp, segment))
    last = lane & segment | clamp & ~segment
    if kind == "up":
        source = lane - distance
        in_range = source >= last
    else:
        first = lane & segment
        source = {"down": lane + distance, "bfly": lane ^ distance, "idx": first | distance & ~segment}[kind]
        in_range = source <= last
    source = np.where(in_range, source, lane)
    shape = np.broadcast_shapes(source.shape, value.shape, here.shape)
    source, value, here = (np.broadcast_to(x, shape) for x in (source, value, here))
    taken = np.take_along_axis(value, source, axis=1)
    return taken, np.broadcast_to(in_range, shape), np.take_along_axis(here, source, axis=1)


def vote(kind: str, yes: np.ndarray, here: np.ndarray, member: np.ndarray) -> np.ndarray:
    """``vote.sync``: ``ballot`` gives uint32, ``all``, ``any`` and ``uni`` give bool."""
    said = ballot(yes & here) & member
    if kind == "ballot":
        return said
    everyone = ballot(here) & member
    if kind == "any":
        return said != 0
    return said == everyone if kind == "all" else (said == everyone) | (said == 0)


def match_any(value: np.ndarray, here: np.ndarray, member: np.ndarray) -> np.ndarray:
    """For each lane a bit for every lane of its mask that has the same value, uint32."""
    shape = np.broadcast_shapes(value.shape, here.shape, member.shape)
    value, here = np.broadcast_to(value, shape), np.broadcast_to(here, shape)
    out = np.zeros(shape, np.uint32)
    for lane in range(LANES):
        same = (value == value[:, lane : lane + 1]) & here[:, lane : lane + 1]
        out |= np.where(same, np.uint32(1 << lane), np.uint32(0))
    return out & member


def match_all(value: np.ndarray, here: np.ndarray, member: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mask if all its lanes have the same value, else 0; and whether they have."""
    everyone = ballot(here) & member
    alike = match_any(value, here, member) == everyone
    return np.where(alike, everyone, np.uint32(0)), alike


_IDENTITY = {
    "add": lambda t: 0,
    "or": lambda t: 0,
    "xor": lambda t: 0,
    "and": lambda t: -1 if t.kind == "i" else np.iinfo(t).max,
    "min": lambda t: np.iinfo(t).max,
    "max": lambda t: np.iinfo(t).min,
}
_COMBINE = {
    "add": np.add,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "and": np.bitwise_and,
    "min": np.minimum,
    "max": np.maximum,
}


def redux(operation: str, value: np.ndarray, here: np.ndarray, member: np.ndarray) -> np.ndarray:
    """``redux.sync``: ``operation`` over the lanes of each lane's mask."""
    neutral = value.dtype.type(_IDENTITY[operation](value.dtype))
    shape = np.broadcast_shapes(value.shape, here.shape, member.shape)
    value, here = np.broadcast_to(value, shape), np.broadcast_to(here, shape)
    total = np.full(shape, neutral, value.dtype)
    for lane in range(LANES):
        counts = here[:, lane : lane + 1] & ((member >> np.uint32(lane) & 1) == 1)
        total = _COMBINE[operation](total, np.where(counts, value[:, lane : lane + 1], neutral))
    return total


def elect(here: np.ndarray, member: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``elect.sync``: the lowest lane of the mask (the ISA leaves the choice open), and whether it is me."""
    able = ballot(here) & member
    lowest = able & (~able + np.uint32(1))
    number = np.zeros_like(lowest)
    for bit in range(5):
        number |= np.where(lowest & _BIT_GROUPS[bit], np.uint32(1 << bit), np.uint32(0))
    number = np.broadcast_to(number, np.broadcast_shapes(number.shape, here.shape))
    return number, number == _NUMBERS


#: For each bit of a lane number, the lanes that have it.
_BIT_GROUPS = [np.uint32(sum(1 << n for n in range(LANES) if n >> bit & 1)) for bit in range(5)]
