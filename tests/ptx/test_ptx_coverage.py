"""The instructions that kernels need, spelled out one by one, are in the table, and the machine runs them."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

import pytest
from ptx_samples import kernel
from ptx_spellings import statement

from smsim.machine.device import Device
from smsim.machine.memory import Memory
from smsim.ptx.rows import matching_rows

LISTS = tomllib.loads((Path(__file__).parent / "spellings.toml").read_text(encoding="utf-8"))


def spelled(pattern: str) -> list[str]:
    """``a.{b,c}`` as ``a.b`` and ``a.c``."""
    pieces = re.split(r"\{([^}]*)\}", pattern)
    choices = [piece.split(",") if n % 2 else [piece] for n, piece in enumerate(pieces)]
    return ["".join(parts) for parts in itertools.product(*choices)]


def all_of(part: str) -> list[str]:
    return [s for patterns in LISTS[part].values() for pattern in patterns for s in spelled(pattern)]


def test_the_lists_are_long() -> None:
    assert spelled("a.{b,}c{d,e}") == ["a.bcd", "a.bce", "a.cd", "a.ce"]
    assert len(set(all_of("compiled"))) >= 276 and len(set(all_of("handwritten"))) >= 350


#: Statements whose operands are names, and one the machine is tried with elsewhere.
OPERANDS = {
    "bra": "bra END; END:",
    "bra.uni": "bra.uni END; END:",
    "brx.idx": "T: .branchtargets END; brx.idx %r1, T; END:",
    "brx.idx.uni": "T: .branchtargets END; brx.idx.uni %r1, T; END:",
    "call.uni": "call.uni f, ();",
    "pmevent": "pmevent 3;",
    "pmevent.mask": "pmevent.mask 5;",
    "applypriority.global.L2::evict_normal": "applypriority.global.L2::evict_normal [%rd1], 128;",
}


def written(spelling: str) -> str:
    opcode, *modifiers = spelling.split(".")
    rows = matching_rows(opcode, tuple(modifiers))
    assert rows, f"no row for {spelling}"
    if spelling in OPERANDS:
        return OPERANDS[spelling]
    if opcode in ("ld", "st") and "param" in modifiers:
        kind = spelling.rpartition(".")[2]
        register = {"f32": "%f1", "f64": "%d1"}.get(kind, "%rd1" if kind.endswith("64") else "%r1")
        operands = f"{register}, [a]" if opcode == "ld" else f"[passed], {register}"
        return f"{{ .param .b64 passed; {spelling} {operands}; }}"
    return statement(rows[0], spelling)


@pytest.mark.parametrize("part", LISTS)
def test_each_can_be_decoded(part: str) -> None:
    """One kernel for all of them: each is parsed, checked and bound to what executes it."""
    body = "\n".join(f"{{ {written(spelling)} }}" for spelling in all_of(part))
    device = Device(memory=Memory(1 << 20))
    assert device.load(kernel(body, top=".func f() { ret; }")).functions["k"].program
