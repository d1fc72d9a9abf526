"""What a ladder keeps of a kernel's profiles, and the store with those of the book's own kernels.

``tools/store_rungs.py`` writes the store. A key is the kernel's code and its launch, so a changed kernel, or one
that another compiler has compiled, is not in it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

from smsim.profiling.limiter import Limiter

FILE = "rungs.json"


@dataclass(frozen=True)
class Rung:
    """One kernel of a ladder.

    Attributes:
        seconds: modelled, of the full product.
        registers: of a thread.
        warps: that an SM holds.
        stalls: a reason to cycles for each instruction issued, largest first (``Profile.stalls``).
        limiter: ``Profile.limiter``.
        lsu: instructions for the load and store unit, for each instruction that multiplies and adds.
        sectors: of global memory that a load of a warp touches, on average.
    """

    seconds: float
    registers: int
    warps: int
    stalls: Mapping[str, float]
    limiter: Limiter
    lsu: float
    sectors: float

    def share(self, reason: str) -> float:
        """The part of a warp's cycles that it spent so."""
        return self.stalls.get(reason, 0.0) / sum(self.stalls.values())


def fingerprint(ptx: str, *launch: Any) -> str:
    """A key for a kernel's instructions and all that decides its profile.

    Names, comments and line numbers do not count: Numba numbers shared arrays through all kernels of a session.
    """
    aside = (".", "//", "{", "}", "$L__info")  # directives, comments, and what a debugger would read
    lines = [line.strip() for line in ptx.splitlines() if not line.lstrip().startswith(aside)]
    code = re.sub(r"_cudapy_smem_\d+", "shared", "\n".join(filter(None, lines)))
    code = re.sub(r"\b_ZN\w+?(_param_\d+)?(?=\W)", lambda name: name[1] or "kernel", code)
    return hashlib.sha256(f"{code}\n{launch}".encode()).hexdigest()[:16]


@cache
def stored() -> dict[str, Rung]:
    """The profiles of the book's own kernels, by key."""
    text = resources.files("labkit").joinpath(FILE).read_text(encoding="utf-8")
    return {
        key: Rung(**{**kept, "limiter": Limiter(**kept["limiter"])}) for key, kept in json.loads(text).items()
    }


def store_text(rungs: Mapping[str, Rung]) -> str:
    """The store's text for rungs by key."""
    return json.dumps({key: asdict(rung) for key, rung in rungs.items()}, indent=1) + "\n"
