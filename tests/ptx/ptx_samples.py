"""The PTX texts in samples/, and short texts put together for one test."""

from __future__ import annotations

from pathlib import Path

SAMPLES = {path.stem: path.read_text() for path in sorted((Path(__file__).parent / "samples").glob("*.ptx"))}

HEAD = ".version 9.0\n.target sm_90a\n.address_size 64\n"

#: Line of the first statement that `kernel` is given.
FIRST_LINE = 8

REGISTERS = (
    ".reg .pred %p<9>; .reg .b16 %h<17>; .reg .b32 %r<9>; .reg .b64 %rd<9>;"
    " .reg .f32 %f<9>; .reg .f64 %d<9>; .reg .b8 %c<9>; .reg .b128 %q<9>;"
)


def kernel(body: str, top: str = "") -> str:
    """A module with one kernel ``k(.param .u64 a)`` around ``body``, and one line ``top`` before it."""
    return f"{HEAD}{top}\n.visible .entry k(.param .u64 a)\n{{\n{REGISTERS}\n{body}\nret;\n}}\n"
