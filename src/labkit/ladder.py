"""Several matrix products, profiled one after the other on the same matrices: the rungs of chapter 07."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.comparison import Comparison
from labkit.facts.units import number, prefixed

if TYPE_CHECKING:
    from smsim.profiling.profile import Profile

#: Shape of the product that every rung must get right before it is timed: rows, length of the sums, columns.
SMALL = (256, 32, 256)
#: Lengths of the sums that are profiled; times for longer ones follow from these two.
LENGTHS = (32, 64)
#: Stall reasons that :meth:`Ladder.tell` names.
REASONS = 3


class Ladder:
    """Kernels that multiply square ``float32`` matrices, with the profile of each.

    A long sum is the same step many times, and a large result the same wave of blocks many times. So each kernel
    is profiled on one full wave, the first rows of blocks of the large product, with two short lengths of its
    sums. The difference of the two is the time of the steps between them; a straight line through both gives the
    full length, and the blocks that SM 0 gets of the full result, over those it holds at a time, give the waves.

    Args:
        device: the GPU that is modelled, as ``smsim.profile`` takes it.
        side: of the matrices.
        lengths: the two lengths of the sums, ascending.

    Attributes:
        profiles: a rung's name to the profile of its wave with the longer sums.
        seconds: a rung's name to the time of the full product.
    """

    def __init__(self, device: Any, side: int, lengths: tuple[int, int] = LENGTHS) -> None:
        self.device, self.side, self.lengths = device, side, lengths
        self.flop = 2 * side**3
        self.profiles: dict[str, Profile] = {}
        self.seconds: dict[str, float] = {}

    def climb(
        self, name: str, kernel: Any, tile: tuple[int, int], threads: Any, x_is_row: bool = False
    ) -> Profile:
        """Profile one more kernel. A small product is computed first, with hazards judged.

        Args:
            name: how the rung is called.
            kernel: takes A, B and C.
            tile: rows and columns of C that a block computes; both divide the matrices.
            threads: of a block.
            x_is_row: whether ``blockIdx.x`` counts tiles from top to bottom; else from left to right.

        Raises:
            ValueError: the small product is not ``A @ B``.
            SimulationError: the kernel did something wrong.
        """
        import smsim

        def profiled(arrays: tuple[np.ndarray, ...], estimate: bool) -> Profile:
            blocks = _blocks(arrays[2].shape, tile)[:: -1 if x_is_row else 1]
            return smsim.profile(kernel[blocks, threads], *arrays, device=self.device, estimate=estimate)

        A, B, C = _matrices(*SMALL)
        found = profiled((A, B, C), False)
        if not np.array_equal(found.results[2], A @ B):
            raise ValueError(f"{name}: the product is wrong; its time says nothing.")
        at_a_time, sms = found.occupancy.blocks, found.occupancy.spec.sms
        rows, columns = self._wave(at_a_time * sms, tile, x_is_row)
        short, long = (profiled(_matrices(rows, length, columns), True) for length in self.lengths)
        on_one_sm = math.ceil(math.prod(_blocks((self.side, self.side), tile)) / sms)
        self.profiles[name] = long
        self.seconds[name] = on_one_sm / at_a_time * self._line(short.seconds, long.seconds)
        return long

    def _wave(self, blocks: int, tile: tuple[int, int], x_is_row: bool) -> tuple[int, int]:
        """Rows and columns of the first blocks of the full result, as many as fit on the GPU at a time."""
        along, across = _blocks((self.side, self.side), tile)[:: -1 if x_is_row else 1]
        width = min(along, blocks)
        height = min(across, blocks // width)
        down, right = (width, height) if x_is_row else (height, width)
        return down * tile[0], right * tile[1]

    def _line(self, short: float, long: float) -> float:
        """The line through two times, at the full length of the sums."""
        first, second = self.lengths
        return long + (long - short) / (second - first) * (self.side - second)

    def speed(self, name: str) -> float:
        """FLOP/s of a rung: two for each product, over the modelled time."""
        return self.flop / self.seconds[name]

    def gain(self, name: str) -> float:
        """How many times as fast as the rung below it; 1 for the first."""
        names = list(self.seconds)
        below = names[max(names.index(name) - 1, 0)]
        return self.seconds[below] / self.seconds[name]

    def tell(self, name: str) -> None:
        """Print a rung's time and speed, its limiter and where its warps' cycles went."""
        from smsim.profiling.stalls import TITLES

        profile = self.profiles[name]
        total = sum(profile.stalls.values())
        first = list(profile.stalls)[:REASONS]
        time, speed = number(1e3 * self.seconds[name]), prefixed(self.speed(name), "FLOP/s")
        gain = "" if name == next(iter(self.seconds)) else f", {number(self.gain(name))} times the rung below"
        print(f"{name}: {time} ms, {speed}{gain}")
        print(f"limiter: {profile.limiter.name}")
        print(textwrap.fill(profile.limiter.sentence, 88, initial_indent="  ", subsequent_indent="  "))
        shares = (f"{TITLES[reason]} {100 * profile.stalls[reason] / total:.0f} %" for reason in first)
        print("a warp's cycles: " + ", ".join(shares))
        room = profile.occupancy
        print(f"{room.registers} registers a thread, {room.warps} warps on an SM")

    def beside(self, published: Mapping[str, float]) -> Comparison:
        """The modelled speeds beside published ones, in FLOP/s, and each rung's gain over the one below."""
        rows = {}
        before = None
        for name in self.seconds:
            gain = float(published[name] / published[before]) if before else 1.0
            rows[name] = (
                self.speed(name) / 1e12,
                float(published[name]) / 1e12,
                self.gain(name),
                gain,
                self.speed(name) / float(published[name]),
            )
            before = name
        heads = (
            "modelled TFLOP/s",
            "published TFLOP/s",
            "modelled gain",
            "published gain",
            "modelled over published",
        )
        return Comparison(heads, rows)


def _blocks(shape: tuple[int, int], tile: tuple[int, int]) -> tuple[int, int]:
    """Tiles from left to right, and from top to bottom."""
    return shape[1] // tile[1], shape[0] // tile[0]


def _matrices(rows: int, length: int, columns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whole numbers, so that sums are exact; and an empty result."""
    rng = np.random.default_rng(7)
    A, B = (rng.integers(-4, 5, shape).astype(np.float32) for shape in ((rows, length), (length, columns)))
    return A, B, np.zeros((rows, columns), np.float32)
