"""Why warps did not issue: cycles an issued instruction, as Nsight Compute gives them."""

from __future__ import annotations

from smsim.counting.metrics import ratio
from smsim.profiling.evidence import Evidence
from smsim.timing.microops import STALLS

#: Nsight Compute's title of each reason, and what it means in a sentence.
TITLES = {
    "selected": "Selected",
    "not_selected": "Stall Not Selected",
    "wait": "Stall Wait",
    "short_scoreboard": "Stall Short Scoreboard",
    "long_scoreboard": "Stall Long Scoreboard",
    "math_pipe_throttle": "Stall Math Pipe Throttle",
    "lg_throttle": "Stall LG Throttle",
    "mio_throttle": "Stall MIO Throttle",
    "barrier": "Stall Barrier",
    "membar": "Stall Membar",
    "branch_resolving": "Stall Branch Resolving",
    "sleeping": "Stall Sleeping",
    "no_instruction": "Stall No Instruction",
    "link_throttle": "Stall Link Throttle",
}
MEANINGS = {
    "selected": "it issued",
    "not_selected": "it could have issued, and another warp of its scheduler did",
    "wait": "it waited for a result of fixed latency",
    "short_scoreboard": "it waited for shared memory, the XU pipe or a shuffle",
    "long_scoreboard": "it waited for global or local memory",
    "math_pipe_throttle": "the arithmetic pipe that it needed was taken",
    "lg_throttle": "the queue for global and local memory was full",
    "mio_throttle": "the queue for shared memory and shuffles was full",
    "barrier": "it waited at a barrier for other warps of its block",
    "membar": "it waited at a fence until its stores were done",
    "branch_resolving": "it waited for a branch to be decided",
    "sleeping": "it slept, as nanosleep asks",
    "no_instruction": "its block was starting",
    "link_throttle": "no credit was left for the link to another GPU",
}


def metric_name(reason: str) -> str:
    """Nsight Compute's name of the ratio."""
    return f"smsp__average_warps_issue_stalled_{reason}_per_issue_active.ratio"


def per_issue(evidence: Evidence) -> dict[str, float]:
    """Reason to the cycles that a warp spent in it for each instruction issued, largest first.

    Their sum is the cycles that pass between two instructions of a warp; ``selected`` is 1.
    """
    cycles = evidence.replay.stalls.sum(axis=0)
    ratios = {reason: ratio(float(c), evidence.issued) for reason, c in zip(STALLS, cycles)}
    return dict(sorted(ratios.items(), key=lambda item: (-item[1], STALLS.index(item[0]))))
