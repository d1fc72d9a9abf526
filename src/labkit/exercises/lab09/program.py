"""A compiled kernel as a text that can be changed: its PTX, run like the kernel itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from labkit.checking.case import Case, Outcome
from labkit.checking.engine import run_kernel

#: Engine steps after which a launch counts as endless. Waiting under a seed costs thousands.
STEPS = 100_000
#: The order of the simulated SM, and a few others: other blocks first, other warps, older values for relaxed loads.
SEEDS = (None, 1, 2, 3)

_COMMENT = re.compile(r"//.*")
_LOCATION = re.compile(r"\s*\.loc\s+(\d+) (\d+) \d+(.*)")


@dataclass(frozen=True)
class Program:
    """PTX and the kernel in it."""

    lines: tuple[str, ...]
    entry: str

    def with_lines(self, changed: dict[int, str]) -> Program:
        """The same program with other texts at the lines given, counted from 0."""
        return replace(self, lines=tuple(changed.get(n, line) for n, line in enumerate(self.lines)))

    def run(self, case: Case, expected: dict[str, np.ndarray], seed: int | None = None) -> Outcome:
        return run_kernel(_loaded("\n".join(self.lines), self.entry), case, expected, seed=seed, budget=STEPS)


@lru_cache(maxsize=64)
def _loaded(text: str, entry: str) -> Any:
    import smsim

    return smsim.load_ptx(text, abi="numba")[entry]


def compiled(kernel: Any, case: Case) -> Program:
    """What ``kernel`` becomes for the arguments of ``case``."""
    from smsim.devices import load
    from smsim.isolated import call_of

    call = call_of("check", kernel[case.blocks, case.threads], tuple(case.arguments.values()), load("H800"))
    return Program(tuple(call.ptx.splitlines()), call.entry)


@dataclass(frozen=True)
class Instruction:
    """An instruction of a program.

    Attributes:
        line: where, counted from 0.
        words: the opcode in parts, such as ``("st", "release", "gpu", "global", "s32")``.
        place: the source line it comes from and where that was inlined: copies of one instruction share it.
        source_line: the line of the outermost function, as the file counts.
    """

    line: int
    words: tuple[str, ...]
    place: str
    source_line: int | None

    @property
    def opcode(self) -> str:
        return ".".join(self.words)


def instructions(program: Program) -> list[Instruction]:
    """All instructions in the order of the text. Several in one line of inline PTX count as the first."""
    found, place, source = [], "", None
    for number, line in enumerate(program.lines):
        location = _LOCATION.match(line)
        if location and location[2] != "0":
            place = " ".join(location.groups())
            outermost = re.search(r"inlined_at \d+ (\d+) \d+\s*$", line)
            source = int(outermost[1] if outermost else location[2])
        text = _COMMENT.sub("", line).strip()
        for piece in filter(None, (piece.strip() for piece in text.strip("{}").split(";"))):
            piece = re.sub(r"^@!?%\w+\s+", "", piece)
            opcode = piece.split()[0]
            if re.fullmatch(r"[a-z][\w:]*(\.[\w:]+)+|membar\.\w+", opcode):
                # Without source lines, the copies of one access are those at the same address register.
                address = re.search(r"\[.*\]", piece)
                known = place or (address[0] if address else str(number))
                found.append(Instruction(number, tuple(opcode.split(".")), known, source))
    return found


def first_wrong(
    program: Program,
    cases: Sequence[tuple[Case, dict[str, np.ndarray]]],
    seeds: Sequence[int | None] = SEEDS,
) -> Outcome | None:
    """The first outcome that is not right, over all cases and seeds; ``None`` when the program is right."""
    for case, expected in cases:
        for seed in seeds:
            outcome = program.run(case, expected, seed)
            if not outcome.right:
                return outcome
    return None
