"""Several small integers in one register: pairs of 16 bits, and dot products of bytes."""

from __future__ import annotations

from smsim.ptx.rows import Row

ROWS = (
    Row("add.u16x2|.s16x2 d, a, b", "packed.add", "alu", (8, 0), 90,
        "Adds two pairs of 16-bit integers; each sum wraps by itself."),
    Row("min.u16x2|.s16x2 d, a, b", "packed.minimum", "alu", (8, 0), 90,
        "The smaller 16-bit integer, in each half."),
    Row("max.u16x2|.s16x2 d, a, b", "packed.maximum", "alu", (8, 0), 90,
        "The larger 16-bit integer, in each half."),
    Row("min.relu.s16x2 d, a, b", "packed.minimum", "alu", (8, 0), 90,
        "The smaller 16-bit integer, in each half, or 0 if that is negative."),
    Row("max.relu.s16x2 d, a, b", "packed.maximum", "alu", (8, 0), 90,
        "The larger 16-bit integer, in each half, or 0 if that is negative."),
    Row("dp4a.u32.u32 d, a, b, c", "dot.dp4a", "fma", (5, 0), 61,
        "c plus the dot product of four bytes of a and four of b."),
    Row("dp4a.s32.u32|.s32 d:s32, a:0, b, c:s32", "dot.dp4a", "fma", (5, 0), 61,
        "c plus the dot product of four signed bytes of a and four bytes of b."),
    Row("dp4a.u32.s32 d:s32, a:0, b, c:s32", "dot.dp4a", "fma", (5, 0), 61,
        "c plus the dot product of four bytes of a and four signed bytes of b."),
    Row("dp2a.lo|.hi.u32.u32 d, a, b, c", "dot.dp2a", "fma", (5, 0), 61,
        "c plus the dot product of the two halves of a and two bytes of b, its lower or upper ones."),
    Row("dp2a.lo|.hi.s32.u32|.s32 d:s32, a:0, b, c:s32", "dot.dp2a", "fma", (5, 0), 61,
        "c plus the dot product of the two signed halves of a and two bytes of b."),
    Row("dp2a.lo|.hi.u32.s32 d:s32, a:0, b, c:s32", "dot.dp2a", "fma", (5, 0), 61,
        "c plus the dot product of the two halves of a and two signed bytes of b."),
)  # fmt: skip
