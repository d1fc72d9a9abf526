"""Whatever a text is, reading it ends in a module or in one of our errors, with a line."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ptx_samples import SAMPLES

from smsim.errors import PTXSyntaxError, UnsupportedPTX
from smsim.ptx import parse
from smsim.ptx.check import forms
from smsim.ptx.flow import blocks, reachable, uses_defs_of

PIECES = [*"{}()[]<>;,:@|!_-+*/=\"\0", "%r1", "0f", "0x", "1e999", "99999999999999999999", ".u32", ".v4", "bra ",
          "call ", "/*", "//", "\u00e9", ".align 0 ", ".reg ", ".param ", "::", ".branchtargets "]  # fmt: skip


@st.composite
def mutated(draw) -> str:
    """A sample with a few pieces cut, put in, or lines exchanged."""
    text = draw(st.sampled_from(sorted(SAMPLES.values())))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        match draw(st.integers(0, 3)):
            case 0:
                text = text[:at] + text[at + draw(st.integers(1, 12)) :]
            case 1:
                text = text[:at] + draw(st.sampled_from(PIECES)) + text[at:]
            case 2:
                text = text[:at] + draw(st.characters(max_codepoint=126)) + text[at + 1 :]
            case 3:
                lines = text.split("\n")
                a, b = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
                lines[a], lines[b] = lines[b], lines[a]
                text = "\n".join(lines)
    return text


@settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(mutated())
def test_no_mutation_escapes(text):
    try:
        module = parse(text)
        for function in module.functions.values():
            forms(function, module)
            blocks(function, uses_defs_of(function))
            reachable(function, module)
    except (PTXSyntaxError, UnsupportedPTX) as error:
        assert error.line is not None and 1 <= error.line <= text.count("\n") + 1
        assert str(error).startswith(f"line {error.line}")
