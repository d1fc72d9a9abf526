"""Prints the table of ratios."""

from __future__ import annotations

from benchmarks.measure import Measurement, measure

#: Sizes: as large as the goal says, and for Numba's simulator as large as it finishes in seconds.
SIZES = {
    "saxpy": {"smsim": 1_000_000, "njit": 1_000_000, "cudasim": 4_000},
    "matmul": {"smsim": 512, "njit": 512, "cudasim": 32},
}
GOALS = {"saxpy": (5000, 150), "matmul": (5000, 100)}
MILLION_THREADS = 16_000_000


def _row(*cells: str) -> str:
    return "  ".join(cell.rjust(width) for cell, width in zip(cells, (8, 12, 12, 12, 16, 16), strict=True))


def _times(ratio: float, goal: float, at_most: bool) -> str:
    met = ratio <= goal if at_most else ratio >= goal
    return f"{ratio:,.0f}x{'' if met else f' ({goal:,})'}"


def main() -> None:
    print("Best of five runs each; hazards on. In brackets: the goal, where it is missed.")
    print(_row("", "smsim", "no hazards", "njit", "faster than", "slower than"))
    print(_row("", "", "", "", "Numba's sim.", "njit"))
    for name, sizes in SIZES.items():
        found: dict[str, Measurement] = {e: measure(e, name, size) for e, size in sizes.items()}
        ours, off = found["smsim"], measure("smsim", name, sizes["smsim"], "off")
        faster = found["cudasim"].per_work / ours.per_work
        slower = ours.per_work / found["njit"].per_work
        print(
            _row(
                name,
                f"{ours.seconds * 1e3:.1f} ms",
                f"{off.seconds * 1e3:.1f} ms",
                f"{found['njit'].seconds * 1e3:.2f} ms",
                _times(faster, GOALS[name][0], at_most=False),
                _times(slower, GOALS[name][1], at_most=True),
            )
        )
    large = measure("smsim", "saxpy", MILLION_THREADS)
    print(
        f"\nsaxpy on {large.threads:,} threads: {large.seconds:.2f} s, {large.peak_bytes / 1e9:.2f} GB at most in use"
    )


if __name__ == "__main__":
    main()
