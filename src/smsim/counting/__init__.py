"""Exact counts of one run, without a clock: ``smsim.count`` and the pieces it is made of."""

from smsim.counting.counts import Counts, count

__all__ = ["Counts", "count"]
