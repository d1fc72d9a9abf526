"""The instructions that kernels such as DeepEP's need, and which of them the simulated SM executes.

They stand in ``deepep.toml``. The page "What it executes" counts them, and a test gives each to NVIDIA's assembler.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from smsim.errors import PTXSyntaxError, UnsupportedPTX
from smsim.ptx import parse
from smsim.ptx.check import forms

_LIST = Path(__file__).with_name("deepep.toml")
#: A choice of spellings, and no vector of registers.
_CHOICE = re.compile(r"\{([^}%]*)\}")
_HEAD = """.version 9.0
.target sm_90a
.address_size 64
.visible .entry k()
{
.reg .pred %p<9>; .reg .b16 %h<9>; .reg .b32 %r<9>; .reg .b64 %rd<9>; .reg .f32 %f<9>;
"""
#: Registers by the last type of an instruction, where %R stands for one of several.
_REGISTERS = {"f32": "%f", "s64": "%rd", "u64": "%rd", "s32": "%r", "u8": "%h"}


@dataclass(frozen=True)
class Needed:
    """One instruction: its statement, the files it was read in, and the oldest GPU that has it if that is no H800."""

    statement: str
    group: str
    file: str
    needs: str | None

    @property
    def module(self) -> str:
        """A module with a kernel that holds it."""
        return f"{_HEAD}{self.statement}\nret;\n}}\n"

    @property
    def spelling(self) -> str:
        """Opcode and modifiers."""
        return re.sub(r"^@\S+ ", "", self.statement).rstrip(";").split(" ")[0]

    @property
    def said(self) -> str:
        """The spelling, and the special register that it reads."""
        special = re.search(r"%[a-z]\w{3,}", self.statement)
        return f"{self.spelling} {special.group()}" if special else self.spelling


@lru_cache(maxsize=1)
def needed() -> tuple[Needed, ...]:
    """All of them, in the order of the list."""
    found = []
    for group in tomllib.loads(_LIST.read_text(encoding="utf-8")).values():
        for pattern in group["statements"]:
            pieces = _CHOICE.split(pattern)
            choices = [piece.split(",") if n % 2 else [piece] for n, piece in enumerate(pieces)]
            for parts in itertools.product(*choices):
                statement = _with_registers("".join(parts))
                found.append(Needed(statement, group["title"], group["file"], group.get("needs")))
    return tuple(found)


def _with_registers(statement: str) -> str:
    kind = statement.split(" ")[0].rpartition(".")[2]
    return statement.replace("%R", _REGISTERS[kind]) if "%R" in statement else statement


def complaint(one: Needed) -> str | None:
    """Why the simulated SM does not take an instruction; ``None`` if it does."""
    try:
        module = parse(one.module)
        for function in module.functions.values():
            forms(function, module)
    except (PTXSyntaxError, UnsupportedPTX) as error:
        return str(error)
    return None
