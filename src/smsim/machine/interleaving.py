"""What a seed decides: which of the orders that a GPU may run in is the order of this run.

A GPU promises no order between warps, nor between blocks, nor, since Volta, between lanes of a warp that
nothing holds together. A seed picks one such order, and the same seed picks the same one again. It decides

* how many blocks are run together, which of them start first, and when the machine turns to others,
* which of several places that lanes stand at goes next, and whether all lanes go or some stay behind,
* in what order lanes are served that meet at one address: atomics each in turn, and of stores the last stays.
  Hardware promises no order here at all, so lanes of one warp are mixed with those of others,
* which SM a block is told that it runs on.

The numbers come from a hash that is the same on every machine and in every version of Python and NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.lanes import WARP

if TYPE_CHECKING:
    from smsim.machine.frame import Frame, Mask

_WORD = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
#: How often, of 16 times, lanes stay behind; a seed takes one of these.
_SPLITS = (0, 1, 4, 8)
#: How often, of 16 times, another place than the lowest may go next.
_DETOURS = (0, 4, 8, 14)
#: Into how many chunks a small grid is cut at least, if it has so many blocks.
_PARTS = (1, 2, 4, 8)
#: Places that a chunk executes before another chunk may go on.
_QUANTA = (2, 16, 256, 4096)


class Interleaving:
    """The order of one launch, from its first choice to its last.

    Args:
        seed: which order.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.begin()

    def begin(self) -> None:
        """Start from the first choice again."""
        self._counter = 0
        self._key = _mix(self.seed * _STEP + _FIRST)
        self._splits, self._detours, self._parts, self._quantum = (
            kind[self.below(len(kind))] for kind in (_SPLITS, _DETOURS, _PARTS, _QUANTA)
        )
        self._sms = self._draw()
        self.next_access()

    # -- single choices ----------------------------------------------------------------------------------

    def _draw(self) -> int:
        """The next number of 64 bits."""
        self._counter += 1
        return _mix(self._key + self._counter * _STEP)

    def below(self, number: int) -> int:
        """One of ``0 ... number - 1``."""
        return self._draw() * number >> 64

    def one_in(self, number: int) -> bool:
        return self.below(number) == 0

    # -- blocks ------------------------------------------------------------------------------------------

    def blocks_together(self, blocks: int, limit: int) -> int:
        """How many of a launch's blocks are run as one chunk; ``limit`` at most."""
        return max(1, min(limit, -(-blocks // self._parts)))

    def starting_order(self, chunks: int) -> list[int]:
        """The chunks by number, in the order in which they start."""
        return _shuffled(chunks, self._draw()).tolist()

    def quantum(self) -> int:
        """After how many executed places another chunk may go on."""
        return 1 + self.below(self._quantum)

    def sm_of(self, blocks: np.ndarray, sms: int) -> np.ndarray:
        """The SM of each block, by its number in the grid; uint32 of the same shape."""
        return _shuffled(sms, self._sms)[blocks % sms].astype(np.uint32)

    # -- lanes -------------------------------------------------------------------------------------------

    def takes_a_detour(self) -> bool:
        """Whether another place than the lowest may go next."""
        return self.below(16) < self._detours

    def some(self, frame: Frame, block: int, mask: Mask) -> Mask:
        """The lanes of ``mask`` that go through ``block`` now. The others stay before it.

        The set that goes is of whole blocks, whole warps or single lanes. It executes together what
        follows, so that what ``activemask`` says of it is true.
        """
        if self.below(16) >= self._splits:
            return mask
        lanes, key = frame.lanes, self._draw()
        kind = key & 3
        if kind == 0:
            number = lanes.block
        elif kind == 3:
            number = lanes.lane
        else:
            number = lanes.thread // WARP * lanes.blocks + lanes.block
        picked = _hash(number, key) & np.uint64(1) == 0
        going = picked if mask is None else mask & picked
        if not going.any():
            return mask
        staying = ~picked if mask is None else mask & ~picked
        if not staying.any():
            return mask
        frame.go(block, staying)
        return going

    # -- lanes that meet at an address -------------------------------------------------------------------

    def next_access(self) -> None:
        """An instruction begins; all who ask about it for :meth:`turns` get one answer."""
        self._access = self._draw()

    def turns(self, lanes: np.ndarray) -> np.ndarray:
        """The order in which ``lanes`` are served, as positions in it: ``(n,)``.

        Lanes go by their position in the frame, counted along its rows. Whoever asks, in whatever order, gets
        one answer.
        """
        return np.argsort(_hash(lanes, self._access), kind="stable")


def _shuffled(number: int, key: int) -> np.ndarray:
    return np.argsort(_hash(np.arange(number), key), kind="stable")


def _mix(x: int) -> int:
    """A hash of 64 bits to 64 bits (the finisher of splitmix64)."""
    x &= _WORD
    x = (x ^ x >> 30) * _FIRST & _WORD
    x = (x ^ x >> 27) * _SECOND & _WORD
    return x ^ x >> 31


def _hash(numbers: np.ndarray, key: int) -> np.ndarray:
    """:func:`_mix` of each number and ``key``; uint64."""
    x = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(_STEP) + np.uint64(key)
    x = (x ^ x >> np.uint64(30)) * np.uint64(_FIRST)
    x = (x ^ x >> np.uint64(27)) * np.uint64(_SECOND)
    return x ^ x >> np.uint64(31)
