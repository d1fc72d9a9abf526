"""What an answer of lab 8 asks of the caches, over what the plain kernel asks for; and by which instructions.

Requests and sectors are counted, and exact. What comes from L2 is modelled: it is what the L1 of the simulated
SM did not have.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from labkit.checking.case import Case
from labkit.checking.counted import counts

if TYPE_CHECKING:
    from smsim.counting.accesses import Access
    from smsim.profiling.profile import Profile

_FROM_L2 = "l1tex__m_xbar2l1tex_read_bytes.sum"
_HIT_RATE = "l1tex__t_sector_hit_rate.pct"
_COUNTED = "l1tex__t_{}_pipe_lsu_mem_global_op_{}.sum"

#: Whose L1 and L2 are modelled, also where there is a GPU.
DEVICE = "H800"
#: Engine steps of a launch that is measured: enough for a kernel that goes through all tokens for every expert.
BUDGET = 200_000


def plain(name: str) -> Any:
    """The plain kernel of exercise ``name``, such as ``"copy"``."""
    from labkit.exercises.lab08 import reference

    return getattr(reference, name)


def counted_over_plain(what: str, name: str) -> Callable[[Any, Case], float]:
    """A measure: ``what`` (``"requests"``, ``"sectors"``) of loads and stores, over the plain kernel's."""

    def total(kernel: Any, case: Case) -> int:
        found = counts(kernel, case)
        return sum(found[_COUNTED.format(what, operation)] for operation in ("ld", "st"))

    return lambda answer, case: total(answer, case) / total(plain(name), case)


def from_l2_over_plain(name: str) -> Callable[[Any, Case], float]:
    """A measure: bytes that L2 sends to the SMs in one launch, over the plain kernel's."""

    def measure(answer: Any, case: Case) -> float:
        mine, theirs = (_profile(kernel, case).metrics[_FROM_L2] for kernel in (answer, plain(name)))
        return mine / theirs

    return measure


def _profile(kernel: Any, case: Case) -> Profile:
    import smsim

    with contextlib.redirect_stdout(io.StringIO()):
        launch = kernel[case.blocks, case.threads]
        return smsim.profile(launch, *case.arguments.values(), device=DEVICE, budget=BUDGET)


def hit_rates(name: str) -> Callable[[Any, Case], str]:
    """A place: the share of loaded sectors that L1 had, the answer's and the plain kernel's."""

    def said(answer: Any, case: Case) -> str:
        mine, theirs = (_profile(kernel, case).metrics[_HIT_RATE] for kernel in (answer, plain(name)))
        return f"L1 had {mine:.1f} % of the sectors that it was asked for; of the plain kernel's, {theirs:.1f} %."

    return said


def accessed(kernel: Any, case: Case) -> list[Access]:
    """One entry for every load and store instruction that the launch executed; empty where it went wrong."""
    from smsim.counting.accesses import accesses
    from smsim.errors import SimulationError

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return accesses(kernel[case.blocks, case.threads], *case.arguments.values(), budget=BUDGET)
    except SimulationError:
        return []


def words(kernel: Any, case: Case, operation: str, *arrays: str) -> list[tuple[str, ...]]:
    """The modifiers of each load (``"ld"``) or store (``"st"``) of these arrays, ``("global", "nc", "f32")``."""
    return [
        tuple(a.spelling.split(".")[1:])
        for a in accessed(kernel, case)
        if a.operation == operation and a.array in arrays
    ]
