"""Answers that are PTX text: what is not one, or cannot be assembled, is told where and why."""

import numpy as np
import pytest

from labkit.checking.case import Case, unwritten_like
from labkit.checking.ptx_answer import PTXExercise, same_text
from labkit.checking.verdict import Mark

FRAME = """
.version 8.0
.target sm_90a
.address_size 64

.visible .entry twice(.param .u64 x, .param .u64 out)
{
    .reg .b32 %r<4>;
    .reg .b64 %rd<6>;
    // your code here
    ret;
}
"""
BODY = """\
    ld.param.u64 %rd1, [x];
    ld.param.u64 %rd2, [out];
    mov.u32 %r1, %tid.x;
    mul.wide.u32 %rd3, %r1, 4;
    add.u64 %rd4, %rd1, %rd3;
    add.u64 %rd5, %rd2, %rd3;
    ld.global.u32 %r2, [%rd4];
    shl.b32 %r2, %r2, 1;
    st.global.u32 [%rd5], %r2;
"""
RIGHT = FRAME.replace("    // your code here\n", BODY)
SKELETONS = {"lab00.twice": FRAME}


def make(rng, size, readable):
    x = rng.integers(1, 100, size).astype(np.int32)
    return Case(size, {"x": x, "out": unwritten_like(size, np.int32)}, threads=size)


EXERCISE = PTXExercise(
    name="lab00.twice", specification=lambda x: 2 * x, make=make, ladder=(1, 2, 32), fresh=(64,)
)


def judged(answer):
    return EXERCISE.judge((answer,), SKELETONS)


def test_a_right_text_is_right():
    assert judged(RIGHT).right, str(judged(RIGHT))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        FRAME,
        FRAME.replace("// your code here", "// later\n\n /* or\n never */"),
        FRAME.replace("    ", "\t"),
    ],
    ids=["none", "as given", "comments", "layout"],
)
def test_the_skeleton_counts_as_not_attempted(answer):
    assert judged(answer).mark is Mark.NOT_ATTEMPTED


def test_one_instruction_is_an_attempt():
    assert judged(FRAME.replace("// your code here", "mov.u32 %r1, 0;")).misconception == "nothing written"
    assert not same_text("mov.u32 %r1, 1;", "mov.u32 %r11;")


@pytest.mark.parametrize(
    ("wrong", "misconception", "line", "marked"),
    [
        ("shl.b32 %r2, %r2 1;", "does not assemble", 17, "1;"),
        ("shl.b32 %r2, %r2, 1", "does not assemble", 17, ""),
        ("shl.b32 %r2, %r9, 1;", "does not assemble", 17, "%r9"),
        ("shl.b64 %rd3, %r2, 1;", "does not assemble", 17, "shl.b64"),
        ("shl.b32 %r2, %rd2, 1;", "does not assemble", 17, "shl.b32"),
        ("ld.global.u32 %r2, [x];", "does not assemble", 17, "ld.global"),
        ("shll.b32 %r2, %r2, 1;", "unknown instruction", 17, None),
    ],
)
def test_what_does_not_assemble_is_told_with_line_column_and_text(wrong, misconception, line, marked):
    verdict = judged(RIGHT.replace("shl.b32 %r2, %r2, 1;", wrong))
    assert verdict.mark is Mark.WRONG and verdict.misconception == misconception, str(verdict)
    assert f"line {line}" in verdict.message, str(verdict)
    shown = verdict.table[0]
    assert shown.startswith(f"line {line}:  ")
    if marked is not None:
        assert shown[verdict.table[1].index("^") :].startswith(marked), str(verdict)
    assert "Traceback" not in str(verdict)


def test_the_frame_has_to_stay():
    renamed = judged(RIGHT.replace("twice", "thrice"))
    assert renamed.misconception == "no such kernel" and "thrice" in renamed.message
    fewer = judged(RIGHT.replace(", .param .u64 out", "").replace("[out]", "[x]"))
    assert fewer.misconception == "other parameters", str(fewer)


def test_no_text_at_all():
    assert judged(7).misconception == "wrong kind" and "a str" in judged(7).message
    assert "Python" in judged(lambda x: x).message
    assert EXERCISE.judge((RIGHT, RIGHT), SKELETONS).misconception == "wrong kind"
    assert judged("").misconception == "does not assemble"


def test_a_hazard_is_told_with_its_ptx_line():
    verdict = judged(RIGHT.replace("%r1, 4;", "%r1, 8;"))
    assert verdict.misconception == "out of bounds"
    assert any(line.startswith("PTX line 16: ld.global.u32") for line in verdict.details), str(verdict)
