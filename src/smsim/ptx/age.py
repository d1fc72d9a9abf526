"""Which ISA version and which GPU an instruction asks for.

A row says when its instruction came. Some modifiers and types came later than the rows that they are part
of; they are listed here. NVIDIA's assembler judges the same way, and a test compares the two.
"""

from __future__ import annotations

from functools import lru_cache

from smsim.ptx.rows import Form

Version = tuple[int, int]

#: Modifier or type: the ISA version it came with, and the lowest target.
_NEWER: dict[str, tuple[Version, int]] = {
    "NaN": ((7, 0), 80),
    "xorsign": ((7, 2), 86),
    "cluster": ((7, 8), 90),
    "shared::cta": ((7, 8), 0),
    "shared::cluster": ((7, 8), 90),
    "param::entry": ((8, 3), 0),
    "param::func": ((8, 3), 0),
    "L2::64B": ((7, 4), 0),
    "L2::128B": ((7, 4), 0),
    "L2::256B": ((7, 4), 80),
    "L2::cache_hint": ((7, 4), 80),
    "b128": ((8, 3), 70),
} | {
    f"L1::{keep}": ((7, 4), 70)
    for keep in ("evict_normal", "evict_unchanged", "evict_first", "evict_last", "no_allocate")
}  # fmt: skip

#: The same for modifiers that are older elsewhere: ``.cta`` is also a scope, ``.param`` also a space of ld.
_NEWER_IN: dict[tuple[str, str], tuple[Version, int]] = {
    ("bar", "cta"): ((7, 8), 0),
    ("barrier", "cta"): ((7, 8), 0),
    ("cvta", "param"): ((7, 7), 0),
    ("isspacep", "param"): ((7, 7), 0),
}


@lru_cache(maxsize=4096)
def needs(form: Form) -> tuple[Version, int]:
    """``((7, 0), 80)``: the lowest ``.version`` and the lowest ``.target`` that ``form`` may have."""
    found = [(form.row.ptx, form.row.sm)]
    found += [_NEWER[name] for name in (*form.flags, *form.types) if name in _NEWER]
    found += [_NEWER_IN[form.opcode, flag] for flag in form.flags if (form.opcode, flag) in _NEWER_IN]
    return max(version for version, _ in found), max(target for _, target in found)
