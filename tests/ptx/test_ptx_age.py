"""Which ISA version and which target instructions ask for: the table against NVIDIA's assembler."""

from __future__ import annotations

import random
import re

import pytest
from ptx_assembler import complaints
from ptx_samples import HEAD, kernel
from ptx_spellings import spellings, statement

from smsim.errors import PTXSyntaxError
from smsim.ptx import parse
from smsim.ptx.age import needs
from smsim.ptx.check import forms
from smsim.ptx.rows import resolve
from smsim.ptx.table import ROWS

#: The oldest that today's assembler still knows.
_OLD = ".version 6.3\n.target sm_75\n.address_size 64\n"
#: Instructions with names or fixed numbers as operands, one that needs a letter behind its target, and one on which
#: the assembler may crash.
_LEFT_OUT = ("bra", "brx", "call", "pmevent", "applypriority", "setmaxnreg", "st")


def old(body: str) -> str:
    return kernel(body).replace(HEAD, _OLD).replace(".reg .b128 %q<9>;", "")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("add.bf16 %h1, %h2, %h3;", "add.bf16 came with PTX 7.8, and .version says 6.3"),
        ("min.NaN.f32 %f1, %f2, %f3;", "came with PTX 7.0"),
    ],
)
def test_what_is_too_new_is_refused(body: str, words: str) -> None:
    module = parse(old(body))
    with pytest.raises(PTXSyntaxError, match=words) as caught:
        forms(module.functions["k"], module)
    assert caught.value.line == 8


def test_a_target_that_is_too_old() -> None:
    module = parse(kernel("add.bf16 %h1, %h2, %h3;").replace("sm_90a", "sm_80"))
    with pytest.raises(PTXSyntaxError, match="add.bf16 needs sm_90, and .target says sm_80"):
        forms(module.functions["k"], module)


@pytest.mark.parametrize("target", ["sm_75", "sm_90", "sm_90a"])
def test_setmaxnreg_asks_for_the_letter_of_a_target(target: str) -> None:
    pytest.importorskip("cuda.bindings.nvjitlink", reason="NVIDIA's linker has no wheel for this platform")
    text = kernel("setmaxnreg.dec.sync.aligned.u32 40;").replace("sm_90a", target)
    text = text.replace(".reg .b128 %q<9>;", "")
    module = parse(text)
    answer = complaints([text])[0]
    if target == "sm_90a":
        assert answer is None and forms(module.functions["k"], module)
        return
    assert "setmaxnreg" in answer and target in answer
    with pytest.raises(PTXSyntaxError, match=f"needs sm_90.*{target}"):
        forms(module.functions["k"], module)


def spelled() -> list[str]:
    """A statement for the shortest spelling of every row, and as many others, the same in every run."""
    rows = [row for row in ROWS if row.opcode not in _LEFT_OUT]
    every = [[statement(row, s) for s in spellings(row) if "b128" not in s and "v8" not in s] for row in rows]
    shortest = [statements[0] for statements in every if statements]
    others = [text for statements in every for text in statements[1:]]
    return [*shortest, *random.Random(20).sample(others, 120)]


def needs_of(text: str) -> tuple[tuple[int, int], int]:
    return needs(resolve(parse(kernel(text)).functions["k"].body[0]))


def test_what_is_missing_is_what_the_assembler_misses() -> None:
    """For an old ISA and an old GPU it says which version and which target a text wants."""
    pytest.importorskip("cuda.bindings.nvjitlink", reason="NVIDIA's linker has no wheel for this platform")
    chosen, wrong = spelled(), []
    for text, answer in zip(chosen, complaints([old(text) for text in chosen])):
        version, target = needs_of(text)
        asked = [tuple(map(int, v)) for v in re.findall(r"version (\d+)\.(\d+) or later", answer or "")]
        targets = list(map(int, re.findall(r"target sm_(\d+)", answer or "")))
        theirs = max([(6, 3), *asked]), max([75, *targets])
        # With 8-bit floats sm_90 came first, in 7.8, and the older sm_89 later.
        ours = max((6, 3), version), max(75, 90 if target == 89 else target)
        if theirs != ours:
            wrong.append((text, theirs, ours))
    assert wrong == []


#: The first ISA version that knows a target. The assembler is asked for sm_90a, so newer ones are left out.
_FIRST_VERSION = {75: (6, 3), 80: (7, 0), 86: (7, 1), 89: (8, 1), 90: (7, 8)}


def test_what_is_claimed_is_enough() -> None:
    """With exactly the version and the target that the table asks for, the assembler is content."""
    pytest.importorskip("cuda.bindings.nvjitlink", reason="NVIDIA's linker has no wheel for this platform")
    chosen = [text for text in spelled() if needs_of(text) > ((6, 3), 75) and needs_of(text)[1] <= 90]
    texts = []
    for text in chosen:
        version, target = needs_of(text)
        target = max(target, 75)
        version = max(version, _FIRST_VERSION[target])
        head = f".version {version[0]}.{version[1]}\n.target sm_{target}\n.address_size 64\n"
        texts.append(old(text).replace(_OLD, head))
    assert len(texts) > 100
    refused = [(text, answer) for text, answer in zip(chosen, complaints(texts)) if answer]
    assert refused == []
