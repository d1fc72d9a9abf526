"""Several matrix products, profiled one after the other on the same matrices: the rungs of chapter 07."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np

from labkit.comparison import Comparison
from labkit.facts.units import number, prefixed
from labkit.rungs import Rung, fingerprint, stored

#: Shape of the product that every rung must get right before it is timed: rows, length of the sums, columns.
SMALL = (128, 32, 128)
#: Lengths of the sums that are profiled; times for longer ones follow from these two.
LENGTHS = (128, 256)
SECTORS = "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio"
#: Stall reasons that :meth:`Ladder.tell` names.
REASONS = 3


class Ladder:
    """Kernels that multiply square ``float32`` matrices, and what the model says of each.

    A long sum is the same step many times, and a large result the same wave of blocks many times. So each kernel
    is profiled on one full wave, the first rows of blocks of the large product, with two short lengths of its
    sums. The difference of the two is the time of the steps between them; a straight line through both gives the
    full length, and the blocks that SM 0 gets of the full result, over those it holds at a time, give the waves.

    The profiles of the book's own kernels are stored with the package, since they take a minute together; a
    test takes them again. Any other kernel is profiled on the spot.

    Args:
        device: the GPU that is modelled, by name.
        side: of the matrices.
        lengths: the two lengths of the sums, ascending.

    Attributes:
        rungs: a rung's name to what its profiles say.
        keys: a rung's name to its key in the store.
    """

    def __init__(self, device: str, side: int, lengths: tuple[int, int] = LENGTHS) -> None:
        self.device, self.side, self.lengths = device, side, lengths
        self.flop = 2 * side**3
        self.rungs: dict[str, Rung] = {}
        self.keys: dict[str, str] = {}

    def climb(
        self, name: str, kernel: Any, tile: tuple[int, int], threads: Any, x_is_row: bool = False
    ) -> Rung:
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
        ptx = self._checked(name, kernel, tile, threads, x_is_row)
        key = fingerprint(ptx, self.device, self.side, self.lengths, tile, threads)
        known = stored().get(key)
        self.keys[name] = key
        self.rungs[name] = known or self._profiled(kernel, tile, threads, x_is_row)
        return self.rungs[name]

    def _checked(self, name: str, kernel: Any, tile: tuple[int, int], threads: Any, x_is_row: bool) -> str:
        """Compute the small product on the GPU; returns the kernel's PTX for it."""
        from smsim.isolated import isolate

        A, B, C = _matrices(*SMALL)
        launch = kernel[_blocks(C.shape, tile, x_is_row), threads]
        isolated = isolate("profile", launch, (A, B, C), device=self.device)
        isolated.prepare().run()
        if not np.array_equal(isolated.after(C), A @ B):
            raise ValueError(f"{name}: the product is wrong; its time says nothing.")
        return isolated.call.ptx

    def _profiled(self, kernel: Any, tile: tuple[int, int], threads: Any, x_is_row: bool) -> Rung:
        import smsim

        arrays = _matrices(*SMALL)
        blocks = _blocks(arrays[2].shape, tile, x_is_row)
        room = smsim.occupancy(kernel[blocks, threads], signature=arrays, device=self.device)
        rows, columns = self._wave(room.blocks * room.spec.sms, tile, x_is_row)
        blocks = _blocks((rows, columns), tile, x_is_row)
        short, long = (
            smsim.profile(
                kernel[blocks, threads], *_matrices(rows, length, columns), device=self.device, estimate=True
            )
            for length in self.lengths
        )
        on_one_sm = math.ceil(math.prod(_blocks((self.side, self.side), tile)) / room.spec.sms)
        seconds = on_one_sm / room.blocks * self._line(short.seconds, long.seconds)
        products = long.metrics["smsp__sass_thread_inst_executed_op_ffma_pred_on.sum"] / 32
        return Rung(
            seconds,
            room.registers,
            room.warps,
            dict(long.stalls),
            long.limiter,
            lsu=long.metrics["smsp__inst_executed_pipe_lsu.sum"] / products,
            sectors=long.metrics[SECTORS],
        )

    def _wave(self, blocks: int, tile: tuple[int, int], x_is_row: bool) -> tuple[int, int]:
        """Rows and columns of the first blocks of the full result, as many as fit on the GPU at a time."""
        along, across = _blocks((self.side, self.side), tile, x_is_row)
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
        return self.flop / self.rungs[name].seconds

    def gain(self, name: str) -> float:
        """How many times as fast as the rung below it; 1 for the first."""
        names = list(self.rungs)
        below = names[max(names.index(name) - 1, 0)]
        return self.rungs[below].seconds / self.rungs[name].seconds

    def tell(self, name: str) -> None:
        """Print a rung's time and speed, its limiter and where its warps' cycles went."""
        from smsim.profiling.stalls import TITLES

        rung = self.rungs[name]
        time, speed = number(1e3 * rung.seconds), prefixed(self.speed(name), "FLOP/s")
        gain = "" if name == next(iter(self.rungs)) else f", {number(self.gain(name))} times the rung below"
        print(f"{name}: {time} ms, {speed}{gain}")
        print(f"limiter: {rung.limiter.name}")
        print(textwrap.fill(rung.limiter.sentence, 88, initial_indent="  ", subsequent_indent="  "))
        shares = (  # each with a space that is no place to break the line
            f"{TITLES[reason]} {100 * rung.share(reason):.0f}\N{NO-BREAK SPACE}%"
            for reason in list(rung.stalls)[:REASONS]
        )
        print(textwrap.fill("a warp's cycles: " + ", ".join(shares), 80, subsequent_indent="  "))
        print(f"for each multiply-add, {number(rung.lsu)} loads and stores; a load of global memory touches")
        print(
            f"{number(rung.sectors)} sectors; {rung.registers} registers a thread, {rung.warps} warps on an SM"
        )

    def beside(self, published: Mapping[str, Any]) -> Comparison:
        """The modelled speeds beside published ones, in FLOP/s, and each rung's gain over the one below."""
        rows = {}
        before = None
        for name in self.rungs:
            ours, theirs = self.speed(name), float(published[name])
            gain = theirs / float(published[before]) if before else 1.0
            rows[name] = (ours / 1e12, theirs / 1e12, self.gain(name), gain, ours / theirs)
            before = name
        heads = (
            "modelled TFLOP/s",
            "published TFLOP/s",
            "modelled gain",
            "published gain",
            "modelled over published",
        )
        return Comparison(heads, rows)


def _blocks(shape: tuple[int, int], tile: tuple[int, int], x_is_row: bool = False) -> tuple[int, int]:
    """The grid: tiles from left to right, and from top to bottom; the other way if x counts rows."""
    right, down = shape[1] // tile[1], shape[0] // tile[0]
    return (down, right) if x_is_row else (right, down)


def _matrices(rows: int, length: int, columns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whole numbers, so that sums are exact; and an empty result."""
    rng = np.random.default_rng(7)
    A, B = (rng.integers(-4, 5, shape).astype(np.float32) for shape in ((rows, length), (length, columns)))
    return A, B, np.zeros((rows, columns), np.float32)
