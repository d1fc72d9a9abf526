"""Prints the table of ratios."""

from __future__ import annotations

from benchmarks import profiled, replaying
from benchmarks.measure import Measurement, measure

#: Sizes: as large as the goal says, and for Numba's simulator as large as it finishes in seconds.
SIZES = {
    "saxpy": {"smsim": 1_000_000, "njit": 1_000_000, "cudasim": 4_000},
    "matmul": {"smsim": 512, "njit": 512, "cudasim": 32},
    "Collatz": {"smsim": 1_000_000, "njit": 1_000_000, "cudasim": 1_000},
    "Mandelbrot": {"smsim": 1024, "njit": 1024, "cudasim": 32},
    "histogram": {"smsim": 10_000_000, "njit": 10_000_000, "cudasim": 4_000},
    "lock": {"smsim": 512, "cudasim": 512},
}
GOALS = {"saxpy": (5000, 150), "matmul": (5000, 100)}
REPLAY_GOAL = 2_000_000  # warp instructions a second
ACCEL_SIM = 12_500  # the same, as published (Khairy et al., ISCA 2020)
ESTIMATE_GOAL = 20  # seconds
PROFILE_GOAL = 3  # times the plain run
MILLION_THREADS = 16_000_000
GROWTH = (1_000_000, 2_000_000, 4_000_000)


def _row(*cells: str) -> str:
    return "  ".join(cell.rjust(width) for cell, width in zip(cells, (10, 12, 12, 12, 16, 16), strict=False))


def _times(ratio: float, goal: float | None, at_most: bool) -> str:
    met = goal is None or (ratio <= goal if at_most else ratio >= goal)
    number = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}"
    return f"{number}x{'' if met else f' ({goal:,})'}"


def _measured(name: str) -> str:
    """One program on every engine that can run it."""
    sizes = SIZES[name]
    found: dict[str, Measurement] = {engine: measure(engine, name, size) for engine, size in sizes.items()}
    ours, off = found["smsim"], measure("smsim", name, sizes["smsim"], "off")
    goals = GOALS.get(name, (None, None))
    faster = slower = time = "-"
    if "cudasim" in found:
        faster = _times(found["cudasim"].per_work / ours.per_work, goals[0], at_most=False)
    if "njit" in found:
        slower = _times(ours.per_work / found["njit"].per_work, goals[1], at_most=True)
        time = f"{found['njit'].seconds * 1e3:.2f} ms"
    return _row(name, f"{ours.seconds * 1e3:.1f} ms", f"{off.seconds * 1e3:.1f} ms", time, faster, slower)


def _replayed(kernel: str) -> str:
    """Warp instructions a second, compiled and plain."""
    large, small = replaying.SIZES[kernel]
    fast, plain = replaying.measure(kernel, large), replaying.measure(kernel, small, compiled=False)
    missed = "" if fast.rate >= REPLAY_GOAL else f" ({REPLAY_GOAL / 1e6:g})"
    return _row(
        kernel, f"{fast.rate / 1e6:.2f} M{missed}", f"{plain.rate / 1e3:.1f} k", f"{fast.rate / plain.rate:.0f}x",
        f"{fast.rate / ACCEL_SIM:.0f}x",
    )  # fmt: skip


def _replays() -> None:
    """The timing model."""
    print(
        "\nThe timing model's replay, in warp instructions a second, compiled by Numba and as plain Python;"
    )
    print(f"Accel-Sim's published speed is {ACCEL_SIM / 1e3:g} k.")
    print(_row("", "compiled", "plain", "ratio", "of Accel-Sim's"))
    for kernel in replaying.SIZES:
        print(_replayed(kernel), flush=True)
    side = replaying.ESTIMATED
    seconds = replaying.measure("matmul", side, estimate=True).first
    missed = "" if seconds < ESTIMATE_GOAL else f" (goal: {ESTIMATE_GOAL} s)"
    print(f"Estimate of a {side}x{side} matmul, recorded, lowered and replayed: {seconds:.1f} s{missed}")


def _profiles() -> None:
    side = profiled.SIDE
    print(f"\nA profile of chapter 07's kernels, {side}x{side}, in times the plain run's processor time:")
    for kernel, ratio in profiled.ratios().items():
        print(_row(kernel, f"{ratio:.1f}x" + ("" if ratio <= PROFILE_GOAL else f" ({PROFILE_GOAL})")))


def main() -> None:
    print("Best of five runs each, or of one that takes over a second; hazards on. In brackets: the goal,")
    print("where it is missed. A dash: nothing to compare with.")
    print(_row("", "smsim", "no hazards", "njit", "faster than", "slower than"))
    print(_row("", "", "", "", "Numba's sim.", "njit"))
    for name in SIZES:
        print(_measured(name), flush=True)
    grown = [measure("smsim", "saxpy", threads) for threads in GROWTH]
    print(
        f"\nsaxpy on {', '.join(f'{m.threads / 1e6:.0f}' for m in grown)} million threads: "
        f"{', '.join(f'{m.seconds / grown[0].seconds:.2f}' for m in grown)} times the time of the first"
    )
    large = measure("smsim", "saxpy", MILLION_THREADS)
    print(
        f"saxpy on {large.threads:,} threads: {large.seconds:.2f} s, {large.peak_bytes / 1e9:.2f} GB at most in use"
    )
    _replays()
    _profiles()


if __name__ == "__main__":
    main()
