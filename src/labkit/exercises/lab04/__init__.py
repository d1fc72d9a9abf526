"""Lab 4, *Reduce and scan*: lanes that work together, first right, then within a budget."""

from labkit.exercises.lab04 import block_scan, block_sum, compact, histogram, warp_scan, warp_sum

EXERCISES = (
    warp_sum.EXERCISE,
    block_sum.EXERCISE,
    warp_scan.EXERCISE,
    block_scan.EXERCISE,
    compact.EXERCISE,
    histogram.EXERCISE,
)
