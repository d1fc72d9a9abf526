"""The whole PTX text, printable: without the few lines that differ from machine to machine."""

from __future__ import annotations

import re

_BUILD = re.compile(
    r"^//[ \t]*(?:Compiler Build ID|Cuda compilation tools|Based on NVVM|Driver|Unknown Toolkit)[^\n]*$",
    re.MULTILINE,
)
_FILE = re.compile(r'^([ \t]*\.file[ \t]+\d+[ \t]+)"[^"\n]*"(?:[ \t]*,[ \t]*\d+){0,2}', re.MULTILINE)


def printable(ptx: str) -> str:
    """``ptx`` with compiler builds and source paths taken out; every line keeps its number."""
    text = _BUILD.sub("//", ptx.rstrip("\0"))
    return _FILE.sub(r'\1"..."', text).expandtabs(8).rstrip() + "\n"
