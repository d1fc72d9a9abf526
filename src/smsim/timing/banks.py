"""Shared memory as a warp sees it: 32 banks, each 4 bytes wide.

The rule, from the CUDA C++ Programming Guide ("Shared Memory" of compute capability 5.x, which all later
ones refer to): successive 32-bit words lie in successive banks, and a bank gives one word at a time.
Lanes that want different words of one bank wait for each other, which is a *bank conflict*; lanes that
want the same word get it together. Accesses of 8 bytes are served half a warp at a time and accesses of
16 bytes a quarter at a time, since 32 banks hold 128 bytes. The guide is silent on these two; they are
as NVIDIA's engineers describe them on the developer forum. (Hardware may join two halves that want the
same words; we do not.)
"""

from __future__ import annotations

import numpy as np

from smsim.timing.coalesce import distinct

BANKS = 32
BANK_BYTES = 4


def bank(address: np.ndarray) -> np.ndarray:
    """The bank, 0 to 31, of each byte address in shared memory."""
    return np.asarray(address) // BANK_BYTES % BANKS


def wavefronts(address: np.ndarray, active: np.ndarray | None = None, width: int = 4) -> np.ndarray:
    """How many passes shared memory needs to serve each warp.

    A pass (Nsight Compute: a wavefront) reads at most one word of each bank.

    Args:
        address: byte addresses, integers of shape ``(warps, 32)``; a multiple of ``width`` each.
        active: which lanes take part, bool of the same shape; ``None`` for all of them.
        width: bytes that each lane accesses: 1, 2, 4, 8 or 16.

    Returns:
        integers, shape ``(warps,)``; 0 for a warp without any active lane.
    """
    return _by_group(address, active, width).sum(axis=1)


def conflicts(address: np.ndarray, active: np.ndarray | None = None, width: int = 4) -> np.ndarray:
    """Passes beyond those that the access would need if no two lanes met in a bank; as :func:`wavefronts`."""
    passes = _by_group(address, active, width)
    return np.maximum(passes - 1, 0).sum(axis=1)


def atomic_wavefronts(address: np.ndarray, active: np.ndarray | None = None, width: int = 4) -> np.ndarray:
    """Passes that an atomic operation needs: lanes at the same word take turns too; as :func:`wavefronts`."""
    return _turns_by_group(address, active, width).sum(axis=1)


def atomic_conflicts(address: np.ndarray, active: np.ndarray | None = None, width: int = 4) -> np.ndarray:
    """Passes of an atomic operation beyond those without any conflict; as :func:`wavefronts`."""
    return np.maximum(_turns_by_group(address, active, width) - 1, 0).sum(axis=1)


def _turns_by_group(address: np.ndarray, active: np.ndarray | None, width: int) -> np.ndarray:
    """The largest number of lanes that one bank has to serve, in each group of lanes served together."""
    address = np.asarray(address)
    groups = max(width // BANK_BYTES, 1)
    rows = address.reshape(address.shape[0] * groups, -1)
    place = np.arange(rows.shape[0])[:, None] * BANKS + bank(rows)
    chosen = place.ravel() if active is None else place[np.asarray(active).reshape(rows.shape)]
    turns = (
        np.bincount(chosen.astype(np.intp), minlength=rows.shape[0] * BANKS).reshape(-1, BANKS).max(axis=1)
    )
    return turns.reshape(-1, groups)


def _by_group(address: np.ndarray, active: np.ndarray | None, width: int) -> np.ndarray:
    """Passes of each group of lanes that is served together; shape ``(warps, groups)``."""
    address = np.asarray(address)
    if address.ndim != 2 or address.shape[1] != 32:
        raise ValueError(f"addresses have the shape (warps, 32); these have {address.shape}")
    words = max(width // BANK_BYTES, 1)
    warps, groups = address.shape[0], words
    word = (address // BANK_BYTES).reshape(warps * groups, -1)
    on = None if active is None else np.asarray(active).reshape(warps * groups, -1)
    if words > 1:
        word = np.concatenate([word + n for n in range(words)], axis=1)
        on = None if on is None else np.tile(on, words)
    return _most_in_a_bank(word, on).reshape(warps, groups)


def _most_in_a_bank(word: np.ndarray, active: np.ndarray | None) -> np.ndarray:
    """The largest number of different words that one bank is asked for, in each row of 32."""
    rows = word.shape[0]
    if not rows:
        return np.zeros(0, np.int64)
    if (word == word[:, :1]).all() or _one_each(word):
        asked = np.ones(rows, np.int64)
        return asked if active is None else np.where(active.any(axis=1), asked, 0)
    if active is not None:
        chosen = np.take_along_axis(word, np.argmax(active, axis=1)[:, None], axis=1)
        word = np.where(active, word, chosen)
    ordered = np.sort(word, axis=1)
    new = np.ones(ordered.shape, bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    place = np.arange(rows)[:, None] * BANKS + ordered % BANKS
    counts = np.bincount(place[new].astype(np.intp), minlength=rows * BANKS).reshape(rows, BANKS)
    most = counts.max(axis=1)
    return most if active is None else np.where(active.any(axis=1), most, 0)


def _one_each(word: np.ndarray) -> bool:
    """Whether in every row the 32 lanes ask for 32 different banks: the usual case, settled quickly."""
    return word.shape[1] == BANKS and bool((distinct(word % BANKS) == BANKS).all())
